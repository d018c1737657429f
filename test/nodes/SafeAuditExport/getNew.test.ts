jest.mock('n8n-workflow', () => jest.requireActual('../time').withFreePauses(jest.requireActual('n8n-workflow')));

import { createRandom } from '../../simulators/random';
import { systemClock, type SafeRow } from '../../simulators';
import { SEED, useBench } from '../bench';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../time';
import { auditRow, detailsOf, linesOf, Stage } from './sweepStage';

const bench = useBench();
/** A daily run at the workflow's own time. */
const T0 = Date.parse('2026-01-15T20:15:02.250Z');
const iso = (ms: number) => new Date(ms).toISOString();
const startStage = async (parameters = {}, safe = {}) =>
	new Stage(bench, await bench.world({ safeRows: 0, safe: { options: { readyAfterPolls: 1, ...safe } } }), parameters);
const add = ({ world }: Stage, ...rows: SafeRow[]) => world.safe.addRows(...rows);
const daysAsked = ({ world }: Stage) => world.safe.reportsRequested.map(({ days }) => days);
/** Rows in the time that saved runs stand for, once each. */
const owed = ({ world, committed }: Stage) => {
	const [from, to] = [committed[0].checkpoint.windowStart, committed[committed.length - 1].checkpoint.windowEnd].map((time) => Date.parse(String(time)));
	return world.safe.rows.filter(({ atMs }) => atMs >= from && atMs < to).map(({ details }) => details).sort();
};

describe('a history of daily runs', () => {
	test(`brings every row of 30 days once, with jitter, a day of 23 hours, one of 25 and late rows (seed ${SEED})`, async () => {
		const stage = await startStage();
		const random = createRandom(SEED, 'thirty days');
		const late: string[] = [];
		let [atMs, count] = [T0, 0];
		for (let day = 0; day < 30; day++) {
			const { committed } = stage;
			const startMs = committed.length > 0 ? Date.parse(committed[committed.length - 1].state.through) : atMs - DAY_MS;
			for (let each = 0; each < 40; each++) {
				const rowMs = random.integer(startMs, atMs);
				const row = auditRow(rowMs, `row ${count++}`);
				add(stage, ...(random.chance(0.1) ? [row, row] : [row]));
			}
			if (day > 1) {
				for (let each = 0; each < 3; each++) {
					late.push(`late ${count}`);
					add(stage, auditRow(startMs - random.integer(1, 23 * HOUR_MS), `late ${count++}`));
				}
			}
			const run = await stage.run(atMs + random.integer(0, 20 * MINUTE_MS));
			expect(run.hints).not.toContain('20 hours');
			expect(run.checkpoint.windowStart).toBe(stage.committed[stage.committed.length - 2]?.checkpoint.windowEnd ?? run.checkpoint.windowStart);
			const lateNow = run.events.filter((event) => event.late).map(({ message }) => String(message));
			expect(lateNow.sort()).toEqual(day > 1 ? late.slice(-3).sort() : []);
			expect(run.checkpoint.late).toBe(lateNow.length);
			atMs += DAY_MS + (day === 10 ? -HOUR_MS : day === 20 ? HOUR_MS : 0);
		}
		expect(stage.archived()).toEqual(owed(stage));
		expect(stage.archived(/_late_/)).toEqual(late.sort());
		expect(stage.siem.sort()).toEqual(stage.archivedIds().sort());
		expect(new Set(stage.siem).size).toBe(stage.siem.length);
		expect(daysAsked(stage)).toHaveLength(30);
		expect(Math.max(...daysAsked(stage))).toBe(3);
	});

	test.each([3, 100])('of %i days without a run is caught up in one, whole', async (days) => {
		const stage = await startStage();
		add(stage, auditRow(T0 - HOUR_MS, 'before'));
		await stage.run(T0);
		const laterMs = T0 + days * DAY_MS;
		const missed = Array.from({ length: days * 4 }, (_, index) => auditRow(T0 + index * 6 * HOUR_MS - HOUR_MS / 2, `row ${index}`));
		add(stage, ...missed);
		const run = await stage.run(laterMs);
		expect(daysAsked(stage)).toEqual([2, days + 2]);
		expect(run.checkpoint).toMatchObject({ gap: null, caughtUp: true });
		expect(detailsOf(run)).toEqual(missed.map(({ details }) => details));
		expect(stage.archived()).toEqual(owed(stage));
	});

	test('of more than a year without a run names the part that SAFE no longer gives, by its bounds', async () => {
		const stage = await startStage();
		await stage.run(T0);
		const laterMs = T0 + 400 * DAY_MS;
		const keptMs = laterMs - 365 * DAY_MS;
		add(stage, auditRow(T0 + DAY_MS, 'gone'), auditRow(keptMs + MINUTE_MS, 'oldest'), auditRow(laterMs - HOUR_MS, 'newest'));
		const run = await stage.run(laterMs);
		expect(daysAsked(stage)).toEqual([2, 365]);
		const gap = { from: stage.committed[0].state.through, to: iso(keptMs) };
		expect(run.checkpoint.gap).toEqual(gap);
		expect(run.hints).toContain(`SAFE no longer keeps events from ${gap.from} to ${gap.to}`);
		const manifest = JSON.parse(run.files[run.files.length - 1].bytes.toString()) as object;
		expect(manifest).toMatchObject({ gap });
		expect(detailsOf(run)).toEqual(['oldest', 'newest']);
	});

	test('names the same part when the export of that run is ready a day later', async () => {
		const stage = await startStage({}, { readyAfterPolls: 0 });
		await stage.run(T0);
		const laterMs = T0 + 400 * DAY_MS;
		const keptMs = laterMs - 365 * DAY_MS;
		add(stage, auditRow(keptMs + MINUTE_MS, 'oldest'));
		stage.world.safe.options.readyAfterPolls = Infinity;
		const waiting = await stage.run(laterMs);
		expect(waiting.state.through).toBe(stage.committed[0].state.through);
		stage.world.safe.options.readyAfterPolls = 0;
		const run = await stage.run(laterMs + DAY_MS);
		expect(run.checkpoint.gap).toEqual({ from: stage.committed[0].state.through, to: iso(keptMs) });
		expect(detailsOf(run)).toEqual(['oldest']);
	});
});

