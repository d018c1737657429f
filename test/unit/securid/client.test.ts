import type { Failure } from '../../../nodes/shared/core/failure';
import { TransportError } from '../../../nodes/shared/core/http';
import { Pace } from '../../../nodes/shared/core/pace';
import { createSecurIdClient, refusal } from '../../../nodes/shared/securid/client';
import captureVendor from '../../fixtures/securid/capture-shape.vendor.json';
import seedVendor from '../../fixtures/securid/seed-example.vendor.json';
import { answer, broken, type Scripted, scriptedSend } from '../answers';
import { fakeClock, START_MS } from '../clock';
import { failureOf, shownText, thrownBy } from '../failures';
import { rawFixture } from '../fixtures';

const BASE_URL = 'https://example.access.securid.com/AdminInterface/restapi';
const REQUEST = { afterMs: START_MS, untilMs: START_MS + 3_600_000, pageIndex: 0, pageSize: 100 };
const EMPTY_PAGE = { totalPages: 0, totalElements: 0, pageSize: 100, elements: [] };

function client(...answers: Scripted[]) {
	const server = scriptedSend(...answers);
	const waiting = fakeClock();
	const retries: Array<{ failure: Failure; pauseMs: number }> = [];
	const { logPage } = createSecurIdClient({
		baseUrl: BASE_URL,
		send: server.send,
		waiting,
		onRetry: (failure, pauseMs) => retries.push({ failure, pauseMs }),
	});
	return { ...server, logPage, pauses: waiting.pauses, retries };
}

describe('a request', () => {
	it('names both bounds in UTC, the page from zero and the page size', async () => {
		const { logPage, requests } = client(answer(200, EMPTY_PAGE));
		await logPage({ ...REQUEST, pageIndex: 3, pageSize: 50 });
		expect(requests).toEqual([
			{
				method: 'GET',
				url: `${BASE_URL}/v1/adminlog/exportlogs?startTimeAfter=2026-01-31T08%3A00%3A00.000Z&endTimeOnOrBefore=2026-01-31T09%3A00%3A00.000Z&pageNumber=3&pageSize=50`,
				headers: { accept: 'application/json' },
				timeoutMs: 60_000,
			},
		]);
	});

	it('brings recorded ids beyond 2^53 digit for digit', async () => {
		const { logPage } = client(answer(200, rawFixture('securid/capture-shape.raw.json')));
		await expect(logPage(REQUEST)).resolves.toMatchObject({ events: captureVendor });
	});

	it("brings the vendor's example as the vendor's records", async () => {
		const { logPage } = client(answer(200, rawFixture('securid/seed-example.raw.json')));
		await expect(logPage(REQUEST)).resolves.toMatchObject({ events: seedVendor, totalElements: 2 });
	});
});

const forbidden = (message: string) => ({
	timestamp: 1749938869908,
	status: 403,
	error: 'Forbidden',
	message,
	path: '/AdminInterface/restapi/v1/x',
});
const PAGE = '<!DOCTYPE html><html><title>Console</title></html>';

