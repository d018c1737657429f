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
	{ file: 'delivery/siem/batches.ts', line: 'const length = events.reduce', why: 'Equivalent: the memory may be larger than the body, which ends where the writing ended.' },
	{ file: 'delivery/siem/facts.ts', line: 'return ms !== undefined && ms >= 0', why: 'Equivalent: undefined is not at least 0.' },
	{ file: 'delivery/siem/facts.ts', line: "if (typeof value !== 'string' && typeof value !== 'number')", why: 'Equivalent: `parseTime` reads no time from anything else; the line says so to the type checker.' },
	{ file: 'delivery/siem/facts.ts', line: "if (typeof value === 'number' && Number.isFinite(value))", why: 'Equivalent: `Number.isFinite` answers false for everything that is no number.' },
	{ file: 'delivery/archive.ts', line: 'const name = `${floorToSlot(event.atMs, slot)}', why: 'Equivalent: the name only tells late events from others, and is seen by nobody.' },
	{ file: 'delivery/archive.ts', line: 'for (let at = 0; at < sorted.length', why: 'Equivalent: one more turn with no slots in it.' },
	{ file: 'delivery/archive.ts', line: 'left.id < right.id ? -1 : 1', why: 'Equivalent: no two events of a run have one ID.' },
	...['characters += line.length;', 'if (characters < PIECE_CHARACTERS) continue;', 'if (lines.length > 0) yield'].map((line) => ({
		file: 'delivery/archive.ts',
		line,
		why: 'The same text in other pieces. Noticed by the test of a slot of 40 MB, which takes seconds and is left out here.',
	})),
	{ file: 'delivery/streamedArchive.ts', line: 'return { error };', why: 'Equivalent: the feed was ended with the same fault, and throws it, too.' },
	{ file: 'delivery/streamedArchive.ts', line: 'throw (await stopped)?.error ?? error;', why: 'Equivalent: the feed was ended with the same fault, and throws it, too.' },
	...['const sample = archiveLine', "let [line, members] = ['', 0];", 'if (Object.hasOwn(record, name)) members++;', 'if (members !== Object.keys(record).length'].map((line) => ({
		file: 'delivery/streamedArchive.ts',
		line,
		why: 'Equivalent but slower: a line that is not written the fast way is written by `archiveLine`, to which every line is compared.',
	})),
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
