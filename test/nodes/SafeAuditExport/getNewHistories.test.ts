jest.mock('n8n-workflow', () => jest.requireActual('../time').withFreePauses(jest.requireActual('n8n-workflow')));

import fc from 'fast-check';
import { SEED, forAll, generated } from '../../unit/generated';
import type { SafeRow } from '../../simulators';
import { useBench } from '../bench';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../time';
import { auditRow, isManifest, linesOf, Refused, Stage, type Run } from './sweepStage';

const bench = useBench();
const CASES = 60;
const T0 = Date.parse('2026-01-15T20:15:02.250Z');

/** What happens until a run, and how it ends. */
const step = fc.record({
	passesMs: fc.oneof(
		fc.constantFrom(0, 5 * MINUTE_MS, 23 * HOUR_MS, 25 * HOUR_MS, 3 * DAY_MS, 40 * DAY_MS),
		fc.integer({ min: DAY_MS - 15 * MINUTE_MS, max: DAY_MS + 15 * MINUTE_MS }),
	),
	rows: fc.array(
		fc.record({
			agoMs: fc.oneof(fc.integer({ min: 0, max: 50 * HOUR_MS }), fc.integer({ min: 0, max: 50 }).map((hours) => hours * HOUR_MS + 15 * MINUTE_MS + 2_250)),
			copies: fc.constantFrom(1, 1, 1, 2, 3),
		}),
		{ maxLength: 12 },
	),
	ready: fc.constantFrom(true, true, true, false),
	ends: fc.constantFrom('saved', 'saved', 'saved', 'not delivered', 'not saved'),
});

const story = fc.record({
	slot: fc.constantFrom('15min', '1h', '1d'),
	overlap: fc.constantFrom(24, 24, 6, 0),
	order: fc.constantFrom('oldestFirst' as const, 'newestFirst' as const),
	steps: fc.array(step, { minLength: 3, maxLength: 10 }),
});

const stateOf = ({ row }: Stage) => (row.checkpoint === null ? undefined : (JSON.parse(row.checkpoint) as Run['state'] & { origin: string }));

/** The rows that a saved run stands for: those of its export in its window and in the re-read before it. */
function rowsOf(run: Run, exported: SafeRow[], overlapMs: number): SafeRow[] {
	const [startMs, endMs] = [run.checkpoint.windowStart, run.checkpoint.windowEnd].map((time) => Date.parse(String(time)));
	if (endMs === startMs) return [];
	const { origin } = run.state as Run['state'] & { origin: string };
	const fromMs = Math.max(startMs - overlapMs, Date.parse(origin));
	return exported.filter(({ atMs }) => atMs >= fromMs && atMs < endMs);
}

describe('any history of runs', () => {
	test(`${generated(CASES)}: the counts agree, saved runs hold each row once, and nothing is replaced`, async () => {
		let [runs, rows] = [0, 0];
		await forAll(CASES, story, async ({ slot, overlap, order, steps }) => {
			const world = await bench.world({ safeRows: 0, adminEvents: 0, users: 3, safe: { options: { readyAfterPolls: 0, csv: { order } } } });
			const stage = new Stage(bench, world, { slot, options: { overlap, timeout: 60 } });
			const exported = new Map<string, SafeRow[]>();
			const owed = new Set<SafeRow>();
			let [nowMs, named] = [T0, 0];
			for (const { passesMs, rows: added, ready, ends } of steps) {
				nowMs += passesMs;
				for (const { agoMs, copies } of added) {
					const details = `row ${named++}`;
					world.safe.addRows(...Array.from({ length: copies }, () => auditRow(nowMs - agoMs, details)));
				}
				world.safe.options.readyAfterPolls = ready ? 0 : Infinity;
				jest.setSystemTime(nowMs);
				const before = stateOf(stage);
				const requested = world.safe.reportsRequested.length;
				const run = await stage.checked(await stage.read());
				runs++;
				for (const { uuid } of world.safe.reportsRequested.slice(requested)) exported.set(uuid, [...world.safe.rows].filter(({ atMs }) => atMs <= nowMs));
				const uuid = world.safe.reportsRequested[requested]?.uuid ?? before?.pending?.uuid;
				const { fetched } = run.checkpoint as { fetched: number };
				const read = run.state.pending || !uuid ? [] : rowsOf(run, exported.get(uuid) ?? [], overlap * HOUR_MS);
				expect(fetched).toBeGreaterThanOrEqual(read.length);
				if (before) expect(run.checkpoint.windowStart).toBe(before.through);
				const refusals: Record<string, { at: number; after: boolean } | undefined> = { 'not delivered': { at: 0, after: true }, 'not saved': { at: Infinity, after: false } };
				const refusal = refusals[ends];
				if (refusal && run.files.length > 0) {
					const at = Math.min(refusal.at, run.files.length + Math.ceil(run.events.length / 50));
					expect(() => stage.deliver(run, { ...refusal, at })).toThrow(Refused);
					continue;
				}
				stage.deliver(run);
				for (const row of read) owed.add(row);
			}
			const files = stage.committed.flatMap((run) => run.files.filter((file) => !isManifest(file)));
			const inCommitted = files.flatMap(({ bytes }) => linesOf(bytes).map(({ Details }) => Details));
			expect(inCommitted.sort()).toEqual([...owed].map(({ details }) => details).sort());
			for (const id of stage.archivedIds()) expect(id).toMatch(/^[0-9a-f]{64}(#\d+)?$/);
			expect(new Set(stage.siem).size).toBeGreaterThanOrEqual(owed.size);
			const ids = stage.committed.flatMap((run) => run.events.map(({ eventId }) => eventId));
			expect(new Set(ids).size).toBe(ids.length);
			rows += owed.size;
			await world.close();
		});
		console.log(`${CASES} histories, seed ${SEED}: ${runs} runs, ${rows} rows owed and held once`);
		expect(runs).toBeGreaterThan(200);
		expect(rows).toBeGreaterThan(300);
	}, 480_000);
});
