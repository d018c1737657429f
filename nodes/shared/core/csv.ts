import { type CsvError, parse } from 'csv-parse/sync';
import { lineEnds, occurrences, splitCells } from './csvCells';

/**
 * Bytes are decoded, and rows are made of text, in pieces of this size: V8 takes an object of more than 128 KB that it meets once for long-lived, and frees it when it
 * next collects the whole heap (measured, V8 13.6: 1 GB of CSV took 76 MB in pieces of 64 KB, with two bytes for a character, and 30 to 45 in these).
 */
const PIECE = 16 * 1024;
/** A record longer than this is taken for an unclosed quote, so that a damaged file cannot fill the memory. */
const LONGEST_RECORD_CHARACTERS = 16 * 1024 * 1024;

export interface CsvSettings {
	/** `stop`: a row with more or fewer cells than the header is malformed. `keep`: it passes, see `rowToRecord`. */
	unevenRows: 'stop' | 'keep';
	/** Rows are made of this much text at once. Default: 16,384, for rows that are gone again at once; who keeps them is faster with more. */
	sliceCharacters?: number;
}

/** A malformed place in a CSV text. `line` counts from 1, as an editor shows it. */
export class CsvProblem extends Error {
	override readonly name = 'CsvProblem';

	constructor(
		readonly line: number,
		readonly detail: string,
	) {
		super(`line ${line}: ${detail}`);
	}
}

export interface CsvSlice {
	/** Names as they stand in the file; the same array in every slice. */
	header: string[];
	rows: string[][];
}

/**
 * Parses CSV as it arrives, slice by slice, so that memory does not grow with the file.
 * In: bytes in any cut (UTF-8 or UTF-16 with BOM). Out: slices with the header; none for an empty file. Delimiter `,` `;` or tab, found in the
 * header line; LF, CRLF and CR line ends, mixed too; quotes doubled inside quotes; empty lines skipped.
 * Throws `CsvProblem` with the line of a malformed row (unclosed or stray quote, uneven row); never ends silently before the text does.
 */
export async function* readCsv(chunks: AsyncIterable<Uint8Array>, settings: CsvSettings): AsyncGenerator<CsvSlice> {
	const reader = new SliceReader(settings);
	for await (const text of decoded(pieces(chunks, Math.max(settings.sliceCharacters ?? 0, PIECE)))) {
		yield* reader.push(text);
	}
	yield* reader.end();
}

async function* pieces(chunks: AsyncIterable<Uint8Array>, bytes: number): AsyncGenerator<Uint8Array> {
	for await (const chunk of chunks) {
		for (let at = 0; at < chunk.length; at += bytes) yield chunk.subarray(at, at + bytes);
	}
}

async function* decoded(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
	let decoder: InstanceType<typeof TextDecoder> | undefined;
	let head = new Uint8Array(0);
	for await (const chunk of chunks) {
		if (decoder) {
			yield decoder.decode(chunk, { stream: true });
			continue;
		}
		head = concat(head, chunk);
		if (head.length < 2) continue;
		decoder = new TextDecoder(encodingOf(head));
		yield decoder.decode(head, { stream: true });
	}
	decoder ??= new TextDecoder();
	yield head.length < 2 ? decoder.decode(head) : decoder.decode();
}

function encodingOf(head: Uint8Array): string {
	if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
	return head[0] === 0xfe && head[1] === 0xff ? 'utf-16be' : 'utf-8';
}

function concat(left: Uint8Array, right: Uint8Array): Uint8Array<ArrayBuffer> {
	const both = new Uint8Array(left.length + right.length);
	both.set(left);
	both.set(right, left.length);
	return both;
}

/** Reads whole records and keeps what follows them; knows the header once it has seen it. */
class SliceReader {
	private pending = '';
	/** Length of `pending` at which records in it are looked for. */
	private lookAt: number;
	private linesBefore = 0;
	private header: string[] | undefined;
	private delimiter = ',';
	private readonly sliceCharacters: number;

	constructor(private readonly settings: CsvSettings) {
		this.sliceCharacters = settings.sliceCharacters ?? PIECE;
		this.lookAt = this.sliceCharacters;
	}

