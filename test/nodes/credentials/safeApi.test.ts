jest.mock('n8n-workflow', () => jest.requireActual('../time').withFreePauses(jest.requireActual('n8n-workflow')));

import type { ICredentialType } from 'n8n-workflow';
import type { World } from '../../simulators';
import { useBench } from '../bench';
import { leaks, secretsOf } from '../leaks';
import { originOfNobody, startLocalServer, startUntrustedServer } from '../servers';

const bench = useBench();

const HTML = { body: '<!DOCTYPE html><html><body>Sign in</body></html>', headers: { 'content-type': 'text/html' } };

type Data = Record<string, unknown>;

/** A local server that ends with the test, at `origin`. */
async function serve(...answer: Parameters<typeof startLocalServer>) {
	const server = await startLocalServer(...answer);
	bench.endWithTest(server.close);
	return server;
}

const pasted = ({ credentials }: World, accessToken: string): Data => ({
	...{ region: 'custom', baseUrl: credentials.safeApi.baseUrl, authentication: 'accessToken', accessToken },
});

describe('the test of a SAFE credential', () => {
	test.each<[string, (world: World) => Data]>([
		['user name and password', ({ credentials }) => credentials.safeApi],
		[
			'a user name with blanks around it',
			({ credentials }) => ({ ...credentials.safeApi, username: ` ${credentials.safeApi.username}\n` }),
		],
		[
			'a host with the path of the API',
			({ credentials }) => ({ ...credentials.safeApi, baseUrl: `${credentials.safeApi.baseUrl}/api/v3/` }),
		],
		[
			'a host with invisible characters around it',
			({ credentials }) => ({ ...credentials.safeApi, baseUrl: `\u200b ${credentials.safeApi.baseUrl} ` }),
		],
		['a pasted token', (world) => pasted(world, world.safe.issueToken())],
		['a pasted header', (world) => pasted(world, `Bearer ${world.safe.issueToken()}`)],
	])('is green for %s', async (_case, data) => {
		const world = await bench.world();
		const result = await bench.engine.testCredential('safeApi', data(world));
		expect(result).toEqual({ status: 'OK', message: 'Connection successful!' });
	});

	test.each<[string, (world: World) => Data, string, RegExp]>([
		[
			'a wrong password',
			({ credentials }) => ({ ...credentials.safeApi, password: 'wrong' }),
			'SAFE-401-PASSWORD',
			/"API Username" and "API Password".*"Unauthorized"$/,
		],
		['no user name', ({ credentials }) => ({ ...credentials.safeApi, username: ' ' }), 'SAFE-FIELD-EMPTY', /^"API Username" is empty/],
		['no password', ({ credentials }) => ({ ...credentials.safeApi, password: '' }), 'SAFE-FIELD-EMPTY', /^"API Password" is empty/],
		['no token', (world) => pasted(world, ' '), 'SAFE-FIELD-EMPTY', /^"Access Token" is empty/],
		[
			'a token that has expired',
			(world) => pasted(world, world.safe.issueToken({ lifetimeMs: -1 })),
			'SAFE-401-TOKEN',
			/"Access Token" lives about an hour/,
		],
		['a token that is none', (world) => pasted(world, 'no-such-token'), 'SAFE-401-TOKEN', /bearer token of this credential/],
		[
			'a token whose owner is not allowed in',
			(world) => pasted(world, world.safe.issueToken({ denied: true })),
			'SAFE-403-ROLE',
			/"Region".*made by an Admin/,
		],
		[
			'no host',
			({ credentials }) => ({ ...credentials.safeApi, baseUrl: '' }),
			'SAFE-HOST',
			/^"Custom Host" is not a usable address: it is empty/,
		],
		[
			'a host without TLS',
			({ credentials }) => ({ ...credentials.safeApi, baseUrl: 'http://us.safeone.ai' }),
			'SAFE-HOST',
			/^"Custom Host".*https:\/\//,
		],
		[
			'a host with a path',
			({ credentials }) => ({ ...credentials.safeApi, baseUrl: 'https://us.safeone.ai/login' }),
			'SAFE-HOST',
			/^"Custom Host".*it has a path/,
		],
		[
			'a host with a user name',
			({ credentials }) => ({ ...credentials.safeApi, baseUrl: 'https://a:b@us.safeone.ai' }),
			'SAFE-HOST',
			/^"Custom Host".*user name/,
		],
		[
			'a region that does not exist',
			({ credentials }) => ({ ...credentials.safeApi, region: 'mars' }),
			'SAFE-HOST',
			/^"Region".*"mars" is not in the list/,
		],
		[
			'a host that DNS does not know',
			({ credentials }) => ({ ...credentials.safeApi, baseUrl: 'tenant.invalid' }),
			'SAFE-NET-HOST',
			/"Custom Host"/,
		],
		[
			'a host that its own domain list forbids',
			({ credentials }) => ({ ...credentials.safeApi, allowedHttpRequestDomains: 'domains', allowedDomains: 'other.example' }),
			'SAFE-NET-BLOCKED',
			/"Custom Host".*allowed domains/,
		],
	])('is red for %s, and says where to look', async (_case, data, code, says) => {
		const world = await bench.world();
		const result = await bench.engine.testCredential('safeApi', data(world));
		expect(result).toEqual({ status: 'Error', message: expect.stringMatching(says) });
		expect(result.message).toContain(`(${code}). `);
		expect(leaks([result, ...bench.logged], [...secretsOf(world), 'wrong'])).toEqual([]);
	});

	test.each<[string, () => Promise<string>, string, RegExp]>([
		['answers with a web page', async () => (await serve(() => HTML)).origin, 'SAFE-BODY-HTML', /"Custom Host"/],
		[
			'signs in, and then answers with a web page',
			async () => (await serve(({ path }) => (path.endsWith('/auth') ? { body: { accessToken: 'fake' } } : HTML))).origin,
			'SAFE-BODY-HTML',
			/"Custom Host"/,
		],
		[
			'signs in without a token',
			async () => (await serve(() => ({ body: { status: 'ok' } }))).origin,
			'SAFE-AUTH-SHAPE',
			/Members seen: status/,
		],
		['has no API', async () => (await serve(() => ({ status: 404, body: {} }))).origin, 'SAFE-404-URL', /"Custom Host"/],
		['listens to nobody', originOfNobody, 'SAFE-NET-REFUSED', /"Custom Host"/],
		[
			'has no TLS although it was given as https',
			async () => (await serve(() => ({}))).origin.replace('http:', 'https:'),
			'SAFE-NET-TLS',
			/"Custom Host"/,
		],
	])('is red for a host that %s, and names the field', async (_case, hostOf, code, says) => {
		const { credentials } = await bench.world();
		const result = await bench.engine.testCredential('safeApi', { ...credentials.safeApi, baseUrl: await hostOf() });
		expect(result).toEqual({ status: 'Error', message: expect.stringMatching(says) });
		expect(result.message).toContain(`(${code}). `);
		expect(leaks([result], [credentials.safeApi.password])).toEqual([]);
	});

	test('is red for a host whose certificate nobody vouches for, which gets no request', async () => {
		const untrusted = await startUntrustedServer();
		bench.endWithTest(untrusted.close);
		const { credentials } = await bench.world();
		const result = await bench.engine.testCredential('safeApi', { ...credentials.safeApi, baseUrl: untrusted.origin });
		expect(result.message).toMatch(/^The certificate of the host in "Region" or "Custom Host".*\(SAFE-NET-TLS\)/);
		expect(untrusted.requests()).toBe(0);
	});

	test('is red for a typed host name without a scheme that has no TLS, since https is taken for granted', async () => {
		const { credentials } = await bench.world();
		const baseUrl = credentials.safeApi.baseUrl.replace('http://', '');
		const result = await bench.engine.testCredential('safeApi', { ...credentials.safeApi, baseUrl });
		expect(result.message).toContain('(SAFE-NET-TLS)');
	});

	test.each([
		['at the sign-in', () => true],
		['after the sign-in', (path: string) => !path.endsWith('/auth')],
	])('is red for a host that redirects %s, and nothing reaches the other host', async (_case, redirects) => {
		const elsewhere = await serve(() => ({ body: { accessToken: 'fake', values: [] } }));
		const { origin } = await serve(({ path }) =>
			redirects(path) ? { status: 302, headers: { location: `${elsewhere.origin}${path}` } } : { body: { accessToken: 'fake' } },
		);
		const { credentials } = await bench.world();
		const result = await bench.engine.testCredential('safeApi', { ...credentials.safeApi, baseUrl: origin });
		expect(result.status).toBe('Error');
		expect(result.message).toContain('(SAFE-REDIRECT). Put the API\'s own address into "Region" or "Custom Host"');
		expect(elsewhere.requests).toEqual([]);
	});
});

