jest.mock('n8n-workflow', () => jest.requireActual('../time').withFreePauses(jest.requireActual('n8n-workflow')));

import { gunzipSync } from 'node:zlib';
import type { RunReport } from '../../harness';
import type { World } from '../../simulators';
import { useBench } from '../bench';
import { DAY_MS, HOUR_MS, MINUTE_MS, NOW } from '../time';

const bench = useBench();
const SLOT_MS = 15 * MINUTE_MS;
const iso = (ms: number) => new Date(ms).toISOString();

const BASE = { operation: 'getNew', checkpoint: '', rewindTo: '', checkpointName: 'securid-admin', slot: '15min', events: 'all', output: 'simplified' };

/** Runs Get New from what an earlier run gave out, or for the first time. */
const getNew = async (world: World, previous?: RunReport, parameters: object = {}, options = {}) =>
	await bench.run(
		'securIdAdminLog',
		{ ...BASE, checkpoint: previous ? checkpointOf(previous).checkpoint : '', ...parameters },
		{ securIdApi: world.credentials.securIdApi },
		options,
	);

const checkpointOf = (report: RunReport) => report.items('Node', 2)[0].json as Record<string, unknown>;
const idsOf = (report: RunReport) => report.items('Node').map(({ json }) => String(json.eventId));
const hintsOf = (report: RunReport) => report.hints('Node').map(({ message }) => message).join('\n');

async function archivedIds(report: RunReport): Promise<string[]> {
	const files = report.items('Node', 1).filter(({ json }) => !String(json.key).includes('/_manifest/'));
	const lines = await Promise.all(files.map(async (item) => gunzipSync(await report.binary(item)).toString().split('\n').filter(Boolean)));
	return lines.flat().map((line) => String((JSON.parse(line) as { eventId: string }).eventId));
}

const emptyWorld = async () => await bench.world({ adminEvents: 0 });
const happen = ({ securId }: World, count: number, atMs: number, draft: object = {}) =>
	securId.addEvents(...Array.from({ length: count }, () => ({ atMs, activityKey: 'SIGNOUT', result: 'SUCCESS', ...draft }))).map(({ eventId }) => eventId);

