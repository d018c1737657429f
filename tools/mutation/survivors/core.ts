import type { Reason } from '../reasons';

const SIZES = 'Noticed by "is refused before it fills the memory" of test/unit/core/csv.malformed.test.ts, which takes seconds and is left out here.';
const CSV_PARSE = 'Equivalent but slower: text that is not split here is read by csv-parse, to whose rows the split ones are equal (compared for all texts of up to six signs).';
const LUXON = 'Equivalent but slower: a time that is not read here is read by luxon, which gives the same one.';

/** Survivors in core. */
export const CORE: readonly Reason[] = [
	{ file: 'core/csv.ts', line: "name = 'CsvProblem'", why: 'Wording: nobody reads the name; the nodes ask for the class and tell line and detail (`asRowFailure`).' },
	{ file: 'core/csv.ts', line: 'super(`line ${line}', why: 'Wording: nobody reads the message; the nodes tell line and detail (`asRowFailure`).' },
	{ file: 'core/csv.ts', line: "private delimiter = ','", why: SIZES },
	{ file: 'core/csv.ts', line: 'this.pending.length < this.lookAt', why: 'Equivalent: the same rows in slices that are cut one character later.' },
	{ file: 'core/csv.ts', line: 'if (end > 0) yield* this.cut(end);', why: SIZES },
	{ file: 'core/csv.ts', line: 'this.pending.length > LONGEST', to: 'false', why: SIZES },
	{ file: 'core/csv.ts', line: 'this.pending.length > LONGEST', why: 'A limit: a record of exactly 16 Mi characters is refused while it arrives.' },
	{ file: 'core/csv.ts', line: 'this.lookAt = Math.max', why: 'Equivalent but slower: record ends are looked for more often, and the slices are smaller.' },
	...['while (Math.max(lf, cr) >= 0', 'if (inside && lf > quote)', 'if (inside && cr > quote)'].map((line) => ({
		file: 'core/csv.ts',
		line,
		why: 'Equivalent: the same record end is found, at most after more steps (compared for all texts of up to eight signs).',
	})),
	...['private endless()', 'this.parse(this.pending);', 'return new CsvProblem(this.linesBefore + 1'].map((line) => ({ file: 'core/csv.ts', line, why: SIZES })),
	{ file: 'core/csv.ts', line: 'const rows = text.startsWith', to: '""', why: CSV_PARSE },
	{ file: 'core/csv.ts', line: 'if (rows) return rows;', why: CSV_PARSE },
	{ file: 'core/csv.ts', line: 'return new CsvProblem(line, REASONS[error.code]', why: 'Wording: for faults beyond the three of the list; no text is known for which csv-parse has another.' },
	{ file: 'core/csv.ts', line: 'if (rows.every((row)', why: 'Equivalent but slower: rows that are all even are looked for once more by csv-parse, which finds none that is not.' },
	{ file: 'core/csv.ts', line: 'if (uneven < 0) return;', why: 'Equivalent: an uneven row was seen one line before, and csv-parse reads the same rows.' },
	{ file: 'core/csv.ts', line: "return times(text, '\\n')", why: 'Equivalent but slower: without a CR both counts are 0.' },
	{ file: 'core/csv.ts', line: 'return from < 0 ? -1', why: 'Equivalent: only a blank line at the very start is cut off later, with what follows it, and it has no row (compared for all texts of up to eight signs).' },
	{ file: 'core/csv.ts', line: 'const untilFault =', why: 'Equivalent: the pattern fits every text, at its beginning, if only with nothing.' },
	{ file: 'core/csv.ts', line: 'for (const character of text.replace', to: '/\\uFEFF?[\\r\\n]*/', why: 'Equivalent: the pattern fits every text at its beginning, if only with nothing.' },
	{ file: 'core/csv.ts', line: 'for (const character of text.replace', to: '"Stryker was here!"', why: 'Equivalent: none of these letters is a delimiter, quote or line end; 17 of 65,536 characters are not looked at.' },
	{ file: 'core/csv.ts', line: 'for (const character of text.replace', why: 'A limit: only a header of more than 65,536 characters is looked at farther.' },
	{ file: 'core/csv.ts', line: 'else if (character in counts)', why: 'Equivalent: other characters count as NaN, which is never greater than a number, nor is a number greater than it.' },
	{ file: 'core/csv.ts', line: 'repeats.set(base, repeat);', why: 'Equivalent but slower: the first free number is looked for from 2 on each time.' },
	{ file: 'core/csv.ts', line: 'const names = extra.length > 0', why: 'Equivalent but slower: names that `columnNames` made stay as they are when it reads them again.' },
	{ file: 'core/csv.ts', line: 'if (!plain || row.length', to: 'true', why: 'Equivalent but slower: `rowToRecord` makes the same record.' },

	{ file: 'core/csvCells.ts', line: 'for (let at = 0; at < length; )', why: 'Equivalent: one more turn, at the end of the text, in which there is no cell.' },
	...['if (lf < at)', 'if (cr < at)', 'if (quote < at)'].map((line) => ({ file: 'core/csvCells.ts', line, why: 'Equivalent but slower: the same mark is looked for again.' })),
	...['let end = lf < cr', 'if (quote > end)'].map((line) => ({ file: 'core/csvCells.ts', line, why: 'Equivalent: two marks never stand at one place; both ends are the same where there is neither.' })),
	{ file: 'core/csvCells.ts', line: 'rows.push(row.length > 0', why: 'Equivalent but slower: nothing is put before the cells.' },
	{ file: 'core/csvCells.ts', line: 'if (close < 0)', to: 'close <= 0', why: 'Equivalent: a closing quote stands behind an opening one, never at 0.' },
	{ file: 'core/csvCells.ts', line: 'row.push(cell.includes', why: 'Equivalent but slower: there is nothing to replace.' },
	{ file: 'core/csvCells.ts', line: "at = text[end] === '\\r'", why: 'Equivalent: the LF of a CRLF ends a blank line of its own, which is skipped; what is skipped besides is never the start of a cell.' },
	{ file: 'core/csvCells.ts', line: 'while (close >= 0', to: 'close > 0', why: 'Equivalent: a closing quote stands behind an opening one, never at 0.' },
	{ file: 'core/csvCells.ts', why: CSV_PARSE },

	{ file: 'core/gzip.ts', line: 'writer.closed.catch', why: 'Equivalent: streams mark the rejection of `closed` as handled themselves (WHATWG Streams; tried on the Node of this project).' },
	{ file: 'core/http.ts', line: 'if (!value) return undefined;', why: 'Equivalent: neither a missing text nor an empty one is a number or a date.' },
	{ file: 'core/ip.ts', line: "text.includes(':')", why: 'Equivalent: the URL parser takes nothing without a colon between square brackets.' },
	...['const usual =', 'if (usual && IPV4'].map((line) => ({ file: 'core/ip.ts', line, why: 'Equivalent but slower: the pattern for all forms reads the usual one, too.' })),
	{ file: 'core/ip.ts', line: 'withPort?.[3]', why: 'Equivalent: there is no address without it.' },
	{ file: 'core/jsonSize.ts', line: 'for (let at = 0; at < text.length', why: 'Equivalent: behind the end there is no character, and nothing is counted.' },
	{ file: 'core/jwt.ts', line: 'const text = pasted', why: 'Equivalent: everything between the frames that is no Base64 is taken out, line ends too.' },
	{ file: 'core/jwt.ts', line: "header.alg === 'ES256'", why: 'Equivalent: Node does not look at `dsaEncoding` for RSA keys.' },
	{ file: 'core/losslessJson.ts', line: 'if (end - at >= LONG)', why: 'Equivalent but slower: shorter texts hold no integer of 16 digits.' },
	...['if (quoted.length !==', 'return copied === 0'].map((line) => ({ file: 'core/losslessJson.ts', line, why: 'Equivalent but slower: the same text, put together from its pieces.' })),

	...['placed = false;', 'if (placed) this.giveBack();'].map((line) => ({
		file: 'core/pace.ts',
		line,
		why: 'Equivalent: a pause ends without a place only when the execution is cancelled, and then no request starts any more.',
	})),
	{ file: 'core/pace.ts', line: 'const first = this.waiters', why: 'Equivalent here: the order is the number of a page, which no two requests of a window share.' },
	{ file: 'core/redact.ts', line: 'return own.length < SHORTEST', why: 'Equivalent: secrets have at least four bytes, of whose Base64 at least four characters are their own.' },
	{ file: 'core/session.ts', line: "kept = ''", why: 'Equivalent: neither text begins with the mark, 16 hex digits and a dot.' },

	{ file: 'core/time.ts', line: 'if (!text) return undefined;', why: 'Equivalent but slower: an empty text has none of the forms.' },
	{ file: 'core/time.ts', line: 'const iso = body', to: '/(\\d{4}-\\d{2}-\\d{2})\\s+(?=\\d)/', why: 'Equivalent: luxon reads the whole text or nothing, and no form has such a date behind its beginning.' },
	{ file: 'core/time.ts', line: "return '';", why: 'Equivalent: neither text is a time.' },
	...['if (usualMs !==', 'function usualForm', 'if (!found)', 'const [year, month', 'if (day < 1 ||'].map((line) => ({ file: 'core/time.ts', line, why: LUXON })),
	{
		file: 'core/transportFailures.ts',
		line: 'if (own) return own;',
		why: 'Noticed by test/nodes/credentials/securIdOAuthApi.test.ts: a sign-in that is refused while a node reads keeps its own code (SECURID-TOKEN-…).',
	},

	{ file: 'core/vendorText.ts', line: 'part.length >= 12', to: '["Stryker was here"]', why: 'Equivalent: 1 is less than a sixth of 16 letters, as 0 is.' },
	{ file: 'core/vendorText.ts', line: 'let shown = withoutSecrets(text.slice', why: 'A limit: bounds the time that a text beyond all measure takes; 300 characters are shown of it.' },
	{ file: 'core/vendorText.ts', line: 'for (let round = 0', why: 'A limit: a text that is escaped five times over is read as well; each round makes it shorter, so that it ends.' },
	{ file: 'core/vendorText.ts', line: 'if (read === shown) break;', why: 'Equivalent but slower: a text without escapes stays as it is in the rounds that are left.' },
	{ file: 'core/vendorText.ts', line: "replaceAll('<', '‹')", why: 'Wording: `<` is left out instead of being shown as `‹`; it is no HTML either way.' },
	{ file: 'core/vendorText.ts', line: 'return sign ?? String.fromCharCode', why: 'Equivalent: one of the groups is there whenever the pattern fits.' },
	{ file: 'core/vendorText.ts', line: 'return /^\\s*(<!doctype', to: 'text', why: 'A limit: only a page behind 2,000 blanks is found as well.' },
	{ file: 'core/vendorText.ts', line: 'if (!text.trim()', why: 'Equivalent: blanks are cleaned to an empty text.' },
];
