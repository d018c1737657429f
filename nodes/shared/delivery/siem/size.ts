import type { Destination } from './types';

/** Bytes of a written event per unit of `roughSize`, at most and by far: a control character comes to six, escaped twice to seven, and some values stand in two places. */
export const MOST_GROWTH = 64;

/** What a name or value takes besides its characters: quotes, colon, comma, and all of a number. */
const AROUND = 8;

/** Deeper than any event of ours; JSON of hostile depth is left to whoever writes it. */
const MOST_DEPTH = 20;

/** Bytes that a destination adds to every event, such as the user's own tags; without end where it can write no empty one. */
export function addedBytes(destination: Destination): number {
	try {
		return Buffer.byteLength(destination.write({ id: '', ownId: false, json: {} }));
	} catch {
		return Infinity;
	}
}

/**
 * Whether a value's names and texts come to no more than `most` characters, with some for what stands around them. Far cheaper than to write it.
 * False as well for what plain JSON does not hold, or what cannot be read: only writing tells then.
 */
export function isSurelyWithin(value: unknown, most: number): boolean {
	try {
		return roughSize(value, most, 0) <= most;
	} catch {
		return false;
	}
}

function roughSize(value: unknown, most: number, depth: number): number {
	if (typeof value === 'string') return value.length + AROUND;
	if (typeof value === 'number' || typeof value === 'boolean' || value === null) return AROUND;
	if (typeof value !== 'object' || depth > MOST_DEPTH || 'toJSON' in value) return Infinity;
	let size = AROUND;
	// Members of a prototype count, too, which JSON leaves out: rather too much than too little. No list of entries is made for each event.
	for (const name in value) {
		size += name.length + AROUND + roughSize((value as Record<string, unknown>)[name], most, depth + 1);
		if (size > most) return Infinity;
	}
	return size;
}
