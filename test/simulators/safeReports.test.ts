import { parse } from 'csv-parse/sync';

import { fixedClock } from './clock';
import type { FaultRule } from './faults';
import { startSafe, type SafeOptions, type SafeSimulator } from './safe/server';
import { startStorage, type StorageSimulator } from './storage/server';
import { createTenant, type SafeRow } from './tenant';
import { ask, type Reply } from './testClient';

const DAY_MS = 86_400_000;
const ENDS_AT = Date.parse('2026-01-15T10:07:31.250Z');
const tenant = createTenant({ seed: 11, endsAt: ENDS_AT, adminEvents: 0 });
const clock = fixedClock(ENDS_AT);
const credentials = { username: 'api-user', password: 'secret' };

let safe: SafeSimulator;
let storage: StorageSimulator;
afterEach(async () => {
	clock.set(ENDS_AT);
	await Promise.all([safe.close(), storage.close()]);
});

async function start(options: SafeOptions['options'] = {}, faults: FaultRule[] = []): Promise<SafeSimulator> {
	storage = await startStorage({ clock });
	safe = await startSafe({ tenant, clock, credentials, storage, options, faults });
	return safe;
}

const json = (reply: Reply) =>
	JSON.parse(reply.text) as Record<string, unknown> & { data: Record<string, string> };
const get = async (path: string, token = safe.issueToken()) =>
	await ask(`${safe.url}/api/v3${path}`, { headers: { authorization: `Bearer ${token}` } });
const JSON_TYPE = 'application/json';
const DOCUMENTED_BODY = { type: 'AUDIT_LOGS', format: 'csv', reportMeta: { days: 1 } };
const post = async (body: unknown = DOCUMENTED_BODY, type = JSON_TYPE, token = safe.issueToken()) =>
	await ask(`${safe.url}/api/v3/reports`, {
		method: 'POST',
		headers: { authorization: `Bearer ${token}`, 'content-type': type },
		body: typeof body === 'string' ? body : JSON.stringify(body),
	});

/** Requests a report, asks until it is ready, and gives its download link. */
async function linkOf(days = 1): Promise<string> {
	const { uuid } = json(await post({ ...DOCUMENTED_BODY, reportMeta: { days } })).data;
	for (;;) {
		const reply = await get(`/reports/${uuid}`);
		if (reply.status === 200 && json(reply).data.preSignedUrl !== undefined)
			return json(reply).data.preSignedUrl;
	}
}

describe('a report request', () => {
	it('is queued with a uuid, one report for each request', async () => {
		await start();
		const replies = [await post(), await post()];
		for (const reply of replies) {
			expect(reply.status).toBe(202);
			expect(json(reply)).toEqual({
				success: true,
				message: 'Report generation request is queued and will be processed shortly',
				data: { uuid: expect.stringMatching(/^[0-9a-f-]{36}$/) as string },
			});
		}
		expect(safe.reportsRequested.map(({ uuid }) => uuid)).toEqual(
			replies.map((reply) => json(reply).data.uuid),
		);
		expect(safe.reportsRequested[0]).toMatchObject({ days: 1, requestedAtMs: ENDS_AT });
	});

	it.each<[string, unknown, string]>([
		['another type', { ...DOCUMENTED_BODY, type: 'AUDIT' }, JSON_TYPE],
		['another format', { ...DOCUMENTED_BODY, format: 'json' }, JSON_TYPE],
		['no days', { ...DOCUMENTED_BODY, reportMeta: {} }, JSON_TYPE],
		['no reportMeta', { type: 'AUDIT_LOGS', format: 'csv' }, JSON_TYPE],
		['days in text', { ...DOCUMENTED_BODY, reportMeta: { days: '1' } }, JSON_TYPE],
		['half a day', { ...DOCUMENTED_BODY, reportMeta: { days: 0.5 } }, JSON_TYPE],
		['no day', { ...DOCUMENTED_BODY, reportMeta: { days: 0 } }, JSON_TYPE],
		['more than a year', { ...DOCUMENTED_BODY, reportMeta: { days: 366 } }, JSON_TYPE],
		['a start time', { ...DOCUMENTED_BODY, reportMeta: { days: 1, startTime: 'x' } }, JSON_TYPE],
		['a further member', { ...DOCUMENTED_BODY, days: 1 }, JSON_TYPE],
		['a list', [DOCUMENTED_BODY], JSON_TYPE],
		['broken JSON', '{"type":', JSON_TYPE],
		['another content type', DOCUMENTED_BODY, 'text/plain'],
	])('is refused with %s and queues nothing', async (_, body, type) => {
		await start();
		const reply = await post(body, type);
		expect(reply.status).toBe(400);
		expect(json(reply)).toEqual({ success: false, message: expect.any(String) as string });
		expect(safe.reportsRequested).toEqual([]);
	});

	it('is queued even when its answer is lost', async () => {
		await start({}, [{ on: { method: 'POST' }, do: { reset: 'inBody' } }]);
		expect((await post()).failure).toBe('ECONNRESET');
		expect(safe.reportsRequested).toHaveLength(1);
	});
});

