import { type Checkpoint, LONGEST_CHECKPOINT } from './checkpoint';
import type { CollectResult } from './collect';
import { RecentIds } from './recentIds';
import { SeenIds } from './seen';
import type { WindowPlan } from './window';

/** What an event is to a run. `known`: handed out before; `outside`: of another window, with which it comes. */
export type Sifted = 'new' | 'late' | 'known' | 'outside';

/** What `collect` says of a reading, without its events. */
export type SiftResult = Omit<CollectResult<never>, 'events'> & { new: number };

export interface Sifter {
	/** In: id and time (epoch ms; undefined when it cannot be read) of an event. Out: what it is, and its time or the end of the window. */
	take(id: string, timeMs: number | undefined): { is: Sifted; atMs: number };
	result(): SiftResult;
}

/**
 * Tells new events from known ones as `collect` does, one by one, in memory that does not grow with their number.
 * In: the plan, the position it came from, the overlap, and how short an id is (characters). Ids must be unique within the reading.
 */
export function sifter(plan: WindowPlan, previous: Checkpoint | undefined, { overlapMs, shortestId }: { overlapMs: number; shortestId: number }): Sifter {
	const before = plan.firstRun ? new SeenIds() : (previous?.seen ?? new SeenIds());
	const known = before.ids();
	const seen = before.since(plan.endMs - overlapMs);
	const rememberFromMs = plan.endMs - Math.max(overlapMs, 1);
	// So many ids with a blank behind each are more than a position holds.
	const recent = new RecentIds(Math.ceil(LONGEST_CHECKPOINT / (shortestId + 1)));
	// No slot has closed: nothing is read, and the memory stays as it is.
	const idle = plan.endMs <= plan.startMs;
	const counts = { new: 0, late: 0, known: 0, outside: 0 };
	const kindOf = (id: string, atMs: number): Sifted => {
		if (atMs < plan.readFromMs || atMs >= plan.endMs) return 'outside';
		if (known.has(id)) return 'known';
		return atMs < plan.startMs ? 'late' : 'new';
	};
	return {
		take(id, timeMs) {
			const atMs = timeMs ?? plan.endMs - 1;
			if (idle) return { is: 'outside', atMs };
			const is = kindOf(id, atMs);
			counts[is]++;
			if (is !== 'outside' && atMs >= rememberFromMs) recent.add(id, atMs);
			return { is, atMs };
		},
		result() {
			const { late, known: duplicates, outside } = counts;
			recent.addTo(seen);
			return { new: counts.new + late, late, duplicates, outside, fetched: counts.new + late + duplicates + outside, endMs: plan.endMs, more: false, seen: idle ? before : seen };
		},
	};
}
