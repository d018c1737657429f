import type { KeyObject } from 'node:crypto';
import { isAllowedOrigin } from '../core/http';
import { loadPrivateKey, rewrapPem } from '../core/jwt';
import { securIdFailure } from './failures';

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

/** White space and characters that cannot be seen; they come with text copied from mails and documents (seen in vendor-staff code). */
const INVISIBLE_EDGES = /^[\s\p{Cf}\uFFFC]+|[\s\p{Cf}\uFFFC]+$/gu;

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
	const text = trimmed(pasted);
	if (!text) throw securIdFailure('SECURID-KEY-FILE', { values: { detail: 'it is empty' } });
	if (text.startsWith('-----BEGIN')) {
		throw securIdFailure('SECURID-KEY-FILE', { values: { detail: 'it is the private key alone' } });
	}
	// A word processor turns the quotes; in a file that is sound without mending, turned ones belong to a name.
	const members = parseObject(folded(text)) ?? parseObject(folded(text.replace(/[\u201C\u201D]/g, '"')));
	if (!members) throw securIdFailure('SECURID-KEY-FILE', { values: { detail: 'it is not JSON from { to }' } });
	return members;
}

/** A key file whose accessKey was unfolded by an editor has raw line breaks inside its string, which JSON does not allow. */
function folded(text: string): string {
	return text.replace(/"(?:[^"\\]|\\[\s\S])*"/g, (string) => string.replace(/\r\n|\r|\n/g, '\\n'));
}

function parseObject(text: string): Record<string, unknown> | undefined {
	try {
		const value: unknown = JSON.parse(text);
		return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
	} catch {
		return undefined;
	}
}

function readPrivateKey(pasted: string, field: string): KeyObject {
	const pem = rewrapPem(pasted);
	const key = pem === undefined ? undefined : loadPrivateKey(pem);
	if (key?.asymmetricKeyType !== 'rsa') throw securIdFailure('SECURID-KEY-PRIVATE', { values: { field } });
	return key;
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

function trimmed(text: string): string {
	return text.replace(INVISIBLE_EDGES, '');
}
