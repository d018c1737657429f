import { gunzipSync } from 'node:zlib';
import { type HttpRequest, type HttpResponse, TransportError } from '../../../../nodes/shared/core/http';
import { cutIntoBatches } from '../../../../nodes/shared/delivery/siem/batches';
import { deliver, type DeliverySettings } from '../../../../nodes/shared/delivery/siem/deliver';
import { batchId } from '../../../../nodes/shared/delivery/siem/facts';
import { prepare } from '../../../../nodes/shared/delivery/siem/prepare';
import type { Destination } from '../../../../nodes/shared/delivery/siem/types';
import { fakeClock } from '../../clock';
import { DESTINATIONS } from './destinations';

const answer = (status: number, text = '', headers: Record<string, string> = {}): HttpResponse => ({ status, headers, text });
const bulk = (...statuses: number[]) => answer(200, JSON.stringify({ items: statuses.map((status) => ({ create: { status, ...(status === 400 && { error: { reason: 'bad' } }) } })) }));
const textOf = ({ body, headers = {} }: HttpRequest) => (headers['content-encoding'] === 'gzip' ? gunzipSync(body as Uint8Array).toString() : new TextDecoder().decode(body));

/** Delivers events e0, e1 … to answers that come one after another; the last one stays. */
async function run(destination: Destination, count: number, size: number, answers: Array<HttpResponse | Error>, settings: Partial<DeliverySettings> = {}) {
	const clock = fakeClock();
	const startMs = clock.now();
	const { written } = prepare(Array.from({ length: count }, (_none, at) => ({ eventId: `e${at}` })), destination, {}, startMs);
	const requests: HttpRequest[] = [];
	const retries: Array<[string, number]> = [];
	const delivery = await deliver({
		...{ destination, batches: cutIntoBatches(written, destination.frame, size, 1e6), baseUrl: 'https://siem.example.com/base', waiting: clock },
		async send(request) {
			requests.push(request);
			const given = answers.length > 1 ? answers.shift() : answers[0];
			if (given instanceof Error) throw given;
			return given as HttpResponse;
		},
		redact: (text) => text.replaceAll('s3cr3t', '[removed]'),
		onRetry: ({ code }, pauseMs) => void retries.push([code, pauseMs]),
		...{ concurrency: 1, attempts: 3, deadlineMs: startMs + 600_000, timeoutMs: 60_000, compress: false, stopAtRefusal: false },
		...settings,
	});
	return { delivery, requests, retries, pauses: clock.pauses };
}

