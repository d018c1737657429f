/** Anything but what JSON writes as it is: quotes, backslashes, control characters, and surrogates, of which it escapes those without a partner. */
const ESCAPED = /[^ !#-[\]-\ud7ff\ue000-\uffff]/;

/** `JSON.stringify` of a text, in half its time where nothing has to be escaped. */
export function jsonText(text: string): string {
	return ESCAPED.test(text) ? JSON.stringify(text) : `"${text}"`;
}
