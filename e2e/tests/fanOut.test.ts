/** securid-admin-log-fan-out on a real server: on its schedule, over a restart, with an operator's edit, and with n8n's Retry. */
import type { SavedWorkflow } from '../server/n8nApi';
import { failure, HOUR_MS, Rig, through } from './rig';

const TWELVE_TIMES_A_MINUTE = '*/5 * * * * *';
const DAY_MS = 24 * HOUR_MS;

let rig: Rig;
let workflow: SavedWorkflow;
/** Where the first run began. */
let originMs: number;

beforeAll(async () => {
	rig = await Rig.start();
	rig.happenEvenly(100, HOUR_MS / 2);
	workflow = await rig.setUp('securid-admin-log-fan-out');
});

afterAll(async () => await rig.stop());

const saved = async () => {
	const position = await rig.position();
	if (position === undefined) throw new Error('no position was saved');
	return position;
};

test('published, it runs on its schedule, makes its own table, and brings every event to S3 and the SIEM once', async () => {
	expect(await rig.position()).toBeUndefined();
	await rig.schedule(workflow, TWELVE_TIMES_A_MINUTE);
	const runs = [await rig.ranBySchedule(workflow), await rig.ranBySchedule(workflow)];
	expect(runs.map(({ mode }) => mode)).toEqual(['trigger', 'trigger']);

	const position = await saved();
	const { origin } = JSON.parse(String(position.checkpoint)) as { origin: string };
	originMs = Date.parse(origin);
	expect(Date.now() - originMs).toBeGreaterThanOrEqual(DAY_MS);
	expect(Date.now() - originMs).toBeLessThan(DAY_MS + HOUR_MS);
	const golden = rig.golden(originMs, position);
	expect(golden.length).toBeGreaterThan(20);
	expect(await rig.archived()).toEqual(golden);
	expect(rig.posted()).toEqual(golden);
	const [{ channelName, shown }] = rig.local.world.slack.messages;
	expect(channelName).toBe('security-alerts');
	expect(shown).toMatch(/events of high severity \(first run or rewind: this is history\)/);
});

test('goes on from the saved position when the server is started again', async () => {
	const before = await saved();
	await rig.ranBySchedule(workflow, async () => {
		await rig.server.stop();
		await rig.startServer();
	});

	const position = await saved();
	expect(position.revision).toBeGreaterThan(Number(before.revision));
	expect(rig.posted()).toEqual(rig.golden(originMs, position));
	expect(await rig.archived()).toEqual(rig.golden(originMs, position));
});

test('a time that an operator writes into "rewindTo" is read again from there, into the same archive objects', async () => {
	const before = await rig.archive();
	await rig.rewind(originMs - 6 * HOUR_MS);
	const execution = await rig.execute(workflow);
	expect(failure(execution)).toMatch(/^success/);

	const position = await saved();
	expect(position.rewindTo).toBeNull();
	const after = await rig.archive();
	for (const [key, bytes] of before) expect([key, after.get(key)?.equals(bytes)]).toEqual([key, true]);
	expect(after.size).toBeGreaterThan(before.size);
	expect(await rig.archived()).toEqual(rig.golden(originMs - 6 * HOUR_MS, position));
	expect([...new Set(rig.posted())]).toEqual(rig.golden(originMs - 6 * HOUR_MS, position));
});

describe("n8n's Retry of a run that failed because the SIEM refused", () => {
	/** A run with something to post, refused at each of the node's tries. */
	async function failing() {
		await rig.rewind(Date.now() - 3 * HOUR_MS);
		rig.local.world.siem.faults.add({ on: { method: 'POST', times: 5 }, do: { status: 503 } });
		const failed = await rig.execute(workflow);
		expect(failure(failed)).toMatch(/^error at "Post to SIEM"/);
		expect(rig.local.world.siem.faults.unused()).toEqual([]);
		return failed;
	}

	test('delivers what it had read and saves the position', async () => {
		const before = await saved();
		const failed = await failing();
		expect((await saved()).revision).toBe(before.revision);
		const posted = rig.posted().length;
		const retried = await rig.finished(await rig.api.retry(failed.id));
		expect(failure(retried)).toMatch(/^success/);
		expect((await saved()).revision).toBe(Number(before.revision) + 1);
		expect(rig.posted().length).toBeGreaterThan(posted);
	});

	test('after a later success changes nothing: the position stays, the archive too, and it says why', async () => {
		const failed = await failing();
		expect(failure(await rig.execute(workflow))).toMatch(/^success/);
		const [position, objects] = [await saved(), await rig.archive()];
		const retried = await rig.finished(await rig.api.retry(failed.id));
		expect(failure(retried)).toMatch(/^error at "Stop: position changed meanwhile": Position not saved: another run, or an edit in the Data table, changed it meanwhile/);
		expect(through((await saved()).checkpoint)).toBe(through(position.checkpoint));
		expect((await saved()).revision).toBe(position.revision);
		expect(await rig.archive()).toEqual(objects);
	});
});
