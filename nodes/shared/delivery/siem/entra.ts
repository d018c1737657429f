import type { HttpSend } from '../../core/http';
import { bindToken, boundToken } from '../../core/session';
import { transportFailure } from '../../core/transportFailures';
import { cleanVendorText } from '../../core/vendorText';
import { detailsOf, isSuccess, jsonOf, judgeRefusal, type Speech } from './answers';
import { addressIn, required, type SiemCredential } from './credential';
import { SIEM_FAILURES, siemFailure } from './failures';

const TIMEOUT_MS = 30_000;

export const DEFAULT_AUTHORITY = 'https://login.microsoftonline.com';
export const DEFAULT_SCOPE = 'https://monitor.azure.com//.default';

/** Sent instead of a token that belongs to other fields; Sentinel refuses it, and n8n then signs in anew. */
const NO_TOKEN = 'signed-out';

const SPEECH: Speech = {
	product: 'Microsoft Entra',
	hostField: 'Authority',
	secretField: 'Tenant ID", "Client ID" and "Client Secret',
	rights: 'Check "Tenant ID" and "Client ID" in the credential.',
	path: 'Check "Authority" and "Tenant ID" in the credential.',
};

/**
 * Exchanges client id and secret for a bearer token (OAuth 2.0 client credentials): POST `{authority}/{tenant}/oauth2/v2.0/token`.
 * In: the credential, a sender without credentials, the clock. Out: the token, which lives about an hour. Throws a `Failure` that names the fields.
 * Source: reference/delivery §3.1; form and answer are those of RFC 6749 §4.4.
 */
export async function signInToEntra(credential: SiemCredential, send: HttpSend, nowMs: number): Promise<string> {
	const field = (name: keyof SiemCredential, label: string) => required(credential, name, label).trim();
	const tenant = encodeURIComponent(field('tenantId', 'Tenant ID'));
	const authority = addressIn({ ...credential, authority: credential.authority?.trim() || DEFAULT_AUTHORITY }, 'authority');
	const form = new URLSearchParams({
		grant_type: 'client_credentials',
		client_id: field('clientId', 'Client ID'),
		client_secret: field('clientSecret', 'Client Secret'),
		scope: credential.scope?.trim() || DEFAULT_SCOPE,
	});
	const answer = await send({
		method: 'POST',
		url: `${authority}/${tenant}/oauth2/v2.0/token`,
		// With the character set, since n8n takes the bare type apart itself and cannot read bytes then.
		headers: { 'content-type': 'application/x-www-form-urlencoded;charset=utf-8', accept: 'application/json' },
		body: new TextEncoder().encode(form.toString()),
		timeoutMs: TIMEOUT_MS,
	}).catch((error: unknown) => {
		throw transportFailure('SIEM', SIEM_FAILURES, error, TIMEOUT_MS, { product: SPEECH.product, field: SPEECH.hostField });
	});
	const details = detailsOf(SPEECH, answer);
	if (answer.status === 400 || answer.status === 401 || answer.status === 403) {
		throw siemFailure('SIEM-SIGN-IN', { ...details, values: { ...details.values, field: SPEECH.secretField } });
	}
	if (!isSuccess(answer)) {
		const verdict = judgeRefusal(SPEECH, answer, nowMs);
		throw 'failure' in verdict ? verdict.failure : siemFailure('SIEM-4XX-REQUEST', details);
	}
	const body = jsonOf(answer.text);
	const token = (body as { access_token?: unknown } | undefined)?.access_token;
	if (typeof token === 'string' && token) return token;
	const detail = typeof body === 'object' && body !== null ? cleanVendorText(Object.keys(body).slice(0, 12).join(', ')) : 'none';
	throw siemFailure('SIEM-SIGN-IN-SHAPE', { values: { detail: detail || 'none' } });
}

/** What n8n keeps: the token, marked with the fields that it was given for, so that a changed credential never goes on with the old one. */
export function sessionFor(credential: SiemCredential, token: string): string {
	return bindToken(fieldsOf(credential), token);
}

/** The token kept for these very fields; otherwise a text that Sentinel is sure to refuse. */
export function tokenOfSession(credential: SiemCredential): string {
	return boundToken(fieldsOf(credential), credential.sessionToken) ?? NO_TOKEN;
}

function fieldsOf({ dceUrl, tenantId, clientId, clientSecret, authority, scope }: SiemCredential): string[] {
	return [dceUrl, tenantId, clientId, clientSecret, authority, scope].map((value) => value ?? '');
}
