import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { type RunReport, type WorkflowFile } from '../harness';
import { ask } from '../simulators/testClient';
import { atTime, startAwsWorld, type AwsWorld } from './awsWorld';
import { BUCKET, shipped } from './world';

// aws4 ships no type declarations.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const { sign } = require('aws4') as { sign: (request: object, key: object) => { headers: Record<string, string> } };

const NAME = 'safe-byoa-cloudtrail';
const TABLE = 'securid_safe_positions';
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const ACCOUNT = '111122223333';
const NOW = Date.parse('2026-01-15T10:07:31Z');
const iso = (ms: number) => new Date(ms).toISOString();

let local: AwsWorld;
let nowMs: number;
let numbered: number;

beforeEach(async () => {
	local = await startAwsWorld(51);
	nowMs = NOW;
	numbered = 0;
});

afterEach(async () => {
	await local.stop();
});

interface How {
	settings?: Record<string, unknown>;
	edit?: (workflow: WorkflowFile) => WorkflowFile;
	credentials?: AwsWorld['credentials'];
	onStart?: (node: string) => unknown;
}

async function run({ settings, edit = (workflow) => workflow, credentials, onStart = () => {} }: How = {}): Promise<RunReport> {
	const workflow = atTime(shipped(local, NAME, { trailBucket: BUCKET, ...settings }), nowMs);
	// SAFETY: n8n waits for what its hooks return.
	return await local.engine.run(edit(workflow), { credentials: credentials ?? local.credentials, onNodeStarted: onStart as (node: string) => void });
}

async function put(key: string, body: Buffer, headers: Record<string, string> = {}): Promise<void> {
	const { host } = new URL(local.s3.url);
	const { accessKeyId, secretAccessKey } = local.s3.credential;
	const signed = sign({ host, path: `/${BUCKET}/${key}`, method: 'PUT', body, headers, service: 's3', region: 'us-east-1' }, { accessKeyId, secretAccessKey });
	const { status } = await ask(`${local.s3.url}/${BUCKET}/${key}`, { method: 'PUT', headers: signed.headers, body });
	expect(status).toBe(200);
}

interface TrailFile {
	region?: string;
	records?: object[];
	/** S3 says Content-Encoding: gzip; n8n then unpacks the file by itself. */
	encoded?: boolean;
	root?: string;
	body?: Buffer;
	kind?: string;
}

/** A log file delivered at that time; gives the ids of its events. */
async function deliver(atMs: number, count = 2, { region = 'us-east-1', encoded = true, root = 'AWSLogs', kind = 'CloudTrail', records, body }: TrailFile = {}): Promise<string[]> {
	const list = records ?? Array.from({ length: count }, (_, index) => record({ eventTime: iso(atMs - 5 * MINUTE_MS + index * 1000).replace('.000', '') }));
	const [day, time] = iso(atMs).split('T');
	const name = `${ACCOUNT}_${kind}_${region}_${day.replaceAll('-', '')}T${time.slice(0, 5).replace(':', '')}Z_${String(++numbered).padStart(16, 'q')}.json.gz`;
	await put(`${root}/${ACCOUNT}/${kind}/${region}/${day.replaceAll('-', '/')}/${name}`, body ?? gzipSync(JSON.stringify({ Records: list })), encoded ? { 'content-encoding': 'gzip' } : {});
	return list.map((entry) => String((entry as { eventID: string }).eventID));
}

const record = (members: object = {}) => ({
	eventVersion: '1.09',
	userIdentity: { type: 'AssumedRole', arn: 'arn:aws:sts::111122223333:assumed-role/app/session', accountId: ACCOUNT },
	eventTime: iso(NOW - HOUR_MS),
	eventSource: 'kms.amazonaws.com',
	eventName: 'Decrypt',
	awsRegion: 'us-east-1',
	sourceIPAddress: '203.0.113.5',
	eventID: randomUUID(),
	recipientAccountId: ACCOUNT,
	...members,
});

