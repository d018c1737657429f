jest.mock('n8n-workflow', () => jest.requireActual('../time').withFreePauses(jest.requireActual('n8n-workflow')));

import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import type { World } from '../../simulators';
import { useBench } from '../bench';
import { startLocalServer } from '../servers';
import { DAY_MS, HOUR_MS, NOW } from '../time';
import { auditRow, isManifest, linesOf, Stage } from './sweepStage';

const bench = useBench();
const start = async (options: object = {}) => await bench.world({ safe: { options: { readyAfterPolls: 0, ...options } } });
const run = async (world: World, parameters: object = {}) =>
	await bench.run('safeAuditExport', { operation: 'getMany', days: 2, ...parameters }, { safeApi: world.credentials.safeApi });
const archived = async (world: World, parameters: object = {}) => {
	const report = await run(world, { itemsOutput: false, ...parameters });
	if (report.error) throw report.error;
	const items = report.items('Node');
	return { items, report, files: await Promise.all(items.map(async (item) => await report.binary(item))) };
};

describe('Get Many, when events are not given out', () => {
	test('gives one file with every row in the order of the export, with the IDs that the items have', async () => {
		const world = await start();
		world.safe.addRows(auditRow(NOW - HOUR_MS, 'twin'), auditRow(NOW - HOUR_MS, 'twin'));
		const rows = (await run(world, { returnAll: true, options: { includeOriginal: true } })).items('Node').map(({ json }) => ({ ...(json.original as object), eventId: json.eventId }));
		expect(rows.filter(({ eventId }) => String(eventId).endsWith('#2')).length).toBeGreaterThan(0);
		const { items, files, report } = await archived(world);
		expect(items).toHaveLength(1);
		expect(linesOf(files[0])).toEqual(rows);
		const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
		const digest = sha256(gunzipSync(files[0]));
		expect(items[0].json).toMatchObject({ count: rows.length, sha256: sha256(files[0]), sha256Raw: digest, late: false });
		expect(items[0].json.key).toMatch(new RegExp(`^audit/source=safe-audit/year=2026/month=01/day=\\d\\d/\\d{8}T\\d{6}Z_\\d{8}T\\d{6}Z_${digest.slice(0, 16)}\\.ndjson\\.gz$`));
		expect(items[0].binary?.data).toMatchObject({ mimeType: 'application/gzip', fileName: String(items[0].json.key).split('/').pop() });
		expect(report.hints('Node').map(({ message }) => message)).toContain(`SAFE: ${rows.length} rows read = ${rows.length} archived`);
	});

	test('gives the same key and bytes for the same export, and another key when a row differs', async () => {
		const world = await start();
		const [first, second] = [await archived(world), await archived(world)];
		expect(second.items[0].json).toEqual(first.items[0].json);
		expect(second.files).toEqual(first.files);
		world.safe.addRows(auditRow(NOW - HOUR_MS, 'one more'));
		expect((await archived(world)).items[0].json.key).not.toBe(first.items[0].json.key);
	});

	test('gives nothing for an export without rows', async () => {
		const world = await start();
		world.safe.rows.splice(0);
		expect((await archived(world)).items).toEqual([]);
	});

	test.each([
		['a row that is cut off', 'Time,User\na,b\nc', /SAFE-CSV-ROW/],
		['a web page', '<html></html>', /SAFE-CSV-FORM/],
	])('gives no file of %s', async (_case, file, code) => {
		const world = await start();
		const server = await startLocalServer(() => ({ body: Buffer.from(file) }));
		bench.endWithTest(server.close);
		world.safe.faults.add({ on: { path: /reports\// }, do: { status: 200, body: { data: { preSignedUrl: `${server.origin}/f.csv` } } } });
		const report = await run(world, { itemsOutput: false });
		expect(report.error?.message).toMatch(code);
		expect(report.items('Node')).toEqual([]);
	});

	test('begins anew after a transfer that broke off, with every row once', async () => {
		const world = await start();
		world.storage.faults.add({ on: { nth: 1 }, do: { truncateBody: true } });
		const { items, files } = await archived(world);
		expect(world.storage.requests).toHaveLength(2);
		expect(linesOf(files[0])).toHaveLength(world.safe.reportsRequested[0].rows);
		expect(items[0].json.count).toBe(world.safe.reportsRequested[0].rows);
	});

	test('numbers identical rows of a large file whose times run back and forth, for which it reads it twice', async () => {
		const world = await start();
		const row = (n: number) => `${new Date(NOW - (n % 2 ? n : 200_000 - n) * 1000).toISOString()},${n}\n`;
		const lines = [row(7), ...Array.from({ length: 100_000 }, (_, n) => row(n)), row(7)];
		const server = await startLocalServer(() => ({ body: Buffer.from(`Time,User\n${lines.join('')}`) }));
		bench.endWithTest(server.close);
		world.safe.faults.add({ on: { path: /reports\// }, do: { status: 200, body: { data: { preSignedUrl: `${server.origin}/f.csv` } } } });
		const { files } = await archived(world);
		const ids = linesOf(files[0]).filter(({ User }) => User === '7').map(({ eventId }) => eventId);
		expect(ids).toEqual([ids[0], `${ids[0]}#2`, `${ids[0]}#3`]);
		expect(server.requests).toHaveLength(2);
	});
});

describe('Get New, when events are not given out', () => {
	test('saves the position, hashes and counts that it saves with events, late and repeated rows included', async () => {
		const T0 = Date.parse('2026-01-15T20:15:02.250Z');
		const make = async (itemsOutput: boolean) => {
			const stage = new Stage(bench, await bench.world({ safeRows: 0, safe: { options: { readyAfterPolls: 0 } } }), { itemsOutput });
			stage.world.safe.addRows(...[30, 5, 4, 4, 3].map((hours) => auditRow(T0 - hours * HOUR_MS, `row ${hours}`)));
			await stage.run(T0);
			stage.world.safe.addRows(auditRow(T0 - 2.5 * HOUR_MS, 'late'), auditRow(T0 + HOUR_MS, 'new'), auditRow(T0 + DAY_MS - 1, 'outside'));
			await stage.run(T0 + DAY_MS);
			return stage;
		};
		const [items, files] = [await make(true), await make(false)];
		expect(files.archivedIds().sort()).toEqual(items.archivedIds().sort());
		expect(files.archived(/_late_/)).toEqual(['late']);
		for (const at of [0, 1]) {
			const [wanted, given] = [items.committed[at], files.committed[at]];
			expect(given.state.seen).toEqual(wanted.state.seen);
			expect(given.state.through).toBe(wanted.state.through);
			const { fetched, duplicates, late, emitted, filtered } = wanted.checkpoint as Record<string, number>;
			expect(given.checkpoint).toMatchObject({ fetched, duplicates, late, emitted: 0, filtered: emitted + filtered });
			expect(given.files.filter(isManifest)).toHaveLength(1);
			expect(given.events).toEqual([]);
		}
	});
});
