import { jsonAnswer, type Answer } from '../answers';
import { systemClock } from '../clock';
import { startServer, type ListenOptions, type LoggedRequest, type RunningServer } from '../http';
import {
	createStore,
	eventIdOf,
	isRecord,
	parseJson,
	unpack,
	type SinkStore,
	type SinkTroubles,
} from '../sink';

/** A log as stored. */
export interface StoredLog {
	/** As sent; where `truncated` says so, Datadog would have kept a part of it only. */
	log: Record<string, unknown>;
	/** Longer than Datadog keeps of one log. The sender saw 202. */
	truncated: boolean;
	/** Older than Datadog takes, by its `timestamp`, `date`, `@timestamp` or `time`. The sender saw 202. */
	tooOld: boolean;
}

/** What can be chosen about the fake Datadog. */
export interface DatadogOptions extends ListenOptions, SinkTroubles {
	apiKey?: string;
	/** Bytes per request before compression. Default 5,000,000. `maxEvents` is 1,000 unless given. */
	maxBytes?: number;
	/** Bytes of one log; longer ones are truncated and still answered 202. Default 1,000,000. */
	maxLogBytes?: number;
}

/** A running fake of Datadog's log intake. Ids come from the log, else from a `message` that is JSON. */
export interface DatadogSimulator extends RunningServer, SinkStore<StoredLog> {
	/** `…/api/v2/logs`. */
	endpoint: string;
	apiKey: string;
	/** Ids of stored logs that were truncated: a sender that cares has none. */
	truncatedIds(): Array<string | null>;
}

const HOURS_18 = 18 * 3600 * 1000;
const TITLES: Record<number, string> = {
	400: 'Bad Request',
	401: 'Unauthorized',
	403: 'Forbidden',
	408: 'Request Timeout',
	413: 'Payload Too Large',
	429: 'Too Many Requests',
	500: 'Internal Server Error',
	503: 'Service Unavailable',
};

/**
 * Starts a fake of Datadog's log intake: `POST /api/v2/logs` with header `DD-API-KEY`, a JSON array of objects or one object,
 * gzip, deflate or not. Answers 202 `{}`.
 * **A log over 1 MB is truncated and one older than 18 h is taken, both with 202**: the stored log says so.
 * Refusals with `errors: [{ status, title, detail }]`: 400 shape (and a poison event: assumed), 401 no key, 403 wrong key, 404, 405, 413 over 5 MB
 * unpacked or 1,000 logs (the number is documented, that it is 413 assumed), 415.
 * Fails when the port is taken.
 * Source: reference/delivery.md 3.1 and Datadog's page "Send logs"; the form of refusals as captured in
 * opentelemetry-collector-contrib issue 16380. What becomes of too old logs is not documented well: they are kept and marked.
 */
export async function startDatadog(options: DatadogOptions = {}): Promise<DatadogSimulator> {
	const { clock = systemClock, apiKey = 'fa4e0fa4e0fa4e0fa4e0fa4e0fa4e0fa' } = options;
	const { maxBytes = 5_000_000, maxLogBytes = 1_000_000, maxEvents = 1000, poison = [] } = options;
	const { keep, ...store } = createStore<StoredLog>();

	function respond(request: LoggedRequest): Answer {
		if (request.path !== '/api/v2/logs') return refuse(404, 'HTTP path is invalid');
		if (request.method !== 'POST') return refuse(405, 'HTTP method is invalid');
		const key = request.headers['dd-api-key'];
		if (key === undefined) return refuse(401, 'API key is missing');
		if (key !== apiKey) return refuse(403, 'API key is invalid');
		if (!/^application\/json\b/i.test(request.headers['content-type'] ?? ''))
			return refuse(415, 'content type is not taken');
		const plain = unpack(request, maxBytes, ['gzip', 'deflate']);
		if (plain.trouble === 'tooLarge') return refuse(413, `payload is over ${maxBytes} bytes`);
		if (plain.trouble !== undefined) return refuse(400, 'content encoding is invalid');
		const body = parseJson(plain.bytes.toString('utf8'));
		const logs = Array.isArray(body) ? (body as unknown[]) : [body];
		if (!logs.every(isRecord)) return refuse(400, 'Decoding error: expected an array of objects');
		if (logs.length > maxEvents) return refuse(413, `payload has over ${maxEvents} logs`);
		const arrivals = logs.map((log) => ({ id: logId(log), event: judge(log) }));
		if (arrivals.some(({ id }) => id !== null && poison.includes(id)))
			return refuse(400, 'a log cannot be stored');
		keep(request, plain.bytes.length, arrivals, {});
		return jsonAnswer(202, {});
	}

	function judge(log: Record<string, unknown>): StoredLog {
		const time = log.timestamp ?? log.date ?? log['@timestamp'] ?? log.time;
		const timeMs = typeof time === 'number' ? time : typeof time === 'string' ? Date.parse(time) : NaN;
		return {
			log,
			truncated: Buffer.byteLength(JSON.stringify(log)) > maxLogBytes,
			tooOld: timeMs < clock.now() - HOURS_18,
		};
	}

	const server = await startServer({
		...options,
		name: 'datadog',
		// The limit is on the unpacked bytes; packed ones are never more in practice.
		maxBodyBytes: maxBytes,
		respond,
		refusal: (status) => refuse(status, 'told to fail'),
	});
	const truncatedIds = () => store.events.filter(({ event }) => event.truncated).map(({ id }) => id);
	return { ...server, ...store, endpoint: `${server.url}/api/v2/logs`, apiKey, truncatedIds };
}

function logId(log: Record<string, unknown>): string | null {
	return (
		eventIdOf(log) ??
		(typeof log.message === 'string' ? eventIdOf(parseJson(log.message)) : eventIdOf(log.message))
	);
}

function refuse(status: number, detail: string): Answer {
	return jsonAnswer(status, {
		errors: [{ status: String(status), title: TITLES[status] ?? 'Error', detail }],
	});
}
