import type { Answer } from '../answers';
import { readCefLine } from '../cef';
import { startServer, type ListenOptions, type LoggedRequest, type RunningServer } from '../http';
import { createStore, eventIdOf, parseJson, unpack, type SinkStore, type SinkTroubles } from '../sink';

/** A line as stored: the object where it is JSON or CEF, else the text. */
export type SumoLine = Record<string, unknown> | string;

/** The metadata that a request gave for its lines. */
export interface SumoMetadata {
	name?: string;
	host?: string;
	category?: string;
	fields?: Record<string, string>;
}

/** What can be chosen about the fake Sumo Logic. */
export interface SumoOptions extends ListenOptions, SinkTroubles {
	/** The secret at the end of the URL. */
	code?: string;
	/** Bytes per request before compression. Default 1,000,000, the upper end of what is advised (delivery.md 3.1). */
	maxBytes?: number;
}

/** A running fake of a Sumo Logic HTTP source. */
export interface SumoSimulator extends RunningServer, SinkStore<SumoLine> {
	/** Where to post. **The URL is the secret.** */
	endpoint: string;
	code: string;
	/** What each stored batch said of itself in `X-Sumo-…` headers, by index in `batches`. */
	metadata: SumoMetadata[];
}

/**
 * Starts a fake of a Sumo Logic HTTP source: `POST /receiver/v1/http/{code}` with one message per line, gzip, deflate or not,
 * and `X-Sumo-Name`, `-Host`, `-Category` and `-Fields` (`key=value, key=value`). Answers 200 without a body.
 * Refusals: 401 URL code missing or wrong, 400 nothing sent or broken fields (assumed) or a poison event (assumed),
 * 405, 413 too large (assumed), 415 encoding (assumed).
 * Fails when the port is taken.
 * Source: reference/delivery.md 3.1; Sumo's "Troubleshooting HTTP Sources" (200, 401, 408, 429, 503, 504; gzip and deflate) and
 * "Upload Data to an HTTP Source" (path, headers). Sumo names no client library on npm, so this fake is checked by hand-made
 * requests only. Upload by GET and metrics are not here.
 */
export async function startSumo(options: SumoOptions = {}): Promise<SumoSimulator> {
	const {
		code = 'ZmFrZS1zdW1vLXNvdXJjZS1jb2Rl',
		maxBytes = 1_000_000,
		maxEvents = Infinity,
		poison = [],
	} = options;
	const { keep, ...store } = createStore<SumoLine>();
	const metadata: SumoMetadata[] = [];

	function respond(request: LoggedRequest): Answer {
		if (request.path !== `/receiver/v1/http/${code}`) return refuse(401, 'URL token missing or wrong');
		if (request.method !== 'POST') return refuse(405, 'only POST is played here');
		const plain = unpack(request, maxBytes, ['gzip', 'deflate']);
		if (plain.trouble === 'tooLarge') return refuse(413, `more than ${maxBytes} bytes`);
		if (plain.trouble !== undefined)
			return refuse(415, 'content encoding is not taken, or the body is not of it');
		const given = readMetadata(request);
		if (given === null) return refuse(400, 'X-Sumo-Fields is not key=value, key=value');
		const lines = plain.bytes
			.toString('utf8')
			.split(/\r?\n/)
			.filter((line) => line !== '');
		if (lines.length === 0) return refuse(400, 'no data');
		if (lines.length > maxEvents) return refuse(413, `more than ${maxEvents} lines`);
		const arrivals = lines.map(readLine);
		if (arrivals.some(({ id }) => id !== null && poison.includes(id)))
			return refuse(400, 'a line cannot be stored');
		keep(request, plain.bytes.length, arrivals, {});
		metadata.push(given);
		return { status: 200 };
	}

	const server = await startServer({
		...options,
		name: 'sumo',
		maxBodyBytes: maxBytes,
		respond,
		refusal: (status) => refuse(status, 'told to fail'),
	});
	return { ...server, ...store, endpoint: `${server.url}/receiver/v1/http/${code}`, code, metadata };
}

function readLine(line: string): { id: string | null; event: SumoLine } {
	const value = parseJson(line);
	if (typeof value === 'object' && value !== null)
		return { id: eventIdOf(value), event: value as Record<string, unknown> };
	const cef = readCefLine(line);
	return typeof cef === 'string' ? { id: null, event: line } : { id: eventIdOf(cef.extension), event: cef };
}

function readMetadata({ headers }: LoggedRequest): SumoMetadata | null {
	const text = (name: string) => headers[`x-sumo-${name}`]?.toString();
	const pairs = text('fields')
		?.split(',')
		.map((pair) => /^\s*([^=\s]+)=(.*?)\s*$/.exec(pair));
	if (pairs?.some((pair) => pair === null) === true) return null;
	const fields = pairs?.map((pair): [string, string] => [pair?.[1] ?? '', pair?.[2] ?? '']);
	return {
		name: text('name'),
		host: text('host'),
		category: text('category'),
		...(fields === undefined ? {} : { fields: Object.fromEntries(fields) }),
	};
}

function refuse(status: number, text: string): Answer {
	return { status, headers: { 'content-type': 'text/plain' }, body: text };
}
