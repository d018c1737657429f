jest.mock('n8n-workflow', () => jest.requireActual('../time').withFreePauses(jest.requireActual('n8n-workflow')));

import fc from 'fast-check';
import type { Fault } from '../../simulators';
import { forAll, generated } from '../../unit/generated';
import { useBench } from '../bench';
import { MINUTE_MS, NOW } from '../time';
import { MODES, passTime, spread, startScene, type Scene } from './triggerBench';

const bench = useBench();

const RUNS = 25;

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

const step: fc.Arbitrary<Step> = fc.oneof(
	{ weight: 4, arbitrary: fc.record({ kind: fc.constant('events' as const), count: fc.integer({ min: 1, max: 12 }), overMs: fc.integer({ min: 0, max: 3 * MINUTE_MS }) }) },
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant('events' as const), count: fc.integer({ min: 250, max: 1_200 }), overMs: fc.integer({ min: 0, max: 20 * MINUTE_MS }) }) },
	{ weight: 3, arbitrary: fc.record({ kind: fc.constant('late' as const), count: fc.integer({ min: 1, max: 5 }), agoMs: fc.integer({ min: 0, max: 11 * MINUTE_MS }) }) },
	{ weight: 3, arbitrary: fc.record({ kind: fc.constant('fault' as const), fault: fc.constantFrom(...FAULTS), times: fc.integer({ min: 1, max: 4 }) }) },
	{ weight: 8, arbitrary: fc.record({ kind: fc.constant('poll' as const), afterMs: fc.integer({ min: 1_000, max: 15 * MINUTE_MS }) }) },
	{ weight: 1, arbitrary: fc.record({ kind: fc.constant('lost poll' as const), afterMs: fc.integer({ min: 1_000, max: 5 * MINUTE_MS }) }) },
	{ weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
	{ weight: 1, arbitrary: fc.constant({ kind: 'by hand' as const }) },
);

const history = fc.record({
	steps: fc.array(step, { minLength: 4, maxLength: 18 }),
	maxEvents: fc.constantFrom(1, 40, 5_000),
	pageSize: fc.constantFrom(13, 100),
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

describe.each(MODES)('whatever happens, %s', (mode) => {
	test(`each event is handed out exactly once, before the log has rested for an hour: ${generated(RUNS)}`, async () => {
		let polls = 0;
		let events = 0;
		await forAll(RUNS, history, async ({ steps, ...options }) => {
			jest.setSystemTime(NOW);
			const scene = await startScene(bench, { mode, parameters: { options } });
			await scene.publish();
			await scene.poll();
			const logged: string[] = [];
			for (const done of steps) logged.push(...(await take(scene, mode, done)));
			// Trouble that is left wears off within these; a request that a fault hits at all uses it up.
			await scene.pollEach(2 * MINUTE_MS, 30);
			expect([...scene.handedOut].sort()).toEqual([...logged].sort());
			polls += scene.world.securId.requests.length;
			events += logged.length;
			await scene.world.close();
		});
		expect(polls).toBeGreaterThan(RUNS * 10);
		expect(events).toBeGreaterThan(RUNS * 50);
	});
});
