import { parseLosslessJson } from '../../../nodes/shared/core/losslessJson';
import { readWindow } from '../../../nodes/shared/securid/logs';
import { readPage } from '../../../nodes/shared/securid/types';
import captureVendor from '../../fixtures/securid/capture-shape.vendor.json';
import { failureOf } from '../failures';
import { rawFixture } from '../fixtures';
import { ENVELOPES, type Envelope, makeEvents, type Odd, REQUEST, tenant } from './tenant';

const EVERY_ENVELOPE = Object.keys(ENVELOPES) as Envelope[];

describe.each(EVERY_ENVELOPE)('a window with counts: %s', (envelope) => {
	it.each([0, 1, 9, 10, 11, 20, 25, 100])('brings all of %s events in their order', async (count) => {
		const events = makeEvents(count);
		const result = await tenant(events, envelope).read();
		expect(result).toMatchObject({ events, fetched: count, filtered: 0, restarts: 0, cut: false });
	});

	it.each([1, 3, 7, 100])('brings them at %s per page', async (pageSize) => {
		const events = makeEvents(30);
		expect(await tenant(events, envelope).read({ pageSize })).toMatchObject({ events, fetched: 30 });
	});

	it('keeps events that share the last millisecond of a page', async () => {
		const events = makeEvents(40, 15);
		expect((await tenant(events, envelope).read()).events).toEqual(events);
	});

	it('counts what is not wanted as filtered', async () => {
		const events = makeEvents(25);
		const { events: kept, ...counts } = await tenant(events, envelope).read({
			wanted: ({ activityKey }) => activityKey === 'SIGNIN_FAILURE',
		});
		expect(kept).toEqual(events.filter((_, index) => index % 3 === 0));
		expect(counts).toMatchObject({ fetched: 25, filtered: 16 });
	});
});

describe('requests', () => {
	it('name the same bounds and page size on every page, counted from zero', async () => {
		const { read, requests } = tenant(makeEvents(35));
		await read();
		const { afterMs, untilMs, pageSize } = REQUEST;
		expect(requests).toEqual([0, 1, 2, 3].map((pageIndex) => ({ afterMs, untilMs, pageIndex, pageSize })));
	});

	it('stop at the page that the counts name as the last', async () => {
		const { read, requests } = tenant(makeEvents(30));
		await read();
		expect(requests).toHaveLength(3);
	});

	it('stop at the first short page where there are no counts', async () => {
		const { read, requests } = tenant(makeEvents(25), 'none');
		await read();
		expect(requests.map(({ pageIndex }) => pageIndex)).toEqual([0, 1, 2]);
	});

	it.each<[string, number, Odd]>([
		['a page size of 0', 25, ({ elements }) => ({ elements, totalElements: 25, pageSize: 0 })],
		['a page size of 0 and no total', 25, ({ elements }) => ({ elements, pageSize: 0 })],
		['a page size of 0 for an empty window', 0, () => ({ elements: [], totalElements: 0, pageSize: 0 })],
	])('come to an end when the server tells %s', async (_label, fetched, odd) => {
		const { read, requests } = tenant(makeEvents(25), 'none', odd);
		expect(await read()).toMatchObject({ fetched });
		expect(requests.length).toBeLessThanOrEqual(3);
	});

	it('tell of each page as it is read', async () => {
		const told: unknown[] = [];
		await tenant(makeEvents(25)).read({ onPage: (progress) => told.push(progress) });
		expect(told).toEqual([
			{ pages: 1, pageCount: 3, fetched: 10 },
			{ pages: 2, pageCount: 3, fetched: 20 },
			{ pages: 3, pageCount: 3, fetched: 25 },
		]);
	});
});

it('the recorded shape is one page of twenty events', async () => {
	const page = readPage(parseLosslessJson(rawFixture('securid/capture-shape.raw.json')));
	const logPage = async () => page ?? { events: [] };
	expect(await readWindow({ logPage }, { ...REQUEST, pageSize: 100 })).toEqual({
		events: captureVendor,
		fetched: 20,
		filtered: 0,
		pages: 1,
		restarts: 0,
		cut: false,
	});
});

