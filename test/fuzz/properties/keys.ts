import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, type JsonWebKey, sign, verify } from 'node:crypto';
import fc, { type Arbitrary } from 'fast-check';
import { rewrapPem } from '../../../nodes/shared/core/jwt';
import { apiBaseUrl, readKey, type SecurIdCredential, type SecurIdKey } from '../../../nodes/shared/securid/keyFile';
import { readOAuthClient } from '../../../nodes/shared/securid/oauth/client';
import { kindOfPasted, parsePastedObject } from '../../../nodes/shared/securid/pasted';
import { safeOrigin } from '../../../nodes/shared/safe/host';
import { holdsKeyMaterial, PASTE_FORMS, PKCS1, PKCS8, PUBLIC_KEY } from '../../unit/keys';
import { shownText } from '../../unit/failures';
import type { Failure } from '../../../nodes/shared/core/failure';
import { anyText, anyValue, damage, damaged } from '../arbitraries';
import { orFailure, type Property, property } from '../property';

const area = 'keys';
const ACCESS_ID = '139f6495-e447-4a26-a765-5c01b6b152d5';
const API_URL = 'https://example.access.securid.com/AdminInterface/restapi/';
const BASE_URL = 'https://example.access.securid.com/AdminInterface/restapi';
const PUBLIC_PART = PUBLIC_KEY.export({ type: 'spki', format: 'pem' });

const pem = fc.constantFrom(PKCS1, PKCS8);
const form = fc.constantFrom(...PASTE_FORMS.map(([, paste]) => paste));

/** What happens to a whole key file on its way; each keeps what it says. */
const FILE_FORMS: Array<(file: string) => string> = [
	(file) => file,
	(file) => file.replaceAll('\n', '\r\n'),
	(file) => file.replaceAll('\\n', '\n'),
	(file) => file.replaceAll('\\n', '\r\n'),
	(file) => file.replaceAll('\\n', '\r'),
	(file) => `\uFEFF${file}`,
	(file) => `\uFFFC\n ${file} \u200B\n`,
	(file) => JSON.stringify(file),
	(file) => `'${file}'`,
	(file) => `\`\`\`json\n${file}\n\`\`\``,
	(file) => file.replace(/"([^"]*)"/g, '\u201C$1\u201D'),
];

/** The three fields or the whole file, pasted in any of the forms. */
const pasted: Arbitrary<SecurIdCredential> = fc.oneof(
	fc.tuple(pem, form).map(([key, paste]) => ({ keySource: 'fields', accessId: ` ${ACCESS_ID}\u200B`, privateKey: paste(key), apiUrl: API_URL })),
	fc.tuple(pem, form, fc.constantFrom(...FILE_FORMS), fc.constantFrom(undefined, 2)).map(([key, paste, fileForm, blanks]) => {
		const members = { customerName: 'Example Corp', accessID: ACCESS_ID, description: '', accessKey: paste(key), adminRestApiUrl: API_URL };
		const file = JSON.stringify(members, null, blanks);
		// Forms that take a file for one without quotes of its own cannot be mixed with a key that has some.
		return { keySource: 'file', privateKeyFile: /\\"/.test(file) ? file : fileForm(file) };
	}),
);

/** Keys of an OAuth client, made anew in each run like the others. */
const JWKS = [generateKeyPairSync('ec', { namedCurve: 'P-256' }), generateKeyPairSync('rsa', { modulusLength: 2048 })].map(({ privateKey }) => ({ ...privateKey.export({ format: 'jwk' }), kid: 'k1' }) as JsonWebKey);

function isSourceKey({ privateKey }: SecurIdKey): boolean {
	return createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }) === PUBLIC_PART;
}

function readOrRefused(credential: SecurIdCredential) {
	const outcome = orFailure(() => readKey(credential));
	// SAFETY: what `orFailure` lets through as a failure has the shape of one.
	if ('failure' in outcome) assert.ok(!holdsKeyMaterial(shownText(outcome.failure as unknown as Failure)), 'a failure shows a part of the key');
	return outcome;
}

