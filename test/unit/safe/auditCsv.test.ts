import { findColumns, readAuditCsv, rowIdentifier } from '../../../nodes/shared/safe/auditCsv';
import { chunksOf, cutAt, cutEvery, utf16, utf8 } from '../bytes';
import { failureOf, thrownBy } from '../failures';

async function read(text: string | Uint8Array[], limit?: number, settings = {}) {
	const pieces = typeof text === 'string' ? [utf8(text)] : text;
	return await readAuditCsv(chunksOf(pieces), { unevenRows: 'stop', ...settings }, { limit });
}

const CSV =
	'Timestamp,User ID,Action\n2026-01-31T08:00:00Z,a1,login\n2026-01-31T08:00:01Z,b2,"multi\nline"\n';

describe('an audit report', () => {
	it('comes out as records in file order, cells as they stand', async () => {
		const { columns, rows, rowsRead } = await read(CSV);
		expect(columns).toEqual(['Timestamp', 'User ID', 'Action']);
		expect(rows.map(({ record }) => record)).toEqual([
			{ Timestamp: '2026-01-31T08:00:00Z', 'User ID': 'a1', Action: 'login' },
			{ Timestamp: '2026-01-31T08:00:01Z', 'User ID': 'b2', Action: 'multi\nline' },
		]);
		expect(rowsRead).toBe(2);
	});

	it.each<[string, string, string[]]>([
		['an empty file', '', []],
		['a header alone', 'Timestamp,Action\n', ['Timestamp', 'Action']],
	])('has no rows in %s', async (_label, text, columns) => {
		expect(await read(text)).toEqual({ columns, rows: [], rowsRead: 0 });
	});

	it.each([0, 1, 2, 3])('keeps %s rows at most and counts all', async (limit) => {
		const table = await read(CSV, limit, { sliceCharacters: 1 });
		expect(table.rows).toHaveLength(Math.min(limit, 2));
		expect(table.rowsRead).toBe(2);
	});

	it('keeps no more rows than wanted of a file that comes in many slices', async () => {
		const pieces = cutEvery(utf8(`n\n${'1\n'.repeat(200)}`), 10);
		const table = await read(pieces, 50, { sliceCharacters: 1 });
		expect([table.rows.length, table.rowsRead]).toEqual([50, 200]);
	});

	it('gives the same rows without IDs where nobody asked for any', async () => {
		const uneven = `${CSV}x\n`;
		const [withIds, without] = await Promise.all([true, false].map(async (ids) => await readAuditCsv(chunksOf([Buffer.from(uneven)]), { unevenRows: 'keep' }, { ids })));
		expect(without.rows).toEqual(withIds.rows.map(({ record }) => ({ eventId: '', record })));
		expect(without.rows).toHaveLength(3);
		expect(withIds.rows.every(({ eventId }) => /^[0-9a-f]{64}$/.test(eventId))).toBe(true);
	});

	it('lets uneven rows through where that was chosen', async () => {
		const { rows } = await read('a,b\n1\n1,2,3\n', undefined, { unevenRows: 'keep' });
		expect(rows.map(({ record }) => record)).toEqual([
			{ a: '1', b: '' },
			{ a: '1', b: '2', column_3: '3' },
		]);
	});
});

describe('a damaged report', () => {
	it.each<[string, string, number, RegExp]>([
		['an unclosed quote', `${CSV}x,"y,z\n`, 5, /never closed/],
		['a short row', `${CSV}x,y\n`, 5, /2 cells where the header has 3/],
		['a row that is cut off', `${CSV}x,y`, 5, /2 cells/],
	])('is refused with the line of %s', async (_label, text, line, reason) => {
		for (const sliceCharacters of [1, undefined]) {
			const failure = await failureOf(async () => await read(text, 1, { sliceCharacters }));
			expect(failure.message).toMatch(
				new RegExp(`^Line ${line} of the report is not a proper CSV row: .*\\(SAFE-CSV-ROW\\)$`),
			);
			expect(failure.message).toMatch(reason);
		}
	});

	it('is refused beyond a limit, too', async () => {
		expect(await failureOf(async () => await read(`${CSV}x,y\n`, 0, { sliceCharacters: 1 }))).toMatchObject({
			code: 'SAFE-CSV-ROW',
		});
	});

	it('keeps the failure of a transfer that broke off', async () => {
		const lost = new Error('lost');
		const chunks = (async function* () {
			yield utf8(CSV);
			throw lost;
		})();
		expect(await thrownBy(async () => await readAuditCsv(chunks, { unevenRows: 'stop' }))).toBe(lost);
	});
});

