import assert from 'node:assert/strict';
import fc, { type Arbitrary } from 'fast-check';
import { OUTPUTS, safeOutput, SECURID_LOGS, securIdOutput } from '../../../nodes/shared/mapping/output';
import { eventFilter } from '../../../nodes/shared/mapping/securid';
import { SECURID_ACTIVITIES } from '../../../nodes/shared/mapping/securid.table';
import { SECURID_SYSTEM_EVENTS } from '../../../nodes/shared/mapping/securidSystem.table';
import { SECURID_USER_EVENTS } from '../../../nodes/shared/mapping/securidUser.table';
import { recordJson, slug, snakeName } from '../../../nodes/shared/mapping/text';
import { SEVERITIES } from '../../../nodes/shared/mapping/types';
import { findColumns } from '../../../nodes/shared/safe/auditCsv';
import { anyName, anyObject, anyText, anyValue } from '../arbitraries';
import { type Property, property } from '../property';

const area = 'mapping';
const FALLBACK_MS = Date.UTC(2026, 0, 31);
const OUTCOMES = ['success', 'failure', 'unknown'];
const SIMPLE = ['action', 'actor', 'category', 'eventId', 'eventTime', 'message', 'outcome', 'severity', 'sourceIp', 'target'];

type Members = Record<string, unknown>;

const value = anyValue(
	...['FAIL', 'FAILURE', 'SUCCESS', 'success', 'error', 'notice', 'SIGNIN_FAILURE', 'PUBLISH', 'LOCKED_ADMIN_ACCOUNT', '2026-01-31T08:00:00Z', '9999-99-99T99:99:99Z', '+275760-09-13T00:00:00.001Z'],
	...['198.51.100.7', 'fe80::1%eth0', '198.51.100.7, 203.0.113.9', '443', '65536', 'user@example.com', 'https://example.com/?a=b', 'https://[', '\ud800', 'x'.repeat(5_000), 'unlocked admin user a', 'Reason: b', 'failed - c', 703],
	{ toString: 1, valueOf: 2 },
	{ toJSON: 'x' },
);

const securIdNames = anyName(
	...['eventId', 'eventLogDate', 'eventType', 'eventLevel', 'eventCategory', 'eventCode', 'eventDescription', 'serverURL', 'serverIPAddress', 'application', 'tenantId', 'customerId'],
	...['customerName', 'userId', 'adminUserName', 'adminUserRole', 'sourceIPAddress', 'activityKey', 'activityCode', 'result', 'reasonKey', 'message', 'deviceId', 'deviceName'],
	...['policyId', 'policyName', 'transactionId', 'targetObject1Id', 'targetObject1Name', 'targetObject1Type', 'requiresPublish', 'method'],
);

const kinds: Arbitrary<Members> = fc.oneof(
	fc.constant({}),
	fc.constantFrom(...SECURID_ACTIVITIES.keys()).map((activityKey) => ({ activityKey })),
	fc.constantFrom(...SECURID_USER_EVENTS.keys(), ...SECURID_SYSTEM_EVENTS.keys()).map((eventCode) => ({ eventCode })),
	fc.tuple(fc.constantFrom('ADD_', 'EDIT_', 'DELETE_', 'VIEW_', 'SIGNIN_', 'ENABLE_', ''), anyText(12)).map(([verb, rest]) => ({ activityKey: verb + rest })),
);

const record: Arbitrary<Members> = fc.tuple(kinds, anyObject(securIdNames, value, 8)).map(([kind, members]) => ({ ...members, ...kind }));

/** As every sink meets a document. */
const sent = (document: unknown) => JSON.parse(JSON.stringify(document)) as Members;

/** The parts of a document that rules and dashboards rely on. */
function judged(documents: Record<(typeof OUTPUTS)[number], Members>, original: Members): void {
	const { simplified, vendor, ecs, ocsf } = documents;
	assert.deepStrictEqual(Object.keys(simplified).filter((name) => name !== 'safeUser').sort(), SIMPLE);
	assert.ok(OUTCOMES.includes(String(simplified.outcome)) && (SEVERITIES as readonly string[]).includes(String(simplified.severity)));
	assert.ok(typeof simplified.category === 'string' && simplified.category !== '');
	for (const name of SIMPLE) assert.ok(simplified[name] === null || (typeof simplified[name] === 'string' && simplified[name] !== ''), name);
	for (const [name, member] of Object.entries(sent(original))) if (name !== 'safeUser') assert.deepStrictEqual(vendor[name], member);
	const event = ecs.event as Members;
	assert.deepStrictEqual(JSON.parse(String(event.original)), sent(original));
	assert.equal(event.outcome, simplified.outcome);
	assert.deepStrictEqual(JSON.parse(String(ocsf.raw_data)), sent(original));
	assert.ok([3001, 3002, 3003, 3004, 3005, 6003, 6005].includes(Number(ocsf.class_uid)) || Number.isInteger(ocsf.class_uid));
	assert.equal(Number(ocsf.type_uid), Number(ocsf.class_uid) * 100 + Number(ocsf.activity_id));
	assert.ok(Number.isInteger(ocsf.time) && Number.isFinite(Date.parse(String(ecs['@timestamp']))));
	const { eventId } = simplified;
	if (typeof eventId === 'string' && eventId.trim() !== '' && !/\p{Cs}/u.test(eventId)) {
		assert.equal(event.id, eventId.trim());
		assert.equal((ocsf.metadata as Members).uid, eventId.trim());
	}
}

