import type { Checkpoint } from './checkpoint';
import { floorToSlot, type SlotName } from './slots';

export interface WindowSettings {
	slot: SlotName;
	/** How long to wait for events that arrive late, before a slot counts as closed. */
	settlingLagMs: number;
	/** How far a read reaches back behind the position. */
	overlapMs: number;
	/** How long the vendor keeps events. */
	retentionMs: number;
	/** Where a first run starts (epoch ms). */
	firstStartMs: number;
	/** Whether a first run starts with the oldest that the vendor keeps: what is older is not missed then. */
	oldest?: boolean;
	/** An operator's wish to read again from here; wins over the saved position. */
	rewindToMs?: number;
}

/** A stretch of time that cannot be read any more. */
export interface Gap {
	fromMs: number;
	toMs: number;
}

export interface WindowPlan {
	/** Position before the run, a boundary of the slot that was set then: events before it are old, late ones apart. */
	startMs: number;
	/** First boundary that is not read, exclusive. Equal to `startMs` when no slot has closed yet. */
	endMs: number;
	/** Where reading begins, inclusive: the re-read lies between it and `startMs`. */
	readFromMs: number;
	/** Neither a saved position nor an older one counts: what comes out is history. */
	firstRun: boolean;
	/** The saved position or the rewind lies after now: nothing is read and nothing moves. */
	future: boolean;
	gap?: Gap;
}

/**
 * The next window to read.
 * In: the saved position if there is one, the settings, now (epoch ms). Out: a plan with start ≤ end, the end on the grid unless nothing is read. Never fails.
 * A position that is not on the grid (another slot was chosen since) makes the first window shorter.
 */
export function planWindow(checkpoint: Checkpoint | undefined, settings: WindowSettings, nowMs: number): WindowPlan {
	const { slot, settlingLagMs, overlapMs, retentionMs, firstStartMs, rewindToMs } = settings;
	const fresh = checkpoint === undefined || rewindToMs !== undefined || checkpoint.fresh === true;
	// A position that was handed out stays exactly where it is: rounding it down would hand out again what the memory no longer holds.
	const wishedMs = fresh ? floorToSlot(rewindToMs ?? checkpoint?.throughMs ?? firstStartMs, slot) : checkpoint.throughMs;
	const keptSinceMs = nowMs - retentionMs;
	// "Oldest" asks for what is kept; every other start before that leaves a gap.
	const asksForOldest = checkpoint === undefined && rewindToMs === undefined && settings.oldest === true;
	const gap = wishedMs < keptSinceMs && !asksForOldest ? { fromMs: wishedMs, toMs: keptSinceMs } : undefined;
	const startMs = wishedMs < keptSinceMs ? floorToSlot(keptSinceMs, slot) : wishedMs;
	const closedMs = floorToSlot(nowMs - settlingLagMs, slot);
	const reachMs = fresh || gap ? startMs : Math.max(startMs - overlapMs, checkpoint.originMs, checkpoint.seenSinceMs);
	return {
		startMs,
		endMs: Math.max(startMs, closedMs),
		readFromMs: Math.min(reachMs, startMs),
		firstRun: fresh,
		future: startMs > nowMs,
		gap,
	};
}
