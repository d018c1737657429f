import assert from 'node:assert/strict';
import { parse } from 'csv-parse/sync';
import fc, { type Arbitrary } from 'fast-check';
import { columnNames, type CsvSettings, CsvProblem, readCsv, rowToRecord } from '../../../nodes/shared/core/csv';
import { chunksOf, cutAt } from '../../unit/bytes';
import { type Delivery, delivered, delivery } from '../../unit/core/csvDelivery';
import { anyText } from '../arbitraries';
import { type Property, property } from '../property';

const area = 'csv';

async function rowsOf(text: string, how: Delivery, unevenRows: CsvSettings['unevenRows']): Promise<string[][]> {
	const rows: string[][] = [];
	let first: string[] | undefined;
	for await (const slice of readCsv(chunksOf(delivered(text, how)), { unevenRows, sliceCharacters: how.sliceCharacters })) {
		if (!first) rows.push((first = slice.header));
		assert.deepStrictEqual(slice.header, first);
		rows.push(...slice.rows);
	}
	return rows;
}

/** What csv-parse makes of the whole text at once. */
function oracle(text: string, delimiter: string): string[][] {
	const options = { bom: true, delimiter, record_delimiter: ['\r\n', '\n', '\r'], skip_empty_lines: true, relax_column_count: true };
	return parse(text, options) as unknown as string[][];
}

const lineEnd = fc.constantFrom('\n', '\r\n', '\r', '\n\n', '\r\n\r\n', '\r\r\n');
const plainCell = fc.string({ unit: fc.constantFrom('a', '7', ' ', '.', "'", 'ü', '€', '😀', '=', '\\', '\u2028', '\uFEFF'), maxLength: 8 });
const quotedCell = fc.string({ unit: fc.constantFrom('a', '"', '\n', '\r', '\r\n', ',', ';', '\t', 'ü', '😀', ' '), maxLength: 12 });

/** Cells as they are meant, and the text that a careful writer makes of them. */
interface Written {
	delimiter: string;
	cells: string[][];
	text: string;
}

/** A table whose meaning is known without any parser: a header of plain names, then rows of its width. */
const written: Arbitrary<Written> = fc
	.record({
		delimiter: fc.constantFrom(',', ';', '\t'),
		width: fc.integer({ min: 2, max: 5 }),
		start: fc.constantFrom('', '', '\n', '\r\n\r'),
		headerEnd: lineEnd,
		endsOpen: fc.boolean(),
	})
	.chain(({ delimiter, width, start, headerEnd, endsOpen }) => {
		const cell = fc.oneof(
			plainCell.map((value) => ({ value, written: value })),
			quotedCell.map((value) => ({ value, written: `"${value.replaceAll('"', '""')}"` })),
		);
		const row = fc.tuple(fc.array(cell, { minLength: width, maxLength: width }), lineEnd);
		return fc.array(row, { maxLength: 12 }).map((rows) => {
			const header = Array.from({ length: width }, (_none, index) => ` name${index} `);
			const lines = rows.map(([cells, end], at) => cells.map((one) => one.written).join(delimiter) + (endsOpen && at === rows.length - 1 ? '' : end));
			return { delimiter, cells: [header, ...rows.map(([cells]) => cells.map(({ value }) => value))], text: `${start}${header.join(delimiter)}${headerEnd}${lines.join('')}` };
		});
	});

const soup = fc.string({ unit: fc.constantFrom('a', 'b', ',', ',', '"', '"', '""', '\n', '\r', '\r\n', 'ü', '😀', ' '), maxLength: 60 });

/** Without stray quotes most of it can be read. */
const mildSoup = fc.string({ unit: fc.constantFrom('a', 'b', ',', ',', ',"",', '\n"a",', '\n', '\r', '\r\n', 'ü', '😀', ' '), maxLength: 60 });

export const CSV_PROPERTIES: Property[] = [
	property({
		area,
		rule: 'every cell of a well written CSV comes back, whatever the cut of its bytes, its encoding and the size of the slices',
		weight: 60,
		cases: () => fc.tuple(written, delivery),
		check: async ([{ cells, text }, how]) => assert.deepStrictEqual(await rowsOf(text, how, 'stop'), cells),
	}),
	property({
		area,
		rule: 'any text reads in slices as csv-parse reads the whole of it, and is refused where csv-parse refuses it',
		weight: 60,
		atLeast: 0.2,
		cases: () => fc.tuple(fc.oneof(soup, mildSoup), delivery),
		check: async ([text, how]) => {
			let expected: string[][] | undefined;
			try {
				expected = oracle(text, ',');
			} catch {
				await assert.rejects(async () => await rowsOf(text, how, 'keep'), CsvProblem);
				return false;
			}
			assert.deepStrictEqual(await rowsOf(text, how, 'keep'), expected);
			return expected.length > 1;
		},
	}),
	property({
		area,
		rule: 'a malformed text names the same line, however it is delivered',
		weight: 20,
		atLeast: 0.1,
		cases: () => fc.tuple(soup, delivery, delivery),
		check: async ([text, one, other]) => {
			const said = async (how: Delivery) => await rowsOf(text, how, 'keep').then(() => 'read', (error: unknown) => {
				assert.ok(error instanceof CsvProblem, String(error));
				return error.message;
			});
			const [first, second] = [await said(one), await said(other)];
			assert.equal(first, second);
			return first !== 'read';
		},
	}),
	property({
		area,
		rule: 'any bytes at all end in rows or in a CsvProblem',
		weight: 30,
		cases: () => fc.tuple(fc.uint8Array({ maxLength: 80 }), fc.array(fc.nat(80), { maxLength: 8 }), fc.integer({ min: 1, max: 30 })),
		check: async ([bytes, cuts, sliceCharacters]) => {
			try {
				for await (const { header, rows } of readCsv(chunksOf(cutAt(bytes, cuts)), { unevenRows: 'keep', sliceCharacters })) {
					assert.ok([header, ...rows].every((row) => row.every((cell) => typeof cell === 'string')));
				}
			} catch (error) {
				assert.ok(error instanceof CsvProblem, String(error));
				assert.ok(error.line >= 1);
			}
		},
	}),
	property({
		area,
		rule: 'columns get names of their own, and no cell of a row is lost, whatever the header says',
		weight: 60,
		cases: () => fc.tuple(fc.array(fc.oneof(anyText(6), fc.constantFrom('a', 'a', ' a ', 'a_2', '', 'column_2', '__proto__')), { minLength: 1, maxLength: 8 }), fc.array(fc.string({ maxLength: 3 }), { maxLength: 12 })),
		check: ([header, row]) => {
			const names = columnNames(header);
			assert.equal(new Set(names).size, header.length);
			assert.ok(names.every((name) => name.trim() !== ''));
			const record = rowToRecord(names, row);
			assert.deepStrictEqual(Object.values(Object.fromEntries(names.map((name, at) => [name, record[name] === (row[at] ?? '')]))), names.map(() => true));
			assert.equal(Object.keys(record).length, Math.max(header.length, row.length));
			assert.deepStrictEqual(Object.values(record).filter(Boolean).sort(), row.filter(Boolean).sort());
		},
	}),
];
