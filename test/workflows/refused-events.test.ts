/** What the SIEM refuses for good, in both fan-outs: kept in S3 before the position is saved. And the test event of the day of set-up. */
jest.mock('n8n-workflow', () => jest.requireActual('../nodes/time').withFreePauses(jest.requireActual('n8n-workflow')));

import type { RunReport } from '../harness';
import { startDoor, type Door, type S3Wrong } from '../nodes/SafeAuditExport/sweepDoor';
import { HOUR_MS, restartTime } from '../nodes/time';
import { archived, BUCKET, idsOf, shipped, startTestWorld, type LocalWorld } from './world';

const TABLE = 'securid_safe_positions';

let local: LocalWorld;
let door: Door;

beforeEach(async () => {
	restartTime();
	local = await startTestWorld(51);
	door = await startDoor(local.s3.url);
});

afterEach(async () => {
	await door.close();
	await local.stop();
});

const rows = () => local.engine.dataTables.rows(TABLE);
const said = () => local.world.slack.messages.map(({ shown }) => shown);
const inSiem = () => local.world.siem.events.map(({ id }) => String(id));
const sorted = (ids: Iterable<string>) => [...ids].sort();

interface DeadLetter {
	eventId: string;
	reason: string;
	status: number;
	event: Record<string, unknown>;
}

/** Objects under a prefix of the bucket. */
const objectsUnder = async (prefix: string) => [...(await local.s3.objects(BUCKET))].filter(([key]) => key.startsWith(prefix));
const deadLetters = async () =>
	(await objectsUnder('audit/_dead-letters/')).flatMap(([, bytes]) =>
		bytes.toString().split('\n').filter(Boolean).map((line) => JSON.parse(line) as DeadLetter),
	);

