/** Bytes as they come from a network: in pieces, and only when asked for. */
export async function* chunksOf(pieces: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
	yield* pieces;
}

/** Cuts bytes before each of the given positions. */
export function cutAt(bytes: Uint8Array, positions: Iterable<number>): Uint8Array[] {
	const cuts = [...new Set(positions)].filter((at) => at > 0 && at < bytes.length).sort((a, b) => a - b);
	return [0, ...cuts].map((start, index) => bytes.subarray(start, cuts[index] ?? bytes.length));
}

/** Cuts bytes into pieces of one size. */
export function cutEvery(bytes: Uint8Array, size: number): Uint8Array[] {
	return cutAt(
		bytes,
		Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => index * size),
	);
}

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** UTF-16 as Windows programs save it: a byte order mark, then two bytes for each unit. */
export function utf16(text: string, order: 'little' | 'big'): Uint8Array {
	const bytes = Buffer.from(`\uFEFF${text}`, 'utf16le');
	return order === 'little' ? bytes : bytes.swap16();
}

export async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
	const parts: Uint8Array[] = [];
	for await (const chunk of chunks) parts.push(chunk);
	return Buffer.concat(parts);
}
