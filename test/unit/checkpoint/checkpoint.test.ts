import fc from 'fast-check';
import { type Checkpoint, LONGEST_CHECKPOINT, parseCheckpoint, writeCheckpoint } from '../../../nodes/shared/checkpoint/checkpoint';
import { SeenIds } from '../../../nodes/shared/checkpoint/seen';
import { forAll, generated } from '../generated';

const RUNS = 1_000;
const T0 = Date.parse('2026-01-15T10:00:00Z');
const NAME = 'securid-admin';

const BASE: Checkpoint = {
	name: NAME,
	revision: 3,
	throughMs: T0,
	originMs: T0 - 86_400_000,
	seen: new SeenIds(),
	seenSinceMs: T0 - 600_000,
	startFrom: 'last24Hours',
};

function remembering(count: number, idOf: (index: number) => string): Checkpoint {
	const seen = new SeenIds();
	for (let index = 0; index < count; index++) seen.add(idOf(index), T0 - 1 - Math.floor((index * 3_600_000) / count));
	return { ...BASE, seen, seenSinceMs: T0 - 3_600_000 };
}

const longId = (index: number) => String(9_000_000_000_000_000_000n + BigInt(index));

describe('a saved position', () => {
	it(`comes back from its text as it was (${generated(RUNS)})`, async () => {
		const time = fc.integer({ min: 0, max: 4_000_000_000_000 });
		const checkpoint = fc.record({
			revision: fc.nat(),
			throughMs: time,
			originMs: time,
			seenSinceMs: time,
			startFrom: fc.constantFrom('', 'now', 'oldest'),
			manifestSha256: fc.constantFrom(undefined, 'ab12'),
			pending: fc.constantFrom(undefined, ...(['reports', 'auditLogsExport'] as const).map((family) => ({ uuid: 'u-1', requestedAtMs: T0, days: 2, resumes: 1, family }))),
			lastRequestAtMs: fc.option(time, { nil: undefined }),
		});
		await forAll(RUNS, checkpoint, (fields) => {
			const whole = { ...BASE, ...fields };
			const { text, shrunkToMs } = writeCheckpoint(whole);
			expect(shrunkToMs).toBeUndefined();
			const saved = parseCheckpoint(text, NAME);
			expect(saved).toMatchObject({ state: 'read', checkpoint: { ...fields, name: NAME } });
			expect(parseCheckpoint(JSON.parse(text), NAME)).toEqual(saved);
		});
	});

	it.each<[string, unknown]>([['nothing', undefined], ['null', null], ['empty text', ''], ['blanks', ' \n\t ']])('is none where the cell holds %s', (_, value) => {
		expect(parseCheckpoint(value, NAME)).toEqual({ state: 'none' });
	});

	const text = (changes: object) => JSON.stringify({ ...JSON.parse(writeCheckpoint(BASE).text), ...changes });

	it.each<[string, unknown, RegExp]>([
		['no JSON', '{"v":1,', /not JSON/],
		['a sentence', 'last Tuesday', /not JSON/],
		['a number', '7', /not JSON/],
		['null', 'null', /not JSON/],
		['a list', '[]', /not JSON/],
		['no members', '{}', /version is undefined/],
		['a later version', text({ v: 2 }), /version is 2/],
		['a version in text', text({ v: '1' }), /version is 1/],
		['the position of another log', text({ name: 'safe-audit' }), /belongs to "safe-audit"/],
		['no time', text({ through: undefined }), /"through" is not a date/],
		['a time that is none', text({ through: 'soon' }), /"through" is not a date/],
		['a time that is no text', text({ through: {} }), /"through" is not a date/],
	])('cannot be read where it is %s, and the reason is said', (_, value, reason) => {
		expect(parseCheckpoint(value, NAME)).toEqual({ state: 'unreadable', reason: expect.stringMatching(reason) as string });
	});

	it('does without the members that can be done without', () => {
		const spoilt = text({ revision: -1.5, origin: 'x', seen: 'x', seenSince: null, manifest: 7, pending: { uuid: 1 }, lastRequestAt: 'x', startFrom: null });
		expect(parseCheckpoint(spoilt, NAME)).toMatchObject({
			state: 'read',
			checkpoint: { revision: 0, throughMs: T0, originMs: T0, seenSinceMs: T0, pending: undefined, startFrom: '' },
		});
	});

	it(`never throws, whatever the cell holds (${generated(RUNS)})`, async () => {
		const anything = fc.oneof(fc.anything(), fc.string(), fc.json(), fc.object().map((object) => JSON.stringify({ v: 1, name: NAME, ...object })));
		await forAll(RUNS, anything, (value) => {
			expect(['none', 'read', 'unreadable']).toContain(parseCheckpoint(value, NAME).state);
		});
	});
});

describe('the size of a position', () => {
	it('stays within 256 KB, and the newest ids are kept', () => {
		const { text, shrunkToMs } = writeCheckpoint(remembering(40_000, longId));
		expect(text.length).toBeLessThanOrEqual(LONGEST_CHECKPOINT);
		expect(text.length).toBeGreaterThan(LONGEST_CHECKPOINT * 0.7);
		expect(shrunkToMs).toBeGreaterThan(T0 - 3_600_000);
		const saved = parseCheckpoint(text, NAME);
		if (saved.state !== 'read') throw new Error('unreadable');
		expect(saved.checkpoint.seenSinceMs).toBe(shrunkToMs);
		const ids = saved.checkpoint.seen.ids();
		for (let index = 0; index < 40_000; index++) {
			if (T0 - 1 - Math.floor((index * 3_600_000) / 40_000) >= (shrunkToMs ?? 0)) expect(ids.has(longId(index))).toBe(true);
		}
	});

	it('gives up the whole memory rather than the limit when one bucket is too large', () => {
		const seen = new SeenIds();
		for (let index = 0; index < 20_000; index++) seen.add(longId(index), T0 - 1);
		const { text, shrunkToMs } = writeCheckpoint({ ...BASE, seen });
		expect(text.length).toBeLessThan(1_000);
		expect(shrunkToMs).toBe(T0);
	});

	it('leaves the memory of the position it was made from alone', () => {
		const checkpoint = remembering(40_000, longId);
		writeCheckpoint(checkpoint);
		expect(checkpoint.seen.ids().size).toBe(40_000);
	});
});
