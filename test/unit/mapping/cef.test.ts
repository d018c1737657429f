import fc from 'fast-check';
import { cefHeader, cefLine, cefSeverity, cefValue } from '../../../nodes/shared/mapping/cef';
import { readCefLine } from '../../simulators/cef';
import { forAll, generated } from '../generated';

const RUNS = 3_000;
const DEVICE = { vendor: 'RSA', product: 'SecurID', version: '1' };

/** What is left of a text where control and format characters become blanks. */
const shown = (text: string) => text.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]+/gu, ' ');

const ANY_TEXT = fc.oneof(
	fc.string({ unit: 'binary', maxLength: 30 }),
	fc.string({ unit: fc.constantFrom('|', '\\', '=', '\n', '\r', ' ', 'a', '\u0000', '\u2028', 'act=', '\\n'), maxLength: 20 }),
);

describe('a CEF line', () => {
	it(`gives back what was put in, whatever the texts hold, ${generated(RUNS)}`, async () => {
		await forAll(RUNS, fc.record({ actor: ANY_TEXT, action: ANY_TEXT, message: ANY_TEXT, target: ANY_TEXT, id: ANY_TEXT }), ({ actor, action, message, target, id }) => {
			const text = cefLine({ actor, action, message, target }, id, 1768464000000, DEVICE);
			expect(text).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
			const line = readCefLine(text);
			if (typeof line === 'string') throw new Error(`${line}: ${text}`);
			const { extension } = line;
			// Blanks at the end of a value cannot be told from those before the next key, whoever reads it.
			const unblanked = (value: string) => value.replace(/[^\S\r\n]+$/u, '');
			const expected = (value: string) => unblanked(value.split(/(\r|\n)/).map((part) => (/^[\r\n]$/.test(part) ? part : shown(part))).join(''));
			expect(extension.rt).toBe('1768464000000');
			expect(unblanked(extension.externalId)).toBe(expected(id));
			for (const [key, value] of [['suser', actor], ['act', action], ['msg', message], ['cs1', target]]) {
				expect(unblanked(extension[key] ?? '')).toBe(value.trim() ? expected(value) : '');
			}
			expect([line.deviceVendor, line.deviceProduct, line.deviceVersion, line.severity]).toEqual(['RSA', 'SecurID', '1', '5']);
		});
	});

	it('names device, kind and severity in each form of an event', () => {
		const ecs = { observer: { vendor: 'RSA', product: 'ID Plus' }, event: { action: 'SIGNIN', severity: 7, outcome: 'success', category: ['authentication', 'session'] }, source: { ip: '203.0.113.9' }, user: { name: 'ann' } };
		expect(cefLine(ecs, '1', undefined, DEVICE)).toBe('CEF:0|RSA|ID Plus|1|SIGNIN|SIGNIN|7|externalId=1 act=SIGNIN cat=authentication,session outcome=success suser=ann src=203.0.113.9');
		const ocsf = { metadata: { product: { vendor_name: 'SAFE', name: 'SAFE One', version: '3' } }, class_uid: 3002, activity_name: 'Logon', severity_id: 4, status: 'Failure', actor: { user: { name: 'bob' } }, src_endpoint: { ip: '2001:db8::1' } };
		expect(cefLine(ocsf, '2', 5, DEVICE)).toBe(
			'CEF:0|SAFE|SAFE One|3|3002|Logon|8|externalId=2 rt=5 act=Logon outcome=Failure suser=bob c6a2=2001:db8::1 c6a2Label=Source IPv6 Address',
		);
	});

	it('calls an event that names nothing "event", and shows a member that is true or false', () => {
		expect(cefLine({}, '1', undefined, DEVICE)).toBe('CEF:0|RSA|SecurID|1|event|event|5|externalId=1');
		expect(cefLine({ message: true, target: false }, '1', undefined, DEVICE)).toBe('CEF:0|RSA|SecurID|1|event|true|5|externalId=1 cs1=false cs1Label=Target msg=true');
	});

	it('keeps header fields within their lengths, without cutting an escape in two', () => {
		const line = readCefLine(cefLine({ observer: { vendor: '|'.repeat(100) } }, '1', undefined, DEVICE));
		expect(line).toMatchObject({ deviceVendor: '|'.repeat(63) });
	});

	it('escapes what each part of a line has to escape, and no more', () => {
		expect(cefHeader('a|b\\c=d\ne')).toBe('a\\|b\\\\c=d e');
		expect(cefValue('a|b\\c=d\ne\rf\tg')).toBe('a|b\\\\c\\=d\\ne\\rf g');
	});

	it.each<[Record<string, unknown>, number]>([
		[{ severity: 'info' }, 2],
		[{ severity: 'Critical' }, 10],
		[{ event: { severity: 99 } }, 10],
		[{ event: { severity: 73 } }, 7],
		[{ event: { severity: 73 }, labels: { severity: 'high' } }, 8],
		[{ severity: 'Informational', severity_id: 1 }, 2],
		[{ event: { severity: 10 } }, 10],
		[{ severity_id: 99 }, 5],
		[{ severity: Number.NaN }, 5],
		[{ severity: {} }, 5],
		[{}, 5],
	])('counts the severity of %j as %i', (event, severity) => {
		expect(cefSeverity(event)).toBe(severity);
	});
});
