import { randomBytes } from 'node:crypto';
import { sleep } from 'n8n-workflow';
import { TransportError } from '../core/http';
import type { Waiting } from '../core/retry';

const STEP_MS = 250;
const TURNS = 8;

/**
 * The clock and the pauses of an execution. A pause ends early, with a rejection, when the user stops the execution:
 * n8n's `sleep` cannot be interrupted, so it is taken in short steps.
 */
export function executionWaiting(context: { getExecutionCancelSignal?: () => AbortSignal | undefined }): Waiting {
	const signal = context.getExecutionCancelSignal?.();
	return {
		now: Date.now,
		// n8n has no timer for nodes that is shorter than its sleep; the shortest job for Node's thread pool comes back in a later turn of the event loop.
		// A request looks for its host, connects and leaves in turns of their own.
		async turn() {
			for (let turns = 0; turns < TURNS; turns++) await new Promise<void>((resolve) => randomBytes(1, () => resolve()));
		},
		async sleep(ms) {
			for (let left = ms; left > 0; left -= STEP_MS) {
				if (signal?.aborted) break;
				await sleep(Math.min(left, STEP_MS));
			}
			if (signal?.aborted) throw new TransportError('cancelled', 'execution stopped');
		},
	};
}
