/**
 * The time a simulator lives in.
 * Out: epoch milliseconds, UTC. Every simulator takes one, so that retention, token lifetimes and link expiry can be
 * tested by moving a number instead of waiting.
 */
export interface Clock {
	now(): number;
}

/** The machine's own clock; for demos and for clients that cannot be given another one. */
export const systemClock: Clock = { now: () => Date.now() };

/** A clock that stands still until it is moved. */
export interface FixedClock extends Clock {
	/** Moves on by so many milliseconds (back when negative). */
	advance(ms: number): void;
	/** Jumps to an epoch millisecond. */
	set(epochMs: number): void;
}

/**
 * A clock that stands at one instant.
 * In: epoch milliseconds. Out: the clock with its two handles. Never fails.
 */
export function fixedClock(startMs: number): FixedClock {
	let nowMs = startMs;
	return {
		now: () => nowMs,
		advance: (ms) => {
			nowMs += ms;
		},
		set: (epochMs) => {
			nowMs = epochMs;
		},
	};
}
