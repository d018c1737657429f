/** A server of a test's own, with the shipped workflows set up as their notes say, and what tests ask of it again and again. */
import { randomUUID } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { AdminEvent, WorldOptions } from '../../test/simulators';
import type { AwsAccount } from '../../test/simulators/aws/account';
import { BUCKET, readArchive } from '../../tools/demo/world';
import { startLocalServers, type LocalServers, type Storage } from '../server/localServers';
import { N8nApi, type Execution, type ExecutionDetails, type SavedCredential, type SavedWorkflow } from '../server/n8nApi';
import { startN8n, type N8nOptions, type N8nServer } from '../server/n8nServer';
import { saveCredentials, setUp, shippedWorkflows } from '../server/provision';

export const POSITIONS = 'securid_safe_positions';
export const HOUR_MS = 3_600_000;
const LOOK_EVERY_MS = 100;

export interface RigOptions extends Partial<WorldOptions> {
	s3?: Storage;
	/** Folder of a user folder to begin with; default: the one of the global set-up, with workflows and package; null for an empty one. */
	template?: string | null;
	/** More settings of n8n, or other ones. */
	env?: Record<string, string>;
}

/** A row of the positions table. */
export interface Position {
	id: number;
	name: string;
	checkpoint: string | null;
	revision: number | null;
	rewindTo: string | null;
	lastCount: number | null;
}

export class Rig {
	api!: N8nApi;
	server!: N8nServer;
	credentials: SavedCredential[] = [];
	/** The server's own folder, below `folder`. */
	home = 'n8n';

	private constructor(
		readonly folder: string,
		readonly local: LocalServers,
		/** Settings of n8n that every start of it gets; a change counts from the next start. */
		public env: Record<string, string>,
	) {}

	/** Servers, n8n, and a credential of each type. No workflow is set up or published yet. */
	static async start({ s3, template, env = {}, ...world }: RigOptions = {}): Promise<Rig> {
		const folder = mkdtempSync(path.join(tmpdir(), 'n8n-rig-'));
		mkdirSync(path.join(folder, 's3'));
		if (template !== null) cpSync(template ?? path.join(String(process.env.E2E_FOLDER), 'n8n'), path.join(folder, 'n8n'), { recursive: true });
		const safe = { options: { readyAfterPolls: 1 } };
		const local = await startLocalServers({ seed: 20260131, endsAt: Date.now(), days: 10, adminEvents: 400, safeRows: 200, users: 30, safe, ...world, s3, s3Folder: path.join(folder, 's3') });
		const rig = new Rig(folder, local, env);
		try {
			await rig.startServer();
			// Without the package n8n does not know its credential types yet.
			if (template !== null) await rig.makeCredentials();
			return rig;
		} catch (error) {
			await rig.stop();
			throw error;
		}
	}

	/** Of every type that the local world has, or of those named: an earlier version of the package knows fewer. */
	async makeCredentials(types = Object.keys(this.local.credentials)): Promise<void> {
		const credentials = Object.fromEntries(types.map((type) => [type, this.local.credentials[type]]));
		this.credentials = await saveCredentials(this.api, { credentials });
	}

	async startServer(): Promise<void> {
		this.server = await startN8n(this.options());
		this.api = await N8nApi.signIn(this.server.url);
	}

	/** What n8n is started with: by default on the server's own folder. */
	options(name = this.home): N8nOptions {
		return { folder: path.join(this.folder, name), gateway: this.local.gateway, env: this.env };
	}

	async stop(): Promise<void> {
		await this.server?.stop();
		await this.local.stop();
		rmSync(this.folder, { recursive: true, force: true });
	}

	/** An imported workflow, by its file's name, set up for the local world. */
	async setUp(file: string, settings: Record<string, unknown> = {}): Promise<SavedWorkflow> {
		const name = shippedWorkflows().get(file);
		const found = (await this.api.workflows()).find((workflow) => workflow.name === name);
		if (found === undefined) throw new Error(`${file} is not on the server`);
		return await this.prepare(found, settings);
	}

