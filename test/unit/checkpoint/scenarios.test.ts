import { failureOf } from '../failures';
import { DAY_MS, FIRST_ROW, type Happening, HOUR_MS, isManifest, linesOf, MINUTE_MS, type Outcome, type Row, runGetNew, saved } from './collector';

const NOW = Date.parse('2026-01-15T10:07:31.250Z');
const SLOT_MS = 15 * MINUTE_MS;
const iso = (ms: number) => new Date(ms).toISOString();

let made = 0;
/** Events at one time, seen at once or later. */
const happen = (atMs: number, count = 1, visibleMs = atMs): Happening[] =>
	Array.from({ length: count }, () => ({ id: String(7_292_599_294_452_900_000n + BigInt(made++)), atMs, visibleMs }));
const ids = (log: Happening[]) => log.map(({ id }) => id);

/** Runs one after another, each saved, at these times. */
async function runsAt(log: Happening[], times: number[], parameters: object = {}, row: Row = FIRST_ROW): Promise<Outcome[]> {
	const outcomes: Outcome[] = [];
	for (const nowMs of times) {
		outcomes.push(await runGetNew(log, row, nowMs, parameters));
		row = saved(outcomes[outcomes.length - 1]);
	}
	return outcomes;
}

const everyQuarter = (count: number) => Array.from({ length: count }, (_, index) => NOW + index * SLOT_MS);

describe('late and tied events', () => {
	test('300 events on one millisecond, over pages of 100 and over two runs, come once', async () => {
		const tieMs = Date.parse('2026-01-15T09:59:59.999Z');
		const log = [...happen(tieMs, 150), ...happen(tieMs, 150, NOW + 1)];
		const [first, second, third] = await runsAt(log, everyQuarter(3));
		expect([first.ids.length, second.ids.length, third.ids.length]).toEqual([150, 150, 0]);
		expect(new Set([...first.ids, ...second.ids])).toEqual(new Set(ids(log)));
		expect(first.requests).toHaveLength(2);
		expect(second.checkpoint).toMatchObject({ fetched: 300, duplicates: 150, late: 150 });
	});

	test.each([1, 99, 100, 101, 250])('%i events on the last millisecond of a slot and on the first of the next come once', async (count) => {
		const edgeMs = Date.parse('2026-01-15T10:00:00.000Z');
		const log = [...happen(edgeMs - 1, count), ...happen(edgeMs, count)];
		const [first, second] = await runsAt(log, everyQuarter(2));
		expect(new Set(first.ids)).toEqual(new Set(ids(log.slice(0, count))));
		expect(new Set(second.ids)).toEqual(new Set(ids(log.slice(count))));
	});

	test.each([0, 1, 119_999, 120_000])('an event that shows %i ms after it happened, within the settling time, comes once and in its own slot', async (delayMs) => {
		const log = [0, 1, 14 * MINUTE_MS, SLOT_MS - 1].flatMap((offset) => {
			const atMs = Date.parse('2026-01-15T10:00:00Z') + offset;
			return happen(atMs, 3, atMs + delayMs);
		});
		const outcomes = await runsAt(log, [Date.parse('2026-01-15T10:02:00Z'), Date.parse('2026-01-15T10:17:00Z'), NOW + HOUR_MS]);
		expect(outcomes.map(({ ids: got }) => got.length)).toEqual([0, 12, 0]);
		expect(outcomes[1].events.every(({ late }) => late === undefined)).toBe(true);
		expect(outcomes[1].files.filter((file) => !isManifest(file))).toHaveLength(1);
	});

	test('an event that is later, but within the re-read, comes once, marked late, in a file of its own', async () => {
		const slotMs = Date.parse('2026-01-15T09:45:00Z');
		const early = happen(slotMs + 6 * MINUTE_MS, 2);
		const late = happen(slotMs + 6 * MINUTE_MS, 2, NOW + MINUTE_MS);
		const [first, second, third] = await runsAt([...early, ...late], everyQuarter(3));
		expect(first.ids).toEqual(ids(early));
		expect(second.events).toMatchObject([{ late: true }, { late: true }]);
		expect(second.ids).toEqual(ids(late));
		const [file] = second.files;
		expect(file.key).toContain('/20260115T094500Z_20260115T100000Z_late_');
		expect(linesOf(file.bytes).map(({ eventId }) => eventId)).toEqual(ids(late));
		expect(third.ids).toEqual([]);
	});

	test('a longer re-read finds what a shorter one would miss', async () => {
		const late = happen(Date.parse('2026-01-15T08:31:00Z'), 1, NOW + MINUTE_MS);
		const lost = await runsAt(late, everyQuarter(3), { options: { overlap: 10 } });
		const found = await runsAt(late, everyQuarter(3), { options: { overlap: 120 } });
		expect(lost.flatMap((run) => run.ids)).toEqual([]);
		expect(found.flatMap((run) => run.ids)).toEqual(ids(late));
	});
});

