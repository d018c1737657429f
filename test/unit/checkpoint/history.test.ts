import fc, { type Arbitrary } from 'fast-check';
import { SLOTS, type SlotName } from '../../../nodes/shared/checkpoint/slots';
import { forAll, generated } from '../generated';
import { DAY_MS, FIRST_ROW, type Happening, HOUR_MS, isManifest, linesOf, MINUTE_MS, type Outcome, runGetNew, saved } from './collector';

const CASES = 152;
const T0 = Date.parse('2026-01-14T21:00:00.000Z');

/** What happens between two runs: time passes, events happen and come to light, and a run is saved, lost, or made on another setting. */
interface Step {
	passesMs: number;
	events: Array<{ agoMs: number; delayMs: number; times: number }>;
	saves: boolean;
}

interface Story {
	slot: SlotName;
	laterSlot: SlotName;
	overlap: number;
	laterOverlap: number;
	settlingLag: number;
	maxEvents: number;
	pageSize: number;
	steps: Step[];
}

const step: Arbitrary<Step> = fc.record({
	passesMs: fc.oneof(
		fc.constantFrom(0, 1, MINUTE_MS, 15 * MINUTE_MS, 61 * MINUTE_MS, 25 * HOUR_MS),
		fc.integer({ min: 0, max: 3 * HOUR_MS }),
	),
	events: fc.array(
		fc.record({
			agoMs: fc.oneof(fc.integer({ min: 0, max: 40 * MINUTE_MS }), fc.integer({ min: 0, max: 8 }).map((slots) => slots * 5 * MINUTE_MS)),
			delayMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 30 * MINUTE_MS })),
			times: fc.constantFrom(1, 1, 2, 7, 23),
		}),
		{ maxLength: 6 },
	),
	saves: fc.boolean(),
});

const slotName = fc.constantFrom<SlotName[]>('5min', '15min', '1h', '1d');
const story: Arbitrary<Story> = fc.record({
	slot: slotName,
	laterSlot: slotName,
	overlap: fc.constantFrom(0, 3, 10, 60),
	laterOverlap: fc.constantFrom(0, 10, 45, 120),
	settlingLag: fc.constantFrom(0, 2, 20),
	maxEvents: fc.constantFrom(1, 5, 20, 50_000),
	pageSize: fc.constantFrom(1, 7, 100),
	steps: fc.array(step, { minLength: 1, maxLength: 14 }),
});

/** Plays a story; the settings may change half-way. Out: the saved runs, and which events they must hold. */
async function play({ steps, ...settings }: Story, changes: boolean) {
	const log: Happening[] = [];
	const committed: Outcome[] = [];
	const objects = new Map<string, Buffer>();
	const owed = new Set<string>();
	let row = FIRST_ROW;
	let nowMs = T0;
	let throughMs = -Infinity;
	let wholeSinceMs = -Infinity;
	let made = 0;
	const settingsAt = (at: number) => {
		const later = changes && at >= steps.length / 2;
		const { slot, laterSlot, overlap, laterOverlap, settlingLag, maxEvents, pageSize } = settings;
		return { slot: later ? laterSlot : slot, options: { overlap: later ? laterOverlap : overlap, settlingLag, maxEvents, pageSize } };
	};
	for (const [at, { passesMs, events, saves }] of [...steps, ...steps.map((one) => ({ ...one, events: [] }))].entries()) {
		const beforeMs = nowMs;
		nowMs += passesMs;
		for (const { agoMs, delayMs, times } of events) {
			const atMs = nowMs - agoMs;
			const visibleMs = Math.max(atMs + delayMs, beforeMs + 1);
			for (let time = 0; time < times; time++) log.push({ id: String(9e15 + made++), atMs, visibleMs });
		}
		const { slot, options } = settingsAt(at);
		const parameters = { slot, options, startFrom: 'dateTime', startFromDate: new Date(T0 - DAY_MS).toISOString() };
		const outcome = await runGetNew(log, row, nowMs, parameters);
		for (const { key, bytes } of outcome.files) {
			expect(objects.get(key) ?? bytes).toEqual(bytes);
			objects.set(key, bytes);
		}
		if (!saves && at < steps.length) continue;
		// The promise: whatever is visible now and lies in the window, or in the re-read behind a position that moves.
		const endMs = Date.parse(String(outcome.state.through));
		const fromMs = throughMs === -Infinity ? floor(T0 - DAY_MS, slot) : Math.max(throughMs - options.overlap * MINUTE_MS, wholeSinceMs);
		if (endMs > throughMs && outcome.requests.length > 0) {
			for (const { id, atMs, visibleMs } of log) if (visibleMs <= nowMs && atMs >= fromMs && atMs < endMs) owed.add(id);
		}
		expect(endMs).toBeGreaterThanOrEqual(throughMs);
		expect(endMs % SLOTS['5min']).toBe(0);
		throughMs = endMs;
		wholeSinceMs = Date.parse(String(outcome.state.seenSince));
		row = saved(outcome);
		committed.push(outcome);
	}
	return { committed, objects, owed };
}

const floor = (ms: number, slot: SlotName) => Math.floor(ms / SLOTS[slot]) * SLOTS[slot];

function expectEachOnce({ committed, owed, objects }: Awaited<ReturnType<typeof play>>): void {
	const emitted = committed.flatMap(({ ids }) => ids);
	expect(new Set(emitted).size).toBe(emitted.length);
	expect(new Set(emitted)).toEqual(owed);
	const manifests = committed.flatMap(({ files }) => files.filter(isManifest));
	const named = manifests.flatMap(({ bytes }) => (JSON.parse(bytes.toString()) as { objects: Array<{ key: string }> }).objects);
	const archived = named.flatMap(({ key }) => linesOf(objects.get(key) as Buffer).map(({ eventId }) => String(eventId)));
	expect(archived.sort()).toEqual(emitted.sort());
}

describe('a history of runs', () => {
	it(`holds every event once in the runs that were saved, and in the objects their manifests name (${generated(CASES)})`, async () => {
		await forAll(CASES, story, async (told) => expectEachOnce(await play(told, false)));
	});

	it(`stays so when slot and re-read are changed on the way (${generated(CASES)})`, async () => {
		await forAll(CASES, story, async (told) => expectEachOnce(await play(told, true)));
	});
});

describe('the chain of manifests', () => {
	it(`names in each the hash of the one before (${generated(CASES / 4)})`, async () => {
		await forAll(CASES / 4, story, async (told) => {
			const { committed } = await play(told, false);
			let before: string | null = null;
			for (const { files } of committed) {
				const manifest = files.find(isManifest);
				if (!manifest) continue;
				const { previousManifestSha256 } = JSON.parse(manifest.bytes.toString()) as Record<string, unknown>;
				expect(previousManifestSha256).toBe(before);
				before = manifest.sha256;
			}
		});
	});
});
