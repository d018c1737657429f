import { auditLogsStateIn, auditLogsUuidIn, eventListIn, shapeOf } from '../../../nodes/shared/safe/auditLogsAnswers';
import { digestedSlices, readAuditFile, readAuditJson } from '../../../nodes/shared/safe/auditFile';
import { exportFamily } from '../../../nodes/shared/safe/exportFamilies';
import { rowDigest } from '../../../nodes/shared/safe/rowIds';
import { chunksOf, utf8 } from '../bytes';
import { failureOf, thrownBy } from '../failures';

const UUID = '5f3c1d1e-7a55-4d9e-9a40-1b9f5a1b2c3d';
const PAGE = '<!doctype html><html><body>Sign in</body></html>';
const LINK = 'https://s3.example.com/a.csv?X-Amz-Signature=1';
const good = (text: string) => ({ status: 200, headers: {}, text });
/** What a step gives, or the code of what it throws with its values. */
const outcomeOf = async (step: () => unknown): Promise<unknown> => {
	try {
		return step();
	} catch {
		const { code, details } = await failureOf(step);
		return { code, status: details.status, ...details.values };
	}
};

const noUuid = (detail: string) => ({ code: 'SAFE-EXPORT-SHAPE', status: 200, expected: 'a uuid', detail });

it.each<[string, unknown]>([
	[`{"uuid":"${UUID}"}`, UUID],
	[`{"id":"${UUID}"}`, UUID],
	[`{"data":{"uuid":"inner-1","id":"x"},"uuid":"outer"}`, 'inner-1'],
	['{"data":{"id":"inner"},"uuid":"outer"}', 'outer'],
	['{"data":{"id":"inner"},"id":"outer"}', 'inner'],
	['{"id":"word"}', 'word'],
	[`{"data":"${UUID}"}`, UUID],
	[`"${UUID.toUpperCase()}"`, UUID.toUpperCase()],
	[` ${UUID}\n`, UUID],
	['{"data":"queued"}', noUuid('{ data: string }')],
	['queued', noUuid('string')],
	[`"x${UUID}"`, noUuid('string')],
	[`"${UUID}x"`, noUuid('string')],
	['{"uuid":""}', noUuid('{ uuid: string }')],
	[`{"uuid":"${'a'.repeat(101)}"}`, noUuid('{ uuid: string }')],
	['{"uuid":"../x"}', noUuid('{ uuid: string }')],
	['{"uuid":"a/../x"}', noUuid('{ uuid: string }')],
	['[1]', noUuid('list of number')],
	[PAGE, { code: 'SAFE-BODY-HTML', status: 200 }],
])('the uuid in the answer %s is found or told missing', async (text, wanted) => {
	expect(await outcomeOf(() => auditLogsUuidIn(good(text)))).toEqual(wanted);
});

const strange = (detail: string) => ({ code: 'SAFE-EXPORT-SHAPE', status: 200, expected: 'a link, JSON events or CSV', detail });
const content = (text: string) => ({ ready: true, content: text });
const unfinished = (said: string) => ({ ready: false, said });

it.each<[string, unknown]>([
	['', unfinished('an empty answer')],
	[' \n', unfinished('an empty answer')],
	[PAGE, { code: 'SAFE-BODY-HTML', status: 200 }],
	[LINK, { ready: true, link: LINK }],
	[` ${LINK.replace('https', 'HTTP')}\n`, { ready: true, link: LINK.replace('https', 'HTTP') }],
	[`"${LINK}"`, { ready: true, link: LINK }],
	[`{"preSignedUrl":"${LINK}"}`, { ready: true, link: LINK }],
	[`{"presignedUrl":"","url":"${LINK}"}`, { ready: true, link: LINK }],
	[`{"data":{"downloadUrl":"${LINK}"}}`, { ready: true, link: LINK }],
	[`{"data":"${LINK}"}`, { ready: true, link: LINK }],
	[`{"url":["${LINK}"]}`, strange('{ url: list of string }')],
	[`{"url":"see ${LINK}"}`, unfinished('HTTP 200 with { url: string }')],
	[`{"url":"${LINK} later"}`, unfinished('HTTP 200 with { url: string }')],
	[`see ${LINK}`, strange('text without columns')],
	[`${LINK} later`, strange('text without columns')],
	['a,b\n1,2', content('a,b\n1,2')],
	['\n a;b\r\n1;2', content('\n a;b\r\n1;2')],
	['a\tb', content('a\tb')],
	['Time [UTC],User\n1,2', content('Time [UTC],User\n1,2')],
	['"\\na,b\\n1,2"', content('\na,b\n1,2')],
	['"a,b\\n1,2"', content('a,b\n1,2')],
	['{"data":"a,b\\n1,2"}', content('a,b\n1,2')],
	['{"data":"queued"}', strange('{ data: string }')],
	['"queued"', strange('string')],
	['a\n1,2', strange('text without columns')],
	['<a,b>', strange('text without columns')],
	['{"a":1}\n{"a":2}', content('{"a":1}\n{"a":2}')],
	['{"a":1} \r\n \r\n {"a":2}', content('{"a":1} \r\n \r\n {"a":2}')],
	['{"a":1', { code: 'SAFE-BODY-JSON', status: 200 }],
	['[{"a":1},', { code: 'SAFE-BODY-JSON', status: 200 }],
	['{"a" {"a":1}\n{', content('{"a" {"a":1}\n{')],
	['x{"a":1}\n{"a":2}', strange('text without columns')],
	['[]', content('[]')],
	['{"data":{"logs":[{"a":1}]}}', content('{"data":{"logs":[{"a":1}]}}')],
	['{"data":[]}', content('{"data":[]}')],
	['[{"a":1},2]', strange('list of { a: number }')],
	['[[{"a":1}]]', strange('list of list of { a: number }')],
	['[null]', strange('list of null')],
	['{"status":"RUNNING","done":false,"percent":3,"next":null}', unfinished('HTTP 200 with { status: string, done: boolean, percent: number, next: null }')],
	['{"data":null}', unfinished('HTTP 200 with { data: null }')],
	['{"data":{"status":"RUNNING"}}', unfinished('HTTP 200 with { data: { status: string } }')],
	['{"data":{"status":{"a":1}}}', strange('{ data: { status: { a: number } } }')],
	['{"rows":{"a":1}}', strange('{ rows: { a: number } }')],
	['{"data":7}', strange('{ data: number }')],
	['7', strange('number')],
	['null', strange('null')],
])('the answer %s about an export says where it stands', async (text, wanted) => {
	expect(await outcomeOf(() => auditLogsStateIn(good(text)))).toEqual(wanted);
});

