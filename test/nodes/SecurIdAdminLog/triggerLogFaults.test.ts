/** The trigger on the user and the system log: each request of a poll goes wrong once, in every way; then all is handed out, once, in order. */
jest.mock('n8n-workflow', () => jest.requireActual('../time').withFreePauses(jest.requireActual('n8n-workflow')));

import type { PollMode } from '../../harness';
import type { Fault, SystemName } from '../../simulators';
import { useBench } from '../bench';
import { shortTimeouts } from '../servers';
import { MINUTE_MS } from '../time';
import { SETTLED_MS, spread, startScene } from './triggerBench';

const bench = useBench();

const FAULTS: Array<[string, Fault]> = [
	['400', { status: 400 }],
	['401', { status: 401 }],
	['403', { status: 403 }],
	['429', { retryAfter: 60 }],
	['500', { status: 500 }],
	['503', { status: 503 }],
	['a reset before the answer', { reset: 'before' }],
	['a reset in the answer', { reset: 'inBody' }],
	['a cut answer', { truncateBody: true }],
	['a quietly cut answer', { truncateBody: 'quietly' }],
	['malformed JSON', { malformedJson: true }],
	['a web page', { html: true }],
	['a page without its events', { emptyPage: true }],
	['a stall', { stall: true }],
];

/** 250 events are three pages; with OAuth a token that lives a minute makes each poll sign in first. */
const EVENTS = 250;
const PAGES = 3;

const DOORS: Array<[PollMode, 'user' | 'system', 'apiKey' | 'oAuth']> = [
	['legacy', 'user', 'oAuth'],
	['durable', 'user', 'apiKey'],
	['legacy', 'system', 'apiKey'],
	['durable', 'system', 'oAuth'],
];

describe.each(DOORS)('%s polls of the %s log, signed in by %s', (mode, log, authentication) => {
	test.each(FAULTS)('%s, once, at any request', async (_name, fault) => {
		const scene = await startScene(bench, { mode, log, authentication, world: { securIdAuth: { tokenLifetimeSec: 60 } } });
		await scene.publish();
		await scene.poll();
		const struck: Array<[SystemName & ('securId' | 'securIdAuth'), number]> = Array.from({ length: PAGES }, (_, at) => ['securId', at + 1]);
		if (authentication === 'oAuth' && !('emptyPage' in fault)) struck.push(['securIdAuth', 1]);
		const ids: string[] = [];
		for (const [system, nth] of struck) {
			ids.push(...scene.log(...spread(EVENTS, Date.now(), 100)));
			scene.world[system].faults.add({ on: { nth }, do: fault });
			const timeouts = 'stall' in fault ? shortTimeouts({ path: system === 'securId' ? /exportlogs/ : /token/ }) : undefined;
			const before = scene.poller.state();
			const [{ events, error }] = await scene.pollEach(SETTLED_MS, 1);
			timeouts?.restore();
			expect(scene.world.unusedFaults()).toEqual([]);
			if (error) expect([events, scene.poller.state()]).toEqual([null, before]);
			await scene.pollEach(MINUTE_MS, 2);
			expect(scene.handedOut).toEqual(ids);
			scene.world[system].faults.clear();
		}
		expect(ids).toHaveLength(EVENTS * struck.length);
	}, 120_000);
});
