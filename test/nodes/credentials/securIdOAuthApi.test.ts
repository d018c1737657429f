jest.mock('n8n-workflow', () => jest.requireActual('../time').withFreePauses(jest.requireActual('n8n-workflow')));

import type { ICredentialType } from 'n8n-workflow';
import { routeHosts, type CredentialTestResult } from '../../harness';
import { createJwk, type World } from '../../simulators';
import { useBench } from '../bench';
import { leaks, secretsOf } from '../leaks';
import { originOfNobody, startLocalServer } from '../servers';
import { HOUR_MS, MINUTE_MS, NOW } from '../time';

const bench = useBench();

type Data = Record<string, unknown>;

const SMALL = { adminEvents: 20, userEvents: 20, systemEvents: 20 };
const OK = { status: 'OK', message: 'Connection successful!' };

const data = ({ credentials }: World, more: Data = {}): Data => ({ ...credentials.securIdOAuthApi, ...more });
const tested = async (world: World, more: Data = {}): Promise<CredentialTestResult> =>
	await bench.engine.testCredential('securIdOAuthApi', data(world, more));
const read = async (world: World, more: Data = {}, parameters: object = {}) =>
	await bench.run('securIdAdminLog', { authentication: 'oAuth', returnAll: true, ...parameters }, { securIdOAuthApi: data(world, more) });
const bearers = ({ securId }: World) => securId.requests.map(({ headers }) => String(headers.authorization));

/** What node and test say: the code at the end of the node's message, the words of both, and that nothing secret is in them. */
async function expectRefusal(world: World, more: Data, code: string, says: RegExp, parameters: object = {}): Promise<void> {
	const report = await read(world, more, parameters);
	expect(report.error?.message.endsWith(`(${code})`)).toBe(true);
	expect(`${report.error?.message} ${report.error?.description}`).toMatch(says);
	expect(report.items('Node')).toEqual([]);
	expect(leaks([report, ...bench.logged], secretsOf(world))).toEqual([]);
}

describe('a SecurID OAuth client', () => {
	test.each(['rsa', 'ec'] as const)('with an %s key passes the test and reads the log', async (kind) => {
		const world = await bench.world(SMALL);
		const { clientId, privateJwk } = world.securIdAuth.clients[kind];
		const client = { clientId, privateKey: JSON.stringify(privateJwk) };
		expect(await tested(world, client)).toEqual(OK);
		const report = await read(world, client);
		expect(report.error).toBeUndefined();
		expect(report.items('Node').length).toBeGreaterThan(5);
		expect(leaks([report, ...bench.logged], secretsOf(world))).toEqual([]);
	});

	test.each([
		['as the console shows it', (issuer: string) => issuer],
		['with a slash behind it', (issuer: string) => `${issuer}/`],
		['as the token endpoint', (issuer: string) => `${issuer}/token`],
		['as the host alone', (issuer: string) => issuer.replace('/oauth', '')],
		['as the discovery document', (issuer: string) => `${issuer}/.well-known/openid-configuration`],
		['with invisible characters around it', (issuer: string) => `\u200b ${issuer}\ufffc\n`],
	])('takes the issuer URL %s', async (_case, written) => {
		const world = await bench.world(SMALL);
		expect(await tested(world, { issuerUrl: written(world.securIdAuth.issuer) })).toEqual(OK);
	});

	test.each<[string, unknown, string]>([
		['chosen from the list', ['rsa.audit.user', 'rsa.audit.system'], 'rsa.audit.user rsa.audit.system'],
		['as text', 'rsa.audit.user rsa.audit.system', 'rsa.audit.user rsa.audit.system'],
		['as text with commas and the invisible character of the vendor\'s sample', '\ufffcrsa.audit.user,\nrsa.audit.system ', 'rsa.audit.user rsa.audit.system'],
		['left empty, which asks for all', [], ''],
	])('asks for the scopes %s', async (_case, scope, sent) => {
		const world = await bench.world(SMALL);
		expect(await tested(world, { scope })).toEqual(OK);
		const [{ body }] = world.securIdAuth.requests;
		expect(new URLSearchParams(body).get('scope') ?? '').toBe(sent);
		expect((await read(world, { scope }, { log: 'system' })).error).toBeUndefined();
	});

	test.each([
		['rsa.audit.admin', 'adminlog'],
		['rsa.audit.user', 'usereventlog'],
		['rsa.audit.system', 'systemlog'],
	])('that may read one log alone (%s) is tested on that log', async (scope, path) => {
		const world = await bench.world({ ...SMALL, securIdAuth: { clientScope: scope } });
		expect(await tested(world, { scope: [scope] })).toEqual(OK);
		expect(world.securId.requests.map((request) => request.path)).toEqual([`/AdminInterface/restapi/v1/${path}/exportlogs`]);
	});

	test('asks for the admin log when nothing was chosen', () => {
		const { properties } = new (dist())();
		expect(properties.find(({ name }) => name === 'scope')?.default).toEqual(['rsa.audit.admin']);
		expect(properties.map(({ name }) => name).filter((name) => name !== 'sessionToken')).toEqual(['issuerUrl', 'clientId', 'privateKey', 'apiUrl', 'scope']);
	});
});

