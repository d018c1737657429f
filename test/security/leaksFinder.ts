/** Finds secrets in text and bytes however they are written: whole, or a piece of them. */
import { gunzipSync } from 'node:zlib';

/** Something that nobody but its owner may see. */
export interface Secret {
	/** For messages and counts; several values may share a name (a key and its parts). */
	name: string;
	value: string | Buffer;
}

/** A way to write a secret, which the finder undoes. `write` makes an example, so that tests can see that it does. */
export interface Encoding {
	name: string;
	write(secret: Buffer): string;
}

const percent = (bytes: Buffer) => [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
const escapes = (bytes: Buffer) => [...bytes.toString('latin1')].map((sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
/** As a part of a longer text, beginning at each of the three places in a group of four. */
const base64 = (bytes: Buffer, before: number) => Buffer.concat([Buffer.from('xyz'.slice(0, before)), bytes, Buffer.from('end of it')]).toString('base64');

export const ENCODINGS: Encoding[] = [
	{ name: 'plain', write: (bytes) => bytes.toString('latin1') },
	{ name: 'base64, first alignment', write: (bytes) => base64(bytes, 0) },
	{ name: 'base64, second alignment', write: (bytes) => base64(bytes, 1) },
	{ name: 'base64, third alignment', write: (bytes) => base64(bytes, 2) },
	{ name: 'base64url', write: (bytes) => bytes.toString('base64url') },
	{ name: 'percent-encoded', write: percent },
	{ name: 'hex', write: (bytes) => bytes.toString('hex').toUpperCase() },
	{ name: 'JSON escapes', write: escapes },
	{ name: 'JSON inside JSON', write: (bytes) => JSON.stringify(JSON.stringify(bytes.toString('latin1')).replaceAll('/', '\\/')) },
	{ name: 'HTML entities', write: (bytes) => [...bytes].map((byte, at) => (at % 2 ? `&#${byte};` : `&#x${byte.toString(16)};`)).join('') },
	{ name: 'folded lines', write: (bytes) => bytes.toString('latin1').match(/[\s\S]{1,7}/g)!.join('\r\n  ') },
	{ name: 'folded base64 with \\n', write: (bytes) => JSON.stringify(bytes.toString('base64').match(/.{1,10}/g)!.join('\n')) },
];

/** Shorter pieces of a secret are no news to anybody, and would be found by chance. */
const PIECE = 16;
/** Pieces looked for per secret: whatever is longer than two steps is found. */
const STEPS = 16;

interface Needle {
	name: string;
	text: string;
	/** In which form of a haystack it is looked for. */
	among: 'text' | 'base64' | 'hex';
}

export class Finder {
	private readonly among: Record<Needle['among'], Needles>;

	/** In: the secrets. Those of fewer than 8 characters are refused, since they would be found by chance. */
	constructor(secrets: Secret[]) {
		const needles = secrets.flatMap(({ name, value }) => {
			const bytes = typeof value === 'string' ? Buffer.from(value, 'latin1') : value;
			return piecesOf(bytes).flatMap((piece) => needlesOf(name, piece));
		});
		const of = (kind: Needle['among']) => new Needles(needles.filter(({ among }) => among === kind));
		this.among = { text: of('text'), base64: of('base64'), hex: of('hex') };
	}

	/** Names of the secrets of which a piece is in the text or the bytes (also inside gzip), each with the form it was found in. */
	find(haystack: string | Buffer): string[] {
		const found = new Set<string>();
		for (const text of textsIn(haystack)) {
			for (const stage of decoded(text)) {
				const unfolded = stage.replace(/\s+/g, '');
				const forms = { text: unfolded, base64: unfolded.replaceAll('-', '+').replaceAll('_', '/'), hex: unfolded.toLowerCase() };
				for (const kind of ['text', 'base64', 'hex'] as const) this.among[kind].find(forms[kind], (name) => found.add(`${name} (${kind})`));
			}
		}
		return [...found];
	}
}

/** How many characters at the beginning of a needle are looked up before the rest is compared. */
const START = 8;

/** Many needles, looked for in one go: a table of how they begin tells for nearly every place that none is there. */
class Needles {
	private readonly begins = new Uint8Array(1 << 16);
	private readonly byStart = new Map<string, Needle[]>();

	constructor(needles: Needle[]) {
		for (const needle of needles) {
			if (needle.text.length < START) throw new Error(`${needle.name} is too short to be looked for`);
			this.begins[markAt(needle.text, 0)] = 1;
			const start = needle.text.slice(0, START);
			this.byStart.set(start, [...(this.byStart.get(start) ?? []), needle]);
		}
	}

	find(text: string, found: (name: string) => void): void {
		for (let at = 0; at + START <= text.length; at++) {
			if (this.begins[markAt(text, at)] === 0) continue;
			for (const { name, text: needle } of this.byStart.get(text.slice(at, at + START)) ?? []) if (text.startsWith(needle, at)) found(name);
		}
	}
}

/** Sixteen bits of four characters. */
function markAt(text: string, at: number): number {
	const four = text.charCodeAt(at) ^ (text.charCodeAt(at + 1) << 8) ^ (text.charCodeAt(at + 2) << 16) ^ (text.charCodeAt(at + 3) << 24);
	return Math.imul(four, 0x9e3779b1) >>> 16;
}

function piecesOf(bytes: Buffer): Buffer[] {
	if (bytes.length <= PIECE) return [bytes];
	const step = Math.max(PIECE / 2, Math.ceil(bytes.length / STEPS));
	const starts = Array.from({ length: Math.floor((bytes.length - PIECE) / step) + 1 }, (_none, index) => index * step);
	return [...starts, bytes.length - PIECE].map((start) => bytes.subarray(start, start + PIECE));
}

function needlesOf(name: string, piece: Buffer): Needle[] {
	// Of the base64 of a text that begins before the piece and ends after it, what depends on the piece alone.
	const aligned = [0, 1, 2].map((before) => {
		const whole = Buffer.concat([Buffer.alloc(before), piece]).toString('base64').replace(/=+$/, '');
		const first = Math.ceil((before * 8) / 6);
		const last = Math.floor(((before + piece.length) * 8) / 6);
		return whole.slice(first, last);
	});
	return [
		{ name, text: piece.toString('latin1').replace(/\s+/g, ''), among: 'text' },
		...aligned.map((text): Needle => ({ name, text, among: 'base64' })),
		{ name, text: piece.toString('hex'), among: 'hex' },
	];
}

/** The haystack as text, and what is inside where it is compressed. */
function textsIn(haystack: string | Buffer): string[] {
	if (typeof haystack === 'string') return [haystack];
	const zipped = haystack[0] === 0x1f && haystack[1] === 0x8b;
	return zipped ? [haystack.toString('latin1'), gunzipSync(haystack).toString('latin1')] : [haystack.toString('latin1')];
}

/** The text as it stands, and as it is after its escapes were undone, up to four times over. */
function decoded(text: string): string[] {
	const stages = [text];
	for (let current = text; stages.length < 5; stages.push(current)) {
		const next = unescaped(current);
		if (next === current) break;
		current = next;
	}
	return stages;
}

const NAMED: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const CONTROLS: Record<string, string> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

function unescaped(text: string): string {
	return text
		.replace(/\\(?:u([0-9a-f]{4})|x([0-9a-f]{2})|([^u]))/gi, (_whole, unicode?: string, hex?: string, sign = '') =>
			(unicode ?? hex) ? String.fromCharCode(parseInt(unicode ?? hex ?? '', 16)) : (CONTROLS[sign as string] ?? String(sign)),
		)
		.replace(/%([0-9a-f]{2})/gi, (_whole, hex: string) => String.fromCharCode(parseInt(hex, 16)))
		.replace(/&(?:#(\d{1,5})|#x([0-9a-f]{1,4})|(amp|lt|gt|quot|apos));/gi, (_whole, decimal?: string, hex?: string, name?: string) =>
			name ? NAMED[name.toLowerCase()] : String.fromCharCode(decimal ? Number(decimal) : parseInt(hex ?? '', 16)),
		);
}
