jest.mock('n8n-workflow', () => jest.requireActual('../time').withFreePauses(jest.requireActual('n8n-workflow')));

import { useBench } from '../bench';
import { HOUR_MS, MINUTE_MS, NOW } from '../time';
import { jumpingClock, MODES, passTime, SETTLED_MS, spread, startScene, type Scene, type SceneOptions } from './triggerBench';

const bench = useBench();

/** Events that the trigger reads in one step. */
const STEP_EVENTS = 1_000;

/** A trigger that was away for two hours, in which 2,600 events came. */
async function startBehind(options: SceneOptions): Promise<{ scene: Scene; ids: string[] }> {
	const scene = await startScene(bench, options);
	await scene.publish();
	await scene.poll();
	const ids = scene.log(...spread(2_600, NOW, 2_500));
	passTime(2 * HOUR_MS);
	return { scene, ids };
}

describe.each(MODES)('more events than one step takes, %s', (mode) => {
	test('come in one poll, oldest first, once each', async () => {
		const { scene, ids } = await startBehind({ mode });
		expect((await scene.poll()).ids).toEqual(ids);
		await scene.pollEach(MINUTE_MS, 2);
		expect(scene.handedOut).toEqual(ids);
	});

	test('all in one minute come in one poll too: a minute is not cut', async () => {
		const scene = await startScene(bench, { mode, parameters: { options: { maxEvents: 100 } } });
		await scene.poll();
		const ids = scene.log(...spread(1_500, NOW + MINUTE_MS, 10));
		await scene.pollEach(SETTLED_MS, 2);
		expect(scene.handedOut).toEqual(ids);
	});

	/** How many requests the whole poll takes when nothing goes wrong. */
	async function requestsOfWholePoll(): Promise<number> {
		const { scene } = await startBehind({ mode });
		await scene.poll();
		return scene.world.securId.requests.length;
	}

	test('a fault at a request, early or late: what was read before is handed out, the rest comes next, nothing twice', async () => {
		const requests = await requestsOfWholePoll();
		expect(requests).toBeGreaterThan(30);
		const counts: number[] = [];
		for (const share of [0, 0.3, 0.5, 0.75, 1]) {
			const nth = 1 + Math.floor(share * (requests - 1));
			jest.setSystemTime(NOW);
			const { scene, ids } = await startBehind({ mode });
			const saved = scene.poller.state();
			scene.world.securId.faults.add({ on: { nth }, do: { status: 401 } });
			bench.logged.length = 0;
			const { ids: before, events, error } = await scene.poll();
			counts.push(before.length);
			expect(ids.slice(0, before.length)).toEqual(before);
			if (before.length === 0) {
				expect(events).toBeNull();
				expect(error?.message).toMatch(/\(SECURID-401-TOKEN\)$/);
				expect(scene.poller.state()).toEqual(saved);
			} else {
				expect(error).toBeUndefined();
				expect(bench.logged.join('\n')).toMatch(/^warn .*handed out what was read so far; .*SECURID-401-TOKEN/m);
			}
			await scene.pollEach(MINUTE_MS, 2);
			expect(scene.handedOut).toEqual(ids);
			await scene.world.close();
		}
		expect(new Set(counts).size).toBeGreaterThan(2);
	}, 480_000);

	test('a fault after the first step that stays: handed out what there was, then the error, then the rest', async () => {
		const { scene, ids } = await startBehind({ mode });
		// Four pages are in flight at most and each is asked for three times, so one of them meets its third fault among these.
		const busy = Array.from({ length: 11 }, (_, index) => ({ on: { nth: 26 + index }, do: { status: 503 } }));
		scene.world.securId.faults.add({ on: { nth: 25 }, do: { reset: 'inBody' } }, ...busy);
		const first = await scene.poll();
		expect(first.ids.length).toBeGreaterThan(0);
		expect(first.ids.length).toBeLessThan(ids.length);
		await scene.pollEach(MINUTE_MS, 4);
		expect(scene.handedOut).toEqual(ids);
	});
});

describe.each(MODES)('Max Events, %s', (mode) => {
	test.each([1, 300, 1_500])('of %i bounds a poll to that many and one step more, and the rest comes in order', async (maxEvents) => {
		const { scene, ids } = await startBehind({ mode, parameters: { options: { maxEvents } } });
		const polls = await scene.pollEach(1_000, 8);
		for (const poll of polls) expect(poll.ids.length).toBeLessThan(maxEvents + STEP_EVENTS);
		expect(polls.filter(({ events }) => events !== null).length).toBeGreaterThan(1);
		expect(scene.handedOut).toEqual(ids);
	});

	test('counts what is handed out, not what is read', async () => {
		const scene = await startScene(bench, { mode, parameters: { triggerOn: 'lockouts', options: { maxEvents: 1 } } });
		await scene.poll();
		scene.log(...spread(2_600, NOW, 2_500));
		const [id] = scene.log({ atMs: NOW + 100 * MINUTE_MS, activityKey: 'LOCKED_ADMIN_ACCOUNT' });
		const [poll] = await scene.pollEach(2 * HOUR_MS, 1);
		expect(poll.ids).toEqual([id]);
	});
});

