/** Job f: what the package costs at n8n's start, and how large it is. */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Bed } from '../bed';
import { atMost, type JobResult } from '../results';
import { count, digits, median } from '../statistics';

const run = promisify(execFile);
const ROOT = path.resolve(__dirname, '..', '..', '..');
const ROUNDS = 15;
const milliseconds = (value: number) => `${digits(value)} ms`;
const kilobytes = (bytes: number) => `${count(bytes / 1000)} kB`;

export async function importJob(bed: Bed): Promise<JobResult> {
	const rounds = bed.quick ? 3 : ROUNDS;
	const loads = await bed.progress.during(
		`Import: ${rounds} starts`,
		async () => {
			const list: Array<{ least: number; whole: number }> = [];
			for (let round = 0; round < rounds; round++) list.push(await loadOnce());
			return list;
		},
		(list) => milliseconds(median(list.map(({ whole, least }) => whole - least))),
	);
	const { size, unpackedSize, entryCount } = await bed.progress.during('Import: npm pack', packed, (found) => kilobytes(found.size));
	const [whole, least] = [median(loads.map((one) => one.whole)), median(loads.map((one) => one.least))];
	const own = median(loads.map((one) => one.whole - one.least));
	const slowest = Math.max(...loads.map((one) => one.whole - one.least));
	return {
		title: 'Import: what the package costs n8n at its start',
		text: [
			`n8n's own loader (\`PackageDirectoryLoader\` of n8n-core, in production mode) loads all nodes and credentials of the package, in a new process in which n8n and another package are loaded already; ${rounds} times. What the loader takes for a package with one empty node is subtracted.`,
		],
		tables: [
			{
				head: ['', 'median', 'slowest'],
				rows: [
					['all nodes and credentials', milliseconds(whole), milliseconds(Math.max(...loads.map((one) => one.whole)))],
					['a package with one empty node', milliseconds(least), milliseconds(Math.max(...loads.map((one) => one.least)))],
					['the package itself', milliseconds(own), milliseconds(slowest)],
				],
			},
			{ head: ['', 'size'], rows: [['tarball', kilobytes(size)], ['unpacked', kilobytes(unpackedSize)], ['files', count(entryCount)]] },
		],
		targets: [atMost("Import at n8n's start", 60, own, milliseconds), atMost('Tarball', 400_000, size, kilobytes)],
		charts: [],
	};
}

async function loadOnce(): Promise<{ least: number; whole: number }> {
	const { NODE_OPTIONS: _, ...env } = process.env;
	const { stdout } = await run(process.execPath, [path.join(__dirname, '..', 'import.cjs'), ROOT], { env, cwd: ROOT });
	return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { least: number; whole: number };
}

async function packed(): Promise<{ size: number; unpackedSize: number; entryCount: number }> {
	const npm = process.env.npm_execpath;
	const args = ['pack', '--dry-run', '--json', '--ignore-scripts'];
	const { stdout } = npm ? await run(process.execPath, [npm, ...args], { cwd: ROOT }) : await run('npm', args, { cwd: ROOT });
	return (JSON.parse(stdout) as Array<{ size: number; unpackedSize: number; entryCount: number }>)[0];
}
