import type { Failure } from '../../core/failure';
import type { HttpResponse } from '../../core/http';
import { vendorSentence } from '../../core/vendorText';
import { clockFailure } from '../clock';
import { securIdFailure } from '../failures';
import { SECURID_LOGS, type SecurIdLogName } from '../systems';
import type { OAuthClient } from './client';
import { hostFailure } from './hosts';

/**
 * What a 401 or 403 of the API means for a token that was renewed a moment ago. The vendor publishes no texts for these, so the words of other
 * servers are recognised, and the date of the answer and the two addresses are looked at.
 */
export function tokenRefusal(
	{ status, headers, text }: HttpResponse,
	{ tokenUrl, baseUrl }: Pick<OAuthClient, 'tokenUrl' | 'baseUrl'>,
	log: SecurIdLogName,
	nowMs: number,
): Failure {
	const vendorMessage = vendorSentence(text) || undefined;
	const details = { status, vendorMessage };
	const said = `${vendorMessage ?? ''} ${headers['www-authenticate'] ?? ''}`;
	const { scope, title } = SECURID_LOGS[log];
	if (/insufficient_scope/i.test(said)) return securIdFailure('SECURID-403-SCOPE', { ...details, values: { scope, log: title } });
	const elsewhere = clockFailure(headers, nowMs, details) ?? hostFailure(tokenUrl, baseUrl, details);
	if (elsewhere) return elsewhere;
	if (/expired/i.test(said)) return securIdFailure('SECURID-401-EXPIRED', details);
	if (/audience|issuer/i.test(said)) return securIdFailure('SECURID-401-AUDIENCE', details);
	if (status === 403) return securIdFailure('SECURID-403-SCOPE', { ...details, values: { scope, log: title } });
	return securIdFailure('SECURID-401-OAUTH', details);
}
