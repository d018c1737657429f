/**
 * Every way in which a vendor, a host or the network can fail a node, and what a user is told: shared by the tests of refusals.
 * Error bodies are those of the vendors' pages (seeds) and of the clients that recorded them (reference/securid.md 3.3 and 7,
 * reference/safe.md 4, 6 and 7); the SAFE body with `error` is assumed, as a fourth envelope next to the three that are documented.
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

const temporary = { cause: 'temporarily-unavailable' };
const configuration = { cause: 'configuration-invalid' };
const credential = { cause: 'credential-invalid' };

const html = '<!DOCTYPE html>\n<html><head><title>Sign In</title></head><body>proxy</body></html>';
const page = (status: number): Fault => ({ status, body: html, headers: { 'content-type': 'text/html' } });
const HTTP_DATE = new Date(Math.floor(NOW / 1000) * 1000 + 20_000).toUTCString();

/** What every HTTP service can do, in the words for one vendor. */
function commonRows(product: string, prefix: string, hostField: string): FailureRow[] {
	const host = new RegExp(`"${hostField}"`);
	const server = (status: number): FailureRow => ({
		label: `${status}`,
		trouble: { status },
		code: `${prefix}-5XX-SERVER`,
		says: new RegExp(`^${product} could not process the request \\(HTTP ${status}\\)`),
		httpCode: `${status}`,
		failure: temporary,
		requests: 4,
	});
	const common = (code: string, row: Omit<FailureRow, 'code'>): FailureRow => ({ ...row, code: `${prefix}-${code}` });
	const rate = (label: string, fault: Fault, row: Partial<FailureRow> = {}) =>
		common('429-RATE', {
			label,
			trouble: fault,
			says: new RegExp(`^${product} asks for fewer requests`),
			httpCode: '429',
			failure: { cause: 'rate-limited' },
			requests: 4,
			...row,
		});
	const reset = (label: string, trouble: Trouble) =>
		common('NET-RESET', { label, trouble, says: /closed the connection before the answer was complete/, failure: temporary, requests: 4 });
	const json = (label: string, trouble: Trouble) =>
		common('BODY-JSON', { label, trouble, says: /not complete JSON/, httpCode: '200', failure: temporary, requests: 4 });
	const webPage = (label: string, trouble: Trouble, httpCode: string) =>
		common('BODY-HTML', { label, trouble, says: /web page instead of data/, httpCode, failure: configuration, requests: 1 });
	const unreachable = (code: string, label: string, trouble: Trouble, requests: number, failure = configuration) =>
		common(code, { label, trouble, says: host, failure, requests });
	return [
		rate('429 with Retry-After in seconds', { retryAfter: 7 }, { advises: /It asked to wait 7 seconds/, failure: { cause: 'rate-limited', retryAfterMs: 7_000 } }),
		rate('429 with Retry-After as a date', { retryAfter: HTTP_DATE }, { failure: { cause: 'rate-limited', retryAfterMs: 0 } }),
		rate('429 with Retry-After beyond what a run waits', { retryAfter: 3_600 }, { failure: { cause: 'rate-limited', retryAfterMs: 3_600_000 }, requests: 1 }),
		rate('429 without Retry-After', { status: 429 }),
		...[500, 502, 503, 504].map(server),
		{ ...server(503), label: '503 with Retry-After', trouble: { retryAfter: 5, status: 503 }, failure: { ...temporary, retryAfterMs: 5_000 } },
		{ ...server(502), label: '502 with a web page', trouble: page(502) },
		webPage('200 with a web page', { html: true }, '200'),
		webPage('403 with a web page', page(403), '403'),
		webPage('404 with a web page', page(404), '404'),
		json('JSON with a doubled comma', { malformedJson: true }),
		json('half a body that claims to be whole', { truncateBody: 'quietly' }),
		json('an empty body', { status: 200, body: '' }),
		reset('half a body and a clean end', { truncateBody: true }),
		reset('a reset before the answer', { reset: 'before' }),
		reset('a reset in the body', { reset: 'inBody' }),
		unreachable('NET-REFUSED', 'a host where nobody listens', 'nobody listens', 4, temporary),
		unreachable('NET-HOST', 'a host that DNS does not know', 'unknown host', 4),
		unreachable('NET-TLS', 'a certificate that nobody vouches for', 'untrusted certificate', 1),
		unreachable('NET-TLS', 'https asked of a server without TLS', 'no TLS', 1),
		common('NET-OTHER', { label: 'an answer that is not HTTP', trouble: 'no HTTP', says: /could not be carried out/, advises: host, failure: temporary, requests: 4 }),
		{ ...unreachable('REDIRECT', 'a redirect to another host', 'redirect', 1), httpCode: '302' },
		common('NET-TIMEOUT', { label: 'no answer in time', trouble: 'no answer', says: /did not answer within 60 seconds/, failure: temporary, requests: 4 }),
		common('NET-TIMEOUT', { label: 'a body that stops coming', trouble: 'stalled body', says: /did not answer within 60 seconds/, failure: temporary, requests: 4 }),
		common('BODY-SIZE', { label: 'a body without an end', trouble: 'endless body', says: /more data than is read in one piece/, failure: configuration, requests: 1 }),
		{
			...common('4XX-REQUEST', { label: '418', trouble: { status: 418 }, says: /refused the request \(HTTP 418\)/, httpCode: '418', failure: configuration, requests: 1 }),
			advises: host,
		},
	];
}