	*push(text: string): Generator<CsvSlice> {
		this.pending += text;
		if (this.pending.length < this.lookAt) return;
		yield* this.read(false);
		if (this.pending.length > LONGEST_RECORD_CHARACTERS) throw this.endless();
		// A long record is not looked through again at every piece of it.
		this.lookAt = Math.max(this.sliceCharacters, Math.min(2 * this.pending.length, LONGEST_RECORD_CHARACTERS + 1));
	}

	*end(): Generator<CsvSlice> {
		yield* this.read(true);
	}

	/** Well-formed text is split here; csv-parse judges the rest, and names what is wrong with it. */
	private *read(isLast: boolean): Generator<CsvSlice> {
		const { pending } = this;
		if (!this.header) this.delimiter = delimiterOf(pending);
		const split = this.isAtStart() && pending.startsWith('\uFEFF') ? undefined : splitCells(pending, this.delimiter, isLast);
		const end = split?.end ?? (isLast ? pending.length : lastRecordEnd(pending));
		const text = pending.slice(0, end);
		this.pending = pending.slice(end);
		const rows = split?.rows ?? this.parse(text);
		this.header ??= rows.shift();
		if (this.header && this.settings.unevenRows === 'stop') this.refuseUneven(rows, this.header.length, text);
		this.linesBefore += split?.lines ?? lineEnds(text);
		if (this.header) yield { header: this.header, rows };
	}

	/** Where a byte order mark may stand, and be one. */
	private isAtStart(): boolean {
		return this.header === undefined && this.linesBefore === 0;
	}

	/** A record that does not end: csv-parse names the fault when there is one, e.g. where a quote was opened. */
	private endless(): CsvProblem {
		this.parse(this.pending);
		return new CsvProblem(this.linesBefore + 1, 'a row of more than 16 million characters');
	}

	private parse(text: string): string[][] {
		try {
			return parse(text, this.options()) as unknown as string[][];
		} catch (error) {
			throw this.problem(error as CsvError, text);
		}
	}

	private options() {
		return {
			bom: this.isAtStart(),
			delimiter: this.delimiter,
			record_delimiter: ['\r\n', '\n', '\r'],
			skip_empty_lines: true,
			relax_column_count: true,
		};
	}

	private problem(error: CsvError, text: string): CsvProblem {
		const line = this.linesBefore + lineOfFault(text, Number(error.bytes ?? 0), error.code === 'CSV_INVALID_CLOSING_QUOTE');
		return new CsvProblem(line, REASONS[error.code] ?? String(error.code ?? 'not readable'));
	}

	private refuseUneven(rows: string[][], cells: number, text: string): void {
		if (rows.every((row) => row.length === cells)) return;
		const located = parse(text, { ...this.options(), info: true }) as unknown as Located[];
		const uneven = located.findIndex(({ record }) => record.length !== cells);
		if (uneven < 0) return;
		const found = located[uneven].record.length;
		const line = this.linesBefore + lineOfFault(text, located[uneven - 1]?.info.bytes ?? 0);
		throw new CsvProblem(line, `${found} cells where the header has ${cells}`);
	}
}

/**
 * A record ends after LF, or after a CR that no LF follows, outside quotes. Doubled quotes leave the parity as it is.
 * Found from behind, since the last one alone is wanted. Out: where it ends; 0 when none does.
 */
function lastRecordEnd(text: string): number {
	let inside = occurrences(text, '"') % 2 === 1;
	let quote = text.lastIndexOf('"');
	// What follows a CR at the very end is not known yet.
	const last = text.length - (text.endsWith('\r') ? 2 : 1);
	let [lf, cr] = [lastAt(text, '\n', last), lastAt(text, '\r', last)];
	while (Math.max(lf, cr) >= 0 && (inside || quote > Math.max(lf, cr))) {
		if (inside && lf > quote) lf = lastAt(text, '\n', quote);
		if (inside && cr > quote) cr = lastAt(text, '\r', quote);
		inside = !inside;
		quote = lastAt(text, '"', quote - 1);
	}
	return Math.max(lf, cr) + 1;
}

