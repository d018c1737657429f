import { buildUrl, type HttpSend } from '../core/http';
import { membersOf, objectIn, safeRefusal, sendToSafe } from './answers';
import { safeFailure } from './failures';
import { type SafeCredential, safeOrigin } from './host';

const SIGN_IN_TIMEOUT_MS = 30_000;

/**
 * Exchanges API username and password for a bearer token: `POST /api/v3/auth`, HTTP Basic, empty body.
 * In: the credential, a sender without credentials. Out: the token, which lives about an hour. Throws a `Failure` that names the fields.
 * Source: path and answer members seen in vendor code; a GET is never sent, and the token goes nowhere but to this origin.
 */
export async function signIn(credential: SafeCredential, send: HttpSend, nowMs: number): Promise<string> {
	const { username = '', password = '' } = credential;
	if (!username.trim()) throw safeFailure('SAFE-FIELD-EMPTY', { values: { field: 'API Username' } });
	if (!password) throw safeFailure('SAFE-FIELD-EMPTY', { values: { field: 'API Password' } });
	const basic = Buffer.from(`${username.trim()}:${password}`).toString('base64');
	const answer = await sendToSafe(send, {
		method: 'POST',
		url: buildUrl(safeOrigin(credential), '/api/v3/auth'),
		headers: { authorization: `Basic ${basic}`, accept: 'application/json' },
		timeoutMs: SIGN_IN_TIMEOUT_MS,
	});
	if (answer.status === 400 || answer.status === 401 || answer.status === 403) {
		const { details } = safeRefusal(answer, nowMs);
		throw safeFailure('SAFE-401-PASSWORD', details);
	}
	if (answer.status < 200 || answer.status > 299) throw safeRefusal(answer, nowMs);
	const body = objectIn(answer);
	const token = tokenIn(body) ?? tokenIn(body.data);
	if (!token) throw safeFailure('SAFE-AUTH-SHAPE', { values: { detail: membersOf(body) } });
	return token;
}

function tokenIn(body: unknown): string | undefined {
	if (typeof body !== 'object' || body === null) return undefined;
	const { accessToken, access_token: snakeCased } = body as Record<string, unknown>;
	const token = accessToken ?? snakeCased;
	return typeof token === 'string' && token ? token : undefined;
}
