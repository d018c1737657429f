/*
 * Installs the n8n server into this folder if it is missing: npm ci without install scripts (some cannot run everywhere and none of those is needed),
 * then the one native module that is needed, sqlite3.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import cliProgress from 'cli-progress';
import { ROOT, SERVER } from './server/paths';

const inServer = (file: string) => path.join(SERVER, file);
const SQLITE = inServer('node_modules/sqlite3/build/Release/node_sqlite3.node');
const ABOUT = 'the n8n server: about 2,200 packages and 2.6 GB on disk, two to seven minutes, only this once';
const LINE_EVERY_MS = 20_000;

/** Whether everything is there and not older than the lock file. */
export function isInstalled(): boolean {
	const installed = inServer('node_modules/.package-lock.json');
	return existsSync(SQLITE) && existsSync(installed) && statSync(installed).mtimeMs >= statSync(inServer('package-lock.json')).mtimeMs;
}

/** Installs it, showing how far it is. Throws with what npm said. */
export async function install(): Promise<void> {
	console.log(`Installing ${ABOUT} …`);
	const startedMs = Date.now();
	const stop = showProgress(packagePaths());
	try {
		await npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
	} finally {
		stop();
	}
	console.log('Building or fetching sqlite3 (one to two minutes where it has to be compiled) …');
	await npm(['rebuild', 'sqlite3', '--loglevel=error'], headers()).catch((error: Error) => {
		throw new Error(`sqlite3 could not be built; it needs python3, make and a C++ compiler where no ready-made one can be fetched.\n${error.message}`);
	});
	console.log(`The server is installed (${Math.round((Date.now() - startedMs) / 1000)} s).`);
}

/** Node 24's headers where the package `node` left them; elsewhere node-gyp knows where to find some (sqlite3 fits any). */
function headers(): Record<string, string> {
	const folder = path.join(ROOT, 'node_modules', 'node', 'node_modules', `node-${process.platform}-${process.arch}`);
	return existsSync(path.join(folder, 'include')) ? { npm_config_nodedir: folder } : {};
}

async function npm(args: string[], env: Record<string, string> = {}): Promise<void> {
	const { npm_execpath: script } = process.env;
	const [command, ...more] = script === undefined ? ['npm'] : [process.execPath, script];
	const child = spawn(command, [...more, ...args], { cwd: SERVER, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
	let said = '';
	for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said = (said + String(chunk)).slice(-4000)));
	const status = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
	if (status !== 0) throw new Error(`npm ${args[0]} ended with ${status}:\n${said}`);
}

/** Where npm will put the packages that are meant for this machine. */
function packagePaths(): string[] {
	const { packages } = JSON.parse(readFileSync(inServer('package-lock.json'), 'utf8')) as { packages: Record<string, { os?: string[]; cpu?: string[] }> };
	const fits = (list: string[] | undefined, own: string) => list === undefined || list.includes(own);
	return Object.entries(packages)
		.filter(([name, { os, cpu }]) => name !== '' && fits(os, process.platform) && fits(cpu, process.arch))
		.map(([name]) => inServer(path.join(name, 'package.json')));
}

/** A bar on a terminal, a line now and then elsewhere. Out: ends it. */
function showProgress(files: string[]): () => void {
	const there = () => files.filter((file) => existsSync(file)).length;
	if (!process.stdout.isTTY) {
		const timer = setInterval(() => console.log(`  ${there()} of ${files.length} packages`), LINE_EVERY_MS);
		return () => clearInterval(timer);
	}
	const bar = new cliProgress.SingleBar({ format: '  {bar} {value}/{total} packages, {duration_formatted}', hideCursor: true }, cliProgress.Presets.shades_classic);
	bar.start(files.length, 0);
	const timer = setInterval(() => bar.update(there()), 1000);
	return () => {
		clearInterval(timer);
		bar.update(there());
		bar.stop();
	};
}

async function main(): Promise<void> {
	if (!isInstalled()) await install();
}

if (require.main === module) {
	main().catch((error: Error) => {
		console.error(error.message);
		process.exit(1);
	});
}
