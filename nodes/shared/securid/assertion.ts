import { signRs256 } from '../core/jwt';
import type { SecurIdKey } from './keyFile';

const LIFETIME_SEC = 900;
/** The token is dated back a little, for clocks that run ahead of the vendor's. */
const BACKDATED_SEC = 30;

/**
 * The bearer token of the key-file sign-in: RS256, valid 15 minutes, made anew for each request.
 * In: the key, epoch ms. Out: compact JWT with integer `iat` and `exp` and `aud` exactly as in the key file.
 * Source: header, claims and the one-hour maximum are documented; integers instead of the sample's strings as all working clients send them.
 */
export function signToken(key: SecurIdKey, nowMs: number): string {
	const iat = Math.floor(nowMs / 1000) - BACKDATED_SEC;
	return signRs256({ sub: key.accessId, iat, exp: iat + LIFETIME_SEC, aud: key.audience }, key.privateKey);
}
