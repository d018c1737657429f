import type { Reason } from '../reasons';

/** Survivors in batching. */
export const BATCHING: readonly Reason[] = [
	{ file: 'delivery/siem/batches.ts', line: 'const length = events.reduce', why: 'Equivalent: the memory may be larger than the body, which ends where the writing ended.' },
	{ file: 'delivery/siem/facts.ts', line: 'return ms !== undefined && ms >= 0', why: 'Equivalent: undefined is not at least 0.' },
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
];
