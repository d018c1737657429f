/** The n8n server as a process: started, asked whether it is ready, stopped or killed; and its command line. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Gateway } from './gateway';
import { SERVER } from './paths';

const N8N = path.join(SERVER, 'node_modules', 'n8n', 'bin', 'n8n');
const READY_WITHIN_MS = 180_000;
const STOPPED_WITHIN_MS = 30_000;
/** What a process needs of the machine; nothing else of the developer's shell reaches the server. */
const KEPT = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'LC_ALL', 'TZ'];

export interface N8nOptions {
	/** N8N_USER_FOLDER: database, binary files, community packages. Made if missing. */
	folder: string;
	/** The way out. */
	gateway: Pick<Gateway, 'url' | 'caPem'>;
	/** Default: free ones. */
	ports?: { editor: number; broker: number };
	/** More settings, or other ones. */
	env?: Record<string, string>;
}

export interface N8nServer {
	/** e.g. http://127.0.0.1:5678 */
	url: string;
	pid: number;
	logFile: string;
	/** Resolves when the process has ended, whatever ended it. */
	ended: Promise<void>;
	/** As Ctrl-C does: SIGTERM, and waits; SIGKILL to whatever is left. */
	stop(): Promise<void>;
	/** `kill -9`: the process has no say in it. */
	kill(): Promise<void>;
}

/** Starts a server and waits until it is ready. Throws with the end of its log when it does not come up. */
export async function startN8n(options: N8nOptions): Promise<N8nServer> {
	const ports = options.ports ?? { editor: await freePort(), broker: await freePort() };
	return await launch(options, ['start'], ports, { N8N_PORT: String(ports.editor) });
}

/** Starts a worker of queue mode; `env` names the database and the Redis that it shares with the main server. Out: `url` answers nothing but whether it is ready. */
export async function startWorker(options: N8nOptions, concurrency = 5): Promise<N8nServer> {
	const ports = options.ports ?? { editor: await freePort(), broker: await freePort() };
	const health = { QUEUE_HEALTH_CHECK_ACTIVE: 'true', QUEUE_HEALTH_CHECK_PORT: String(ports.editor), N8N_WORKER_SERVER_ADDRESS: '127.0.0.1' };
	return await launch(options, ['worker', `--concurrency=${concurrency}`], ports, health);
}

async function launch(options: N8nOptions, command: string[], ports: { editor: number; broker: number }, more: Record<string, string>): Promise<N8nServer> {
	const logFile = path.join(options.folder, 'n8n.log');
	const env = { ...settings(options), ...more, N8N_RUNNERS_BROKER_PORT: String(ports.broker) };
	// A group of its own: Ctrl-C on the terminal is for the parent, which then stops the server in order.
	const child = spawn(process.execPath, ['--require', path.join(__dirname, 'endWithParent.cjs'), N8N, ...command], {
		cwd: options.folder,
		env: { ...env, END_WITH_PARENT: String(process.pid) },
		detached: true,
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	const log = createWriteStream(logFile, { flags: 'a' });
	let tail = '';
	for (const stream of [child.stdout, child.stderr]) {
		stream.on('data', (chunk: Buffer) => {
			tail = (tail + String(chunk)).slice(-4000);
			log.write(chunk);
		});
	}
	const ended = new Promise<void>((resolve) => child.once('close', () => log.end(resolve)));
	const url = `http://127.0.0.1:${ports.editor}`;
	const server = { url, pid: child.pid ?? 0, logFile, ended, stop: async () => await end(child, ended, 'SIGTERM'), kill: async () => await end(child, ended, 'SIGKILL') };
	const gone = ended.then(() => 'ended');
	if ((await Promise.race([answers(`${url}/healthz/readiness`), gone])) !== 'ready') {
		await server.kill();
		throw new Error(`n8n did not start:\n${tail}`);
	}
	return server;
}

/** Runs one of n8n's commands on a folder whose server is not running, e.g. `import:workflow`. Out: what it printed. */
export async function runN8nCommand(options: N8nOptions, args: string[]): Promise<string> {
	const { stdout, stderr } = await promisify(execFile)(process.execPath, [N8N, ...args], { cwd: options.folder, env: settings(options), maxBuffer: 1e8 });
	return stdout + stderr;
}

/** A port that nothing listens on now. */
export async function freePort(): Promise<number> {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	await new Promise((resolve) => server.close(resolve));
	return port;
}

function settings({ folder, gateway, env }: N8nOptions): Record<string, string> {
	mkdirSync(path.join(folder, '.n8n'), { recursive: true });
	const caFile = path.join(folder, 'ca.pem');
	writeFileSync(caFile, gateway.caPem);
	// So that settings of the machine's npm do not reach the one that n8n calls.
	const npmrc = path.join(folder, 'npmrc');
	writeFileSync(npmrc, '');
	const kept = Object.fromEntries(KEPT.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
	return {
		...kept,
		N8N_USER_FOLDER: folder,
		N8N_ENCRYPTION_KEY: 'local-key-without-any-secrecy',
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_SECURE_COOKIE: 'false',
		N8N_LOG_LEVEL: 'info',
		HTTP_PROXY: gateway.url,
		HTTPS_PROXY: gateway.url,
		NO_PROXY: '127.0.0.1,localhost',
		NODE_EXTRA_CA_CERTS: caFile,
		npm_config_userconfig: npmrc,
		npm_config_cache: path.join(folder, 'npm-cache'),
		npm_config_prefer_online: 'true',
		npm_config_fetch_retries: '0',
		npm_config_update_notifier: 'false',
		...QUIET,
		...env,
	};
}

/** Everything by which n8n calls home or talks of itself is off. */
const QUIET = {
	N8N_DIAGNOSTICS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED: 'false',
	N8N_DYNAMIC_BANNERS_ENABLED: 'false',
	N8N_TEMPLATES_ENABLED: 'false',
	N8N_PERSONALIZATION_ENABLED: 'false',
	N8N_HIRING_BANNER_ENABLED: 'false',
	N8N_VERIFIED_PACKAGES_ENABLED: 'false',
	N8N_DISABLED_MODULES: 'mcp-registry,chat-hub,insights,instance-ai,agents',
};

async function answers(url: string): Promise<string> {
	for (const until = Date.now() + READY_WITHIN_MS; Date.now() < until; await wait(100)) {
		const answer = await fetch(url).catch(() => undefined);
		if (answer?.ok) return 'ready';
	}
	return 'silent';
}

async function end(child: ChildProcess, ended: Promise<void>, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
	if (child.exitCode === null && child.signalCode === null) {
		child.kill(signal);
		const late = new AbortController();
		await Promise.race([new Promise((resolve) => child.once('exit', resolve)), wait(STOPPED_WITHIN_MS, undefined, { signal: late.signal }).catch(() => {})]);
		late.abort();
	}
	try {
		// The task runner and npm, where the server had no time to end them; the group is the one that was started here.
		if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
	} catch {
		// Nothing is left of the group.
	}
	await ended;
}
