import { Expression } from 'n8n-workflow';

/** The parts of n8n's expression engine that came with its isolates; older n8n has neither, and evaluates in place. */
interface Isolating {
	withIsolate?<Result>(run: () => Promise<Result>): Promise<Result>;
}
interface ExpressionEngine {
	initExpressionEngine?(options: object): Promise<void>;
	disposeExpressionEngine?(): Promise<void>;
}

// SAFETY: optional members only, each asked for before it is called.
const engine = Expression as unknown as ExpressionEngine;

/** Runs with expressions evaluated as this n8n does: in an isolate where it has them. */
export async function inIsolate<Result>(expression: object, run: () => Promise<Result>): Promise<Result> {
	const isolating = expression as Isolating;
	return isolating.withIsolate ? await isolating.withIsolate(run) : await run();
}

/** Starts the expression engine where this n8n has one to start. */
export async function startExpressionEngine(options: object): Promise<void> {
	await engine.initExpressionEngine?.(options);
}

/** Ends it. */
export async function endExpressionEngine(): Promise<void> {
	await engine.disposeExpressionEngine?.();
}
