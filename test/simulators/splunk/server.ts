import { jsonAnswer, type Answer } from '../answers';
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
import { readHecEvents, type HecEvent, type HecFault } from './events';

export type { HecEvent } from './events';

/** HEC's codes: HTTP status and text (reference/delivery.md 3.2; 27 assumed, since the table there ends at 20). */
const CODES = {
	0: [200, 'Success'],
	1: [403, 'Token disabled'],
	2: [401, 'Token is required'],
	3: [401, 'Invalid authorization'],
	4: [403, 'Invalid token'],
	5: [400, 'No data'],
	6: [400, 'Invalid data format'],
	7: [400, 'Incorrect index'],
	8: [500, 'Internal server error'],
	9: [503, 'Server is busy'],
	10: [400, 'Data channel is missing'],
	11: [400, 'Invalid data channel'],
	12: [400, 'Event field is required'],
	13: [400, 'Event field cannot be blank'],
	14: [400, 'ACK is disabled'],
	15: [400, 'Error in handling indexed fields'],
	16: [400, 'Query string authorization is not enabled'],
	17: [200, 'HEC is healthy'],
	27: [413, 'Request entity too large'],
} as const;

/** One of HEC's codes. */
export type HecCode = keyof typeof CODES;

/** What can be chosen about the fake HEC. */
export interface SplunkHecOptions extends ListenOptions, SinkTroubles {
	token?: string;
	/** Tokens that exist but are switched off: code 1. */
	disabledTokens?: readonly string[];
	/** Indexes that the token may write to. Default `main` and `security`. */
	indexes?: readonly string[];
	/** Bytes per request, packed and unpacked. Default 1,000,000, the least of the limits seen (delivery.md 3.1). */
	maxBytes?: number;
	/** Bytes per event. Default 5,000,000 (excerpt). */
	maxEventBytes?: number;
	/** Whether the token has indexer acknowledgement: requests then need a channel. Default false. */
	ack?: boolean;
	/**
	 * Whether the events before the bad one of a request are stored all the same. Not settled (delivery.md 3.2); default
	 * false.
	 */
	keepsEventsBeforeBadOne?: boolean;
}

/** A running fake of Splunk's HTTP Event Collector. Ids come from `fields.event_id`, else from the event. */
export interface SplunkHecSimulator extends RunningServer, SinkStore<HecEvent> {
	/** The event endpoint. */
	endpoint: string;
	token: string;
}

const EVENT_PATHS = ['/services/collector', '/services/collector/event', '/services/collector/event/1.0'];
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * Starts a fake Splunk HEC: `POST /services/collector/event` (also `…/event/1.0` and `/services/collector`), gzip or not,
 * `GET /services/collector/health`, and `POST /services/collector/ack` where the token has acknowledgement.
 * Takes JSON objects one after another. A bad event refuses its whole request with `invalid-event-number`, and so does a
 * poison event (code 6). The Content-Type is not looked at: Splunk's own library sends a form's.
 * Fails when the port is taken.
 * Source: reference/delivery.md 3.1 and 3.2 (table of github.com/gjanders/SplunkAdmins). `invalid-event-number` counts from 0
 * for code 6, but answers to a single event with a wrong index show 1 (both captured, splunk-connect-for-kubernetes issues
 * 565 and 773); that 12, 13 and 15 count from 0 is assumed. Basic authorization and `/raw` are not here.
 */
