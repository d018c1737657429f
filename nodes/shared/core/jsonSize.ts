import { endOfString } from './losslessJson';

/** No answer of either vendor nests more than ten levels; n8n itself fails at some thousands. */
const MOST_LEVELS = 500;
/** Members and elements. Parsed, each takes many times its text; an export of 128 MiB has about so many. */
const MOST_VALUES = 3_000_000;

const QUOTE = 0x22;
const COMMA = 0x2c;

/**
 * Why a JSON text is too much to be parsed, although its bytes are not: nested too deep, or too many values. Undefined when it is not, and for text
 * that is not JSON. One pass over the text; brackets and commas inside strings do not count.
 */
export function jsonExcess(text: string): string | undefined {
	if (!/^[\s\uFEFF]*[[{]/.test(text)) return undefined;
	let levels = 0;
	let values = 0;
	for (let at = 0; at < text.length; at++) {
		const character = text.charCodeAt(at);
		if (character === QUOTE) at = endOfString(text, at) - 1;
		else if (character === COMMA) values++;
		// `{` and `[`, `}` and `]` differ in one bit.
		else if ((character | 0x20) === 0x7b) {
			values++;
			if (++levels > MOST_LEVELS) return `${MOST_LEVELS} levels of nesting`;
		} else if ((character | 0x20) === 0x7d) levels--;
		if (values > MOST_VALUES) return `${MOST_VALUES / 1_000_000} million values`;
	}
	return undefined;
}
