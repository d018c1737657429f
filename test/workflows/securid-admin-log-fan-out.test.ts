jest.mock('n8n-workflow', () => jest.requireActual('../nodes/time').withFreePauses(jest.requireActual('n8n-workflow')));

import { gunzipSync } from 'node:zlib';
import { singleNodeWorkflow, type RunReport } from '../harness';
import { DAY_MS, HOUR_MS, MINUTE_MS, NOW, restartTime } from '../nodes/time';
import { startDoor, type Door } from '../nodes/SafeAuditExport/sweepDoor';
import { BUCKET, idsOf, shipped, startTestWorld, type LocalWorld } from './world';

const SEED = 43;
const NAME = 'securid-admin-log-fan-out';
const TABLE = 'securid_safe_positions';
const SLOT_MS = 15 * MINUTE_MS;
const iso = (ms: number) => new Date(ms).toISOString();

let local: LocalWorld;

beforeEach(async () => {
	restartTime();
	local = await startTestWorld(SEED);
	local.world.securId.events.length = 0;
});

afterEach(async () => {
	await local.stop();
});

type Started = (node: string) => unknown;

/** One execution; `onStart` may do something, also at length, whenever a node begins. */
async function run(settings: Record<string, unknown> = {}, onStart: Started = () => {}, credentials = local.credentials): Promise<RunReport> {
	const workflow = shipped(local, NAME, settings);
	// SAFETY: n8n waits for what its hooks return.
	return await local.engine.run(workflow, { credentials, onNodeStarted: onStart as (node: string) => void });
}

const at = (ms: number) => jest.setSystemTime(ms);
const happen = (count: number, atMs: number, draft: object = {}) =>
	local.world.securId
		.addEvents(...Array.from({ length: count }, () => ({ atMs, activityKey: 'SIGNOUT', result: 'SUCCESS', ...draft })))
		.map(({ eventId }) => eventId)
		// Events of one millisecond come out by their id.
		.sort();
const rows = () => local.engine.dataTables.rows(TABLE);
const through = () => JSON.parse(String(rows()[0].checkpoint)).through as string;
const inSiem = () => local.world.siem.events.map(({ id }) => id);

/** Ids in the objects of the archive, in all or in those that a name fits. */
async function inS3(fits = /./): Promise<string[]> {
	const objects = [...(await local.s3.objects(BUCKET))].filter(([key]) => !key.includes('/_manifest/') && fits.test(key));
	return objects.flatMap(([, bytes]) => {
		const lines = gunzipSync(bytes).toString().split('\n').filter(Boolean);
		return lines.map((line) => String((JSON.parse(line) as { eventId: string }).eventId));
	});
}

async function deleteRow(): Promise<void> {
	const { id } = (await tables())[0];
	const conditions = [{ keyName: 'name', condition: 'eq', keyValue: 'securid-admin' }];
	const parameters = { resource: 'row', operation: 'deleteRows', dataTableId: { __rl: true, mode: 'id', value: id }, matchType: 'allConditions', filters: { conditions } };
	const report = await local.engine.run(singleNodeWorkflow('n8n-nodes-base.dataTable', parameters, { typeVersion: 1.1 }));
	expect(report.error).toBeUndefined();
}

async function tables() {
	const report = await local.engine.run(singleNodeWorkflow('n8n-nodes-base.dataTable', { resource: 'table', operation: 'list', returnAll: true }, { typeVersion: 1.1 }));
	expect(report.error).toBeUndefined();
	return report.items('Node').map(({ json }) => json as { id: string });
}

