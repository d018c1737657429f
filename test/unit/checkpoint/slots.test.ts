import fc from 'fast-check';
import { floorToSlot, SLOTS, type SlotName } from '../../../nodes/shared/checkpoint/slots';
import { forAll, generated } from '../generated';

const RUNS = 2_000;
const NAMES = Object.keys(SLOTS) as SlotName[];

describe('the grid of slots', () => {
	it.each(NAMES)('of %s divides each UTC day into whole slots and begins at midnight', (slot) => {
		expect(86_400_000 % SLOTS[slot]).toBe(0);
		const midnight = Date.parse('2026-03-29T00:00:00Z');
		expect(floorToSlot(midnight, slot)).toBe(midnight);
		expect(floorToSlot(midnight - 1, slot)).toBe(midnight - SLOTS[slot]);
	});

	it(`puts every time into exactly one slot, before 1970 too (${generated(RUNS)})`, async () => {
		await forAll(RUNS, fc.tuple(fc.integer({ min: -1e13, max: 1e14 }), fc.constantFrom(...NAMES)), ([ms, slot]) => {
			const start = floorToSlot(ms, slot);
			expect(Math.abs(start % SLOTS[slot])).toBe(0);
			expect(ms - start).toBeGreaterThanOrEqual(0);
			expect(ms - start).toBeLessThan(SLOTS[slot]);
			expect(floorToSlot(start, slot)).toBe(start);
		});
	});

	it('gives each coarser slot whole finer ones, so that a slot can be changed on the way', () => {
		const lengths = NAMES.map((name) => SLOTS[name]).sort((left, right) => left - right);
		lengths.slice(1).forEach((length, index) => expect(length % lengths[index]).toBe(0));
	});
});
