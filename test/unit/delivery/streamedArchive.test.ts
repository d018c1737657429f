import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { archiveFiles, archiveLine } from '../../../nodes/shared/delivery/archive';
import { lineWriter, streamedArchive } from '../../../nodes/shared/delivery/streamedArchive';
import { forAll, generated } from '../generated';
import { thrownBy } from '../failures';

const T0 = Date.parse('2026-01-15T23:50:00Z');
const TARGET = { prefix: 'audit', source: 'safe-audit', slot: '15min', late: false } as const;
const keep = async (bytes: AsyncIterable<Uint8Array>) => {
	const parts: Uint8Array[] = [];
	for await (const part of bytes) parts.push(part);
	return Buffer.concat(parts);
};

it('is the file that events held whole become, where they lie in one slot and come in order', async () => {
	const events = Array.from({ length: 5_000 }, (_, n) => ({ id: `id${String(n).padStart(6, '0')}`, atMs: T0 + n, late: false, record: { text: `ü ${n}` } }));
	const [wanted] = await archiveFiles('audit', 'safe-audit', '15min', events);
	const archive = streamedArchive(TARGET, keep);
	for (const event of events) await archive.add(archiveLine(event), event.atMs);
	const { stored, ...file } = await archive.finish();
	const { bytes, sha256: _packed, ...facts } = wanted;
	expect(gunzipSync(stored).equals(gunzipSync(bytes))).toBe(true);
	expect(file).toEqual({ ...facts, sha256: createHash('sha256').update(stored).digest('hex') });
});

it('lies under the slots that it spans', async () => {
	const archive = streamedArchive({ ...TARGET, late: true }, keep);
	for (const minutes of [30, 0, 16]) await archive.add('{}\n', T0 + minutes * 60_000);
	const { key, firstEventTime, lastEventTime } = await archive.finish();
	expect(key).toMatch(/^audit\/source=safe-audit\/year=2026\/month=01\/day=15\/20260115T234500Z_20260116T003000Z_late_[0-9a-f]{16}\.ndjson\.gz$/);
	expect([firstEventTime, lastEventTime]).toEqual(['2026-01-15T23:50:00.000Z', '2026-01-16T00:20:00.000Z']);
});

it('waits for a store that is slow, so that what is not stored yet stays small', async () => {
	let open: () => void = () => {};
	const gate = new Promise<void>((resolve) => (open = resolve));
	const archive = streamedArchive(TARGET, async (bytes) => {
		await gate;
		return await keep(bytes);
	});
	let random = 1;
	const line = () => `${Array.from({ length: 4_000 }, () => ((random = (random * 48_271) % 2_147_483_647) % 36).toString(36)).join('')}\n`;
	let [written, done] = [0, false];
	const writing = (async () => {
		for (; written < 1_000; written++) await archive.add(line(), T0);
		done = true;
	})();
	for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
	expect(done).toBe(false);
	expect(written).toBeLessThan(500);
	open();
	await writing;
	expect((await archive.finish()).count).toBe(1_000);
});

it('fails with the fault of the store', async () => {
	const full = new Error('no space left');
	const archive = streamedArchive(TARGET, async () => await Promise.reject(full));
	const line = `${'x'.repeat(70_000)}\n`;
	const fault = await thrownBy(async () => {
		for (let n = 0; n < 1_000; n++) await archive.add(line, T0);
		await archive.finish();
	});
	expect(fault).toBe(full);
});

it('that is given up ends the store with the same fault, and answers when that has let go', async () => {
	const lost = new Error('lost');
	let seen: unknown;
	const archive = streamedArchive(TARGET, async (bytes) => {
		try {
			return await keep(bytes);
		} catch (error) {
			seen = error;
			throw error;
		}
	});
	await archive.add('{}\n', T0);
	await archive.abort(lost);
	expect(seen).toBe(lost);
});

it(`has the lines that archived records have, whatever their columns (${generated(500)})`, async () => {
	const name = fc.oneof(fc.constantFrom('__proto__', 'eventId', '1', '10', '2', 'a"b', 'Zeit'), fc.string());
	const record = (columns: string[]) => fc.tuple(...columns.map(() => fc.string({ unit: 'binary' }))).map((cells) => Object.fromEntries(columns.map((column, at) => [column, cells[at]])));
	const rows = fc.tuple(fc.uniqueArray(name, { maxLength: 5 }), fc.uniqueArray(name, { maxLength: 5 })).chain(([columns, others]) => fc.tuple(fc.constant(columns), record(columns), record(others)));
	await forAll(500, rows, async ([columns, row, other]) => {
		const lineOf = lineWriter(columns);
		for (const each of [row, other]) expect(lineOf(each, 'id#2')).toBe(archiveLine({ id: 'id', record: { ...each, eventId: 'id#2' } }));
	});
});