describe('a run', () => {
	it('brings every event to S3 and to the SIEM once, and then saves the position', async () => {
		const ids = [...happen(250, NOW - 3 * HOUR_MS), ...happen(30, NOW - HOUR_MS)];
		const report = await run();
		expect(report.error).toBeUndefined();
		expect(await inS3()).toEqual(expect.arrayContaining(ids));
		expect(await inS3()).toHaveLength(280);
		expect(inSiem().sort()).toEqual([...ids].sort());
		expect(rows()).toMatchObject([{ name: 'securid-admin', revision: 1, lastCount: 280, rewindTo: null }]);
		expect(through()).toBe('2026-01-15T10:00:00.000Z');
	});

	it('archives before the SIEM is told and saves last of all', async () => {
		happen(3, NOW - HOUR_MS, { activityKey: 'LOCKED_ADMIN_ACCOUNT' });
		const order: string[] = [];
		await run({}, (node) => order.push(node));
		const sinks = ['Archive in S3', 'Post to SIEM', 'Tell Slack', 'All sinks done', 'Save new position'];
		expect(order.filter((node) => sinks.includes(node))).toEqual(sinks);
	});

	it('goes on where the last one stopped, marks late events and repeats none', async () => {
		const first = happen(20, NOW - 20 * MINUTE_MS);
		await run();
		at(NOW + SLOT_MS);
		const late = happen(2, Date.parse('2026-01-15T09:53:00Z'));
		const second = happen(5, Date.parse('2026-01-15T10:05:00Z'));
		const report = await run();
		expect(idsOf(report, 'Get new events')).toEqual([...late, ...second]);
		expect((await inS3()).sort()).toEqual([...first, ...late, ...second].sort());
		expect(await inS3(/_late_/)).toEqual(expect.arrayContaining(late));
		expect(rows()).toMatchObject([{ revision: 2 }]);
	});

	it('moves the position on when nothing happened, ten times in a row, and tells nobody', async () => {
		for (let time = 0; time < 10; time++) {
			at(NOW + time * SLOT_MS);
			const report = await run();
			expect(report.error).toBeUndefined();
			expect(report.items('Run summary')[0].json).toMatchObject({ events: 0, slack: 'nothing to tell' });
		}
		expect(through()).toBe(iso(Date.parse('2026-01-15T10:00:00Z') + 9 * SLOT_MS));
		expect(local.world.slack.requests).toHaveLength(0);
		expect(local.world.siem.requests).toHaveLength(0);
	});

	it('saves although no slot has closed since the last one', async () => {
		await run();
		at(NOW + MINUTE_MS);
		const report = await run();
		expect(report.error).toBeUndefined();
		expect(rows()).toMatchObject([{ revision: 2 }]);
		expect(through()).toBe('2026-01-15T10:00:00.000Z');
	});
});

