import fc from 'fast-check';
import { type PageSource, readPages } from '../../../nodes/shared/core/pagination';
import { thrownBy } from '../failures';
import { forAll, generated } from '../generated';

const RUNS = 1_000;

/** Lets other steps go first, so many rounds. */
async function rounds(count: number): Promise<void> {
	for (let round = 0; round < count; round++) await Promise.resolve();
}

interface Server {
	source: PageSource<number>;
	asked: number[];
	/** The most pages that were under way at once, since the last reset. */
	peak: number;
	open: number;
}

/** Pages that are their own number and take a different time each; `failsAt` throws instead. */
function server(
	pages: number,
	settings: Partial<PageSource<number>> & {
		failsAt?: number;
		counts?: boolean;
		delay?: (index: number) => number;
	} = {},
): Server {
	const { failsAt, counts = true, delay = (index) => (index * 7) % 5, ...rest } = settings;
	const state: Server = { asked: [], peak: 0, open: 0, source: {} as PageSource<number> };
	state.source = {
		fetchPage: async (index) => {
			state.asked.push(index);
			state.peak = Math.max(state.peak, ++state.open);
			await rounds(delay(index));
			state.open--;
			if (index === failsAt) throw new Error(`page ${index}`);
			return index;
		},
		pageCount: counts ? () => pages : undefined,
		hasMore: (page) => page + 1 < pages,
		maxPages: 1_000,
		tooMany: () => new Error('too many'),
		...rest,
	};
	return state;
}

