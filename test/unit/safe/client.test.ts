import { createSafeClient } from '../../../nodes/shared/safe/client';
import { safeFailure } from '../../../nodes/shared/safe/failures';
import { answer, broken, type Scripted, scriptedSend } from '../answers';
import { fakeClock, START_MS } from '../clock';
import { failureOf, shownText, thrownBy } from '../failures';
import { rawFixture } from '../fixtures';

const ORIGIN = 'https://us.safeone.ai';
const UUID = '1eebc0b2-b019-42b3-8132-c15c5926b21e';
const PAGE = '<!DOCTYPE html><html>Sign in</html>';
const LINK = 'https://storage.example.com/audit.csv?X-Amz-Signature=0123456789abcdef';

function safe(...answers: Scripted[]) {
	const server = scriptedSend(...answers);
	const waiting = fakeClock();
	return {
		...server,
		pauses: waiting.pauses,
		client: createSafeClient({ origin: ORIGIN, send: server.send, waiting }),
	};
}

describe('requesting a report', () => {
	it('sends the documented body once and gives the uuid', async () => {
		const { client, requests } = safe(answer(202, rawFixture('safe/report-queued.raw.json')));
		await expect(client.requestReport(7)).resolves.toBe(UUID);
		expect(requests).toEqual([
			{
				method: 'POST',
				url: `${ORIGIN}/api/v3/reports`,
				headers: { accept: 'application/json' },
				json: { type: 'AUDIT_LOGS', format: 'csv', reportMeta: { days: 7 } },
				timeoutMs: 60_000,
			},
		]);
	});

	it.each([200, 299])('takes the uuid of an answer with status %i', async (status) => {
		await expect(safe(answer(status, rawFixture('safe/report-queued.raw.json'))).client.requestReport(7)).resolves.toBe(UUID);
	});

	const certain: Array<[string, Scripted, string]> = [
		['400', answer(400, { message: 'days' }), 'SAFE-400-REQUEST'],
		['401', answer(401, rawFixture('safe/report-refused-401.raw.json')), 'SAFE-401-TOKEN'],
		['403', answer(403, rawFixture('safe/users-refused-403.raw.json')), 'SAFE-403-ROLE'],
		['404', answer(404), 'SAFE-404-URL'],
		['409', answer(409), 'SAFE-4XX-REQUEST'],
		['429', answer(429, '', { 'retry-after': '1' }), 'SAFE-429-RATE'],
		['a redirect', answer(307, '', { location: 'https://other.example.com' }), 'SAFE-REDIRECT'],
		['a connection that was refused', broken('refused', 'ECONNREFUSED'), 'SAFE-NET-REFUSED'],
		['an unknown host', broken('dns', 'ENOTFOUND'), 'SAFE-NET-HOST'],
		['a certificate that is not trusted', broken('tls', 'CERT_HAS_EXPIRED'), 'SAFE-NET-TLS'],
		['a host that n8n does not allow', broken('blocked', 'host not allowed'), 'SAFE-NET-BLOCKED'],
		['an answer without a uuid', answer(202, { success: true, data: {} }), 'SAFE-BODY-SHAPE'],
	];

	it.each(certain)('ends with what SAFE said, after one request: %s', async (_label, scripted, code) => {
		const { client, requests, pauses } = safe(scripted, scripted);
		expect(await failureOf(async () => await client.requestReport(1))).toMatchObject({ code });
		expect({ requests: requests.length, pauses }).toEqual({ requests: 1, pauses: [] });
	});

	const uncertain: Array<[string, Scripted, string]> = [
		['a time-out', broken('timeout', 'ETIMEDOUT'), 'SAFE-NET-TIMEOUT'],
		['a connection that was reset', broken('reset'), 'SAFE-NET-RESET'],
		['an answer that was cut off', broken('truncated', '3 of 20 bytes'), 'SAFE-NET-RESET'],
		['an answer without end', broken('too-large', '64 MiB'), 'SAFE-BODY-SIZE'],
		['a cancelled execution', broken('cancelled', 'ERR_CANCELED'), 'SAFE-CANCELLED'],
		['an unknown cause', broken('other', 'E_ODD'), 'SAFE-NET-OTHER'],
		['500', answer(500, { message: 'oops' }), 'SAFE-5XX-SERVER'],
		['502 with a web page', answer(502, PAGE), 'SAFE-5XX-SERVER'],
		['503', answer(503), 'SAFE-5XX-SERVER'],
		['504', answer(504), 'SAFE-5XX-SERVER'],
		['202 with half of the JSON', answer(202, '{"success":true,"data":{"uu'), 'SAFE-BODY-JSON'],
		['200 with a web page', answer(200, PAGE), 'SAFE-BODY-HTML'],
		['202 with nothing', answer(202), 'SAFE-BODY-JSON'],
	];

	it.each(uncertain)(
		'says that the outcome is not known, and sends nothing more: %s',
		async (_label, scripted, why) => {
			const { client, requests, pauses } = safe(scripted, scripted);
			const failure = await failureOf(async () => await client.requestReport(1));
			expect(failure.message).toBe(
				'It is not known whether SAFE took the request for a report (SAFE-REPORT-UNCERTAIN)',
			);
			expect(failure.advice).toContain('It was not repeated, because each request queues another report.');
			expect(failure.advice).toContain(why);
			expect(failure.retryable).toBe(false);
			expect({ requests: requests.length, pauses }).toEqual({ requests: 1, pauses: [] });
		},
	);

	it('keeps what the sign-in before it ended with, since nothing was queued then', async () => {
		const own = safeFailure('SAFE-401-PASSWORD');
		const client = createSafeClient({
			origin: ORIGIN,
			send: async () => await Promise.reject(own),
			waiting: fakeClock(),
		});
		expect(await thrownBy(async () => await client.requestReport(1))).toBe(own);
	});
});

