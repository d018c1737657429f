import { createHash } from 'node:crypto';
import nock from 'nock';
import { startDoor, type Door } from '../nodes/SafeAuditExport/sweepDoor';
import { BUCKET, shipped, startTestWorld, type LocalWorld } from './world';

const NAME = 'safe-audit-raw-archive';

let local: LocalWorld;

beforeEach(async () => {
	local = await startTestWorld(45);
});

afterEach(async () => {
	await local.stop();
});

const run = async (credentials = local.credentials) =>
	await local.engine.run(shipped(local, NAME), { credentials });

it('stores the export byte for byte, under a key that ends in a digest of its content', async () => {
	const report = await run();
	expect(report.error).toBeUndefined();
	const [[key, bytes]] = [...(await local.s3.objects(BUCKET))];
	const digest = createHash('sha256').update(bytes).digest('hex');
	expect(key).toMatch(new RegExp(`^audit-raw/source=safe-audit/year=\\d{4}/month=\\d\\d/day=\\d\\d/.+_${digest.slice(0, 16)}\\.csv$`));
	expect(report.items('Run summary')[0].json).toMatchObject({ sha256: digest, bytes: bytes.length });
	expect(bytes.toString().split('\n')[0]).toBe('Timestamp,Source IP and Port,User ID,Action,Details');
});

it('requests one export and downloads it without any credential', async () => {
	await run();
	expect(local.world.safe.reportsRequested).toHaveLength(1);
	expect(local.world.storage.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
});

it('stores nothing when the export is cut off on its way', async () => {
	local.world.storage.faults.add({ on: {}, do: { truncateBody: true } });
	const report = await run();
	expect(report.status).toBe('error');
	expect((await local.s3.objects(BUCKET)).size).toBe(0);
});

it('stops when S3 refuses the file', async () => {
	const report = await run({ ...local.credentials, aws: { ...local.credentials.aws, secretAccessKey: 'wrong' } });
	expect(report.status).toBe('error');
	expect(report.lastNode).toBe('Store in S3');
});

describe('an answer with status 200 that is not from S3', () => {
	const through = (door: Door) => ({ ...local.credentials, aws: { ...local.credentials.aws, s3Endpoint: door.url } });
	let door: Door;

	beforeEach(async () => {
		door = await startDoor(local.s3.url);
	});
	afterEach(async () => {
		if (!nock.isActive()) nock.activate();
		await door.close();
	});

	it('at the end of the upload stops the run instead of hiding that nothing is stored', async () => {
		// Location, start, part, list of parts, end.
		door.strike(4, { when: 'before', answer: 'html' });
		const report = await run(through(door));
		expect(report).toMatchObject({ status: 'error', lastNode: 'Stop: not confirmed by S3' });
		expect((await local.s3.objects(BUCKET)).size).toBe(0);
	});

	it('in place of one part of a large file stops the run, although S3 then stored the rest', async () => {
		// nock, which stands in for Slack's host, cuts large answers that it only passes on.
		nock.restore();
		const [row] = local.world.safe.rows;
		local.world.safe.addRows(...Array.from({ length: 6_000 }, (_, index) => ({ ...row, atMs: Date.now() - 20_000 * (index + 1), details: `${index} ${'x'.repeat(1_000)}` })));
		const whole = await run(through(door));
		expect(whole.error).toBeUndefined();
		expect(whole.items('Run summary')[0].json.bytes).toBeGreaterThan(5 * 1024 * 1024);
		const parts = door.seen.flatMap((what, index) => (what.startsWith('PUT') ? [index] : []));
		expect(parts).toHaveLength(2);
		for (const part of parts) {
			door.strike(part, { when: 'before', answer: 'html' });
			expect(await run(through(door))).toMatchObject({ status: 'error', lastNode: 'Stop: not confirmed by S3' });
		}
	});
});