describe('an edit of the row between two runs', () => {
	const past = () => happen(4, NOW - 5 * HOUR_MS);

	it('of rewindTo reads again from there, marks the events as history and empties the cell', async () => {
		const ids = past();
		await run();
		local.engine.dataTables.editRow(TABLE, Number(rows()[0].id), { rewindTo: new Date(NOW - 6 * HOUR_MS) });
		at(NOW + SLOT_MS);
		const report = await run();
		expect(report.error).toBeUndefined();
		expect(idsOf(report, 'Get new events')).toEqual(ids);
		expect(report.items('Get new events').every(({ json }) => json.backfill === true)).toBe(true);
		expect(rows()).toMatchObject([{ rewindTo: null, revision: 2 }]);
		expect((await inS3()).sort()).toEqual([...ids].sort());
	});

	it('to an older text of the same row goes on from there', async () => {
		await run();
		const { checkpoint } = rows()[0];
		at(NOW + HOUR_MS);
		const ids = happen(4, NOW + 10 * MINUTE_MS);
		await run();
		local.engine.dataTables.editRow(TABLE, Number(rows()[0].id), { checkpoint });
		const report = await run();
		expect(report.error).toBeUndefined();
		expect(idsOf(report, 'Get new events')).toEqual(ids);
		expect(rows()).toMatchObject([{ revision: 3 }]);
	});

	it.each<[string, () => Promise<void> | void]>([
		['of the checkpoint, emptied', () => local.engine.dataTables.editRow(TABLE, Number(rows()[0].id), { checkpoint: null })],
		['of the checkpoint, emptied as text', () => local.engine.dataTables.editRow(TABLE, Number(rows()[0].id), { checkpoint: '' })],
		['that deletes the row', async () => await deleteRow()],
	])('%s makes the next run a first run', async (_, edit) => {
		const ids = past();
		await run();
		await edit();
		at(NOW + SLOT_MS);
		const report = await run();
		expect(report.error).toBeUndefined();
		expect(idsOf(report, 'Get new events')).toEqual(ids);
		expect(report.items('Get new events')[0].json).toMatchObject({ backfill: true });
		expect(through()).toBe('2026-01-15T10:15:00.000Z');
	});

	it('that makes the checkpoint unreadable stops the run, says so, and nothing is read or changed', async () => {
		past();
		await run();
		local.engine.dataTables.editRow(TABLE, Number(rows()[0].id), { checkpoint: 'oops' });
		const requests = local.world.securId.requests.length;
		const report = await run();
		expect(report).toMatchObject({ status: 'error', lastNode: 'Get new events' });
		expect(report.error?.message).toMatch(/The saved position "securid-admin" cannot be read.*\(POSITION-UNREADABLE\)$/);
		expect(local.world.securId.requests).toHaveLength(requests);
		expect(rows()).toMatchObject([{ checkpoint: 'oops', revision: 1 }]);
	});

	it('that adds a second row of the name stops the run and names the rows', async () => {
		await run();
		const { id } = local.engine.dataTables.addRow(TABLE, { name: 'securid-admin' });
		const report = await run();
		expect(report.error?.message).toMatch(/There are 2 saved positions named "securid-admin"/);
		expect(report.error?.description).toContain(`1, ${id}`);
		expect(local.world.siem.requests).toHaveLength(0);
	});

	it('to a position of the year 2999 yields nothing and says so', async () => {
		await run();
		const future = JSON.stringify({ ...JSON.parse(String(rows()[0].checkpoint)), through: '2999-01-01T00:00:00.000Z' });
		local.engine.dataTables.editRow(TABLE, Number(rows()[0].id), { checkpoint: future });
		past();
		const report = await run();
		expect(report).toMatchObject({ status: 'error', lastNode: 'Get new events' });
		expect(report.error?.message).toMatch(/lies in the future: 2999-01-01.*\(POSITION-FUTURE\)$/);
		expect(inSiem()).toEqual([]);
		expect(rows()).toMatchObject([{ checkpoint: future }]);
	});
});

describe('an edit of the row while a run is under way', () => {
	const edits: Array<[string, () => Promise<unknown> | unknown]> = [
		['a time in rewindTo', () => local.engine.dataTables.editRow(TABLE, Number(rows()[0].id), { rewindTo: new Date(NOW - 6 * HOUR_MS) })],
		['an emptied checkpoint', () => local.engine.dataTables.editRow(TABLE, Number(rows()[0].id), { checkpoint: null })],
		['a checkpoint that cannot be read', () => local.engine.dataTables.editRow(TABLE, Number(rows()[0].id), { checkpoint: 'oops' })],
		['another revision', () => local.engine.dataTables.editRow(TABLE, Number(rows()[0].id), { revision: 77 })],
		['a deleted row', async () => await deleteRow()],
	];

	it.each(edits.flatMap(([what, edit]) => ['Get new events', 'Archive in S3', 'Save new position'].map((node) => [what, node, edit] as const)))(
		'%s before "%s": it stays, the run stops at its end, nothing is lost',
		async (what, node, edit) => {
			await run();
			at(NOW + HOUR_MS);
			const ids = happen(4, NOW + 10 * MINUTE_MS);
			let edited: unknown;
			const report = await run({}, async (started) => {
				if (started !== node) return;
				await edit();
				edited = rows();
			});
			expect(report).toMatchObject({ status: 'error', lastNode: 'Stop: position changed meanwhile' });
			expect(report.error?.message).toMatch(/^Position not saved: another run, or an edit in the Data table, changed it meanwhile/);
			expect(rows()).toEqual(edited);
			if (what.includes('cannot be read')) return;
			const next = await run();
			expect(next.error).toBeUndefined();
			expect([...new Set(await inS3())].sort()).toEqual([...ids].sort());
			expect(new Set(inSiem())).toEqual(new Set(ids));
		},
	);
});

