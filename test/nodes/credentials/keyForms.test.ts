/** How people paste keys: what each of the two SecurID credentials makes of it, the other one's file and plain mistakes among them. */
jest.mock('n8n-workflow', () => jest.requireActual('../time').withFreePauses(jest.requireActual('n8n-workflow')));

import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { createJwk, publicPart, startWorld, type World } from '../../simulators';
import { useBench } from '../bench';
import { leaks, secretsOf } from '../leaks';
import { NOW } from '../time';

const bench = useBench();
let world: World;

beforeAll(async () => {
	jest.useFakeTimers({ now: NOW, doNotFake: ['setImmediate', 'setTimeout', 'clearTimeout', 'nextTick', 'queueMicrotask', 'setInterval', 'clearInterval', 'hrtime', 'performance', 'clearImmediate'] });
	world = await startWorld({ seed: 6, endsAt: NOW, adminEvents: 20, userEvents: 0, systemEvents: 0, safeRows: 0, users: 0 });
});
afterAll(async () => await world.close());

const keyFile = (more: object = {}) => ({ ...world.securId.keyFile, ...more });
const pem = () => world.securId.keyFile.accessKey;
const rsaJwk = () => world.securIdAuth.clients.rsa.privateJwk;
const ecJwk = () => world.securIdAuth.clients.ec.privateJwk;
const encrypted = () => createPrivateKey(pem()).export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' }).toString();
const publicPem = () => createPublicKey(pem()).export({ type: 'spki', format: 'pem' }).toString();
const ecPem = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'sec1', format: 'pem' }).toString();
const pretty = (value: object) => JSON.stringify(value, null, 2);
const crlf = (text: string) => text.replaceAll('\n', '\r\n');
const p384 = () => ({ ...generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export({ format: 'jwk' }), kid: 'x' });

/** What was pasted → it works, or the words that name what it is; each refusal also names the file that is wanted. */
type Form = [label: string, pasted: () => string, refused?: RegExp];

