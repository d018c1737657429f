import type { Checkpoint } from './checkpoint';
import type { CollectResult } from './collect';
import type { WindowPlan } from './window';

/** What the next position is made of. */
export interface Advance {
	name: string;
	revision: number;
	startFrom: string;
	previous: Checkpoint | undefined;
	plan: WindowPlan;
	result: Pick<CollectResult<unknown>, 'endMs' | 'seen'>;
	overlapMs: number;
	/** What else it carries. */
	carry?: Partial<Pick<Checkpoint, 'pending' | 'lastRequestAtMs' | 'fresh' | 'manifestSha256' | 'backfillUntilMs'>>;
}

/** The position behind a window that was read. The memory of ids counts as whole from where both the old one and the overlap reach. */
export function advance({ name, revision, startFrom, previous, plan, result, overlapMs, carry }: Advance): Checkpoint {
	const fresh = plan.firstRun || !previous;
	return {
		name,
		revision,
		throughMs: result.endMs,
		originMs: fresh ? plan.startMs : previous.originMs,
		seen: result.seen,
		// Only the overlap behind the new position is remembered, after a first run too.
		seenSinceMs: Math.max(fresh ? plan.startMs : previous.seenSinceMs, result.endMs - overlapMs),
		startFrom: previous?.startFrom || startFrom,
		...carry,
	};
}
