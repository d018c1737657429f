/** Ends the wait for an answer that does not come, without waiting for the limit that n8n or a node has set for it. */
import { ClientRequest } from 'node:http';

/** n8n's own limit for a request, and that of the node that posts to the SIEM. */
const LIMITS_MS = [300_000, 60_000];

/**
 * As soon as `stalls` says so, the limits that are running are over, once; other requests keep theirs.
 * Node's client has one way to set such a limit, the one that follows redirects another; which of them n8n uses depends on the node.
 */
export function endWaits(stalls: () => boolean): { restore: () => void } {
	const { setTimeout: setSocketTimeout } = ClientRequest.prototype;
	const { setTimeout: setTimer, clearTimeout: clearTimer } = globalThis;
	const running = new Map<unknown, () => void>();
	const spies = [
		jest.spyOn(ClientRequest.prototype, 'setTimeout').mockImplementation(function (this: ClientRequest, ms, callback) {
			if (LIMITS_MS.includes(ms)) running.set(this, () => this.destroyed || this.emit('timeout'));
			return setSocketTimeout.call(this, ms, callback);
		}),
		// SAFETY: the same functions, and a note of what is running; Node's overloads are not worth repeating.
		jest.spyOn(globalThis, 'setTimeout').mockImplementation(((run: () => void, ms?: number) => {
			const timer = setTimer(run, ms);
			if (LIMITS_MS.includes(ms ?? 0)) running.set(timer, run);
			return timer;
		}) as never),
		jest.spyOn(globalThis, 'clearTimeout').mockImplementation(((timer: NodeJS.Timeout) => {
			running.delete(timer);
			clearTimer(timer);
		}) as never),
	];
	const watch = setInterval(() => {
		if (!stalls()) return;
		clearInterval(watch);
		for (const end of running.values()) end();
		running.clear();
	}, 20);
	return {
		restore: () => {
			clearInterval(watch);
			spies.forEach((spy) => spy.mockRestore());
			for (const timer of running.keys()) if (!(timer instanceof ClientRequest)) clearTimer(timer as NodeJS.Timeout);
		},
	};
}
