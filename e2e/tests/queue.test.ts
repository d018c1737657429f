/**
 * securid-admin-log-fan-out in queue mode: from one machine with SQLite to a main server and two workers on Redis and PostgreSQL, as docs/scaling.md
 * says, and what becomes of a run whose worker is killed.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { ExecutionDetails, SavedWorkflow } from '../server/n8nApi';
import { runN8nCommand, startWorker, type N8nServer } from '../server/n8nServer';
import { PACKAGE_NAME } from '../server/paths';
import { fetchQueueParts, startQueueParts, type QueueParts } from '../server/queueParts';
import { failure, HOUR_MS, isOver, Rig, standing, until } from './rig';
import { Rounds, s3Settled } from './rounds';

const EVENTS = 500;
const MANY = 10_000;
/** How long a sink holds up the run that is to be killed. */
const HELD_MS = 2500;
/** So that a run has ended when the next one is due. */
const EVERY_TEN_SECONDS = '*/10 * * * * *';
const WORKERS = ['worker-1', 'worker-2'];

let rig: Rig;
/** Where Redis and PostgreSQL are. */
let found: string;
let parts: QueueParts;
let workflow: SavedWorkflow;
/** The error workflow. */
let alertId: string;
let rounds: Rounds;
const workers = new Map<string, N8nServer>();
/** What docs/scaling.md gives as measured. */
const measured: Record<string, string | number> = {};

const position = async () => (await rig.position()) ?? Promise.reject(new Error('no position'));

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

/** Most memory that a process has had, in MB; 0 when it is gone. */
function peakMb({ pid }: N8nServer): number {
	const status = `/proc/${pid}/status`;
	const [, kb] = /VmHWM:\s+(\d+) kB/.exec(existsSync(status) ? readFileSync(status, 'utf8') : '') ?? [];
	return Math.round(Number(kb ?? 0) / 1024);
}

