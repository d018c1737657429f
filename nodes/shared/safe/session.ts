import { createHash } from 'node:crypto';
import { type SafeCredential, safeOrigin } from './host';

/** Sent instead of a token that belongs to other fields; SAFE refuses it, and n8n then signs in anew. */
const NO_TOKEN = 'signed-out';

/**
 * What n8n keeps as session token: the bearer token, marked with the fields it was given for.
 * Without the mark, n8n would go on with the old token after a user changed the host or the password in the credential:
 * it would reach another host, and a test of the new password would pass without looking at it.
 */
export function sessionFor(credential: SafeCredential, token: string): string {
	return `${markOf(credential)}.${token}`;
}

/** The bearer token kept for these very fields; otherwise a text that SAFE is sure to refuse. */
export function tokenOfSession(credential: SafeCredential): string {
	const { sessionToken = '' } = credential;
	const mark = `${markOf(credential)}.`;
	return sessionToken.startsWith(mark) ? sessionToken.slice(mark.length) : NO_TOKEN;
}

function markOf(credential: SafeCredential): string {
	const fields = [safeOrigin(credential), credential.username ?? '', credential.password ?? ''];
	return createHash('sha256').update(JSON.stringify(fields)).digest('hex').slice(0, 16);
}