describe('two executions at once', () => {
	it.each(['Get new events', 'Archive in S3', 'Post to SIEM', 'Save new position'])('one overtakes before "%s": it saves, the other stops with a message, nothing is lost', async (node) => {
		await run();
		at(NOW + HOUR_MS);
		const ids = happen(4, NOW + 10 * MINUTE_MS);
		let overtaking: RunReport | undefined;
		const report = await run({}, async (started) => {
			if (started === node && !overtaking) overtaking = await run();
		});
		expect(overtaking?.error).toBeUndefined();
		expect(report).toMatchObject({ status: 'error', lastNode: 'Stop: position changed meanwhile' });
		expect(rows()).toMatchObject([{ revision: 2 }]);
		expect((await inS3()).sort()).toEqual([...ids].sort());
		expect(new Set(inSiem())).toEqual(new Set(ids));
	});

	it('both on their first run: one saves, the other stops', async () => {
		const ids = happen(4, NOW - HOUR_MS);
		let overtaking: RunReport | undefined;
		const report = await run({}, async (started) => {
			if (started === 'Archive in S3' && !overtaking) overtaking = await run();
		});
		expect([overtaking?.status, report.status]).toEqual(['success', 'error']);
		expect(rows()).toMatchObject([{ revision: 1 }]);
		expect((await inS3()).sort()).toEqual([...ids].sort());
	});
});

describe('refusing sinks', () => {
	it('stops before the save when S3 refuses, and the next run brings everything', async () => {
		await run();
		const before = rows();
		at(NOW + HOUR_MS);
		const ids = happen(4, NOW + 10 * MINUTE_MS);
		const wrong = { ...local.credentials, aws: { ...local.credentials.aws, secretAccessKey: 'wrong' } };
		const report = await run({}, () => {}, wrong);
		expect(report).toMatchObject({ status: 'error', lastNode: 'Archive in S3' });
		expect(rows().map(({ checkpoint, revision }) => ({ checkpoint, revision }))).toEqual(before.map(({ checkpoint, revision }) => ({ checkpoint, revision })));
		expect(inSiem()).toEqual([]);
		await run();
		expect([await inS3(), inSiem()].map((list) => [...list].sort())).toEqual([[...ids].sort(), [...ids].sort()]);
	});

	it('stops before the save when the SIEM refuses five times, and the next run writes the same objects', async () => {
		const ids = happen(4, NOW - HOUR_MS);
		local.world.siem.faults.add({ on: { times: 5 }, do: { status: 503 } });
		const report = await run();
		expect(report).toMatchObject({ status: 'error', lastNode: 'Post to SIEM' });
		expect(rows()).toMatchObject([{ checkpoint: null, revision: null }]);
		const objects = await local.s3.objects(BUCKET);
		await run();
		expect(await local.s3.objects(BUCKET)).toEqual(objects);
		expect(inSiem().sort()).toEqual([...ids].sort());
	});

	it('saves although Slack refuses, and says so in the summary', async () => {
		happen(4, NOW - HOUR_MS, { activityKey: 'LOCKED_ADMIN_ACCOUNT' });
		const report = await run({ slackChannel: '#no-such-channel' });
		expect(report.error).toBeUndefined();
		expect(rows()).toMatchObject([{ revision: 1, lastCount: 4 }]);
		expect(String(report.items('Run summary')[0].json.slack)).toMatch(/^not reached: /);
	});
});

