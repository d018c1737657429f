/**
 * Every way in which a vendor, a host or the network can fail a node, and what a user is told: shared by the tests of refusals.
 * Error bodies are those of the vendors' pages (seeds) and of the clients that recorded them (reference/securid.md 3.3 and 7,
 * reference/safe.md 4, 6 and 7); the SAFE body with `error` is assumed, as a fourth envelope next to the three documented ones.
 */
import type { Fault } from '../simulators';
import { NOW } from './time';

/** A fault of the simulator at every request in question, or a host that fails below HTTP or in a way no simulator has. */
export type Trouble =
	| Fault
	| 'nobody listens'
	| 'unknown host'
	| 'untrusted certificate'
	| 'no TLS'
	| 'no HTTP'
	| 'redirect'
	| 'no answer'
	| 'stalled body'
	| 'endless body';

export interface FailureRow {
	label: string;
	trouble: Trouble;
	code: string;
	/** In the message: what happened, and the field or host to look at where there is one. */
	says: RegExp;
	/** In the description, where it matters: the vendor's own words, or the next step. */
	advises?: RegExp;
	httpCode?: string;
	/** What n8n's scheduler may conclude. */
	failure: { cause: string; retryAfterMs?: number };
	/** Requests that are made, all tries together. */
	requests: number;
}

const TEMPORARY = 'temporarily-unavailable';
const CONFIGURATION = 'configuration-invalid';
const CREDENTIAL = 'credential-invalid';
const RATE = 'rate-limited';

type Meaning = [says: RegExp, cause: string];

/** The codes that every vendor has: what a user reads first, and what n8n may conclude. */
function commonCodes(vendor: string, product: string, field: string): Record<string, Meaning> {
	const host = new RegExp(`"${field}"`);
	return {
		[`${vendor}-429-RATE`]: [new RegExp(`^${product} asks for fewer requests`), RATE],
		[`${vendor}-5XX-SERVER`]: [new RegExp(`^${product} could not process the request \\(HTTP (429|5\\d\\d)\\)`), TEMPORARY],
		[`${vendor}-4XX-REQUEST`]: [new RegExp(`^${product} refused the request \\(HTTP 4\\d\\d\\)`), CONFIGURATION],
		[`${vendor}-400-REQUEST`]: [new RegExp(`^${product} did not accept the request`), CONFIGURATION],
		[`${vendor}-BODY-HTML`]: [new RegExp(`${host.source} answered with a web page instead of data`), CONFIGURATION],
		[`${vendor}-BODY-JSON`]: [/not complete JSON/, TEMPORARY],
		[`${vendor}-BODY-SIZE`]: [/more data than is read in one piece/, CONFIGURATION],
		[`${vendor}-REDIRECT`]: [host, CONFIGURATION],
		[`${vendor}-NET-RESET`]: [/closed the connection before the answer was complete/, TEMPORARY],
		[`${vendor}-NET-REFUSED`]: [host, TEMPORARY],
		[`${vendor}-NET-HOST`]: [host, CONFIGURATION],
		[`${vendor}-NET-TLS`]: [host, CONFIGURATION],
		[`${vendor}-NET-TIMEOUT`]: [/did not answer within 60 seconds/, TEMPORARY],
		[`${vendor}-NET-OTHER`]: [/could not be carried out/, TEMPORARY],
	};
}

const SAFE_HOST = 'Region" or "Custom Host';

