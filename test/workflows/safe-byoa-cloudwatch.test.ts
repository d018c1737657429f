import { withNode, type RunReport, type WorkflowFile } from '../harness';
import { startDoor } from '../nodes/SafeAuditExport/sweepDoor';
import { atTime, startAwsWorld, type AwsWorld } from './awsWorld';
import { BUCKET, shipped } from './world';

const NAME = 'safe-byoa-cloudwatch';
const TABLE = 'securid_safe_positions';
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Half past a whole hour, half a day ago: AWS checks the real time of a signature, so the log lies in the past of it. */
const NOW = Math.floor(Date.now() / HOUR_MS) * HOUR_MS - 11.5 * HOUR_MS;
/** Where a run at `NOW` ends: two minutes are waited for late events, then the last boundary of five minutes. */
const END = NOW - 5 * MINUTE_MS;
const iso = (ms: number) => new Date(ms).toISOString();

let local: AwsWorld;
let nowMs: number;

beforeEach(async () => {
	local = await startAwsWorld(50);
	nowMs = NOW;
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

/** One execution at `nowMs`; the pause between pages is left out. */
async function run({ settings, edit = (workflow) => workflow, credentials, onStart = () => {} }: How = {}): Promise<RunReport> {
	const workflow = atTime(shipped(local, NAME, { logGroup: local.logs.logGroup, ...settings }), nowMs);
	const patient = withPaging(workflow, { requestInterval: 0 });
	// SAFETY: n8n waits for what its hooks return.
	return await local.engine.run(edit(patient), { credentials: credentials ?? local.credentials, onNodeStarted: onStart as (node: string) => void });
}

/** With other settings of the paging. */
const withPaging = (workflow: WorkflowFile, change: object) =>
	withNode(workflow, 'Read log events', (parameters) => {
		Object.assign((parameters.options as { pagination: { pagination: object } }).pagination.pagination, change);
		return parameters;
	});

const happen = (count: number, atMs: number, more: object = {}) =>
	local.logs.addEvents(...Array.from({ length: count }, (_, index) => ({ atMs: atMs + index, message: `{"n":${index}}`, ...more })));
const rows = () => local.engine.dataTables.rows(TABLE);
const through = () => (JSON.parse(String(rows()[0].checkpoint)) as { through: string }).through;
const inSiem = () => local.world.siem.events.map(({ id }) => String(id));
const sorted = (ids: string[]) => [...ids].sort();

interface Line {
	eventId: string;
	message: string;
	timestamp: number;
}

async function lines(fits = /./): Promise<Line[]> {
	const objects = [...(await local.s3.objects(BUCKET))].filter(([key]) => fits.test(key));
	return objects.flatMap(([, bytes]) => bytes.toString().split('\n').filter(Boolean).map((line) => JSON.parse(line) as Line));
}

const inS3 = async (fits?: RegExp) => (await lines(fits)).map(({ eventId }) => eventId);

async function expectEverywhereOnce(ids: string[]): Promise<void> {
	expect(sorted(await inS3())).toEqual(sorted(ids));
	expect(sorted(inSiem())).toEqual(sorted(ids));
}

describe('a run', () => {
	it('brings every event of the window to S3 and to the SIEM once, oldest first, and then saves the position', async () => {
		const ids = [...happen(7, NOW - 20 * HOUR_MS), ...happen(5, NOW - HOUR_MS), ...happen(1, END - 1)];
		happen(2, END);
		happen(2, NOW - 25 * HOUR_MS);
		const report = await run();
		expect(report.error).toBeUndefined();
		await expectEverywhereOnce(ids);
		expect(inSiem()).toEqual(ids);
		expect(local.world.siem.events.every(({ event }) => event.backfill === true && event.late === false)).toBe(true);
		expect(rows()).toMatchObject([{ name: NAME, revision: 1, lastCount: 13, rewindTo: null, position: new Date(END) }]);
		expect(through()).toBe(iso(END));
		expect(local.world.slack.messages).toEqual([]);
	});

	it('follows pages to the last one, also where CloudWatch gives empty ones', async () => {
		Object.assign(local.logs.paging, { pageEvents: 3, emptyPages: 2 });
		const ids = happen(10, NOW - HOUR_MS);
		await run();
		expect(local.logs.requests).toHaveLength(12);
		await expectEverywhereOnce(ids);
	});

	it('asks each page for the same window', async () => {
		Object.assign(local.logs.paging, { pageEvents: 2 });
		happen(5, NOW - HOUR_MS);
		await run();
		const asked = local.logs.requests.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
		expect(asked.map(({ nextToken, ...window }) => window)).toEqual(asked.map(() => ({ logGroupName: local.logs.logGroup, startTime: NOW - 24 * HOUR_MS, endTime: END - 1, limit: 10_000 })));
	});

	it('archives before the SIEM is told and saves last of all', async () => {
		happen(3, NOW - HOUR_MS);
		const order: string[] = [];
		await run({ onStart: (node) => order.push(node) });
		const steps = ['Archive in S3', 'Post to SIEM', 'All sinks done', 'Save new position'];
		expect(order.filter((node) => steps.includes(node))).toEqual(steps);
	});

	it('moves the position on when nothing happened, and tells nobody', async () => {
		for (let time = 0; time < 3; time++) {
			nowMs = NOW + time * 5 * MINUTE_MS;
			expect((await run()).error).toBeUndefined();
		}
		expect(through()).toBe(iso(END + 10 * MINUTE_MS));
		expect(rows()).toMatchObject([{ revision: 3, lastCount: 0 }]);
		expect([local.world.siem.requests, local.world.slack.requests]).toEqual([[], []]);
	});

	it('keeps five minutes per object, whose key is the same for the same content', async () => {
		happen(2, END - 10 * MINUTE_MS);
		happen(2, END - 5 * MINUTE_MS);
		await run();
		const keys = [...(await local.s3.objects(BUCKET)).keys()];
		const stamp = (ms: number) => iso(ms).replace(/[-:]|\.\d{3}/g, '');
		expect(keys.map((key) => key.replace(/^.*\//, '').replace(/_[0-9a-f]{16}\.ndjson$/, ''))).toEqual([`${stamp(END - 10 * MINUTE_MS)}_${stamp(END - 5 * MINUTE_MS)}`, `${stamp(END - 5 * MINUTE_MS)}_${stamp(END)}`]);
		expect(keys.every((key) => key.startsWith(`audit/source=${NAME}/year=`))).toBe(true);
	});
});

describe('the next run', () => {
	it('goes on where the last one stopped, brings late events marked as such, and repeats none', async () => {
		const first = happen(20, END - 10 * MINUTE_MS);
		await run();
		nowMs = NOW + 5 * MINUTE_MS;
		const late = happen(2, END - 9 * MINUTE_MS);
		const second = happen(4, END + MINUTE_MS);
		const report = await run();
		expect(report.error).toBeUndefined();
		await expectEverywhereOnce([...first, ...late, ...second]);
		expect(inSiem().slice(20)).toEqual([...late, ...second]);
		expect(local.world.siem.events.slice(20).map(({ event }) => event.late)).toEqual([true, true, false, false, false, false]);
		expect(local.world.siem.events.slice(20).some(({ event }) => event.backfill)).toBe(false);
		expect(sorted(await inS3(/_late_/))).toEqual(sorted(late));
	});

	it('repeats none of the overlap, ten runs long', async () => {
		const ids = Array.from({ length: 12 }, (_, slot) => happen(3, END + (slot - 3) * 5 * MINUTE_MS)).flat();
		for (let time = 0; time < 10; time++) {
			nowMs = NOW + time * 5 * MINUTE_MS;
			expect((await run()).error).toBeUndefined();
		}
		await expectEverywhereOnce(ids);
	});

	it('catches up after an outage, hoursPerRun at a time, completely', async () => {
		await run();
		const ids = Array.from({ length: 11 }, (_, hour) => happen(2, NOW + hour * HOUR_MS)).flat();
		nowMs = NOW + 11 * HOUR_MS;
		const more: unknown[] = [];
		for (let time = 0; time < 3; time++) more.push((await run({ settings: { hoursPerRun: 4 } })).items('Run summary')[0].json.more);
		expect(more).toEqual([true, true, false]);
		await expectEverywhereOnce(ids);
	});

	it('marks the rest of a first run as history too, and only that', async () => {
		happen(1, END - 2 * HOUR_MS);
		happen(1, END - HOUR_MS);
		await run({ settings: { hoursPerRun: 23 } });
		nowMs = NOW + 10 * MINUTE_MS;
		happen(1, END + MINUTE_MS);
		await run();
		expect(local.world.siem.events.map(({ event }) => event.backfill)).toEqual([true, true, false]);
	});

	it('remembers 4,000 ids of the overlap at most, says so to people, and repeats none', async () => {
		const ids = happen(4_300, END - 10 * MINUTE_MS);
		await run();
		expect(local.world.slack.messages.map(({ shown }) => shown).join()).toContain('only the ids of the newest 4,000 are remembered');
		expect(String(rows()[0].checkpoint).length).toBeLessThan(256 * 1024);
		nowMs = NOW + 5 * MINUTE_MS;
		const next = happen(1, END + MINUTE_MS);
		expect((await run()).error).toBeUndefined();
		expect(sorted(inSiem())).toEqual(sorted([...ids, ...next]));
	});
});

it('brings texts as they are: hostile, not JSON, with large numbers, or dressed up as something of ours', async () => {
	const messages = ['<!channel> =cmd() \r\n {{ $json }} ${x}', '{"eventId":"1","checkpoint":"x","revision":9,"__proto__":{"a":1}}', '{"id":7292599294452927927}', '[1,2]', '"text"', 'null', '', '{broken', 'ünïcode \u2028 \u0000 😀'];
	const ids = local.logs.addEvents(...messages.map((message, index) => ({ atMs: NOW - HOUR_MS + index, message })));
	const report = await run();
	expect(report.error).toBeUndefined();
	expect((await lines()).map(({ message }) => message)).toEqual(messages);
	const events = local.world.siem.events.map(({ event }) => event);
	expect(events.map(({ eventId }) => eventId)).toEqual(ids);
	expect(events.map(({ message }) => message)).toEqual(messages);
	expect(events.map(({ event }) => event !== null)).toEqual([false, true, true, false, false, false, false, false, false]);
	expect(rows()).toMatchObject([{ revision: 1, lastCount: messages.length }]);
	expect(through()).toBe(iso(END));
});

describe('a refusing system', () => {
	const unchanged = () => expect(rows()).toMatchObject([{ checkpoint: null, revision: null }]);

	it('S3 stops the run before the SIEM, and the next run brings everything', async () => {
		const ids = happen(4, NOW - HOUR_MS);
		const report = await run({ credentials: { ...local.credentials, aws: { ...local.credentials.aws, secretAccessKey: 'wrong' } } });
		expect(report).toMatchObject({ status: 'error', lastNode: 'Archive in S3' });
		unchanged();
		expect(inSiem()).toEqual([]);
		nowMs = NOW + 5 * MINUTE_MS;
		const next = happen(1, END + MINUTE_MS);
		await run();
		await expectEverywhereOnce([...ids, ...next]);
	});

	it('the SIEM stops the run before the save; the next one, with a later end, writes the same objects', async () => {
		const ids = happen(4, NOW - HOUR_MS);
		local.world.siem.faults.add({ on: { times: 1 }, do: { status: 401 } });
		expect(await run()).toMatchObject({ status: 'error', lastNode: 'Post to SIEM' });
		unchanged();
		const objects = await local.s3.objects(BUCKET);
		nowMs = NOW + 5 * MINUTE_MS;
		await run();
		expect(await local.s3.objects(BUCKET)).toEqual(objects);
		await expectEverywhereOnce(ids);
	});

	describe('and the SIEM refuses an event for good', () => {
		const deadLetters = async () => (await lines(/_dead-letters/)) as unknown as Array<{ eventId: string; event: { message: string } }>;

		it('keeps it in S3, delivers the others, saves the position and tells Slack', async () => {
			const ids = happen(6, NOW - HOUR_MS);
			local.poison.push(ids[2]);
			const report = await run();
			expect(report.error).toBeUndefined();
			expect(sorted(inSiem())).toEqual(sorted(ids.filter((id) => id !== ids[2])));
			expect(await deadLetters()).toMatchObject([{ eventId: ids[2], event: { eventId: ids[2], message: '{"n":2}' } }]);
			expect(sorted(await inS3(/audit\/source=/))).toEqual(sorted(ids));
			expect(through()).toBe(iso(END));
			expect(local.world.slack.messages.map(({ shown }) => shown)).toEqual([expect.stringMatching(/The SIEM refused 1 events for good.*audit\/_dead-letters\/source=safe-byoa-cloudwatch\//)]);
		});

		it.each([
			['the archive', 'Archive in S3', 'Stop: not confirmed by S3'],
			['the dead letters', 'Dead letters in S3', 'Stop: dead letters not confirmed'],
		])('saves nothing when a web page answers in place of the S3 that is to take %s', async (_, node, stop) => {
			const ids = happen(6, NOW - HOUR_MS);
			local.poison.push(ids[2]);
			const door = await startDoor(local.s3.url);
			const credentials = { ...local.credentials, aws: { ...local.credentials.aws, s3Endpoint: door.url } };
			const report = await run({ credentials, onStart: (started) => started === node && door.strike(4, { when: 'before', answer: 'html' }) });
			await door.close();
			expect(report).toMatchObject({ status: 'error', lastNode: stop });
			unchanged();
			await run();
			expect(sorted([...new Set(inSiem()), ...(await deadLetters()).map(({ eventId }) => eventId)])).toEqual(sorted(ids));
		});
	});

	it('the SIEM in the middle of batches costs repeats with the same eventId, and no event', async () => {
		const ids = happen(1_200, NOW - HOUR_MS);
		local.world.siem.faults.add({ on: { nth: 2 }, do: { status: 401 } });
		expect(await run()).toMatchObject({ status: 'error', lastNode: 'Post to SIEM' });
		const before = inSiem().length;
		// Of 500, 500 and 200 events one batch is refused; another may or may not have been on its way when that was known.
		expect([500, 700, 1_000]).toContain(before);
		await run();
		expect(local.world.siem.ids().sort()).toEqual(sorted(ids));
		expect(inSiem()).toHaveLength(before + 1_200);
		expect(sorted(await inS3())).toEqual(sorted(ids));
	});

	it.each<[string, (credential: Record<string, unknown>) => object, RegExp]>([
		['a wrong STS secret', () => ({ stsSecretAccessKey: 'wrong' }), /does not match/],
		['an unknown STS key', () => ({ stsAccessKeyId: 'AKIANOBODY' }), /token.*invalid/],
		['another external id', () => ({ externalId: 'guessed' }), /not authorized to perform: sts:AssumeRole/],
		['another role', () => ({ roleArn: 'arn:aws:iam::111122223333:role/admin' }), /not authorized to perform: sts:AssumeRole/],
	])('with %s nothing is read and the position stays', async (_, change, message) => {
		happen(2, NOW - HOUR_MS);
		const { awsAssumeRole } = local.credentials;
		const report = await run({ credentials: { ...local.credentials, awsAssumeRole: { ...awsAssumeRole, ...change(awsAssumeRole) } } });
		expect(report).toMatchObject({ status: 'error', lastNode: 'Read log events' });
		expect(`${report.error?.message} ${report.error?.description}`).toMatch(message);
		expect(local.logs.requests).toEqual([]);
		unchanged();
	});

	it('CloudWatch, asked for a log group that is not there, stops the run and is quoted', async () => {
		const report = await run({ settings: { logGroup: 'elsewhere' } });
		expect(report).toMatchObject({ status: 'error', lastNode: 'Read log events' });
		expect(JSON.stringify([report.error?.message, report.error?.description])).toContain('The specified log group does not exist.');
		unchanged();
	});

	it.each<[string, () => void]>([
		['CloudWatch throttles a page', () => local.logs.faults.add({ on: { nth: 3 }, do: { status: 400 } })],
		['CloudWatch is unavailable for a page', () => local.logs.faults.add({ on: { nth: 3 }, do: { status: 503 } })],
		['a page is cut off', () => local.logs.faults.add({ on: { nth: 3 }, do: { truncateBody: true } })],
		['a page is no JSON', () => local.logs.faults.add({ on: { nth: 3 }, do: { malformedJson: true } })],
		['STS is unavailable once', () => local.sts.faults.add({ on: { nth: 2 }, do: { status: 503 } })],
	])('%s: the window is read again, each event comes once', async (_, fault) => {
		Object.assign(local.logs.paging, { pageEvents: 2 });
		const ids = happen(9, NOW - HOUR_MS);
		fault();
		const report = await run();
		expect(report.error).toBeUndefined();
		expect([...local.logs.faults.unused(), ...local.sts.faults.unused()]).toEqual([]);
		await expectEverywhereOnce(ids);
	});

	it('a page cut short without a sign of it never counts as the last one', async () => {
		happen(9, NOW - HOUR_MS);
		local.logs.faults.add({ on: {}, do: { truncateBody: 'quietly' } });
		expect(await run()).toMatchObject({ status: 'error', lastNode: 'Read log events' });
		unchanged();
	});

	it('more pages than the limit stop the run with advice, instead of a part', async () => {
		Object.assign(local.logs.paging, { pageEvents: 2 });
		happen(9, NOW - HOUR_MS);
		const report = await run({ edit: (workflow) => withPaging(workflow, { maxRequests: 4 }) });
		expect(report).toMatchObject({ status: 'error', lastNode: 'Stop: too many pages' });
		expect(report.error?.message).toContain('Lower hoursPerRun');
		expect(inSiem()).toEqual([]);
		unchanged();
	});
});

describe('an edit of the row', () => {
	const edit = (values: Record<string, unknown>) => local.engine.dataTables.editRow(TABLE, Number(rows()[0].id), values as never);

	it('of rewindTo reads again from there, as history, and empties the cell', async () => {
		const ids = happen(4, NOW - 5 * HOUR_MS);
		await run();
		edit({ rewindTo: new Date(NOW - 6 * HOUR_MS) });
		const report = await run();
		expect(report.error).toBeUndefined();
		expect(inSiem()).toEqual([...ids, ...ids]);
		expect(local.world.siem.events.every(({ event }) => event.backfill)).toBe(true);
		expect(sorted(await inS3())).toEqual(sorted(ids));
		expect(rows()).toMatchObject([{ rewindTo: null, revision: 2 }]);
	});

	it.each<[string, () => unknown, RegExp]>([
		['unreadable text', () => edit({ checkpoint: 'oops' }), /cannot be read/],
		['a list', () => edit({ checkpoint: '[]' }), /cannot be read/],
		['null', () => edit({ checkpoint: 'null' }), /cannot be read/],
		['a text without ids', () => edit({ checkpoint: '{"v":1,"through":"2026-01-01T00:00:00.000Z","from":"2026-01-01T00:00:00.000Z"}' }), /cannot be read/],
		['a position of the year 2999', () => edit({ checkpoint: String(rows()[0].checkpoint).replace(/"through":"\d{4}/, '"through":"2999') }), /lies in the future/],
		['a rewindTo in the year 2999', () => edit({ rewindTo: new Date('2999-01-01T00:00:00Z') }), /rewindTo.*lies in the future/],
		['a second row', () => local.engine.dataTables.addRow(TABLE, { name: NAME }), /2 saved positions/],
	])('to %s stops the run, says so, and nothing is read or changed', async (_, change, message) => {
		await run();
		happen(2, NOW - HOUR_MS);
		change();
		const before = rows().map(({ updatedAt, ...row }) => row);
		const asked = local.logs.requests.length;
		const report = await run();
		expect(report).toMatchObject({ status: 'error', lastNode: 'Stop: position not usable' });
		expect(report.error?.message).toMatch(message);
		expect(local.logs.requests).toHaveLength(asked);
		expect(rows().map(({ updatedAt, ...row }) => row)).toEqual(before);
	});

	it('emptying the checkpoint makes the next run a first run', async () => {
		const ids = happen(2, NOW - HOUR_MS);
		await run();
		edit({ checkpoint: null });
		expect((await run()).error).toBeUndefined();
		expect(inSiem()).toEqual([...ids, ...ids]);
	});

	it.each(['Read log events', 'Archive in S3', 'Save new position'])('while a run is at "%s" stays; the run stops at its end and nothing is lost', async (node) => {
		await run();
		nowMs = NOW + 10 * MINUTE_MS;
		const ids = happen(3, END + MINUTE_MS);
		const rewindTo = new Date(NOW - 6 * HOUR_MS);
		const report = await run({ onStart: (started) => started === node && edit({ rewindTo }) });
		expect(report).toMatchObject({ status: 'error', lastNode: 'Stop: position changed meanwhile' });
		expect(rows()).toMatchObject([{ rewindTo, revision: 1 }]);
		expect((await run()).error).toBeUndefined();
		expect(sorted(await inS3())).toEqual(sorted(ids));
	});
});

it('goes on without a disabled sink, and the position moves on, as the note says', async () => {
	const ids = happen(3, NOW - HOUR_MS);
	const report = await run({ edit: (workflow) => ({ ...workflow, nodes: workflow.nodes.map((node) => (node.name === 'Post to SIEM' ? { ...node, disabled: true } : node)) }) });
	expect(report.error).toBeUndefined();
	expect(inSiem()).toEqual([]);
	expect(sorted(await inS3())).toEqual(sorted(ids));
	expect(through()).toBe(iso(END));
});
