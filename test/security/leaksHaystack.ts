/** Everything that can be reached from an object, as texts and bytes to be searched. */
import { types } from 'node:util';

const BUILT_IN = new Set<unknown>([Object, Array, Function, Map, Set, Date, RegExp, Promise, String, Number].map(({ prototype }) => prototype as unknown));

/**
 * All texts and bytes behind a value: own members of every kind (also hidden ones and symbols), their names, what getters give, prototypes that are not
 * JavaScript's own, maps, sets, bytes. Texts are joined into one, bytes stay as they are. Throws when there are more than `most` objects, since a
 * search that stops early would find nothing.
 */
export function everythingIn(value: unknown, most = 500_000): Array<string | Buffer> {
	const texts: string[] = [];
	const bytes: Buffer[] = [];
	const seen = new Set<object>();
	const pending: unknown[] = [value];
	while (pending.length > 0) {
		const current = pending.pop();
		if (typeof current === 'string') texts.push(current);
		if ((typeof current !== 'object' && typeof current !== 'function') || current === null || seen.has(current)) continue;
		if (seen.size >= most) throw new Error(`There are more than ${most} objects to be searched`);
		seen.add(current);
		if (types.isProxy(current)) continue;
		if (ArrayBuffer.isView(current)) {
			bytes.push(Buffer.from(current.buffer, current.byteOffset, current.byteLength));
			continue;
		}
		if (current instanceof URL) texts.push(current.href);
		if (Symbol.iterator in current && !Array.isArray(current)) pending.push(...entriesOf(current as Iterable<unknown>));
		pending.push(...membersOf(current, texts));
	}
	return [texts.join('\n'), ...bytes];
}

function entriesOf(current: Iterable<unknown>): unknown[] {
	try {
		return [...current];
	} catch {
		return [];
	}
}

function membersOf(current: object, texts: string[]): unknown[] {
	const values: unknown[] = [];
	for (let holder: object | null = current; holder !== null && !BUILT_IN.has(holder); holder = Object.getPrototypeOf(holder) as object | null) {
		for (const key of Reflect.ownKeys(holder)) {
			texts.push(String(key));
			const { value, get } = Object.getOwnPropertyDescriptor(holder, key)!;
			values.push(get ? given(() => get.call(current) as unknown) : value);
		}
	}
	return values;
}

/** What a getter gives; nothing where it refuses. */
function given(get: () => unknown): unknown {
	try {
		return get();
	} catch (error) {
		return error;
	}
}
