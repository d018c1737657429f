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
import { createEntraTokens, TOKEN_PATH, type EntraApp, type EntraTokens } from './tokens';

/** A row as stored, with the names of the columns that were too long and so cut. */
export interface StoredRow {
	row: Record<string, unknown>;
	cut: string[];
}

/** What can be chosen about the fake Sentinel. */
export interface SentinelOptions extends ListenOptions, SinkTroubles {
	app?: Partial<EntraApp>;
	/** Immutable id of the data collection rule. */
	ruleId?: string;
	/** Streams that the rule declares. */
	streams?: readonly string[];
	/** Bytes per call, before and after compression. Default 1,048,576. */
	maxBytes?: number;
	/** UTF-8 bytes of one value; longer ones are cut. Default 32,768. */
	maxValueBytes?: number;
	/** Lifetime of tokens by the clock. Default 3,599. */
	tokenLifetimeSec?: number;
	/** Whether the app lacks the role "Monitoring Metrics Publisher" on the rule: 403. */
	withoutRole?: boolean;
}

/** A running fake of Sentinel's Logs Ingestion and of Entra's token endpoint. Ids come from the column `EventId` first. */
export interface SentinelSimulator extends RunningServer, SinkStore<StoredRow> {
	/** The data collection endpoint: the part before `/dataCollectionRules`. */
	endpoint: string;
	/** Entra's token endpoint for the tenant. */
	tokenUrl: string;
	app: EntraApp;
	ruleId: string;
	streams: readonly string[];
	tokens: EntraTokens;
	/** Requests that were answered 204 although nothing of them was stored, by index in `requests`. */
	swallowed: number[];
}

const AUDIENCE = 'https://monitor.azure.com';
const PATH = /^\/dataCollectionRules\/([^/]+)\/streams\/([^/]+)$/;

/**
 * Starts a fake of Microsoft Sentinel's Logs Ingestion: `POST /{tenant}/oauth2/v2.0/token`, and
 * `POST /dataCollectionRules/{rule}/streams/{stream}?api-version=2023-01-01` with a JSON array, gzip or not.
 * A body that is JSON but no array is answered 204 and **nothing is stored** (azure-sdk-for-python issue 32562); such requests
 * stand in `swallowed`. Elements that are no objects are left out (assumed). Values over 32 KB are cut and the row says so.
 * Refusals, each with `x-ms-error-code`: 401 token missing, unknown or expired, 403 wrong audience or no role, 404 rule,
 * 400 stream, api-version, JSON or a poison event (assumed), 413 over 1 MB packed or unpacked, 415 content type.
 * Fails when the port is taken.
 * Source: reference/delivery.md 3.1; 413 `ContentLengthLimitExceeded` with 1,048,576 bytes and 403 `OperationFailed` as captured
 * in public issues (AzADServicePrincipalInsights 30, azure-sdk-for-net 37173); the other codes are assumed, the wrong audience's
 * is the one of Azure Monitor's query API (documented there).
 */
