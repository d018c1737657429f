/**
 * The server is killed (SIGKILL) at random moments of securid-admin-log-fan-out, which runs on its schedule, and started again each time.
 * Wherever a position was saved, everything before it must be at the sinks; at the end nothing may be missing, doubled or replaced.
 * KILLS=100 sets how often, SEED another sequence.
 */
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createRandom } from '../../test/simulators/random';
import { BUCKET } from '../../tools/demo/world';
import type { SavedWorkflow } from '../server/n8nApi';
import { failure, HOUR_MS, idsOf, Rig, through, until, type Position } from './rig';

const SEED = Number(process.env.SEED ?? 20_260_131);
const KILLS = Number(process.env.KILLS ?? 30);
const MINUTE_MS = 60_000;
/** The embedded S3 puts the parts of an upload together after its answer to the last one. */
const S3_SETTLES_MS = 300;

let rig: Rig;
let workflow: SavedWorkflow;
let rewindToMs: number;
/** How long a run takes from its first request at SecurID to its end. */
let tookMs: number;

beforeAll(async () => {
	rig = await Rig.start({ adminEvents: 0 });
	workflow = await rig.setUp('securid-admin-log-fan-out');
	expect(failure(await rig.execute(workflow))).toMatch(/^success/);
	rewindToMs = Date.parse(through(String((await rig.position())?.checkpoint))) - 3 * HOUR_MS;
	const happen = (count: number, minutes: number, activityKey = 'SIGNOUT') =>
		rig.local.world.securId.addEvents(...Array.from({ length: count }, () => ({ atMs: rewindToMs + minutes * MINUTE_MS, activityKey, result: 'SUCCESS' })));
	happen(15, 5);
	happen(120, 50);
	happen(9, 51);
	happen(1, 52, 'LOCKED_ADMIN_ACCOUNT');
	happen(30, 140);
	await beginRound();
	const { requests } = rig.local.world.securId;
	const first = requests.length;
	expect(failure(await rig.execute(workflow))).toMatch(/^success/);
	tookMs = Date.now() - requests[first].atMs;
	expect(rig.posted()).toHaveLength(175);
	await rig.schedule(workflow, '*/5 * * * * *');
});

afterAll(async () => await rig.stop());

/** Empties the sinks and has the next run read the same window again. */
async function beginRound(): Promise<void> {
	rig.local.world.siem.events.length = 0;
	const bucket = path.join(rig.folder, 's3', BUCKET);
	for (const name of readdirSync(bucket)) rmSync(path.join(bucket, name), { recursive: true, force: true });
	await rig.rewind(rewindToMs);
}

/** Throws when an event before a saved position is not at both sinks, or one is in two objects. */
async function expectDelivered({ checkpoint }: Position): Promise<void> {
	const owed = idsOf(rig.local.world.securId.events.filter(({ atMs }) => atMs >= rewindToMs && atMs < Date.parse(through(checkpoint))));
	expect(owed.length).toBe(175);
	expect(await rig.archived()).toEqual(owed);
	expect([...new Set(rig.posted())]).toEqual(owed);
}

const position = async () => (await rig.position()) ?? Promise.reject(new Error('no position'));

test(`nothing is lost by ${KILLS} kills at random moments (seed ${SEED})`, async () => {
	const random = createRandom(SEED, 'kills of the server');
	const { requests } = rig.local.world.securId;
	const outcomes = { 'killed before the position was saved': 0, 'killed after': 0 };
	await beginRound();
	await rig.api.publish(workflow.id);
	for (let kill = 0; kill < KILLS; kill++) {
		const seen = requests.length;
		await until('a run', async () => requests.length > seen || undefined, { everyMs: 5 });
		await wait(random.next() * tookMs * 0.9);
		await rig.server.kill();
		await wait(S3_SETTLES_MS);
		const before = await rig.archive();
		await rig.startServer();
		const row = await position();
		if (row.rewindTo !== null) {
			outcomes['killed before the position was saved']++;
		} else {
			outcomes['killed after']++;
			await rig.quiet(workflow);
			await wait(S3_SETTLES_MS);
			await expectDelivered(row);
			await beginRound();
			await rig.api.publish(workflow.id);
		}
		const after = await rig.archive();
		if (row.rewindTo !== null) for (const [key, bytes] of before) expect([key, after.get(key)?.equals(bytes)]).toEqual([key, true]);
	}
	await until('a run to its end', async () => (await position()).rewindTo === null || undefined);
	await rig.quiet(workflow);
	await wait(S3_SETTLES_MS);
	await expectDelivered(await position());
	console.log(`${KILLS} kills within ${Math.round(tookMs)} ms, seed ${SEED}: ${JSON.stringify(outcomes)}`);
	expect(outcomes['killed before the position was saved']).toBeGreaterThan(KILLS / 3);
}, 3_600_000);
