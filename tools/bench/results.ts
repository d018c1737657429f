/** What a job hands to the report. */
import type { Chart } from './chart';
import type { ProfiledFunction } from './profile';
import { megabytes, seconds, times } from './statistics';
import type { Table } from './table';

/** Something that has to be true, and what was measured. */
export interface Target {
	says: string;
	wanted: string;
	measured: string;
	/** How many times better than wanted; below 1 it was missed. */
	margin: number;
}

/** One job, ready to be written down. Texts are Markdown. */
export interface JobResult {
	title: string;
	/** What both sides do, and what is counted in and out. A paragraph each. */
	text: string[];
	tables: Table[];
	targets: Target[];
	charts: Chart[];
	/** Where our side spends its time. */
	profile?: { subject: string; functions: ProfiledFunction[] };
}

/** How one side grows from a tenth of the work to the whole of it. In: seconds and bytes above idle of both, and how many times the work it is. */
export interface Growth {
	label: string;
	tenth: { seconds: number; aboveIdleBytes: number };
	whole: { seconds: number; aboveIdleBytes: number };
	/** Times the work, about 10. */
	work: number;
}

/** A row for each side: time and memory of a tenth and of the whole, and how many times as much. */
export function growthTable(sides: readonly Growth[]): Table {
	const rows = sides.map(({ label, tenth, whole, work }) => [
		...[label, times(work), seconds(tenth.seconds), seconds(whole.seconds), times(whole.seconds / tenth.seconds)],
		...[megabytes(tenth.aboveIdleBytes), megabytes(whole.aboveIdleBytes), times(whole.aboveIdleBytes / tenth.aboveIdleBytes)],
	]);
	return { head: ['growth', 'work', 'time, a tenth', 'whole', 'times', 'memory, a tenth', 'whole', 'times'], rows };
}

/** The place of a job that ended with an error: its part of the page says so. */
export function failedJob(name: string, error: unknown): JobResult {
	const [message] = (error instanceof Error ? error.message : String(error)).split('\n');
	const says = `"${name}" goes through`;
	return { title: `Not measured: ${name}`, text: [`It ended with: ${message}`], tables: [], targets: [{ says, wanted: 'yes', measured: 'no', margin: 0 }], charts: [] };
}

/** A target of "at most". */
export function atMost(says: string, wanted: number, measured: number, write: (value: number) => string): Target {
	return { says, wanted: `≤ ${write(wanted)}`, measured: write(measured), margin: wanted / measured };
}

/** A target of "at least". */
export function atLeast(says: string, wanted: number, measured: number, write: (value: number) => string): Target {
	return { says, wanted: `≥ ${write(wanted)}`, measured: write(measured), margin: measured / wanted };
}

export const isMet = ({ margin }: Target): boolean => margin >= 1;

/** The target with the least room, over all jobs, and its job. */
export function worstOf(jobs: readonly JobResult[]): { job: JobResult; target: Target } | undefined {
	const all = jobs.filter(({ profile }) => profile !== undefined).flatMap((job) => job.targets.map((target) => ({ job, target })));
	return all.sort((one, other) => one.target.margin - other.target.margin)[0];
}
