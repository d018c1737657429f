import type { Failure } from '../core/failure';
import { readPages } from '../core/pagination';
import type { SecurIdClient } from './client';
import { securIdFailure } from './failures';
import type { SecurIdEvent, SecurIdPage } from './types';

/** The vendor's largest page; other sizes outside 1–100 are treated as 100 (documented). */
export const LARGEST_PAGE = 100;

const MAX_PAGES = 20_000;
/** Events are held in memory: half a million of usual ones, ten times what "Max Events" lets a run read. */
const MOST_CHARACTERS = 1024 ** 3;
const ATTEMPTS = 3;

export interface WindowRequest {
	/** Exclusive, epoch ms. */
	afterMs: number;
	/** Inclusive, epoch ms; always sent, because pages of an open window shift. */
	untilMs: number;
	pageSize: number;
	/** Pages in flight; asked before each request. */
	concurrency: () => number;
	/** Which events are wanted; the others are counted as filtered. */
	wanted: (event: SecurIdEvent) => boolean;
	/** Stop once this many wanted events were read. */
	limit?: number;
	/** Give back the announced total alone, after the first page, when it is higher than this. */
	most?: number;
	/** Told after each page. */
	onPage?: (progress: { pages: number; pageCount?: number; fetched: number }) => void;
}

/** What a window held. `fetched` = `events` + `filtered`, always. */
export interface WindowResult {
	events: SecurIdEvent[];
	fetched: number;
	filtered: number;
	pages: number;
	/** How often the window was read anew because its total changed while paging. */
	restarts: number;
	/** Whether `limit` ended the reading before the last page. */
	cut: boolean;
	/** The announced total, when it is higher than `most`; nothing was read then. */
	tooMany?: number;
}

/**
 * Reads one closed time window of a log, page by page, oldest first as the vendor promises.
 * The pages are checked against `totalElements` and each other; a window whose total changes or whose pages repeat an event is
 * read anew, three times at most, then it is a failure: a short answer never passes for a whole one.
 */
export async function readWindow(client: SecurIdClient, request: WindowRequest): Promise<WindowResult> {
	for (let restarts = 0; ; restarts++) {
		const outcome = await readOnce(client, request);
		if (!('announced' in outcome)) return { ...outcome, restarts };
		if (restarts + 1 === ATTEMPTS) throw pagesChanged(outcome);
	}
}

interface Mismatch {
	announced: number;
	delivered: number;
}

type Reading = Omit<WindowResult, 'restarts'>;

async function readOnce(client: SecurIdClient, request: WindowRequest): Promise<Reading | Mismatch> {
	const { afterMs, untilMs, pageSize, wanted, limit = Infinity, most = Infinity } = request;
	const reading = emptyReading();
	const distinct = createIdCounter();
	let first: SecurIdPage | undefined;
	let heldCharacters = 0;
	const pages = readPages<SecurIdPage>({
		fetchPage: async (pageIndex, isWanted) => await client.logPage({ afterMs, untilMs, pageIndex, pageSize }, isWanted),
		pageCount: (page) => page.totalPages ?? pagesFor(page.totalElements, page.pageSize ?? pageSize),
		// Without counts the only public capture is a single page; a full one may still have a sequel.
		hasMore: (page) => page.events.length >= (page.pageSize ?? pageSize),
		concurrency: limit === Infinity ? request.concurrency : () => 1,
		maxPages: MAX_PAGES,
		tooMany: () => pagesLimit(`${MAX_PAGES} pages`),
	});
	for await (const page of pages) {
		first ??= page;
		if ((page.totalElements ?? 0) > most) return { ...emptyReading(), tooMany: page.totalElements };
		const fresh = distinct.add(page.events);
		const uncounted = first.totalPages === undefined && first.totalElements === undefined;
		// A server that ignores page numbers sends the same page again: without counts that is where the window ends.
		if (uncounted && fresh === 0) break;
		const total = page.totalElements ?? first.totalElements;
		if (fresh < page.events.length || total !== first.totalElements) {
			return { announced: total ?? distinct.size(), delivered: distinct.size() };
		}
		heldCharacters += addPage(reading, page, wanted);
		if (heldCharacters > MOST_CHARACTERS) throw pagesLimit(`${MOST_CHARACTERS / 1024 ** 3} GB of events`);
		if (isShortMiddlePage(reading, page, first, pageSize)) return { announced: reading.pages * (first.pageSize ?? pageSize), delivered: reading.fetched };
		request.onPage?.({ pages: reading.pages, pageCount: first.totalPages, fetched: reading.fetched });
		if (reading.events.length >= limit) return upToLimit(reading, limit, first, pageSize);
	}
	const announced = first?.totalElements ?? reading.fetched;
	return announced === reading.fetched ? reading : { announced, delivered: reading.fetched };
}

