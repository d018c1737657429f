import { verify } from 'node:crypto';
import { signToken } from '../../../nodes/shared/securid/assertion';
import { readKey } from '../../../nodes/shared/securid/keyFile';
import { START_MS } from '../clock';
import { PKCS1, PUBLIC_KEY } from '../keys';

const ACCESS_ID = '139f6495-e447-4a26-a765-5c01b6b152d5';

function tokenFor(adminRestApiUrl: string, nowMs = START_MS) {
	const privateKeyFile = JSON.stringify({ accessID: ACCESS_ID, accessKey: PKCS1, adminRestApiUrl });
	const token = signToken(readKey({ keySource: 'file', privateKeyFile }), nowMs);
	const [head, body, signature] = token.split('.');
	const text = (part: string) => Buffer.from(part, 'base64url').toString();
	return {
		head: text(head),
		body: text(body),
		signed: `${head}.${body}`,
		signature: Buffer.from(signature, 'base64url'),
	};
}

const HOST = 'https://example.access.securid.com/AdminInterface/restapi';

describe('the bearer token', () => {
	it('has exactly the documented header', () => {
		expect(tokenFor(HOST).head).toBe('{"typ":"JWT","alg":"RS256"}');
	});

	it.each([HOST, `${HOST}/`, `${HOST}/v1`, `${HOST}/v1/`])('names %s as audience, byte for byte', (url) => {
		expect(JSON.parse(tokenFor(url).body)).toMatchObject({ aud: url });
	});

	it('has the four documented claims and no other', () => {
		const claims = JSON.parse(tokenFor(HOST).body) as Record<string, unknown>;
		expect(Object.keys(claims).sort()).toEqual(['aud', 'exp', 'iat', 'sub']);
		expect(claims.sub).toBe(ACCESS_ID);
	});

	it.each([START_MS, START_MS + 1, START_MS + 999, 1_526_273_000_123])(
		'lives 900 whole seconds, dated back half a minute (at %s ms)',
		(nowMs) => {
			const { body } = tokenFor(HOST, nowMs);
			const { iat, exp } = JSON.parse(body) as { iat: number; exp: number };
			expect(iat).toBe(Math.floor(nowMs / 1000) - 30);
			expect(exp - iat).toBe(900);
			expect(body).toMatch(/"iat":\d+,"exp":\d+,/);
		},
	);

	it('is signed with the key of the file', () => {
		const { signed, signature } = tokenFor(HOST);
		expect(verify('RSA-SHA256', Buffer.from(signed), PUBLIC_KEY, signature)).toBe(true);
	});
});
