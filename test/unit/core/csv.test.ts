import { parse } from 'csv-parse/sync';
import { columnNames, readCsv, recordMaker, rowToRecord } from '../../../nodes/shared/core/csv';
import { chunksOf, cutAt, cutEvery, utf16, utf8 } from '../bytes';
import { thrownBy } from '../failures';
import { readAll } from './readAll';

const HEADER = ['time', 'user', 'text'];

describe('a whole file', () => {
	it.each<[string, string, string[][]]>([
		['quoted cells', 'time,user,text\n1,"a,b","c"\n', [['1', 'a,b', 'c']]],
		['doubled quotes', 'time,user,text\n1,"say ""hi""",""""\n', [['1', 'say "hi"', '"']]],
		['line ends inside quotes', 'time,user,text\n1,"a\nb\r\nc\rd",e\n', [['1', 'a\nb\r\nc\rd', 'e']]],
		[
			'CRLF line ends',
			'time,user,text\r\n1,2,3\r\n4,5,6\r\n',
			[
				['1', '2', '3'],
				['4', '5', '6'],
			],
		],
		[
			'CR line ends',
			'time,user,text\r1,2,3\r4,5,6\r',
			[
				['1', '2', '3'],
				['4', '5', '6'],
			],
		],
		[
			'mixed line ends',
			'time,user,text\r\n1,2,3\n4,5,6\r7,8,9',
			[
				['1', '2', '3'],
				['4', '5', '6'],
				['7', '8', '9'],
			],
		],
		['no final line end', 'time,user,text\n1,2,3', [['1', '2', '3']]],
		['a quoted cell at the very end', 'time,user,text\n1,2,"3"', [['1', '2', '3']]],
		['blank lines at the start', '\n\r\n\ntime,user,text\n1,2,3\n', [['1', '2', '3']]],
		[
			'blank lines in the middle',
			'time,user,text\n1,2,3\n\n\r\n4,5,6\n',
			[
				['1', '2', '3'],
				['4', '5', '6'],
			],
		],
		['blank lines at the end', 'time,user,text\n1,2,3\n\n\r\n\n', [['1', '2', '3']]],
		[
			'empty cells',
			'time,user,text\n,,\n"",,""\n',
			[
				['', '', ''],
				['', '', ''],
			],
		],
		['cells of blanks', 'time,user,text\n 1 ,\t, \n', [[' 1 ', '\t', ' ']]],
		['semicolons', 'time;user;text\n1,5;2;"3;4"\n', [['1,5', '2', '3;4']]],
		['tabs', 'time\tuser\ttext\n1,5\t2\t"3\t4"\n', [['1,5', '2', '3\t4']]],
		['a byte order mark', '\uFEFFtime,user,text\n1,2,3\n', [['1', '2', '3']]],
		['a byte order mark before a quoted header', '\uFEFF"time","user","text"\n1,2,3\n', [['1', '2', '3']]],
		['two byte order marks before a quoted header', '\uFEFF\uFEFF"time","user","text"\n1,2,3\n', [['1', '2', '3']]],
		['two byte order marks before a blank line', '\uFEFF\uFEFF\ntime,user,text\n1,2,3\n', [['1', '2', '3']]],
		['characters of two, three and four bytes', 'time,user,text\nü,€,😀\n', [['ü', '€', '😀']]],
		['a header alone', 'time,user,text', []],
		['a header line alone', 'time,user,text\r\n', []],
	])('is read with %s', async (_label, text, rows) => {
		expect(await readAll([utf8(text)])).toEqual({ header: HEADER, rows, slices: 1 });
	});

	it.each(['little', 'big'] as const)('is read in UTF-16, %s endian', async (order) => {
		const bytes = utf16('time,user,text\r\n1,"ü\n€",😀\r\n', order);
		const expected = { header: HEADER, rows: [['1', 'ü\n€', '😀']] };
		expect(await readAll([bytes])).toMatchObject(expected);
		for (let at = 1; at < bytes.length; at++) {
			expect(await readAll(cutAt(bytes, [at]), { sliceCharacters: 1 })).toMatchObject(expected);
		}
	});

	it.each([
		[0xff, 0x61],
		[0x61, 0xfe],
		[0xfe, 0x61],
		[0x61, 0xff],
	])('is read as UTF-8 when its first bytes, %i and %i, are damaged: that costs one sign, not the whole file', async (...first) => {
		const name = first.map((byte) => (byte === 0x61 ? 'a' : '\uFFFD')).join('');
		expect(await readAll([Uint8Array.from(first), utf8(',user\n1,2\n')])).toMatchObject({ header: [name, 'user'], rows: [['1', '2']] });
	});

	it.each<[string, Uint8Array[]]>([
		['no bytes at all', []],
		['an empty piece', [new Uint8Array(0)]],
		['a byte order mark alone', [utf8('\uFEFF')]],
		['a UTF-16 byte order mark alone', [utf16('', 'little')]],
		['blank lines alone', [utf8('\n\r\n\r\n')]],
		['one line end', [utf8('\n')]],
	])('gives no header and no rows for %s', async (_label, pieces) => {
		expect(await readAll(pieces)).toEqual({ header: undefined, rows: [], slices: 0 });
	});

	it('gives a header for a file of one byte', async () => {
		expect(await readAll([utf8('a')])).toEqual({ header: ['a'], rows: [], slices: 1 });
	});

	it('takes the delimiter from outside the quotes of the header line', async () => {
		expect(await readAll([utf8('"a,b,c";d\n1;2\n')])).toMatchObject({
			header: ['a,b,c', 'd'],
			rows: [['1', '2']],
		});
	});

	it.each(['\n', '\r\n', '\r'])('takes the delimiter from the header line alone, with line ends of %j', async (end) => {
		expect(await readAll([utf8(`${end}${end}a,b${end}1;2;3;4,5${end}`)])).toMatchObject({
			header: ['a', 'b'],
			rows: [['1;2;3;4', '5']],
		});
	});

	it('reads a file of one column', async () => {
		expect(await readAll([utf8('name\nx\n"y\nz"\n')])).toMatchObject({
			header: ['name'],
			rows: [['x'], ['y\nz']],
		});
	});
});

