import { safeOutput, SECURID_LOGS, securIdOutput } from '../../../nodes/shared/mapping/output';
import { simplifySecurId } from '../../../nodes/shared/mapping/securid';
import { parseLosslessJson } from '../../../nodes/shared/core/losslessJson';
import { readPage } from '../../../nodes/shared/securid/types';
import { rawFixture } from '../fixtures';

const FALLBACK_MS = Date.UTC(2026, 0, 31, 12);
const FORMS = { ecs: { form: 'ecs', fallbackMs: FALLBACK_MS }, ocsf: { form: 'ocsf', fallbackMs: FALLBACK_MS }, simplified: { form: 'simplified', fallbackMs: FALLBACK_MS }, vendor: { form: 'vendor', fallbackMs: FALLBACK_MS } };

type Vendor = Record<string, unknown>;
interface Ecs extends Vendor {
	event: Vendor & { original: string; id?: string };
	tags?: string[];
	user?: Vendor & { target?: Vendor };
	rsa_idplus?: Record<string, Vendor>;
	source?: Vendor;
	labels: Vendor;
}
interface Ocsf extends Vendor {
	metadata: Vendor & { labels?: string[]; uid?: string };
	user?: Vendor;
	actor?: Vendor;
	entity?: Vendor;
	unmapped?: Vendor;
	raw_data: string;
}

const ecsOf = (log: 'admin' | 'user' | 'system', event: Vendor, marks = {}) => securIdOutput(log, event, FORMS.ecs, marks) as Ecs;
const ocsfOf = (log: 'admin' | 'user' | 'system', event: Vendor, marks = {}) => securIdOutput(log, event, FORMS.ocsf, marks) as Ocsf;

const captured = readPage(parseLosslessJson(rawFixture('securid/capture-shape.raw.json')))?.events ?? [];
const USER_EVENT = { eventId: '8097338478709739593', eventLogDate: '2026-01-31T08:00:00.000Z', eventLevel: 'error', eventCode: '703', userId: 'user.a@example.com', eventDescription: 'Approve authentication failed - User denied approval.' };

describe('the id and the time of an event', () => {
	it('are found at event.id and @timestamp, and at metadata.uid and time, digit for digit as SecurID sent them', () => {
		expect(captured).toHaveLength(20);
		for (const event of captured) {
			const simple = simplifySecurId(event);
			const [ecs, ocsf] = [ecsOf('admin', event), ocsfOf('admin', event)];
			expect([ecs.event.id, ocsf.metadata.uid]).toEqual([simple.eventId, simple.eventId]);
			expect([ecs['@timestamp'], new Date(ocsf.time as number).toISOString()]).toEqual([simple.eventTime, simple.eventTime]);
			expect(ecs.event.original).toContain(`"eventId":"${simple.eventId}"`);
			expect(ocsf.raw_data).toBe(ecs.event.original);
		}
		expect(ecsOf('admin', captured[0]).event.id).toBe('7292599294452927927');
	});

	it.each(['yesterday', null, undefined, '0001-01-01T00:00:00Z', '+012026-01-01T00:00:00Z', {}])('a time that cannot be read (%j) is replaced by that of the reading, and labelled so', (eventLogDate) => {
		const [ecs, ocsf] = [ecsOf('admin', { eventLogDate }), ocsfOf('admin', { eventLogDate })];
		expect([ecs['@timestamp'], ocsf.time]).toEqual(['2026-01-31T12:00:00.000Z', FALLBACK_MS]);
		expect([ecs.tags, ocsf.metadata.labels]).toEqual([['time-unreadable'], ['time-unreadable']]);
		if (eventLogDate === 'yesterday') expect([ecs.rsa_idplus?.admin.event_log_date, ocsf.metadata.original_time]).toEqual(['yesterday', 'yesterday']);
	});
});

describe('the marks of the collection', () => {
	it.each(SECURID_LOGS)('of the %s log stand beside simplified and vendor fields, in tags and in metadata.labels', (log) => {
		const marks = { backfill: true, late: true };
		expect(securIdOutput(log, { eventId: '1' }, FORMS.simplified, marks)).toMatchObject(marks);
		expect(securIdOutput(log, { eventId: '1' }, FORMS.vendor, marks)).toEqual({ eventId: '1', ...marks });
		const dated = { eventLogDate: '2026-01-31T08:00:00.000Z' };
		expect(ecsOf(log, dated, marks).tags).toEqual(['backfill', 'late']);
		expect(ocsfOf(log, dated, marks).metadata.labels).toEqual(['backfill', 'late']);
		expect(ecsOf(log, dated)).not.toHaveProperty('tags');
		expect(ocsfOf(log, dated).metadata).not.toHaveProperty('labels');
	});
});

