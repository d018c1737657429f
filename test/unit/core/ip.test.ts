import { isIP as nodeIsIP } from 'node:net';
import fc from 'fast-check';
import { isIP, splitAddress } from '../../../nodes/shared/core/ip';
import { forAll, generated, share } from '../generated';

const RUNS = 5_000;

describe('an IP address', () => {
	it.each([
		'198.51.100.7',
		'0.0.0.0',
		'255.255.255.255',
		'::',
		'::1',
		'2001:db8::1',
		'2001:DB8:0:0:8:800:200C:417A',
		'::ffff:192.0.2.1',
		'fe80::1',
	])('is recognised: %s', (text) => {
		expect(isIP(text)).toBe(true);
	});

	it.each([
		'',
		' ',
		'198.51.100',
		'198.51.100.256',
		'198.51.100.7.1',
		'198.51.100.07',
		'1e1.1.1.1',
		'0x7f.0.0.1',
		'2130706433',
		'198.51.100.7 ',
		'localhost',
		'unknown',
		'x.example.com',
		'2001:db8::1::2',
		'2001:db8',
		':',
		':::',
		'1:2:3:4:5:6:7:8:9',
		'12345::',
		'[::1]',
		'::1]',
		'fe80::1%eth0',
		'::ffff:192.0.2.256',
		'198.51.100.7:443',
	])('is not taken from %j', (text) => {
		expect(isIP(text)).toBe(false);
	});

	it(`is what Node's own test says (${generated(RUNS)})`, async () => {
		const part = fc.constantFrom(
			'0',
			'1',
			'9',
			'01',
			'10',
			'99',
			'199',
			'249',
			'255',
			'256',
			'a',
			'ffff',
			'12345',
			'',
		);
		const text = fc.oneof(
			fc.ipV4(),
			fc.ipV6(),
			fc.array(part, { minLength: 2, maxLength: 6 }).map((parts) => parts.join('.')),
			fc.array(part, { minLength: 2, maxLength: 9 }).map((parts) => parts.join(':')),
			fc.tuple(fc.ipV6(), fc.nat(40)).map(([address, at]) => address.slice(0, at) + address.slice(at + 1)),
		);
		let valid = 0;
		await forAll(RUNS, text, (candidate) => {
			const expected = nodeIsIP(candidate) !== 0;
			expect({ candidate, valid: isIP(candidate) }).toEqual({ candidate, valid: expected });
			if (expected) valid++;
		});
		expect(valid).toBeGreaterThan(share(RUNS) / 5);
		expect(valid).toBeLessThan(share(RUNS));
	});
});

describe('an address and port in one cell', () => {
	it.each<[string, { ip: string; port?: number } | undefined]>([
		['198.51.100.7:443', { ip: '198.51.100.7', port: 443 }],
		[' 198.51.100.7 : 443 ', { ip: '198.51.100.7', port: 443 }],
		['198.51.100.7,443', { ip: '198.51.100.7', port: 443 }],
		['198.51.100.7 443', { ip: '198.51.100.7', port: 443 }],
		['198.51.100.7/443', { ip: '198.51.100.7', port: 443 }],
		['[2001:db8::1]:443', { ip: '2001:db8::1', port: 443 }],
		['[2001:db8::1]', { ip: '2001:db8::1' }],
		['198.51.100.7', { ip: '198.51.100.7' }],
		['2001:db8::1', { ip: '2001:db8::1' }],
		['2001:db8::1:443', { ip: '2001:db8::1:443' }],
		['', undefined],
		['unknown', undefined],
		['localhost:443', undefined],
		['198.51.100.7:http', undefined],
		['198.51.100.777:443', undefined],
		['[198.51.100]:443', undefined],
	])('%j is split', (text, address) => {
		expect(splitAddress(text)).toEqual(address);
	});
});
