jest.mock('n8n-workflow', () => jest.requireActual('../time').withFreePauses(jest.requireActual('n8n-workflow')));

import { useBench } from '../bench';
import { DAY_MS, HOUR_MS, MINUTE_MS, NOW } from '../time';
import { MODES, passTime, SETTLED_MS, spread, startScene } from './triggerBench';

const bench = useBench();
const iso = (ms: number) => new Date(ms).toISOString();

/** A position as this version writes it. */
const position = (changes: object = {}) => ({
	...{ v: 1, name: 'securid-admin-trigger', revision: 7, startFrom: 'now', seen: {} },
	...{ through: iso(NOW - HOUR_MS), origin: iso(NOW - DAY_MS), seenSince: iso(NOW - DAY_MS) },
	...changes,
});

describe.each(MODES)('a saved state that cannot be used, %s', (mode) => {
	test.each<[string, unknown]>([
		['text that is no JSON', 'garbage'],
		['half a JSON text', JSON.stringify(position()).slice(0, 60)],
		['a list', []],
		['a number', 42],
		['a truth', true],
		['an empty object', {}],
		['a newer version', position({ v: 2 })],
		['the position of another log', position({ name: 'securid-admin' })],
		['a position without a time', position({ through: 'soon' })],
		['a time far in the future', position({ through: '2030-01-01T00:00:00Z' })],
		['the last of all years', position({ through: '9999-12-31T23:59:59Z' })],
		['a future time in milliseconds', position({ through: 4_102_444_800_000 })],
		['text of another trigger', JSON.stringify({ lastTimeChecked: iso(NOW) })],
	])('%s: a day is read again, as history, whatever First Poll Starts From says, and then it goes on', async (_case, saved) => {
		const scene = await startScene(bench, { mode, saved });
		const ids = scene.log(...spread(30, NOW - 30 * HOUR_MS, HOUR_MS));
		const { events, error } = await scene.poll();
		expect(error).toBeUndefined();
		expect(events?.map(({ eventId, backfill }) => [eventId, backfill])).toEqual(ids.slice(6).map((id) => [id, true]));
		expect(bench.logged.join('\n')).toMatch(/^warn .*the saved position (cannot be read \(.+\)|lies in the future); read again from 2026-01-14T10:07:31.250Z, marked backfill/m);
		expect(scene.position()).toMatchObject({ v: 1, name: 'securid-admin-trigger', through: '2026-01-15T10:05:00.000Z' });
		const more = scene.log(NOW);
		await scene.pollEach(SETTLED_MS, 2);
		expect(scene.handedOut).toEqual([...ids.slice(6), ...more]);
	});

	test('with Oldest, the whole log is read again', async () => {
		const scene = await startScene(bench, { mode, saved: 'garbage', parameters: { startFrom: 'oldest' } });
		const ids = scene.log(...spread(9, NOW - 80 * DAY_MS, 9 * DAY_MS));
		expect((await scene.poll()).ids).toEqual(ids);
	});

	test.each(['', '   ', null])('%p counts as none: the first poll is one from now', async (saved) => {
		const scene = await startScene(bench, { mode, saved });
		scene.log(NOW - HOUR_MS);
		await scene.pollEach(SETTLED_MS, 2);
		expect(scene.handedOut).toEqual([]);
	});

	test.each<[string, object]>([
		['no memory of ids', { seen: 7 }],
		['memory of another shape', { seen: { x: 1, '5896104': ['1'] } }],
		['no time since when the memory is whole', { seenSince: undefined }],
		['an end of history that is no time', {}],
	])('a position with %s goes on from where it is', async (_case, changes) => {
		const scene = await startScene(bench, { mode, saved: position(changes) });
		scene.log(NOW - 3 * HOUR_MS);
		const ids = scene.log(...spread(50, NOW - HOUR_MS, MINUTE_MS));
		await scene.pollEach(SETTLED_MS, 2);
		expect(scene.handedOut).toEqual(ids);
	});

	test('a position that waits for a start date still to come stays as it is', async () => {
		const through = '2026-01-15T12:00:00.000Z';
		const scene = await startScene(bench, { mode, saved: JSON.stringify(position({ through, origin: through, startFrom: 'dateTime' })) });
		scene.log(...spread(10, NOW - HOUR_MS, MINUTE_MS));
		for (const poll of await scene.pollEach(30 * MINUTE_MS, 3)) expect(poll).toEqual({ events: null, ids: [], error: undefined });
		expect(scene.world.securId.requests).toEqual([]);
		expect(scene.position().through).toBe(through);
	});
});