export const MAPPING_PROPERTIES: Property[] = [
	...SECURID_LOGS.map((log) =>
		property({
			area,
			rule: `any record of SecurID's ${log} log takes all forms, with its ID, an outcome of three, and itself whole inside`,
			weight: 30,
			cases: () => record,
			check: (event: Members) => {
				const before = JSON.stringify(event);
				const of = (form: string) => sent(securIdOutput(log, event, { form, fallbackMs: FALLBACK_MS }));
				judged({ simplified: of('simplified'), vendor: of('vendor'), ecs: of('ecs'), ocsf: of('ocsf') }, event);
				assert.equal(JSON.stringify(event), before, 'the record was changed');
				// Of the admin log, whose results are words of the vendor's; the other logs tell it by codes and levels.
				if (log === 'admin' && typeof event.result === 'string' && /^\s*fail/i.test(event.result)) assert.equal(of('simplified').outcome, 'failure');
			},
		}),
	),
	property({
		area,
		rule: 'any row of SAFE takes all forms, with its ID, an outcome of three, and itself whole inside',
		weight: 30,
		cases: () =>
			fc.tuple(
				anyObject(anyName('Timestamp', 'User ID', 'Action', 'Source IP and Port', 'Details', 'Target', 'user', 'time'), value.map((one) => (typeof one === 'string' ? one : (JSON.stringify(one) ?? '')))),
				fc.oneof(fc.constantFrom(undefined, null), anyObject(anyName('uuid', 'emailId', 'firstName', 'lastName', 'role', 'x.y'), value, 6)),
				fc.constantFrom('utc', 'Europe/Berlin', 'Europe/Nowhere', ''),
			),
		check: ([cells, safeUser, timezone]) => {
			// SAFETY: all cells were made texts above.
			const row = { eventId: 'id-1', record: cells as Record<string, string>, columns: findColumns(Object.keys(cells)), timezone, safeUser };
			const of = (form: string) => sent(safeOutput(row, { form, fallbackMs: FALLBACK_MS }));
			judged({ simplified: of('simplified'), vendor: of('vendor'), ecs: of('ecs'), ocsf: of('ocsf') }, cells);
		},
	}),
	property({
		area,
		rule: 'the filter of events answers yes or no for any record, and failed sign-ins are sign-ins',
		weight: 60,
		cases: () => fc.tuple(record, fc.array(fc.oneof(fc.constantFrom('signin_success', 'EDIT_POLICY'), anyText(8)), { maxLength: 3 })),
		check: ([event, keys]) => {
			const [all, signIns, failed, lockouts, custom] = ['all', 'signIns', 'failedSignIns', 'lockouts', 'custom'].map((preset) => eventFilter(preset, keys)(event));
			assert.equal(all, true);
			assert.ok([signIns, failed, lockouts, custom].every((answer) => typeof answer === 'boolean'));
			if (failed) assert.ok(signIns);
		},
	}),
	property({
		area,
		rule: 'a record becomes JSON whatever it holds; names and actions become words that an index takes',
		weight: 60,
		cases: () => fc.tuple(anyObject(anyName('a'), fc.oneof(value, fc.constant(10n ** 20n)), 6), anyText(80)),
		check: ([members, text]) => {
			const withText = (_name: string, one: unknown) => (typeof one === 'bigint' ? String(one) : one);
			assert.deepStrictEqual(JSON.parse(recordJson(members)), JSON.parse(JSON.stringify(members, withText)));
			const name = snakeName(text);
			assert.match(name, /^[\p{L}\p{N}_\p{M}]+$/u);
			assert.ok(name.length <= 64 && slug(text).length <= 100);
			assert.match(slug(text), /^[\p{L}\p{N}\p{M}-]*$/u);
		},
	}),
];
