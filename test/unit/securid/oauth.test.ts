import { generateKeyPairSync } from 'node:crypto';
import type { HttpResponse } from '../../../nodes/shared/core/http';
import { readOAuthClient, scopesOf, tokenUrl, type SecurIdOAuthCredential } from '../../../nodes/shared/securid/oauth/client';
import { hostFailure } from '../../../nodes/shared/securid/oauth/hosts';
import { tokenRefusal } from '../../../nodes/shared/securid/oauth/refusal';
import { oauthSession, tokenOfOauthSession } from '../../../nodes/shared/securid/oauth/session';
import { signInOAuth, signInRefusal } from '../../../nodes/shared/securid/oauth/signIn';
import { answer, broken, scriptedSend } from '../answers';
import { START_MS } from '../clock';
import { failureOf, shownText } from '../failures';

const jwk = { ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }), kid: 'k1' };
const CREDENTIAL: SecurIdOAuthCredential = {
	issuerUrl: 'https://example.auth.securid.com/oauth',
	clientId: 'client',
	privateKey: JSON.stringify(jwk),
	apiUrl: 'https://example.access.securid.com/AdminInterface/restapi',
	scope: ['rsa.audit.admin'],
};
const client = readOAuthClient(CREDENTIAL);

describe('signing in', () => {
	it('posts a form to the token endpoint, and to no other address', async () => {
		const { send, requests } = scriptedSend(answer(200, { access_token: 't', expires_in: 3600 }));
		expect(await signInOAuth(client, send, START_MS)).toEqual({ token: 't', renewAtMs: START_MS + 3_570_000 });
		expect(requests).toEqual([
			{
				method: 'POST',
				url: 'https://example.auth.securid.com/oauth/token',
				headers: { accept: 'application/json' },
				timeoutMs: 30_000,
				form: {
					grant_type: 'client_credentials',
					scope: 'rsa.audit.admin',
					client_id: 'client',
					client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
					client_assertion: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]{86}$/),
				},
			},
		]);
	});

	it.each([
		['a time-out', broken('timeout', 'ETIMEDOUT'), 'SECURID-TOKEN-NET-TIMEOUT', true],
		['a certificate that is not trusted', broken('tls', 'CERT_HAS_EXPIRED'), 'SECURID-TOKEN-NET-TLS', false],
		['something else', broken('other', 'X'), 'SECURID-TOKEN-NET-OTHER', true],
		['an answer without end', broken('too-large', '64 MiB'), 'SECURID-TOKEN-BODY-SIZE', false],
		['a list', answer(200, []), 'SECURID-TOKEN-SHAPE', false],
		['null', answer(200, 'null'), 'SECURID-TOKEN-SHAPE', false],
		['nothing', answer(200), 'SECURID-TOKEN-BODY-JSON', true],
	] as const)('ends with its own code at %s', async (_label, scripted, code, retryable) => {
		const { send } = scriptedSend(scripted);
		const failure = await failureOf(async () => await signInOAuth(client, send, START_MS));
		expect(failure).toMatchObject({ code, retryable });
		expect(shownText(failure)).not.toMatch(/eyJ/);
	});
});

describe('the addresses', () => {
	const other = (host: string) => `https://${host}/AdminInterface/restapi`;

	it.each([
		['example.access.securid.com', undefined],
		['other.access.securid.com', 'SECURID-OAUTH-TENANT'],
		['example.access-eu.securid.com', 'SECURID-OAUTH-REGION'],
		['example.na3.access.securid.com', 'SECURID-OAUTH-REGION'],
		['securid.example.com', undefined],
		['access.securid.com', undefined],
		['a.example.na3.access.securid.com', undefined],
		['other.access.securid.com.example.com', undefined],
	])('of an issuer without region and %s: %s', (host, code) => {
		expect(hostFailure(client.tokenUrl, other(host), {})?.code).toBe(code);
	});

	it.each([
		['https://t.auth-anz.securid.com/oauth', 't.access-anz.securid.com'],
		['https://t.na3.auth.securid.com/oauth', 't.na3.access.securid.com'],
	])('%s and %s belong together', (issuer, host) => {
		expect(hostFailure(tokenUrl(issuer), other(host), {})).toBeUndefined();
	});
});

