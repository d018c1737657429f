import { randomUUID } from 'node:crypto';
import { type Failure, failureIn } from '../../core/failure';
import { type HttpResponse, type HttpSend, retryAfterMs } from '../../core/http';
import { signJwt } from '../../core/jwt';
import { transportFailure, waitSentence } from '../../core/transportFailures';
import { cleanVendorText, isWebPage, vendorSentence } from '../../core/vendorText';
import { clockFailure } from '../clock';
import { SECURID_FAILURES, securIdFailure } from '../failures';
import type { OAuthClient } from './client';
import { hostFailure } from './hosts';

const SIGN_IN_TIMEOUT_MS = 30_000;
const ASSERTION_LIFETIME_SEC = 300;
/** The assertion is dated back a little, for clocks that run ahead of the vendor's. */
const BACKDATED_SEC = 30;
/** Assumed where the answer does not say it (seen in a client). */
const USUAL_LIFETIME_SEC = 3600;
/** A token is renewed this long before it expires. */
const EARLY_MS = 30_000;

/** A bearer token and when to renew it, epoch ms. */
export interface OAuthToken {
	token: string;
	renewAtMs: number;
}

/**
 * Signs in with a signed assertion (private_key_jwt, client credentials) and gives the bearer token.
 * In: the client, a sender without credentials that follows no redirect, epoch ms. Throws a `Failure` that names the field.
 * Source: request, claims and answer seen in four clients; refusals are those of RFC 6749 and the 403 of one client.
 */
export async function signInOAuth(client: OAuthClient, send: HttpSend, nowMs: number): Promise<OAuthToken> {
	const answer = await sendSafely(send, client, nowMs);
	if (answer.status !== 200) throw signInRefusal(answer, client, nowMs);
	if (isWebPage(answer.text)) throw securIdFailure('SECURID-TOKEN-BODY-HTML', { status: 200 });
	const body = parsed(answer.text);
	if (body === undefined) throw securIdFailure('SECURID-TOKEN-BODY-JSON', { status: 200 });
	const { access_token: token, expires_in: lifetime } = Object(body) as Record<string, unknown>;
	if (typeof token !== 'string' || !token) {
		throw securIdFailure('SECURID-TOKEN-SHAPE', { status: 200, values: { detail: membersOf(body) } });
	}
	const lifetimeMs = (Number(lifetime) > 0 ? Number(lifetime) : USUAL_LIFETIME_SEC) * 1000;
	return { token, renewAtMs: nowMs + Math.max(lifetimeMs - EARLY_MS, lifetimeMs / 2) };
}

async function sendSafely(send: HttpSend, client: OAuthClient, nowMs: number): Promise<HttpResponse> {
	const form = {
		grant_type: 'client_credentials',
		...(client.scope ? { scope: client.scope } : {}),
		client_id: client.clientId,
		client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
		client_assertion: signAssertion(client, nowMs),
	};
	try {
		return await send({ method: 'POST', url: client.tokenUrl, headers: { accept: 'application/json' }, form, timeoutMs: SIGN_IN_TIMEOUT_MS });
	} catch (error) {
		throw failureIn(error) ?? transportFailure('SECURID-TOKEN', SECURID_FAILURES, error, SIGN_IN_TIMEOUT_MS);
	}
}

/** The assertion: for the token endpoint alone, valid five minutes, used once. */
export function signAssertion({ clientId, alg, kid, tokenUrl, privateKey }: OAuthClient, nowMs: number): string {
	const iat = Math.floor(nowMs / 1000) - BACKDATED_SEC;
	const claims = { iss: clientId, sub: clientId, aud: tokenUrl, iat, exp: iat + ASSERTION_LIFETIME_SEC, jti: randomUUID() };
	return signJwt({ typ: 'JWT', alg, kid }, claims, privateKey);
}

/** What a refusal of the token endpoint means. */
export function signInRefusal({ status, headers, text }: HttpResponse, client: OAuthClient, nowMs: number): Failure {
	const details = { status, vendorMessage: vendorSentence(text) || undefined };
	if (status >= 300 && status < 400) return securIdFailure('SECURID-TOKEN-REDIRECT', details);
	if (status === 429) {
		const wait = retryAfterMs(headers, nowMs);
		return securIdFailure('SECURID-TOKEN-429-RATE', { ...details, retryAfterMs: wait, values: { wait: waitSentence(wait) } });
	}
	if (status >= 500) {
		return securIdFailure('SECURID-TOKEN-5XX-SERVER', { ...details, retryAfterMs: retryAfterMs(headers, nowMs), values: { status } });
	}
	const error = errorOf(text);
	const { scope } = client;
	if (error === 'invalid_scope') return securIdFailure('SECURID-TOKEN-SCOPE', { ...details, values: { scope } });
	const elsewhere = clockFailure(headers, nowMs, details) ?? hostFailure(client.tokenUrl, client.baseUrl, details);
	if (elsewhere) return elsewhere;
	if (isWebPage(text)) return securIdFailure('SECURID-TOKEN-BODY-HTML', details);
	if (error === 'invalid_client') return securIdFailure('SECURID-TOKEN-CLIENT', details);
	if (status === 404) return securIdFailure('SECURID-TOKEN-URL', details);
	if (status === 403) return securIdFailure('SECURID-TOKEN-403', { ...details, values: { scope } });
	return securIdFailure('SECURID-TOKEN-REFUSED', { ...details, values: { status } });
}

function errorOf(text: string): string | undefined {
	const { error } = Object(parsed(text)) as Record<string, unknown>;
	return typeof error === 'string' ? error : undefined;
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

function membersOf(body: unknown): string {
	return cleanVendorText(Object.keys(Object(body) as object).slice(0, 10).join(', ')) || 'none';
}
