import { archived, BUCKET, shipped, startTestWorld, type LocalWorld } from './world';

const NAME = 'securid-backfill';
const DAY_MS = 86_400_000;

let local: LocalWorld;

beforeEach(async () => {
	local = await startTestWorld(46, { midHour: true });
});

afterEach(async () => {
	await local.stop();
});

const daysAgo = (days: number) => new Date(Math.floor(Date.now() / DAY_MS) * DAY_MS - days * DAY_MS).toISOString();

const run = async (settings: Record<string, unknown>) =>
	await local.engine.run(shipped(local, NAME, settings), { mode: 'manual', credentials: local.credentials });

/** In the order of Get New: by time, and by ID where the time is the same. */
function idsSince(startDate: string): string[] {
	const endMs = Math.floor((Date.now() - 120_000) / DAY_MS) * DAY_MS;
	return local.world.securId.events
		.filter(({ atMs }) => atMs >= Date.parse(startDate) && atMs < endMs)
		.map(({ atMs, eventId }) => ({ atMs, id: String(eventId) }))
		.sort((left, right) => left.atMs - right.atMs || (left.id < right.id ? -1 : 1))
		.map(({ id }) => id);
}

it('brings every event since the start date to S3 and SIEM, day by day, each once', async () => {
	const startDate = daysAgo(6);
	const report = await run({ startDate });
	expect(report.error).toBeUndefined();
	expect(report.runData['Day done']).toHaveLength(6);
	const expected = idsSince(startDate);
	expect(expected.length).toBeGreaterThan(100);
	expect(local.world.siem.events.map(({ id }) => id)).toEqual(expected);
	const files = await archived({ ...local }, 'securid-backfill', 'audit-backfill');
	expect([...files.values()].flat().map(({ eventId }) => eventId).sort()).toEqual([...expected].sort());
	expect(local.world.slack.requests).toHaveLength(0);
});

it('goes on with the day where it was when a sink failed', async () => {
	const startDate = daysAgo(5);
	local.world.siem.faults.add({ on: { nth: 3 }, do: { status: 401 } });
	const failed = await run({ startDate });
	expect(failed.status).toBe('error');
	const before = local.engine.dataTables.rows('securid_safe_positions')[0];
	expect(new Date(before.position as Date).toISOString()).toBe(daysAgo(3));
	const resumed = await run({ startDate });
	expect(resumed.error).toBeUndefined();
	expect(resumed.runData['Day done']).toHaveLength(3);
	expect(local.world.siem.ids()).toEqual(idsSince(startDate));
});

it('keeps what the SIEM refuses in S3, counts it on the day it belongs to, and goes on with the next day', async () => {
	const startDate = daysAgo(4);
	const ids = idsSince(startDate);
	const refused = [ids[1], ids[2], ids[ids.length - 1]];
	local.poison.push(...refused);
	const report = await run({ startDate });
	expect(report.error).toBeUndefined();
	expect(local.world.siem.ids()).toEqual(ids.filter((id) => !refused.includes(id)));
	const kept = [...(await local.s3.objects(BUCKET))].filter(([key]) => key.startsWith('audit-backfill/_dead-letters/source=securid-backfill/'));
	const lines = kept.flatMap(([, bytes]) => bytes.toString().split('\n').filter(Boolean));
	expect(lines.map((line) => (JSON.parse(line) as { eventId: string }).eventId).sort()).toEqual([...refused].sort());
	expect([0, 1, 2, 3].map((day) => report.items('Day done', 0, day)[0].json.notDelivered)).toEqual([2, 0, 0, 1]);
});

it('leaves the position of the live collector alone', async () => {
	const fanOut = shipped(local, 'securid-admin-log-fan-out');
	await local.engine.run(fanOut, { credentials: local.credentials });
	const live = () => local.engine.dataTables.rows('securid_safe_positions').find(({ name }) => name === 'securid-admin');
	const before = live();
	await run({ startDate: daysAgo(3) });
	expect(live()).toEqual(before);
});
