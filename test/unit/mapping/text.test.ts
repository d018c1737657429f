import { emailOf, readableTime, readValues, reasonIn } from '../../../nodes/shared/mapping/facts';
import { recordJson, slug, snakeName } from '../../../nodes/shared/mapping/text';
import type { Fact } from '../../../nodes/shared/mapping/types';

/** A name that was never asked for before: short names are kept from the first time on, and what follows the 200th character is not read. */
let asked = 0;
const anew = (name: string) => name.padEnd(200 + asked++, ' ');

describe('the name of a member in a document', () => {
	it.each([
		['targetObject1Name', 'target_object1_name'],
		['sourceIPAddress', 'source_ip_address'],
		['Source IP and Port', 'source_ip_and_port'],
		['  --user id--  ', 'user_id'],
		['ÜberMäßig', 'über_mäßig'],
		['API', 'api'],
		['a1B', 'a1_b'],
		['日本 語', '日本_語'],
		['a  b', 'a_b'],
		['_a', 'a'],
		['a_', 'a'],
		['!!', 'field'],
	])('of %s is %s', (name, made) => {
		expect(snakeName(name)).toBe(made);
		expect(snakeName(anew(name))).toBe(made);
	});

	it('reads 200 characters and keeps 64', () => {
		expect(snakeName(anew('ab'.repeat(60)))).toBe('ab'.repeat(32));
		expect([snakeName(anew(`${' '.repeat(199)}ab`)), snakeName(anew(`${' '.repeat(200)}ab`))]).toEqual(['a', 'field']);
	});
});

it.each([
	['QR code user denied', 'qr-code-user-denied'],
	['--Sign  in: “refused”!--', 'sign-in-refused'],
	['a'.repeat(101), 'a'.repeat(100)],
	['!', ''],
])('%s in few words is %s', (words, few) => {
	expect(slug(words)).toBe(few);
});

it('a record keeps every member that JSON can hold, whatever the others are', () => {
	const endless: Record<string, unknown> = {};
	endless.self = endless;
	expect(recordJson({ id: 1n, 'a"b': [2n, 'x'] })).toBe('{"id":"1","a\\"b":["2","x"]}');
	expect(recordJson({ id: 1n, endless, none: undefined, text: 'ü' })).toBe('{"id":"1","endless":"[cannot be written as JSON]","none":null,"text":"ü"}');
});

it.each<[Fact, string, boolean]>([
	['sourcePort', '0', true],
	['sourcePort', '65535', true],
	['sourcePort', '65536', false],
	['sourcePort', '100000', false],
	['sourcePort', '80a', false],
	['sourcePort', ' a80', false],
	['sourcePort', '1e3', false],
	['sourceIp', '2001:db8::1', true],
	['sourceIp', '203.0.113.300', false],
	['serverIp', 'server', false],
	['serverUrl', 'HTTP://a.example.com', true],
	['serverUrl', 'https://a.example.com', true],
	['serverUrl', 'https://', false],
	['serverUrl', 'ftp://a.example.com', false],
	['serverUrl', 'see https://a.example.com', false],
	['serverUrl', 'a.example.com', false],
	['serverUrl', 'javascript:open("https://a.example.com")', false],
	['userName', 'anything', true],
])('%s takes %s: %s', (fact, value, taken) => {
	expect(readValues({ member: value }, new Map([['member', fact]]))).toEqual(taken ? { [fact]: value } : {});
});

it('the first member that tells a fact counts, and what is empty or inherited tells none', () => {
	const members = new Map<string, Fact>([['name', 'userName'], ['login', 'userName'], ['toString', 'userId'], ['mail', 'userEmail']]);
	expect(readValues({ login: 'second', name: ' first ', mail: ' ' }, members)).toEqual({ userName: 'first' });
});

it.each<[unknown, number | undefined]>([
	['1970-01-01T00:00:00Z', 0],
	['1969-12-31T23:59:59.999Z', undefined],
	['9999-12-31T23:59:59.999Z', 253_402_300_799_999],
	['+010000-01-01T00:00:00Z', undefined],
	['never', undefined],
])('sinks take the time %j as %s', (value, ms) => {
	expect(readableTime(value)).toBe(ms);
});

it.each<[string | null | undefined, boolean]>([
	['ann@example.com', true],
	['änn@example.com', true],
	['ann@@example.com', false],
	['ann b@example.com', false],
	['ann@example.com ', false],
	['@example.com', false],
	['ann@', false],
	[`${'a'.repeat(308)}@example.com`, true],
	[`${'a'.repeat(309)}@example.com`, false],
	['', false],
	[null, false],
	[undefined, false],
])('%s is an e-mail address: %s', (value, isOne) => {
	expect(emailOf(value)).toBe(isOne ? value : undefined);
});

it('a reason is looked for in the first 2,000 characters of a message', () => {
	const at = (characters: number) => reasonIn(`${'x'.repeat(characters)}: why`, /: (.+)$/);
	expect([at(1_995), at(1_997), at(1_998), reasonIn(undefined, /(.+)/)]).toEqual(['why', 'w', undefined, undefined]);
});
