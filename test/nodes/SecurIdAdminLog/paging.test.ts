jest.mock('n8n-workflow', () => jest.requireActual('../time').withFreePauses(jest.requireActual('n8n-workflow')));

import type { AdminEvent, FaultRule, World } from '../../simulators';
import { SEED, useBench, type BenchRun } from '../bench';
import { startLocalServer } from '../servers';
import { DAY_MS, NOW, sleptMs } from '../time';

const bench = useBench();

const iso = (ms: number) => new Date(ms).toISOString();
const LAST_90_DAYS = { startTime: iso(NOW - 90 * DAY_MS), endTime: iso(NOW) };

const read = async (world: World, parameters: object = {}, settings?: BenchRun) =>
	await bench.run('securIdAdminLog', { returnAll: true, ...parameters }, { securIdApi: world.credentials.securIdApi }, settings);

const idsOf = (events: AdminEvent[]) => events.map(({ eventId }) => eventId);

/** Events of the last day, as the tenant holds them. */
const ofTheDay = ({ securId }: World) => securId.events.filter(({ atMs }) => atMs > NOW - DAY_MS && atMs <= NOW);

/** An event as it stands on the wire, but for the ids, which are text. */
const onTheWire = ({ atMs: _atMs, ...event }: AdminEvent) => event;

describe(`the log comes out whole (tenant seed ${SEED})`, () => {
	test('every event of 90 days comes once, oldest first, with its id digit for digit', async () => {
		const world = await bench.world({ adminEvents: 3_000 });
		const report = await read(world, LAST_90_DAYS);
		const ids = report.items('Node').map(({ json }) => json.eventId);
		expect(ids).toEqual(idsOf(world.securId.events));
		expect(ids).toHaveLength(3_000);
		expect(ids.filter((id) => BigInt(String(id)) > Number.MAX_SAFE_INTEGER).length).toBeGreaterThan(2_500);
	});

	test('the vendor record is the event as SecurID sent it: 23 members, none renamed, ids as text', async () => {
		const world = await bench.world();
		const report = await read(world, { output: 'vendor' });
		const records = report.items('Node').map(({ json }) => json);
		expect(records).toEqual(ofTheDay(world).map(onTheWire));
		expect(new Set(records.map((record) => Object.keys(record).length))).toEqual(new Set([23]));
	});

	test.each(['full', 'documented', 'elementsOnly'] as const)('nothing is missed where the envelope is %s', async (envelope) => {
		const world = await bench.world({ securId: { envelope } });
		const report = await read(world, LAST_90_DAYS);
		expect(report.items('Node').map(({ json }) => json.eventId)).toEqual(idsOf(world.securId.events));
	});

	test('pages count from zero, and each names both ends of the window', async () => {
		const world = await bench.world();
		await read(world, LAST_90_DAYS);
		const asked = world.securId.requests.map(({ query }) => Object.fromEntries(query));
		const pages = Math.ceil(world.securId.events.length / 100);
		expect(asked.map(({ pageNumber }) => Number(pageNumber)).sort((a, b) => a - b)).toEqual([...Array(pages).keys()]);
		for (const { startTimeAfter, endTimeOnOrBefore, pageSize } of asked) {
			expect([startTimeAfter, endTimeOnOrBefore, pageSize]).toEqual([LAST_90_DAYS.startTime, LAST_90_DAYS.endTime, '100']);
		}
	});

	test('an event at the start of the window is left out, one at its end is in', async () => {
		const world = await bench.world({ adminEvents: 0 });
		const [, first, last] = world.securId.addEvents(
			...[-3_000, -2_999, -1_000, -999].map((at) => ({ atMs: NOW + at, activityKey: 'SIGNOUT' })),
		);
		const report = await read(world, { startTime: iso(NOW - 3_000), endTime: iso(NOW - 1_000) });
		expect(report.items('Node').map(({ json }) => json.eventId)).toEqual([first.eventId, last.eventId]);
	});

	test('a window without events gives none, and that is no error', async () => {
		const world = await bench.world({ adminEvents: 0 });
		const report = await read(world);
		expect(report).toMatchObject({ status: 'success', error: undefined });
		expect(report.items('Node')).toEqual([]);
		expect(world.securId.requests).toHaveLength(1);
	});
});