const withoutElement: Odd = ({ elements, ...counts }, { pageIndex }) => ({
	...counts,
	elements: pageIndex === 1 ? elements.slice(1) : elements,
});
const emptyMiddle: Odd = ({ elements, ...counts }, { pageIndex }) => ({
	...counts,
	elements: pageIndex === 1 ? [] : elements,
});
const emptyLast: Odd = ({ elements, ...counts }, { pageIndex }) => ({
	...counts,
	elements: pageIndex === 3 ? [] : elements,
});
const firstPageAgain: Odd = ({ elements, ...counts }, { pageIndex, pageSize }) => ({
	...counts,
	elements: pageIndex === 0 ? elements : makeEvents(35).slice(0, pageSize),
});
const oneEventTwice: Odd = ({ elements, ...counts }, { pageIndex }) => ({
	...counts,
	elements: pageIndex === 2 ? [makeEvents(35)[19], ...elements.slice(1)] : elements,
});
const twiceInOnePage: Odd = ({ elements, ...counts }, { pageIndex }) => ({
	...counts,
	elements: pageIndex === 1 ? [...elements.slice(0, 9), elements[0]] : elements,
});
const growing: Odd = ({ elements, ...counts }, { pageIndex }) => ({
	...counts,
	totalElements: 35 + pageIndex,
	elements,
});
const shrinking: Odd = ({ elements, ...counts }, { pageIndex }) => ({
	...counts,
	totalElements: 35 - pageIndex,
	elements,
});
const tooManyAnnounced: Odd = ({ elements, ...counts }) => ({ ...counts, totalElements: 36, elements });
const tooFewAnnounced: Odd = ({ elements, ...counts }) => ({ ...counts, totalElements: 34, elements });
const pagesMissing: Odd = ({ elements, ...counts }) => ({ ...counts, totalPages: 3, elements });

const MISMATCHES: Array<[string, Odd]> = [
	['a page that is one event short', withoutElement],
	['an empty page in the middle', emptyMiddle],
	['an empty last page', emptyLast],
	['a server that ignores page numbers', firstPageAgain],
	['an event that comes on two pages', oneEventTwice],
	['an event that comes twice on one page', twiceInOnePage],
	['a total that grows while paging', growing],
	['a total that shrinks while paging', shrinking],
	['a total above what is delivered', tooManyAnnounced],
	['a total below what is delivered', tooFewAnnounced],
	['a number of pages that is too small for the total', pagesMissing],
];

describe.each(MISMATCHES)('%s', (_label, odd) => {
	it.each([1, 4])('is read anew and whole once it has passed (%s in flight)', async (concurrency) => {
		for (const lasting of [1, 2]) {
			const events = makeEvents(35);
			const { read } = tenant(events, 'documented', (page, request, attempt) =>
				attempt <= lasting ? odd(page, request, attempt) : page,
			);
			expect(await read({ concurrency: () => concurrency })).toEqual({
				events,
				fetched: 35,
				filtered: 0,
				pages: 4,
				restarts: lasting,
				cut: false,
			});
		}
	});

	it('hands nothing on when it lasts, after three readings', async () => {
		const { read, requests } = tenant(makeEvents(35), 'documented', odd);
		const failure = await failureOf(async () => await read());
		expect(failure).toMatchObject({ code: 'SECURID-PAGES-CHANGED' });
		expect(failure.message).toMatch(/^SecurID announced \d+ events but delivered \d+, 3 times in a row/);
		expect(requests.filter(({ pageIndex }) => pageIndex === 0)).toHaveLength(3);
	});
});

describe('without any counts', () => {
	it('a server that ignores page numbers gives its one page, each event once', async () => {
		const events = makeEvents(35);
		const { read, requests } = tenant(events, 'none', firstPageAgain);
		expect(await read()).toMatchObject({ events: events.slice(0, 10), fetched: 10, pages: 1 });
		expect(requests).toHaveLength(2);
	});

	it('an event that comes on two pages is still noticed', async () => {
		const { read } = tenant(makeEvents(35), 'none', oneEventTwice);
		expect(await failureOf(async () => await read())).toMatchObject({ code: 'SECURID-PAGES-CHANGED' });
	});
});

describe('where the number of pages alone is told', () => {
	it.each<[string, Odd]>([
		['is one event short', withoutElement],
		['is empty', emptyMiddle],
	])('a page before the last that %s is a hole', async (_label, odd) => {
		const { read } = tenant(makeEvents(35), 'total of pages alone', odd);
		const failure = await failureOf(async () => await read());
		expect(failure).toMatchObject({ code: 'SECURID-PAGES-CHANGED' });
	});

	it('the page size that the server tells counts, not the one that was asked for', async () => {
		const events = makeEvents(12);
		const fours: Odd = (_page, { pageIndex }) => ({ totalPages: 3, pageSize: 4, elements: events.slice(pageIndex * 4, pageIndex * 4 + 4) });
		expect(await tenant(events, 'none', fours).read()).toMatchObject({ events, fetched: 12, pages: 3 });
	});
});

describe.each<Envelope>(['documented', 'total of events alone'])('where the number of events is told (%s)', (envelope) => {
	const parts = (events: unknown[], ...starts: number[]): Odd => ({ elements: _elements, ...counts }, { pageIndex }) => ({ ...counts, elements: events.slice(starts[pageIndex], starts[pageIndex + 1]) });

	it.each([
		['short', [0, 10, 15, 25]],
		['empty', [0, 10, 10, 25]],
	])('a page in the middle that is %s is no hole when others make up for it', async (_label, starts) => {
		const events = makeEvents(25);
		expect(await tenant(events, envelope, parts(events, ...starts)).read()).toMatchObject({ events, fetched: 25, restarts: 0 });
	});
});

