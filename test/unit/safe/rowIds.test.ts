import fc from 'fast-check';
import { identifyAmongAll, identifyCompactly, identifyInOrder, OutOfOrder, rowDigest, rowReader } from '../../../nodes/shared/safe/rowIds';
import { forAll, generated } from '../generated';

const RUNS = 500;
const digestOf = (name: number) => rowDigest({ name: String(name) });
/** Rows that are equal have equal times. */
const rows = fc.array(fc.nat(40), { maxLength: 200, size: 'max' });

it(`numbers identical rows alike however it remembers them (${generated(RUNS)})`, async () => {
	await forAll(RUNS, fc.tuple(rows, fc.boolean()), async ([names, backwards]) => {
		const sorted = [...names].sort((left, right) => (backwards ? right - left : left - right));
		const [all, inOrder, compact] = [identifyAmongAll(), identifyInOrder(7), identifyCompactly(4)];
		for (const name of sorted) {
			const wanted = all(digestOf(name));
			expect(inOrder(digestOf(name), name * 1000)).toBe(wanted);
			expect(compact(digestOf(name))).toBe(wanted);
		}
	});
});

it(`never gives another ID to rows in any order: it stops where it would have to guess (${generated(RUNS)})`, async () => {
	let stopped = 0;
	await forAll(RUNS, fc.tuple(rows, fc.boolean()), async ([names, timed]) => {
		const [all, inOrder, compact] = [identifyAmongAll(), identifyInOrder(7), identifyCompactly(4)];
		let guess = false;
		for (const name of names) {
			const wanted = all(digestOf(name));
			expect(compact(digestOf(name))).toBe(wanted);
			if (guess) continue;
			try {
				expect(inOrder(digestOf(name), timed ? name * 1000 : undefined)).toBe(wanted);
			} catch (error) {
				if (!(error instanceof OutOfOrder)) throw error;
				guess = true;
				stopped++;
			}
		}
	});
	expect(stopped).toBeGreaterThan(0);
	expect(stopped).toBeLessThan(RUNS);
});

it(`digests cells as it digests the record that they make (${generated(RUNS)})`, async () => {
	const names = fc.uniqueArray(fc.oneof(fc.constantFrom('__proto__', '1', '10', 'a"b', 'ü'), fc.string()), { minLength: 1, maxLength: 5 });
	await forAll(RUNS, fc.tuple(names, fc.array(fc.string({ unit: 'binary' }), { maxLength: 7 })), async ([columns, cells]) => {
		const { record, digest } = rowReader(columns)(cells);
		expect(digest).toBe(rowDigest(record));
	});
});
