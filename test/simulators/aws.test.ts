import type { AwsKey } from './aws/signature';
import { startCloudWatchLogs, type CloudWatchLogsSimulator } from './aws/cloudWatchLogs';
import { startSts, type StsSimulator } from './aws/sts';
import { fixedClock, type FixedClock } from './clock';
import { ask, type Reply } from './testClient';

// aws4 ships no type declarations.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const { sign } = require('aws4') as { sign: (request: object, key: object) => { headers: Record<string, string>; path: string } };

const NOW = Date.parse('2026-01-15T10:00:00Z');
const MINUTE_MS = 60_000;

let clock: FixedClock;
let sts: StsSimulator;
let logs: CloudWatchLogsSimulator;

beforeEach(async () => {
	clock = fixedClock(NOW);
	sts = await startSts({ clock });
	logs = await startCloudWatchLogs({ clock, keyOf: sts.keyOf });
});

afterEach(async () => {
	await Promise.all([sts.close(), logs.close()]);
});

interface Signing {
	key?: AwsKey;
	region?: string;
	service?: string;
	atMs?: number;
	/** What is sent instead of what was signed. */
	body?: string;
	headers?: Record<string, string>;
}

async function send(server: { url: string }, service: string, body: string, headers: Record<string, string>, how: Signing): Promise<Reply> {
	const key = how.key ?? sts.key;
	const stamp = new Date(how.atMs ?? clock.now()).toISOString().replace(/[-:]|\.\d{3}/g, '');
	const host = `${service}.us-east-1.amazonaws.com`;
	const signed = sign({ host, path: '/', method: 'POST', body, headers: { ...headers, 'X-Amz-Date': stamp }, service: how.service ?? service, region: how.region ?? 'us-east-1' }, key);
	return await ask(server.url, { method: 'POST', body: how.body ?? body, headers: { ...signed.headers, ...how.headers } });
}

const ROLE = 'Action=AssumeRole&Version=2011-06-15&RoleSessionName=s&RoleArn=arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Ffake-byoa-reader';
const assume = async (how: Signing = {}, form = `${ROLE}&ExternalId=fake-external-id`) => await send(sts, 'sts', form, { 'content-type': 'application/x-www-form-urlencoded' }, how);

const JSON_1_1 = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'Logs_20140328.FilterLogEvents' };

interface Page {
	events: Array<{ eventId: string; timestamp: number; message: string }>;
	nextToken?: string;
	__type?: string;
	message?: string;
}

async function filter(input: object = {}, how: Signing = {}, headers: Record<string, string> = JSON_1_1): Promise<Page & { status: number }> {
	const reply = await send(logs, 'logs', JSON.stringify({ logGroupName: logs.logGroup, ...input }), headers, how);
	return { ...(JSON.parse(reply.text) as Page), status: reply.status };
}

async function session(): Promise<AwsKey> {
	expect((await assume()).status).toBe(200);
	return sts.sessions.at(-1) as AwsKey;
}

it('gives a session to who holds the key, trusts and external id of the role', async () => {
	const reply = await assume();
	const { accessKeyId, sessionToken } = sts.sessions[0];
	expect(reply.text).toContain(`<AccessKeyId>${accessKeyId}</AccessKeyId>`);
	expect(reply.text).toContain(`<SessionToken>${sessionToken}</SessionToken>`);
	expect(reply.text).toContain('<Expiration>2026-01-15T11:00:00.000Z</Expiration>');
});

it('lets a session read the log and nobody without one', async () => {
	logs.addEvents({ atMs: NOW - MINUTE_MS, message: 'hello' });
	expect((await filter({}, { key: await session() })).events.map(({ message }) => message)).toEqual(['hello']);
	const reply = await ask(logs.url, { method: 'POST', body: '{}', headers: JSON_1_1 });
	expect([reply.status, reply.text]).toEqual([400, expect.stringContaining('MissingAuthenticationTokenException')]);
});

it.each<[string, () => Signing, number, string]>([
	['a wrong secret', () => ({ key: { ...sts.key, secretAccessKey: 'x' } }), 403, 'SignatureDoesNotMatch'],
	['an unknown key', () => ({ key: { ...sts.key, accessKeyId: 'AKIAX' } }), 403, 'InvalidClientTokenId'],
	['another region', () => ({ region: 'eu-central-1' }), 403, 'SignatureDoesNotMatch'],
	['another service', () => ({ service: 'logs' }), 403, 'SignatureDoesNotMatch'],
	['a clock 16 minutes behind', () => ({ atMs: NOW - 16 * MINUTE_MS }), 403, 'SignatureDoesNotMatch'],
	['a body that was not signed', () => ({ body: `${ROLE}&ExternalId=fake-external-iD` }), 403, 'SignatureDoesNotMatch'],
	['an x-amz header that was not signed', () => ({ headers: { 'x-amz-extra': '1' } }), 403, 'SignatureDoesNotMatch'],
])('STS refuses %s and gives no session', async (_, how, status, code) => {
	const reply = await assume(how());
	expect([reply.status, /<Code>(.*)<\/Code>/.exec(reply.text)?.[1]]).toEqual([status, code]);
	expect(sts.sessions).toEqual([]);
});

