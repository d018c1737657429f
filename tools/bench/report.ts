/** docs/benchmarks.md, its charts, and the lines in README.md, from the results of a whole run. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { drawChart } from './chart';
import type { Machine } from './machine';
import { isMet, worstOf, type JobResult, type Target } from './results';
import { percent } from './statistics';
import { markdownTable, type Table } from './table';

/** What stands below this line of docs/benchmarks.md is written by people and stays. */
export const BY_HAND = '<!-- Written by hand from here on; npm run bench keeps it. -->';
const SPEED = { begin: '<!-- speed: written by npm run bench -->', end: '<!-- speed: end -->' };
const TOP = 5;
const IMAGES = 'images';

/** The report as Markdown, without what is written by hand. `quick` says that the sizes were small, `withCharts` that the charts lie beside it. */
export function renderReport(jobs: readonly JobResult[], machine: Machine, { quick = false, withCharts = false } = {}): string {
	const targets = jobs.flatMap((job) => job.targets);
	return [
		'# Benchmarks',
		'Written by `npm run bench`, which builds the same jobs by hand from n8n\'s own nodes and runs them in the same engine, against the same simulators, in turn.',
		machineLine(machine),
		'## Targets',
		quick ? 'These sizes are small; the targets are meant for those of a whole run.' : verdict(targets),
		markdownTable(targetTable(targets)),
		HOW_TO_READ,
		...jobs.map((job) => jobSection(job, withCharts)),
		...profileSection(jobs),
	].join('\n\n');
}

const HOW_TO_READ = `## How to read this

- Times are medians of the runs (three each, one where the table says so), taken in turn: A B C A B C. Each run has a process of its own, which starts n8n's engine, does the same job in small, and collects garbage
  before the clock starts. Starting n8n is not counted.
- "Peak memory above idle" is the highest resident memory of that process during the run, by the kernel's own high-water mark (\`VmHWM\`, set back before the run; elsewhere than on Linux by samples
  20 ms apart), less what was resident right before. It is memory of n8n as a whole:
  items that stay in an execution count, and so does garbage that V8 had no reason yet to collect.
- Simulated vendors and receivers run in another process: their memory does not count, and their work is done beside that of the engine where there is a second core.
- Every run is checked: number of events or rows, IDs, and what arrived at the receiver. A run with a wrong result ends the bench, but for the IDs of the flow by hand, which are counted.
- Wall times depend on the machine and on what else it does; the ratios hold better. \`npm run bench -- --quick\` tries everything in small, \`npm run bench -- siem\` runs one job; neither writes this page.`;

function verdict(targets: readonly Target[]): string {
	const missed = targets.filter((target) => !isMet(target));
	if (missed.length === 0) return `All ${targets.length} are met.`;
	return `${missed.length} of ${targets.length} ${missed.length === 1 ? 'is' : 'are'} missed; each says so below.`;
}

function machineLine({ date, cpu, cores, memoryGiB, system, node, n8n }: Machine): string {
	return `${date} · ${cpu}, ${cores} cores, ${memoryGiB} GiB · ${system} · Node ${node} · n8n ${n8n}`;
}

function targetTable(targets: readonly Target[]): Table {
	return { head: ['target', 'wanted', 'measured', 'met'], rows: targets.map((target) => [target.says, target.wanted, target.measured, isMet(target) ? 'yes' : '**no**']) };
}

function jobSection({ title, text, tables, charts }: JobResult, withCharts: boolean): string {
	const images = withCharts ? charts.map((chart) => `![${chart.title}](${IMAGES}/${chart.name}.svg)`) : [];
	return [`## ${title}`, ...text, ...tables.map(markdownTable), ...images].join('\n\n');
}

/** The profile of the job with the least room to its target first, then the others. */
function profileSection(jobs: readonly JobResult[]): string[] {
	const worst = worstOf(jobs);
	if (worst === undefined) return [];
	const others = jobs.filter((job) => job !== worst.job && job.profile !== undefined);
	return [
		'## Where the time goes',
		`The job with the least room to its target is "${worst.job.title}" (${worst.target.says}: ${worst.target.measured}, wanted ${worst.target.wanted}). The functions in which its processor time goes, by V8's sampling profiler around the measured run; time in a function itself, waiting not counted:`,
		...[worst.job, ...others].flatMap(({ title, profile }) => {
			const rows = (profile?.functions ?? []).slice(0, TOP).map(({ name, place, share }) => [`\`${name}\``, percent(share), place]);
			return [`**${title}** – ${profile?.subject}`, markdownTable({ head: ['function', 'share', 'where'], rows })];
		}),
	];
}

/** Writes page, charts and README. Out: the files, relative to the repository's folder. */
export function writeReport(root: string, jobs: readonly JobResult[], machine: Machine): string[] {
	const page = path.join(root, 'docs', 'benchmarks.md');
	const before = existsSync(page) ? readFileSync(page, 'utf8') : '';
	const byHand = before.includes(BY_HAND) ? before.slice(before.indexOf(BY_HAND) + BY_HAND.length) : '\n';
	writeFileSync(page, `${renderReport(jobs, machine, { withCharts: true })}\n\n${BY_HAND}${byHand}`);
	const charts = jobs.flatMap((job) => job.charts);
	mkdirSync(path.join(root, 'docs', IMAGES), { recursive: true });
	for (const chart of charts) writeFileSync(path.join(root, 'docs', IMAGES, `${chart.name}.svg`), drawChart(chart));
	const readme = path.join(root, 'README.md');
	writeFileSync(readme, withSpeed(readFileSync(readme, 'utf8'), jobs, machine));
	return ['docs/benchmarks.md', ...charts.map(({ name }) => `docs/${IMAGES}/${name}.svg`), 'README.md'];
}

/** README with the targets and what was measured between its two marks. Throws an Error when they are not there. */
export function withSpeed(readme: string, jobs: readonly JobResult[], machine: Machine): string {
	const [from, to] = [readme.indexOf(SPEED.begin), readme.indexOf(SPEED.end)];
	if (from === -1 || to < from) throw new Error(`README.md has no place for the figures: ${SPEED.begin} … ${SPEED.end}`);
	const table = markdownTable(targetTable(jobs.flatMap((job) => job.targets)));
	return `${readme.slice(0, from)}${SPEED.begin}\n\n${table}\n\n${machineLine(machine)}\n\n${readme.slice(to)}`;
}
