import assert from 'node:assert/strict';
import fc, { type Arbitrary } from 'fast-check';
import { cefHeader, cefLine, cefSeverity, cefValue } from '../../../nodes/shared/mapping/cef';
import { readCefLine } from '../../simulators/cef';
import { anyName, anyObject, anyText, anyValue } from '../arbitraries';
import { type Property, property } from '../property';

const area = 'cef';
const DEVICE = { vendor: 'RSA', product: 'SecurID', version: '1' };

/** Every key that a line of ours may have. */
const KEYS = new Set(['externalId', 'rt', 'act', 'cat', 'outcome', 'suser', 'src', 'c6a2', 'c6a2Label', 'cs1', 'cs1Label', 'msg']);

/** Texts made of what could end a field, begin another key or another line. */
const attack = fc.oneof(
	anyText(30),
	fc.string({ unit: fc.constantFrom('|', '\\', '=', '\n', '\r', ' ', 'a', '\u0000', '\u2028', '\u0085', ' act=', '\\n', '\\=', 'CEF:0|', 'msg=x', '\t', '\u202E'), maxLength: 20 }),
);

/** What is left of a text where control and format characters become blanks. */
const shown = (text: string) => text.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]+/gu, ' ');
/** Of a value of the extension, where line ends have an escape. Blanks at its end cannot be told from those before the next key, whoever reads it. */
const expectedValue = (text: string) => unblanked(text.split(/(\r|\n)/).map((part) => (/^[\r\n]$/.test(part) ? part : shown(part))).join(''));
const unblanked = (text: string) => text.replace(/[^\S\r\n]+$/u, '');

function read(line: string) {
	const cef = readCefLine(line);
	assert.ok(typeof cef !== 'string', `${String(cef)}: ${line}`);
	return cef;
}

const anyEvent: Arbitrary<Record<string, unknown>> = anyObject(
	anyName('action', 'event', 'message', 'severity', 'actor', 'sourceIp', 'source', 'target', 'metadata', 'observer', 'severity_id', 'level', 'category', 'outcome', 'user', 'labels', 'class_uid', 'event.action', 'src_endpoint'),
	fc.oneof(attack, anyValue('high', '198.51.100.7', '2001:db8::1', 7, 73), anyObject(anyName('action', 'severity', 'ip', 'vendor', 'product', 'name', 'user', 'outcome'), fc.oneof(attack, anyValue()), 3)),
);

/** Undoes the escapes of a header field or of a value by the specification alone: one character after another. */
function unescaped(text: string, signs: Record<string, string>): string {
	let plain = '';
	for (let at = 0; at < text.length; at++) {
		if (text[at] !== '\\') {
			plain += text[at];
			continue;
		}
		const sign = signs[text[++at]];
		assert.ok(sign !== undefined, `an escape that CEF does not know in ${JSON.stringify(text)}`);
		plain += sign;
	}
	return plain;
}

export const CEF_PROPERTIES: Property[] = [
	property({
		area,
		rule: 'a line read back by the rules of CEF has the fields that were put in, and no others',
		weight: 50,
		cases: () => fc.record({ actor: attack, action: attack, message: attack, target: attack, id: attack }),
		check: ({ actor, action, message, target, id }) => {
			const text = cefLine({ actor, action, message, target }, id, 1768464000000, DEVICE);
			assert.doesNotMatch(text, /[\p{Cc}\u2028\u2029]/u);
			const { extension, deviceVendor, deviceProduct, deviceVersion, severity, signatureId } = read(text);
			assert.deepStrictEqual([deviceVendor, deviceProduct, deviceVersion, severity], ['RSA', 'SecurID', '1', '5']);
			assert.equal(signatureId, action.trim() ? shown([...action].slice(0, 200).join('')) : 'event');
			assert.equal(extension.rt, '1768464000000');
			assert.equal(unblanked(extension.externalId), expectedValue(id));
			for (const [key, value] of [['suser', actor], ['act', action], ['msg', message], ['cs1', target]] as const) {
				assert.equal(unblanked(extension[key] ?? ''), value.trim() ? expectedValue(value) : '', key);
			}
		},
	}),
	property({
		area,
		rule: 'any event at all makes one line that CEF can read, with keys of ours alone',
		weight: 50,
		cases: () => fc.tuple(anyEvent, attack, fc.option(fc.integer(), { nil: undefined }), fc.record({ vendor: attack, product: attack, version: attack })),
		check: ([event, id, timeMs, device]) => {
			const text = cefLine(event, id, timeMs, device);
			assert.doesNotMatch(text, /[\p{Cc}\u2028\u2029]/u);
			const { extension, severity } = read(text);
			assert.equal(severity, String(cefSeverity(event)));
			assert.deepStrictEqual(Object.keys(extension).filter((key) => !KEYS.has(key)), []);
			assert.equal(unblanked(extension.externalId), expectedValue(id));
		},
	}),
	property({
		area,
		rule: 'escapes undone by the letter of the specification give the text back',
		weight: 70,
		cases: () => attack,
		check: (text) => {
			assert.equal(unescaped(cefHeader(text), { '\\': '\\', '|': '|' }), shown(text));
			assert.doesNotMatch(cefHeader(text).replace(/\\./gs, ''), /\|/);
			const value = cefValue(text);
			assert.equal(unescaped(value, { '\\': '\\', '=': '=', n: '\n', r: '\r' }), text.split(/(\r|\n)/).map((part) => (/^[\r\n]$/.test(part) ? part : shown(part))).join(''));
			assert.doesNotMatch(value.replace(/\\./gs, ''), /[=\r\n]/);
		},
	}),
];
