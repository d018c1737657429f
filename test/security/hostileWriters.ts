/** Ways to answer that no vendor would choose: each writes to the raw response. Bodies are made as they are pulled, so that a bomb of 10 GB costs nothing. */
import type { ServerResponse } from 'node:http';
import { brotliCompressSync, constants, deflateRawSync, zstdCompressSync } from 'node:zlib';

export type Writer = (response: ServerResponse) => void;

const MEGABYTE = 1024 * 1024;

/** Sends bytes as fast as the client takes them, until it goes away or `chunks` ends. */
export function pour(response: ServerResponse, chunks: Iterator<Buffer>): void {
	const more = () => {
		for (;;) {
			if (response.destroyed || response.socket?.destroyed) return;
			const next = chunks.next();
			if (next.done) {
				response.end();
				return;
			}
			if (!response.write(next.value)) return;
		}
	};
	response.on('drain', more);
	more();
}

function* start(first: string | Buffer, rest: Buffer): Generator<Buffer> {
	yield Buffer.from(first as string);
	for (;;) yield rest;
}

const headed = (response: ServerResponse, headers: Record<string, string> = {}, status = 200) =>
	response.writeHead(status, { 'content-type': 'application/json', ...headers });

/** A body that begins like JSON or CSV and goes on in one line, without an end. */
export const oneLine = (first: string, status = 200): Writer => (response) => {
	headed(response, {}, status);
	pour(response, start(first, Buffer.alloc(MEGABYTE, 'x')));
};

/** Rows without an end. */
export const endlessRows = (header: string, row: string): Writer => (response) => {
	headed(response, { 'content-type': 'text/csv' });
	pour(response, start(`${header}\n`, Buffer.from(`${row}\n`.repeat(Math.ceil(MEGABYTE / (row.length + 1))))));
};

const GZIP_HEADER = Buffer.from('1f8b0800000000000003', 'hex');
/** One mebibyte, packed so that copies of the block can stand one after another in one stream. */
const packed = (text: string) => deflateRawSync(Buffer.alloc(MEGABYTE, text), { finishFlush: constants.Z_FULL_FLUSH });

/** A gzip stream that unpacks to `gigabytes`, at a thousandth of it on the wire; as an encoding of the transfer, or as a file. */
export function* gzipBomb(gigabytes: number, filling = 'x', first = ''): Generator<Buffer> {
	yield GZIP_HEADER;
	if (first) yield deflateRawSync(Buffer.from(first), { finishFlush: constants.Z_FULL_FLUSH });
	const block = packed(filling);
	const several = Buffer.concat(Array.from({ length: 16 }, () => block));
	for (let count = 0; count < gigabytes * 64; count++) yield several;
}

export const bombByEncoding = (first: string, filling = 'x', status = 200): Writer => (response) => {
	headed(response, { 'content-encoding': 'gzip' }, status);
	pour(response, gzipBomb(10, filling, first));
};

export const bombByContent = (filling = 'x', first = ''): Writer => (response) => {
	headed(response, { 'content-type': 'application/gzip' });
	pour(response, gzipBomb(10, filling, first));
};

let packedWhole: Record<string, Buffer> | undefined;

/** 80 MB of blanks in a few bytes, by the encodings that Node packs best. */
export const smallBomb = (encoding: 'br' | 'zstd'): Writer => (response) => {
	packedWhole ??= { br: brotliCompressSync(Buffer.alloc(80 * MEGABYTE, ' '), { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }), zstd: zstdCompressSync(Buffer.alloc(80 * MEGABYTE, ' ')) };
	headed(response, { 'content-encoding': encoding });
	response.end(packedWhole[encoding]);
};

/** A whole answer. */
export const whole = (body: string | Buffer, headers: Record<string, string> = {}, status = 200): Writer => (response) => {
	headed(response, headers, status);
	response.end(body);
};

/** A byte now and then, for ever. */
export const drip = (first: string): Writer => (response) => {
	headed(response).write(first);
	const timer = setInterval(() => response.write(' '), 5);
	response.on('close', () => clearInterval(timer));
};

const raw = (write: (socket: NonNullable<ServerResponse['socket']>) => void): Writer => ({ socket }) => {
	if (!socket) return;
	socket.on('error', () => {});
	write(socket);
};

/** A head that comes byte by byte and never ends. */
export const dripHead = raw((socket) => {
	socket.write('HTTP/1.1 200 OK\r\nx-slow: ');
	const timer = setInterval(() => socket.write('a'), 5);
	socket.on('close', () => clearInterval(timer));
});

/** Interim answers for ever. */
export const interim = (line: string) => raw((socket) => {
	const timer = setInterval(() => socket.write(`HTTP/1.1 ${line}\r\n\r\n`), 1);
	socket.on('close', () => clearInterval(timer));
});

/** One header of a megabyte, or a hundred thousand small ones. */
export const floodOfHeaders = (headers: string) => raw((socket) => socket.write(`HTTP/1.1 200 OK\r\n${headers}\r\ncontent-length: 2\r\n\r\n{}`));

/** Text straight to the socket, then its end. */
export const bytesOnWire = (text: string) => raw((socket) => socket.end(text));

/** A chunked body whose chunk claims more than exists. */
export const brokenChunk = bytesOnWire('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nFFFFFFFFFFFF\r\n{}');