describe('the token of an OAuth client', () => {
	test('is fetched once, kept, and used for run after run', async () => {
		const world = await bench.world(SMALL);
		for (let run = 0; run < 3; run++) expect((await read(world)).error).toBeUndefined();
		expect(world.securIdAuth.requests).toHaveLength(1);
		expect(new Set(bearers(world)).size).toBe(1);
	});

	test('is renewed half a minute before it expires, without a refused request', async () => {
		const world = await bench.world({ ...SMALL, securIdAuth: { tokenLifetimeSec: 600 } });
		await read(world);
		jest.setSystemTime(NOW + 569_000);
		await read(world);
		expect(world.securIdAuth.requests).toHaveLength(1);
		jest.setSystemTime(NOW + 571_000);
		expect((await read(world)).error).toBeUndefined();
		expect(world.securIdAuth.requests).toHaveLength(2);
		expect(world.securId.requests.map(({ status }) => status)).toEqual([200, 200, 200]);
	});

	test.each([401, 403])('is renewed once when SecurID answers %i, and the run goes on', async (status) => {
		const world = await bench.world({ ...SMALL, faults: { securId: [{ on: { nth: 2 }, do: { status } }] } });
		expect((await read(world)).error).toBeUndefined();
		expect((await read(world)).error).toBeUndefined();
		expect(world.securIdAuth.requests).toHaveLength(2);
		expect(new Set(bearers(world)).size).toBe(2);
	});

	test('that SecurID refuses again after that is told as refused, and not asked for a third time', async () => {
		const world = await bench.world({ ...SMALL, faults: { securId: [{ on: {}, do: { status: 401 } }] } });
		await expectRefusal(world, {}, 'SECURID-401-OAUTH', /"Issuer URL" and "Administration API URL"/);
		expect(world.securIdAuth.requests).toHaveLength(2);
		expect(world.securId.requests).toHaveLength(2);
	});

	test('that was kept for other fields is not sent: test and run sign in anew', async () => {
		const [before, after] = [await bench.world(SMALL), await bench.world(SMALL)];
		const { preAuthentication } = new (dist())();
		const httpRequest = async () => ({ statusCode: 200, headers: {}, body: '{"access_token":"token-of-before","expires_in":3600}' });
		const kept = await preAuthentication?.call({ helpers: { httpRequest } } as never, data(before) as never);
		expect(String(kept?.sessionToken)).toContain('token-of-before');
		expect(await tested(after, { ...kept })).toEqual(OK);
		expect((await read(after, { ...kept, scope: ['rsa.audit.admin'] })).error).toBeUndefined();
		expect(bearers(after).filter((header) => header.includes('token-of-before'))).toEqual([]);
	});

	test('that has expired while it was kept does not make the test red', async () => {
		const world = await bench.world(SMALL);
		const kept = { sessionToken: `${'0'.repeat(16)}.${(NOW - 1).toString(36)}.old` };
		expect(await tested(world, kept)).toEqual(OK);
		expect(world.securId.requests.map(({ status }) => status)).toEqual([200]);
	});

	test.each([
		['no lifetime', '{"access_token":"t"}', HOUR_MS - 30_000],
		['a lifetime in words', '{"access_token":"t","expires_in":"soon"}', HOUR_MS - 30_000],
		['a lifetime as text', '{"access_token":"t","expires_in":"600"}', 570_000],
		['a lifetime under a minute', '{"access_token":"t","expires_in":40}', 20_000],
	])('with %s is renewed in time', async (_case, body, ms) => {
		const world = await bench.world(SMALL);
		const { preAuthentication } = new (dist())();
		const httpRequest = async () => ({ statusCode: 200, headers: {}, body });
		const kept = await preAuthentication?.call({ helpers: { httpRequest } } as never, data(world) as never);
		expect(parseInt(String(kept?.sessionToken).split('.')[1], 36)).toBe(NOW + ms);
	});

	test.each([
		['another host', 'https://evil.example/AdminInterface/restapi/v1/adminlog/exportlogs'],
		['the issuer', 'https://example.auth.securid.com/oauth/token'],
		['its host without TLS', 'http://example.access.securid.com/AdminInterface/restapi/'],
		['its host as user name', 'https://example.access.securid.com@evil.example/'],
	])('is not put on a request to %s', async (_case, url) => {
		const { authenticate } = new (dist())();
		if (typeof authenticate !== 'function') throw new Error('SecurIdOAuthApi signs by a function');
		const own = data(await bench.world(SMALL), { apiUrl: 'https://example.access.securid.com/AdminInterface/restapi/' });
		await expect(authenticate(own as never, { url })).rejects.toThrow('signs requests to its own host alone');
	});
});

