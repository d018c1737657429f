import { CsvProblem } from '../../../nodes/shared/core/csv';
import { cutEvery, utf8 } from '../bytes';
import { thrownBy } from '../failures';
import { readAll } from './readAll';

const SLICINGS = [
	{ name: 'record by record', bytes: 1, sliceCharacters: 1 },
	{ name: 'in small slices', bytes: 13, sliceCharacters: 64 },
	{ name: 'all at once', bytes: 1_000_000, sliceCharacters: undefined },
];

/** Every row spans more than one line of an editor, with each kind of line end inside and outside its quotes. */
const SOUND_ROW = '1,"first line\r\nsecond ""line""\nthird\rfourth",end\r\n';
const BLANK_LINES = '\n\r\n\r';

const PLACES: Array<[string, string, string]> = [
	['the first row', 'a,b,c\n', ''],
	['the first row after blank lines', `\r\n\na,b,c\r\n${BLANK_LINES}`, ''],
	// Eight characters with the LF, then eight up to the CR: places where records are looked for, the second while the LF has not arrived.
	['the first row behind two byte order marks', '\uFEFF\uFEFFa,b,c\r\n', ''],
	['the first row behind two byte order marks and a longer header', '\uFEFF\uFEFFaa,b,c\r\n', ''],
	['a row after others with LF alone in their quotes, and blank lines', `a,b,c\n${'1,"2\n2",3\n'.repeat(3)}\n\n\n`, ''],
	['a row after others with CR alone in their quotes, and blank lines', `a,b,c\r${'1,"2\r2",3\r'.repeat(3)}\r\r\r`, ''],
	['the middle', `a,b,c\n${SOUND_ROW.repeat(3)}`, '7,8,9\n'.repeat(3)],
	['a later slice', `a,b,c\n${SOUND_ROW.repeat(40)}${BLANK_LINES}${SOUND_ROW}`, '7,8,9\n'.repeat(40)],
	['the end', `a,b,c\n${SOUND_ROW.repeat(5)}`, ''],
];

/** The fault's text, how many lines below the start of its row it stands, and a word of the reason. */
const FAULTS: Array<[string, string, number, RegExp]> = [
	['an unclosed quote', '4,"5,6\n', 0, /never closed/],
	['an unclosed quote in the second line of a row', '4,"x\r\ny","6\n', 1, /never closed/],
	['a stray quote in an unquoted cell', '4,5"x",6\n', 0, /not quoted/],
	['a stray quote in the second line of a row', '"4\r\n",5",6\n', 1, /not quoted/],
	['text after a closing quote', '4,"5"x,6\n', 0, /closing quote/],
	['text after a closing quote below LF alone', '4,"5\n"x,6\n', 1, /closing quote/],
	['text after a closing quote below CR alone', '4,"5\r"x,6\r', 1, /closing quote/],
	['text after a closing quote in the third line of a row', '4,"5\r\n\n"x,6\n', 2, /closing quote/],
	['text after a closing quote below doubled quotes', '4,"a ""b""\r\nc\n"x,6\n', 2, /closing quote/],
	['a short row', '4,5\n', 0, /^2 cells where the header has 3$/],
	['a short row of several lines', '4,"5\r\n5"\n', 0, /^2 cells where the header has 3$/],
	['a long row', '4,5,6,7\n', 0, /^4 cells where the header has 3$/],
	['a row cut off without a line end', '4,5', 0, /^2 cells where the header has 3$/],
	['a row cut off inside a quoted cell', '4,"5', 0, /never closed/],
];

/** Lines before a place as an editor counts them: CRLF is one line end. */
function linesBefore(text: string): number {
	return text.split(/\r\n|\n|\r/).length - 1;
}

