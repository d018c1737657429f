import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { gzip, gzipFeed } from '../../../nodes/shared/core/gzip';
import { clockAheadMs, TransportError } from '../../../nodes/shared/core/http';
import { loadPrivateKey, rewrapPem, signJwt } from '../../../nodes/shared/core/jwt';
import { memberAt } from '../../../nodes/shared/core/members';
import { redactorOf } from '../../../nodes/shared/core/redact';
import { fullJitterMs, settle } from '../../../nodes/shared/core/retry';
import { bindToken, boundToken } from '../../../nodes/shared/core/session';
import { commonFailureTexts, prefixed, transportFailure } from '../../../nodes/shared/core/transportFailures';
import { someTurns } from '../../../nodes/shared/core/turns';
import { thrownBy } from '../failures';

const T0 = Date.parse('2026-01-31T08:00:00Z');
const TABLE = prefixed('X', commonFailureTexts('Example', 'Host Field'));

describe('a kept token', () => {
	it('comes back for the very fields that it was given for, and for no others', () => {
		const kept = bindToken(['host', 'user'], 'a.b');
		expect(kept).toMatch(/^[0-9a-f]{16}\.a\.b$/);
		expect(boundToken(['host', 'user'], kept)).toBe('a.b');
		for (const fields of [['host', 'other'], ['host'], ['user', 'host'], ['host","user'], []]) expect(boundToken(fields, kept)).toBeUndefined();
		expect([boundToken(['host', 'user']), boundToken(['host', 'user'], `x${kept}`)]).toEqual([undefined, undefined]);
	});
});

describe('a member of an object', () => {
	it.each<[unknown, string, unknown]>([
		[{ 'a.b': 1, a: { b: 2 } }, 'a.b', 1],
		[{ a: { b: { c: 3 } } }, 'a.b.c', 3],
		[{ a: null }, 'a.b', undefined],
		[{ a: 'text' }, 'a.length', undefined],
		[{}, 'toString', undefined],
		[null, 'a', undefined],
		[undefined, 'a', undefined],
		['text', 'length', undefined],
		[[{ a: 5 }], '0.a', 5],
	])('%j has at %s: %j', (object, path, value) => {
		expect(memberAt(object, path)).toBe(value);
	});
});

it.each<[string | undefined, number | undefined]>([
	[' Sat, 31 Jan 2026 07:59:00 GMT ', 60_000],
	['Sat, 31 Jan 2026 08:01:00 GMT', -60_000],
	['Sat, 99 Jan 2026 08:01:00 GMT', undefined],
	['2026-01-31T08:00:00Z', undefined],
	['5', undefined],
	['', undefined],
	[undefined, undefined],
])('an answer of the date %s came to a clock that is ahead by %s ms', (date, aheadMs) => {
	expect(clockAheadMs(date === undefined ? {} : { date }, T0)).toBe(aheadMs);
});

describe('gzip', () => {
	it('packs pieces as one text, the same each time', async () => {
		const pieces = ['one ', '', 'two'].map((text) => new TextEncoder().encode(text));
		const packed = await gzip(...pieces);
		expect(gunzipSync(packed).toString()).toBe('one two');
		expect(Buffer.from(await gzip(...pieces)).equals(Buffer.from(packed))).toBe(true);
	});

	it('that is fed ends where it is told to, and what is written after the reader has stopped is refused', async () => {
		const feed = gzipFeed();
		const read = (async () => {
			const parts: Uint8Array[] = [];
			for await (const part of feed.bytes) parts.push(part);
			return gunzipSync(Buffer.concat(parts)).toString();
		})();
		await feed.write(new TextEncoder().encode('text'));
		await feed.end();
		expect(await read).toBe('text');
		const broken = gzipFeed();
		const fault = new Error('lost');
		const reading = thrownBy(async () => {
			for await (const _part of broken.bytes);
		});
		await broken.abort(fault);
		await broken.abort(fault);
		expect(await reading).toBe(fault);
		expect(await thrownBy(async () => await broken.write(new Uint8Array(1)))).toBe(fault);
	});
});

