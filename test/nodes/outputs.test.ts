jest.mock('n8n-workflow', () => jest.requireActual('./time').withFreePauses(jest.requireActual('n8n-workflow')));

import { gunzipSync } from 'node:zlib';
import type { RunReport } from '../harness';
import type { World } from '../simulators';
import { ecsProblems } from '../unit/mapping/schemas/ecs';
import { ocsfProblems } from '../unit/mapping/schemas/ocsf';
import { useBench } from './bench';
import { startScene } from './SecurIdAdminLog/triggerBench';
import { HOUR_MS, MINUTE_MS, NOW } from './time';

const bench = useBench();

type Json = Record<string, unknown>;

interface Ecs extends Json {
	event: Json & { id: string; original: string };
	tags?: string[];
}
interface Ocsf extends Json {
	metadata: Json & { uid: string; labels?: string[] };
	raw_data: string;
}

const jsonOf = (report: RunReport) => {
	expect(report.error).toBeUndefined();
	const items = report.items('Node').map(({ json }) => json as Json);
	expect(items.length).toBeGreaterThan(1);
	return items;
};

/** How to find the id, and the vendor record, in each form; and what the schema says against it. */
const FORMS = {
	ecs: { id: (json: Json) => (json as Ecs).event.id, original: (json: Json) => JSON.parse((json as Ecs).event.original) as Json, problems: ecsProblems, marks: (json: Json) => (json as Ecs).tags ?? [] },
	ocsf: { id: (json: Json) => (json as Ocsf).metadata.uid, original: (json: Json) => JSON.parse((json as Ocsf).raw_data) as Json, problems: ocsfProblems, marks: (json: Json) => (json as Ocsf).metadata.labels ?? [] },
} as const;
const forms = Object.entries(FORMS) as Array<[keyof typeof FORMS, (typeof FORMS)['ecs']]>;

describe.each(forms)('Output %s', (output, { id, original, problems, marks }) => {
	const securId = async (world: World, parameters: object) => await bench.run('securIdAdminLog', parameters, { securIdApi: world.credentials.securIdApi });
	const safe = async (world: World, parameters: object) => await bench.run('safeAuditExport', parameters, { safeApi: world.credentials.safeApi });
	const safeWorld = async () => await bench.world({ safe: { options: { readyAfterPolls: 0 } } });

	test('of SecurID Get Many: valid documents of the same events, which hold the vendor record', async () => {
		const world = await bench.world();
		const records = jsonOf(await securId(world, { returnAll: true, output: 'vendor' }));
		const documents = jsonOf(await securId(world, { returnAll: true, output }));
		expect(documents.map(problems)).toEqual(documents.map(() => []));
		expect(documents.map(id)).toEqual(records.map(({ eventId }) => eventId));
		expect(documents.map(original)).toEqual(records);
	});

	test('of SecurID Get New: the same, marked as back-fill; the archive is that of every other output', async () => {
		const world = await bench.world();
		const getNew = async (form: string) => await securId(world, { operation: 'getNew', checkpoint: '', rewindTo: '', checkpointName: 'securid-admin', slot: '15min', events: 'all', output: form });
		const [simplified, report] = [await getNew('simplified'), await getNew(output)];
		const documents = jsonOf(report);
		expect(documents.map(problems)).toEqual(documents.map(() => []));
		expect(documents.map(id)).toEqual(jsonOf(simplified).map(({ eventId }) => eventId));
		expect(documents.every((json) => marks(json).includes('backfill') && !('backfill' in json))).toBe(true);
		const keys = (run: RunReport) => run.items('Node', 1).map(({ json }) => json.key);
		expect(keys(report)).toEqual(keys(simplified));
		const [file] = report.items('Node', 1);
		expect(JSON.parse(gunzipSync(await report.binary(file)).toString().split('\n')[0])).toHaveProperty('activityKey');
	});

	test('of SecurID Get New: an event that arrived late says so', async () => {
		const world = await bench.world({ adminEvents: 0 });
		const happen = (atMs: number) => world.securId.addEvents({ atMs, activityKey: 'SIGNOUT', result: 'SUCCESS' })[0].eventId;
		const run = async (checkpoint: unknown) =>
			await securId(world, { operation: 'getNew', checkpoint, rewindTo: '', checkpointName: 'securid-admin', slot: '15min', events: 'all', output, options: { overlap: 60 } });
		happen(NOW - HOUR_MS);
		const first = await run('');
		const { checkpoint } = first.items('Node', 2)[0].json;
		jest.setSystemTime(NOW + HOUR_MS);
		const [late, onTime] = [happen(NOW - 20 * MINUTE_MS), happen(NOW + 20 * MINUTE_MS)];
		const documents = jsonOf(await run(checkpoint));
		expect(documents.map((json) => [id(json), marks(json)])).toEqual([[late, ['late']], [onTime, []]]);
	});

	test('of the trigger: valid documents, whose marks stand where the schema has a place for them', async () => {
		const scene = await startScene(bench, { mode: 'legacy', parameters: { startFrom: 'last24Hours', output } });
		const ids = scene.log(NOW - HOUR_MS, NOW - 30 * MINUTE_MS);
		const documents = (await scene.poll()).events ?? [];
		expect(documents.map(id)).toEqual(ids);
		expect(documents.map(marks)).toEqual([['backfill'], ['backfill']]);
		expect(documents.map(problems)).toEqual([[], []]);
	});

	test('of SAFE Get Many: valid documents of the same rows, with their users', async () => {
		const world = await safeWorld();
		const rows = jsonOf(await safe(world, { returnAll: true, days: 2, output: 'simplified', enrichUsers: true, options: { includeOriginal: true } }));
		const documents = jsonOf(await safe(world, { returnAll: true, days: 2, output, enrichUsers: true }));
		expect(documents.map(problems)).toEqual(documents.map(() => []));
		expect(documents.map((json) => [id(json), original(json)])).toEqual(rows.map((row) => [row.eventId, row.original]));
		const emails = rows.map((row) => (row.safeUser as Json | null)?.emailId).filter(Boolean);
		expect(emails.length).toBeGreaterThan(10);
		const told = documents.map((json) => JSON.stringify(output === 'ecs' ? json.user : [json.user, json.actor])).join();
		for (const email of emails) expect(told).toContain(String(email));
	});

	test('of SAFE Get New: valid documents, marked as back-fill', async () => {
		const world = await safeWorld();
		const getNew = async (form: string) => await safe(world, { operation: 'getNew', checkpoint: '', rewindTo: '', checkpointName: 'safe-audit', slot: '1h', output: form });
		const documents = jsonOf(await getNew(output));
		expect(documents.map(problems)).toEqual(documents.map(() => []));
		expect(documents.every((json) => marks(json).includes('backfill'))).toBe(true);
		expect(documents.map(id)).toEqual(jsonOf(await getNew('simplified')).map(({ eventId }) => eventId));
	});
});