describe('the days of an export', () => {
	test.each([
		['a minute ahead of ours', MINUTE_MS],
		['twenty minutes behind ours', -20 * MINUTE_MS],
		['equal to ours', 0],
	])('reach back to the position also when that is almost whole days ago and SAFE\'s clock is %s', async (_, aheadMs) => {
		const clock = { now: () => systemClock.now() + aheadMs };
		const world = await bench.world({ safeRows: 0, clock, safe: { options: { readyAfterPolls: 0 } } });
		const stage = new Stage(bench, world, { options: { overlap: 0 } });
		const boundaryMs = Date.parse('2026-01-15T10:00:00Z');
		stage.row.rewindTo = iso(boundaryMs);
		add(stage, auditRow(boundaryMs, 'first'), auditRow(boundaryMs + 30_000, 'second'));
		const run = await stage.run(boundaryMs + 2 * DAY_MS - 2_000);
		expect(detailsOf(run)).toEqual(['first', 'second']);
		expect(run.hints).not.toContain('reaches back');
	});

	test('are not asked for when no slot has closed since the position: no export is queued', async () => {
		const stage = await startStage({ startFrom: 'now' });
		const run = await stage.run(T0);
		expect(daysAsked(stage)).toEqual([]);
		expect(run.checkpoint).toMatchObject({ fetched: 0, windowEnd: '2026-01-15T20:00:00.000Z' });
		add(stage, auditRow(T0 + MINUTE_MS, 'new'));
		expect(detailsOf(await stage.run(T0 + DAY_MS))).toEqual(['new']);
	});
});