describe.each([
	['securid-admin-log-fan-out', 'securid-admin', 'Tell Slack'],
	['safe-daily-audit-fan-out', 'safe-audit', 'Summary to Slack'],
])('%s', (name, source, summaryNode) => {
	const credentials = () => ({ ...local.credentials, aws: { ...local.credentials.aws, s3Endpoint: door.url } });
	const run = async (settings: Record<string, unknown> = {}, onNodeStarted?: (node: string) => void, mode?: 'manual'): Promise<RunReport> =>
		await local.engine.run(shipped(local, name, settings), { credentials: credentials(), onNodeStarted, ...(mode && { mode, startAt: 'By hand' }) });

	/** The ids of a run that the SIEM's wrong secret stopped: those that the next run reads again. */
	async function idsOfWindow(): Promise<string[]> {
		if (source === 'securid-admin') local.world.securId.addEvents({ atMs: Date.now() - 3 * HOUR_MS, activityKey: 'LOCKED_ADMIN_ACCOUNT', result: 'SUCCESS' });
		local.world.siem.faults.add({ on: { times: 1 }, do: { status: 401 } });
		const stopped = await run();
		expect(stopped).toMatchObject({ status: 'error', lastNode: 'Post to SIEM' });
		local.world.siem.requests.length = 0;
		const ids = idsOf(stopped, 'Get new events');
		expect(ids.length).toBeGreaterThan(10);
		return ids;
	}

	const refuse = (ids: string[]) => local.poison.push(...[0, 5, ids.length - 1].map((at) => ids[at]));
	const saved = () => rows()[0].checkpoint !== null;

	it('stores refused events untouched in S3, delivers all others, saves the position and tells Slack how many and where', async () => {
		const ids = await idsOfWindow();
		refuse(ids);
		const report = await run();
		expect(report.error).toBeUndefined();
		const objects = await objectsUnder('audit/_dead-letters/');
		expect(objects).toHaveLength(1);
		expect(objects[0][0]).toMatch(new RegExp(`^audit/_dead-letters/source=${source}/year=\\d{4}/month=\\d\\d/day=\\d\\d/\\d{8}T\\d{6}Z_[0-9a-f]{16}\\.ndjson$`));
		const kept = await deadLetters();
		expect(sorted(kept.map(({ eventId }) => eventId))).toEqual(sorted(local.poison));
		const given = new Map(report.items('Get new events').map(({ json }) => [json.eventId, json]));
		for (const { eventId, event, reason, status } of kept) {
			expect(event).toEqual(given.get(eventId));
			expect([reason, status]).toEqual([expect.stringContaining('cannot be stored'), 400]);
		}
		expect(sorted([...inSiem(), ...local.poison])).toEqual(sorted(ids));
		expect([...(await archived(local, source)).values()].flat()).toHaveLength(ids.length);
		expect(saved()).toBe(true);
		expect(report.items('Run summary')[0].json).toMatchObject({ refused: 3, deadLetters: objects[0][0], slack: 'told' });
		expect(said().filter((text) => text.includes('3 events were refused by the SIEM') && text.includes(objects[0][0]))).toHaveLength(1);
	});

	it('writes the same object when the same events are refused again, and replaces nothing', async () => {
		const ids = await idsOfWindow();
		refuse(ids);
		let rewound = false;
		const lost = await run({}, (node) => {
			if (node !== 'Save new position' || rewound) return;
			rewound = true;
			local.engine.dataTables.editRow(TABLE, Number(rows()[0].id), { revision: 77 });
		});
		expect(lost.lastNode).toBe('Stop: position changed meanwhile');
		const before = await objectsUnder('audit/_dead-letters/');
		local.engine.dataTables.editRow(TABLE, Number(rows()[0].id), { revision: null });
		expect((await run()).error).toBeUndefined();
		expect(await objectsUnder('audit/_dead-letters/')).toEqual(before);
		expect(before).toHaveLength(1);
	});

	it.each<[string, string, S3Wrong]>([
		['refuses them', 'Dead letters in S3', { when: 'before', answer: 403 }],
		['is a web page with 200 in place of S3', 'Stop: dead letters not confirmed', { when: 'before', answer: 'html' }],
	])('saves nothing when the store of dead letters %s; the next run keeps them', async (_, failsAt, wrong) => {
		const ids = await idsOfWindow();
		refuse(ids);
		// The request that ends the upload, at which n8n's node looks least.
		const report = await run({}, (node) => node === 'Dead letters in S3' && door.strike(4, wrong, true));
		expect(report).toMatchObject({ status: 'error', lastNode: failsAt });
		expect(saved()).toBe(false);
		door.strike();
		expect((await run()).error).toBeUndefined();
		expect(saved()).toBe(true);
		expect(new Set([...inSiem(), ...(await deadLetters()).map(({ eventId }) => eventId)])).toEqual(new Set(ids));
	});

	it('stops before the save, and makes no dead letters, while the SIEM is down', async () => {
		const ids = await idsOfWindow();
		refuse(ids);
		local.world.siem.faults.add({ on: {}, do: { status: 503 } });
		const report = await run();
		expect(report).toMatchObject({ status: 'error', lastNode: 'Post to SIEM' });
		expect([saved(), await deadLetters(), inSiem()]).toEqual([false, [], []]);
	});

	it('still saves when Slack cannot be told of refused events, and says so in the summary', async () => {
		refuse(await idsOfWindow());
		const report = await run({ slackChannel: '#no-such-channel' });
		expect(report.error).toBeUndefined();
		expect(saved()).toBe(true);
		expect(report.items('Run summary')[0].json).toMatchObject({ refused: 3, slack: expect.stringMatching(/^not reached: /) });
	});

	describe('with sendTestEvent', () => {
		it('by hand sends one marked event through S3, SIEM and Slack, and leaves the position and the vendors alone', async () => {
			await idsOfWindow();
			const [before, keys, asked] = [rows(), await local.s3.objects(BUCKET), local.world.securId.requests.length + local.world.safe.requests.length];
			local.world.slack.messages.length = 0;
			const report = await run({ sendTestEvent: true }, undefined, 'manual');
			expect(report.error).toBeUndefined();
			const [{ id, event }, ...more] = local.world.siem.events;
			expect([id, event.action, event.severity, event.test, more]).toEqual([expect.stringMatching(/^test-\d{8}T\d{9}Z$/), 'TEST', 'high', true, []]);
			const added = [...(await local.s3.objects(BUCKET))].filter(([key]) => !keys.has(key));
			expect(added.map(([key, bytes]) => [key, JSON.parse(bytes.toString())])).toEqual([[`audit/_test/source=${source}/${id}.json`, [event]]]);
			expect(said().length).toBeGreaterThan(0);
			for (const text of said()) expect(text).toContain('TEST EVENT');
			expect(report.ran(summaryNode)).toBe(true);
			expect(rows()).toEqual(before);
			expect(local.world.securId.requests.length + local.world.safe.requests.length).toBe(asked);
		});

		it('collects as always when it runs on its schedule, so that a switch left on does no harm', async () => {
			const ids = await idsOfWindow();
			expect((await run({ sendTestEvent: true })).error).toBeUndefined();
			expect(sorted(inSiem())).toEqual(sorted(ids));
			expect(await objectsUnder('audit/_test/')).toEqual([]);
			expect(saved()).toBe(true);
		});

		it('shows a SIEM that refuses the test event, in S3 and in Slack', async () => {
			local.world.siem.faults.add({ on: {}, do: { status: 400 } });
			const report = await run({ sendTestEvent: true }, undefined, 'manual');
			expect(report.error).toBeUndefined();
			expect((await objectsUnder('audit/_test/_dead-letters/')).length).toBe(1);
			expect(await deadLetters()).toEqual([]);
			expect(said().filter((text) => text.includes('1 event was refused by the SIEM (TEST EVENT)'))).toHaveLength(1);
		});
	});
});
