import { startSplunkHec, type SplunkHecOptions, type SplunkHecSimulator } from './splunk/server';
import { ask } from './testClient';

let hec: SplunkHecSimulator;
afterEach(async () => {
	await hec.close();
});

async function start(options: SplunkHecOptions = {}): Promise<void> {
	hec = await startSplunkHec(options);
}

async function post(body: string, headers: Record<string, string> = {}, path = '/services/collector/event') {
	const given = { authorization: `Splunk ${hec.token}`, ...headers };
	const sent = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''));
	const { status, text } = await ask(`${hec.url}${path}`, { method: 'POST', headers: sent, body });
	return { status, answer: JSON.parse(text) as Record<string, unknown> };
}

const GOOD =
	'{"event":{"id":"a"},"time":1768471651.25,"fields":{"event_id":"7292599294452927927","tags":["x"]}}';

it('takes objects with or without blanks between them; ids come from fields.event_id first', async () => {
	await start();
	expect(await post(`${GOOD}\n {"event":"text {\\"id\\""}{"event":{"id":"b"}}\n`)).toEqual({
		status: 200,
		answer: { text: 'Success', code: 0 },
	});
	expect(hec.events.map(({ id }) => id)).toEqual(['7292599294452927927', null, 'b']);
	expect(hec.events[0].event.time).toBe(1_768_471_651.25);
});

it.each<[string, number, number, number, string]>([
	['an array', 400, 6, 0, `[${GOOD}]`],
	['objects with commas between them', 400, 6, 1, `${GOOD},${GOOD}`],
	['an object that does not end', 400, 6, 1, `${GOOD}{"event":"x"`],
	['text', 400, 6, 0, 'hello'],
	['a time that is no number', 400, 6, 0, '{"event":1,"time":"yesterday"}'],
	['an event over its limit', 400, 6, 1, `${GOOD}{"event":"${'x'.repeat(300)}"}`],
	['an index that is not allowed', 400, 7, 2, `${GOOD}{"event":1,"index":"other"}`],
	['no event', 400, 12, 1, `${GOOD}{"time":1}`],
	['a blank event', 400, 13, 1, `${GOOD}{"event":" "}`],
	['a null event', 400, 13, 0, '{"event":null}'],
	['nested fields', 400, 15, 0, '{"event":1,"fields":{"a":{"b":1}}}'],
])(
	'refuses %s with %i, code %i and event number %i, and stores nothing of the request',
	async (_, status, code, number, body) => {
		await start({ maxEventBytes: 250 });
		expect(await post(body)).toMatchObject({ status, answer: { code, 'invalid-event-number': number } });
		expect(hec.events).toEqual([]);
	},
);

it.each<[string, number, number, Record<string, string>, string]>([
	['no token', 401, 2, { authorization: '' }, ''],
	['the word Bearer', 401, 3, { authorization: 'Bearer b0a1c2d3-fake' }, ''],
	['no word at all', 401, 3, { authorization: 'b0a1c2d3-fake' }, ''],
	['an unknown token', 403, 4, { authorization: 'Splunk other' }, ''],
	['a disabled token', 403, 1, { authorization: 'Splunk off' }, ''],
	['the token in the query', 400, 16, { authorization: '' }, '?token=b0a1c2d3-fake'],
	['a broken channel', 400, 11, { 'x-splunk-request-channel': 'no-guid' }, ''],
])('refuses %s with %i and code %i', async (_, status, code, headers, query) => {
	await start({ disabledTokens: ['off'] });
	expect(await post(GOOD, headers, `/services/collector/event${query}`)).toMatchObject({
		status,
		answer: { code },
	});
	expect(hec.events).toEqual([]);
});

it('refuses an empty body, one over the limit, another path and another method', async () => {
	await start({ maxBytes: 200 });
	expect(await post('\n')).toMatchObject({ status: 400, answer: { code: 5 } });
	expect(await post(GOOD + GOOD + GOOD)).toMatchObject({ status: 413, answer: { code: 27 } });
	expect((await post(GOOD, {}, '/services/other')).status).toBe(404);
	expect((await ask(hec.endpoint)).status).toBe(405);
	expect(hec.events).toEqual([]);
});

it('may keep the events before the bad one of a request, where a test wants that', async () => {
	await start({ keepsEventsBeforeBadOne: true });
	expect((await post(`${GOOD}{"time":1}${GOOD}`)).status).toBe(400);
	expect(hec.events).toHaveLength(1);
});

it('says that it is healthy, and that acknowledgement is off', async () => {
	await start();
	const health = await ask(`${hec.url}/services/collector/health`);
	expect([health.status, health.text]).toEqual([200, '{"text":"HEC is healthy","code":17}']);
	expect(await post('{"acks":[0]}', {}, '/services/collector/ack')).toMatchObject({
		status: 400,
		answer: { code: 14 },
	});
});

it('with acknowledgement needs a channel, and tells once that a request was indexed', async () => {
	await start({ ack: true });
	expect(await post(GOOD)).toMatchObject({ status: 400, answer: { code: 10 } });
	const channel = { 'x-splunk-request-channel': 'b0a1c2d3-1111-4222-8333-444455556666' };
	expect((await post(GOOD, channel)).answer).toEqual({ text: 'Success', code: 0, ackId: 0 });
	const asked = async () => (await post('{"acks":[0,5]}', channel, '/services/collector/ack')).answer;
	expect(await asked()).toEqual({ acks: { 0: true, 5: false } });
	expect(await asked()).toEqual({ acks: { 0: false, 5: false } });
});