test('more events than a call of JavaScript takes arguments come out all the same', async () => {
	// A server that ignores the page size, so that one answer is enough.
	const elements = Array.from({ length: 200_000 }, (_none, at) => ({ eventId: `e${at}` }));
	const server = await startLocalServer(async () => ({ body: { totalPages: 1, totalElements: elements.length, pageSize: elements.length, elements } }));
	bench.endWithTest(server.close);
	const world = await bench.world({ adminEvents: 0 });
	const privateKeyFile = JSON.stringify({ ...world.securId.keyFile, adminRestApiUrl: server.origin });
	const report = await bench.run('securIdAdminLog', { returnAll: true, output: 'vendor' }, { securIdApi: { keySource: 'file', privateKeyFile } });
	expect(report.error).toBeUndefined();
	expect(report.items('Node')).toHaveLength(elements.length);
	expect(report.items('Node').at(-1)?.json).toEqual(elements.at(-1));
});

describe('a log that changes while it is read is read again', () => {
	const once = (fault: FaultRule['do']): FaultRule => ({ on: { query: /pageNumber=1&/, nth: 1 }, do: fault });

	test.each<[string, FaultRule[]]>([
		['another total on the second page', [once({ changedTotal: 9_999 }), { on: { nth: 3 }, do: { changedTotal: null } }]],
		['a second page without its events', [once({ emptyPage: true })]],
	])('%s is gone in the second reading: all events, none twice, and a hint', async (_case, rules) => {
		const world = await bench.world({ faults: { securId: rules } });
		const report = await read(world, { options: { concurrency: 1 } });
		expect(report.items('Node').map(({ json }) => json.eventId)).toEqual(idsOf(ofTheDay(world)));
		expect(report.hints('Node').map(({ message }) => message)).toContain('The log changed while it was read, so it was read 2 times');
		expect(world.securId.requests.map(({ query }) => query.get('pageNumber'))).toEqual(['0', '1', '0', '1']);
		expect(world.unusedFaults()).toEqual([]);
	});

	const changing: FaultRule[] = [
		{ on: { query: /pageNumber=0&/ }, do: { changedTotal: null } },
		{ on: { query: /pageNumber=1&/ }, do: { changedTotal: 9_999 } },
	];

	test.each<[string, FaultRule[], RegExp]>([
		['another total on every second page', changing, /announced 9999 events but delivered \d+, 3 times in a row/],
		[
			'a second page that stays empty',
			[{ on: { query: /pageNumber=1&/ }, do: { emptyPage: true } }],
			/announced \d+ events but delivered 100, 3 times in a row/,
		],
		['a total that no page bears out', [{ on: {}, do: { changedTotal: 150 } }], /announced 150 events/],
	])('%s ends the run without events', async (_case, rules, says) => {
		const world = await bench.world({ faults: { securId: rules } });
		const report = await read(world, { options: { concurrency: 1 } });
		expect(report.error?.message).toMatch(says);
		expect(report.error?.message).toMatch(/\(SECURID-PAGES-CHANGED\)$/);
		expect(report.error?.description).toContain('Nothing was handed on');
		expect(report.items('Node')).toEqual([]);
		expect(world.securId.requests).toHaveLength(6);
	});
});

