/** Redis and PostgreSQL for queue mode: Debian's own servers on loopback, with folders of their own, gone when they are stopped. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { freePort } from './n8nServer';
import { ROOT } from './paths';

/** Exit code of get.sh where Debian's packages cannot be had. */
const NOT_TO_BE_HAD = 3;
const READY = /ready to accept connections/i;

export interface QueueParts {
	/** What main server and workers have to be told of them. */
	env: Record<string, string>;
	stop(): Promise<void>;
}

/** Looks for them, or fetches them into `.cache/` (a few MB, once). Out: where they are, for `startQueueParts`; undefined where they cannot be had. */
export function fetchQueueParts(): string | undefined {
	const { status, stdout } = spawnSync('bash', [path.join(ROOT, 'tools', 'queue', 'get.sh'), path.join(ROOT, '.cache', 'queue')], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
	if (status !== 0 && status !== NOT_TO_BE_HAD) throw new Error(`tools/queue/get.sh ended with ${status}`);
	return status === 0 ? stdout.trim() : undefined;
}

/** Starts both with an empty database. In: an empty folder for their data, and what `fetchQueueParts` found. Throws with the end of a log when one does not come up. */
export async function startQueueParts(folder: string, found: string): Promise<QueueParts> {
	const [, redis, postgres, libraries] = /^redis=(\S+) postgres=(\S+) libraries=(\S*)$/.exec(found) ?? [];
	if (redis === undefined) throw new Error(`Not what tools/queue/get.sh prints: ${found}`);
	const password = randomBytes(12).toString('hex');
	const run = asSystemUser(libraries);
	const at = (name: string) => path.join(folder, name);
	for (const name of ['.', 'redis', 'postgres']) {
		mkdirSync(at(name), { recursive: true });
		run.own(at(name));
	}
	writeFileSync(at('password'), password);
	run.own(at('password'));
	const made = run.once(path.join(postgres, 'initdb'), ['-D', at('postgres'), '-U', 'n8n', '--auth=scram-sha-256', `--pwfile=${at('password')}`, '--encoding=UTF8', '--locale=C', '--no-sync']);
	if (made.status !== 0) throw new Error(`initdb: ${made.stderr}`);

	const ports = { redis: String(await freePort()), postgres: String(await freePort()) };
	const children: ChildProcess[] = [];
	const stop = async () => {
		for (const child of children) await end(child);
	};
	try {
		// Only processes of n8n are killed in these tests, never the machine: no need to wait for the disk.
		children.push(run.server(path.join(postgres, 'postgres'), ['-D', at('postgres'), '-k', at('postgres'), '-h', '127.0.0.1', '-p', ports.postgres, '-c', 'fsync=off']));
		children.push(run.server(redis, ['--bind', '127.0.0.1', '--port', ports.redis, '--dir', at('redis'), '--save', '', '--requirepass', password]));
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

/** PostgreSQL refuses to run as root: then both run as `nobody`. They end when this process does (setpriv, of every Debian). */
function asSystemUser(libraries: string) {
	const root = process.getuid?.() === 0;
	const [uid, gid] = root ? ['nobody', 'nogroup'].map((name, index) => Number(spawnSync('getent', [['passwd', 'group'][index], name], { encoding: 'utf8' }).stdout.split(':')[2])) : [];
	const become = root ? [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'] : [];
	const env = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC', ...(libraries && { LD_LIBRARY_PATH: libraries }) };
	return {
		own(file: string) {
			chmodSync(file, 0o700);
			if (root) chownSync(file, uid, gid);
		},
		once: (file: string, args: string[]) => spawnSync('setpriv', [...become, file, ...args], { env, cwd: '/', encoding: 'utf8' }),
		server: (file: string, args: string[]) => spawn('setpriv', [...become, '--pdeathsig=INT', file, ...args], { env, cwd: '/', stdio: ['ignore', 'pipe', 'pipe'], detached: true }),
	};
}

async function ready(child: ChildProcess): Promise<void> {
	let said = '';
	await new Promise<void>((resolve, reject) => {
		child.once('error', reject).once('exit', () => reject(new Error(`Did not start: ${said.slice(-2000)}`)));
		for (const stream of [child.stdout, child.stderr]) {
			stream?.on('data', (chunk: Buffer) => {
				said = (said + String(chunk)).slice(-4000);
				if (READY.test(said)) resolve();
			});
		}
	});
}

async function end(child: ChildProcess): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return;
	const ended = new Promise((resolve) => child.once('exit', resolve));
	child.kill('SIGINT');
	await ended;
}
