import { settle, type Settled } from './retry';

export interface PageSource<Page> {
	/** Reads one page; `index` counts from 0. Once `isWanted` answers false, nobody waits for it any more and it should not be tried again. */
	fetchPage: (index: number, isWanted: () => boolean) => Promise<Page>;
	/** How many pages there are, as the first page tells; undefined when it does not say. */
	pageCount?: (first: Page) => number | undefined;
	/** Whether another page follows; asked only when the first page gave no count. */
	hasMore: (page: Page, index: number) => boolean;
	/** Most pages in flight, asked anew whenever one could be asked for, so that a sender can slow down and speed up. Default 1. */
	concurrency?: () => number;
	/** A source that never ends is refused beyond this many pages. */
	maxPages: number;
	/** What is thrown then. */
	tooMany: () => Error;
}

/**
 * The one page loop: pages in their order, several in flight when the number of pages is known.
 * A page that comes in ahead of its turn is kept and another one asked for, so that a slow page does not idle the others; pages in flight and kept ones
 * together stay below twice the concurrency. One by one means that the next page is asked for only once the consumer wants it.
 * Ends with the last page; a failing page throws in its turn, after all pages before it were handed out.
 */
export async function* readPages<Page>(source: PageSource<Page>): AsyncGenerator<Page, void, undefined> {
	const first = await source.fetchPage(0, () => true);
	const count = source.pageCount?.(first);
	yield first;
	if (count === undefined) {
		yield* onePageAfterAnother(first, source);
		return;
	}
	if (count > source.maxPages) throw source.tooMany();
	yield* severalAtOnce(count, source);
}

async function* severalAtOnce<Page>(count: number, { fetchPage, concurrency = () => 1 }: PageSource<Page>): AsyncGenerator<Page, void, undefined> {
	const kept = new Map<number, Settled<Page>>();
	let next = 1;
	let inFlight = 0;
	let ended = false;
	let wake = () => {};
	const ask = async (index: number) => {
		inFlight++;
		const outcome = await settle(async () => await fetchPage(index, () => !ended));
		inFlight--;
		kept.set(index, outcome);
		// What comes after a page that failed is of no use.
		if ('error' in outcome) next = count;
		topUp();
		wake();
	};
	const topUp = () => {
		const most = Math.max(1, Math.floor(concurrency()));
		while (!ended && next < count && inFlight < most && inFlight + kept.size < 2 * most - 1) void ask(next++);
	};
	try {
		for (let index = 1; index < count; index++) {
			topUp();
			while (!kept.has(index)) await new Promise<void>((resolve) => (wake = resolve));
			const outcome = kept.get(index) as Settled<Page>;
			kept.delete(index);
			if ('error' in outcome) throw outcome.error;
			yield outcome.value;
		}
	} finally {
		ended = true;
	}
}

async function* onePageAfterAnother<Page>(first: Page, source: PageSource<Page>): AsyncGenerator<Page, void, undefined> {
	let page = first;
	for (let index = 0; source.hasMore(page, index); index++) {
		if (index + 1 >= source.maxPages) throw source.tooMany();
		page = await source.fetchPage(index + 1, () => true);
		yield page;
	}
}
