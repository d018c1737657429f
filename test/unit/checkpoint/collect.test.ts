import fc, { type Arbitrary } from 'fast-check';
import type { Checkpoint } from '../../../nodes/shared/checkpoint/checkpoint';
import { type Collectable, collect, type Source } from '../../../nodes/shared/checkpoint/collect';
import { SeenIds } from '../../../nodes/shared/checkpoint/seen';
import type { WindowPlan } from '../../../nodes/shared/checkpoint/window';
import { thrownBy } from '../failures';
import { forAll, generated } from '../generated';

const RUNS = 1_000;
const MINUTE_MS = 60_000;
const SLOT_MS = 15 * MINUTE_MS;
const T0 = Date.parse('2026-01-15T10:00:00Z');

type Event = Collectable<object>;
const event = (id: string, timeMs: number | undefined): Event => ({ id, timeMs, record: { id } });

const planOf = (slots: number, changes: Partial<WindowPlan> = {}): WindowPlan => ({
	startMs: T0,
	endMs: T0 + slots * SLOT_MS,
	readFromMs: T0 - 10 * MINUTE_MS,
	firstRun: false,
	future: false,
	...changes,
});

function knowing(...known: Event[]): Checkpoint {
	const seen = new SeenIds();
	for (const { id, timeMs } of known) seen.add(id, timeMs ?? T0);
	return { name: 'n', revision: 1, throughMs: T0, originMs: 0, seen, seenSinceMs: 0, startFrom: '' };
}

/** A source that gives what lies in the window, or its number where that is more than was asked for; notes how it was asked. */
function sourceOf(events: Event[]) {
	const asked: Array<{ slots: number; most: number }> = [];
	const source: Source<object> = async (fromMs, untilMs, most) => {
		asked.push({ slots: (untilMs - T0) / SLOT_MS, most });
		const found = events.filter(({ timeMs = fromMs }) => timeMs >= fromMs && timeMs < untilMs);
		return found.length > most ? { tooMany: found.length } : { events: found };
	};
	return { source, asked };
}

const settings = { slot: '15min', overlapMs: 10 * MINUTE_MS, most: Infinity } as const;
const ids = (result: { events: Array<{ id: string }> }) => result.events.map(({ id }) => id);

describe('new, known and late events', () => {
	it('come out by time and then by id, whatever the order of the source', async () => {
		const events = [event('b', T0 + 5), event('c', T0 + 1), event('a', T0 + 5)];
		expect(ids(await collect(sourceOf(events).source, planOf(1), knowing(), settings))).toEqual(['c', 'a', 'b']);
	});

	it('are told apart: known ones are duplicates, unknown ones before the position are late', async () => {
		const [known, late, fresh] = [event('known', T0 - 1), event('late', T0 - 1), event('fresh', T0)];
		const result = await collect(sourceOf([known, late, fresh]).source, planOf(1), knowing(known), settings);
		expect(result.events).toMatchObject([
			{ id: 'late', late: true },
			{ id: 'fresh', late: false },
		]);
		expect(result).toMatchObject({ fetched: 3, duplicates: 1, late: 1, outside: 0 });
	});

	it('count as outside, and come with their own window, when the vendor reads our bounds in another way', async () => {
		const events = [event('before', T0 - 10 * MINUTE_MS - 1), event('in', T0), event('end', T0 + SLOT_MS)];
		const source: Source<object> = async () => ({ events });
		const result = await collect(source, planOf(1), knowing(), settings);
		expect(ids(result)).toEqual(['in']);
		expect(result).toMatchObject({ fetched: 3, outside: 2 });
		expect([...result.seen.ids()]).not.toContain('end');
	});

	it('come once when the source gives one twice', async () => {
		const source: Source<object> = async () => ({ events: [event('a', T0), event('a', T0)] });
		expect(await collect(source, planOf(1), knowing(), settings)).toMatchObject({ fetched: 2, duplicates: 1, events: [{ id: 'a' }] });
	});

	it('are not lost when their time cannot be read: they count as of the end of the window', async () => {
		const result = await collect(sourceOf([event('a', undefined)]).source, planOf(2), knowing(), settings);
		expect(result.events).toMatchObject([{ id: 'a', atMs: T0 + 2 * SLOT_MS - 1, late: false }]);
		expect([...result.seen.ids()]).toEqual(['a']);
	});

	it('are all new in a first run or a rewind, whatever was remembered', async () => {
		const known = event('known', T0 + 1);
		const result = await collect(sourceOf([known]).source, planOf(1, { firstRun: true, readFromMs: T0 }), knowing(known), settings);
		expect(ids(result)).toEqual(['known']);
	});
});

