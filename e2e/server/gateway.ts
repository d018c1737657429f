/**
 * The only way out that the server is given (HTTPS_PROXY): a few fixed hosts, which n8n's nodes cannot be pointed elsewhere from, are answered
 * on this machine, over TLS by a certificate of our own; every other host is refused and noted.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { createCA, createCert } from 'mkcert';
import { forward } from '../../test/harness/hosts';

export interface Gateway {
	/** For HTTP_PROXY and HTTPS_PROXY. */
	url: string;
	/** The authority to be trusted (NODE_EXTRA_CA_CERTS), PEM. */
	caPem: string;
	/** Hosts that were asked for and refused, in order, repeats included. */
	refused: string[];
	close(): Promise<void>;
}

const DAYS_VALID = 30;

/** Starts it. In: by host name the local origin that answers for it, e.g. `{ 'slack.com': 'http://127.0.0.1:1234' }`. */
export async function startGateway(routes: Record<string, string>): Promise<Gateway> {
	const ca = await createCA({ organization: 'Local test authority', countryCode: 'XX', state: '-', locality: '-', validity: DAYS_VALID });
	const { key, cert } = await createCert({ ca, domains: Object.keys(routes), validity: DAYS_VALID });
	const refused: string[] = [];
	const sockets = new Set<Duplex>();
	const keep = (socket: Duplex) => {
		sockets.add(socket);
		// A client that goes away is no error of the gateway.
		socket.on('error', () => {}).on('close', () => sockets.delete(socket));
	};

	const inside = createTlsServer({ key, cert }, (incoming, response) => {
		const origin = routes[String(incoming.headers.host).replace(/:443$/, '')];
		if (origin === undefined) response.writeHead(421).end();
		else void passOn(origin, incoming, response);
	});
	const proxy = createServer((incoming, response) => {
		refused.push(new URL(incoming.url ?? '', 'http://no-host').host);
		response.writeHead(403).end('This machine alone');
	});
	proxy.on('connection', keep);
	proxy.on('connect', (request, socket) => {
		const host = String(request.url).replace(/:443$/, '');
		if (routes[host] === undefined) {
			refused.push(host);
			socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
			return;
		}
		socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
		inside.emit('connection', socket);
	});
	await new Promise<void>((resolve, reject) => proxy.once('error', reject).listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
		caPem: ca.cert,
		refused,
		async close() {
			for (const socket of sockets) socket.destroy();
			await new Promise((resolve) => proxy.close(resolve));
		},
	};
}

async function passOn(origin: string, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
	try {
		const chunks: Buffer[] = [];
		for await (const chunk of incoming) chunks.push(chunk as Buffer);
		const [status, body, headers] = await forward(new URL(origin), incoming.method ?? 'GET', incoming.url ?? '/', incoming.headers, Buffer.concat(chunks));
		response.writeHead(status, headers).end(body);
	} catch {
		// As the host behind it does when it breaks off.
		response.destroy();
	}
}
