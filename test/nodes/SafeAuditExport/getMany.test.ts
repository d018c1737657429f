jest.mock('n8n-workflow', () => jest.requireActual('../time').withFreePauses(jest.requireActual('n8n-workflow')));

import { gzipSync } from 'node:zlib';
import type { SafeRow, World } from '../../simulators';
import { SEED, useBench, type BenchRun } from '../bench';
import { leaks, secretsOf } from '../leaks';
import { startLocalServer } from '../servers';
import { DAY_MS, MINUTE_MS, NOW } from '../time';

const bench = useBench();

const run = async (world: World, parameters: object = {}, settings?: BenchRun) =>
	await bench.run('safeAuditExport', { returnAll: true, days: 2, ...parameters }, { safeApi: world.credentials.safeApi }, settings);

const start = async (options: object = {}) => await bench.world({ safe: { options: { readyAfterPolls: 0, ...options } } });

const iso = (ms: number) => new Date(ms).toISOString();
const messagesOf = (hints: Array<{ message: string }>) => hints.map(({ message }) => message);

/** Rows of the last two days, as the simulator holds them. */
const ofTwoDays = ({ safe }: World) => safe.rows.filter(({ atMs }) => atMs > NOW - 2 * DAY_MS && atMs <= NOW);

/** A row as the default columns show it. */
const cells = (row: SafeRow) => ({
	Timestamp: iso(row.atMs),
	'Source IP and Port': row.sourceIp.includes(':') ? `[${row.sourceIp}]:${row.sourcePort}` : `${row.sourceIp}:${row.sourcePort}`,
	'User ID': row.userId,
	Action: row.action,
	Details: row.details,
});

const row = (more: Partial<SafeRow> = {}): SafeRow => ({
	atMs: NOW - MINUTE_MS,
	sourceIp: '198.51.100.7',
	sourcePort: 443,
	userId: '12345678-1234-1234-1234-123456789012',
	userName: 'user@example.com',
	action: 'Integration updated',
	details: 'Cloud Scanner',
	...more,
});

