import { generateKeyPairSync, type KeyObject } from 'node:crypto';

/** Keys are made anew in each run, so that the repository never holds one. */
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

export const PUBLIC_KEY: KeyObject = publicKey;

export const PKCS1 = privateKey.export({ type: 'pkcs1', format: 'pem' }) as string;
export const PKCS8 = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;

/** What stands in the credential instead of a usable key. */
export const UNUSABLE_KEYS: Array<[string, string]> = [
	[
		'an EC key',
		generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
			type: 'pkcs8',
			format: 'pem',
		}) as string,
	],
	[
		'an EC key in its own form',
		generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
			type: 'sec1',
			format: 'pem',
		}) as string,
	],
	[
		'an Ed25519 key',
		generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
	],
	[
		'an RSA key for PSS alone',
		generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey.export({
			type: 'pkcs8',
			format: 'pem',
		}) as string,
	],
	[
		'an encrypted PKCS#8 key',
		privateKey.export({
			type: 'pkcs8',
			format: 'pem',
			cipher: 'aes-256-cbc',
			passphrase: 'secret',
		}) as string,
	],
	[
		'an encrypted PKCS#1 key',
		privateKey.export({
			type: 'pkcs1',
			format: 'pem',
			cipher: 'aes-256-cbc',
			passphrase: 'secret',
		}) as string,
	],
	['a public key', publicKey.export({ type: 'spki', format: 'pem' }) as string],
	['an RSA public key', publicKey.export({ type: 'pkcs1', format: 'pem' }) as string],
	['a key without its end', PKCS1.slice(0, 800)],
	['a key whose middle is missing', PKCS1.slice(0, 600) + PKCS1.slice(900)],
	['a key whose last line is missing', PKCS1.replace(/[^\n]+\n(?=-----END)/, '')],
	['a key without its first line', PKCS1.slice(PKCS1.indexOf('\n') + 1)],
	['an empty frame', '-----BEGIN RSA PRIVATE KEY-----\n-----END RSA PRIVATE KEY-----\n'],
	['words', 'my key'],
];

/** How a key looks after it went through an editor, a mail or a single-line field. */
export const PASTE_FORMS: Array<[string, (pem: string) => string]> = [
	['real newlines', (pem) => pem],
	['CRLF newlines', (pem) => pem.replaceAll('\n', '\r\n')],
	['CR newlines', (pem) => pem.replaceAll('\n', '\r')],
	['literal \\n', (pem) => pem.replaceAll('\n', '\\n')],
	['literal \\r\\n', (pem) => pem.replaceAll('\n', '\\r\\n')],
	['everything on one line', (pem) => pem.replaceAll('\n', '')],
	['blanks instead of newlines', (pem) => pem.replaceAll('\n', ' ')],
	['indented lines', (pem) => pem.replaceAll('\n', '\n    ')],
	['blank lines between', (pem) => pem.replaceAll('\n', '\n\n')],
	['a byte order mark before it', (pem) => `\uFEFF${pem}`],
	['object replacement characters around it', (pem) => `\uFFFC${pem}\uFFFC`],
	['zero-width blanks inside', (pem) => pem.replaceAll('\n', '\u200B\n')],
	['quotes around it', (pem) => `"${pem}"`],
	['text before and after it', (pem) => `Bag Attributes\n    friendlyName: key\n${pem}\nSent from my phone`],
];

/** Lines of the key, as they must never be shown. */
const KEY_LINES = [PKCS1, PKCS8, ...UNUSABLE_KEYS.map(([, pem]) => pem)].flatMap((pem) =>
	pem.split('\n').filter((line) => line.length >= 16 && !line.startsWith('-')),
);

/** Whether a text holds any 16 characters in a row of a key. */
export function holdsKeyMaterial(text: string): boolean {
	return KEY_LINES.some((line) =>
		[0, Math.floor((line.length - 16) / 2), line.length - 16].some((at) =>
			text.includes(line.slice(at, at + 16)),
		),
	);
}
