/** The embedded S3 behind a door that can fail: before a request is passed on, or after S3 has answered it. */
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * Left out: a 200 that does not come from S3 (a web page of some proxy). n8n's AWS S3 node takes any 200 for success, so the workflow cannot
 * know of it; found by this sweep, not mended. A stall is left out too: that node has no time-out of its own below five minutes.
 */
export const S3_WRONGS = {
	'400 before': { status: 400 },
	'403 before': { status: 403 },
	'429 before': { status: 429 },
	'500 before': { status: 500 },
	'503 before': { status: 503 },
	'reset before': { reset: true },
	'500 after it was stored': { status: 500, after: true },
	'reset after it was stored': { reset: true, after: true },
} as const satisfies Record<string, S3Wrong>;

interface S3Wrong {
	status?: number;
	reset?: boolean;
	after?: boolean;
}

export interface FaultyS3 {
	url: string;
	/** Requests since the last `arm`. */
	count(): number;
	/** Lets the n-th request (from 0) from now on go wrong, or none. */
	arm(at?: number, wrong?: S3Wrong): void;
	close(): Promise<void>;
}

export async function startFaultyS3(target: string): Promise<FaultyS3> {
	let [count, at, wrong]: [number, number | undefined, S3Wrong] = [0, undefined, {}];
	const fail = (response: ServerResponse) => {
		if (wrong.reset) return response.socket?.resetAndDestroy();
		return response.writeHead(wrong.status ?? 500, { 'content-type': 'application/xml' }).end('<?xml version="1.0"?><Error><Code>Told</Code></Error>');
	};
	const server = createServer((incoming, response) => {
		const struck = count++ === at;
		void bodyOf(incoming).then((body) => {
			if (struck && !wrong.after) return fail(response);
			// The host header is part of the signature, so it goes on as it came.
			const onward = request(target, { method: incoming.method, path: incoming.url, headers: incoming.headers }, (answer) => {
				void bodyOf(answer).then((content) => (struck ? fail(response) : response.writeHead(answer.statusCode ?? 500, answer.headers).end(content)));
			});
			return onward.end(body);
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		count: () => count,
		arm: (next, kind = {}) => {
			[count, at, wrong] = [0, next, kind];
		},
		close: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
	const parts: Buffer[] = [];
	for await (const part of message as AsyncIterable<Buffer>) parts.push(part);
	return Buffer.concat(parts);
}
