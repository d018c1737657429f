jest.mock('n8n-workflow', () => jest.requireActual('../time').withFreePauses(jest.requireActual('n8n-workflow')));

import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import type { ICredentialType } from 'n8n-workflow';
import type { World } from '../../simulators';
import { useBench } from '../bench';
import { leaks, secretsOf } from '../leaks';
import { originOfNobody, startLocalServer, startUntrustedServer } from '../servers';
import { HOUR_MS, NOW } from '../time';

const bench = useBench();

type Data = Record<string, unknown>;

const HTML = { body: '<!DOCTYPE html><html><body>Sign in</body></html>', headers: { 'content-type': 'text/html' } };

const file = ({ securId }: World, more: object = {}): Data => ({
	keySource: 'file',
	privateKeyFile: JSON.stringify({ ...securId.keyFile, ...more }),
});

const fields = ({ securId: { keyFile } }: World, more: object = {}): Data => ({
	...{ keySource: 'fields', accessId: keyFile.accessID, privateKey: keyFile.accessKey, apiUrl: keyFile.adminRestApiUrl, ...more },
});

/** The key file's key in another dress. */
const pem = ({ securId }: World, dress: (key: string) => string) =>
	fields({ securId } as World, { privateKey: dress(securId.keyFile.accessKey) });
const pkcs8 = (key: string) => createPrivateKey(key).export({ type: 'pkcs8', format: 'pem' }).toString();

/** Every form in which people paste the key, accepted by the simulator only when signature, subject and audience are right. */
const FORMS: Array<[string, (world: World) => Data]> = [
	['the whole key file', (world) => file(world)],
	[
		'the key file, pretty-printed, with blank lines around it',
		({ securId }) => ({ keySource: 'file', privateKeyFile: `\n\n${JSON.stringify(securId.keyFile, null, '\t')}\r\n` }),
	],
	[
		'the key file with line ends inside its key',
		({ securId }) => ({ keySource: 'file', privateKeyFile: JSON.stringify(securId.keyFile).replaceAll('\\n', '\n') }),
	],
	[
		'the key file with curly quotes',
		({ securId }) => ({ keySource: 'file', privateKeyFile: JSON.stringify(securId.keyFile).replaceAll('"', '\u201c') }),
	],
	[
		'the key file after a byte order mark',
		({ securId }) => ({ keySource: 'file', privateKeyFile: `\ufeff${JSON.stringify(securId.keyFile)}` }),
	],
	['the fields, with real line ends', (world) => fields(world)],
	['the fields, with CRLF', (world) => pem(world, (key) => key.replaceAll('\n', '\r\n'))],
	['the fields, with \\n written out', (world) => pem(world, (key) => key.replaceAll('\n', '\\n'))],
	['the fields, on one line', (world) => pem(world, (key) => key.replaceAll('\n', ''))],
	['the fields, with blanks for line ends', (world) => pem(world, (key) => key.replaceAll('\n', ' '))],
	['the fields, as PKCS#8', (world) => pem(world, pkcs8)],
	['the fields, as PKCS#8 on one line', (world) => pem(world, (key) => pkcs8(key).replaceAll('\n', ' '))],
	[
		'the fields, with invisible characters around them',
		(world) =>
			fields(world, { accessId: `\u200b${world.securId.keyFile.accessID}\ufffc`, apiUrl: ` ${world.securId.keyFile.adminRestApiUrl}\n` }),
	],
];