describe('what is no CSV', () => {
	const BODIES: Array<[string, string]> = [
		['XML', '<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'],
		['a web page', '\n  <!DOCTYPE html><html></html>'],
		['a JSON object', '{"message":"Unauthorized"}'],
		['a JSON list', '[{"a":1}]'],
		['JSON after a byte order mark', '\uFEFF{"a":1}'],
		['JSON after blank lines', '\uFEFF\r\n\r\n {"a":1}'],
	];

	it.each(BODIES)('is refused before any row is made of it, in any cut: %s', async (_label, body) => {
		const bytes = utf8(body);
		for (let at = 0; at < bytes.length; at++) {
			expect(await failureOf(async () => await read(cutAt(bytes, [at])))).toMatchObject({
				code: 'SAFE-CSV-FORM',
			});
		}
		expect(await failureOf(async () => await read(cutEvery(bytes, 1)))).toMatchObject({
			code: 'SAFE-CSV-FORM',
		});
	});

	it('is shown by its first characters, secrets taken out', async () => {
		const failure = await failureOf(
			async () => await read('{"preSignedUrl":"https://b.example.com/f?sig=s3cr3t-value"}'),
		);
		expect(failure.message).toContain('it starts with "{');
		expect(failure.message).not.toContain('s3cr3t');
		const token = await failureOf(
			async () =>
				await read('{"t":"eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMzlmNjQ5NSJ9.c2lnbmF0dXJl"}'),
		);
		expect(token.message).not.toContain('eyJ0');
	});

	it('is shown by 40 characters of it at most', async () => {
		const failure = await failureOf(async () => await read(`<${'ab '.repeat(30)}`));
		expect(failure.details.values).toEqual({ detail: `it starts with "‹${'ab '.repeat(13)}"` });
	});

	it('is told as UTF-16 where its byte order mark is missing, instead of one column of rubbish', async () => {
		const little = Buffer.from(CSV, 'utf16le');
		for (const bytes of [little, Buffer.from(little).swap16()]) {
			const failure = await failureOf(async () => await read([bytes]));
			expect([failure.code, failure.message]).toEqual(['SAFE-CSV-FORM', expect.stringContaining('it is UTF-16 without a byte order mark')]);
		}
	});

	it('is not seen in a report whose cells begin like it', async () => {
		expect((await read('a,b\n<x>,{y}\n[z],"<"\n')).rows).toHaveLength(2);
	});
});

describe('the id of a row', () => {
	const ids = async (text: string | Uint8Array[], settings = {}) =>
		(await read(text, undefined, settings)).rows.map(({ eventId }) => eventId);

	it('is the SHA-256 of its names and cells', async () => {
		// printf '[["a","1"],["b","ü"]]' | sha256sum
		expect(await ids('a,b\n1,ü\n')).toEqual([
			'590f9b9e28cfeffd1817e6c764bc677db2f18c5c39eb675d4ad4bde437056835',
		]);
	});

	it('is the same however the file was cut, encoded and delimited', async () => {
		const expected = await ids(CSV);
		const bytes = utf8(CSV);
		for (let at = 1; at < bytes.length; at++)
			expect(await ids(cutAt(bytes, [at]), { sliceCharacters: 1 })).toEqual(expected);
		expect(await ids([utf16(CSV, 'little')])).toEqual(expected);
		expect(await ids(CSV.replaceAll(',', ';').replace(/\n(?!line)/g, '\r\n'))).toEqual(expected);
	});

	it('is the same in another export that holds other rows', async () => {
		const [, second] = await ids(CSV);
		expect(await ids(CSV.replace(/^2026-01-31T08:00:00Z.*\n/m, ''))).toEqual([second]);
	});

	it('has a number from the second identical row on, across slices', async () => {
		const text = 'a,b\n1,2\n1,2\n3,4\n1,2\n3,4\n';
		for (const sliceCharacters of [1, undefined]) {
			const [first, second, other, third, otherAgain] = await ids(text, { sliceCharacters });
			expect([second, third, otherAgain]).toEqual([`${first}#2`, `${first}#3`, `${other}#2`]);
		}
	});

	it('differs when a cell, a name or the place of a cell differs', async () => {
		const all = await Promise.all(
			['a,b\n1,2\n', 'a,b\n2,1\n', 'a,c\n1,2\n', 'a,b\n"1,2",\n', 'a,b\n1, 2\n', 'a,b,c\n1,2,\n'].map(
				async (text) => await ids(text),
			),
		);
		expect(new Set(all.flat()).size).toBe(6);
	});

	it('starts anew with each file', () => {
		const [one, other] = [rowIdentifier(), rowIdentifier()];
		const first = one({ a: '1' });
		expect(other({ a: '1' })).toBe(first);
		expect(one({ a: '1' })).toBe(`${first}#2`);
	});
});

