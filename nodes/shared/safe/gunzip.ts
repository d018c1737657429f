import { isFailure } from '../core/failure';
import { TransportError } from '../core/http';

/** A report of more bytes than this, unpacked, is refused, so that neither a small file nor an endless one can fill the memory. */
const MOST_UNPACKED_BYTES = 2 * 1024 ** 3;

/**
 * Unpacks a body that is a gzip file by content; passes any other body on as it is.
 * (Bodies sent with `Content-Encoding: gzip` are unpacked by n8n already.) Throws `TransportError` when the file is cut off or too large.
 */
export async function* unpacked(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
	const iterator = chunks[Symbol.asyncIterator]();
	const first = await firstBytes(iterator);
	const rest = followed(first, iterator);
	if (!(first[0] === 0x1f && first[1] === 0x8b)) {
		yield* limited(rest);
		return;
	}
	try {
		yield* limited(gunzip(rest));
	} catch (error) {
		throw isFailure(error) ? asIs(error) : asDamaged(error);
	}
}

/** Passes bytes on up to a limit. Throws `TransportError` beyond it. */
export async function* limited(chunks: AsyncIterable<Uint8Array>, mostBytes = MOST_UNPACKED_BYTES): AsyncGenerator<Uint8Array> {
	let bytes = 0;
	for await (const chunk of chunks) {
		bytes += chunk.length;
		if (bytes > mostBytes) throw new TransportError('too-large', '2 GiB unpacked');
		yield chunk;
	}
}

function asIs(error: unknown): unknown {
	return error;
}

/** What DecompressionStream throws for a file that is cut off or damaged is a TypeError of Node's. */
function asDamaged(error: unknown): TransportError {
	return error instanceof TransportError ? error : new TransportError('truncated', 'damaged gzip file');
}

async function firstBytes(iterator: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
	let first = new Uint8Array(0);
	while (first.length < 2) {
		const next = await iterator.next();
		if (next.done) break;
		const both = new Uint8Array(first.length + next.value.length);
		both.set(first);
		both.set(next.value, first.length);
		first = both;
	}
	return first;
}

async function* followed(first: Uint8Array, iterator: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
	try {
		if (first.length > 0) yield first;
		for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
	} finally {
		// A reader that stops early ends the transfer, too.
		await iterator.return?.();
	}
}

async function* gunzip(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
	const unzip = new DecompressionStream('gzip');
	const writer = unzip.writable.getWriter();
	const feed = async () => {
		for await (const chunk of chunks) await writer.write(chunk as Uint8Array<ArrayBuffer>);
		await writer.close();
	};
	// A fault of the source reaches the reader below as its own rejection.
	const fed = feed().catch(async (error: unknown) => await writer.abort(error).catch(() => {}));
	yield* unzip.readable as unknown as AsyncIterable<Uint8Array>;
	await fed;
}