describe('a page that fails', () => {
	test('twice with 503 is asked for again, and all events still come once, in order', async () => {
		const rules: FaultRule[] = [{ on: { query: /pageNumber=3&/, times: 2 }, do: { status: 503 } }];
		const world = await bench.world({ faults: { securId: rules } });
		const report = await read(world, LAST_90_DAYS);
		expect(report.items('Node').map(({ json }) => json.eventId)).toEqual(idsOf(world.securId.events));
		expect(world.securId.requests.filter(({ query }) => query.get('pageNumber') === '3')).toHaveLength(3);
	});

	test('for good, in the middle of the log, gives no events at all', async () => {
		const world = await bench.world({ faults: { securId: [{ on: { query: /pageNumber=3&/ }, do: { status: 500 } }] } });
		const report = await read(world, LAST_90_DAYS);
		expect(report.error?.message).toMatch(/\(SECURID-5XX-SERVER\)$/);
		expect(report.items('Node')).toEqual([]);
		expect(world.securId.requests.filter(({ query }) => query.get('pageNumber') === '3')).toHaveLength(4);
	});

	test('ends the run for the pages in flight beside it too: nothing more is asked', async () => {
		const rules: FaultRule[] = [
			{ on: { query: /pageNumber=1&/ }, do: { status: 400 } },
			{ on: { query: /pageNumber=[2-9]&/ }, do: { status: 503 } },
		];
		const world = await bench.world({ faults: { securId: rules } });
		const report = await read(world, LAST_90_DAYS);
		expect(report.error?.message).toMatch(/\(SECURID-400-REQUEST\)$/);
		// Turns enough for every pause and every further try.
		for (let turn = 0; turn < 500; turn++) await new Promise((resolve) => setImmediate(resolve));
		const tries = world.securId.requests.map(({ query }) => query.get('pageNumber'));
		expect(tries).toHaveLength(new Set(tries).size);
	});

	test('is waited for as long as Retry-After says', async () => {
		const world = await bench.world({ faults: { securId: [{ on: { nth: 1 }, do: { retryAfter: 17 } }] } });
		expect((await read(world)).status).toBe('success');
		expect(sleptMs()).toBe(17_000);
	});
});

describe('pages in flight', () => {
	/** A log of 40 pages with one event each that lets requests pile up before it answers, and counts them. */
	async function crowdedLog(refuse: (page: number, seen: number) => boolean = () => false) {
		const seen = new Map<number, number>();
		const crowds: Array<{ page: number; tries: number; inFlight: number; atMs: number; answeredAtMs: number }> = [];
		let inFlight = 0;
		const server = await startLocalServer(async ({ path }) => {
			const page = Number(/pageNumber=(\d+)/.exec(path)?.[1]);
			const asked = { page, tries: (seen.get(page) ?? 0) + 1, inFlight: ++inFlight, atMs: Date.now(), answeredAtMs: NaN };
			crowds.push(asked);
			// Long enough, in turns of the event loop, for the node to send all that it means to send at once.
			for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
			inFlight--;
			asked.answeredAtMs = Date.now();
			seen.set(page, (seen.get(page) ?? 0) + 1);
			if (refuse(page, seen.get(page) ?? 0)) return { status: 429, headers: { 'retry-after': '1' }, body: {} };
			return { body: { totalPages: 40, totalElements: 40, pageSize: 1, elements: [{ eventId: String(page), activityKey: 'SIGNOUT' }] } };
		});
		bench.endWithTest(server.close);
		return { server, crowds };
	}

	async function readFrom(origin: string, options: object) {
		const world = await bench.world({ adminEvents: 0 });
		const privateKeyFile = JSON.stringify({ ...world.securId.keyFile, adminRestApiUrl: origin });
		return await bench.run('securIdAdminLog', { returnAll: true, options }, { securIdApi: { keySource: 'file', privateKeyFile } });
	}

	test.each([
		['four, unless said otherwise', {}, 4],
		['as many as the option says', { concurrency: 7 }, 7],
		['one, when the option says so', { concurrency: 1 }, 1],
		['ten, when the option says more', { concurrency: 50 }, 10],
	])('%s', async (_case, options, most) => {
		const { server, crowds } = await crowdedLog();
		const report = await readFrom(server.origin, { pageSize: 1, ...options });
		expect(report.items('Node').map(({ json }) => json.eventId)).toEqual(Array.from({ length: 40 }, (_, page) => String(page)));
		expect(Math.max(...crowds.map(({ inFlight }) => inFlight))).toBe(most);
	});

	test('are half as many once SecurID asks to slow down, and as many as before after some answers', async () => {
		const { server, crowds } = await crowdedLog((page, seen) => page === 6 && seen === 1);
		const report = await readFrom(server.origin, { pageSize: 1, concurrency: 5 });
		expect(report.items('Node').map(({ json }) => json.eventId)).toEqual(Array.from({ length: 40 }, (_, page) => String(page)));
		const before = crowds.filter(({ page }) => page < 6).map(({ inFlight }) => inFlight);
		expect(Math.max(...before)).toBe(5);
		const again = crowds.findIndex(({ page, tries }) => page === 6 && tries === 2);
		// One more after each ten answers: two, three, four.
		const after = crowds.slice(again).map(({ inFlight }) => inFlight);
		expect(Math.max(...after.slice(0, 8))).toBe(2);
		expect(Math.max(...after)).toBeGreaterThanOrEqual(4);
	});

	test('wait together when one of them was told to: nothing is asked before Retry-After has passed', async () => {
		const { server, crowds } = await crowdedLog((page, seen) => page === 6 && seen === 1);
		await readFrom(server.origin, { pageSize: 1, concurrency: 5 });
		const refusedAtMs = crowds.find(({ page }) => page === 6)?.answeredAtMs ?? NaN;
		// The clock of these tests moves by pauses alone: what is asked at the time of the refusal was asked before the pause.
		const order = crowds.map(({ atMs }) => atMs - refusedAtMs);
		expect(order).toEqual([...order].sort((one, other) => one - other));
		expect(new Set(order)).toEqual(new Set([0, 1_000]));
		const held = crowds.filter(({ atMs }) => atMs === refusedAtMs).map(({ page }) => page);
		expect(Math.max(...held)).toBeLessThanOrEqual(15);
	});
});

