import { spent } from '../../../nodes/shared/core/spent';

const LARGE = 64 * 1024;

/** Reads chunks through `spent`. Out: the bytes seen when each came, and how long each was in memory when the next came and at the end. */
async function read(chunks: Uint8Array[]) {
	const [seen, lengths]: [number[], number[][]] = [[], []];
	for await (const chunk of spent((async function* () { yield* chunks; })())) {
		seen.push(chunk.reduce((sum, byte) => sum + byte, 0));
		lengths.push(chunks.map(({ length }) => length));
	}
	return { seen, lengths: [...lengths, chunks.map(({ length }) => length)] };
}

it('a chunk of a download is there while it is read, and its memory is gone when the next one comes', async () => {
	const { seen, lengths } = await read([1, 2, 3].map((byte) => new Uint8Array(LARGE).fill(byte)));
	expect(seen).toEqual([LARGE, 2 * LARGE, 3 * LARGE]);
	expect(lengths).toEqual([
		[LARGE, LARGE, LARGE],
		[0, LARGE, LARGE],
		[0, 0, LARGE],
		[0, 0, 0],
	]);
});

it('chunks that lie in one piece of memory are left alone, since the second may not have been read yet', async () => {
	const memory = new Uint8Array(3 * LARGE).fill(1);
	const chunks = [memory.subarray(0, LARGE), memory.subarray(LARGE, 2 * LARGE), memory.subarray(2 * LARGE)];
	const { seen, lengths } = await read(chunks);
	expect(seen).toEqual([LARGE, LARGE, LARGE]);
	expect(lengths[3]).toEqual([LARGE, LARGE, LARGE]);
});

it('small chunks, and shared memory that cannot be taken away, are left alone', async () => {
	const chunks = [new Uint8Array(100).fill(1), new Uint8Array(new SharedArrayBuffer(LARGE)), new Uint8Array(0)];
	expect((await read(chunks)).lengths[3]).toEqual([100, LARGE, 0]);
	const small = 16 * 1024;
	expect((await read([new Uint8Array(small - 1), new Uint8Array(small)])).lengths[2]).toEqual([small - 1, 0]);
});
