import { createPrivateKey, sign, type KeyObject } from 'node:crypto';

/**
 * Brings a pasted private key back into PEM form: real newlines, literal `\n`, everything on one line, or newlines that a
 * single-line field turned into blanks. PKCS#1 and PKCS#8. Out: PEM with 64-column lines, or undefined when no PEM frame is there.
 */
export function rewrapPem(pasted: string): string | undefined {
	const text = pasted.replace(/\\r/g, '').replace(/\\n/g, '\n');
	const frame = /-----BEGIN ([A-Z0-9 ]+?)-----([\s\S]*?)-----END \1-----/.exec(text);
	if (!frame) return undefined;
	const [, label, body] = frame;
	const lines = body.replace(/[^A-Za-z0-9+/=]/g, '').match(/.{1,64}/g) ?? [];
	return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

/** Loads a PEM private key. Out: the key, or undefined when Node's crypto cannot read it (encrypted, cut off, not a key). */
export function loadPrivateKey(pem: string): KeyObject | undefined {
	try {
		return createPrivateKey(pem);
	} catch {
		return undefined;
	}
}

/** The two algorithms that SecurID's keys come with. */
export type JwtAlgorithm = 'RS256' | 'ES256';

/**
 * Signs a JWT. In: header (members are written in the order given), claims, a private key that fits `alg`. Out: compact form.
 * ES256 signatures are raw r‖s as RFC 7518 wants them; Node's default, DER, is refused everywhere.
 */
export function signJwt(
	header: { typ: 'JWT'; alg: JwtAlgorithm; kid?: string },
	claims: Record<string, string | number>,
	key: KeyObject,
): string {
	const signed = `${base64url(JSON.stringify(header))}.${base64url(JSON.stringify(claims))}`;
	const signer = header.alg === 'ES256' ? { key, dsaEncoding: 'ieee-p1363' as const } : key;
	return `${signed}.${sign('sha256', Buffer.from(signed), signer).toString('base64url')}`;
}

/** Signs a JWT with RS256 and exactly the header `{"typ":"JWT","alg":"RS256"}` (SecurID refuses any other, documented). */
export function signRs256(claims: Record<string, string | number>, key: KeyObject): string {
	return signJwt({ typ: 'JWT', alg: 'RS256' }, claims, key);
}

function base64url(text: string): string {
	return Buffer.from(text).toString('base64url');
}