describe('the assertion', () => {
	test('is for the token endpoint alone, used once, dated back half a minute, and lives five', async () => {
		const world = await bench.world({ ...SMALL, securIdAuth: { tokenLifetimeSec: 60 } });
		await read(world);
		jest.setSystemTime(NOW + MINUTE_MS);
		await read(world);
		const claims = world.securIdAuth.requests.map(({ body }) => {
			const form = new URLSearchParams(body);
			expect(Object.fromEntries(form)).toMatchObject({ grant_type: 'client_credentials', client_id: world.securIdAuth.clients.rsa.clientId });
			return JSON.parse(Buffer.from(String(form.get('client_assertion')).split('.')[1], 'base64url').toString()) as Data;
		});
		const { clientId } = world.securIdAuth.clients.rsa;
		const first = Math.floor(NOW / 1_000) - 30;
		expect(claims).toMatchObject(
			[first, first + 60].map((iat) => ({ iss: clientId, sub: clientId, aud: `${world.securIdAuth.issuer}/token`, iat, exp: iat + 300 })),
		);
		expect(new Set(claims.map(({ jti }) => jti)).size).toBe(2);
	});

	test('does not follow a redirect to another origin', async () => {
		const elsewhere = await startLocalServer(() => ({ body: { access_token: 'fake', expires_in: 60 } }));
		const redirecting = await startLocalServer(({ path }) => ({ status: 307, headers: { location: `${elsewhere.origin}${path}` } }));
		bench.endWithTest(elsewhere.close);
		bench.endWithTest(redirecting.close);
		const world = await bench.world(SMALL);
		await expectRefusal(world, { issuerUrl: `${redirecting.origin}/oauth` }, 'SECURID-TOKEN-REDIRECT', /"Issuer URL"/);
		expect((await tested(world, { issuerUrl: `${redirecting.origin}/oauth` })).message).toContain('(SECURID-TOKEN-REDIRECT)');
		expect(elsewhere.requests).toEqual([]);
	});
});

