/** White space and characters that cannot be seen; they come with text copied from mails and documents (seen in vendor-staff code). */
const INVISIBLE_EDGES = /^[\s\p{Cf}\uFFFC]+|[\s\p{Cf}\uFFFC]+$/gu;

/** A pasted text without white space and invisible characters at its ends. */
export function trimmed(text: string): string {
	return text.replace(INVISIBLE_EDGES, '');
}

/**
 * The JSON object in a pasted file, in every form that people paste: with quotes around the whole of it, escaped as a string,
 * with a word processor's curly quotes, with raw line breaks inside its strings. Undefined when there is none.
 */
export function parsePastedObject(pasted: string): Record<string, unknown> | undefined {
	const text = withoutQuotes(trimmed(pasted));
	// A word processor turns the quotes; in a file that is sound without mending, turned ones belong to a name.
	return parseObject(folded(text)) ?? parseObject(folded(text.replace(/[\u201C\u201D]/g, '"')));
}

function withoutQuotes(text: string): string {
	const inside = /^(?:```\w*|['`])([\s\S]*?)(?:```|['`])$/.exec(text)?.[1];
	return inside === undefined ? text : trimmed(inside);
}

/** A file whose strings were unfolded by an editor has raw line breaks inside them, which JSON does not allow. */
function folded(text: string): string {
	return text.replace(/"(?:[^"\\]|\\[\s\S])*"/g, (string) => string.replace(/\r\n|\r|\n/g, '\\n'));
}

function parseObject(text: string): Record<string, unknown> | undefined {
	try {
		const value: unknown = JSON.parse(text);
		// A file that was copied out of a program's source or a secret store is JSON inside a JSON string.
		if (typeof value === 'string' && value.includes('{')) return parseObject(folded(value));
		return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
	} catch {
		return undefined;
	}
}

const KINDS: Array<[pattern: RegExp, kind: string]> = [
	[/-----BEGIN ENCRYPTED|Proc-Type:[^\n]*ENCRYPTED/, 'it is a key that is encrypted with a passphrase'],
	[/-----BEGIN (RSA |EC )?PUBLIC KEY|^(ssh|ecdsa)-[\w-]+ AAAA/, 'it is a public key'],
	[/-----BEGIN ([A-Z]+ )*CERTIFICATE/, 'it is a certificate'],
	[/-----BEGIN OPENSSH PRIVATE KEY/, 'it is an OpenSSH key'],
	[/-----BEGIN EC PRIVATE KEY/, 'it is an EC key'],
	[/^-----BEGIN (?![\s\S]*-----END)/, 'its end is missing'],
	[/^[^\n{]{1,200}\.(key|jwk|jwks|pem|json|txt)$/i, 'it is the name of a file, not what is in it'],
	[/^eyJ[\w-]+\./, 'it is a token'],
];

/** What a pasted text is, when it is plainly not what was asked for: words for a message, no part of the text. Undefined when nothing is recognised. */
export function kindOfPasted(pasted: string): string | undefined {
	const text = trimmed(pasted);
	if (!text) return 'it is empty';
	return KINDS.find(([pattern]) => pattern.test(text))?.[1] ?? kindOfObject(parsePastedObject(text));
}

function kindOfObject(members: Record<string, unknown> | undefined): string | undefined {
	if (!members) return undefined;
	if (Array.isArray(members.keys)) return 'it is a JWK set, the file of an OAuth client';
	if (members.kty !== undefined) return 'it is a JWK, the file of an OAuth client';
	if (members.accessKey !== undefined || members.accessID !== undefined) return 'it is the .key file of an API key';
	return undefined;
}