	/** A workflow that is on the server, set up for the local world. */
	async prepare(workflow: SavedWorkflow, settings: Record<string, unknown> = {}): Promise<SavedWorkflow> {
		const { saved, missing } = await setUp(this.api, workflow, this.local, this.credentials, settings);
		if (missing.length > 0) throw new Error(`${workflow.name} needs credentials that the local world lacks: ${missing.join(', ')}`);
		return saved;
	}

	/** Types another cron expression into the Schedule Trigger. */
	async schedule(workflow: SavedWorkflow, expression: string): Promise<void> {
		const { nodes } = await this.api.workflow(workflow.id);
		const schedule = nodes.find(({ type }) => type.endsWith('.scheduleTrigger'));
		if (schedule === undefined) throw new Error(`${workflow.name} has no Schedule Trigger`);
		schedule.parameters = { rule: { interval: [{ field: 'cronExpression', expression }] } };
		await this.api.save(workflow.id, { nodes });
	}

	/** Presses Execute workflow and waits for the end. */
	async execute(workflow: SavedWorkflow): Promise<ExecutionDetails> {
		const button = workflow.nodes.find(({ type }) => type.endsWith('.manualTrigger'));
		if (button === undefined) throw new Error(`${workflow.name} cannot be run by hand`);
		return await this.finished(await this.api.execute(workflow.id, button.name));
	}

	/** Waits for the end of an execution. */
	async finished(id: string): Promise<ExecutionDetails> {
		return await until(`execution ${id} to end`, async () => {
			const execution = await this.api.execution(id);
			return isOver(execution) ? execution : undefined;
		});
	}

	/**
	 * Publishes a workflow, does something, and waits for a run by its trigger. It unpublishes the workflow when that has begun, so that no second run reads the same beside it,
	 * however long the first one takes. Out: the run. Throws when it fails.
	 */
	async ranBySchedule(workflow: SavedWorkflow, meanwhile: () => Promise<void> = async () => {}): Promise<ExecutionDetails> {
		const known = new Set((await this.api.executions(workflow.id)).map(({ id }) => id));
		await this.api.publish(workflow.id);
		await meanwhile();
		const [{ id }] = await until(`a run of ${workflow.name}`, async () => {
			const begun = (await this.api.executions(workflow.id)).filter((each) => !known.has(each.id));
			return begun.length > 0 ? begun : undefined;
		});
		await this.quiet(workflow);
		const run = await this.api.execution(id);
		if (run.status !== 'success') throw new Error(failure(run));
		return run;
	}

	/** Unpublishes a workflow and waits for the end of what it has started. */
	async quiet(workflow: SavedWorkflow): Promise<void> {
		await this.api.unpublish(workflow.id);
		await until(`the end of executions of ${workflow.name}`, async () => (await this.api.executions(workflow.id)).every(isOver) || undefined);
	}

	/** The saved position of a name, or undefined while there is none. */
	async position(name = 'securid-admin'): Promise<Position | undefined> {
		const rows = ((await this.api.rows(POSITIONS)) ?? []) as unknown as Position[];
		return rows.find((row) => row.name === name && row.checkpoint !== null && row.checkpoint !== 'null');
	}

	/** Types a time into `rewindTo` of the position, in the Data tables tab. */
	async rewind(toMs: number, name = 'securid-admin'): Promise<void> {
		const row = ((await this.api.rows(POSITIONS)) ?? []).find((each) => each.name === name);
		if (row === undefined) throw new Error(`no position ${name}`);
		await this.api.editRow(POSITIONS, row.id, { rewindTo: new Date(toMs).toISOString() });
	}

	/**
	 * Sign-outs at equal distances up to now, one or more at once. The tenant has its nights and weekends: how much of its log lies in a day depends on when the test runs.
	 */
	happenEvenly(times: number, everyMs: number, atOnce = 1): void {
		const nowMs = Date.now();
		const event = (index: number) => ({ atMs: nowMs - (Math.floor(index / atOnce) + 1) * everyMs, activityKey: 'SIGNOUT', result: 'SUCCESS' }) as const;
		this.local.world.securId.addEvents(...Array.from({ length: times * atOnce }, (_, index) => event(index)));
	}

