import { columnNames, type CsvSettings, CsvProblem, readCsv, recordMaker } from '../core/csv';
import { spent } from '../core/spent';
import { cleanVendorText } from '../core/vendorText';
import { safeFailure } from './failures';
import { identifyAmongAll, rowDigest, rowReader } from './rowIds';

/** SAFE's reports have about ten; n8n and every sink fail at far fewer than a file can name. */
const MOST_COLUMNS = 1_000;
/** Rows are held in memory: about so many bytes of them, a million and a half of usual ones. */
const MOST_HELD_BYTES = 1024 ** 3;

/** Rows that are kept keep their text, too: V8 leaves so large ones where they are, and moves smaller ones twice. */
const HELD_SLICE_CHARACTERS = 128 * 1024;

/** One row of the audit report: the cells as SAFE sent them, and an id that the vendor does not give. */
export interface AuditRow {
	/** Empty where ids were not asked for. */
	eventId: string;
	record: Record<string, string>;
}

export interface AuditTable<Kept = AuditRow> {
	columns: string[];
	rows: Kept[];
	/** Rows in the file; more than `rows` when a limit cut them. */
	rowsRead: number;
}

/** Makes of the rows of a file what is kept of them. In: its columns, then each row. */
export type Keeper<Kept> = (columns: string[]) => (record: Record<string, string>, eventId: string) => Kept;


/** What of a report is kept. */
export interface Wanted<Kept = AuditRow> {
	/** Asked anew for each attempt at the file, as soon as its header is read. Default: the row and its id. */
	keep?: Keeper<Kept>;
	/** The most rows. Default: all. */
	limit?: number;
	/** Whether rows get ids, which cost as much as all the rest of the reading. Default: yes. */
	ids?: boolean;
	/** The memory that rows may take. */
	mostHeldBytes?: number;
}

/** What is made of rows where nothing else was asked for. */
export function keeperOf<Kept>({ keep }: Wanted<Kept>): Keeper<Kept> {
	const rows: Keeper<AuditRow> = () => (record, eventId) => ({ eventId, record });
	// SAFETY: `Kept` is an audit row wherever nothing else is made of rows.
	return keep ?? (rows as Keeper<Kept & AuditRow>);
}

/** The parts of a row that the simplified form and the enrichment need. */
export type AuditField = 'time' | 'user' | 'action' | 'address' | 'message' | 'target';

/**
 * Names that a column may have, compared in lower case without blanks, `_` and `-`. First match wins.
 * SAFE's header is not public: these are the names its documentation uses in prose, and usual ones (assumed).
 */
const NAMES: Record<AuditField, string[]> = {
	time: ['timestamp', 'time', 'datetime', 'date', 'createdat', 'eventtime', 'createdon', 'loggedat'],
	user: ['userid', 'useruuid', 'useridentifier', 'user', 'username', 'actor', 'performedby', 'email', 'emailid'],
	action: ['action', 'activity', 'actionactivity', 'event', 'eventtype', 'eventname', 'operation'],
	address: ['sourceipandport', 'sourceip', 'ipaddress', 'ip', 'sourceaddress', 'clientip'],
	message: ['details', 'description', 'message', 'activitydetails', 'detail', 'summary'],
	target: ['target', 'entity', 'entityname', 'object', 'resource', 'module'],
};

export type AuditColumns = Partial<Record<AuditField, string>>;

/**
 * Finds the columns that matter.
 * In: the column names, and names set by the user (these win, compared in the same tolerant way). Out: column by field; absent when none matches.
 */
export function findColumns(columns: string[], chosen: AuditColumns = {}): AuditColumns {
	const byPlainName = new Map(columns.map((column) => [plain(column), column]));
	const found: AuditColumns = {};
	for (const field of Object.keys(NAMES) as AuditField[]) {
		const own = chosen[field] ? plain(chosen[field]) : undefined;
		const name = (own === undefined ? NAMES[field] : [own]).find((candidate) => byPlainName.has(candidate));
		if (name !== undefined) found[field] = byPlainName.get(name);
	}
	return found;
}

function plain(name: string): string {
	return name.toLowerCase().replace(/[\s_/-]+/g, '');
}

/**
 * Reads an audit report whole, and gives back the memory of its chunks.
 * In: its bytes, the CSV settings, what to keep. Out: columns and rows in file order; no rows for an empty or header-only file.
 * Throws a `Failure` that names the line of a malformed row; never ends before the file does.
 */
