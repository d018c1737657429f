/** The OAuth side of the fake SecurID, asked by a client of these tests' own: what is let in, and what is not. */
import { createPrivateKey, randomUUID, sign, type JsonWebKey } from 'node:crypto';

import { fixedClock } from './clock';
import { createJwk, startWorld, type ApiClient, type World } from './index';
import { ask } from './testClient';

const ENDS_AT = Date.parse('2026-01-15T10:07:31.250Z');
const clock = fixedClock(ENDS_AT);
let world: World;

beforeAll(async () => {
	world = await startWorld({ seed: 5, endsAt: ENDS_AT, clock, adminEvents: 30, userEvents: 60, systemEvents: 30, safeRows: 0, users: 0 });
});
afterEach(() => clock.set(ENDS_AT));
afterAll(async () => await world.close());

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

function jwt(header: object, claims: object, key: JsonWebKey, dsaEncoding: 'ieee-p1363' | 'der' = 'ieee-p1363'): string {
	const signed = `${part(header)}.${part(claims)}`;
	return `${signed}.${sign('sha256', Buffer.from(signed), { key: createPrivateKey({ key, format: 'jwk' }), dsaEncoding }).toString('base64url')}`;
}

interface Changes {
	header?: object;
	claims?: object;
	key?: JsonWebKey;
	dsaEncoding?: 'der';
	scope?: string;
}

const endpoint = () => `${world.securIdAuth.issuer}/token`;

function assertionOf({ clientId, privateJwk }: ApiClient, { header, claims, key, dsaEncoding }: Changes = {}): string {
	const nowSec = Math.floor(clock.now() / 1000);
	const usual = { iss: clientId, sub: clientId, aud: endpoint(), iat: nowSec, exp: nowSec + 300, jti: randomUUID() };
	const alg = privateJwk.kty === 'EC' ? 'ES256' : 'RS256';
	return jwt({ typ: 'JWT', alg, kid: privateJwk.kid, ...header }, { ...usual, ...claims }, key ?? privateJwk, dsaEncoding);
}

async function token(client: ApiClient, changes: Changes = {}, assertion = assertionOf(client, changes)) {
	const body = new URLSearchParams({
		grant_type: 'client_credentials',
		...(changes.scope === '' ? {} : { scope: changes.scope ?? 'rsa.audit.admin rsa.audit.user' }),
		client_id: client.clientId,
		client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
		client_assertion: assertion,
	}).toString();
	const reply = await ask(endpoint(), { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body });
	return { status: reply.status, ...(JSON.parse(reply.text) as { access_token?: string; error?: string; expires_in?: number; scope?: string; token_type?: string }) };
}

async function read(log: string, bearer: string | undefined) {
	const url = `${world.securId.url}/AdminInterface/restapi/v1/${log}/exportlogs`;
	const { status, text, headers } = await ask(url, { headers: { authorization: `Bearer ${bearer}` } });
	return { status, body: JSON.parse(text) as Record<string, unknown>, challenge: headers['www-authenticate'] ?? '' };
}

describe('the authorization server', () => {
	it.each(['rsa', 'ec'] as const)('gives an %s client a token for an hour, with the scopes it asked for', async (kind) => {
		const answer = await token(world.securIdAuth.clients[kind]);
		expect(answer).toMatchObject({ status: 200, token_type: 'Bearer', expires_in: 3600, scope: 'rsa.audit.admin rsa.audit.user' });
		expect((await read('adminlog', answer.access_token)).status).toBe(200);
	});

	it('gives all permissions of the client when none is asked for', async () => {
		expect(await token(world.securIdAuth.clients.rsa, { scope: '' })).toMatchObject({ status: 200, scope: 'rsa.audit.admin rsa.audit.user rsa.audit.system' });
	});

	const nowSec = ENDS_AT / 1000;
	it.each<[string, 'rsa' | 'ec', Changes]>([
		['another audience', 'rsa', { claims: { aud: 'https://other.auth.securid.com/oauth/token' } }],
		['another issuer', 'rsa', { claims: { iss: 'somebody' } }],
		['no jti', 'rsa', { claims: { jti: undefined } }],
		['no end', 'rsa', { claims: { exp: undefined } }],
		['an end over a minute ago', 'rsa', { claims: { iat: nowSec - 400, exp: nowSec - 61 } }],
		['the key of somebody else', 'rsa', { key: createJwk('RSA', 'other') }],
		['the kid of another key', 'rsa', { header: { kid: 'other' } }],
		['an algorithm that is not the client\'s', 'ec', { header: { alg: 'RS256' } }],
		['a DER signature', 'ec', { dsaEncoding: 'der' }],
	])('refuses an assertion with %s', async (_label, kind, changes) => {
		expect(await token(world.securIdAuth.clients[kind], changes)).toMatchObject({ status: 401, error: 'invalid_client' });
	});

	it('takes an end up to a minute ago, and an assertion once', async () => {
		const client = world.securIdAuth.clients.rsa;
		const assertion = assertionOf(client, { claims: { iat: Math.floor(nowSec) - 350, exp: Math.floor(nowSec) - 50 } });
		expect((await token(client, {}, assertion)).status).toBe(200);
		expect(await token(client, {}, assertion)).toMatchObject({ status: 401, error: 'invalid_client' });
	});

	it('refuses an unknown client, and a subject that is not the client', async () => {
		const { rsa } = world.securIdAuth.clients;
		expect(await token({ ...rsa, clientId: 'nobody' })).toMatchObject({ status: 401, error: 'invalid_client' });
		expect(await token(rsa, { claims: { sub: 'somebody' } })).toMatchObject({ status: 400, error: 'invalid_request' });
	});

	it('gives a token that reads nothing for a permission nobody knows', async () => {
		const answer = await token(world.securIdAuth.clients.rsa, { scope: 'rsa.user.manage' });
		expect(answer.status).toBe(200);
		expect((await read('adminlog', answer.access_token)).status).toBe(403);
	});

	it('says that it is a fake, and the simulator\'s time', async () => {
		const { headers } = await ask(`${world.securIdAuth.issuer}/jwks`);
		expect(headers).toMatchObject({ server: 'fake securid authorization', date: new Date(ENDS_AT).toUTCString() });
	});
});