describe('columns', () => {
	it.each<[string, string[], object]>([
		[
			'the words of the documentation',
			['Timestamp', 'Source IP and Port', 'Username', 'Action/Activity'],
			{ time: 'Timestamp', address: 'Source IP and Port', user: 'Username', action: 'Action/Activity' },
		],
		['a user ID beside a name', ['Username', 'User ID'], { user: 'User ID' }],
		[
			'other letters and joints',
			['TIME_STAMP', 'user-uuid', 'event type', 'client_ip'],
			{ time: 'TIME_STAMP', user: 'user-uuid', action: 'event type', address: 'client_ip' },
		],
		['details and a target', ['Details', 'Entity Name'], { message: 'Details', target: 'Entity Name' }],
		['nothing known', ['foo', 'bar'], {}],
		['names of object members', ['__proto__', 'constructor'], {}],
	])('are found by %s', (_label, columns, found) => {
		expect(findColumns(columns)).toEqual(found);
	});

	it.each<[string, object, object]>([
		['as it stands', { user: 'Who' }, { user: 'Who', time: 'Timestamp' }],
		['in other letters', { user: ' who ' }, { user: 'Who', time: 'Timestamp' }],
		['in place of one that would be found', { time: 'Changed At' }, { time: 'Changed At', user: 'User ID' }],
		['that does not exist, which finds none', { time: 'Nowhere' }, { user: 'User ID' }],
		['that is empty, which is as good as none', { time: '' }, { time: 'Timestamp', user: 'User ID' }],
	])('go by the name a user set: %s', (_label, chosen, found) => {
		expect(findColumns(['Timestamp', 'User ID', 'Who', 'Changed At'], chosen)).toEqual(found);
	});
});

describe('a report that would not fit into memory', () => {
	it('is refused by what its rows take, not by their number', async () => {
		const rows = (cell: string, count: number) => chunksOf([utf8(`a,b\n${`${cell},${cell}\n`.repeat(count)}`)]);
		const reading = async (cell: string, count: number, limit = Infinity) => await readAuditCsv(rows(cell, count), { unevenRows: 'stop' }, { limit, mostHeldBytes: 100_000 });
		expect((await reading('x', 390)).rows).toHaveLength(390);
		const failure = await failureOf(async () => await reading('x'.repeat(1_000), 390));
		expect([failure.code, failure.message]).toEqual(['SAFE-CSV-SIZE', expect.stringContaining('stopped after 44 rows')]);
		expect((await reading('x'.repeat(1_000), 390, 10)).rowsRead).toBe(390);
	});

	it.each([
		['a million columns', `${'a,'.repeat(1_000_000)}a\n`],
		['a million columns, the last of them in quotes', `${'a,'.repeat(1_000_000)}"a"\n`],
		['a row of a million cells', `a\n1\n${','.repeat(1_000_000)}\n`],
	])('is refused for %s, also where uneven rows are let through', async (_label, text) => {
		const failure = await failureOf(async () => await read(text, undefined, { unevenRows: 'keep' }));
		expect([failure.code, failure.message]).toEqual(['SAFE-CSV-FORM', expect.stringContaining('a row has 1000001 cells')]);
	});

	it('takes a thousand columns of one name for as many columns', async () => {
		const { columns } = await read(`${'a,'.repeat(999)}a\n`);
		expect(new Set(columns).size).toBe(1_000);
		expect(columns.slice(0, 3)).toEqual(['a', 'a_2', 'a_3']);
	});
});
