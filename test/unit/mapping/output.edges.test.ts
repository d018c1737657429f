import { safeOutput, securIdOutput } from '../../../nodes/shared/mapping/output';
import type { SafeColumns } from '../../../nodes/shared/mapping/safe';

type Vendor = Record<string, unknown>;
interface Ecs extends Vendor {
	event: Vendor;
	user?: Vendor;
	source?: Vendor;
	safe_one?: { audit?: Vendor };
}
interface Ocsf extends Vendor {
	entity?: Vendor;
	unmapped?: Vendor;
	raw_data: string;
}

const ecsOf = (log: 'admin' | 'user' | 'system', event: Vendor) => securIdOutput(log, event, { form: 'ecs', fallbackMs: 0 }) as Ecs;
const ocsfOf = (log: 'admin' | 'user' | 'system', event: Vendor) => securIdOutput(log, event, { form: 'ocsf', fallbackMs: 0 }) as Ocsf;

describe('an activity key that no table has', () => {
	it.each([
		['SIGNIN_NEW', ['authentication'], ['info'], 300299],
		['SIGNOUT_FORCED', ['authentication'], ['info'], 300299],
		['ADD_WIDGET', ['configuration'], ['creation'], 300401],
		['EDIT_WIDGET', ['configuration'], ['change'], 300403],
		['DELETE_WIDGET', ['configuration'], ['deletion'], 300404],
		['VIEW_WIDGET', ['configuration'], ['access'], 300402],
		['WIDGET_EXPLODED', ['configuration'], ['info'], 300499],
		['ADD_TOKEN', ['iam', 'configuration'], ['admin', 'creation'], 300401],
		['DELETE_TOKEN', ['iam', 'configuration'], ['admin', 'deletion'], 300404],
		['TOKEN_EXPLODED', ['iam'], ['admin', 'info'], 300499],
	])('%s is told by its words in ECS and OCSF: %j, %j, %i', (activityKey, category, type, type_uid) => {
		expect(ecsOf('admin', { activityKey }).event).toMatchObject({ category, type });
		expect(ocsfOf('admin', { activityKey })).toMatchObject({ type_uid });
	});

	it.each(['WIDGET_EXPLODED', 'PREVIEW_POLICY'])('%s, which begins with no verb, says nothing of the type of its object', (activityKey) => {
		expect(ocsfOf('admin', { activityKey }).entity).toEqual({ name: 'ID Plus Cloud Access Service' });
	});
});

it('a changed policy that is named like an e-mail address does not become an account in ECS', () => {
	expect(ecsOf('admin', { activityKey: 'EDIT_POLICY', targetObject1Name: 'all@example.com' })).not.toHaveProperty('user');
	expect(ecsOf('admin', { activityKey: 'EDIT_ADMIN_USER', targetObject1Name: 'ann@example.com' }).user).toEqual({ target: { name: 'ann@example.com', email: 'ann@example.com' } });
});

it.each([
	['Sign-in failed. Reason: Bad Credentials', 'Bad Credentials'],
	['Sign-in failed. Reason:Bad Credentials', 'Bad Credentials'],
	['Sign-in failed. Reason:  Bad Credentials', 'Bad Credentials'],
	['Sign-in failed. Reason: Bad Credentials\nSecond line', 'Bad Credentials'],
	['Sign-in failed.', undefined],
])('the reason in %j is %j', (message, reason) => {
	expect(ecsOf('admin', { activityKey: 'SIGNIN_FAILURE', message }).event.reason).toBe(reason);
});

describe('an OCSF event', () => {
	it('tells the reason once', () => {
		const event = ocsfOf('admin', { activityKey: 'SIGNIN_FAILURE', reasonKey: 'LOCKED' });
		expect(event.status_detail).toBe('LOCKED');
		expect(event.unmapped ?? {}).not.toHaveProperty('reasonKey');
	});

	it.each<[string, Vendor, Vendor]>([
		['an ID alone', { deviceId: 'd-1' }, { uid: 'd-1' }],
		['a name alone', { deviceName: 'Phone' }, { name: 'Phone' }],
	])('keeps a device that has %s', (_label, member, device) => {
		expect(ocsfOf('user', { eventCode: '103', ...member }).auth_factors).toEqual([{ factor_type_id: 7, factor_type: 'OTP', device: { ...device, type_id: 0, type: 'Unknown' } }]);
	});

	it('names the method that OCSF has no number for', () => {
		expect(ocsfOf('user', { eventCode: '340' }).auth_factors).toEqual([{ factor_type_id: 99, factor_type: 'FIDO' }]);
	});

	it('of nobody has no observable user "Unknown", which a search would find as one account', () => {
		expect(ocsfOf('user', { eventCode: '103' })).toMatchObject({ user: { name: 'Unknown' } });
		expect(ocsfOf('user', { eventCode: '103' })).not.toHaveProperty('observables');
	});

	it('can always become JSON: whole numbers of any size that are no JSON stand in raw_data alone', () => {
		const event = ocsfOf('admin', { activityKey: 'SIGNOUT', size: 1n, nested: { size: 2n }, plain: { size: 3 } });
		expect(event.unmapped).toEqual({ plain: { size: 3 } });
		expect(JSON.parse(event.raw_data)).toMatchObject({ size: '1', nested: { size: '2' } });
	});
});

