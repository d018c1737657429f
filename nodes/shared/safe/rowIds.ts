import * as crypto from 'node:crypto';
import { recordMaker } from '../core/csv';
import { jsonText } from '../core/jsonText';
import { digestTable } from './digestTable';

/** A row before its id is known: the cells as SAFE sent them, and the SHA-256 (hex) of its names and cells. */
export interface DigestedRow {
	record: Record<string, string>;
	digest: string;
}

/** SHA-256 as hex of a text in UTF-8, at once where Node can (21.7 and later): a third of the time for the size of a row. */
const sha256: (text: string) => string =
	typeof (crypto as Partial<typeof crypto>).hash === 'function' ? (text) => crypto.hash('sha256', text, 'hex') : (text) => crypto.createHash('sha256').update(text).digest('hex');

/** SHA-256 (hex) of a row's names and cells in their order: `[["Timestamp","…"],["Action","…"]]`. Saved positions and archives hold it, so it may never change. */
export function rowDigest(record: Record<string, string>): string {
	return sha256(JSON.stringify(Object.entries(record)));
}

/** Makes records and digests of the rows of a file; the digest is that of `rowDigest`, in half its time. */
export function rowReader(columns: string[]): (row: string[]) => DigestedRow {
	const recordOf = recordMaker(columns);
	// Names that look like numbers come first in a record.
	const names = Object.keys(recordOf(columns));
	const places = names.map((name) => columns.indexOf(name));
	const heads = names.map((name, index) => `${index === 0 ? '[[' : '],['}${JSON.stringify(name)},`);
	return (row) => {
		const record = recordOf(row);
		if (row.length !== columns.length) return { record, digest: rowDigest(record) };
		let text = '';
		for (let index = 0; index < heads.length; index++) text += heads[index] + jsonText(row[places[index]]);
		return { record, digest: sha256(`${text}]]`) };
	};
}

/** Gives a digest its id: the second and later rows of a file with the same digest get `#2`, `#3`. */
export type Identify = (digest: string, timeMs?: number) => string;

/** Remembers all rows of a file. */
export function identifyAmongAll(): Identify {
	const seen = new Map<string, number>();
	return (digest) => {
		const times = (seen.get(digest) ?? 0) + 1;
		seen.set(digest, times);
		return withOrdinal(digest, times);
	};
}

/** A row lies among times of which rows were forgotten already: an identical one could have been among these. */
export class OutOfOrder extends Error {
	override readonly name = 'OutOfOrder';
}

/**
 * Gives the same ids as `identifyAmongAll` in memory that does not grow with the file: identical rows have identical times, so a forgotten row matters only where its time comes again.
 * In: how many rows are remembered at least; twice as many at most. Throws `OutOfOrder` for a row whose time lies among those of forgotten rows (without a readable time: once one of these was forgotten).
 */
export function identifyInOrder(remembered = 32_768): Identify {
	// Two tables in turn for the whole file: rows that were kept as text would outlive small collections and lie in V8's old space until a large one.
	let young = generation(remembered);
	let old = generation(remembered);
	const forgotten = { firstMs: Infinity, lastMs: -Infinity, timeless: false };
	const forget = () => {
		forgotten.firstMs = Math.min(forgotten.firstMs, old.firstMs);
		forgotten.lastMs = Math.max(forgotten.lastMs, old.lastMs);
		forgotten.timeless ||= old.timeless;
		const emptied = Object.assign(old, NO_TIMES);
		old.seen.clear();
		old = young;
		young = emptied;
	};
	return (digest, timeMs) => {
		if (young.seen.size() >= remembered) forget();
		if (timeMs === undefined ? forgotten.timeless : timeMs >= forgotten.firstMs && timeMs <= forgotten.lastMs) throw new OutOfOrder();
		const times = (young.seen.count(digest) || old.seen.count(digest)) + 1;
		young.seen.setCount(digest, times);
		if (timeMs === undefined) young.timeless = true;
		else if (timeMs < young.firstMs || timeMs > young.lastMs) {
			young.firstMs = Math.min(young.firstMs, timeMs);
			young.lastMs = Math.max(young.lastMs, timeMs);
		}
		return withOrdinal(digest, times);
	};
}

const NO_TIMES = { firstMs: Infinity, lastMs: -Infinity, timeless: false };

function generation(rows: number) {
	return { seen: digestTable(4, 2 * rows), ...NO_TIMES };
}

/**
 * Gives the same ids as `identifyAmongAll` in 12 to 32 bytes per row, for files in any order. Rows are told apart by 64 bits of their digest: among 20 million different rows
 * two would be taken for equal in one file of 100,000, and one of them would get a needless `#2`.
 */
export function identifyCompactly(capacity = 1 << 16): Identify {
	const seen = digestTable(2, capacity);
	return (digest) => {
		const times = seen.count(digest) + 1;
		seen.setCount(digest, times);
		return withOrdinal(digest, times);
	};
}

function withOrdinal(digest: string, times: number): string {
	return times === 1 ? digest : `${digest}#${times}`;
}
