import fc from 'fast-check';
import { jsonText } from '../../../nodes/shared/core/jsonText';
import { forAll, generated } from '../generated';

it('writes every UTF-16 unit, alone and between letters, as JSON.stringify does', () => {
	for (let unit = 0; unit <= 0xffff; unit++) {
		const text = String.fromCharCode(unit);
		if (jsonText(text) !== JSON.stringify(text) || jsonText(`a${text}b`) !== JSON.stringify(`a${text}b`)) throw new Error(`U+${unit.toString(16)}`);
	}
});

const RUNS = 2_000;
it(`writes any text as JSON.stringify does (${generated(RUNS)})`, async () => {
	await forAll(RUNS, fc.string({ unit: 'binary' }), async (text) => expect(jsonText(text)).toBe(JSON.stringify(text)));
});
