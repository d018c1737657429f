import { ACTIVITIES } from '../../simulators/tenant/activities';
import { SYSTEM_CODES, USER_CODES } from '../../simulators/tenant/eventCodes';
import type { World } from '../../simulators';
import { startScene } from '../../nodes/SecurIdAdminLog/triggerBench';
import { DAY_MS, HOUR_MS, MINUTE_MS, NOW } from '../../nodes/time';
import { jsonOf, type Form, type Stage } from './outputs';

const LOGS = ['admin', 'user', 'system'] as const;
const OUTPUTS = ['simplified', 'vendor', 'ecs', 'ocsf'] as const satisfies readonly Form[];
const RESULTS = ['SUCCESS', 'FAIL'];

/** A tenant in which everything that the documents name happened within the last hours, well and badly. */
async function eventfulWorld({ bench, seed }: Stage): Promise<World> {
	const world = await bench.world({ seed, adminEvents: 200, userEvents: 200, systemEvents: 100, safeRows: 0, users: 0 });
	const { securId } = world;
	let atMs = NOW - 6 * HOUR_MS;
	const next = () => (atMs += 20_000);
	securId.addEvents(...ACTIVITIES.flatMap(({ key }) => RESULTS.map((result) => ({ atMs: next(), activityKey: key, result }))));
	securId.addCodedEvents('user', ...USER_CODES.map(({ code }) => ({ atMs: next(), eventCode: String(code), deviceName: 'Phone', deviceId: 'device-1', authenticationDetails: 'details', assuranceLevel: 'HIGH' })));
	securId.addCodedEvents('system', ...SYSTEM_CODES.map(({ code }) => ({ atMs: next(), eventCode: String(code) })));
	return world;
}

export async function securIdMany(stage: Stage): Promise<void> {
	const { bench, outputs } = stage;
	const world = await eventfulWorld(stage);
	const { securIdApi, securIdOAuthApi } = world.credentials;
	for (const log of LOGS) {
		const door = log === 'admin' ? {} : { log, authentication: 'oAuth' };
		for (const output of OUTPUTS) {
			const parameters = { ...door, operation: 'getMany', returnAll: true, output };
			outputs.add('SecurIdAdminLog getMany', output, jsonOf(await bench.run('securIdAdminLog', parameters, { securIdApi, securIdOAuthApi })));
		}
		const whole = { ...door, operation: 'getMany', limit: 80, output: 'simplified', options: { includeOriginal: true } };
		outputs.add('SecurIdAdminLog getMany', 'simplified', jsonOf(await bench.run('securIdAdminLog', whole, { securIdApi, securIdOAuthApi })));
	}
	const wrong = { startTime: 'no time', operation: 'getMany' };
	outputs.add('SecurIdAdminLog getMany', 'error', jsonOf(await bench.run('securIdAdminLog', wrong, { securIdApi }, { onError: 'continueRegularOutput' })));
}

export async function securIdNew(stage: Stage): Promise<void> {
	const { bench, outputs } = stage;
	const world = await eventfulWorld(stage);
	const { securIdApi, securIdOAuthApi } = world.credentials;
	for (const log of LOGS) {
		for (const output of OUTPUTS) {
			jest.setSystemTime(NOW);
			const door = log === 'admin' ? {} : { log, authentication: 'oAuth' };
			const settings = { slot: '1h', output, checkpointName: `securid-${log}`, options: { overlap: 180, includeOriginal: true } };
			const run = async (checkpoint: unknown) => {
				const report = await bench.run('securIdAdminLog', { ...door, ...settings, operation: 'getNew', checkpoint, rewindTo: '' }, { securIdApi, securIdOAuthApi });
				outputs.add('SecurIdAdminLog getNew', output, jsonOf(report));
				outputs.add('SecurIdAdminLog getNew', 'archive', jsonOf(report, 1));
				outputs.add('SecurIdAdminLog getNew', 'checkpoint', jsonOf(report, 2));
				return jsonOf(report, 2)[0].checkpoint;
			};
			const checkpoint = await run('');
			// One that arrived late, one on time, and a run a day after what is kept has ended.
			const times = [NOW - 90 * MINUTE_MS, NOW + 20 * MINUTE_MS];
			if (log === 'admin') world.securId.addEvents(...times.map((atMs) => ({ atMs, activityKey: 'EDIT_POLICY' })));
			else world.securId.addCodedEvents(log, ...times.map((atMs) => ({ atMs, eventCode: log === 'user' ? '703' : '2507' })));
			jest.setSystemTime(NOW + 2 * HOUR_MS);
			await run(checkpoint);
		}
	}
	await afterRetention(stage, world);
	const wrong = { operation: 'getNew', checkpoint: '{', rewindTo: '' };
	outputs.add('SecurIdAdminLog getNew', 'error', jsonOf(await bench.run('securIdAdminLog', wrong, { securIdApi }, { onError: 'continueRegularOutput' })));
}

/** A position that is older than what SecurID keeps: the Checkpoint item names the gap. */
async function afterRetention({ bench, outputs }: Stage, { credentials: { securIdApi } }: World): Promise<void> {
	const run = async (checkpoint: unknown) => {
		const parameters = { operation: 'getNew', slot: '1d', checkpoint, rewindTo: '', output: 'simplified', archiveFile: false };
		const items = jsonOf(await bench.run('securIdAdminLog', parameters, { securIdApi }), 2);
		outputs.add('SecurIdAdminLog getNew', 'checkpoint', items);
		return items[0];
	};
	jest.setSystemTime(NOW - 100 * DAY_MS);
	const { checkpoint } = await run('');
	jest.setSystemTime(NOW);
	if ((await run(checkpoint)).gap === null) throw new Error('there should be a gap');
}

export async function securIdTrigger({ bench, seed, outputs }: Stage): Promise<void> {
	for (const log of LOGS) {
		for (const output of OUTPUTS) {
			const options = { includeOriginal: true, overlap: 60 };
			const parameters = { triggerOn: 'all', startFrom: 'last24Hours', output, options };
			const door = log === 'admin' ? { log } : ({ log, authentication: 'oAuth' } as const);
			const scene = await startScene(bench, { mode: 'legacy', parameters, ...door, world: { seed } });
			const codes = log === 'user' ? USER_CODES : SYSTEM_CODES;
			if (log === 'admin') scene.log(...ACTIVITIES.map(({ key }, at) => ({ atMs: NOW - 5 * HOUR_MS + at * 1000, activityKey: key, result: RESULTS[at % 2] })));
			else scene.world.securId.addCodedEvents(log, ...codes.map(({ code }, at) => ({ atMs: NOW - 5 * HOUR_MS + at * 1000, eventCode: String(code) })));
			outputs.add('SecurIdAdminLogTrigger', output, (await scene.poll()).events ?? []);
			scene.log(NOW - 10 * MINUTE_MS);
			jest.setSystemTime(NOW + 5 * MINUTE_MS);
			const late = (await scene.poll()).events ?? [];
			if (late.length === 0) throw new Error('the late event did not come');
			outputs.add('SecurIdAdminLogTrigger', output, late);
			jest.setSystemTime(NOW);
		}
	}
}
