import { sleep } from 'n8n-workflow';
import { TransportError } from '../core/http';
import type { Waiting } from '../core/retry';
import { someTurns } from '../core/turns';

const STEP_MS = 250;

/**
 * The clock and the pauses of an execution. A pause ends early, with a rejection, when the user stops the execution:
 * n8n's `sleep` cannot be interrupted, so it is taken in short steps.
 */
export function executionWaiting(context: { getExecutionCancelSignal?: () => AbortSignal | undefined }): Waiting {
	const signal = context.getExecutionCancelSignal?.();
	return {
		now: Date.now,
		turn: someTurns,
		async sleep(ms) {
			for (let left = ms; left > 0; left -= STEP_MS) {
				if (signal?.aborted) break;
				await sleep(Math.min(left, STEP_MS));
			}
			if (signal?.aborted) throw new TransportError('cancelled', 'execution stopped');
		},
	};
}
