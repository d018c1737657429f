import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { oauthApiBaseUrl, readOAuthClient, tokenUrl } from '../../../nodes/shared/securid/oauth/client';
import { tokenRefusal } from '../../../nodes/shared/securid/oauth/refusal';
import { signAssertion, signInOAuth, signInRefusal } from '../../../nodes/shared/securid/oauth/signIn';
import { clockDifference, clockFailure } from '../../../nodes/shared/securid/clock';
import { kindOfPasted, parsePastedObject } from '../../../nodes/shared/securid/pasted';
import { logNamed, retentionMs } from '../../../nodes/shared/securid/systems';
import { answer, broken, scriptedSend } from '../answers';
import { START_MS } from '../clock';
import { failureOf } from '../failures';

const EC = { ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }), kid: ' k1 ' } as Record<string, unknown>;
const RSA = { ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }), kid: 'k2', alg: 'RS256' } as Record<string, unknown>;
const OTHER_EC = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
const PUBLIC = { kty: 'EC', crv: 'P-256', x: EC.x, y: EC.y, kid: 'k1' };
const PASTED = { clientId: ' client\u200B ', issuerUrl: 'https://t.auth.securid.com/oauth', apiUrl: 'https://t.access.securid.com', scope: 'a, b' };
const read = (jwk: unknown) => readOAuthClient({ ...PASTED, privateKey: typeof jwk === 'string' ? jwk : JSON.stringify(jwk) });

