import assert from 'node:assert/strict';
import fc, { type Arbitrary } from 'fast-check';
import { type Checkpoint, LONGEST_CHECKPOINT, parseCheckpoint, writeCheckpoint } from '../../../nodes/shared/checkpoint/checkpoint';
import { SeenIds } from '../../../nodes/shared/checkpoint/seen';
import { floorToSlot, SLOTS, type SlotName } from '../../../nodes/shared/checkpoint/slots';
import { planWindow, type WindowSettings } from '../../../nodes/shared/checkpoint/window';
import { DAY_MS, formatUtc, MINUTE_MS } from '../../../nodes/shared/core/time';
import { anyName, anyObject, anyText, anyValue, damage, damaged, moment } from '../arbitraries';
import { type Property, property } from '../property';

const area = 'positions';
const NAME = 'securid-admin';

const id = fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 64n }).map(String), fc.string({ unit: fc.constantFrom('a', 'B', '7', '-', '_', '#'), minLength: 1, maxLength: 22 }));
const maybe = <Value>(some: Arbitrary<Value>) => fc.option(some, { nil: undefined });

export const slotName = fc.constantFrom(...(Object.keys(SLOTS) as SlotName[]));

/** A position as any run may leave it. */
export const checkpoint: Arbitrary<Checkpoint> = fc
	.record({
		revision: fc.nat(1_000_000),
		throughMs: moment,
		backMs: fc.integer({ min: 0, max: 100 * DAY_MS }),
		wholeMs: fc.integer({ min: 0, max: DAY_MS }),
		ids: fc.array(fc.tuple(id, fc.integer({ min: 0, max: DAY_MS })), { maxLength: 8 }),
		startFrom: fc.constantFrom('last24Hours', 'now', 'oldest', 'dateTime', ''),
		manifestSha256: maybe(fc.string({ unit: fc.constantFrom('0', 'a', 'f'), minLength: 64, maxLength: 64 })),
		pending: maybe(fc.record({ uuid: fc.uuid(), requestedAtMs: moment, days: fc.integer({ min: 1, max: 365 }), resumes: fc.nat(3), family: fc.constantFrom('reports' as const, 'auditLogsExport' as const) })),
		lastRequestAtMs: maybe(moment),
		backfillUntilMs: maybe(moment),
		fresh: fc.boolean(),
	})
	.map(({ backMs, wholeMs, ids, ...rest }) => {
		const seen = new SeenIds();
		for (const [one, agoMs] of ids) seen.add(one, Math.max(0, rest.throughMs - agoMs));
		return { name: NAME, ...rest, originMs: Math.max(0, rest.throughMs - backMs), seenSinceMs: Math.max(0, rest.throughMs - wholeMs), seen };
	});

/** What the cell of a Data Table may hold: a position, a damaged one, one of another time or hand, or anything. */
const cell: Arbitrary<unknown> = fc.oneof(
	checkpoint.map((one) => writeCheckpoint(one).text),
	fc.tuple(checkpoint, damage('"', '}', '9', '{', 'null', '-', '\u0000')).map(([one, harm]) => damaged(writeCheckpoint(one).text, harm)),
	fc.tuple(checkpoint, fc.constantFrom('v', 'name', 'revision', 'through', 'origin', 'seenSince', 'seen', 'pending', 'startFrom', 'manifest', 'lastRequestAt', 'backfillUntil', 'fresh'), anyValue(0, 2, '2', '9999-12-31T23:59:59.999Z', '1969-12-31T23:59:59Z', '0001-01-01', 1e300, { 5982911: 'a b' }, { 5982911: 7, x: 'a', '-1': 'b', 999999999: 'z' })).map(
		([one, member, value]) => ({ ...(JSON.parse(writeCheckpoint(one).text) as object), [member]: value }),
	),
	anyObject(anyName('v', 'name', 'through', 'seen', 'revision'), anyValue(1, NAME, '2026-01-15T00:00:00Z')).map((value) => ({ v: 1, name: NAME, ...value })),
	anyText(),
	anyValue(undefined, 'null', '[]', '{}', '{"v":1}'),
);

/** A position as it counts: the memory by its text form, the members that are not set left out. */
const plain = (one: Checkpoint) => JSON.parse(JSON.stringify({ ...one, fresh: one.fresh || undefined })) as unknown;

export const windowSettings: Arbitrary<WindowSettings> = fc.record({
	slot: slotName,
	settlingLagMs: fc.integer({ min: 0, max: 120 }).map((minutes) => minutes * MINUTE_MS),
	overlapMs: fc.integer({ min: 0, max: 3_000 }).map((minutes) => minutes * MINUTE_MS),
	retentionMs: fc.constantFrom(DAY_MS, 40 * DAY_MS, 90 * DAY_MS),
	firstStartMs: moment,
	oldest: fc.boolean(),
	rewindToMs: maybe(moment),
});

