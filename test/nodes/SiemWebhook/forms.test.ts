jest.mock('n8n-workflow', () => jest.requireActual('../time').withFreePauses(jest.requireActual('n8n-workflow')));

import { randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { readCefLine, startSentinel, type LoggedRequest } from '../../simulators';
import { useBench } from '../bench';
import { startLocalServer } from '../servers';
import { HOUR_MS, NOW } from '../time';
import { countOf, deliveredOf, deliverTo, eventsOf, failedOf, startTarget, type Target } from './receivers';

const bench = useBench();

const hintsOf = (report: { hints: (node: string) => Array<{ message: string }> }) => report.hints('Node').map(({ message }) => message);
const storedBy = ({ receiver }: Target) => receiver.events.map(({ event }) => event);
const plainOf = ({ bytes, headers }: LoggedRequest) => (headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString();

const FORMS: Record<string, Record<string, unknown>> = {
	simplified: { eventId: '9223372036854775807', eventTime: '2026-01-15T09:00:00.123Z' },
	ecs: { '@timestamp': '2026-01-15T09:00:00.123Z', event: { id: '9223372036854775807', action: 'a' } },
	ocsf: { time: 1768467600123, metadata: { uid: '9223372036854775807' }, class_uid: 3002 },
	vendor: { eventId: '9223372036854775807', eventLogDate: '2026-01-15T09:00:00.123Z' },
};

test.each(Object.entries(FORMS))('Splunk gets the %s event whole, its time in seconds with milliseconds and its ID as an indexed field', async (_form, event) => {
	const target = await startTarget(bench, 'splunkHec');
	const options = { splunkIndex: 'security', sourcetype: 'securid:admin:json', source: 'n8n', host: 'tenant.example.com' };
	await deliverTo(bench, target, [event], { options });
	expect(storedBy(target)).toEqual([
		{
			...{ time: 1768467600.123, host: 'tenant.example.com', source: 'n8n', sourcetype: 'securid:admin:json', index: 'security' },
			event,
			fields: { event_id: '9223372036854775807' },
		},
	]);
});

test.each(Object.entries(FORMS))('Elasticsearch gets the %s event as a document with its ID and @timestamp', async (_form, event) => {
	const target = await startTarget(bench, 'elasticBulk');
	await deliverTo(bench, target, [event]);
	expect(target.receiver.ids()).toEqual(['9223372036854775807']);
	expect(storedBy(target)).toEqual([
		{ index: 'logs-securid.admin-default', document: { '@timestamp': '2026-01-15T09:00:00.123Z', ...event } },
	]);
});

test('Elasticsearch holds an event once, however often it is delivered, and the node says how many were there already', async () => {
	const target = await startTarget(bench, 'elasticBulk');
	const events = eventsOf(20);
	await deliverTo(bench, target, events.slice(0, 12));
	const report = await deliverTo(bench, target, events);
	expect(target.receiver.events).toHaveLength(20);
	expect(deliveredOf(report)).toMatchObject([{ count: 20, alreadyThere: 12, maybeDuplicated: false }]);
});

test('Sentinel gets TimeGenerated and EventId where the event has no such column, and nothing of it is overwritten', async () => {
	const target = await startTarget(bench, 'sentinel');
	await deliverTo(bench, target, [FORMS.simplified, FORMS.ecs, { ...FORMS.vendor, TimeGenerated: 'mine', message: 'x'.repeat(40_000) }].map((event) => ({ ...event })));
	expect(storedBy(target)).toMatchObject([
		{ row: { TimeGenerated: '2026-01-15T09:00:00.123Z', ...FORMS.simplified }, cut: [] },
		{ row: { EventId: '9223372036854775807', ...FORMS.ecs } },
		{ row: { TimeGenerated: 'mine' }, cut: ['message'] },
	]);
});

test('values that Sentinel would cut are announced', async () => {
	const target = await startTarget(bench, 'sentinel');
	const report = await deliverTo(bench, target, [{ ...FORMS.simplified, message: 'x'.repeat(40_000) }, FORMS.vendor]);
	expect(hintsOf(report)).toContain('Values over 32 KB, which Sentinel cuts: 1 event');
});

test('Sentinel is signed in to once for many batches, and anew when the token has run out', async () => {
	const target = await startTarget(bench, 'sentinel');
	const signIns = () => target.receiver.requests.filter(({ path }) => path.endsWith('/token')).length;
	const options = { batchSize: 10, concurrency: 4 };
	await deliverTo(bench, target, eventsOf(200), { options });
	expect(signIns()).toBe(1);
	jest.setSystemTime(NOW + 2 * HOUR_MS);
	const report = await deliverTo(bench, target, eventsOf(200), { options });
	expect(countOf(report)).toBe(200);
	expect(signIns()).toBe(2);
});

test('a Sentinel credential whose secret was changed does not go on with the old token', async () => {
	const receiver = await startSentinel({ clock: { now: () => Date.now() } });
	bench.endWithTest(() => receiver.close());
	const { tenantId, clientId, clientSecret } = receiver.app;
	const credential = { destination: 'sentinel', dceUrl: receiver.url, authority: receiver.url, tenantId, clientId, clientSecret };
	expect(await bench.engine.testCredential('siemWebhookApi', credential)).toMatchObject({ status: 'OK' });
	expect((await bench.engine.testCredential('siemWebhookApi', { ...credential, clientSecret: 'another' })).message).toMatch(/SIEM-SIGN-IN/);
});

test('Datadog never gets an event that it would cut: it goes to Failed with its size, and old ones are announced', async () => {
	const target = await startTarget(bench, 'datadog');
	const [old, long, good] = [{ eventId: 'old', eventTime: '2026-01-14T10:00:00Z' }, { eventId: 'long', text: 'x'.repeat(1_000_000) }, FORMS.simplified];
	const options = { source: 'securid', ddtags: 'env:test', service: 'audit', host: 'tenant' };
	const report = await deliverTo(bench, target, [old, long, good], { onRejected: 'sendToFailed', options });
	expect(failedOf(report)).toEqual([
		{ eventId: 'long', destination: 'Datadog', reason: expect.stringMatching(/has 10\d+ bytes.*1000000 at most/), status: null, attempts: 0, event: long },
	]);
	expect(storedBy(target)).toMatchObject([
		{ truncated: false },
		{ log: { ...FORMS.simplified, timestamp: 1768467600123, ddsource: 'securid', ddtags: 'env:test', service: 'audit', hostname: 'tenant' }, truncated: false },
	]);
	expect(hintsOf(report)).toContain('Older than 18 hours, which Datadog drops or gives another date: 1 event');
});

test('an event that cannot arrive whole stops the workflow before anything is sent, unless Failed is chosen', async () => {
	const target = await startTarget(bench, 'datadog');
	const report = await deliverTo(bench, target, [FORMS.simplified, { eventId: 'long', text: 'x'.repeat(1_000_000) }]);
	expect(report.error?.message).toMatch(/^Event long \(item 1\) was refused/);
	expect(target.receiver.requests).toEqual([]);
});

test('Datadog gets a thousand events in a request at most, whatever "Batch Size" says', async () => {
	const target = await startTarget(bench, 'datadog');
	const report = await deliverTo(bench, target, eventsOf(1_500), { options: { batchSize: 5_000 } });
	expect(deliveredOf(report).map(({ count, requests }) => [count, requests])).toEqual([
		[1_000, 1],
		[500, 1],
	]);
});

test('a signing secret left over from another destination changes nothing', async () => {
	const target = await startTarget(bench, 'splunkHec');
	target.credential.signingSecret = 'whsec_left over';
	await deliverTo(bench, target, eventsOf(3));
	expect(target.receiver.requests[0].headers['content-encoding']).toBe('gzip');
});

test('Sumo Logic gets lines under the category, name and host of the node', async () => {
	const target = await startTarget(bench, 'sumo');
	await deliverTo(bench, target, eventsOf(3), { options: { category: 'security/securid', sourceName: 'admin', host: 'tenant' } });
	expect(storedBy(target)).toEqual(eventsOf(3));
	expect(target.receiver.requests[0].headers).toMatchObject({ 'x-sumo-category': 'security/securid', 'x-sumo-name': 'admin', 'x-sumo-host': 'tenant' });
});

test.each(['ndjson', 'cef'])('a webhook gets %s lines, signed', async (format) => {
	const target = await startTarget(bench, 'generic');
	const events = eventsOf(30);
	const report = await deliverTo(bench, target, events, { format });
	expect(countOf(report)).toBe(30);
	expect(target.receiver.ids()).toEqual(events.map(({ eventId }) => eventId));
});

test('a CEF line says who, what, when and how severe, and nothing in an event can add a field to it', async () => {
	const target = await startTarget(bench, 'generic');
	const hostile: Record<string, unknown> = { ...eventsOf(1)[0], actor: 'eve|x=1 suser=admin\nCEF:0|a|b|c|d|e|1|', action: 'A|B\\C\nD', sourceIp: '2001:db8::1' };
	await deliverTo(bench, target, [hostile], { format: 'cef', options: { cefVendor: 'RSA', cefProduct: 'ID Plus' } });
	const [raw] = plainOf(target.receiver.requests[0]).trimEnd().split('\n');
	const line = readCefLine(raw);
	expect(line).toMatchObject({
		...{ deviceVendor: 'RSA', deviceProduct: 'ID Plus', signatureId: 'A|B\\C D', severity: '6' },
		extension: { externalId: hostile.eventId, rt: String(NOW - 1000), suser: hostile.actor, c6a2: '2001:db8::1', outcome: 'failure', act: 'A|B\\C\nD' },
	});
});

test('signed batches are small, plain and keep their webhook-id when they are sent again', async () => {
	const target = await startTarget(bench, 'generic', { faults: [{ on: { nth: 1 }, do: { status: 503 } }] });
	await deliverTo(bench, target, eventsOf(200), { options: { compress: true, concurrency: 1 } });
	const { requests } = target.receiver;
	expect(requests.length).toBeGreaterThan(3);
	for (const { bytes, headers } of requests) {
		expect(bytes.length).toBeLessThanOrEqual(20_000);
		expect(headers['content-encoding']).toBeUndefined();
	}
	expect(requests[1].headers['webhook-id']).toBe(requests[0].headers['webhook-id']);
	expect(new Set(requests.map(({ headers }) => headers['webhook-id'])).size).toBe(requests.length - 1);
});

test('the same events make the same batches and ids in every run', async () => {
	const targets = [await startTarget(bench, 'generic'), await startTarget(bench, 'generic')];
	for (const target of targets) await deliverTo(bench, target, eventsOf(150), { options: { concurrency: 1 } });
	const [one, other] = targets.map(({ receiver }) => receiver.requests.map(({ headers }) => headers['webhook-id']));
	expect(one).toEqual(other);
});

test('items of the Failed output are delivered as the events they hold, once "Event Field" says where they are', async () => {
	const events = eventsOf(3);
	const strict = await startTarget(bench, 'datadog', { poison: [String(events[1].eventId)] });
	const failed = failedOf(await deliverTo(bench, strict, events, { onRejected: 'sendToFailed' }));
	const again = failedOf(await deliverTo(bench, strict, failed, { onRejected: 'sendToFailed', options: { eventField: 'event' } }));
	expect(again).toMatchObject([{ eventId: events[1].eventId, event: events[1] }]);
	const mended = await startTarget(bench, 'splunkHec');
	await deliverTo(bench, mended, again, { options: { eventField: 'event' } });
	expect(storedBy(mended)).toMatchObject([{ event: events[1] }]);
});

test('an item without an event in "Event Field" goes to Failed as it is', async () => {
	const target = await startTarget(bench, 'sumo');
	const report = await deliverTo(bench, target, [{ event: eventsOf(1)[0] }, { other: 1 }], { onRejected: 'sendToFailed', options: { eventField: 'event' } });
	expect(failedOf(report)).toMatchObject([{ event: { other: 1 }, reason: 'the item has no event in "Event Field"' }]);
	expect(countOf(report)).toBe(1);
});

test('an event without an ID gets a hash of its content, the same in every run; events without a time are announced', async () => {
	const target = await startTarget(bench, 'sumo');
	const event = { b: 2, a: 'one' };
	const report = await deliverTo(bench, target, [event]);
	await deliverTo(bench, target, [{ a: 'one', b: 2 }]);
	const [one, other] = target.receiver.events.map(({ id }) => id);
	expect(one).toMatch(/^[0-9a-f]{64}$/);
	expect(other).toBe(one);
	expect(hintsOf(report)).toContain('No time that can be read, so that the receiver gives its own: 1 event');
});

test('"Event ID Field" and "Event Time Field" lead into nested fields', async () => {
	const target = await startTarget(bench, 'splunkHec');
	await deliverTo(bench, target, [{ record: { uid: 7, created: '2026-01-15 08:00' } }], { options: { idField: 'record.uid', timeField: 'record.created' } });
	expect(storedBy(target)).toMatchObject([{ time: Date.parse('2026-01-15T08:00Z') / 1000, fields: { event_id: '7' } }]);
});

test('batches are cut by bytes as well, and compressed where nothing says otherwise', async () => {
	const target = await startTarget(bench, 'splunkHec');
	const events = eventsOf(40).map((event) => ({ ...event, message: randomBytes(1_500).toString('base64') }));
	const report = await deliverTo(bench, target, events, { options: { maxBatchBytes: 10_000 } });
	expect(countOf(report)).toBe(40);
	for (const request of target.receiver.requests) {
		expect(request.headers['content-encoding']).toBe('gzip');
		expect(plainOf(request).length).toBeLessThanOrEqual(10_000);
	}
	expect(target.receiver.batches.length).toBeLessThan(14);
	const plain = await startTarget(bench, 'splunkHec');
	await deliverTo(bench, plain, events, { options: { compress: false } });
	expect(plain.receiver.requests[0].headers['content-encoding']).toBeUndefined();
});

test('time that runs out stops the delivery, and the rest is left for the next run', async () => {
	const server = await startLocalServer(() => {
		jest.setSystemTime(Date.now() + 6_000);
		return {};
	});
	bench.endWithTest(server.close);
	const credential = { destination: 'generic', webhookUrl: server.origin };
	const parameters = { destination: 'generic', options: { deadline: 10, batchSize: 5, concurrency: 1 } };
	const report = await bench.run('siemWebhook', parameters, { siemWebhookApi: credential }, { input: eventsOf(20) });
	expect(report.error?.message).toMatch(/"Deadline \(Seconds\)".*\(SIEM-DEADLINE\)$/);
	expect(report.error?.description).toMatch(/Of 20 events 10 were delivered before\./);
	expect(server.requests).toHaveLength(2);
});

test('an execution that is stopped sends nothing more', async () => {
	const stop = new AbortController();
	const target = await startTarget(bench, 'splunkHec', { faults: [{ on: {}, do: { retryAfter: 50 } }] });
	const waiting = deliverTo(bench, target, eventsOf(5), {}, { cancelAfter: stop.signal });
	while (target.receiver.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
	stop.abort();
	const report = await waiting;
	expect(report.status).toBe('canceled');
	await report.ended;
	const asked = target.receiver.requests.length;
	await new Promise((resolve) => setTimeout(resolve, 50));
	expect(target.receiver.requests).toHaveLength(asked);
	expect(target.receiver.events).toEqual([]);
});
