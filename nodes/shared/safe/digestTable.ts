/** Counts by digest, in numbers alone: no text is kept, and nothing is left over for the collector. */
export interface DigestTable {
	/** Different digests in it. */
	size(): number;
	/** 0 for one that is not in it. */
	count(digest: string): number;
	setCount(digest: string, count: number): void;
	clear(): void;
}

/** Grown when it is fuller than this; beyond, looking for a free place takes long. */
const FULLEST = 0.75;

/**
 * A table of digests (hex). In: how much of a digest tells it apart, in words of 32 bits (two rows of a file share 64 bits once in 2^64 / rows², 128 bits never), and for how
 * many places there is room at first. It takes 4 × (words + 1) bytes per place.
 */
export function digestTable(words: number, capacity: number): DigestTable {
	// Open addressing; per place the words of the digest, and its count (0: free).
	const width = words + 1;
	let places = 2 ** Math.ceil(Math.log2(Math.max(capacity, 2)));
	let table = new Uint32Array(places * width);
	let used = 0;
	const key = new Uint32Array(words);
	const isKey = (at: number) => {
		for (let word = 0; word < words; word++) if (table[at + word] !== key[word]) return false;
		return true;
	};
	const placeOfKey = () => {
		let place = key[words - 1] & (places - 1);
		while (table[place * width + words] > 0 && !isKey(place * width)) place = (place + 1) & (places - 1);
		return place * width;
	};
	const placeOf = (digest: string) => {
		for (let word = 0; word < words; word++) key[word] = hexWord(digest, word * 8);
		return placeOfKey();
	};
	const grow = () => {
		const before = table;
		places *= 2;
		table = new Uint32Array(places * width);
		for (let at = 0; at < before.length; at += width) {
			if (before[at + words] === 0) continue;
			key.set(before.subarray(at, at + words));
			table.set(before.subarray(at, at + width), placeOfKey());
		}
	};
	return {
		size: () => used,
		count: (digest) => table[placeOf(digest) + words],
		setCount(digest, count) {
			// Before it is full, since looking for what is not in it ends at a free place.
			if (used + 1 > places * FULLEST) grow();
			const at = placeOf(digest);
			if (table[at + words] === 0) used++;
			table.set(key, at);
			table[at + words] = count;
		},
		clear() {
			table.fill(0);
			used = 0;
		},
	};
}

/** Eight hex digits as a number; digit by digit, since a text cut out for each would be garbage. */
function hexWord(digest: string, from: number): number {
	let word = 0;
	for (let at = from; at < from + 8; at++) {
		const code = digest.charCodeAt(at);
		word = (word << 4) | (code < 58 ? code - 48 : (code | 32) - 87);
	}
	return word >>> 0;
}
