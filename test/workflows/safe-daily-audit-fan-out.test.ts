import { withNode, type RunReport } from '../harness';
import { archived, BUCKET, idsOf, shipped, startTestWorld, type LocalWorld } from './world';

const SEED = 42;
const NAME = 'safe-daily-audit-fan-out';

let local: LocalWorld;

beforeEach(async () => {
	local = await startTestWorld(SEED, { midHour: true });
});

afterEach(async () => {
	await local.stop();
});

const run = async (settings: Record<string, unknown> = {}, credentials = local.credentials, options: object = {}) => {
	const workflow = withNode(shipped(local, NAME, settings), 'Get new events', (parameters) => ({
		...parameters,
		options: { ...(parameters.options as object), ...options },
	}));
	return await local.engine.run(workflow, { credentials });
};

const TABLE = 'securid_safe_positions';

const checkpointOf = (report: RunReport) => report.items('Get new events', 2)[0].json as Record<string, string>;

/** The rows of a run's window, straight from the simulated tenant. */
function rowsOf(report: RunReport) {
	const { windowStart, windowEnd } = checkpointOf(report);
	return local.world.safe.rows.filter(({ atMs }) => atMs >= Date.parse(windowStart) && atMs < Date.parse(windowEnd));
}

describe(`delivery (tenant seed ${SEED})`, () => {
	it('brings every row of the window, and no other, to S3 and to the SIEM', async () => {
		const report = await run();
		expect(report.error).toBeUndefined();
		const ids = idsOf(report, 'Get new events');
		expect(ids).toHaveLength(rowsOf(report).length);
		expect(ids.length).toBeGreaterThan(50);
		expect(new Set(ids).size).toBe(ids.length);
		expect(local.world.siem.events.map(({ id }) => id)).toEqual(ids);
		const files = [...(await archived(local, 'safe-audit')).values()];
		expect(files.length).toBeGreaterThan(5);
		expect(files.flat().map(({ eventId }) => eventId).sort()).toEqual([...ids].sort());
	});

	it('keeps each row as SAFE sent it, cell for cell, in the archive', async () => {
		const report = await run();
		const events = [...(await archived(local, 'safe-audit')).values()].flat();
		const sent = rowsOf(report).map(({ atMs, userId, action, details }) => JSON.stringify([new Date(atMs).toISOString(), userId, action, details]));
		const kept = events.map((event) => JSON.stringify([event.Timestamp, event['User ID'], event.Action, event.Details]));
		expect(kept.sort()).toEqual(sent.sort());
		for (const event of events) expect(Object.keys(event)).toHaveLength(6);
	});

	it('puts e-mail, name and role beside the user ID, and keeps IDs that SAFE no longer lists', async () => {
		const report = await run();
		const users = new Map(local.world.safe.users.map((user) => [String(user.uuid).toLowerCase(), user]));
		let unknown = 0;
		for (const { actor, safeUser } of report.items('Get new events').map(({ json }) => json)) {
			const user = users.get(String(actor ?? '').toLowerCase());
			if (user) expect(safeUser).toMatchObject({ emailId: user.emailId, role: user.role, uuid: user.uuid });
			else unknown++;
			if (!user) expect(safeUser).toBeNull();
		}
		expect(unknown).toBeGreaterThan(0);
		expect(report.hints('Get new events').map(({ message }) => message).join()).toContain("not in SAFE's user list");
	});

	it('requests one export and reads each page of users once', async () => {
		await run();
		expect(local.world.safe.reportsRequested).toHaveLength(1);
		const pages = local.world.safe.requests.filter(({ path }) => path.endsWith('/users'));
		expect(pages.map(({ query }) => query.get('page'))).toEqual(pages.map((_, index) => String(index + 1)));
		expect(local.world.safe.trap.requests).toHaveLength(0);
	});
});

describe('saved position', () => {
	const row = () => local.engine.dataTables.rows(TABLE)[0];

	it('is saved last, and the next day goes on from it: every row once, whatever the time of day', async () => {
		const first = await run();
		expect(row().checkpoint).toBe(checkpointOf(first).checkpoint);
		const nextDay = Date.now() + 23.3 * 3_600_000;
		local.world.safe.addRows(...[1, 2, 5, 9].map((hours) => ({ ...local.world.safe.rows[0], atMs: nextDay - hours * 3_600_000 })));
		jest.spyOn(Date, 'now').mockReturnValue(nextDay);
		const second = await run();
		expect(second.error).toBeUndefined();
		const ids = local.world.siem.events.map(({ id }) => id);
		expect(new Set(ids).size).toBe(ids.length);
		expect(checkpointOf(second).windowStart).toBe(checkpointOf(first).windowEnd);
		expect(ids).toHaveLength(rowsOf(first).length + rowsOf(second).length);
		expect(rowsOf(second).length).toBeGreaterThanOrEqual(4);
	});

	it('leaves SAFE alone when the last request is less than 20 hours old, and says so', async () => {
		await run();
		jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 2 * 3_600_000);
		const again = await run();
		expect(again.status).toBe('success');
		expect(local.world.safe.reportsRequested).toHaveLength(1);
		expect(again.hints('Get new events').map(({ message }) => message).join()).toContain('less than 20 hours ago');
		expect(local.world.siem.batches).toHaveLength(1);
	});

	it('carries an export that is not ready, takes it up in the next run, and requests no second one', async () => {
		local.world.safe.options.readyAfterPolls = Infinity;
		const impatient = await run({}, local.credentials, { timeout: 0.05 });
		expect(impatient.status).toBe('success');
		expect(impatient.items('Get new events')).toHaveLength(0);
		expect(String(row().checkpoint)).toContain(local.world.safe.reportsRequested[0].uuid);
		local.world.safe.options.readyAfterPolls = 0;
		const resumed = await run();
		expect(local.world.safe.reportsRequested).toHaveLength(1);
		expect(resumed.items('Get new events').length).toBe(rowsOf(resumed).length);
		expect(resumed.items('Get new events')[0].json.backfill).toBe(true);
		expect(String(row().checkpoint)).not.toContain('pending');
	});

	it('gives up an export that never becomes ready after three more runs and requests another', async () => {
		local.world.safe.options.readyAfterPolls = Infinity;
		for (let attempt = 0; attempt < 5; attempt++) await run({}, local.credentials, { timeout: 0.05 });
		expect(local.world.safe.reportsRequested).toHaveLength(2);
	});

	it('stays where it was when a sink fails, and the repeat writes the same objects', async () => {
		local.world.siem.faults.add({ on: { times: 1 }, do: { status: 401 } });
		const failed = await run();
		expect(failed.status).toBe('error');
		expect(row().checkpoint).toBeNull();
		const before = await local.s3.objects(BUCKET);
		const repeated = await run();
		expect(repeated.status).toBe('success');
		expect(await local.s3.objects(BUCKET)).toEqual(before);
		expect(local.world.siem.ids()).toHaveLength(rowsOf(repeated).length);
	});
});

