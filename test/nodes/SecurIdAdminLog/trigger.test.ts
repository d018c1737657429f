jest.mock('n8n-workflow', () => jest.requireActual('../time').withFreePauses(jest.requireActual('n8n-workflow')));

import { createRandom } from '../../simulators/random';
import { SEED, useBench } from '../bench';
import { DAY_MS, HOUR_MS, MINUTE_MS, NOW } from '../time';
import { MODES, passTime, SETTLED_MS, spread, startScene } from './triggerBench';

const bench = useBench();
const iso = (ms: number) => new Date(ms).toISOString();

describe.each(MODES)('first poll, %s', (mode) => {
	test('from now: nothing of the past, no request, and a position for the next one', async () => {
		const scene = await startScene(bench, { mode });
		scene.log(...spread(20, NOW - HOUR_MS, MINUTE_MS));
		for (const poll of [scene.publish, scene.poll]) expect(await poll()).toEqual({ events: null, ids: [], error: undefined });
		expect(scene.world.securId.requests).toEqual([]);
		expect(scene.position()).toMatchObject({ through: '2026-01-15T10:07:00.000Z', startFrom: 'now' });
		const [id] = scene.log(NOW + MINUTE_MS);
		await scene.pollEach(MINUTE_MS, 5);
		expect(scene.handedOut).toEqual([id]);
	});

	test.each<[string, object, number]>([
		['last 24 hours', { startFrom: 'last24Hours' }, NOW - DAY_MS],
		['a date', { startFrom: 'dateTime', startFromDate: '2026-01-13T08:00:00Z' }, Date.parse('2026-01-13T08:00:00Z')],
		['oldest', { startFrom: 'oldest' }, NOW - 90 * DAY_MS],
	])('from %s: that much history, oldest first, marked as backfill, and what comes later is not', async (_case, parameters, fromMs) => {
		const scene = await startScene(bench, { mode, parameters });
		scene.log(fromMs - HOUR_MS, fromMs - 2 * MINUTE_MS);
		const ids = scene.log(...spread(23, fromMs + MINUTE_MS, (NOW - fromMs) / 24));
		const { events } = await scene.poll();
		expect(events?.map(({ eventId }) => eventId)).toEqual(ids);
		expect(events?.map(({ backfill, late }) => [backfill, late])).toEqual(ids.map(() => [true, undefined]));
		const [next] = scene.log(NOW + 1_000);
		passTime(SETTLED_MS);
		const [event] = (await scene.poll()).events ?? [];
		expect(event).toMatchObject({ eventId: next });
		expect(event).not.toHaveProperty('backfill');
	});

	test('from history in several polls: all of it is marked as backfill, whichever poll it comes with', async () => {
		const scene = await startScene(bench, { mode, parameters: { startFrom: 'last24Hours', options: { maxEvents: 100 } } });
		const ids = scene.log(...spread(2_400, NOW - 20 * HOUR_MS, 20_000));
		const first = await scene.poll();
		const [fresh] = scene.log(NOW);
		const polls = [first, ...(await scene.pollEach(SETTLED_MS, 8))];
		const events = polls.flatMap((poll) => poll.events ?? []);
		expect(scene.handedOut).toEqual([...ids, fresh]);
		expect(polls.filter((poll) => poll.events !== null).length).toBeGreaterThan(2);
		expect(events.map(({ backfill }) => backfill)).toEqual([...ids.map(() => true), undefined]);
		expect(scene.poller.state()).toEqual({ position: expect.any(String) });
	});

	test('from a date that is none: the refusal names the field, and there is no state', async () => {
		const scene = await startScene(bench, { mode, parameters: { startFrom: 'dateTime', startFromDate: 'next week' } });
		const { error } = await scene.poll();
		expect(error?.message).toBe('"Start Date" is not a date and time: "next week" (SECURID-TIME)');
		expect(scene.poller.state()).toEqual({});
		expect(scene.world.securId.requests).toEqual([]);
	});

	test('from a date still to come: nothing before it', async () => {
		const startFromDate = iso(NOW + 30 * MINUTE_MS);
		const scene = await startScene(bench, { mode, parameters: { startFrom: 'dateTime', startFromDate } });
		const ids = scene.log(...spread(60, NOW, MINUTE_MS));
		await scene.pollEach(5 * MINUTE_MS, 14);
		expect(scene.handedOut).toEqual(ids.slice(30));
	});

	test('of a published workflow that is restarted before its first event: nothing is lost', async () => {
		const scene = await startScene(bench, { mode });
		await scene.publish();
		await scene.pollEach(MINUTE_MS, 3);
		const ids = scene.log(Date.now() + 1_000);
		scene.poller.restart();
		passTime(HOUR_MS);
		if (mode === 'legacy') await scene.publish();
		await scene.pollEach(MINUTE_MS, 2);
		expect(scene.handedOut).toEqual(ids);
	});
});

