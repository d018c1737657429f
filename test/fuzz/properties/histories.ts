import assert from 'node:assert/strict';
import fc from 'fast-check';
import { advance } from '../../../nodes/shared/checkpoint/advance';
import { type Checkpoint, parseCheckpoint, writeCheckpoint } from '../../../nodes/shared/checkpoint/checkpoint';
import { collect, type Collectable, type Source } from '../../../nodes/shared/checkpoint/collect';
import { SLOTS, type SlotName } from '../../../nodes/shared/checkpoint/slots';
import { planWindow } from '../../../nodes/shared/checkpoint/window';
import { DAY_MS, MINUTE_MS } from '../../../nodes/shared/core/time';
import { archiveFiles } from '../../../nodes/shared/delivery/archive';
import { type Property, property } from '../property';

const area = 'histories';
const T0 = Date.parse('2026-01-14T21:00:00.000Z');
const NAME = 'securid-admin';

/** What a vendor's log holds, and from when on it shows it. */
interface Happening {
	id: string;
	atMs: number;
	visibleMs: number;
}

/** One step of the world: time passes, events happen, and a run is made, saved or lost on its way. */
interface Step {
	passesMs: number;
	events: Array<{ agoMs: number; delay: number; times: number }>;
	run: 'saved' | 'lost';
}

const step = fc.record<Step>({
	passesMs: fc.oneof(fc.constantFrom(0, 1, MINUTE_MS, 15 * MINUTE_MS, 61 * MINUTE_MS, DAY_MS + 1), fc.integer({ min: 0, max: 180 * MINUTE_MS })),
	events: fc.array(
		fc.record({
			agoMs: fc.oneof(fc.integer({ min: 0, max: 20 * MINUTE_MS }), fc.integer({ min: 0, max: 8 }).map((slots) => slots * 5 * MINUTE_MS)),
			/** Share of the longest delay that the settings allow. */
			delay: fc.oneof(fc.constant(0), fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true })),
			times: fc.constantFrom(1, 1, 1, 2, 5),
		}),
		{ maxLength: 4 },
	),
	run: fc.constantFrom('saved', 'saved', 'saved', 'lost'),
});

const story = fc.record({
	slot: fc.constantFrom<SlotName[]>('1min', '5min', '15min', '1h', '1d'),
	overlap: fc.constantFrom(0, 3, 10, 60),
	settlingLag: fc.constantFrom(0, 2, 20),
	most: fc.constantFrom(1, 2, 5, 50_000),
	mostSlots: fc.constantFrom(1, 3, 1_000),
	steps: fc.array(step, { minLength: 1, maxLength: 10 }),
});

/** The vendor at a moment: the events that it shows, whole or only counted. */
function vendorAt(log: Happening[], nowMs: number): Source<object> {
	return async (fromMs, untilMs, most) => {
		const found = log.filter(({ atMs, visibleMs }) => visibleMs <= nowMs && atMs >= fromMs && atMs < untilMs);
		if (found.length > most) return { tooMany: found.length };
		return { events: found.map(({ id, atMs }): Collectable<object> => ({ id, timeMs: atMs, record: { at: atMs } })) };
	};
}

/** One run, from the text of the saved position to the text of the next. */
async function run(log: Happening[], text: string | undefined, nowMs: number, { slot, overlap, settlingLag, most, mostSlots }: { slot: SlotName; overlap: number; settlingLag: number; most: number; mostSlots: number }) {
	const saved = parseCheckpoint(text, NAME);
	assert.ok(saved.state !== 'unreadable');
	const previous: Checkpoint | undefined = saved.state === 'read' ? saved.checkpoint : undefined;
	const overlapMs = overlap * MINUTE_MS;
	const plan = planWindow(previous, { slot, overlapMs, settlingLagMs: settlingLag * MINUTE_MS, retentionMs: 90 * DAY_MS, firstStartMs: T0 - DAY_MS }, nowMs);
	const result = await collect(vendorAt(log, nowMs), plan, previous, { slot, overlapMs, most, mostSlots });
	assert.equal(result.fetched, result.events.length + result.duplicates + result.outside);
	assert.equal(result.outside, 0);
	const next = advance({ name: NAME, revision: (previous?.revision ?? 0) + 1, startFrom: 'dateTime', previous, plan, result, overlapMs });
	assert.ok(next.throughMs >= (previous?.throughMs ?? -Infinity), 'the position went back');
	assert.ok(result.endMs === plan.startMs || (result.endMs > plan.startMs && result.endMs % SLOTS[slot] === 0));
	return { result, text: writeCheckpoint(next).text, throughMs: next.throughMs };
}

