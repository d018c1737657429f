import { fixedClock } from './clock';
import { FaultPlan, type FaultRule } from './faults';
import { startSecurId, type SecurIdOptions, type SecurIdSimulator } from './securid/server';
import { BIG_TIE, createTenant } from './tenant';
import { ask, signToken, tokenClaims } from './testClient';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const ENDS_AT = Date.parse('2026-01-15T10:07:31.250Z');
const tenant = createTenant({ seed: 4, endsAt: ENDS_AT });
const clock = fixedClock(ENDS_AT);

let securId: SecurIdSimulator;
afterEach(async () => {
	clock.set(ENDS_AT);
	await securId.close();
});

async function start(
	options: Partial<SecurIdOptions> = {},
	rules: FaultRule[] = [],
): Promise<SecurIdSimulator> {
	securId = await startSecurId({ tenant, clock, faults: new FaultPlan(rules), ...options });
	return securId;
}

const bearer = () =>
	`Bearer ${signToken(tokenClaims(securId.keyFile, clock.now()), securId.keyFile.accessKey)}`;

async function exportLogs(query: Record<string, string | number> | string = '', authorization = bearer()) {
	const search =
		typeof query === 'string'
			? query
			: new URLSearchParams(
					Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]),
				).toString();
	const url = `${securId.url}/AdminInterface/restapi/v1/adminlog/exportlogs${search === '' ? '' : `?${search}`}`;
	return await ask(url, { headers: { authorization, accept: 'application/json' } });
}

interface Page {
	totalPages: number;
	totalElements: number;
	pageSize: number;
	currentPage: number;
	elements: Array<Record<string, unknown>>;
}
const page = (text: string) => JSON.parse(text) as Page;

/** The ids of an answer as written on the wire. */
const wireIds = (text: string) => [...text.matchAll(/"eventId":(-?\d+)[,}]/g)].map(([, digits]) => digits);

const expectedIds = (afterMs: number, untilMs: number) =>
	tenant.adminEvents.filter(({ atMs }) => atMs > afterMs && atMs <= untilMs).map(({ eventId }) => eventId);

const iso = (ms: number) => new Date(ms).toISOString();