describe('rows that are equal letter for letter', () => {
	test('are neither merged nor doubled, in one run and over the re-read of the next ones', async () => {
		const stage = await startStage();
		const twin = auditRow(T0 - 5 * HOUR_MS, 'twin');
		add(stage, twin, twin, twin, auditRow(T0 - 4 * HOUR_MS, 'single'));
		const first = await stage.run(T0);
		expect(detailsOf(first)).toEqual(['twin', 'twin', 'twin', 'single']);
		expect(new Set(first.events.map(({ eventId }) => eventId)).size).toBe(4);
		const second = await stage.run(T0 + DAY_MS);
		expect(second.checkpoint).toMatchObject({ fetched: 4, emitted: 0, duplicates: 4 });
		expect(stage.archived()).toEqual(['single', 'twin', 'twin', 'twin']);
	});

	test('come once more, marked late and apart, when another equal one appears later', async () => {
		const stage = await startStage();
		const twin = auditRow(T0 - 5 * HOUR_MS, 'twin');
		add(stage, twin);
		await stage.run(T0);
		add(stage, twin);
		const run = await stage.run(T0 + DAY_MS - HOUR_MS);
		expect(run.events).toMatchObject([{ message: 'twin', late: true, eventId: expect.stringMatching(/#2$/) }]);
		expect(run.files.filter(({ late }) => late).map(({ key, count }) => [key.includes('_late_'), count])).toEqual([[true, 1]]);
		expect((await stage.run(T0 + 2 * DAY_MS)).events).toEqual([]);
	});

	test.each(['newestFirst', 'oldestFirst'] as const)('keep their ids whatever the order of the file (%s)', async (order) => {
		const stage = await startStage({}, {});
		const twins = [auditRow(T0 - HOUR_MS, 'twin'), auditRow(T0 - HOUR_MS, 'twin'), auditRow(T0 - 2 * HOUR_MS, 'other')];
		add(stage, ...twins);
		await stage.run(T0);
		stage.world.safe.options.csv = { ...stage.world.safe.options.csv, order };
		expect((await stage.run(T0 + DAY_MS)).checkpoint).toMatchObject({ emitted: 0, duplicates: 3 });
	});
});

describe('rewind', () => {
	test('hands out again what came from there on, as history, in the same objects, and at once', async () => {
		const stage = await startStage();
		add(stage, ...[20, 10, 5].map((hours) => auditRow(T0 - hours * HOUR_MS, `${hours} hours`)));
		await stage.run(T0);
		const before = new Map(stage.s3);
		stage.row.rewindTo = iso(T0 - 11 * HOUR_MS);
		const run = await stage.run(T0 + MINUTE_MS);
		expect(detailsOf(run)).toEqual(['10 hours', '5 hours']);
		expect(run.events.every(({ backfill, late }) => backfill === true && late === undefined)).toBe(true);
		for (const [key, bytes] of before) expect(stage.s3.get(key)).toEqual(bytes);
		expect(run.files).toHaveLength(3);
		expect((await stage.run(T0 + DAY_MS)).events).toEqual([]);
	});

	test('drops an export that was not ready and requests one that reaches back far enough', async () => {
		const stage = await startStage({}, { readyAfterPolls: Infinity });
		await stage.run(T0);
		stage.world.safe.options.readyAfterPolls = 0;
		add(stage, auditRow(T0 - 8 * DAY_MS, 'long ago'));
		stage.row.rewindTo = iso(T0 - 9 * DAY_MS);
		const run = await stage.run(T0 + MINUTE_MS);
		expect(daysAsked(stage)).toEqual([2, 10]);
		expect(detailsOf(run)).toEqual(['long ago']);
		expect(run.state.pending).toBeUndefined();
	});

	test('into the future fails before any request, and nothing moves', async () => {
		const stage = await startStage();
		await stage.run(T0);
		stage.row.rewindTo = iso(T0 + 30 * DAY_MS);
		jest.setSystemTime(T0 + DAY_MS);
		const report = await stage.read();
		expect(report.error?.message).toMatch(/lies in the future.*\(POSITION-FUTURE\)$/);
		expect([0, 1, 2].flatMap((output) => report.items('Node', output))).toEqual([]);
		expect(daysAsked(stage)).toEqual([2]);
	});
});

describe('a clock that was set back', () => {
	test.each([
		['ten minutes', 10 * MINUTE_MS],
		['two hours', 2 * HOUR_MS],
		['three days', 3 * DAY_MS],
	])('by %s moves nothing, and queues nothing; later runs go on without loss or repeat', async (_, backMs) => {
		const stage = await startStage();
		add(stage, auditRow(T0 - HOUR_MS, 'before'));
		await stage.run(T0);
		const { through } = stage.committed[0].state;
		for (const options of [{}, { allowFrequent: true }]) {
			jest.setSystemTime(T0 - backMs);
			const report = await stage.read({ options });
			const behind = Date.parse(through) > T0 - backMs;
			if (behind) expect(report.error?.message).toMatch(/\(POSITION-FUTURE\)$/);
			else expect((await stage.checked(report)).state.through).toBe(through);
			expect(report.items('Node')).toEqual([]);
		}
		expect(daysAsked(stage)).toHaveLength(1);
		add(stage, auditRow(T0 + HOUR_MS, 'after'));
		expect(detailsOf(await stage.run(T0 + DAY_MS))).toEqual(['after']);
		expect(stage.archived()).toEqual(['after', 'before']);
	});
});

describe('the same position', () => {
	test('gives the same keys, bytes and events when a run is repeated, also by another machine', async () => {
		const stage = await startStage();
		add(stage, ...[30, 20, 10, 5, 5, 1].map((hours, index) => auditRow(T0 - hours * HOUR_MS, `row ${index}`)));
		jest.setSystemTime(T0);
		const runs = [];
		for (const afterMs of [0, 90_000, 20 * MINUTE_MS]) {
			jest.setSystemTime(T0 + afterMs);
			const run = await stage.checked(await stage.read());
			runs.push({ files: run.files, events: run.events });
		}
		expect(runs[1]).toEqual(runs[0]);
		expect(runs[2]).toEqual(runs[0]);
		expect(runs[0].events).toHaveLength(5);
	});
});

describe('Give Out Events, when off', () => {
	test('gives archive files alone, with every row, and counts rows as filtered', async () => {
		const stage = await startStage({ itemsOutput: false });
		add(stage, ...[3, 2, 1].map((hours) => auditRow(T0 - hours * HOUR_MS, `row ${hours}`)));
		const run = await stage.run(T0);
		expect(run.checkpoint).toMatchObject({ fetched: 3, emitted: 0, filtered: 3, duplicates: 0 });
		expect(stage.archived()).toEqual(['row 1', 'row 2', 'row 3']);
		expect(run.files.slice(0, -1).flatMap(({ bytes }) => linesOf(bytes))).toHaveLength(3);
		expect((await stage.run(T0 + DAY_MS)).checkpoint).toMatchObject({ fetched: 3, duplicates: 3, filtered: 0 });
	});
});