/** Where only the number of pages is announced, a page before the last that is not full is the one sign of a hole. */
function isShortMiddlePage({ pages }: Reading, page: SecurIdPage, first: SecurIdPage, pageSize: number): boolean {
	const counted = first.totalElements === undefined && first.totalPages !== undefined;
	return counted && pages < (first.totalPages ?? 0) && page.events.length < (first.pageSize ?? pageSize);
}

function emptyReading(): Reading {
	return { events: [], fetched: 0, filtered: 0, pages: 0, cut: false };
}

/** Counts distinct events. Events without an id (never seen, but not ruled out) count as distinct. */
function createIdCounter() {
	const ids = new Set<string>();
	let withoutId = 0;
	return {
		size: () => ids.size + withoutId,
		/** Out: how many of these events were not seen before. */
		add(events: SecurIdEvent[]): number {
			const before = ids.size + withoutId;
			for (const { eventId } of events) {
				if (eventId) ids.add(eventId);
				else withoutId++;
			}
			return ids.size + withoutId - before;
		},
	};
}

/** Out: how many characters of the answer are kept, reckoned by the share of its events that are wanted. */
function addPage(reading: Reading, page: SecurIdPage, wanted: (event: SecurIdEvent) => boolean): number {
	const before = reading.events.length;
	// One by one: a page of a server that ignores the page size may hold more than a call takes arguments.
	for (const event of page.events) if (wanted(event)) reading.events.push(event);
	const kept = reading.events.length - before;
	reading.fetched += page.events.length;
	reading.filtered += page.events.length - kept;
	reading.pages++;
	return ((page.characters ?? 0) * kept) / Math.max(1, page.events.length);
}

function pagesLimit(detail: string): Failure {
	return securIdFailure('SECURID-PAGES-LIMIT', { values: { detail } });
}

/** Keeps the first `limit` events. A short page before them would be a hole that no total reveals, so it counts as a mismatch. */
function upToLimit(reading: Reading, limit: number, first: SecurIdPage, pageSize: number): Reading | Mismatch {
	const { totalElements: total, pageSize: size = pageSize } = first;
	const expected = Math.min(reading.pages * size, total ?? reading.fetched);
	if (reading.fetched < expected) return { announced: expected, delivered: reading.fetched };
	const beyond = reading.events.length - limit;
	return {
		...reading,
		events: reading.events.slice(0, limit),
		fetched: reading.fetched - beyond,
		cut: beyond > 0 || moreFollows(reading, first, size),
	};
}

/** Whether pages follow the ones that were read. Without any counts, a full page may have a sequel. */
function moreFollows({ fetched, pages }: Reading, { totalElements, totalPages }: SecurIdPage, size: number): boolean {
	if (totalElements !== undefined) return fetched < totalElements;
	return totalPages === undefined ? fetched >= pages * size : pages < totalPages;
}

function pagesFor(total: number | undefined, size: number): number | undefined {
	return total === undefined || size < 1 ? undefined : Math.max(1, Math.ceil(total / size));
}

function pagesChanged({ announced, delivered }: Mismatch): Failure {
	return securIdFailure('SECURID-PAGES-CHANGED', { values: { announced, delivered, attempts: ATTEMPTS } });
}
