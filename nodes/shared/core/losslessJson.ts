/**
 * An escape, a quote, or a number (with the colon that would make it a bare member name, which JSON does not have).
 * Strings are passed in small steps, and every repetition is bounded, so that neither a long text nor one that is cut off costs stack or time.
 */
const TOKEN = /\\[\s\S]|"|-?\d{1,10000}(?:\.\d{1,10000})?(?:[eE][+-]?\d{1,10})?(?:\s{0,100}:)?/g;

/** 16 digits or more; JavaScript numbers keep 15 always. */
const LONG_INTEGER = /^-?[1-9]\d{15,}$/;

/**
 * Parses JSON without damaging 64-bit integers: integers of 16 or more digits come out as strings, digit for digit.
 * Strings (messages that hold long numbers) stay untouched; decimals and exponents stay numbers. Throws SyntaxError as JSON.parse does.
 * Needed because SecurID sends `eventId` as a bare number beyond 2^53 (captured).
 */
export function parseLosslessJson(text: string): unknown {
	let insideString = false;
	const quoted = text.replace(TOKEN, (token, at: number) => {
		if (token === '"') insideString = !insideString;
		return !insideString && LONG_INTEGER.test(token) && standsAlone(text, at, token) ? `"${token}"` : token;
	});
	return JSON.parse(quoted);
}

/** Whether digits are a number of their own, not the rest or the beginning of one that is longer than `TOKEN` reads at once. */
function standsAlone(text: string, at: number, token: string): boolean {
	return !/[\d.eE+-]/.test(text.charAt(at - 1)) && !/\d/.test(text.charAt(at + token.length));
}
