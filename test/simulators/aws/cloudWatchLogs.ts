import { createHash } from 'node:crypto';

import type { Answer } from '../answers';
import { systemClock } from '../clock';
import type { Fault } from '../faults';
import { startServer, type ListenOptions, type LoggedRequest, type RunningServer } from '../http';
import { judgeSignature, type AwsFault, type AwsKey } from './signature';

/** One event of the log group; `ingestedAtMs` is when it comes to light (default: its own time). */
export interface LogEvent {
	atMs: number;
	message: string;
	stream?: string;
	ingestedAtMs?: number;
}

/** What can be chosen about the fake. A page holds `pageEvents` events and `emptyPages` empty ones stand before each. */
export interface CloudWatchLogsOptions extends ListenOptions {
	keyOf: (accessKeyId: string) => AwsKey | undefined;
	region?: string;
	logGroup?: string;
	pageEvents?: number;
	emptyPages?: number;
}

/** A running fake of CloudWatch Logs with one log group. */
export interface CloudWatchLogsSimulator extends RunningServer {
	region: string;
	logGroup: string;
	events: Array<Required<LogEvent> & { eventId: string }>;
	/** May be changed while it runs. */
	paging: { pageEvents: number; emptyPages: number };
	/** Adds events; gives their ids. */
	addEvents(...events: LogEvent[]): string[];
}

const TARGET = 'Logs_20140328.FilterLogEvents';
const TOKEN_LIFE_MS = 24 * 3_600_000;
const MEMBERS = ['logGroupName', 'logGroupIdentifier', 'logStreamNames', 'logStreamNamePrefix', 'startTime', 'endTime', 'filterPattern', 'limit', 'nextToken', 'unmask', 'interleaved', 'startFromHead'];

const FAULTS: Record<AwsFault, string> = {
	unsigned: 'MissingAuthenticationTokenException',
	incomplete: 'IncompleteSignatureException',
	unknownKey: 'UnrecognizedClientException',
	wrongToken: 'UnrecognizedClientException',
	expiredToken: 'ExpiredTokenException',
	wrongScope: 'InvalidSignatureException',
	skewed: 'InvalidSignatureException',
	mismatch: 'InvalidSignatureException',
};

/**
 * Starts a fake of CloudWatch Logs that answers `FilterLogEvents` of one log group. Signatures are verified.
 * As AWS: `endTime` is inclusive, order is timestamp then ingestion time, pages may be empty and still name a next one, a token
 * belongs to its own question and lives 24 hours, and the content type is application/x-amz-json-1.1.
 * The system fault `emptyPage` gives one more empty page. Patterns and stream filters are refused, as nothing here asks for them (assumed).
 * Fails when the port is taken. Source: reference/safe.md 11.1 (code: AWS SDK's type definitions; general knowledge).
 */
