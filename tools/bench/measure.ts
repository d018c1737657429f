/** Time and memory of one piece of work in this process. */
import { setTimeout as wait } from 'node:timers/promises';
import { highWaterBytes, restartHighWater } from './highWater';

/** What one measured run came to. */
export interface Measured {
	seconds: number;
	/** Processor time of all threads of the process, user and system. */
	cpuSeconds: number;
	/** Resident memory (bytes) right before: warmed up, garbage collected. */
	idleBytes: number;
	/** The highest resident memory (bytes) while it ran. */
	peakBytes: number;
	/** Where the peak comes from: the kernel's own high-water mark, or samples 20 ms apart where there is none (not on Linux). */
	peakBy: 'kernel' | 'samples';
}

const SAMPLE_MS = 20;

/** Runs the work once and measures it. Its result is kept until the peak was read. Throws what it throws. */
export async function measure<Result>(work: () => Promise<Result>): Promise<Measured & { result: Result }> {
	await settle();
	const idleBytes = process.memoryUsage.rss();
	const kernel = restartHighWater();
	let sampled = idleBytes;
	const sampler = setInterval(() => {
		sampled = Math.max(sampled, process.memoryUsage.rss());
	}, SAMPLE_MS);
	const cpu = process.cpuUsage();
	const startedMs = performance.now();
	try {
		const result = await work();
		const seconds = (performance.now() - startedMs) / 1000;
		const { user, system } = process.cpuUsage(cpu);
		const last = Math.max(sampled, process.memoryUsage.rss());
		const high = kernel ? highWaterBytes() : undefined;
		const peakBytes = Math.max(high ?? last, idleBytes);
		return { seconds, cpuSeconds: (user + system) / 1e6, idleBytes, peakBytes, peakBy: high === undefined ? 'samples' : 'kernel', result };
	} finally {
		clearInterval(sampler);
	}
}

/** Lets go of what the warm-up left: pending work first, then garbage. */
async function settle(): Promise<void> {
	for (let round = 0; round < 3; round++) {
		await wait(100);
		globalThis.gc?.();
	}
}
