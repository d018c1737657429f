import type { Failure } from '../../core/failure';
import { type HttpResponse, retryAfterMs } from '../../core/http';
import { waitSentence } from '../../core/transportFailures';
import { cleanVendorText, isWebPage, vendorSentence } from '../../core/vendorText';
import { siemFailure } from './failures';
import type { Destination, Refusal, Verdict } from './types';

/** How a destination speaks of itself in messages. */
export interface Speech extends Pick<Destination, 'product' | 'hostField'> {
	/** The credential's fields that hold the secret. */
	secretField: string;
	/** What to check when the secret is known but may not write. */
	rights: string;
	/** What to check when nothing is found at the address. */
	path: string;
}

/** Statuses that can pass by themselves, besides 5xx. */
const TEMPORARY = [408, 425, 429];

/** Statuses after which the batch may have been taken all the same. */
const UNCERTAIN = [408, 500, 502, 504];

/** What a refusal means where a destination knows nothing better. In: an answer whose status is not 2xx. */
export function judgeRefusal(speech: Speech, answer: HttpResponse, nowMs: number): Verdict {
	const { status, text } = answer;
	const details = detailsOf(speech, answer);
	const stop = (failure: Failure): Verdict => ({ kind: 'stop', failure });
	if (status < 200 || (status >= 300 && status < 400)) return stop(siemFailure('SIEM-REDIRECT', details));
	if (TEMPORARY.includes(status) || status >= 500) return again(speech, answer, nowMs);
	if (status === 413) return { kind: 'tooLarge', refusal: refusalOf(answer, 'it is larger than the receiver takes') };
	if (isWebPage(text)) return stop(siemFailure('SIEM-BODY-HTML', details));
	if (status === 400 || status === 422) return { kind: 'refused', refusal: refusalOf(answer) };
	if (status === 401) return stop(tokenFailure(speech, answer));
	if (status === 403) return stop(siemFailure('SIEM-403-RIGHTS', { ...details, values: { ...details.values, rights: speech.rights } }));
	if (status === 404) return stop(siemFailure('SIEM-404-URL', { ...details, values: { ...details.values, path: speech.path } }));
	if (status === 410) return stop(siemFailure('SIEM-410-GONE', details));
	return stop(siemFailure('SIEM-4XX-REQUEST', details));
}

/** The verdict "later", with how long the receiver asked to wait. */
export function again(speech: Speech, answer: HttpResponse, nowMs: number): Verdict & { kind: 'again' } {
	const { status, headers } = answer;
	const wait = retryAfterMs(headers, nowMs);
	const details = detailsOf(speech, answer);
	const code = status === 429 ? 'SIEM-429-RATE' : 'SIEM-5XX-SERVER';
	const failure = siemFailure(code, { ...details, retryAfterMs: wait, values: { ...details.values, wait: waitSentence(wait) } });
	return { kind: 'again', failure, uncertain: UNCERTAIN.includes(status) };
}

/** The secret was not accepted. */
export function tokenFailure(speech: Speech, answer: HttpResponse): Failure {
	const details = detailsOf(speech, answer);
	return siemFailure('SIEM-401-TOKEN', { ...details, values: { ...details.values, field: speech.secretField } });
}

/** A 2xx that is not the receiver's own: a web page, or a body of another form. Nothing may be taken as delivered. */
export function strangeSuccess(speech: Speech, answer: HttpResponse): Verdict {
	const details = detailsOf(speech, answer);
	if (isWebPage(answer.text)) return { kind: 'stop', failure: siemFailure('SIEM-BODY-HTML', details) };
	const detail = cleanVendorText(answer.text).slice(0, 80) || 'an empty body';
	return { kind: 'stop', failure: siemFailure('SIEM-BODY-SHAPE', { status: answer.status, values: { ...details.values, detail } }) };
}

/** Half an answer with a good status: what it says is lost, so that the batch is sent again. Undefined for anything else. */
export function halfAnswer(speech: Speech, answer: HttpResponse): Verdict | undefined {
	if (!/^\s*\{/.test(answer.text) || jsonOf(answer.text) !== undefined) return undefined;
	return { kind: 'again', failure: siemFailure('SIEM-BODY-JSON', detailsOf(speech, { ...answer, text: '' })), uncertain: true };
}

/** Details that fill the places `{product}`, `{field}` and `{status}` of the texts. */
export function detailsOf({ product, hostField }: Speech, { status, text }: HttpResponse) {
	return { status, vendorMessage: vendorSentence(text) || undefined, values: { product, field: hostField, status } };
}

/** Why an event was refused, in the receiver's words where it says any. */
export function refusalOf({ status, text }: HttpResponse, otherwise = 'the receiver gave no reason'): Refusal {
	return { status, reason: vendorSentence(text) || otherwise };
}

/** Whether a status is a success. */
export function isSuccess({ status }: HttpResponse): boolean {
	return status >= 200 && status <= 299;
}

/** The JSON of an answer, or undefined when it is none. */
export function jsonOf(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