describe.each(MODES)('a trigger that was away, %s', (mode) => {
	test('for 95 days begins at the end of what SecurID keeps, and this is no backfill', async () => {
		const scene = await startScene(bench, { mode });
		await scene.publish();
		await scene.poll();
		const ids = scene.log(...spread(95, NOW + MINUTE_MS, DAY_MS));
		passTime(95 * DAY_MS + SETTLED_MS);
		const { events } = await scene.poll();
		expect(events?.map(({ eventId }) => eventId)).toEqual(ids.slice(6));
		const told = bench.logged.filter((line) => /^warn .*SecurID no longer keeps events from 2026-01-15T10:07:00.000Z to 2026-01-20T/.test(line));
		expect(told).toHaveLength(1);
		expect(events?.filter(({ backfill }) => backfill)).toEqual([]);
		await scene.pollEach(MINUTE_MS, 2);
		expect(scene.handedOut).toEqual(ids.slice(6));
	});

	test('for 89 days brings all of them, whatever the first poll started from', async () => {
		const scene = await startScene(bench, { mode, parameters: { startFrom: 'last24Hours' } });
		await scene.publish();
		await scene.poll();
		const ids = scene.log(...spread(89, NOW + MINUTE_MS, DAY_MS));
		await scene.pollEach(89 * DAY_MS + SETTLED_MS, 1);
		expect(scene.handedOut).toEqual(ids);
	});
});

describe.each(MODES)('a test by hand, %s', (mode) => {
	test('shows the ten newest events of the last day, oldest first, and moves nothing', async () => {
		const scene = await startScene(bench, { mode });
		const [old, ...ids] = scene.log(...spread(26, NOW - DAY_MS - MINUTE_MS, 57 * MINUTE_MS));
		expect(old).toBeDefined();
		expect((await scene.poller.byHand())?.map(({ json }) => json.eventId)).toEqual(ids.slice(-10));
		expect(scene.poller.state()).toEqual({});
		await scene.publish();
		await scene.poll();
		const saved = scene.poller.state();
		passTime(SETTLED_MS);
		const more = scene.log(Date.now() - 1_000);
		expect((await scene.poller.byHand())?.map(({ json }) => json.eventId)).toEqual([...ids, ...more].slice(-10));
		expect(scene.poller.state()).toEqual(saved);
		await scene.pollEach(SETTLED_MS, 2);
		expect(scene.handedOut).toEqual(more);
	});

	test('shows events of the chosen kind alone; null where there are none', async () => {
		const scene = await startScene(bench, { mode, parameters: { triggerOn: 'lockouts' } });
		scene.log(...spread(20, NOW - HOUR_MS, MINUTE_MS));
		expect(await scene.poller.byHand()).toBeNull();
		const [id] = scene.log({ atMs: NOW - 20 * HOUR_MS, activityKey: 'LOCKED_ADMIN_ACCOUNT' });
		expect((await scene.poller.byHand())?.map(({ json }) => json.eventId)).toEqual([id]);
	});

	test('is not stopped by a state that cannot be used, and says what was refused', async () => {
		const scene = await startScene(bench, { mode, saved: 'garbage' });
		const ids = scene.log(NOW - HOUR_MS);
		expect((await scene.poller.byHand())?.map(({ json }) => json.eventId)).toEqual(ids);
		scene.world.securId.faults.add({ on: {}, do: { status: 401 } });
		await expect(scene.poller.byHand()).rejects.toThrow(/\(SECURID-401-TOKEN\)$/);
		expect(scene.poller.state()).toEqual({ position: 'garbage' });
	});
});

test('the button in the editor runs the workflow on what a test by hand shows', async () => {
	const scene = await startScene(bench, { mode: 'legacy' });
	const ids = scene.log(...spread(15, NOW - HOUR_MS, MINUTE_MS));
	const report = await bench.engine.run(scene.workflow, { mode: 'manual', credentials: { securIdApi: scene.world.credentials.securIdApi } });
	expect(report.items('Node').map(({ json }) => json.eventId)).toEqual(ids.slice(-10));
	expect(scene.poller.state()).toEqual({});
});
