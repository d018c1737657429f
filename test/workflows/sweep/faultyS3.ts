/** The embedded S3 behind a door that can fail: before a request is passed on, or after S3 has answered it. */
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const S3_WRONGS = {
	'400 before': { status: 400 },
	'403 before': { status: 403 },
	'429 before': { status: 429 },
	'500 before': { status: 500 },
	'503 before': { status: 503 },
	'HTML with 200 before': { status: 200, html: true },
	'reset before': { reset: true },
	'500 after it was stored': { status: 500, after: true },
	'reset after it was stored': { reset: true, after: true },
} as const satisfies Record<string, S3Wrong>;

interface S3Wrong {
	status?: number;
	html?: boolean;
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
		const body = wrong.html ? '<!DOCTYPE html><html><body>Sign in</body></html>' : '<?xml version="1.0"?><Error><Code>Told</Code></Error>';
		return response.writeHead(wrong.status ?? 500, { 'content-type': wrong.html ? 'text/html' : 'application/xml' }).end(body);
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