describe('"Limit"', () => {
	test('gives the oldest events up to it, says that there are more, and reads no further page', async () => {
		const world = await bench.world();
		const report = await read(world, { returnAll: false, limit: 30 });
		expect(report.items('Node').map(({ json }) => json.eventId)).toEqual(idsOf(ofTheDay(world)).slice(0, 30));
		expect(report.hints('Node').map(({ message }) => message)).toEqual([
			'SecurID: 30 events read = 30 returned + 0 of other kinds',
			'Reading stopped at "Limit", later events were not looked at; switch on "Return All" to get them',
		]);
		expect(world.securId.requests).toHaveLength(1);
	});

	test('counts the events that are wanted, over as many pages as it takes', async () => {
		const world = await bench.world();
		const locks = world.securId.events.filter(({ activityKey }) => activityKey === 'LOCKED_ADMIN_ACCOUNT');
		const report = await read(world, {
			...LAST_90_DAYS,
			returnAll: false,
			limit: 20,
			events: 'custom',
			activityKeys: 'LOCKED_ADMIN_ACCOUNT',
		});
		expect(report.items('Node').map(({ json }) => json.eventId)).toEqual(idsOf(locks).slice(0, 20));
	});

	test('above the number of events gives them all, without a warning', async () => {
		const world = await bench.world();
		const report = await read(world, { returnAll: false, limit: 5_000 });
		expect(report.items('Node')).toHaveLength(ofTheDay(world).length);
		expect(report.hints('Node').map(({ type }) => type)).toEqual(['info']);
	});

	test('is not reached past a page that came short: the log is read again', async () => {
		const world = await bench.world({ faults: { securId: [{ on: { nth: 1 }, do: { emptyPage: true } }] } });
		const report = await read(world, { returnAll: false, limit: 30 });
		expect(report.items('Node').map(({ json }) => json.eventId)).toEqual(idsOf(ofTheDay(world)).slice(0, 30));
	});
});
