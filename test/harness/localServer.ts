/** A server on loopback for one test: answers by a function, and remembers what it was asked. */
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it came in; `body` is its bytes. */
export interface ReceivedRequest {
	method: string;
	/** Path with query, as sent. */
	path: string;
	headers: IncomingHttpHeaders;
	body: Buffer;
}

/** Status (default 200), headers and body of an answer; a body that is no string or Buffer is sent as JSON. */
export interface Answer {
	status?: number;
	headers?: Record<string, string>;
	body?: unknown;
}

export interface LocalServer {
	/** `http://127.0.0.1:<port>`. */
	origin: string;
	/** All requests so far, in the order they were complete. */
	requests: ReceivedRequest[];
	close(): Promise<void>;
}

/**
 * Starts a server on a free port. `answer` gets each complete request; it may instead write to the response itself, or
 * leave it open, by returning nothing. Connections still open are cut at `close`.
 */
export async function startLocalServer(
	answer: (
		request: ReceivedRequest,
		response: ServerResponse,
	) => Answer | undefined | Promise<Answer | undefined>,
): Promise<LocalServer> {
	const requests: ReceivedRequest[] = [];
	const server = createServer(async (incoming, response) => {
		const chunks: Buffer[] = [];
		for await (const chunk of incoming) chunks.push(chunk as Buffer);
		const received = {
			method: incoming.method ?? '',
			path: incoming.url ?? '',
			headers: incoming.headers,
			body: Buffer.concat(chunks),
		};
		requests.push(received);
		const given = await answer(received, response);
		if (given === undefined) return;
		const { status = 200, headers = {}, body = '' } = given;
		// Node's own would show the machine's time, whatever a test set the clock to.
		response.setHeader('date', new Date(Date.now()).toUTCString());
		const isRaw = typeof body === 'string' || Buffer.isBuffer(body);
		response.writeHead(status, isRaw ? headers : { 'content-type': 'application/json', ...headers });
		response.end(isRaw ? body : JSON.stringify(body));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		requests,
		async close() {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}
