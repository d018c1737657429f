import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import fc, { type Arbitrary } from 'fast-check';
import { SLOTS, type SlotName } from '../../../nodes/shared/checkpoint/slots';
import { type ArchivedEvent, type ArchiveFile, archiveFiles, manifestFile, type ManifestFacts, stableJson } from '../../../nodes/shared/delivery/archive';
import { forAll, generated } from '../generated';

const RUNS = 500;
const T0 = Date.parse('2026-01-15T23:50:00Z');

const event = (id: string, atMs: number, changes: Partial<ArchivedEvent> = {}): ArchivedEvent => ({
	id,
	atMs,
	late: false,
	record: { eventId: id, eventLogDate: new Date(atMs).toISOString() },
	...changes,
});

const filesOf = async (events: ArchivedEvent[], slot: SlotName = '15min') => await archiveFiles('audit', 'securid-admin', slot, events);
const textOf = ({ bytes }: ArchiveFile) => gunzipSync(bytes).toString();
const digest = (content: string | Uint8Array) => createHash('sha256').update(content).digest('hex');

const events: Arbitrary<ArchivedEvent[]> = fc.uniqueArray(
	fc.record({
		id: fc.bigInt({ min: 0n, max: 2n ** 64n }).map(String),
		atMs: fc.oneof(fc.constantFrom(T0, T0 + 600_000, T0 + 599_999), fc.integer({ min: T0, max: T0 + 7_200_000 })),
		late: fc.boolean(),
		record: fc.dictionary(fc.string({ maxLength: 6 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 5 }),
	}),
	{ selector: ({ id }) => id, maxLength: 40 },
);

describe('archive files', () => {
	it('lie by day and slot of the events, apart where they are late, under a digest of their content', async () => {
		const files = await filesOf([event('1', T0), event('2', T0 + 600_000), event('3', T0 - 60_000, { late: true })]);
		expect(files.map(({ key }) => key.replace(/[0-9a-f]{16}\./, '#.'))).toEqual([
			'audit/source=securid-admin/year=2026/month=01/day=15/20260115T234500Z_20260116T000000Z_late_#.ndjson.gz',
			'audit/source=securid-admin/year=2026/month=01/day=15/20260115T234500Z_20260116T000000Z_#.ndjson.gz',
			'audit/source=securid-admin/year=2026/month=01/day=16/20260116T000000Z_20260116T001500Z_#.ndjson.gz',
		]);
		for (const file of files) {
			expect(file.sha256).toBe(digest(file.bytes));
			expect(file.sha256Raw).toBe(digest(textOf(file)));
			expect(file.key).toContain(`_${file.sha256Raw.slice(0, 16)}.`);
		}
	});

	it('hold one line per event, with its eventId, by time and then id', async () => {
		const [file] = await filesOf([event('b', T0 + 1), event('a', T0 + 1), event('9', T0)]);
		expect(textOf(file).split('\n')).toEqual([...['9', 'a', 'b'].map((id) => expect.stringContaining(`"eventId":"${id}"`) as string), '']);
		expect(file).toMatchObject({ count: 3, firstEventTime: '2026-01-15T23:50:00.000Z', lastEventTime: '2026-01-15T23:50:00.001Z' });
	});

	it('are whole and the same in every run where a slot is larger than the pieces that it is written in', async () => {
		// 40 MB of text; a piece has 16 million characters.
		const large = Array.from({ length: 40 }, (_none, at) => event(String(at + 10), T0 + at, { record: { message: `${at} ü `.repeat(200_000) } }));
		const [file] = await filesOf(large);
		const [again] = await filesOf([...large].reverse());
		expect(again).toEqual(file);
		const text = textOf(file);
		expect(file.sha256Raw).toBe(digest(text));
		const lines = text.split('\n');
		expect(lines.pop()).toBe('');
		expect(lines.map((line) => (JSON.parse(line) as { eventId: string }).eventId)).toEqual(large.map(({ id }) => id));
	});

	it('come in the order of their slots, however many they are', async () => {
		const files = await filesOf(Array.from({ length: 23 }, (_none, at) => event(String(at), T0 + at * 900_000)));
		expect(files.map(({ firstEventTime }) => Date.parse(firstEventTime))).toEqual(Array.from({ length: 23 }, (_none, at) => T0 + at * 900_000));
	});

	it('are none where nothing happened', async () => {
		expect(await filesOf([])).toEqual([]);
	});

	it('have no time in the head of their gzip', async () => {
		const [{ bytes }] = await filesOf([event('1', T0)]);
		expect([...bytes.subarray(0, 8)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0]);
	});

	it(`have equal keys and bytes for equal events in any order, members in any order too (${generated(RUNS)})`, async () => {
		await forAll(RUNS, events, async (list) => {
			const shuffled = [...list].reverse().map((one) => ({ ...one, record: Object.fromEntries(Object.entries(one.record).reverse()) }));
			const [first, second] = [await filesOf(list), await filesOf(shuffled)];
			const byKey = (files: ArchiveFile[]) => [...files].sort((left, right) => (left.key < right.key ? -1 : 1));
			expect(byKey(second)).toEqual(byKey(first));
		});
	});

	it(`hold each event once, in the file of its slot (${generated(RUNS)})`, async () => {
		await forAll(RUNS, fc.tuple(events, fc.constantFrom<SlotName[]>('5min', '15min', '1h', '1d')), async ([list, slot]) => {
			const files = await filesOf(list, slot);
			expect(new Set(files.map(({ key }) => key)).size).toBe(files.length);
			expect(files.reduce((sum, { count }) => sum + count, 0)).toBe(list.length);
			for (const { firstEventTime, lastEventTime } of files) {
				const [first, last] = [firstEventTime, lastEventTime].map((time) => Math.floor(Date.parse(time) / SLOTS[slot]));
				expect(first).toBe(last);
			}
		});
	});

	it(`have another key as soon as anything in them differs (${generated(RUNS)})`, async () => {
		await forAll(RUNS, fc.tuple(events, fc.nat()), async ([list, at]) => {
			if (list.length === 0) return;
			const index = at % list.length;
			const changed = list.map((one, place) => (place === index ? { ...one, record: { ...one.record, message: 'changed', more: 1 } } : one));
			const [before, after] = [await filesOf(list), await filesOf(changed)];
			const keys = new Map(before.map(({ key, sha256Raw }) => [key, sha256Raw]));
			const shared = after.filter(({ key }) => keys.has(key));
			expect(shared).toHaveLength(after.length - 1);
			for (const { key, sha256Raw } of shared) expect(sha256Raw).toBe(keys.get(key));
		});
	});
});

describe('JSON with sorted members', () => {
	it('is sorted at every depth and loses nothing', async () => {
		expect(stableJson({ b: [{ d: 1, c: 2 }], a: { z: null, y: 'ü' } })).toBe('{"a":{"y":"ü","z":null},"b":[{"c":2,"d":1}]}');
		await forAll(RUNS, fc.jsonValue(), (value) => expect(JSON.parse(stableJson(value))).toEqual(JSON.parse(JSON.stringify(value))));
		// Text for text as JSON.stringify itself writes a sorted copy, also of names and values that are special in JavaScript.
		const byReplacer = (value: unknown) =>
			JSON.stringify(value, (_name, member: unknown) =>
				typeof member === 'object' && member !== null && !Array.isArray(member)
					? Object.fromEntries(Object.entries(member).sort(([left], [right]) => (left < right ? -1 : 1)))
					: member,
			);
		const special = { b: new Date(T0), __x: undefined, 10: 1, 9: [undefined, { d: 1, c: { toJSON: () => ({ z: 1, y: 2 }) } }], ...(JSON.parse('{"__proto__":{"f":1,"e":2}}') as object) };
		expect(stableJson(special)).toBe(byReplacer(special));
		await forAll(RUNS, fc.object({ withNullPrototype: true, withDate: true, maxDepth: 3 }), (value) => expect(stableJson(value)).toBe(byReplacer(value)));
	});
});

describe('a manifest', () => {
	const facts: ManifestFacts = {
		name: 'securid-admin',
		revision: 7,
		startMs: T0,
		endMs: T0 + 900_000,
		counts: { fetched: 2, emitted: 2, duplicates: 0, filtered: 0, late: 0 },
	};

	it('names window, counts, objects with their hashes, and the manifest before it', async () => {
		const files = await filesOf([event('1', T0), event('2', T0)]);
		const manifest = manifestFile('audit', 'securid-admin', { ...facts, previousManifestSha256: 'ab' }, files);
		const [{ key, sha256, sha256Raw }] = files;
		expect(JSON.parse(Buffer.from(manifest.bytes).toString())).toMatchObject({
			v: 1,
			revision: 7,
			windowStart: '2026-01-15T23:50:00.000Z',
			fetched: 2,
			gap: null,
			objects: [{ key, count: 2, sha256, sha256Raw }],
			previousManifestSha256: 'ab',
		});
		expect(manifest.sha256).toBe(digest(manifest.bytes));
		expect(manifest.key).toBe(
			`audit/_manifest/source=securid-admin/year=2026/month=01/day=15/20260115T235000Z_20260116T000500Z_r7_${manifest.sha256.slice(0, 16)}.json`,
		);
	});

	it('is the same for the same run, and another when anything differs', async () => {
		const files = await filesOf([event('1', T0)]);
		const hash = (changes: Partial<ManifestFacts>, of = files) => manifestFile('audit', 'securid-admin', { ...facts, ...changes }, of).sha256;
		expect(hash({})).toBe(hash({}));
		const others = [
			hash({ revision: 8 }),
			hash({ endMs: T0 + 1_800_000 }),
			hash({ counts: { ...facts.counts, fetched: 3 } }),
			hash({ gap: { fromMs: 0, toMs: 1 } }),
			hash({ previousManifestSha256: 'x' }),
			hash({}, []),
		];
		expect(new Set([hash({}), ...others]).size).toBe(others.length + 1);
	});
});
