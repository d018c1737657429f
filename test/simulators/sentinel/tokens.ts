import { createHmac, randomBytes } from 'node:crypto';

import { jsonAnswer, type Answer } from '../answers';
import type { Clock } from '../clock';
import type { LoggedRequest } from '../http';

/** An app registration as the fake Entra knows it. */
export interface EntraApp {
	tenantId: string;
	clientId: string;
	clientSecret: string;
}

/** What is wrong with a bearer token. */
export type TokenTrouble = 'missing' | 'unknown' | 'expired' | 'audience';

/** Issues tokens as Entra does, and knows its own again. */
export interface EntraTokens {
	/** Answers `POST /{tenant}/oauth2/v2.0/token`. */
	answer(request: LoggedRequest): Answer;
	/** A token without the round trip, for a client that brings its own way of getting one. */
	issue(audience?: string): string;
	/** Why an `Authorization` header does not open the door to `audience`, or null when it does. */
	troubleWith(authorization: string | undefined, audience: string): TokenTrouble | null;
	/** How many tokens were issued. */
	issued(): number;
}

/** Path of the token endpoint; the first group is the tenant. */
export const TOKEN_PATH = /^\/([^/]+)\/oauth2\/v2\.0\/token$/;

/**
 * A fake of Entra's token endpoint for client credentials, v2.0.
 * In: a form with `grant_type`, `client_id`, `client_secret`, `scope` ending in `/.default`; the audience is what stands before
 * it. Tokens live `lifetimeSec` by the clock.
 * Refusals as Entra's: 400 or 401 with `error`, `error_description` beginning with an AADSTS number, and `error_codes`.
 * Source: Microsoft's pages on the client credentials flow and on AADSTS codes (general knowledge); client secrets in a Basic
 * header, which Entra also takes, are not here. The token is a JWT in form, signed with a key of its own.
 */
export function createEntraTokens(app: EntraApp, clock: Clock, lifetimeSec: number): EntraTokens {
	const key = randomBytes(32);
	const tokens = new Map<string, { audience: string; expiresMs: number }>();

	function issue(audience = 'https://monitor.azure.com'): string {
		const nowSec = Math.floor(clock.now() / 1000);
		const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
		const claims = {
			aud: audience,
			iat: nowSec,
			exp: nowSec + lifetimeSec,
			appid: app.clientId,
			uti: String(tokens.size),
		};
		const signed = `${part({ typ: 'JWT', alg: 'HS256' })}.${part(claims)}`;
		const token = `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`;
		tokens.set(token, { audience, expiresMs: (nowSec + lifetimeSec) * 1000 });
		return token;
	}

	function answer(request: LoggedRequest): Answer {
		const [, tenant] = TOKEN_PATH.exec(request.path) ?? [];
		if (request.method !== 'POST')
			return refuse(400, 'invalid_request', 900561, 'The endpoint only accepts POST requests.');
		if (tenant !== app.tenantId)
			return refuse(400, 'invalid_request', 90002, `Tenant '${tenant}' not found.`);
		if (!/^application\/x-www-form-urlencoded\b/i.test(request.headers['content-type'] ?? '')) {
			return refuse(
				400,
				'invalid_request',
				900144,
				"The request body must contain the following parameter: 'grant_type'.",
			);
		}
		const form = new URLSearchParams(request.body);
		const missing = ['grant_type', 'client_id', 'client_secret', 'scope'].find((name) => !form.get(name));
		if (missing === 'client_secret') {
			return refuse(401, 'invalid_client', 7000216, "'client_assertion' or 'client_secret' is required.");
		}
		if (missing !== undefined) {
			return refuse(
				400,
				'invalid_request',
				900144,
				`The request body must contain the following parameter: '${missing}'.`,
			);
		}
		if (form.get('grant_type') !== 'client_credentials') {
			return refuse(400, 'unsupported_grant_type', 70003, 'The app requested an unsupported grant type.');
		}
		if (form.get('client_id') !== app.clientId) {
			return refuse(400, 'unauthorized_client', 700016, 'Application was not found in the directory.');
		}
		if (form.get('client_secret') !== app.clientSecret) {
			return refuse(401, 'invalid_client', 7000215, 'Invalid client secret provided.');
		}
		const scope = /^(https:\/\/\S+?)\/\.default$/.exec(form.get('scope') ?? '');
		if (scope === null)
			return refuse(400, 'invalid_scope', 1002012, 'The provided value for scope is not valid.');
		const token = {
			token_type: 'Bearer',
			expires_in: lifetimeSec,
			ext_expires_in: lifetimeSec,
			access_token: issue(scope[1]),
		};
		return jsonAnswer(200, token, { 'cache-control': 'no-store, no-cache' });
	}

	function troubleWith(authorization: string | undefined, audience: string): TokenTrouble | null {
		const given = /^Bearer (\S+)$/.exec(authorization ?? '')?.[1];
		if (given === undefined) return 'missing';
		const known = tokens.get(given);
		if (known === undefined) return 'unknown';
		if (known.expiresMs <= clock.now()) return 'expired';
		// Entra keeps a slash that the scope carries (documented); Azure Monitor takes both forms (assumed).
		return known.audience.replace(/\/$/, '') === audience ? null : 'audience';
	}

	return { answer, issue, troubleWith, issued: () => tokens.size };
}

function refuse(status: number, error: string, code: number, text: string): Answer {
	return jsonAnswer(status, { error, error_description: `AADSTS${code}: ${text}`, error_codes: [code] });
}
