import { createSign } from 'node:crypto';

import axios from 'axios';

import type { KeyFile } from './securid/keyFile';

/**
 * The client side of the simulators' own tests, with somebody else's HTTP library.
 * Nothing is retried, redirected or parsed; `failure` holds the transport error's code where there was no whole answer.
 */
export interface Reply {
	status: number;
	headers: Record<string, string>;
	bytes: Buffer;
	text: string;
	failure: string | null;
}

/** What may be said about a request; `timeoutMs` is there for servers that never answer. */
export interface Ask {
	method?: string;
	headers?: Record<string, string>;
	body?: string | Buffer;
	timeoutMs?: number;
	decompress?: boolean;
}

/** Sends one request and answers with what came back, whatever it was. Never fails. */
export async function ask(
	url: string,
	{ method = 'GET', headers, body, timeoutMs, decompress = false }: Ask = {},
): Promise<Reply> {
	try {
		const reply = await axios.request<Buffer>({
			url,
			method,
			headers,
			data: body,
			timeout: timeoutMs,
			decompress,
			responseType: 'arraybuffer',
			transformRequest: (data: unknown) => data,
			transformResponse: (data: unknown) => data,
			validateStatus: () => true,
			maxRedirects: 0,
			proxy: false,
		});
		const bytes = Buffer.from(reply.data);
		const named = Object.entries(reply.headers).map(([name, value]) => [name, String(value)]);
		return {
			status: reply.status,
			headers: Object.fromEntries(named),
			bytes,
			text: bytes.toString('utf8'),
			failure: null,
		};
	} catch (error) {
		const failure = (error as NodeJS.ErrnoException).code ?? String(error);
		return { status: 0, headers: {}, bytes: Buffer.alloc(0), text: '', failure };
	}
}

/** Signs claims as a client does: RS256, unpadded base64url. `header` is for tests of wrong ones. */
export function signToken(
	claims: Record<string, unknown>,
	privateKeyPem: string,
	header: Record<string, unknown> = { typ: 'JWT', alg: 'RS256' },
): string {
	const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
	const signed = `${part(header)}.${part(claims)}`;
	return `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKeyPem).toString('base64url')}`;
}

/** The claims that a careful client makes from a key file: issued 30 s ago, good for five minutes; `changes` win. */
export function tokenClaims(
	{ accessID, adminRestApiUrl }: KeyFile,
	nowMs: number,
	changes: Record<string, unknown> = {},
): Record<string, unknown> {
	const nowSec = Math.floor(nowMs / 1000);
	return { sub: accessID, iat: nowSec - 30, exp: nowSec + 300, aud: adminRestApiUrl, ...changes };
}
