import type { HttpResponse } from '../../../core/http';
import { formatUtc } from '../../../core/time';
import { detailsOf, isSuccess, judgeRefusal, type Speech, strangeSuccess } from '../answers';
import { siemFailure } from '../failures';
import type { Destination, Outgoing, Verdict } from '../types';

export interface SentinelSettings {
	/** Immutable id of the data collection rule, dcr-…. */
	dcrImmutableId: string;
	/** E.g. Custom-AuditEvents_CL. */
	stream: string;
}

const SPEECH: Speech = {
	product: 'Microsoft Sentinel',
	hostField: 'Logs Ingestion URL',
	secretField: 'Tenant ID", "Client ID" and "Client Secret',
	rights: 'Give the app the role Monitoring Metrics Publisher on the data collection rule; a new role takes up to 30 minutes to work.',
	path: 'Check "Logs Ingestion URL" in the credential, and "DCR Immutable ID" and "Stream Name" of the node.',
};

/** Documented: 1 MB per call, before and after compression; longer values are cut. */
const CALL_BYTES = 1_000_000;
const VALUE_BYTES = 32 * 1024;

const CUT = 'Values over 32 KB, which Sentinel cuts';

/** Error codes that speak of rule or stream, not of an event (documented names; matched by their beginning, since the list is not closed). */
const RULE_CODES = /^(InvalidStream|InvalidDcr|MissingDcr|InvalidApiVersion|MissingApiVersion|NonExistentStream)/i;

/**
 * Sentinel's Logs Ingestion API: a JSON array (anything else would be answered 204 and stored nowhere), 204 when it was taken.
 * Adds `TimeGenerated`, which every table wants, and `EventId`, by which repeats are found (`arg_max`), where the event has no such column.
 */
export function sentinel({ dcrImmutableId, stream }: SentinelSettings): Destination {
	const [rule, name] = [dcrImmutableId, stream].map(encodeURIComponent);
	return {
		...SPEECH,
		limits: { events: 1_000, mostEvents: 10_000, bytes: CALL_BYTES, mostBytes: CALL_BYTES, eventBytes: CALL_BYTES - 2 },
		compress: true,
		deduplicates: false,
		frame: { open: '[', separator: ',', close: ']' },
		path: `/dataCollectionRules/${rule}/streams/${name}?api-version=2023-01-01`,
		headers: { 'content-type': 'application/json' },
		write: (event) => JSON.stringify(rowOf(event)),
		judge: (answer, _count, nowMs) => judge(answer, nowMs),
		// A quick look first: a character takes three bytes at most.
		remark: (event, text) => (text.length * 3 > VALUE_BYTES && Object.values(event.json).some(isCut) ? CUT : undefined),
	};
}

/** Column names are compared without case. */
function rowOf({ json, id, timeMs }: Outgoing): object {
	const names = new Set(Object.keys(json).map((column) => column.toLowerCase()));
	const time = names.has('timegenerated') || timeMs === undefined ? {} : { TimeGenerated: formatUtc(timeMs) };
	return { ...time, ...(names.has('eventid') ? {} : { EventId: id }), ...json };
}

function isCut(value: unknown): boolean {
	const text = typeof value === 'string' ? value : JSON.stringify(value ?? null);
	return Buffer.byteLength(text) > VALUE_BYTES;
}

function judge(answer: HttpResponse, nowMs: number): Verdict {
	if (isSuccess(answer)) return answer.text.trim() ? strangeSuccess(SPEECH, answer) : { kind: 'accepted' };
	const code = answer.headers['x-ms-error-code'] ?? '';
	if (answer.status === 400 && RULE_CODES.test(code)) {
		const details = detailsOf(SPEECH, answer);
		return { kind: 'stop', failure: siemFailure('SIEM-INDEX', { ...details, values: { ...details.values, field: 'Stream Name' } }) };
	}
	return judgeRefusal(SPEECH, answer, nowMs);
}