it.each([`${ROLE}&ExternalId=other`, ROLE, `${ROLE.replace('reader', 'admin')}&ExternalId=fake-external-id`])('STS refuses a role that is not trusted so: %s', async (form) => {
	const reply = await assume({}, form);
	expect([reply.status, reply.text]).toEqual([403, expect.stringContaining('AccessDenied')]);
	expect(sts.sessions).toEqual([]);
});

it.each<[string, (key: AwsKey) => Signing, string]>([
	['a wrong secret', (key) => ({ key: { ...key, secretAccessKey: 'x' } }), 'InvalidSignatureException'],
	['a session without its token', ({ sessionToken, ...key }) => ({ key }), 'UnrecognizedClientException'],
	['a session with another token', (key) => ({ key: { ...key, sessionToken: 'x' } }), 'UnrecognizedClientException'],
	['another region', (key) => ({ key, region: 'eu-west-1' }), 'InvalidSignatureException'],
	['a changed question', (key) => ({ key, body: JSON.stringify({ logGroupName: '/safe/byoa/audix' }) }), 'InvalidSignatureException'],
])('CloudWatch refuses %s with 400', async (_, how, type) => {
	expect(await filter({}, how(await session()))).toMatchObject({ status: 400, __type: type });
});

it('refuses a session that has expired, to the millisecond', async () => {
	const key = await session();
	clock.set(Number(key.expiresAtMs) - 1);
	expect((await filter({}, { key })).status).toBe(200);
	clock.advance(1);
	expect(await filter({}, { key })).toMatchObject({ status: 400, __type: 'ExpiredTokenException' });
});

it('pages by token, with empty pages between, and says no token at the end only', async () => {
	const ids = logs.addEvents(...[5, 4, 3, 2, 1].map((minutes) => ({ atMs: NOW - minutes * MINUTE_MS, message: 'x' })));
	Object.assign(logs.paging, { pageEvents: 2, emptyPages: 1 });
	const key = await session();
	const sizes: number[] = [];
	const seen: string[] = [];
	let page = await filter({}, { key });
	for (;;) {
		sizes.push(page.events.length);
		seen.push(...page.events.map(({ eventId }) => eventId));
		if (page.nextToken === undefined) break;
		page = await filter({ nextToken: page.nextToken }, { key });
	}
	expect(sizes).toEqual([0, 2, 0, 2, 0, 1]);
	expect(seen).toEqual(ids);
});

it('takes both ends of the time range in, and hides what is not ingested yet', async () => {
	logs.addEvents({ atMs: NOW - 3, message: 'before' }, { atMs: NOW - 2, message: 'first' }, { atMs: NOW - 1, message: 'last' }, { atMs: NOW, message: 'after' }, { atMs: NOW - 2, message: 'late', ingestedAtMs: NOW + 1 });
	const key = await session();
	const range = { startTime: NOW - 2, endTime: NOW - 1 };
	expect((await filter(range, { key })).events.map(({ message }) => message)).toEqual(['first', 'last']);
	clock.advance(1);
	expect((await filter(range, { key })).events.map(({ message }) => message)).toEqual(['first', 'late', 'last']);
});

it.each<[string, object, string]>([
	['another log group', { logGroupName: 'x' }, 'ResourceNotFoundException'],
	['an end before the start', { startTime: 2, endTime: 1 }, 'InvalidParameterException'],
	['a limit above 10,000', { limit: 10_001 }, 'InvalidParameterException'],
	['seconds with a fraction', { startTime: 1.5 }, 'InvalidParameterException'],
	['a made-up token', { nextToken: 'x' }, 'InvalidParameterException'],
	['a member that AWS does not know', { nexttoken: 'x' }, 'InvalidParameterException'],
])('refuses %s', async (_, input, type) => {
	expect(await filter(input, { key: await session() })).toMatchObject({ status: 400, __type: type });
});

it('refuses a token with another question than its own, and after 24 hours', async () => {
	logs.addEvents({ atMs: NOW - 2, message: 'a' }, { atMs: NOW - 1, message: 'b' });
	Object.assign(logs.paging, { pageEvents: 1 });
	const { nextToken } = await filter({}, { key: await session() });
	expect(await filter({ nextToken, startTime: 1 }, { key: await session() })).toMatchObject({ __type: 'InvalidParameterException' });
	clock.advance(24 * 60 * MINUTE_MS + 1);
	expect(await filter({ nextToken }, { key: await session() })).toMatchObject({ __type: 'InvalidParameterException' });
});

it('follows a fault plan in its own words', async () => {
	logs.faults.add({ on: { nth: 1 }, do: { status: 400 } }, { on: { nth: 2 }, do: { status: 503 } });
	const key = await session();
	expect(await filter({}, { key })).toMatchObject({ status: 400, __type: 'ThrottlingException' });
	expect(await filter({}, { key })).toMatchObject({ status: 503, __type: 'ServiceUnavailableException' });
	expect((await filter({}, { key })).status).toBe(200);
});
