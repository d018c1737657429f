import { gzipSync } from 'node:zlib';

import { fixedClock } from './clock';
import { FaultPlan, type FaultRule } from './faults';
import { startSiem, type SiemOptions, type SiemSimulator } from './siem/server';
import { ask, type Ask } from './testClient';

const clock = fixedClock(1_768_471_651_250);
let siem: SiemSimulator;
afterEach(async () => {
	await siem.close();
});

async function start(options: SiemOptions = {}, rules: FaultRule[] = []): Promise<SiemSimulator> {
	siem = await startSiem({ clock, faults: new FaultPlan(rules), ...options });
	return siem;
}

const EVENTS = [
	{ eventId: '7292599294452927927' },
	{ event: { id: 'nested' } },
	{ id: 3 },
	{ message: 'no id' },
];
const IDS = ['7292599294452927927', 'nested', '3', null];
const NDJSON = EVENTS.map((event) => JSON.stringify(event)).join('\n') + '\n';

async function post(body: unknown, headers: Record<string, string> = {}, more: Ask = {}) {
	return await ask(siem.endpoint, {
		method: 'POST',
		headers: { [siem.headerName]: siem.token, 'content-type': 'application/json', ...headers },
		body: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
		...more,
	});
}

describe('the collector', () => {
	it.each<[string, unknown, Record<string, string>]>([
		['array', EVENTS, {}],
		['events', { events: EVENTS, source: 'n8n' }, {}],
		['ndjson', NDJSON, { 'content-type': 'application/x-ndjson' }],
		['array', gzipSync(JSON.stringify(EVENTS)), { 'content-encoding': 'gzip' }],
		['ndjson', gzipSync(NDJSON), { 'content-encoding': 'gzip', 'content-type': 'application/x-ndjson' }],
	])('takes events as %s', async (form, body, headers) => {
		await start();
		const reply = await post(body, { ...headers, 'x-batch-id': 'b-1' });
		expect([reply.status, reply.text]).toEqual([200, '{"accepted":4}']);
		expect(siem.events.map(({ id, event }) => ({ id, event }))).toEqual(
			EVENTS.map((event, index) => ({ id: IDS[index], event })),
		);
		expect(siem.batches).toHaveLength(1);
		expect(siem.batches[0]).toMatchObject({ form, ids: IDS, headers: { 'x-batch-id': 'b-1' } });
	});

	it('takes CEF lines as text, with their escapes undone', async () => {
		await start();
		const lines =
			'CEF:0|RSA|SecurID|1|LOGIN|a\\|b|8|externalId=e1 msg=one\\ntwo \\= 2 suser=x\n<134>Jan 15 10:07:31 n8n CEF:0|SAFE|SAFE|1|X|Y|High|externalId=e2\n';
		expect((await post(lines, { 'content-type': 'text/plain; charset=utf-8' })).text).toBe('{"accepted":2}');
		expect(siem.ids()).toEqual(['e1', 'e2']);
		expect(siem.batches[0].form).toBe('cef');
		expect(siem.events[0].event).toMatchObject({
			name: 'a|b',
			severity: '8',
			extension: { externalId: 'e1', msg: 'one\ntwo = 2', suser: 'x' },
		});
	});

	it.each([
		['a severity of 11', 'CEF:0|V|P|1|S|N|11|externalId=a'],
		['six header fields', 'CEF:0|V|P|1|S|N'],
		['an escape that CEF does not know', 'CEF:0|V|P|1|S|N|5|msg=a\\|b'],
		['an unescaped equals sign', 'CEF:0|V|P|1|S|N|5|cs1=v=w'],
		['a key that stands twice', 'CEF:0|V|P|1|S|N|5|act=a act=b'],
		['text before the first key', 'CEF:0|V|P|1|S|N|5|some text act=b'],
	])('refuses a CEF line with %s, and the lines beside it', async (_, line) => {
		await start();
		const good = 'CEF:0|V|P|1|S|N|5|externalId=good';
		expect((await post(`${good}\n${line}`, { 'content-type': 'text/plain' })).status).toBe(400);
		expect(siem.events).toEqual([]);
	});

	it('keeps repeats and lists each id once', async () => {
		await start();
		await post(EVENTS);
		await post([EVENTS[0], { eventId: 'new' }]);
		expect(siem.events).toHaveLength(6);
		expect(siem.events.map(({ batchIndex }) => batchIndex)).toEqual([0, 0, 0, 0, 1, 1]);
		expect(siem.ids()).toEqual(['7292599294452927927', 'nested', '3', 'new']);
	});

	it.each<[string, number, unknown, Record<string, string>]>([
		['a wrong token', 401, EVENTS, { 'X-Collector-Token': 'wrong' }],
		['broken JSON', 400, '[{]', {}],
		['an object without events', 400, { rows: [] }, {}],
		['an event that is none', 400, [{}, 'text'], {}],
		['nothing', 400, 'null', {}],
		['a broken line', 400, '{}\n{', { 'content-type': 'application/x-ndjson' }],
		['no gzip where gzip is claimed', 400, EVENTS, { 'content-encoding': 'gzip' }],
		['another encoding', 415, EVENTS, { 'content-encoding': 'br' }],
		['another content type', 415, EVENTS, { 'content-type': 'text/csv' }],
		['JSON where CEF lines are claimed', 400, EVENTS, { 'content-type': 'text/plain' }],
	])('refuses %s with %i and keeps nothing of the batch', async (_, status, body, headers) => {
		await start();
		const reply = await post(body, headers);
		expect(reply.status).toBe(status);
		expect(JSON.parse(reply.text)).toEqual({ error: expect.any(String) as string });
		expect([siem.events, siem.batches]).toEqual([[], []]);
	});

	it('refuses what is too large, before or after decompression, with 413', async () => {
		await start({ maxBytes: 1000 });
		const large = JSON.stringify([{ id: 'x'.repeat(2000) }]);
		expect((await post(large)).status).toBe(413);
		expect(gzipSync(large).length).toBeLessThan(1000);
		expect((await post(gzipSync(large), { 'content-encoding': 'gzip' })).status).toBe(413);
		expect((await post([{ id: 'x'.repeat(900) }])).status).toBe(200);
	});

	it('takes only POST to /events', async () => {
		await start();
		expect((await post(EVENTS, {}, { method: 'PUT' })).status).toBe(405);
		expect((await ask(siem.url, { method: 'POST' })).status).toBe(404);
	});

	it('asks to wait when there are too many requests', async () => {
		await start({ requestsPerMinute: 1 });
		expect((await post(EVENTS)).status).toBe(200);
		clock.advance(15_500);
		expect(await post(EVENTS)).toMatchObject({ status: 429, headers: { 'retry-after': '45' } });
		clock.advance(45_000);
		expect((await post(EVENTS)).status).toBe(200);
	});

	it('has the header and token it was given', async () => {
		await start({ headerName: 'Authorization', token: 'Splunk fake' });
		expect((await post(EVENTS)).status).toBe(200);
	});

	it('takes events and then loses its answer by a fault', async () => {
		await start({}, [{ on: { nth: 1 }, do: { reset: 'inBody' } }]);
		expect((await post(EVENTS)).failure).toBe('ECONNRESET');
		expect(siem.ids()).toHaveLength(3);
	});

	it('takes no events when a fault answers in its place', async () => {
		await start({}, [{ on: { nth: 1 }, do: { status: 503 } }]);
		expect(await post(EVENTS)).toMatchObject({ status: 503, text: '{"error":"told to fail"}' });
		expect(siem.events).toEqual([]);
	});
});
