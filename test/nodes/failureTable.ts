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
