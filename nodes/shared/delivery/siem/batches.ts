import type { Destination, Written } from './types';

/** Events that travel together. */
export interface Batch {
	/** From 0, in the order of the input. */
	number: number;
	events: Written[];
}

/**
 * Cuts events into batches by count and by bytes of the whole body, measured on what is sent, before compression; each is cut when it is asked for.
 * The same events with the same limits give the same batches. An event that is larger than a batch may be travels alone.
 */
export function* cutIntoBatches(events: Iterable<Written>, frame: Destination['frame'], mostEvents: number, mostBytes: number): Generator<Batch> {
	const [framing, between] = [frame.open + frame.close, frame.separator].map((text) => Buffer.byteLength(text));
	let number = 0;
	let current: Written[] = [];
	let bytes = 0;
	for (const event of events) {
		const grown = bytes + between + event.bytes;
		if (current.length > 0 && (current.length >= mostEvents || grown > mostBytes)) {
			yield { number: number++, events: current };
			current = [];
		}
		bytes = current.length > 0 ? grown : framing + event.bytes;
		current.push(event);
	}
	if (current.length > 0) yield { number, events: current };
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