export const KEY_PROPERTIES: Property[] = [
	property({
		area,
		rule: 'a key pasted in any form of file and field is the key of its source',
		weight: 8,
		cases: () => pasted,
		check: (credential) => {
			const key = readKey(credential);
			assert.deepStrictEqual([key.accessId, key.audience, key.baseUrl], [ACCESS_ID, API_URL, BASE_URL]);
			assert.ok(isSourceKey(key));
		},
	}),
	property({
		area,
		rule: 'a pasted key that was damaged anywhere is read or refused in words, and no part of it is shown',
		weight: 10,
		atLeast: 0.2,
		cases: () => fc.tuple(pasted, damage('\n', '\\n', '"', '\\', '-----', '-----END', '{', '}', '=', 'A', '\u200B')),
		check: ([credential, harm]) => {
			const name = credential.keySource === 'file' ? 'privateKeyFile' : 'privateKey';
			const outcome = readOrRefused({ ...credential, [name]: damaged(credential[name] ?? '', harm) });
			return 'failure' in outcome;
		},
	}),
	property({
		area,
		rule: 'white space and invisible characters inside a pasted key change nothing',
		weight: 8,
		cases: () => fc.tuple(pem, form, fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(' ', '\n', '\r\n', '\t', '\u200B', '\uFEFF', '\u00A0')), { maxLength: 6 })),
		check: ([key, paste, inserts]) => {
			const text = paste(key);
			const from = text.indexOf('-----', text.indexOf('-----BEGIN') + 10) + 5;
			const until = text.indexOf('-----END');
			// Between the frames alone, and not inside an escape such as \n.
			const places = inserts.map(([share, blank]) => ({ at: Math.floor(from + share * (until - from)), blank })).filter(({ at }) => text[at - 1] !== '\\' && text.slice(at - 2, at) !== '\\r');
			const mixed = places.sort((left, right) => right.at - left.at).reduce((whole, { at, blank }) => whole.slice(0, at) + blank + whole.slice(at), text);
			assert.ok(isSourceKey(readKey({ keySource: 'fields', accessId: ACCESS_ID, privateKey: mixed, apiUrl: API_URL })));
		},
	}),
	property({
		area,
		rule: 'the file of an OAuth client pasted in any form is its key; damaged, it is read as that key or refused in words',
		weight: 3,
		cases: () => fc.tuple(fc.constantFrom(...JWKS), fc.constantFrom(...FILE_FORMS), fc.constantFrom(undefined, 2), fc.option(damage('"', '\\', '{', 'A', '-', ','), { nil: undefined })),
		check: ([jwk, fileForm, blanks, harm]) => {
			const whole = fileForm(JSON.stringify(jwk, null, blanks));
			const privateKey = harm ? damaged(whole, harm) : whole;
			const outcome = orFailure(() => readOAuthClient({ issuerUrl: 'https://example.auth.securid.com/oauth', clientId: 'client', privateKey, apiUrl: BASE_URL, scope: [] }));
			if ('failure' in outcome) {
				assert.ok(harm, outcome.failure.message);
				// SAFETY: as above.
				assert.ok(!shownText(outcome.failure as unknown as Failure).includes(String(jwk.d).slice(0, 16)), 'a failure shows a part of the key');
				return;
			}
			// What counts is what it signs: a member that signing does not use may be damaged unseen.
			const said = Buffer.from('signed');
			assert.ok(verify('sha256', said, createPublicKey({ key: jwk, format: 'jwk' }), sign('sha256', said, outcome.value.privateKey)), 'signs as another key');
			assert.equal(outcome.value.alg, jwk.kty === 'EC' ? 'ES256' : 'RS256');
		},
	}),
	property({
		area,
		rule: 'anything at all in the fields of the credential is refused in words',
		weight: 40,
		cases: () => fc.record({ keySource: fc.constantFrom('file', 'fields', ''), privateKeyFile: fc.oneof(anyText(), anyValue().map((value) => JSON.stringify(value) ?? ''), fc.record({ accessID: anyValue('a'), accessKey: anyValue('b', '-----BEGIN RSA PRIVATE KEY-----x-----END RSA PRIVATE KEY-----'), adminRestApiUrl: anyValue(API_URL) }).map((value) => JSON.stringify(value))), accessId: anyText(), privateKey: fc.oneof(anyText(), anyText().map((inside) => `-----BEGIN RSA PRIVATE KEY-----${inside}-----END RSA PRIVATE KEY-----`)), apiUrl: anyText() }),
		check: (credential) => {
			assert.ok('failure' in readOrRefused(credential));
			for (const text of [credential.privateKey, credential.privateKeyFile]) {
				const kind = kindOfPasted(text);
				assert.ok(kind === undefined || kind.startsWith('it is ') || kind === 'its end is missing');
				parsePastedObject(text);
				const wrapped = rewrapPem(text);
				if (wrapped !== undefined) assert.equal(rewrapPem(wrapped), wrapped);
			}
		},
	}),
	property({
		area,
		rule: 'any text as an address is refused in words, or gives an https address that stays what it is when it is pasted again',
		weight: 60,
		atLeast: 0.2,
		cases: () => fc.oneof(anyText(), fc.webUrl({ withFragments: true, withQueryParameters: true }), fc.tuple(fc.constantFrom(API_URL, BASE_URL, `${BASE_URL}/v1`, 'https://us.safeone.ai/api/v3/', 'us.safeone.ai'), damage('/', ':', '@', 'http:', '%', '#', '?', ' ', '..', '\\')).map(([url, harm]) => damaged(url, harm))),
		check: (text) => {
			const base = orFailure(() => apiBaseUrl(text, 'Administration API URL'));
			if ('value' in base) {
				assert.match(base.value, /^(https:\/\/|http:\/\/(localhost|127\.|\[::1\]))[^\s?#]*\/AdminInterface\/restapi$/);
				assert.equal(new URL(base.value).username, '');
				assert.equal(apiBaseUrl(base.value, ''), base.value);
			}
			const origin = orFailure(() => safeOrigin({ region: 'custom', baseUrl: text }));
			if ('value' in origin) {
				assert.equal(new URL(origin.value).origin, origin.value);
				assert.ok(origin.value.startsWith('https://') || /^http:\/\/(localhost|127\.|\[::1\])/.test(origin.value));
				assert.equal(safeOrigin({ region: 'custom', baseUrl: origin.value }), origin.value);
			}
			return 'value' in base || 'value' in origin;
		},
	}),
];
