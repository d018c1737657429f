/** Why a survivor may live. One reason may be about several: all of a line, or all of a file. */
export interface Reason {
	/** End of the file's path. */
	file: string;
	/** A part of the line; all lines where it is left out. */
	line?: string;
	/** What the place was changed into, exactly; anything where it is left out. */
	to?: string;
	why: string;
}

/** The first that fits counts. */
export const REASONS: readonly Reason[] = [
	{ file: 'checkpoint/checkpoint.ts', line: '} catch {', why: 'Equivalent: a function that returns nothing returns undefined.' },
	{
		file: 'checkpoint/checkpoint.ts',
		line: "typeof value === 'number' && Number.isInteger(value)",
		why: 'Equivalent: `Number.isInteger` answers false for everything that is no number.',
	},
	{
		file: 'checkpoint/collect.ts',
		line: 'return left < right ? -1 : left > right ? 1 : 0;',
		why: 'Equivalent: no two events of a run have one ID, and sorting tells only "before" from "not before".',
	},
	{ file: 'checkpoint/collect.ts', line: 'const met: Array', why: 'Equivalent: what is no event has no time, and is not remembered.' },
	{
		file: 'checkpoint/seen.ts',
		line: 'const entries = [...this.buckets].sort',
		why: 'Equivalent: members whose names are whole numbers stand in order of themselves (ECMAScript); the sorting says so to readers.',
	},
];
