/** One HTTP request, as the vendor clients ask for it. Transport, proxies and credentials are the sender's business. */
export interface HttpRequest {
	method: 'GET' | 'POST';
	/** Absolute URL, query included. */
	url: string;
	headers?: Record<string, string>;
	/** Sent as JSON. */
	json?: unknown;
	/** Sent byte for byte, with the content type that the headers name. */
	body?: Uint8Array;
	/** Sent as a form (`application/x-www-form-urlencoded`) instead. */
	form?: Record<string, string>;
	/** Until the head of the answer, and again for each pause inside its body. */
	timeoutMs: number;
	/** Until the last byte, however short the pauses; default five times `timeoutMs`. */
	wholeMs?: number;
}

export interface HttpHead {
	status: number;
	/** Names in lower case. */
	headers: Record<string, string>;
}

/** An answer read whole, as text: JSON is parsed by the caller, because n8n's own parsing damages 64-bit integers. */
export interface HttpResponse extends HttpHead {
	text: string;
}

/** An answer whose body is still on its way. */
export interface HttpStream extends HttpHead {
	body: AsyncIterable<Uint8Array>;
}

/** Sends and reads the whole answer, whatever its status. Throws `TransportError`, or the `Failure` of a credential that could not sign. */
export type HttpSend = (request: HttpRequest) => Promise<HttpResponse>;

/** Sends and hands over the body unread, whatever the status. Throws `TransportError` alone, also while the body is read. */
export type HttpOpen = (request: HttpRequest) => Promise<HttpStream>;

export type TransportProblem =
	| 'timeout'
	| 'slow'
	| 'refused'
	| 'dns'
	| 'tls'
	| 'reset'
	| 'truncated'
	| 'too-large'
	| 'cancelled'
	| 'blocked'
	| 'other';

/** No answer, or not a whole one. `detail` is Node's error code or our measure, never a URL. */
export class TransportError extends Error {
	override readonly name = 'TransportError';

	constructor(
		readonly problem: TransportProblem,
		readonly detail: string,
	) {
		super(`${problem}: ${detail}`);
	}
}

const PROBLEM_BY_CODE: Record<string, TransportProblem> = {
	ECONNREFUSED: 'refused',
	EHOSTUNREACH: 'refused',
	ENETUNREACH: 'refused',
	EADDRNOTAVAIL: 'refused',
	ENOTFOUND: 'dns',
	EAI_AGAIN: 'dns',
	ECONNRESET: 'reset',
	EPIPE: 'reset',
	EPROTO: 'tls',
	ECONNABORTED: 'timeout',
	ETIMEDOUT: 'timeout',
	ESOCKETTIMEDOUT: 'timeout',
	ERR_CANCELED: 'cancelled',
	ABORT_ERR: 'cancelled',
	ERR_BAD_RESPONSE: 'truncated',
	ERR_STREAM_PREMATURE_CLOSE: 'truncated',
	ERR_FR_TOO_MANY_REDIRECTS: 'other',
};

const TLS_CODE = /CERT|TLS|SSL|SIGNATURE|SELF_SIGNED|UNABLE_TO|ERR_OSSL/;

/**
 * Reads what went wrong from a thrown value of any HTTP client (axios and Node codes, also deep in `cause`).
 * Out: a `TransportError`. Never throws; what is not recognised becomes `other` with the code or class name as detail.
 */
export function asTransportError(error: unknown): TransportError {
	let seen: string | undefined;
	for (let current = error, depth = 0; current instanceof Error && depth < 6; depth++) {
		if (current instanceof TransportError) return current;
		const { code } = current as NodeJS.ErrnoException;
		if (typeof code === 'string') {
			const problem = PROBLEM_BY_CODE[code] ?? (TLS_CODE.test(code) ? 'tls' : undefined);
			if (problem) return new TransportError(problem, code);
			seen ??= code;
		}
		if (/^aborted$|socket hang up/.test(current.message)) return new TransportError('reset', current.message);
		if (/domain.*not allowed|ssrf|blocked/i.test(current.message)) return new TransportError('blocked', 'host not allowed');
		current = current.cause;
	}
	return new TransportError('other', seen ?? (error instanceof Error ? error.name : typeof error));
}

/** Any of HTTP's three date forms: weekday first, a time of day inside. */
const HTTP_DATE = /^(mon|tue|wed|thu|fri|sat|sun)[a-z]*,? .*\d\d:\d\d:\d\d/i;

/**
 * How long `Retry-After` asks to wait.
 * In: header value (delta seconds or HTTP date) and the clock in epoch ms. Out: ms, at least 0; undefined when absent or unreadable.
 */
export function retryAfterMs(headers: Record<string, string>, nowMs: number): number | undefined {
	const value = headers['retry-after']?.trim();
	if (!value) return undefined;
	// A number beyond all measure is a very long time, and still one that a message can name.
	if (/^\d+(\.\d+)?$/.test(value)) return Math.min(Math.round(Number(value) * 1000), Number.MAX_SAFE_INTEGER);
	// Date.parse alone makes a date of "-5" and "wait 5" too.
	const at = HTTP_DATE.test(value) ? Date.parse(value) : NaN;
	return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}

/**
 * How far this machine's clock is ahead of the server's, in ms (behind: negative), from the answer's `Date` header.
 * Undefined when it has none. Good to a few seconds, since the answer was on its way for a while.
 */
export function clockAheadMs(headers: Record<string, string>, nowMs: number): number | undefined {
	const value = headers.date?.trim() ?? '';
	const at = HTTP_DATE.test(value) ? Date.parse(value) : NaN;
	return Number.isNaN(at) ? undefined : nowMs - at;
}

/** Joins an origin, a path and query values into one URL; every value is percent-encoded (`+` in times included). */
export function buildUrl(base: string, path: string, query: Record<string, string | number | undefined> = {}): string {
	const pairs = Object.entries(query).filter(([, value]) => value !== undefined && value !== '');
	const search = pairs.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join('&');
	return `${base}${path}${search ? `?${search}` : ''}`;
}

const LOOPBACK = /^(localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i;

/** Whether requests may go to this URL: https anywhere, plain http to this machine alone (tests and simulators). */
export function isAllowedOrigin(url: URL): boolean {
	return url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.test(url.hostname));
}
