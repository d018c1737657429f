import fc from 'fast-check';
import { jsonExcess } from '../../../nodes/shared/core/jsonSize';
import { forAll, generated } from '../generated';

const RUNS = 2_000;
const LEVELS = '500 levels of nesting';
const VALUES = '3 million values';

describe('what is too much to parse', () => {
	it.each<[string, string, string | undefined]>([
		['500 levels', `${'['.repeat(500)}${']'.repeat(500)}`, undefined],
		['501 levels', `${'['.repeat(501)}${']'.repeat(501)}`, LEVELS],
		['501 levels of objects', `${'{"a":'.repeat(501)}1${'}'.repeat(501)}`, LEVELS],
		['levels that are never closed', '['.repeat(501), LEVELS],
		['levels after a byte order mark and blanks', `\uFEFF \n${'['.repeat(501)}`, LEVELS],
		['brackets side by side', `[${'[],'.repeat(10_000)}{}]`, undefined],
		['brackets inside a string', `{"a":"${'[{'.repeat(10_000)}"}`, undefined],
		['brackets behind escaped quotes', `{"a":"${'\\\\\\"['.repeat(10_000)}"}`, undefined],
		['brackets behind a string that ends in a backslash', `["\\\\",${'['.repeat(501)}`, LEVELS],
		['brackets inside a string that never ends', `{"a":"${'['.repeat(10_000)}`, undefined],
		['commas inside a string', `{"a":"${','.repeat(3_000_001)}"}`, undefined],
		['three million commas', `[${'1,'.repeat(2_999_999)}1]`, undefined],
		['one more', `[${'1,'.repeat(3_000_000)}1]`, VALUES],
		['one more pair of brackets', `[${'[]'.repeat(3_000_000)}]`, VALUES],
		['text that is not JSON', `a,b\n${'[,'.repeat(4_000_000)}`, undefined],
		['nothing', '', undefined],
	])('%s', (_label, text, excess) => {
		expect(jsonExcess(text)).toBe(excess);
	});

	it(`is no text that JSON.stringify made of a usual value (${generated(RUNS)})`, async () => {
		await forAll(RUNS, fc.jsonValue({ maxDepth: 8 }), (value) => {
			expect(jsonExcess(JSON.stringify([value]))).toBeUndefined();
		});
	});
});
