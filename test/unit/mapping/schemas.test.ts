import { OUTPUTS, safeOutput, SECURID_LOGS, type SecurIdLog, securIdOutput } from '../../../nodes/shared/mapping/output';
import { KINDS, OCSF_CLASSES } from '../../../nodes/shared/mapping/kinds.table';
import { SAFE_OBJECTS, SAFE_VERBS } from '../../../nodes/shared/mapping/safe.table';
import { SECURID_ACTIVITIES } from '../../../nodes/shared/mapping/securid.table';
import { SECURID_SYSTEM_EVENTS } from '../../../nodes/shared/mapping/securidSystem.table';
import { SECURID_USER_EVENTS } from '../../../nodes/shared/mapping/securidUser.table';
import schema from '../../fixtures/ocsf/events-1.8.0.schema.json';
import { ecsProblems } from './schemas/ecs';
import { ocsfProblems } from './schemas/ocsf';

const FALLBACK_MS = Date.UTC(2026, 0, 31);

type Vendor = Record<string, unknown>;

const ADMIN: Vendor = {
	...{ eventId: '7292599294452927927', eventLogDate: '2026-01-31T08:00:00.000Z', eventType: 'Administration', application: 'RSA SecurID Access' },
	...{ serverURL: 'https://example.access.securid.com/AdminInterface/', serverIPAddress: '192.0.2.10', customerId: 5, customerName: 'Example Corp' },
	...{ sourceIPAddress: '198.51.100.7', adminUserName: 'admin.a@example.com', adminUserRole: 'Super Administrator', reasonKey: '', requiresPublish: false },
};
const CODED: Vendor = {
	...{ eventId: '7292599294452927927', eventLogDate: '2026-01-31T08:00:00.000Z', eventType: 'user', serverIPAddress: '192.0.2.10', tenantId: '5' },
	...{ customerName: 'Example Corp', userId: 'user.a@example.com', sourceIPAddress: '198.51.100.7', eventDescription: 'Something happened', application: 'VPN' },
	...{ method: 'APPROVE', deviceName: 'Phone', deviceId: 'device-1', policyId: 'policy-1', policyName: 'All users', transactionId: 'transaction-1' },
};
const TARGET: Vendor = { targetObject1Id: '18', targetObject1Name: 'admin.b@example.com', targetObject1Type: 'ADMIN_USER' };

/** Both documents of an event, and what the schemas say against them. */
function problemsOf(log: SecurIdLog, event: Vendor): string[] {
	const ecs = securIdOutput(log, event, { form: 'ecs', fallbackMs: FALLBACK_MS }, { late: true });
	const ocsf = securIdOutput(log, event, { form: 'ocsf', fallbackMs: FALLBACK_MS }, { late: true });
	return [...ecsProblems(ecs).map((problem) => `ECS: ${problem}`), ...ocsfProblems(ocsf).map((problem) => `OCSF: ${problem}`)];
}

/** With everything, without anything but the key, and with a target. */
function variants(full: Vendor, key: Vendor): Vendor[] {
	const outcomes = [{}, { result: 'SUCCESS' }, { result: 'FAIL' }, { eventLevel: 'notice' }, { eventLevel: 'error' }, { eventLevel: 'warning' }];
	return [full, {}, { ...full, ...TARGET }].flatMap((base) => outcomes.map((outcome) => ({ ...base, ...key, ...outcome })));
}

describe('every event of the tables is a valid document of both schemas', () => {
	it.each([...SECURID_ACTIVITIES.keys()])('admin log %s', (activityKey) => {
		for (const event of variants(ADMIN, { activityKey })) expect([event, problemsOf('admin', event)]).toEqual([event, []]);
	});

	it.each([...SECURID_USER_EVENTS.keys()])('user log %s', (eventCode) => {
		for (const event of variants(CODED, { eventCode })) expect([event, problemsOf('user', event)]).toEqual([event, []]);
	});

	it.each([...SECURID_SYSTEM_EVENTS.keys()])('system log %s', (eventCode) => {
		for (const event of variants(CODED, { eventCode })) expect([event, problemsOf('system', event)]).toEqual([event, []]);
	});
});

describe('events that no table knows are valid documents, too', () => {
	it.each(['', 'ADD_THING', 'EDIT_ADMIN_THING', 'DELETE_TOKEN', 'ENABLE_THING', 'DISABLE_KEY', 'VIEW_X', 'DOWNLOAD_KEY', 'TEST_X', 'SIGNIN_NEW', 'x', 'ÄÖ 你好'])('admin log "%s"', (activityKey) => {
		for (const event of variants(ADMIN, { activityKey })) expect([event, problemsOf('admin', event)]).toEqual([event, []]);
	});

	it.each(SECURID_LOGS.filter((log) => log !== 'admin'))('%s log', (log) => {
		for (const eventCode of ['', '37999', 'abc', -1, null, {}]) {
			for (const eventDescription of ['FIDO unenrollment failed', 'Device registered', 'Method unlocked', 'Method now locked', 'X authentication succeeded', 'x']) {
				for (const event of variants({ ...CODED, eventDescription, eventCategory: 'Hardware Authenticator' }, { eventCode })) {
					expect([event, problemsOf(log, event)]).toEqual([event, []]);
				}
			}
		}
	});
});

