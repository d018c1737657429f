import type { Reason } from '../reasons';

const SIZES = 'Noticed by "is refused before it fills the memory" of test/unit/core/csv.malformed.test.ts, which takes seconds and is left out here.';
const CSV_PARSE = 'Equivalent but slower: text that is not split here is read by csv-parse, to whose rows the split ones are equal (compared for all texts of up to six signs).';
const LUXON = 'Equivalent but slower: a time that is not read here is read by luxon, which gives the same one.';
const MARKS = 'Not noticed: only text that begins with a second byte order mark differs (TextDecoder takes the first): a blank line behind it would become the header, or a quoted header be refused.';
const BROKEN_START = 'Not noticed: neither byte stands in UTF-8, so that only a damaged file whose first two bytes hold one of them is read in the wrong encoding, as rubbish instead of with two odd signs.';
const PROTO = 'Not noticed: the cells of a column named `__proto__` would be lost from records (test/unit/safe/rowIds.test.ts has such columns, but would tell it by chance).';
const OPAQUE = 'Not noticed: secrets of letters alone, in which capital and small ones are mixed, are shown in messages (the tests have runs with digits and runs that must stay).';
const BOUNDARY = 'Not noticed: a secret just at the bound (12 signs with digits, 16 letters, or a change of case in exactly every sixth) is shown in messages.';

