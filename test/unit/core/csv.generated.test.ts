import { parse } from 'csv-parse/sync';
import fc, { type Arbitrary } from 'fast-check';
import { CsvProblem, type CsvSettings } from '../../../nodes/shared/core/csv';
import { thrownBy } from '../failures';
import { forAll, generated, share } from '../generated';
import { delivered, delivery } from './csvDelivery';
import { readAll } from './readAll';

const RUNS = 2_000;

/** What csv-parse makes of the whole text at once. */
function oracle(text: string, delimiter: string): string[][] {
	return parse(text, {
		bom: true,
		delimiter,
		record_delimiter: ['\r\n', '\n', '\r'],
		skip_empty_lines: true,
		relax_column_count: true,
	}) as unknown as string[][];
}

const lineEnd = fc.constantFrom('\n', '\r\n', '\r', '\n\n', '\r\n\r\n', '\r\r\n');
const plainCell = fc.string({
	unit: fc.constantFrom('a', '7', ' ', '.', "'", 'ü', '€', '😀', '=', '\\'),
	maxLength: 8,
});
const quotedCell = fc
	.string({
		unit: fc.constantFrom('a', '"', '\n', '\r', '\r\n', ',', ';', '\t', 'ü', '😀', ' '),
		maxLength: 12,
	})
	.map((cell) => `"${cell.replaceAll('"', '""')}"`);
const cell = fc.oneof(plainCell, quotedCell);

interface Table {
	text: string;
	delimiter: string;
}

/** A header without quotes, then rows of its width or of any width. */
function table(even: boolean): Arbitrary<Table> {
	return fc
		.record({
			delimiter: fc.constantFrom(',', ';', '\t'),
			width: fc.integer({ min: 2, max: 5 }),
			start: fc.constantFrom('', '\n', '\r\n\r'),
			headerEnd: lineEnd,
			lastEnd: fc.oneof(fc.constant(''), lineEnd),
		})
		.chain(({ delimiter, width, start, headerEnd, lastEnd }) => {
			const widths = even ? { minLength: width, maxLength: width } : { minLength: 1, maxLength: width + 2 };
			const row = fc.tuple(fc.array(cell, widths), lineEnd);
			return fc.array(row, { maxLength: 12 }).map((rows) => {
				const header = Array.from({ length: width }, (_, index) => ` name${index} `).join(delimiter);
				const lines = rows.map(([cells, end]) => cells.join(delimiter) + end);
				const text = `${start}${header}${headerEnd}${lines.join('')}`;
				return { delimiter, text: lastEnd === '' ? text.replace(/[\r\n]+$/, '') : text };
			});
		});
}

it.each<[string, CsvSettings['unevenRows'], boolean]>([
	['even rows', 'stop', true],
	['rows of any length', 'keep', false],
])(`reads %s as csv-parse reads the whole text (${generated(RUNS)})`, async (_label, unevenRows, even) => {
	await forAll(RUNS, fc.tuple(table(even), delivery), async ([{ text, delimiter }, how]) => {
		const [header, ...rows] = oracle(text, delimiter);
		const read = await readAll(delivered(text, how), { unevenRows, sliceCharacters: how.sliceCharacters });
		expect(read).toMatchObject({ header, rows });
	});
});

const soup = fc.string({
	unit: fc.constantFrom('a', 'b', ',', ',', '"', '"', '""', '\n', '\r', '\r\n', 'ü', '😀', ' '),
	maxLength: 60,
});

it(`refuses exactly the texts that csv-parse refuses, and reads the others alike (${generated(RUNS)})`, async () => {
	let refused = 0;
	await forAll(RUNS, fc.tuple(soup, delivery), async ([text, how]) => {
		const read = async () =>
			await readAll(delivered(text, how), { unevenRows: 'keep', sliceCharacters: how.sliceCharacters });
		let expected: string[][];
		try {
			expected = oracle(text, ',');
		} catch {
			expect(await thrownBy(read)).toBeInstanceOf(CsvProblem);
			refused++;
			return;
		}
		const { header, rows } = await read();
		expect(header === undefined ? [] : [header, ...rows]).toEqual(expected);
	});
	expect(refused).toBeGreaterThan(share(RUNS) / 10);
	expect(refused).toBeLessThan(share(RUNS) * 0.95);
});

it(`names the same line of a malformed text in every delivery (${generated(RUNS)})`, async () => {
	await forAll(RUNS, fc.tuple(soup, delivery, delivery), async ([text, one, other]) => {
		const lines = await Promise.all(
			[one, other].map(async (how) => {
				try {
					await readAll(delivered(text, how), { unevenRows: 'keep', sliceCharacters: how.sliceCharacters });
					return 'read';
				} catch (error) {
					expect(error).toBeInstanceOf(CsvProblem);
					return (error as CsvProblem).message;
				}
			}),
		);
		expect(lines[0]).toBe(lines[1]);
	});
});

it(`stops at a row of another length exactly where there is one (${generated(RUNS)})`, async () => {
	let uneven = 0;
	await forAll(RUNS, fc.tuple(table(false), delivery), async ([{ text, delimiter }, how]) => {
		const [header, ...rows] = oracle(text, delimiter);
		const read = async () =>
			await readAll(delivered(text, how), { unevenRows: 'stop', sliceCharacters: how.sliceCharacters });
		if (rows.every((row) => row.length === header.length)) {
			expect(await read()).toMatchObject({ header, rows });
		} else {
			expect(await thrownBy(read)).toBeInstanceOf(CsvProblem);
			uneven++;
		}
	});
	expect(uneven).toBeGreaterThan(share(RUNS) / 10);
});
