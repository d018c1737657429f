/** The user and the system log: what they have of their own. */
jest.mock('n8n-workflow', () => jest.requireActual('../time').withFreePauses(jest.requireActual('n8n-workflow')));

import type { CodedEvent, World } from '../../simulators';
import { useBench } from '../bench';
import { DAY_MS, NOW } from '../time';
import { MODES, SETTLED_MS, spread, startScene } from './triggerBench';

const bench = useBench();
const iso = (ms: number) => new Date(ms).toISOString();
const LONG_AGO = { startTime: iso(NOW - 89 * DAY_MS) };

const read = async (world: World, parameters: object) => await bench.run('securIdAdminLog', { returnAll: true, ...parameters }, { securIdApi: world.credentials.securIdApi });

describe('"Events" of the user log', () => {
	test.each<[string, string[]]>([
		['deniedApprovals', ['703', '1503', '1523']],
		['lockedMethods', ['2', '3', '4', '35', '224', '225', '21903', '21953']],
		['enrolments', ['101', '300', '707', '1507', '1512', '3000', '3002']],
	])('%s lets through its codes, and the rest is counted', async (events, codes) => {
		const world = await bench.world();
		const kept = world.securId.coded.user.filter(({ atMs }) => atMs >= NOW - 40 * DAY_MS);
		const report = await read(world, { log: 'user', events, output: 'vendor', ...LONG_AGO });
		const wanted = kept.filter(({ eventCode }) => codes.includes(eventCode));
		expect(wanted.length).toBeGreaterThan(2);
		expect(report.items('Node').map(({ json }) => json.eventId)).toEqual(wanted.map(({ eventId }) => eventId));
		expect(report.hints('Node')[0].message).toBe(`SecurID: ${kept.length} events read = ${wanted.length} returned + ${kept.length - wanted.length} of other kinds`);
	});

	test('custom takes event codes, with or without the zeros of the vendor\'s page', async () => {
		const world = await bench.world();
		const report = await read(world, { log: 'user', events: 'custom', activityKeys: '0703, 35', output: 'vendor', ...LONG_AGO });
		expect(new Set(report.items('Node').map(({ json }) => json.eventCode))).toEqual(new Set(['703', '35']));
	});

	test('custom without a code names the field as it stands on screen', async () => {
		const report = await read(await bench.world(), { log: 'user', events: 'custom' });
		expect(report.error?.message).toBe('"Event Codes" is empty although "Events" is set to Custom (SECURID-EVENTS)');
	});

	test.each([
		['user', 'failedSignIns', 'user event'],
		['system', 'deniedApprovals', 'system event'],
		['admin', 'failedAuthentications', 'admin'],
	])('of the %s log that was left at %s of another log stops, and passes for neither all nor none', async (log, events, title) => {
		const world = await bench.world();
		const report = await read(world, { log, events });
		expect(report.error?.message).toBe(`The ${title} log has no choice "${events}" under "Events" (SECURID-PRESET)`);
		expect(world.securId.requests).toEqual([]);
	});
});

describe('the forty days of the user log', () => {
	test('are said when the start lies before them, and ninety for the others', async () => {
		const world = await bench.world();
		const warned = async (log: string, days: number) =>
			(await read(world, { log, startTime: iso(NOW - days * DAY_MS) })).hints('Node').map(({ message }) => message).filter((message) => /purged/.test(message));
		expect(await warned('user', 41)).toEqual(['"Start Time" is more than 40 days ago; SecurID has purged what is older']);
		expect(await warned('user', 39)).toEqual([]);
		expect(await warned('system', 41)).toEqual([]);
		expect(await warned('system', 91)).toEqual(['"Start Time" is more than 90 days ago; SecurID has purged what is older']);
	});

	test('leave a gap behind that is named when a position is older', async () => {
		const world = await bench.world();
		const through = iso(NOW - 60 * DAY_MS).replace(/T.*/, 'T00:00:00.000Z');
		const checkpoint = (log: string) => JSON.stringify({ v: 1, name: `securid-${log}`, revision: 3, through, origin: through, seenSince: through, seen: {}, startFrom: 'now' });
		const gapOf = async (log: string) => (await read(world, { operation: 'getNew', log, checkpoint: checkpoint(log), rewindTo: '' })).items('Node', 2)[0].json.gap;
		expect(await gapOf('user')).toEqual({ from: through, to: expect.stringMatching(/^2025-12-06T10:/) });
		expect(await gapOf('system')).toBeNull();
	});
});

describe('a system log whose list has another name', () => {
	test.each(['elements', 'systemLogEntries', 'x'])('%s is read all the same', async (systemListMember) => {
		const world = await bench.world({ securId: { systemListMember } });
		expect((await read(world, { log: 'system', ...LONG_AGO })).items('Node')).toHaveLength(world.securId.coded.system.length);
	});
});

test('user events carry 64-bit ids digit for digit, whether they come as numbers or as text', async () => {
	const world = await bench.world();
	const report = await read(world, { log: 'user', ...LONG_AGO });
	const ids = report.items('Node').map(({ json }) => String(json.eventId));
	const kept = world.securId.coded.user.filter(({ atMs }: CodedEvent) => atMs >= NOW - 40 * DAY_MS);
	expect(ids).toEqual(kept.map(({ eventId }) => eventId));
	expect(ids.filter((id) => /[13579]$/.test(id)).length).toBeGreaterThan(20);
	expect(ids.filter((id) => /[02468]$/.test(id)).length).toBeGreaterThan(20);
});

describe.each(MODES)('the trigger, %s', (mode) => {
	test.each([
		['user', 'failedAuthentications', '703', '701'],
		['user', 'deniedApprovals', '703', '104'],
		['system', 'failures', '2507', '2505'],
	] as const)('on the %s log with %s hands out code %s and not %s', async (log, triggerOn, wanted, other) => {
		const scene = await startScene(bench, { mode, log, parameters: { triggerOn } });
		await scene.publish();
		await scene.poll();
		const [hit] = scene.world.securId.addCodedEvents(log, { atMs: NOW, eventCode: wanted }, { atMs: NOW, eventCode: other });
		await scene.pollEach(SETTLED_MS, 2);
		expect(scene.handedOut).toEqual([hit.eventId]);
	});

	test('whose log was changed begins anew, as chosen under First Poll Starts From, and repeats nothing of the new log', async () => {
		const position = { v: 1, name: 'securid-admin-trigger', revision: 7, startFrom: 'now', seen: {}, through: iso(NOW - DAY_MS), origin: iso(NOW - DAY_MS), seenSince: iso(NOW - DAY_MS) };
		const scene = await startScene(bench, { mode, log: 'user', saved: JSON.stringify(position) });
		scene.log(...spread(10, NOW - 20 * 3_600_000, 1_000));
		expect(await scene.poll()).toMatchObject({ events: null, error: undefined });
		const ids = scene.log(NOW);
		await scene.pollEach(SETTLED_MS, 2);
		expect(scene.handedOut).toEqual(ids);
		expect(scene.position()).toMatchObject({ name: 'securid-user-trigger' });
	});

	test('left at a choice of another log stops', async () => {
		const scene = await startScene(bench, { mode, log: 'user', parameters: { triggerOn: 'failedSignIns' } });
		expect((await scene.poll()).error?.message).toBe('The user event log has no choice "failedSignIns" under "Trigger On" (SECURID-PRESET)');
	});
});
