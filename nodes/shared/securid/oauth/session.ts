import { createHash } from 'node:crypto';
import { scopesOf, type SecurIdOAuthCredential } from './client';
import type { OAuthToken } from './signIn';

/**
 * What n8n keeps as session token: the bearer token, marked with the fields it was given for and the time to renew it.
 * Without the mark, n8n would go on with the old token after a user changed a field of the credential (docs/decisions/0004).
 */
export function oauthSession(credential: SecurIdOAuthCredential, { token, renewAtMs }: OAuthToken): string {
	return `${markOf(credential)}.${Math.floor(renewAtMs).toString(36)}.${token}`;
}

/** The bearer token kept for these very fields, while it lives; otherwise undefined. */
export function tokenOfOauthSession(credential: SecurIdOAuthCredential, nowMs: number): string | undefined {
	const [mark, renewAt, ...token] = (credential.sessionToken ?? '').split('.');
	const alive = mark === markOf(credential) && parseInt(renewAt, 36) > nowMs;
	return alive && token.length > 0 ? token.join('.') : undefined;
}

function markOf({ issuerUrl = '', clientId = '', privateKey = '', apiUrl = '', scope }: SecurIdOAuthCredential): string {
	const fields = [issuerUrl, clientId, privateKey, apiUrl, scopesOf(scope).join(' ')];
	return createHash('sha256').update(JSON.stringify(fields)).digest('hex').slice(0, 16);
}
