import { createPublicKey } from 'node:crypto';
import { readKey, type SecurIdCredential } from '../../../nodes/shared/securid/keyFile';
import { failureOf, shownText } from '../failures';
import { holdsKeyMaterial, PASTE_FORMS, PKCS1, PKCS8, PUBLIC_KEY, UNUSABLE_KEYS } from '../keys';

const ACCESS_ID = '139f6495-e447-4a26-a765-5c01b6b152d5';
const API_URL = 'https://example.access.securid.com/AdminInterface/restapi/';
const BASE_URL = 'https://example.access.securid.com/AdminInterface/restapi';

const MEMBERS = {
	customerName: 'Example Corp',
	accessID: ACCESS_ID,
	description: '',
	accessKey: PKCS1,
	adminRestApiUrl: API_URL,
};

function file(members: Record<string, unknown> = {}, blanks?: number): string {
	return JSON.stringify({ ...MEMBERS, ...members }, null, blanks);
}

function fromFile(privateKeyFile: string) {
	return readKey({ keySource: 'file', privateKeyFile });
}

function fromFields(fields: Partial<SecurIdCredential> = {}) {
	return readKey({ keySource: 'fields', accessId: ACCESS_ID, privateKey: PKCS1, apiUrl: API_URL, ...fields });
}

function publicPartOf({ privateKey }: ReturnType<typeof readKey>): string {
	return createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }) as string;
}

const PUBLIC_PART = PUBLIC_KEY.export({ type: 'spki', format: 'pem' });

describe('the whole key file', () => {
	it.each<[string, string]>([
		['as downloaded', file({}, 2)],
		['on one line', file()],
		['with CRLF line ends', file({}, 2).replaceAll('\n', '\r\n')],
		['with blanks instead of line ends', file({}, 2).replaceAll('\n', ' ')],
		['with raw line ends inside the key string', file({}, 2).replaceAll('\\n', '\n')],
		['with raw CRLF inside the key string', file({}, 2).replaceAll('\\n', '\r\n')],
		['with a backslash before each raw line end inside the key string', file({}, 2).replaceAll('\\n', '\\\n')],
		['in quotes, with an apostrophe in a customer name', `'${file({ customerName: "O'Brien" })}'`],
		['with raw CR inside the key string', file({}, 2).replaceAll('\\n', '\r')],
		['with a byte order mark', `\uFEFF${file({}, 2)}`],
		['with object replacement characters around it', `\uFFFC${file()}\uFFFC`],
		['with blanks and blank lines around it', `\n\n  ${file()}  \n`],
		['with the double quotes of a word processor', file().replace(/"([^"]*)"/g, '\u201C$1\u201D')],
		['with the curly quotes of a customer name', file({ customerName: 'The \u201CBest\u201D Corp' }, 2)],
		['with escaped quotes in a customer name', file({ customerName: 'The "Best" \\ Corp' }, 2)],
		['with a PKCS#8 key', file({ accessKey: PKCS8 })],
		[
			'without the members that are not needed',
			JSON.stringify({ accessID: ACCESS_ID, accessKey: PKCS1, adminRestApiUrl: API_URL }),
		],
		['with members nobody knows yet', file({ keyType: 'RSA', created: 1 })],
	])('is read %s', (_label, pasted) => {
		const key = fromFile(pasted);
		expect(key).toMatchObject({ accessId: ACCESS_ID, audience: API_URL, baseUrl: BASE_URL });
		expect(publicPartOf(key)).toBe(PUBLIC_PART);
	});

	it.each(PASTE_FORMS)('is read when its accessKey is in the form: %s', (_form, pasted) => {
		expect(publicPartOf(fromFile(file({ accessKey: pasted(PKCS1) })))).toBe(PUBLIC_PART);
	});

	it.each([
		API_URL,
		API_URL.slice(0, -1),
		`${API_URL}v1`,
		'https://EXAMPLE.access.securid.com:443/AdminInterface/restapi',
	])('keeps adminRestApiUrl %s byte for byte as audience', (adminRestApiUrl) => {
		const { audience, baseUrl } = fromFile(file({ adminRestApiUrl }));
		expect(audience).toBe(adminRestApiUrl);
		expect(baseUrl).toBe(BASE_URL);
	});

	it.each<[string, string, string]>([
		['nothing', '', 'it is empty'],
		['blanks', ' \n\uFEFF', 'it is empty'],
		['the private key alone', PKCS1, 'it is the private key alone'],
		['half of it', file().slice(0, 700), 'it is not JSON from { to }'],
		['a file without its first character', file().slice(1), 'it is not JSON from { to }'],
		['words', 'my key file', 'it is not JSON from { to }'],
		['a number', '7', 'it is not JSON from { to }'],
		['null', 'null', 'it is not JSON from { to }'],
		['a list as a quoted string', '"[1]"', 'it is not JSON from { to }'],
		['no access ID', file({ accessID: undefined }), 'accessID is missing'],
		['an empty access ID', file({ accessID: ' ' }), 'accessID is missing'],
		['an invisible access ID', file({ accessID: '\uFFFC' }), 'accessID is missing'],
		[
			'an access ID in other letters',
			file({ accessID: undefined, accessId: ACCESS_ID }),
			'accessID is missing',
		],
		['no key', file({ accessKey: null }), 'accessKey is missing'],
		['no URL', file({ adminRestApiUrl: '' }), 'adminRestApiUrl is missing'],
		['a number as URL', file({ adminRestApiUrl: 7 }), 'adminRestApiUrl is missing'],
		['a list', JSON.stringify([MEMBERS]), 'accessID is missing'],
	])('is refused when "Key File" holds %s', async (_label, pasted, detail) => {
		const failure = await failureOf(() => fromFile(pasted));
		expect(failure.message).toBe(`"Key File" does not hold the whole key file: ${detail} (SECURID-KEY-FILE)`);
		expect(holdsKeyMaterial(shownText(failure))).toBe(false);
	});

	it.each(UNUSABLE_KEYS)(
		'is refused with %s in it, and no part of it is shown',
		async (_label, accessKey) => {
			const failure = await failureOf(() => fromFile(file({ accessKey })));
			expect(failure.message).toBe(
				'"Key File" does not hold a readable RSA private key (SECURID-KEY-PRIVATE)',
			);
			expect(holdsKeyMaterial(shownText(failure))).toBe(false);
		},
	);
});