export async function startCloudWatchLogs(options: CloudWatchLogsOptions): Promise<CloudWatchLogsSimulator> {
	const { clock = systemClock, region = 'us-east-1', logGroup = '/safe/byoa/audit', pageEvents = 10_000, emptyPages = 0 } = options;
	const events: CloudWatchLogsSimulator['events'] = [];
	const paging = { pageEvents, emptyPages };
	const tokens = new Map<string, { question: string; offset: number; empty: number; atMs: number }>();

	function respond(request: LoggedRequest, shape: Fault | null): Answer {
		const nowMs = clock.now();
		const verdict = judgeSignature(request, { service: 'logs', region, nowMs, keyOf: options.keyOf });
		if ('fault' in verdict) return refuse(FAULTS[verdict.fault], verdict.detail);
		if (request.method !== 'POST' || request.path !== '/' || request.headers['x-amz-target'] !== TARGET) return refuse('UnknownOperationException', 'unknown operation');
		if (!/^application\/x-amz-json-1\.1\b/.test(request.headers['content-type'] ?? '')) return refuse('SerializationException', 'content type is not application/x-amz-json-1.1');
		const input = parse(request.body);
		const complaint = complainAbout(input);
		if (complaint !== null) return refuse('InvalidParameterException', complaint);
		if (input.logGroupName !== logGroup) return refuse('ResourceNotFoundException', 'The specified log group does not exist.');

		const { nextToken, ...rest } = input;
		const question = JSON.stringify(rest);
		const place = nextToken === undefined ? { question, offset: 0, empty: 0, atMs: nowMs } : tokens.get(String(nextToken));
		if (place?.question !== question || nowMs - place.atMs > TOKEN_LIFE_MS) return refuse('InvalidParameterException', 'The specified nextToken is invalid.');
		const found = events
			.filter(({ atMs, ingestedAtMs }) => ingestedAtMs <= nowMs && atMs >= Number(input.startTime ?? 0) && atMs <= Number(input.endTime ?? Infinity))
			.sort((left, right) => left.atMs - right.atMs || left.ingestedAtMs - right.ingestedAtMs);
		const isEmpty = place.empty < paging.emptyPages || (shape !== null && 'emptyPage' in shape);
		const size = isEmpty ? 0 : Math.min(paging.pageEvents, Number(input.limit ?? 10_000));
		const page = found.slice(place.offset, place.offset + size);
		const offset = place.offset + page.length;
		const more = isEmpty || offset < found.length;
		const token = createHash('sha256').update(`${tokens.size} ${question}`).digest('base64');
		if (more) tokens.set(token, { question, offset, empty: isEmpty ? place.empty + 1 : 0, atMs: place.atMs });
		return answer(200, {
			events: page.map(({ stream, atMs, message, ingestedAtMs, eventId }) => ({ logStreamName: stream, timestamp: atMs, message, ingestionTime: ingestedAtMs, eventId })),
			searchedLogStreams: [],
			...(more && { nextToken: token }),
		});
	}

	const server = await startServer({
		...options,
		name: 'cloudwatch logs',
		shapes: ['emptyPage'],
		respond,
		refusal: (status) => (status === 400 ? refuse('ThrottlingException', 'Rate exceeded') : answer(status, { __type: 'ServiceUnavailableException', message: 'told to fail' })),
	});
	return {
		...server,
		region,
		logGroup,
		events,
		paging,
		addEvents: (...added) =>
			added.map(({ atMs, message, stream = 'application', ingestedAtMs = atMs }) => {
				// AWS's ids are long rows of digits.
				const eventId = BigInt(`0x${createHash('sha256').update(`${events.length}`).digest('hex')}`).toString().padStart(56, '3').slice(0, 56);
				events.push({ atMs, message, stream, ingestedAtMs, eventId });
				return eventId;
			}),
	};
}

function parse(text: string): Record<string, unknown> {
	try {
		const value = JSON.parse(text) as unknown;
		return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
	} catch {
		return {};
	}
}

function complainAbout(input: Record<string, unknown>): string | null {
	const unknown = Object.keys(input).filter((name) => !MEMBERS.includes(name));
	if (unknown.length > 0) return `unknown member ${unknown.join(', ')}`;
	if (typeof input.logGroupName !== 'string') return "Value at 'logGroupName' failed to satisfy constraint: Member must not be null";
	for (const name of ['startTime', 'endTime']) {
		const value = input[name];
		if (value !== undefined && !(Number.isInteger(value) && Number(value) >= 0)) return `${name} must be whole milliseconds`;
	}
	if (Number(input.startTime ?? 0) > Number(input.endTime ?? Infinity)) return 'End time must not be before start time';
	const limit = input.limit ?? 10_000;
	if (!Number.isInteger(limit) || Number(limit) < 1 || Number(limit) > 10_000) return "Value at 'limit' must be between 1 and 10000";
	for (const name of ['filterPattern', 'logStreamNames', 'logStreamNamePrefix', 'logGroupIdentifier']) if (name in input) return `the fake does not know ${name}`;
	return null;
}

function refuse(type: string, message: string): Answer {
	return answer(400, { __type: type, message });
}

function answer(status: number, body: object): Answer {
	return { status, headers: { 'content-type': 'application/x-amz-json-1.1' }, body: JSON.stringify(body) };
}
