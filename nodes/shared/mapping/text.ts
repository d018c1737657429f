/** A member as text, objects as JSON; null for empty members and for objects that cannot become text, e.g. nested beyond all measure. */
export function text(value: unknown): string | null {
	try {
		const said = typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? '');
		return said || null;
	} catch {
		return null;
	}
}

/** Either half of a pair, alone or not: seldom there, and fast to rule out. */
const HALF_PAIR = /[\uD800-\uDFFF]/;

/** As `text`, trimmed, and without halves of surrogate pairs, which JSON parsers of sinks refuse; null when nothing is left. */
export function cleanText(value: unknown): string | null {
	const said = (text(value) ?? '').trim();
	return (HALF_PAIR.test(said) ? said.replace(/\p{Cs}/gu, '\uFFFD') : said) || null;
}

/**
 * A record as JSON, for the members that hold the original. Total: a member that cannot become text (nested beyond all measure) is named instead,
 * so that the others are kept.
 */
export function recordJson(record: Record<string, unknown>): string {
	// Without a replacer first: it is called for every member and triples the time.
	for (const replacer of [undefined, withoutBigInt]) {
		try {
			return JSON.stringify(record, replacer);
		} catch {
			// Written in another way below.
		}
	}
	const members = Object.entries(record).map(([name, value]) => `${JSON.stringify(name)}:${memberJson(value)}`);
	return `{${members.join(',')}}`;
}

function memberJson(value: unknown): string {
	try {
		return JSON.stringify(value, withoutBigInt) ?? 'null';
	} catch {
		return '"[cannot be written as JSON]"';
	}
}

function withoutBigInt(_name: string, value: unknown): unknown {
	return typeof value === 'bigint' ? String(value) : value;
}

/** So many names are kept: every event of a log has the same members. */
const KEPT_NAMES = 1_000;
const names = new Map<string, string>();

/** A name for a member of a document: `targetObject1Name` → `target_object1_name`. Letters and digits of any script, at most 64 characters; `field` when none are left. */
export function snakeName(name: string): string {
	const known = names.get(name);
	if (known !== undefined) return known;
	const made = makeName(name);
	if (names.size < KEPT_NAMES && name.length < 100) names.set(name, made);
	return made;
}

function makeName(name: string): string {
	const words = name.slice(0, 200).replace(/([\p{Ll}\p{N}])(?=\p{Lu})|(\p{Lu})(?=\p{Lu}\p{Ll})/gu, '$1$2_');
	return words.replace(/[^\p{L}\p{N}]+/gu, '_').replace(/^_+|_+$/g, '').toLowerCase().slice(0, 64) || 'field';
}

/** An action in few words: `QR code user denied` → `qr-code-user-denied`. */
export function slug(words: string): string {
	return words.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-+|-+$/g, '').slice(0, 100);
}
