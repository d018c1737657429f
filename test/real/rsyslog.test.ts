import fc from 'fast-check';

import { cefLine } from '../../nodes/shared/mapping/cef';
import { findRsyslog, startRsyslog, type LognormCef, type Rsyslog } from '../../tools/rsyslog/server';
import { readCefLine } from '../simulators/cef';

/** Where rsyslog lies. A machine that cannot have it fails here and says why: a comparison that did not take place must not look like one. */
function rsyslogRoot(): string {
	const found = findRsyslog();
	if ('root' in found) return found.root;
	throw new Error(`rsyslog cannot be had: ${found.unavailable}. Leave this file out with: npm test -- --testPathIgnorePatterns test/real`);
}

const HEADER = '<134>1 2026-01-15T10:07:31.250Z n8n securid - ADMIN';
const DEVICE = { vendor: 'RSA', product: 'SecurID', version: '1.0' };
const TIME_MS = 1_768_471_651_250;

/** What is meant by a line, in the words of rsyslog's parser, which loses the first letter of the first key. */
function meant(
	signature: string,
	name: string,
	severity: number,
	extension: Record<string, string>,
): LognormCef {
	const [[firstKey, firstValue], ...rest] = Object.entries(extension);
	return {
		DeviceVendor: DEVICE.vendor,
		DeviceProduct: DEVICE.product,
		DeviceVersion: DEVICE.version,
		SignatureID: signature,
		Name: name,
		Severity: String(severity),
		Extensions: Object.fromEntries([[firstKey.slice(1), firstValue], ...rest]),
	};
}

describe('a real rsyslog of Debian', () => {
	let root: string;
	let rsyslog: Rsyslog;
	beforeAll(() => {
		root = rsyslogRoot();
	}, 150_000);
	beforeEach(async () => {
		rsyslog = await startRsyslog(root);
	});
	afterEach(async () => {
		await rsyslog.close();
	});

	it('reads the CEF lines of the SIEM Webhook as they are meant, hostile values included', async () => {
		const action = 'ADMIN|LOGIN\\';
		const event = {
			action,
			category: ['authentication', 'iam'],
			outcome: 'failure',
			severity: 'high',
			actor: 'Zoë "O=Brien" <zoe|x@example.com>',
			sourceIp: '192.0.2.7',
			target: 'C:\\Users\\all\\',
			message: 'line one\nline two\r\nrequest=https://x.example/?a=1&b=2 suser=root CEF:0|no|no',
		};
		const line = cefLine(event, '7292599294452927927', TIME_MS, DEVICE);
		await rsyslog.send([`${HEADER} - ${line}`]);
		const [record] = await rsyslog.received(1);
		const name = 'line one line two request=https://x.example/?a=1&b=2 suser=root CEF:0|no|no';
		expect(record.cef).toEqual(
			meant(action, name, 8, {
				externalId: '7292599294452927927',
				rt: String(TIME_MS),
				act: action,
				cat: 'authentication,iam',
				outcome: 'failure',
				suser: event.actor,
				src: '192.0.2.7',
				cs1: event.target,
				cs1Label: 'Target',
				msg: event.message,
			}),
		);
	});

	it('reads generated lines as they are meant, each from its own frame', async () => {
		// Everything that CEF or syslog gives a meaning to, and some that it does not; control characters become blanks and are left out.
		const sign = fc.constantFrom(
			...'\\|=\n\r"\'<>[]{}&% :,.-_aZ0éß日😀',
			'msg=',
			' act=',
			'CEF:0|',
			'\\n',
			'\\=',
		);
		const text = fc
			.array(sign, { minLength: 1, maxLength: 40 })
			.map((signs) => signs.join(''))
			.filter((value) => value.trim() !== '');
		const events = fc.sample(fc.record({ actor: text, target: text, message: text }), {
			numRuns: 300,
			seed: 20260115,
		});
		const lines = events.map((event, at) =>
			cefLine({ action: 'EVENT', ...event }, `id-${at}`, undefined, DEVICE),
		);
		await rsyslog.send(lines.map((line) => `${HEADER} - ${line}`));
		const records = await rsyslog.received(events.length);
		expect(records.map(({ cef }) => cef)).toEqual(
			events.map(({ actor, target, message }, at) =>
				meant('EVENT', message.replace(/[\r\n]+/g, ' '), 5, {
					externalId: `id-${at}`,
					act: 'EVENT',
					suser: actor,
					cs1: target,
					cs1Label: 'Target',
					msg: message,
				}),
			),
		);
		expect(records.map(({ message }) => message)).toEqual(lines);
	});

	it('reads the syslog header around the line, escaped structured data included', async () => {
		const line = cefLine({ action: 'LOGIN' }, 'e1', TIME_MS, DEVICE);
		await rsyslog.send([`${HEADER} [event@32473 eventId="a\\"b\\]c\\\\"] ${line}`]);
		const [record] = await rsyslog.received(1);
		expect(record).toMatchObject({
			priority: '134',
			timestamp: '2026-01-15T10:07:31.250Z',
			hostname: 'n8n',
			appName: 'securid',
			messageId: 'ADMIN',
			structuredData: '[event@32473 eventId="a\\"b\\]c\\\\"]',
			message: line,
		});
	});

	it('takes a line of 100 kB whole', async () => {
		const line = cefLine({ action: 'LOGIN', actor: 'é'.repeat(50_000) }, 'e1', TIME_MS, DEVICE);
		await rsyslog.send([`${HEADER} - ${line}`]);
		const [{ cef, message }] = await rsyslog.received(1);
		expect([message.length, cef?.Extensions.suser.length]).toEqual([line.length, 50_000]);
	});

	it("agrees with the fakes' reader about which lines are CEF and what they say", async () => {
		const start = 'CEF:0|RSA|SecurID|1.0|';
		const lines = [
			`${start}A|plain|5|first=1 msg=a b`,
			`${start}A\\\\\\||n\\|m|10|first=1 msg=\\=\\\\\\n\\r\\=`,
			`${start}A|blanks|5|first=1 msg=  two  blanks  suser=x `,
			`${start}A|no extension|5|`,
			`${start}A|odd keys|5|first=1 ad.field=x _y=2 flexString1Label=L`,
			`${start}A|pipe in a value|5|first=1 msg=a|b`,
			`${start}A|escaped pipe in a value|5|first=1 msg=a\\|b`,
			`${start}A|bare equals sign|5|first=1 cs1=v=w`,
			`${start}A|unknown escape|5|first=1 msg=a\\tb`,
			`${start}A|escaped \\= in the header|5|first=1`,
			`${start}A|too few fields`,
			`\ufeff${start}A|byte order mark|5|first=1`,
			'no CEF at all',
		];
		await rsyslog.send(lines.map((line) => `${HEADER} - ${line}`));
		const theirs = (await rsyslog.received(lines.length)).map(({ cef }) => cef);
		const ours = lines.map((line) => {
			const read = readCefLine(line);
			if (typeof read === 'string') return null;
			const extension = Object.entries(read.extension);
			const all = meant(read.signatureId, read.name, 0, extension.length > 0 ? read.extension : { none: '' });
			return { ...all, Severity: read.severity, Extensions: extension.length > 0 ? all.Extensions : {} };
		});
		expect(ours).toEqual(theirs);
		expect(theirs.map((cef) => cef !== null)).toEqual(lines.map((_, at) => at < 6));
	});
});
