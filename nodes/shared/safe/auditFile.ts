import type { CsvSettings } from '../core/csv';
import { TransportError } from '../core/http';
import { jsonExcess } from '../core/jsonSize';
import { parseLosslessJson } from '../core/losslessJson';
import { cleanVendorText } from '../core/vendorText';
import { auditSlices, type AuditRow, type AuditTable, keeperOf, readAuditCsv, rowIdentifier, type Wanted } from './auditCsv';
import { eventListIn, shapeOf } from './auditLogsAnswers';
import { safeFailure } from './failures';
import { type DigestedRow, rowDigest } from './rowIds';

/** JSON is parsed whole: this many bytes take a few times as much memory. */
const MOST_JSON_BYTES = 128 * 1024 * 1024;

/**
 * Reads an export that may be CSV or JSON, by its first character: a list, an object that holds one, or lines of JSON.
 * In: its bytes, the CSV settings, what to keep. Out: the table, as `readAuditCsv` gives it.
 * Throws `Failure`, and `TransportError` for JSON beyond measure.
 */
export async function readAuditFile<Kept = AuditRow>(chunks: AsyncIterable<Uint8Array>, settings: CsvSettings, wanted: Wanted<Kept> = {}): Promise<AuditTable<Kept>> {
	const { isJson, whole } = await look(chunks);
	return isJson ? readAuditJson(await textOf(whole), wanted) : await readAuditCsv(whole, settings, wanted);
}

/** Some rows of an export, digested but without ids yet; `columns` is the same array in every slice. */
export interface DigestedSlice {
	columns: string[];
	rows: Iterable<DigestedRow>;
}

/** Reads an export as it arrives: CSV slice by slice, JSON, where the endpoints may give it, whole. Throws as `readAuditFile`. */
export async function* digestedSlices(chunks: AsyncIterable<Uint8Array>, settings: CsvSettings, mayBeJson: boolean): AsyncGenerator<DigestedSlice> {
	const { isJson, whole } = mayBeJson ? await look(chunks) : { isJson: false, whole: chunks };
	if (isJson) {
		const { columns, rows } = readAuditJson(await textOf(whole));
		yield { columns, rows: rows.map(({ record }) => ({ record, digest: rowDigest(record) })) };
		return;
	}
	for await (const { columns, rows, read } of auditSlices(whole, settings)) yield { columns, rows: each(rows, read) };
}

function* each<Row, Read>(rows: Row[], read: (row: Row) => Read): Generator<Read> {
	for (const row of rows) yield read(row);
}

/** Whether the first character is one of JSON; and all bytes again. */
async function look(chunks: AsyncIterable<Uint8Array>): Promise<{ isJson: boolean; whole: AsyncGenerator<Uint8Array> }> {
	const iterator = chunks[Symbol.asyncIterator]();
	const held: Uint8Array[] = [];
	let start = '';
	for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
		held.push(next.value);
		start = new TextDecoder().decode(Buffer.concat(held).subarray(0, 100)).trimStart();
		if (start) break;
	}
	return { isJson: /^[[{]/.test(start), whole: joined(held, iterator) };
}

/** The table of a JSON export, whose rows always get ids. Members that are not text are kept as JSON; columns are all names, in the order of their first appearance. */
export function readAuditJson<Kept = AuditRow>(text: string, wanted: Pick<Wanted<Kept>, 'limit' | 'keep'> = {}): AuditTable<Kept> {
	const events = eventsOf(text);
	const identify = rowIdentifier();
	const columns = [...new Set(events.flatMap((event) => Object.keys(event)))];
	const kept = keeperOf(wanted)(columns);
	const rows = events.slice(0, wanted.limit).map((event) => {
		const record = Object.fromEntries(Object.entries(event).map(([name, value]) => [name, cellOf(value)]));
		return kept(record, identify(record));
	});
	return { columns, rows, rowsRead: events.length };
}

function eventsOf(text: string): Array<Record<string, unknown>> {
	const body = parsed(text) ?? parsed(`[${text.trim().split(/\r?\n/).filter((line) => line.trim()).join(',')}]`);
	if (body === undefined) throw safeFailure('SAFE-BODY-JSON');
	const events = eventListIn(body);
	if (events) return events;
	throw safeFailure('SAFE-EXPORT-SHAPE', { values: { expected: 'JSON events', detail: cleanVendorText(shapeOf(body)) } });
}

function cellOf(value: unknown): string {
	if (value === null || value === undefined) return '';
	return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function parsed(text: string): unknown {
	try {
		return parseLosslessJson(text.replace(/^\uFEFF/, ''));
	} catch {
		return undefined;
	}
}

async function* joined(held: Uint8Array[], iterator: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
	try {
		yield* held;
		for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
	} finally {
		await iterator.return?.();
	}
}

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
	const parts: Uint8Array[] = [];
	let bytes = 0;
	for await (const chunk of chunks) {
		bytes += chunk.length;
		if (bytes > MOST_JSON_BYTES) throw new TransportError('too-large', `${MOST_JSON_BYTES / 1024 / 1024} MiB of JSON`);
		parts.push(chunk);
	}
	const text = new TextDecoder().decode(Buffer.concat(parts));
	const excess = jsonExcess(text);
	if (excess) throw new TransportError('too-large', excess);
	return text;
}