describe('who did what to whom', () => {
	it('an unlocked administrator is the target in ECS and the user in OCSF; who unlocked is the user in ECS and the actor in OCSF', () => {
		const unlock = captured.find(({ activityKey }) => activityKey === 'UNLOCK_ADMIN_USER') ?? {};
		const [ecs, ocsf] = [ecsOf('admin', unlock), ocsfOf('admin', unlock)];
		expect([ecs.user?.name, ecs.user?.target?.name]).toEqual(['admin.a@example.com', 'admin.b@example.com']);
		expect([ocsf.actor, ocsf.user]).toMatchObject([{ user: { name: 'admin.a@example.com' } }, { name: 'admin.b@example.com' }]);
		expect(ecs.related).toEqual({ user: ['admin.a@example.com', 'admin.b@example.com'], ip: ['198.51.100.7', '192.0.2.10'] });
	});

	it('a locked administrator did not lock itself: it is the user in OCSF, and there is no actor', () => {
		const lock = captured.find(({ activityKey }) => activityKey === 'LOCKED_ADMIN_ACCOUNT') ?? {};
		expect(ocsfOf('admin', lock)).toMatchObject({ type_uid: 300109, severity_id: 4, status_id: 1, user: { name: 'admin.b@example.com' } });
		expect(ocsfOf('admin', lock)).not.toHaveProperty('actor');
	});

	it('a refused sign-in begins no session, an accepted one does', () => {
		const category = (result: string) => ecsOf('admin', { activityKey: 'SIGNIN_SUCCESS', result }).event.category;
		expect([category('FAIL'), category('SUCCESS')]).toEqual([['authentication'], ['authentication', 'session']]);
	});

	it('a changed object is the entity in OCSF, by name, type and id; without them the key says the type', () => {
		const target = { targetObject1Id: '9007199254740993', targetObject1Name: 'Payroll', targetObject1Type: 'POLICY' };
		expect(ocsfOf('admin', { activityKey: 'EDIT_POLICY', ...target }).entity).toEqual({ name: 'Payroll', uid: '9007199254740993', type: 'POLICY', type_id: 99 });
		expect(ocsfOf('admin', { activityKey: 'EDIT_POLICY' }).entity).toEqual({ name: 'POLICY', type: 'POLICY', type_id: 99 });
		expect(ecsOf('admin', { activityKey: 'EDIT_POLICY', ...target }).rsa_idplus?.admin).toEqual({ target_object1_id: '9007199254740993', target_object1_name: 'Payroll', target_object1_type: 'POLICY' });
	});

	it('the reason of a failure is found in reasonKey, behind "Reason:", or behind the dash of a user event', () => {
		const failed = { activityKey: 'SIGNIN_FAILURE', message: 'Admin a sign-in failed. Reason: Bad Credentials' };
		expect(ecsOf('admin', failed).event.reason).toBe('Bad Credentials');
		expect(ecsOf('admin', { ...failed, reasonKey: 'LOCKED' }).event.reason).toBe('LOCKED');
		expect(ocsfOf('user', USER_EVENT).status_detail).toBe('User denied approval');
	});
});

describe('what the schemas have no place for', () => {
	it('stays findable: under rsa_idplus in ECS, as text, and under unmapped in OCSF, as it came', () => {
		const event = { activityKey: 'EDIT_POLICY', activityCode: 80201, requiresPublish: true, newMember: { a: [1] }, sourceIPAddress: 'not an address' };
		expect(ecsOf('admin', event).rsa_idplus?.admin).toEqual({ requires_publish: 'true', new_member: '{"a":[1]}', source_ip_address: 'not an address' });
		expect(ocsfOf('admin', event).unmapped).toEqual({ activityCode: 80201, requiresPublish: true, newMember: { a: [1] }, sourceIPAddress: 'not an address' });
	});

	it('two members whose names differ in marks alone both stay', () => {
		expect(ecsOf('admin', { 'a b': '1', 'a-b': '2' }).rsa_idplus?.admin).toEqual({ a_b: '1', a_b_2: '2' });
	});
});