describe('the message about a hole', () => {
	it('reckons from full pages where their number alone is told', async () => {
		const { read } = tenant(makeEvents(35), 'total of pages alone', withoutElement);
		expect((await failureOf(async () => await read())).details.values).toEqual({ announced: 20, delivered: 19, attempts: 3 });
	});

	it('counts events without an ID as delivered', async () => {
		const events = makeEvents(35).map((event) => ({ ...event, eventId: undefined }));
		const { read } = tenant(events, 'documented', growing);
		expect((await failureOf(async () => await read())).details.values).toEqual({ announced: 36, delivered: 20, attempts: 3 });
	});
});

it('an event that comes twice is noticed behind events without an ID, too', async () => {
	const events = makeEvents(30).map((event, at) => (at < 10 ? { ...event, eventId: undefined } : event));
	const twice: Odd = ({ elements, ...counts }, { pageIndex }) => ({ ...counts, elements: pageIndex === 2 ? [events[19], ...elements.slice(1)] : elements });
	expect((await failureOf(async () => await tenant(events, 'documented', twice).read())).code).toBe('SECURID-PAGES-CHANGED');
});

it('events without an ID are all kept, equal ones too', async () => {
	const events = Array.from({ length: 25 }, () => ({ activityKey: 'SIGNOUT' }));
	expect(await tenant(events).read()).toMatchObject({ events, fetched: 25, restarts: 0 });
});

describe('a page that is refused', () => {
	it.each([0, 1, 2, 3])('ends the window with its own failure, whichever it is (%s)', async (failing) => {
		const refused = new Error('refused');
		const { client } = tenant(makeEvents(35));
		const logPage: typeof client.logPage = async (request) =>
			request.pageIndex === failing ? await Promise.reject(refused) : await client.logPage(request);
		await expect(readWindow({ logPage }, REQUEST)).rejects.toBe(refused);
	});
});

describe('a log of more pages than are read in one go', () => {
	it('is refused after its first page', async () => {
		const { read, requests } = tenant(makeEvents(35), 'documented', ({ elements }) => ({
			elements,
			totalPages: 20_001,
			totalElements: 200_010,
			pageSize: 10,
		}));
		const failure = await failureOf(async () => await read());
		expect(failure.code).toBe('SECURID-PAGES-LIMIT');
		expect(failure.advice).toContain('20000 pages');
		expect(requests).toHaveLength(1);
	});
});

describe('pages that hold more than fits into memory', () => {
	const large = (events: number) => {
		let serial = 0;
		const logPage = async () => ({ events: Array.from({ length: events }, () => ({ eventId: `e${serial++}`, large: true })), pageSize: events, characters: 60 * 1024 * 1024 });
		return { logPage, read: () => serial };
	};

	it('are refused, however few and whatever they announce', async () => {
		const { logPage, read } = large(3);
		const failure = await failureOf(async () => await readWindow({ logPage }, REQUEST));
		expect([failure.code, failure.advice]).toEqual(['SECURID-PAGES-LIMIT', expect.stringContaining('Limit: 1 GB of events.')]);
		expect(read()).toBe(3 * 18);
	});

	it('are read where nothing of them is kept', async () => {
		const { logPage, read } = large(3);
		const stopping = async () => (read() < 90 ? await logPage() : { events: [], pageSize: 3 });
		await expect(readWindow({ logPage: stopping }, { ...REQUEST, wanted: () => false })).resolves.toMatchObject({ fetched: 90, filtered: 90 });
	});

	it('may have more events than a function has arguments', async () => {
		const { logPage, read } = large(200_000);
		const once = async () => (read() === 0 ? await logPage() : { events: [], pageSize: 200_000 });
		expect((await readWindow({ logPage: once }, REQUEST)).events).toHaveLength(200_000);
	});
});

describe('events without an id', () => {
	it.each<[string, unknown]>([
		['none', undefined],
		['null', null],
		['empty text', ''],
	])('are all kept when it is %s', async (_label, eventId) => {
		const events = makeEvents(25).map((event) => ({ ...event, eventId }) as typeof event);
		expect(await tenant(events).read()).toMatchObject({ events, fetched: 25, restarts: 0 });
	});
});

it('reads a window again when only the number of pages is announced and a page before the last is not full', async () => {
	const events = makeEvents(30);
	const pages = [events.slice(0, 10), events.slice(10, 17), events.slice(20)];
	const asked: number[] = [];
	const client = {
		logPage: async ({ pageIndex }: { pageIndex: number }) => {
			asked.push(pageIndex);
			return { events: pages[pageIndex], totalPages: 3, pageSize: 10 };
		},
	};
	const failure = await failureOf(async () => await readWindow(client, REQUEST));
	expect(failure.code).toBe('SECURID-PAGES-CHANGED');
	expect(asked.filter((index) => index === 0)).toHaveLength(3);
});
