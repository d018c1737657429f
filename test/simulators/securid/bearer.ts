import { createPublicKey, verify, type JsonWebKey } from 'node:crypto';

import { jsonAnswer, type Answer } from '../answers';
import type { TrustedIssuer } from './authorization';

/** Clock difference that is forgiven, in seconds (documented for key files, assumed for OAuth). */
const SKEW_SEC = 60;

/** Why a bearer token of an OAuth client was refused; RFC 6750's words, since the vendor publishes none (assumed). */
export interface BearerRefusal {
	status: 401 | 403;
	error: 'invalid_token' | 'insufficient_scope';
	description: string;
}

export interface BearerCheck {
	trusted: TrustedIssuer;
	audience: string;
	scope: string | undefined;
	nowMs: number;
}

const invalid = (description: string): BearerRefusal => ({ status: 401, error: 'invalid_token', description });

/** Whether a token was given out by an OAuth server rather than signed with an API key: it names an issuer. */
export function isIssuedToken(authorization: string | undefined): boolean {
	return readPart((authorization ?? '').split('.')[1])?.iss !== undefined;
}

/**
 * Judges the token of an OAuth client: signature by the issuer's published key with that `kid`, issuer, audience, times, scope.
 * Out: null when it is good.
 */
export async function refuseBearer(authorization: string | undefined, check: BearerCheck): Promise<BearerRefusal | null> {
	const [, headerPart, claimsPart, signaturePart] = /^Bearer ([\w-]+)\.([\w-]+)\.([\w-]+)$/.exec(authorization ?? '') ?? [];
	const [header, claims] = [readPart(headerPart), readPart(claimsPart)];
	if (!header || !claims) return invalid('The access token is malformed');
	const key = (await check.trusted.keys()).find(({ kid }: JsonWebKey) => kid === header.kid);
	if (!key || header.alg !== 'RS256') return invalid('The access token is signed with an unknown key');
	const signed = Buffer.from(`${headerPart}.${claimsPart}`);
	const publicKey = createPublicKey({ key, format: 'jwk' });
	if (!verify('RSA-SHA256', signed, publicKey, Buffer.from(signaturePart, 'base64url'))) return invalid('The signature does not fit');
	if (claims.iss !== check.trusted.issuer) return invalid('The issuer of the access token is not trusted');
	if (![claims.aud].flat().includes(check.audience)) return invalid('The audience of the access token is another API');
	const nowSec = check.nowMs / 1000;
	if (typeof claims.exp !== 'number' || claims.exp + SKEW_SEC < nowSec) return invalid('The access token has expired');
	if (typeof claims.iat === 'number' && claims.iat - SKEW_SEC > nowSec) return invalid('The access token is issued in the future');
	if (check.scope === undefined || String(claims.scope ?? '').split(' ').includes(check.scope)) return null;
	return { status: 403, error: 'insufficient_scope', description: `The request requires the permission ${check.scope}` };
}

/** The answer to a refused token: RFC 6750's header, the vendor's body for 403 (assumed for OAuth). */
export function bearerRefusal({ status, error, description }: BearerRefusal, path: string, nowMs: number): Answer {
	const body = { timestamp: nowMs, status, error: status === 401 ? 'Unauthorized' : 'Forbidden', message: description, path };
	return jsonAnswer(status, body, { 'www-authenticate': `Bearer error="${error}", error_description="${description}"` });
}

function readPart(part: string | undefined): Record<string, unknown> | null {
	try {
		const value: unknown = JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8'));
		return typeof value === 'object' && value !== null ? { ...value } : null;
	} catch {
		return null;
	}
}
