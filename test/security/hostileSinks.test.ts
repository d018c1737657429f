/** Hostile content at every sink but Slack: what arrives is read as the sink reads it, and holds so many events as were sent, each with its text. */
jest.mock('n8n-workflow', () => jest.requireActual('../nodes/time').withFreePauses(jest.requireActual('n8n-workflow')));

import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { useBench } from '../nodes/bench';
import { startLocalServer, type ReceivedRequest } from '../harness/localServer';
import { NOW } from '../nodes/time';
import { readCefLine, type CefLine } from '../simulators';
import { startTarget } from '../nodes/SiemWebhook/receivers';
import { NAMES } from './hostileNames';

const bench = useBench();

/** An event whose every text is the name. */
const events = NAMES.map(([, name], at) => ({
	...{ eventId: `${at} ${name}`, eventTime: new Date(NOW - at * 1000).toISOString(), action: name, category: name, outcome: 'failure', severity: 'high' },
	...{ actor: name, sourceIp: name, target: name, message: name, original: { [name]: name } },
}));

/** What JSON can carry of it: halves of characters become U+FFFD on the way in some receivers, never in the text itself. */
const sent = JSON.parse(JSON.stringify(events)) as typeof events;

const plain = ({ body, headers }: ReceivedRequest) => (headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString();

/** Lines as a tolerant reader cuts them: at every line end that Unicode knows. */
const lines = (text: string) => text.split(/\r\n|[\n\v\f\r\u0085\u2028\u2029]/).filter(Boolean);

async function received(credential: object, parameters: object, answer: (count: number) => object): Promise<string> {
	const server = await startLocalServer((request) => ({ body: answer(plain(request).split('"create"').length - 1) }));
	bench.endWithTest(server.close);
	const pointed = Object.fromEntries(Object.entries(credential).map(([name, value]) => [name, value === 'HERE' ? server.origin : value]));
	const report = await bench.run('siemWebhook', { ...parameters, options: { maxBatchBytes: 1_000_000 } }, { siemWebhookApi: pointed }, { input: events });
	expect(report.error).toBeUndefined();
	return server.requests.map(plain).join('');
}

const generic = { destination: 'generic', webhookUrl: 'HERE' };

describe(`${NAMES.length} names in every field of an event`, () => {
	it('make one line of CEF each, in which every key is one of ours and every value whole', async () => {
		const text = await received(generic, { destination: 'generic', format: 'cef' }, () => ({}));
		const read = lines(text).map(readCefLine);
		expect(read.filter((line) => typeof line === 'string')).toEqual([]);
		expect(read).toHaveLength(NAMES.length);
		const keys = new Set((read as CefLine[]).flatMap(({ extension }) => Object.keys(extension)));
		expect([...keys].sort()).toEqual(['act', 'cat', 'cs1', 'cs1Label', 'externalId', 'msg', 'outcome', 'rt', 'suser']);
		for (const [at, { extension, deviceVendor, severity }] of (read as CefLine[]).entries()) {
			expect([deviceVendor, severity]).toEqual(['RSA', '8']);
			const blanks = (value: string) => value.replace(/[^\P{Cc}\r\n]+|[\p{Cf}\p{Cs}\u2028\u2029]+/gu, ' ').replace(/\s+/g, ' ').trim();
			expect(blanks(extension.suser)).toBe(blanks(NAMES[at][1]));
		}
		expect(text).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
	});

	it('make one line of NDJSON each, for readers that know all line ends of Unicode, too', async () => {
		const text = await received(generic, { destination: 'generic', format: 'ndjson' }, () => ({}));
		expect(lines(text).map((line) => JSON.parse(line) as unknown)).toEqual(sent);
	});

	it('stay members of one JSON array', async () => {
		expect(JSON.parse(await received(generic, { destination: 'generic', format: 'json' }, () => ({})))).toEqual(sent);
	});

	it('make an action and a document each for Elasticsearch, and no action of their own', async () => {
		const answer = (count: number) => ({ errors: false, items: Array.from({ length: count }, () => ({ create: { status: 201 } })) });
		const text = await received({ destination: 'elasticBulk', elasticUrl: 'HERE', elasticApiKey: 'fake' }, { destination: 'elasticBulk', index: 'logs' }, answer);
		const read = lines(text).map((line) => JSON.parse(line) as Record<string, unknown>);
		expect(read.filter((_line, at) => at % 2 === 0)).toEqual(sent.map(({ eventId }) => ({ create: { _index: 'logs', _id: eventId } })));
		expect(read.filter((_line, at) => at % 2 === 1)).toEqual(sent.map((event) => ({ '@timestamp': event.eventTime, ...event })));
	});

	it('make one event each for Splunk, with index and source as the node says', async () => {
		const text = await received({ destination: 'splunkHec', splunkUrl: 'HERE', hecToken: 'fake' }, { destination: 'splunkHec' }, () => ({ text: 'Success', code: 0 }));
		const read = lines(text).map((line) => JSON.parse(line) as Record<string, unknown>);
		expect(read.map(({ event }) => event)).toEqual(sent);
		expect(new Set(read.flatMap(Object.keys))).toEqual(new Set(['time', 'event', 'fields']));
	});

	it('make one line each for Sumo Logic', async () => {
		expect(lines(await received({ destination: 'sumo', secretUrl: 'HERE' }, { destination: 'sumo' }, () => ({}))).map((line) => JSON.parse(line) as unknown)).toEqual(sent);
	});

	it.each([
		['datadog', 'log'],
		['sentinel', 'row'],
	])('are stored as they are by %s', async (destination, member) => {
		const { credential, parameters, receiver } = await startTarget(bench, destination);
		const report = await bench.run('siemWebhook', { ...parameters }, { siemWebhookApi: credential }, { input: events });
		expect(report.error).toBeUndefined();
		expect(receiver.events.map(({ event }) => (event as Record<string, unknown>)[member])).toEqual(sent.map((event) => expect.objectContaining(event) as unknown));
	});
});

describe('what people read', () => {
	const markup = /[<>\p{Cc}\p{Cf}]/u;
	/** n8n's editor renders hints and descriptions of errors as HTML. */
	const hostile = NAMES.map(([, name]) => name).filter((name) => markup.test(name));

	it.each(hostile)('holds no markup and no control character of a refusal: %j', async (name) => {
		const world = await bench.world();
		world.securId.faults.add({ on: {}, do: { status: 400, body: { description: name } } });
		const { error } = await bench.run('securIdAdminLog', {}, { securIdApi: world.credentials.securIdApi });
		const { description } = error as unknown as { description: string };
		expect(description).toContain('The answer was: "');
		expect(`${error?.message}${description}`).not.toMatch(markup);
	});

	it('holds no markup of a report: columns and times in hints', async () => {
		const world = await bench.world({ safe: { options: { readyAfterPolls: 0 } } });
		const header = `Timestamp,${NAMES.map(([, name]) => `"${name.replaceAll('"', '""')}"`).join()}`;
		const row = `"zq<b>soon</b>",${NAMES.map(() => 'x').join()}`;
		world.storage.faults.add({ on: {}, do: { status: 200, body: `${header}\n${row}\n` } });
		const report = await bench.run('safeAuditExport', { operation: 'getMany' }, { safeApi: world.credentials.safeApi });
		expect(report.error).toBeUndefined();
		const hints = report.hints('Node').map(({ message }) => message);
		expect(hints.join()).toMatch(/Columns of the file: Timestamp, zq‹!channel›.*e\.g\. "zq‹b›soon/s);
		for (const hint of hints) expect(hint).not.toMatch(markup);
		const [{ json }] = report.items('Node');
		expect(json).toBeDefined();
	});

	it('holds no markup of an event that a SIEM refuses, in message, description and Failed output', async () => {
		const server = await startLocalServer(() => ({ status: 400, body: { message: 'zq<img src=x>\u001b[2J\r\nforged' } }));
		bench.endWithTest(server.close);
		const siemWebhookApi = { destination: 'generic', webhookUrl: server.origin };
		const { error } = await bench.run('siemWebhook', { destination: 'generic' }, { siemWebhookApi }, { input: [{ eventId: 'zq<b>\r\n', a: 1 }] });
		const text = `${error?.message}${(error as unknown as { description: string }).description}`;
		expect(text).toContain('‹img src=x›');
		expect(text).not.toMatch(markup);
		const kept = await bench.run('siemWebhook', { destination: 'generic', onRejected: 'sendToFailed' }, { siemWebhookApi }, { input: [{ eventId: 'zq<b>', a: 1 }] });
		expect(kept.items('Node', 1)[0].json).toMatchObject({ eventId: 'zq<b>', reason: 'zq‹img src=x› [2J forged', event: { eventId: 'zq<b>', a: 1 } });
	});

	it.each(NAMES.map(([, name]) => name).filter((name) => !/^\w+$/.test(name)))('a report whose id is %j is none: nothing of it reaches logs, paths or file names', async (name) => {
		const world = await bench.world();
		world.safe.faults.add({ on: { method: 'POST', path: /reports/ }, do: { status: 200, body: { success: true, data: { uuid: name } } } });
		const report = await bench.run('safeAuditExport', { operation: 'download' }, { safeApi: world.credentials.safeApi });
		expect(report.error?.message).toMatch(/\(SAFE-BODY-SHAPE\)$/);
		expect(bench.logged.join('\n')).not.toContain('zq');
	});

	it('is one line per line of the log, whatever a vendor answers', async () => {
		const world = await bench.world();
		const said = NAMES.map(([, name]) => name).join(' ');
		world.securId.faults.add({ on: {}, do: { status: 503, body: { description: said }, headers: { 'retry-after': '1' } } });
		world.safe.faults.add({ on: {}, do: { status: 503, body: { message: said } } });
		await bench.run('securIdAdminLog', {}, { securIdApi: world.credentials.securIdApi });
		await bench.run('safeUsers', {}, { safeApi: world.credentials.safeApi });
		const ours = bench.logged.filter((line) => /^\w+ (SecurID|SAFE)/.test(line));
		expect(ours.length).toBeGreaterThan(5);
		for (const line of ours) expect(line).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]|zq/u);
	});
});

