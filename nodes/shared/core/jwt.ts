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

/** Signs a JWT with RS256 and exactly the header `{"typ":"JWT","alg":"RS256"}` (SecurID refuses any other, documented). */
export function signRs256(claims: Record<string, string | number>, key: KeyObject): string {
	const head = base64url('{"typ":"JWT","alg":"RS256"}');
	const body = base64url(JSON.stringify(claims));
	const signature = sign('RSA-SHA256', Buffer.from(`${head}.${body}`), key).toString('base64url');
	return `${head}.${body}.${signature}`;
}

function base64url(text: string): string {
	return Buffer.from(text).toString('base64url');
}