describe('a refusal', () => {
	const refused = (status: number, body: unknown, headers: Record<string, string> = {}): HttpResponse => ({ status, headers, text: JSON.stringify(body) });
	const late = new Date(START_MS - 600_000).toUTCString();

	it.each<[number, unknown, Record<string, string>, string]>([
		[401, { message: 'Unauthorized' }, {}, 'SECURID-401-OAUTH'],
		[401, { error: 'invalid_token', error_description: 'The access token expired' }, {}, 'SECURID-401-EXPIRED'],
		[401, {}, { 'www-authenticate': 'Bearer error="invalid_token", error_description="Invalid audience"' }, 'SECURID-401-AUDIENCE'],
		[401, { message: 'Expired' }, { date: late }, 'SECURID-CLOCK'],
		[403, { message: 'Forbidden' }, {}, 'SECURID-403-SCOPE'],
		[403, { message: 'Invalid audience' }, {}, 'SECURID-401-AUDIENCE'],
		[403, {}, { 'www-authenticate': 'Bearer error="insufficient_scope"', date: late }, 'SECURID-403-SCOPE'],
	])('of the API, %i with %j and %j, is %s', (status, body, headers, code) => {
		expect(tokenRefusal(refused(status, body, headers), client, 'user', START_MS).code).toBe(code);
	});

	it.each<[number, unknown, string]>([
		[400, { error: 'invalid_client' }, 'SECURID-TOKEN-CLIENT'],
		[401, { error: 'invalid_client' }, 'SECURID-TOKEN-CLIENT'],
		[400, { error: 'invalid_scope' }, 'SECURID-TOKEN-SCOPE'],
		[400, { error: 'invalid_request' }, 'SECURID-TOKEN-REFUSED'],
		[403, {}, 'SECURID-TOKEN-403'],
		[404, {}, 'SECURID-TOKEN-URL'],
		[302, {}, 'SECURID-TOKEN-REDIRECT'],
		[429, {}, 'SECURID-TOKEN-429-RATE'],
		[502, {}, 'SECURID-TOKEN-5XX-SERVER'],
	])('of the token endpoint, %i with %j, is %s', (status, body, code) => {
		const failure = signInRefusal(refused(status, body), client, START_MS);
		expect(failure.code).toBe(code);
		expect(`${failure.message} ${failure.advice}`).not.toMatch(/\{\w+\}/);
	});
});

describe('the kept token', () => {
	const kept = oauthSession(CREDENTIAL, { token: 'a.b.c', renewAtMs: START_MS });

	it('comes back whole while it lives', () => {
		expect(tokenOfOauthSession({ ...CREDENTIAL, sessionToken: kept }, START_MS - 1)).toBe('a.b.c');
		expect(tokenOfOauthSession({ ...CREDENTIAL, scope: 'rsa.audit.admin', sessionToken: kept }, START_MS - 1)).toBe('a.b.c');
	});

	it('is none when two scopes became one', () => {
		const ofTwo = oauthSession({ ...CREDENTIAL, scope: 'a b' }, { token: 'a.b.c', renewAtMs: START_MS });
		expect(tokenOfOauthSession({ ...CREDENTIAL, scope: 'a, b', sessionToken: ofTwo }, 0)).toBe('a.b.c');
		expect(tokenOfOauthSession({ ...CREDENTIAL, scope: 'ab', sessionToken: ofTwo }, 0)).toBeUndefined();
	});

	it.each<[string, Partial<SecurIdOAuthCredential>, number]>([
		['its time is over', {}, START_MS],
		['the issuer is another', { issuerUrl: 'https://other.auth.securid.com/oauth' }, 0],
		['the client is another', { clientId: 'other' }, 0],
		['the key is another', { privateKey: '{}' }, 0],
		['the API is another', { apiUrl: 'https://other.access.securid.com' }, 0],
		['the scope is another', { scope: ['rsa.audit.user'] }, 0],
		['it is no text of ours', { sessionToken: 'signed-out' }, 0],
		['it is empty', { sessionToken: '' }, 0],
	])('is none when %s', (_label, changes, nowMs) => {
		expect(tokenOfOauthSession({ ...CREDENTIAL, sessionToken: kept, ...changes }, nowMs)).toBeUndefined();
	});
});

it('permissions are read from a list or from text, without what cannot be seen', () => {
	expect(scopesOf(['a', 'b'])).toEqual(['a', 'b']);
	expect(scopesOf('\ufffca, b;c\n\u200bd')).toEqual(['a', 'b', 'c', 'd']);
	expect(scopesOf(undefined)).toEqual([]);
});
