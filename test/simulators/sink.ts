import { gunzipSync, inflateSync } from 'node:zlib';

import type { LoggedRequest } from './http';

/** One event that a sink stored. `id` as found in it (`eventIdOf`, or where the sink's contract has a place for it). */
export interface SinkEvent<Event = unknown> {
	id: string | null;
	event: Event;
	/** Index of its request in `batches`. */
	batchIndex: number;
	atMs: number;
}

/** One request of which something was stored: how large it was on the wire and unpacked, and what it brought. */
export interface SinkBatch {
	index: number;
	/** Index of the request in the server's `requests`. */
	requestIndex: number;
	atMs: number;
	wireBytes: number;
	plainBytes: number;
	ids: Array<string | null>;
	headers: LoggedRequest['headers'];
}

/** What may be wrong with a sink besides its fault plan. */
export interface SinkTroubles {
	/** Ids of events that this sink will never take, because of what they hold. What becomes of their request: see there. */
	poison?: readonly string[];
	/** More events than this in one request are refused with 413. Default: no such limit, unless the contract has one. */
	maxEvents?: number;
}

/** What every sink shows of what it stored. */
export interface SinkStore<Event = unknown, Batch extends SinkBatch = SinkBatch> {
	/** Every stored event, repeats included. */
	events: Array<SinkEvent<Event>>;
	batches: Batch[];
	/** Stored ids without repeats, in order of first arrival. */
	ids(): string[];
}

/** An event on its way into the store. */
export interface Arrival<Event = unknown> {
	id: string | null;
	event: Event;
}

/**
 * An empty store, and the one way into it.
 * `keep` stores the events of one request and returns its batch; `more` are members that the sink adds to its batches.
 */
export function createStore<Event = unknown, More extends object = object>(): SinkStore<
	Event,
	SinkBatch & More
> & {
	keep(
		request: LoggedRequest,
		plainBytes: number,
		arrivals: ReadonlyArray<Arrival<Event>>,
		more: More,
	): SinkBatch & More;
} {
	const events: Array<SinkEvent<Event>> = [];
	const batches: Array<SinkBatch & More> = [];
	return {
		events,
		batches,
		ids: () => [...new Set(events.flatMap(({ id }) => (id === null ? [] : [id])))],
		keep: (request, plainBytes, arrivals, more) => {
			const { atMs, headers, index: requestIndex } = request;
			const index = batches.length;
			events.push(...arrivals.map(({ id, event }) => ({ id, event, batchIndex: index, atMs })));
			const ids = arrivals.map(({ id }) => id);
			const batch = {
				index,
				requestIndex,
				atMs,
				wireBytes: request.bytes.length,
				plainBytes,
				ids,
				headers,
				...more,
			};
			batches.push(batch);
			return batch;
		},
	};
}

/** The body of a request as it was before compression, or why it cannot be had. */
export type Unpacked =
	| { bytes: Buffer; trouble?: undefined }
	| { bytes?: undefined; trouble: 'unknownEncoding' | 'damaged' | 'tooLarge' };

/** Undoes Content-Encoding, up to `maxBytes`. `encodings` are those that the sink takes besides none. Never fails. */
export function unpack(
	request: LoggedRequest,
	maxBytes: number,
	encodings: ReadonlyArray<'gzip' | 'deflate'> = ['gzip'],
): Unpacked {
	const encoding = (request.headers['content-encoding'] ?? 'identity').toLowerCase();
	if (encoding === 'identity') {
		return request.bytes.length > maxBytes ? { trouble: 'tooLarge' } : { bytes: request.bytes };
	}
	const taken = encodings.find((name) => name === encoding);
	if (taken === undefined) return { trouble: 'unknownEncoding' };
	try {
		const undo = taken === 'gzip' ? gunzipSync : inflateSync;
		return { bytes: undo(request.bytes, { maxOutputLength: maxBytes }) };
	} catch (error) {
		const tooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
		return { trouble: tooLarge ? 'tooLarge' : 'damaged' };
	}
}

/** Whether a value is a JSON object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value of a JSON text, or `undefined` when it is none (which no JSON text means). */
export function parseJson(text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return undefined;
	}
}

/**
 * The id of an event, wherever a format puts it: `eventId`, `EventId`, `event_id`, `event.id` (ECS), `metadata.uid`
 * (OCSF), `id`, `externalId` (CEF), whichever comes first. Null when there is none.
 */
export function eventIdOf(event: unknown): string | null {
	if (!isRecord(event)) return null;
	const nested = isRecord(event.event) ? event.event.id : undefined;
	const uid = isRecord(event.metadata) ? event.metadata.uid : undefined;
	const id =
		event.eventId ??
		event.EventId ??
		event.event_id ??
		nested ??
		uid ??
		event.id ??
		event['event.id'] ??
		event.externalId;
	return typeof id === 'string' || typeof id === 'number' ? String(id) : null;
}
