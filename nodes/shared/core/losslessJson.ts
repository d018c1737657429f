/** Longest run of digits that a JavaScript number always keeps. */
const SAFE_DIGITS = 15;

const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * Parses JSON without damaging 64-bit integers: integers of 16 or more digits come out as strings, digit for digit.
 * Strings (messages that hold long numbers) stay untouched; decimals and exponents stay numbers. Throws SyntaxError as JSON.parse does.
 * Needed because SecurID sends `eventId` as a bare number beyond 2^53 (captured).
 */
export function parseLosslessJson(text: string): unknown {
	return JSON.parse(
		text.replace(STRING_OR_NUMBER, (token) => (token[0] !== '"' && isLongInteger(token) ? `"${token}"` : token)),
	);
}

function isLongInteger(token: string): boolean {
	return /^-?\d+$/.test(token) && token.length - (token[0] === '-' ? 1 : 0) > SAFE_DIGITS;
}