const forbidden = (message: string): Fault => ({
	status: 403,
	body: { timestamp: 1749938869908, status: 403, error: 'Forbidden', message, path: '/AdminInterface/restapi/v1/adminlog/exportlogs' },
});

const securIdRefusal = (label: string, fault: Fault, code: string, says: RegExp, httpCode: string | undefined, failure: FailureRow['failure']): FailureRow => ({
	label,
	trouble: fault,
	code: `SECURID-${code}`,
	says,
	httpCode,
	failure,
	requests: 1,
});

/** For "Get Many" of SecurID Admin Log; the fault meets every request. */
export const SECURID_ROWS: FailureRow[] = [
	...commonRows('SecurID', 'SECURID', 'Administration API URL'),
	{
		...securIdRefusal(
			'400 with code and description',
			{ status: 400, body: { code: '400 BAD_REQUEST', description: 'startTimeAfter is not a date' } },
			'400-REQUEST',
			/did not accept the request/,
			'400',
			configuration,
		),
		advises: /"Start Time" and "End Time".*"pageNumber":0.*The answer was: "startTimeAfter is not a date"$/,
	},
	securIdRefusal('401', { status: 401 }, '401-TOKEN', /did not accept the sign-in of this credential/, '401', credential),
	{
		...securIdRefusal('403 for an expired token', forbidden('Expired Access Token is not allowed'), '403-CLOCK', /token had expired on arrival/, '403', configuration),
		advises: /clock of the machine that runs n8n.*"Expired Access Token is not allowed"$/,
	},
	securIdRefusal('403 for an unknown access ID', forbidden('Access Id of the provided access token is not known'), '403-ACCESS-ID', /"Access ID"/, '403', credential),
	securIdRefusal('403 for a wrong audience', forbidden('Invalid audience in the provided access token'), '403-AUDIENCE', /"Administration API URL"/, '403', credential),
	securIdRefusal('403 for anything else', forbidden('Server failed to process provided access token'), '403-KEY', /"Private Key"/, '403', credential),
	securIdRefusal('403 without a body', { status: 403, body: '' }, '403-KEY', /"Private Key"/, '403', credential),
	securIdRefusal(
		'404 with code and description',
		{ status: 404, body: { code: '404 NOT_FOUND', description: 'No resource found' } },
		'404-URL',
		/"Administration API URL"/,
		'404',
		configuration,
	),
	{
		...securIdRefusal(
			'500 with code and description',
			{ status: 500, body: { code: '500 INTERNAL_SERVER_ERROR', description: 'Database is down' } },
			'5XX-SERVER',
			/HTTP 500/,
			'500',
			temporary,
		),
		advises: /"Database is down"$/,
		requests: 4,
	},
	...[{ totalPages: 1, data: [] }, [], { elements: {} }].map((body): FailureRow => ({
		...securIdRefusal(`200 with ${JSON.stringify(body)}`, { status: 200, body }, 'BODY-SHAPE', /without a list of events/, '200', configuration),
		advises: /"Administration API URL".*members seen: (totalPages, data|none|elements)\.$/,
	})),
	securIdRefusal('more pages than anyone reads', { changedTotal: 2_000_001 }, 'PAGES-LIMIT', /more pages than are read in one go/, undefined, configuration),
];