export async function startSplunkHec(options: SplunkHecOptions = {}): Promise<SplunkHecSimulator> {
	const {
		token = 'b0a1c2d3-fake-4e5f-8a9b-0c1d2e3f4a5b',
		disabledTokens = [],
		indexes = ['main', 'security'],
	} = options;
	const { maxBytes = 1_000_000, maxEventBytes = 5_000_000, maxEvents = Infinity, poison = [] } = options;
	const { keep, ...store } = createStore<HecEvent>();
	const acks = new Map<string, Set<number>>();

	function respond(request: LoggedRequest): Answer {
		if (request.path === '/services/collector/health') return hecAnswer(17);
		const acking = request.path === '/services/collector/ack';
		if (!EVENT_PATHS.includes(request.path) && !acking) {
			return jsonAnswer(404, { text: 'The requested URL was not found on this server.', code: 404 });
		}
		if (request.method !== 'POST') return jsonAnswer(405, { text: 'Method Not Allowed', code: 405 });
		const refusal = refuseToken(request);
		if (refusal !== null) return hecAnswer(refusal);
		const channel = String(request.headers['x-splunk-request-channel'] ?? request.query.get('channel') ?? '');
		if (options.ack === true && channel === '') return hecAnswer(10);
		if (channel !== '' && !GUID.test(channel)) return hecAnswer(11);
		return acking ? answerAcks(request, channel) : takeEvents(request, channel);
	}

	function refuseToken(request: LoggedRequest): HecCode | null {
		const header = request.headers.authorization;
		if (header === undefined) return request.query.has('token') ? 16 : 2;
		const given = /^Splunk (\S+)$/.exec(header)?.[1];
		if (given === undefined) return 3;
		if (disabledTokens.includes(given)) return 1;
		return given === token ? null : 4;
	}

	function takeEvents(request: LoggedRequest, channel: string): Answer {
		const plain = unpack(request, maxBytes);
		if (plain.trouble === 'tooLarge') return hecAnswer(27);
		if (plain.trouble !== undefined) return hecAnswer(6);
		const text = plain.bytes.toString('utf8');
		if (text.trim() === '') return hecAnswer(5);
		const { events, fault } = readHecEvents(text, { indexes, maxEventBytes });
		if (events.length > maxEvents) return hecAnswer(27);
		const arrivals = events.map((event) => ({
			id: event.fields?.event_id?.toString() ?? eventIdOf(event.event),
			event,
		}));
		const poisoned = arrivals.findIndex(({ id }) => id !== null && poison.includes(id));
		const bad: HecFault | null = poisoned === -1 ? fault : { code: 6, at: poisoned };
		if (bad !== null) {
			const before = arrivals.slice(0, bad.at);
			if (options.keepsEventsBeforeBadOne === true && before.length > 0)
				keep(request, plain.bytes.length, before, {});
			return hecAnswer(bad.code, { 'invalid-event-number': bad.code === 7 ? bad.at + 1 : bad.at });
		}
		const { index } = keep(request, plain.bytes.length, arrivals, {});
		if (options.ack !== true) return hecAnswer(0);
		acks.set(channel, (acks.get(channel) ?? new Set()).add(index));
		return hecAnswer(0, { ackId: index });
	}

	// `true` is told once and then forgotten (delivery.md 3.1).
	function answerAcks(request: LoggedRequest, channel: string): Answer {
		if (options.ack !== true) return hecAnswer(14);
		const body = parseJson(request.body);
		const asked = isRecord(body) ? body.acks : undefined;
		if (!Array.isArray(asked)) return hecAnswer(6);
		const known = acks.get(channel);
		return jsonAnswer(200, {
			acks: Object.fromEntries(asked.map((id) => [String(id), known?.delete(Number(id)) ?? false])),
		});
	}

	const server = await startServer({
		...options,
		name: 'splunk-hec',
		maxBodyBytes: maxBytes,
		respond,
		refusal: (status) => {
			const known: Partial<Record<number, HecCode>> = { 413: 27, 500: 8, 503: 9 };
			const code = known[status];
			return code === undefined
				? jsonAnswer(status, { text: 'told to fail', code: status })
				: hecAnswer(code);
		},
	});
	return { ...server, ...store, endpoint: `${server.url}/services/collector/event`, token };
}

function hecAnswer(code: HecCode, more: Record<string, unknown> = {}): Answer {
	const [status, text] = CODES[code];
	return jsonAnswer(status, { text, code, ...more });
}
