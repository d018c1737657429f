import { jsonAnswer, type Answer } from '../answers';
import { readCefLine, type CefLine } from '../cef';
import { systemClock } from '../clock';
import { startServer, type ListenOptions, type LoggedRequest, type RunningServer } from '../http';
import {
	createStore,
	eventIdOf,
	isRecord,
	unpack,
	type SinkBatch,
	type SinkEvent,
	type SinkStore,
	type SinkTroubles,
} from '../sink';

/** How a batch was written. */
export type CollectedForm = 'array' | 'events' | 'ndjson' | 'cef';

/** One event that the collector took: a JSON object, or a CEF line read into its parts. */
export type CollectedEvent = SinkEvent<Record<string, unknown>>;

/** One request that was accepted, with the way it was written. */
export type CollectedBatch = SinkBatch & { form: CollectedForm };

/** What can be chosen about the fake collector. `maxBytes` counts before and after decompression; default 1,000,000. */
export interface SiemOptions extends ListenOptions, SinkTroubles {
	headerName?: string;
	token?: string;
	maxBytes?: number;
	/** Requests accepted in any 60 s by the clock; then 429 with Retry-After. Default: no limit. */
	requestsPerMinute?: number;
}

/** A running fake of a generic webhook collector. */
export interface SiemSimulator extends RunningServer, SinkStore<Record<string, unknown>, CollectedBatch> {
	/** Where to post. */
	endpoint: string;
	headerName: string;
	token: string;
}

/**
 * Starts a fake SIEM collector: `POST /events` with a token in a header.
 * Takes a JSON array, `{"events":[…]}`, NDJSON (`application/x-ndjson`) or CEF lines (`text/plain`), each also with
 * Content-Encoding gzip. A batch is taken whole or not at all; one with a poison event is refused with 400.
 * Refusals: 401 token, 404 path, 405 method, 413 too large, 415 content type or encoding, 400 shape, 429 too often.
 * Fails when the port is taken. No product's API: the least that webhook receivers agree on (general knowledge).
 */
export async function startSiem(options: SiemOptions = {}): Promise<SiemSimulator> {
	const { clock = systemClock, headerName = 'X-Collector-Token', token = 'fake-siem-token' } = options;
	const { maxBytes = 1_000_000, requestsPerMinute = Infinity, maxEvents = Infinity, poison = [] } = options;
	const { keep, ...store } = createStore<Record<string, unknown>, { form: CollectedForm }>();

	function respond(request: LoggedRequest): Answer {
		if (request.path !== '/events') return refuse(404, 'no such collector');
		if (request.headers[headerName.toLowerCase()] !== token) return refuse(401, 'token missing or wrong');
		if (request.method !== 'POST') return refuse(405, 'only POST is taken');
		const nowMs = clock.now();
		const recent = store.batches.filter(({ atMs }) => atMs > nowMs - 60_000);
		if (recent.length >= requestsPerMinute) {
			const waitSec = Math.ceil((recent[0].atMs + 60_000 - nowMs) / 1000);
			const answer = refuse(429, 'too many requests');
			return { ...answer, headers: { ...answer.headers, 'retry-after': String(waitSec) } };
		}
		const plain = unpack(request, maxBytes);
		if (plain.trouble === 'tooLarge') return refuse(413, `more than ${maxBytes} bytes`);
		if (plain.trouble === 'damaged') return refuse(400, 'the body is not gzip');
		if (plain.trouble !== undefined) return refuse(415, 'this content encoding is not taken');
		const read = readEvents(plain.bytes.toString('utf8'), request.headers['content-type'] ?? '');
		if ('status' in read) return read;
		if (read.events.length > maxEvents) return refuse(413, `more than ${maxEvents} events`);
		const arrivals = read.events.map((event) => ({
			id: eventIdOf(read.form === 'cef' ? event.extension : event),
			event,
		}));
		const bad = arrivals.findIndex(({ id }) => id !== null && poison.includes(id));
		if (bad !== -1) return refuse(400, `event ${bad} cannot be stored`);
		keep(request, plain.bytes.length, arrivals, { form: read.form });
		return jsonAnswer(200, { accepted: arrivals.length });
	}

	const server = await startServer({
		...options,
		name: 'siem',
		maxBodyBytes: maxBytes,
		respond,
		refusal: (status) => refuse(status, status === 413 ? `more than ${maxBytes} bytes` : 'told to fail'),
	});
	return { ...server, ...store, endpoint: `${server.url}/events`, headerName, token };
}

function refuse(status: number, error: string): Answer {
	return jsonAnswer(status, { error });
}

type Events = { form: CollectedForm; events: Array<Record<string, unknown>> };

function readEvents(text: string, contentType: string): Events | Answer {
	if (/^text\/plain\b/i.test(contentType)) return readCef(text);
	const lines = /^application\/(x-)?ndjson\b/i.test(contentType);
	if (!lines && !/^application\/json\b/i.test(contentType)) {
		return refuse(415, `content type ${contentType} is not taken`);
	}
	let value: unknown;
	try {
		value = lines ? filledLines(text).map((line) => JSON.parse(line) as unknown) : JSON.parse(text);
	} catch {
		return refuse(400, 'the body is not valid JSON');
	}
	const form = lines ? 'ndjson' : Array.isArray(value) ? 'array' : 'events';
	const list = form === 'events' ? (value as { events?: unknown } | null)?.events : value;
	if (!Array.isArray(list)) return refuse(400, 'expected an array or {"events": []}');
	const wrong = list.findIndex((event) => !isRecord(event));
	return wrong === -1
		? { form, events: list as Array<Record<string, unknown>> }
		: refuse(400, `event ${wrong} is not an object`);
}

function readCef(text: string): Events | Answer {
	const lines = filledLines(text).map(readCefLine);
	const wrong = lines.findIndex((line) => typeof line === 'string');
	if (wrong !== -1) return refuse(400, `line ${wrong}: ${String(lines[wrong])}`);
	return { form: 'cef', events: lines as CefLine[] };
}

function filledLines(text: string): string[] {
	return text.split('\n').filter((line) => line.trim() !== '');
}
