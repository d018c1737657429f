import { isRecord, parseJson } from '../sink';

/** One HEC event as sent: metadata beside `event`. */
export interface HecEvent {
	event: unknown;
	/** Epoch seconds, decimals for milliseconds; null where the sender gave none. */
	time: number | null;
	host?: unknown;
	source?: unknown;
	sourcetype?: unknown;
	index?: unknown;
	fields?: Record<string, unknown>;
}

/** What is wrong with an event, by HEC's code, and which (from 0). */
export interface HecFault {
	code: 6 | 7 | 12 | 13 | 15;
	at: number;
}

/** How events are judged. */
export interface HecRules {
	/** Indexes that the token may write to; an event without `index` goes to the default one. */
	indexes: readonly string[];
	/** Bytes of one event in JSON; a longer one is code 6 (delivery.md 3.2, excerpt of a thread). */
	maxEventBytes: number;
}

/**
 * Reads JSON objects that follow one another, with or without blanks between them, as HEC's event endpoint takes them.
 * Out: the events before the first bad one, and what is wrong with that one. Never fails.
 * An array is code 6 (delivery.md 3.2). A time that is no number is code 6 (assumed).
 */
export function readHecEvents(text: string, rules: HecRules): { events: HecEvent[]; fault: HecFault | null } {
	const events: HecEvent[] = [];
	let from = skipBlanks(text, 0);
	while (from < text.length) {
		const end = endOfObject(text, from);
		const piece = text.slice(from, end);
		const read = readOne(piece, rules);
		if (typeof read === 'number') return { events, fault: { code: read, at: events.length } };
		events.push(read);
		from = skipBlanks(text, end);
	}
	return { events, fault: null };
}

function readOne(piece: string, rules: HecRules): HecEvent | HecFault['code'] {
	const value = parseJson(piece);
	if (!isRecord(value) || Buffer.byteLength(piece) > rules.maxEventBytes) return 6;
	const { event, time = null, host, source, sourcetype, index, fields } = value;
	if (event === undefined) return 12;
	if (event === null || (typeof event === 'string' && event.trim() === '')) return 13;
	// Splunk's own logging library writes the time as text.
	const seconds = time === null || time === '' ? null : Number(time);
	if (Number.isNaN(seconds)) return 6;
	if (index !== undefined && !rules.indexes.includes(String(index))) return 7;
	if (fields !== undefined && !isFlat(fields)) return 15;
	return { event, time: seconds, host, source, sourcetype, index, fields };
}

/** Indexed fields are a flat object: no objects inside (documented); lists of plain values are taken (assumed). */
function isFlat(fields: unknown): fields is Record<string, unknown> {
	const plain = (value: unknown) => typeof value !== 'object' && value !== undefined;
	return (
		isRecord(fields) &&
		Object.values(fields).every((value) => plain(value) || (Array.isArray(value) && value.every(plain)))
	);
}

function skipBlanks(text: string, from: number): number {
	let at = from;
	while (' \t\r\n'.includes(text[at] ?? 'end')) at += 1;
	return at;
}

/** Where the object that begins at `from` ends; the whole rest where there is no object or no end. */
function endOfObject(text: string, from: number): number {
	if (text[from] !== '{') return text.length;
	let depth = 0;
	let inText = false;
	for (let at = from; at < text.length; at += 1) {
		const sign = text[at];
		if (inText) {
			if (sign === '\\') at += 1;
			else if (sign === '"') inText = false;
		} else if (sign === '"') inText = true;
		else if (sign === '{') depth += 1;
		else if (sign === '}') {
			depth -= 1;
			if (depth === 0) return at + 1;
		}
	}
	return text.length;
}
