/** The gzip of Node's own CompressionStream: no time and no name in its header, equal bytes for equal text (measured on Node 20 and 24). */
export async function gzip(...content: Uint8Array[]): Promise<Uint8Array> {
	const zip = new CompressionStream('gzip');
	const writer = zip.writable.getWriter();
	const fed = feed(writer, content);
	const parts: Uint8Array[] = [];
	for await (const part of zip.readable as unknown as AsyncIterable<Uint8Array>) parts.push(part);
	await fed;
	return Buffer.concat(parts);
}

async function feed(writer: WritableStreamDefaultWriter, content: Uint8Array[]): Promise<void> {
	for (const bytes of content) await writer.write(bytes);
	await writer.close();
}

/** A gzip that is fed piece by piece. `write` waits while nobody reads, so that memory stays flat. */
export interface GzipFeed {
	write(bytes: Uint8Array): Promise<void>;
	end(): Promise<void>;
	/** Ends the reader with this error. */
	abort(error: unknown): Promise<void>;
	bytes: AsyncIterable<Uint8Array>;
}

/** A gzip as `gzip` makes it, for content that does not fit into memory. `write` throws once the reader has stopped. */
export function gzipFeed(): GzipFeed {
	const zip = new CompressionStream('gzip');
	const writer = zip.writable.getWriter();
	// Told to whoever writes or reads; nobody waits for this one.
	writer.closed.catch(() => {});
	return {
		write: async (bytes) => await writer.write(bytes as Uint8Array<ArrayBuffer>),
		end: async () => await writer.close(),
		abort: async (error) => await writer.abort(error).catch(() => {}),
		bytes: zip.readable as unknown as AsyncIterable<Uint8Array>,
	};
}
