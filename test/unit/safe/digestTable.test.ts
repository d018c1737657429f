import fc from 'fast-check';
import { digestTable } from '../../../nodes/shared/safe/digestTable';
import { rowDigest } from '../../../nodes/shared/safe/rowIds';
import { forAll, generated } from '../generated';

const RUNS = 300;
const digestOf = (name: number) => rowDigest({ name: String(name) });

it(`counts as a Map does, however small it begins and whatever is counted (${generated(RUNS)})`, async () => {
	const steps = fc.array(fc.tuple(fc.nat(60), fc.integer({ min: 1, max: 0xffff_ffff })), { maxLength: 200, size: 'max' });
	await forAll(RUNS, fc.tuple(fc.constantFrom(1, 2, 4), fc.constantFrom(0, 1, 2, 3, 100), steps), async ([words, capacity, list]) => {
		const [table, map] = [digestTable(words, capacity), new Map<string, number>()];
		for (const [name, count] of list) {
			const digest = digestOf(name);
			expect(table.count(digest)).toBe(map.get(digest) ?? 0);
			table.setCount(digest, count);
			map.set(digest, count);
			expect(table.size()).toBe(map.size);
		}
		for (const [digest, count] of map) expect(table.count(digest)).toBe(count);
	});
});

it('keeps digests apart that differ in the last digit it looks at, and takes those for one that differ behind it', () => {
	const digest = 'a'.repeat(64);
	const changedAt = (place: number) => `${digest.slice(0, place)}b${digest.slice(place + 1)}`;
	for (const words of [1, 2, 4]) {
		const table = digestTable(words, 8);
		table.setCount(digest, 5);
		for (let place = 0; place < words * 8; place++) expect(table.count(changedAt(place))).toBe(0);
		expect(table.count(changedAt(words * 8))).toBe(5);
	}
});

it('reads capital digits as small ones', () => {
	const table = digestTable(2, 8);
	table.setCount('0123456789abcdef'.repeat(4), 3);
	expect(table.count('0123456789ABCDEF'.repeat(4))).toBe(3);
});

it('is empty after it was cleared, and counts anew', () => {
	const table = digestTable(2, 2);
	for (let name = 0; name < 50; name++) table.setCount(digestOf(name), name + 1);
	table.clear();
	expect([table.size(), table.count(digestOf(7))]).toEqual([0, 0]);
	table.setCount(digestOf(7), 9);
	expect([table.size(), table.count(digestOf(7)), table.count(digestOf(8))]).toEqual([1, 9, 0]);
});

it('does not look for ever for what is not in it, even with all its places taken once', () => {
	const table = digestTable(1, 4);
	for (let name = 0; name < 4; name++) table.setCount(digestOf(name), 1);
	expect(table.count(digestOf(99))).toBe(0);
});
