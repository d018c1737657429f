import type { World } from '../../simulators';
import type { WorldOptions } from '../../simulators';
import type { NodeType } from '../../nodes/bench';
import { DAY_MS, HOUR_MS, MINUTE_MS, NOW } from '../../nodes/time';
import { auditRow } from '../../nodes/SafeAuditExport/sweepStage';
import { type Form, type Json, jsonOf, type Source, type Stage } from './outputs';

const FAMILIES = ['reports', 'auditLogsExport'] as const;
const OUTPUTS = ['simplified', 'vendor', 'ecs', 'ocsf'] as const satisfies readonly Form[];

async function safeWorld({ bench, seed }: Stage, options: Partial<WorldOptions> = {}): Promise<World> {
	return await bench.world({ seed, adminEvents: 0, userEvents: 0, systemEvents: 0, safeRows: 300, users: 60, safe: { options: { readyAfterPolls: 0 } }, ...options });
}

const safeNode = (stage: Stage, { credentials: { safeApi } }: World) =>
	async (operation: string, parameters: object = {}, input?: Json[], node: NodeType = 'safeAuditExport') =>
		await stage.bench.run(node, { operation, ...parameters }, { safeApi }, { input });

export async function safeFiles(stage: Stage): Promise<void> {
	const { outputs } = stage;
	const world = await safeWorld(stage, { safe: { options: { readyAfterPolls: 1 } } });
	const run = safeNode(stage, world);
	for (const apiFamily of FAMILIES) {
		const options = { apiFamily };
		outputs.add('SafeAuditExport download', 'simplified', jsonOf(await run('download', { days: 2, options })));
		const requested = jsonOf(await run('requestExport', { days: 3, options }));
		outputs.add('SafeAuditExport requestExport', 'simplified', requested);
		for (let look = 0; look < 2; look++) {
			outputs.add('SafeAuditExport getExport', 'simplified', jsonOf(await run('getExport', { uuid: requested[0].uuid, options })));
		}
	}
	for (const [source, operation, parameters] of [
		['SafeAuditExport download', 'download', { days: 0 }],
		['SafeAuditExport requestExport', 'requestExport', { days: 0 }],
		['SafeAuditExport getExport', 'getExport', { uuid: ' ' }],
		['SafeAuditExport getMany', 'getMany', { days: 0 }],
		['SafeAuditExport getNew', 'getNew', { checkpoint: '{', rewindTo: '' }],
	] as Array<[Source, string, object]>) {
		const report = await stage.bench.run('safeAuditExport', { operation, ...parameters }, { safeApi: world.credentials.safeApi }, { onError: 'continueRegularOutput' });
		outputs.add(source, 'error', jsonOf(report));
	}
}

export async function safeMany(stage: Stage): Promise<void> {
	const run = safeNode(stage, await safeWorld(stage));
	for (const apiFamily of FAMILIES) {
		for (const output of OUTPUTS) {
			for (const enrichUsers of [true, false]) {
				const parameters = { days: 3, returnAll: true, output, enrichUsers, options: { apiFamily, includeOriginal: enrichUsers } };
				stage.outputs.add('SafeAuditExport getMany', output, jsonOf(await run('getMany', parameters)));
			}
		}
	}
}

export async function safeNew(stage: Stage): Promise<void> {
	for (const output of OUTPUTS) {
		jest.setSystemTime(NOW);
		const world = await safeWorld(stage);
		const run = safeNode(stage, world);
		const read = async (checkpoint: unknown) => {
			const options = { includeOriginal: true, allowFrequent: true, overlap: 6 };
			const report = await run('getNew', { checkpoint, rewindTo: '', slot: '1h', output, enrichUsers: true, options });
			stage.outputs.add('SafeAuditExport getNew', output, jsonOf(report));
			stage.outputs.add('SafeAuditExport getNew', 'archive', jsonOf(report, 1));
			stage.outputs.add('SafeAuditExport getNew', 'checkpoint', jsonOf(report, 2));
			return jsonOf(report, 2)[0].checkpoint;
		};
		const checkpoint = await read('');
		world.safe.addRows(auditRow(NOW - 3 * HOUR_MS, 'late'), auditRow(NOW + 20 * MINUTE_MS, 'on time'));
		jest.setSystemTime(NOW + 2 * HOUR_MS);
		await read(checkpoint);
	}
	jest.setSystemTime(NOW);
	await neverReady(stage);
	jest.setSystemTime(NOW);
	await afterRetention(stage);
}

