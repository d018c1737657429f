/**
 * Sends requests for real host names to servers on this machine, and refuses every other way out.
 * For what always calls its vendor's own address, whatever a parameter or credential says.
 */
import { request } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type Nock from 'nock';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const LOOPBACK = /^(127(\.\d+){3}|localhost|\[?::1\]?)(:\d+)?$/;
/** Say how bytes travel on one connection, so they hold for one of the two only. */
const HOP_BY_HOP = new Set([
	'connection',
	'keep-alive',
	'proxy-connection',
	'te',
	'trailer',
	'transfer-encoding',
	'upgrade',
]);

interface RouteHandle {
	/** Takes these routes away. With the last ones, the way out is open again and nock's patch is off. */
	restore(): void;
}

let open = 0;

/** nock patches Node's HTTP client as soon as it is loaded, so it is loaded only by those who route hosts. */
const loadNock = () => require('nock') as typeof Nock;

/**
 * In: for each origin (`https://slack.com`) the local origin (`http://127.0.0.1:1234`) that answers for it. Method,
 * path, query, headers (Host included) and the body's bytes go there; status, headers and the body's bytes come back.
 * Until `restore`, a connection to any other host than loopback fails, naming the host (ENETUNREACH).
 * A connection that the local server breaks off gives its error (such as ECONNRESET) to the caller; a body that it
 * breaks off does too, instead of a part of the body.
 * Uses nock, which it switches off again; a test that has mocks of its own beside it calls `nock.activate()` for them.
 */
export function routeHosts(routes: Record<string, string>): RouteHandle {
	const nock = loadNock();
	if (!nock.isActive()) nock.activate();
	nock.disableNetConnect();
	nock.enableNetConnect(LOOPBACK);
	open++;
	const scopes = Object.entries(routes).map(([from, to]) => routeOrigin(new URL(from), new URL(to)));
	let routed = true;
	return {
		restore() {
			if (!routed) return;
			routed = false;
			for (const interceptor of scopes.flat()) nock.removeInterceptor(interceptor);
			if (--open > 0) return;
			nock.enableNetConnect();
			if (nock.activeMocks().length > 0) return;
			nock.cleanAll();
			nock.restore();
		},
	};
}

function routeOrigin(from: URL, to: URL): Nock.Interceptor[] {
	const scope = loadNock()(from.origin).persist();
	/** The request's own headers, taken before nock is shown a set without them. */
	const sent = new WeakMap<object, IncomingHttpHeaders>();
	scope.on('request', (req: { headers: IncomingHttpHeaders }) => {
		sent.set(req, req.headers);
		// nock parses (and un-gzips) a body that says it is JSON before it asks for an answer, and an exception there
		// ends the process; bodies such as newline-delimited JSON are not for it to parse.
		req.headers = {};
	});
	return METHODS.map((method) => {
		const interceptor = scope.intercept(/.*/, method);
		interceptor.reply(async function (path) {
			const { req } = this as unknown as { req: object & { requestBodyBuffers: Buffer[] } };
			const headers = { host: from.host, ...sent.get(req) };
			try {
				return await forward(to, method, path, headers, Buffer.concat(req.requestBodyBuffers));
			} catch (error) {
				// Under jest, Node's own errors are not `instanceof Error` here, and nock never passes such a one on.
				const { message, code } = error as NodeJS.ErrnoException;
				throw Object.assign(new Error(message), { code });
			}
		});
		return interceptor;
	});
}

/** One request to another origin, bytes as they are. Out: status, body, headers. Rejects when the connection breaks. */
export async function forward(
	to: URL,
	method: string,
	path: string,
	headers: IncomingHttpHeaders,
	body: Buffer,
): Promise<[number, Buffer, Record<string, string | string[]>]> {
	const passedOn = withoutHopByHop(headers);
	if (body.length > 0) passedOn['content-length'] = String(body.length);
	const answer = await new Promise<IncomingMessage>((resolve, reject) => {
		const outgoing = request(
			{
				host: to.hostname.replace(/^\[|\]$/g, ''),
				port: to.port || 80,
				method,
				path,
				headers: passedOn,
				agent: false,
			},
			resolve,
		);
		outgoing.on('error', reject);
		outgoing.end(body);
	});
	const chunks: Buffer[] = [];
	for await (const chunk of answer) chunks.push(chunk as Buffer);
	return [answer.statusCode ?? 502, Buffer.concat(chunks), withoutHopByHop(answer.headers)];
}

function withoutHopByHop(headers: IncomingHttpHeaders): Record<string, string | string[]> {
	const kept: Record<string, string | string[]> = {};
	for (const [name, value] of Object.entries(headers)) {
		if (value !== undefined && !HOP_BY_HOP.has(name.toLowerCase())) kept[name] = value;
	}
	return kept;
}
