import type { KeyObject } from 'node:crypto';
import { isAllowedOrigin } from '../core/http';
import { loadPrivateKey, rewrapPem } from '../core/jwt';
import { securIdFailure } from './failures';
import { kindOfPasted, parsePastedObject, trimmed } from './pasted';

/** The fields of the `securIdApi` credential, as n8n hands them over. */
export interface SecurIdCredential {
	keySource?: string;
	privateKeyFile?: string;
	accessId?: string;
	privateKey?: string;
	apiUrl?: string;
}

/** What signing and addressing need. `audience` is the vendor's URL unchanged; `baseUrl` is what requests start with. */
export interface SecurIdKey {
	accessId: string;
	privateKey: KeyObject;
	audience: string;
	/** Ends with `/AdminInterface/restapi`, no slash. */
	baseUrl: string;
}

/**
 * Reads the credential in every form that users paste.
 * In: the credential's fields. Out: key, access ID, audience and base URL. Throws a `Failure` that names the field.
 * Source: member names and PKCS#1 form of the key file seen in client code; the other paste forms are assumed from how browsers paste.
 */
export function readKey(credential: SecurIdCredential): SecurIdKey {
	return credential.keySource === 'fields' ? keyFromFields(credential) : keyFromFile(credential);
}

function keyFromFile({ privateKeyFile = '' }: SecurIdCredential): SecurIdKey {
	const members = parseKeyFile(privateKeyFile);
	const [accessId, privateKey, apiUrl] = ['accessID', 'accessKey', 'adminRestApiUrl'].map((name) => {
		const value = members[name];
		if (typeof value === 'string' && trimmed(value)) return value;
		throw securIdFailure('SECURID-KEY-FILE', { values: { detail: `${name} is missing` } });
	});
	return {
		accessId: trimmed(accessId),
		privateKey: readPrivateKey(privateKey, 'Key File'),
		audience: apiUrl,
		baseUrl: apiBaseUrl(apiUrl, 'adminRestApiUrl" in "Key File'),
	};
}

function keyFromFields({ accessId = '', privateKey = '', apiUrl = '' }: SecurIdCredential): SecurIdKey {
	if (!trimmed(accessId)) throw securIdFailure('SECURID-KEY-ACCESS-ID');
	return {
		accessId: trimmed(accessId),
		privateKey: readPrivateKey(privateKey, 'Private Key'),
		audience: trimmed(apiUrl),
		baseUrl: apiBaseUrl(apiUrl, 'Administration API URL'),
	};
}

function parseKeyFile(pasted: string): Record<string, unknown> {
	const refuse = (detail: string) => securIdFailure('SECURID-KEY-FILE', { values: { detail } });
	const members = parsePastedObject(pasted);
	if (!members) {
		const isPem = trimmed(pasted).startsWith('-----BEGIN');
		throw refuse(kindOfPasted(pasted) ?? (isPem ? 'it is the private key alone' : 'it is not JSON from { to }'));
	}
	if (members.kty !== undefined || Array.isArray(members.keys)) throw refuse(kindOfPasted(pasted) ?? 'it is a JWK');
	return members;
}

function readPrivateKey(pasted: string, field: string): KeyObject {
	const pem = rewrapPem(pasted);
	const key = pem === undefined ? undefined : loadPrivateKey(pem);
	if (key?.asymmetricKeyType === 'rsa') return key;
	const seen = key ? `it is a key of type ${key.asymmetricKeyType ?? 'unknown'}` : kindOfPasted(pasted);
	throw securIdFailure('SECURID-KEY-PRIVATE', { values: { field, seen: seen ? `Seen: ${seen}.` : '' } });
}

/**
 * Base of all request URLs from the vendor's `adminRestApiUrl`, whose forms in the wild differ (`…/restapi`, `…/restapi/`, `…/restapi/v1`; seen in clients).
 * In: the URL as pasted. Out: https origin and path up to `/AdminInterface/restapi`. Throws a `Failure` that names the field.
 */
export function apiBaseUrl(pasted: string, field: string): string {
	const refuse = (detail: string) => securIdFailure('SECURID-URL', { values: { field, detail } });
	const text = trimmed(pasted);
	if (!text) throw refuse('it is empty');
	const url = URL.canParse(text) ? new URL(text) : undefined;
	if (!url) throw refuse('it does not start with https://');
	if (!isAllowedOrigin(url)) throw refuse('it does not start with https://');
	if (url.username || url.password) throw refuse('it holds a user name or password');
	const path = url.pathname.replace(/\/+$/, '').replace(/\/v1$/, '').replace(/\/AdminInterface$/, '');
	const base = path.endsWith('/AdminInterface/restapi') ? path : `${path}/AdminInterface/restapi`;
	return `${url.origin}${base}`;
}