/** Which of SAFE's calls the trouble meets. */
export type SafeCall = 'sign-in' | 'users' | 'request' | 'look' | 'download';

export interface SafeRow extends FailureRow {
	call: SafeCall;
}

export const UUID = '1eebc0b2-b019-42b3-8132-c15c5926b21e';

function safeRefusal(
	call: SafeCall,
	label: string,
	fault: Trouble,
	code: string,
	says: RegExp,
	httpCode: string | undefined,
	failure: FailureRow['failure'],
	more: Partial<FailureRow> = {},
): SafeRow {
	return { call, label, trouble: fault, code: `SAFE-${code}`, says, httpCode, failure, requests: 1, ...more };
}

const xml = (status: number, code: string, message: string): Fault => ({
	status,
	headers: { 'content-type': 'application/xml' },
	body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message><RequestId>R</RequestId></Error>`,
});

const link = (preSignedUrl: string): Fault => ({ status: 200, body: { success: true, message: 'Please download', data: { preSignedUrl } } });

const UNCERTAIN = /not known whether SAFE took the request/;
/** "Run it once more" would be wrong; the cause stands in the advice. */
const uncertain = (label: string, fault: Trouble, httpCode: string | undefined, advises: RegExp) =>
	safeRefusal('request', label, fault, 'REPORT-UNCERTAIN', UNCERTAIN, httpCode, temporary, { advises });

/** For SAFE Users and SAFE Audit Export; the fault meets each request of that call. */
export const SAFE_ROWS: SafeRow[] = [
	// A 403 may be an old token, so n8n asks once more with a new one.
	...commonRows('SAFE', 'SAFE', 'Region" or "Custom Host').map((row): SafeRow => ({ ...row, call: 'users', requests: row.httpCode === '403' ? 2 : row.requests })),

	safeRefusal('sign-in', '401 with message', { status: 401, body: { message: 'Unauthorized' } }, '401-PASSWORD', /"API Username" and "API Password"/, '401', credential, {
		advises: /expire after 30 to 365 days.*"Region".*"Unauthorized"$/,
	}),
	safeRefusal('sign-in', '403 with Message', { status: 403, body: { Message: 'Forbidden' } }, '401-PASSWORD', /"API Username" and "API Password"/, '403', credential),
	safeRefusal('sign-in', '404', { status: 404, body: { message: 'Not Found' } }, '404-URL', /host of this credential/, '404', configuration, { advises: /"Region" or "Custom Host"/ }),
	safeRefusal('sign-in', '429', { retryAfter: 2 }, '429-RATE', /fewer requests/, '429', { cause: 'rate-limited', retryAfterMs: 2_000 }, { requests: 4 }),
	safeRefusal('sign-in', '503', { status: 503 }, '5XX-SERVER', /HTTP 503/, '503', temporary, { requests: 4 }),
	safeRefusal('sign-in', '200 with a web page', { html: true }, 'BODY-HTML', /"Region".*web page/, '200', configuration),
	safeRefusal('sign-in', '200 with malformed JSON', { malformedJson: true }, 'BODY-JSON', /not complete JSON/, '200', temporary, { requests: 4 }),
	safeRefusal('sign-in', '200 without a token', { status: 200, body: { status: 'ok', accessToken: '' } }, 'AUTH-SHAPE', /without an access token/, undefined, configuration, {
		advises: /"Region" or "Custom Host".*Members seen: status, accessToken\.$/,
	}),
	safeRefusal('sign-in', 'a redirect', { status: 302, headers: { location: 'https://elsewhere.invalid/' } }, 'REDIRECT', /"Region"/, '302', configuration),
	safeRefusal('sign-in', 'a reset', { reset: 'before' }, 'NET-RESET', /closed the connection/, undefined, temporary, { requests: 4 }),

	// n8n renews the token once and repeats the refused request; refused twice it is over.
	safeRefusal('users', '401 with status and message', { status: 401, body: { status: 'error', message: 'invalid authorization header!' } }, '401-TOKEN', /bearer token of this credential/, '401', credential, {
		requests: 2,
		advises: /"Access Token".*"Region".*"invalid authorization header!"$/,
	}),
	safeRefusal('users', '401 with message', { status: 401, body: { message: 'Unauthorized' } }, '401-TOKEN', /bearer token of this credential/, '401', credential, { requests: 2, advises: /"Unauthorized"$/ }),
	safeRefusal(
		'users',
		'403 with Message',
		{ status: 403, body: { Message: 'User is not authorized to access this resource with an explicit deny' } },
		'403-ROLE',
		/does not let this credential in/,
		'403',
		credential,
		{ requests: 2, advises: /"Region".*made by an Admin.*"User is not authorized to access this resource with an explicit deny"$/ },
	),
	safeRefusal('users', '400 with success and message', { status: 400, body: { success: false, message: 'page is not a number' } }, '400-REQUEST', /did not accept the request/, '400', configuration, {
		advises: /"page is not a number"$/,
	}),
	safeRefusal('users', '400 with error', { status: 400, body: { error: { message: 'no such searchKey' } } }, '400-REQUEST', /did not accept the request/, '400', configuration, {
		advises: /"no such searchKey"$/,
	}),
	safeRefusal('users', '404', { status: 404, body: { message: 'Not Found' } }, '404-URL', /host of this credential/, '404', configuration, { advises: /"Region" or "Custom Host"/ }),
	...[{ users: [] }, [], { values: null, size: 3 }].map((body) =>
		safeRefusal('users', `200 with ${JSON.stringify(body)}`, { status: 200, body }, 'BODY-SHAPE', /"values" is missing/, '200', configuration, {
			advises: /"Region" or "Custom Host".*members seen: (users|none|values, size)\.$/,
		}),
	),
	safeRefusal('users', '200 with a text', { status: 200, body: '"text"' }, 'BODY-JSON', /not complete JSON/, '200', temporary, { requests: 4 }),

	safeRefusal('request', '400 with success and message', { status: 400, body: { success: false, message: 'days is too large' } }, '400-REQUEST', /did not accept the request/, '400', configuration, {
		advises: /"Days".*"days is too large"$/,
	}),
	safeRefusal('request', '401 with message', { status: 401, body: { message: 'Unauthorized' } }, '401-TOKEN', /bearer token of this credential/, '401', credential, { requests: 2 }),
	safeRefusal('request', '403 with Message', { status: 403, body: { Message: 'explicit deny' } }, '403-ROLE', /does not let this credential in/, '403', credential, { requests: 2 }),
	safeRefusal('request', '404', { status: 404 }, '404-URL', /host of this credential/, '404', configuration),
	safeRefusal('request', '429 with Retry-After', { retryAfter: 9 }, '429-RATE', /fewer requests/, '429', { cause: 'rate-limited', retryAfterMs: 9_000 }),
	safeRefusal('request', '202 without a uuid', { status: 202, body: { success: true, data: {} } }, 'BODY-SHAPE', /data\.uuid is missing/, '202', configuration, { advises: /success, data/ }),
	safeRefusal('request', 'a redirect', { status: 307, headers: { location: 'https://elsewhere.invalid/' } }, 'REDIRECT', /"Region"/, '307', configuration),
	...[500, 502, 503, 504].map((status) => uncertain(`${status}`, { status }, `${status}`, new RegExp(`each request queues another report.*HTTP ${status}`))),
	uncertain('503 with Retry-After', { retryAfter: 3, status: 503 }, '503', /HTTP 503/),
	uncertain('a reset before the answer', { reset: 'before' }, undefined, /SAFE-NET-RESET/),
	uncertain('a reset in the answer', { reset: 'inBody' }, undefined, /SAFE-NET-RESET/),
	uncertain('half an answer', { truncateBody: true }, undefined, /SAFE-NET-RESET/),
	uncertain('malformed JSON', { malformedJson: true }, '202', /SAFE-BODY-JSON/),
	uncertain('a web page', { html: true }, '200', /"Region".*SAFE-BODY-HTML/),
	uncertain('no answer in time', { stall: true }, undefined, /within 60 seconds.*SAFE-NET-TIMEOUT/),

	safeRefusal('look', '400 with another text', { status: 400, body: { success: false, message: 'uuid is malformed' } }, '400-REQUEST', /did not accept the request/, '400', configuration, {
		advises: /"Report UUID".*"uuid is malformed"$/,
	}),
	safeRefusal('look', '401 with message', { status: 401, body: { message: 'Unauthorized' } }, '401-TOKEN', /bearer token of this credential/, '401', credential, { requests: 2 }),
	safeRefusal('look', '403 with Message', { status: 403, body: { Message: 'explicit deny' } }, '403-ROLE', /does not let this credential in/, '403', credential, { requests: 2 }),
	safeRefusal('look', '429', { retryAfter: 4 }, '429-RATE', /fewer requests/, '429', { cause: 'rate-limited', retryAfterMs: 4_000 }, { requests: 4 }),
	safeRefusal('look', '504', { status: 504 }, '5XX-SERVER', /HTTP 504/, '504', temporary, { requests: 4 }),
	safeRefusal('look', '200 with a web page', { html: true }, 'BODY-HTML', /"Region".*web page/, '200', configuration),
	safeRefusal('look', '200 with malformed JSON', { status: 200, body: '{"success":true, , "data":{}}' }, 'BODY-JSON', /not complete JSON/, '200', temporary, { requests: 4 }),
	safeRefusal('look', 'a reset', { reset: 'inBody' }, 'NET-RESET', /closed the connection/, undefined, temporary, { requests: 4 }),
	safeRefusal('look', 'a link that is not https', link('http://storage.example.com/a.csv?X-Amz-Signature=1'), 'LINK-FORM', /not https/, undefined, configuration, { advises: /"Region" or "Custom Host"/ }),
	safeRefusal('look', 'a link that is none', link('/a.csv?X-Amz-Signature=1'), 'LINK-FORM', /not https/, undefined, configuration),
	safeRefusal('look', 'a link to a host that DNS does not know', link('https://storage.invalid/a.csv?X-Amz-Signature=1'), 'LINK-HOST', /storage\.invalid/, undefined, temporary, {
		advises: new RegExp(`firewall.*"Get Export" and UUID ${UUID}`),
	}),

	safeRefusal('download', 'AWS: two ways to sign in', xml(400, 'InvalidArgument', 'Only one auth mechanism allowed'), 'LINK-REFUSED', /storage.*refused it \(HTTP 400\)/, '400', temporary, {
		advises: /"Get Export" and UUID .*"InvalidArgument: Only one auth mechanism allowed"$/,
	}),
	safeRefusal('download', 'AWS: no access', xml(403, 'AccessDenied', 'Access Denied'), 'LINK-REFUSED', /HTTP 403/, '403', temporary),
	safeRefusal('download', 'AWS: a wrong signature', xml(403, 'SignatureDoesNotMatch', 'The request signature we calculated does not match'), 'LINK-REFUSED', /HTTP 403/, '403', temporary),
	safeRefusal('download', 'AWS: no such key', xml(404, 'NoSuchKey', 'The specified key does not exist.'), 'LINK-REFUSED', /HTTP 404/, '404', temporary),
	safeRefusal('download', 'AWS: a link that has expired, twice', xml(403, 'AccessDenied', 'Request has expired'), 'LINK-EXPIRED', /expired, also a second one/, '403', temporary, {
		requests: 2,
		advises: /clock.*"Get Export"/,
	}),
	safeRefusal('download', 'AWS: a token that has expired, twice', xml(400, 'ExpiredToken', 'The provided token has expired.'), 'LINK-EXPIRED', /expired, also a second one/, '400', temporary, { requests: 2 }),
	safeRefusal('download', 'AWS: slow down', xml(503, 'SlowDown', 'Please reduce your request rate.'), '5XX-SERVER', /HTTP 503/, '503', temporary, { requests: 4, advises: /"SlowDown: Please reduce/ }),
	safeRefusal('download', '429', { retryAfter: 1 }, '429-RATE', /fewer requests/, '429', { cause: 'rate-limited', retryAfterMs: 1_000 }, { requests: 4 }),
	safeRefusal('download', 'half a file and a clean end', { truncateBody: true }, 'NET-RESET', /closed the connection/, undefined, temporary, { requests: 4 }),
	safeRefusal('download', 'a reset before the file', { reset: 'before' }, 'NET-RESET', /closed the connection/, undefined, temporary, { requests: 4 }),
	safeRefusal('download', 'a reset in the file', { reset: 'inBody' }, 'NET-RESET', /closed the connection/, undefined, temporary, { requests: 4 }),
	safeRefusal('download', 'no answer in time', { stall: true }, 'LINK-HOST', /127\.0\.0\.1:\d+, could not be reached/, undefined, temporary, { requests: 4 }),
];
