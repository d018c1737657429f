/** A number between the strings of a text, with the colon that would make it a bare member name, which JSON does not have. Bounded, so that no text costs stack. */
const NUMBER = /-?\d{1,10000}(?:\.\d{1,10000})?(?:[eE][+-]?\d{1,10})?(?:\s{0,100}:)?/g;

/** 16 digits or more; JavaScript numbers keep 15 always. */
const LONG_INTEGER = /^-?[1-9]\d{15,}$/;
const LONG = 16;

const BACKSLASH = 92;

/**
 * Parses JSON without damaging 64-bit integers: integers of 16 or more digits come out as strings, digit for digit.
 * Strings (messages that hold long numbers) stay untouched; decimals and exponents stay numbers. Throws SyntaxError as JSON.parse does.
 * Needed because SecurID sends `eventId` as a bare number beyond 2^53 (captured).
 */
export function parseLosslessJson(text: string): unknown {
	return JSON.parse(withQuotedIntegers(text));
}

/** Goes from string to string and looks at numbers only between them: most of a text is strings, or too short to hold a long integer. */
function withQuotedIntegers(text: string): string {
	const parts: string[] = [];
	let copied = 0;
	for (let at = 0; at < text.length; ) {
		const opening = text.indexOf('"', at);
		const end = opening === -1 ? text.length : opening;
		if (end - at >= LONG) {
			const between = text.slice(at, end);
			const quoted = between.replace(NUMBER, (token, start: number) =>
				LONG_INTEGER.test(token) && standsAlone(between, start, token) ? `"${token}"` : token,
			);
			if (quoted.length !== between.length) {
				parts.push(text.slice(copied, at), quoted);
				copied = end;
			}
		}
		at = opening === -1 ? end : endOfString(text, opening);
	}
	return copied === 0 ? text : parts.join('') + text.slice(copied);
}

/** The place behind a string's closing quote; the end of the text when it has none. */
export function endOfString(text: string, opening: number): number {
	for (let quote = text.indexOf('"', opening + 1); quote !== -1; quote = text.indexOf('"', quote + 1)) {
		let escapes = 0;
		while (text.charCodeAt(quote - 1 - escapes) === BACKSLASH) escapes++;
		if (escapes % 2 === 0) return quote + 1;
	}
	return text.length;
}

/** Whether digits are a number of their own, not the rest or the beginning of one that is longer than `NUMBER` reads at once. */
function standsAlone(text: string, at: number, token: string): boolean {
	return !/[\d.eE+-]/.test(text.charAt(at - 1)) && !/\d/.test(text.charAt(at + token.length));
}
