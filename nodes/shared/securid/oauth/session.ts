import { bindToken, boundToken } from '../../core/session';
import { scopesOf, type SecurIdOAuthCredential } from './client';
import type { OAuthToken } from './signIn';

/** What n8n keeps as session token: the bearer token, marked with the fields it was given for, and the time to renew it. */
export function oauthSession(credential: SecurIdOAuthCredential, { token, renewAtMs }: OAuthToken): string {
	return bindToken(fieldsOf(credential), `${Math.floor(renewAtMs).toString(36)}.${token}`);
}

/** The bearer token kept for these very fields, while it lives; otherwise undefined. */
export function tokenOfOauthSession(credential: SecurIdOAuthCredential, nowMs: number): string | undefined {
	const [renewAt, ...token] = (boundToken(fieldsOf(credential), credential.sessionToken) ?? '').split('.');
	return parseInt(renewAt, 36) > nowMs && token.length > 0 ? token.join('.') : undefined;
}

function fieldsOf({ issuerUrl = '', clientId = '', privateKey = '', apiUrl = '', scope }: SecurIdOAuthCredential): string[] {
	return [issuerUrl, clientId, privateKey, apiUrl, scopesOf(scope).join(' ')];
}
