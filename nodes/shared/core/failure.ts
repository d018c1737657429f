/** What n8n's scheduler may conclude from a failure; the words are n8n's own (`failure.cause` of NodeApiError, n8n-workflow 2.41). */
export type FailureCause =
	| 'rate-limited'
	| 'temporarily-unavailable'
	| 'credential-invalid'
	| 'configuration-invalid'
	| 'node-defect';

/** One row of a vendor's failure table. `{name}` in the texts is replaced by the value of that name. */
export interface FailureText {
	/** What happened, in the words on the screen; names the field to look at. */
	message: string;
	/** The next step, one or two sentences. */
	advice: string;
	cause: FailureCause;
	/** Whether repeating the same *read* can help. Requests that change something are never repeated. */
	retryable?: boolean;
}

export interface FailureDetails {
	/** HTTP status, where there was an answer. */
	status?: number;
	/** The vendor's own sentence, already cleaned by `cleanVendorText`. */
	vendorMessage?: string;
	/** How long the vendor asked to wait, in ms. */
	retryAfterMs?: number;
	/** Values for `{name}` places in the texts. */
	values?: Record<string, string | number>;
}

/**
 * Anything that went wrong outside our own code, as data: a stable code, a sentence for the user and the next step.
 * Knows nothing of n8n; `shared/n8n/errors.ts` turns it into n8n's error. Never holds a token, key or signed URL.
 */
export class Failure extends Error {
	override readonly name = 'Failure';

	constructor(
		readonly code: string,
		readonly text: FailureText,
		readonly details: FailureDetails = {},
	) {
		super(`${fill(text.message, details.values)} (${code})`);
	}

	/** Next step for the user, followed by the vendor's own sentence where there is one. */
	get advice(): string {
		const said = this.details.vendorMessage;
		const advice = fill(this.text.advice, this.details.values);
		return said ? `${advice} The answer was: "${said}"` : advice;
	}

	get retryable(): boolean {
		return this.text.retryable === true;
	}
}

function fill(text: string, values: Record<string, string | number> = {}): string {
	return text.replace(/\{(\w+)\}/g, (place, name: string) => (name in values ? String(values[name]) : place));
}

/**
 * Whether a value is a `Failure`. Looks at the shape, because each bundled node and credential carries its own copy of the class.
 */
export function isFailure(value: unknown): value is Failure {
	return (
		value instanceof Error &&
		value.name === 'Failure' &&
		typeof (value as Partial<Failure>).code === 'string' &&
		typeof (value as Partial<Failure>).text === 'object'
	);
}

/** The failure inside a caught value: itself, or one that n8n wrapped (it keeps what a credential threw as `cause`). */
export function failureIn(value: unknown): Failure | undefined {
	for (let current = value, depth = 0; current instanceof Error && depth < 5; depth++) {
		if (isFailure(current)) return current;
		current = current.cause;
	}
	return undefined;
}

/**
 * Makes the failure builder of one vendor from its table.
 * In: rows by code. Out: (code, details) → Failure; only codes of the table type-check.
 */
export function failuresFrom<Code extends string>(
	table: Readonly<Record<Code, FailureText>>,
): (code: Code, details?: FailureDetails) => Failure {
	return (code, details) => new Failure(code, table[code], details);
}