describe.each(MODES)('the time of a poll, %s', (mode) => {
	test('once half of it is over no step is begun; each poll gets on, and the rest comes with the next', async () => {
		const clock = jumpingClock();
		const { scene, ids } = await startBehind({ mode, budgetMs: 30_000, world: { clock } });
		clock.jumpMs = 2_000;
		const first = await scene.poll();
		expect(first.ids.length).toBeGreaterThan(0);
		expect(first.ids.length).toBeLessThanOrEqual(STEP_EVENTS);
		expect(ids.slice(0, first.ids.length)).toEqual(first.ids);
		await scene.pollEach(1_000, 7);
		expect(scene.handedOut).toEqual(ids);
	});

	test('a Retry-After beyond a sixth of it is left to n8n, which is told how long to wait', async () => {
		const scene = await startScene(bench, { mode, budgetMs: 30_000 });
		await scene.poll();
		const ids = scene.log(NOW);
		scene.world.securId.faults.add({ on: { nth: 1 }, do: { retryAfter: 4 } }, { on: { nth: 2 }, do: { retryAfter: 6 } });
		const [{ error }] = await scene.pollEach(SETTLED_MS, 1);
		expect(error).toMatchObject({ httpCode: '429', failure: { cause: 'rate-limited', retryAfterMs: 6_000 } });
		await scene.pollEach(MINUTE_MS, 1);
		expect(scene.handedOut).toEqual(ids);
	});
});

describe.each(MODES)('a poll that begins while the one before hangs, %s', (mode) => {
	/** A log that answers nothing until it is told to. */
	async function startHanging(): Promise<{ scene: Scene; ids: string[]; go: () => void; asked: () => Promise<void> }> {
		const scene = await startScene(bench, { mode });
		await scene.publish();
		await scene.poll();
		const ids = scene.log(...spread(40, NOW, 1_000));
		scene.world.securId.faults.add({ on: { nth: 1 }, do: { stall: true } });
		const turn = async () => await new Promise((resolve) => setImmediate(resolve));
		return {
			scene,
			ids,
			// The held connection is cut, which the trigger takes for trouble that passes, and asks again.
			go: () => void scene.world.securId.goDown().then(async () => await scene.world.securId.comeBack()),
			asked: async () => {
				for (let turns = 0; scene.world.securId.requests.length === 0; turns++) {
					if (turns > 100_000) throw new Error('The trigger asked for nothing');
					await turn();
				}
			},
		};
	}

	test('gives nothing, asks nothing and changes nothing; all events come once', async () => {
		const { scene, ids, go, asked } = await startHanging();
		const saved = scene.poller.state();
		passTime(SETTLED_MS);
		const hanging = scene.poll();
		await asked();
		for (const second of await scene.pollEach(MINUTE_MS, 3)) expect(second).toEqual({ events: null, ids: [], error: undefined });
		expect(scene.world.securId.requests).toHaveLength(1);
		expect(scene.poller.state()).toEqual(saved);
		go();
		await hanging;
		await scene.pollEach(MINUTE_MS, 3);
		expect(scene.handedOut).toEqual(ids);
	});

	test('of another workflow goes on undisturbed, and a test by hand does too', async () => {
		const { scene, ids, go, asked } = await startHanging();
		passTime(SETTLED_MS);
		const hanging = scene.poll();
		await asked();
		const other = await bench.engine.poller(
			{ ...scene.workflow, id: `another ${mode}`, staticData: { 'node:Node': scene.poller.state() } },
			{ mode, credentials: { securIdApi: scene.world.credentials.securIdApi } },
		);
		expect((await other.tick()).items?.map(({ json }) => json.eventId)).toEqual(ids);
		expect((await scene.poller.byHand())?.map(({ json }) => json.eventId)).toEqual(ids.slice(-10));
		go();
		await hanging;
		expect(scene.handedOut).toEqual(ids);
	});

	test('comes as usual once that one has failed', async () => {
		const { scene, ids, asked } = await startHanging();
		passTime(SETTLED_MS);
		const hanging = scene.poll();
		await asked();
		await scene.world.securId.goDown();
		expect((await hanging).error?.message).toMatch(/\(SECURID-NET-/);
		await scene.world.securId.comeBack();
		await scene.pollEach(MINUTE_MS, 1);
		expect(scene.handedOut).toEqual(ids);
	});
});

describe.each(MODES)('a restart of n8n, %s', (mode) => {
	test('after each poll repeats nothing that was saved, and loses nothing', async () => {
		const scene = await startScene(bench, { mode });
		await scene.publish();
		await scene.poll();
		const ids = scene.log(...spread(30, NOW, 20_000));
		for (let minute = 0; minute < 20; minute++) {
			await scene.pollEach(MINUTE_MS, 1);
			scene.poller.restart();
			if (mode === 'legacy') await scene.publish();
		}
		expect(scene.handedOut).toEqual(ids);
	});

	test('after polls that gave nothing: legacy reads them again, durable does not; no event is lost or comes twice', async () => {
		const scene = await startScene(bench, { mode, parameters: { triggerOn: 'lockouts' } });
		await scene.publish();
		await scene.poll();
		scene.log(...spread(30, NOW, 20_000));
		await scene.pollEach(MINUTE_MS, 12);
		const through = mode === 'legacy' ? '2026-01-15T10:07:00.000Z' : '2026-01-15T10:17:00.000Z';
		expect(scene.position().through).toBe(through);
		scene.poller.restart();
		const [id] = scene.log({ atMs: Date.now(), activityKey: 'LOCKED_ADMIN_ACCOUNT' });
		await scene.pollEach(MINUTE_MS, 5);
		expect(scene.handedOut).toEqual([id]);
	});

	test('during a poll: what it comes to is gone, and the next one brings it', async () => {
		const scene = await startScene(bench, { mode });
		await scene.publish();
		await scene.poll();
		const ids = scene.log(...spread(30, NOW, 1_000));
		passTime(SETTLED_MS);
		const lost = scene.poll();
		scene.poller.restart();
		expect(await lost).toMatchObject({ events: null, error: undefined });
		await scene.pollEach(MINUTE_MS, 1);
		expect(scene.handedOut).toEqual(ids);
	});
});
