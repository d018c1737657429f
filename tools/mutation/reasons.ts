import { BATCHING } from './survivors/batching';
import { CHECKPOINT } from './survivors/checkpoint';
import { CORE } from './survivors/core';
import { RECEIVERS } from './survivors/receivers';
import { MAPPING } from './survivors/mapping';
import { SAFE } from './survivors/safe';
import { SECURID } from './survivors/securid';

/** Why a survivor may live. One reason may be about several: all of a line, or all of a file. */
export interface Reason {
	/** End of the file's path; `.ts` for all files. */
	file: string;
	/** A part of the line; all lines where it is left out. */
	line?: string;
	/** What the place was changed into, exactly; anything where it is left out. */
	to?: string;
	why: string;
}

/** The first that fits counts. */
export const REASONS: readonly Reason[] = [
	...CHECKPOINT,
	...BATCHING,
	...['KEPT_NAMES', 'if (known !== undefined) return known;'].map((line) => ({
		file: 'mapping/text.ts',
		line,
		why: 'Equivalent but slower, or larger in memory: a name that was kept is the name that is made anew.',
	})),
	{ file: 'mapping/facts.ts', line: 'FITS[fact]?.(value)', why: 'Equivalent: the type demands a rule for every fact.' },
	{ file: 'mapping/facts.ts', line: 'return ms !== undefined && ms >= 0 && ms < END_OF_TIME_MS', why: 'Equivalent: undefined is not at least 0, and `parseTime` itself reads no year of five digits.' },
	{ file: 'mapping/facts.ts', line: 'const isPlaced = fact !== undefined', why: 'Equivalent: undefined is in no set of facts; the line says so to the type checker.' },
	{ file: 'mapping/output.ts', line: 'const hasMembers = others.some', why: 'Equivalent but slower: a copy of the object in place of itself.' },
	{ file: 'mapping/ecs.ts', line: 'if (fact) placed.add(fact);', why: 'Equivalent: undefined is no fact of any member.' },
	...['if (column !== undefined) members.set', 'if (address !== undefined && at) members.set', 'const at = splitAddress(cleanText(address === undefined'].map((line) => ({
		file: 'mapping/safe.ts',
		line,
		why: 'Equivalent: a record has no column of the name "undefined".',
	})),
	...['slice(0, 1_000)', 'slice(0, 50)'].map((line) => ({ file: 'mapping/securidEvents.ts', line, why: 'Bounds the time that a text beyond all measure takes; other texts read the same.' })),
	{ file: 'mapping/ocsf.ts', line: 'protocol === undefined ? undefined : PROTOCOLS[protocol]', why: 'Equivalent: no protocol has the name "undefined".' },
	{ file: 'siem/credential.ts', line: "case 'sumo':", why: 'Equivalent: what follows adds nothing to a credential without fields of a webhook.' },
	{ file: 'siem/credential.ts', line: "webhookAuthentication = 'none'", why: 'Equivalent: anything but the two names means none.' },
	{ file: 'siem/credential.ts', line: "signingSecret.split(/\\s+/)", why: 'Equivalent: empty parts are left out on the same line.' },
	{ file: 'siem/deliver.ts', line: 'if (uncertain && events.length > 0', why: 'Equivalent: a batch without events is left out of the outcome.' },
	...['typeof value ===', 'typeof at ===', 'typeof size ==='].map((line) => ({ file: '.ts', line, to: 'true', why: 'Equivalent: `Number.isInteger` or what follows answers false for everything of another type.' })),
	{ file: 'safe/rowIds.ts', line: 'crypto.hash', why: 'For Node before 21.7 alone, which does not run here.' },
	{ file: 'safe/rowIds.ts', line: 'if (row.length !== columns.length) return', to: 'true', why: 'Equivalent but slower: `rowDigest` gives the same digest.' },
	...['MOST_JSON_BYTES', 'if (excess) throw', '2 GiB unpacked', 'MOST_CHARACTERS'].map((line) => ({ file: '.ts', line, why: 'A limit of many megabytes; the tests that reach it take seconds and are left out here.' })),
	{ file: '.ts', line: "?? ''", to: '"Stryker was here!"', why: 'Stands in for a text that is missing; neither is one that a pattern, list or table knows.' },
	{ file: '.ts', line: '} catch {', to: '{}', why: 'Equivalent: a function that returns nothing returns undefined.' },
	{ file: '.ts', line: 'iterator.return?.()', why: 'Equivalent here: every source of bytes is a generator or stream, which has `return`.' },
	...CORE,
	...RECEIVERS,
	...MAPPING,
	...SAFE,
	...SECURID,
];
