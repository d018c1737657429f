import assert from 'node:assert/strict';
import fc, { type Arbitrary } from 'fast-check';
import { isIP, splitAddress } from '../../../nodes/shared/core/ip';
import { bindToken, boundToken } from '../../../nodes/shared/core/session';
import { cleanVendorText, isWebPage, vendorSentence } from '../../../nodes/shared/core/vendorText';
import { anyName, anyObject, anyText, anyValue } from '../arbitraries';
import { type Property, property } from '../property';

const area = 'texts';

/** Letters of a secret; never ends like a word of a sentence. */
const secret = fc.string({ unit: fc.constantFrom(...'ABCDEFGHKMNPQRSTUVWXYZabcdefghkmnpqrstuvwxyz23456789'), minLength: 20, maxLength: 40 });

/** How a secret stands in an answer, and which text must then not be shown. */
const planted: Arbitrary<{ text: string; hidden: string }> = fc
	.tuple(secret, secret, fc.constantFrom('token', 'password', 'clientSecret', 'accessKey', 'privateKey', 'apiKey', 'access_token', 'client_assertion'))
	.chain(([hidden, other, name]) =>
		fc.constantFrom(
			`eyJhbGciOiJSUzI1NiJ9.eyJ${other}.${hidden}`,
			`Bearer ${hidden}`,
			`authorization: basic ${hidden}=`,
			`{"${name}":"${hidden}"}`,
			`{"${name}" : "a\\"${hidden}"}`,
			`https://bucket.example.com/file.csv?X-Amz-Signature=${hidden}`,
			`https://user:${hidden}@example.com/x`,
			`${name.replace(/Key$/, 'Token')}=${hidden}&x=1`,
			`-----BEGIN RSA PRIVATE KEY-----\n${hidden}\n-----END RSA PRIVATE KEY-----`,
			`-----BEGIN PRIVATE KEY----- ${hidden}`,
		).map((text) => ({ text, hidden })),
	);

const words = fc.string({ unit: fc.constantFrom('a', 'B', ' ', '.', ',', '\n', 'ü', '"', '{', '}', '😀', '\u202E', '\u0000'), maxLength: 60 });

/** Shows at most a few characters of a secret that was planted. */
function hides(shown: string, hidden: string): void {
	for (let at = 0; at + 12 <= hidden.length; at += 4) assert.ok(!shown.includes(hidden.slice(at, at + 12)), `shows a secret: ${shown}`);
}

const octet = fc.nat(255);
const address = fc.oneof(fc.ipV4(), fc.ipV6(), fc.tuple(octet, octet, octet, octet).map((parts) => parts.join('.')));

export const TEXT_PROPERTIES: Property[] = [
	property({
		area,
		rule: "a vendor's text becomes one line of at most 300 characters without control characters, and cleaning it again changes nothing",
		weight: 60,
		cases: () => fc.oneof(anyText(60), fc.tuple(anyText(60), fc.integer({ min: 1, max: 30 })).map(([text, times]) => text.repeat(times)), planted.map(({ text }) => text)),
		check: (text) => {
			const shown = cleanVendorText(text);
			assert.ok(shown.length <= 300);
			assert.doesNotMatch(shown, /[\p{Cc}\p{Cf}\r\n]/u);
			assert.equal(shown, shown.trim());
			assert.equal(cleanVendorText(shown), shown);
		},
	}),
	property({
		area,
		rule: "a secret in a vendor's answer is never shown, wherever it stands in it",
		weight: 60,
		cases: () => fc.tuple(planted, words, words, fc.constantFrom('plain', 'message', 'errors', 'xml', 'name', 'slashed', 'html', 'inside', 'cut')),
		check: ([{ text, hidden }, before, after, place]) => {
			const said = `${before} ${text} ${after}`;
			hides(cleanVendorText(said), hidden);
			const bodies = {
				plain: said,
				message: JSON.stringify({ message: said }),
				errors: JSON.stringify({ errors: [{ detail: said }] }),
				xml: `<Error><Code>AccessDenied</Code><Message>${said}</Message></Error>`,
				name: JSON.stringify({ [said]: 1 }),
				// As PHP writes JSON, as Gson writes it, JSON inside JSON, and JSON that was cut off.
				slashed: JSON.stringify({ data: { link: said } }).replaceAll('/', '\\/'),
				html: JSON.stringify({ data: [said] }).replace(/[=&<>']/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`),
				inside: JSON.stringify({ request: JSON.stringify({ body: said }) }),
				cut: JSON.stringify({ message: said }).slice(0, -2),
			};
			hides(vendorSentence(bodies[place]), hidden);
		},
	}),
	property({
		area,
		rule: 'any answer at all gives a sentence fit to be shown, or none',
		weight: 60,
		cases: () => fc.oneof(anyText(), anyObject(anyName('message', 'Message', 'error', 'errors', 'description', 'text', 'reason', 'detail'), anyValue({ message: 'a' }, [{ detail: 'b' }], [null])).map((body) => JSON.stringify(body)), fc.tuple(anyText(20), anyText(20)).map(([code, message]) => `<Error><Code>${code}</Code><Message>${message}</Message>`)),
		check: (text) => {
			const sentence = vendorSentence(text);
			assert.ok(sentence.length <= 300);
			assert.doesNotMatch(sentence, /[\p{Cc}\p{Cf}\r\n]/u);
			if (isWebPage(text)) assert.equal(sentence, '');
		},
	}),
	property({
		area,
		rule: 'an address is found with and without its port, and nothing else passes for one',
		weight: 70,
		atLeast: 0.4,
		cases: () => fc.oneof({ weight: 3, arbitrary: fc.tuple(address, fc.option(fc.integer({ min: 0, max: 99_999 }), { nil: undefined }), fc.constantFrom('', ' ')) }, anyText(20), fc.string({ unit: fc.constantFrom('1', '2', '5', '0', '.', ':', 'a', 'f', '[', ']', '/', '%', ' '), maxLength: 24 })),
		check: (input) => {
			if (typeof input === 'string') {
				const found = splitAddress(input);
				if (found) assert.ok(isIP(found.ip) && input.includes(found.ip));
				return false;
			}
			const [ip, port, blanks] = input;
			assert.ok(isIP(ip), ip);
			const text = port === undefined ? ip : ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;
			assert.deepStrictEqual(splitAddress(`${blanks}${text}${blanks}`), port === undefined ? { ip } : { ip, port });
			return true;
		},
	}),
	property({
		area,
		rule: 'a kept token is given back for the fields that it was given for, and for no others',
		weight: 50,
		atLeast: 0.6,
		cases: () => fc.tuple(fc.array(anyText(8), { maxLength: 4 }), fc.array(anyText(8), { maxLength: 4 }), anyText(20)),
		check: ([fields, others, token]) => {
			const kept = bindToken(fields, token);
			assert.equal(boundToken(fields, kept), token);
			const differ = JSON.stringify(fields) !== JSON.stringify(others);
			assert.equal(boundToken(others, kept), differ ? undefined : token);
			assert.equal(boundToken(fields, token), undefined);
			return differ;
		},
	}),
];
