import { jsonAnswer, type Answer } from '../answers';
import { startServer, type ListenOptions, type LoggedRequest, type RunningServer } from '../http';
import { createStore, unpack, type Arrival, type SinkStore, type SinkTroubles } from '../sink';
import { BROKEN, readBulk, type BulkOperation } from './bulk';

/** What a test may decide about one operation: a status makes it fail with that, undefined leaves it to the contract. */
export type ItemDecision = (item: {
	id: string | null;
	/** Position in its request, from 0. */
	at: number;
	/** How often an operation with this id has come, this one included. */
	attempt: number;
	requestIndex: number;
}) => 400 | 403 | 404 | 429 | 500 | 503 | undefined;

/** A document as stored. */
export interface StoredDocument {
	index: string;
	document: Record<string, unknown>;
}

/** What can be chosen about the fake Elasticsearch. */
export interface ElasticBulkOptions extends ListenOptions, SinkTroubles {
	/** The `encoded` form of an API key, as Kibana shows it. */
	apiKey?: string;
	username?: string;
	password?: string;
	/** Names that are data streams: only `create` is taken, and `@timestamp` is needed. Default: every `logs-*-*`. */
	dataStreams?: RegExp;
	/** Names of plain indexes that exist. Anything else is answered 404 per item. Default `audit-events`. */
	indices?: readonly string[];
	/** Closed indexes or streams: every item is refused with 400 `index_closed_exception`. */
	closed?: readonly string[];
	/** Read-only ones: every item is refused with 403 `cluster_block_exception`. */
	readOnly?: readonly string[];
	/** Bytes per request, packed and unpacked. Default 100 MB, the server's own `http.max_content_length`. */
	maxBytes?: number;
	decide?: ItemDecision;
}

/** A running fake of Elasticsearch's `_bulk`. The id of an event is its `_id`. */
export interface ElasticBulkSimulator extends RunningServer, SinkStore<StoredDocument> {
	/** `…/_bulk`, for bodies whose action lines name the index. */
	endpoint: string;
	apiKey: string;
	username: string;
	password: string;
	/** Operations answered 409 because their `_id` was there already, in order. */
	conflicts: string[];
}

const NDJSON =
	/^application\/(x-ndjson|json|vnd\.elasticsearch\+(x-ndjson|json) *; *compatible-with=[89])\b/i;
const REASONS = {
	400: ['document_parsing_exception', 'failed to parse'],
	403: ['security_exception', 'action [indices:data/write/bulk[s]] is unauthorized'],
	404: ['index_not_found_exception', 'no such index'],
	429: ['es_rejected_execution_exception', 'rejected execution of coordinating operation'],
	500: ['exception', 'internal error'],
	503: ['unavailable_shards_exception', 'primary shard is not active'],
} as const;

/**
 * Starts a fake Elasticsearch: `GET /` and `POST` or `PUT /_bulk` or `/{target}/_bulk`, gzip or not, with an API key or
 * Basic. Every item has its own answer: 201 stored, 409 there already, 400 `index`, `update` or `delete` on a data stream,
 * no `@timestamp` there, poison or closed index, 403 read-only, 404 unknown index, or what `decide` says; `errors` tells
 * whether there is any but 201 and 200.
 * A whole request is refused with 400 (no newline at the end, broken action line), 401, 404, 405, 406 or 413.
 * Fails when the port is taken.
 * Source: reference/delivery.md 3.1 and Elastic's pages on `_bulk` and data streams (documented); the types and sentences of
 * refusals from public issues and general knowledge, so not to be compared word by word. `x-elastic-product` is what the
 * vendor's client checks (code). Of `index` on a plain index only that it overwrites is played; `update` and `delete` are not.
 */
