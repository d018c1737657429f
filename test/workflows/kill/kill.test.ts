/**
 * The process that runs securid-admin-log-fan-out is killed (SIGKILL), at every request of a run, when it arrives and when it is answered, and
 * at random moments. One clean run follows, and then nothing may be missing, doubled or replaced.
 * KILLS sets the number of random moments, 200 by default; each one costs a process, which starts up while the one before runs.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { createRandom } from '../../simulators/random';
import { countInArchive, savedRow, startArena, type Arena, type Victim } from './arena';

const SEED = 20_260_131;
const RANDOM_KILLS = Number(process.env.KILLS ?? 200);
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

let arena: Arena;
/** Where the saved position of the start lies; the run that is killed reads on from here. */
let fromMs: number;
/** Ids that came before it, to both sinks. */
let delivered: string[];
/** An undisturbed run in a process of its own: what the servers saw, and the pauses before the first, between them, and after the last one. */
let clean: { moments: string[]; pausesMs: number[] };
let next: Promise<Victim>;

const SLOT_MS = 15 * MINUTE_MS;
const slotOf = (ms: number) => Math.floor(ms / SLOT_MS);
const happen = (count: number, atMs: number, activityKey = 'SIGNOUT') =>
	arena.world.securId.addEvents(...Array.from({ length: count }, () => ({ atMs, activityKey, result: 'SUCCESS' })));
const throughOf = ({ tablesFile }: Victim) => Date.parse((JSON.parse(String(savedRow(tablesFile).checkpoint)) as { through: string }).through);

beforeAll(async () => {
	arena = await startArena(SEED);
	delivered = happen(5, Date.now() - 3 * HOUR_MS).map(({ eventId }) => String(eventId));
	expect((await arena.keepAsStart(2 * HOUR_MS)).error).toBeUndefined();
	next = arena.prepare();
	fromMs = throughOf(await next);
	// Late by that position, tied over the end of a page, and one that Slack is told of.
	happen(1, fromMs - 4 * MINUTE_MS);
	happen(13, fromMs + 20 * MINUTE_MS);
	happen(7, fromMs + 31 * MINUTE_MS);
	happen(4, fromMs + 85 * MINUTE_MS);
	happen(1, fromMs + 86 * MINUTE_MS, 'LOCKED_ADMIN_ACCOUNT');
	// The first one fills the cache of compiled code, so the second one is what the later ones are like.
	await undisturbed();
	clean = await undisturbed();
}, 480_000);

afterAll(async () => {
	(await next).kill();
	await (await next).ended;
	await arena.stop();
});

/** The victim of this case; the next one starts up meanwhile. */
async function takeVictim(): Promise<Victim> {
	const victim = await next;
	next = arena.prepare();
	arena.restore();
	return victim;
}

async function undisturbed(): Promise<typeof clean> {
	const victim = await takeVictim();
	const times = [performance.now()];
	arena.onMoment = () => void times.push(performance.now());
	victim.go();
	expect(await victim.ended).toBe('ended success');
	times.push(performance.now());
	arena.onMoment = () => {};
	return { moments: [...arena.moments], pausesMs: times.slice(1).map((ms, index) => ms - times[index]) };
}

/** One killed run, a late event if wanted (in a slot that the killed run may have archived), one clean run, and the look at everything. Out: how the killed one ended, and whether it had saved. */
async function killed(kill: (victim: Victim) => void, lateComes: boolean): Promise<{ ended: string; saved: boolean }> {
	const { events } = arena.world.securId;
	const victim = await takeVictim();
	kill(victim);
	victim.go();
	const ended = await victim.ended;
	arena.onMoment = () => {};
	// Requests that were on their way come to their end at the servers.
	await wait(20);
	const saved = throughOf(victim) !== fromMs;
	const before = await arena.objects();
	// Where the killed run had saved, no slot has closed since, and the clean one has nothing to read.
	const lateMs = fromMs + 21 * MINUTE_MS;
	const late = lateComes && !saved ? happen(1, lateMs) : [];
	const report = await arena.cleanRun(victim);
	expect(report.error).toBeUndefined();
	const after = await arena.objects();
	for (const [key, bytes] of before) expect(after.get(key)?.equals(bytes) ? 'as it was' : key).toBe('as it was');
	const owed = events.filter(({ atMs }) => atMs < throughOf(victim)).map(({ eventId }) => String(eventId));
	expect(owed.length).toBe(31 + late.length);
	const inS3 = countInArchive(after);
	const inSiem = new Set([...arena.world.siem.ids(), ...delivered]);
	expect(owed.filter((id) => !inS3.has(id) || !inSiem.has(id))).toEqual([]);
	const mayRepeat = new Set(events.filter(({ atMs }) => lateComes && slotOf(atMs) === slotOf(lateMs)).map(({ eventId }) => String(eventId)));
	expect([...inS3].filter(([id, times]) => times > 1 && !mayRepeat.has(id))).toEqual([]);
	for (const event of late) events.splice(events.indexOf(event), 1);
	return { ended, saved };
}

test('at every request, when it arrives and when it is answered', async () => {
	const { moments } = clean;
	const outcomes: string[] = [];
	for (let at = 1; at <= moments.length; at++) {
		const { ended, saved } = await killed((victim) => {
			arena.onMoment = (count) => {
				if (count === at) victim.kill();
			};
		}, at % 3 === 0);
		outcomes.push(`${ended}${saved ? ', saved' : ''}`);
	}
	const count = (text: string) => outcomes.filter((outcome) => outcome === text).length;
	console.log(`R = ${moments.length / 2} requests, ${moments.length} kills: ${count('killed')} before the position was saved, ${count('killed, saved')} after, ${outcomes.filter((outcome) => !outcome.startsWith('killed')).length} too late`);
	expect(moments.length).toBeGreaterThanOrEqual(50);
	expect(count('killed')).toBeGreaterThanOrEqual(moments.length - 2);
}, 1_500_000);

test(`at ${RANDOM_KILLS} random moments (seed ${SEED})`, async () => {
	const random = createRandom(SEED, 'kills');
	const { pausesMs } = clean;
	const outcomes: string[] = [];
	for (let time = 0; time < RANDOM_KILLS; time++) {
		// Somewhere in one of the pauses of a run, so that a busy machine does not move the moments to its beginning.
		// Every tenth one after the last answer, where the position is saved.
		const after = random.chance(0.1) ? pausesMs.length - 1 : Math.floor(random.next() * pausesMs.length);
		const pauseMs = random.next() * pausesMs[after];
		const { ended, saved } = await killed((victim) => {
			const strike = () => void setTimeout(victim.kill, pauseMs);
			arena.onMoment = (count) => count === after && strike();
			if (after === 0) strike();
		}, random.chance(0.5));
		outcomes.push(`${ended.startsWith('killed') ? 'killed' : 'ended by itself'}${saved ? ', saved' : ''}`);
	}
	const counts = [...new Set(outcomes)].map((text) => `${outcomes.filter((outcome) => outcome === text).length} ${text}`);
	console.log(`${RANDOM_KILLS} kills at random moments, in the ${pausesMs.length} pauses before, between and after what the servers see, seed ${SEED}: ${counts.join('; ')}`);
	expect(outcomes.filter((outcome) => outcome.startsWith('killed')).length).toBeGreaterThan(RANDOM_KILLS / 2);
}, 1_500_000);
