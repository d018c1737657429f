import type { Destination, Written } from './types';

/** Events that travel together. */
export interface Batch {
	/** From 0, in the order of the input. */
	number: number;
	events: Written[];
}

/**
 * Cuts events into batches by count and by bytes of the whole body, measured on what is sent, before compression.
 * The same events with the same limits give the same batches. An event that is larger than a batch may be travels alone.
 */
export function cutIntoBatches(events: Written[], frame: Destination['frame'], mostEvents: number, mostBytes: number): Batch[] {
	const [framing, between] = [frame.open + frame.close, frame.separator].map((text) => Buffer.byteLength(text));
	const batches: Batch[] = [];
	let bytes = 0;
	for (const event of events) {
		const current = batches.at(-1);
		const grown = bytes + between + event.bytes;
		if (current && current.events.length < mostEvents && grown <= mostBytes) {
			current.events.push(event);
			bytes = grown;
		} else {
			batches.push({ number: batches.length, events: [event] });
			bytes = framing + event.bytes;
		}
	}
	return batches;
}

/** The body of some events (one at least), in UTF-8: each text is written once, to its place, since its length is known. */
export function bodyOf(events: Written[], { open, separator, close }: Destination['frame']): Uint8Array {
	const [start, between, end] = [open, separator, close].map((text) => Buffer.from(text));
	const length = events.reduce((sum, { bytes }) => sum + bytes, start.length + between.length * (events.length - 1) + end.length);
	const body = Buffer.allocUnsafe(length);
	let at = start.copy(body);
	events.forEach(({ text }, index) => {
		if (index > 0) at += between.copy(body, at);
		at += body.write(text, at);
	});
	at += end.copy(body, at);
	return body.subarray(0, at);
}
