/** Generated histories of a trigger: events, late ones, faults, restarts and tests by hand in any order; each event has to be handed out exactly once. */
import fc from 'fast-check';
import type { Fault } from '../../simulators';
import { forAll } from '../../unit/generated';
import type { PollMode } from '../../harness';
import type { Bench } from '../bench';
import { MINUTE_MS, NOW } from '../time';
import { passTime, spread, startScene, type Scene, type SceneOptions } from './triggerBench';

const FAULTS: Fault[] = [
	{ status: 400 },
	{ status: 401 },
	{ retryAfter: 2 },
	{ retryAfter: 600 },
	{ status: 503 },
	{ reset: 'before' },
	{ reset: 'inBody' },
	{ truncateBody: 'quietly' },
	{ malformedJson: true },
	{ html: true },
	{ emptyPage: true },
];

/** What may happen between two polls, or to them. */
type Step =
	| { kind: 'events'; count: number; overMs: number }
	| { kind: 'late'; count: number; agoMs: number }
	| { kind: 'fault'; fault: Fault; times: number }
	| { kind: 'poll'; afterMs: number }
	| { kind: 'lost poll'; afterMs: number }
	| { kind: 'restart' }
	| { kind: 'by hand' };

const upTo = (min: number, max: number) => fc.integer({ min, max });
const one = <Kind extends Step['kind']>(weight: number, kind: Kind, rest: Record<string, fc.Arbitrary<unknown>> = {}) => ({
	weight,
	// SAFETY: each call below gives the members that Step has for its kind.
	arbitrary: fc.record({ kind: fc.constant(kind), ...rest }) as unknown as fc.Arbitrary<Step>,
});

const step: fc.Arbitrary<Step> = fc.oneof(
	one(5, 'events', { count: upTo(1, 12), overMs: upTo(0, 3 * MINUTE_MS) }),
	one(1, 'events', { count: upTo(150, 1_100), overMs: upTo(0, 40 * MINUTE_MS) }),
	one(4, 'late', { count: upTo(1, 5), agoMs: upTo(0, 11 * MINUTE_MS) }),
	one(3, 'fault', { fault: fc.constantFrom(...FAULTS), times: upTo(1, 4) }),
	one(10, 'poll', { afterMs: upTo(1_000, 15 * MINUTE_MS) }),
	one(1, 'lost poll', { afterMs: upTo(1_000, 5 * MINUTE_MS) }),
	one(1, 'restart'),
	one(1, 'by hand'),
);

const history = fc.record({
	steps: fc.array(step, { minLength: 4, maxLength: 16 }),
	maxEvents: fc.constantFrom(1, 40, 5_000),
	pageSize: fc.constantFrom(60, 100),
	concurrency: fc.constantFrom(1, 4),
});

/** n8n is back, and publishes what was published; in legacy mode that is a poll. */
async function comeBack(scene: Scene, mode: string): Promise<void> {
	scene.poller.restart();
	if (mode === 'legacy') await scene.publish();
}

async function take(scene: Scene, mode: string, done: Step): Promise<string[]> {
	const nowMs = Date.now();
	switch (done.kind) {
		case 'events':
			return scene.log(...spread(done.count, nowMs, Math.floor(done.overMs / done.count)));
		case 'late':
			return scene.log(...spread(done.count, Math.max(NOW, nowMs - done.agoMs), 1));
		case 'fault':
			scene.world.securId.faults.add({ on: { times: done.times }, do: done.fault });
			return [];
		case 'poll':
			await scene.pollEach(done.afterMs, 1);
			return [];
		case 'lost poll': {
			passTime(done.afterMs);
			const lost = scene.poll();
			scene.poller.restart();
			await lost;
			await comeBack(scene, mode);
			return [];
		}
		case 'restart':
			await comeBack(scene, mode);
			return [];
		case 'by hand':
			await scene.poller.byHand().catch(() => null);
			return [];
	}
}

/** Polls until trouble has worn off, since each request that a fault hits uses it up, and three polls have found nothing more. */
async function comeToRest(scene: Scene): Promise<void> {
	for (let polls = 0, quiet = 0; quiet < 3 && polls < 80; polls++) {
		const [{ events, error }] = await scene.pollEach(2 * MINUTE_MS, 1);
		quiet = events === null && error === undefined ? quiet + 1 : 0;
	}
}

/** Plays so many histories. Checks that each event came exactly once, and that enough happened to say so. */
export async function playHistories(bench: Bench, mode: PollMode, runs: number, scene: Omit<SceneOptions, 'mode'> = {}): Promise<void> {
	let requests = 0;
	let events = 0;
	await forAll(runs, history, async ({ steps, ...options }) => {
		jest.setSystemTime(NOW);
		const played = await startScene(bench, { ...scene, mode, parameters: { ...scene.parameters, options } });
		await played.publish();
		await played.poll();
		const logged: string[] = [];
		for (const done of steps) logged.push(...(await take(played, mode, done)));
		await comeToRest(played);
		expect([...played.handedOut].sort()).toEqual([...logged].sort());
		requests += played.world.securId.requests.length;
		events += logged.length;
		await played.world.close();
	});
	expect(requests).toBeGreaterThan(runs * 10);
	expect(events).toBeGreaterThan(runs * 50);
}
