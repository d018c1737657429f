import fc from 'fast-check';
import type { SecurIdEvent } from '../../../nodes/shared/securid/types';
import { failureOf } from '../failures';
import { forAll, generated } from '../generated';
import { ENVELOPES, type Envelope, makeEvents, tenant } from './tenant';

const RUNS = 1_000;
const EVERY_ENVELOPE = Object.keys(ENVELOPES) as Envelope[];
const everyThird = (_event: SecurIdEvent, index: number) => index % 3 === 0;
const failedSignIn = ({ activityKey }: SecurIdEvent) => activityKey === 'SIGNIN_FAILURE';

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe.each(EVERY_ENVELOPE)('a limit in a window with counts: %s', (envelope) => {
	it.each(upTo(27))('of %s gives the oldest events and stops', async (limit) => {
		const events = makeEvents(25);
		const { read, requests } = tenant(events, envelope);
		const result = await read({ limit });
		expect(result.events).toEqual(events.slice(0, limit));
		expect(result.fetched).toBe(Math.min(limit, 25));
		expect(result.cut).toBe(limit < 25);
		expect(requests).toHaveLength(Math.min(Math.ceil(limit / 10), 3));
	});

	it.each(upTo(10))('of %s counts wanted events alone', async (limit) => {
		const events = makeEvents(25);
		const wantedEvents = events.filter(everyThird);
		const result = await tenant(events, envelope).read({ limit, wanted: failedSignIn });
		expect(result.events).toEqual(wantedEvents.slice(0, limit));
		expect(result.fetched).toBe(result.events.length + result.filtered);
		expect(result.cut).toBe(limit < wantedEvents.length);
	});

	it('keeps the order of events that share a millisecond', async () => {
		const events = makeEvents(40, 13);
		for (const limit of upTo(40))
			expect((await tenant(events, envelope).read({ limit })).events).toEqual(events.slice(0, limit));
	});

	it('asks for one page at a time', async () => {
		const { read, requests } = tenant(makeEvents(100), envelope);
		await read({ limit: 15, concurrency: () => 10 });
		expect(requests.map(({ pageIndex }) => pageIndex)).toEqual([0, 1]);
	});
});

it.each(EVERY_ENVELOPE)('a limit that is just the last event of a full last page cuts nothing, as far as counts tell: %s', async (envelope) => {
	const { cut } = await tenant(makeEvents(20), envelope).read({ limit: 20 });
	expect(cut).toBe(envelope === 'none');
});

describe('a limit beyond a damaged page', () => {
	it('does not hide that a page before it was short', async () => {
		const { read } = tenant(makeEvents(40), 'documented', ({ elements, ...counts }, { pageIndex }) => ({
			...counts,
			elements: pageIndex === 1 ? elements.slice(3) : elements,
		}));
		expect(await failureOf(async () => await read({ limit: 25 }))).toMatchObject({
			code: 'SECURID-PAGES-CHANGED',
		});
		expect(await read({ limit: 10 })).toMatchObject({ fetched: 10, cut: true });
	});

	it('does not hide that an event came twice', async () => {
		const events = makeEvents(40);
		const { read } = tenant(events, 'documented', ({ elements, ...counts }, { pageIndex }) => ({
			...counts,
			elements: pageIndex === 1 ? [events[9], ...elements.slice(1)] : elements,
		}));
		expect(await failureOf(async () => await read({ limit: 20 }))).toMatchObject({
			code: 'SECURID-PAGES-CHANGED',
		});
	});
});

it(`any tenant is read whole or up to the limit, each event once, and the counts agree (${generated(RUNS)})`, async () => {
	const cases = fc.record({
		count: fc.nat(330),
		perMs: fc.integer({ min: 1, max: 40 }),
		pageSize: fc.integer({ min: 1, max: 100 }),
		concurrency: fc.integer({ min: 1, max: 10 }),
		envelope: fc.constantFrom(...EVERY_ENVELOPE),
		limit: fc.option(fc.integer({ min: 1, max: 400 }), { nil: undefined }),
		modulus: fc.integer({ min: 1, max: 9 }),
		/** How many readings see a page that lacks an event, and which page. */
		damaged: fc.record({ attempts: fc.nat(3), page: fc.nat(3) }),
	});
	await forAll(
		RUNS,
		cases,
		async ({ count, perMs, pageSize, concurrency, envelope, limit, modulus, damaged }) => {
			const events = makeEvents(count, perMs);
			const counted =
				envelope === 'documented' || envelope === 'text' || envelope === 'total of events alone';
			const { read, requests } = tenant(
				events,
				envelope,
				({ elements, ...counts }, { pageIndex }, attempt) => {
					const isDamaged = counted && attempt <= damaged.attempts && pageIndex === damaged.page;
					return { ...counts, elements: isDamaged ? elements.slice(1) : elements };
				},
			);
			const wanted = ({ eventId }: SecurIdEvent) => Number(eventId?.slice(-5)) % modulus === 0;
			const wantedEvents = events.filter(wanted);
			const damageSeen = counted && damaged.page * pageSize < count;
			const settings = { pageSize, concurrency: () => concurrency, limit, wanted };
			if (damageSeen && damaged.attempts === 3 && limit === undefined) {
				expect(await failureOf(async () => await read(settings))).toMatchObject({
					code: 'SECURID-PAGES-CHANGED',
				});
				return;
			}
			if (damageSeen && damaged.attempts === 3) return;
			const result = await read(settings);
			expect(result.events).toEqual(wantedEvents.slice(0, limit));
			expect(result.fetched).toBe(result.events.length + result.filtered);
			// Without any counts nobody can know that a full page was the last one.
			const readSoFar = result.pages * pageSize;
			const moreFollows = envelope === 'none' ? readSoFar <= count : readSoFar < count;
			expect(result.cut).toBe(
				limit !== undefined && limit <= wantedEvents.length && (limit < wantedEvents.length || moreFollows),
			);
			if (limit === undefined) expect(result.fetched).toBe(count);
			if (!damageSeen) expect(new Set(requests.map(({ pageIndex }) => pageIndex)).size).toBe(requests.length);
		},
	);
});
