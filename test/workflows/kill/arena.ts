/** Everything outside the process that is killed: the simulators, S3, the data tables on disk. It sees every request, and can kill at any of them. */
import { spawn } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { routeHosts, startEngine, withNode, type RunReport } from '../../harness';
import { startWorld, type LoggedRequest, type World } from '../../simulators';
import { startS3, type LocalS3 } from '../../simulators/s3/server';
import { BUCKET, shipped, type LocalWorld } from '../world';
import type { Job } from './child';

const NAME = 'securid-admin-log-fan-out';
const TABLE = 'securid_safe_positions';
const ROOT = path.resolve(__dirname, '..', '..', '..');

export interface Arena {
	world: World;
	/** Moments that the servers saw: each request twice, when it arrived and when it was answered. */
	moments: string[];
	/** Called at each moment, while the request is being served. */
	onMoment: (count: number) => void;
	/** A clean execution in this process, `agoMs` by a clock that is behind, after which all is as every case finds it. */
	keepAsStart(agoMs: number): Promise<RunReport>;
	/** Sinks as they were at the start. */
	restore(): void;
	/** Starts a process that has the engine and the data tables of the start, and waits. */
	prepare(): Promise<Victim>;
	/** A clean execution in this process, which reads the data tables of a victim from disk. */
	cleanRun(victim: Victim): Promise<RunReport>;
	objects(): Promise<Map<string, Buffer>>;
	stop(): Promise<void>;
}

export interface Victim {
	tablesFile: string;
	go(): void;
	kill(): void;
	/** What it said at its end, or `killed`. */
	ended: Promise<string>;
}

/** Starts it. The engine of this process is held open for as long, so that a clean run costs no start. */
export async function startArena(seed: number): Promise<Arena> {
	const folder = mkdtempSync(path.join(tmpdir(), 'kill-'));
	const at = (name: string) => path.join(folder, name);
	mkdirSync(at('s3'));
	const world = await startWorld({ seed, endsAt: Date.now(), adminEvents: 0, safeRows: 0, users: 2 });
	const s3 = await startS3(at('s3'), [BUCKET]);
	const moments: string[] = [];
	const see = (moment: string) => arena.onMoment(moments.push(moment));
	for (const name of ['securId', 'siem', 'slack'] as const) watch(name, world[name].requests, see);
	const door = await startDoor(s3, see);
	await bundleChild(at('child.cjs'));
	const held = await startEngine();
	const credentials = { ...world.credentials, aws: { ...s3.credential, s3Endpoint: door.url } };
	// SAFETY: the settings of a workflow are made of the simulators alone.
	const local = { world, credentials } as unknown as LocalWorld;
	const workflow = withNode(shipped(local, NAME), 'Get new events', (parameters) => ({
		...parameters,
		options: { ...(parameters.options as object), pageSize: 10 },
	}));
	writeFileSync(at('workflow.json'), JSON.stringify(workflow));
	const runHere = async (dataTablesFile: string) => {
		const hosts = routeHosts({ 'https://slack.com': world.slack.url });
		const engine = await startEngine({ dataTablesFile });
		try {
			return await engine.run(workflow, { credentials });
		} finally {
			hosts.restore();
			await engine.stop();
		}
	};
	let victims = 0;
	const arena: Arena = {
		world,
		moments,
		onMoment: () => {},
		async keepAsStart(agoMs) {
			const realNow = Date.now.bind(Date);
			const clock = jest.spyOn(Date, 'now').mockImplementation(() => realNow() - agoMs);
			const report = await runHere(at('tables.json'));
			clock.mockRestore();
			cpSync(at(`s3/${BUCKET}`), at('s3-start'), { recursive: true });
			return report;
		},
		restore() {
			rmSync(at(`s3/${BUCKET}`), { recursive: true, force: true });
			cpSync(at('s3-start'), at(`s3/${BUCKET}`), { recursive: true });
			world.siem.events.length = 0;
			moments.length = 0;
		},
		async prepare() {
			const own = `victim-${victims++}`;
			const job: Job = {
				...{ workflowFile: at('workflow.json'), dataTablesFile: at(`${own}-tables.json`), userFolder: at(own) },
				...{ slackUrl: world.slack.url, credentials, packageDirectory: ROOT },
			};
			copyFileSync(at('tables.json'), job.dataTablesFile);
			writeFileSync(at(`${own}.json`), JSON.stringify(job));
			return await startVictim(folder, at(`${own}.json`), job.dataTablesFile);
		},
		cleanRun: async ({ tablesFile }) => await runHere(tablesFile),
		objects: async () => await s3.objects(BUCKET),
		async stop() {
			await door.close();
			await held.stop();
			await Promise.all([world.close(), s3.close()]);
			rmSync(folder, { recursive: true, force: true });
		},
	};
	return arena;
}

