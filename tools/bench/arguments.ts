/** The command line: npm run bench -- [job …] [--quick]. */
import { parseArgs } from 'node:util';

export const JOB_NAMES = ['securid', 'csv', 'flat', 'siem', 'scaling', 'import'] as const;

export type JobName = (typeof JOB_NAMES)[number];

export interface BenchArguments {
	/** In the order of the report, each once; all when none was named. */
	jobs: JobName[];
	quick: boolean;
	/** Whether the report is written: only by a whole run, since parts of different days and machines do not make one. */
	writes: boolean;
}

/** Reads the arguments. Throws an Error whose message says what there is to choose from. */
export function readArguments(args: string[]): BenchArguments {
	const { values, positionals } = parseArgs({ args, allowPositionals: true, options: { quick: { type: 'boolean', default: false } } });
	const known = new Set<string>(JOB_NAMES);
	const strange = positionals.filter((name) => !known.has(name));
	if (strange.length > 0) throw new Error(`There is no job "${strange.join('", "')}"; there is ${JOB_NAMES.join(', ')}`);
	const jobs = positionals.length === 0 ? [...JOB_NAMES] : JOB_NAMES.filter((name) => positionals.includes(name));
	return { jobs, quick: values.quick, writes: !values.quick && jobs.length === JOB_NAMES.length };
}