describe('a file in pieces', () => {
	const NASTY = [
		'\uFEFF\r\n"time","us""er",text,__proto__',
		'1,"a,b","line one\r\nline ""two""\r\r\n\n\nline six",€',
		'',
		'2,,"""",""',
		'ü,😀,"😀""\n""ü",end',
		'\n"","","",""\r',
		'3,plain,"x\ry",z',
	].join('\r\n');
	const bytes = utf8(NASTY);
	const expected = parse(NASTY, {
		bom: true,
		record_delimiter: ['\r\n', '\n', '\r'],
		skip_empty_lines: true,
		relax_column_count: true,
	});

	it('keeps every record across every cut', async () => {
		expect(expected).toHaveLength(6);
		for (let at = 0; at <= bytes.length; at++) {
			for (const sliceCharacters of [1, 64, undefined]) {
				const { header, rows } = await readAll(cutAt(bytes, [at]), { unevenRows: 'keep', sliceCharacters });
				expect([header, ...rows]).toEqual(expected);
			}
		}
	});

	it('keeps every record at every slice size', async () => {
		for (let sliceCharacters = 1; sliceCharacters <= NASTY.length + 1; sliceCharacters++) {
			for (const size of [1, 2, 7]) {
				const { header, rows } = await readAll(cutEvery(bytes, size), {
					unevenRows: 'keep',
					sliceCharacters,
				});
				expect([header, ...rows]).toEqual(expected);
			}
		}
	});

	it('keeps every record behind two byte order marks, at every slice size', async () => {
		const text = '\uFEFF\uFEFF"a",b\n1,2\n3,4\r\n5,"6"\r7,8\n';
		const rows = [['1', '2'], ['3', '4'], ['5', '6'], ['7', '8']];
		for (let sliceCharacters = 1; sliceCharacters <= text.length + 1; sliceCharacters++) {
			for (const size of [1, 2, 7, 100]) expect(await readAll(cutEvery(utf8(text), size), { sliceCharacters })).toMatchObject({ header: ['a', 'b'], rows });
		}
	});

	it.each(['\n\n\uFEFF', '\n\uFEFFa,b\n1,2\n', '\r\n\uFEFF"a",b\n1,2\n'])('takes a byte order mark behind blank lines for a sign like any other, wherever it is cut: %j', async (text) => {
		const mark = text.replace(/^\s*(?=\uFEFF)/, '');
		const whole = mark.includes('"') ? /quote stands inside/ : { header: mark.split('\n')[0].split(',') };
		for (let size = 1; size <= 20; size++) {
			for (let sliceCharacters = 1; sliceCharacters <= 20; sliceCharacters++) {
				const read = readAll(cutEvery(utf8(text), size), { sliceCharacters });
				if (whole instanceof RegExp) expect(await thrownBy(async () => await read)).toMatchObject({ line: 2, detail: expect.stringMatching(whole) });
				else expect(await read).toMatchObject(whole);
			}
		}
	});

	it('is made into rows in small pieces, however large the chunks are, so that large text does not pile up in memory', async () => {
		const { slices, rows } = await readAll([utf8(`a,b\n${'é,"ü"\n'.repeat(100_000)}`)]);
		expect(rows).toHaveLength(100_000);
		// 600,004 characters; a piece of 16,384 bytes has 12,288 of them, and two are enough for a slice.
		expect(slices).toBe(25);
	});

	it.each([
		['1,2,3\n', 'time,user,text\n'],
		['1,"2",3\n', 'time,user,text\n'],
		['"1",2,3\r\n', 'time,user,text\n'],
		['1,2,3\n', '\uFEFF\uFEFFtime,user,text\n'],
		['1,2,3\n', '\uFEFF\uFEFF"time",user,text\n'],
		['1,2,3\r', '\uFEFF\uFEFF"time",user,text\r'],
	])('hands rows such as %j out before the file has ended, whose header is %j', async (row, header) => {
		let sent = 0;
		const endless = (function* () {
			yield utf8(header);
			for (; sent < 10_000; sent++) yield utf8(row);
		})();
		const rows: string[][] = [];
		for await (const slice of readCsv(chunksOf(endless), { unevenRows: 'stop', sliceCharacters: 60 })) {
			rows.push(...slice.rows);
			if (rows.length >= 100) break;
		}
		expect(sent).toBeLessThan(120);
	});
});

