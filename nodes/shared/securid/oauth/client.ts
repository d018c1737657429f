import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject, sign, verify } from 'node:crypto';
import { isAllowedOrigin } from '../../core/http';
import type { JwtAlgorithm } from '../../core/jwt';
import { securIdFailure } from '../failures';
import { apiBaseUrl } from '../keyFile';
import { kindOfPasted, parsePastedObject, trimmed } from '../pasted';

/** The fields of the `securIdOAuthApi` credential, as n8n hands them over. */
export interface SecurIdOAuthCredential {
	issuerUrl?: string;
	clientId?: string;
	/** The JWK, as text. */
	privateKey?: string;
	apiUrl?: string;
	/** Permissions, as a list or as text. */
	scope?: string | string[];
	/** Kept by n8n: the token of the last sign-in. */
	sessionToken?: string;
}

/** What signing in and addressing need. */
export interface OAuthClient {
	clientId: string;
	privateKey: KeyObject;
	alg: JwtAlgorithm;
	kid: string;
	/** Where the assertion goes, and its audience. */
	tokenUrl: string;
	/** Permissions, separated by blanks; empty for all that the client has. */
	scope: string;
	/** Ends with `/AdminInterface/restapi`, no slash. */
	baseUrl: string;
}

/** Reads the credential in every form that users paste. Throws a `Failure` that names the field. */
export function readOAuthClient(credential: SecurIdOAuthCredential): OAuthClient {
	const clientId = trimmed(credential.clientId ?? '');
	if (!clientId) throw securIdFailure('SECURID-OAUTH-CLIENT-ID');
	return {
		clientId,
		tokenUrl: tokenUrl(credential.issuerUrl ?? ''),
		baseUrl: oauthApiBaseUrl(credential.apiUrl ?? ''),
		scope: scopesOf(credential.scope).join(' '),
		...readJwk(credential.privateKey ?? ''),
	};
}

/** The permissions that the credential names, without invisible characters (one comes with the vendor's own sample, seen in code). */
export function scopesOf(scope: string | string[] | undefined): string[] {
	const text = Array.isArray(scope) ? scope.join(' ') : (scope ?? '');
	return text.replace(/[\p{Cf}\uFFFC]/gu, '').split(/[\s,;]+/).filter(Boolean);
}

/**
 * The token endpoint below the issuer: `{issuer}/token` (seen in four clients).
 * In: the issuer URL as pasted; the host alone, the token endpoint itself and the discovery document's address are read too.
 * Throws a `Failure`.
 */
export function tokenUrl(pasted: string): string {
	const refuse = (detail: string) => securIdFailure('SECURID-OAUTH-ISSUER', { values: { detail } });
	const text = trimmed(pasted);
	if (!text) throw refuse('it is empty');
	const url = URL.canParse(text) ? new URL(text) : undefined;
	if (!url || !isAllowedOrigin(url)) throw refuse('it does not start with https://');
	if (url.username || url.password) throw refuse('it holds a user name or password');
	if (/^\/AdminInterface(\/|$)/i.test(url.pathname)) throw refuse('it is the address of the administration API');
	const path = url.pathname.replace(/\/\.well-known\/.*$/, '').replace(/\/+$/, '').replace(/\/token$/, '');
	return `${url.origin}${path || '/oauth'}/token`;
}

/** Base of all requests with a token. In: the URL as pasted. Throws a `Failure`. */
export function oauthApiBaseUrl(pasted: string): string {
	const url = URL.canParse(trimmed(pasted)) ? new URL(trimmed(pasted)) : undefined;
	if (url && /^\/oauth(\/|$)/.test(url.pathname)) {
		throw securIdFailure('SECURID-URL', { values: { field: 'Administration API URL', detail: 'it is the address of the issuer' } });
	}
	return apiBaseUrl(pasted, 'Administration API URL');
}

const RSA_MEMBERS = ['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'];
const EC_MEMBERS = ['x', 'y', 'd'];

/**
 * Reads the downloaded .jwk file. RSA signs with RS256 and EC (P-256) with ES256, as `alg` says where it is there.
 * Throws a `Failure` that says what was pasted instead, and nothing of it.
 * Source: members seen in two clients, one of which refuses a key without `kid`; the paste forms are assumed.
 */
function readJwk(pasted: string): Pick<OAuthClient, 'privateKey' | 'alg' | 'kid'> {
	const refuse = (detail: string) => securIdFailure('SECURID-OAUTH-KEY', { values: { detail } });
	const file = parsePastedObject(pasted);
	if (!file) throw refuse(kindOfPasted(pasted) ?? (trimmed(pasted).startsWith('-----BEGIN') ? 'it is a private key in PEM form' : 'it is not JSON from { to }'));
	const jwk = Array.isArray(file.keys) ? onlyPrivate(file.keys, refuse) : file;
	if (jwk.kty === undefined) throw refuse(kindOfObject(jwk));
	if (jwk.kty !== 'RSA' && jwk.kty !== 'EC') throw refuse('its type (kty) is neither RSA nor EC');
	if (!jwk.d) throw refuse('it is the public key, d is missing');
	if (jwk.kty === 'EC' && jwk.crv !== 'P-256') throw refuse('its curve (crv) is not P-256');
	const alg = jwk.kty === 'EC' ? 'ES256' : 'RS256';
	if (jwk.alg !== undefined && jwk.alg !== alg) throw refuse(`its alg is not ${alg}`);
	const members = jwk.kty === 'EC' ? EC_MEMBERS : RSA_MEMBERS;
	const missing = ['kid', ...members].find((name) => typeof jwk[name] !== 'string' || !trimmed(jwk[name]));
	if (missing) throw refuse(`${missing} is missing`);
	const privateKey = loadJwk(jwk, members);
	if (!privateKey) throw refuse('it is damaged, a part of it may be missing');
	return { privateKey, alg, kid: trimmed(String(jwk.kid)) };
}

function kindOfObject(members: Record<string, unknown>): string {
	return kindOfPasted(JSON.stringify(members)) ?? 'it is JSON of another kind, without kty';
}

/** A set that holds one private key means that key. */
function onlyPrivate(keys: unknown[], refuse: (detail: string) => Error): Record<string, unknown> {
	const all = keys.filter((key) => typeof key === 'object' && key !== null) as Array<Record<string, unknown>>;
	const own = all.filter(({ d }) => d !== undefined);
	if (own.length === 1) return own[0];
	throw refuse(own.length === 0 ? 'it is a JWK set of public keys' : 'it is a JWK set of several private keys');
}

/** Out: the key, or undefined when it does not load or does not sign. White space that a mail put into its numbers is dropped. */
function loadJwk(jwk: Record<string, unknown>, members: string[]): KeyObject | undefined {
	const numbers = members.map((name) => [name, String(jwk[name]).replace(/\s+/g, '')]);
	try {
		// SAFETY: kty, crv and the numbers are all that Node reads, and were looked at above.
		const key = createPrivateKey({ key: { kty: jwk.kty, crv: jwk.crv, ...Object.fromEntries(numbers) } as JsonWebKey, format: 'jwk' });
		const probe = Buffer.from('probe');
		// A number that was cut off loads, and signs what nobody can verify.
		return verify('sha256', probe, createPublicKey(key), sign('sha256', probe, key)) ? key : undefined;
	} catch {
		return undefined;
	}
}
