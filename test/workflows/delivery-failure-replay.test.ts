jest.mock('n8n-workflow', () => jest.requireActual('../nodes/time').withFreePauses(jest.requireActual('n8n-workflow')));

import { cpSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { RunReport } from '../harness';
import { startDoor, type Door } from '../nodes/SafeAuditExport/sweepDoor';
import { HOUR_MS, restartTime } from '../nodes/time';
import { BUCKET, shipped, startTestWorld, type LocalWorld } from './world';

const NAME = 'delivery-failure-replay';
const DAY_MS = 24 * HOUR_MS;

let local: LocalWorld;
let door: Door;
/** Ids of dead letters, by the day that they happened on: three today, two the day before. */
let today: string[];
let yesterday: string[];

/** Two runs of the collector, each with events that the SIEM refuses. */
beforeEach(async () => {
	restartTime();
	local = await startTestWorld(52);
	door = await startDoor(local.s3.url);
	local.world.securId.events.length = 0;
	const nowMs = Date.now();
	const happen = (count: number, atMs: number) =>
		local.world.securId.addEvents(...Array.from({ length: count }, (_, index) => ({ atMs: atMs + index * 1000, activityKey: 'SIGNOUT', result: 'SUCCESS' }))).map(({ eventId }) => eventId);
	jest.setSystemTime(nowMs - DAY_MS);
	const before = happen(30, nowMs - DAY_MS - 2 * HOUR_MS);
	yesterday = [before[3], before[20]];
	local.poison.push(...yesterday);
	await collect();
	jest.setSystemTime(nowMs);
	const after = happen(40, nowMs - 2 * HOUR_MS);
	today = [after[0], after[7], after[39]];
	local.poison.push(...today);
	await collect();
	expect(sorted((await deadLetters()).ids)).toEqual(sorted([...today, ...yesterday]));
	expect(local.world.siem.events).toHaveLength(65);
	local.world.siem.events.length = 0;
	local.world.slack.messages.length = 0;
}, 60_000);

afterEach(async () => {
	await door.close();
	await local.stop();
});

const collect = async () => expect((await local.engine.run(shipped(local, 'securid-admin-log-fan-out'), { credentials: local.credentials })).error).toBeUndefined();

const run = async (settings: Record<string, unknown> = {}, onNodeStarted?: (node: string) => void): Promise<RunReport> => {
	const credentials = { ...local.credentials, aws: { ...local.credentials.aws, s3Endpoint: door.url } };
	return await local.engine.run(shipped(local, NAME, settings), { mode: 'manual', credentials, onNodeStarted });
};

const sorted = (ids: Iterable<string>) => [...ids].sort();
const inSiem = () => sorted(local.world.siem.events.map(({ id }) => String(id)));
const said = () => local.world.slack.messages.map(({ shown }) => shown);
const mend = (...ids: string[]) => local.poison.splice(0, Infinity, ...local.poison.filter((id) => !ids.includes(id)));

/** Keys and ids of the dead letters, or of those that are done. */
async function deadLetters(folder = '_dead-letters'): Promise<{ keys: string[]; ids: string[] }> {
	const objects = [...(await local.s3.objects(BUCKET))].filter(([key]) => key.startsWith(`audit/${folder}/`));
	const ids = objects.flatMap(([, bytes]) => bytes.toString().split('\n').filter(Boolean).map((line) => (JSON.parse(line) as { eventId: string }).eventId));
	return { keys: objects.map(([key]) => key), ids };
}

it('delivers exactly the dead letters, as the events that they were, and moves their files', async () => {
	const { keys } = await deadLetters();
	mend(...today, ...yesterday);
	const report = await run();
	expect(report.error).toBeUndefined();
	expect(inSiem()).toEqual(sorted([...today, ...yesterday]));
	for (const { event } of local.world.siem.events) expect(event).toMatchObject({ action: expect.any(String) as string, original: expect.any(Object) as object });
	expect((await deadLetters()).keys).toEqual([]);
	expect((await deadLetters('_dead-letters-done')).keys).toEqual(keys.map((key) => key.replace('_dead-letters', '_dead-letters-done')));
	expect(report.runData['File done']).toHaveLength(2);
	expect(report.items('Run summary')[0].json).toEqual({ files: 2, events: 5, delivered: 5, refusedAgain: 0 });
	expect(said()).toEqual([expect.stringContaining('Dead letters: 5 of 5 events delivered')]);
});

it('does nothing when it is started again', async () => {
	mend(...today, ...yesterday);
	await run();
	const objects = await local.s3.objects(BUCKET);
	const again = await run();
	expect(again).toMatchObject({ status: 'success', lastNode: 'Nothing to deliver again' });
	expect(inSiem()).toEqual(sorted([...today, ...yesterday]));
	expect(await local.s3.objects(BUCKET)).toEqual(objects);
	expect(said()).toHaveLength(1);
});

it('leaves files alone as long as nothing of them is taken', async () => {
	const objects = await local.s3.objects(BUCKET);
	const report = await run();
	expect(report.error).toBeUndefined();
	expect(await local.s3.objects(BUCKET)).toEqual(objects);
	expect(inSiem()).toEqual([]);
	expect(said()[0]).toContain('5 events are still refused and stay there');
});

it('writes what is refused again into a smaller file before the old one goes, and delivers that one later, each event once', async () => {
	mend(today[1], ...yesterday);
	const report = await run();
	expect(report.error).toBeUndefined();
	expect(report.items('Run summary')[0].json).toEqual({ files: 2, events: 5, delivered: 3, refusedAgain: 2 });
	const { keys, ids } = await deadLetters();
	expect(keys).toHaveLength(1);
	expect(sorted(ids)).toEqual(sorted([today[0], today[2]]));
	mend(...today);
	expect((await run()).error).toBeUndefined();
	expect(inSiem()).toEqual(sorted([...today, ...yesterday]));
	expect((await deadLetters()).keys).toEqual([]);
});

it('reads only the part that "only" names', async () => {
	mend(...today, ...yesterday);
	const [year, month, day] = new Date().toISOString().slice(0, 10).split('-');
	expect((await run({ only: `source=securid-admin/year=${year}/month=${month}/day=${day}/` })).error).toBeUndefined();
	expect(inSiem()).toEqual(sorted(today));
	expect(sorted((await deadLetters()).ids)).toEqual(sorted(yesterday));
});

it('stops when the SIEM is down, with every file where it was; the next run delivers all', async () => {
	const objects = await local.s3.objects(BUCKET);
	mend(...today, ...yesterday);
	local.world.siem.faults.add({ on: {}, do: { status: 503 } });
	expect(await run()).toMatchObject({ status: 'error', lastNode: 'Post to SIEM' });
	expect(await local.s3.objects(BUCKET)).toEqual(objects);
	local.world.siem.faults.clear();
	expect((await run()).error).toBeUndefined();
	expect(inSiem()).toEqual(sorted([...today, ...yesterday]));
});

it.each([
	['Rest in S3', 6],
	['Copy to done', 2],
	['Delete dead letter', 2],
])('never loses an event when S3 fails from any request of "%s" on, and the next run settles it', async (node, requests) => {
	mend(today[1], ...yesterday);
	const poisoned = [today[0], today[2]];
	const folder = path.join(local.s3.directory, BUCKET, 'audit');
	cpSync(folder, `${folder}-at-start`, { recursive: true });
	let failed = 0;
	for (let at = 0; at < requests; at++) {
		for (const [when, answer] of [['before', 403], ['before', 'html'], ['after', 'reset'], ['after', 'html']] as const) {
			// Slack allows a message per second.
			jest.setSystemTime(Date.now() + 60_000);
			const struck = await run({}, (started) => started === node && door.strike(at, { when, answer }, true));
			if (struck.error) failed++;
			door.strike();
			const { ids } = await deadLetters();
			expect(sorted(new Set([...inSiem(), ...ids]))).toEqual(sorted([...today, ...yesterday]));
			// What the SIEM still refuses is nowhere but in a dead letter.
			expect([at, when, answer, ids]).toEqual([at, when, answer, expect.arrayContaining(poisoned)]);
			expect((await run()).error).toBeUndefined();
			expect(sorted(new Set((await deadLetters()).ids))).toEqual(sorted(poisoned));
			rmSync(folder, { recursive: true });
			cpSync(`${folder}-at-start`, folder, { recursive: true });
			local.world.siem.events.length = 0;
		}
	}
	expect(failed).toBeGreaterThanOrEqual(requests * 3);
}, 600_000);
