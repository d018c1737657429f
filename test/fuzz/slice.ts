import { SEED, share } from '../unit/generated';
import type { Property } from './property';

/** A fixed slice of what `npm run fuzz` generates: quick properties get more of it. */
const casesOf = ({ weight }: Property) => share(weight >= 20 ? 400 : 150);

/** Makes a test of each property. */
export function testSlice(properties: readonly Property[]): void {
	describe(`generated cases of ${properties[0].area}`, () => {
		it.each(properties.map((one) => [one.rule, one] as const))('%s', async (_rule, one) => {
			const { failure, cases } = await one.run({ seed: SEED, cases: casesOf(one) });
			expect(failure).toBeUndefined();
			expect(cases).toBe(casesOf(one));
		});
	});
}