interface Located {
	record: string[];
	/** `bytes`: where the record ends. */
	info: { bytes: number };
}

const REASONS: Record<string, string> = {
	CSV_QUOTE_NOT_CLOSED: 'a quote is opened and never closed; the file may be cut off',
	INVALID_OPENING_QUOTE: 'a quote stands inside a cell that is not quoted',
	CSV_INVALID_CLOSING_QUOTE: 'text follows a closing quote',
};

/** The last place of a mark at or before `from`, -1 for none (`lastIndexOf` takes a negative start for 0). */
function lastAt(text: string, mark: string, from: number): number {
	return from < 0 ? -1 : text.lastIndexOf(mark, from);
}

/**
 * Line of a fault in a slice, from 1: where the row or cell begins, or where its quotes close. Counted here, because csv-parse takes a CRLF
 * inside quotes for two lines and names the last line for a quote that is never closed (measured).
 * In: the slice, and how many of its bytes stand before the cell or row; blank lines may follow these.
 */
function lineOfFault(text: string, bytesBefore: number, atClosingQuote = false): number {
	const bytes = Buffer.from(text);
	const rest = bytes.toString('utf8', bytesBefore);
	const untilFault = atClosingQuote ? rest.slice(0, afterQuotes(rest)) : /^[\r\n]*/.exec(rest)?.[0];
	return 1 + lineEnds(bytes.toString('utf8', 0, bytesBefore)) + lineEnds(untilFault ?? '');
}

/** The place after the first quoted cell of a text. */
function afterQuotes(text: string): number {
	let at = text.indexOf('"');
	do at = text.indexOf('"', at + 1) + 1;
	while (text[at] === '"');
	return at;
}

/** The delimiter of the first record: the one of `,` `;` tab that stands most often outside quotes there. */
function delimiterOf(text: string): string {
	const counts = { ',': 0, ';': 0, '\t': 0 };
	let insideQuotes = false;
	for (const character of text.replace(/^\uFEFF?[\r\n]*/, '').slice(0, 65_536)) {
		if (character === '"') insideQuotes = !insideQuotes;
		else if (insideQuotes) continue;
		else if (character === '\n' || character === '\r') break;
		else if (character in counts) counts[character as keyof typeof counts]++;
	}
	const candidates = Object.keys(counts) as Array<keyof typeof counts>;
	return candidates.reduce((best, candidate) => (counts[candidate] > counts[best] ? candidate : best), ',');
}

/**
 * Column names fit for records: blank ones become `column_3` (by place), repeated ones get `_2`, `_3`; trimmed; none is lost or shared.
 */
export function columnNames(header: string[]): string[] {
	const taken = new Set<string>();
	const repeats = new Map<string, number>();
	return header.map((raw, index) => {
		const base = raw.trim() || `column_${index + 1}`;
		let name = base;
		let repeat = repeats.get(base) ?? 2;
		for (; taken.has(name); repeat++) name = `${base}_${repeat}`;
		repeats.set(base, repeat);
		taken.add(name);
		return name;
	});
}

/** A row as a record. Missing cells are empty text, cells beyond the header are kept as `column_7` (by place). */
export function rowToRecord(columns: string[], row: string[]): Record<string, string> {
	const extra = row.slice(columns.length).map(() => '');
	const names = extra.length > 0 ? columnNames([...columns, ...extra]) : columns;
	return Object.fromEntries(names.map((name, index): [string, string] => [name, row[index] ?? '']));
}

/** `rowToRecord` for many rows of the same columns: a fifth of its time for rows that have a cell for each. */
export function recordMaker(columns: string[]): (row: string[]) => Record<string, string> {
	// Copies of an object that was parsed have room for just these members; one that is filled from empty has its memory twice, and is moved twice by the collector.
	// They have a member of their own for a column `__proto__`, too, to which an assignment goes.
	const empty = JSON.parse(JSON.stringify(rowToRecord(columns, []))) as Record<string, string>;
	return (row) => {
		if (row.length !== columns.length) return rowToRecord(columns, row);
		const record = { ...empty };
		for (let index = 0; index < columns.length; index++) record[columns[index]] = row[index];
		return record;
	};
}
