import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** What a simulator answers. Content-length is added; a Buffer goes out byte for byte. */
export interface Answer {
	status: number;
	headers?: Record<string, string>;
	body?: string | Buffer;
	/** Instead of `body`, where it is too large to be held; faults that cut or change bodies cannot be used on it. */
	stream?: StreamedBody;
}

/** A body that is made while it is sent, as fast as the client takes it. */
export interface StreamedBody {
	/** Its exact length. */
	bytes: number;
	/** A new run over its parts. */
	parts(): Iterable<Buffer>;
}

const ADMIN_CONSOLE =
	'<!DOCTYPE html>\n<html><head><title>Cloud Administration Console</title></head><body><h1>Sign In</h1></body></html>\n';

/** A JSON answer. */
export function jsonAnswer(status: number, value: unknown, headers: Record<string, string> = {}): Answer {
	return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(value) };
}

/** An answer of plain text, or of the given type. */
export function textAnswer(status: number, body: string, type = 'text/plain; charset=utf-8'): Answer {
	return { status, headers: { 'content-type': type }, body };
}

/** The web page that a wrong base URL leads to, with status 200 (reference/securid.md, trap 15, seen in code). */
export function adminConsolePage(): Answer {
	return { status: 200, headers: { 'content-type': 'text/html;charset=UTF-8' }, body: ADMIN_CONSOLE };
}

/**
 * A JSON text that no parser takes: with a doubled comma, as in the example answer of the vendor's page
 * "Cloud Administration Event Log API" (documented, by accident).
 */
export function malformed(text: string): string {
	const broken = text.replace(',', ', ,');
	// The first comma may stand inside a string; a body must not come out readable by that accident.
	try {
		JSON.parse(broken);
		return `${broken},`;
	} catch {
		return broken;
	}
}

/** The first half of an answer's bytes. */
export function halved(answer: Answer): Buffer {
	if (answer.stream !== undefined) throw new TypeError('A streamed body cannot be cut by a fault');
	const whole = Buffer.from(answer.body ?? '');
	return whole.subarray(0, Math.floor(whole.length / 2));
}

/** Sends an answer whole, with the right content-length. */
export function write(response: ServerResponse, answer: Answer): void {
	if (answer.stream !== undefined) {
		response.writeHead(answer.status, { ...answer.headers, 'content-length': String(answer.stream.bytes) });
		// A client that goes away ends it.
		pipeline(Readable.from(answer.stream.parts()), response).catch(() => response.destroy());
		return;
	}
	const body = Buffer.from(answer.body ?? '');
	const headers: Record<string, string> = { ...answer.headers };
	if (answer.status !== 204) headers['content-length'] = String(body.length);
	response.writeHead(answer.status, headers);
	response.end(answer.status === 204 ? undefined : body);
}

/** Announces the whole answer, sends `half` of it, then ends the connection: with a reset, or cleanly. */
export function writeHalf(response: ServerResponse, answer: Answer, half: Buffer, reset: boolean): void {
	const socket = response.socket;
	const wholeBytes = Buffer.byteLength(answer.body ?? '');
	response.writeHead(answer.status, { ...answer.headers, 'content-length': String(wholeBytes) });
	response.write(half, () => {
		if (reset) socket?.resetAndDestroy();
		else socket?.end();
	});
}
