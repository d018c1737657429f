import { createHash } from 'node:crypto';
import type { HttpResponse } from '../../../core/http';
import { formatUtc } from '../../../core/time';
import { cleanVendorText } from '../../../core/vendorText';
import { again, detailsOf, halfAnswer, isSuccess, jsonOf, judgeRefusal, type Speech, strangeSuccess } from '../answers';
import { siemFailure } from '../failures';
import type { Destination, EventOutcome, Outgoing, Verdict } from '../types';

export interface ElasticSettings {
	/** Index, alias or data stream. */
	index: string;
	/** The credential's fields that hold its secret. */
	secretField: string;
}

/** `_id` may have 512 bytes (documented). */
const ID_BYTES = 512;

/** Kinds of refusal that concern the index, not the event: no event would fit. */
const INDEX_TROUBLES = /^(index_closed|index_not_found|invalid_index_name|security|cluster_block|no_such_index|alias_not_found)/;

interface BulkItem {
	status?: number;
	error?: { type?: string; reason?: string };
}

/**
 * Elasticsearch's `_bulk`: `create` with the event's id as `_id`, so that an event that is there already answers 409 and is not written twice.
 * 200 says nothing about the events; each has a status of its own. Repeats are dropped within one backing index.
 */
export function elasticBulk({ index, secretField }: ElasticSettings): Destination {
	const speech: Speech = {
		product: 'Elasticsearch',
		hostField: 'Elasticsearch URL',
		secretField,
		rights: 'The credential needs the index privilege create_doc (and auto_configure or create_index where the index does not exist yet).',
		path: 'The node adds /_bulk itself.',
	};
	return {
		...speech,
		limits: { events: 1_000, mostEvents: 10_000, bytes: 5_000_000, mostBytes: 50_000_000, eventBytes: 50_000_000 },
		compress: true,
		deduplicates: true,
		frame: { open: '', separator: '', close: '' },
		path: '/_bulk',
		headers: { 'content-type': 'application/x-ndjson' },
		write(event) {
			const action = { create: { _index: index, _id: documentId(event.id) } };
			return `${JSON.stringify(action)}\n${JSON.stringify(documentOf(event))}\n`;
		},
		judge: (answer, count, nowMs) => judge(speech, answer, count, nowMs),
	};
}

function documentId(id: string): string {
	return Buffer.byteLength(id) <= ID_BYTES ? id : createHash('sha256').update(id).digest('hex');
}

/** Data streams refuse documents without `@timestamp`. */
function documentOf({ json, timeMs }: Outgoing): object {
	return '@timestamp' in json || timeMs === undefined ? json : { '@timestamp': formatUtc(timeMs), ...json };
}

function judge(speech: Speech, answer: HttpResponse, count: number, nowMs: number): Verdict {
	if (!isSuccess(answer)) {
		const { error } = (jsonOf(answer.text) ?? {}) as { error?: { type?: string } };
		const aboutIndex = [400, 403, 404].includes(answer.status) && INDEX_TROUBLES.test(error?.type ?? '');
		return aboutIndex && !/^security/.test(error?.type ?? '') ? indexTrouble(speech, answer) : judgeRefusal(speech, answer, nowMs);
	}
	const half = halfAnswer(speech, answer);
	if (half) return half;
	const { items } = (jsonOf(answer.text) ?? {}) as { items?: Array<{ create?: BulkItem }> };
	if (!Array.isArray(items) || items.length !== count) return strangeSuccess(speech, answer);
	const results = items.map((item) => item?.create ?? {});
	const closed = results.find(({ error }) => INDEX_TROUBLES.test(error?.type ?? ''));
	if (closed) return indexTrouble(speech, { ...answer, status: closed.status ?? 400, text: JSON.stringify(closed.error) });
	const outcomes = results.map(outcomeOf);
	const busy = results.find((_result, at) => outcomes[at] === 'again');
	const failure = again(speech, { ...answer, status: busy?.status ?? 503, text: JSON.stringify(busy?.error ?? {}) }, nowMs).failure;
	return { kind: 'mixed', outcomes, failure };
}

function outcomeOf({ status = 500, error }: BulkItem): EventOutcome {
	if (status === 409) return 'known';
	if (status >= 200 && status <= 299) return 'accepted';
	if (status === 429 || status >= 500) return 'again';
	return { status, reason: cleanVendorText([error?.type, error?.reason].filter(Boolean).join(': ')) || 'the receiver gave no reason' };
}

function indexTrouble(speech: Speech, answer: HttpResponse): Verdict {
	const details = detailsOf(speech, answer);
	return { kind: 'stop', failure: siemFailure('SIEM-INDEX', { ...details, values: { ...details.values, field: 'Index or Data Stream' } }) };
}
