import fc, { type Arbitrary } from 'fast-check';
import { parseLosslessJson } from '../../../nodes/shared/core/losslessJson';
import { forAll, generated, share } from '../generated';

const RUNS = 2_000;

/** What Node 24's own parser says, told the source text of each number (the option is younger than the oldest Node in use). */
function oracle(text: string): unknown {
	const keepDigits = (_key: string, value: unknown, context?: { source?: string }) => {
		const source = context?.source ?? '';
		return typeof value === 'number' && /^-?\d{16,}$/.test(source) ? source : value;
	};
	return JSON.parse(text, keepDigits as (key: string, value: unknown) => unknown);
}

const digits = (length: number) =>
	fc.bigInt({ min: 10n ** BigInt(length - 1), max: 10n ** BigInt(length) - 1n });
const number: Arbitrary<string> = fc.oneof(
	fc.integer().map(String),
	fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
	fc.constantFrom(1, 15, 16, 17, 19, 20, 40).chain(digits).map(String),
	fc
		.constantFrom(15, 16, 19)
		.chain(digits)
		.map((value) => `-${value}`),
	fc
		.tuple(digits(17), fc.constantFrom('.5', 'e3', 'E-2', 'e+10', '.0e1', '.1234567890123456789'))
		.map((parts) => parts.join('')),
);
const text: Arbitrary<string> = fc
	.array(
		fc.oneof(
			fc.string({ unit: 'binary', maxLength: 10 }),
			number,
			fc.constantFrom('"', '\\', '\n', '{"eventId": 7292599294452927927}'),
		),
	)
	.map((parts) => parts.join(''));

/** JSON documents as text, with blanks and escapes as any server may write them. */
const { json } = fc.letrec<{ json: string }>((tie) => ({
	json: fc.oneof(
		{ maxDepth: 5, withCrossShrink: true },
		fc.oneof(
			number,
			text.map((value) => JSON.stringify(value)),
			fc.constantFrom('true', 'false', 'null', '""', '"\\u0022\\\\"'),
		),
		fc.array(tie('json'), { maxLength: 4 }).map((items) => `[ ${items.join(' ,')}\n]`),
		fc
			.array(fc.tuple(fc.oneof(text, number), fc.constantFrom(':', ' : ', ':\n'), tie('json')), {
				maxLength: 4,
			})
			.map(
				(members) =>
					`{${members.map(([name, colon, value]) => JSON.stringify(name) + colon + value).join(', ')}}`,
			),
	),
}));

describe('long integers', () => {
	it.each<[string, string, unknown]>([
		['an id beyond 2^53', '{"eventId":7292599294452927927}', { eventId: '7292599294452927927' }],
		['a negative one', '[-7292599294452927927]', ['-7292599294452927927']],
		['16 digits, although small ones of them would fit', '[1000000000000001]', ['1000000000000001']],
		['17 digits', '[68243771300152981]', ['68243771300152981']],
		['20 digits and more', '[18446744073709551616]', ['18446744073709551616']],
		['one with blanks around it', '{ "eventId" : 7292599294452927927 }', { eventId: '7292599294452927927' }],
		['one that is the whole document', '7292599294452927927', '7292599294452927927'],
	])('come out as text, digit for digit: %s', (_label, source, value) => {
		expect(parseLosslessJson(source)).toEqual(value);
	});

	it.each<[string, string, unknown]>([
		['15 digits', '[999999999999999,-999999999999999]', [999999999999999, -999999999999999]],
		['decimals', '[1234567890123456.5, 0.12345678901234567]', [1234567890123456.5, 0.12345678901234567]],
		['exponents', '[1e20, 1234567890123456E2, -1e-7]', [1e20, 1234567890123456e2, -1e-7]],
		['zero', '[0, -0]', [0, -0]],
		['an exponent of many digits', '[1e-12345678901234567890123456789, 2]', [0, 2]],
		['more digits than any ID could have', `[${'7'.repeat(10_050)}, 2]`, [Infinity, 2]],
	])('are told from numbers that stay numbers: %s', (_label, source, value) => {
		expect(parseLosslessJson(source)).toEqual(value);
	});

	it.each<[string, string]>([
		['a message', '{"message":"API key 7292599294452927927 added"}'],
		['a message with quotes', '{"message":"key \\"7292599294452927927\\" and \\\\"}'],
		['a member name', '{"7292599294452927927":1}'],
		['a message that quotes JSON', JSON.stringify({ message: '{"eventId": 7292599294452927927}' })],
	])('inside %s stay as they are', (_label, source) => {
		expect(parseLosslessJson(source)).toEqual(JSON.parse(source));
	});
});

