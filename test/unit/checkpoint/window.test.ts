import fc, { type Arbitrary } from 'fast-check';
import type { Checkpoint } from '../../../nodes/shared/checkpoint/checkpoint';
import { SeenIds } from '../../../nodes/shared/checkpoint/seen';
import { floorToSlot, SLOTS, type SlotName } from '../../../nodes/shared/checkpoint/slots';
import { firstStart } from '../../../nodes/shared/checkpoint/start';
import { planWindow, type WindowSettings } from '../../../nodes/shared/checkpoint/window';
import { forAll, generated } from '../generated';

const RUNS = 3_000;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const NOW = Date.parse('2026-01-15T10:07:31.250Z');
const iso = (ms: number) => new Date(ms).toISOString();

const SETTINGS: WindowSettings = {
	slot: '15min',
	settlingLagMs: 2 * MINUTE_MS,
	overlapMs: 10 * MINUTE_MS,
	retentionMs: 90 * DAY_MS,
	firstStartMs: NOW - DAY_MS,
};

function at(through: string, changes: Partial<Checkpoint> = {}): Checkpoint {
	const throughMs = Date.parse(through);
	const originMs = throughMs - 30 * DAY_MS;
	return { name: 'n', revision: 1, throughMs, originMs, seen: new SeenIds(), seenSinceMs: originMs, startFrom: '', ...changes };
}

const plan = (checkpoint?: Checkpoint, settings: Partial<WindowSettings> = {}, nowMs = NOW) => {
	const { startMs, endMs, readFromMs, ...rest } = planWindow(checkpoint, { ...SETTINGS, ...settings }, nowMs);
	return { ...rest, start: iso(startMs), end: iso(endMs), readFrom: iso(readFromMs) };
};

describe('the next window', () => {
	it('goes from the position to the last boundary before now less the settling time, and reads again what lies just before', () => {
		expect(plan(at('2026-01-15T09:30:00Z'))).toMatchObject({
			start: '2026-01-15T09:30:00.000Z',
			end: '2026-01-15T10:00:00.000Z',
			readFrom: '2026-01-15T09:20:00.000Z',
			firstRun: false,
			future: false,
		});
	});

	it.each([
		['10:01:59.999', '09:45'],
		['10:02:00.000', '10:00'],
		['10:16:59.999', '10:00'],
		['10:17:00.000', '10:15'],
	])('at %s ends at %s', (now, end) => {
		const { end: found } = plan(at('2026-01-15T09:30:00Z'), {}, Date.parse(`2026-01-15T${now}Z`));
		expect(found).toBe(`2026-01-15T${end}:00.000Z`);
	});

	it('is empty until a slot has closed, and stays where it is', () => {
		expect(plan(at('2026-01-15T10:00:00Z'))).toMatchObject({ start: '2026-01-15T10:00:00.000Z', end: '2026-01-15T10:00:00.000Z' });
	});

	it('begins a first run on the grid, without reading before it', () => {
		expect(plan()).toMatchObject({ start: '2026-01-14T10:00:00.000Z', readFrom: '2026-01-14T10:00:00.000Z', firstRun: true, gap: undefined });
	});

	it('never reaches back behind the first start, nor behind what is remembered', () => {
		expect(plan(at('2026-01-15T09:30:00Z', { originMs: Date.parse('2026-01-15T09:25:00Z') })).readFrom).toBe('2026-01-15T09:25:00.000Z');
		expect(plan(at('2026-01-15T09:30:00Z', { seenSinceMs: Date.parse('2026-01-15T09:28:00Z') })).readFrom).toBe('2026-01-15T09:28:00.000Z');
	});

	it('goes on exactly from a position that another slot left off the new grid', () => {
		const checkpoint = at('2026-01-15T08:15:00Z', { seenSinceMs: Date.parse('2026-01-15T08:05:00Z') });
		expect(plan(checkpoint, { slot: '1h' })).toMatchObject({
			start: '2026-01-15T08:15:00.000Z',
			end: '2026-01-15T10:00:00.000Z',
			readFrom: '2026-01-15T08:05:00.000Z',
		});
		expect(plan(checkpoint, { slot: '1d' })).toMatchObject({ start: '2026-01-15T08:15:00.000Z', end: '2026-01-15T08:15:00.000Z' });
	});

	it('moves nothing when the clock was set back', () => {
		expect(plan(at('2026-01-15T10:15:00Z'))).toMatchObject({ start: '2026-01-15T10:15:00.000Z', end: '2026-01-15T10:15:00.000Z', future: true });
	});
});

