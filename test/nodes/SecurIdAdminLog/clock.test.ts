/** A machine whose clock is off, with both ways to sign in: seconds do not matter, minutes are said. */
jest.mock('n8n-workflow', () => jest.requireActual('../time').withFreePauses(jest.requireActual('n8n-workflow')));

import { singleNodeWorkflow } from '../../harness';
import type { World, WorldOptions } from '../../simulators';
import { useBench } from '../bench';
import { HOUR_MS, MINUTE_MS, NOW } from '../time';

const bench = useBench();

type Door = 'apiKey' | 'oAuth';
const TYPES = { apiKey: 'securIdApi', oAuth: 'securIdOAuthApi' } as const;

/** A world whose servers' clock is right while this machine's is off by so much (ahead: positive). */
const worldWhenOff = async (ms: number, strict = false): Promise<World> => {
	const servers: Partial<WorldOptions> = strict ? { securId: { refuseFutureIat: true }, securIdAuth: { refuseFutureIat: true } } : {};
	return await bench.world({ adminEvents: 30, userEvents: 0, systemEvents: 0, clock: { now: () => Date.now() - ms }, ...servers });
};

const credentialsOf = (world: World, door: Door) => ({ [TYPES[door]]: world.credentials[TYPES[door]] });
const run = async (world: World, authentication: Door, parameters: object = {}) =>
	await bench.run('securIdAdminLog', { authentication, returnAll: true, ...parameters }, credentialsOf(world, authentication));
const tested = async (world: World, door: Door) => await bench.engine.testCredential(TYPES[door], { ...world.credentials[TYPES[door]] });
const OK = { status: 'OK', message: 'Connection successful!' };

describe.each<[Door]>([['apiKey'], ['oAuth']])('with %s', (door) => {
	test.each([-50, 50])('a clock that is off by %i seconds: test and run work, and nothing is said of it', async (seconds) => {
		for (const strict of [false, true]) {
			const world = await worldWhenOff(seconds * 1_000, strict);
			expect(await tested(world, door)).toEqual(OK);
			const report = await run(world, door);
			expect(report.error).toBeUndefined();
			expect(report.hints('Node').map(({ message }) => message).join()).not.toMatch(/clock/);
		}
	});

	test('a clock ten minutes ahead: Get Many and Get New work and warn, since their windows end by this clock', async () => {
		const world = await worldWhenOff(10 * MINUTE_MS);
		for (const parameters of [{}, { operation: 'getNew' }]) {
			const report = await run(world, door, parameters);
			expect(report.error).toBeUndefined();
			const [warning] = report.hints('Node').filter(({ message }) => /clock/.test(message));
			expect(warning).toMatchObject({ type: 'warning', message: expect.stringMatching(/clock of the machine that runs n8n is 10 minutes ahead.*NTP/) });
		}
	});

	test('a clock ten minutes ahead: the trigger works and warns in the log', async () => {
		const world = await worldWhenOff(10 * MINUTE_MS);
		const workflow = singleNodeWorkflow('n8n-nodes-safe-securid.securIdAdminLogTrigger', { authentication: door, triggerOn: 'all' });
		const poller = await bench.engine.poller(workflow, { mode: 'durable', credentials: credentialsOf(world, door) });
		await poller.tick();
		jest.setSystemTime(NOW + 5 * MINUTE_MS);
		expect((await poller.tick()).error).toBeUndefined();
		expect(bench.logged.join('\n')).toMatch(/^warn SecurID trigger: The clock.*10 minutes ahead/m);
	});

	test('a clock ten minutes ahead, where the server refuses what comes from the future: the clock is blamed, not the key', async () => {
		const world = await worldWhenOff(10 * MINUTE_MS, true);
		const { error } = await run(world, door);
		expect(error?.message).toMatch(/clock of the machine that runs n8n is 10 minutes ahead \(SECURID-CLOCK\)$/);
		expect(error?.description).toMatch(/NTP/);
		expect((await tested(world, door)).message).toMatch(/clock/);
	});

	test('a clock an hour behind: the clock is blamed by node and test', async () => {
		const world = await worldWhenOff(-HOUR_MS);
		expect((await run(world, door)).error?.message).toMatch(/\(SECURID-(403-)?CLOCK\)$/);
		expect((await tested(world, door)).message).toMatch(/clock/);
	});
});

test('a clock ten minutes behind: a key file still works, and the warning says so', async () => {
	const report = await run(await worldWhenOff(-10 * MINUTE_MS), 'apiKey');
	expect(report.error).toBeUndefined();
	expect(report.hints('Node').map(({ message }) => message).join()).toMatch(/clock of the machine that runs n8n is 10 minutes behind/);
});

test('a clock ten minutes behind: the five minutes of an assertion are over, and the clock is blamed', async () => {
	const world = await worldWhenOff(-10 * MINUTE_MS);
	expect((await run(world, 'oAuth')).error?.message).toMatch(/10 minutes behind \(SECURID-CLOCK\)$/);
	expect((await tested(world, 'oAuth')).message).toMatch(/10 minutes behind \(SECURID-CLOCK\)\. Correct the clock/);
});
