import { isAllowedOrigin } from '../core/http';
import { safeFailure } from './failures';

/** The fields of the `safeApi` credential, as n8n hands them over. */
export interface SafeCredential {
	region?: string;
	baseUrl?: string;
	authentication?: string;
	username?: string;
	password?: string;
	accessToken?: string;
	/** Kept by n8n: the bearer token that the last sign-in gave. */
	sessionToken?: string;
}

/** Regions with a published host `https://<region>.safeone.ai`; others need the custom host (third party's transcription). */
export const SAFE_REGIONS = ['us', 'eu', 'ap', 'au'] as const;

/**
 * Origin of all SAFE requests.
 * In: the credential. Out: scheme and host, e.g. `https://us.safeone.ai`. A custom host may be pasted as host name or URL, with or without `/api/v3`.
 * Throws a `Failure` that names the field.
 */
export function safeOrigin({ region = 'us', baseUrl = '' }: SafeCredential): string {
	if (region !== 'custom') {
		if ((SAFE_REGIONS as readonly string[]).includes(region)) return `https://${region}.safeone.ai`;
		throw safeFailure('SAFE-HOST', { values: { field: 'Region', detail: `"${region}" is not in the list` } });
	}
	const refuse = (detail: string) => safeFailure('SAFE-HOST', { values: { field: 'Custom Host', detail } });
	const text = baseUrl.replace(/^[\s\p{Cf}]+|[\s\p{Cf}]+$/gu, '');
	if (!text) throw refuse('it is empty');
	if (/[\s\p{Cf}]/u.test(text)) throw refuse('it has blanks or invisible characters inside');
	const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`;
	if (!URL.canParse(withScheme)) throw refuse('it is not a host name');
	const url = new URL(withScheme);
	if (!isAllowedOrigin(url)) throw refuse('it does not start with https://');
	if (url.username || url.password) throw refuse('it holds a user name or password');
	if (!/^\/(api\/v3\/?)?$/.test(url.pathname)) throw refuse('it has a path; the host alone is wanted');
	return url.origin;
}
