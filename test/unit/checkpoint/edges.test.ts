import { type Checkpoint, LONGEST_CHECKPOINT, parseCheckpoint, type PendingExport, writeCheckpoint } from '../../../nodes/shared/checkpoint/checkpoint';
import { collect, type Collectable } from '../../../nodes/shared/checkpoint/collect';
import { SeenIds } from '../../../nodes/shared/checkpoint/seen';
import { planWindow, type WindowSettings } from '../../../nodes/shared/checkpoint/window';

const T0 = Date.parse('2026-01-15T10:00:00Z');
const SLOT_MS = 900_000;
const DAY_MS = 86_400_000;
const NAME = 'safe-audit';

const position: Checkpoint = { name: NAME, revision: 3, throughMs: T0, originMs: T0 - DAY_MS, seen: new SeenIds(), seenSinceMs: T0 - DAY_MS, startFrom: 'now' };
const written = (changes: Partial<Checkpoint> = {}) => writeCheckpoint({ ...position, ...changes });

/** The position whose text has these members instead. */
function read(members: object): Checkpoint {
	const saved = parseCheckpoint({ ...(JSON.parse(written().text) as object), ...members }, NAME);
	if (saved.state !== 'read') throw new Error(`it is ${saved.state}`);
	return saved.checkpoint;
}

describe('a position that somebody edited', () => {
	it.each<[unknown, number]>([[7, 7], [0, 0], ['7', 0], [1.5, 0], [-1, 0], [null, 0], [[7], 0]])('with the revision %j counts from %i', (revision, counted) => {
		expect(read({ revision }).revision).toBe(counted);
	});

	it('has no manifest where its hash is no text', () => {
		expect(read({ manifest: 7 }).manifestSha256).toBeUndefined();
		expect(read({ manifest: 'ab' }).manifestSha256).toBe('ab');
	});

	it('says in few words which version and whose it is', () => {
		expect(parseCheckpoint({ v: 'x'.repeat(100) }, NAME)).toEqual({ state: 'unreadable', reason: `its version is ${'x'.repeat(20)}` });
		expect(parseCheckpoint({ v: 1, name: 'y'.repeat(100) }, NAME)).toEqual({ state: 'unreadable', reason: `it belongs to "${'y'.repeat(60)}"` });
	});

	const pending = { uuid: 'u-1', requestedAt: '2026-01-15T09:00:00Z', days: 2, resumes: 1 };

	it.each<[string, unknown]>([
		['nothing', null],
		['a text', 'u-1'],
		['no uuid', { ...pending, uuid: undefined }],
		['an empty uuid', { ...pending, uuid: '' }],
		['a number as uuid', { ...pending, uuid: 7 }],
		['no time', { ...pending, requestedAt: 'yesterday' }],
		['no days', { ...pending, days: undefined }],
		['days as text', { ...pending, days: '2' }],
		['half a day', { ...pending, days: 0.5 }],
		['days before it', { ...pending, days: -2 }],
	])('waits for no export where "pending" holds %s', (_label, value) => {
		expect(read({ pending: value }).pending).toBeUndefined();
	});

	it('waits for the export that it names, from the usual endpoints where it names none', () => {
		expect(read({ pending }).pending).toEqual({ uuid: 'u-1', requestedAtMs: Date.parse('2026-01-15T09:00:00Z'), days: 2, resumes: 1, family: 'reports' });
		expect(read({ pending: { ...pending, resumes: 'x', days: 0, family: 'auditLogsExport' } }).pending).toMatchObject({ days: 0, resumes: 0, family: 'auditLogsExport' });
	});
});

describe('the text of a position', () => {
	const pendingOf = (family: PendingExport['family']) => written({ pending: { uuid: 'u', requestedAtMs: T0, days: 1, resumes: 0, family } }).text;

	it('names the endpoints of an export only where they are not the usual ones', () => {
		expect(pendingOf('reports')).not.toContain('family');
		expect(pendingOf('auditLogsExport')).toContain('"family":"auditLogsExport"');
	});

	it('may have its full length, and forgets one bucket of IDs for one character more', () => {
		const seen = new SeenIds();
		seen.add('old', T0 - 600_000);
		seen.add('new', T0 - 1);
		const startFrom = 'x'.repeat(LONGEST_CHECKPOINT - written({ seen, startFrom: '' }).text.length);
		expect(written({ seen, startFrom }).text).toHaveLength(LONGEST_CHECKPOINT);
		expect(written({ seen, startFrom }).shrunkToMs).toBeUndefined();
		const shrunk = written({ seen, startFrom: `${startFrom}x` });
		expect(shrunk.shrunkToMs).toBe(T0 - 300_000);
		expect(shrunk.text).not.toContain('old');
		expect(shrunk.text).toContain('new');
	});

	it('is handed out too long rather than not at all, when forgetting all IDs does not make it short', () => {
		const seen = new SeenIds();
		seen.add('a', T0 - 1);
		const { text, shrunkToMs } = written({ seen, startFrom: 'x'.repeat(LONGEST_CHECKPOINT + 1) });
		expect(JSON.parse(text)).toMatchObject({ seen: {} });
		expect(shrunkToMs).toBe(T0);
	});
});

