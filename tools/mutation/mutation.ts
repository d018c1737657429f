/**
 * `npm run mutation`: changes the code in thousands of small ways and counts which changes no test notices. Names of parts run these alone
 * (`npm run mutation -- checkpoint core`), `--report` only writes docs/mutation.md anew, `--workers <number>` sets how many processes work (2),
 * `--changed` runs only mutants whose code or tests are not those of the last run on this machine (changes of other files do not count).
 * Results of each part are kept in docs/mutation.json, so that parts may be run on different days; exit status 1 where a part is below the wanted share.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { documentOf, WANTED } from './document';
import { type Part, PARTS } from './parts';
import { partResult, readResults, scoreOf, writeResults } from './results';

const ROOT = path.resolve(__dirname, '..', '..');
const DOCUMENT = path.join(ROOT, 'docs', 'mutation.md');

function main(): number {
	const { values, positionals } = parseArgs({ allowPositionals: true, options: { report: { type: 'boolean' }, workers: { type: 'string' }, changed: { type: 'boolean' } } });
	const unknown = positionals.filter((name) => !PARTS.some((part) => part.name === name));
	if (unknown.length > 0) throw new Error(`No such part: ${unknown.join(', ')}. There are ${PARTS.map(({ name }) => name).join(', ')}.`);
	const chosen = values.report ? [] : PARTS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
	for (const part of chosen) {
		const report = path.join('.cache', 'mutation', `${part.name}.json`);
		console.log(`\n${part.name}`);
		const commit = headCommit();
		mutate(part, { MUTATION_REPORT: report, MUTATION_WORKERS: values.workers ?? '2', MUTATION_CHANGED: values.changed ? 'yes' : '' });
		const results = readResults();
		results[part.name] = partResult(path.join(ROOT, report), new Date().toISOString().slice(0, 10), commit);
		writeResults(results);
		writeFileSync(DOCUMENT, documentOf(results));
	}
	const results = readResults();
	writeFileSync(DOCUMENT, documentOf(results));
	for (const [name, result] of Object.entries(results)) console.log(`${name.padEnd(12)} ${scoreOf(result).toFixed(1)} %`);
	return Object.values(results).every((result) => scoreOf(result) >= WANTED) ? 0 : 1;
}

function mutate({ files, tests }: Part, settings: Record<string, string>): void {
	const stryker = path.join(ROOT, 'node_modules', '@stryker-mutator', 'core', 'bin', 'stryker.js');
	const env = { ...process.env, MUTATION_FILES: files.join(), MUTATION_TESTS: tests.join(), ...settings };
	const { status, error } = spawnSync(process.execPath, [stryker, 'run', path.join(__dirname, 'stryker.config.mjs')], { cwd: ROOT, stdio: 'inherit', env });
	if (error) throw error;
	if (status !== 0) throw new Error(`Stryker ended with status ${status}`);
}

function headCommit(): string | undefined {
	const { status, stdout } = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: ROOT, encoding: 'utf8' });
	return status === 0 ? stdout.trim() : undefined;
}

try {
	process.exitCode = main();
} catch (error) {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 2;
}
