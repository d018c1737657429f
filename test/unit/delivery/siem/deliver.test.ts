import fc from 'fast-check';
import { type HttpRequest, type HttpResponse, TransportError } from '../../../../nodes/shared/core/http';
import { cutIntoBatches } from '../../../../nodes/shared/delivery/siem/batches';
import { deliver, type Delivery, type DeliverySettings, MOST_SEARCHES } from '../../../../nodes/shared/delivery/siem/deliver';
import { generic } from '../../../../nodes/shared/delivery/siem/destinations/generic';
import { splunkHec } from '../../../../nodes/shared/delivery/siem/destinations/splunkHec';
import { prepare } from '../../../../nodes/shared/delivery/siem/prepare';
import type { Destination } from '../../../../nodes/shared/delivery/siem/types';
import { forAll, generated } from '../../generated';

const RUNS = 1_500;
const NOW = Date.parse('2026-01-15T10:00:00Z');

const WEBHOOK = generic({ format: 'json', secretField: 'Bearer Token', signed: false, cefLine: () => '' });

type Receive = (request: HttpRequest, ids: string[]) => HttpResponse | Promise<HttpResponse>;

interface Asked {
	count?: number;
	size?: number;
	destination?: Destination;
	receive: Receive;
	settings?: Partial<DeliverySettings>;
}

const answer = (status: number, text = '', headers: Record<string, string> = {}): HttpResponse => ({ status, headers, text });

const idsIn = ({ body }: HttpRequest) => [...new TextDecoder().decode(body).matchAll(/"eventId":"(\w+)"/g)].map(([, id]) => id);

/** Delivers `count` events to a receiver that is a function; time moves by pauses alone. */
async function run({ count = 10, size = 5, destination = WEBHOOK, receive, settings = {} }: Asked) {
	const items = Array.from({ length: count }, (_none, at) => ({ eventId: `e${at}` }));
	const { written } = prepare(items, destination, {}, NOW);
	const slept: number[] = [];
	const requests: string[][] = [];
	let nowMs = NOW;
	const delivery = await deliver({
		destination,
		batches: cutIntoBatches(written, destination.frame, size, 1e6),
		baseUrl: 'https://siem.example.com',
		async send(request) {
			requests.push(idsIn(request));
			return await receive(request, idsIn(request));
		},
		waiting: {
			now: () => nowMs,
			async sleep(ms) {
				slept.push(ms);
				nowMs += ms;
			},
			random: () => 0.5,
		},
		redact: (text) => text,
		concurrency: 1,
		attempts: 5,
		deadlineMs: NOW + 3_600_000,
		timeoutMs: 60_000,
		compress: false,
		stopAtRefusal: false,
		...settings,
	});
	return { delivery, slept, requests };
}

const deliveredIn = ({ delivered }: Delivery) => delivered.flatMap(({ events }) => events.map(({ id }) => id));
const accountedFor = (delivery: Delivery) =>
	[...deliveredIn(delivery), ...delivery.rejected.map(({ id }) => id), ...delivery.left.map(({ id }) => id)].sort();