describe('the three fields', () => {
	it.each([
		...PASTE_FORMS.map(([form, pasted]) => [`PKCS#1, ${form}`, pasted(PKCS1)]),
		...PASTE_FORMS.map(([form, pasted]) => [`PKCS#8, ${form}`, pasted(PKCS8)]),
	])('are read with the key pasted as %s', (_form, privateKey) => {
		expect(publicPartOf(fromFields({ privateKey }))).toBe(PUBLIC_PART);
	});

	it('lose the invisible characters around them', () => {
		const key = fromFields({ accessId: `\uFEFF ${ACCESS_ID}\u200B\n`, apiUrl: ` ${API_URL}\uFFFC` });
		expect(key).toMatchObject({ accessId: ACCESS_ID, audience: API_URL, baseUrl: BASE_URL });
	});

	it.each<[string, Partial<SecurIdCredential>, string]>([
		['an empty access ID', { accessId: '' }, '"Access ID" is empty (SECURID-KEY-ACCESS-ID)'],
		['an invisible access ID', { accessId: ' \uFFFC' }, '"Access ID" is empty (SECURID-KEY-ACCESS-ID)'],
		[
			'an empty key',
			{ privateKey: '' },
			'"Private Key" does not hold a readable RSA private key (SECURID-KEY-PRIVATE)',
		],
		[
			'an empty URL',
			{ apiUrl: '' },
			'"Administration API URL" is not a usable address: it is empty (SECURID-URL)',
		],
	])('are refused with %s', async (_label, fields, message) => {
		const failure = await failureOf(() => fromFields(fields));
		expect(failure.message).toBe(message);
		expect(holdsKeyMaterial(shownText(failure))).toBe(false);
	});

	it('are refused when none was filled in', async () => {
		expect(await failureOf(() => readKey({ keySource: 'fields' }))).toMatchObject({
			code: 'SECURID-KEY-ACCESS-ID',
		});
		expect(await failureOf(() => readKey({}))).toMatchObject({ code: 'SECURID-KEY-FILE' });
	});

	it('that n8n does not hand over at all are told as empty', async () => {
		expect((await failureOf(() => readKey({}))).message).toContain('it is empty');
		expect((await failureOf(() => readKey({ keySource: 'fields', accessId: ACCESS_ID }))).advice).toContain('Seen: it is empty.');
		expect((await failureOf(() => readKey({ keySource: 'fields', accessId: ACCESS_ID, privateKey: PKCS1 }))).message).toContain('it is empty');
	});

	it('say nothing of what was seen where a key is not recognised', async () => {
		const failure = await failureOf(() => fromFields({ privateKey: PKCS1.slice(0, 600) + PKCS1.slice(900) }));
		expect(failure.details.values).toEqual({ field: 'Private Key', seen: '' });
	});

	it.each(UNUSABLE_KEYS)('are refused with %s, and no part of it is shown', async (_label, privateKey) => {
		const failure = await failureOf(() => fromFields({ privateKey }));
		expect(failure.message).toBe(
			'"Private Key" does not hold a readable RSA private key (SECURID-KEY-PRIVATE)',
		);
		expect(holdsKeyMaterial(shownText(failure))).toBe(false);
	});
});