describe('each mistake has a message of its own', () => {
	const answering = async (answer: object) => {
		const server = await startLocalServer(() => answer);
		bench.endWithTest(server.close);
		return `${server.origin}/oauth`;
	};

	test.each<[string, (world: World) => Data | Promise<Data>, string, RegExp]>([
		['an unknown client ID', () => ({ clientId: 'nobody' }), 'SECURID-TOKEN-CLIENT', /"Client ID"/],
		['the key of another client', () => ({ privateKey: JSON.stringify(createJwk('RSA', 'other')) }), 'SECURID-TOKEN-CLIENT', /"Private Key \(JWK\)"/],
		['no client ID', () => ({ clientId: ' ' }), 'SECURID-OAUTH-CLIENT-ID', /^"Client ID" is empty/],
		['no issuer URL', () => ({ issuerUrl: '' }), 'SECURID-OAUTH-ISSUER', /^"Issuer URL".*it is empty/],
		['an issuer URL without TLS', () => ({ issuerUrl: 'http://example.auth.securid.com/oauth' }), 'SECURID-OAUTH-ISSUER', /https:\/\//],
		['the API\'s address for the issuer', ({ securId }) => ({ issuerUrl: securId.adminRestApiUrl }), 'SECURID-OAUTH-ISSUER', /address of the administration API/],
		['an issuer URL with a password', () => ({ issuerUrl: 'https://a:b@example.auth.securid.com' }), 'SECURID-OAUTH-ISSUER', /user name or password/],
		['the issuer\'s address for the API', ({ securIdAuth }) => ({ apiUrl: securIdAuth.issuer }), 'SECURID-URL', /^"Administration API URL".*address of the issuer/],
		['no API URL', () => ({ apiUrl: '' }), 'SECURID-URL', /^"Administration API URL".*it is empty/],
		['a path that the issuer does not have', ({ securIdAuth }) => ({ issuerUrl: `${securIdAuth.url}/elsewhere` }), 'SECURID-TOKEN-URL', /"Issuer URL"/],
		['an issuer that nobody listens at', async () => ({ issuerUrl: await originOfNobody() }), 'SECURID-TOKEN-NET-REFUSED', /"Issuer URL"/],
		['an issuer that DNS does not know', () => ({ issuerUrl: 'https://tenant.invalid/oauth' }), 'SECURID-TOKEN-NET-HOST', /"Issuer URL"/],
		['a web page at the issuer', async () => ({ issuerUrl: await answering({ body: '<!DOCTYPE html><html></html>' }) }), 'SECURID-TOKEN-BODY-HTML', /"Issuer URL"/],
		['a token endpoint that answers without a token', async () => ({ issuerUrl: await answering({ body: { ok: true } }) }), 'SECURID-TOKEN-SHAPE', /Members seen: ok/],
		['a 403 of the token endpoint', async () => ({ issuerUrl: await answering({ status: 403, body: { message: 'Forbidden' } }) }), 'SECURID-TOKEN-403', /"Issuer URL" or the choice under "Scope".*rsa\.audit\.admin/],
		['a client of another type', async () => ({ issuerUrl: await answering({ status: 400, body: { error: 'unauthorized_client' } }) }), 'SECURID-TOKEN-REFUSED', /type Admin API/],
	])('%s', async (_case, more, code, says) => {
		const world = await bench.world(SMALL);
		const fields = await more(world);
		await expectRefusal(world, fields, code, says);
		const result = await tested(world, fields);
		expect(result).toEqual({ status: 'Error', message: expect.stringContaining(`(${code}). `) });
		expect(leaks([result], secretsOf(world))).toEqual([]);
		expect(world.securId.requests).toEqual([]);
	});

	test('a scope that the client may not have', async () => {
		const world = await bench.world({ ...SMALL, securIdAuth: { clientScope: 'rsa.audit.admin' } });
		await expectRefusal(world, {}, 'SECURID-TOKEN-SCOPE', /"Scope".*rsa\.audit\.user/);
	});

	test('a token without the permission for the log that the node reads: the log and the scope are named', async () => {
		const world = await bench.world(SMALL);
		await expectRefusal(world, { scope: ['rsa.audit.admin'] }, 'SECURID-403-SCOPE', /user event log.*rsa\.audit\.user under "Scope"/, { log: 'user' });
	});

	test('a token for another API', async () => {
		const world = await bench.world({ ...SMALL, securIdAuth: { audience: 'https://other.access.securid.com/AdminInterface/restapi' } });
		await expectRefusal(world, {}, 'SECURID-401-AUDIENCE', /"Issuer URL".*"Administration API URL"/);
		expect((await tested(world)).message).toMatch(/\(SECURID-OAUTH-TEST\).*"Administration API URL"/);
	});

	test('a token that is called expired although it is new', async () => {
		const body = { error: 'invalid_token', message: 'The access token has expired' };
		const world = await bench.world({ ...SMALL, faults: { securId: [{ on: {}, do: { status: 401, body } }] } });
		await expectRefusal(world, {}, 'SECURID-401-EXPIRED', /token lifetime of the client.*clock/);
	});

	test.each([
		['another tenant', 'https://other.access.securid.com', 'SECURID-OAUTH-TENANT', /different tenants.*example\.auth\.securid\.com and other\.access\.securid\.com/],
		['another region', 'https://example.access-eu.securid.com', 'SECURID-OAUTH-REGION', /different regions.*example\.auth\.securid\.com and example\.access-eu\.securid\.com/],
		['another region, in its other form', 'https://example.na3.access.securid.com', 'SECURID-OAUTH-REGION', /different regions/],
	])('the host of %s', async (_case, api, code, says) => {
		const issuer = 'https://example.auth.securid.com';
		const world = await bench.world({ ...SMALL, securIdAuth: { issuer: `${issuer}/oauth`, audience: 'https://example.access.securid.com/AdminInterface/restapi' } });
		const hosts = routeHosts({ [issuer]: world.securIdAuth.url, [api]: world.securId.url });
		bench.endWithTest(hosts.restore);
		await expectRefusal(world, { issuerUrl: `${issuer}/oauth`, apiUrl: `${api}/AdminInterface/restapi` }, code, says);
	});

	test('hosts of one tenant and region work, under their real names', async () => {
		const [issuer, api] = ['https://example.auth-eu.securid.com', 'https://example.access-eu.securid.com'];
		const adminRestApiUrl = () => `${api}/AdminInterface/restapi/`;
		const world = await bench.world({ ...SMALL, securId: { adminRestApiUrl }, securIdAuth: { issuer: `${issuer}/oauth` } });
		const hosts = routeHosts({ [issuer]: world.securIdAuth.url, [api]: world.securId.url });
		bench.endWithTest(hosts.restore);
		expect(await tested(world)).toEqual(OK);
		expect((await read(world)).error).toBeUndefined();
	});
});

describe('trouble at the token endpoint', () => {
	test.each([
		['a 503', { status: 503 }],
		['a reset', { reset: 'before' as const }],
		['a 429 with Retry-After', { retryAfter: 3 }],
		['half a body', { truncateBody: 'quietly' as const }],
	])('%s passes: the sign-in is tried again with another assertion', async (_case, fault) => {
		const world = await bench.world({ ...SMALL, faults: { securIdAuth: [{ on: { nth: 1 }, do: fault }] } });
		expect((await read(world)).error).toBeUndefined();
		const assertions = world.securIdAuth.requests.map(({ body }) => new URLSearchParams(body).get('client_assertion'));
		expect(assertions).toHaveLength(2);
		expect(new Set(assertions).size).toBe(2);
	});

	test.each([
		['503', { status: 503 }, 'SECURID-TOKEN-5XX-SERVER'],
		['429', { retryAfter: 3_600 }, 'SECURID-TOKEN-429-RATE'],
		['a reset', { reset: 'before' as const }, 'SECURID-TOKEN-NET-RESET'],
		['malformed JSON', { malformedJson: true as const }, 'SECURID-TOKEN-BODY-JSON'],
	])('%s that lasts is told with the sign-in\'s own code', async (_case, fault, code) => {
		const world = await bench.world({ ...SMALL, faults: { securIdAuth: [{ on: {}, do: fault }] } });
		await expectRefusal(world, {}, code, /\w/);
		expect(world.securId.requests).toEqual([]);
	});
});

function dist(): new () => ICredentialType {
	return (require('../../../dist/credentials/SecurIdOAuthApi.credentials') as { SecurIdOAuthApi: new () => ICredentialType }).SecurIdOAuthApi;
}