it('finds the list of events under each of its usual names, in their order', () => {
	const events = [{ a: 1 }];
	for (const name of ['logs', 'values', 'events', 'auditLogs', 'data']) {
		expect(eventListIn({ [name]: events })).toBe(events);
		expect(eventListIn({ data: { [name]: events } })).toBe(events);
	}
	expect(eventListIn({ rows: events })).toBeUndefined();
	expect(eventListIn({ logs: [1], values: events })).toBe(events);
});

it('shows a shape five levels deep, with twelve names of thirty characters', () => {
	const nest = (depth: number): unknown => (depth === 0 ? 1 : { n: nest(depth - 1) });
	expect(shapeOf(nest(5))).toBe('{ n: { n: { n: { n: { n: number } } } } }');
	expect(shapeOf(nest(6))).toBe('{ n: { n: { n: { n: { n: object } } } } }');
	expect(shapeOf([[[[[[1]]]]]])).toBe('list of list of list of list of list of object');
	expect(shapeOf([])).toBe('empty list');
	expect(shapeOf({ [`${'n'.repeat(29)}bc`]: 's' })).toBe(`{ ${'n'.repeat(29)}b: string }`);
	expect(shapeOf(Object.fromEntries(Array.from({ length: 13 }, (_none, at) => [`n${at}`, at])))).toMatch(/n11: number \}$/);
});

describe('what is asked of either set of endpoints', () => {
	it.each([
		[{ family: 'reports', daysForm: 'days' }, '/api/v3/reports', { type: 'AUDIT_LOGS', format: 'csv', reportMeta: { days: 3 } }],
		[{ family: 'auditLogsExport', daysForm: 'days' }, '/api/v3/audit-logs/export', { days: 3 }],
		[{ family: 'auditLogsExport', daysForm: 'reportMeta' }, '/api/v3/audit-logs/export', { reportMeta: { days: 3 } }],
		[{ family: 'auditLogsExport', daysForm: 'number' }, '/api/v3/audit-logs/export', 3],
	] as const)('%j', (choice, path, body) => {
		const family = exportFamily(choice);
		expect([family.path, family.body(3)]).toEqual([path, body]);
	});

	it.each<['reports' | 'auditLogsExport', number, string, unknown]>([
		['reports', 200, `{"data":{"preSignedUrl":"${LINK}"}}`, { ready: true, link: LINK }],
		['reports', 200, `{"preSignedUrl":"${LINK}"}`, { ready: true, link: LINK }],
		['reports', 200, '{"data":{"preSignedUrl":""}}', unfinished('no link yet')],
		['reports', 404, '', unfinished('HTTP 404')],
		['auditLogsExport', 202, LINK, unfinished('HTTP 202')],
		['auditLogsExport', 400, '{"message":"Report not found"}', unfinished('HTTP 400')],
		['auditLogsExport', 403, '{"message":"Report not found"}', { code: 'SAFE-403-ROLE', status: 403 }],
		['auditLogsExport', 400, '{"message":"no"}', { code: 'SAFE-400-REQUEST', status: 400 }],
		['auditLogsExport', 200, LINK, { ready: true, link: LINK }],
		['reports', 201, '{}', { code: 'SAFE-4XX-REQUEST', status: 201 }],
	])('%s: HTTP %i %s is understood', async (family, status, text, wanted) => {
		const outcome = await outcomeOf(() => exportFamily({ family, daysForm: 'days' }).stateIn({ status, headers: {}, text }, 0));
		expect(outcome).toMatchObject(wanted as object);
	});

	it('of reports, an answer without a uuid is shown by its members', async () => {
		const uuidIn = (text: string) => outcomeOf(() => exportFamily({ family: 'reports', daysForm: 'days' }).uuidIn(good(text)));
		expect(await uuidIn(`{"uuid":"${UUID}"}`)).toBe(UUID);
		expect(await uuidIn('{"data":{"uuid":7},"message":"x"}')).toEqual({ code: 'SAFE-BODY-SHAPE', status: 200, expected: 'data.uuid', detail: 'data, message' });
	});
});