const rows = () => local.engine.dataTables.rows(TABLE);
const saved = () => JSON.parse(String(rows()[0].checkpoint)) as { through: string; files: string[]; recent: string[] };
const inSiem = () => local.world.siem.events.map(({ id }) => String(id));
const sorted = (ids: string[]) => [...ids].sort();

describe('a run', () => {
	it.each([['with Content-Encoding, which n8n unpacks', true], ['without it', false]])('brings every event of files %s to the SIEM once, and then saves the position', async (_, encoded) => {
		const ids = [...(await deliver(NOW - 3 * HOUR_MS, 4, { encoded })), ...(await deliver(NOW - 10 * MINUTE_MS, 2, { encoded }))];
		const report = await run();
		expect(report.error).toBeUndefined();
		expect(sorted(inSiem())).toEqual(sorted(ids));
		expect(rows()).toMatchObject([{ name: NAME, revision: 1, lastCount: 6, rewindTo: null, position: new Date('2026-01-15T10:07:00Z') }]);
		expect(local.world.siem.events.every(({ event }) => event.backfill === true)).toBe(true);
	});

	it('reads both kinds of file in one run, oldest event first', async () => {
		const ids = [...(await deliver(NOW - 3 * HOUR_MS, 2, { encoded: false })), ...(await deliver(NOW - 2 * HOUR_MS, 2)), ...(await deliver(NOW - HOUR_MS, 2, { encoded: false }))];
		await run();
		expect(inSiem()).toEqual(ids);
	});

	it('gives the flat fields and the whole record', async () => {
		const entry = record({ errorCode: 'AccessDenied', requestParameters: { bucketName: '<!channel> {{ $json }} =cmd()\r\n' }, eventName: '{"checkpoint":1}' });
		await deliver(NOW - HOUR_MS, 1, { records: [entry] });
		await run();
		const [{ event }] = local.world.siem.events;
		expect(event).toMatchObject({ eventId: entry.eventID, action: entry.eventName, service: 'kms.amazonaws.com', outcome: 'failure', actor: entry.userIdentity.arn, sourceIp: '203.0.113.5', awsRegion: 'us-east-1', account: ACCOUNT, source: NAME });
		expect(event.original).toEqual(JSON.parse(JSON.stringify(entry)));
		expect(String(event.file)).toMatch(/^AWSLogs\/111122223333\/CloudTrail\/us-east-1\/2026\/01\/15\/.*\.json\.gz$/);
		expect(rows()).toMatchObject([{ revision: 1, lastCount: 1 }]);
	});

	it('skips digest files and what is no log file', async () => {
		const ids = await deliver(NOW - HOUR_MS);
		await deliver(NOW - HOUR_MS, 2, { kind: 'CloudTrail-Digest' });
		await put(`AWSLogs/${ACCOUNT}/CloudTrail/us-east-1/2026/01/15/readme.txt`, Buffer.from('x'));
		expect((await run()).error).toBeUndefined();
		expect(sorted(inSiem())).toEqual(sorted(ids));
	});

	// n8n's AWS S3 node keeps the page token of one item for the next, so that two folders in one go lose files of the second.
	it('reads all accounts and regions of the Settings node, below the folder named there, over the turn of a day, and lists one folder at a time', async () => {
		const root = 'trails/AWSLogs/o-exampleorgid';
		const ids = [...(await deliver(NOW - 11 * HOUR_MS, 1, { root })), ...(await deliver(NOW - HOUR_MS, 1, { root, region: 'eu-central-1' }))];
		await deliver(NOW - HOUR_MS, 1, { root, region: 'ap-south-1' });
		await deliver(NOW - HOUR_MS, 1);
		let listings = 0;
		const settings = { trailFolder: `/${root}/`, regions: 'us-east-1, eu-central-1', accounts: `444455556666,${ACCOUNT}` };
		const report = await run({ settings, onStart: (node) => node === 'List log files' && listings++ });
		expect(report.error).toBeUndefined();
		expect(listings).toBe(4);
		expect(inSiem()).toEqual(ids);
	});

	it('moves the position on when no file came, and sends nothing', async () => {
		for (let time = 0; time < 3; time++) {
			nowMs = NOW + time * 15 * MINUTE_MS;
			expect((await run()).error).toBeUndefined();
		}
		expect(saved().through).toBe('2026-01-15T10:37:00.000Z');
		expect(local.world.siem.requests).toEqual([]);
	});
});