describe.each(MODES)('poll after poll, %s', (mode) => {
	test(`each event comes once, in order, its id digit for digit, over 30 polls (seed ${SEED})`, async () => {
		const random = createRandom(SEED, 'trigger');
		const scene = await startScene(bench, { mode });
		await scene.poll();
		const logged: string[] = [];
		for (let minute = 0; minute < 30; minute++) {
			const times = Array.from({ length: random.integer(0, 12) }, () => Date.now() + random.integer(0, MINUTE_MS - 1));
			logged.push(...scene.log(...times.sort((left, right) => left - right)));
			await scene.pollEach(MINUTE_MS, 1);
		}
		await scene.pollEach(MINUTE_MS, 4);
		expect(scene.handedOut).toEqual(logged);
		expect(logged.filter((id) => BigInt(id) > Number.MAX_SAFE_INTEGER).length).toBeGreaterThan(logged.length / 2);
		expect(scene.world.securId.requests.every(({ status }) => status === 200)).toBe(true);
	});

	test('an event that arrives late, within Re-Read, comes once and is marked late', async () => {
		const scene = await startScene(bench, { mode });
		await scene.poll();
		const early = scene.log(...spread(15, NOW, MINUTE_MS));
		await scene.pollEach(MINUTE_MS, 20);
		const late = scene.log(Date.now() - 9 * MINUTE_MS, Date.now() - 6 * MINUTE_MS);
		const [poll, ...others] = await scene.pollEach(MINUTE_MS, 15);
		expect(poll.events?.map((event) => [event.eventId, event.late, event.backfill])).toEqual(late.map((id) => [id, true, undefined]));
		expect(others.flatMap(({ ids }) => ids)).toEqual([]);
		expect(scene.handedOut).toEqual([...early, ...late]);
	});

	test('an event of the past that arrives after the first poll from now is none of its business', async () => {
		const scene = await startScene(bench, { mode });
		await scene.poll();
		scene.log(NOW - 2 * MINUTE_MS);
		await scene.pollEach(MINUTE_MS, 15);
		expect(scene.handedOut).toEqual([]);
	});

	test('300 events of one millisecond, the last 120 of them late, come once each over pages and polls', async () => {
		const scene = await startScene(bench, { mode, parameters: { options: { maxEvents: 50, pageSize: 37 } } });
		await scene.poll();
		const atMs = NOW + 10 * MINUTE_MS;
		const first = scene.log(...Array<number>(180).fill(atMs));
		const before = scene.log(...spread(60, atMs - 10_000, 100), ...spread(60, atMs + 1, 100));
		await scene.pollEach(MINUTE_MS, 16);
		const later = scene.log(...Array<number>(120).fill(atMs));
		const polls = await scene.pollEach(MINUTE_MS, 12);
		expect([...scene.handedOut].sort()).toEqual([...first, ...before, ...later].sort());
		expect(polls.flatMap(({ ids }) => ids).sort()).toEqual([...later].sort());
	});

	test('the minutes around midnight, at the end of a month, miss and repeat nothing', async () => {
		jest.setSystemTime(Date.parse('2026-01-31T23:50:10Z'));
		const scene = await startScene(bench, { mode });
		await scene.poll();
		const midnight = Date.parse('2026-02-01T00:00:00Z');
		const ids = scene.log(...[-60_001, -60_000, -1_000, -1, 0, 1, 1_000, 59_999, 60_000].map((at) => midnight + at));
		await scene.pollEach(MINUTE_MS, 16);
		expect(scene.handedOut).toEqual(ids);
	});

	test('a poll in which no slot has closed asks for nothing', async () => {
		const scene = await startScene(bench, { mode });
		await scene.poll();
		await scene.pollEach(30_000, 3);
		expect(scene.world.securId.requests).toEqual([]);
	});

	test('a clock that is set back by a minute stops the trigger until it has caught up, and nothing comes twice', async () => {
		const scene = await startScene(bench, { mode });
		await scene.poll();
		const ids = scene.log(...spread(10, NOW, MINUTE_MS));
		await scene.pollEach(5 * MINUTE_MS, 2);
		await scene.pollEach(-MINUTE_MS, 1);
		await scene.pollEach(MINUTE_MS, 8);
		expect(scene.handedOut).toEqual(ids);
	});

	test('a clock that is set back by an hour loses nothing: the day is read again, as history', async () => {
		const scene = await startScene(bench, { mode });
		await scene.poll();
		const ids = scene.log(...spread(10, NOW, MINUTE_MS));
		await scene.pollEach(5 * MINUTE_MS, 2);
		await scene.pollEach(-HOUR_MS, 1);
		const polls = await scene.pollEach(10 * MINUTE_MS, 8);
		expect([...new Set(scene.handedOut)]).toEqual(ids);
		expect(polls.map(({ error }) => error).filter(Boolean)).toEqual([]);
	});
});