const KEY_FILE: Form[] = [
	['the .key file as it is', () => JSON.stringify(keyFile())],
	['the .key file, pretty-printed', () => pretty(keyFile())],
	['the .key file with Windows line ends', () => crlf(pretty(keyFile()))],
	['the .key file in single quotes', () => `'${JSON.stringify(keyFile())}'`],
	['the .key file as a quoted string, escaped', () => JSON.stringify(JSON.stringify(keyFile()))],
	['the .key file in a fence of a chat', () => `\`\`\`json\n${pretty(keyFile())}\n\`\`\``],
	['the .key file with curly quotes', () => JSON.stringify(keyFile()).replaceAll('"', '\u201d')],
	['the .key file with line ends inside its key', () => JSON.stringify(keyFile()).replaceAll('\\n', '\n')],
	['the .key file after a byte order mark, with invisible characters behind', () => `\ufeff${JSON.stringify(keyFile())}\u200b\ufffc`],
	['nothing', () => ' \n', /it is empty/],
	['the .key file without its end', () => JSON.stringify(keyFile()).slice(0, 900), /it is not JSON from \{ to \}/],
	['the private key alone', pem, /it is the private key alone.*"Fields" under "Key Source"/],
	['the private key without its END line', () => pem().slice(0, 400), /its end is missing/],
	['a public key', publicPem, /it is a public key/],
	['an encrypted key', encrypted, /it is a key that is encrypted with a passphrase/],
	['a certificate', () => '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----', /it is a certificate/],
	['the .jwk file of an OAuth client', () => pretty(rsaJwk()), /it is a JWK, the file of an OAuth client.*SecurID OAuth Client API/],
	['a JWK set', () => JSON.stringify({ keys: [rsaJwk()] }), /it is a JWK set.*SecurID OAuth Client API/],
	['the name of the file', () => 'C:\\Users\\me\\Downloads\\139f6495.key', /it is the name of a file, not what is in it/],
	['a token', () => 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln', /it is a token/],
	['a .key file with an EC key', () => JSON.stringify(keyFile({ accessKey: ecPem() })), /Wanted is accessKey of the \.key file.*Seen: it is a key of type ec/],
	['a .key file with an encrypted key', () => JSON.stringify(keyFile({ accessKey: encrypted() })), /Seen: it is a key that is encrypted/],
	['a .key file with a public key', () => JSON.stringify(keyFile({ accessKey: publicPem() })), /Seen: it is a public key/],
];

const JWK: Form[] = [
	['the .jwk file (RSA) as it is', () => JSON.stringify(rsaJwk())],
	['the .jwk file (RSA), pretty-printed, with Windows line ends', () => crlf(pretty(rsaJwk()))],
	['the .jwk file (RSA) without alg and use', () => JSON.stringify({ ...rsaJwk(), alg: undefined, use: undefined })],
	['the .jwk file in single quotes', () => `'${JSON.stringify(rsaJwk())}'`],
	['the .jwk file as a quoted string, escaped', () => JSON.stringify(pretty(rsaJwk()))],
	['the .jwk file with curly quotes', () => JSON.stringify(rsaJwk()).replaceAll('"', '\u201c')],
	['the .jwk file, folded by a mail', () => JSON.stringify(rsaJwk()).replace(/(.{76})/g, '$1\n')],
	['a JWK set with this one key', () => pretty({ keys: [rsaJwk()] })],
	['a JWK set with the public key beside it', () => JSON.stringify({ keys: [publicPart(rsaJwk()), rsaJwk()] })],
	['nothing', () => '\u200b', /it is empty/],
	['the .jwk file without its end', () => JSON.stringify(rsaJwk()).slice(0, 700), /it is not JSON from \{ to \}/],
	['the .key file of an API key', () => JSON.stringify(keyFile()), /it is the \.key file of an API key.*SecurID Key File API/],
	['a private key in PEM form', pem, /it is a private key in PEM form/],
	['an encrypted key', encrypted, /it is a key that is encrypted/],
	['the public half', () => JSON.stringify(publicPart(rsaJwk())), /it is the public key, d is missing/],
	['a JWK set of public keys', () => JSON.stringify({ keys: [publicPart(rsaJwk())] }), /it is a JWK set of public keys/],
	['a JWK set of several private keys', () => JSON.stringify({ keys: [rsaJwk(), ecJwk()] }), /it is a JWK set of several private keys/],
	['a JWK without kid', () => JSON.stringify({ ...rsaJwk(), kid: undefined }), /kid is missing/],
	['a JWK without a prime', () => JSON.stringify({ ...rsaJwk(), q: undefined }), /: q is missing/],
	['a JWK with a number cut off', () => JSON.stringify({ ...rsaJwk(), n: rsaJwk().n?.slice(0, 200) }), /it is damaged/],
	['a JWK with the modulus of another key', () => JSON.stringify({ ...rsaJwk(), n: createJwk('RSA', 'other').n }), /it is damaged/],
	['an EC JWK with the point of another key', () => JSON.stringify({ ...ecJwk(), x: createJwk('EC', 'other').x }), /it is damaged/],
	['an EC key of another curve', () => JSON.stringify(p384()), /its curve \(crv\) is not P-256/],
	['a secret', () => '{"kty":"oct","k":"c2VjcmV0","kid":"1"}', /neither RSA nor EC/],
	['JSON of another kind', () => '{"type":"service_account"}', /JSON of another kind, without kty/],
	['the name of the file', () => '~/Downloads/client.jwk', /it is the name of a file/],
];

const tested = async (type: 'securIdApi' | 'securIdOAuthApi', data: object) => await bench.engine.testCredential(type, { ...data });

describe.each([
	['SecurID Key File API', 'securIdApi', KEY_FILE, 'privateKeyFile', '.key file'],
	['SecurID OAuth Client API', 'securIdOAuthApi', JWK, 'privateKey', '.jwk file'],
] as const)('into a %s credential', (_name, type, forms, field, wanted) => {
	test.each(forms.map(([label, pasted, refused]) => [label, refused ? 'is refused, and the file that is wanted is named' : 'works', pasted, refused] as const))(
		'%s %s',
		async (_label, _what, pasted, refused) => {
			const requests = [...world.securId.requests, ...world.securIdAuth.requests].length;
			const result = await tested(type, { ...world.credentials[type], [field]: pasted() });
			if (refused === undefined) {
				expect(result).toEqual({ status: 'OK', message: 'Connection successful!' });
				return;
			}
			expect(result).toEqual({ status: 'Error', message: expect.stringMatching(refused) });
			expect(result.message).toContain(wanted);
			expect([...world.securId.requests, ...world.securIdAuth.requests]).toHaveLength(requests);
			expect(leaks([result, ...bench.logged], secretsOf(world))).toEqual([]);
		},
	);
});

test('an EC client signs with ES256, an RSA client with RS256, each with the kid of its file', async () => {
	const headers = [];
	for (const { clientId, privateJwk } of [world.securIdAuth.clients.ec, world.securIdAuth.clients.rsa]) {
		const privateKey = JSON.stringify({ ...privateJwk, extra: 'member' });
		expect((await tested('securIdOAuthApi', { ...world.credentials.securIdOAuthApi, clientId, privateKey })).status).toBe('OK');
		const { body } = world.securIdAuth.requests[world.securIdAuth.requests.length - 1];
		const [header] = String(new URLSearchParams(body).get('client_assertion')).split('.');
		headers.push(JSON.parse(Buffer.from(header, 'base64url').toString()));
	}
	expect(headers).toEqual([
		{ typ: 'JWT', alg: 'ES256', kid: 'fake-ec-key' },
		{ typ: 'JWT', alg: 'RS256', kid: 'fake-rsa-key' },
	]);
});

test('the table has at least 40 forms', () => {
	expect(KEY_FILE.length + JWK.length).toBeGreaterThanOrEqual(40);
});
