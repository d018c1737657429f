/*
 * npm run compat -- 2.40.1 [test/workflows/error-alert …] [--record]
 * Runs the workflow and node tests in the engine of another n8n: a copy of this tree with that version's packages, in .compat/<version>
 * (2 GB, two to five minutes to install, only the first time). Without paths: all of test/workflows and test/nodes but the sweeps and kills,
 * which look at what happens between requests, not at n8n.
 *   --record   when they pass: writes which node types and versions that n8n has to test/fixtures/oldestN8n.json, for test/package
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { nodeVersions, usedTypes } from './nodeVersions';

const ROOT = path.resolve(__dirname, '..', '..');
/** What is copied of the tree. */
const PARTS = ['nodes', 'credentials', 'test', 'tools', 'workflows', 'docs', 'gulpfile.js', 'jest.config.cjs', 'tsconfig.json', 'package-lock.json', '.npmrc', 'README.md'];
/** Those that n8n's server brings along in the version that fits it. */
const OF_N8N = ['n8n-core', 'n8n-workflow', 'n8n-nodes-base', '@n8n/di', 'luxon', 'reflect-metadata', 'zod'];
/** Versions that older n8n ask for and the npm registry does not have: the nearest that it has. */
const OVERRIDES = { linkedom: '0.18.12', xlsx: '0.18.5' };
const TESTS = ['test/workflows', 'test/nodes'];
const LONG = '/(sweep|kill)/';
const RECORD = path.join(ROOT, 'test', 'fixtures', 'oldestN8n.json');

interface Manifest {
	dependencies?: Record<string, string>;
	devDependencies: Record<string, string>;
	overrides?: Record<string, string>;
}

const { values, positionals } = parseArgs({ allowPositionals: true, options: { record: { type: 'boolean', default: false } } });

function main(): number {
	const [version = '', ...paths] = positionals;
	if (!/^\d+\.\d+\.\d+$/.test(version)) {
		console.error('Say which n8n: npm run compat -- 2.40.1');
		return 2;
	}
	const folder = path.join(ROOT, '.compat', version);
	copyTree(folder);
	const packages = install(folder, version);
	console.log(`n8n ${version}: ${Object.entries(packages).map(([name, number]) => `${name} ${number}`).join(', ')}`);
	const jest = path.join(folder, 'node_modules', 'jest', 'bin', 'jest.js');
	const { status } = spawnSync(process.execPath, [jest, '--testPathIgnorePatterns', LONG, '--', ...(paths.length > 0 ? paths : TESTS)], { cwd: folder, stdio: 'inherit' });
	if (status !== 0) return status ?? 1;
	if (values.record) record(folder, version, packages, paths);
	return 0;
}

/** Puts the tree's own files into the folder, as they lie here, and takes away what was there of an earlier run. */
function copyTree(folder: string): void {
	for (const part of PARTS) rmSync(path.join(folder, part), { recursive: true, force: true });
	const files = run('git', ['ls-files', '--cached', '--others', '--exclude-standard', '--', ...PARTS], ROOT).split('\n').filter(Boolean);
	for (const file of files) {
		if (!existsSync(path.join(ROOT, file))) continue;
		mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
		copyFileSync(path.join(ROOT, file), path.join(folder, file));
	}
}

/** Installs the tree's packages, n8n's in the versions of that n8n, if package.json asks for others than are there. Out: n8n's packages and their versions. */
function install(folder: string, version: string): Record<string, string> {
	const asked = JSON.parse(run('npm', ['view', `n8n@${version}`, 'dependencies', '--json'], ROOT)) as Record<string, string>;
	const packages = Object.fromEntries(OF_N8N.flatMap((name) => (name in asked ? [[name, asked[name]]] : [])));
	const manifest = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as Manifest;
	const wanted = JSON.stringify({ ...manifest, devDependencies: { ...manifest.devDependencies, ...packages }, overrides: OVERRIDES }, null, 2);
	const [file, done] = [path.join(folder, 'package.json'), path.join(folder, 'installed.json')];
	writeFileSync(file, wanted);
	if (existsSync(done) && readFileSync(done, 'utf8') === wanted) return packages;
	console.log(`Installing n8n ${version} into ${path.relative(ROOT, folder)} (two to five minutes) …`);
	run('npm', ['install', '--no-audit', '--no-fund', '--no-package-lock', '--legacy-peer-deps', '--loglevel=error'], folder);
	writeFileSync(done, wanted);
	return packages;
}

function record(folder: string, version: string, packages: Record<string, string>, paths: string[]): void {
	const has = nodeVersions(path.join(folder, 'node_modules', 'n8n-nodes-base'));
	const types = Object.fromEntries(usedTypes(path.join(ROOT, 'workflows')).map((type) => [type, has.get(type) ?? []]));
	const text = JSON.stringify({ madeBy: ['npm run compat --', version, ...paths, '--record'].join(' '), n8n: version, packages, types }, null, '\t');
	// A line for each type.
	writeFileSync(RECORD, `${text.replace(/\[\s+([\d.,\s]+?)\s+\]/g, (_, list: string) => `[${list.replace(/\s+/g, ' ')}]`)}\n`);
	console.log(`Written: ${path.relative(ROOT, RECORD)}`);
}

/** Out: what it printed. Throws with what it said when it fails. */
function run(command: string, args: string[], cwd: string): string {
	const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8', maxBuffer: 1e8 });
	if (error) throw error;
	if (status !== 0) throw new Error(`${command} ${args.slice(0, 2).join(' ')} ended with ${status}:\n${stderr || stdout}`);
	return stdout;
}

process.exitCode = main();