const COLUMNS = { time: 'Timestamp', user: 'User ID', action: 'Action', address: 'Source IP and Port', message: 'Details', target: 'Target' };
const SAFE_USER = { uuid: '12345678-1234-1234-1234-123456789012', emailId: 'user@example.com', firstName: 'Example', lastName: 'User', role: 'Admin', authenticationType: 'Native' };

describe('SAFE rows are valid documents of both schemas', () => {
	const verbs = ['deleted', 'stopped', 'started', 'updated', 'created', 'tested', 'viewed', 'seen'];
	const objects = ['API credential', 'Role', 'User', 'Integration', 'Risk scenario', 'Questionnaire', 'Group', 'Thing'];
	const actions = ['User logged in', 'Login failed', 'Logged out', 'Authenticated', '', ...objects.flatMap((object) => verbs.map((verb) => `${object} ${verb}`))];

	it('the words of this test reach each row of the tables', () => {
		expect(verbs.map((verb) => SAFE_VERBS.findIndex(({ pattern }) => pattern.test(verb)))).toEqual(SAFE_VERBS.map((_row, index) => index));
		expect(objects.map((object) => SAFE_OBJECTS.findIndex(({ pattern }) => pattern.test(object)))).toEqual([...SAFE_OBJECTS.map((_row, index) => index), -1]);
	});

	it.each(actions)('"%s"', (action) => {
		const full = { Timestamp: '2026-01-31 08:00:00', 'User ID': SAFE_USER.uuid, 'Source IP and Port': '198.51.100.7:443', Details: '', Target: 'Something', Action: action, 'Own Column': '=1' };
		for (const record of [full, { Action: action }, { ...full, 'User ID': 'user@example.com', 'Source IP and Port': 'nowhere', Timestamp: 'yesterday' }]) {
			for (const safeUser of [undefined, null, SAFE_USER]) {
				const row = { eventId: 'a'.repeat(64), record: record as Record<string, string>, columns: COLUMNS, timezone: 'utc', safeUser };
				const ecs = safeOutput(row, { form: 'ecs', fallbackMs: FALLBACK_MS }, { backfill: true });
				const ocsf = safeOutput(row, { form: 'ocsf', fallbackMs: FALLBACK_MS }, { backfill: true });
				expect([action, ecsProblems(ecs), ocsfProblems(ocsf)]).toEqual([action, [], []]);
			}
		}
	});
});

describe('the schemas that documents are held against', () => {
	const ecs = () => JSON.parse(JSON.stringify(securIdOutput('admin', { ...ADMIN, activityKey: 'SIGNIN_SUCCESS' }, { form: 'ecs', fallbackMs: FALLBACK_MS })));
	const ocsf = () => JSON.parse(JSON.stringify(securIdOutput('admin', { ...ADMIN, activityKey: 'SIGNIN_SUCCESS' }, { form: 'ocsf', fallbackMs: FALLBACK_MS })));

	it.each<[string, (document: ReturnType<typeof ecs>) => unknown]>([
		['a field that ECS does not know', (document) => (document.event.unknown = 'x')],
		['no time', (document) => delete document['@timestamp']],
		['a category of its own', (document) => (document.event.category = ['login'])],
		['a type that the category does not expect', (document) => (document.event.type = ['deletion'])],
		['an address that is none', (document) => (document.source.ip = '198.51.100')],
		['a list where one value is wanted', (document) => (document.user.name = ['a'])],
		['one value where a list is wanted', (document) => (document.user.roles = 'a')],
		['an own member that is no text', (document) => (document.rsa_idplus.admin.x = 1)],
	])('ECS refuses %s', (_what, damage) => {
		const document = ecs();
		expect(ecsProblems(document)).toEqual([]);
		damage(document);
		expect(ecsProblems(document)).not.toEqual([]);
	});

	it.each<[string, (event: ReturnType<typeof ocsf>) => unknown]>([
		['an attribute that the class does not have', (event) => (event.eventId = 'x')],
		['no user', (event) => delete event.user],
		['a user without a name', (event) => (event.user = { type_id: 1 })],
		['neither service nor destination', (event) => (delete event.service, delete event.dst_endpoint)],
		['an activity of another class', (event) => ((event.activity_id = 9), (event.type_uid = 300209))],
		['a type that does not fit the activity', (event) => (event.type_uid = 300202)],
		['a time as text', (event) => (event.time = '2026-01-31')],
		['an address that is none', (event) => (event.src_endpoint.ip = 'x')],
		['a severity that contradicts its number', (event) => (event.severity = 'High')],
		['no version', (event) => delete event.metadata.version],
	])('OCSF refuses %s', (_what, damage) => {
		const event = ocsf();
		expect(ocsfProblems(event)).toEqual([]);
		damage(event);
		expect(ocsfProblems(event)).not.toEqual([]);
	});

	it('have our captions of classes and activities', () => {
		const captions: Record<string, Record<string, string>> = schema['x-activities'];
		for (const { ocsf: uid, activity } of Object.values(KINDS)) expect(OCSF_CLASSES[uid].activities[activity]).toBe(captions[uid][activity]);
		for (const [uid, name] of [[3001, 'account_change'], [3002, 'authentication'], [3004, 'entity_management']] as const) {
			expect(OCSF_CLASSES[uid].name).toBe(schema.definitions[name].properties.class_name.const);
		}
	});

	it('are asked about each form that nodes offer', () => {
		expect(OUTPUTS).toEqual(['ecs', 'ocsf', 'simplified', 'vendor']);
	});
});
