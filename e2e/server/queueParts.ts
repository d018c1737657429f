/** Redis and PostgreSQL for queue mode: Debian's own servers on loopback, with folders of their own, gone when they are stopped. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from './n8nServer';
import { ROOT } from './paths';

const CACHE = path.join(ROOT, '.cache', 'queue');
const READY = /ready to accept connections/i;

export interface QueueParts {
	/** What main server and workers have to be told. */
	env: Record<string, string>;
	stop(): Promise<void>;
}

/** Looks for them, or fetches them into `.cache/` (20 MB, once). Out: where they are, for `startQueueParts`. Throws with the reason where they cannot be had. */
export function fetchQueueParts(): string {
	const { status, stdout, stderr } = spawnSync('bash', [path.join(ROOT, 'tools', 'queue', 'get.sh'), CACHE], { encoding: 'utf8' });
	if (status !== 0) throw new Error(`Redis and PostgreSQL cannot be had: ${stderr.trim()}. Leave queue mode out with: npm run test:e2e -- --testPathIgnorePatterns tests/queue`);
	return stdout.trim();
}

/** Starts both with an empty database. In: what `fetchQueueParts` found. Throws with the end of a log when one does not come up. */
export async function startQueueParts(found: string): Promise<QueueParts> {
	const [, ...places] = /^redis=(\S+) postgres=(\S+) libraries=(\S*)$/.exec(found) ?? [];
	if (places.length === 0) throw new Error(`Not what tools/queue/get.sh prints: ${found}`);
	const folder = mkdtempSync(path.join(tmpdir(), 'n8n-queue-'));
	const at = (name: string) => path.join(folder, name);
	const [user, password] = [systemUser(), randomBytes(12).toString('hex')];
	for (const name of ['redis', 'postgres']) mkdirSync(at(name));
	writeFileSync(at('password'), password);
	for (const name of ['redis', 'postgres', 'password', '.']) user.own(at(name));
	// A clone in root's home is out of nobody's reach.
	const readable = user.run(['test', '-x', places[0]]).status === 0;
	if (!readable) cpSync(path.join(CACHE, 'unpacked'), at('unpacked'), { recursive: true });
	const [redis, postgres, libraries] = readable ? places : places.map((place) => place.replaceAll(path.join(CACHE, 'unpacked'), at('unpacked')));
	const made = user.run([path.join(postgres, 'initdb'), '-D', at('postgres'), '-U', 'n8n', '--auth=scram-sha-256', `--pwfile=${at('password')}`, '--encoding=UTF8', '--locale=C', '--no-sync'], libraries);
	if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`);

	const ports = { redis: String(await freePort()), postgres: String(await freePort()) };
	const children = [
		// Only processes of n8n are killed in these tests, never the machine: no need to wait for the disk.
		user.start([path.join(postgres, 'postgres'), '-D', at('postgres'), '-k', at('postgres'), '-h', '127.0.0.1', '-p', ports.postgres, '-c', 'fsync=off'], libraries),
		user.start([redis, '--bind', '127.0.0.1', '--port', ports.redis, '--dir', at('redis'), '--save', '', '--requirepass', password], libraries),
	];
	const stop = async () => {
		for (const child of children) await end(child);
		rmSync(folder, { recursive: true, force: true });
	};
	try {
		await Promise.all(children.map(ready));
	} catch (error) {
		await stop();
		throw error;
	}
	const env = {
		EXECUTIONS_MODE: 'queue',
		OFFLOAD_MANUAL_EXECUTIONS_TO_WORKERS: 'true',
		...{ QUEUE_BULL_REDIS_HOST: '127.0.0.1', QUEUE_BULL_REDIS_PORT: ports.redis, QUEUE_BULL_REDIS_PASSWORD: password },
		...{ DB_TYPE: 'postgresdb', DB_POSTGRESDB_HOST: '127.0.0.1', DB_POSTGRESDB_PORT: ports.postgres, DB_POSTGRESDB_DATABASE: 'postgres' },
		...{ DB_POSTGRESDB_USER: 'n8n', DB_POSTGRESDB_PASSWORD: password },
	};
	return { env, stop };
}

/** Whoever calls; in root's place `nobody`, since PostgreSQL refuses to run as root. What is started ends when this process does. */
function systemUser() {
	const root = process.getuid?.() === 0;
	const idIn = (list: string, name: string) => Number(spawnSync('getent', [list, name], { encoding: 'utf8' }).stdout.split(':')[2]);
	const [uid, gid] = root ? [idIn('passwd', 'nobody'), idIn('group', 'nogroup')] : [0, 0];
	const become = root ? [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'] : [];
	const env = (libraries: string) => ({ PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC', ...(libraries && { LD_LIBRARY_PATH: libraries }) });
	return {
		own(file: string) {
			chmodSync(file, 0o700);
			if (root) chownSync(file, uid, gid);
		},
		run: (command: string[], libraries = '') => spawnSync('setpriv', [...become, ...command], { env: env(libraries), cwd: '/', encoding: 'utf8' }),
		start: (command: string[], libraries = '') => spawn('setpriv', [...become, '--pdeathsig=INT', ...command], { env: env(libraries), cwd: '/', stdio: ['ignore', 'pipe', 'pipe'], detached: true }),
	};
}

async function ready(child: ChildProcess): Promise<void> {
	let said = '';
	await new Promise<void>((resolve, reject) => {
		child.once('error', reject).once('exit', () => reject(new Error(`Did not start: ${said}`)));
		for (const stream of [child.stdout, child.stderr]) {
			stream?.on('data', (chunk: Buffer) => {
				said = (said + String(chunk)).slice(-2000);
				if (READY.test(said)) resolve();
			});
		}
	});
}

async function end(child: ChildProcess): Promise<void> {
	if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
	const ended = new Promise((resolve) => child.once('exit', resolve));
	child.kill('SIGINT');
	await ended;
}
