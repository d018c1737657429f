import { gzipSync } from 'node:zlib';

import { fixedClock, type FixedClock } from './clock';
import { startSentinel, type SentinelOptions, type SentinelSimulator } from './sentinel/server';
import { ask } from './testClient';

let clock: FixedClock;
let sentinel: SentinelSimulator;
afterEach(async () => {
	await sentinel.close();
});

async function start(options: SentinelOptions = {}): Promise<void> {
	clock = fixedClock(Date.parse('2026-01-15T10:07:31Z'));
	sentinel = await startSentinel({ clock, ...options });
}

interface Change {
	headers?: Record<string, string>;
	rule?: string;
	stream?: string;
	query?: string;
}

async function ingest(
	body: string | Buffer,
	{ headers, rule, stream, query = '?api-version=2023-01-01' }: Change = {},
) {
	const path = `/dataCollectionRules/${rule ?? sentinel.ruleId}/streams/${stream ?? sentinel.streams[0]}${query}`;
	const sent = {
		'content-type': 'application/json',
		authorization: `Bearer ${sentinel.tokens.issue()}`,
		...headers,
	};
	const {
		status,
		headers: answered,
		text,
	} = await ask(`${sentinel.url}${path}`, { method: 'POST', headers: sent, body });
	return { status, code: answered['x-ms-error-code'], text };
}

async function askToken(change: Record<string, string> = {}, tenant = sentinel.app.tenantId) {
	const { clientId, clientSecret } = sentinel.app;
	const form = {
		grant_type: 'client_credentials',
		client_id: clientId,
		client_secret: clientSecret,
		scope: 'https://monitor.azure.com//.default',
		...change,
	};
	const { status, text } = await ask(`${sentinel.url}/${tenant}/oauth2/v2.0/token`, {
		method: 'POST',
		headers: { 'content-type': 'application/x-www-form-urlencoded' },
		body: new URLSearchParams(form).toString(),
	});
	return { status, answer: JSON.parse(text) as Record<string, unknown> };
}

const ROW = JSON.stringify([{ EventId: 'a' }]);

it.each(['{"EventId":"a"}', '{"records":[{"EventId":"a"}]}', '"text"', 'null', '[]', '[1,"a"]'])(
	'answers 204 to %s, and stores nothing',
	async (body) => {
		await start();
		expect((await ingest(body)).status).toBe(204);
		expect([sentinel.events, sentinel.batches, sentinel.swallowed]).toEqual([[], [], [0]]);
	},
);

it.each<[string, number, string, string, Change]>([
	['no token', 401, 'AuthenticationFailed', ROW, { headers: { authorization: '' } }],
	[
		'a token that nobody issued',
		401,
		'InvalidAuthenticationToken',
		ROW,
		{ headers: { authorization: 'Bearer a.b.c' } },
	],
	['another rule', 404, 'NotFound', ROW, { rule: 'dcr-other' }],
	['another stream', 400, 'InvalidStream', ROW, { stream: 'Custom-Other_CL' }],
	['no api-version', 400, 'MissingApiVersionParameter', ROW, { query: '' }],
	['another api-version', 400, 'UnsupportedApiVersionValue', ROW, { query: '?api-version=2020-01-01' }],
	['broken JSON', 400, 'InvalidPayload', '[{', {}],
	['another content type', 415, 'UnsupportedMediaType', ROW, { headers: { 'content-type': 'text/plain' } }],
])('refuses %s with %i %s', async (_, status, code, body, change) => {
	await start();
	const reply = await ingest(body, change);
	expect(reply).toMatchObject({ status, code });
	expect(JSON.parse(reply.text)).toMatchObject({ error: { code } });
	expect([sentinel.events, sentinel.swallowed]).toEqual([[], []]);
});

it('refuses more than 1 MB, packed or unpacked, and takes 1 MB', async () => {
	await start();
	const body = (bytes: number) => `[{"EventId":"a"}${' '.repeat(bytes - 17)}]`;
	expect(await ingest(body(1_048_577))).toMatchObject({ status: 413, code: 'ContentLengthLimitExceeded' });
	const gzip = { headers: { 'content-encoding': 'gzip' } };
	expect(await ingest(gzipSync(body(1_048_577)), gzip)).toMatchObject({
		status: 413,
		code: 'ContentLengthLimitExceeded',
	});
	expect((await ingest(gzipSync(body(1_048_576)), gzip)).status).toBe(204);
	expect(sentinel.batches.map(({ plainBytes }) => plainBytes)).toEqual([1_048_576]);
});

it('cuts long values, says 204, and shows the test which', async () => {
	await start();
	await ingest(JSON.stringify([{ EventId: 'a', Raw: 'x'.repeat(40_000), Short: 'y' }]));
	const { cut, row } = sentinel.events[0].event;
	expect([cut, String(row.Raw).length, row.Short]).toEqual([['Raw'], 32_768, 'y']);
});

it('issues a token that opens the stream until it expires', async () => {
	await start({ tokenLifetimeSec: 100 });
	const { status, answer } = await askToken();
	expect(answer).toMatchObject({
		token_type: 'Bearer',
		expires_in: 100,
		access_token: expect.any(String) as string,
	});
	const headers = { authorization: `Bearer ${String(answer.access_token)}` };
	expect([status, (await ingest(ROW, { headers })).status]).toEqual([200, 204]);
	clock.advance(100_000);
	expect(await ingest(ROW, { headers })).toMatchObject({ status: 401, code: 'ExpiredAuthenticationToken' });
});

it('issues a token for another audience too, which the stream refuses', async () => {
	await start();
	const { answer } = await askToken({ scope: 'https://management.azure.com/.default' });
	const headers = { authorization: `Bearer ${String(answer.access_token)}` };
	expect(await ingest(ROW, { headers })).toMatchObject({
		status: 403,
		code: 'InvalidAuthenticationTokenAudience',
	});
});

it.each<[string, number, string, number, Record<string, string>, string | undefined]>([
	['a wrong secret', 401, 'invalid_client', 7000215, { client_secret: 'wrong' }, undefined],
	['no secret', 401, 'invalid_client', 7000216, { client_secret: '' }, undefined],
	['an unknown app', 400, 'unauthorized_client', 700016, { client_id: 'other' }, undefined],
	['an unknown tenant', 400, 'invalid_request', 90002, {}, 'other'],
	['another grant', 400, 'unsupported_grant_type', 70003, { grant_type: 'password' }, undefined],
	[
		'a scope without /.default',
		400,
		'invalid_scope',
		1002012,
		{ scope: 'https://monitor.azure.com/' },
		undefined,
	],
])('issues no token for %s: %i %s AADSTS%i', async (_, status, error, code, change, tenant) => {
	await start();
	const reply = await askToken(change, tenant);
	expect(reply).toMatchObject({ status, answer: { error, error_codes: [code] } });
	expect(reply.answer.error_description).toContain(`AADSTS${code}: `);
	expect(sentinel.tokens.issued()).toBe(0);
});
