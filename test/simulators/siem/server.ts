import { gunzipSync } from 'node:zlib';

import { jsonAnswer, type Answer } from '../answers';
import { systemClock } from '../clock';
import { startServer, type ListenOptions, type LoggedRequest, type RunningServer } from '../http';

/** One event that the collector took. `id` is its `eventId`, `event.id` or `id`, whichever comes first, or null. */
export interface CollectedEvent {
	id: string | null;
	event: Record<string, unknown>;
	batchIndex: number;
	atMs: number;
}

/** One request that was accepted: how it was written, how large it was, which events it brought. */
export interface CollectedBatch {
	index: number;
	atMs: number;
	form: 'array' | 'events' | 'ndjson';
	wireBytes: number;
	plainBytes: number;
	ids: Array<string | null>;
	headers: LoggedRequest['headers'];
}

/** What can be chosen about the fake collector. `maxBytes` counts before and after decompression; default 1,000,000. */
export interface SiemOptions extends ListenOptions {
	headerName?: string;
	token?: string;
	maxBytes?: number;
	/** Requests accepted in any 60 s by the clock; then 429 with Retry-After. Default: no limit. */
	requestsPerMinute?: number;
}

/** A running fake of a generic webhook collector. */
export interface SiemSimulator extends RunningServer {
	/** Where to post. */
	endpoint: string;
	headerName: string;
	token: string;
	/** Every accepted event, repeats included. */
	events: CollectedEvent[];
	batches: CollectedBatch[];
	/** Accepted ids without repeats, in order of first arrival. */
	ids(): string[];
}

/**
 * Starts a fake SIEM collector: `POST /events` with a token in a header.
 * Takes a JSON array, `{"events":[…]}` or NDJSON (`application/x-ndjson`), each also with Content-Encoding gzip. A batch
 * is taken whole or not at all.
 * Refusals: 401 token, 404 path, 405 method, 413 too large, 415 content type or encoding, 400 shape, 429 too often.
 * Fails when the port is taken. No product's API: the least that webhook receivers agree on (general knowledge).
 */
export async function startSiem(options: SiemOptions = {}): Promise<SiemSimulator> {
	const { clock = systemClock, headerName = 'X-Collector-Token', token = 'fake-siem-token' } = options;
	const { maxBytes = 1_000_000, requestsPerMinute = Infinity } = options;
	const events: CollectedEvent[] = [];
	const batches: CollectedBatch[] = [];

	function respond(request: LoggedRequest): Answer {
		if (request.path !== '/events') return refuse(404, 'no such collector');
		if (request.headers[headerName.toLowerCase()] !== token) return refuse(401, 'token missing or wrong');
		if (request.method !== 'POST') return refuse(405, 'only POST is taken');
		const nowMs = clock.now();
		const recent = batches.filter(({ atMs }) => atMs > nowMs - 60_000);
		if (recent.length >= requestsPerMinute) {
			const waitSec = Math.ceil((recent[0].atMs + 60_000 - nowMs) / 1000);
			const answer = refuse(429, 'too many requests');
			return { ...answer, headers: { ...answer.headers, 'retry-after': String(waitSec) } };
		}
		const plain = decompress(request, maxBytes);
		if (!Buffer.isBuffer(plain)) return plain;
		const read = readEvents(plain.toString('utf8'), request.headers['content-type'] ?? '');
		if ('status' in read) return read;

		const ids = read.events.map(idOf);
		const index = batches.length;
		events.push(...read.events.map((event, at) => ({ id: ids[at], event, batchIndex: index, atMs: nowMs })));
		batches.push({
			index,
			atMs: nowMs,
			form: read.form,
			wireBytes: request.bytes.length,
			plainBytes: plain.length,
			ids,
			headers: request.headers,
		});
		return jsonAnswer(200, { accepted: ids.length });
	}

	const server = await startServer({
		...options,
		name: 'siem',
		maxBodyBytes: maxBytes,
		respond,
		refusal: (status) => refuse(status, status === 413 ? `more than ${maxBytes} bytes` : 'told to fail'),
	});
	return {
		...server,
		endpoint: `${server.url}/events`,
		headerName,
		token,
		events,
		batches,
		ids: () => [...new Set(events.flatMap(({ id }) => (id === null ? [] : [id])))],
	};
}

function refuse(status: number, error: string): Answer {
	return jsonAnswer(status, { error });
}

function decompress(request: LoggedRequest, maxBytes: number): Buffer | Answer {
	const encoding = (request.headers['content-encoding'] ?? 'identity').toLowerCase();
	if (encoding === 'identity') return request.bytes;
	if (encoding !== 'gzip') return refuse(415, `content encoding ${encoding} is not taken`);
	try {
		return gunzipSync(request.bytes, { maxOutputLength: maxBytes });
	} catch (error) {
		const tooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
		return tooLarge ? refuse(413, `more than ${maxBytes} bytes`) : refuse(400, 'the body is not gzip');
	}
}

type Events = { form: CollectedBatch['form']; events: Array<Record<string, unknown>> };

function readEvents(text: string, contentType: string): Events | Answer {
	const lines = /^application\/(x-)?ndjson\b/i.test(contentType);
	if (!lines && !/^application\/json\b/i.test(contentType))
		return refuse(415, `content type ${contentType} is not taken`);
	let value: unknown;
	let form: CollectedBatch['form'] = 'ndjson';
	try {
		if (lines) {
			value = text
				.split('\n')
				.filter((line) => line.trim() !== '')
				.map((line) => JSON.parse(line) as unknown);
		} else {
			value = JSON.parse(text);
			form = Array.isArray(value) ? 'array' : 'events';
		}
	} catch {
		return refuse(400, 'the body is not valid JSON');
	}
	const list = form === 'events' ? (value as { events?: unknown } | null)?.events : value;
	if (!Array.isArray(list)) return refuse(400, 'expected an array or {"events": []}');
	const wrong = list.findIndex(
		(event) => typeof event !== 'object' || event === null || Array.isArray(event),
	);
	if (wrong !== -1) return refuse(400, `event ${wrong} is not an object`);
	return { form, events: list as Array<Record<string, unknown>> };
}

function idOf(event: Record<string, unknown>): string | null {
	const nested = event.event as { id?: unknown } | null | undefined;
	const id = event.eventId ?? nested?.id ?? event.id;
	return typeof id === 'string' || typeof id === 'number' ? String(id) : null;
}