export async function startSentinel(options: SentinelOptions = {}): Promise<SentinelSimulator> {
	const {
		clock = systemClock,
		ruleId = 'dcr-00000000000000000000000000000fake',
		maxEvents = Infinity,
	} = options;
	const {
		streams = ['Custom-AuditEvents_CL'],
		maxBytes = 1_048_576,
		maxValueBytes = 32_768,
		poison = [],
	} = options;
	const app: EntraApp = {
		tenantId: '11111111-2222-4333-8444-5555555fa4e0',
		clientId: '66666666-7777-4888-9999-aaaaaaafa4e0',
		clientSecret: 'fake~client.secret+/=',
		...options.app,
	};
	const tokens = createEntraTokens(app, clock, options.tokenLifetimeSec ?? 3599);
	const { keep, ...store } = createStore<StoredRow>();
	const swallowed: number[] = [];

	function respond(request: LoggedRequest): Answer {
		if (TOKEN_PATH.test(request.path)) return tokens.answer(request);
		const [, rule, stream] = PATH.exec(request.path) ?? [];
		if (stream === undefined) return refuse(404, 'NotFound', 'The resource was not found.');
		if (request.method !== 'POST') return refuse(405, 'MethodNotAllowed', 'Only POST is taken.');
		return refuseCaller(request) ?? refuseTarget(request, rule, stream) ?? takeRows(request);
	}

	function refuseCaller(request: LoggedRequest): Answer | null {
		const trouble = tokens.troubleWith(request.headers.authorization, AUDIENCE);
		if (trouble === 'audience') {
			return refuse(
				403,
				'InvalidAuthenticationTokenAudience',
				`The access token is for another audience than '${AUDIENCE}'.`,
			);
		}
		if (trouble === 'missing')
			return refuse(401, 'AuthenticationFailed', "The 'Authorization' header is missing.");
		if (trouble === 'expired')
			return refuse(
				401,
				'ExpiredAuthenticationToken',
				'The access token expiry UTC time is earlier than now.',
			);
		if (trouble !== null) return refuse(401, 'InvalidAuthenticationToken', 'The access token is invalid.');
		if (options.withoutRole !== true) return null;
		const text = `The authentication token provided does not have access to ingest data for the data collection rule with immutable Id '${ruleId}'.`;
		return refuse(403, 'OperationFailed', text);
	}

	function refuseTarget(request: LoggedRequest, rule: string, stream: string): Answer | null {
		const version = request.query.get('api-version');
		if (version === null)
			return refuse(400, 'MissingApiVersionParameter', 'The api-version query parameter is required.');
		if (version !== '2023-01-01')
			return refuse(400, 'UnsupportedApiVersionValue', `The api-version '${version}' is not supported.`);
		if (decodeURIComponent(rule) !== ruleId) {
			return refuse(
				404,
				'NotFound',
				`Data collection rule with immutable Id '${decodeURIComponent(rule)}' not found.`,
			);
		}
		if (!streams.includes(decodeURIComponent(stream))) {
			return refuse(
				400,
				'InvalidStream',
				`Data collection rule does not declare the stream '${decodeURIComponent(stream)}'.`,
			);
		}
		return /^application\/json\b/i.test(request.headers['content-type'] ?? '')
			? null
			: refuse(415, 'UnsupportedMediaType', 'The content type is not application/json.');
	}

	function takeRows(request: LoggedRequest): Answer {
		const plain = unpack(request, maxBytes);
		if (plain.trouble === 'tooLarge') return tooLarge(request.bytes.length);
		if (plain.trouble !== undefined)
			return refuse(400, 'InvalidContentEncoding', 'The body cannot be unpacked.');
		const body = parseJson(plain.bytes.toString('utf8'));
		if (body === undefined) return refuse(400, 'InvalidPayload', 'The body is not valid JSON.');
		const rows = Array.isArray(body) ? body.filter(isRecord) : [];
		if (rows.length > maxEvents) return tooLarge(request.bytes.length);
		const arrivals = rows.map((row) => ({
			id: eventIdOf({ ...row, eventId: row.EventId ?? row.eventId }),
			event: cutRow(row),
		}));
		if (arrivals.some(({ id }) => id !== null && poison.includes(id))) {
			return refuse(400, 'InvalidPayload', 'A record cannot be stored.');
		}
		if (arrivals.length > 0) keep(request, plain.bytes.length, arrivals, {});
		else swallowed.push(request.index);
		return {
			status: 204,
			headers: { 'x-ms-client-request-id': String(request.headers['x-ms-client-request-id'] ?? '') },
		};
	}

	function cutRow(row: Record<string, unknown>): StoredRow {
		const cut: string[] = [];
		const kept = Object.entries(row).map(([column, value]) => {
			const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
			const bytes = Buffer.from(text);
			if (bytes.length <= maxValueBytes) return [column, value];
			cut.push(column);
			return [column, bytes.subarray(0, maxValueBytes).toString('utf8')];
		});
		return { row: Object.fromEntries(kept) as Record<string, unknown>, cut };
	}

	function tooLarge(sentBytes: number): Answer {
		const text = `Maximum allowed content length: ${maxBytes} bytes (1 MB). Provided content length: ${sentBytes} bytes.`;
		return refuse(413, 'ContentLengthLimitExceeded', text);
	}

	const server = await startServer({
		...options,
		name: 'sentinel',
		maxBodyBytes: maxBytes,
		respond,
		refusal: (status, request) => {
			if (TOKEN_PATH.test(request.path))
				return jsonAnswer(status, { error: 'temporarily_unavailable', error_description: 'told to fail' });
			if (status === 413) return tooLarge(request.bytes.length);
			return refuse(status, status === 429 ? 'RateLimitExceeded' : 'OperationFailed', 'told to fail');
		},
	});
	const tokenUrl = `${server.url}/${app.tenantId}/oauth2/v2.0/token`;
	return { ...server, ...store, endpoint: server.url, tokenUrl, app, ruleId, streams, tokens, swallowed };
}

function refuse(status: number, code: string, message: string): Answer {
	return jsonAnswer(status, { error: { code, message } }, { 'x-ms-error-code': code });
}
