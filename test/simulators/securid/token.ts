import { verify } from 'node:crypto';

import type { AcceptedKey } from './keyFile';

/** Clock difference that the vendor forgives, in seconds (documented). */
const SKEW_SEC = 60;
/** Longest time from `iat` to `exp`, in seconds (documented). */
const MAX_LIFETIME_SEC = 3600;

/** The sentences of a 403. The first two words of the second and third are what clients look for (seen in code). */
export const TOKEN_REFUSALS = {
	expired: 'Expired Access Token is not allowed',
	accessId: 'Access Id of the provided access token is not known',
	audience: 'Invalid audience in the provided access token',
	other: 'Server failed to process provided access token',
} as const;

/** Why a token was refused. */
export type TokenRefusal = keyof typeof TOKEN_REFUSALS;

/** Settings of the check. `nowMs` is epoch ms; `refuseFutureIat` also refuses an `iat` more than 60 s ahead. */
export interface TokenCheck {
	keys: readonly AcceptedKey[];
	nowMs: number;
	refuseFutureIat: boolean;
}

/**
 * Judges the Authorization header of a request.
 * Out: null when the token is good, else why not. Never fails.
 * Rules: three parts of unpadded base64url; header of exactly `typ: JWT` and `alg: RS256`; known `sub`; RS256
 * signature; `aud` byte for byte; whole `iat` and `exp`, at most 3600 s apart; `exp` not more than 60 s ago.
 * Source: reference/securid.md 3.2 and 3.3 (documented, sentences seen in code); the order of the checks is assumed.
 */
export function refuseToken(authorization: string | undefined, check: TokenCheck): TokenRefusal | null {
	const parts = /^Bearer ([\w-]+)\.([\w-]+)\.([\w-]+)$/.exec(authorization ?? '');
	if (parts === null) return 'other';
	const [, headerPart, claimsPart, signaturePart] = parts;
	const header = readPart(headerPart);
	const claims = readPart(claimsPart);
	if (header === null || claims === null) return 'other';
	if (Object.keys(header).length !== 2 || header.typ !== 'JWT' || header.alg !== 'RS256') return 'other';

	const key = check.keys.find(({ accessId }) => accessId === claims.sub);
	if (key === undefined) return 'accessId';
	const signed = Buffer.from(`${headerPart}.${claimsPart}`);
	if (!verify('RSA-SHA256', signed, key.publicKeyPem, Buffer.from(signaturePart, 'base64url')))
		return 'other';
	if (claims.aud !== key.audience) return 'audience';

	const { iat, exp } = claims;
	if (!isWhole(iat) || !isWhole(exp) || exp <= iat || exp - iat > MAX_LIFETIME_SEC) return 'other';
	const nowSec = check.nowMs / 1000;
	if (exp + SKEW_SEC < nowSec) return 'expired';
	// Whether the vendor looks at a future `iat` is not known: one of its own libraries sends one (seen in code).
	return check.refuseFutureIat && iat - SKEW_SEC > nowSec ? 'other' : null;
}

function readPart(part: string): Record<string, unknown> | null {
	try {
		const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
		return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
	} catch {
		return null;
	}
}

function isWhole(value: unknown): value is number {
	return Number.isInteger(value);
}
