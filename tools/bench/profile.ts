/** Where the processor time of a run went, by V8's own sampling profiler. */
import { Session, type Profiler } from 'node:inspector/promises';
import path from 'node:path';

/** One function and the time in itself, without what it called. */
export interface ProfiledFunction {
	name: string;
	/** File and line, from the package or module on. */
	place: string;
	/** Share of the samples in which JavaScript or the runtime was busy, 0 to 1. */
	share: number;
}

const INTERVAL_US = 500;
/** Waiting; the profiler's own start and end are left out too. */
const NOT_BUSY = new Set(['(idle)', '(root)']);

/** Runs the work under the profiler (as `node --cpu-prof`, but of this work alone). Out: its result, and the functions, heaviest first. */
export async function profiled<Result>(work: () => Promise<Result>): Promise<{ result: Result; functions: ProfiledFunction[] }> {
	const session = new Session();
	session.connect();
	await session.post('Profiler.enable');
	await session.post('Profiler.setSamplingInterval', { interval: INTERVAL_US });
	await session.post('Profiler.start');
	try {
		const result = await work();
		const { profile } = await session.post('Profiler.stop');
		return { result, functions: heaviest(profile) };
	} finally {
		session.disconnect();
	}
}

/** Adds up a profile by function. In: V8's profile. Out: functions by time in themselves, heaviest first. */
export function heaviest({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): ProfiledFunction[] {
	const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
	const times = new Map<string, { name: string; place: string; micros: number }>();
	let busy = 0;
	samples.forEach((id, index) => {
		const frame = frames.get(id);
		if (frame === undefined || NOT_BUSY.has(frame.functionName) || frame.url === 'node:inspector') return;
		const micros = timeDeltas[index] ?? 0;
		busy += micros;
		const name = frame.functionName || '(anonymous)';
		const place = placeOf(frame);
		const key = `${name} ${place}`;
		const sum = times.get(key) ?? { name, place, micros: 0 };
		sum.micros += micros;
		times.set(key, sum);
	});
	return [...times.values()]
		.sort((one, other) => other.micros - one.micros)
		.map(({ name, place, micros }) => ({ name, place, share: micros / busy }));
}

function placeOf({ url, lineNumber }: { url: string; lineNumber: number }): string {
	if (url === '') return 'V8';
	const file = url.replace(/^file:\/\//, '').split(path.sep).join('/');
	const short = /(?:.*\/node_modules\/)?((?:@[^/]+\/)?[^/]+.*)$/.exec(file.replace(/^.*\/(?=dist\/nodes\/|tools\/|test\/)/, ''))?.[1] ?? file;
	return `${short}:${lineNumber + 1}`;
}