export async function startElasticBulk(options: ElasticBulkOptions = {}): Promise<ElasticBulkSimulator> {
	const { apiKey = Buffer.from('fake-key-id:fake-key').toString('base64'), username = 'fake-writer' } =
		options;
	const {
		password = 'fake:pass+word',
		dataStreams = /^logs-[^-]+-[^-]+$/,
		indices = ['audit-events'],
	} = options;
	const {
		closed = [],
		readOnly = [],
		maxBytes = 100 * 1024 * 1024,
		maxEvents = Infinity,
		poison = [],
		decide,
	} = options;
	const { keep, ...store } = createStore<StoredDocument>();
	const stored = new Set<string>();
	const attempts = new Map<string, number>();
	const conflicts: string[] = [];
	const basic = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

	function respond(request: LoggedRequest): Answer {
		const { authorization } = request.headers;
		if (authorization !== `ApiKey ${apiKey}` && authorization !== basic) return unauthorized(authorization);
		if (request.path === '/')
			return elasticAnswer(200, { version: { number: '9.5.1' }, tagline: 'You Know, for Search' });
		const target = /^\/(?:([^/]+)\/)?_bulk$/.exec(request.path);
		if (target === null)
			return refuse(404, 'resource_not_found_exception', `no handler found for uri [${request.target}]`);
		if (request.method !== 'POST' && request.method !== 'PUT') {
			return refuse(
				405,
				'method_not_allowed',
				`Incorrect HTTP method for uri [${request.target}], allowed: [POST, PUT]`,
			);
		}
		const type = request.headers['content-type'] ?? '';
		if (!NDJSON.test(type))
			return refuse(406, 'media_type_header_exception', `Content-Type header [${type}] is not supported`);
		const plain = unpack(request, maxBytes);
		if (plain.trouble === 'tooLarge') return tooLarge();
		if (plain.trouble !== undefined)
			return refuse(400, 'illegal_argument_exception', 'the body cannot be unpacked');
		const read = readBulk(
			plain.bytes.toString('utf8'),
			target[1] === undefined ? null : decodeURIComponent(target[1]),
		);
		if (!Array.isArray(read)) return refuse(400, read.type, read.reason);
		if (read.length > maxEvents) return tooLarge();

		const arrivals: Array<Arrival<StoredDocument>> = [];
		const items = read.map((operation, at) => {
			const { action, index, document } = operation;
			const id = operation.id ?? `auto-${request.index}-${at}`;
			attempts.set(id, (attempts.get(id) ?? 0) + 1);
			const failed = failure({ ...operation, id }, at, request.index);
			if (failed !== null) {
				const [status, errorType, reason] = failed;
				return { [action]: { _index: index, _id: id, status, error: { type: errorType, reason } } };
			}
			const isNew = !stored.has(key(index, id));
			stored.add(key(index, id));
			arrivals.push({ id, event: { index, document } });
			const result = isNew ? 'created' : 'updated';
			return { [action]: { _index: index, _id: id, _version: 1, result, status: isNew ? 201 : 200 } };
		});
		if (arrivals.length > 0) keep(request, plain.bytes.length, arrivals, {});
		const errors = items.some((item) => Object.values(item).some(({ status }) => status >= 300));
		return elasticAnswer(200, { took: 1, errors, items });
	}

	function failure(
		operation: BulkOperation & { id: string },
		at: number,
		requestIndex: number,
	): [number, string, string] | null {
		const { action, index, id, document } = operation;
		const decided = decide?.({ id: operation.id, at, attempt: attempts.get(id) ?? 1, requestIndex });
		if (decided !== undefined) return [decided, ...REASONS[decided]];
		const isStream = dataStreams.test(index);
		if (closed.includes(index)) return [400, 'index_closed_exception', 'closed'];
		if (readOnly.includes(index)) {
			return [
				403,
				'cluster_block_exception',
				`index [${index}] blocked by: [FORBIDDEN/8/index write (api)];`,
			];
		}
		if (!isStream && !indices.includes(index))
			return [404, 'index_not_found_exception', `no such index [${index}]`];
		if (isStream && action !== 'create') {
			const reason = 'only write ops with an op_type of create are allowed in data streams';
			return [400, 'illegal_argument_exception', reason];
		}
		if (action === 'update' || action === 'delete')
			return [400, 'illegal_argument_exception', `this fake knows no ${action}`];
		if (BROKEN in document || poison.includes(id)) return [400, ...REASONS[400]];
		if (isStream && !('@timestamp' in document)) {
			return [400, 'document_parsing_exception', 'data stream timestamp field [@timestamp] is missing'];
		}
		if (action === 'create' && stored.has(key(index, id))) {
			conflicts.push(id);
			const reason = `[${id}]: version conflict, document already exists (current version [1])`;
			return [409, 'version_conflict_engine_exception', reason];
		}
		return null;
	}

	const server = await startServer({
		...options,
		name: 'elasticsearch',
		maxBodyBytes: maxBytes,
		respond,
		refusal: (status) =>
			status === 413 ? tooLarge() : refuse(status, 'told_to_fail_exception', 'told to fail'),
	});
	return { ...server, ...store, endpoint: `${server.url}/_bulk`, apiKey, username, password, conflicts };
}

function key(index: string, id: string): string {
	return `${index}\n${id}`;
}

function elasticAnswer(status: number, value: unknown, headers: Record<string, string> = {}): Answer {
	return jsonAnswer(status, value, { 'x-elastic-product': 'Elasticsearch', ...headers });
}

function refuse(status: number, type: string, reason: string, headers: Record<string, string> = {}): Answer {
	return elasticAnswer(status, { error: { root_cause: [{ type, reason }], type, reason }, status }, headers);
}

// Elasticsearch cuts an oversized request off in its HTTP layer, before it could write a sentence (assumed).
function tooLarge(): Answer {
	return { status: 413, headers: { 'x-elastic-product': 'Elasticsearch' } };
}

function unauthorized(given: string | undefined): Answer {
	const reason =
		given === undefined
			? 'missing authentication credentials for REST request [/_bulk]'
			: 'unable to authenticate with provided credentials and anonymous access is not allowed for this request';
	return refuse(401, 'security_exception', reason, { 'www-authenticate': 'ApiKey' });
}
