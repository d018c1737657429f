import { generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import path from 'node:path';
import { Worker } from 'node:worker_threads';

import { jsonAnswer, type Answer } from '../answers';
import { systemClock } from '../clock';
import { startServer, type ListenOptions, type LoggedRequest, type RunningServer } from '../http';

/** The permissions of the vendor's Audit group (two documented, `system` seen in vendor-staff code). */
export const AUDIT_SCOPES = ['rsa.audit.admin', 'rsa.audit.user', 'rsa.audit.system'] as const;

/** A private key as the console gives it out: the members seen in two clients, `kid` among them. */
export type PrivateJwk = JsonWebKey & { kid: string; alg?: string; use?: string };

/** An API client as its administrator holds it. */
export interface ApiClient {
	clientId: string;
	privateJwk: PrivateJwk;
}

/** What can be chosen about the authorization server. */
export interface AuthorizationOptions extends ListenOptions {
	/** The API that tokens are for. */
	audience: string;
	/** What every client may ask for; default all three. */
	clientScope?: string;
	/** Of tokens; default an hour. */
	tokenLifetimeSec?: number;
	/** Default false: whether the vendor looks at an `iat` in the future is not known. */
	refuseFutureIat?: boolean;
	/** Under which tokens are given out, where that is not the server's own address, as behind a real host name. */
	issuer?: string;
}

/** What the API needs to judge a token. */
export interface TrustedIssuer {
	issuer: string;
	/** The keys as the server publishes them. */
	keys(): Promise<JsonWebKey[]>;
}

/** A running authorization server. */
export interface AuthorizationServer extends RunningServer, TrustedIssuer {
	/** One client with an RSA key, one with an EC key. */
	clients: { rsa: ApiClient; ec: ApiClient };
}

interface ThreadAnswer {
	status: number;
	headers: Record<string, string>;
	body: string;
}

/**
 * Starts the authorization server: `POST /oauth/token`, `GET /oauth/jwks`.
 * Who a client is, what an assertion must hold and what is refused how, decides the library oidc-provider (OpenID Certified), in a thread of its own that starts
 * with the first request; here is only the door, with faults and log as of every simulator. One difference of the vendor's: without a scope a client gets all
 * that it has (seen in a client), where the library would give a token for nothing.
 */
export async function startAuthorization(options: AuthorizationOptions): Promise<AuthorizationServer> {
	const { clock = systemClock, clientScope = AUDIT_SCOPES.join(' ') } = options;
	const clients = sharedClients();
	let thread: Thread | undefined;

	async function respond(request: LoggedRequest): Promise<Answer> {
		thread ??= startThread({
			issuer,
			audience: options.audience,
			tokenLifetimeSec: options.tokenLifetimeSec ?? 3600,
			scopes: AUDIT_SCOPES,
			refuseFutureIat: options.refuseFutureIat ?? false,
			signingKey: clients.signing,
			clients: [clients.rsa, clients.ec].map((client) => ({
				clientId: client.clientId,
				publicJwk: publicPart(client.privateJwk),
				alg: client.privateJwk.kty === 'EC' ? 'ES256' : 'RS256',
				scope: clientScope,
			})),
		});
		const { host, protocol } = new URL(issuer);
		const body = withScope(request, clientScope);
		const headers = { ...request.headers, host, 'x-forwarded-proto': protocol.slice(0, -1), 'content-length': String(Buffer.byteLength(body)) };
		return await thread.ask({ nowMs: clock.now(), method: request.method, target: request.target, headers, body });
	}

	const server = await startServer({
		...options,
		name: 'securid authorization',
		respond,
		refusal: (status) => jsonAnswer(status, { error: 'server_error', error_description: `The fake was told to answer ${status}` }),
	});
	const issuer = options.issuer ?? `${server.url}/oauth`;
	return {
		...server,
		issuer,
		clients,
		keys: async () => {
			const answer = await respond({ method: 'GET', target: `${new URL(issuer).pathname}/jwks`, headers: {}, body: '' } as LoggedRequest);
			return (JSON.parse(String(answer.body)) as { keys: JsonWebKey[] }).keys;
		},
		close: async () => {
			await server.close();
			await thread?.end();
		},
	};
}

function withScope({ method, body }: LoggedRequest, scope: string): string {
	if (method !== 'POST') return body;
	const form = new URLSearchParams(body);
	if (!form.get('scope')) form.set('scope', scope);
	return form.toString();
}

interface Thread {
	ask(request: object): Promise<Answer>;
	end(): Promise<void>;
}

function startThread(workerData: object): Thread {
	const waiting = new Map<number, { resolve: (answer: Answer) => void; reject: (error: Error) => void }>();
	// Captured and dropped: the library warns of being unfit for production.
	const worker = new Worker(path.join(__dirname, 'provider.mjs'), { workerData, stdout: true, stderr: true });
	const ready = new Promise<void>((resolve, reject) => {
		worker.once('error', reject);
		worker.on('message', ({ id, ready: isReady, error, ...answer }: { id: number; ready?: true; error?: string } & ThreadAnswer) => {
			if (isReady) return resolve();
			const asked = waiting.get(id);
			waiting.delete(id);
			if (error === undefined) asked?.resolve({ status: answer.status, headers: ownHeaders(answer.headers), body: answer.body });
			else asked?.reject(new Error(error));
		});
	});
	worker.unref();
	let asked = 0;
	return {
		async ask(request) {
			await ready;
			return await new Promise((resolve, reject) => {
				waiting.set(++asked, { resolve, reject });
				worker.postMessage({ id: asked, ...request });
			});
		},
		end: async () => void (await worker.terminate()),
	};
}

/** Length, connection and date are the door's own. */
function ownHeaders(headers: Record<string, string>): Record<string, string> {
	const foreign = /^(content-length|connection|keep-alive|transfer-encoding|date)$/;
	return Object.fromEntries(Object.entries(headers).filter(([name]) => !foreign.test(name)));
}

interface SharedClients {
	rsa: ApiClient;
	ec: ApiClient;
	signing: PrivateJwk;
}

let shared: SharedClients | undefined;

/** One set of keys for all simulators of this process: making them for each server would be most of a test's time. */
function sharedClients(): SharedClients {
	shared ??= {
		rsa: { clientId: '5f0c8f0a-3f0e-4f57-9a55-0a8f4f1c0001', privateJwk: createJwk('RSA', 'fake-rsa-key') },
		ec: { clientId: '5f0c8f0a-3f0e-4f57-9a55-0a8f4f1c0002', privateJwk: createJwk('EC', 'fake-ec-key') },
		signing: createJwk('RSA', 'fake-issuer-key'),
	};
	return shared;
}

/** A fresh key of the kind that the console gives out. The RSA form has `use` and `alg`, the EC form has neither (seen in code). */
export function createJwk(kty: 'RSA' | 'EC', kid: string): PrivateJwk {
	if (kty === 'EC') {
		const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
		return { ...privateKey.export({ format: 'jwk' }), kid };
	}
	const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
	return { ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid };
}

/** The half of a JWK that may be shown. */
export function publicPart({ kty, n, e, crv, x, y, kid }: PrivateJwk): JsonWebKey & { kid: string } {
	return kty === 'EC' ? { kty, crv, x, y, kid } : { kty, n, e, kid };
}