describe('a page of the admin log', () => {
	it('covers the last day in pages of 100, oldest first, when nothing is asked for', async () => {
		await start();
		const reply = await exportLogs();
		const wanted = expectedIds(ENDS_AT - DAY_MS, ENDS_AT);
		expect(reply.status).toBe(200);
		expect(reply.headers['content-type']).toMatch(/^application\/json/);
		expect(page(reply.text)).toMatchObject({
			totalPages: Math.ceil(wanted.length / 100),
			totalElements: wanted.length,
			pageSize: 100,
			currentPage: 0,
		});
		expect(wireIds(reply.text)).toEqual(wanted.slice(0, 100));
	});

	it('gives every event of a window exactly once over its pages, ties split across them included', async () => {
		await start();
		const window = { startTimeAfter: iso(ENDS_AT - 13 * DAY_MS), endTimeOnOrBefore: iso(ENDS_AT) };
		const ids: string[] = [];
		const splits = new Set<number>();
		let last = '';
		for (let pageNumber = 0, pages = 1; pageNumber < pages; pageNumber++) {
			const { text } = await exportLogs({ ...window, pageNumber, pageSize: 60 });
			pages = page(text).totalPages;
			ids.push(...wireIds(text));
			if (page(text).elements[0].eventLogDate === last) splits.add(pageNumber);
			last = String(page(text).elements.at(-1)?.eventLogDate);
		}
		expect(ids).toEqual(expectedIds(ENDS_AT - 13 * DAY_MS, ENDS_AT));
		expect(BIG_TIE).toBeGreaterThan(100);
		expect(splits.size).toBeGreaterThan(0);
	});

	it('writes ids as bare numbers, digit for digit, which a careless parser damages', async () => {
		await start();
		const eventId = '7292599294452927927';
		const [added] = securId.addEvents({
			atMs: ENDS_AT - 1,
			activityKey: 'EDIT_POLICY',
			eventId,
			targetObject1Id: '9007199254740993',
			targetObject2Id: '18',
		});
		const { text } = await exportLogs({ startTimeAfter: iso(ENDS_AT - 2) });
		expect(text).toContain(`"eventId":${eventId},`);
		expect(text).toContain('"targetObject1Id":9007199254740993,');
		expect(text).toContain('"targetObject2Id":18,');
		expect(String(page(text).elements.at(-1)?.eventId)).not.toBe(eventId);
		expect(added.eventId).toBe(eventId);
	});

	it('writes 23 members and nothing of the simulator, with every hostile name intact', async () => {
		await start();
		const seen = new Map<string, unknown>();
		for (let pageNumber = 0, pages = 1; pageNumber < pages; pageNumber++) {
			const body = page((await exportLogs({ startTimeAfter: iso(0), pageNumber })).text);
			pages = body.totalPages;
			for (const element of body.elements) {
				expect(Object.keys(element)).toHaveLength(23);
				expect(typeof element.eventId).toBe('number');
				seen.set(String(element.adminUserName), element);
			}
		}
		expect(new Set(seen.keys())).toEqual(
			new Set(tenant.adminEvents.map(({ adminUserName }) => adminUserName)),
		);
	});

	it('excludes the start, includes the end, to the millisecond', async () => {
		await start();
		const atMs = tenant.adminEvents[1000].atMs;
		const sizeOf = async (afterMs: number, untilMs: number) =>
			page((await exportLogs({ startTimeAfter: iso(afterMs), endTimeOnOrBefore: iso(untilMs) })).text)
				.totalElements;
		const same = tenant.adminEvents.filter((event) => event.atMs === atMs).length;
		expect(await sizeOf(atMs - 1, atMs)).toBe(same);
		expect(await sizeOf(atMs, atMs)).toBe(0);
		expect(await sizeOf(atMs, atMs - 1)).toBe(0);
	});

	it.each([
		['2026-01-15T11:07:31.250%2B02:00', '2026-01-15T09:07:31.250Z'],
		['2026-01-15T04:07:31.250-05:30', '2026-01-15T09:37:31.250Z'],
		['2026-01-15T09:07:31z', '2026-01-15T09:07:31.000Z'],
		['2026-01-15T09:07:31.000-00:00', '2026-01-15T09:07:31.000Z'],
		['2026-01-15T09:07Z', '2026-01-15T09:07:00.000Z'],
		['2026-01-15T09%3A07%3A31.25Z', '2026-01-15T09:07:31.250Z'],
	])('takes the start time %s', async (sent, meant) => {
		await start();
		const { text } = await exportLogs(`startTimeAfter=${sent}`);
		expect(page(text).totalElements).toBe(expectedIds(Date.parse(meant), ENDS_AT).length);
	});

	it.each([
		['a plus sign that was not encoded', '2026-01-15T11:07:31.250+02:00'],
		['no offset', '2026-01-15T11:07:31'],
		['a date alone', '2026-01-15'],
		['a day that does not exist', '2026-02-30T00:00:00Z'],
		['epoch milliseconds', '1768471651250'],
		['the form of its own answers', '2026-01-15T11:07:31.250%20UTC'],
		['nothing', ''],
	])('refuses %s as a time with 400', async (_, sent) => {
		await start();
		for (const name of ['startTimeAfter', 'endTimeOnOrBefore']) {
			const reply = await exportLogs(`${name}=${sent}`);
			expect(reply.status).toBe(400);
			expect(JSON.parse(reply.text)).toEqual({
				code: '400 BAD_REQUEST',
				description: expect.stringContaining(name) as string,
			});
		}
	});

	it.each([
		[1, 1],
		[100, 100],
		[0, 100],
		[101, 100],
		[-5, 100],
		['ten', 100],
		['', 100],
	])('treats the page size %j as %i', async (pageSize, effective) => {
		await start();
		expect(page((await exportLogs({ pageSize })).text)).toMatchObject({ pageSize: effective });
	});

	it('is empty beyond the last one and keeps the totals', async () => {
		await start();
		const { totalPages, totalElements } = page((await exportLogs()).text);
		const beyond = page((await exportLogs({ pageNumber: totalPages })).text);
		expect(beyond).toMatchObject({ totalPages, totalElements, currentPage: totalPages, elements: [] });
	});

	it.each(['-1', '1.5', 'x', ''])('refuses the page number "%s"', async (pageNumber) => {
		await start();
		expect((await exportLogs({ pageNumber })).status).toBe(400);
	});

	it('forgets what is older than 90 days and does not know the future', async () => {
		await start();
		securId.addEvents(
			{ atMs: ENDS_AT - 91 * DAY_MS, activityKey: 'SIGNOUT' },
			{ atMs: ENDS_AT + 5, activityKey: 'SIGNOUT' },
		);
		const all = { startTimeAfter: iso(0), endTimeOnOrBefore: iso(ENDS_AT + DAY_MS) };
		const total = async () => page((await exportLogs(all)).text).totalElements;
		expect(await total()).toBe(3000);
		clock.advance(5);
		expect(await total()).toBe(3001);
		clock.advance(40 * DAY_MS);
		expect(await total()).toBe(expectedIds(ENDS_AT - 50 * DAY_MS, ENDS_AT).length + 1);
	});

	it('shows a late event in its old place, after those of the same millisecond', async () => {
		await start();
		const { atMs } = tenant.adminEvents[1000];
		const [late] = securId.addEvents({ atMs, activityKey: 'SOMETHING_NEW' });
		const { text } = await exportLogs({ startTimeAfter: iso(atMs - 1), endTimeOnOrBefore: iso(atMs) });
		expect(wireIds(text).at(-1)).toBe(late.eventId);
		expect(page(text).elements.at(-1)).toMatchObject({ activityKey: 'SOMETHING_NEW', activityCode: 89999 });
	});

	it.each([
		['documented', ['totalPages', 'totalElements', 'pageSize', 'elements']],
		['elementsOnly', ['elements']],
	] as const)('has the envelope %s on request', async (envelope, members) => {
		await start({ envelope });
		expect(Object.keys(JSON.parse((await exportLogs()).text) as object)).toEqual(members);
	});
});

