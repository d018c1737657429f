import type { Failure } from '../core/failure';
import { type HttpResponse, type HttpSend, type HttpRequest, retryAfterMs } from '../core/http';
import { transportFailure, waitSentence } from '../core/transportFailures';
import { cleanVendorText, isWebPage, vendorSentence } from '../core/vendorText';
import { SAFE_FAILURES, safeFailure } from './failures';

/** Sends a request to SAFE. Throws a `Failure` where there is no whole answer; statuses are the caller's to judge. */
export async function sendToSafe(send: HttpSend, request: HttpRequest): Promise<HttpResponse> {
	try {
		return await send(request);
	} catch (error) {
		throw safeTransportFailure(error, request.timeoutMs);
	}
}

/** SAFE's failure for a thrown transport problem. */
export function safeTransportFailure(error: unknown, timeoutMs: number): Failure {
	return transportFailure('SAFE', SAFE_FAILURES, error, timeoutMs);
}

/** The JSON object of a good answer. Throws a `Failure` for web pages and for anything that is not a whole JSON object. */
export function objectIn({ text, status }: HttpResponse): Record<string, unknown> {
	if (isWebPage(text)) throw safeFailure('SAFE-BODY-HTML', { status });
	const body = parsed(text);
	if (typeof body !== 'object' || body === null) {
		throw safeFailure('SAFE-BODY-JSON', { status, vendorMessage: vendorSentence(text) || undefined });
	}
	return body as Record<string, unknown>;
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/** What SAFE's refusal means, whatever of its four envelopes it comes in (two with `message`, one with capital `Message`, one with `error`; documented). */
export function safeRefusal({ status, headers, text }: HttpResponse, nowMs: number): Failure {
	const details = { status, vendorMessage: vendorSentence(text) || undefined };
	if (status >= 300 && status < 400) return safeFailure('SAFE-REDIRECT', details);
	if (status === 429) {
		const wait = retryAfterMs(headers, nowMs);
		return safeFailure('SAFE-429-RATE', { ...details, retryAfterMs: wait, values: { wait: waitSentence(wait) } });
	}
	if (status >= 500) {
		return safeFailure('SAFE-5XX-SERVER', { ...details, retryAfterMs: retryAfterMs(headers, nowMs), values: { status } });
	}
	if (isWebPage(text)) return safeFailure('SAFE-BODY-HTML', details);
	if (status === 400) return safeFailure('SAFE-400-REQUEST', details);
	if (status === 401) return safeFailure('SAFE-401-TOKEN', details);
	if (status === 403) return safeFailure('SAFE-403-ROLE', details);
	if (status === 404) return safeFailure('SAFE-404-URL', details);
	return safeFailure('SAFE-4XX-REQUEST', { ...details, values: { status } });
}

/** Names of the members of a body, for an error that shows the shape and nothing of the content. */
export function membersOf(body: object): string {
	return cleanVendorText(Object.keys(body).slice(0, 12).join(', ')) || 'none';
}

/** SAFE's ids are UUIDs; what goes into log lines, file names and messages may be no other text than such a word. */
export function isReportId(value: unknown): value is string {
	return typeof value === 'string' && /^\w[\w-]{0,99}$/.test(value);
}