describe('people', () => {
	it('summarises the window and alerts on failed sign-ins, in two messages that ring nobody and say that it is history', async () => {
		const report = await run();
		const [alert, summary] = local.world.slack.messages;
		expect(local.world.slack.messages).toHaveLength(2);
		const failed = rowsOf(report).filter(({ action }) => action === 'User login failed');
		expect(failed.length).toBeGreaterThan(0);
		expect(alert.shown).toContain(`SAFE: ${failed.length} failed sign-ins (first run or rewind: this is history)`);
		expect(summary.shown).toContain(`${rowsOf(report).length} events by`);
		expect([...alert.rings, ...summary.rings]).toEqual([]);
		expect(alert.shown.match(/^•/gm)?.length).toBeLessThanOrEqual(10);
	});

	it('still delivers, saves and succeeds when Slack is down', async () => {
		local.world.slack.faults.add({ on: {}, do: { status: 500 } });
		const report = await run();
		expect(report.status).toBe('success');
		expect(local.world.siem.ids()).toHaveLength(rowsOf(report).length);
		expect(String(report.items('Run summary')[0].json.slack)).toMatch(/^not reached: /);
		expect(local.engine.dataTables.rows(TABLE)[0].revision).toBe(1);
	});
});

describe('what was not collected reaches people, also when a run has no events', () => {
	const said = () => local.world.slack.messages.map(({ shown }) => shown);

	it('an export that is not ready, and later that it was given up', async () => {
		local.world.safe.options.readyAfterPolls = Infinity;
		const first = await run({}, local.credentials, { timeout: 0.05 });
		const [{ uuid }] = local.world.safe.reportsRequested;
		expect(said()).toHaveLength(1);
		expect(said()[0]).toContain(`SAFE has not finished export ${uuid}`);
		expect(first.items('Run summary')[0].json.slack).toBe('told');
		for (let attempt = 0; attempt < 4; attempt++) await run({}, local.credentials, { timeout: 0.05 });
		expect(said()).toHaveLength(5);
		expect(said()[4]).toContain(`SAFE never finished export ${uuid}`);
		expect(said()[4]).toContain(`SAFE has not finished export ${local.world.safe.reportsRequested[1].uuid}`);
	});

	it('a part that no export reaches any more, with its bounds', async () => {
		const first = await run();
		local.world.safe.rows.length = 0;
		local.world.slack.messages.length = 0;
		jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 400 * 86_400_000);
		const late = await run();
		expect(late.items('Get new events')).toEqual([]);
		const { from, to } = late.items('Get new events', 2)[0].json.gap as { from: string; to: string };
		expect(from).toBe(checkpointOf(first).windowEnd);
		expect(said()).toHaveLength(1);
		expect(said()[0]).toContain('SAFE: a part of the log was not collected');
		expect(said()[0]).toContain(`${from} to ${to}`);
	});

	it('an ordinary run without events tells nobody', async () => {
		local.world.safe.rows.length = 0;
		const report = await run();
		expect(report.error).toBeUndefined();
		expect(said()).toEqual([]);
		expect(report.items('Run summary')[0].json.slack).toBe('nothing to tell');
	});
});

describe('refusing systems', () => {
	it('stops before the SIEM when the archive is refused', async () => {
		const credentials = { ...local.credentials, aws: { ...local.credentials.aws, secretAccessKey: 'wrong' } };
		const report = await run({}, credentials);
		expect(report.status).toBe('error');
		expect(report.lastNode).toBe('Archive in S3');
		expect(local.world.siem.requests).toHaveLength(0);
	});

	it('stops with an error when the SIEM refuses the token', async () => {
		const credentials = { ...local.credentials, siemWebhookApi: { ...local.credentials.siemWebhookApi, headerSecret: 'wrong' } };
		const report = await run({}, credentials);
		expect(report.status).toBe('error');
		expect(report.lastNode).toBe('Post to SIEM');
		expect(report.error?.message).toMatch(/"Header Value".*\(SIEM-401-TOKEN\)$/);
	});

	it('never requests a second export when the answer to the first is lost', async () => {
		local.world.safe.faults.add({ on: { method: 'POST', path: /reports$/ }, do: { reset: 'inBody' } });
		const report = await run();
		expect(report.status).toBe('error');
		expect(report.error?.message).toMatch(/\(SAFE-REPORT-UNCERTAIN\)$/);
		expect(local.world.safe.requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/reports'))).toHaveLength(1);
	});
});
