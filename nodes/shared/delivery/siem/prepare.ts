import { memberAt } from '../../core/members';
import { type FactFields, factsOf } from './facts';
import type { Destination, Outgoing, Rejected, Written } from './types';

/** The input, ready to be sent: items = written + rejected + empty. */
export interface Prepared {
	written: Written[];
	/** Refused before anything was sent: they could not arrive whole. */
	rejected: Rejected[];
	/** Items without any member, as n8n makes them for an empty result ("Always Output Data"). */
	empty: number;
	/** What users should know, and of how many events. */
	remarks: Map<string, number>;
	/** The event of an item; undefined where there is none. */
	eventOf: (item: number) => Record<string, unknown> | undefined;
}

const NO_TIME = 'No time that can be read, so that the receiver gives its own';

/**
 * Writes each item as its destination wants it, and finds what cannot arrive whole: items without an event, and events over the destination's limit.
 * In: the items' JSON, the destination, where event, id and time stand, the clock. Total: never throws, whatever the items hold.
 */
export function prepare(
	items: Array<Record<string, unknown>>,
	destination: Destination,
	fields: FactFields & { eventField?: string },
	nowMs: number,
): Prepared {
	const written: Written[] = [];
	const rejected: Rejected[] = [];
	const remarks = new Map<string, number>();
	const count = (remark: string | undefined) => remark && remarks.set(remark, (remarks.get(remark) ?? 0) + 1);
	const eventOf = (item: number) => eventIn(items[item], fields.eventField?.trim());
	const facts = { idField: fields.idField?.trim(), timeField: fields.timeField?.trim() };
	let empty = 0;
	items.forEach((json, item) => {
		if (Object.keys(json).length === 0) return empty++;
		const event = eventOf(item);
		if (!event) return rejected.push({ item, id: '', reason: 'the item has no event in "Event Field"', attempts: 0 });
		const result = writeOne(event, destination, facts);
		if ('refused' in result) return rejected.push({ item, id: result.id, reason: result.refused, attempts: 0 });
		const { outgoing, text, bytes } = result;
		if (outgoing.timeMs === undefined) count(NO_TIME);
		count(destination.remark?.(outgoing, text, nowMs));
		return written.push({ item, id: outgoing.id, text, bytes, attempts: 0 });
	});
	return { written, rejected, empty, remarks, eventOf };
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

type WrittenOne = { outgoing: Outgoing; text: string; bytes: number } | { id: string; refused: string };

/** JSON that is nested beyond all measure cannot be written; nothing else fails. */
function writeOne(event: Record<string, unknown>, destination: Destination, facts: FactFields): WrittenOne {
	let id = '';
	try {
		const outgoing = factsOf(event, facts);
		({ id } = outgoing);
		const text = withoutLineEnds(destination.write(outgoing));
		const bytes = Buffer.byteLength(text);
		const { eventBytes } = destination.limits;
		if (bytes <= eventBytes) return { outgoing, text, bytes };
		return { id, refused: `the event has ${bytes} bytes, the receiver takes ${eventBytes} at most` };
	} catch {
		return { id, refused: 'the event cannot be written as JSON' };
	}
}
