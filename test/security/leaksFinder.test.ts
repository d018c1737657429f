/** Whether the leak hunt can find what it looks for: without this, its silence would mean nothing. */
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { everythingIn } from './leaksHaystack';
import { Hunt, type OwnedSecret, type Watched } from './leaksHunt';
import { ENCODINGS, Finder } from './leaksFinder';

/** With the signs that escapes are made for. */
const SECRET = `canary/pass"word\\+=&<%41 ${'0123456789abcdefghijklmnopqrstuv'}`;
const KEY = Buffer.from(Array.from({ length: 300 }, (_none, at) => (at * 167 + 13) % 256));

const finder = new Finder([{ name: 'a password', value: SECRET }, { name: 'a key', value: KEY }]);
const namesIn = (haystack: string | Buffer) => new Set(finder.find(haystack).map((found) => found.split(' (')[0]));

describe('the finder finds', () => {
	test.each(ENCODINGS.map((encoding): [string, (typeof encoding)['write']] => [encoding.name, encoding.write]))('a secret written as %s', (_name, write) => {
		expect(namesIn(`before ${write(Buffer.from(SECRET, 'latin1'))} after`)).toEqual(new Set(['a password']));
	});

	// What holds control characters cannot be told from folded lines.
	test.each(ENCODINGS.filter(({ name }) => /base64|hex/.test(name)).map((encoding): [string, (typeof encoding)['write']] => [encoding.name, encoding.write]))('the bytes of a key written as %s', (_name, write) => {
		expect(namesIn(`before ${write(KEY)} after`)).toEqual(new Set(['a key']));
	});

	test.each(ENCODINGS.map((encoding): [string, (typeof encoding)['write']] => [encoding.name, encoding.write]))('half a secret written as %s', (_name, write) => {
		expect(namesIn(`${write(Buffer.from(SECRET.slice(20), 'latin1'))}…`)).toEqual(new Set(['a password']));
		expect(namesIn(`…${write(Buffer.from(SECRET.slice(0, 40), 'latin1'))}`)).toEqual(new Set(['a password']));
	});

	test('a secret in gzip', () => {
		expect(namesIn(gzipSync(`{"text":"${encodeURIComponent(SECRET)}"}`))).toEqual(new Set(['a password']));
	});

	test('nothing where there is nothing', () => {
		for (let round = 0; round < 50; round++) expect(finder.find(randomBytes(2_000).toString(round % 2 ? 'base64' : 'hex'))).toEqual([]);
	});

	test('no secret that is so short that it would be found by chance', () => {
		expect(() => new Finder([{ name: 'short', value: '1234567' }])).toThrow(/too short/);
	});
});

describe('the search of objects reaches', () => {
	class Answering {
		get config() {
			return { headers: { authorization: SECRET } };
		}
	}
	const hidden = (name: string | symbol) => Object.defineProperty(new Error('outside'), name, { value: { deep: [SECRET] }, enumerable: false });
	const circle: Record<string, unknown> = { inner: new Map([[{ key: SECRET }, 1]]) };
	circle.self = circle;
	const PLACES: Array<[string, unknown]> = [
		['a member', { request: { headers: [SECRET] } }],
		['the name of a member', { [SECRET]: 1 }],
		['the message of an error', new Error(SECRET)],
		['the stack of an error', Object.assign(new Error('outside'), { stack: `Error: ${SECRET}` })],
		['the cause of a cause', new Error('outside', { cause: new Error('middle', { cause: { url: SECRET } }) })],
		['a member that is not enumerable', hidden('request')],
		['a member under a symbol', hidden(Symbol('context'))],
		['what a getter of a class gives', { response: new Answering() }],
		['what a getter of an error gives', Object.defineProperty(new Error('outside'), 'config', { get: () => SECRET })],
		['the key of a map in a circle', circle],
		['a set', new Set([[SECRET]])],
		['bytes', { data: Buffer.from(SECRET) }],
		['compressed bytes', { data: new Uint8Array(gzipSync(SECRET)) }],
		['a URL object', { url: new URL(`https://host.invalid/?sig=${encodeURIComponent(SECRET)}`) }],
		['headers', new Headers({ 'x-key': encodeURIComponent(SECRET) })],
		['a member of a function', Object.assign(() => 1, { config: SECRET })],
		['a private prototype', Object.create({ leaked: SECRET }) as object],
	];

	test.each(PLACES)('%s', (_place, thing) => {
		expect(everythingIn(thing).flatMap((text) => [...namesIn(text)])).toContain('a password');
	});

	test('each object once, and says so when there are too many', () => {
		expect(() => everythingIn(Array.from({ length: 50 }, () => ({})), 20)).toThrow(/more than 20 objects/);
	});
});

describe('the hunt tells of a leak that was planted', () => {
	const secret: OwnedSecret = { name: 'a token', value: SECRET, mayReach: (server) => server === 'owner' };
	const request = { method: 'GET', path: '/x', headers: { 'x-key': encodeURIComponent(SECRET) }, body: Buffer.alloc(0) };
	const search = async (shown: unknown[], servers: Watched[]) => await new Hunt('planted').search({ label: 'a run', shown, secrets: [secret], servers });

	test('in an error', async () => {
		expect(await search([new Error('outside', { cause: { config: Buffer.from(SECRET).toString('base64') } })], [])).toEqual(['a run: shows a token (base64)']);
	});

	test('in a request to somebody else, and not in one to its owner', async () => {
		expect(await search([], [{ name: 'stranger', requests: [request] }])).toEqual(['a run: sends a token (text) to stranger (/x)']);
		expect(await search([], [{ name: 'owner', requests: [request] }])).toEqual([]);
	});
});