async function read(source: PageSource<number>, into: number[] = []): Promise<number[]> {
	for await (const page of readPages(source)) into.push(page);
	return into;
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('pages whose number is known', () => {
	it(`come in their order, each asked for once, never more in flight than allowed (${generated(RUNS)})`, async () => {
		const cases = fc.record({
			pages: fc.integer({ min: 1, max: 40 }),
			concurrency: fc.integer({ min: 1, max: 10 }),
			delays: fc.array(fc.nat(9), { minLength: 1 }),
		});
		await forAll(RUNS, cases, async ({ pages, concurrency, delays }) => {
			const state = server(pages, {
				concurrency: () => concurrency,
				delay: (index) => delays[index % delays.length],
			});
			expect(await read(state.source)).toEqual(upTo(pages));
			expect([...state.asked].sort((a, b) => a - b)).toEqual(upTo(pages));
			expect(state.peak).toBeLessThanOrEqual(concurrency);
			expect(state.open).toBe(0);
		});
	});

	it('are really asked for at once', async () => {
		const state = server(30, { concurrency: () => 4, delay: () => 20 });
		await read(state.source);
		expect(state.peak).toBe(4);
	});

	it('are asked for one by one unless told otherwise', async () => {
		const state = server(10, { delay: () => 20 });
		await read(state.source);
		expect(state.peak).toBe(1);
	});

	it('are asked for one by one once the concurrency falls in the middle', async () => {
		let allowed = 6;
		const state = server(40, { concurrency: () => allowed, delay: () => 20 });
		const seen: number[] = [];
		let peakAfterwards = 0;
		for await (const page of readPages(state.source)) {
			seen.push(page);
			if (page === 10) allowed = 1;
			if (page === 20) state.peak = 0;
			if (page > 20) peakAfterwards = Math.max(peakAfterwards, state.peak);
		}
		expect(seen).toEqual(upTo(40));
		expect(peakAfterwards).toBe(1);
	});

	it('are asked for at once again when the concurrency rises in the middle', async () => {
		let allowed = 1;
		const state = server(40, { concurrency: () => allowed, delay: () => 20 });
		for await (const page of readPages(state.source)) if (page === 10) allowed = 5;
		expect(state.peak).toBe(5);
	});

	it('stay in flight in full number while one of them is slow, until as many again but one are kept', async () => {
		// Page 1 is answered after all others could have been.
		const state = server(40, { concurrency: () => 4, delay: (index) => (index === 1 ? 400 : 5) });
		const pages = readPages(state.source);
		await pages.next();
		const second = pages.next();
		await rounds(300);
		// Page 1 is on its way; pages 2 to 7 are kept.
		expect(state.asked).toEqual(upTo(8));
		expect(state.peak).toBe(4);
		expect((await second).value).toBe(1);
		expect(await read({ ...state.source }, [])).toEqual(upTo(40));
	});

	it(`are never more than twice the concurrency ahead of the consumer (${generated(RUNS / 10)})`, async () => {
		const cases = fc.record({ concurrency: fc.integer({ min: 1, max: 10 }), delays: fc.array(fc.nat(40), { minLength: 1 }) });
		await forAll(RUNS / 10, cases, async ({ concurrency, delays }) => {
			const state = server(60, { concurrency: () => concurrency, delay: (index) => delays[index % delays.length] });
			let handedOut = 0;
			for await (const page of readPages(state.source)) {
				expect(page).toBe(handedOut++);
				await rounds(delays[page % delays.length]);
				expect(state.asked.length - handedOut).toBeLessThan(2 * concurrency);
			}
		});
	});

	it('are asked for one by one only when the consumer wants the next', async () => {
		const state = server(9, { concurrency: () => 1, delay: () => 1 });
		for await (const page of readPages(state.source)) {
			await rounds(30);
			expect(state.asked).toEqual(upTo(page + 1));
		}
	});

	it.each([0, -1, 0.5])('are still read when the concurrency is %s', async (concurrency) => {
		const state = server(5, { concurrency: () => concurrency });
		expect(await read(state.source)).toEqual(upTo(5));
		expect(state.peak).toBe(1);
	});

	it.each([0, 1])('end with the first one when there are %s', async (pages) => {
		const state = server(pages);
		expect(await read(state.source)).toEqual([0]);
		expect(state.asked).toEqual([0]);
	});
});

describe('pages whose number is not known', () => {
	it('are read one after another until no other follows', async () => {
		const state = server(7, { counts: false, concurrency: () => 5, delay: () => 20 });
		expect(await read(state.source)).toEqual(upTo(7));
		expect(state).toMatchObject({ asked: upTo(7), peak: 1 });
	});

	it('are read so, too, when the first page does not tell', async () => {
		const state = server(7, { pageCount: () => undefined });
		expect(await read(state.source)).toEqual(upTo(7));
	});

	it('are asked about only after the consumer has seen the page', async () => {
		let seen = -1;
		const state = server(5, { counts: false, hasMore: (page) => page === seen && page < 4 });
		for await (const page of readPages(state.source)) seen = page;
		expect(seen).toBe(4);
	});
});

describe('a page that fails', () => {
	const unhandled: unknown[] = [];
	const note = (reason: unknown) => unhandled.push(reason);

	beforeAll(() => process.on('unhandledRejection', note));
	afterAll(() => process.off('unhandledRejection', note));
	afterEach(async () => {
		await new Promise(setImmediate);
		expect(unhandled.splice(0)).toEqual([]);
	});

	const places = upTo(9).flatMap((failsAt) =>
		[1, 3, 20].map((concurrency) => [failsAt, concurrency] as const),
	);

	it.each(places)(
		'(number %s, %s in flight) is thrown in its turn, after all pages before it',
		async (failsAt, concurrency) => {
			const state = server(9, { failsAt, concurrency: () => concurrency });
			const seen: number[] = [];
			expect(await thrownBy(async () => await read(state.source, seen))).toMatchObject({
				message: `page ${failsAt}`,
			});
			expect(seen).toEqual(upTo(failsAt));
		},
	);

	it.each(upTo(9))(
		'(number %s of an unknown number) is thrown after all pages before it',
		async (failsAt) => {
			const state = server(9, { failsAt, counts: false });
			const seen: number[] = [];
			expect(await thrownBy(async () => await read(state.source, seen))).toMatchObject({
				message: `page ${failsAt}`,
			});
			expect(seen).toEqual(upTo(failsAt));
			expect(state.asked).toEqual(upTo(failsAt + 1));
		},
	);

	it('asks for no page after it, even before its turn has come', async () => {
		const state = server(100, { failsAt: 3, concurrency: () => 4, delay: (index) => (index === 1 ? 100 : index) });
		await thrownBy(async () => await read(state.source));
		expect(state.asked).toEqual(upTo(6));
	});

	it('asks for no further page once it was thrown', async () => {
		const state = server(100, { failsAt: 3, concurrency: () => 2 });
		await thrownBy(async () => await read(state.source));
		await rounds(50);
		expect(Math.max(...state.asked)).toBeLessThan(7);
	});

	it.each([
		[1, []],
		[4, [3, 4]],
	])(
		'tells the pages still under way that nobody waits for them (%s in flight)',
		async (concurrency, underWay) => {
			const stillWanted = new Map<number, () => boolean>();
			const state = server(9, { concurrency: () => concurrency, delay: (index) => (index === 2 ? 1 : 20) });
			const fetchPage: typeof state.source.fetchPage = async (index, isWanted) => {
				stillWanted.set(index, isWanted);
				expect(isWanted()).toBe(true);
				const page = await state.source.fetchPage(index, isWanted);
				if (index === 2) throw new Error('page 2');
				return page;
			};
			await thrownBy(async () => await read({ ...state.source, fetchPage }));
			const later = [...stillWanted].filter(([index]) => index > 2);
			expect(later.map(([index]) => index)).toEqual(underWay);
			for (const [, isWanted] of later) expect(isWanted()).toBe(false);
		},
	);

	it('tells pages that come one after another that they are waited for', async () => {
		const state = server(4, { counts: false });
		const told: boolean[] = [];
		const fetchPage: typeof state.source.fetchPage = async (index, isWanted) => {
			told.push(isWanted());
			return await state.source.fetchPage(index, isWanted);
		};
		await read({ ...state.source, fetchPage });
		expect(told).toEqual([true, true, true, true]);
	});

	it('leaves no rejection behind when the consumer has stopped listening', async () => {
		const state = server(9, { failsAt: 3, concurrency: () => 9, delay: (index) => index * 3 });
		for await (const page of readPages(state.source)) if (page === 1) break;
		await rounds(200);
		expect(state.open).toBe(0);
	});
});

describe('a source that never ends', () => {
	it.each([true, false])('is refused at the page cap (number known: %s)', async (counts) => {
		const state = server(6, { counts, maxPages: 5 });
		const seen: number[] = [];
		expect(await thrownBy(async () => await read(state.source, seen))).toMatchObject({ message: 'too many' });
		expect(state.asked.length).toBeLessThanOrEqual(5);
	});

	it.each([true, false])(
		'is read whole when it has just as many pages as the cap (number known: %s)',
		async (counts) => {
			expect(await read(server(5, { counts, maxPages: 5 }).source)).toEqual(upTo(5));
		},
	);

	it('is told by its first page, before any other is asked for', async () => {
		const state = server(5_000);
		await thrownBy(async () => await read(state.source));
		expect(state.asked).toEqual([0]);
	});
});