describe('delivering batches', () => {
	it('pauses for up to 1, 2, 4 … seconds, half of it by a chance of one half, and gives up after the last try', async () => {
		const { delivery, slept } = await run({ count: 5, receive: () => answer(503) });
		expect(slept).toEqual([500, 1_000, 2_000, 4_000]);
		expect(delivery.failure?.code).toBe('SIEM-5XX-SERVER');
		expect(delivery.left).toHaveLength(5);
	});

	it('waits as long as the receiver asks, in seconds or until a date, rather than by its own measure', async () => {
		const asked = ['7', new Date(NOW + 30_000).toUTCString(), undefined];
		const { slept, delivery } = await run({
			count: 5,
			receive: () => (asked.length > 1 ? answer(429, '', { 'retry-after': String(asked.shift()) }) : answer(200)),
		});
		expect(slept).toEqual([7_000, 23_000]);
		expect(deliveredIn(delivery)).toHaveLength(5);
	});

	it('gives up at once when the receiver asks for a longer pause than there is time', async () => {
		const { slept, delivery } = await run({ receive: () => answer(429, '', { 'retry-after': '7200' }) });
		expect(slept).toEqual([]);
		expect(delivery.failure).toMatchObject({ code: 'SIEM-429-RATE', details: { retryAfterMs: 7_200_000 } });
	});

	describe('a pause that the receiver asked for', () => {
		beforeEach(() => jest.useFakeTimers({ now: NOW }));
		afterEach(() => jest.useRealTimers());

		const wait = async (ms: number) => await new Promise<void>((resolve) => setTimeout(resolve, ms));

		/** Forty events in eight batches, four at once, 100 ms each; the third request is told after 50 ms to wait 9 s, the fourth 2 s. */
		async function refusedWhileOthersTravel(waiting: DeliverySettings['waiting']) {
			const startedMs: number[] = [];
			const delivering = run({
				count: 40,
				async receive() {
					const number = startedMs.push(Date.now() - NOW);
					const seconds = { 3: '9', 4: '2' }[number];
					await wait(seconds ? 50 : 100);
					return seconds ? answer(429, '', { 'retry-after': seconds }) : answer(200);
				},
				settings: { concurrency: 4, waiting },
			});
			await jest.runAllTimersAsync();
			return { startedMs, delivery: (await delivering).delivery };
		}

		it('holds back every batch, to the end of the longest', async () => {
			const { startedMs, delivery } = await refusedWhileOthersTravel({ now: () => Date.now(), sleep: wait });
			// The first alone, four after it, and the others once nine seconds have passed since the refusal.
			expect(startedMs).toEqual([0, 100, 100, 100, 100, 9_150, 9_150, 9_150, 9_250, 9_250]);
			expect(deliveredIn(delivery)).toHaveLength(40);
		});

		it.each([
			['stands still', 0],
			['is set back by an hour', -3_600_000],
		])("is over after the sleep, also when the computer's clock %s meanwhile", async (_, stepMs) => {
			let slept = 0;
			const { startedMs, delivery } = await refusedWhileOthersTravel({
				now: () => Date.now(),
				async sleep(ms) {
					slept += ms;
					jest.setSystemTime(Date.now() + stepMs);
				},
			});
			expect([startedMs.length, slept]).toEqual([10, 11_000]);
			expect(deliveredIn(delivery)).toHaveLength(40);
		});

		it('is not begun once the delivery has failed: nothing more is sent', async () => {
			const startedMs: number[] = [];
			const slept: number[] = [];
			const waiting = { now: () => Date.now(), sleep: async (ms: number) => await wait(slept.push(ms) && ms) };
			const delivering = run({
				count: 40,
				async receive() {
					const number = startedMs.push(Date.now() - NOW);
					await wait({ 3: 50, 4: 40 }[number] ?? 100);
					return { 3: answer(429, '', { 'retry-after': '9' }), 4: answer(401) }[number] ?? answer(200);
				},
				settings: { concurrency: 4, waiting },
			});
			await jest.runAllTimersAsync();
			const { delivery } = await delivering;
			expect([startedMs.length, slept]).toEqual([5, []]);
			expect(delivery.failure?.code).toBe('SIEM-401-TOKEN');
			expect([deliveredIn(delivery).length, delivery.left.length]).toEqual([15, 25]);
		});

		it('ends for every batch when the execution is cancelled meanwhile', async () => {
			const sleep = async () => await Promise.reject(new TransportError('cancelled', 'stopped'));
			const { startedMs, delivery } = await refusedWhileOthersTravel({ now: () => Date.now(), sleep });
			expect(startedMs).toHaveLength(5);
			expect(delivery.failure?.code).toBe('SIEM-CANCELLED');
			expect(deliveredIn(delivery).length + delivery.left.length).toBe(40);
		});
	});

	it('writes the next batch only once the one before it has left, since writing holds up everything else', async () => {
		const log: string[] = [];
		const { written } = prepare(Array.from({ length: 20 }, (_none, at) => ({ eventId: `e${at}` })), WEBHOOK, {}, NOW);
		function* batches() {
			for (const batch of cutIntoBatches(written, WEBHOOK.frame, 5, 1e6)) {
				log.push(`written ${batch.number}`);
				yield batch;
			}
		}
		await run({
			receive: (_request, [first]) => (log.push(`sent ${Number(first.slice(1)) / 5}`), answer(200)),
			settings: {
				batches: batches(),
				waiting: {
					now: () => NOW,
					sleep: async () => {},
					turn: async () => await new Promise((resolve) => setImmediate(resolve)),
				},
			},
		});
		expect(log).toEqual(['written 0', 'sent 0', 'written 1', 'sent 1', 'written 2', 'sent 2', 'written 3', 'sent 3']);
	});

	it('asks with the first batch alone, so that a wrong secret costs one request', async () => {
		const { requests, delivery } = await run({ count: 100, receive: () => answer(401), settings: { concurrency: 4 } });
		expect(requests).toHaveLength(1);
		expect(delivery.left).toHaveLength(100);
		expect(delivery.failure?.code).toBe('SIEM-401-TOKEN');
	});

	it('sends the event that Splunk names alone, so that a number counted from elsewhere costs no good event', async () => {
		const destination = splunkHec({ channel: '00000000-0000-4000-8000-000000000000' });
		const poisoned = (ids: string[]) => ids.includes('e3');
		const { delivery } = await run({
			destination,
			// Names the event before.
			receive: (_request, ids) => (poisoned(ids) ? answer(400, JSON.stringify({ text: 'Invalid data format', code: 6, 'invalid-event-number': Math.max(0, ids.indexOf('e3') - 1) })) : answer(200, '{"text":"Success","code":0}')),
		});
		expect(delivery.rejected).toMatchObject([{ id: 'e3', reason: 'Invalid data format', status: 400 }]);
		expect(deliveredIn(delivery)).toHaveLength(9);
	});

	it('ends the search for refused events when nothing fits, instead of asking for each of ten thousand', async () => {
		const { delivery, requests } = await run({ count: 10_000, size: 500, receive: () => answer(400, '{"message":"no such field"}') });
		expect(delivery.failure).toMatchObject({ code: 'SIEM-REFUSED-MANY', details: { status: 400, vendorMessage: 'no such field' } });
		expect(`${delivery.failure?.message} ${delivery.failure?.advice}`).toContain('The webhook refuses so many events');
		expect(`${delivery.failure?.message} ${delivery.failure?.advice}`).toContain(`after ${MOST_SEARCHES} requests`);
		expect(requests.filter((ids) => ids.length > 1)).toHaveLength(MOST_SEARCHES + 1);
		expect(requests.length).toBeLessThan(3 * MOST_SEARCHES);
		expect(accountedFor(delivery)).toHaveLength(10_000);
	});

	it('halves batches that are too large as often as it takes: that is no search for refused events', async () => {
		const count = MOST_SEARCHES + 100;
		const { delivery } = await run({ count, size: count, receive: (_request, ids) => answer(ids.length > 1 ? 413 : 200) });
		expect([deliveredIn(delivery).length, delivery.failure]).toEqual([count, undefined]);
	});

	it('says that a batch may have arrived twice after a lost answer, and not after a refusal', async () => {
		const once = async (first: () => HttpResponse) => {
			let asked = 0;
			const { delivery } = await run({ count: 3, receive: () => (++asked === 1 ? first() : answer(200)) });
			return delivery.delivered[0].maybeDuplicated;
		};
		const lost = (problem: 'reset' | 'timeout' | 'refused') => () => {
			throw new TransportError(problem, 'CODE');
		};
		expect(await once(lost('reset'))).toBe(true);
		expect(await once(lost('timeout'))).toBe(true);
		expect(await once(() => answer(504))).toBe(true);
		expect(await once(lost('refused'))).toBe(false);
		expect(await once(() => answer(503))).toBe(false);
		expect(await once(() => answer(429))).toBe(false);
	});

	it('stops at the first refused event when it is told to, and leaves the rest', async () => {
		const { delivery } = await run({ count: 20, receive: (_request, ids) => answer(ids.includes('e7') ? 422 : 200), settings: { stopAtRefusal: true } });
		expect(delivery.rejected.map(({ id }) => id)).toEqual(['e7']);
		expect(delivery.failure?.message).toMatch(/^Event e7 \(item 7\)/);
		expect(delivery.left.length).toBeGreaterThan(0);
		expect(accountedFor(delivery)).toHaveLength(20);
	});

	it(`loses no event and delivers none twice without a warning, whatever the receiver does, ${generated(RUNS)}`, async () => {
		const behaviour = fc.constantFrom('ok', 'ok', 'ok', '429', '503', '413', '400', 'reset before', 'reset after', '401');
		await forAll(
			RUNS,
			fc.record({
				script: fc.array(behaviour, { minLength: 1, maxLength: 40 }),
				count: fc.integer({ min: 0, max: 40 }),
				size: fc.integer({ min: 1, max: 12 }),
				concurrency: fc.integer({ min: 1, max: 4 }),
				poison: fc.uniqueArray(fc.integer({ min: 0, max: 39 }), { maxLength: 3 }),
				stopAtRefusal: fc.boolean(),
			}),
			async ({ script, count, size, concurrency, poison, stopAtRefusal }) => {
				const stored: string[] = [];
				let asked = 0;
				const { delivery } = await run({
					count,
					size,
					settings: { concurrency, stopAtRefusal },
					async receive(_request, ids) {
						const does = script[asked++] ?? 'ok';
						await Promise.resolve();
						if (/^\d/.test(does)) return answer(Number(does));
						if (does === 'reset before') throw new TransportError('reset', 'ECONNRESET');
						if (poison.some((at) => ids.includes(`e${at}`))) return answer(400);
						stored.push(...ids);
						if (does === 'reset after') throw new TransportError('reset', 'ECONNRESET');
						return answer(200);
					},
				});
				expect(accountedFor(delivery)).toEqual(Array.from({ length: count }, (_none, at) => `e${at}`).sort());
				expect(deliveredIn(delivery).filter((id) => !stored.includes(id))).toEqual([]);
				expect(delivery.left.length > 0 && !delivery.failure).toBe(false);
				if (!stopAtRefusal && !delivery.failure) expect(poison.filter((at) => at < count && deliveredIn(delivery).includes(`e${at}`))).toEqual([]);
				const twice = stored.filter((id, at) => stored.indexOf(id) !== at);
				const warned = delivery.delivered.filter(({ maybeDuplicated }) => maybeDuplicated).flatMap(({ events }) => events.map(({ id }) => id));
				const settled = new Set(deliveredIn(delivery));
				expect(twice.filter((id) => settled.has(id) && !warned.includes(id))).toEqual([]);
			},
		);
	});
});
