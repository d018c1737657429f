/**
 * Time for the tests of the nodes: a clock that stands still, and pauses that cost nothing but move it on.
 * Each test file hands the nodes our `sleep` in its first line, because n8n-workflow's exports cannot be replaced one by one:
 *
 *     jest.mock('n8n-workflow', () => jest.requireActual('../time').withFreePauses(jest.requireActual('n8n-workflow')));
 *
 * Under jest the engine loads dist by `require` (test/harness/environment.ts), so dist gets this `sleep` too.
 */

/** Where every test begins; tenants end here. */
export const NOW = Date.parse('2026-01-15T10:07:31.250Z');

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** Everything but Date: sockets, time-outs and the engine's own timers stay real. */
const STAYS_REAL = [
	'hrtime',
	'nextTick',
	'performance',
	'queueMicrotask',
	'setImmediate',
	'clearImmediate',
	'setInterval',
	'clearInterval',
	'setTimeout',
	'clearTimeout',
] as const;

const steps: number[] = [];
let onStep: () => void = () => {};

/** Sets the clock back to `NOW` and forgets the pauses. */
export function restartTime(): void {
	jest.useFakeTimers({ now: NOW, doNotFake: [...STAYS_REAL] });
	steps.length = 0;
	onStep = () => {};
}

/** Calls back at every step of a pause, as when somebody presses Stop meanwhile; the nodes sleep in short steps. */
export function whilePausing(callback: () => void): void {
	onStep = callback;
}

/** All that was slept since `restartTime`, in ms. */
export function sleptMs(): number {
	return steps.reduce((sum, ms) => sum + ms, 0);
}

/** n8n-workflow with a `sleep` that takes a turn of the event loop and no time. */
export function withFreePauses<Module extends object>(actual: Module): Module {
	const sleep = async (ms: number) => {
		steps.push(ms);
		jest.setSystemTime(Date.now() + ms);
		onStep();
		await new Promise((resolve) => setImmediate(resolve));
	};
	return { ...actual, sleep };
}
