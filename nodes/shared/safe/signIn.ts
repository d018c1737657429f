import { buildUrl, type HttpSend } from '../core/http';
import { redactorOf } from '../core/redact';
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
	const answered = await sendToSafe(send, {
		method: 'POST',
		url: buildUrl(safeOrigin(credential), '/api/v3/auth'),
		headers: { authorization: `Basic ${basic}`, accept: 'application/json' },
		timeoutMs: SIGN_IN_TIMEOUT_MS,
	});
	const token = answered.status >= 200 && answered.status <= 299 ? tokenIn(jsonOf(answered.text)) : undefined;
	if (token) return token;
	// From here on parts of the answer are shown, and a careless server repeats what it was sent.
	const redact = redactorOf([password, username.trim(), basic]);
	const answer = { ...answered, text: redact(answered.text) };
	if (answer.status === 400 || answer.status === 401 || answer.status === 403) {
		const { details } = safeRefusal(answer, nowMs);
		throw safeFailure('SAFE-401-PASSWORD', details);
	}
	if (answer.status < 200 || answer.status > 299) throw safeRefusal(answer, nowMs);
	throw safeFailure('SAFE-AUTH-SHAPE', { values: { detail: membersOf(objectIn(answer)) } });
}

function jsonOf(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/** The token in an answer, or in its `data`. */
function tokenIn(body: unknown): string | undefined {
	if (typeof body !== 'object' || body === null) return undefined;
	const { accessToken, access_token: snakeCased, data } = body as Record<string, unknown>;
	const token = accessToken ?? snakeCased;
	return typeof token === 'string' && token ? token : tokenIn(data);
}