describe('a SecurID key', () => {
	test.each(FORMS)('given as %s passes the test and reads the log', async (_case, data) => {
		const world = await bench.world({ adminEvents: 20 });
		const securIdApi = data(world);
		expect(await bench.engine.testCredential('securIdApi', securIdApi)).toEqual({ status: 'OK', message: 'Connection successful!' });
		const report = await bench.run(
			'securIdAdminLog',
			{ returnAll: true, startTime: new Date(NOW - 89 * 24 * HOUR_MS).toISOString() },
			{ securIdApi },
		);
		expect(report.error).toBeUndefined();
		expect(report.items('Node').length).toBeGreaterThan(10);
		expect(leaks([report, ...bench.logged], secretsOf(world))).toEqual([]);
	});

	test.each(['/AdminInterface/restapi', '/AdminInterface/restapi/', '/AdminInterface/restapi/v1', '/AdminInterface/restapi/v1/', ''])(
		'is accepted when adminRestApiUrl ends in "%s", and the token names it as it stands there',
		async (path) => {
			const world = await bench.world({ adminEvents: 20, securId: { adminRestApiUrl: (origin) => `${origin}${path}` } });
			expect((await bench.engine.testCredential('securIdApi', file(world))).status).toBe('OK');
			expect((await bench.run('securIdAdminLog', { returnAll: true }, { securIdApi: file(world) })).status).toBe('success');
		},
	);

	test.each<[string, (world: World) => Data, string, RegExp]>([
		['an unknown access ID', (world) => file(world, { accessID: 'another' }), 'SECURID-403-ACCESS-ID', /"Access ID"/],
		[
			'another audience',
			(world) => file(world, { adminRestApiUrl: world.securId.adminRestApiUrl.replace(/\/$/, '') }),
			'SECURID-403-AUDIENCE',
			/"Administration API URL"/,
		],
		['the key of somebody else', (world) => file(world, { accessKey: someKey() }), 'SECURID-403-KEY', /"Private Key"/],
	])('with %s is told so by the node in one sentence, and by the test with all three fields', async (_case, data, code, says) => {
		const world = await bench.world();
		const report = await bench.run('securIdAdminLog', {}, { securIdApi: data(world) });
		expect(report.error?.message).toMatch(says);
		expect(report.error?.message.endsWith(`(${code})`)).toBe(true);
		expect(world.securId.requests).toHaveLength(1);
		const result = await bench.engine.testCredential('securIdApi', data(world));
		expect(result.status).toBe('Error');
		expect(result.message).toMatch(/\(SECURID-403-TEST\)\. Access ID, Private Key and Administration API URL/);
		expect(leaks([report, result, ...bench.logged], secretsOf(world))).toEqual([]);
	});

	test('on a machine whose clock is an hour behind is told to look at the clock', async () => {
		const world = await bench.world({ clock: { now: () => Date.now() + HOUR_MS } });
		const report = await bench.run('securIdAdminLog', {}, { securIdApi: file(world) });
		expect(report.error?.message).toMatch(/\(SECURID-403-CLOCK\)$/);
		expect((await bench.engine.testCredential('securIdApi', file(world))).message).toMatch(/check the clock/);
	});

	test('works on a machine whose clock is ten minutes off either way', async () => {
		for (const off of [-10, 10]) {
			const world = await bench.world({ clock: { now: () => Date.now() + off * 60_000 } });
			expect((await bench.run('securIdAdminLog', {}, { securIdApi: file(world) })).status).toBe('success');
		}
	});

	test.each<[string, (world: World) => Data, string, RegExp]>([
		['nothing', () => ({ keySource: 'file', privateKeyFile: ' ' }), 'SECURID-KEY-FILE', /^"Key File".*it is empty/],
		[
			'something that is not JSON',
			() => ({ keySource: 'file', privateKeyFile: 'accessID: 1' }),
			'SECURID-KEY-FILE',
			/^"Key File".*not JSON/,
		],
		[
			'half of the key file',
			({ securId }) => ({ keySource: 'file', privateKeyFile: JSON.stringify(securId.keyFile).slice(0, 900) }),
			'SECURID-KEY-FILE',
			/^"Key File".*not JSON/,
		],
		[
			'the private key instead of the file',
			({ securId }) => ({ keySource: 'file', privateKeyFile: securId.keyFile.accessKey }),
			'SECURID-KEY-FILE',
			/^"Key File".*the private key alone/,
		],
		...['accessID', 'accessKey', 'adminRestApiUrl'].map((member): [string, (world: World) => Data, string, RegExp] => [
			`a key file without ${member}`,
			(world) => file(world, { [member]: undefined }),
			'SECURID-KEY-FILE',
			new RegExp(`^"Key File".*${member} is missing`),
		]),
		[
			'a key that is cut off',
			(world) => file(world, { accessKey: world.securId.keyFile.accessKey.slice(0, 700) }),
			'SECURID-KEY-PRIVATE',
			/^"Key File"/,
		],
		[
			'a key without its middle',
			(world) => file(world, { accessKey: world.securId.keyFile.accessKey.replace(/\n.{64}\n/, '\n') }),
			'SECURID-KEY-PRIVATE',
			/^"Key File"/,
		],
		['a key of another kind', (world) => file(world, { accessKey: ecKey() }), 'SECURID-KEY-PRIVATE', /^"Key File"/],
		[
			'an address without TLS',
			(world) => file(world, { adminRestApiUrl: 'http://example.access.securid.com/AdminInterface/restapi/' }),
			'SECURID-URL',
			/^"adminRestApiUrl" in "Key File".*https:\/\//,
		],
		[
			'a host name alone',
			(world) => fields(world, { apiUrl: 'example.access.securid.com' }),
			'SECURID-URL',
			/^"Administration API URL".*https:\/\//,
		],
		[
			'an address with a password',
			(world) => fields(world, { apiUrl: 'https://a:b@example.access.securid.com' }),
			'SECURID-URL',
			/^"Administration API URL".*user name or password/,
		],
		['no access ID', (world) => fields(world, { accessId: '' }), 'SECURID-KEY-ACCESS-ID', /^"Access ID" is empty/],
		['no private key', (world) => fields(world, { privateKey: '' }), 'SECURID-KEY-PRIVATE', /^"Private Key"/],
		['no address', (world) => fields(world, { apiUrl: '' }), 'SECURID-URL', /^"Administration API URL".*it is empty/],
	])('that is %s is refused by test and node before any request, in the same words', async (_case, data, code, says) => {
		const world = await bench.world();
		const result = await bench.engine.testCredential('securIdApi', data(world));
		const report = await bench.run('securIdAdminLog', {}, { securIdApi: data(world) });
		expect(result).toEqual({ status: 'Error', message: expect.stringMatching(says) });
		expect(report.error?.message.endsWith(`(${code})`)).toBe(true);
		expect(result.message).toBe(`${report.error?.message}. ${report.error?.description}`);
		expect(report.items('Node')).toEqual([]);
		expect(world.securId.requests).toEqual([]);
		expect(leaks([report, result, ...bench.logged], secretsOf(world))).toEqual([]);
	});
});

