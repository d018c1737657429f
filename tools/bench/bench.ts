/*
 * npm run bench [-- securid|csv|flat|siem|scaling|import …] [--quick]
 * Runs the same jobs by this package's nodes and by n8n's own, in the same engine, and says how long they take and what memory they need.
 * A whole run writes docs/benchmarks.md, its charts, and the figures in README.md; a part, or --quick, only prints. Exits 1 when a job ended with an error; a missed target is no error.
 */
import path from 'node:path';
import { readArguments, type JobName } from './arguments';
import { openBed, type Bed } from './bed';
import { csvJob } from './jobs/csv';
import { flatJob } from './jobs/flat';
import { importJob } from './jobs/import';
import { scalingJob } from './jobs/scaling';
import { securIdJob } from './jobs/securid';
import { siemJob } from './jobs/siem';
import { describeMachine } from './machine';
import { renderReport, writeReport } from './report';
import { failedJob, type JobResult } from './results';

const ROOT = path.resolve(__dirname, '..', '..');

const JOBS: Record<JobName, (bed: Bed) => Promise<JobResult>> = {
	securid: securIdJob,
	csv: csvJob,
	flat: flatJob,
	siem: siemJob,
	scaling: scalingJob,
	import: importJob,
};

async function main(): Promise<boolean> {
	const { jobs, quick, writes } = readArguments(process.argv.slice(2));
	const bed = openBed(quick);
	// The other processes end with this one.
	for (const signal of ['SIGINT', 'SIGTERM'] as const) {
		process.once(signal, () => {
			bed.close();
			process.exit(130);
		});
	}
	const results: JobResult[] = [];
	let good = true;
	try {
		for (const name of jobs) {
			try {
				results.push(await JOBS[name](bed));
			} catch (error) {
				good = false;
				results.push(failedJob(name, error));
				console.error(`\n"${name}" did not go through: ${error instanceof Error ? error.stack : String(error)}\n`);
			}
		}
	} finally {
		bed.close();
	}
	const machine = describeMachine(ROOT);
	console.log(`\n${renderReport(results, machine, { quick })}`);
	if (writes) for (const file of writeReport(ROOT, results, machine)) console.log(`wrote ${file}`);
	else console.log('Nothing was written: that takes a whole run (npm run bench)');
	return good;
}

main()
	.then((good) => process.exit(good ? 0 : 1))
	.catch((error: unknown) => {
		console.error(error instanceof Error ? error.message : error);
		process.exit(1);
	});
