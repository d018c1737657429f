import { constants, deflateRawSync, gzipSync } from 'node:zlib';
import { TransportError } from '../../../nodes/shared/core/http';
import { safeFailure } from '../../../nodes/shared/safe/failures';
import { limited, unpacked } from '../../../nodes/shared/safe/gunzip';
import { chunksOf, collect, cutAt, cutEvery, utf8 } from '../bytes';
import { thrownBy } from '../failures';

const CSV = `time,user\n${'2026-01-31T08:00:00Z,a1\n'.repeat(50)}`;
const PACKED = gzipSync(CSV);

async function unpack(pieces: Iterable<Uint8Array>): Promise<string> {
	return (await collect(unpacked(chunksOf(pieces)))).toString();
}

describe('a gzip file', () => {
	it('is unpacked in any cut', async () => {
		for (let at = 0; at < PACKED.length; at++) expect(await unpack(cutAt(PACKED, [at]))).toBe(CSV);
		expect(await unpack(cutEvery(PACKED, 1))).toBe(CSV);
	});

	it('is refused rather than cut short when a second one follows it; Node 22 reads both', async () => {
		if (Number(process.versions.node.split('.')[0]) < 24) {
			expect(await unpack([PACKED, gzipSync('more\n')])).toBe(`${CSV}more\n`);
			return;
		}
		expect(await thrownBy(async () => await unpack([PACKED, gzipSync('more\n')]))).toMatchObject({
			problem: 'truncated',
		});
	});

	it('may be empty inside', async () => {
		expect(await unpack([gzipSync('')])).toBe('');
	});

	it('is refused wherever it is cut off', async () => {
		for (let end = 2; end < PACKED.length; end++) {
			const error = await thrownBy(async () => await unpack([PACKED.subarray(0, end)]));
			expect(error).toBeInstanceOf(TransportError);
			expect(error).toMatchObject({ problem: 'truncated' });
		}
	});

	it('is refused when a byte of it has changed', async () => {
		const damaged = Buffer.from(PACKED);
		damaged[damaged.length - 6] ^= 0xff;
		expect(await thrownBy(async () => await unpack([damaged]))).toMatchObject({ problem: 'truncated' });
	});

	it('is refused when it unpacks to more than 2 GiB, before all of it is unpacked', async () => {
		// Blocks that end with a full flush can be repeated for ever behind one header.
		const block = deflateRawSync(Buffer.alloc(64 * 1024 * 1024), { finishFlush: constants.Z_FULL_FLUSH });
		let sent = 0;
		const bomb = (function* () {
			yield PACKED.subarray(0, 10);
			for (; sent < 40; sent++) yield block;
		})();
		let bytes = 0;
		const error = await thrownBy(async () => {
			for await (const chunk of unpacked(chunksOf(bomb))) bytes += chunk.length;
		});
		expect(error).toMatchObject({ problem: 'too-large' });
		expect(bytes).toBeLessThanOrEqual(2 * 1024 ** 3);
		expect(sent).toBeLessThan(38);
		// Two gigabytes take five seconds on an idle machine.
	}, 480_000);

	it.each<[string, Error]>([
		['a failure', safeFailure('SAFE-NET-RESET')],
		['a transport problem', new TransportError('reset', 'ECONNRESET')],
	])('passes on %s of the transfer as it is', async (_label, lost) => {
		const chunks = (async function* () {
			yield PACKED.subarray(0, 30);
			throw lost;
		})();
		expect(await thrownBy(async () => await collect(unpacked(chunks)))).toBe(lost);
	});
});

describe('a file that is stored as it comes', () => {
	it('may have so many bytes and no more', async () => {
		const chunks = (count: number) => chunksOf(Array.from({ length: count }, () => utf8('0123456789')));
		expect((await collect(limited(chunks(10), 100))).length).toBe(100);
		expect(await thrownBy(async () => await collect(limited(chunks(11), 100)))).toMatchObject({ problem: 'too-large' });
	});
});

describe('any other file', () => {
	it.each<[string, Uint8Array[]]>([
		['text', [utf8(CSV)]],
		['text in single bytes', cutEvery(utf8('time,user\n'), 1)],
		['one byte', [utf8('a')]],
		['the first byte of a gzip file alone', [Uint8Array.of(0x1f)]],
		['nothing', []],
		['empty pieces', [new Uint8Array(0), utf8('a'), new Uint8Array(0), utf8('b')]],
		['text whose second byte is that of a gzip file', [utf8('\u00CBrtli,user\n')]],
		['the first gzip byte and another', [Uint8Array.of(0x1f, 0x8c, 0)]],
	])('passes byte for byte: %s', async (_label, pieces) => {
		expect(await collect(unpacked(chunksOf(pieces)))).toEqual(Buffer.concat(pieces));
	});

	it('passes on what breaks the transfer', async () => {
		const lost = new TransportError('reset', 'ECONNRESET');
		const chunks = (async function* () {
			yield utf8('time');
			throw lost;
		})();
		expect(await thrownBy(async () => await collect(unpacked(chunks)))).toBe(lost);
	});
});

it.each([
	['a gzip file', () => PACKED],
	['any other file', () => utf8(CSV)],
])('a reader that has seen enough of %s ends the transfer', async (_label, file) => {
	let closed = false;
	const chunks = (async function* () {
		try {
			for (let part = 0; part < 1_000; part++) yield file();
		} finally {
			closed = true;
		}
	})();
	for await (const chunk of unpacked(chunks)) if (chunk.length > 0) break;
	await new Promise(setImmediate);
	await new Promise(setImmediate);
	expect(closed).toBe(true);
});
