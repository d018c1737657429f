jest.mock('n8n-workflow', () => jest.requireActual('../time').withFreePauses(jest.requireActual('n8n-workflow')));

import type { IDataObject, NodeApiError } from 'n8n-workflow';
import type { Fault, World } from '../../simulators';
import { useBench, type Credentials } from '../bench';
import { SECURID_ROWS } from '../failureTable';
import { leaks, secretsOf } from '../leaks';
import { MINUTE_MS, NOW } from '../time';
import { trouble } from '../troubled';
import { MODES, SETTLED_MS, spread, startScene } from './triggerBench';

const bench = useBench();

/** The world's own key file, for another host. */
function keyFileFor({ securId }: World, origin: string): Credentials {
	const privateKeyFile = JSON.stringify({ ...securId.keyFile, adminRestApiUrl: `${origin}/AdminInterface/restapi/` });
	return { securIdApi: { keySource: 'file', privateKeyFile } };
}

/** What a poll may throw at a vendor's answer: the trigger asks three times at most and waits no longer than its time allows. */
const MOST_REQUESTS = 3;

describe.each(MODES)('a refused poll, %s', (mode) => {
	test.each(SECURID_ROWS)('$label: $code; the state stays, and the next good poll brings everything once', async (row) => {
		const scene = await startScene(bench, { mode });
		await scene.publish();
		await scene.poll();
		const ids = scene.log(...spread(8, NOW + 1_000, 10_000));
		const saved = scene.poller.state();
		const troubled = await trouble(bench, row.trouble, { system: 'securId', pointAt: keyFileFor });
		jest.setSystemTime(NOW + SETTLED_MS);

		const broken = await scene.pollerWith(troubled.credentials);
		const { items, error } = await broken.tick();
		const { message, description, httpCode, failure } = error as NodeApiError;
		expect(items).toBeNull();
		expect(message).toMatch(row.says);
		expect(message.endsWith(`(${row.code})`)).toBe(true);
		expect(description).toMatch(/\w/);
		expect(httpCode ?? undefined).toBe(row.httpCode);
		// A date lies as far ahead as the pauses of this trigger leave it; the other waits are told as they came.
		const { retryAfterMs } = row.failure;
		const expected = retryAfterMs === 0 ? { ...row.failure, retryAfterMs: expect.any(Number) as number } : row.failure;
		expect(failure).toEqual(expected);
		expect(troubled.requests()).toBeLessThanOrEqual(MOST_REQUESTS);
		expect(troubled.requests()).toBeGreaterThan(0);
		expect(broken.state()).toEqual(saved);
		expect(troubled.strayed()).toEqual([]);
		expect(leaks(bench.logged.concat(message, description ?? ''), secretsOf(troubled.world))).toEqual([]);

		await scene.pollEach(MINUTE_MS, 3);
		expect(scene.handedOut).toEqual(ids);
	});
});

describe.each(MODES)('trouble that passes, %s', (mode) => {
	const ONCE = 1;
	const THREE_TRIES = 3;

	test.each<[string, Fault, number]>([
		['400', { status: 400 }, ONCE],
		['401', { status: 401 }, ONCE],
		['403', { status: 403 }, ONCE],
		['429 that asks for a minute', { retryAfter: 60 }, ONCE],
		['500', { status: 500 }, THREE_TRIES],
		['503', { status: 503 }, THREE_TRIES],
		['a reset before the answer', { reset: 'before' }, THREE_TRIES],
		['a reset in the answer', { reset: 'inBody' }, THREE_TRIES],
		['a cut answer', { truncateBody: true }, THREE_TRIES],
		['a quietly cut answer', { truncateBody: 'quietly' }, THREE_TRIES],
		['malformed JSON', { malformedJson: true }, THREE_TRIES],
		['a web page', { html: true }, ONCE],
		['a page without its events', { emptyPage: true }, THREE_TRIES],
	])('%s, poll after poll: nothing is handed out or moved meanwhile, and then all of it once, in order', async (_case, fault, tries) => {
		const scene = await startScene(bench, { mode });
		await scene.publish();
		await scene.poll();
		const ids = scene.log(...spread(30, NOW, 20_000));
		const [good] = await scene.pollEach(SETTLED_MS, 1);
		expect(good.ids.length).toBeGreaterThan(0);
		const saved = scene.poller.state();
		scene.world.securId.faults.add({ on: { times: 2 * tries }, do: fault });
		for (const { events, error } of await scene.pollEach(2 * MINUTE_MS, 2)) {
			expect(events).toBeNull();
			expect(error?.message).toMatch(/\(SECURID-[A-Z\d-]+\)$/);
			expect(scene.poller.state()).toEqual(saved);
		}
		expect(scene.world.unusedFaults()).toEqual([]);
		await scene.pollEach(2 * MINUTE_MS, 5);
		expect(scene.handedOut).toEqual(ids);
	});

	test('a total that is never borne out: three readings per poll, then an error that says so, and all events once it is true', async () => {
		const scene = await startScene(bench, { mode });
		await scene.publish();
		await scene.poll();
		const ids = scene.log(...spread(250, NOW, 100));
		const saved = scene.poller.state();
		const { faults } = scene.world.securId;
		faults.add({ on: { nth: 1 }, do: { changedTotal: 251 } });
		for (const { events, error } of await scene.pollEach(SETTLED_MS, 3)) {
			expect(events).toBeNull();
			expect(error?.message).toBe('SecurID announced 251 events but delivered 250, 3 times in a row (SECURID-PAGES-CHANGED)');
			expect(error).toMatchObject({ failure: { cause: 'temporarily-unavailable' } });
		}
		expect(scene.poller.state()).toEqual(saved);
		faults.add({ on: { nth: 1 }, do: { changedTotal: null } });
		await scene.pollEach(MINUTE_MS, 2);
		expect(scene.handedOut).toEqual(ids);
	});

	test('a busy answer in the middle of the pages is asked for again within the same poll', async () => {
		const scene = await startScene(bench, { mode });
		await scene.poll();
		const ids = scene.log(...spread(450, NOW, 100));
		scene.world.securId.faults.add({ on: { query: /pageNumber=3&/, times: 1 }, do: { retryAfter: 3, status: 503 } });
		const [{ error }] = await scene.pollEach(SETTLED_MS, 1);
		expect(error).toBeUndefined();
		expect(scene.handedOut).toEqual(ids);
		expect(scene.world.unusedFaults()).toEqual([]);
	});

	test('a first poll of history that fails leaves no state, and the history comes with the next', async () => {
		const scene = await startScene(bench, { mode, parameters: { startFrom: 'last24Hours' } });
		const ids = scene.log(...spread(20, NOW - 20 * MINUTE_MS, 30_000));
		scene.world.securId.faults.add({ on: { times: 2 }, do: { status: 401 } });
		const failed = [await scene.publish(), await scene.poll()];
		expect(failed.map(({ error }) => error?.message)).toEqual(Array(2).fill(expect.stringMatching(/\(SECURID-401-TOKEN\)$/)));
		expect(scene.poller.state()).toEqual({});
		const { events } = await scene.poll();
		expect(events?.map(({ eventId, backfill }): IDataObject => ({ eventId, backfill }))).toEqual(ids.map((eventId) => ({ eventId, backfill: true })));
	});
});
