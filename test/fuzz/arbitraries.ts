import fc, { type Arbitrary } from 'fast-check';

/** Texts of any characters: NUL, controls, bidirectional marks, emoji, halves of surrogate pairs. */
export const anyText = (maxLength = 40): Arbitrary<string> =>
	fc.oneof(
		fc.string({ unit: 'binary', maxLength }),
		fc.string({ unit: 'grapheme', maxLength }),
		fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: Math.min(maxLength, 12) }).map((units) => String.fromCharCode(...units)),
		fc.string({ unit: fc.constantFrom('"', '\\', '\n', '\r', '|', '=', ',', '{', '}', '[', ']', '<', '>', '&', '?', '%', ' ', '\u2028', '\uFEFF', 'a', '0'), maxLength }),
	);

/** Member names that have hurt others, and any. */
export const anyName = (...known: string[]): Arbitrary<string> =>
	fc.oneof(
		...(known.length > 0 ? [{ arbitrary: fc.constantFrom(...known), weight: 6 }] : []),
		{ arbitrary: fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', 'toJSON', 'length', '', ' ', 'a.b', '0', '-1', '@timestamp'), weight: 1 },
		{ arbitrary: anyText(12), weight: 1 },
	);

/** Values as JSON brings them, odd ones often. */
export const anyValue = (...known: unknown[]): Arbitrary<unknown> =>
	fc.oneof(
		...(known.length > 0 ? [{ arbitrary: fc.constantFrom(...known), weight: 4 }] : []),
		{ arbitrary: anyText(30), weight: 4 },
		{ arbitrary: fc.constantFrom<unknown>(null, '', ' ', 0, -0, -1, 1e308, 9007199254740993, true, false, [], {}, [[]], [null], { '': '' }), weight: 3 },
		{ arbitrary: fc.jsonValue({ maxDepth: 2 }) as Arbitrary<unknown>, weight: 2 },
		{ arbitrary: fc.double() as Arbitrary<unknown>, weight: 1 },
	);

/** JSON objects with members of these names, among others. Keys such as `__proto__` are own members, as JSON.parse makes them. */
export function anyObject(names: Arbitrary<string>, values: Arbitrary<unknown>, maxKeys = 8): Arbitrary<Record<string, unknown>> {
	return fc.array(fc.tuple(names, values), { maxLength: maxKeys }).map((entries) => Object.fromEntries(entries));
}

/** How a text may be damaged: a piece taken out, another put in. */
export interface Damage {
	at: number;
	removed: number;
	inserted: string;
}

export const damage = (...inserts: string[]): Arbitrary<Damage> =>
	fc.record({
		at: fc.nat(),
		removed: fc.oneof(fc.nat(4), fc.nat(2_000)),
		inserted: fc.oneof(fc.constantFrom('', '', ...inserts), anyText(6)),
	});

/** The text with its damage; `at` counts around the end. */
export function damaged(text: string, { at, removed, inserted }: Damage): string {
	const place = at % (text.length + 1);
	return text.slice(0, place) + inserted + text.slice(place + removed);
}

/** Moments between 1970 and 2099, boundaries of slots and days often. */
export const moment: Arbitrary<number> = fc.oneof(
	fc.integer({ min: 0, max: 4_099_680_000_000 }),
	fc.integer({ min: 0, max: 47_000 }).map((days) => days * 86_400_000),
	fc.tuple(fc.integer({ min: 0, max: 4_500_000 }), fc.constantFrom(-1, 0, 1)).map(([slots, off]) => Math.max(0, slots * 900_000 + off)),
);

/** Puts the members of every object, at every depth, in another order. */
export function turnedAround(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(turnedAround);
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(Object.entries(value).reverse().map(([name, member]) => [name, turnedAround(member)]));
}
