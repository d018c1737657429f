import { bindToken, boundToken } from '../core/session';
import { type SafeCredential, safeOrigin } from './host';

/** Sent instead of a token that belongs to other fields; SAFE refuses it, and n8n then signs in anew. */
const NO_TOKEN = 'signed-out';

/** What n8n keeps as session token: the bearer token, marked with the fields it was given for. */
export function sessionFor(credential: SafeCredential, token: string): string {
	return bindToken(fieldsOf(credential), token);
}

/** The bearer token kept for these very fields; otherwise a text that SAFE is sure to refuse. */
export function tokenOfSession(credential: SafeCredential): string {
	return boundToken(fieldsOf(credential), credential.sessionToken) ?? NO_TOKEN;
}

function fieldsOf(credential: SafeCredential): string[] {
	return [safeOrigin(credential), credential.username ?? '', credential.password ?? ''];
}