describe('user and system events', () => {
	it('are told by their code, with or without leading zeros, whatever the description says today', () => {
		for (const eventCode of ['2', '02', 2]) expect(ecsOf('user', { eventCode, eventDescription: 'New words' }).event).toMatchObject({ action: 'method-locked', category: ['iam'], outcome: 'success' });
	});

	it('a denied push is an authentication that failed, of medium severity, by push notification', () => {
		expect(ecsOf('user', USER_EVENT).event).toMatchObject({ category: ['authentication'], type: ['start'], outcome: 'failure', severity: 47, code: '703', action: 'approve-user-denied' });
		expect(ocsfOf('user', USER_EVENT)).toMatchObject({ type_uid: 300201, status_id: 2, severity_id: 3, auth_factors: [{ factor_type_id: 5 }] });
	});

	it.each([
		['1512', 'notice', 'failure'],
		['1524', 'notice', 'failure'],
		['20209', 'notice', 'failure'],
		['20801', 'error', 'unknown'],
		['20804', 'error', 'unknown'],
		['20854', 'error', 'unknown'],
		['601', 'notice', 'success'],
		['601', 'error', 'failure'],
		['601', undefined, 'success'],
		['605', undefined, 'failure'],
		['601', 'warning', 'unknown'],
		['605', 'warning', 'unknown'],
	])('code %s of level %s has the outcome %s', (eventCode, eventLevel, outcome) => {
		expect(ecsOf('user', { eventCode, eventLevel }).event.outcome).toBe(outcome);
	});

	it.each([
		['Something failed', 'notice', 'failure', 'authenticationOther'],
		['Password succeeded - Access denied', 'notice', 'failure', 'authenticationOther'],
		['Emergency code enabled', 'notice', 'success', 'authenticationOther'],
		['Something', 'error', 'failure', 'authenticationOther'],
		['Something', 'debug', 'unknown', 'authenticationOther'],
		['Passkey authentication succeeded', 'notice', 'success', 'authentication'],
		['Passkey enrollment failed', 'error', 'failure', 'factorEnrolled'],
	])('an unknown code with "%s" (%s) is a %s; a sign-in only where the text says so', (eventDescription, eventLevel, outcome, kind) => {
		const { event } = ecsOf('user', { eventCode: '37999', eventDescription, eventLevel });
		const type = { authenticationOther: ['info'], authentication: ['start'], factorEnrolled: ['user', 'change'] }[kind];
		expect(event).toMatchObject({ outcome, type, action: 'user-event-37999', severity: outcome === 'failure' ? 21 : 0 });
	});

	it('have the same ten simplified fields as admin events', () => {
		expect(securIdOutput('user', { ...USER_EVENT, sourceIPAddress: '198.51.100.7' }, FORMS.simplified)).toEqual({
			...{ eventId: '8097338478709739593', eventTime: '2026-01-31T08:00:00.000Z', action: 'approve-user-denied', category: 'authentication' },
			...{ outcome: 'failure', severity: 'medium', actor: 'user.a@example.com', sourceIp: '198.51.100.7', target: null, message: USER_EVENT.eventDescription },
		});
		expect(Object.keys(securIdOutput('system', {}, FORMS.simplified))).toEqual(Object.keys(simplifySecurId({})));
	});

	it('a synchronization that failed is told from one that completed', () => {
		expect(ecsOf('system', { eventCode: '2507' }).event).toMatchObject({ outcome: 'failure', severity: 47, action: 'identity-source-sync-synchronization-failed' });
		expect(ecsOf('system', { eventCode: '2505' }).event).toMatchObject({ outcome: 'success', severity: 0 });
	});
});

describe('SAFE rows', () => {
	const record = { Timestamp: '2026-01-31 08:00:00', 'User ID': '12345678-1234-1234-1234-123456789012', Action: 'User created', 'Source IP and Port': '198.51.100.7:443', Target: 'new@example.com' };
	const columns = { time: 'Timestamp', user: 'User ID', action: 'Action', address: 'Source IP and Port', target: 'Target' };
	const safeUser = { uuid: record['User ID'], emailId: 'user@example.com', firstName: 'Example', lastName: 'User', role: 'Admin', authenticationType: 'Native' };
	const row = { eventId: 'row-1', record, columns, timezone: 'utc', safeUser };

	it('carry the user that was looked up: beside the fields, in user, and as enrichment', () => {
		expect(safeOutput(row, FORMS.simplified)).toMatchObject({ actor: record['User ID'], safeUser });
		expect(safeOutput(row, FORMS.vendor, { late: true })).toEqual({ ...record, safeUser, late: true });
		const ecs = safeOutput(row, FORMS.ecs) as Ecs & { safe_one: { audit: Vendor } };
		expect(ecs.user).toMatchObject({ id: record['User ID'], name: 'user@example.com', email: 'user@example.com', full_name: 'Example User', roles: ['Admin'] });
		expect(ecs.safe_one.audit.user_authentication_type).toBe('Native');
		expect(safeOutput(row, FORMS.ocsf)).toMatchObject({
			enrichments: [{ name: 'user.uid', value: record['User ID'], data: safeUser }],
			actor: { user: { uid: record['User ID'], name: 'user@example.com' } },
			user: { name: 'new@example.com' },
			src_endpoint: { ip: '198.51.100.7', port: 443 },
			type_uid: 300101,
		});
	});

	it('say null for a user that is not listed, and nothing when none was looked up', () => {
		expect(safeOutput({ ...row, safeUser: null }, FORMS.simplified)).toMatchObject({ safeUser: null });
		expect(safeOutput({ ...row, safeUser: undefined }, FORMS.simplified)).not.toHaveProperty('safeUser');
		expect(safeOutput({ ...row, safeUser: null }, FORMS.ecs)).toMatchObject({ user: { id: record['User ID'] } });
		expect(safeOutput({ ...row, safeUser: null }, FORMS.ocsf)).not.toHaveProperty('enrichments');
	});

	it('find their id and the row itself in both schemas', () => {
		expect((safeOutput(row, FORMS.ecs) as Ecs).event.id).toBe('row-1');
		expect((safeOutput(row, FORMS.ocsf) as Ocsf).metadata.uid).toBe('row-1');
		expect(JSON.parse((safeOutput(row, FORMS.ocsf) as Ocsf).raw_data)).toEqual(record);
	});
});
