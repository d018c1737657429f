/*
 * npm run compat:node -- 22.16.0 [test/nodes/SafeUsers …]
 * Runs the built nodes on another Node: the demo and, without paths, the tests below, all in that Node's own process. It comes as the npm package "node"
 * and goes into .cache/ (100 MB, once). On Node 22 n8n-core 2.41 evaluates expressions in its older way, since its isolates are built for Node 24.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
const inModules = (...file) => path.join(root, 'node_modules', ...file);
/** Each operation of each node in n8n's engine, the credentials, the packed archive, and the clients on their own. */
const TESTS = [
	...['SafeUsers/', 'SafeAuditExport/(doors|getMany).test', 'SecurIdAdminLog/(doors|getMany|trigger).test', 'SiemWebhook/delivery', 'credentials/'].map((part) => `test/nodes/${part}`),
	'test/package/tarball',
	...['core', 'safe', 'securid'].map((part) => `test/unit/${part}/`),
];

/** Runs a whole workflow with n8n's AWS S3 node, parts of which jest can load from Node 24.9 on alone; the demo runs such workflows without jest. */
const NOT_UNDER_JEST = 'installs into an empty folder';

/** Fetches that Node from npm's registry, if it is not there. Out: its binary. */
function nodeOf(version) {
	const folder = path.join(root, '.cache', `node-${version}`);
	const binary = path.join(folder, 'node_modules', 'node', 'bin', 'node');
	if (!existsSync(binary)) {
		mkdirSync(folder, { recursive: true });
		writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ private: true, allowScripts: { node: true } }));
		execFileSync('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', `node@${version}`], { cwd: folder, stdio: 'inherit' });
	}
	const found = execFileSync(binary, ['--version'], { encoding: 'utf8' }).trim();
	if (found !== `v${version}`) throw new Error(`${binary} is ${found}`);
	return binary;
}

function run(binary, ...args) {
	const env = { ...process.env, NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning' };
	const { status } = spawnSync(binary, args, { cwd: root, stdio: 'inherit', env });
	if (status !== 0) process.exit(status ?? 1);
}

const [version = '', ...paths] = process.argv.slice(2);
if (!/^\d+\.\d+\.\d+$/.test(version)) {
	console.error('Say which Node: npm run compat:node -- 22.16.0');
	process.exit(2);
}
run(process.execPath, inModules('gulp', 'bin', 'gulp.js'), 'bundle', '--silent');
const binary = nodeOf(version);
console.log(`Node ${version}`);
if (paths.length === 0) run(binary, '--import', 'tsx', path.join('tools', 'demo', 'demo.ts'));
const skipped = Number(version.split('.')[0]) < 24 ? ['--testNamePattern', `^(?!${NOT_UNDER_JEST})`] : [];
run(binary, inModules('jest', 'bin', 'jest.js'), '--config', path.join('tools', 'nodeVersions', 'jest.config.cjs'), ...skipped, '--', ...(paths.length > 0 ? paths : TESTS));
console.log(`on Node ${version}`);
