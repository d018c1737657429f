import { type Failure, type FailureDetails, failureIn, type FailureText, failuresFrom } from './failure';
import { asTransportError, type TransportProblem } from './http';

const CODE_BY_PROBLEM = {
	timeout: 'NET-TIMEOUT',
	slow: 'NET-SLOW',
	refused: 'NET-REFUSED',
	dns: 'NET-HOST',
	tls: 'NET-TLS',
	reset: 'NET-RESET',
	truncated: 'NET-RESET',
	'too-large': 'BODY-SIZE',
	cancelled: 'CANCELLED',
	blocked: 'NET-BLOCKED',
	other: 'NET-OTHER',
} as const satisfies Record<TransportProblem, string>;

type TransportCode = (typeof CODE_BY_PROBLEM)[TransportProblem];

/**
 * The failures that every HTTP service shares, in the words of one vendor.
 * In: the product's name as users know it, the credential field that holds the host. Out: rows by code without the vendor's prefix.
 */
export function commonFailureTexts(product: string, hostField: string) {
	return {
		'NET-TIMEOUT': {
			message: `${product} did not answer within {seconds} seconds`,
			advice: `Nothing was lost; the next run asks again. If it stays like this, check that n8n may reach the host in "${hostField}" (firewall, proxy).`,
			cause: 'temporarily-unavailable',
			retryable: true,
		},
		'NET-SLOW': {
			message: `${product} sent its answer too slowly: it was not complete after {detail}`,
			advice: `Nothing was taken from it; the next run reads it again. If it stays like this, look at the line between n8n and the host in "${hostField}" (proxy, bandwidth).`,
			cause: 'temporarily-unavailable',
			retryable: true,
		},
		'NET-REFUSED': {
			message: `${product} could not be reached at the host in "${hostField}"`,
			advice: `Check "${hostField}" in the credential, and that n8n may open connections to it (firewall, proxy). Seen: {detail}.`,
			cause: 'temporarily-unavailable',
			retryable: true,
		},
		'NET-HOST': {
			message: `The host in "${hostField}" is not known to DNS`,
			advice: `Check the spelling of "${hostField}" in the credential, then the DNS settings of the machine that runs n8n. Seen: {detail}.`,
			cause: 'configuration-invalid',
			retryable: true,
		},
		'NET-TLS': {
			message: `The certificate of the host in "${hostField}" was not accepted`,
			advice: `Check "${hostField}"; where a company proxy inspects TLS, give n8n its certificate (NODE_EXTRA_CA_CERTS). Seen: {detail}.`,
			cause: 'configuration-invalid',
		},
		'NET-RESET': {
			message: `${product} closed the connection before the answer was complete`,
			advice: 'Nothing was taken from the incomplete answer; the next run reads it again.',
			cause: 'temporarily-unavailable',
			retryable: true,
		},
		'NET-BLOCKED': {
			message: `n8n does not allow requests to the host in "${hostField}"`,
			advice:
				"Check the credential's allowed domains; where n8n's SSRF protection is on, add the host to N8N_SSRF_ALLOWED_HOSTNAMES.",
			cause: 'configuration-invalid',
		},
		'NET-OTHER': {
			message: `The request to ${product} could not be carried out`,
			advice: `Check "${hostField}" in the credential and the proxy settings of n8n. Seen: {detail}.`,
			cause: 'temporarily-unavailable',
			retryable: true,
		},
		'BODY-SIZE': {
			message: `${product} answered with more data than is read in one piece`,
			advice: `Check that "${hostField}" is the API's address. Limit: {detail}.`,
			cause: 'configuration-invalid',
		},
		CANCELLED: {
			message: `The execution was stopped while waiting for ${product}`,
			advice: 'Run the workflow again when you are ready; nothing was changed.',
			cause: 'temporarily-unavailable',
		},
		REDIRECT: {
			message: `The host in "${hostField}" sends requests on to another address`,
			advice: `Put the API's own address into "${hostField}". Redirects are not followed, since the credential must not reach another host.`,
			cause: 'configuration-invalid',
		},
		'BODY-HTML': {
			message: `The host in "${hostField}" answered with a web page instead of data`,
			advice: `Check "${hostField}": the address of the API is wanted, not that of the console or a sign-in page.`,
			cause: 'configuration-invalid',
		},
		'BODY-JSON': {
			message: `${product} sent an answer that is not complete JSON`,
			advice: 'Nothing was taken from it; the next run reads it again. If it stays like this, a proxy in between may be cutting answers.',
			cause: 'temporarily-unavailable',
			retryable: true,
		},
		'429-RATE': {
			message: `${product} asks for fewer requests`,
			advice: 'The next run tries again. If it lasts, run the schedule less often. {wait}',
			cause: 'rate-limited',
			retryable: true,
		},
		'5XX-SERVER': {
			message: `${product} could not process the request (HTTP {status})`,
			advice: "The next run tries again. If it lasts, look at the vendor's status page.",
			cause: 'temporarily-unavailable',
			retryable: true,
		},
	} as const satisfies Record<string, FailureText>;
}

/** Puts a vendor's prefix in front of every code of a table: `NET-TIMEOUT` → `SAFE-NET-TIMEOUT`. */
export function prefixed<Prefix extends string, Code extends string>(
	prefix: Prefix,
	texts: Readonly<Record<Code, FailureText>>,
): Record<`${Prefix}-${Code}`, FailureText> {
	// SAFETY: Object.fromEntries loses the literal key types that the mapping above gives them.
	return Object.fromEntries(Object.entries(texts).map(([code, text]) => [`${prefix}-${code}`, text])) as Record<
		`${Prefix}-${Code}`,
		FailureText
	>;
}

/**
 * Turns a thrown transport problem into the vendor's failure.
 * In: prefix and table of the vendor, the thrown value, the time-out in ms, values for further places in the texts. Out: a `Failure`; never throws.
 * What a credential threw while it signed in or signed is a `Failure` already and stays the one it is.
 */
export function transportFailure<Prefix extends string>(
	prefix: Prefix,
	table: Readonly<Record<`${Prefix}-${TransportCode}`, FailureText>>,
	error: unknown,
	timeoutMs: number,
	values: FailureDetails['values'] = {},
): Failure {
	const own = failureIn(error);
	if (own) return own;
	const problem = asTransportError(error);
	const details: FailureDetails = {
		values: { ...values, detail: problem.detail, seconds: Math.round(timeoutMs / 1000) },
	};
	return failuresFrom(table)(`${prefix}-${CODE_BY_PROBLEM[problem.problem]}`, details);
}

/** The sentence that fills `{wait}` of the 429 text. */
export function waitSentence(retryAfterMs: number | undefined): string {
	return retryAfterMs === undefined ? '' : `It asked to wait ${Math.ceil(retryAfterMs / 1000)} seconds.`;
}
