import { memberAt } from '../../core/members';
import { type FactFields, factsOf } from './facts';
import { addedBytes, isSurelyWithin, MOST_GROWTH } from './size';
import type { Destination, Outgoing, Rejected, Written } from './types';

/** The input, on its way to be sent. Once all of it was written, items = written + rejected + empty. */
export interface Prepared {
	/** Writes each event when it is asked for, so that no more of them stand in memory than are on their way. To be read once. */
	written: Iterable<Written>;
	/** Not to be sent, since they could not arrive whole; filled while events are written, as are the two below. */
	rejected: Rejected[];
	/** Items without any member, as n8n makes them for an empty result ("Always Output Data"). */
	empty: number;
	/** What users should know, and of how many events. */
	remarks: Map<string, number>;
	/** The event of an item; undefined where there is none. */
	eventOf: (item: number) => Record<string, unknown> | undefined;
}

export interface EventFields extends FactFields {
	/** Where in an item the event stands; empty for the item itself. */
	eventField?: string;
}

type Items = Array<Record<string, unknown>>;

const NO_TIME = 'No time that can be read, so that the receiver gives its own';

/**
 * Writes each item as its destination wants it, and finds what cannot arrive whole: items without an event, and events over the destination's limit.
 * In: the items' JSON, the destination, where event, id and time stand, the clock. Total: never throws, whatever the items hold.
 */
export function prepare(items: Items, destination: Destination, fields: EventFields, nowMs: number): Prepared {
	const reader = readerOf(items, destination, fields);
	const remarks = new Map<string, number>();
	const count = (remark: string | undefined) => remark && remarks.set(remark, (remarks.get(remark) ?? 0) + 1);
	function* written(): Generator<Written> {
		for (let item = 0; item < items.length; item++) {
			const result = reader.isEmpty(item) ? undefined : reader.write(item);
			if (!result) prepared.empty++;
			else if ('reason' in result) prepared.rejected.push(result);
			else {
				const { outgoing, text, bytes } = result;
				if (outgoing.timeMs === undefined) count(NO_TIME);
				count(destination.remark?.(outgoing, text, nowMs));
				yield { item, id: outgoing.id, text, bytes, attempts: 0 };
			}
		}
	}
	const prepared: Prepared = { written: written(), rejected: [], empty: 0, remarks, eventOf: reader.eventOf };
	return prepared;
}

/** The first item that cannot arrive whole, for those who would rather send nothing then. Writes only what may come near the limit, and keeps nothing. */
export function firstRejected(items: Items, destination: Destination, fields: EventFields): Rejected | undefined {
	const reader = readerOf(items, destination, fields);
	const most = (destination.limits.eventBytes - addedBytes(destination)) / MOST_GROWTH;
	for (let item = 0; item < items.length; item++) {
		if (reader.isEmpty(item) || isSurelyWithin(reader.eventOf(item), most)) continue;
		const result = reader.write(item);
		if ('reason' in result) return result;
	}
	return undefined;
}

function readerOf(items: Items, destination: Destination, fields: EventFields) {
	const [eventField, idField, timeField] = [fields.eventField, fields.idField, fields.timeField].map((field) => field?.trim());
	const eventOf = (item: number) => eventIn(items[item], eventField);
	return {
		eventOf,
		isEmpty: (item: number) => Object.keys(items[item]).length === 0,
		write: (item: number): WrittenOne | Rejected => {
			const event = eventOf(item);
			return event ? writeOne(item, event, destination, { idField, timeField }) : { item, id: '', reason: 'the item has no event in "Event Field"', attempts: 0 };
		},
	};
}

function eventIn(json: Record<string, unknown>, eventField: string | undefined): Record<string, unknown> | undefined {
	if (!eventField) return json;
	const event = memberAt(json, eventField);
	const isEvent = typeof event === 'object' && event !== null && !Array.isArray(event) && Object.keys(event).length > 0;
	return isEvent ? (event as Record<string, unknown>) : undefined;
}

/** JSON may hold Unicode's line ends as they are (only inside strings, where an escape means the same); many readers of NDJSON cut lines there. */
function withoutLineEnds(text: string): string {
	return text.replace(/[\u0085\u2028\u2029]/g, (end) => `\\u${end.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

interface WrittenOne {
	outgoing: Outgoing;
	text: string;
	/** Of the text, in UTF-8. */
	bytes: number;
}

/** JSON that is nested beyond all measure cannot be written; nothing else fails. */
function writeOne(item: number, event: Record<string, unknown>, destination: Destination, facts: FactFields): WrittenOne | Rejected {
	let id = '';
	try {
		const outgoing = factsOf(event, facts);
		({ id } = outgoing);
		const text = withoutLineEnds(destination.write(outgoing));
		const bytes = Buffer.byteLength(text);
		const { eventBytes } = destination.limits;
		if (bytes <= eventBytes) return { outgoing, text, bytes };
		return { item, id, reason: `the event has ${bytes} bytes, the receiver takes ${eventBytes} at most`, attempts: 0 };
	} catch {
		return { item, id, reason: 'the event cannot be written as JSON', attempts: 0 };
	}
}
