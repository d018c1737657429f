/** Shorter texts are taken for words, not for secrets. */
const SHORTEST = 4;

const NAMED_ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

/**
 * Makes a function that takes known secrets out of a text that another system wrote, however that system wrote them: as they are, with any of their
 * characters escaped as JSON, URLs and HTML do, in hex, and in Base64 at each of the three places where they may begin there.
 * In: the secrets; those of fewer than 4 characters are left alone. Pieces of a secret are not found.
 */
export function redactorOf(secrets: readonly string[]): (text: string) => string {
	const held = [...new Set(secrets.filter((secret) => secret.length >= SHORTEST))].sort((one, other) => other.length - one.length);
	if (held.length === 0) return (text) => text;
	// Whole secrets first: the Base64 of one may hold that of another.
	const forms = new RegExp([...held.map(escapedForms), ...held.flatMap(base64Forms), ...held.map(hexForm)].join('|'), 'gi');
	return (text) => text.replace(forms, '[removed]');
}

/** The secret with each character as it is or escaped, up to several times over. */
function escapedForms(secret: string): string {
	return [...secret].map((character) => `(?:${[...escapesOf(character)].join('|')})`).join('');
}

function* escapesOf(character: string): Generator<string> {
	const code = character.codePointAt(0) ?? 0;
	yield `\\\\*${literal(character)}`;
	yield [...character].flatMap((whole) => whole.split('')).map((unit) => `\\\\+u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
	yield [...Buffer.from(character)].map((byte) => `%(?:25)*${byte.toString(16).padStart(2, '0')}`).join('');
	yield `&(?:amp;)*#(?:0*${code}|x0*${code.toString(16)});`;
	if (character in NAMED_ENTITIES) yield NAMED_ENTITIES[character];
	if (character === ' ') yield '\\+';
}

/** What of the Base64 of a longer text depends on the secret alone, by how many bytes of a group of three stand before it. */
function base64Forms(secret: string): string[] {
	const bytes = Buffer.from(secret);
	return [0, 1, 2].flatMap((before) => {
		const whole = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
		const own = whole.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
		return own.length < SHORTEST ? [] : [own.replace(/[+/]/g, (sign) => (sign === '+' ? '(?:[+-]|%2b)' : '(?:\\\\*/|_|%2f)'))];
	});
}

function hexForm(secret: string): string {
	return Buffer.from(secret).toString('hex');
}

function literal(character: string): string {
	return character.replace(/[\\^$.*+?()[\]{}|/-]/, '\\$&');
}
