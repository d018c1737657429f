/** The embedded S3 behind a door that can fail: before a request is passed on, or after S3 has answered it. */
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Each kind of failure of S3, or of something between n8n and S3. n8n's AWS S3 node takes a 200 of any kind for success; the workflow must not. */
export const S3_WRONGS = {
	'400 before': { answer: 400 },
	'403 before': { answer: 403 },
	'429 before': { answer: 429 },
	'500 before': { answer: 500 },
	'503 before': { answer: 503 },
	'reset before': { answer: 'reset' },
	'a stall before': { answer: 'stall' },
	'a web page with 200 before': { answer: 'html' },
	"AWS's error with 200 before": { answer: 'error' },
	'500 after it was stored': { answer: 500, after: true },
	'reset after it was stored': { answer: 'reset', after: true },
	'a stall after it was stored': { answer: 'stall', after: true },
	'a web page with 200 after it was stored': { answer: 'html', after: true },
	'half of the answer after it was stored': { answer: 'half', after: true },
	'half of the answer, quietly, after it was stored': { answer: 'cut', after: true },
	'a malformed answer after it was stored': { answer: 'malformed', after: true },
} as const satisfies Record<string, S3Wrong>;

interface S3Wrong {
	/** A status, or what comes instead of an answer: with `half` the length is announced in full, with `cut` it is not. */
	answer?: number | 'reset' | 'stall' | 'html' | 'error' | 'half' | 'cut' | 'malformed';
	after?: boolean;
}

const XML = '<?xml version="1.0" encoding="UTF-8"?>\n';

export interface FaultyS3 {
	url: string;
	/** Requests since the last `arm`. */
	count(): number;
	/** Whether a request since then waits for an answer that will not come. */
	stalls(): boolean;
	/** Lets the n-th request (from 0) from now on go wrong, or none. */
	arm(at?: number, wrong?: S3Wrong): void;
	close(): Promise<void>;
}

export async function startFaultyS3(target: string): Promise<FaultyS3> {
	let [count, at, wrong]: [number, number | undefined, S3Wrong] = [0, undefined, {}];
	let stalls = false;
	const fail = (response: ServerResponse, content: Buffer = Buffer.alloc(0)) => {
		const { answer = 500 } = wrong;
		const xml = { 'content-type': 'application/xml' };
		if (typeof answer === 'number') return response.writeHead(answer, xml).end(`${XML}<Error><Code>Told</Code></Error>`);
		if (answer === 'stall') {
			stalls = true;
			return;
		}
		if (answer === 'reset') return response.socket?.resetAndDestroy();
		if (answer === 'html') return response.writeHead(200, { 'content-type': 'text/html' }).end('<!DOCTYPE html><html><body>Sign in</body></html>');
		if (answer === 'error') return response.writeHead(200, xml).end(`${XML}<Error><Code>InternalError</Code><Message>We encountered an internal error. Please try again.</Message></Error>`);
		if (answer === 'malformed') return response.writeHead(200, xml).end(content.toString().replaceAll('</', '<'));
		const half = content.subarray(0, content.length / 2);
		if (answer === 'cut') return response.writeHead(200, xml).end(half);
		response.writeHead(200, { ...xml, 'content-length': content.length + 10 }).write(half);
		return void setImmediate(() => response.socket?.resetAndDestroy());
	};
	const server = createServer((incoming, response) => {
		const struck = count++ === at;
		void bodyOf(incoming).then((body) => {
			if (struck && !wrong.after) return fail(response);
			// The host header is part of the signature, so it goes on as it came.
			const onward = request(target, { method: incoming.method, path: incoming.url, headers: incoming.headers }, (answer) => {
				void bodyOf(answer).then((content) => (struck ? fail(response, content) : response.writeHead(answer.statusCode ?? 500, answer.headers).end(content)));
			});
			onward.on('error', () => response.destroy());
			return onward.end(body);
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		count: () => count,
		stalls: () => stalls,
		arm: (next, kind = {}) => {
			[count, at, wrong, stalls] = [0, next, kind, false];
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
