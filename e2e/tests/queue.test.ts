/**
 * securid-admin-log-fan-out in queue mode: from one machine with SQLite to a main server and two workers on Redis and PostgreSQL, as docs/scaling.md
 * says, and what becomes of a run whose worker is killed. Skipped, which is not passed, where Debian's packages cannot be had.
 */
import { mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { BUCKET } from '../../tools/demo/world';
import type { SavedWorkflow } from '../server/n8nApi';
import { runN8nCommand, startN8n, startWorker, type N8nServer } from '../server/n8nServer';
import { startQueueParts, type QueueParts } from '../server/queueParts';
import { failure, HOUR_MS, idsOf, Rig, through, until, type Position } from './rig';

const MINUTE_MS = 60_000;
const EVENTS = 500;
/** The embedded S3 puts the parts of an upload together after its answer to the last one. */
const S3_SETTLES_MS = 300;
/** How long a sink holds up the run that is to be killed. */
const HELD_MS = 2500;
const WORKERS = ['worker-1', 'worker-2'];

let rig: Rig;
let parts: QueueParts;
let workflow: SavedWorkflow;
let rewindToMs: number;
const workers = new Map<string, N8nServer>();
/** What docs/scaling.md gives as measured. */
const measured: Record<string, string | number> = {};

const position = async () => (await rig.position()) ?? Promise.reject(new Error('no position'));
const queued = process.env.E2E_QUEUE ? describe : describe.skip;

async function startOne(name: string): Promise<void> {
	const options = rig.options(name);
	mkdirSync(options.folder, { recursive: true });
	workers.set(name, await startWorker({ ...options, env: { ...options.env, N8N_REINSTALL_MISSING_PACKAGES: 'true' } }));
}

/** Which worker has taken up an execution. */
async function workerOf(executionId: string): Promise<string> {
	const line = new RegExp(`Worker started execution ${executionId} `);
	return await until(`a worker to take up execution ${executionId}`, async () => WORKERS.find((name) => line.test(readFileSync(path.join(rig.folder, name, 'n8n.log'), 'utf8'))));
}

/** Empties the sinks and has the next run read the same window again. */
async function beginRound(): Promise<void> {
	rig.local.world.siem.events.length = 0;
	const bucket = path.join(rig.folder, 's3', BUCKET);
	for (const name of readdirSync(bucket)) rmSync(path.join(bucket, name), { recursive: true, force: true });
	await rig.rewind(rewindToMs);
}

/** Throws when an event before a saved position is not at both sinks, or one is in two archive objects. */
async function expectDelivered({ checkpoint }: Position): Promise<void> {
	const owed = idsOf(rig.local.world.securId.events.filter(({ atMs }) => atMs >= rewindToMs && atMs < Date.parse(through(checkpoint))));
	expect(owed).toHaveLength(EVENTS);
	expect(await rig.archived()).toEqual(owed);
	expect([...new Set(rig.posted())]).toEqual(owed);
}

/** Most memory that a process has had in MB. */
function peakMb({ pid }: N8nServer): number {
	const [, kb] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
	return Math.round(Number(kb) / 1024);
}

queued('queue mode', () => {
	beforeAll(async () => {
		rig = await Rig.start({ adminEvents: 0 });
		rig.local.registry.publish(String(process.env.E2E_TARBALL));
		workflow = await rig.setUp('securid-admin-log-fan-out');
		expect(failure(await rig.execute(workflow))).toMatch(/^success/);
		rewindToMs = Date.parse(through((await position()).checkpoint)) - 3 * HOUR_MS;
		const happen = (count: number, minutes: number, activityKey = 'SIGNOUT') =>
			rig.local.world.securId.addEvents(...Array.from({ length: count }, () => ({ atMs: rewindToMs + minutes * MINUTE_MS, activityKey, result: 'SUCCESS' })));
		happen(15, 5);
		happen(420, 50);
		happen(1, 52, 'LOCKED_ADMIN_ACCOUNT');
		happen(64, 140);
	});

	afterAll(async () => {
		for (const worker of workers.values()) await worker.stop();
		await rig?.stop();
		await parts?.stop();
		console.log(`queue mode, measured: ${JSON.stringify(measured)}`);
	});

	test('takes over workflows, credentials and the saved position from one machine by export:entities and import:entities', async () => {
		const before = await position();
		await rig.server.stop();
		const moved = path.join(rig.folder, 'moved');
		const begunMs = Date.now();
		await runN8nCommand(rig.options(), ['export:entities', `--outputDir=${moved}`]);
		parts = await startQueueParts(String(process.env.E2E_QUEUE));
		rig.env = parts.env;
		const said = await runN8nCommand(rig.options(), ['import:entities', `--inputDir=${moved}`, '--truncateTables']);
		measured.moveSeconds = (Date.now() - begunMs) / 1000;
		expect(said).toContain('Successfully imported');
		await rig.startServer();
		expect(await position()).toEqual(before);
		expect(await rig.api.packages()).toHaveLength(1);
	});
});
