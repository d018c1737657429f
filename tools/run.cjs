#!/usr/bin/env node
/*
 * Runs one of the project's commands on a machine that has nothing but Node (20 or later) and npm:
 * installs what is missing, then goes on with Node 24 from node_modules. No dependencies, because it runs before there are any.
 */
const { spawnSync } = require('node:child_process');
const { existsSync, statSync } = require('node:fs');
const path = require('node:path');

const root = path.resolve(__dirname, '..');
const node24 = path.join(root, 'node_modules', 'node', 'bin', 'node');
const inModules = (file) => path.join(root, 'node_modules', file);

const typescript = (...file) => ['--import', 'tsx', path.join(root, ...file)];
const jest = inModules('jest/bin/jest.js');
const bundle = [inModules('gulp/bin/gulp.js'), 'bundle', '--silent'];
/** Installs the whole n8n server into e2e/ if it is missing. */
const server = typescript('e2e', 'install.ts');

const COMMANDS = {
	test: [[jest]],
	fuzz: [typescript('test', 'fuzz', 'fuzz.ts')],
	mutation: [typescript('tools', 'mutation', 'mutation.ts')],
	demo: [bundle, typescript('tools', 'demo', 'demo.ts')],
	workflow: [bundle, typescript('tools', 'runWorkflow.ts')],
	start: [server, bundle, typescript('e2e', 'start.ts')],
	bench: [bundle, typescript('tools', 'bench', 'bench.ts')],
	dev: [server, bundle, [...typescript('e2e', 'start.ts'), '--watch']],
	screenshots: [server, typescript('e2e', 'screenshots.ts')],
	compat: [typescript('tools', 'compat', 'compat.ts')],
	e2e: [server, [jest, '--config', path.join(root, 'e2e', 'jest.config.cjs')]],
};

/** npm writes node_modules/.package-lock.json last, so it is missing or old after an install that was cut short. */
function isInstalled() {
	const installed = inModules('.package-lock.json');
	if (!existsSync(installed) || !existsSync(node24)) return false;
	return statSync(installed).mtimeMs >= statSync(path.join(root, 'package-lock.json')).mtimeMs;
}

function run(command, args) {
	const env = {
		...process.env,
		PATH: `${inModules('.bin')}${path.delimiter}${process.env.PATH}`,
		// n8n's engine loads parts of itself with import(), which jest allows under this flag alone.
		NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --experimental-vm-modules --disable-warning=ExperimentalWarning`.trim(),
	};
	const { status, signal, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env });
	if (error) throw error;
	if (status !== 0) process.exit(status ?? (signal === 'SIGINT' ? 130 : 1));
}

function install() {
	console.log("Installing the packages (n8n's engine among them: about 1.7 GB, two to four minutes, only this once) …");
	const npm = process.env.npm_execpath;
	const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
	if (npm) run(process.execPath, [npm, ...args]);
	else run('npm', args);
}

// Ctrl-C reaches the command too; this process waits until it has cleaned up.
process.on('SIGINT', () => {});

const [name, ...args] = process.argv.slice(2);
if (!(name in COMMANDS)) {
	console.error(`Say what to run: ${Object.keys(COMMANDS).join(', ')}`);
	process.exit(2);
}
if (!isInstalled()) install();
const steps = COMMANDS[name];
steps.forEach((step, index) => run(node24, index === steps.length - 1 ? [...step, ...args] : step));
