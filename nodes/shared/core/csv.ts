import { type CsvError, parse } from 'csv-parse/sync';

/** Text handed to csv-parse at once; larger slices are slower and need more memory (measured, reference/delivery §7.1). */
const SLICE_CHARACTERS = 512 * 1024;
/** A record longer than this is taken for an unclosed quote, so that a damaged file cannot fill the memory. */
const LONGEST_RECORD_CHARACTERS = 16 * 1024 * 1024;

export interface CsvSettings {
	/** `stop`: a row with more or fewer cells than the header is malformed. `keep`: it passes, see `rowToRecord`. */
	unevenRows: 'stop' | 'keep';
	/** For tests: smaller slices. */
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
	for await (const text of decoded(chunks)) {
		yield* reader.push(text);
	}
	yield* reader.end();
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

/** Cuts text at record ends and keeps what follows; knows the header once it has seen it. */
class SliceReader {
	private pending = '';
	/** How far `pending` was scanned, whether that place is inside quotes, and the last record end before it. */
	private scanned = 0;
	private insideQuotes = false;
	private lastEnd = 0;
	private linesBefore = 0;
	private header: string[] | undefined;
	private delimiter = ',';
	private readonly sliceCharacters: number;

	constructor(private readonly settings: CsvSettings) {
		this.sliceCharacters = settings.sliceCharacters ?? SLICE_CHARACTERS;
	}

	*push(text: string): Generator<CsvSlice> {
		this.pending += text;
		this.scan();
		if (this.lastEnd >= this.sliceCharacters) yield* this.cut(this.lastEnd);
		if (this.pending.length - this.lastEnd > LONGEST_RECORD_CHARACTERS) throw this.endless();
	}

	*end(): Generator<CsvSlice> {
		yield* this.cut(this.pending.length);
	}

	/** A record ends after LF, or after a CR that no LF follows, outside quotes. Doubled quotes leave the parity as it is. */
	private scan(): void {
		const { pending } = this;
		let at = this.scanned;
		for (; at < pending.length; at++) {
			const character = pending.charCodeAt(at);
			if (character === 0x22) this.insideQuotes = !this.insideQuotes;
			else if (this.insideQuotes) continue;
			else if (character === 0x0a) this.lastEnd = at + 1;
			else if (character === 0x0d) {
				if (at + 1 === pending.length) break;
				if (pending.charCodeAt(at + 1) !== 0x0a) this.lastEnd = at + 1;
			}
		}
		this.scanned = at;
	}

	private *cut(end: number): Generator<CsvSlice> {
		const text = this.pending.slice(0, end);
		this.pending = this.pending.slice(end);
		this.scanned = Math.max(0, this.scanned - end);
		this.lastEnd = 0;
		if (!this.header) this.delimiter = delimiterOf(text);
		const rows = this.parse(text);
		this.header ??= rows.shift();
		if (this.header && this.settings.unevenRows === 'stop') this.refuseUneven(rows, this.header.length, text);
		this.linesBefore += lineEnds(text);
		if (this.header) yield { header: this.header, rows };
	}

	/** A record that does not end: csv-parse names the fault when there is one, e.g. where a quote was opened. */
	private endless(): CsvProblem {
		this.parse(this.pending);
		const line = this.linesBefore + lineEnds(this.pending.slice(0, this.lastEnd)) + 1;
		return new CsvProblem(line, 'a row of more than 16 million characters');
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
			bom: this.header === undefined,
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

function lineEnds(text: string): number {
	return text.match(/\r\n|\n|\r/g)?.length ?? 0;
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