/** Refusals of the reference's tables: status, body, headers; code; whether another try can help. */
const REFUSALS: Array<[string, Scripted, string, boolean]> = [
	[
		'400',
		answer(400, { code: '400 BAD_REQUEST', description: 'bad startTimeAfter' }),
		'SECURID-400-REQUEST',
		false,
	],
	['400 without a body', answer(400), 'SECURID-400-REQUEST', false],
	['401', answer(401, { error: 'invalid_token', error_description: 'bad' }), 'SECURID-401-TOKEN', false],
	[
		'403, expired token',
		answer(403, forbidden('Expired Access Token is not allowed')),
		'SECURID-403-CLOCK',
		false,
	],
	[
		'403, unknown access ID',
		answer(403, forbidden('Unknown Access Id 139f6495')),
		'SECURID-403-ACCESS-ID',
		false,
	],
	['403, wrong audience', answer(403, forbidden('Invalid audience in token')), 'SECURID-403-AUDIENCE', false],
	[
		'403, any other sentence',
		answer(403, forbidden('Server failed to process provided access token')),
		'SECURID-403-KEY',
		false,
	],
	['403 without a body', answer(403), 'SECURID-403-KEY', false],
	['404', answer(404, { code: '404 NOT_FOUND', description: 'no such path' }), 'SECURID-404-URL', false],
	['405', answer(405), 'SECURID-4XX-REQUEST', false],
	['a redirect', answer(302, '', { location: 'https://other.example.com/' }), 'SECURID-REDIRECT', false],
	['429', answer(429), 'SECURID-429-RATE', true],
	[
		'500',
		answer(500, { code: '500 INTERNAL_SERVER_ERROR', description: 'oops' }),
		'SECURID-5XX-SERVER',
		true,
	],
	['502 with a web page', answer(502, PAGE), 'SECURID-5XX-SERVER', true],
	['503', answer(503), 'SECURID-5XX-SERVER', true],
	['504', answer(504), 'SECURID-5XX-SERVER', true],
	['a connection that was reset', broken('reset'), 'SECURID-NET-RESET', true],
	['a connection that was refused', broken('refused', 'ECONNREFUSED'), 'SECURID-NET-REFUSED', true],
	['a time-out', broken('timeout', 'ETIMEDOUT'), 'SECURID-NET-TIMEOUT', true],
	['an unknown host', broken('dns', 'ENOTFOUND'), 'SECURID-NET-HOST', true],
	['a certificate that is not trusted', broken('tls', 'CERT_HAS_EXPIRED'), 'SECURID-NET-TLS', false],
	['an answer without end', broken('too-large', '64 MiB'), 'SECURID-BODY-SIZE', false],
	['a cancelled execution', broken('cancelled', 'ERR_CANCELED'), 'SECURID-CANCELLED', false],
	['200 with a web page', answer(200, PAGE), 'SECURID-BODY-HTML', false],
	['404 with a web page', answer(404, PAGE), 'SECURID-BODY-HTML', false],
	[
		'200 with half of the JSON',
		answer(200, rawFixture('securid/seed-example.raw.json').slice(0, 900)),
		'SECURID-BODY-JSON',
		true,
	],
	['200 with nothing', answer(200), 'SECURID-BODY-JSON', true],
	['200 with plain text', answer(200, 'OK'), 'SECURID-BODY-JSON', true],
	[
		'200 with JSON of another shape',
		answer(200, { userEventLogExportEntries: [], totalPages: 1 }),
		'SECURID-BODY-SHAPE',
		false,
	],
	['200 with null', answer(200, 'null'), 'SECURID-BODY-SHAPE', false],
	['200 with a list', answer(200, []), 'SECURID-BODY-SHAPE', false],
];

describe('an answer that brings no events', () => {
	it.each(REFUSALS)('is named: %s', async (_label, scripted, code, retryable) => {
		const { logPage, requests } = client(scripted, scripted, scripted, scripted);
		const failure = await failureOf(async () => await logPage(REQUEST));
		expect(failure).toMatchObject({ code, retryable });
		expect(requests).toHaveLength(retryable ? 4 : 1);
		expect(`${failure.message} ${failure.advice}`).not.toMatch(/\{\w+\}/);
	});

	it.each(REFUSALS.filter(([, , , retryable]) => retryable))(
		'is forgotten once another try succeeds: %s',
		async (_label, scripted) => {
			const { logPage, requests, retries } = client(scripted, answer(200, EMPTY_PAGE));
			await expect(logPage(REQUEST)).resolves.toMatchObject({ events: [] });
			expect(requests[1]).toEqual(requests[0]);
			expect(retries).toHaveLength(1);
		},
	);

	it("keeps the vendor's sentence", async () => {
		const { logPage } = client(answer(403, forbidden('Server failed to process provided access token')));
		const failure = await failureOf(async () => await logPage(REQUEST));
		expect(failure.details).toMatchObject({
			status: 403,
			vendorMessage: 'Server failed to process provided access token',
		});
		expect(failure.advice).toContain('The answer was: "Server failed to process provided access token"');
	});

	it('shows what was sent when the parameters were refused', async () => {
		const { logPage } = client(answer(400));
		const { advice } = await failureOf(async () => await logPage({ ...REQUEST, pageIndex: 2 }));
		expect(advice).toContain('"startTimeAfter":"2026-01-31T08:00:00.000Z"');
		expect(advice).toContain('"pageNumber":2');
	});

	it('names the members of an unknown shape and none of their values', async () => {
		const { logPage } = client(answer(200, { records: ['secret value'], next: 'secret value' }));
		const failure = await failureOf(async () => await logPage(REQUEST));
		expect(failure.advice).toContain('records, next');
		expect(shownText(failure)).not.toContain('secret value');
	});

	it('of an unknown shape names ten of its members at most', async () => {
		const { logPage } = client(answer(200, Object.fromEntries(Array.from({ length: 11 }, (_none, at) => [`m${at}`, at]))));
		expect((await failureOf(async () => await logPage(REQUEST))).details.values).toEqual({ detail: 'm0, m1, m2, m3, m4, m5, m6, m7, m8, m9' });
	});

	it.each<[string, string | undefined]>([
		['Service is starting', 'Service is starting'],
		['', undefined],
	])('shows how the text %j began, which is no JSON: %s', async (text, vendorMessage) => {
		const { logPage } = client(...Array.from({ length: 4 }, () => answer(200, text)));
		expect((await failureOf(async () => await logPage(REQUEST))).details.vendorMessage).toBe(vendorMessage);
	});

	it.each([
		[201, 'SECURID-4XX-REQUEST'],
		[204, 'SECURID-4XX-REQUEST'],
		[300, 'SECURID-REDIRECT'],
		[399, 'SECURID-REDIRECT'],
	])('with status %i is no redirect unless it is one: %s', (status, code) => {
		expect(refusal(answer(status), START_MS).code).toBe(code);
	});

	it('is never a token, whatever the vendor echoes', async () => {
		const token = 'eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMzlmNjQ5NSJ9.c2lnbmF0dXJl';
		for (const status of [200, 400, 401, 403, 404, 429, 500]) {
			for (const body of [
				{ message: `Token ${token} is bad` },
				`Bearer ${token}`,
				`${'x'.repeat(170)} ${token}`,
			]) {
				const failure = refusal(answer(status, body), START_MS);
				expect(shownText(failure)).not.toMatch(/eyJ0|c2lnbm/);
			}
		}
	});
});