it.each([
	['ES256', generateKeyPairSync('ec', { namedCurve: 'P-256' })],
	['RS256', generateKeyPairSync('rsa', { modulusLength: 2048 })],
] as const)('a JWT of %s is signed over head and claims, in their order', (alg, { privateKey }) => {
	const token = signJwt({ typ: 'JWT', alg, kid: 'k' }, { sub: 'ü', iat: 1 }, privateKey);
	const [head, claims, signature] = token.split('.');
	expect([head, claims].map((part) => Buffer.from(part, 'base64url').toString())).toEqual([`{"typ":"JWT","alg":"${alg}","kid":"k"}`, '{"sub":"ü","iat":1}']);
	const key = { key: createPublicKey(privateKey), ...(alg === 'ES256' && { dsaEncoding: 'ieee-p1363' as const }) };
	expect(verify('sha256', Buffer.from(`${head}.${claims}`), key, Buffer.from(signature, 'base64url'))).toBe(true);
	const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
	for (const pasted of [pem, pem.replaceAll('\n', '\\n'), pem.replaceAll('\n', '\\r\\n'), pem.replaceAll('\n', ' '), `see ${pem} there`]) expect(rewrapPem(pasted)).toBe(pem);
	expect(loadPrivateKey(pem)?.equals(privateKey)).toBe(true);
	expect([rewrapPem(pem.replace('END', 'ENDE')), loadPrivateKey('no key')]).toEqual([undefined, undefined]);
});

describe('known secrets', () => {
	it.each<[string, string[], string, string]>([
		['the longer one first', ['abcd', 'abcdefgh'], 'abcdefgh abcd', '[removed] [removed]'],
		['in any case', ['s3cr3t-Value'], 'S3CR3T-VALUE', '[removed]'],
		['of four characters', ['abcd', 'xyz'], 'abcd xyz', '[removed] xyz'],
		['in JSON, also in JSON in JSON', ['a"b/c'], 'a\\"b\\/c a\\\\\\"b/c \\u0061\\\\u0022b/c', '[removed] [removed] [removed]'],
		['in a URL, also encoded twice', ['a b&c'], 'a%20b%26c a+b%2526c', '[removed] [removed]'],
		['in HTML, by name and by number', [`<a&"'>`], '&lt;a&amp;&quot;&apos;&gt; &#60;a&#038;&#x22;&amp;#39;&#x03e;', '[removed] [removed]'],
		['in hex', ['abcd'], 'x61626364x', 'x[removed]x'],
		['with all signs of patterns', ['\\^$.*+?()[]{}|/-'], 'x \\^$.*+?()[]{}|/- y', 'x [removed] y'],
		['in Base64 behind none, one and two bytes', ['secret-value'], ['secret-value!', 'xsecret-value!', 'xysecret-value!'].map((text) => btoa(text)).join(' '), '[removed]IQ== eH[removed]h eHl[removed]Q=='],
		['in the Base64 of URLs and of JSON', ['\u00FB\u00EF\u00BEabc>>>???'], Buffer.from('\u00FB\u00EF\u00BEabc>>>???').toString('base64url'), '[removed]'],
	])('are taken out %s', (_how, secrets, text, shown) => {
		const hidden = redactorOf(secrets)(text);
		if (shown.includes('IQ==')) expect(hidden.match(/\[removed\]/g)).toHaveLength(3);
		else expect(hidden).toBe(shown);
	});
});

it('a request that failed is told with all that is known of it, and a slow one as such', () => {
	const failure = transportFailure('X', TABLE, new TransportError('slow', '5 minutes'), 1_499, { product: 'P' });
	expect([failure.code, failure.details.values]).toEqual(['X-NET-SLOW', { product: 'P', detail: '5 minutes', seconds: 1 }]);
});

it('a pause with full jitter grows twofold up to its bound', () => {
	const pauses = (random: number) => [1, 2, 3, 4].map((attempt) => fullJitterMs(attempt, { baseMs: 1_000, maxMs: 5_000 }, () => random));
	expect([pauses(1), pauses(0.5), pauses(0)]).toEqual([[1_000, 2_000, 4_000, 5_000], [500, 1_000, 2_000, 2_500], [0, 0, 0, 0]]);
});

it('a step is told by its outcome, whatever it throws', async () => {
	expect([await settle(async () => 7), await settle(async () => await Promise.reject(new Error('x')))]).toEqual([{ value: 7 }, { error: new Error('x') }]);
});

it('a request that was begun has some turns of the event loop to get under way, before what follows it holds them up', async () => {
	let [turns, over] = [0, false];
	const count = () => void (over || setImmediate(() => (turns++, count())));
	count();
	await someTurns();
	over = true;
	expect(turns).toBeGreaterThanOrEqual(4);
});