/** What each code says; words of our own, so that a text that loses its field is noticed. */
const CODES: Record<string, Meaning> = {
	...commonCodes('SECURID', 'SecurID', 'Administration API URL'),
	'SECURID-401-TOKEN': [/did not accept the sign-in of this credential/, CREDENTIAL],
	'SECURID-403-CLOCK': [/token had expired on arrival/, CONFIGURATION],
	'SECURID-403-ACCESS-ID': [/"Access ID"/, CREDENTIAL],
	'SECURID-403-AUDIENCE': [/"Administration API URL"/, CREDENTIAL],
	'SECURID-403-KEY': [/"Private Key"/, CREDENTIAL],
	'SECURID-404-URL': [/"Administration API URL"/, CONFIGURATION],
	'SECURID-BODY-SHAPE': [/without a list of events/, CONFIGURATION],
	'SECURID-PAGES-LIMIT': [/more pages than are read in one go/, CONFIGURATION],
	...commonCodes('SAFE', 'SAFE', SAFE_HOST),
	'SAFE-401-PASSWORD': [/"API Username" and "API Password"/, CREDENTIAL],
	'SAFE-401-TOKEN': [/bearer token of this credential/, CREDENTIAL],
	'SAFE-403-ROLE': [/does not let this credential in/, CREDENTIAL],
	'SAFE-404-URL': [/host of this credential/, CONFIGURATION],
	'SAFE-AUTH-SHAPE': [/without an access token/, CONFIGURATION],
	'SAFE-BODY-SHAPE': [/("values"|data\.uuid) is missing/, CONFIGURATION],
	'SAFE-REPORT-UNCERTAIN': [/not known whether SAFE took the request/, TEMPORARY],
	'SAFE-LINK-FORM': [/download link that is not https/, CONFIGURATION],
	'SAFE-LINK-HOST': [/download link, (storage\.invalid|127\.0\.0\.1:\d+), could not be reached/, TEMPORARY],
	'SAFE-LINK-REFUSED': [/storage behind SAFE's download link refused it \(HTTP 4\d\d\)/, TEMPORARY],
	'SAFE-LINK-EXPIRED': [/expired, also a second one/, TEMPORARY],
};

interface Details {
	httpCode?: string;
	requests?: number;
	advises?: RegExp;
	retryAfterMs?: number;
}

/** One row; the HTTP code is that of a fault with a status, unless told otherwise. */
function row(code: string, label: string, trouble: Trouble, details: Details = {}): FailureRow {
	const [says, cause] = CODES[code];
	const { retryAfterMs, requests = 1, ...others } = details;
	const status = typeof trouble === 'object' && 'status' in trouble ? `${trouble.status}` : undefined;
	const failure = retryAfterMs === undefined ? { cause } : { cause, retryAfterMs };
	return { label, trouble, code, says, httpCode: status, failure, requests, ...others };
}

const HTML = '<!DOCTYPE html>\n<html><head><title>Sign In</title></head><body>proxy</body></html>';
const webPage = (status: number): Fault => ({ status, body: HTML, headers: { 'content-type': 'text/html' } });

/** The second after the third pause of a read that waits as long as it is told to. */
const HTTP_DATE = new Date(Math.floor(NOW / 1000) * 1000 + 20_000).toUTCString();

const FOUR_TRIES = { requests: 4 };

/** What every HTTP service can do. */
function commonRows(vendor: string, field: string): FailureRow[] {
	const of = (code: string, ...others: [label: string, trouble: Trouble, details?: Details]) => row(`${vendor}-${code}`, ...others);
	const rate = (label: string, trouble: Trouble, details: Details = {}) =>
		of('429-RATE', label, trouble, { httpCode: '429', ...FOUR_TRIES, ...details });
	return [
		rate('429 with Retry-After in seconds', { retryAfter: 7 }, { retryAfterMs: 7_000, advises: /It asked to wait 7 seconds/ }),
		rate('429 with Retry-After as a date', { retryAfter: HTTP_DATE }, { retryAfterMs: 0 }),
		rate('429 with Retry-After beyond what a run waits', { retryAfter: 3_600 }, { retryAfterMs: 3_600_000, requests: 1 }),
		rate('429 without Retry-After', { status: 429 }),
		...[500, 502, 503, 504].map((status) => of('5XX-SERVER', `${status}`, { status }, FOUR_TRIES)),
		of('5XX-SERVER', '503 with Retry-After', { retryAfter: 5, status: 503 }, { ...FOUR_TRIES, retryAfterMs: 5_000 }),
		of('5XX-SERVER', '502 with a web page', webPage(502), FOUR_TRIES),
		of('4XX-REQUEST', '418', { status: 418 }, { advises: new RegExp(`"${field}"`) }),
		of('BODY-HTML', '200 with a web page', { html: true }, { httpCode: '200' }),
		of('BODY-HTML', '403 with a web page', webPage(403)),
		of('BODY-HTML', '404 with a web page', webPage(404)),
		of('BODY-JSON', 'JSON with a doubled comma', { malformedJson: true }, { ...FOUR_TRIES, httpCode: '200' }),
		of('BODY-JSON', 'half a body that claims to be whole', { truncateBody: 'quietly' }, { ...FOUR_TRIES, httpCode: '200' }),
		of('BODY-JSON', 'an empty body', { status: 200, body: '' }, FOUR_TRIES),
		of('BODY-SIZE', 'a body without an end', 'endless body'),
		of('NET-RESET', 'half a body and a clean end', { truncateBody: true }, FOUR_TRIES),
		of('NET-RESET', 'a reset before the answer', { reset: 'before' }, FOUR_TRIES),
		of('NET-RESET', 'a reset in the body', { reset: 'inBody' }, FOUR_TRIES),
		of('NET-REFUSED', 'a host where nobody listens', 'nobody listens', FOUR_TRIES),
		of('NET-HOST', 'a host that DNS does not know', 'unknown host', FOUR_TRIES),
		of('NET-TLS', 'a certificate that nobody vouches for', 'untrusted certificate'),
		of('NET-TLS', 'https asked of a server without TLS', 'no TLS'),
		of('NET-OTHER', 'an answer that is not HTTP', 'no HTTP', { ...FOUR_TRIES, advises: new RegExp(`"${field}"`) }),
		of('NET-TIMEOUT', 'no answer in time', 'no answer', FOUR_TRIES),
		of('NET-TIMEOUT', 'a body that stops coming', 'stalled body', FOUR_TRIES),
		of('REDIRECT', 'a redirect to another host', 'redirect', { httpCode: '302' }),
	];
}

const forbidden = (message: string): Fault => ({
	status: 403,
	body: { timestamp: 1749938869908, status: 403, error: 'Forbidden', message, path: '/AdminInterface/restapi/v1/adminlog/exportlogs' },
});

const described = (code: string, description: string): Fault => ({ status: Number(code.slice(0, 3)), body: { code, description } });

/** For "Get Many" of SecurID Admin Log; the fault meets every request. */
export const SECURID_ROWS: FailureRow[] = [
	...commonRows('SECURID', 'Administration API URL'),
	row('SECURID-400-REQUEST', '400 with code and description', described('400 BAD_REQUEST', 'startTimeAfter is not a date'), {
		advises: /"Start Time" and "End Time".*"pageNumber":0.*The answer was: "startTimeAfter is not a date"$/,
	}),
	row('SECURID-401-TOKEN', '401', { status: 401 }),
	row('SECURID-403-CLOCK', '403 for an expired token', forbidden('Expired Access Token is not allowed'), {
		advises: /clock of the machine that runs n8n.*"Expired Access Token is not allowed"$/,
	}),
	row('SECURID-403-ACCESS-ID', '403 for an unknown access ID', forbidden('Access Id of the provided access token is not known')),
	row('SECURID-403-AUDIENCE', '403 for a wrong audience', forbidden('Invalid audience in the provided access token')),
	row('SECURID-403-KEY', '403 for anything else', forbidden('Server failed to process provided access token')),
	row('SECURID-403-KEY', '403 without a body', { status: 403, body: '' }),
	row('SECURID-404-URL', '404 with code and description', described('404 NOT_FOUND', 'No resource found')),
	row('SECURID-5XX-SERVER', '500 with code and description', described('500 INTERNAL_SERVER_ERROR', 'Database is down'), {
		...FOUR_TRIES,
		advises: /"Database is down"$/,
	}),
	...[{ totalPages: 1, data: [] }, [], { elements: {} }].map((body) =>
		row(
			'SECURID-BODY-SHAPE',
			`200 with ${JSON.stringify(body)}`,
			{ status: 200, body },
			{
				advises: /"Administration API URL".*members seen: (totalPages, data|none|elements)\.$/,
			},
		),
	),
	row('SECURID-PAGES-LIMIT', 'more pages than anyone reads', { changedTotal: 2_000_001 }),
];

/** Which of SAFE's calls the trouble meets. */
export type SafeCall = 'sign-in' | 'users' | 'request' | 'look' | 'download';

export interface SafeRow extends FailureRow {
	call: SafeCall;
}

export const UUID = '1eebc0b2-b019-42b3-8132-c15c5926b21e';

const at = (call: SafeCall, rows: FailureRow[]): SafeRow[] => rows.map((each) => ({ ...each, call }));
const said = (status: number, body: object): Fault => ({ status, body });
const redirect = (status: number): Fault => ({ status, headers: { location: 'https://elsewhere.invalid/' } });
const link = (preSignedUrl: string): Fault => said(200, { success: true, message: 'Please download', data: { preSignedUrl } });

const aws = (status: number, code: string, message: string): Fault => ({
	status,
	headers: { 'content-type': 'application/xml' },
	body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message><RequestId>R</RequestId></Error>`,
});

/** The report may have been queued, so it is not asked for again; the cause stands in the advice. */
const uncertain = (label: string, trouble: Trouble, httpCode: string | undefined, advises: RegExp) =>
	row('SAFE-REPORT-UNCERTAIN', label, trouble, { httpCode, advises });

const UNAUTHORIZED = said(401, { message: 'Unauthorized' });
const DENIED = said(403, { Message: 'User is not authorized to access this resource with an explicit deny' });
/** n8n renews the token once and repeats the refused request; refused twice it is over. */
const TWICE = { requests: 2 };

/** For SAFE Users and SAFE Audit Export; the fault meets each request of that call. */
export const SAFE_ROWS: SafeRow[] = [
	...at(
		'users',
		commonRows('SAFE', SAFE_HOST).map((each) => ({ ...each, requests: each.httpCode === '403' ? 2 : each.requests })),
	),
	...at('sign-in', [
		row('SAFE-401-PASSWORD', '401 with message', UNAUTHORIZED, { advises: /expire after 30 to 365 days.*"Region".*"Unauthorized"$/ }),
		row('SAFE-401-PASSWORD', '403 with Message', said(403, { Message: 'Forbidden' })),
		row('SAFE-404-URL', '404', said(404, { message: 'Not Found' }), { advises: /"Region" or "Custom Host"/ }),
		row('SAFE-429-RATE', '429', { retryAfter: 2 }, { httpCode: '429', retryAfterMs: 2_000, ...FOUR_TRIES }),
		row('SAFE-5XX-SERVER', '503', { status: 503 }, FOUR_TRIES),
		row('SAFE-BODY-HTML', '200 with a web page', { html: true }, { httpCode: '200' }),
		row('SAFE-BODY-JSON', '200 with malformed JSON', { malformedJson: true }, { httpCode: '200', ...FOUR_TRIES }),
		row('SAFE-AUTH-SHAPE', '200 without a token', said(200, { status: 'ok', accessToken: '' }), {
			httpCode: undefined,
			advises: /"Region" or "Custom Host".*Members seen: status, accessToken\.$/,
		}),
		row('SAFE-REDIRECT', 'a redirect', redirect(302)),
		row('SAFE-NET-RESET', 'a reset', { reset: 'before' }, FOUR_TRIES),
	]),
	...at('users', [
		row('SAFE-401-TOKEN', '401 with status and message', said(401, { status: 'error', message: 'invalid authorization header!' }), {
			...TWICE,
			advises: /"Access Token".*"Region".*"invalid authorization header!"$/,
		}),
		row('SAFE-401-TOKEN', '401 with message', UNAUTHORIZED, { ...TWICE, advises: /"Unauthorized"$/ }),
		row('SAFE-403-ROLE', '403 with Message', DENIED, {
			...TWICE,
			advises: /"Region".*made by an Admin.*"User is not authorized to access this resource with an explicit deny"$/,
		}),
		row('SAFE-400-REQUEST', '400 with success and message', said(400, { success: false, message: 'no such page' }), {
			advises: /"no such page"$/,
		}),
		row('SAFE-400-REQUEST', '400 with error', said(400, { error: { message: 'no such key' } }), { advises: /"no such key"$/ }),
		row('SAFE-404-URL', '404', said(404, { message: 'Not Found' }), { advises: /"Region" or "Custom Host"/ }),
		...[{ users: [] }, [], { values: null, size: 3 }].map((body) =>
			row('SAFE-BODY-SHAPE', `200 with ${JSON.stringify(body)}`, said(200, body), {
				advises: /"Region" or "Custom Host".*members seen: (users|none|values, size)\.$/,
			}),
		),
		row('SAFE-BODY-JSON', '200 with a text', { status: 200, body: '"text"' }, FOUR_TRIES),
	]),
	...at('request', [
		row('SAFE-400-REQUEST', '400 with success and message', said(400, { success: false, message: 'too many' }), {
			advises: /"Days".*"too many"$/,
		}),
		row('SAFE-401-TOKEN', '401 with message', UNAUTHORIZED, TWICE),
		row('SAFE-403-ROLE', '403 with Message', DENIED, TWICE),
		row('SAFE-404-URL', '404', { status: 404 }),
		row('SAFE-429-RATE', '429 with Retry-After', { retryAfter: 9 }, { httpCode: '429', retryAfterMs: 9_000 }),
		row('SAFE-BODY-SHAPE', '202 without a uuid', said(202, { success: true, data: {} }), { advises: /success, data/ }),
		row('SAFE-REDIRECT', 'a redirect', redirect(307)),
		...[500, 502, 503, 504].map((status) =>
			uncertain(`${status}`, { status }, `${status}`, new RegExp(`each request queues another report.*HTTP ${status}`)),
		),
		uncertain('503 with Retry-After', { retryAfter: 3, status: 503 }, '503', /HTTP 503/),
		uncertain('a reset before the answer', { reset: 'before' }, undefined, /SAFE-NET-RESET/),
		uncertain('a reset in the answer', { reset: 'inBody' }, undefined, /SAFE-NET-RESET/),
		uncertain('half an answer', { truncateBody: true }, undefined, /SAFE-NET-RESET/),
		uncertain('malformed JSON', { malformedJson: true }, '202', /SAFE-BODY-JSON/),
		uncertain('a web page', { html: true }, '200', /"Region" or "Custom Host".*SAFE-BODY-HTML/),
		uncertain('no answer in time', { stall: true }, undefined, /within 60 seconds.*SAFE-NET-TIMEOUT/),
	]),
	...at('look', [
		row('SAFE-400-REQUEST', '400 with another text', said(400, { success: false, message: 'not a uuid' }), {
			advises: /"Report UUID".*"not a uuid"$/,
		}),
		row('SAFE-401-TOKEN', '401 with message', UNAUTHORIZED, TWICE),
		row('SAFE-403-ROLE', '403 with Message', DENIED, TWICE),
		row('SAFE-429-RATE', '429', { retryAfter: 4 }, { httpCode: '429', retryAfterMs: 4_000, ...FOUR_TRIES }),
		row('SAFE-5XX-SERVER', '504', { status: 504 }, FOUR_TRIES),
		row('SAFE-BODY-HTML', '200 with a web page', { html: true }, { httpCode: '200' }),
		row('SAFE-BODY-JSON', '200 with malformed JSON', { status: 200, body: '{"success":true, , "data":{}}' }, FOUR_TRIES),
		row('SAFE-NET-RESET', 'a reset', { reset: 'inBody' }, FOUR_TRIES),
		row('SAFE-LINK-FORM', 'a link that is not https', link('http://storage.example.com/a.csv?X-Amz-Signature=1'), {
			httpCode: undefined,
			advises: /"Region" or "Custom Host"/,
		}),
		row('SAFE-LINK-FORM', 'a link that is none', link('/a.csv?X-Amz-Signature=1'), { httpCode: undefined }),
		row('SAFE-LINK-HOST', 'a link to a host that DNS does not know', link('https://storage.invalid/a.csv?X-Amz-Signature=1'), {
			httpCode: undefined,
			advises: new RegExp(`firewall.*"Get Export" and UUID ${UUID}`),
		}),
	]),
	...at('download', [
		row('SAFE-LINK-REFUSED', 'AWS: two ways to sign in', aws(400, 'InvalidArgument', 'Only one auth mechanism allowed'), {
			advises: /"Get Export" and UUID .*"InvalidArgument: Only one auth mechanism allowed"$/,
		}),
		row('SAFE-LINK-REFUSED', 'AWS: no access', aws(403, 'AccessDenied', 'Access Denied')),
		row('SAFE-LINK-REFUSED', 'AWS: a wrong signature', aws(403, 'SignatureDoesNotMatch', 'The request signature we calculated differs')),
		row('SAFE-LINK-REFUSED', 'AWS: no such key', aws(404, 'NoSuchKey', 'The specified key does not exist.')),
		row('SAFE-LINK-EXPIRED', 'AWS: a link that has expired, twice', aws(403, 'AccessDenied', 'Request has expired'), {
			...TWICE,
			advises: /clock.*"Get Export"/,
		}),
		row('SAFE-LINK-EXPIRED', 'AWS: a token that has expired, twice', aws(400, 'ExpiredToken', 'The provided token has expired.'), TWICE),
		row('SAFE-5XX-SERVER', 'AWS: slow down', aws(503, 'SlowDown', 'Reduce your request rate.'), {
			...FOUR_TRIES,
			advises: /"SlowDown: Reduce/,
		}),
		row('SAFE-429-RATE', '429', { retryAfter: 1 }, { httpCode: '429', retryAfterMs: 1_000, ...FOUR_TRIES }),
		row('SAFE-NET-RESET', 'half a file and a clean end', { truncateBody: true }, FOUR_TRIES),
		row('SAFE-NET-RESET', 'a reset before the file', { reset: 'before' }, FOUR_TRIES),
		row('SAFE-NET-RESET', 'a reset in the file', { reset: 'inBody' }, FOUR_TRIES),
		row('SAFE-LINK-HOST', 'no answer in time', { stall: true }, FOUR_TRIES),
	]),
];