describe('an OAuth client', () => {
	it.each([
		['EC', EC, 'ES256', 'k1'],
		['RSA', RSA, 'RS256', 'k2'],
		['RSA without alg', { ...RSA, alg: undefined }, 'RS256', 'k2'],
		['EC with its alg', { ...EC, alg: 'ES256' }, 'ES256', 'k1'],
		['EC with blanks in its numbers', { ...EC, d: ` ${String(EC.d).slice(0, 9)} \n ${String(EC.d).slice(9)}` }, 'ES256', 'k1'],
		['a set of one', { keys: [EC] }, 'ES256', 'k1'],
		['a set with public keys beside it', { keys: [null, 7, PUBLIC, EC] }, 'ES256', 'k1'],
	])('is read with a key of %s, and signs with it', (_form, jwk, alg, kid) => {
		const client = read(jwk);
		expect(client).toMatchObject({ clientId: 'client', alg, kid, scope: 'a b', tokenUrl: 'https://t.auth.securid.com/oauth/token', baseUrl: 'https://t.access.securid.com/AdminInterface/restapi' });
		const [head, claims, signature] = signAssertion(client, START_MS + 999).split('.');
		const parsed = [head, claims].map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as Record<string, unknown>);
		const iat = START_MS / 1000 - 30;
		expect(parsed).toEqual([
			{ typ: 'JWT', alg, kid },
			{ iss: 'client', sub: 'client', aud: 'https://t.auth.securid.com/oauth/token', iat, exp: iat + 300, jti: expect.stringMatching(/^[0-9a-f-]{36}$/) as string },
		]);
		expect(verify('sha256', Buffer.from(`${head}.${claims}`), { key: createPublicKey(client.privateKey), dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'))).toBe(true);
	});

	it.each<[string, unknown]>([
		['it is empty', ''],
		['it is not JSON from { to }', 'words'],
		['it is a private key in PEM form', '-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----'],
		['it is an EC key', '-----BEGIN EC PRIVATE KEY-----\nx\n-----END EC PRIVATE KEY-----'],
		['it is JSON of another kind, without kty', '{}'],
		['it is the .key file of an API key', { accessKey: 'x' }],
		['its type (kty) is neither RSA nor EC', { ...EC, kty: 'oct' }],
		['it is the public key, d is missing', PUBLIC],
		['its curve (crv) is not P-256', { ...EC, crv: 'P-384' }],
		['its alg is not ES256', { ...EC, alg: 'RS256' }],
		['its alg is not RS256', { ...RSA, alg: 'PS256' }],
		['kid is missing', { ...EC, kid: undefined }],
		['kid is missing', { ...EC, kid: ' ' }],
		['x is missing', { ...EC, x: '' }],
		['y is missing', { ...EC, y: 7 }],
		...['n', 'e', 'p', 'q', 'dp', 'dq', 'qi'].map((name): [string, unknown] => [`${name} is missing`, { ...RSA, [name]: undefined }]),
		['it is damaged, a part of it may be missing', { ...EC, d: 'AAAA' }],
		['it is damaged, a part of it may be missing', { ...RSA, n: EC.x }],
		['it is a JWK set of public keys', { keys: [PUBLIC] }],
		['it is a JWK set of public keys', { keys: [] }],
		['it is a JWK set of several private keys', { keys: [EC, { ...OTHER_EC, kid: 'k3' }] }],
	])('is refused in words: %s', async (detail, jwk) => {
		const { code, details } = await failureOf(() => read(jwk));
		expect([code, details.values]).toEqual(['SECURID-OAUTH-KEY', { detail }]);
	});

	it('is refused without its ID', async () => {
		expect((await failureOf(() => readOAuthClient({ ...PASTED, clientId: '\u200B', privateKey: JSON.stringify(EC) }))).code).toBe('SECURID-OAUTH-CLIENT-ID');
	});

	it.each<[string, string | undefined, string]>([
		['https://t.auth.securid.com', 'https://t.auth.securid.com/oauth/token', ''],
		['https://t.auth.securid.com/oauth//', 'https://t.auth.securid.com/oauth/token', ''],
		['https://t.auth.securid.com/oauth/token', 'https://t.auth.securid.com/oauth/token', ''],
		['https://t.auth.securid.com/oauth/tokens', 'https://t.auth.securid.com/oauth/tokens/token', ''],
		[' https://t.auth.securid.com/oauth/.well-known/openid-configuration?a=1 ', 'https://t.auth.securid.com/oauth/token', ''],
		['https://t.auth.securid.com/x/AdminInterface', 'https://t.auth.securid.com/x/AdminInterface/token', ''],
		['', undefined, 'it is empty'],
		['t.auth.securid.com', undefined, 'it does not start with https://'],
		['http://t.auth.securid.com', undefined, 'it does not start with https://'],
		['https://me@t.auth.securid.com', undefined, 'it holds a user name or password'],
		['https://:pw@t.auth.securid.com', undefined, 'it holds a user name or password'],
		['https://t.access.securid.com/AdminInterface', undefined, 'it is the address of the administration API'],
		['https://t.access.securid.com/admininterface/restapi', undefined, 'it is the address of the administration API'],
	])('with the issuer %s signs in at %s%s', async (issuer, url, detail) => {
		if (url) expect(tokenUrl(issuer)).toBe(url);
		else expect((await failureOf(() => tokenUrl(issuer))).message).toBe(`"Issuer URL" is not a usable address: ${detail} (SECURID-OAUTH-ISSUER)`);
	});

	it.each([
		['https://t.auth.securid.com/oauth', 'it is the address of the issuer'],
		[' https://t.auth.securid.com/oauth/token', 'it is the address of the issuer'],
		['', 'it is empty'],
	])('is refused with the API address "%s"', async (url, detail) => {
		expect((await failureOf(() => oauthApiBaseUrl(url))).message).toBe(`"Administration API URL" is not a usable address: ${detail} (SECURID-URL)`);
		expect(oauthApiBaseUrl('https://gateway.example.com/rsa/oauth')).toBe('https://gateway.example.com/rsa/oauth/AdminInterface/restapi');
		expect(oauthApiBaseUrl('https://t.access.securid.com/oauths')).toBe('https://t.access.securid.com/oauths/AdminInterface/restapi');
	});
});

const client = read(EC);

describe('the sign-in', () => {
	it.each<[unknown, number]>([
		[3600, 3_570_000],
		['120', 90_000],
		[50, 25_000],
		[60, 30_000],
		[0, 3_570_000],
		[-5, 3_570_000],
		['soon', 3_570_000],
		[undefined, 3_570_000],
	])('of a token that lives %j seconds is renewed after %i ms', async (expires_in, afterMs) => {
		const { send } = scriptedSend(answer(200, { access_token: 't', expires_in }));
		expect(await signInOAuth(client, send, START_MS)).toEqual({ token: 't', renewAtMs: START_MS + afterMs });
	});

	it('asks for no scope where the credential names none', async () => {
		const { send, requests } = scriptedSend(answer(200, { access_token: 't' }));
		await signInOAuth(readOAuthClient({ ...PASTED, scope: undefined, privateKey: JSON.stringify(EC) }), send, START_MS);
		expect(Object.keys(requests[0].form ?? {})).toEqual(['grant_type', 'client_id', 'client_assertion_type', 'client_assertion']);
	});

	it.each<[string, string, string]>([
		['{"token":"x","b":1}', 'SECURID-TOKEN-SHAPE', 'token, b'],
		['{"access_token":7}', 'SECURID-TOKEN-SHAPE', 'access_token'],
		['{"access_token":""}', 'SECURID-TOKEN-SHAPE', 'access_token'],
		['{}', 'SECURID-TOKEN-SHAPE', 'none'],
		[JSON.stringify(Object.fromEntries(Array.from({ length: 11 }, (_none, at) => [`m${at}`, at]))), 'SECURID-TOKEN-SHAPE', 'm0, m1, m2, m3, m4, m5, m6, m7, m8, m9'],
	])('shows of the answer %s its members alone', async (text, code, detail) => {
		const { send } = scriptedSend(answer(200, text));
		expect(await failureOf(async () => await signInOAuth(client, send, START_MS))).toMatchObject({ code, details: { status: 200, values: { detail } } });
	});

	it('tells a web page from an answer, and says how long it waited for one', async () => {
		const page = scriptedSend(answer(200, '<!doctype html><html></html>'));
		expect(await failureOf(async () => await signInOAuth(client, page.send, START_MS))).toMatchObject({ code: 'SECURID-TOKEN-BODY-HTML', details: { status: 200 } });
		const half = scriptedSend(answer(200, '{"access_token":'));
		expect(await failureOf(async () => await signInOAuth(client, half.send, START_MS))).toMatchObject({ code: 'SECURID-TOKEN-BODY-JSON', details: { status: 200 } });
		const silent = scriptedSend(broken('timeout', 'ETIMEDOUT'));
		expect((await failureOf(async () => await signInOAuth(client, silent.send, START_MS))).message).toContain('within 30 seconds');
	});

	const LATE = new Date(START_MS - 600_000).toUTCString();
	it.each<[number, string, Record<string, string>, string]>([
		[201, '{"message":"m"}', {}, 'SECURID-TOKEN-REFUSED'],
		[204, '{"message":"m"}', {}, 'SECURID-TOKEN-REFUSED'],
		[300, '{"message":"m"}', {}, 'SECURID-TOKEN-REDIRECT'],
		[399, '{"message":"m"}', {}, 'SECURID-TOKEN-REDIRECT'],
		[429, '{"message":"m"}', { 'retry-after': '7' }, 'SECURID-TOKEN-429-RATE'],
		[500, '{"message":"m"}', { 'retry-after': '7' }, 'SECURID-TOKEN-5XX-SERVER'],
		[400, '{"error":"invalid_scope","message":"m"}', { date: LATE }, 'SECURID-TOKEN-SCOPE'],
		[400, '{"error":"invalid_client","message":"m"}', { date: LATE }, 'SECURID-CLOCK'],
		[401, '<html><body></body></html>', {}, 'SECURID-TOKEN-BODY-HTML'],
		[401, '{"error":"invalid_client","message":"m"}', {}, 'SECURID-TOKEN-CLIENT'],
		[404, '{"message":"m"}', {}, 'SECURID-TOKEN-URL'],
		[403, '{"message":"m"}', {}, 'SECURID-TOKEN-403'],
		[401, '{"error":7,"message":"m"}', {}, 'SECURID-TOKEN-REFUSED'],
		[401, 'm', {}, 'SECURID-TOKEN-REFUSED'],
	])('is refused with %i %s %j: %s', (status, text, headers, code) => {
		const failure = signInRefusal({ status, headers, text }, client, START_MS);
		expect([failure.code, failure.details.status, failure.details.vendorMessage]).toEqual([code, status, text.startsWith('<') ? undefined : 'm']);
		expect(failure.details.retryAfterMs).toBe(headers['retry-after'] ? 7_000 : undefined);
		expect(`${failure.message} ${failure.advice}`).not.toMatch(/\{\w+\}|undefined/);
		if (code.endsWith('RATE')) expect(failure.advice).toContain('It asked to wait 7 seconds.');
	});

	it('of another tenant is told with both hosts', () => {
		const elsewhere = signInRefusal(answer(401, '{"error":"invalid_client"}'), { ...client, baseUrl: 'https://u.access.securid.com/AdminInterface/restapi' }, START_MS);
		expect([elsewhere.code, elsewhere.details]).toEqual(['SECURID-OAUTH-TENANT', { status: 401, vendorMessage: 'invalid_client', values: { issuer: 't.auth.securid.com', api: 'u.access.securid.com' } }]);
		const region = tokenRefusal(answer(403), { ...client, baseUrl: 'https://t.access-eu.securid.com/AdminInterface/restapi' }, 'user', START_MS);
		expect([region.code, region.details.values]).toEqual(['SECURID-OAUTH-REGION', { issuer: 't.auth.securid.com', api: 't.access-eu.securid.com' }]);
	});

	it('of a token without the permission of a log names both', () => {
		for (const given of [answer(403), answer(401, { error: 'insufficient_scope' })]) {
			expect(tokenRefusal(given, client, 'user', START_MS)).toMatchObject({ code: 'SECURID-403-SCOPE', details: { status: given.status, values: { scope: 'rsa.audit.user', log: 'user event' } } });
		}
	});
});

it.each<[number, string | undefined]>([
	[119_000, undefined],
	[120_000, '2 minutes ahead'],
	[-119_000, undefined],
	[-120_000, '2 minutes behind'],
	[600_000, '10 minutes ahead'],
])('a clock that is %i ms from that of SecurID is told: %s', (aheadMs, words) => {
	const headers = { date: new Date(START_MS - aheadMs).toUTCString() };
	expect(clockDifference(headers, START_MS)).toBe(words);
	expect(clockFailure(headers, START_MS, { status: 403 })?.details).toEqual(words && { status: 403, values: { off: words } });
	expect(clockDifference({}, START_MS)).toBeUndefined();
});

it.each<[string, string | undefined]>([
	['-----BEGIN ENCRYPTED PRIVATE KEY-----', 'it is a key that is encrypted with a passphrase'],
	['-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n-----END RSA PRIVATE KEY-----', 'it is a key that is encrypted with a passphrase'],
	['-----BEGIN PUBLIC KEY-----', 'it is a public key'],
	['-----BEGIN RSA PUBLIC KEY-----', 'it is a public key'],
	['ssh-ed25519 AAAAC3', 'it is a public key'],
	['see ssh-ed25519 AAAAC3', undefined],
	['-----BEGIN CERTIFICATE-----', 'it is a certificate'],
	['-----BEGIN OPENSSH PRIVATE KEY-----', 'it is an OpenSSH key'],
	['-----BEGIN EC PRIVATE KEY-----', 'it is an EC key'],
	['-----BEGIN RSA PRIVATE KEY-----\nMIIE', 'its end is missing'],
	['-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----', undefined],
	['client.jwk', 'it is the name of a file, not what is in it'],
	['client.jwk2', undefined],
	['{"a":"x.jwk', undefined],
	['eyJhbGciOiJ9.e30', 'it is a token'],
	['a eyJhbGciOiJ9.e30', undefined],
	['{"keys":[]}', 'it is a JWK set, the file of an OAuth client'],
	['{"kty":"EC"}', 'it is a JWK, the file of an OAuth client'],
	['{"accessID":"1"}', 'it is the .key file of an API key'],
	['{"accessKey":"1"}', 'it is the .key file of an API key'],
	['{"a":1}', undefined],
	['words', undefined],
	[' \u200B', 'it is empty'],
])('what was pasted instead, %j, is recognised: %s', (pasted, kind) => {
	expect(kindOfPasted(pasted)).toBe(kind);
});

it.each([
	['{"a":"b"}'],
	['```json\n{"a":"b"}\n```'],
	["'{\"a\":\"b\"}'"],
	['`{"a":"b"}`'],
	['"{\\"a\\":\\"b\\"}"'],
	['\u201C{\\"a\\":\\"b\\"}\u201D'],
])('an object is read out of %s', (pasted) => {
	expect(parsePastedObject(pasted)).toEqual({ a: 'b' });
});

it('a line break inside a pasted string stays one', () => {
	for (const end of ['\n', '\r\n', '\r']) expect(parsePastedObject(`{"a":"b${end}c"}`)).toEqual({ a: 'b\nc' });
});

it.each(['my file: ```{"a":"b"}```', 'old \'{"a":"b"}\''])('an object is not picked out of other words, which may be about another one: %s', (pasted) => {
	expect(parsePastedObject(pasted)).toBeUndefined();
});

it('the log of a parameter is the admin log unless it is named, and each keeps its events as long as documented', () => {
	expect(['user', 'system', 'admin', 'toString', '', undefined, 7].map(logNamed)).toEqual(['user', 'system', 'admin', 'admin', 'admin', 'admin', 'admin']);
	expect((['admin', 'user', 'system'] as const).map((log) => retentionMs(log) / 86_400_000)).toEqual([90, 40, 90]);
});