describe.each(MODES)('Trigger On, %s', (mode) => {
	const KEYS = ['SIGNIN_SUCCESS', 'SIGNIN_FAILURE', 'SIGNOUT', 'LOCKED_ADMIN_ACCOUNT', 'UNLOCK_ADMIN_USER', 'EDIT_POLICY', 'PUBLISH'];

	test.each<[string, object, string[]]>([
		['all', { triggerOn: 'all' }, KEYS],
		['sign-ins', { triggerOn: 'signIns' }, ['SIGNIN_SUCCESS', 'SIGNIN_FAILURE', 'SIGNOUT']],
		['failed sign-ins', { triggerOn: 'failedSignIns' }, ['SIGNIN_FAILURE']],
		['lockouts', { triggerOn: 'lockouts' }, ['LOCKED_ADMIN_ACCOUNT', 'UNLOCK_ADMIN_USER']],
		['custom keys', { triggerOn: 'custom', activityKeys: 'publish, EDIT_POLICY' }, ['EDIT_POLICY', 'PUBLISH']],
	])('%s lets these through and no others', async (_case, parameters, keys) => {
		const scene = await startScene(bench, { mode, parameters });
		await scene.poll();
		scene.log(...KEYS.map((activityKey, at) => ({ atMs: NOW + at, activityKey })));
		const [{ events }] = await scene.pollEach(SETTLED_MS, 1);
		expect(events?.map(({ action }) => action)).toEqual(keys);
	});

	test('failed sign-ins are those that say FAIL and those that say FAILURE', async () => {
		const scene = await startScene(bench, { mode, parameters: { triggerOn: 'failedSignIns' } });
		await scene.poll();
		const results = ['FAIL', 'FAILURE', 'SUCCESS'];
		const ids = scene.log(...results.map((result, at) => ({ atMs: NOW + at, activityKey: 'SIGNIN_FAILURE', result })));
		await scene.pollEach(SETTLED_MS, 1);
		expect(scene.handedOut).toEqual(ids.slice(0, 2));
	});

	test('events of other kinds move the position on and come out never', async () => {
		const scene = await startScene(bench, { mode, parameters: { triggerOn: 'lockouts' } });
		await scene.poll();
		scene.log(NOW + 1_000);
		expect((await scene.pollEach(SETTLED_MS, 1))[0].events).toBeNull();
		const before = scene.world.securId.requests.length;
		const [id] = scene.log({ atMs: Date.now(), activityKey: 'LOCKED_ADMIN_ACCOUNT' });
		await scene.pollEach(SETTLED_MS, 1);
		expect(scene.handedOut).toEqual([id]);
		expect(scene.world.securId.requests.length - before).toBe(1);
	});

	test('custom without a key is refused before any request', async () => {
		const scene = await startScene(bench, { mode, parameters: { triggerOn: 'custom', activityKeys: ' , ' } });
		const { error } = await scene.poll();
		expect(error?.message).toMatch(/"Activity Keys" is empty .*\(SECURID-EVENTS\)$/);
		expect(error).toMatchObject({ failure: { cause: 'configuration-invalid' } });
		expect(scene.poller.state()).toEqual({});
	});

	test('the vendor record comes whole when that is asked for', async () => {
		const scene = await startScene(bench, { mode, parameters: { output: 'vendor' } });
		await scene.poll();
		scene.log(NOW);
		const [{ events }] = await scene.pollEach(SETTLED_MS, 1);
		const [{ atMs: _atMs, ...record }] = scene.world.securId.events;
		expect(events).toEqual([record]);
	});
});