describe('a SAFE token', () => {
	const { SafeApi } = require('../../../dist/credentials/SafeApi.credentials') as { SafeApi: new () => ICredentialType };
	const sign = async (url: string, data: object = {}, baseURL?: string) => {
		const { authenticate } = new SafeApi();
		if (typeof authenticate !== 'function') throw new Error('SafeApi signs by a function');
		return await authenticate({ region: 'us', authentication: 'accessToken', accessToken: 'fake', ...data }, { url, baseURL });
	};

	test('is put on requests to its own host alone', async () => {
		await expect(sign('https://us.safeone.ai/api/v3/users?page=1')).resolves.toMatchObject({
			url: 'https://us.safeone.ai/api/v3/users?page=1',
			headers: { authorization: 'Bearer fake' },
			disableFollowRedirect: true,
			sendCredentialsOnCrossOriginRedirect: false,
		});
	});

	test.each([
		['another host', 'https://evil.example/api/v3/users', undefined],
		['another region', 'https://eu.safeone.ai/api/v3/users', undefined],
		['its host without TLS', 'http://us.safeone.ai/api/v3/users', undefined],
		['another port', 'https://us.safeone.ai:8443/api/v3/users', undefined],
		['its host as user name', 'https://us.safeone.ai@evil.example/', undefined],
		['its host as prefix', 'https://us.safeone.ai.evil.example/', undefined],
		['the stand-in for its host as prefix', 'https://own-host.invalid.evil.example/', undefined],
		['the stand-in for its host as user name', 'https://own-host.invalid@evil.example/', undefined],
		['another base', '/api/v3/users', 'https://evil.example'],
		['no address', '/api/v3/users', undefined],
	])('is not put on a request to %s', async (_case, url, baseURL) => {
		await expect(sign(url, {}, baseURL)).rejects.toThrow('signs requests to its own host alone');
	});

	test('that n8n kept for other fields is not sent; the credential signs in anew', async () => {
		const [before, after] = [
			await bench.world(),
			await bench.world({ safe: { credentials: { username: 'fake-other-user', password: 'fake other' } } }),
		];
		const { preAuthentication } = new SafeApi();
		const httpRequest = async () => ({ statusCode: 200, headers: {}, body: '{"accessToken":"token-of-before"}' });
		const kept = await preAuthentication?.call({ helpers: { httpRequest } } as never, before.credentials.safeApi);
		const edited = { ...after.credentials.safeApi, ...kept };
		const report = await bench.run('safeUsers', { returnAll: true }, { safeApi: edited });
		expect(report.status).toBe('success');
		const sent = after.safe.requests.map(({ headers }) => headers.authorization);
		expect(sent.filter((header) => header?.includes('token-of-before'))).toEqual([]);
		expect(after.safe.requests.filter(({ path }) => path === '/api/v3/auth')).toHaveLength(1);
	});
});
