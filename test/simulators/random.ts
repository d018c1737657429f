/**
 * Repeatable randomness: the same seed and stream name give the same values on every machine.
 * `digits64` gives the decimal digits of a positive 63-bit integer, as SecurID's event ids are.
 */
export interface Random {
	/** 0 ≤ x < 1. */
	next(): number;
	/** An integer, both ends included. */
	integer(min: number, max: number): number;
	chance(probability: number): boolean;
	pick<T>(list: readonly T[]): T;
	/** Picks by weight; entries of weight 0 never come. */
	weighted<T>(list: readonly T[], weightOf: (entry: T) => number): T;
	hex(length: number): string;
	/** An RFC 4122 version 4 identifier in lower case. */
	uuid(): string;
	digits64(): string;
}

/**
 * Makes one stream of random values.
 * In: a seed, and a name that keeps streams apart (so that more events do not change the users). Never fails.
 */
export function createRandom(seed: number, stream: string): Random {
	const word = sfc32(`${seed}/${stream}`);
	const next = () => word() / 0x1_0000_0000;
	const integer = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
	const hex = (length: number) => Array.from({ length }, () => integer(0, 15).toString(16)).join('');
	return {
		next,
		integer,
		chance: (probability) => next() < probability,
		pick: (list) => list[integer(0, list.length - 1)],
		weighted: (list, weightOf) => {
			const total = list.reduce((sum, entry) => sum + weightOf(entry), 0);
			let left = next() * total;
			for (const entry of list) {
				left -= weightOf(entry);
				if (left < 0) return entry;
			}
			return list[list.length - 1];
		},
		hex,
		uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-${'89ab'[integer(0, 3)]}${hex(3)}-${hex(12)}`,
		digits64: () => (((BigInt(word()) & 0x7fff_ffffn) << 32n) | BigInt(word())).toString(),
	};
}

// Chris Doty-Humphrey's sfc32, seeded from the text by FNV-1a; both are public domain. 32-bit integer arithmetic only,
// so there is no rounding that could differ between engines.
function sfc32(text: string): () => number {
	let a = 0x811c9dc5;
	for (const character of text) a = Math.imul(a ^ (character.codePointAt(0) ?? 0), 0x01000193);
	let b = 0x9e3779b9;
	let c = 0x243f6a88;
	let counter = 1;
	const step = () => {
		const sum = (a + b + counter) | 0;
		counter = (counter + 1) | 0;
		a = b ^ (b >>> 9);
		b = (c + (c << 3)) | 0;
		c = ((c << 21) | (c >>> 11)) + sum;
		c |= 0;
		return sum >>> 0;
	};
	for (let round = 0; round < 20; round++) step();
	return step;
}
