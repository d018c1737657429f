import { createHash } from 'node:crypto';

/**
 * A token as n8n keeps it with a credential, marked with the fields it was given for (docs/decisions/0004).
 * Without the mark, n8n would go on with the old token after a user changed a host or secret: it would reach another host, and a test of the
 * new secret would pass without looking at it. The mark is 16 characters of a hash; no field can be read from it.
 */
export function bindToken(fields: readonly string[], token: string): string {
	return `${markOf(fields)}.${token}`;
}

/** The token kept for these very fields; undefined when there is none or it belongs to others. */
export function boundToken(fields: readonly string[], kept = ''): string | undefined {
	const mark = `${markOf(fields)}.`;
	return kept.startsWith(mark) ? kept.slice(mark.length) : undefined;
}

function markOf(fields: readonly string[]): string {
	return createHash('sha256').update(JSON.stringify(fields)).digest('hex').slice(0, 16);
}