describe('asking where a report stands', () => {
	it('finds the link', async () => {
		const { client, requests } = safe(answer(200, rawFixture('safe/report-ready.raw.json')));
		await expect(client.reportState(UUID)).resolves.toEqual({ ready: true, link: LINK });
		expect(requests).toMatchObject([{ method: 'GET', url: `${ORIGIN}/api/v3/reports/${UUID}`, headers: { accept: 'application/json' } }]);
		expect(requests[0].json).toBeUndefined();
	});

	it('keeps a uuid inside its place in the path', async () => {
		const { client, requests } = safe(answer(404));
		await client.reportState('../users?x=1#');
		expect(requests[0].url).toBe(`${ORIGIN}/api/v3/reports/..%2Fusers%3Fx%3D1%23`);
	});

	it.each<[string, Scripted]>([
		['400 "Report not found"', answer(400, rawFixture('safe/report-not-found-400.raw.json'))],
		['400 in other letters', answer(400, { message: 'REPORT NOT FOUND' })],
		['404', answer(404)],
		['202', answer(202, rawFixture('safe/report-queued.raw.json'))],
		['202 without a body', answer(202)],
		['200 without a link', answer(200, { success: true, data: {} })],
		['200 with an empty link', answer(200, { data: { preSignedUrl: '' } })],
		['200 with a link that is no text', answer(200, { data: { preSignedUrl: {} } })],
		['200 without data', answer(200, { success: true, data: null })],
	])('takes %s for a report that is not ready', async (_label, scripted) => {
		await expect(safe(scripted).client.reportState(UUID)).resolves.toMatchObject({ ready: false });
	});

	it.each<[string, Scripted, string, boolean]>([
		['400 with another sentence', answer(400, { message: 'invalid uuid' }), 'SAFE-400-REQUEST', false],
		['401', answer(401, rawFixture('safe/report-refused-401.raw.json')), 'SAFE-401-TOKEN', false],
		['403', answer(403, rawFixture('safe/users-refused-403.raw.json')), 'SAFE-403-ROLE', false],
		['410', answer(410), 'SAFE-4XX-REQUEST', false],
		['a redirect', answer(302), 'SAFE-REDIRECT', false],
		['429', answer(429), 'SAFE-429-RATE', true],
		['500', answer(500), 'SAFE-5XX-SERVER', true],
		['a lost connection', broken('reset'), 'SAFE-NET-RESET', true],
		['a web page', answer(200, PAGE), 'SAFE-BODY-HTML', false],
		['half of the JSON', answer(200, '{"success":tr'), 'SAFE-BODY-JSON', true],
	])('is refused by %s', async (_label, scripted, code, retryable) => {
		const { client, requests } = safe(scripted);
		const failure = await failureOf(async () => await client.reportState(UUID));
		expect(failure).toMatchObject({ code, retryable });
		expect(requests).toHaveLength(1);
	});

	it('never shows the signature of a link in an answer that is cut off', async () => {
		const whole = rawFixture('safe/report-ready.raw.json').trim();
		for (let end = 1; end < whole.length; end++) {
			const failure = await failureOf(
				async () => await safe(answer(200, whole.slice(0, end))).client.reportState(UUID),
			);
			expect(shownText(failure)).not.toContain('012345');
		}
	});
});

describe('a page of users', () => {
	const page = rawFixture('safe/users.raw.json');

	it('is asked for by number and length', async () => {
		const { client, requests } = safe(answer(200, page));
		await expect(client.userPage(2, 100, 'a b+c')).resolves.toMatchObject({ size: 1, namesNext: true });
		expect(requests).toMatchObject([
			{ method: 'GET', url: `${ORIGIN}/api/v3/users?page=2&pagelen=100&searchKey=a%20b%2Bc` },
		]);
	});

	it.each([429, 500, 503])('is asked for again after %s', async (status) => {
		const { client, requests, pauses } = safe(
			answer(status, '', { 'retry-after': '5' }),
			broken('reset'),
			answer(200, page),
		);
		await client.userPage(1, 100);
		expect(requests).toHaveLength(3);
		expect(pauses).toEqual([5_000, 2_000]);
	});

	it.each<[string, Scripted, string, string | undefined]>([
		[
			'401',
			answer(401, rawFixture('safe/users-refused-401.raw.json')),
			'SAFE-401-TOKEN',
			'invalid authorization header!',
		],
		[
			'403',
			answer(403, rawFixture('safe/users-refused-403.raw.json')),
			'SAFE-403-ROLE',
			'User is not authorized to access this resource with an explicit deny',
		],
		['403 with a web page', answer(403, PAGE), 'SAFE-BODY-HTML', undefined],
		['404', answer(404), 'SAFE-404-URL', undefined],
		['200 with another shape', answer(200, { data: [] }), 'SAFE-BODY-SHAPE', undefined],
	])('is refused by %s, with its sentence', async (_label, scripted, code, vendorMessage) => {
		const { client, requests } = safe(scripted);
		const failure = await failureOf(async () => await client.userPage(1, 100));
		expect(failure).toMatchObject({ code });
		expect(failure.details.vendorMessage).toBe(vendorMessage);
		expect(requests).toHaveLength(1);
	});
});

it('a date in Retry-After is counted from the clock that was given', async () => {
	const { client } = safe(answer(429, '', { 'retry-after': new Date(START_MS + 90_000).toUTCString() }));
	expect((await failureOf(async () => await client.reportState(UUID))).details.retryAfterMs).toBe(90_000);
});