describe('waiting', () => {
	it.each([
		[429, '7', 7_000],
		[503, '7', 7_000],
		[503, 'Sat, 31 Jan 2026 08:00:30 GMT', 30_000],
		[429, 'soon', 1_000],
		[500, undefined, 1_000],
	])('after %s with Retry-After %s lasts %s ms', async (status, value, pauseMs) => {
		const { logPage, pauses, retries } = client(
			answer(status, '', value ? { 'retry-after': value } : {}),
			answer(200, EMPTY_PAGE),
		);
		await logPage(REQUEST);
		expect(pauses).toEqual([pauseMs]);
		expect(retries).toMatchObject([{ pauseMs, failure: { details: { status } } }]);
	});

	it('ends at once, with the number of seconds, when more than a minute is asked for', async () => {
		const { logPage, requests, pauses } = client(answer(429, '', { 'retry-after': '3600' }));
		const failure = await failureOf(async () => await logPage(REQUEST));
		expect(failure.advice).toContain('It asked to wait 3600 seconds.');
		expect({ requests: requests.length, pauses }).toEqual({ requests: 1, pauses: [] });
	});
});

it.each([
	[429, 2],
	[503, 2],
	[500, 4],
])('after %i so many pages are asked for at once: %i of four', async (status, allowed) => {
	const waiting = fakeClock();
	const pace = new Pace(4, waiting.sleep);
	const { send } = scriptedSend(answer(status), answer(200, EMPTY_PAGE));
	await createSecurIdClient({ baseUrl: BASE_URL, send, waiting, pace }).logPage(REQUEST);
	expect(pace.allowed()).toBe(allowed);
});

describe('a clock that differs from that of SecurID', () => {
	const late = { date: new Date(START_MS + 600_000).toUTCString() };

	it('is told once, and a later answer without a date or with the right one takes nothing back', async () => {
		const told: unknown[] = [];
		const { send } = scriptedSend(answer(200, EMPTY_PAGE, late), answer(200, EMPTY_PAGE), answer(200, EMPTY_PAGE, { date: new Date(START_MS).toUTCString() }));
		const { logPage } = createSecurIdClient({ baseUrl: BASE_URL, send, waiting: fakeClock(), onClock: (off) => told.push(off) });
		for (const pageIndex of [0, 1, 2]) await logPage({ ...REQUEST, pageIndex });
		expect(told).toStrictEqual(['10 minutes behind']);
	});

	it('does not keep a page from a caller who does not ask about it', async () => {
		await expect(client(answer(200, EMPTY_PAGE, late)).logPage(REQUEST)).resolves.toMatchObject({ events: [] });
	});
});

it('a page that nobody waits for any more is not tried again', async () => {
	const { logPage, requests, pauses } = client(answer(503), answer(200, EMPTY_PAGE));
	await thrownBy(async () => await logPage(REQUEST, () => pauses.length === 0));
	expect(requests).toHaveLength(1);
});

it('what a credential refused while it signed stays that failure', async () => {
	const own = refusal(answer(401), START_MS);
	const { logPage } = createSecurIdClient({
		baseUrl: BASE_URL,
		send: async () => await Promise.reject(new Error('n8n', { cause: own })),
		waiting: fakeClock(),
	});
	expect(await thrownBy(async () => await logPage(REQUEST))).toBe(own);
	expect(own).not.toBeInstanceOf(TransportError);
});
