import assert from 'node:assert/strict';
import fc, { type Arbitrary } from 'fast-check';
import { parseLosslessJson } from '../../../nodes/shared/core/losslessJson';
import { memberAt } from '../../../nodes/shared/core/members';
import { anyName, anyObject, anyText, anyValue, damage, damaged } from '../arbitraries';
import { type Property, property } from '../property';

const area = 'json';

/** A whole number as text: of 1 to 40 digits, those around the limits of 2^53, 2^63 and 2^64 often. */
const digits: Arbitrary<string> = fc.oneof(
	fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }).map(String),
	fc.bigInt({ min: -3n, max: 3n }).chain((off) => fc.constantFrom(2n ** 53n, 2n ** 63n, 2n ** 64n, 10n ** 15n).map((near) => String(near + off))),
	fc.bigInt({ min: 10n ** 15n, max: 10n ** 19n }).map(String),
	fc.integer().map(String),
);

const number = fc.oneof(
	digits,
	fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
	fc.tuple(digits, fc.constantFrom('.5', 'e3', 'E-2', 'e+10', '.0e1', '.1234567890123456789')).map((parts) => parts.join('')),
);

const text = fc.oneof(anyText(12), digits, digits.map((value) => `{"eventId": ${value}}`), digits.map((value) => `"${value}\\`));
const blank = fc.constantFrom('', '', ' ', '\n', '\t\r\n');

/** JSON documents as text, as any server may write them. */
const { json } = fc.letrec<{ json: string }>((tie) => ({
	json: fc.oneof(
		{ maxDepth: 4, withCrossShrink: true },
		fc.oneof(number, text.map((value) => JSON.stringify(value)), fc.constantFrom('true', 'false', 'null', '"\\u0022\\\\"', '"\\/\\u0037"')),
		fc.array(fc.tuple(blank, tie('json'), blank).map((parts) => parts.join('')), { maxLength: 4 }).map((items) => `[${items.join(',')}]`),
		fc
			.array(fc.tuple(blank, text.map((name) => JSON.stringify(name)), blank, fc.constant(':'), blank, tie('json'), blank).map((parts) => parts.join('')), { maxLength: 4 })
			.map((members) => `{${members.join(',')}}`),
	),
}));

/** What Node 24's own parser says, which is told the source text of each number. */
function oracle(source: string): unknown {
	const keepDigits = (_key: string, value: unknown, context?: { source?: string }) =>
		typeof value === 'number' && /^-?\d{16,}$/.test(context?.source ?? '') ? context?.source : value;
	return JSON.parse(source, keepDigits as (key: string, value: unknown) => unknown);
}

function outcome(read: () => unknown): { value: unknown } | { refused: true } {
	try {
		return { value: read() };
	} catch (error) {
		assert.ok(error instanceof SyntaxError, `not a SyntaxError: ${String(error)}`);
		return { refused: true };
	}
}

export const JSON_PROPERTIES: Property[] = [
	property({
		area,
		rule: 'JSON with long integers reads as Node reads it, these as text, digit for digit',
		weight: 60,
		cases: () => json,
		check: (source) => assert.deepStrictEqual(parseLosslessJson(source), oracle(source)),
	}),
	property({
		area,
		rule: 'an ID of any length comes back with all its digits, beside texts that hold the same digits',
		weight: 110,
		cases: () => fc.tuple(digits, text, text, blank),
		check: ([id, before, after, gap]) => {
			const members = [JSON.stringify(`${before}${id}`), JSON.stringify(after)];
			const source = `{${gap}"m1":${members[0]},"eventId"${gap}:${gap}${id}${gap},"m2":[${id},${members[1]}]}`;
			const read = parseLosslessJson(source) as { m1: string; eventId: unknown; m2: unknown[] };
			assert.equal(read.m1, `${before}${id}`);
			assert.equal(read.m2[1], after);
			for (const value of [read.eventId, read.m2[0]]) {
				const isLong = id.replace('-', '').length >= 16;
				assert.equal(typeof value, isLong ? 'string' : 'number');
				assert.equal(Object.is(value, -0) ? '-0' : String(value), id);
			}
		},
	}),
	property({
		area,
		rule: 'damaged JSON is refused exactly where Node refuses it',
		weight: 50,
		atLeast: 0.3,
		cases: () => fc.tuple(json, damage('0', '-', '"', '\\', ',', ':', '{', ']', 'e', '.', '7292599294452927927', '01234567890123456')),
		check: ([source, harm]) => {
			const text = damaged(source, harm);
			const expected = outcome(() => oracle(text));
			assert.deepStrictEqual(outcome(() => parseLosslessJson(text)), expected);
			return 'refused' in expected;
		},
	}),
	property({
		area,
		rule: 'a member is found by its name or along its dots, and nothing inherited ever is',
		weight: 60,
		cases: () => fc.tuple(anyObject(anyName('a', 'b', 'a.b'), fc.oneof(anyValue(), anyObject(anyName('b', 'c'), anyValue(), 3)), 4), fc.array(anyName('a', 'b', 'c'), { minLength: 1, maxLength: 3 }).map((names) => names.join('.'))),
		check: ([object, path]) => {
			const found = memberAt(object, path);
			let along: unknown = object;
			for (const name of path.split('.')) along = typeof along === 'object' && along !== null && Object.hasOwn(along, name) ? (along as Record<string, unknown>)[name] : undefined;
			assert.equal(found, (Object.hasOwn(object, path) ? object[path] : undefined) ?? along);
		},
	}),
];
