import { verify } from 'node:crypto';
import { loadPrivateKey, rewrapPem, signRs256 } from '../../../nodes/shared/core/jwt';
import { PASTE_FORMS, PKCS1, PKCS8, PUBLIC_KEY, UNUSABLE_KEYS } from '../keys';

const KINDS: Array<[string, string]> = [
	['PKCS#1', PKCS1],
	['PKCS#8', PKCS8],
];

describe.each(KINDS)('a %s key', (_kind, pem) => {
	it.each(PASTE_FORMS)('comes back unchanged from %s', (_form, pasted) => {
		expect(rewrapPem(pasted(pem))).toBe(pem);
	});

	it('is loaded as it is', () => {
		expect(loadPrivateKey(pem)?.asymmetricKeyType).toBe('rsa');
	});
});

it.each(['', 'words', PKCS1.slice(0, 800), PKCS1.slice(40), PKCS1.replace('END RSA', 'END EC')])(
	'finds no key without a whole frame',
	(text) => {
		expect(rewrapPem(text)).toBeUndefined();
	},
);

it.each(UNUSABLE_KEYS.filter(([label]) => /encrypted|public|missing|empty/.test(label)))(
	'cannot load %s',
	(_label, pem) => {
		expect(loadPrivateKey(rewrapPem(pem) ?? pem)).toBeUndefined();
	},
);

describe('a signed token', () => {
	const key = loadPrivateKey(PKCS1);
	if (!key) throw new Error('the key made for this test cannot be loaded');
	const claims = { sub: 'id', iat: 1_526_273_000, aud: 'https://example.com/ü+/' };
	const [head, body, signature] = signRs256(claims, key).split('.');

	it('has exactly the header that SecurID accepts', () => {
		expect(Buffer.from(head, 'base64url').toString()).toBe('{"typ":"JWT","alg":"RS256"}');
	});

	it('carries the claims in their order, unchanged', () => {
		expect(Buffer.from(body, 'base64url').toString()).toBe(
			'{"sub":"id","iat":1526273000,"aud":"https://example.com/ü+/"}',
		);
	});

	it('is base64url without padding in all three parts', () => {
		for (const part of [head, body, signature]) expect(part).toMatch(/^[\w-]+$/);
	});

	it('is verified with the public key, and refused once a character changes', () => {
		const bytes = Buffer.from(signature, 'base64url');
		expect(verify('RSA-SHA256', Buffer.from(`${head}.${body}`), PUBLIC_KEY, bytes)).toBe(true);
		expect(verify('RSA-SHA256', Buffer.from(`${head}.${body}x`), PUBLIC_KEY, bytes)).toBe(false);
	});
});