describe('a user or system event', () => {
	it.each<[string, Vendor, string, string]>([
		['"succeeded" in its text, and the level error', { eventDescription: 'Copy succeeded', eventLevel: 'error' }, 'success', 'low'],
		['"succeeded" in its text, and no level', { eventDescription: 'Copy succeeded' }, 'success', 'info'],
		['a result alone that failed', { result: 'FAILURE' }, 'failure', 'low'],
		['a result alone that succeeded', { result: 'SUCCESS' }, 'success', 'info'],
		['nothing', {}, 'unknown', 'info'],
	])('of an unknown code with %s has the outcome %s and the severity %s', (_label, members, outcome, severity) => {
		for (const log of ['user', 'system'] as const) {
			expect(securIdOutput(log, { eventCode: '37999', ...members }, { form: 'simplified', fallbackMs: 0 })).toMatchObject({ outcome, severity });
		}
	});

	it.each<[string, Vendor, Vendor]>([
		['its time in ISO 8601 and UTC', { eventLogDate: '2026-01-31T08:00:00.000 UTC' }, { eventTime: '2026-01-31T08:00:00.000Z' }],
		['a time that cannot be read as it is', { eventLogDate: 'yesterday' }, { eventTime: 'yesterday' }],
		['its address', { sourceIPAddress: '2001:db8::1' }, { sourceIp: '2001:db8::1' }],
		['no address where the member holds none', { sourceIPAddress: 'unknown' }, { sourceIp: null }],
		['no address where the member is missing', {}, { sourceIp: null }],
	])('has %s in the simplified form', (_label, event, fields) => {
		for (const log of ['user', 'system'] as const) expect(securIdOutput(log, event, { form: 'simplified', fallbackMs: 0 })).toMatchObject(fields);
	});

	it.each(['User denied approval', 'User denied approval.'])('has the reason "%s" without a full stop', (reason) => {
		expect(ecsOf('user', { eventDescription: `Approve authentication failed - ${reason}` }).event.reason).toBe('User denied approval');
	});
});

describe('a SAFE row in ECS', () => {
	const columns: SafeColumns = { user: 'User', action: 'Action', address: 'Address', message: 'Details', target: 'Target' };
	const rowOf = (record: Record<string, string>, safeUser?: Vendor) => safeOutput({ eventId: '1', record, columns, timezone: 'utc', safeUser }, { form: 'ecs', fallbackMs: 0 }) as Ecs;

	it.each([
		['12345678-1234-1234-1234-123456789012', { id: '12345678-1234-1234-1234-123456789012' }],
		['ann@example.com', { name: 'ann@example.com', email: 'ann@example.com' }],
		['Ann Example', { name: 'Ann Example' }],
	])('names the user %s', (User, user) => {
		expect(rowOf({ User, Action: 'Logged in' }).user).toEqual(user);
	});

	it.each([
		['User deleted', 'by policy', ['iam'], ['user', 'deletion']],
		['Session', 'User deleted', ['iam'], ['user', 'deletion']],
		['USER_ADDED', '', ['iam'], ['user', 'creation']],
		['API__KEY_DELETED', '', ['iam', 'configuration'], ['admin', 'deletion']],
		['Report deleted', '', ['configuration'], ['deletion']],
		['Report', '', ['configuration'], ['info']],
		['Report', `${'x'.repeat(1_000)} deleted`, ['configuration'], ['info']],
	])('with the action "%s" and the message "%.20s" is told by the words of both (of the first 1,000 characters): %j, %j', (Action, Details, category, type) => {
		expect(rowOf({ Action, Details }).event).toMatchObject({ category, type });
	});

	it.each([
		['198.51.100.7:65535', { ip: '198.51.100.7', port: 65_535 }],
		['198.51.100.7:70000', { ip: '198.51.100.7' }],
		['198.51.100.7', { ip: '198.51.100.7' }],
	])('takes from the address %s what is one: %j', (Address, source) => {
		expect(rowOf({ Address }).source).toEqual(source);
	});

	it.each<[Vendor, Vendor | undefined]>([
		[{ firstName: 'Ann', lastName: 'Example' }, { full_name: 'Ann Example' }],
		[{ firstName: 'Ann' }, { full_name: 'Ann' }],
		[{ lastName: 'Example', firstName: ' ' }, { full_name: 'Example' }],
		[{ firstName: '' }, undefined],
	])('has the names of the user %j without blanks beside them', (safeUser, user) => {
		expect(rowOf({ Action: 'Logged in' }, safeUser).user).toEqual(user);
	});

	it('keeps a member of the user whose text is only the end of one field and the beginning of the next', () => {
		const row = rowOf({ Action: 'User created', Details: 'by policy' }, { nick: 'createdby', team: 'by policy' });
		expect(row.safe_one?.audit).toMatchObject({ user_nick: 'createdby' });
		expect(row.safe_one?.audit).not.toHaveProperty('user_team');
	});
});
