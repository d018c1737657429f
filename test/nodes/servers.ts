/** Servers that go wrong below HTTP, or in ways that no simulator of a vendor has. */
import { generateKeyPairSync, sign } from 'node:crypto';
import { ClientRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { startLocalServer, type LocalServer } from '../harness/localServer';

export { startLocalServer, type LocalServer };

/** An origin on this machine where nobody listens. */
export async function originOfNobody(): Promise<string> {
	const server = await startLocalServer(() => ({}));
	await server.close();
	return server.origin;
}

/**
 * An https server whose certificate nobody has signed but itself; `requests` counts what came through all the same.
 * `validUntil` as certificates write it, YYMMDDhhmmssZ; `cert` is for tests that trust it for a while, and then `answer` answers.
 */
export async function startUntrustedServer(
	validUntil = '491231235959Z',
	answer: (request: IncomingMessage, response: ServerResponse) => void = (_request, response) => void response.end('{}'),
) {
	const { key, cert } = selfSigned(validUntil);
	let requests = 0;
	let handshakes = 0;
	const server = createServer({ key, cert }, (request, response) => {
		requests++;
		answer(request, response);
	});
	server.on('connection', () => handshakes++);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		origin: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
		cert,
		requests: () => requests,
		handshakes: () => handshakes,
		close: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

/** Which of the nodes' time-outs end after a moment: those for the head of an answer at these paths, or those inside bodies. */
export interface ShortTimeouts {
	path?: RegExp;
	bodies?: boolean;
}

const A_MOMENT_MS = 50;

/** Shortens time-outs in Node's client, in the one that follows redirects (for downloads alone), and in the nodes' own guard of bodies. */
export function shortTimeouts({ path, bodies = false }: ShortTimeouts): { restore: () => void } {
	const { setTimeout: setSocketTimeout } = ClientRequest.prototype;
	const { setTimeout: setTimer } = globalThis;
	const { timeout: setSignal } = AbortSignal;
	const spies = [
		jest.spyOn(ClientRequest.prototype, 'setTimeout').mockImplementation(function (this: ClientRequest, ms, callback) {
			return setSocketTimeout.call(this, path?.test(this.path) ? A_MOMENT_MS : ms, callback);
		}),
		// SAFETY: the same function with another number; Node's overloads are not worth repeating.
		jest
			.spyOn(globalThis, 'setTimeout')
			.mockImplementation(((run: () => void, ms?: number) => setTimer(run, path && ms === 60_000 ? A_MOMENT_MS : ms)) as never),
		jest.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => setSignal.call(AbortSignal, bodies ? A_MOMENT_MS : ms)),
	];
	return { restore: () => spies.forEach((spy) => spy.mockRestore()) };
}

/** A new key with an X.509 certificate by itself, put together by hand, so that no private key lies in the repository. */
function selfSigned(validUntil: string): { key: string; cert: string } {
	const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
	const ecdsaWithSha256 = der(0x30, Buffer.from('06082a8648ce3d040302', 'hex'));
	const commonName = der(0x30, Buffer.from('0603550403', 'hex'), der(0x0c, Buffer.from('nobody')));
	const name = der(0x30, der(0x31, commonName));
	const validity = der(0x30, der(0x17, Buffer.from('200101000000Z')), der(0x17, Buffer.from(validUntil)));
	const publicInfo = publicKey.export({ type: 'spki', format: 'der' });
	// Version 3, with the addresses that it is for: this machine's.
	const addresses = der(0x30, der(0x87, Buffer.from([127, 0, 0, 1])), der(0x82, Buffer.from('localhost')));
	const extensions = der(0xa3, der(0x30, der(0x30, Buffer.from('0603551d11', 'hex'), der(0x04, addresses))));
	const version = der(0xa0, der(0x02, Buffer.from([2])));
	const body = der(0x30, version, der(0x02, Buffer.from([1])), ecdsaWithSha256, name, validity, name, publicInfo, extensions);
	const signature = der(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', body, privateKey)]));
	const certificate = der(0x30, body, ecdsaWithSha256, signature).toString('base64');
	return {
		key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
		cert: `-----BEGIN CERTIFICATE-----\n${certificate.match(/.{1,64}/g)?.join('\n')}\n-----END CERTIFICATE-----\n`,
	};
}

/** One DER element; contents up to 64 KiB. */
function der(tag: number, ...contents: Buffer[]): Buffer {
	const content = Buffer.concat(contents);
	const { length } = content;
	const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
	return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
