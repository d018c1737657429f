import fc from 'fast-check';
import { OUTPUTS, safeOutput, SECURID_LOGS, type SecurIdLog, securIdOutput } from '../../../nodes/shared/mapping/output';
import { findColumns } from '../../../nodes/shared/safe/auditCsv';
import { forAll, generated } from '../generated';
import { ecsProblems } from './schemas/ecs';
import { ocsfProblems } from './schemas/ocsf';

const RUNS = 600;
const FALLBACK_MS = Date.UTC(2026, 0, 31);

type Vendor = Record<string, unknown>;

/** JSON and back, since that is how every sink meets a document. */
function sent(document: object): Vendor {
	return JSON.parse(JSON.stringify(document)) as Vendor;
}

function originals(log: SecurIdLog, event: Vendor): { ecs: string; ocsf: string } {
	const ecs = sent(securIdOutput(log, event, { form: 'ecs', fallbackMs: FALLBACK_MS }));
	const ocsf = sent(securIdOutput(log, event, { form: 'ocsf', fallbackMs: FALLBACK_MS }));
	expect([ecsProblems(ecs), ocsfProblems(ocsf)]).toEqual([[], []]);
	return { ecs: (ecs.event as { original: string }).original, ocsf: ocsf.raw_data as string };
}

const values = fc.oneof(
	fc.jsonValue(),
	fc.string({ unit: 'binary' }),
	fc.constantFrom<unknown>(
		...[null, undefined, '', ' ', 0, -1, NaN, true, [], {}, [[]], 'FAIL', 'error', 'notice', '703', '0703', 'EDIT_POLICY', '2026-01-31T08:00:00Z', '9999-99-99T99:99:99Z'],
		...['+275760-09-13T00:00:00.001Z', '0001-01-01T00:00:00Z', 8.64e15, '198.51.100.7', '::ffff:198.51.100.7', 'fe80::1%eth0', '198.51.100.7, 203.0.113.9', '999.1.1.1'],
		...['\ud800', 'a\udfffb', '\u0000', 'x'.repeat(100_000), 'user@example.com', '@', 'https://example.com/?a=b', 'https://[', 'javascript:alert(1)', '<script>', '=cmd()'],
		...['7292599294452927927', { toString: 1, valueOf: 2 }, { toJSON: 'x' }],
	),
);
const names = fc.oneof(
	fc.constantFrom(
		...['eventId', 'eventLogDate', 'eventType', 'eventLevel', 'eventCategory', 'eventCode', 'eventDescription', 'serverURL', 'serverIPAddress', 'application', 'tenantId', 'customerId'],
		...['customerName', 'userId', 'adminUserName', 'adminUserRole', 'sourceIPAddress', 'activityKey', 'activityCode', 'result', 'reasonKey', 'message', 'deviceId', 'deviceName'],
		...['policyId', 'policyName', 'transactionId', 'targetObject1Id', 'targetObject1Name', 'targetObject1Type', 'requiresPublish', 'method'],
		...['__proto__', 'constructor', 'toString', 'a.b', 'a b', 'A_B', '', '@timestamp', 'event', 'time'],
	),
	fc.string({ unit: 'binary' }),
);

