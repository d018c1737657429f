import { type Failure, isFailure } from '../../nodes/shared/core/failure';

/** What a step throws; a step that does not throw is told aloud. */
export async function thrownBy(step: () => unknown): Promise<unknown> {
	try {
		await step();
	} catch (error) {
		return error;
	}
	throw new Error('nothing was thrown');
}

/** The failure that a step ends with. */
export async function failureOf(step: () => unknown): Promise<Failure> {
	const error = await thrownBy(step);
	if (isFailure(error)) return error;
	throw error;
}

/** Everything of a failure that a user, a log or an execution record may show. */
export function shownText(failure: Failure): string {
	const { message, advice, code, text, details, stack } = failure;
	return JSON.stringify({ message, advice, code, text, details, stack, cause: String(failure.cause) });
}