describe('the test of a SecurID credential', () => {
	const at = (world: World, origin: string) => file(world, { adminRestApiUrl: `${origin}/AdminInterface/restapi/` });
	const serving = async (...answer: Parameters<typeof startLocalServer>) => {
		const server = await startLocalServer(...answer);
		bench.endWithTest(server.close);
		return server.origin;
	};

	test.each<[string, () => Promise<string>, RegExp]>([
		[
			'answers with a web page',
			async () => await serving(() => HTML),
			/"Administration API URL" answered with a web page.*\(SECURID-BODY-HTML\)/,
		],
		[
			'does not know the log',
			async () => await serving(() => ({ status: 404, body: {} })),
			/"Administration API URL".*\(SECURID-404-URL\)/,
		],
		['answers JSON of another kind', async () => await serving(() => ({ body: { ok: true } })), /\(SECURID-BODY-HTML\)/],
		['does not take the sign-in', async () => await serving(() => ({ status: 401, body: {} })), /\(SECURID-401-TOKEN\)/],
		// n8n gives the names of these itself, and no credential can word them.
		['listens to nobody', originOfNobody, /^ECONNREFUSED$/],
		['DNS does not know', async () => 'https://tenant.invalid', /^(ENOTFOUND|EAI_AGAIN)$/],
	])('is red for a host that %s', async (_case, originOf, says) => {
		const world = await bench.world();
		const result = await bench.engine.testCredential('securIdApi', at(world, await originOf()));
		expect(result).toEqual({ status: 'Error', message: expect.stringMatching(says) });
		expect(leaks([result, ...bench.logged], secretsOf(world))).toEqual([]);
	});

	test('is red for a host that redirects, and nothing reaches the other host', async () => {
		const elsewhere = await startLocalServer(() => ({ body: { elements: [] } }));
		bench.endWithTest(elsewhere.close);
		const world = await bench.world();
		const origin = await serving(({ path }) => ({ status: 307, headers: { location: `${elsewhere.origin}${path}` } }));
		const result = await bench.engine.testCredential('securIdApi', at(world, origin));
		expect(result).toEqual({ status: 'Error', message: expect.stringContaining('(SECURID-REDIRECT)') });
		expect(elsewhere.requests).toEqual([]);
	});

	test('is red for a host whose certificate nobody vouches for, which gets no request', async () => {
		const untrusted = await startUntrustedServer();
		bench.endWithTest(untrusted.close);
		const result = await bench.engine.testCredential('securIdApi', at(await bench.world(), untrusted.origin));
		expect(result).toEqual({ status: 'Error', message: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
		expect(untrusted.requests()).toBe(0);
	});
});

describe('a SecurID token', () => {
	const { SecurIdApi } = require('../../../dist/credentials/SecurIdApi.credentials') as { SecurIdApi: new () => ICredentialType };

	test.each([
		['another host', 'https://evil.example/AdminInterface/restapi/v1/adminlog/exportlogs'],
		['another tenant', 'https://other.access.securid.com/AdminInterface/restapi/v1/adminlog/exportlogs'],
		['its host without TLS', 'http://example.access.securid.com/AdminInterface/restapi/'],
		['its host as user name', 'https://example.access.securid.com@evil.example/'],
	])('is not made for a request to %s', async (_case, url) => {
		const world = await bench.world();
		const { authenticate } = new SecurIdApi();
		if (typeof authenticate !== 'function') throw new Error('SecurIdApi signs by a function');
		const data = file(world, { adminRestApiUrl: 'https://example.access.securid.com/AdminInterface/restapi/' });
		await expect(authenticate(data as never, { url })).rejects.toThrow('signs requests to its own host alone');
	});

	test('is made anew for each try, lives fifteen minutes, and is dated back half a minute', async () => {
		const world = await bench.world({ adminEvents: 0, faults: { securId: [{ on: { nth: 1 }, do: { retryAfter: 50 } }] } });
		await bench.run('securIdAdminLog', { returnAll: true }, { securIdApi: file(world) });
		const claims = world.securId.requests.map(
			({ headers }) =>
				JSON.parse(Buffer.from(String(headers.authorization).split('.')[1], 'base64url').toString()) as Record<string, unknown>,
		);
		const first = Math.floor(NOW / 1_000) - 30;
		const { accessID: sub } = world.securId.keyFile;
		expect(claims).toEqual([first, first + 50].map((iat) => ({ sub, iat, exp: iat + 900, aud: world.securId.adminRestApiUrl })));
	});
});

function someKey(): string {
	return generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
}

function ecKey(): string {
	return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}
