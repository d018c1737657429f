/**
 * The server is killed (SIGKILL) at random moments of securid-admin-log-fan-out, which runs on its schedule, and started again each time.
 * Wherever a position was saved, everything before it must be at the sinks; at the end nothing may be missing, doubled or replaced.
 * KILLS=100 sets how often, SEED another sequence.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { createRandom } from '../../test/simulators/random';
import type { SavedWorkflow } from '../server/n8nApi';
import { failure, Rig, until } from './rig';
import { Rounds, s3Settled } from './rounds';

const SEED = Number(process.env.SEED ?? 20_260_131);
const KILLS = Number(process.env.KILLS ?? 30);

let rig: Rig;
let workflow: SavedWorkflow;
let rounds: Rounds;
/** How long a run takes from its first request at SecurID to its end. */
let tookMs: number;

beforeAll(async () => {
	rig = await Rig.start({ adminEvents: 0 });
	workflow = await rig.setUp('securid-admin-log-fan-out');
	rounds = await Rounds.prepare(rig, workflow, [
		{ count: 15, minutes: 5 },
		{ count: 120, minutes: 50 },
		{ count: 9, minutes: 51 },
		{ count: 1, minutes: 52, activityKey: 'LOCKED_ADMIN_ACCOUNT' },
		{ count: 30, minutes: 140 },
	]);
	await rounds.begin();
	const { requests } = rig.local.world.securId;
	const first = requests.length;
	expect(failure(await rig.execute(workflow))).toMatch(/^success/);
	tookMs = Date.now() - requests[first].atMs;
	expect(rig.posted()).toHaveLength(175);
	await rig.schedule(workflow, '*/5 * * * * *');
});

afterAll(async () => await rig.stop());

const position = async () => (await rig.position()) ?? Promise.reject(new Error('no position'));

test(`nothing is lost by ${KILLS} kills at random moments (seed ${SEED})`, async () => {
	const random = createRandom(SEED, 'kills of the server');
	const { requests } = rig.local.world.securId;
	const outcomes = { 'killed before the position was saved': 0, 'killed after': 0 };
	await rounds.begin();
	await rig.api.publish(workflow.id);
	for (let kill = 0; kill < KILLS; kill++) {
		const seen = requests.length;
		await until('a run', async () => requests.length > seen || undefined, { everyMs: 5 });
		await wait(random.next() * tookMs * 0.9);
		await rig.server.kill();
		await s3Settled();
		const before = await rig.archive();
		await rig.startServer();
		const row = await position();
		if (row.rewindTo !== null) {
			outcomes['killed before the position was saved']++;
		} else {
			outcomes['killed after']++;
			await rig.quiet(workflow);
			await rounds.expectDelivered(row);
			await rounds.begin();
			await rig.api.publish(workflow.id);
		}
		const after = await rig.archive();
		if (row.rewindTo !== null) for (const [key, bytes] of before) expect([key, after.get(key)?.equals(bytes)]).toEqual([key, true]);
	}
	await until('a run to its end', async () => (await position()).rewindTo === null || undefined);
	await rig.quiet(workflow);
	await rounds.expectDelivered(await position());
	console.log(`${KILLS} kills within ${Math.round(tookMs)} ms, seed ${SEED}: ${JSON.stringify(outcomes)}`);
	expect(outcomes['killed before the position was saved']).toBeGreaterThan(KILLS / 3);
}, 3_600_000);
