const SHOWN_CHARACTERS = 300;

const SECRETS: ReadonlyArray<[RegExp, string]> = [
	[/-----BEGIN[\s\S]*?(-----END[^-]*-----|$)/g, '[key removed]'],
	[/\beyJ[\w-]{8,}[\w.-]*/g, '[token removed]'],
	[/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, '$1 [removed]'],
	[/("\w*(?:token|password|secret|assertion|accessKey|privateKey|apiKey)"\s*:\s*")(?:[^"\\]|\\.)*/gi, '$1[removed]'],
	[/\b(\w*(?:token|password|secret|assertion)=)[^\s&"'<>]+/gi, '$1[removed]'],
	[/(https?:\/\/)[^\s/@"'<>]+@/gi, '$1'],
	[/(https?:\/\/[^\s?"'<>]+)\?[^\s"'<>]*/gi, '$1?[query removed]'],
];

/**
 * Makes a vendor's sentence fit to be shown: no keys, tokens, URL queries (a signed link is a secret) or control characters; one line, at most 300 characters.
 * Angle brackets become others of their kind: n8n's editor renders hints and descriptions of errors as HTML (links pass its filter).
 */
export function cleanVendorText(text: string): string {
	let shown = text.slice(0, 20_000);
	for (const [pattern, replacement] of SECRETS) shown = shown.replace(pattern, replacement);
	shown = shown.replace(/[\p{Cc}\p{Cf}\p{Cs}\s]+/gu, ' ').replaceAll('<', '‹').replaceAll('>', '›').trim();
	return shown.length > SHOWN_CHARACTERS ? `${shown.slice(0, SHOWN_CHARACTERS - 1)}…` : shown;
}

/** Whether a body is a web page rather than data: a login page or admin console answered, so the host or path is not the API's. */
export function isWebPage(text: string): boolean {
	return /^\s*(<!doctype html|<html|<head|<body)/i.test(text.slice(0, 2_000).replace(/^\uFEFF/, ''));
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
