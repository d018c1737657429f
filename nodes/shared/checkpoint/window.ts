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
	/** An operator's wish to read again from here; wins over the saved position. */
	rewindToMs?: number;
}

/** A stretch of time that cannot be read any more. */
export interface Gap {
	fromMs: number;
	toMs: number;
}

export interface WindowPlan {
	/** Position before the run, a slot boundary: events before it are old, late ones apart. */
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
 * In: the saved position if there is one, the settings, now (epoch ms). Out: a plan with start ≤ end, both on the grid. Never fails.
 * A position that is not on the grid (another slot was chosen since) is rounded down: what is read twice then is known by its id.
 */
export function planWindow(checkpoint: Checkpoint | undefined, settings: WindowSettings, nowMs: number): WindowPlan {
	const { slot, settlingLagMs, overlapMs, retentionMs, firstStartMs, rewindToMs } = settings;
	const fresh = checkpoint === undefined || rewindToMs !== undefined;
	const wishedMs = floorToSlot(rewindToMs ?? checkpoint?.throughMs ?? firstStartMs, slot);
	const keptSinceMs = nowMs - retentionMs;
	const gap = wishedMs < keptSinceMs && !(checkpoint === undefined && rewindToMs === undefined) ? { fromMs: wishedMs, toMs: keptSinceMs } : undefined;
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