describe('outputs', () => {
	test('events, archive files and one Checkpoint item come out of a first run, and its counts agree', async () => {
		const world = await bench.world();
		const report = await getNew(world);
		expect(report.error).toBeUndefined();
		const expected = world.securId.events.filter(({ atMs }) => atMs >= Date.parse('2026-01-14T10:00:00Z') && atMs < Date.parse('2026-01-15T10:00:00Z'));
		expect(new Set(idsOf(report))).toEqual(new Set(expected.map(({ eventId }) => eventId)));
		expect(new Set(await archivedIds(report))).toEqual(new Set(idsOf(report)));
		const checkpoint = checkpointOf(report);
		expect(checkpoint).toMatchObject({ name: 'securid-admin', revision: 1, previousRevision: null, caughtUp: true, more: false, gap: null });
		expect(checkpoint.fetched).toBe(expected.length);
		expect(checkpoint.archiveKeys).toEqual(report.items('Node', 1).map(({ json }) => json.key));
		expect(report.items('Node').every(({ json }) => json.backfill === true)).toBe(true);
	});

	test('the archive holds whole vendor records of all events, whatever is chosen', async () => {
		const world = await emptyWorld();
		const others = happen(world, 3, NOW - HOUR_MS);
		const failures = happen(world, 2, NOW - HOUR_MS, { activityKey: 'SIGNIN_FAILURE', result: 'FAIL' });
		const report = await getNew(world, undefined, { events: 'failedSignIns' });
		expect(idsOf(report).sort()).toEqual([...failures].sort());
		expect((await archivedIds(report)).sort()).toEqual([...others, ...failures].sort());
		expect(checkpointOf(report)).toMatchObject({ fetched: 5, emitted: 2, filtered: 3 });
		expect(hintsOf(report)).toContain('5 events read = 2 handed out + 0 known already + 3');
	});

	test('each archive item has binary data under its key', async () => {
		const world = await emptyWorld();
		happen(world, 2, NOW - HOUR_MS);
		const report = await getNew(world);
		for (const item of report.items('Node', 1)) {
			expect((await report.binary(item)).length).toBeGreaterThan(20);
			expect(String(item.json.key)).toMatch(/^audit\/(_manifest\/)?source=securid-admin\/year=2026\/month=01\/day=14|15\//);
		}
	});

	test('no archive file is made where none is wanted', async () => {
		const world = await emptyWorld();
		happen(world, 2, NOW - HOUR_MS);
		const report = await getNew(world, undefined, { archiveFile: false });
		expect(report.items('Node', 1)).toEqual([]);
		expect(report.items('Node')).toHaveLength(2);
	});
});

describe('from a saved position', () => {
	test('only what is new comes, late events among it', async () => {
		const world = await emptyWorld();
		happen(world, 20, NOW - 20 * MINUTE_MS);
		const first = await getNew(world);
		jest.setSystemTime(NOW + SLOT_MS);
		const late = happen(world, 2, Date.parse('2026-01-15T09:55:00Z'));
		const fresh = happen(world, 3, Date.parse('2026-01-15T10:05:00Z'));
		const second = await getNew(world, first);
		expect(idsOf(second).sort()).toEqual([...late, ...fresh].sort());
		expect(second.items('Node').filter(({ json }) => json.late === true)).toHaveLength(2);
		expect(checkpointOf(second)).toMatchObject({ revision: 2, late: 2 });
	});

	test('300 events of one millisecond over pages and runs come once', async () => {
		const world = await emptyWorld();
		const tieMs = Date.parse('2026-01-15T09:59:59.999Z');
		const before = happen(world, 150, tieMs);
		const first = await getNew(world);
		jest.setSystemTime(NOW + SLOT_MS);
		const after = happen(world, 150, tieMs);
		const second = await getNew(world, first);
		expect([idsOf(first).sort(), idsOf(second).sort()]).toEqual([[...before].sort(), [...after].sort()]);
	});

	test('Max Events discards nothing: the rest comes with the next runs', async () => {
		const world = await emptyWorld();
		const ids = Array.from({ length: 30 }, (_, index) => happen(world, 5, NOW - 20 * HOUR_MS + index * 30 * MINUTE_MS)).flat();
		const got: string[] = [];
		let last: RunReport | undefined;
		for (let more = true; more; more = checkpointOf(last).more === true) {
			last = await getNew(world, last, { options: { maxEvents: 40 } });
			expect(idsOf(last).length).toBeLessThanOrEqual(40);
			got.push(...idsOf(last));
		}
		expect(got.sort()).toEqual([...ids].sort());
	});

	test('a window without events still gives a Checkpoint item', async () => {
		const world = await emptyWorld();
		const first = await getNew(world);
		jest.setSystemTime(NOW + SLOT_MS);
		const second = await getNew(world, first);
		expect(checkpointOf(second)).toMatchObject({ windowStart: '2026-01-15T10:00:00.000Z', windowEnd: '2026-01-15T10:15:00.000Z', emitted: 0 });
	});

	test('what is older than 90 days is named as a gap', async () => {
		const world = await emptyWorld();
		const first = await getNew(world);
		jest.setSystemTime(NOW + 95 * DAY_MS);
		const second = await getNew(world, first);
		expect(checkpointOf(second).gap).toEqual({ from: '2026-01-15T10:00:00.000Z', to: iso(NOW + 5 * DAY_MS) });
		expect(hintsOf(second)).toContain(`no longer keeps events from 2026-01-15T10:00:00.000Z to ${iso(NOW + 5 * DAY_MS)}`);
	});
});

describe('refusal', () => {
	test.each([
		['a position that cannot be read', { checkpoint: 'oops' }, 'POSITION-UNREADABLE'],
		['a rewind that is no time', { rewindTo: 'yesterday' }, 'POSITION-REWIND'],
		['no position name', { checkpointName: ' ' }, 'POSITION-NAME'],
		['no start date', { startFrom: 'dateTime', startFromDate: '' }, 'POSITION-START'],
	])('%s stops before any request', async (_, parameters, code) => {
		const world = await bench.world();
		const report = await getNew(world, undefined, parameters);
		expect(report.status).toBe('error');
		expect(report.error?.message.endsWith(`(${code})`)).toBe(true);
		expect(world.securId.requests).toEqual([]);
		expect(report.items('Node', 2)).toEqual([]);
	});

	test('with Continue on Fail nothing comes out of Checkpoint, so that the position stays', async () => {
		const world = await bench.world({ faults: { securId: [{ on: {}, do: { status: 403 } }] } });
		const report = await getNew(world, undefined, {}, { onError: 'continueRegularOutput' });
		expect(report.status).toBe('success');
		expect([report.items('Node', 1), report.items('Node', 2)]).toEqual([[], []]);
	});

	test('any page that fails to the end hands out nothing', async () => {
		for (let page = 0; page < 4; page++) {
			const world = await emptyWorld();
			happen(world, 35, NOW - HOUR_MS);
			world.securId.faults.add({ on: { query: new RegExp(`pageNumber=${page}&`) }, do: { status: 500 } });
			const report = await getNew(world, undefined, { options: { pageSize: 10 } });
			expect(report.status).toBe('error');
			expect([0, 1, 2].map((output) => report.items('Node', output))).toEqual([[], [], []]);
		}
	});
});
