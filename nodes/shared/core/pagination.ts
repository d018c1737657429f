import { settle, type Settled } from './retry';

export interface PageSource<Page> {
	/** Reads one page; `index` counts from 0. Once `isWanted` answers false, nobody waits for it any more and it should not be tried again. */
	fetchPage: (index: number, isWanted: () => boolean) => Promise<Page>;
	/** How many pages there are, as the first page tells; undefined when it does not say. */
	pageCount?: (first: Page) => number | undefined;
	/** Whether another page follows; asked only when the first page gave no count. */
	hasMore: (page: Page, index: number) => boolean;
	/** Pages in flight, asked anew before each request, so that a sender can slow down. Default 1. */
	concurrency?: () => number;
	/** A source that never ends is refused beyond this many pages. */
	maxPages: number;
	/** What is thrown then. */
	tooMany: () => Error;
}

/**
 * The one page loop: pages in their order, several in flight when the number of pages is known.
 * Ends with the last page; a failing page throws in its turn, after all pages before it were handed out.
 */
export async function* readPages<Page>(source: PageSource<Page>): AsyncGenerator<Page, void, undefined> {
	const first = await source.fetchPage(0, () => true);
	yield first;
	const count = source.pageCount?.(first);
	if (count === undefined) {
		yield* onePageAfterAnother(first, source);
		return;
	}
	if (count > source.maxPages) throw source.tooMany();
	const inFlight: Array<Promise<Settled<Page>>> = [];
	let ended = false;
	try {
		for (let index = 1, next = 1; index < count; index++) {
			const most = Math.max(1, source.concurrency?.() ?? 1);
			while (next < count && inFlight.length < most) {
				const wanted = next++;
				inFlight.push(settle(async () => await source.fetchPage(wanted, () => !ended)));
			}
			const outcome = await inFlight.shift();
			if (outcome === undefined) return;
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