export const HISTORY_PROPERTIES: Property[] = [
	property({
		area,
		rule: 'runs at any times, some of them lost, on a log whose events come late, hand out each event once',
		weight: 20,
		atLeast: 0.5,
		cases: () => story,
		check: async ({ steps, ...settings }) => {
			const log: Happening[] = [];
			const got: string[] = [];
			// Later than this, and an event that the position has passed is behind the re-read.
			const longestMs = (settings.settlingLag + settings.overlap) * MINUTE_MS;
			let text: string | undefined;
			let nowMs = T0;
			for (const { passesMs, events, run: fate } of steps) {
				nowMs += passesMs;
				for (const { agoMs, delay, times } of events) {
					// Nothing comes to light in the past: it was not there when earlier runs looked.
					const atMs = nowMs - Math.min(agoMs, longestMs);
					const visibleMs = Math.max(nowMs, atMs + Math.floor(delay * longestMs));
					for (let time = 0; time < times; time++) log.push({ id: String(9_000_000_000_000_000_000n + BigInt(log.length)), atMs, visibleMs });
				}
				const made = await run(log, text, nowMs + 1, settings);
				nowMs += 1;
				if (fate === 'lost') continue;
				text = made.text;
				got.push(...made.result.events.map(({ id }) => id));
			}
			// The world goes quiet, and the collector catches up.
			nowMs += 3 * DAY_MS;
			for (let before = -1; ; ) {
				const made = await run(log, text, nowMs, settings);
				text = made.text;
				got.push(...made.result.events.map(({ id }) => id));
				if (made.throughMs === before) break;
				before = made.throughMs;
				if (settings.mostSlots < 1_000) settings.mostSlots = 1_000;
			}
			assert.equal(new Set(got).size, got.length, 'an event came twice');
			assert.deepStrictEqual(got.sort(), log.map(({ id }) => id).sort());
			return log.length > 0;
		},
	}),
	property({
		area,
		rule: 'a run that is repeated from the same position writes the same archive files, under the same keys',
		weight: 4,
		atLeast: 0.5,
		cases: () => story,
		check: async ({ steps, ...settings }) => {
			const log: Happening[] = steps.flatMap(({ events }, at) => events.map(({ agoMs }, place) => ({ id: `${at}-${place}`, atMs: T0 - agoMs * 60, visibleMs: T0 - DAY_MS })));
			const attempt = async (nowMs: number) => {
				const { result } = await run(log, undefined, nowMs, { ...settings, mostSlots: 1_000 });
				return { endMs: result.endMs, files: await archiveFiles('audit', NAME, settings.slot, result.events) };
			};
			// The attempts may reach differently far; what both have read they cut alike.
			const [first, again] = [await attempt(T0 + DAY_MS), await attempt(T0 + DAY_MS + MINUTE_MS)];
			const untilMs = Math.min(first.endMs, again.endMs);
			const shared = ({ files }: typeof first) => files.filter(({ firstEventTime }) => Date.parse(firstEventTime) < untilMs).map(({ key, sha256 }) => [key, sha256]);
			assert.deepStrictEqual(shared(again), shared(first));
			return shared(first).length > 0;
		},
	}),
];