describe('after an outage', () => {
	it('of 89 days the next runs catch up completely', async () => {
		await run();
		const ids = Array.from({ length: 12 }, (_, week) => happen(3, NOW + week * 7 * DAY_MS)).flat();
		at(NOW + 89 * DAY_MS);
		for (let more = true; more; ) {
			const report = await run();
			expect(report.error).toBeUndefined();
			more = report.items('Get new events', 2)[0].json.more === true;
		}
		expect([...(await inS3())].sort()).toEqual([...ids].sort());
		expect(rows()[0]).toMatchObject({ lastGap: '' });
	});

	it.each([
		['with', 'LOCKED_ADMIN_ACCOUNT'],
		['without', 'SIGNOUT'],
	])('of 95 days it names what is gone, with its bounds, in hint, table and Slack, %s events of high severity', async (_, activityKey) => {
		await run();
		const ids = happen(3, NOW + 6 * DAY_MS, { activityKey });
		const nowMs = NOW + 95 * DAY_MS;
		at(nowMs);
		const report = await run();
		const [from, to] = ['2026-01-15T10:00:00.000Z', iso(nowMs - 90 * DAY_MS)];
		expect(report.error).toBeUndefined();
		expect(report.items('Get new events', 2)[0].json.gap).toEqual({ from, to });
		expect(report.hints('Get new events').map(({ message }) => message).join()).toContain(`${from} to ${to}`);
		expect(rows()[0]).toMatchObject({ lastGap: `${from} to ${to}` });
		expect(await inS3()).toEqual(expect.arrayContaining(ids));
		const told = local.world.slack.messages.map(({ text }) => text).filter((text) => text.includes('Not collected'));
		expect(told).toHaveLength(1);
		expect(told[0]).toContain(`${from} to ${to}`);
	});

	it('with more events than one run reads, Slack hears so once, and how far it has come', async () => {
		await run();
		happen(3, NOW);
		at(NOW + 89 * DAY_MS);
		const texts = () => local.world.slack.messages.map(({ text }) => text).filter((text) => text.includes('more has happened than one run reads'));
		let runs = 0;
		for (let more = true; more; runs++) {
			const report = await run();
			more = report.items('Get new events', 2)[0].json.more === true;
			expect(texts()).toHaveLength(1);
		}
		expect(runs).toBeGreaterThan(3);
		expect(texts()[0]).toContain('This run read up to 2026-01-19 10:00:00 +00:00');
	});
});

describe('an archive that S3 does not confirm', () => {
	let door: Door;
	const through200 = () => ({ ...local.credentials, aws: { ...local.credentials.aws, s3Endpoint: door.url } });

	beforeEach(async () => {
		door = await startDoor(local.s3.url);
	});
	afterEach(async () => {
		await door.close();
	});

	it('because something else answered the end of the upload with 200 stops before the SIEM and the save', async () => {
		happen(4, NOW - HOUR_MS);
		door.strike(4, { when: 'before', answer: 'html' });
		const report = await run({}, () => {}, through200());
		expect(report).toMatchObject({ status: 'error', lastNode: 'Stop: not confirmed by S3' });
		expect(report.error?.message).toContain('S3 did not confirm that every archive file is stored');
		expect(rows()).toMatchObject([{ checkpoint: null, revision: null }]);
		expect(inSiem()).toEqual([]);
	});

	it('because the sink was disabled does not stop: n8n goes on without it', async () => {
		const ids = happen(4, NOW - HOUR_MS);
		const workflow = shipped(local, NAME);
		workflow.nodes = workflow.nodes.map((node) => (node.name === 'Archive in S3' ? { ...node, disabled: true } : node));
		const report = await local.engine.run(workflow, { credentials: local.credentials });
		expect(report.error).toBeUndefined();
		expect(inSiem()).toEqual(ids);
		expect(await inS3()).toEqual([]);
		expect(rows()).toMatchObject([{ revision: 1 }]);
	});
});
