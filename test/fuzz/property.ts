import fc, { type Arbitrary, type RunDetails } from 'fast-check';

/** A rule that holds for every generated case. */
export interface Property {
	/** Which part it is about: a word for `--only` and the table. */
	area: string;
	/** The rule as a sentence. */
	rule: string;
	/** Parts of all generated cases: cheap checks take many, those that sign or compress few. */
	weight: number;
	/**
	 * Least share of cases in which the rule is really put to the test (the check answers true for these), so that a generator that
	 * has gone soft is a failure and not a quiet pass. Default: every case counts.
	 */
	atLeast?: number;
	/** Checks some cases. Never rejects because of a case: what failed is in the answer. */
	run(settings: RunSettings): Promise<PropertyResult>;
}

export interface RunSettings {
	seed: number;
	cases: number;
	/** Told of each case. */
	onCase?: () => void;
}

export interface PropertyResult {
	cases: number;
	/** In how many the rule was put to the test. */
	tested: number;
	/** What is wrong, with the smallest case that fails, its seed and path; undefined when nothing is. */
	failure?: string;
}

/** What a check answers: nothing, or whether the case put the rule to the test. It says what is wrong by throwing. */
type Answer = boolean | void;

interface Definition<Case> {
	area: string;
	rule: string;
	weight: number;
	atLeast?: number;
	cases: () => Arbitrary<Case>;
	check: (value: Case) => Answer | Promise<Answer>;
}

/** Makes a property of its parts. A check is awaited only where it answers with a promise, because most do not and awaiting costs more than they do. */
export function property<Case>({ area, rule, weight, atLeast, cases, check }: Definition<Case>): Property {
	const run = async ({ seed, cases: numRuns, onCase }: RunSettings): Promise<PropertyResult> => {
		let tested = 0;
		let made = 0;
		const count = (answer: Answer) => {
			if (answer !== false) tested++;
			made++;
			onCase?.();
		};
		const details = await fc.check(
			fc.asyncProperty(cases(), async (value) => {
				const answer = check(value);
				count(answer instanceof Promise ? await answer : answer);
			}),
			{ seed, numRuns },
		);
		return { cases: made, tested, failure: failureOf(details, tested, made, atLeast) };
	};
	return { area, rule, weight, atLeast, run };
}

/** A share of fewer cases than this says nothing. */
const FEW_CASES = 100;

function failureOf<Case>(details: RunDetails<[Case]>, tested: number, made: number, atLeast = 1): string | undefined {
	if (details.failed) return `${fc.defaultReportMessage(details)}\n${saidBy(details.errorInstance)}`;
	const share = tested / Math.max(made, 1);
	if (made < FEW_CASES || share >= atLeast) return undefined;
	return `only ${(share * 100).toFixed(1)} % of the cases put the rule to the test; ${atLeast * 100} % are wanted (seed ${details.seed})`;
}

function saidBy(error: unknown): string {
	return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Whether a thrown value is one that users are meant to see; anything else is a crash. */
export function isFailureNamed(error: unknown): error is Error & { code: string } {
	return error instanceof Error && error.name === 'Failure' && typeof (error as { code?: unknown }).code === 'string';
}

/** The value of a step, or the `Failure` it ends with; every other thing that is thrown is a crash and goes on. */
export function orFailure<Value>(step: () => Value): { value: Value } | { failure: Error & { code: string } } {
	try {
		return { value: step() };
	} catch (error) {
		if (isFailureNamed(error)) return { failure: error };
		throw error;
	}
}

/** As `orFailure`, for a step that takes time. */
export async function settledOrFailure<Value>(step: () => Promise<Value>): Promise<{ value: Value } | { failure: Error & { code: string } }> {
	try {
		return { value: await step() };
	} catch (error) {
		if (isFailureNamed(error)) return { failure: error };
		throw error;
	}
}