/** Runs "Get Many" on a report file with these bytes. */
async function readFile(file: string | Buffer, parameters: object = {}) {
	const world = await start();
	const server = await startLocalServer(() => ({ body: Buffer.from(file), headers: { 'content-type': 'text/csv' } }));
	bench.endWithTest(server.close);
	const preSignedUrl = `${server.origin}/report.csv?X-Amz-Signature=ab%2Fcd%3D`;
	world.safe.faults.add({ on: { path: /reports\// }, do: { status: 200, body: { success: true, data: { preSignedUrl } } } });
	return { report: await run(world, parameters), server, world };
}

describe(`the rows of an export (tenant seed ${SEED})`, () => {
	test('come out once each, in the order of the file, cell by cell as SAFE wrote them', async () => {
		const world = await start();
		const report = await run(world, { output: 'vendor' });
		expect(report.items('Node').map(({ json }) => json)).toEqual(ofTwoDays(world).map(cells));
		expect(report.items('Node').length).toBeGreaterThan(50);
		expect(messagesOf(report.hints('Node'))).toEqual([
			`SAFE: ${report.items('Node').length} rows read = ${report.items('Node').length} returned + 0 beyond "Limit"`,
		]);
	});

	test.each<[string, object]>([
		['a byte order mark', { bom: true }],
		['CRLF', { newline: '\r\n' }],
		['semicolons', { delimiter: ';' }],
		['quotes around every cell', { quotes: 'all' }],
		['all of these at once', { bom: true, newline: '\r\n', delimiter: ';', quotes: 'all' }],
	])('are the same from a file with %s', async (_case, csv) => {
		const world = await start({ csv });
		const report = await run(world, { output: 'vendor' });
		expect(report.items('Node').map(({ json }) => json)).toEqual(ofTwoDays(world).map(cells));
	});

	test.each(['contentEncoding', 'gzipFile'] as const)('are the same from storage that compresses (%s)', async (compression) => {
		const world = await bench.world({ safe: { options: { readyAfterPolls: 0 } }, storage: { compression } });
		const report = await run(world, { output: 'vendor' });
		expect(report.items('Node').map(({ json }) => json)).toEqual(ofTwoDays(world).map(cells));
	});

	test('come newest first where SAFE writes them so', async () => {
		const world = await start({ csv: { order: 'newestFirst' } });
		const report = await run(world, { output: 'vendor' });
		expect(report.items('Node').map(({ json }) => json)).toEqual(ofTwoDays(world).map(cells).reverse());
	});

	test('are found in columns of other names, and in those that the user names', async () => {
		const header = (time: string, user: string, source: string, action: string) => [
			...[
				{ name: time, field: 'timestamp' as const },
				{ name: source, field: 'source' as const },
				{ name: user, field: 'userId' as const },
			],
			...[
				{ name: action, field: 'action' as const },
				{ name: 'Description', field: 'details' as const },
			],
		];
		const world = await start({ csv: { columns: header('Date Time', 'user_uuid', 'IP', 'Activity') } });
		world.safe.rows.splice(0, Infinity, row());
		const expected = {
			eventTime: iso(NOW - MINUTE_MS),
			actor: row().userId,
			action: 'Integration updated',
			sourceIp: '198.51.100.7',
			message: 'Cloud Scanner',
		};
		expect((await run(world)).items('Node')[0].json).toMatchObject(expected);
		world.safe.options.csv.columns = header('Wann', 'Wer', 'Woher', 'Was');
		const options = { timestampColumn: 'wann', userIdColumn: 'Wer', sourceColumn: 'WOHER', actionColumn: ' was' };
		expect((await run(world, { options })).items('Node')[0].json).toMatchObject(expected);
	});

	test('without a column that is needed say which columns there are', async () => {
		const { report } = await readFile('Wann,Wer,Was\n2026-01-15,ann,login\n');
		expect(report.items('Node')).toHaveLength(1);
		expect(messagesOf(report.hints('Node'))).toContain(
			'No column was found for: time, user, action, source. Columns of the file: Wann, Wer, Was. Name the right one under Options.',
		);
	});

	test.each([
		['seconds and UTC', 'space', {}, NOW - MINUTE_MS - 250],
		['seconds and the zone that was chosen', 'space', { timezone: 'Asia/Kolkata' }, NOW - MINUTE_MS - 250 - 330 * MINUTE_MS],
		['milliseconds since 1970', 'epochMs', {}, NOW - MINUTE_MS],
	])('have their time from a column in %s', async (_case, timestampForm, options, atMs) => {
		const world = await start({ csv: { timestampForm } });
		world.safe.rows.splice(0, Infinity, row());
		expect((await run(world, { options })).items('Node').map(({ json }) => json.eventTime)).toEqual([iso(atMs)]);
	});
});

describe('a simplified row', () => {
	test('holds ten fields, and the whole row as "original" when that is asked for', async () => {
		const world = await start();
		world.safe.rows.splice(0, Infinity, row({ action: 'User login failed', sourceIp: '2001:db8::7', details: 'Unknown user: <!channel>' }));
		const [item] = (await run(world, { options: { includeOriginal: true } })).items('Node');
		expect(item.json).toEqual({
			eventId: expect.stringMatching(/^[0-9a-f]{64}$/),
			eventTime: iso(NOW - MINUTE_MS),
			action: 'User login failed',
			category: 'authentication',
			outcome: 'failure',
			severity: 'low',
			actor: row().userId,
			sourceIp: '2001:db8::7',
			target: null,
			message: 'Unknown user: <!channel>',
			original: cells(world.safe.rows[0]),
		});
	});

	test('has the same ID in every export that holds it, and no other row has it', async () => {
		const world = await start();
		const twin = row();
		world.safe.addRows(twin, { ...twin });
		const ids = async (days: number) => (await run(world, { days })).items('Node').map(({ json }) => String(json.eventId));
		const [oneDay, twoDays] = [await ids(1), await ids(2)];
		expect(new Set(twoDays).size).toBe(twoDays.length);
		expect(twoDays.slice(-oneDay.length)).toEqual(oneDay);
		expect(oneDay.filter((id) => id.endsWith('#2')).length).toBeGreaterThan(0);
	});
});

describe('"Enrich with SAFE Users"', () => {
	test('adds the user of each row, keeps rows of unknown users, and never follows the link that SAFE names', async () => {
		const world = await start();
		const report = await run(world, { enrichUsers: true });
		const rows = ofTwoDays(world);
		const byUuid = new Map(world.safe.users.map((user) => [user.uuid, user]));
		const expected = rows.map(({ userId }) => byUuid.get(userId.toLowerCase())?.emailId ?? null);
		const given = report.items('Node').map(({ json }) => (json.safeUser as { emailId: string } | null)?.emailId ?? null);
		expect(given).toEqual(expected);
		expect(report.items('Node').map(({ json }) => json.actor ?? '')).toEqual(rows.map(({ userId }) => userId));
		const unknown = new Set(rows.filter(({ userId }, at) => userId && expected[at] === null).map(({ userId }) => userId));
		expect(unknown.size).toBeGreaterThan(0);
		expect(messagesOf(report.hints('Node'))).toContain(
			`${unknown.size} users of the log are not in SAFE's user list (deleted, or the system); their rows keep the ID`,
		);
		expect(world.safe.trap.requests).toEqual([]);
		expect(world.safe.requests.filter(({ path }) => path === '/api/v3/users')).toHaveLength(2);
	});

	test('that cannot read the users gives no rows', async () => {
		const world = await start();
		world.safe.faults.add({ on: { path: /users/ }, do: { status: 500 } });
		const report = await run(world, { enrichUsers: true });
		expect(report.error?.message).toMatch(/\(SAFE-5XX-SERVER\)$/);
		expect(report.items('Node')).toEqual([]);
		expect(world.safe.reportsRequested).toHaveLength(1);
	});
});

describe('"Limit"', () => {
	test('gives the first rows of the file and says how many there are beyond', async () => {
		const world = await start();
		const report = await run(world, { returnAll: false, limit: 10, output: 'vendor' });
		const rows = ofTwoDays(world);
		expect(report.items('Node').map(({ json }) => json)).toEqual(rows.slice(0, 10).map(cells));
		expect(report.hints('Node')).toMatchObject([
			{ type: 'info', message: `SAFE: ${rows.length} rows read = 10 returned + ${rows.length - 10} beyond "Limit"` },
			{ type: 'warning', message: 'The export holds more rows than "Limit"; switch on "Return All" to get them' },
		]);
	});

	test('does not hide a row beyond it that is cut off', async () => {
		const { report } = await readFile('Timestamp,User ID\n2026-01-15,a\n2026-01-15,b\n2026-01', { returnAll: false, limit: 1 });
		expect(report.error?.message).toMatch(/^Line 4 .*\(SAFE-CSV-ROW\)$/);
		expect(report.items('Node')).toEqual([]);
	});
});

describe('a file', () => {
	test.each<[string, string | Buffer]>([
		['with a header only', 'Timestamp,User ID,Action\n'],
		['with a header and no line end', 'Timestamp,User ID,Action'],
		['with a byte order mark and a header', '\ufeffTimestamp,User ID,Action\r\n'],
		['that is empty', ''],
		['that holds line ends alone', '\r\n\n'],
		['that is an empty gzip file', gzipSync('')],
	])('%s gives no items, and that is no error', async (_case, file) => {
		const { report } = await readFile(file);
		expect(report).toMatchObject({ status: 'success', error: undefined });
		expect(report.items('Node')).toEqual([]);
	});

	test.each<[string, string, number, RegExp]>([
		['a row that is too short', 'Time,User,Action\na,b,c\nd,e\nf,g,h\n', 3, /2 cells where the header has 3/],
		['a row that is too long', 'Time,User,Action\na,b,c\nd,e,f,g\n', 3, /4 cells where the header has 3/],
		['a quote that is never closed', 'Time,User,Action\na,b,"c\nd,e,f\n', 2, /never closed; the file may be cut off/],
		['a quote inside a bare cell', 'Time,User,Action\na,b,c\nd,e "f",g\n', 3, /quote stands inside a cell/],
		['a last row that is cut off', 'Time,User,Action\na,"two\nlines",c\nd,e', 4, /2 cells where the header has 3/],
	])('with %s gives no items and names the line', async (_case, file, line, says) => {
		const { report, world } = await readFile(file);
		expect(report.error?.message).toMatch(new RegExp(`^Line ${line} of the report is not a proper CSV row: .*\\(SAFE-CSV-ROW\\)$`));
		expect(report.error?.message).toMatch(says);
		expect(report.error?.description).toContain('Nothing was handed on');
		expect(report.items('Node')).toEqual([]);
		expect(world.safe.requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/reports'))).toHaveLength(1);
	});

	test('with uneven rows comes out whole when they are let through', async () => {
		const { report } = await readFile('Time,User\na\nb,c,d,e\nf,g\n', { output: 'vendor', options: { unevenRows: 'keep' } });
		expect(report.items('Node').map(({ json }) => json)).toEqual([
			{ Time: 'a', User: '' },
			{ Time: 'b', User: 'c', column_3: 'd', column_4: 'e' },
			{ Time: 'f', User: 'g' },
		]);
	});

	test.each<[string, string | Buffer]>([
		['a web page', '<!DOCTYPE html><html><body>Sign in</body></html>'],
		['JSON', '{"message":"no"}'],
		['an XML answer', '<?xml version="1.0"?><Error><Code>Oops</Code></Error>'],
		['a web page, compressed', gzipSync('<html></html>')],
	])('that is %s is not taken for rows', async (_case, file) => {
		const { report } = await readFile(file);
		expect(report.error?.message).toMatch(/^The report is not a CSV file: it starts with ".*\(SAFE-CSV-FORM\)$/);
		expect(report.items('Node')).toEqual([]);
	});

	test.each(['simplified', 'ecs', 'ocsf'])('whose times cannot be read comes out as %s, with a hint that counts each row once though its download broke off', async (output) => {
		const world = await start();
		world.storage.faults.add({ on: { nth: 1 }, do: { truncateBody: true } });
		const report = await run(world, { output, options: { timestampColumn: 'Details' } });
		const rows = ofTwoDays(world);
		expect(report.items('Node')).toHaveLength(rows.length);
		expect(world.storage.requests).toHaveLength(2);
		expect(messagesOf(report.hints('Node')).slice(1)).toEqual([
			expect.stringMatching(new RegExp(`^${rows.length} of ${rows.length} times in column "Details" could not be read, e\\.g\\. ".*": these rows keep their text, and count as of the time of this run\\..* name it under Options, "Time Column"\\.$`)),
		]);
	});

	test('whose times cannot be read has no such hint in the vendor form, in which they stay as they are', async () => {
		const world = await start();
		const report = await run(world, { output: 'vendor', options: { timestampColumn: 'Details' } });
		expect(messagesOf(report.hints('Node'))).toHaveLength(1);
	});

	test('that is compressed and cut off is not taken for a whole one', async () => {
		const { report, server } = await readFile(gzipSync(`Time,User\n${'a,b\n'.repeat(10_000)}`).subarray(0, 60));
		expect(report.error?.message).toMatch(/\(SAFE-NET-RESET\)$/);
		expect(report.items('Node')).toEqual([]);
		expect(server.requests).toHaveLength(4);
	});
});

describe('the download link', () => {
	test('shows in no item, hint, log line or workflow data, and gets no token', async () => {
		const world = await start();
		const report = await run(world, { enrichUsers: true, options: { includeOriginal: true } });
		expect(world.storage.requests).toHaveLength(1);
		expect(world.storage.requests[0].headers.authorization).toBeUndefined();
		expect(leaks([report, ...bench.logged], secretsOf(world))).toEqual([]);
	});

	test('is opened exactly as SAFE gave it', async () => {
		const { server } = await readFile('Time\na\n');
		expect(server.requests.map(({ path }) => path)).toEqual(['/report.csv?X-Amz-Signature=ab%2Fcd%3D']);
	});
});

describe('several input items', () => {
	const input = [1, 0, 2].map((days) => ({ days }));
	const ofInput = { days: '={{ $json.days }}', output: 'vendor' };

	/** Rows of each report, in the order of the requests. */
	const rowsOf = ({ safe }: World) => safe.reportsRequested.map(({ rows }) => rows);

	test('go on past one that fails when told to continue, its message in its place', async () => {
		const world = await start();
		const report = await run(world, ofInput, { input, onError: 'continueRegularOutput' });
		const [first, third] = rowsOf(world);
		const expected = [...Array<number>(first).fill(0), 1, ...Array<number>(third).fill(2)];
		expect(report.items('Node').map(({ pairedItem }) => pairedItem)).toEqual(expected.map((item) => ({ item })));
		expect(report.items('Node')[first].json).toEqual({
			error: '"Days" is not a whole number from 1 to 365: 0 (SAFE-DAYS)',
			message: expect.stringMatching(/\w/),
		});
	});

	test('send one that fails to the error output when told to, and the rows of the others on', async () => {
		const world = await start();
		const report = await run(world, ofInput, { input, onError: 'continueErrorOutput' });
		const [first, third] = rowsOf(world);
		const expected = [...Array<number>(first).fill(0), ...Array<number>(third).fill(2)];
		expect(report.items('Node').map(({ pairedItem }) => pairedItem)).toEqual(expected.map((item) => ({ item })));
		expect(report.items('Node', 1)).toEqual([
			expect.objectContaining({
				json: expect.objectContaining({ days: 0, error: expect.stringMatching(/\(SAFE-DAYS\)$/) }),
				pairedItem: { item: 1 },
			}),
		]);
	});
});
