import fc, { type Arbitrary } from 'fast-check';
import { SeenIds } from '../../../nodes/shared/checkpoint/seen';
import { forAll, generated } from '../generated';

const RUNS = 1_000;
const T0 = Date.parse('2026-01-15T10:00:00Z');
const BUCKET_MS = 300_000;

interface Entry {
	id: string;
	atMs: number;
}

const entries: Arbitrary<Entry[]> = fc.array(
	fc.record({
		id: fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 64n }).map(String), fc.stringMatching(/^[A-Za-z0-9_-]{22}(#[2-9])?$/)),
		atMs: fc.integer({ min: T0 - 3_600_000, max: T0 }),
	}),
	{ maxLength: 60 },
);

function seenOf(list: Entry[]): SeenIds {
	const seen = new SeenIds();
	for (const { id, atMs } of list) seen.add(id, atMs);
	return seen;
}

const reread = (seen: SeenIds) => SeenIds.parse(JSON.parse(JSON.stringify(seen)));

describe('the memory of ids', () => {
	it(`comes back from its text whole, ids digit for digit (${generated(RUNS)})`, async () => {
		await forAll(RUNS, entries, (list) => {
			const seen = seenOf(list);
			expect(reread(seen).ids()).toEqual(new Set(list.map(({ id }) => id)));
			expect(JSON.stringify(reread(seen))).toBe(JSON.stringify(seen));
		});
	});

	it(`has one text whatever the order in which ids came (${generated(RUNS)})`, async () => {
		await forAll(RUNS, entries, (list) => {
			expect(JSON.stringify(seenOf([...list].reverse()))).toBe(JSON.stringify(seenOf(list)));
		});
	});

	it(`keeps every id from a time on, and none that is a bucket older (${generated(RUNS)})`, async () => {
		await forAll(RUNS, fc.tuple(entries, fc.integer({ min: 0, max: 3_600_000 })), ([list, ago]) => {
			const fromMs = T0 - ago;
			const kept = seenOf(list).since(fromMs).ids();
			for (const { id, atMs } of list) if (atMs >= fromMs) expect(kept).toContain(id);
			const recent = new Set(list.filter(({ atMs }) => atMs > fromMs - BUCKET_MS).map(({ id }) => id));
			for (const id of kept) expect(recent).toContain(id);
		});
	});

	it(`forgets the oldest first and says from when it is whole (${generated(RUNS)})`, async () => {
		await forAll(RUNS, entries, (list) => {
			const seen = seenOf(list);
			for (let wholeSinceMs = seen.forgetOldest(); wholeSinceMs !== undefined; wholeSinceMs = seen.forgetOldest()) {
				const since = wholeSinceMs;
				const ids = seen.ids();
				for (const { id, atMs } of list) if (atMs >= since) expect(ids).toContain(id);
			}
			expect(seen.ids().size).toBe(0);
		});
	});

	it('is a copy once it was cut, so that a run that fails leaves the old one alone', () => {
		const seen = seenOf([{ id: 'a', atMs: T0 }]);
		seen.since(T0).add('b', T0);
		expect([...seen.ids()]).toEqual(['a']);
	});

	it.each<[string, unknown]>([
		['nothing', undefined],
		['null', null],
		['text', 'abc'],
		['a number', 7],
		['members that are no buckets', { x: 'a', '-1': 'b', '12345678901': 'c', '1.5': 'd' }],
		['buckets that hold no text', { '5894520': 7, '5894521': null, '5894522': ['a'] }],
		['a bucket of blanks', { '5894520': '   ' }],
	])('reads %s as an empty memory', (_, value) => {
		expect(SeenIds.parse(value).ids().size).toBe(0);
	});
});