describe('a window with more events than wanted', () => {
	const perSlot = (counts: number[]) =>
		counts.flatMap((count, slot) => Array.from({ length: count }, (_, index) => event(`${slot}-${index}`, T0 + slot * SLOT_MS + index)));

	it('is halved until it fits, and the rest is told of', async () => {
		const { source, asked } = sourceOf(perSlot([3, 3, 3, 3, 3, 3, 3, 3]));
		const result = await collect(source, planOf(8), knowing(), { ...settings, most: 7 });
		expect(asked.map(({ slots }) => slots)).toEqual([8, 4, 2]);
		expect(result).toMatchObject({ endMs: T0 + 2 * SLOT_MS, more: true, fetched: 6 });
	});

	it('is read whole when a single slot holds more, ties included: nothing is discarded', async () => {
		const tied = Array.from({ length: 300 }, (_, index) => event(`t${index}`, T0 + 7));
		const { source, asked } = sourceOf([...tied, ...perSlot([0, 5])]);
		const result = await collect(source, planOf(3), knowing(), { ...settings, most: 10 });
		expect(asked).toEqual([
			{ slots: 3, most: 10 },
			{ slots: 2, most: 10 },
			{ slots: 1, most: Infinity },
		]);
		expect(result.fetched).toBe(300);
		expect(result.more).toBe(true);
	});

	const counts: Arbitrary<number[]> = fc.array(fc.nat(12), { minLength: 1, maxLength: 40 });
	it(`comes out whole over several runs, each of which moves on (${generated(RUNS)})`, async () => {
		await forAll(RUNS, fc.tuple(counts, fc.integer({ min: 1, max: 30 })), async ([slots, most]) => {
			const events = perSlot(slots);
			const { source } = sourceOf(events);
			const got: string[] = [];
			let checkpoint = knowing();
			for (let startMs = T0; startMs < T0 + slots.length * SLOT_MS; ) {
				const plan = { ...planOf(slots.length), startMs, readFromMs: startMs - 10 * MINUTE_MS };
				const result = await collect(source, plan, checkpoint, { ...settings, most });
				expect(result.endMs).toBeGreaterThan(startMs);
				expect(result.fetched).toBe(result.events.length + result.duplicates + result.outside);
				got.push(...ids(result));
				checkpoint = { ...checkpoint, throughMs: result.endMs, seen: result.seen };
				startMs = result.endMs;
			}
			expect(got).toEqual(events.map(({ id }) => id));
		});
	});

	it('that begins between two boundaries is cut on the boundaries', async () => {
		const { source, asked } = sourceOf(perSlot([4, 4, 4, 4]));
		const result = await collect(source, planOf(4, { startMs: T0 + 5 * MINUTE_MS }), knowing(), { ...settings, most: 9 });
		expect(asked.map(({ slots }) => slots)).toEqual([4, 2]);
		expect(result.endMs).toBe(T0 + 2 * SLOT_MS);
	});
});

describe('a run without a result', () => {
	it('asks nothing and remembers all when no slot has closed', async () => {
		const { source, asked } = sourceOf([event('a', T0)]);
		const result = await collect(source, planOf(0), knowing(event('k', T0 - 1)), settings);
		expect(asked).toEqual([]);
		expect(result).toMatchObject({ events: [], fetched: 0, endMs: T0, more: false });
		expect([...result.seen.ids()]).toEqual(['k']);
	});

	it('throws what the source throws, and the memory stays as it was', async () => {
		const checkpoint = knowing(event('k', T0 - 1));
		const refused = new Error('refused');
		const source: Source<object> = async () => {
			throw refused;
		};
		expect(await thrownBy(async () => await collect(source, planOf(1), checkpoint, settings))).toBe(refused);
		expect([...checkpoint.seen.ids()]).toEqual(['k']);
	});
});