describe('column names', () => {
	it.each<[string, string[], string[]]>([
		['blank names', ['a', '', ' '], ['a', 'column_2', 'column_3']],
		['repeated names', ['a', 'a', 'b', 'a'], ['a', 'a_2', 'b', 'a_3']],
		['repeated names whose successor is taken', ['a', 'a_2', 'a', 'a'], ['a', 'a_2', 'a_3', 'a_4']],
		['names that differ in blanks alone', ['a ', ' a'], ['a', 'a_2']],
		['a name that looks like a blank one', ['column_2', ''], ['column_2', 'column_2_2']],
		[
			'names of object members',
			['__proto__', 'constructor', '__proto__', 'toString'],
			['__proto__', 'constructor', '__proto___2', 'toString'],
		],
	])('are all different and none is lost: %s', (_label, header, names) => {
		expect(columnNames(header)).toEqual(names);
	});
});

describe('a row as a record', () => {
	it('keeps the cells of a column named __proto__, also where many rows are read', () => {
		const recordOf = recordMaker(columnNames(['a', '__proto__']));
		for (const row of [['1', '2'], ['3', '4']]) {
			expect(Object.entries(recordOf(row))).toEqual([['a', row[0]], ['__proto__', row[1]]]);
			expect(Object.getPrototypeOf(recordOf(row))).toBe(Object.prototype);
		}
	});

	it('keeps cells under the names of object members', () => {
		const record = rowToRecord(columnNames(['__proto__', 'constructor']), ['x', 'y']);
		expect(Object.entries(record)).toEqual([
			['__proto__', 'x'],
			['constructor', 'y'],
		]);
		expect(Object.getPrototypeOf(record)).toBe(Object.prototype);
		expect(JSON.parse(JSON.stringify(record))).toEqual(record);
	});

	it.each([[['1', '2']], [['1']], [['1', '2', '3']]])('is the same where many rows are read: %j', (row) => {
		const columns = ['a', 'b'];
		expect(Object.entries(recordMaker(columns)(row))).toEqual(Object.entries(rowToRecord(columns, row)));
	});

	it.each<[string, string[], string[], Record<string, string>]>([
		['missing cells come out empty', ['a', 'b', 'c'], ['1'], { a: '1', b: '', c: '' }],
		[
			'extra cells are kept by their place',
			['a', 'b'],
			['1', '2', '3', '4'],
			{ a: '1', b: '2', column_3: '3', column_4: '4' },
		],
	])('%s', (_label, columns, row, record) => {
		expect(rowToRecord(columns, row)).toEqual(record);
	});

	it.each([
		[['column_2'], ['1', '2', '3']],
		[
			['column_3', 'b'],
			['1', '2', '3'],
		],
		[
			['column_4', 'column_4_extra', 'c'],
			['1', '2', '3', '4'],
		],
		[
			['column_4', 'column_4_2', 'c'],
			['1', '2', '3', '4', '5'],
		],
	])('loses no extra cell when the header is %j', (header, row) => {
		expect(Object.values(rowToRecord(columnNames(header), row)).sort()).toEqual(row);
	});
});
