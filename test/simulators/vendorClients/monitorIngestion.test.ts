import { LogsIngestionClient, isAggregateLogsUploadError } from '@azure/monitor-ingestion';

import { fixedClock } from '../clock';
import { startSentinel, type SentinelOptions, type SentinelSimulator } from '../sentinel/server';
import { ask } from '../testClient';

const clock = fixedClock(Date.parse('2026-01-15T10:07:31Z'));
let sentinel: SentinelSimulator;
afterEach(async () => {
	await sentinel.close();
});

/**
 * Microsoft's client on the fake. It sends bearer tokens to https addresses only, so it is given one, and the address is
 * changed after it has signed the request.
 */
async function start(
	options: SentinelOptions = {},
	token?: () => Promise<string>,
): Promise<LogsIngestionClient> {
	sentinel = await startSentinel({ clock, ...options });
	const getToken = async () => ({
		token: await (token ?? fetchToken)(),
		expiresOnTimestamp: Date.now() + 3_600_000,
	});
	const endpoint = 'https://fake-dce.ingest.monitor.azure.example';
	const client = new LogsIngestionClient(endpoint, { getToken }, { retryOptions: { maxRetries: 0 } });
	client.pipeline.addPolicy(
		{
			name: 'toTheFake',
			sendRequest: async (request, next) => {
				request.url = request.url.replace(endpoint, sentinel.endpoint);
				request.allowInsecureConnection = true;
				return await next(request);
			},
		},
		{ phase: 'Sign', afterPolicies: ['bearerTokenAuthenticationPolicy'] },
	);
	return client;
}

async function fetchToken(): Promise<string> {
	const { clientId, clientSecret } = sentinel.app;
	const scope = 'https://monitor.azure.com/.default';
	const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret, scope };
	const reply = await ask(sentinel.tokenUrl, {
		method: 'POST',
		headers: { 'content-type': 'application/x-www-form-urlencoded' },
		body: new URLSearchParams(form).toString(),
	});
	return (JSON.parse(reply.text) as { access_token: string }).access_token;
}

/** Uploads rows; out: null, or status and code of every part that Microsoft's client reports as failed. */
async function upload(
	client: LogsIngestionClient,
	rows: Array<Record<string, unknown>>,
	stream = sentinel.streams[0],
) {
	try {
		await client.upload(sentinel.ruleId, stream, rows);
		return null;
	} catch (error) {
		if (!isAggregateLogsUploadError(error)) throw error;
		return error.errors.map(({ cause }) => {
			const { statusCode, code } = cause as Error & { statusCode?: number; code?: string };
			return [statusCode, code];
		});
	}
}

const rows = (...ids: string[]) => ids.map((EventId) => ({ TimeGenerated: '2026-01-15T10:00:00Z', EventId }));

it("takes what Microsoft's client sends, compressed, with a token from the token endpoint", async () => {
	const client = await start();
	expect(await upload(client, rows('a', 'b'))).toBeNull();
	expect(sentinel.ids()).toEqual(['a', 'b']);
	expect(sentinel.events[0].event).toEqual({ row: rows('a')[0], cut: [] });
	expect(sentinel.batches[0].headers['content-encoding']).toBe('gzip');
	expect(sentinel.tokens.issued()).toBe(1);
});

it("takes each part into which Microsoft's client splits more than 1 MB", async () => {
	const client = await start();
	const long = rows('a', 'b', 'c').map((row) => ({
		...row,
		One: 'x'.repeat(30_000),
		Many: Array<string>(20).fill('y'.repeat(1_000)),
	}));
	const many = Array.from({ length: 45 }, (_, at) => ({ ...long[0], EventId: String(at) }));
	expect(await upload(client, many)).toBeNull();
	expect(sentinel.batches.length).toBeGreaterThan(1);
	expect(sentinel.ids()).toHaveLength(45);
});

it.each<[string, number, string, SentinelOptions]>([
	['a rule without the role', 403, 'OperationFailed', { withoutRole: true }],
	['a body over the limit', 413, 'ContentLengthLimitExceeded', { maxBytes: 60 }],
	['too many events', 413, 'ContentLengthLimitExceeded', { maxEvents: 1 }],
	['a poison event', 400, 'InvalidPayload', { poison: ['b'] }],
	['throttling', 429, 'RateLimitExceeded', { faults: [{ on: { path: /streams/ }, do: { retryAfter: 1 } }] }],
])("tells Microsoft's client of %s by %i %s", async (_, status, code, options) => {
	const client = await start(options);
	expect(await upload(client, rows('a', 'b'))).toEqual([[status, code]]);
	expect(sentinel.events).toEqual([]);
});

it("tells Microsoft's client of an unknown stream", async () => {
	const client = await start();
	expect(await upload(client, rows('a'), 'Custom-Other_CL')).toEqual([[400, 'InvalidStream']]);
});

it("tells Microsoft's client of a token for another audience, an expired and an unknown one", async () => {
	const wrong = await start(
		{},
		async () => await Promise.resolve(sentinel.tokens.issue('https://management.azure.com')),
	);
	expect(await upload(wrong, rows('a'))).toEqual([[403, 'InvalidAuthenticationTokenAudience']]);
	await sentinel.close();
	const expired = await start({ tokenLifetimeSec: 0 });
	expect(await upload(expired, rows('a'))).toEqual([[401, 'ExpiredAuthenticationToken']]);
	await sentinel.close();
	const unknown = await start({}, async () => await Promise.resolve('a.b.c'));
	expect(await upload(unknown, rows('a'))).toEqual([[401, 'InvalidAuthenticationToken']]);
	expect(sentinel.events).toEqual([]);
});