/** What the data tables hold on disk. Throws when the file is not whole. */
export function savedRow(tablesFile: string): Record<string, unknown> {
	const tables = JSON.parse(readFileSync(tablesFile, 'utf8')) as Array<{ name: string; rows: Array<Record<string, unknown>> }>;
	const { rows } = tables.find(({ name }) => name === TABLE) ?? { rows: [] };
	if (rows.length !== 1) throw new Error(`${rows.length} rows of positions`);
	return rows[0];
}

/** Sees each request when it arrives, and when a simulator sets its status, which is just before it answers. */
function watch(name: string, requests: LoggedRequest[], see: (moment: string) => void): void {
	const push = requests.push.bind(requests);
	requests.push = (...added) => {
		for (const logged of added) {
			const what = `${name} ${logged.method} ${logged.path}`;
			let { status } = logged;
			Object.defineProperty(logged, 'status', {
				get: () => status,
				set(value: number | null) {
					status = value;
					see(`answered: ${what}`);
				},
			});
			see(`arrived: ${what}`);
		}
		return push(...added);
	};
}

/** Stands before S3 and passes everything on as it is, so that requests can be seen. */
async function startDoor(s3: LocalS3, see: (moment: string) => void): Promise<{ url: string; close(): Promise<void> }> {
	const { hostname, port } = new URL(s3.url);
	const server = createServer((incoming, response) => {
		const what = `S3 ${incoming.method} ${String(incoming.url).replace(/uploadId=[^&]*/, 'uploadId=…')}`;
		see(`arrived: ${what}`);
		const outgoing = request({ host: hostname, port, method: incoming.method, path: incoming.url, headers: incoming.headers, agent: false }, (answer) => {
			see(`answered: ${what}`);
			response.writeHead(answer.statusCode ?? 502, answer.headers);
			answer.pipe(response);
		});
		outgoing.on('error', () => response.destroy());
		incoming.on('aborted', () => outgoing.destroy());
		incoming.pipe(outgoing);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		close: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

/** The child and the harness in one plain file, and a cache of compiled code: a process then starts in a third of the time. n8n itself stays as it is. */
async function bundleChild(outfile: string): Promise<void> {
	await build({ entryPoints: [path.join(__dirname, 'child.ts')], outfile, bundle: true, packages: 'external', platform: 'node', format: 'cjs', logLevel: 'warning' });
}

async function startVictim(folder: string, jobFile: string, tablesFile: string): Promise<Victim> {
	const env = { ...process.env, NODE_PATH: path.join(ROOT, 'node_modules'), NODE_COMPILE_CACHE: path.join(folder, 'compiled') };
	const child = spawn(process.execPath, [path.join(folder, 'child.cjs'), jobFile], { env, stdio: ['pipe', 'pipe', 'pipe'] });
	let said = '';
	let complaint = '';
	child.stderr.on('data', (chunk: Buffer) => (complaint += String(chunk)));
	const ready = new Promise<void>((resolve, reject) => {
		child.stdout.on('data', (chunk: Buffer) => {
			said += String(chunk);
			if (said.includes('ready')) resolve();
		});
		child.once('exit', () => reject(new Error(`The process ended before it was ready: ${complaint}`)));
	});
	const ended = new Promise<string>((resolve) => child.once('close', (_code, signal) => resolve(signal === 'SIGKILL' ? 'killed' : said.replace('ready', '').trim() || complaint)));
	await ready;
	// Alone by its handle: a process that has ended is not signalled.
	return { tablesFile, ended, go: () => void child.stdin.write('go\n'), kill: () => void child.kill('SIGKILL') };
}

/** Events in the objects of the archive, by id: in how many objects each one is. */
export function countInArchive(objects: Map<string, Buffer>): Map<string, number> {
	const times = new Map<string, number>();
	for (const [key, bytes] of objects) {
		if (key.includes('/_manifest/')) continue;
		for (const line of gunzipSync(bytes).toString().split('\n').filter(Boolean)) {
			const { eventId } = JSON.parse(line) as { eventId: string };
			times.set(eventId, (times.get(eventId) ?? 0) + 1);
		}
	}
	return times;
}