	/** An event of SAFE's log group ten minutes ago, which is less than the workflow reads again. Out: its id. */
	happenInCloudWatch(): string {
		const [id] = this.aws().logs.addEvents({ atMs: Date.now() - HOUR_MS / 6, message: '{"who":"someone"}' });
		return id;
	}

	/** An event in a file that CloudTrail delivered half an hour ago. Out: its id. */
	async happenInCloudTrail(): Promise<string> {
		const [account, eventID, time] = ['111122223333', randomUUID(), new Date(Date.now() - HOUR_MS / 2).toISOString()];
		const name = `${account}_CloudTrail_us-east-1_${time.slice(0, 16).replace(/[-:]/g, '')}Z_${eventID.slice(0, 8)}.json.gz`;
		const Key = `AWSLogs/${account}/CloudTrail/us-east-1/${time.slice(0, 10).replaceAll('-', '/')}/${name}`;
		const record = { eventID, eventTime: time, eventSource: 'kms.amazonaws.com', eventName: 'Decrypt', awsRegion: 'us-east-1', recipientAccountId: account };
		const { sts } = this.aws();
		const client = new S3Client({ endpoint: this.local.s3.url, region: sts.region, forcePathStyle: true, credentials: sts.key });
		await client.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body: gzipSync(JSON.stringify({ Records: [record] })) }));
		client.destroy();
		return eventID;
	}

	private aws(): AwsAccount {
		if (this.local.aws === undefined) throw new Error('there is no AWS account around this S3');
		return this.local.aws;
	}

	/** Objects of the archive, without manifests. */
	async archive(): Promise<Map<string, Buffer>> {
		const objects = await this.local.s3.objects(BUCKET);
		return new Map([...objects].filter(([key]) => !key.includes('/_manifest/')));
	}

	/** Ids of archived events of a source, sorted; one that is in two objects comes twice. */
	async archived(source = 'securid-admin'): Promise<string[]> {
		const objects = [...(await this.archive())].filter(([key]) => key.includes(`/source=${source}/`));
		return objects.flatMap(([key, bytes]) => readArchive(key, bytes).map(({ eventId }) => String(eventId))).sort();
	}

	/** Ids that the SIEM took, sorted, repeats included. */
	posted(): string[] {
		return this.local.world.siem.events.map(({ id }) => String(id)).sort();
	}

	/** Ids of the tenant's events from one time up to a saved position, sorted: what every sink has to have. */
	golden(fromMs: number, { checkpoint }: Position): string[] {
		const untilMs = Date.parse(through(checkpoint));
		return idsOf(this.local.world.securId.events.filter(({ atMs }) => atMs >= fromMs && atMs < untilMs));
	}
}

/** What tells whether a position has moved; reading it touches the row's `updatedAt`. */
export function standing({ checkpoint, revision, rewindTo }: Position): Pick<Position, 'checkpoint' | 'revision' | 'rewindTo'> {
	return { checkpoint, revision, rewindTo };
}

/** Where a checkpoint's position lies. */
export function through(checkpoint: string | null): string {
	return (JSON.parse(String(checkpoint)) as { through: string }).through;
}

export function idsOf(events: AdminEvent[]): string[] {
	return events.map(({ eventId }) => String(eventId)).sort();
}

/** What a person reads of a failed execution. */
export function failure({ status, data }: ExecutionDetails): string {
	const { error, lastNodeExecuted } = data.resultData;
	return `${status} at "${lastNodeExecuted}": ${error?.message ?? ''} ${error?.description ?? ''}`;
}

export function isOver({ status }: Execution): boolean {
	return !['new', 'running', 'waiting'].includes(status);
}

/** Asks until there is an answer. Throws when there is none in time; the limit is far above what an ordinary busy machine needs. */
export async function until<T>(what: string, ask: () => Promise<T | undefined>, { withinMs = 180_000, everyMs = LOOK_EVERY_MS } = {}): Promise<T> {
	for (const endMs = Date.now() + withinMs; Date.now() < endMs; await wait(everyMs)) {
		const answer = await ask();
		if (answer !== undefined) return answer;
	}
	throw new Error(`Waited ${withinMs / 1000} s for ${what}`);
}