/** Survivors in core. */
export const CORE: readonly Reason[] = [
	{ file: 'core/csv.ts', line: "name = 'CsvProblem'", why: 'Wording: nobody reads the name; the nodes ask for the class and tell line and detail (`asRowFailure`).' },
	{ file: 'core/csv.ts', line: 'super(`line ${line}', why: 'Wording: nobody reads the message; the nodes tell line and detail (`asRowFailure`).' },
	...['head[0] === 0xff', 'head[0] === 0xfe'].map((line) => ({ file: 'core/csv.ts', line, why: BROKEN_START })),
	{
		file: 'core/csv.ts',
		line: "private delimiter = ','",
		why: 'Not noticed: it counts only where no record has ended in 16 million characters: a quote that is opened in the header would be told as an option of csv-parse.',
	},
	{ file: 'core/csv.ts', line: 'this.pending.length < this.lookAt', why: 'Equivalent: the same rows in slices that are cut one character later.' },
	{ file: 'core/csv.ts', line: 'if (end > 0) yield* this.cut(end);', why: SIZES },
	{ file: 'core/csv.ts', line: 'this.pending.length > LONGEST', to: 'false', why: SIZES },
	{ file: 'core/csv.ts', line: 'this.pending.length > LONGEST', why: 'A limit: a record of exactly 16 Mi characters is refused while it arrives.' },
	{ file: 'core/csv.ts', line: 'this.lookAt = Math.max', why: 'Equivalent but slower: record ends are looked for more often, and the slices are smaller.' },
	{
		file: 'core/csv.ts',
		line: 'while (Math.max(lf, cr) >= 0',
		to: 'Math.min(lf, cr)',
		why: 'Not noticed: text stays in memory from the first quote on, and a file of more than 16 million characters whose rows begin with quotes is refused as one endless row.',
	},
	...['while (Math.max(lf, cr) >= 0', 'if (inside && lf > quote)', 'if (inside && cr > quote)'].map((line) => ({
		file: 'core/csv.ts',
		line,
		why: 'Equivalent: the same record end is found, at most after more steps (compared for all texts of up to eight signs).',
	})),
	...['private endless()', 'this.parse(this.pending);', 'return new CsvProblem(this.linesBefore + 1'].map((line) => ({ file: 'core/csv.ts', line, why: SIZES })),
	{ file: 'core/csv.ts', line: 'const rows = text.startsWith', to: '""', why: CSV_PARSE },
	{ file: 'core/csv.ts', line: 'const rows = text.startsWith', why: MARKS },
	{ file: 'core/csv.ts', line: 'if (rows) return rows;', why: CSV_PARSE },
	{ file: 'core/csv.ts', line: 'bom: this.header === undefined', why: MARKS },
	{ file: 'core/csv.ts', line: 'return new CsvProblem(line, REASONS[error.code]', why: 'Wording: for faults beyond the three of the list; no text is known for which csv-parse has another.' },
	{ file: 'core/csv.ts', line: 'if (rows.every((row)', why: 'Equivalent but slower: rows that are all even are looked for once more by csv-parse, which finds none that is not.' },
	{ file: 'core/csv.ts', line: 'if (uneven < 0) return;', why: 'Equivalent: an uneven row was seen one line before, and csv-parse reads the same rows.' },
	{ file: 'core/csv.ts', line: "return times(text, '\\n')", why: 'Equivalent but slower: without a CR both counts are 0.' },
	{ file: 'core/csv.ts', line: 'return from < 0 ? -1', why: 'Equivalent: only a blank line at the very start is cut off later, with what follows it, and it has no row (compared for all texts of up to eight signs).' },
	{ file: 'core/csv.ts', line: 'const untilFault =', why: 'Equivalent: the pattern fits every text, at its beginning, if only with nothing.' },
	{
		file: 'core/csv.ts',
		line: 'while (text[at] ===',
		why: 'Not noticed: for text behind the closing quote of a cell with doubled quotes and line ends behind them, the message names a line too far up.',
	},
	{ file: 'core/csv.ts', line: 'for (const character of text.replace', to: '/\\uFEFF?[\\r\\n]*/', why: 'Equivalent: the pattern fits every text at its beginning, if only with nothing.' },
	{ file: 'core/csv.ts', line: 'for (const character of text.replace', to: '"Stryker was here!"', why: 'Equivalent: none of these letters is a delimiter, quote or line end; 17 of 65,536 characters are not looked at.' },
	{ file: 'core/csv.ts', line: 'for (const character of text.replace', why: 'A limit: only a header of more than 65,536 characters is looked at farther.' },
	{
		file: 'core/csv.ts',
		line: "else if (character === '\\n' || character === '\\r') break;",
		why: 'Not noticed: in a file with CR line ends alone, whose rows hold another delimiter more often than its header has columns, cells are cut at the wrong delimiter.',
	},
	{ file: 'core/csv.ts', line: 'else if (character in counts)', why: 'Equivalent: other characters count as NaN, which is never greater than a number, nor is a number greater than it.' },
	{ file: 'core/csv.ts', line: 'repeats.set(base, repeat);', why: 'Equivalent but slower: the first free number is looked for from 2 on each time.' },
	{ file: 'core/csv.ts', line: 'const names = extra.length > 0', why: 'Equivalent but slower: names that `columnNames` made stay as they are when it reads them again.' },
	{ file: 'core/csv.ts', line: 'const plain = !columns.includes', why: PROTO },
	{ file: 'core/csv.ts', line: 'if (!plain || row.length', to: 'true', why: 'Equivalent but slower: `rowToRecord` makes the same record.' },
	{ file: 'core/csv.ts', line: 'if (!plain || row.length', to: 'plain', why: PROTO },
	{
		file: 'core/csv.ts',
		line: 'if (!plain || row.length',
		why: 'Noticed by the row of three cells below two columns in test/unit/safe/auditCsv.test.ts, where records are made; the unit tests of core do not.',
	},
	{ file: 'core/csv.ts', line: 'for (let index = 0; index < columns.length', why: 'Noticed by test/unit/safe/auditCsv.test.ts, which names records and the IDs of their rows; the unit tests of core make none.' },

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
	{ file: 'core/ip.ts', line: 'const usual =', to: '/^([\\d.]+):(\\D{1,5})$/', why: 'Not noticed: `198.51.100.7:http` would be an address with the port NaN, instead of none.' },
	...['const usual =', 'if (usual && IPV4'].map((line) => ({ file: 'core/ip.ts', line, why: 'Equivalent but slower: the pattern for all forms reads the usual one, too.' })),
	{ file: 'core/ip.ts', line: 'withPort?.[3]', why: 'Equivalent: there is no address without it.' },
	{ file: 'core/jsonSize.ts', line: 'for (let at = 0; at < text.length', why: 'Equivalent: behind the end there is no character, and nothing is counted.' },
	{ file: 'core/jsonSize.ts', line: 'for (let end =', to: 'end > 0', why: 'Equivalent: a closing quote never stands at 0. (The line is gone: `endOfString` of losslessJson.ts is used now.)' },
	{ file: 'core/jsonSize.ts', line: 'if ((end - before) % 2', why: 'Equivalent: sum and difference are both even or both odd. (The line is gone: `endOfString` of losslessJson.ts is used now.)' },
	{ file: 'core/jsonSize.ts', line: 'for (let end =', why: 'Not noticed: the end of a string with escaped quotes. The line is gone: `endOfString` of losslessJson.ts is used now, and the next run tells of it.' },
	{ file: 'core/jwt.ts', line: 'const text = pasted', why: 'Equivalent: everything between the frames that is no Base64 is taken out, line ends too.' },
	{ file: 'core/jwt.ts', line: "header.alg === 'ES256'", why: 'Equivalent: Node does not look at `dsaEncoding` for RSA keys.' },
	{ file: 'core/losslessJson.ts', line: 'if (end - at >= LONG)', why: 'Equivalent but slower: shorter texts hold no integer of 16 digits.' },
	...['if (quoted.length !==', 'return copied === 0'].map((line) => ({ file: 'core/losslessJson.ts', line, why: 'Equivalent but slower: the same text, put together from its pieces.' })),

	...['placed = false;', 'if (placed) this.giveBack();'].map((line) => ({
		file: 'core/pace.ts',
		line,
		why: 'Equivalent: a pause ends without a place only when the execution is cancelled, and then no request starts any more.',
	})),
	{ file: 'core/pace.ts', line: "if ('value' in outcome)", why: 'Not noticed: requests that failed for good would count among the ten answers after which one more may be in flight.' },
	{ file: 'core/pace.ts', line: 'const first = this.waiters', why: 'Equivalent here: the order is the number of a page, which no two requests of a window share.' },
	{
		file: 'core/pace.ts',
		line: 'if (begunAfter < this.halvings || this.most',
		why: 'Not noticed: answers to requests begun before the server asked to slow down would count, and speed rises a few answers too early.',
	},
	{
		file: 'core/pagination.ts',
		line: 'page = await source.fetchPage(index + 1',
		why: 'Not noticed: where a server counts no pages, SecurID\'s client would refuse every page after the first as "cancelled", and the run fail.',
	},
	{
		file: 'core/redact.ts',
		line: 'padStart(2,',
		to: '""',
		why: 'Not noticed: a secret with a tab or line end that a server repeats percent-encoded (`%0A`) is shown in messages.',
	},
	{ file: 'core/redact.ts', line: "if (character === ' ')", why: 'Not noticed: a row of plus signs as long as a secret is taken for it, and hidden; nothing is shown that was not.' },
	{ file: 'core/redact.ts', line: 'return own.length < SHORTEST', to: 'own.length <= SHORTEST', why: 'Not noticed: a secret of four characters in Base64, one byte behind the start of a group of three, is shown in messages.' },
	{ file: 'core/redact.ts', line: 'return own.length < SHORTEST', why: 'Equivalent: secrets have at least four bytes, of whose Base64 at least four characters are their own.' },
	{ file: 'core/session.ts', line: "kept = ''", why: 'Equivalent: neither text begins with the mark, 16 hex digits and a dot.' },

	{ file: 'core/time.ts', line: 'if (!text) return undefined;', why: 'Equivalent but slower: an empty text has none of the forms.' },
	{ file: 'core/time.ts', line: 'const iso = body', to: '/(\\d{4}-\\d{2}-\\d{2})\\s+(?=\\d)/', why: 'Equivalent: luxon reads the whole text or nothing, and no form has such a date behind its beginning.' },
	{
		file: 'core/time.ts',
		line: 'const iso = body',
		why: 'Not noticed: a blank, an offset and a zone in brackets (`… +02:00[Europe/Berlin]`) would be read instead of refused, as the right moment.',
	},
	{ file: 'core/time.ts', line: "return '';", why: 'Equivalent: neither text is a time.' },
	...['if (usualMs !==', 'function usualForm', 'if (!found)', 'const [year, month', 'if (day < 1 ||'].map((line) => ({ file: 'core/time.ts', line, why: LUXON })),
	{
		file: 'core/transportFailures.ts',
		line: 'if (own) return own;',
		why: 'Noticed by test/nodes/credentials/securIdOAuthApi.test.ts: a sign-in that is refused while a node reads keeps its own code (SECURID-TOKEN-…).',
	},

	{ file: 'core/vendorText.ts', line: 'part.length >= 12', to: '["Stryker was here"]', why: 'Equivalent: 1 is less than a sixth of 16 letters, as 0 is.' },
	...['part.length > 12', 'part.length > 16', '(part.match(/[a-z][A-Z]/g) ?? []).length > part.length / 6'].map((to) => ({ file: 'core/vendorText.ts', line: 'part.length >= 12', to, why: BOUNDARY })),
	{ file: 'core/vendorText.ts', line: 'part.length >= 12', why: OPAQUE },
	{ file: 'core/vendorText.ts', line: 'let shown = withoutSecrets(text.slice', why: 'A limit: bounds the time that a text beyond all measure takes; 300 characters are shown of it.' },
	{ file: 'core/vendorText.ts', line: 'for (let round = 0', why: 'A limit: a text that is escaped five times over is read as well; each round makes it shorter, so that it ends.' },
	{ file: 'core/vendorText.ts', line: 'if (read === shown) break;', why: 'Equivalent but slower: a text without escapes stays as it is in the rounds that are left.' },
	{ file: 'core/vendorText.ts', line: "replaceAll('<', '‹')", why: 'Wording: `<` is left out instead of being shown as `‹`; it is no HTML either way.' },
	{ file: 'core/vendorText.ts', line: 'return sign ?? String.fromCharCode', why: 'Equivalent: one of the groups is there whenever the pattern fits.' },
	{ file: 'core/vendorText.ts', line: 'return /^\\s*(<!doctype', to: 'text', why: 'A limit: only a page behind 2,000 blanks is found as well.' },
	{ file: 'core/vendorText.ts', line: 'return /^\\s*(<!doctype', why: 'Not noticed: a page with a byte order mark inside its first tag (`<ht\\uFEFFml`) would be one, too. (`\\s` fits a mark at the beginning anyway.)' },
	{ file: 'core/vendorText.ts', line: 'if (!text.trim()', why: 'Equivalent: blanks are cleaned to an empty text.' },
	{
		file: 'core/vendorText.ts',
		line: "for (const name of ['message'",
		to: '""',
		why: 'Not noticed for `reason` and `detail`: those reasons of SIEMs are shown as raw JSON. `text` is noticed by the rows of Splunk in test/unit/delivery/siem/answers.test.ts.',
	},
];