describe('other paths', () => {
	const get = async (path: string, method = 'GET') =>
		await ask(securId.url + path, { method, headers: { authorization: bearer() } });

	it.each([
		'/AdminInterface/restapi/v1/adminlog/exportLogs',
		'/AdminInterface/restapi/v1/adminlog',
		'/AdminInterface/restapi',
	])('answers 404 for %s', async (path) => {
		await start();
		const reply = await get(path);
		expect(reply.status).toBe(404);
		expect(JSON.parse(reply.text)).toEqual({
			code: '404 NOT_FOUND',
			description: expect.any(String) as string,
		});
	});

	it.each([
		'/',
		'/v1/adminlog/exportlogs',
		'/AdminInterface/',
		'/AdminInterface/restapiv1/adminlog/exportlogs',
	])('answers with the console for %s', async (path) => {
		await start();
		expect(await get(path)).toMatchObject({
			status: 200,
			headers: { 'content-type': 'text/html;charset=UTF-8' },
		});
	});

	it('takes no other method', async () => {
		await start();
		expect((await get('/AdminInterface/restapi/v1/adminlog/exportlogs', 'POST')).status).toBe(405);
	});
});

describe('its faults', () => {
	it('sends an empty page while the totals stay', async () => {
		await start({}, [{ on: { nth: 2 }, do: { emptyPage: true } }]);
		const [whole, empty] = [page((await exportLogs()).text), page((await exportLogs()).text)];
		expect(empty).toEqual({ ...whole, elements: [] });
	});

	it('claims another total from then on, until told otherwise', async () => {
		await start({}, [
			{ on: { nth: 2 }, do: { changedTotal: 684 } },
			{ on: { nth: 4 }, do: { changedTotal: null } },
		]);
		const totals: number[][] = [];
		for (let time = 0; time < 4; time++) {
			const { totalElements, totalPages, elements } = page((await exportLogs({ pageSize: 10 })).text);
			totals.push([totalElements, totalPages, elements.length]);
		}
		expect(totals[1]).toEqual([684, 69, 10]);
		expect(totals[2]).toEqual(totals[1]);
		expect(totals[3]).toEqual(totals[0]);
	});

	it('refuses in the words of the vendor', async () => {
		await start({}, [
			{ on: { nth: 1 }, do: { status: 500 } },
			{ on: { nth: 2 }, do: { status: 403 } },
			{ on: { nth: 3 }, do: { retryAfter: 3 } },
		]);
		expect(JSON.parse((await exportLogs()).text)).toMatchObject({ code: '500 INTERNAL_SERVER_ERROR' });
		expect(JSON.parse((await exportLogs()).text)).toMatchObject({ status: 403, error: 'Forbidden' });
		expect(await exportLogs()).toMatchObject({ status: 429, headers: { 'retry-after': '3' } });
		expect(securId.faults.unused()).toEqual([]);
	});

	it('keeps the digits of ids in what arrives of a broken answer', async () => {
		await start({}, [{ on: {}, do: { truncateBody: 'quietly' } }]);
		const whole = expectedIds(ENDS_AT - HOUR_MS, ENDS_AT);
		const { text } = await exportLogs({ startTimeAfter: iso(ENDS_AT - HOUR_MS) });
		expect(whole.slice(0, wireIds(text).length)).toEqual(wireIds(text));
		expect(() => page(text)).toThrow(SyntaxError);
	});
});
