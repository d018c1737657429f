import type { HttpResponse } from '../../../core/http';
import { again, detailsOf, halfAnswer, isSuccess, jsonOf, judgeRefusal, refusalOf, type Speech, strangeSuccess, tokenFailure } from '../answers';
import { siemFailure } from '../failures';
import type { Destination, Verdict } from '../types';

export interface SplunkSettings {
	index?: string;
	sourcetype?: string;
	source?: string;
	host?: string;
	/** Any GUID; tokens with indexer acknowledgement want one with every request. */
	channel: string;
}

const SPEECH: Speech = {
	product: 'Splunk',
	hostField: 'HEC URL',
	secretField: 'HEC Token',
	rights: 'Check "HEC Token" in the credential, and which indexes the token may write to.',
	path: 'The node adds /services/collector/event itself; the port is 8088 where nobody changed it.',
};

/** The event itself may be 5 MB (default of Splunk's limits.conf, excerpt). */
const EVENT_BYTES = 5_000_000;

/** Codes that speak of an event of the batch, of the token, of the index, of the form of requests. Source: reference/delivery §3.2. */
const EVENT_CODES = [5, 6, 12, 13, 15];
const TOKEN_CODES = [2, 3, 4];
const DISABLED_CODE = 1;
const INDEX_CODE = 7;
const FORM_CODES = [10, 11, 14, 16];

/**
 * Splunk's HTTP Event Collector: JSON objects one after another, time in epoch seconds with milliseconds, the id as an indexed field.
 * 200 with code 0 means accepted, not indexed; indexer acknowledgement is not asked for.
 */
export function splunkHec(settings: SplunkSettings): Destination {
	const { index, sourcetype, source, host, channel } = settings;
	const metadata = JSON.parse(JSON.stringify({ host, source, sourcetype, index })) as Record<string, string>;
	return {
		...SPEECH,
		// 1,000,000 bytes was the server's own limit once; newer servers take 800 MiB.
		limits: { events: 1_000, mostEvents: 10_000, bytes: 1_000_000, mostBytes: 100_000_000, eventBytes: EVENT_BYTES },
		compress: true,
		deduplicates: false,
		frame: { open: '', separator: '\n', close: '' },
		path: '/services/collector/event',
		headers: { 'content-type': 'application/json', 'x-splunk-request-channel': channel },
		write({ json, id, timeMs }) {
			const time = timeMs === undefined ? {} : { time: timeMs / 1000 };
			return JSON.stringify({ ...time, ...metadata, event: json, fields: { event_id: id } });
		},
		judge: (answer, count, nowMs) => judge(answer, count, nowMs),
	};
}

function judge(answer: HttpResponse, count: number, nowMs: number): Verdict {
	const body = jsonOf(answer.text) as { code?: unknown; 'invalid-event-number'?: unknown } | undefined;
	const code = typeof body?.code === 'number' ? body.code : undefined;
	if (isSuccess(answer)) return code === 0 ? { kind: 'accepted' } : (halfAnswer(SPEECH, answer) ?? strangeSuccess(SPEECH, answer));
	if (code === undefined || answer.status >= 500 || answer.status === 429) return judgeRefusal(SPEECH, answer, nowMs);
	const details = detailsOf(SPEECH, answer);
	if (TOKEN_CODES.includes(code)) return { kind: 'stop', failure: tokenFailure(SPEECH, answer) };
	if (code === DISABLED_CODE) return { kind: 'stop', failure: siemFailure('SIEM-TOKEN-DISABLED', details) };
	if (code === INDEX_CODE) {
		return { kind: 'stop', failure: siemFailure('SIEM-INDEX', { ...details, values: { ...details.values, field: 'Index' } }) };
	}
	if (FORM_CODES.includes(code)) return { kind: 'stop', failure: siemFailure('SIEM-400-REQUEST', details) };
	if (EVENT_CODES.includes(code)) {
		const at = body?.['invalid-event-number'];
		const known = typeof at === 'number' && Number.isInteger(at) && at >= 0 && at < count;
		return { kind: 'refused', refusal: refusalOf(answer), at: known ? at : undefined };
	}
	return code === 8 || code === 9 || (code >= 18 && code <= 20) ? again(SPEECH, answer, nowMs) : judgeRefusal(SPEECH, answer, nowMs);
}
