import { archived, BUCKET, idsOf, shipped, startTestWorld, type LocalWorld } from './world';

const SEED = 42;
const NAME = 'safe-daily-audit-fan-out';
const DAY_MS = 86_400_000;

let local: LocalWorld;

beforeEach(async () => {
	local = await startTestWorld(SEED);
});

afterEach(async () => {
	await local.stop();
});

const run = async (settings: Record<string, unknown> = {}, credentials = local.credentials) =>
	await local.engine.run(shipped(local, NAME, settings), { credentials });

const todayMs = () => Math.floor(Date.now() / DAY_MS) * DAY_MS;

/** The rows of yesterday (UTC), straight from the simulated tenant. */
function rowsOfYesterday() {
	return local.world.safe.rows.filter(({ atMs }) => atMs >= todayMs() - DAY_MS && atMs < todayMs());
}

describe(`delivery (tenant seed ${SEED})`, () => {
	it('brings every row of yesterday, and none of another day, to S3 and to the SIEM', async () => {
		const report = await run();
		expect(report.error).toBeUndefined();
		const ids = idsOf(report, 'Events of yesterday');
		expect(ids).toHaveLength(rowsOfYesterday().length);
		expect(ids.length).toBeGreaterThan(50);
		expect(report.items('Export audit log').length).toBeGreaterThan(ids.length);
		expect(local.world.siem.events.map(({ id }) => id)).toEqual(ids);
		const files = [...(await archived(local, 'safe-audit')).values()];
		expect(files).toHaveLength(1);
		expect(files[0].map(({ eventId }) => eventId)).toEqual(ids);
		expect(new Set(ids).size).toBe(ids.length);
	});

	it('keeps each row as SAFE sent it, cell for cell, inside the archived event', async () => {
		await run();
		const [events] = [...(await archived(local, 'safe-audit')).values()];
		const cells = rowsOfYesterday().map(({ atMs, userId, action, details }) => ({
			Timestamp: new Date(atMs).toISOString(),
			'User ID': userId,
			Action: action,
			Details: details,
		}));
		expect(events.map(({ original }) => original)).toEqual(cells.map((row) => expect.objectContaining(row)));
		for (const { original } of events) expect(Object.keys(original as object)).toHaveLength(5);
	});

	it('puts e-mail, name and role beside the user ID, and keeps IDs that SAFE no longer lists', async () => {
		const report = await run();
		const events = report.items('Events of yesterday').map(({ json }) => json);
		const users = new Map(local.world.safe.users.map((user) => [String(user.uuid).toLowerCase(), user]));
		let unknown = 0;
		for (const { actor, safeUser } of events) {
			const user = users.get(String(actor ?? '').toLowerCase());
			if (user) expect(safeUser).toMatchObject({ emailId: user.emailId, role: user.role, uuid: user.uuid });
			else unknown++;
			if (!user) expect(safeUser).toBeNull();
		}
		expect(unknown).toBeGreaterThan(0);
		expect(report.hints('Export audit log').map(({ message }) => message).join()).toContain("not in SAFE's user list");
	});

	it('requests one export and reads each page of users once', async () => {
		await run();
		expect(local.world.safe.reportsRequested).toHaveLength(1);
		const pages = local.world.safe.requests.filter(({ path }) => path.endsWith('/users'));
		expect(pages.map(({ query }) => query.get('page'))).toEqual(pages.map((_, index) => String(index + 1)));
		expect(local.world.safe.trap.requests).toHaveLength(0);
	});

	it('writes the same object when the day is delivered again', async () => {
		await run();
		const first = await local.s3.objects(BUCKET);
		await run();
		expect(await local.s3.objects(BUCKET)).toEqual(first);
	});
});

describe('people', () => {
	it('summarises the day and alerts on failed sign-ins, in two messages that ring nobody', async () => {
		await run();
		const [alert, summary] = local.world.slack.messages;
		expect(local.world.slack.messages).toHaveLength(2);
		const failed = rowsOfYesterday().filter(({ action }) => action === 'User login failed');
		expect(failed.length).toBeGreaterThan(0);
		expect(alert.shown).toContain(`SAFE: ${failed.length} failed sign-ins on`);
		expect(summary.shown).toContain(`${rowsOfYesterday().length} events by`);
		expect([...alert.rings, ...summary.rings]).toEqual([]);
		expect(alert.shown.match(/^•/gm)?.length).toBeLessThanOrEqual(10);
	});

	it('still delivers and succeeds when Slack is down', async () => {
		local.world.slack.faults.add({ on: {}, do: { status: 500 } });
		const report = await run();
		expect(report.status).toBe('success');
		expect(local.world.siem.ids()).toHaveLength(rowsOfYesterday().length);
		expect(String(report.items('Run summary')[0].json.slack)).toMatch(/^not reached: /);
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
		const credentials = { ...local.credentials, httpHeaderAuth: { ...local.credentials.httpHeaderAuth, value: 'wrong' } };
		const report = await run({}, credentials);
		expect(report.status).toBe('error');
		expect(report.lastNode).toBe('Post to SIEM');
	});

	it('never requests a second export when the answer to the first is lost', async () => {
		local.world.safe.faults.add({ on: { method: 'POST', path: /reports$/ }, do: { reset: 'inBody' } });
		const report = await run();
		expect(report.status).toBe('error');
		expect(report.error?.message).toMatch(/\(SAFE-REPORT-UNCERTAIN\)$/);
		expect(local.world.safe.requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/reports'))).toHaveLength(1);
	});
});