describe('resuming', () => {
	const log = Array.from({ length: 40 }, (_, index) => {
		const atMs = NOW - HOUR_MS + index * 12 * MINUTE_MS;
		return happen(atMs, 1 + (index % 7), index % 5 === 0 ? atMs + 9 * MINUTE_MS : atMs);
	}).flat();

	test('from every position of 30 runs gives exactly the rest', async () => {
		const history = await runsAt(log, everyQuarter(30), { options: { pageSize: 3 } });
		const endMs = NOW + 30 * SLOT_MS;
		const whole = history.flatMap((run) => run.ids);
		expect(new Set(whole).size).toBe(whole.length);
		expect(whole.length).toBeGreaterThan(120);
		for (const [index, run] of history.entries()) {
			const before = history.slice(0, index + 1).flatMap((earlier) => earlier.ids);
			const { ids: rest } = await runGetNew(log, saved(run), endMs);
			const late = new Set(before);
			expect(rest.filter((id) => late.has(id))).toEqual([]);
			expect(new Set([...before, ...rest])).toEqual(new Set([...whole, ...rest]));
			expect(new Set(whole.filter((id) => !before.includes(id) && !rest.includes(id)))).toEqual(new Set());
		}
	});

	test('twice from one position gives equal keys and equal bytes', async () => {
		const [first] = await runsAt(log, [NOW + 2 * HOUR_MS]);
		const [one, other] = [await runGetNew(log, saved(first), NOW + 5 * HOUR_MS), await runGetNew(log, saved(first), NOW + 5 * HOUR_MS)];
		expect(other.files).toEqual(one.files);
	});

	test('an hour later writes the same objects for the slots that both read, and the same manifest where no other slot has closed', async () => {
		const parameters = { slot: '1d' };
		const [first] = await runsAt(log, [NOW], parameters);
		const nextDayMs = Date.parse('2026-01-16T06:00:00Z');
		const [early, hourLater] = [await runGetNew(log, saved(first), nextDayMs, parameters), await runGetNew(log, saved(first), nextDayMs + HOUR_MS, parameters)];
		expect(early.files.length).toBeGreaterThan(1);
		expect(hourLater.files).toEqual(early.files);
		const bySlots = [await runGetNew(log, FIRST_ROW, NOW), await runGetNew(log, saved(first), NOW)].map(({ files }) => files);
		expect(bySlots[0].length).toBeGreaterThan(0);
		const [quarter] = await runsAt(log, [NOW]);
		const [sooner, later] = [await runGetNew(log, saved(quarter), NOW + HOUR_MS), await runGetNew(log, saved(quarter), NOW + 2 * HOUR_MS)];
		const objects = new Map(later.files.map(({ key, bytes }) => [key, bytes]));
		for (const { key, bytes } of sooner.files.filter((file) => !isManifest(file))) expect(objects.get(key)).toEqual(bytes);
	});
});