describe('the next run', () => {
	it('reads files that came since, late ones too, and none twice', async () => {
		const first = [...(await deliver(NOW - 20 * MINUTE_MS)), ...(await deliver(NOW - MINUTE_MS))];
		await run();
		nowMs = NOW + 15 * MINUTE_MS;
		const late = await deliver(NOW - 30 * MINUTE_MS);
		const sameMinute = await deliver(NOW - MINUTE_MS);
		const next = await deliver(NOW + 10 * MINUTE_MS);
		const report = await run();
		expect(report.error).toBeUndefined();
		expect(report.items('Read one file')).toHaveLength(3);
		expect(sorted(inSiem())).toEqual(sorted([...first, ...late, ...sameMinute, ...next]));
		expect(local.world.siem.events.slice(4).map(({ event }) => event.backfill)).toEqual([true, true, true, true, false, false]);
	});

	it('reads filesPerRun files at most, oldest first, and the following ones the rest, each once', async () => {
		const ids: string[] = [];
		for (let time = 0; time < 7; time++) ids.push(...(await deliver(NOW - (9 - Math.floor(time / 3)) * 10 * MINUTE_MS)));
		const more: unknown[] = [];
		for (let time = 0; time < 4; time++) {
			nowMs = NOW + time * MINUTE_MS;
			more.push((await run({ settings: { filesPerRun: 2 } })).items('Run summary')[0].json.more);
		}
		expect(more).toEqual([true, true, true, false]);
		expect(sorted(inSiem())).toEqual(sorted(ids));
	});

	it('leaves out an event that CloudTrail repeats in another file, in the same run and in a later one', async () => {
		const twice = record();
		await deliver(NOW - HOUR_MS, 1, { records: [twice, twice] });
		await deliver(NOW - 30 * MINUTE_MS, 1, { records: [twice] });
		await run();
		nowMs = NOW + 15 * MINUTE_MS;
		await deliver(NOW + MINUTE_MS, 1, { records: [twice] });
		await run();
		expect(inSiem()).toEqual([twice.eventID]);
	});

	it('remembers a bounded number of files and ids', async () => {
		await deliver(NOW - 10 * MINUTE_MS, 3_000);
		await run();
		expect(saved().recent).toHaveLength(2_500);
		nowMs = NOW + 3 * HOUR_MS;
		await run();
		expect(saved().files).toEqual([]);
	});
});