describe('the API lets a token read', () => {
	it.each([
		['adminlog', 'rsa.audit.admin', 'elements'],
		['usereventlog', 'rsa.audit.user', 'userEventLogExportEntries'],
		['systemlog', 'rsa.audit.system', 'systemEventLogExportEntries'],
	])('the %s with %s, and no other log', async (log, scope, list) => {
		const { access_token: bearer } = await token(world.securIdAuth.clients.rsa, { scope });
		const page = await read(log, bearer);
		expect(page.status).toBe(200);
		expect((page.body[list] as unknown[]).length).toBeGreaterThan(5);
		for (const other of ['adminlog', 'usereventlog', 'systemlog'].filter((name) => name !== log)) {
			expect(await read(other, bearer)).toMatchObject({ status: 403, challenge: expect.stringContaining('insufficient_scope') });
		}
	});

	it('until a minute after its end', async () => {
		const { access_token: bearer } = await token(world.securIdAuth.clients.rsa);
		clock.advance(3_659_000);
		expect((await read('adminlog', bearer)).status).toBe(200);
		clock.advance(3_000);
		expect(await read('adminlog', bearer)).toMatchObject({ status: 401, body: { message: 'The access token has expired' } });
	});

	it.each<[string, (claims: object) => [claims: object, key: JsonWebKey, kid?: string]]>([
		['with changed claims', (claims) => [{ ...claims, scope: 'rsa.audit.system' }, createJwk('RSA', 'fake-issuer-key')]],
		['signed with another key', (claims) => [claims, createJwk('RSA', 'fake-issuer-key')]],
		['with an unknown kid', (claims) => [claims, createJwk('RSA', 'x'), 'unknown']],
	])('never one %s', async (_label, forged) => {
		const { access_token: bearer = '' } = await token(world.securIdAuth.clients.rsa);
		const [header, claims] = bearer.split('.').slice(0, 2).map((text) => JSON.parse(Buffer.from(text, 'base64url').toString()) as object);
		const [own, key, kid] = forged(claims);
		expect((await read('adminlog', jwt({ ...header, ...(kid ? { kid } : {}) }, own, key))).status).toBe(401);
	});

	it('never one of another issuer or for another API', async () => {
		const elsewhere = await startWorld({ seed: 5, endsAt: ENDS_AT, clock, adminEvents: 0, userEvents: 0, systemEvents: 0, safeRows: 0, users: 0 });
		const here = world;
		try {
			world = elsewhere;
			const { access_token: foreign } = await token(elsewhere.securIdAuth.clients.rsa);
			world = here;
			expect((await read('adminlog', foreign)).status).toBe(401);
		} finally {
			world = here;
			await elsewhere.close();
		}
	});
});

describe('the user log of the fake tenant', () => {
	it('is kept forty days, has half of its ids as text, and holds a push bombing', async () => {
		const { coded } = world.securId;
		const long = new URLSearchParams({ startTimeAfter: '2025-01-01T00:00:00Z' });
		const { access_token: bearer } = await token(world.securIdAuth.clients.rsa, { scope: '' });
		const { text } = await ask(`${world.securId.url}/AdminInterface/restapi/v1/usereventlog/exportlogs?${String(long)}`, {
			headers: { authorization: `Bearer ${bearer}` },
		});
		const kept = coded.user.filter(({ atMs }) => atMs >= ENDS_AT - 40 * 86_400_000);
		expect((JSON.parse(text) as { totalElements: number }).totalElements).toBe(kept.length);
		expect(text).toMatch(/"eventId":"\d+[13579]"/);
		expect(text).toMatch(/"eventId":\d+[02468],/);
		const denied = coded.user.filter(({ eventCode }) => eventCode === '703');
		const [{ userId }] = denied.slice(-1);
		expect(denied.filter((event) => event.userId === userId).length).toBeGreaterThanOrEqual(4);
	});

	it('takes late events, and every code of its table occurs', () => {
		const [added] = world.securId.addCodedEvents('user', { atMs: ENDS_AT - 5_000, eventCode: '703', userId: 'late@example.com' });
		expect(added).toMatchObject({ eventLevel: 'error', eventCategory: 'Authentication', userId: 'late@example.com', eventType: 'user' });
		expect(world.securId.coded.user).toContain(added);
		expect(new Set(world.securId.coded.user.map(({ eventCode }) => eventCode)).size).toBeGreaterThan(35);
	});
});