export async function readAuditCsv<Kept = AuditRow>(
	chunks: AsyncIterable<Uint8Array>,
	settings: CsvSettings,
	wanted: Wanted<Kept> = {},
): Promise<AuditTable<Kept>> {
	const { limit = Infinity, ids = true, mostHeldBytes = MOST_HELD_BYTES } = wanted;
	const table: AuditTable<Kept> = { columns: [], rows: [], rowsRead: 0 };
	const identify = identifyAmongAll();
	let kept: ReturnType<Keeper<Kept>> | undefined;
	let heldBytes = 0;
	for await (const { columns, rows, read, recordOf } of auditSlices(chunks, { sliceCharacters: HELD_SLICE_CHARACTERS, ...settings })) {
		table.columns = columns;
		kept ??= keeperOf(wanted)(columns);
		table.rowsRead += rows.length;
		// Rows beyond the limit are read, so that a malformed one is noticed, but nothing of them is kept.
		const most = Math.min(rows.length, limit - table.rows.length);
		for (let index = 0; index < most; index++) {
			const row = rows[index];
			heldBytes += bytesHeld(row);
			if (heldBytes > mostHeldBytes) throw safeFailure('SAFE-CSV-SIZE', { values: { detail: table.rows.length } });
			if (ids) {
				const { record, digest } = read(row);
				table.rows.push(kept(record, identify(digest)));
			} else table.rows.push(kept(recordOf(row), ''));
		}
	}
	return table;
}

/** Some rows of a report as they arrive, still in cells; `recordOf` makes a record of one, `read` one with its digest. */
export interface AuditSlice {
	columns: string[];
	rows: string[][];
	recordOf: (row: string[]) => Record<string, string>;
	read: ReturnType<typeof rowReader>;
}

/** Reads an audit report slice by slice, in memory that does not grow with it. Columns are the same array in every slice. Gives back the memory of chunks, and throws, as `readAuditCsv`. */
export async function* auditSlices(chunks: AsyncIterable<Uint8Array>, settings: CsvSettings): AsyncGenerator<AuditSlice> {
	let file: Omit<AuditSlice, 'rows'> | undefined;
	try {
		for await (const { header, rows } of readCsv(startsLikeCsv(spent(chunks)), settings)) {
			file ??= readersOf(columnNames(withFewColumns(header)));
			// Else none has more than the header.
			if (settings.unevenRows === 'keep') rows.forEach(withFewColumns);
			yield { ...file, rows };
		}
	} catch (error) {
		throw asRowFailure(error);
	}
}

function readersOf(columns: string[]): Omit<AuditSlice, 'rows'> {
	return { columns, recordOf: recordMaker(columns), read: rowReader(columns) };
}

function withFewColumns(cells: string[]): string[] {
	if (cells.length <= MOST_COLUMNS) return cells;
	throw safeFailure('SAFE-CSV-FORM', { values: { detail: `a row has ${cells.length} cells` } });
}

/** Memory of a row with its id, reckoned: strings and records take more than their characters. */
function bytesHeld(row: string[]): number {
	let bytes = 200;
	for (const cell of row) bytes += cell.length + 24;
	return bytes;
}

function asRowFailure(error: unknown): unknown {
	if (!(error instanceof CsvProblem)) return error;
	return safeFailure('SAFE-CSV-ROW', { values: { line: error.line, detail: error.detail } });
}

/** Refuses what is plainly something else (an XML or HTML answer, JSON) before the CSV parser makes rows of it. */
async function* startsLikeCsv(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
	const decoder = new TextDecoder();
	let start = '';
	for await (const chunk of chunks) {
		if (start === '') {
			start = decoder.decode(chunk.subarray(0, 200), { stream: true }).trimStart();
			// UTF-16 without its mark would be one column of rubbish; further on a NUL is part of somebody's name.
			if (start.slice(0, 2).includes('\0')) throw safeFailure('SAFE-CSV-FORM', { values: { detail: 'it is UTF-16 without a byte order mark' } });
			if (/^[<{[]/.test(start)) {
				throw safeFailure('SAFE-CSV-FORM', { values: { detail: `it starts with "${cleanVendorText(start).slice(0, 40)}"` } });
			}
		}
		yield chunk;
	}
}

/**
 * Gives rows an id: SHA-256 (hex) of the row's names and cells in file order; the second and later identical rows of a file get `#2`, `#3`.
 * So the same row has the same id in every export that holds it, and equal rows are neither merged nor doubled.
 */
export function rowIdentifier(): (record: Record<string, string>) => string {
	const identify = identifyAmongAll();
	return (record) => identify(rowDigest(record));
}
