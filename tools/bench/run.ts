/** One measured run, in a process of its own: the named variant, warmed up, then once on the clock. */
import { serveCalls } from './calls';
import { measure, type Measured } from './measure';
import { profiled, type ProfiledFunction } from './profile';
import { VARIANTS, type Facts, type Variant, type VariantName, type VariantSettings } from './variants';

/** What a run came to, with what it counted of its own result. */
export interface RunResult extends Measured {
	facts: Facts;
	/** Only of a run under the profiler; its times are not compared with others. */
	functions?: ProfiledFunction[];
}

const TOP = 12;

let variant: Variant | undefined;

const api = {
	/** Opens what the variant needs and warms it up. */
	async prepare(name: VariantName, settings: VariantSettings): Promise<void> {
		// SAFETY: the caller pairs the name with its settings (jobs/*.ts).
		variant = await VARIANTS[name](settings as never);
		await variant.warmUp();
	},
	/** Runs it once. */
	async go(underProfiler: boolean): Promise<RunResult> {
		if (variant === undefined) throw new Error('Nothing was prepared');
		const { run, stop } = variant;
		let functions: ProfiledFunction[] | undefined;
		const work = async () => {
			if (!underProfiler) return await run();
			const profile = await profiled(run);
			functions = profile.functions.slice(0, TOP);
			return profile.result;
		};
		try {
			const { result: count, ...measured } = await measure(work);
			return { ...measured, facts: await count(), functions };
		} finally {
			await stop?.();
		}
	},
};

export type RunApi = typeof api;

serveCalls(api);