describe('queue mode', () => {
	beforeAll(async () => {
		// First, so that a machine that cannot have them fails here and says why.
		found = fetchQueueParts();
		rig = await Rig.start({ adminEvents: 0 });
		rig.local.registry.publish(String(process.env.E2E_TARBALL));
		const alert = await rig.setUp('error-alert');
		await rig.api.publish(alert.id);
		alertId = alert.id;
		workflow = await rig.setUp('securid-admin-log-fan-out');
		await rig.api.save(workflow.id, { settings: { ...workflow.settings, errorWorkflow: alertId } });
		rounds = await Rounds.prepare(rig, workflow, [
			{ count: 15, minutes: 5 },
			{ count: 420, minutes: 50 },
			{ count: 1, minutes: 52, activityKey: 'LOCKED_ADMIN_ACCOUNT' },
			{ count: 64, minutes: 140 },
		]);
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
		parts = await startQueueParts(found);
		rig.env = parts.env;
		const said = await runN8nCommand(rig.options(), ['import:entities', `--inputDir=${moved}`, '--truncateTables']);
		measured.moveSeconds = (Date.now() - begunMs) / 1000;
		expect(said).toContain('Import completed successfully');
		await rig.startServer();
		expect(await position()).toEqual(before);
		expect(await rig.api.packages()).toHaveLength(1);
	});

	test('workers fetch the package by themselves when they start', async () => {
		const begunMs = Date.now();
		await Promise.all(WORKERS.map(startOne));
		measured.twoWorkersReadySeconds = (Date.now() - begunMs) / 1000;
		for (const name of WORKERS) expect(existsSync(path.join(rig.folder, name, '.n8n', 'nodes', 'node_modules', PACKAGE_NAME, 'package.json'))).toBe(true);
	});

	/** Where n8n keeps the binary files that a node gave out, e.g. database. */
	const keptIn = ({ data }: ExecutionDetails, node: string) => {
		const items = data.resultData.runData[node].flatMap((run) => run.data?.main ?? []).flatMap((list) => list ?? []);
		const ids = items.flatMap((item) => Object.values((item as { binary?: Record<string, { id: string }> }).binary ?? {}).map(({ id }) => id));
		return [...new Set(ids.map((id) => id.split(':')[0]))];
	};

	test('a worker runs the fan-out: everything is delivered, and archive files pass through the database', async () => {
		await rounds.begin();
		const begunMs = Date.now();
		const execution = await rig.execute(workflow);
		measured.runSeconds = (Date.now() - begunMs) / 1000;
		expect(failure(execution)).toMatch(/^success/);
		expect(WORKERS).toContain(await workerOf(execution.id));
		expect(keptIn(execution, 'Get new events')).toEqual(['database']);
		await rounds.expectDelivered(await position());
	});

	test('a file that is streamed from SAFE passes through the database byte for byte', async () => {
		const known = new Set((await rig.archive()).keys());
		const execution = await rig.execute(await rig.setUp('safe-audit-raw-archive'));
		expect(failure(execution)).toMatch(/^success/);
		expect(keptIn(execution, 'Download export')).toEqual(['database']);
		const [{ json }] = execution.data.resultData.runData['Download export'][0].data?.main?.[0] ?? [];
		const added = [...(await rig.archive())].filter(([key]) => !known.has(key));
		expect(added.map(([, bytes]) => createHash('sha256').update(bytes).digest('hex'))).toEqual([json.sha256]);
	});

	test('two runs at once read the same: one saves the position, the other stops, and each event is in one archive object', async () => {
		await rounds.begin();
		rig.local.world.securId.faults.add({ on: { method: 'GET', times: 2 }, do: { delayMs: HELD_MS } });
		const [by] = workflow.nodes.filter(({ type }) => type.endsWith('.manualTrigger'));
		const ids = await Promise.all([rig.api.execute(workflow.id, by.name), rig.api.execute(workflow.id, by.name)]);
		const ended = (await Promise.all(ids.map(async (id) => await rig.finished(id)))).map(failure).sort();
		expect(ended).toEqual([expect.stringMatching(/^error at "Stop: position changed meanwhile"/), expect.stringMatching(/^success/)]);
		await rounds.expectDelivered(await position());
	});

	describe('a worker that is killed in the middle of a run on schedule', () => {
		const killed: Array<{ id: string; atMs: number }> = [];

		test.each([
			['while SecurID is read', 'securId', 'GET'],
			['while the SIEM takes events', 'siem', 'POST'],
			['after the SIEM, before the position is saved', 'slack', 'POST'],
		] as const)('%s: the position stays, the other worker repeats the run, nothing is lost or replaced', async (_, system, method) => {
			await rounds.begin();
			const before = await position();
			const { faults } = rig.local.world[system];
			const seen = faults.uses.length;
			faults.add({ on: { method, times: 1 }, do: { delayMs: HELD_MS } });
			await rig.schedule(workflow, EVERY_TEN_SECONDS);
			await rig.api.publish(workflow.id);
			await until('a run that is held up', async () => faults.uses.length > seen || undefined, { everyMs: 10 });
			const running = (await rig.api.executions(workflow.id)).filter((each) => !isOver(each) && !killed.some(({ id }) => id === each.id));
			expect(running).toMatchObject([{ mode: 'trigger' }]);
			const name = await workerOf(running[0].id);
			await workers.get(name)?.kill();
			const atMs = Date.now();
			killed.push({ id: running[0].id, atMs });
			await rig.api.unpublish(workflow.id);
			await s3Settled();
			const kept = await rig.archive();
			expect(standing(await position())).toEqual(standing(before));

			await rig.api.publish(workflow.id);
			const after = await until('the other worker', async () => ((await position()).rewindTo === null ? await position() : undefined));
			measured[`secondsUntilDeliveredWhenKilled_${system}`] = (Date.now() - atMs) / 1000;
			await rig.api.unpublish(workflow.id);
			await rounds.expectDelivered(after);
			const archive = await rig.archive();
			for (const [key, bytes] of kept) expect([key, archive.get(key)?.equals(bytes)]).toEqual([key, true]);
			// The last one stays away.
			if (system !== 'slack') await startOne(name);
		});

		test('n8n shows such a run as crashed when the worker has come back before it was missed, and as failed otherwise', async () => {
			const shown: string[] = [];
			for (const { id } of killed) shown.push((await rig.finished(id)).status);
			measured.secondsUntilShownAsFailed = Math.round((Date.now() - killed[2].atMs) / 1000);
			// A worker may take longer to come back than n8n takes to miss a run; the last one never does.
			expect(shown).toEqual([expect.stringMatching(/^(crashed|error)$/), expect.stringMatching(/^(crashed|error)$/), 'error']);
			measured.errorWorkflowRuns = (await rig.api.executions(alertId)).length;
			measured.mainPeakMb = peakMb(rig.server);
			measured.workerPeakMb = Math.max(...[...workers.values()].map(peakMb));
		});
	});

	test(`one run brings the ${MANY.toLocaleString('en-US')} events that an outage has left`, async () => {
		const { securId, siem } = rig.local.world;
		const startMs = rounds.fromMs - 8 * HOUR_MS;
		securId.addEvents(...Array.from({ length: MANY }, (_, index) => ({ atMs: startMs + index * 2000, activityKey: 'SIGNOUT', result: 'SUCCESS' })));
		siem.events.length = 0;
		await rig.rewind(startMs);
		const begunMs = Date.now();
		expect(failure(await rig.execute(workflow))).toMatch(/^success/);
		measured.secondsForMany = (Date.now() - begunMs) / 1000;
		measured.workerPeakMbForMany = Math.max(...[...workers.values()].map(peakMb));
		await s3Settled();
		const golden = rig.golden(startMs, await position());
		expect(golden).toHaveLength(MANY + EVENTS);
		expect(await rig.archived()).toEqual(golden);
		expect(rig.posted()).toEqual(golden);
	});

	test('a worker that is to keep binary files in S3 does not start without a licence of n8n, and says so', async () => {
		const options = rig.options('unlicensed');
		mkdirSync(options.folder);
		await expect(startWorker({ ...options, env: { ...options.env, N8N_DEFAULT_BINARY_DATA_MODE: 's3' } })).rejects.toThrow(/S3 binary data storage requires a valid license/);
	});
});
