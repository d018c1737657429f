import type { Reason } from '../reasons';

/** Survivors in checkpoint. */
export const CHECKPOINT: readonly Reason[] = [
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
	...['block.count >= this.most', 'newer >= this.most', '++this.added >= this.most'].map((to) => ({
		file: 'checkpoint/recentIds.ts',
		to,
		why: 'Equivalent: a text of exactly `most` IDs is too long already, so that its bucket and all older ones are forgotten when the position is written.',
	})),
	{ file: 'checkpoint/recentIds.ts', line: 'if (room > block.bytes.length)', to: 'room >= block.bytes.length', why: 'Equivalent: the block grows one ID earlier.' },
	{ file: 'checkpoint/recentIds.ts', line: 'if (++this.added > this.most)', why: 'Equivalent but slower: what can be dropped is looked for at every ID; the rule by which it is dropped is the same.' },
	...['if (bucket <= this.droppedTo)', 'this.droppedTo = Math.max'].map((line) => ({
		file: 'checkpoint/recentIds.ts',
		line,
		why: 'Equivalent but larger in memory: a bucket that went comes again in part, and is forgotten when the position is written, since the newer ones alone are too long.',
	})),
	{ file: 'checkpoint/recentIds.ts', line: 'this.free.push(block);', why: 'Equivalent but larger in memory: blocks are made anew instead of used again.' },
	{ file: 'checkpoint/sift.ts', line: 'new RecentIds(Math.ceil(', to: 'shortestId - 1', why: 'Equivalent but larger in memory: more IDs are held, of which the position keeps the same.' },
];