describe('whatever a record holds', () => {
	it.each(SECURID_LOGS)(`a record of the %s log becomes valid documents that hold it whole (${generated(RUNS)})`, async (log) => {
		await forAll(RUNS, fc.dictionary(names, values, { noNullPrototype: true }), (event) => {
			const { ecs, ocsf } = originals(log, event);
			expect(JSON.parse(ecs)).toEqual(sent(event));
			expect(JSON.parse(ocsf)).toEqual(sent(event));
			for (const form of OUTPUTS) expect(() => securIdOutput(log, event, { form, fallbackMs: FALLBACK_MS })).not.toThrow();
		});
	});

	it(`a SAFE row becomes valid documents that hold it whole (${generated(RUNS)})`, async () => {
		const columns = fc.oneof(fc.constantFrom('Timestamp', 'User ID', 'Action', 'Source IP and Port', 'Details', 'Target', '__proto__', 'constructor', ''), fc.string());
		const cells = values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value) ?? ''));
		const users = fc.option(fc.dictionary(fc.constantFrom('uuid', 'emailId', 'firstName', 'lastName', 'role', 'x.y', '__proto__'), values, { noNullPrototype: true }), { nil: undefined });
		await forAll(RUNS, fc.tuple(fc.dictionary(columns, cells, { noNullPrototype: true }), users), ([record, safeUser]) => {
			const row = { eventId: 'id-1', record, columns: findColumns(Object.keys(record)), timezone: 'Europe/Nowhere', safeUser };
			const ecs = sent(safeOutput(row, { form: 'ecs', fallbackMs: FALLBACK_MS }));
			const ocsf = sent(safeOutput(row, { form: 'ocsf', fallbackMs: FALLBACK_MS }));
			expect([ecsProblems(ecs), ocsfProblems(ocsf)]).toEqual([[], []]);
			expect(JSON.parse((ecs.event as { original: string }).original)).toEqual(sent(record));
			expect(JSON.parse(ocsf.raw_data as string)).toEqual(sent(record));
			for (const form of OUTPUTS) expect(() => safeOutput(row, { form, fallbackMs: FALLBACK_MS })).not.toThrow();
		});
	});

	it.each(['message', 'activityKey', 'eventId', 'adminUserName', 'eventCode', 'somethingElse'])('a member that is nested beyond all measure (%s) takes no other with it', (member) => {
		const deep: unknown = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
		for (const log of SECURID_LOGS) {
			const { ecs, ocsf } = originals(log, { eventLogDate: '2026-01-31T08:00:00Z', customerName: 'Example Corp', [member]: deep });
			for (const original of [ecs, ocsf]) {
				expect(JSON.parse(original)).toEqual({ eventLogDate: '2026-01-31T08:00:00Z', customerName: 'Example Corp', [member]: '[cannot be written as JSON]' });
			}
		}
	});

	it('a member named __proto__ stays a member and changes nothing else', () => {
		const event = JSON.parse('{"eventId":"1","__proto__":{"activityKey":"SIGNIN_SUCCESS","polluted":true}}') as Vendor;
		const { ecs } = originals('admin', event);
		expect(ecs).toBe('{"eventId":"1","__proto__":{"activityKey":"SIGNIN_SUCCESS","polluted":true}}');
		const document = securIdOutput('admin', event, { form: 'ecs', fallbackMs: FALLBACK_MS }) as Vendor;
		expect(document.event).not.toHaveProperty('action');
		expect(({} as Vendor).polluted).toBeUndefined();
	});

	it('halves of surrogate pairs become U+FFFD in the fields and stay as they came in the original', () => {
		const event = { activityKey: 'EDIT_POLICY', adminUserName: 'a\ud800b', message: '\udc00' };
		const document = securIdOutput('admin', event, { form: 'ecs', fallbackMs: FALLBACK_MS }) as { user: Vendor; message: string; event: { original: string } };
		expect([document.user.name, document.message]).toEqual(['a\ufffdb', '\ufffd']);
		expect(JSON.parse(document.event.original)).toEqual(event);
	});

	it('a record of thousands of members adds a hundred fields to the index, and is whole in the original', () => {
		const event = Object.fromEntries(Array.from({ length: 5_000 }, (_none, index) => [`member${index}`, index]));
		const document = securIdOutput('admin', event, { form: 'ecs', fallbackMs: FALLBACK_MS }) as { rsa_idplus: { admin: Vendor }; event: { original: string } };
		expect(Object.keys(document.rsa_idplus.admin)).toHaveLength(100);
		expect(JSON.parse(document.event.original)).toEqual(event);
	});
});