describe('the memory of IDs', () => {
	it('forgets a bucket that ends exactly where it is to begin, and no later one', () => {
		const seen = new SeenIds();
		seen.add('before', T0 - 1);
		seen.add('after', T0);
		expect([...seen.since(T0).ids()]).toEqual(['after']);
		expect([...seen.since(T0 - 1).ids()].sort()).toEqual(['after', 'before']);
	});
});

describe('what a run remembers', () => {
	const settings = { slot: '15min', overlapMs: 600_000, most: Infinity } as const;
	const plan = { startMs: T0, endMs: T0 + 4 * SLOT_MS, readFromMs: T0 - 600_000, firstRun: false, future: false };
	const event = (id: string, timeMs: number): Collectable<object> => ({ id, timeMs, record: {} });
	const run = async (events: Array<Collectable<object>>, previous?: Checkpoint, endMs = plan.endMs) => await collect(async () => ({ events }), { ...plan, endMs }, previous, settings);

	it('is the re-read behind the new position, not all that it handed out', async () => {
		const { seen } = await run([event('early', T0), event('last', plan.endMs - 1)]);
		expect([...seen.ids()]).toEqual(['last']);
	});

	it('is kept of events that the vendor does not send any more, as long as the re-read reaches them', async () => {
		const known = new SeenIds();
		known.add('gone', T0 + SLOT_MS - 1);
		known.add('older', T0 - SLOT_MS);
		const { seen } = await run([], { ...position, seen: known }, T0 + SLOT_MS);
		expect([...seen.ids()]).toEqual(['gone']);
	});

	it('begins empty without a position, and tells that nothing remains when the window was read to its end', async () => {
		const result = await run([event('a', T0)]);
		expect(result).toMatchObject({ fetched: 1, more: false, endMs: plan.endMs });
	});

	it('comes after events in the order of their IDs where their times are equal, whatever the order of the source', async () => {
		for (const order of ['abc', 'acb', 'bac', 'bca', 'cab', 'cba']) {
			const { events } = await run([...order].map((id) => event(id, T0)));
			expect(events.map(({ id }) => id).join('')).toBe('abc');
		}
	});
});

describe('the edge of what the vendor keeps', () => {
	const settings: WindowSettings = { slot: '15min', settlingLagMs: 0, overlapMs: 0, retentionMs: DAY_MS, firstStartMs: T0 };
	const plan = (changes: Partial<WindowSettings>, checkpoint?: Checkpoint, nowMs = T0 + DAY_MS) => planWindow(checkpoint, { ...settings, ...changes }, nowMs);

	it('leaves no gap at the very moment, and one a millisecond later', () => {
		expect(plan({}).gap).toBeUndefined();
		expect(plan({}, undefined, T0 + DAY_MS + 1).gap).toEqual({ fromMs: T0, toMs: T0 + 1 });
		const between = { ...position, throughMs: T0 + 1 };
		expect(plan({}, between, T0 + DAY_MS + 1)).toMatchObject({ startMs: T0 + 1, gap: undefined });
	});

	it('is no gap for a first run that asked for the oldest, but for one that asked for a date, and for a rewind', () => {
		const nowMs = T0 + 2 * DAY_MS;
		expect(plan({ oldest: true }, undefined, nowMs).gap).toBeUndefined();
		expect(plan({ oldest: false }, undefined, nowMs).gap).toBeDefined();
		expect(plan({}, undefined, nowMs).gap).toBeDefined();
		expect(plan({ oldest: true, rewindToMs: T0 }, undefined, nowMs).gap).toBeDefined();
		expect(plan({ oldest: true }, position, nowMs).gap).toBeDefined();
	});

	it('lies in no future where the position is now', () => {
		expect(plan({}, position, T0).future).toBe(false);
		expect(plan({}, position, T0 - 1).future).toBe(true);
	});
});
