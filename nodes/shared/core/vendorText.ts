const SHOWN_CHARACTERS = 300;

const SECRETS: ReadonlyArray<[RegExp, string | ((found: string) => string)]> = [
	[/-----BEGIN[\s\S]*?(-----END[^-]*-----|$)/g, '[key removed]'],
	[/\beyJ[\w-]{8,}[\w.-]*/g, '[token removed]'],
	[/\b(bearer|basic)\s+[\w.~+/=%\\-]{8,}/gi, '$1 [removed]'],
	// Quotes may be escaped: in JSON inside JSON a quote of the secret itself has an escape more than the quotes around it.
	[/((?<!\\)\\*"\w*(?:token|password|secret|assertion|accessKey|privateKey|apiKey)\\*"\s*:\s*\\*")(?:[^"\\]|\\.)*/gi, '$1[removed]'],
	[/(https?:\/\/)[^\s/@"'<>]+@/gi, '$1'],
	// With or without a scheme: gateways repeat the path alone. What was removed before is taken again, so that a text that is cleaned twice stays as it is.
	[/(\/[^\s?"'<>]*)\?(?:\[query removed\]|[^\s"'<>])[^\s"'<>]*/g, '$1?[query removed]'],
	[/\b([\w-]*(?:token|password|secret|assertion|signature|credential)=)[^\s&"'<>[]+/gi, '$1[removed]'],
	[/[\w+/.%=~-]{24,}/g, withoutOpaque],
];

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A long run of characters that no word, name or UUID looks like, such as a token, a hash or Base64: its letters are mixed with digits, or small with capital ones. */
function withoutOpaque(run: string): string {
	const isOpaque = (part: string) =>
		(part.length >= 12 && /\d/.test(part) && /[a-z]/i.test(part)) || (part.length >= 16 && (part.match(/[a-z][A-Z]/g) ?? []).length >= part.length / 6);
	return !UUID.test(run) && run.split(/[^A-Za-z0-9]/).some(isOpaque) ? '[removed]' : run;
}

/** Escapes of JSON, URLs and HTML behind which a secret is not recognised. */
const ESCAPED = /\\+u([0-9a-f]{4})|\\+(["/])|%([2-7][0-9a-f])|&#(\d{2,3});|&#x([0-9a-f]{2});/gi;
/** JSON in JSON in a URL, and one more. */
const MOST_ROUNDS = 4;

/**
 * Makes a vendor's sentence fit to be shown: no keys, tokens, URL queries (a signed link is a secret) or control characters; one line, at most 300 characters.
 * Angle brackets become others of their kind: n8n's editor renders hints and descriptions of errors as HTML (links pass its filter).
 */
export function cleanVendorText(text: string): string {
	let shown = withoutSecrets(text.slice(0, 20_000));
	for (let round = 0; round < MOST_ROUNDS; round++) {
		const read = shown.replace(ESCAPED, unescaped);
		if (read === shown) break;
		shown = withoutSecrets(read);
	}
	// Once more, since a control character hides a secret from the patterns, too: `Bearer`, NUL, token.
	shown = withoutSecrets(shown.replace(/[\p{Cc}\p{Cf}\p{Cs}\s]+/gu, ' ')).replaceAll('<', '‹').replaceAll('>', '›').trim();
	// Not between the halves of a character.
	return shown.length > SHOWN_CHARACTERS ? `${shown.slice(0, SHOWN_CHARACTERS - 1).replace(/[\uD800-\uDBFF]$/, '')}…` : shown;
}

function withoutSecrets(text: string): string {
	// SAFETY: `replace` has one overload for each kind of replacement.
	return SECRETS.reduce((shown, [pattern, replacement]) => shown.replace(pattern, replacement as string), text);
}

function unescaped(_whole: string, unicode?: string, sign?: string, percent?: string, decimal?: string, hex?: string): string {
	return sign ?? String.fromCharCode(decimal ? Number(decimal) : parseInt(unicode ?? percent ?? hex ?? '20', 16));
}

/** Whether a body is a web page rather than data: a login page or admin console answered, so the host or path is not the API's. */
export function isWebPage(text: string): boolean {
	return /^\s*(<!doctype html|<html|<head|<body)/i.test(text.slice(0, 2_000));
}

/**
 * The vendor's own sentence in an answer of any of the known shapes: `{message}`, `{Message}`, `{description}`, `{error_description}`,
 * `{error: {message}}`, `{error}`, AWS XML `<Message>`, and of SIEMs `{error: {reason}}`, `{errors: [{detail}]}`, `{text}`; otherwise the beginning of the text.
 * Out: cleaned text, empty for web pages and empty bodies. Source: reference/safe §6, reference/securid §7 and reference/delivery §3 (documented and seen in clients).
 */
export function vendorSentence(text: string): string {
	if (!text.trim() || isWebPage(text)) return '';
	const xml = /<Message>([^<]*)<\/Message>/i.exec(text);
	if (xml) {
		const code = /<Code>([^<]*)<\/Code>/i.exec(text);
		return cleanVendorText(code ? `${code[1]}: ${xml[1]}` : xml[1]);
	}
	// Cut after the cleaning, since half a token is not recognised as one.
	return cleanVendorText(sentenceOf(parsed(text)) ?? cleanVendorText(text).slice(0, 200));
}

function sentenceOf(body: unknown): string | undefined {
	if (typeof body === 'string') return body;
	if (typeof body !== 'object' || body === null) return undefined;
	const members = body as Record<string, unknown>;
	for (const name of ['message', 'Message', 'description', 'error_description', 'reason', 'detail', 'text']) {
		const value = members[name];
		if (typeof value === 'string' && value) return value;
	}
	return sentenceOf(members.error ?? (Array.isArray(members.errors) ? members.errors[0] : undefined));
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