describe('standing still', () => {
	test('ten runs without an event move the position on, each with a Checkpoint item', async () => {
		const outcomes = await runsAt([], everyQuarter(10));
		expect(outcomes.map(({ checkpoint }) => checkpoint.windowEnd)).toEqual(everyQuarter(10).map((ms) => iso(Math.floor(ms / SLOT_MS) * SLOT_MS)));
		expect(outcomes.map(({ checkpoint }) => checkpoint.revision)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
		for (const { checkpoint } of outcomes) expect(checkpoint).toMatchObject({ emitted: 0, caughtUp: true, lagMinutes: 8, gap: null });
	});

	test('a run before the next slot has closed asks SecurID nothing and keeps the position and its memory', async () => {
		const log = happen(Date.parse('2026-01-15T09:55:00Z'), 5);
		const [first, second] = await runsAt(log, [NOW, NOW + MINUTE_MS]);
		expect(second.requests).toEqual([]);
		expect(second.files).toEqual([]);
		expect({ ...second.state, revision: 1 }).toEqual(first.state);
	});

	test.each([
		['a position in the year 2999', { through: '2999-01-01T00:00:00.000Z' }, null, '2999-01-01T00:00:00.000Z'],
		['a rewind into the future', {}, '2036-01-15T00:00:00Z', '2036-01-15T00:00:00.000Z'],
	])('%s yields nothing and says so', async (_, changes, rewindTo, named) => {
		const [first] = await runsAt([], [NOW]);
		const checkpoint = JSON.stringify({ ...first.state, ...changes });
		const failure = await failureOf(async () => await runGetNew(happen(NOW - DAY_MS, 3), { checkpoint, revision: 1, rewindTo }, NOW));
		expect(failure.code).toBe('POSITION-FUTURE');
		expect(failure.message).toContain(named);
	});

	test('a position from long ago reads what is left and names the gap', async () => {
		const [first] = await runsAt([], [NOW]);
		const old = JSON.stringify({ ...first.state, through: '2019-01-01T00:00:00.000Z', seenSince: '2019-01-01T00:00:00.000Z' });
		const log = happen(NOW - 80 * DAY_MS, 3);
		const outcomes = [await runGetNew(log, { ...saved(first), checkpoint: old }, NOW)];
		while (outcomes[outcomes.length - 1].checkpoint.more) outcomes.push(await runGetNew(log, saved(outcomes[outcomes.length - 1]), NOW));
		expect(outcomes.flatMap((run) => run.ids)).toEqual(ids(log));
		expect(outcomes[0].checkpoint.gap).toEqual({ from: '2019-01-01T00:00:00.000Z', to: iso(NOW - 90 * DAY_MS) });
		expect(outcomes.slice(1).every(({ checkpoint }) => checkpoint.gap === null)).toBe(true);
	});

	test.each([
		['garbage', 'oops'],
		['a later version', '{"v":2}'],
		['the position of another log', '{"v":1,"name":"safe-audit","through":"2026-01-15T10:00:00Z"}'],
	])('a position that is %s stops the run before any request', async (_, checkpoint) => {
		const failure = await failureOf(async () => await runGetNew(happen(NOW), { ...FIRST_ROW, checkpoint }, NOW));
		expect(failure.code).toBe('POSITION-UNREADABLE');
		expect(failure.message).toContain('"securid-admin"');
	});

	test('a rewind gets past a position that cannot be read', async () => {
		const log = happen(NOW - HOUR_MS, 3);
		const outcome = await runGetNew(log, { checkpoint: 'oops', revision: 4, rewindTo: iso(NOW - 2 * HOUR_MS) }, NOW);
		expect(outcome.ids).toEqual(ids(log));
		expect(outcome.checkpoint).toMatchObject({ revision: 5, previousRevision: 4 });
	});
});

describe('after an outage', () => {
	const spread = (days: number) => Array.from({ length: days * 4 }, (_, index) => happen(NOW + MINUTE_MS + index * 6 * HOUR_MS, 2)).flat();

	test('of 89 days the next runs catch up completely, in pieces of Max Events', async () => {
		const log = spread(89);
		const [first] = await runsAt(log, [NOW], { startFrom: 'now' });
		const outcomes: Outcome[] = [];
		for (let row = saved(first), more = true; more; row = saved(outcomes[outcomes.length - 1])) {
			outcomes.push(await runGetNew(log, row, NOW + 89 * DAY_MS, { options: { maxEvents: 100 } }));
			more = outcomes[outcomes.length - 1].checkpoint.more === true;
		}
		expect(outcomes.length).toBeGreaterThan(5);
		expect(outcomes.flatMap((run) => run.ids)).toEqual(ids(log));
		expect(outcomes.every(({ checkpoint }) => checkpoint.gap === null)).toBe(true);
		expect(outcomes[0].hints.join()).toContain('Max Events');
		expect(outcomes[outcomes.length - 1].checkpoint).toMatchObject({ more: false, caughtUp: true });
	});

	test('of 95 days the gap is named with its bounds once, and everything that is left comes', async () => {
		const log = spread(95);
		const [first] = await runsAt(log, [NOW], { startFrom: 'now' });
		const nowMs = NOW + 95 * DAY_MS;
		const [back, next] = await runsAt(log, [nowMs, nowMs + HOUR_MS], {}, saved(first));
		const gap = { from: first.state.through, to: iso(nowMs - 90 * DAY_MS) };
		expect(back.checkpoint.gap).toEqual(gap);
		expect(back.hints.join()).toContain(`no longer keeps events from ${String(gap.from)} to ${gap.to}`);
		expect(JSON.parse(String(back.files.find(isManifest)?.bytes))).toMatchObject({ gap });
		expect(back.ids).toEqual(ids(log.filter(({ atMs }) => atMs >= nowMs - 90 * DAY_MS && atMs < Date.parse(String(back.state.through)))));
		expect(next.checkpoint.gap).toBeNull();
	});
});

describe('what is read and what is handed on', () => {
	test('events of other kinds count as filtered, and the archive holds them all the same', async () => {
		const log = [...happen(NOW - HOUR_MS, 4), ...happen(NOW - HOUR_MS, 3).map((one) => ({ ...one, failed: true }))];
		const [outcome] = await runsAt(log, [NOW], { events: 'failedSignIns' });
		expect(outcome.checkpoint).toMatchObject({ fetched: 7, emitted: 3, filtered: 4 });
		expect(linesOf(outcome.files[0].bytes)).toHaveLength(7);
		const [, later] = await runsAt(log, [NOW, NOW + SLOT_MS], { events: 'failedSignIns', options: { overlap: 120 } });
		expect(later.checkpoint).toMatchObject({ fetched: 7, emitted: 0, duplicates: 7, filtered: 0 });
	});

	test('a first run and a rewind mark their events as history, other runs do not', async () => {
		const log = [...happen(NOW - HOUR_MS, 2), ...happen(NOW, 2)];
		const [first, second] = await runsAt(log, [NOW, NOW + SLOT_MS]);
		const rewound = await runGetNew(log, { ...saved(second), rewindTo: iso(NOW - 2 * HOUR_MS) }, NOW + SLOT_MS);
		expect(first.events).toMatchObject([{ backfill: true }, { backfill: true }]);
		expect(second.events.some((event) => 'backfill' in event)).toBe(false);
		expect(rewound.ids).toEqual(ids(log));
		expect(rewound.events.every(({ backfill }) => backfill === true)).toBe(true);
	});

	test('a burst in the re-read that outgrows 256 KB shrinks the memory, says so, and the next run repeats nothing', async () => {
		const log = [...happen(Date.parse('2026-01-15T09:51:00Z'), 9_000), ...happen(Date.parse('2026-01-15T09:58:00Z'), 9_000)];
		const [first, second] = await runsAt(log, everyQuarter(2));
		expect(first.ids).toHaveLength(18_000);
		expect(String(first.checkpoint.checkpoint).length).toBeLessThanOrEqual(256 * 1024);
		expect(first.hints.join()).toMatch(/only those since 2026-01-15T09:55:00.000Z are remembered; shorten "Re-Read"/);
		expect(second.ids).toEqual([]);
		expect(second.checkpoint).toMatchObject({ duplicates: 9_000 });
	});
});