describe('what a vendor sent survives as data', () => {
	it.each(NAMES)('%s', async (_meaning, name) => {
		const world = await bench.world();
		const event = `{"eventId":"9001","eventLogDate":"2026-01-15T09:59:00.000Z","activityKey":"SIGNIN_FAILURE","adminUserName":${JSON.stringify(name)},"message":{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"a":${JSON.stringify(name)}}}`;
		world.securId.faults.add({ on: {}, do: { status: 200, body: `{"totalPages":1,"totalElements":1,"pageSize":100,"elements":[${event}]}` } });
		const report = await bench.run('securIdAdminLog', { output: 'vendor' }, { securIdApi: world.credentials.securIdApi });
		expect(report.error).toBeUndefined();
		expect(JSON.stringify(report.items('Node')[0].json)).toBe(JSON.stringify(JSON.parse(event)));
		expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
	});

	it.each<[string, (csv: string) => Buffer]>([
		['UTF-8 with a byte order mark', (csv) => Buffer.from(`\ufeff${csv}`)],
		['UTF-16 with a byte order mark', (csv) => Buffer.from(`\ufeff${csv}`, 'utf16le')],
		['UTF-16, high byte first', (csv) => Buffer.from(`\ufeff${csv}`, 'utf16le').swap16()],
	])('in a report of %s', async (_form, encode) => {
		const world = await bench.world({ safe: { options: { readyAfterPolls: 0 } } });
		const names = NAMES.map(([, name]) => name.replace(/\p{Cs}/gu, '\ufffd'));
		const csv = `Timestamp,User ID\r\n${names.map((name) => `2026-01-15T09:59:00Z,"${name.replaceAll('"', '""')}"`).join('\r\n')}\r\n`;
		world.storage.faults.add({ on: {}, do: { raw: (response) => response.end(encode(csv)) } });
		const report = await bench.run('safeAuditExport', { operation: 'getMany', returnAll: true, output: 'vendor' }, { safeApi: world.credentials.safeApi });
		expect(report.items('Node').map(({ json }) => json['User ID'])).toEqual(names);
		expect(parse(csv, { columns: true })).toHaveLength(names.length);
	});

	it('UTF-16 without a byte order mark is refused, not taken for one column of rubbish', async () => {
		const world = await bench.world({ safe: { options: { readyAfterPolls: 0 } } });
		world.storage.faults.add({ on: {}, do: { raw: (response) => response.end(Buffer.from('Timestamp,User\n2026-01-15T09:59:00Z,a\n', 'utf16le')) } });
		const report = await bench.run('safeAuditExport', { operation: 'getMany', returnAll: true }, { safeApi: world.credentials.safeApi });
		expect(report.error?.message).toMatch(/\(SAFE-CSV-FORM\)$/);
	});
});