it('a batch that was taken in part is told apart event by event, and only the rest is sent again', async () => {
	const { delivery, requests, retries } = await run(DESTINATIONS.elasticBulk, 5, 5, [bulk(429, 409, 201, 400, 503), bulk(503, 429), bulk(429, 201), bulk(201)]);
	expect(requests.map((request) => textOf(request).match(/e\d"}}/g)?.length)).toEqual([5, 2, 2, 1]);
	// The pause grows while nothing is taken, and begins anew afterwards.
	expect(retries).toEqual([['SIEM-429-RATE', 1_000], ['SIEM-5XX-SERVER', 2_000], ['SIEM-429-RATE', 1_000]]);
	expect(delivery.rejected).toEqual([{ item: 3, id: 'e3', reason: 'bad', status: 400, attempts: 1 }]);
	expect(delivery.delivered).toMatchObject([{ number: 0, requests: 4, alreadyThere: 1, maybeDuplicated: false }]);
	expect(delivery.delivered[0].events.map(({ id, text, attempts }) => [id, text, attempts])).toEqual([['e0', '', 4], ['e1', '', 1], ['e2', '', 1], ['e4', '', 3]]);
	expect([delivery.left, delivery.failure]).toEqual([[], undefined]);
});

it('a batch of which the rest is refused for good is done', async () => {
	const { delivery, requests } = await run(DESTINATIONS.elasticBulk, 2, 2, [bulk(400, 201)]);
	expect([requests.length, delivery.rejected.length, delivery.delivered[0].events.length, delivery.failure]).toEqual([1, 1, 1, undefined]);
});

it('a batch of which nothing is taken again and again is given up after the last try', async () => {
	const { delivery, requests } = await run(DESTINATIONS.elasticBulk, 2, 2, [bulk(429, 429)]);
	// Their texts are let go, so that a long delivery does not hold them to the end.
	expect([requests.length, delivery.left.map(({ id, text }) => [id, text]), delivery.delivered, delivery.failure?.code]).toEqual([3, [['e0', ''], ['e1', '']], [], 'SIEM-429-RATE']);
});

it('a request goes to the path of the receiver, with the ID of its batch, packed where the user wants it', async () => {
	const { requests } = await run(DESTINATIONS.ndjson, 2, 2, [answer(200)], { compress: true });
	const [{ body: _body, ...request }] = requests;
	expect(request).toEqual({ method: 'POST', url: 'https://siem.example.com/base', headers: { 'content-type': 'application/x-ndjson', 'webhook-id': batchId(['e0', 'e1']), 'content-encoding': 'gzip' }, timeoutMs: 60_000 });
	expect(textOf(requests[0])).toBe('{"eventId":"e0"}\n{"eventId":"e1"}\n');
	const plain = await run(DESTINATIONS.datadog, 1, 1, [answer(202)]);
	expect(plain.requests.map(({ url, headers }) => [url, headers])).toEqual([['https://siem.example.com/base/api/v2/logs', { 'content-type': 'application/json' }]]);
	expect(textOf(plain.requests[0])).toBe('[{"eventId":"e0"}]');
});

it('a request waits no longer than there is time, but a second at least', async () => {
	const patience = async (leftMs: number) => (await run(DESTINATIONS.ndjson, 1, 1, [answer(200)], { deadlineMs: fakeClock().now() + leftMs })).requests[0]?.timeoutMs;
	expect([await patience(90_000), await patience(5_000), await patience(10)]).toEqual([60_000, 5_000, 1_000]);
});

it('nothing is sent from the deadline on, and no pause is begun that would reach it', async () => {
	const late = await run(DESTINATIONS.ndjson, 2, 1, [answer(200)], { deadlineMs: fakeClock().now() });
	expect([late.requests.length, late.delivery.failure?.code, late.delivery.left.map(({ id }) => id)]).toEqual([0, 'SIEM-DEADLINE', ['e0', 'e1']]);
	const paused = async (deadline: number) => (await run(DESTINATIONS.ndjson, 1, 1, [answer(503), answer(200)], { deadlineMs: fakeClock().now() + deadline })).pauses;
	expect([await paused(1_000), await paused(1_001)]).toEqual([[], [1_000]]);
});

it('a fault that cannot pass ends the delivery at once, and names the receiver and its field', async () => {
	const { delivery, requests } = await run(DESTINATIONS.ndjson, 3, 1, [new TransportError('tls', 'CERT_HAS_EXPIRED')]);
	expect([requests.length, delivery.left.length, delivery.failure?.message]).toEqual([1, 3, 'The certificate of the host in "Webhook URL" was not accepted (SIEM-NET-TLS)']);
});

it('a host that is not known has taken nothing, and a wait that is cancelled ends the delivery', async () => {
	const unknown = await run(DESTINATIONS.ndjson, 1, 1, [new TransportError('dns', 'ENOTFOUND'), answer(200)]);
	expect(unknown.delivery.delivered[0].maybeDuplicated).toBe(false);
	const sleep = async () => await Promise.reject(new TransportError('cancelled', 'ABORT_ERR'));
	for (const headers of [{}, { 'retry-after': '5' }]) {
		const { delivery } = await run(DESTINATIONS.ndjson, 2, 1, [answer(503, '', headers as Record<string, string>), answer(200)], { waiting: { ...fakeClock(), sleep } });
		expect([delivery.failure?.code, delivery.left.length]).toEqual(['SIEM-CANCELLED', 2]);
	}
});

it('an event that the receiver names is tried alone first, and what was delivered keeps the order of the input', async () => {
	const named = (at: number) => answer(400, JSON.stringify({ text: 'no s3cr3t', code: 6, 'invalid-event-number': at }));
	const { delivery, requests } = await run(DESTINATIONS.splunkHec, 4, 4, [named(2), named(0), answer(200, '{"code":0}')]);
	expect(requests.map((request) => textOf(request).match(/e\d(?="},)/g)?.join())).toEqual(['e0,e1,e2,e3', 'e2', 'e0,e1,e3']);
	expect(delivery.rejected).toMatchObject([{ id: 'e2', reason: 'no [removed]', attempts: 2 }]);
	expect(delivery.delivered[0].events.map(({ id }) => id)).toEqual(['e0', 'e1', 'e3']);
});

it('a batch that is too large is halved, first half first, as often as it takes', async () => {
	const { requests, delivery } = await run(DESTINATIONS.ndjson, 5, 5, [answer(413), answer(413), answer(200)]);
	expect(requests.map((request) => textOf(request).match(/e\d/g)?.join())).toEqual(['e0,e1,e2,e3,e4', 'e0,e1,e2', 'e0,e1', 'e2', 'e3,e4']);
	expect(delivery.delivered[0].events.map(({ id }) => id)).toEqual(['e0', 'e1', 'e2', 'e3', 'e4']);
	expect((await run(DESTINATIONS.ndjson, 1, 1, [answer(413)])).delivery.rejected).toMatchObject([{ id: 'e0', reason: 'it is larger than the receiver takes' }]);
});

it.each([[1, 1], [3, 3], [9, 4], [0, 1]])('with %i lanes wanted, %i batches are in flight after the first', async (concurrency, most) => {
	let [now, highest] = [0, 0];
	const { delivery } = await run(DESTINATIONS.ndjson, 12, 1, [answer(200)], {
		concurrency,
		async send() {
			highest = Math.max(highest, ++now);
			// Later batches answer sooner.
			for (let turn = 20 - now; turn > 0; turn--) await Promise.resolve();
			now--;
			return answer(200);
		},
	});
	expect(highest).toBe(most);
	expect(delivery.delivered.map(({ number }) => number)).toEqual(Array.from({ length: 12 }, (_none, at) => at));
});