describe('a failure', () => {
	const unchanged = () => expect(rows()).toMatchObject([{ checkpoint: null, revision: null }]);

	it('of the SIEM leaves the position, and the next run brings everything', async () => {
		const ids = await deliver(NOW - HOUR_MS);
		local.world.siem.faults.add({ on: { times: 1 }, do: { status: 401 } });
		expect(await run()).toMatchObject({ status: 'error', lastNode: 'Post to SIEM' });
		unchanged();
		nowMs = NOW + 15 * MINUTE_MS;
		ids.push(...(await deliver(NOW + MINUTE_MS)));
		await run();
		expect(sorted(inSiem())).toEqual(sorted(ids));
	});

	it('of the SIEM to take one event keeps it in S3 before the save, and tells Slack; without that S3 nothing is saved', async () => {
		const ids = await deliver(NOW - HOUR_MS);
		local.poison.push(ids[0]);
		const credentials = { ...local.credentials, aws: { ...local.credentials.aws, secretAccessKey: 'wrong' } };
		expect(await run({ credentials })).toMatchObject({ status: 'error', lastNode: 'Dead letters in S3' });
		unchanged();
		local.world.siem.events.length = 0;
		expect((await run({ settings: { s3Bucket: BUCKET } })).error).toBeUndefined();
		expect(sorted(inSiem())).toEqual(sorted(ids.slice(1)));
		const kept = [...(await local.s3.objects(BUCKET))].filter(([key]) => key.startsWith('audit/_dead-letters/source=safe-byoa-cloudtrail/year=2026/month=01/day=15/'));
		expect(kept.map(([, bytes]) => (JSON.parse(bytes.toString()) as { eventId: string }).eventId)).toEqual([ids[0]]);
		expect(rows()).toMatchObject([{ revision: 1 }]);
		expect(local.world.slack.messages.map(({ shown }) => shown)).toEqual([expect.stringContaining(kept[0][0])]);
	});

	it.each<[string, (credential: Record<string, unknown>) => object]>([
		['a wrong secret', () => ({ stsSecretAccessKey: 'wrong' })],
		['another external id', () => ({ externalId: 'guessed' })],
	])('of the sign-in (%s) stops at the listing and leaves the position', async (_, change) => {
		await deliver(NOW - HOUR_MS);
		const { awsAssumeRole } = local.credentials;
		const report = await run({ credentials: { ...local.credentials, awsAssumeRole: { ...awsAssumeRole, ...change(awsAssumeRole) } } });
		expect(report).toMatchObject({ status: 'error', lastNode: 'List log files' });
		unchanged();
		expect(inSiem()).toEqual([]);
	});

	it('of a file that cannot be read stops the run; named in skipFiles, the others go on', async () => {
		const ids = await deliver(NOW - HOUR_MS);
		await deliver(NOW - 30 * MINUTE_MS, 0, { body: Buffer.from('not gzip'), encoded: false });
		const report = await run();
		expect(report.status).toBe('error');
		expect(inSiem()).toEqual([]);
		unchanged();
		const broken = `${ACCOUNT}_CloudTrail_us-east-1_20260115T0937Z_${'2'.padStart(16, 'q')}.json.gz`;
		expect((await run({ settings: { skipFiles: broken } })).error).toBeUndefined();
		expect(sorted(inSiem())).toEqual(sorted(ids));
	});

	it('of the save, because somebody wrote rewindTo meanwhile, loses nothing and keeps the edit', async () => {
		await run();
		nowMs = NOW + 15 * MINUTE_MS;
		const ids = await deliver(NOW + MINUTE_MS);
		const rewindTo = new Date(NOW - 2 * HOUR_MS);
		const report = await run({ onStart: (node) => node === 'Read one file' && local.engine.dataTables.editRow(TABLE, Number(rows()[0].id), { rewindTo }) });
		expect(report).toMatchObject({ status: 'error', lastNode: 'Stop: position changed meanwhile' });
		expect(rows()).toMatchObject([{ rewindTo, revision: 1 }]);
		await run();
		expect(new Set(inSiem())).toEqual(new Set(ids));
		expect(rows()).toMatchObject([{ rewindTo: null, revision: 2 }]);
	});
});

it.each(['oops', '[]', '{"v":1,"through":"2026-01-15T10:00:00.000Z","from":"2026-01-15T10:00:00.000Z"}'])('stops before anything is read when the position cannot be read: %s', async (checkpoint) => {
	await run();
	await deliver(NOW - MINUTE_MS);
	local.engine.dataTables.editRow(TABLE, Number(rows()[0].id), { checkpoint });
	const report = await run();
	expect(report).toMatchObject({ status: 'error', lastNode: 'Stop: position not usable' });
	expect(report.error?.message).toMatch(/cannot be read/);
	expect(rows()).toMatchObject([{ checkpoint, revision: 1 }]);
	expect(inSiem()).toEqual([]);
});

it('goes on without a disabled SIEM, and the position moves on, as the note says', async () => {
	await deliver(NOW - HOUR_MS);
	const report = await run({ edit: (workflow) => ({ ...workflow, nodes: workflow.nodes.map((node) => (node.name === 'Post to SIEM' ? { ...node, disabled: true } : node)) }) });
	expect(report.error).toBeUndefined();
	expect(inSiem()).toEqual([]);
	expect(rows()).toMatchObject([{ revision: 1 }]);
});