export const POSITION_PROPERTIES: Property[] = [
	property({
		area,
		rule: 'a position that was written reads as it was, and is written the same again',
		weight: 40,
		cases: () => checkpoint,
		check: (one) => {
			const { text, shrunkToMs } = writeCheckpoint(one);
			const read = parseCheckpoint(text, NAME);
			assert.equal(shrunkToMs, undefined);
			assert.ok(read.state === 'read');
			assert.deepStrictEqual(plain(read.checkpoint), plain(one));
			assert.equal(writeCheckpoint(read.checkpoint).text, text);
			assert.equal(parseCheckpoint(text, 'safe-audit').state, 'unreadable');
		},
	}),
	property({
		area,
		rule: 'whatever stands in the cell of the table is a position, none, or unreadable with a reason: never a crash',
		weight: 60,
		atLeast: 0.2,
		cases: () => cell,
		check: (saved) => {
			const read = parseCheckpoint(saved, NAME);
			if (read.state === 'unreadable') assert.ok(read.reason.length > 0 && read.reason.length < 120);
			if (read.state !== 'read') return false;
			const { text } = writeCheckpoint(read.checkpoint);
			assert.ok(text.length <= LONGEST_CHECKPOINT);
			const again = parseCheckpoint(text, NAME);
			assert.ok(again.state === 'read');
			assert.equal(again.checkpoint.throughMs, read.checkpoint.throughMs);
			assert.equal(writeCheckpoint(again.checkpoint).text, text);
			return true;
		},
	}),
	property({
		area,
		rule: 'a window begins at its position, ends on the grid before now, and never reads behind what it knows whole',
		weight: 120,
		atLeast: 0.2,
		cases: () => fc.tuple(maybe(checkpoint), windowSettings, fc.oneof(moment, fc.integer({ min: -DAY_MS, max: 200 * DAY_MS }))),
		check: ([saved, given, clock]) => {
			const aheadMs = clock < 200 * DAY_MS + 1 ? clock : undefined;
			const nowMs = aheadMs === undefined || !saved ? Math.abs(clock) : Math.max(0, saved.throughMs + aheadMs);
			const plan = planWindow(saved, given, nowMs);
			const { startMs, endMs, readFromMs, gap, firstRun, future } = plan;
			const closedMs = floorToSlot(nowMs - given.settlingLagMs, given.slot);
			assert.ok(readFromMs <= startMs && startMs <= endMs);
			assert.equal(endMs, Math.max(startMs, closedMs));
			assert.ok(endMs === startMs || endMs % SLOTS[given.slot] === 0);
			assert.equal(firstRun, !saved || given.rewindToMs !== undefined || saved.fresh === true);
			assert.equal(future, startMs > nowMs);
			if (!firstRun && saved) assert.ok(startMs === saved.throughMs || gap, 'the position moved without a gap being told');
			if (!firstRun && saved && !gap) assert.ok(readFromMs >= Math.min(startMs, Math.max(saved.originMs, saved.seenSinceMs)), 'reads what the memory does not hold');
			if (gap) {
				assert.ok(gap.fromMs < gap.toMs);
				assert.equal(gap.toMs, nowMs - given.retentionMs);
				assert.ok(startMs <= gap.toMs && gap.toMs - startMs < SLOTS[given.slot]);
			}
			return endMs > startMs;
		},
	}),
	property({
		area,
		rule: 'every moment lies in one slot, and slots of every size begin and end with the UTC day',
		weight: 90,
		cases: () => fc.tuple(fc.oneof(moment, moment.map((ms) => 0 - ms)), slotName),
		check: ([ms, slot]) => {
			const start = floorToSlot(ms, slot);
			assert.ok(start <= ms && ms < start + SLOTS[slot]);
			assert.equal(floorToSlot(start, slot), start);
			assert.equal(formatUtc(start).slice(0, 10), formatUtc(ms).slice(0, 10));
			assert.equal(formatUtc(start + SLOTS[slot] - 1).slice(0, 10), formatUtc(ms).slice(0, 10));
			assert.ok(Number.isInteger(floorToSlot(ms, '1d') / DAY_MS));
		},
	}),
	property({
		area,
		rule: 'remembered IDs come back from their text; forgetting takes the oldest alone and says since when the memory is whole',
		weight: 50,
		cases: () => fc.tuple(fc.array(fc.tuple(id, moment), { maxLength: 20 }), moment),
		check: ([remembered, sinceMs]) => {
			const seen = new SeenIds();
			for (const [one, ms] of remembered) seen.add(one, ms);
			const all = new Set(remembered.map(([one]) => one));
			assert.deepStrictEqual(seen.ids(), all);
			assert.deepStrictEqual(SeenIds.parse(JSON.parse(JSON.stringify(seen))).ids(), all);
			const kept = seen.since(sinceMs).ids();
			for (const [one, ms] of remembered) if (ms >= sinceMs) assert.ok(kept.has(one), 'forgot one that it was to keep');
			const wholeSinceMs = seen.forgetOldest();
			assert.equal(wholeSinceMs === undefined, remembered.length === 0);
			for (const [one, ms] of remembered) if (wholeSinceMs !== undefined && ms >= wholeSinceMs) assert.ok(seen.ids().has(one));
			if (wholeSinceMs !== undefined) assert.ok(remembered.some(([, ms]) => ms < wholeSinceMs && ms >= wholeSinceMs - 300_000));
		},
	}),
];
