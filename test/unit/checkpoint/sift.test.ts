import fc from 'fast-check';
import { advance } from '../../../nodes/shared/checkpoint/advance';
import { type Checkpoint, writeCheckpoint } from '../../../nodes/shared/checkpoint/checkpoint';
import { collect } from '../../../nodes/shared/checkpoint/collect';
import { RecentIds } from '../../../nodes/shared/checkpoint/recentIds';
import { SeenIds } from '../../../nodes/shared/checkpoint/seen';
import { sifter } from '../../../nodes/shared/checkpoint/sift';
import type { WindowPlan } from '../../../nodes/shared/checkpoint/window';
import { forAll, generated } from '../generated';

const RUNS = 500;
const HOUR = 3_600_000;
const T0 = Date.parse('2026-01-15T00:00:00Z');
const plan: WindowPlan = { startMs: T0, endMs: T0 + 6 * HOUR, readFromMs: T0 - 3 * HOUR, firstRun: false, future: false };
const before = (known: Array<[string, number]>): Checkpoint => {
	const seen = new SeenIds();
	for (const [id, atMs] of known) seen.add(id, atMs);
	return { name: 'safe-audit', revision: 1, throughMs: T0, originMs: T0 - 9 * HOUR, seen, seenSinceMs: T0 - 9 * HOUR, startFrom: 'now' };
};

/** Both ways of telling new events from known ones, and the text of the position that each leads to. */
async function both(events: Array<{ id: string; timeMs: number | undefined }>, known: Array<[string, number]>, overlapMs: number, of: WindowPlan = plan, shortestId = 1) {
	const previous = before(known);
	const whole = await collect(async () => ({ events: events.map((event) => ({ ...event, record: event })) }), of, previous, { slot: '1h', overlapMs, most: Infinity });
	const sift = sifter(of, previous, { overlapMs, shortestId });
	const taken = events.map(({ id, timeMs }) => ({ id, ...sift.take(id, timeMs) }));
	const { new: count, ...result } = sift.result();
	const textOf = (endOf: { endMs: number; seen: SeenIds }) =>
		writeCheckpoint(advance({ name: 'safe-audit', revision: 2, startFrom: 'now', previous, plan: of, result: endOf, overlapMs }));
	const news = taken.filter(({ is }) => is === 'new' || is === 'late').map(({ id, atMs, is }) => ({ id, atMs, late: is === 'late' }));
	return { whole, result, count, news, texts: [textOf(whole), textOf(result)] as const };
}

const events = fc.uniqueArray(fc.record({ id: fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd'), minLength: 1, maxLength: 6 }), timeMs: fc.option(fc.integer({ min: T0 - 5 * HOUR, max: T0 + 8 * HOUR }), { nil: undefined }) }), { selector: ({ id }) => id, maxLength: 60, size: 'max' });

it(`tells new, late, known and outside events apart as a reading that is held whole, and leads to the same position (${generated(RUNS)})`, async () => {
	await forAll(RUNS, fc.tuple(events, fc.nat(20), fc.constantFrom(0, HOUR, 24 * HOUR), fc.boolean()), async ([list, knownCount, overlapMs, idle]) => {
		const known = list.slice(0, knownCount).map(({ id, timeMs }): [string, number] => [id, timeMs ?? T0]);
		const { whole, result, count, news, texts } = await both(list, known, overlapMs, idle ? { ...plan, endMs: plan.startMs } : plan);
		const { events: found, ...rest } = whole;
		expect({ ...result, seen: result.seen.toJSON() }).toEqual({ ...rest, seen: rest.seen.toJSON() });
		expect(count).toBe(found.length);
		const byId = (left: { id: string }, right: { id: string }) => (left.id < right.id ? -1 : 1);
		expect(news.sort(byId)).toEqual(found.map(({ id, atMs, late }) => ({ id, atMs, late })).sort(byId));
		expect(texts[1]).toEqual(texts[0]);
	});
});

/** As short as those of SAFE's rows: a position has room for some 11,400 of them. */
const ID_CHARACTERS = 22;

it.each([
	['spread over the window', (n: number) => T0 + (n % 20_000) * 1000],
	['within one moment', () => T0 + 5 * HOUR],
	['newest first', (n: number) => T0 + 6 * HOUR - 1 - n * 300],
])('leads to the same position where more events than it can hold lie in the re-read time, %s, and holds few of them', async (_case, timeOf) => {
	const list = Array.from({ length: 60_000 }, (_, n) => ({ id: n.toString(36).padStart(ID_CHARACTERS, '0'), timeMs: timeOf(n) }));
	const { result, texts } = await both(list, [], 24 * HOUR, plan, ID_CHARACTERS);
	expect(texts[1]).toEqual(texts[0]);
	expect(result.seen.ids().size).toBeLessThan(25_000);
});

it('takes an event at the very edge of the re-read, of the position and of the window for what a reading that is held whole takes it for', async () => {
	const edges = [plan.readFromMs, plan.startMs, plan.endMs].flatMap((edge) => [edge - 1, edge]);
	const list = edges.map((timeMs, n) => ({ id: `e${n}`, timeMs }));
	const { whole, result, news } = await both(list, [], 24 * HOUR);
	expect(news.map(({ id, late }) => [id, late])).toEqual([['e1', true], ['e2', true], ['e3', false], ['e4', false]]);
	expect(result).toMatchObject({ outside: 2, late: 2 });
	expect(whole.events.map(({ id }) => id)).toEqual(['e1', 'e2', 'e3', 'e4']);
});

it('takes all for new without a position, and all for outside where no slot has closed', () => {
	const settings = { overlapMs: HOUR, shortestId: 1 };
	expect(sifter(plan, undefined, settings).take('a', T0)).toEqual({ is: 'new', atMs: T0 });
	expect(sifter({ ...plan, endMs: plan.startMs }, undefined, settings).take('a', T0)).toEqual({ is: 'outside', atMs: T0 });
});

it.each([
	...['a', 'é', '€', '😀'].map((character): [string, string[]] => [`of any length, written with ${character},`, Array.from({ length: 3_000 }, (_, n) => `${n}${character.repeat(n % 37)}`)]),
	// 4,096 bytes with the blank between them, and none left for the blank behind.
	['that fill their memory to the last byte', ['€'.repeat(1_000), '€'.repeat(365), '€']],
])('remembers IDs %s so that none of them comes twice', (_case, ids) => {
	const recent = new RecentIds(10_000);
	ids.forEach((id, n) => recent.add(id, T0 + n));
	const seen = new SeenIds();
	recent.addTo(seen);
	expect(seen.ids()).toEqual(new Set(ids));
});
