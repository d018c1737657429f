/** A CEF line, read. `extension` holds the values with their escapes undone. */
export type CefLine = {
	version: string;
	deviceVendor: string;
	deviceProduct: string;
	deviceVersion: string;
	signatureId: string;
	name: string;
	severity: string;
	extension: Record<string, string>;
	/** The line as it came. */
	raw: string;
};

const WORDS = /^(Unknown|Low|Medium|High|Very-High)$/;

/**
 * Reads one CEF line, with or without a syslog header before it.
 * Strict where ArcSight's rules are: seven header fields; in the header only `\\` and `\|` are escapes; in the extension only
 * `\\`, `\=`, `\n` and `\r`, and `=` never stands in a value unescaped; severity 0 to 10 or ArcSight's words; a key once.
 * Out: the line, or a sentence that says what is wrong with it. Never fails.
 * Source: reference/delivery.md 3.1 (excerpt of "Implementing ArcSight Common Event Format"); that a repeated key is refused is
 * assumed.
 */
export function readCefLine(raw: string): CefLine | string {
	const start = raw.search(/(^| )CEF:/);
	if (start === -1) return 'there is no "CEF:"';
	const fields: string[] = [];
	let field = '';
	let at = raw.indexOf('CEF:', start) + 'CEF:'.length;
	for (; at < raw.length && fields.length < 7; at += 1) {
		if (raw[at] === '|') {
			fields.push(field);
			field = '';
		} else if (raw[at] === '\\') {
			at += 1;
			if (raw[at] !== '\\' && raw[at] !== '|') return `the header escapes "${raw[at] ?? ''}"`;
			field += raw[at];
		} else field += raw[at];
	}
	if (fields.length < 7) return `the header has ${fields.length} fields of 7`;
	const [version, deviceVendor, deviceProduct, deviceVersion, signatureId, name, severity] = fields;
	if (version !== '0' && version !== '1') return `version ${version} is unknown`;
	const level = /^\d+$/.test(severity) ? Number(severity) : NaN;
	if (!(level <= 10) && !WORDS.test(severity)) return `severity ${severity} is not 0 to 10`;
	const extension = readExtension(raw.slice(at));
	if (typeof extension === 'string') return extension;
	return { version, deviceVendor, deviceProduct, deviceVersion, signatureId, name, severity, extension, raw };
}

function readExtension(text: string): Record<string, string> | string {
	if (/[\r\n]/.test(text)) return 'the extension holds a line break';
	const extension: Record<string, string> = {};
	// A key runs from a blank (or the start) to an unescaped "="; its value to the blank before the next key.
	const keys = [...text.matchAll(/(?:^|\s)([A-Za-z0-9_.[\]-]+)=/g)];
	if (text.trim() !== '' && keys[0]?.index !== 0 && text.slice(0, keys[0]?.index).trim() !== '') {
		return 'the extension does not begin with a key';
	}
	for (const [at, match] of keys.entries()) {
		const key = match[1];
		const value = text.slice(match.index + match[0].length, keys[at + 1]?.index);
		const wrong = /\\(?![\\=nr])|\\$/.exec(value.replace(/\\\\/g, ''));
		if (wrong !== null) return `the value of ${key} has an escape that CEF does not know`;
		if (/(^|[^\\])=/.test(value.replace(/\\\\/g, ''))) return `the value of ${key} has an unescaped "="`;
		if (key in extension) return `the key ${key} stands twice`;
		extension[key] = value.replace(/\\([\\=nr])/g, (_, sign: string) =>
			sign === 'n' ? '\n' : sign === 'r' ? '\r' : sign,
		);
	}
	return extension;
}
