/** Stands before the embedded S3, passes everything on as it is, and does one thing wrong at the request it is told. */
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** `before`: the request does not reach S3; `after`: it does, and the client hears something else. */
export type S3Wrong = { when: 'before' | 'after'; answer: number | 'reset' | 'half' | 'html' };

export interface Door {
	url: string;
	/** Requests since the last `strike`, as method and path without its query. */
	seen: string[];
	/** Strikes the n-th request from now on (from 0), or it and all after it; nothing without arguments. Empties `seen`. */
	strike(at?: number, wrong?: S3Wrong, lasting?: boolean): void;
	close(): Promise<void>;
}

export async function startDoor(s3Url: string): Promise<Door> {
	const { hostname, port } = new URL(s3Url);
	const seen: string[] = [];
	let struck: { at: number; wrong: S3Wrong; lasting: boolean } | undefined;
	const server = createServer((incoming, response) => {
		const index = seen.push(`${incoming.method} ${String(incoming.url).replace(/\?.*/, '')}`) - 1;
		const wrong = struck && (struck.at === index || (struck.lasting && index > struck.at)) ? struck.wrong : undefined;
		const misbehave = (body = Buffer.alloc(0)) => {
			if (wrong?.answer === 'reset') return incoming.socket.resetAndDestroy();
			if (wrong?.answer === 'html') return response.writeHead(200, { 'content-type': 'text/html' }).end('<html><body>Sign in</body></html>');
			if (wrong?.answer === 'half') {
				response.writeHead(200, { 'content-type': 'application/xml', 'content-length': body.length + 10 }).write(body.subarray(0, body.length / 2));
				return void setImmediate(() => incoming.socket.resetAndDestroy());
			}
			return response.writeHead(Number(wrong?.answer), { 'content-type': 'application/xml' }).end('<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>Told</Code><Message>to fail</Message></Error>');
		};
		if (wrong?.when === 'before') {
			incoming.resume().on('end', () => misbehave());
			return;
		}
		const outgoing = request({ host: hostname, port, method: incoming.method, path: incoming.url, headers: incoming.headers, agent: false }, (answer) => {
			const chunks: Buffer[] = [];
			answer.on('data', (chunk: Buffer) => chunks.push(chunk));
			answer.on('end', () => {
				const body = Buffer.concat(chunks);
				if (wrong) return void misbehave(body);
				const { 'transfer-encoding': _, ...headers } = answer.headers;
				response.writeHead(answer.statusCode ?? 502, { ...headers, ...(incoming.method === 'HEAD' ? {} : { 'content-length': body.length }) }).end(body);
			});
		});
		outgoing.on('error', () => response.destroy());
		incoming.pipe(outgoing);
	});
	server.keepAliveTimeout = 60_000;
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		seen,
		strike(at, wrong, lasting = false) {
			seen.length = 0;
			struck = at === undefined || !wrong ? undefined : { at, wrong, lasting };
		},
		close: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}