describe.each(FAULTS)('%s', (label, fault, below, reason) => {
	const places = label.startsWith('a row cut off') ? PLACES.filter(([, , after]) => after === '') : PLACES;

	it.each(places)('is named by its line in %s, whatever the slices', async (_place, before, after) => {
		const bytes = utf8(before + fault + after);
		for (const { name, bytes: size, sliceCharacters } of SLICINGS) {
			const problem = await thrownBy(async () => await readAll(cutEvery(bytes, size), { sliceCharacters }));
			expect(problem).toBeInstanceOf(CsvProblem);
			const { line, detail } = problem as CsvProblem;
			expect({ name, line, detail }).toEqual({
				name,
				line: linesBefore(before) + below + 1,
				detail: expect.stringMatching(reason) as unknown,
			});
		}
	});
});

it.each<[string, string, number]>([
	['a stray quote', 'a,b"\n1,2\n', 1],
	['an unclosed quote', 'a,"b\n1,2\n', 1],
	['text after a closing quote', '"a"x,b\n1,2\n', 1],
	['a stray quote below blank lines', '\n\r\na"\n', 3],
])('names the line of %s in the header', async (_label, text, line) => {
	for (const { bytes, sliceCharacters } of SLICINGS) {
		const problem = await thrownBy(
			async () => await readAll(cutEvery(utf8(text), bytes), { sliceCharacters }),
		);
		expect(problem).toBeInstanceOf(CsvProblem);
		expect(problem).toMatchObject({ line });
	}
});

it('hands out no row of the slice that holds a malformed one', async () => {
	const seen: string[][] = [];
	const { readCsv } = await import('../../../nodes/shared/core/csv');
	const { chunksOf } = await import('../bytes');
	await thrownBy(async () => {
		for await (const { rows } of readCsv(chunksOf([utf8('a,b\n1,2\n3,4,5\n')]), { unevenRows: 'stop' }))
			seen.push(...rows);
	});
	expect(seen).toEqual([]);
});

it.each<[string, string, string[][]]>([
	['short rows', 'a,b,c\n1\n2,3\n', [['1'], ['2', '3']]],
	[
		'long rows',
		'a,b\n1,2,3\n4,5,6,7\n',
		[
			['1', '2', '3'],
			['4', '5', '6', '7'],
		],
	],
])('lets %s through where that was chosen', async (_label, text, rows) => {
	expect(await readAll([utf8(text)], { unevenRows: 'keep' })).toMatchObject({ rows });
});

it.each(['4,"5,6\n', '4,5"x,6\n', '4,"5"x,6\n'])(
	'refuses the quotes of %j also where uneven rows may pass',
	async (fault) => {
		expect(
			await thrownBy(async () => await readAll([utf8(`a,b,c\n${fault}`)], { unevenRows: 'keep' })),
		).toMatchObject({ line: 2 });
	},
);

describe('a record that does not end', () => {
	const MEGABYTE = 1_048_576;

	async function reading(start: string, part: string) {
		let asked = 0;
		const endless = (function* () {
			yield utf8(start);
			for (; asked < 60; asked++) yield utf8(part);
		})();
		const problem = await thrownBy(async () => await readAll(endless));
		expect(problem).toBeInstanceOf(CsvProblem);
		return { problem: problem as CsvProblem, asked };
	}

	it.each<[string, string, string, number, RegExp]>([
		['an open quote in the header', 'a,"', 'x', 1, /never closed/],
		['an open quote in the first row', 'a,b\n1,"', 'x', 2, /never closed/],
		['an open quote after sound rows', 'a,b\n1,2\r\n"3\r\n",4\n5,"', 'x\n', 5, /never closed/],
		['one unquoted cell without end', 'a,b\n1,2\n"3\r\n",4\n', 'x', 5, /more than 16 million characters/],
	])('is refused before it fills the memory: %s', async (_label, start, filler, line, reason) => {
		const { problem, asked } = await reading(start, filler.repeat(MEGABYTE / filler.length));
		expect(asked).toBeLessThan(18);
		expect(problem.line).toBe(line);
		expect(problem.detail).toMatch(reason);
	});
});
