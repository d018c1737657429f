import type { Waiting } from '../../nodes/shared/core/retry';

export interface FakeClock extends Waiting {
	/** Every pause so far, in ms. */
	pauses: number[];
}

export const START_MS = Date.parse('2026-01-31T08:00:00.000Z');

/** A clock that moves only when somebody sleeps; `random` is 1, so that pauses have their full length. */
export function fakeClock(onSleep: (pauses: number) => void = () => {}): FakeClock {
	const pauses: number[] = [];
	let nowMs = START_MS;
	return {
		pauses,
		now: () => nowMs,
		random: () => 1,
		sleep: async (ms) => {
			pauses.push(ms);
			nowMs += ms;
			onSleep(pauses.length);
		},
	};
}