describe('any document', () => {
	it(`reads as Node's parser reads it, long integers aside (${generated(RUNS)})`, async () => {
		let long = 0;
		await forAll(RUNS, json, (source) => {
			expect(parseLosslessJson(source)).toEqual(oracle(source));
			if (/\d{16}/.test(source)) long++;
		});
		expect(long).toBeGreaterThan(share(RUNS) / 10);
	});

	it(`is refused exactly when Node's parser refuses it (${generated(RUNS)})`, async () => {
		const damage = fc.record({
			at: fc.nat(),
			removed: fc.nat(3),
			inserted: fc.constantFrom(
				'',
				'',
				'0',
				'-',
				'"',
				'\\',
				',',
				':',
				'{',
				']',
				'e',
				'.',
				'7292599294452927927',
				'01234567890123456',
			),
		});
		let refused = 0;
		await forAll(RUNS, fc.tuple(json, damage), ([source, { at, removed, inserted }]) => {
			const place = at % (source.length + 1);
			const damaged = source.slice(0, place) + inserted + source.slice(place + removed);
			let expected: unknown;
			try {
				expected = oracle(damaged);
			} catch {
				expect(() => parseLosslessJson(damaged)).toThrow(SyntaxError);
				refused++;
				return;
			}
			expect(parseLosslessJson(damaged)).toEqual(expected);
		});
		expect(refused).toBeGreaterThan(share(RUNS) / 4);
	});

	it('is refused at every place where it may be cut off', () => {
		const source =
			'{"elements":[{"eventId":7292599294452927927,"message":"a \\"7292599294452927927\\" b","ok":true}],"totalPages":1}';
		for (let end = 0; end < source.length; end++)
			expect(() => parseLosslessJson(source.slice(0, end))).toThrow(SyntaxError);
		expect(parseLosslessJson(source)).toHaveProperty(['elements', 0, 'eventId'], '7292599294452927927');
	});

	it.each<[string, string]>([
		['nothing', ''],
		['a long integer with a leading zero', '[01234567890123456]'],
		['a long integer as a bare member name', '{7292599294452927927:1}'],
		['a long integer after a point', '[.7292599294452927927]'],
		['a long integer with a plus sign', '[+7292599294452927927]'],
		['a long integer with two minus signs', '[--7292599294452927927]'],
		['two values', '7292599294452927927 7292599294452927927'],
		['a long integer before a quote', '[7292599294452927927"a"]'],
		['single quotes', "{'eventId':7292599294452927927}"],
		['a final comma', '[7292599294452927927,]'],
		['a web page', '<html></html>'],
	])('is refused when it is %s', (_label, source) => {
		expect(() => parseLosslessJson(source)).toThrow(SyntaxError);
	});
});

describe('size', () => {
	it('reads documents nested as deep as Node reads them', () => {
		const depth = 5_000;
		const source = `${'['.repeat(depth)}7292599294452927927${']'.repeat(depth)}`;
		let value = parseLosslessJson(source);
		for (let level = 0; level < depth; level++) [value] = value as unknown[];
		expect(value).toBe('7292599294452927927');
	});

	it.each<[string, string]>([
		['plain characters', 'x'.repeat(8_000_000)],
		['escaped quotes', '"'.repeat(4_000_000)],
		['digits', '7'.repeat(8_000_000)],
	])('reads a text of millions of %s', (_label, message) => {
		const source = `{"message":${JSON.stringify(message)},"eventId":7292599294452927927}`;
		// Compared by ===, since a printed difference would fill the screen.
		const { message: read, eventId } = parseLosslessJson(source) as Record<string, string>;
		expect(read === message).toBe(true);
		expect(eventId).toBe('7292599294452927927');
	});

	it('refuses a text that is cut off inside a long run of escaped quotes as fast as it reads a whole one', () => {
		const source = `{"message":"${'\\"'.repeat(200_000)}`;
		const startedAt = performance.now();
		expect(() => parseLosslessJson(source)).toThrow(SyntaxError);
		expect(performance.now() - startedAt).toBeLessThan(2_000);
	});
});