const CSV = { unevenRows: 'stop' as const };
const pieces = (...texts: string[]) => chunksOf(texts.map(utf8));

describe('an export as a file', () => {
	it.each<[string, string[]]>([
		['a list', ['[{"a":"1","b":2},{"a":null,"c":{"d":[1]}}]']],
		['a list below data', ['{"data":{"events":[{"a":"1","b":2},{"a":null,"c":{"d":[1]}}]}}']],
		['lines of JSON', ['{"a":"1","b":2}\n', '\n  \r\n{"a":null,"c":{"d":[1]}}\n']],
		['lines of JSON between blanks that JSON does not know', ['\f{"a":"1","b":2}\n{"a":null,"c":{"d":[1]}}\u00A0']],
		['a list behind two marks', ['\uFEFF\uFEFF[{"a":"1","b":2},{"a":null,"c":{"d":[1]}}]']],
		['a list after blanks and a mark, in small pieces', ['\uFEFF', ' \n', '[', '{"a":"1","b":2},{"a":null,"c":{"d":[1]}}', ']']],
	])('that is %s becomes rows of texts, and columns in the order in which they came up', async (_form, texts) => {
		const records: Array<Record<string, string>> = [{ a: '1', b: '2' }, { a: '', c: '{"d":[1]}' }];
		const rows = records.map((record) => ({ eventId: rowDigest(record), record }));
		expect(await readAuditFile(pieces(...texts), CSV)).toEqual({ columns: ['a', 'b', 'c'], rows, rowsRead: 2 });
		expect(await readAuditFile(pieces(...texts), CSV, { limit: 1 })).toEqual({ columns: ['a', 'b', 'c'], rows: rows.slice(0, 1), rowsRead: 2 });
		const slices = [];
		for await (const { columns, rows: some } of digestedSlices(pieces(...texts), CSV, true)) slices.push({ columns, rows: [...some] });
		expect(slices).toEqual([{ columns: ['a', 'b', 'c'], rows: records.map((record) => ({ record, digest: rowDigest(record) })) }]);
	});

	it('that is CSV becomes rows as it arrives, whether JSON may come or not', async () => {
		const texts = [' ', 'a,[b]\n1,', '{2\n'];
		const record = { a: '1', '[b]': '{2' };
		expect((await readAuditFile(pieces(...texts), CSV)).rows.map((row) => row.record)).toEqual([record]);
		for (const mayBeJson of [true, false]) {
			const read = [];
			for await (const { columns, rows } of digestedSlices(pieces(...texts), CSV, mayBeJson)) {
				expect(columns).toEqual(['a', '[b]']);
				read.push(...rows);
			}
			expect(read).toEqual([{ record, digest: rowDigest(record) }]);
		}
	});

	it('keeps a byte order mark inside a cell', () => {
		expect(readAuditJson('[{"a":"x\uFEFFy"}]').rows[0].record).toEqual({ a: 'x\uFEFFy' });
	});

	it('that is JSON of more than 128 MiB is refused before it is held whole', async () => {
		const blanks = utf8(' '.repeat(1024 * 1024));
		async function* endless() {
			yield utf8('[');
			for (let read = 0; read < 130; read++) yield blanks;
			throw new Error('was read on');
		}
		expect(await thrownBy(async () => await readAuditFile(endless(), CSV))).toMatchObject({ problem: 'too-large', detail: '128 MiB of JSON' });
	});

	it('ends the transfer when nobody reads on', async () => {
		let ended = false;
		async function* source() {
			try {
				for (let n = 0; ; n++) yield utf8(n === 0 ? 'a,b\n' : '1,2\n'.repeat(20_000));
			} finally {
				ended = true;
			}
		}
		for await (const _slice of digestedSlices(source(), CSV, true)) break;
		expect(ended).toBe(true);
	});

	it.each<[string, object]>([
		['{"a":', { code: 'SAFE-BODY-JSON' }],
		['{"a":1}\n{', { code: 'SAFE-BODY-JSON' }],
		['{"rows":{"a":true}}', { code: 'SAFE-EXPORT-SHAPE', expected: 'JSON events', detail: '{ rows: { a: boolean } }' }],
	])('that holds no events (%s) is refused in words', async (text, wanted) => {
		expect(await outcomeOf(() => readAuditJson(text))).toMatchObject(wanted);
	});
});
