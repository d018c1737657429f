import { type Failure, isFailure } from './failure';

export interface Waiting {
	/** Epoch ms. */
	now: () => number;
	/** Waits that many ms; rejects when the execution is cancelled. */
	sleep: (ms: number) => Promise<void>;
	/** Waits until what was begun before has got under way, where there is a way to know. */
	turn?: () => Promise<void>;
	/** 0 ≤ value < 1; spreads the pauses. */
	random?: () => number;
}

export interface RetryPolicy {
	/** All tries together. */
	attempts: number;
	/** First pause; each later one may be twice as long. */
	baseMs: number;
	/** Longest pause, also for a vendor's `Retry-After`: a longer one ends the tries, so that the run says so instead of hanging. */
	maxMs: number;
}

export const READ_POLICY: RetryPolicy = { attempts: 4, baseMs: 1_000, maxMs: 60_000 };

/**
 * Repeats a *read* that failed in a way that can pass. Never give it a request that changes something.
 * In: the read, the clock, the policy, a listener told of each repeat. Out: what the read answers.
 * Pauses: the vendor's `Retry-After`, else exponential, between half and the whole of it by chance. Throws the last failure.
 */
export async function retryRead<Result>(
	read: () => Promise<Result>,
	waiting: Waiting,
	policy: RetryPolicy = READ_POLICY,
	onRetry: (failure: Failure, pauseMs: number) => void = () => {},
): Promise<Result> {
	for (let attempt = 1; ; attempt++) {
		const outcome = await settle(read);
		if ('value' in outcome) return outcome.value;
		const { error } = outcome;
		if (!isFailure(error) || !error.retryable || attempt >= policy.attempts) throw error;
		const pauseMs = pauseBefore(attempt, error, policy, waiting.random ?? Math.random);
		if (pauseMs > policy.maxMs) throw error;
		onRetry(error, pauseMs);
		await waiting.sleep(pauseMs);
	}
}

function pauseBefore(attempt: number, failure: Failure, policy: RetryPolicy, random: () => number): number {
	if (failure.details.retryAfterMs !== undefined) return failure.details.retryAfterMs;
	return Math.round(Math.min(policy.baseMs * 2 ** (attempt - 1), policy.maxMs) * (0.5 + random() / 2));
}

/**
 * A pause with full jitter: anything up to the exponential bound by chance, so that many senders that were refused together do not come back together.
 * In: the number of the try that failed, from 1. Out: ms.
 */
export function fullJitterMs(attempt: number, { baseMs, maxMs }: Pick<RetryPolicy, 'baseMs' | 'maxMs'>, random: () => number): number {
	return Math.round(Math.min(baseMs * 2 ** (attempt - 1), maxMs) * random());
}

/** The outcome of an asynchronous step as data, so that several can be in flight and none is left unhandled. */
export type Settled<Value> = { value: Value } | { error: unknown };

/** Runs a step and catches what it throws. Never rejects. */
export async function settle<Value>(step: () => Promise<Value>): Promise<Settled<Value>> {
	try {
		return { value: await step() };
	} catch (error) {
		return { error };
	}
}