describe('an edge of what can be read', () => {
	it('names the gap between the position and what the vendor still keeps', () => {
		const { gap, start, readFrom } = plan(at(iso(NOW - 95 * DAY_MS)));
		expect(gap).toEqual({ fromMs: NOW - 95 * DAY_MS, toMs: NOW - 90 * DAY_MS });
		expect(start).toBe(iso(floorToSlot(NOW - 90 * DAY_MS, '15min')));
		expect(readFrom).toBe(start);
	});

	it('sees no gap after 89 days, nor in a first run that wants the oldest', () => {
		expect(plan(at(iso(NOW - 89 * DAY_MS))).gap).toBeUndefined();
		expect(plan(undefined, { firstStartMs: NOW - 90 * DAY_MS, oldest: true }).gap).toBeUndefined();
	});

	it('names the gap when a rewind reaches too far', () => {
		expect(plan(at('2026-01-15T09:30:00Z'), { rewindToMs: NOW - 91 * DAY_MS }).gap).toMatchObject({ toMs: NOW - 90 * DAY_MS });
	});

	it('reads nothing when the position lies in the year 2999', () => {
		expect(plan(at('2999-01-01T00:00:00Z'))).toMatchObject({ future: true, start: '2999-01-01T00:00:00.000Z', end: '2999-01-01T00:00:00.000Z' });
	});

	it('reads all that is left when the position lies in the year 1', () => {
		expect(plan(at('0001-01-01T00:00:00Z'))).toMatchObject({ end: '2026-01-15T10:00:00.000Z', future: false });
	});

	it.each([
		['last24Hours', NOW - DAY_MS],
		['now', NOW],
		['oldest', NOW - 90 * DAY_MS],
		['dateTime', NOW - 3 * DAY_MS],
	])('starts a first run with %s where it says', (choice, expected) => {
		expect(firstStart(choice, NOW - 3 * DAY_MS, 90 * DAY_MS, NOW)).toBe(expected);
	});
});

interface Case {
	agoMs: number | undefined;
	rewindAgoMs: number | undefined;
	memoryMs: number;
	originMs: number;
	settings: { slot: SlotName; settlingLagMs: number; overlapMs: number };
	nowMs: number;
}

const cases: Arbitrary<Case> = fc.record({
	agoMs: fc.option(fc.integer({ min: -2 * DAY_MS, max: 100 * DAY_MS }), { nil: undefined }),
	rewindAgoMs: fc.option(fc.integer({ min: -DAY_MS, max: 100 * DAY_MS }), { nil: undefined, freq: 2 }),
	memoryMs: fc.integer({ min: -DAY_MS, max: DAY_MS }),
	originMs: fc.integer({ min: -DAY_MS, max: 20 * DAY_MS }),
	settings: fc.record({
		slot: fc.constantFrom<SlotName[]>('5min', '15min', '1h', '1d'),
		settlingLagMs: fc.integer({ min: 0, max: DAY_MS }),
		overlapMs: fc.integer({ min: 0, max: DAY_MS }),
	}),
	nowMs: fc.integer({ min: NOW - DAY_MS, max: NOW + DAY_MS }),
});

describe(`any position, setting and clock (${generated(RUNS)})`, () => {
	it('give a window that is in order, closed, on the grid, and that no later clock cuts otherwise', async () => {
		await forAll(RUNS, cases, ({ agoMs, rewindAgoMs, memoryMs, originMs, settings, nowMs }) => {
			const throughMs = floorToSlot(NOW - (agoMs ?? 0), '5min');
			const checkpoint = agoMs === undefined ? undefined : at(iso(throughMs), { originMs: throughMs - originMs, seenSinceMs: throughMs - memoryMs });
			const rewindToMs = rewindAgoMs === undefined ? undefined : NOW - rewindAgoMs;
			const found = planWindow(checkpoint, { ...SETTINGS, ...settings, rewindToMs }, nowMs);
			const { startMs, endMs, readFromMs } = found;
			expect(readFromMs).toBeLessThanOrEqual(startMs);
			expect(startMs).toBeLessThanOrEqual(endMs);
			if (endMs > startMs) {
				expect(endMs % SLOTS[settings.slot]).toBe(0);
				expect(endMs).toBeLessThanOrEqual(nowMs - settings.settlingLagMs);
			}
			if (checkpoint && rewindToMs === undefined && !found.gap) expect(startMs).toBe(checkpoint.throughMs);
			if (checkpoint && !found.firstRun) expect(readFromMs).toBeGreaterThanOrEqual(Math.min(startMs, checkpoint.seenSinceMs));
			const later = planWindow(checkpoint, { ...SETTINGS, ...settings, rewindToMs }, nowMs + 1);
			if (!found.gap && !later.gap && checkpoint) expect([later.startMs, later.readFromMs]).toEqual([startMs, readFromMs]);
			expect(later.endMs).toBeGreaterThanOrEqual(endMs);
		});
	});
});
