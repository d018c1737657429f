import fc, { type Arbitrary } from 'fast-check';

/** One seed for all generated cases, so that every machine sees the same ones; fast-check prints it with a case that fails. */
export const SEED = 20_260_131;

/**
 * How many of so many cases are run: all of them, but in the mutation check, which runs the tests thousands of times and sets `GENERATED_SHARE`.
 */
export function share(runs: number): number {
	return Math.ceil(runs * Number(process.env.GENERATED_SHARE ?? 1));
}

/** Words for a title: how many cases, and the seed that repeats them. */
export function generated(runs: number): string {
	return `${runs.toLocaleString('en')} generated cases, seed ${SEED}`;
}

/** Checks every generated case; the check says what is wrong by throwing. Prints the smallest case that fails. */
export async function forAll<Case>(
	runs: number,
	cases: Arbitrary<Case>,
	check: (value: Case) => void | Promise<void>,
): Promise<void> {
	await fc.assert(
		fc.asyncProperty(cases, async (value) => {
			await check(value);
		}),
		{ seed: SEED, numRuns: share(runs) },
	);
}
