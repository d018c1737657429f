import { createPublicKey } from 'node:crypto';

import { fixedClock } from './clock';
import { createRsaKeyPair } from './securid/keyFile';
import { startSecurId, type SecurIdOptions, type SecurIdSimulator } from './securid/server';
import { createTenant } from './tenant';
import { ask, signToken, tokenClaims } from './testClient';

const ENDS_AT = Date.parse('2026-01-15T10:07:31.250Z');
const tenant = createTenant({ seed: 4, endsAt: ENDS_AT, adminEvents: 10, safeRows: 0, users: 0 });
const clock = fixedClock(ENDS_AT);

let securId: SecurIdSimulator;
afterEach(async () => {
	await securId.close();
});

async function start(options: Partial<SecurIdOptions> = {}): Promise<SecurIdSimulator> {
	securId = await startSecurId({ tenant, clock, ...options });
	return securId;
}

const claims = (changes: Record<string, unknown> = {}) => tokenClaims(securId.keyFile, clock.now(), changes);
const bearer = (changes: Record<string, unknown> = {}) =>
	`Bearer ${signToken(claims(changes), securId.keyFile.accessKey)}`;
const exportLogs = async (authorization?: string) =>
	await ask(`${securId.url}/AdminInterface/restapi/v1/adminlog/exportlogs`, {
		headers: authorization === undefined ? {} : { authorization },
	});

describe('the token', () => {
	const refused = async (authorization: string | undefined, message: string) => {
		const reply = await exportLogs(authorization);
		expect(reply.status).toBe(403);
		expect(JSON.parse(reply.text)).toEqual({
			timestamp: clock.now(),
			status: 403,
			error: 'Forbidden',
			message: expect.stringMatching(message) as string,
			path: '/AdminInterface/restapi/v1/adminlog/exportlogs',
		});
	};
	const OTHER = '^Server failed to process provided access token$';

	it('comes with a key file of five members and a PKCS#1 key of 2048 bits', async () => {
		const { keyFile, url, adminRestApiUrl } = await start();
		expect(Object.keys(keyFile)).toEqual([
			'customerName',
			'accessID',
			'description',
			'accessKey',
			'adminRestApiUrl',
		]);
		expect(keyFile.accessKey).toMatch(/^-----BEGIN RSA PRIVATE KEY-----\n/);
		expect(createPublicKey(keyFile.accessKey).asymmetricKeyDetails?.modulusLength).toBe(2048);
		expect([keyFile.adminRestApiUrl, adminRestApiUrl]).toEqual(
			Array(2).fill(`${url}/AdminInterface/restapi/`),
		);
	});

	it('is refused as expired more than 60 s after its end, in exactly the words of the vendor', async () => {
		await start();
		const nowSec = Math.floor(clock.now() / 1000);
		expect((await exportLogs(bearer({ iat: nowSec - 400, exp: nowSec - 59 }))).status).toBe(200);
		await refused(bearer({ iat: nowSec - 400, exp: nowSec - 61 }), '^Expired Access Token is not allowed$');
	});

	it('is refused for its access id', async () => {
		await start();
		await refused(bearer({ sub: 'somebody-else' }), 'Access Id');
		await refused(bearer({ sub: undefined }), 'Access Id');
	});

	it.each(['without its trailing slash', 'in capitals', 'missing'])(
		'is refused for an audience %s',
		async (how) => {
			await start();
			const aud = securId.keyFile.adminRestApiUrl;
			const wrong = { 'without its trailing slash': aud.slice(0, -1), 'in capitals': aud.toUpperCase() }[how];
			await refused(bearer({ aud: wrong }), 'Invalid audience');
		},
	);

	it('is refused for the signature of another key, or a changed claim', async () => {
		await start();
		await refused(`Bearer ${signToken(claims(), createRsaKeyPair().privateKeyPem)}`, OTHER);
		const [head, , signature] = bearer().split('.');
		const longer = Buffer.from(JSON.stringify(claims({ exp: 1e10, iat: 1e10 - 60 }))).toString('base64url');
		await refused([head, longer, signature].join('.'), OTHER);
	});

	it.each([
		[{ typ: 'JWT', alg: 'RS256', kid: 'x' }],
		[{ alg: 'RS256' }],
		[{ typ: 'jwt', alg: 'RS256' }],
		[{ typ: 'JWT', alg: 'RS512' }],
		[{ typ: 'JWT', alg: 'none' }],
	])('is refused for the header %j', async (header) => {
		await start();
		await refused(`Bearer ${signToken(claims(), securId.keyFile.accessKey, header)}`, OTHER);
	});

	it.each<[string, (nowSec: number) => Record<string, unknown>]>([
		['an issue time in text', (nowSec) => ({ iat: String(nowSec) })],
		['an end that is no whole number', (nowSec) => ({ exp: nowSec + 10.5 })],
		['no end', () => ({ exp: undefined })],
		['a life over an hour', (nowSec) => ({ iat: nowSec, exp: nowSec + 3601 })],
		['an end before its beginning', (nowSec) => ({ iat: nowSec, exp: nowSec })],
	])('is refused for %s', async (_, change) => {
		await start();
		await refused(bearer(change(Math.floor(clock.now() / 1000))), OTHER);
	});

	it('may live exactly an hour, and hold further claims', async () => {
		await start();
		const iat = Math.floor(clock.now() / 1000);
		expect((await exportLogs(bearer({ iat, exp: iat + 3600, jti: 'more' }))).status).toBe(200);
	});

	it.each(['missing', 'Basic', 'lower-case scheme', 'two parts', 'padded'])(
		'is refused when %s',
		async (how) => {
			await start();
			const good = bearer();
			const wrong = {
				Basic: `Basic ${Buffer.from('a:b').toString('base64')}`,
				'lower-case scheme': good.replace('Bearer', 'bearer'),
				'two parts': good.slice(0, good.lastIndexOf('.')),
				padded: `${good}==`,
			}[how];
			await refused(wrong, OTHER);
		},
	);

	it('is taken from a second key with an audience of its own', async () => {
		const { privateKeyPem, publicKeyPem } = createRsaKeyPair();
		const key = {
			accessId: 'second',
			publicKeyPem,
			adminRestApiUrl: 'https://securid.example.com/AdminInterface/restapi',
		};
		await start({ key });
		const sign = (aud: string) => `Bearer ${signToken(claims({ sub: 'second', aud }), privateKeyPem)}`;
		expect((await exportLogs(sign(key.adminRestApiUrl))).status).toBe(200);
		await refused(sign(securId.adminRestApiUrl), 'Invalid audience');
		expect((await exportLogs(bearer())).status).toBe(200);
	});

	it('has the audience that the key file names, whatever its form', async () => {
		await start({ adminRestApiUrl: (origin) => `${origin}/AdminInterface/restapi/v1` });
		expect(securId.keyFile.adminRestApiUrl).toBe(`${securId.url}/AdminInterface/restapi/v1`);
		expect((await exportLogs(bearer())).status).toBe(200);
	});

	it('may begin in the future unless the simulator is told to look', async () => {
		const ahead = () => {
			const iat = Math.floor(clock.now() / 1000) + 3480;
			return bearer({ iat, exp: iat + 600 });
		};
		await start();
		expect((await exportLogs(ahead())).status).toBe(200);
		await securId.close();
		await start({ refuseFutureIat: true });
		await refused(ahead(), OTHER);
	});
});
