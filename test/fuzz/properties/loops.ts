import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Failure } from '../../../nodes/shared/core/failure';
import { readPages } from '../../../nodes/shared/core/pagination';
import { fullJitterMs, retryRead } from '../../../nodes/shared/core/retry';
import { readWindow } from '../../../nodes/shared/securid/logs';
import { isFailureNamed, type Property, property } from '../property';

const area = 'loops';

const failed = (retryable: boolean, retryAfterMs?: number) => new Failure('TEST', { message: 'm', advice: 'a', cause: 'temporarily-unavailable', retryable }, { retryAfterMs });

/** What a vendor does with one request for a page. */
const fate = fc.constantFrom('honest', 'honest', 'honest', 'honest', 'grown', 'repeated', 'short', 'empty');

export const LOOP_PROPERTIES: Property[] = [
	property({
		area,
		rule: 'pages come in their order, each once, whatever order they arrive in; a page that fails throws after those before it',
		weight: 30,
		cases: () => fc.record({ pages: fc.integer({ min: 1, max: 12 }), told: fc.boolean(), concurrency: fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 4 }), turns: fc.array(fc.nat(4), { minLength: 12, maxLength: 12 }), fails: fc.option(fc.nat(11), { nil: undefined }), maxPages: fc.integer({ min: 1, max: 14 }) }),
		check: async ({ pages, told, concurrency, turns, fails, maxPages }) => {
			const tooMany = new Error('too many');
			const broken = new Error('broken');
			let inFlight = 0;
			let asked = 0;
			const got: number[] = [];
			const source = {
				fetchPage: async (index: number) => {
					inFlight++;
					assert.ok(inFlight <= Math.max(1, ...concurrency), 'more pages in flight than allowed');
					for (let turn = 0; turn < turns[index % 12]; turn++) await Promise.resolve();
					inFlight--;
					if (index === fails) throw broken;
					return index;
				},
				pageCount: () => (told ? pages : undefined),
				hasMore: (page: number) => page + 1 < pages,
				concurrency: () => concurrency[asked++ % concurrency.length],
				maxPages,
				tooMany: () => tooMany,
			};
			let error: unknown;
			try {
				for await (const page of readPages(source)) got.push(page);
			} catch (caught) {
				error = caught;
			}
			assert.deepStrictEqual(got, got.map((_page, at) => at));
			if (error === undefined) assert.equal(got.length, pages);
			else if (error === broken) assert.equal(got.length, fails);
			else {
				assert.equal(error, tooMany);
				assert.ok(pages > maxPages);
			}
		},
	}),
	property({
		area,
		rule: 'a read is tried as often as allowed and no more, with pauses that stay in their bounds',
		weight: 50,
		cases: () => fc.record({ attempts: fc.integer({ min: 1, max: 6 }), baseMs: fc.integer({ min: 1, max: 5_000 }), maxMs: fc.integer({ min: 1, max: 60_000 }), chance: fc.double({ min: 0, max: 0.999, noNaN: true }), outcomes: fc.array(fc.oneof(fc.constantFrom('ok' as const, 'again' as const, 'again' as const, 'never' as const, 'crash' as const), fc.nat(120_000)), { maxLength: 8 }) }),
		check: async ({ attempts, baseMs, maxMs, chance, outcomes }) => {
			let tries = 0;
			const pauses: number[] = [];
			const read = async () => {
				const outcome = outcomes[tries++] ?? 'ok';
				if (outcome === 'ok') return tries;
				if (outcome === 'crash') throw new TypeError('crash');
				throw failed(outcome !== 'never', typeof outcome === 'number' ? outcome : undefined);
			};
			const waiting = { now: () => 0, sleep: async (ms: number) => void pauses.push(ms), random: () => chance };
			const ended = await retryRead(read, waiting, { attempts, baseMs, maxMs }).then((value) => value, (error: unknown) => error);
			assert.ok(tries <= attempts);
			assert.equal(pauses.length, tries - 1);
			pauses.forEach((ms, at) => {
				const outcome = outcomes[at];
				assert.ok(ms >= 0 && ms <= maxMs);
				if (typeof outcome === 'number') assert.equal(ms, outcome);
				else assert.ok(ms >= Math.floor(Math.min(baseMs * 2 ** at, maxMs) / 2));
			});
			const last = outcomes[tries - 1] ?? 'ok';
			if (last === 'ok') assert.equal(ended, tries);
			else assert.ok(ended instanceof Error);
			if (last === 'again') assert.equal(tries, attempts);
			assert.ok(fullJitterMs(Math.max(tries, 1), { baseMs, maxMs }, () => chance) <= maxMs);
		},
	}),
	property({
		area,
		rule: 'a window of SecurID is read whole, each event once, or ends in words: pages that repeat, shrink or grow never pass for it',
		weight: 25,
		atLeast: 0.3,
		cases: () => fc.record({ events: fc.nat(30), pageSize: fc.integer({ min: 1, max: 10 }), concurrency: fc.integer({ min: 1, max: 4 }), counts: fc.constantFrom('both', 'pages', 'elements'), fates: fc.array(fate, { maxLength: 12 }) }),
		check: async ({ events, pageSize, concurrency, counts, fates }) => {
			const all = Array.from({ length: events }, (_none, at) => ({ eventId: String(9_000_000_000_000_000_000n + BigInt(at)) }));
			let requests = 0;
			let struck = false;
			const logPage = async ({ pageIndex }: { pageIndex: number }) => {
				const happens = fates[requests++] ?? 'honest';
				const at = happens === 'repeated' && pageIndex > 0 ? pageIndex - 1 : pageIndex;
				const honest = all.slice(at * pageSize, (at + 1) * pageSize);
				const page = happens === 'short' ? honest.slice(1) : happens === 'empty' ? [] : honest;
				struck ||= happens !== 'honest';
				const total = events + (happens === 'grown' ? 1 : 0);
				return { events: page, pageSize, totalElements: counts === 'pages' ? undefined : total, totalPages: counts === 'elements' ? undefined : Math.ceil(events / pageSize) };
			};
			try {
				const read = await readWindow({ logPage }, { afterMs: 0, untilMs: 1, pageSize, concurrency: () => concurrency, wanted: () => true });
				const ids = read.events.map(({ eventId }) => eventId);
				assert.equal(new Set(ids).size, ids.length);
				assert.equal(read.fetched, read.events.length + read.filtered);
				// Without a total, what is missing of the last page leaves no trace; nothing else may be missing.
				const may = counts === 'pages' ? all.slice(0, Math.max(0, Math.ceil(events / pageSize) - 1) * pageSize) : all;
				for (const { eventId } of may) assert.ok(ids.includes(eventId), 'a short answer passed for a whole one');
			} catch (error) {
				assert.ok(isFailureNamed(error), String(error));
				assert.ok(struck, 'an honest vendor was refused');
			}
			return struck;
		},
	}),
];
