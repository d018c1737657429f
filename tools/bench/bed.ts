/** What a job stands on: simulators in one process, each measured run in another, one after the other. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startPeer, type Remote } from './calls';
import { startProgress, type Progress } from './progress';
import type { RunApi, RunResult } from './run';
import type { SimulatorsApi, WorldInfo, WorldPlan } from './simulators';
import { median, megabytes, seconds } from './statistics';
import type { VariantName, VariantSettings } from './variants';

/** Simulators that run. */
export interface BenchWorld {
	info: WorldInfo;
	api: Remote<SimulatorsApi>;
}

/** One side of a comparison. */
export interface Contender<Name extends VariantName = VariantName> {
	label: string;
	variant: Name;
	settings: VariantSettings<Name>;
	/** Said on the terminal behind the label, where the label alone names two. */
	size?: string;
	/** At most so many rounds, for what takes long. */
	rounds?: number;
	/** Between warm-up and run. */
	before?: () => Promise<unknown>;
	/** After the run; throws when the result is not right. */
	check: (result: RunResult) => unknown;
}

/** The runs of one contender, and their medians. Bytes, seconds. */
export interface Summary {
	runs: RunResult[];
	seconds: number;
	cpuSeconds: number;
	aboveIdleBytes: number;
	idleBytes: number;
}

/** What jobs work with. */
export interface Bed {
	/** Small sizes and one round, to see that everything works. */
	quick: boolean;
	/** For files that go from one process to another. */
	folder: string;
	/** Starts simulators, which end with `work`. */
	inWorld<Result>(plan: WorldPlan, work: (world: BenchWorld) => Promise<Result>): Promise<Result>;
	/** Runs all contenders in turn, round after round, each run in a new process. */
	alternate<Key extends string>(job: string, contenders: Record<Key, Contender>): Promise<Record<Key, Summary>>;
	/** Runs one of them once more under the profiler. */
	profile(job: string, contender: Contender): Promise<NonNullable<RunResult['functions']>>;
	progress: Progress;
	close(): void;
}

/** The size of the sides that show how the work grows. */
export const A_TENTH = 'a tenth';

const ROUNDS = 3;

/** Lays out a bed. In: whether small sizes do. */
export function openBed(quick: boolean): Bed {
	const folder = mkdtempSync(path.join(tmpdir(), 'bench-'));
	const progress = startProgress();
	return {
		quick,
		folder,
		progress,
		async inWorld(plan, work) {
			const { api, stop } = startPeer<SimulatorsApi>('simulators.ts', folder);
			try {
				return await work({ info: await api.start(plan), api });
			} finally {
				await stop();
			}
		},
		async alternate<Key extends string>(job: string, contenders: Record<Key, Contender>) {
			const sides = Object.entries<Contender>(contenders);
			const runs = new Map<string, RunResult[]>(sides.map(([key]) => [key, []]));
			const rounds = quick ? 1 : ROUNDS;
			for (let round = 1; round <= rounds; round++) {
				for (const [key, side] of sides) {
					if (round > (side.rounds ?? rounds)) continue;
					const result = await progress.during(`${job}: ${[side.label, side.size, `round ${round}`].filter(Boolean).join(', ')}`, async () => await runOnce(folder, side, false), describe);
					runs.get(key)?.push(result);
				}
			}
			// SAFETY: a summary for each key that was given.
			return Object.fromEntries([...runs].map(([key, list]) => [key, summarise(list)])) as Record<Key, Summary>;
		},
		async profile(job, side) {
			const { functions } = await progress.during(`${job}: ${side.label}, under the profiler`, async () => await runOnce(folder, side, true), describe);
			return functions ?? [];
		},
		close: () => rmSync(folder, { recursive: true, force: true }),
	};
}

async function runOnce(folder: string, { variant, settings, before, check }: Contender, underProfiler: boolean): Promise<RunResult> {
	const { api, stop } = startPeer<RunApi>('run.ts', folder);
	try {
		await api.prepare(variant, settings);
		await before?.();
		const result = await api.go(underProfiler);
		await check(result);
		return result;
	} finally {
		await stop();
	}
}

function summarise(runs: RunResult[]): Summary {
	const of = (value: (run: RunResult) => number) => median(runs.map(value));
	return {
		runs,
		seconds: of((run) => run.seconds),
		cpuSeconds: of((run) => run.cpuSeconds),
		aboveIdleBytes: of(({ peakBytes, idleBytes }) => peakBytes - idleBytes),
		idleBytes: of((run) => run.idleBytes),
	};
}

function describe(result: RunResult): string {
	return `${seconds(result.seconds)}, ${megabytes(result.peakBytes - result.idleBytes)} above idle`;
}

/** Throws when a run did not do what it was to do: a fast wrong result is none. */
export function expectEqual(what: string, given: unknown, wanted: unknown): void {
	if (given !== wanted) throw new Error(`${what}: ${String(given)} instead of ${String(wanted)}`);
}
