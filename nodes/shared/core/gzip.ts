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
