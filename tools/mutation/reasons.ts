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
export const REASONS: readonly Reason[] = [];