/** An export that does not get ready is carried in the position, and given up after days; the Checkpoint item says both. */
async function neverReady(stage: Stage): Promise<void> {
	const run = safeNode(stage, await safeWorld(stage, { safe: { options: { readyAfterPolls: 100_000 } } }));
	let checkpoint: unknown = '';
	const said: Json[] = [];
	for (let day = 0; day < 4; day++) {
		jest.setSystemTime(NOW + day * DAY_MS);
		const items = jsonOf(await run('getNew', { checkpoint, rewindTo: '', output: 'simplified', options: { timeout: 5 } }), 2);
		checkpoint = items[0].checkpoint;
		said.push(...items);
	}
	if (!said.some((item) => item.droppedExport !== null)) throw new Error('no export was given up');
	stage.outputs.add('SafeAuditExport getNew', 'checkpoint', said);
}

async function afterRetention(stage: Stage): Promise<void> {
	const run = safeNode(stage, await safeWorld(stage, { safeRows: 5 }));
	const read = async (checkpoint: unknown) => jsonOf(await run('getNew', { checkpoint, rewindTo: '', slot: '1d', output: 'simplified' }), 2);
	jest.setSystemTime(NOW - 400 * DAY_MS);
	const [{ checkpoint }] = await read('');
	jest.setSystemTime(NOW);
	const items = await read(checkpoint);
	if (items[0].gap === null) throw new Error('there should be a gap');
	stage.outputs.add('SafeAuditExport getNew', 'checkpoint', items);
}

export async function safeUsers(stage: Stage): Promise<void> {
	const world = await safeWorld(stage, { safeRows: 50 });
	const run = safeNode(stage, world);
	const { users } = world.safe;
	const byUuid = (value: string | undefined) => ({ user: { __rl: true, mode: 'id', value } });
	stage.outputs.add('SafeUsers getMany', 'simplified', jsonOf(await run('getMany', { returnAll: true }, undefined, 'safeUsers')));
	for (const { uuid } of [users[0], users[1], users[2]]) stage.outputs.add('SafeUsers get', 'simplified', jsonOf(await run('get', byUuid(uuid), undefined, 'safeUsers')));
	const somebody = users.find(({ lastLoginTime }) => lastLoginTime !== null);
	stage.outputs.add('SafeUsers get', 'simplified', jsonOf(await run('get', byUuid(somebody?.uuid), undefined, 'safeUsers')));
	const events = [...users.map(({ uuid }) => ({ actor: uuid })), { actor: 'nobody' }];
	const enriched = jsonOf(await run('enrich', { userIdField: 'actor', outputField: 'safeUser' }, events, 'safeUsers'));
	// What came in goes out as it was and is no output of this node.
	stage.outputs.add('SafeUsers enrich', 'simplified', enriched.map(({ actor: _input, ...own }) => own));
	const refused = { safeApi: { ...world.credentials.safeApi, password: 'wrong' } };
	for (const [source, operation, parameters] of [
		['SafeUsers get', 'get', byUuid('nobody')],
		['SafeUsers getMany', 'getMany', {}],
		['SafeUsers enrich', 'enrich', { userIdField: 'actor', outputField: 'safeUser' }],
	] as Array<[Source, string, object]>) {
		const report = await stage.bench.run('safeUsers', { operation, ...parameters }, refused, { input: [{ actor: 'x' }], onError: 'continueRegularOutput' });
		stage.outputs.add(source, 'error', jsonOf(report));
	}
}
