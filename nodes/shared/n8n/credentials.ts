import type { ICredentialTestRequest, IHttpRequestOptions } from 'n8n-workflow';
import { type Failure, failureIn } from '../core/failure';

/**
 * Stands for the credential's own host in a credential's `test` request: n8n fills that in before it asks the credential to sign,
 * and a pasted key file is only read there, where a mistake in it can be named.
 */
export const OWN_HOST = 'https://own-host.invalid';

/**
 * Points a request at the credential's own host and refuses to sign for any other.
 * In: n8n's request, the base URL of the credential (origin, maybe a path). Out: a copy with an absolute URL, which follows no redirect.
 * Throws an Error for foreign origins, so that a token never leaves for a host that a workflow or an answer names.
 */
export function onOwnHost(request: IHttpRequestOptions, baseUrl: string): IHttpRequestOptions {
	const asked = `${request.baseURL ?? ''}${request.url}`;
	const url = asked.startsWith(OWN_HOST) ? `${baseUrl}${asked.slice(OWN_HOST.length)}` : asked;
	if (!URL.canParse(url) || new URL(url).origin !== new URL(baseUrl).origin) {
		throw new Error('This credential signs requests to its own host alone; the request was not sent');
	}
	return { ...request, baseURL: undefined, url, disableFollowRedirect: true, sendCredentialsOnCrossOriginRedirect: false };
}

/** Adds a bearer token to a request. Out: a copy. */
export function withBearer(request: IHttpRequestOptions, token: string): IHttpRequestOptions {
	return { ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } };
}

/**
 * What a credential throws: n8n shows its message in the credential window, while the node finds the `Failure` in `cause`.
 * (A `Failure` itself would show as its code alone, because n8n takes `code` of a thrown error for a network code; and a message that
 * holds one of Node's codes, such as ECONNREFUSED, n8n replaces by a general sentence of its own, so the code seen is left out.)
 */
export function credentialError(error: unknown): Error {
	const failure = failureIn(error);
	if (!failure) return error instanceof Error ? error : new Error(String(error));
	return new Error(sentencesOf(failure).replace(/ Seen: [A-Z0-9_]+\./, ''), { cause: failure });
}

const REDIRECTS = [301, 302, 303, 307, 308];

/** A good answer that is none: where `member` (a path) has that value, the test fails. `undefined` means that it is missing. */
export interface BodyRule {
	member: string;
	value?: unknown;
	otherwise: Failure;
}

/**
 * The rules of a credential's live test: a sentence for each status, for redirects, and for answers with a good status that say no.
 * In: failure by status, the rules for bodies (SAFE, SecurID: the member that a good answer must have), failure for redirects.
 */
export function testRules(
	byStatus: Record<number, Failure>,
	bodies: BodyRule | BodyRule[],
	redirected: Failure,
): ICredentialTestRequest['rules'] {
	const texts: Record<string, Failure> = { ...byStatus, ...Object.fromEntries(REDIRECTS.map((status) => [status, redirected])) };
	const rules = [
		...Object.entries(texts).map(([status, failure]) => ({
			type: 'responseCode',
			properties: { value: Number(status), message: sentencesOf(failure) },
		})),
		...[bodies].flat().map(({ member, value, otherwise }) => ({
			type: 'responseSuccessBody',
			properties: { key: member, value, message: sentencesOf(otherwise) },
		})),
	];
	// SAFETY: n8n types the list as all of one kind, but reads each rule by its own `type`.
	return rules as ICredentialTestRequest['rules'];
}

function sentencesOf(failure: Failure): string {
	return `${failure.message}. ${failure.advice}`;
}
