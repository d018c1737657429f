/** The parts of `npm run bench` that need no clock: arguments, numbers, tables, charts, the report. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readArguments, JOB_NAMES } from '../../tools/bench/arguments';
import { drawChart } from '../../tools/bench/chart';
import { heaviest } from '../../tools/bench/profile';
import { BY_HAND, renderReport, withSpeed, writeReport } from '../../tools/bench/report';
import { atLeast, atMost, failedJob, growthTable, isMet, worstOf, type JobResult } from '../../tools/bench/results';
import { count, digits, median, megabytes, percent, seconds, times } from '../../tools/bench/statistics';
import { markdownTable } from '../../tools/bench/table';

const MACHINE = { date: '2026-01-15', cpu: 'Test CPU', cores: 2, memoryGiB: 8, system: 'Linux', node: 'v24.0.0', n8n: '2.41.1' };

const job = (title: string, margin: number, more: Partial<JobResult> = {}): JobResult => ({
	title,
	text: [`About ${title}.`],
	tables: [],
	targets: [{ says: `${title} is fast`, wanted: '≤ 1.00 s', measured: '2.00 s', margin }],
	charts: [],
	profile: { subject: title, functions: [{ name: 'parse', place: 'dist/x.js:1', share: 0.5 }] },
	...more,
});

describe('arguments', () => {
	test('without any, all jobs run and the report is written', () => {
		expect(readArguments([])).toEqual({ jobs: [...JOB_NAMES], quick: false, writes: true });
	});

	test('jobs that are named run in the order of the report, once, and write nothing', () => {
		expect(readArguments(['siem', 'securid', 'siem'])).toEqual({ jobs: ['securid', 'siem'], quick: false, writes: false });
	});

	test('small sizes never write the report', () => {
		expect(readArguments(['--quick'])).toEqual({ jobs: [...JOB_NAMES], quick: true, writes: false });
	});

	test('an unknown job is refused with those there are, and so is an unknown option', () => {
		expect(() => readArguments(['siem', 'speed'])).toThrow('There is no job "speed"; there is securid, csv, flat, siem, scaling, import');
		expect(() => readArguments(['--fast'])).toThrow("Unknown option '--fast'");
	});
});

describe('numbers', () => {
	test('the median is the middle of an odd number of runs, and half-way between the middle two of an even one', () => {
		expect(median([9, 1, 2])).toBe(2);
		expect(median([4, 1, 3, 100])).toBe(3.5);
		expect(() => median([])).toThrow(RangeError);
	});

	test('numbers are written with three digits that count', () => {
		expect([0.0123, 1, 12.34, 123.4, 1234.5, Infinity].map(digits)).toEqual(['0.0123', '1.00', '12.3', '123', '1,235', '–']);
		expect([seconds(2.345), times(0.1666), count(1e6), percent(0.754), percent(0.0123)]).toEqual(['2.35 s', '0.167×', '1,000,000', '75 %', '1.2 %']);
		expect([megabytes(1e9), megabytes(64.4e6), megabytes(1.25e6), megabytes(0)]).toEqual(['1,000 MB', '64 MB', '1.3 MB', '0.0 MB']);
	});
});

describe('targets', () => {
	test('at most is met at its bound and missed above it', () => {
		expect([1.2, 1.3, 1.31].map((measured) => isMet(atMost('', 1.3, measured, times)))).toEqual([true, true, false]);
	});

	test('at least is met at its bound and missed below it', () => {
		expect([3.1, 3, 2.99].map((measured) => isMet(atLeast('', 3, measured, times)))).toEqual([true, true, false]);
	});

	test('the worst is the one with the least room, whether it is met or not, among jobs that have a profile', () => {
		const jobs = [job('a', 1.4), job('b', 0.9), job('c', 3), job('d', 0.1, { profile: undefined })];
		expect(worstOf(jobs)?.job.title).toBe('b');
		expect(worstOf(jobs.filter(({ title }) => title !== 'b'))?.job.title).toBe('a');
		expect(worstOf([])).toBeUndefined();
	});

	test('growth says how many times the time and the memory ten times the work takes', () => {
		const side = { label: 'ours', work: 10, tenth: { seconds: 0.5, aboveIdleBytes: 20e6 }, whole: { seconds: 4, aboveIdleBytes: 22e6 } };
		expect(growthTable([side]).rows).toEqual([['ours', '10.0×', '0.500 s', '4.00 s', '8.00×', '20 MB', '22 MB', '1.10×']]);
	});
});

test('a table has columns of one width, numbers to the right, and keeps a bar inside a cell', () => {
	expect(markdownTable({ head: ['what', 'time'], rows: [['a | b', '1.00 s'], ['×', '10.0 s']] })).toBe(
		['| what   |   time |', '| ------ | -----: |', '| a \\| b | 1.00 s |', '| ×      | 10.0 s |'].join('\n'),
	);
});

describe('charts', () => {
	const bars = [
		{ label: 'ours <fast>', value: 5, text: '5 s', ours: true },
		{ label: 'by hand & slow', value: 20, text: '20 s' },
	];
	const svg = drawChart({ name: 'x', title: 'Time "to" read', unit: 'seconds', bars });

	test('bars are as long as their values, from zero', () => {
		const widths = [...svg.matchAll(/<rect[^>]* width="([\d.]+)"/g)].map(([, width]) => Number(width));
		expect(widths[1] / widths[0]).toBeCloseTo(4, 2);
		expect(svg.match(/<rect class="(\w+)"/)?.[1]).toBe('ours');
	});

	test('what is written in them cannot break the file, and is there for those who do not see it', () => {
		expect(svg).toContain('<desc>ours &lt;fast&gt;: 5 s; by hand &amp; slow: 20 s</desc>');
		expect(svg).not.toMatch(/<fast>|& /);
		const opened = [...svg.matchAll(/<(\w+)(?:\s[^>]*[^/])?>/g)].map(([, tag]) => tag).sort();
		expect([...svg.matchAll(/<\/(\w+)>/g)].map(([, tag]) => tag).sort()).toEqual(opened);
	});

	test('they have colours for dark pages', () => {
		expect(svg).toContain('prefers-color-scheme: dark');
	});

	test('values that are no lengths are refused, and so is a chart without bars', () => {
		for (const wrong of [[], [{ ...bars[0], value: Number.NaN }], [{ ...bars[0], value: -1 }]]) {
			expect(() => drawChart({ name: 'x', title: 'Wrong', unit: '', bars: wrong })).toThrow('"Wrong" cannot be drawn');
		}
	});
});

test('a profile adds up the samples of each function and leaves waiting out', () => {
	const frame = (functionName: string, url: string, lineNumber: number) => ({ functionName, url, lineNumber, columnNumber: 0, scriptId: '1' });
	const nodes = [
		{ id: 1, callFrame: frame('(idle)', '', -1) },
		{ id: 2, callFrame: frame('parse', 'file:///repo/dist/nodes/A/A.node.js', 9) },
		{ id: 3, callFrame: frame('', '/repo/node_modules/@scope/lib/build/x.js', 0) },
		{ id: 4, callFrame: frame('parse', 'file:///repo/dist/nodes/A/A.node.js', 9) },
		{ id: 5, callFrame: frame('(garbage collector)', '', -1) },
	];
	const profile = { nodes, startTime: 0, endTime: 0, samples: [1, 2, 3, 4, 5, 1], timeDeltas: [500, 30, 20, 40, 10, 900] };
	expect(heaviest(profile)).toEqual([
		{ name: 'parse', place: 'dist/nodes/A/A.node.js:10', share: 0.7 },
		{ name: '(anonymous)', place: '@scope/lib/build/x.js:1', share: 0.2 },
		{ name: '(garbage collector)', place: 'V8', share: 0.1 },
	]);
});

describe('the report', () => {
	test('says plainly which targets are missed, and profiles the job with the least room first', () => {
		const page = renderReport([job('Reading', 2), job('Sending', 0.5)], MACHINE);
		expect(page).toContain('1 of 2 is missed');
		expect(page).toMatch(/\| Reading is fast +\| ≤ 1\.00 s +\| +2\.00 s \| +yes \|/);
		expect(page).toMatch(/\| Sending is fast +\| ≤ 1\.00 s +\| +2\.00 s \| +\*\*no\*\* \|/);
		expect(page).toContain('least room to its target is "Sending"');
		expect(page.indexOf('**Sending** –')).toBeLessThan(page.indexOf('**Reading** –'));
		expect(page).toContain('2026-01-15 · Test CPU, 2 cores, 8 GiB · Linux · Node v24.0.0 · n8n 2.41.1');
	});

	test('of a run in which a job broke has the others, and says which broke with what', () => {
		const page = renderReport([job('Reading', 2), failedJob('siem', new Error('HEC answered 500\n    at somewhere'))], MACHINE);
		expect(page).toMatch(/\| "siem" goes through +\| +yes \| +no \| +\*\*no\*\* \|/);
		expect(page).toContain('## Not measured: siem\n\nIt ended with: HEC answered 500');
		expect(page).not.toContain('somewhere');
		expect(page).toContain('least room to its target is "Reading"');
	});

	test('of small sizes judges nothing', () => {
		expect(renderReport([job('Reading', 0.5)], MACHINE, { quick: true })).not.toContain('missed');
	});

	test('is written with its charts beside it, and keeps what people wrote below its line', () => {
		const root = mkdtempSync(path.join(tmpdir(), 'bench-report-'));
		const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
		try {
			mkdirSync(path.join(root, 'docs'));
			writeFileSync(path.join(root, 'docs', 'benchmarks.md'), `# Old figures\n\n${BY_HAND}\n\n## Why\n\nBecause.\n`);
			writeFileSync(path.join(root, 'README.md'), '<!-- speed: written by npm run bench -->\n<!-- speed: end -->\n');
			const charts = [{ name: 'bench-x', title: 'X', unit: 's', bars: [{ label: 'ours', value: 1, text: '1 s' }] }];
			const files = writeReport(root, [job('Reading', 2, { charts })], MACHINE);
			expect(files).toEqual(['docs/benchmarks.md', 'docs/images/bench-x.svg', 'README.md']);
			const page = read('docs/benchmarks.md');
			expect(page).toMatch(/^# Benchmarks\n/);
			expect(page).toContain('](images/bench-x.svg)');
			expect(page).toMatch(new RegExp(`\n\n${BY_HAND}\n\n## Why\n\nBecause\\.\n$`));
			expect(page).not.toContain('Old figures');
			expect(read('docs/images/bench-x.svg')).toContain('<svg ');
			expect(read('README.md')).toContain('Reading is fast');
			writeReport(root, [job('Reading', 2, { charts })], MACHINE);
			expect(read('docs/benchmarks.md')).toBe(page);
		} finally {
			rmSync(root, { recursive: true, force: true });
		}
	});

	test('puts its figures between the two marks of README and nowhere else', () => {
		const marks = ['<!-- speed: written by npm run bench -->', '<!-- speed: end -->'];
		const readme = `# Title\n\n${marks[0]}\nold\n${marks[1]}\n\nThe rest.\n`;
		const once = withSpeed(readme, [job('Reading', 2)], MACHINE);
		expect(once).toMatch(/^# Title\n\n<!-- speed: written by npm run bench -->\n\n\| target /);
		expect(once).toMatch(/<!-- speed: end -->\n\nThe rest\.\n$/);
		expect(once).not.toContain('old');
		expect(withSpeed(once, [job('Reading', 2)], MACHINE)).toBe(once);
		expect(() => withSpeed('# Title\n', [], MACHINE)).toThrow('README.md has no place for the figures');
	});
});