describe('a report', () => {
	it.each([
		['400NotFound', 400, { success: false, message: /^Report not found for report id:[0-9a-f-]{36}$/ }],
		['202', 202, { success: true, message: /queued/ }],
		['200WithoutUrl', 200, { success: true, message: /queued/ }],
		['404', 404, { success: false, message: /^Report not found/ }],
	] as const)(
		'is pending for two questions as %s, then ready',
		async (pendingAnswer, status, { success, message }) => {
			await start({ pendingAnswer });
			const { uuid } = json(await post()).data;
			for (let time = 0; time < 2; time++) {
				const reply = await get(`/reports/${uuid}`);
				expect(reply.status).toBe(status);
				expect(json(reply)).toMatchObject({ success, message: expect.stringMatching(message) as string });
				expect(json(reply).data?.preSignedUrl).toBeUndefined();
			}
			const ready = await get(`/reports/${uuid}`);
			expect(ready.status).toBe(200);
			expect(json(ready)).toEqual({
				success: true,
				message: 'Please download the report from the provided URL. The link will expire in 5 minutes.',
				data: { preSignedUrl: expect.stringContaining(`${storage.url}/`) as string },
			});
		},
	);

	it('with an unknown uuid is not found', async () => {
		await start();
		const reply = await get('/reports/1eebc0b2-b019-42b3-8132-c15c5926b21e');
		expect([reply.status, reply.text]).toEqual([
			400,
			'{"success":false,"message":"Report not found for report id:1eebc0b2-b019-42b3-8132-c15c5926b21e"}',
		]);
	});

	it('may never be ready', async () => {
		await start({ readyAfterPolls: Infinity });
		const { uuid } = json(await post()).data;
		for (let time = 0; time < 5; time++) expect((await get(`/reports/${uuid}`)).status).toBe(400);
		expect(safe.reportsRequested[0].polls).toBe(5);
	});

	it('has a fresh link at each question; a link lives five minutes', async () => {
		await start({ readyAfterPolls: 0 });
		const { uuid } = json(await post()).data;
		const links = [];
		for (let time = 0; time < 2; time++) links.push(json(await get(`/reports/${uuid}`)).data.preSignedUrl);
		expect(links[0]).not.toBe(links[1]);
		clock.advance(301_000);
		expect((await ask(links[0])).status).toBe(403);
		expect((await ask(json(await get(`/reports/${uuid}`)).data.preSignedUrl)).status).toBe(200);
	});
});

const inWindow = (days: number, fromMs = ENDS_AT) =>
	tenant.safeRows.filter(({ atMs }) => atMs > fromMs - days * DAY_MS && atMs <= fromMs);
const source = ({ sourceIp, sourcePort }: SafeRow) =>
	`${sourceIp.includes(':') ? `[${sourceIp}]` : sourceIp}:${sourcePort}`;

describe('the CSV behind a link', () => {
	const download = async (days?: number) => (await ask(await linkOf(days))).text;
	const records = (text: string, delimiter = ',') =>
		parse(text, { delimiter, relax_column_count: false, record_delimiter: ['\r\n', '\n'] }) as string[][];

	it('holds the rows of the days before the request, cell for cell, in a form that a parser reads', async () => {
		await start();
		expect(records(await download(90))).toEqual([
			['Timestamp', 'Source IP and Port', 'User ID', 'Action', 'Details'],
			...inWindow(90).map((row) => [
				new Date(row.atMs).toISOString(),
				source(row),
				row.userId,
				row.action,
				row.details,
			]),
		]);
	});

	it('counts its days back from the moment of the request, not from that of the download', async () => {
		await start();
		const link = await linkOf(2);
		const late: SafeRow = { ...tenant.safeRows[0], atMs: ENDS_AT - 5, action: 'Added afterwards' };
		safe.addRows(late);
		clock.advance(60_000);
		const old = records((await ask(link)).text);
		expect(old).toHaveLength(inWindow(2).length + 1);
		const fresh = records(await download(2));
		expect(fresh).toHaveLength(inWindow(2, clock.now()).length + 2);
		expect(fresh.at(-1)).toContain('Added afterwards');
	});

	it('is a header alone when nothing happened', async () => {
		await start();
		clock.advance(400 * DAY_MS);
		expect(await download(1)).toBe('Timestamp,Source IP and Port,User ID,Action,Details\n');
	});

	it('can have a BOM, CRLF, semicolons, quotes everywhere, other columns, times and order', async () => {
		const columns = [
			{ name: 'Created At', field: 'timestamp' },
			{ name: 'IP', field: 'sourceIp' },
			{ name: 'Port', field: 'sourcePort' },
			{ name: 'Username', field: 'userName' },
			{ name: 'Activity', field: 'action' },
		] as const;
		const form = { columns, bom: true, newline: '\r\n', delimiter: ';', quotes: 'all' } as const;
		await start({ csv: { ...form, timestampForm: 'space', order: 'newestFirst' } });
		const text = await download(1);
		expect(text).toMatch(/^\ufeff"Created At";"IP";"Port";"Username";"Activity"\r\n/);
		const [, first, ...rest] = records(text.slice(1), ';');
		const newest = inWindow(1).at(-1) as SafeRow;
		expect(first).toEqual([
			new Date(newest.atMs).toISOString().slice(0, 19).replace('T', ' '),
			newest.sourceIp,
			String(newest.sourcePort),
			newest.userName,
			newest.action,
		]);
		expect(rest).toHaveLength(inWindow(1).length - 1);
	});
});
