import fc, { type Arbitrary } from 'fast-check';
import { parseLosslessJson } from '../../../nodes/shared/core/losslessJson';
import {
	classifySecurId,
	eventFilter,
	securIdTimeMs,
	simplifySecurId,
} from '../../../nodes/shared/mapping/securid';
import { SECURID_ACTIVITIES } from '../../../nodes/shared/mapping/securid.table';
import { SEVERITIES } from '../../../nodes/shared/mapping/types';
import captureSimplified from '../../fixtures/securid/capture-shape.simplified.json';
import captureVendor from '../../fixtures/securid/capture-shape.vendor.json';
import seedSimplified from '../../fixtures/securid/seed-example.simplified.json';
import seedVendor from '../../fixtures/securid/seed-example.vendor.json';
import { forAll, generated } from '../generated';

const RUNS = 3_000;
const FIELDS = [
	'eventId',
	'eventTime',
	'action',
	'category',
	'outcome',
	'severity',
	'actor',
	'sourceIp',
	'target',
	'message',
];

type Event = Record<string, unknown>;

describe('publishing', () => {
	it.each([
		['published to identity routers (result SUCCESS) and to the cloud service (result SUCCESS)', 'success', 'low'],
		['published to identity routers (result FAILURE) and to the cloud service (result SUCCESS)', 'failure', 'medium'],
		['published to identity routers (result SUCCESS) and to the cloud service (result FAIL)', 'failure', 'medium'],
	])('that says "%s" is a %s of severity %s', (message, outcome, severity) => {
		const event = { activityKey: 'PUBLISH', result: 'SUCCESS', message };
		expect(classifySecurId(event)).toEqual({ category: 'configuration', outcome, severity });
	});
});

describe('golden pairs', () => {
	it("the vendor's example comes out field for field", () => {
		expect(seedVendor.map(simplifySecurId)).toEqual(seedSimplified);
	});

	it('the recorded shape comes out field for field', () => {
		expect(captureVendor.map(simplifySecurId)).toEqual(captureSimplified);
	});
});

describe('the outcome', () => {
	it.each([
		['FAIL', 'failure'],
		['FAILURE', 'failure'],
		['FAILED', 'failure'],
		['fail', 'failure'],
		[' Failure ', 'failure'],
		['SUCCESS', 'success'],
		['Success', 'success'],
		['SUCCESSFUL', 'success'],
		['PARTIAL', 'unknown'],
		['UNSUCCESSFUL', 'unknown'],
		['', 'unknown'],
		[null, 'unknown'],
		[undefined, 'unknown'],
		[false, 'unknown'],
		[0, 'unknown'],
		[{}, 'unknown'],
	])('of result %j is %s', (result, outcome) => {
		expect(classifySecurId({ activityKey: 'EDIT_POLICY', result }).outcome).toBe(outcome);
	});

	it.each([
		['SIGNIN_FAILURE', 'failure'],
		['SIGNIN_SUCCESS', 'success'],
		['SIGNOUT', 'unknown'],
		['LOCKED_ADMIN_ACCOUNT', 'unknown'],
	])('of %s without a result is %s', (activityKey, outcome) => {
		expect(classifySecurId({ activityKey }).outcome).toBe(outcome);
	});
});

describe('the severity', () => {
	it('of a lockout is high, though its result says SUCCESS', () => {
		expect(classifySecurId({ activityKey: 'LOCKED_ADMIN_ACCOUNT', result: 'SUCCESS' })).toEqual({
			category: 'iam',
			severity: 'high',
			outcome: 'success',
		});
	});

	it.each(['SUCCESS', 'FAIL', undefined])(
		'of a known activity stands whatever the result says (%s)',
		(result) => {
			for (const [activityKey, { category, severity }] of SECURID_ACTIVITIES) {
				expect(classifySecurId({ activityKey, result })).toMatchObject({ category, severity });
			}
		},
	);

	it('does not depend on the letters of the key', () => {
		expect(classifySecurId({ activityKey: ' locked_admin_account ' })).toMatchObject({
			category: 'iam',
			severity: 'high',
		});
	});

	it.each([
		['DELETE_WIDGET', 'configuration', 'medium'],
		['DISABLE_WIDGET', 'configuration', 'medium'],
		['RESET_WIDGET', 'configuration', 'medium'],
		['ADD_WIDGET', 'configuration', 'low'],
		['EDIT_WIDGET', 'configuration', 'low'],
		['ENABLE_WIDGET', 'configuration', 'low'],
		['VIEW_WIDGET', 'configuration', 'info'],
		['TEST_WIDGET', 'configuration', 'info'],
		['DOWNLOAD_WIDGET', 'configuration', 'info'],
		['WIDGET_EXPLODED', 'configuration', 'low'],
		['', 'configuration', 'low'],
		['ADD_API_KEY', 'iam', 'medium'],
		['VIEW_ADMIN_API_KEY', 'iam', 'medium'],
		['DOWNLOAD_TOKEN', 'iam', 'medium'],
		['EDIT_ADMIN_USER_ROLE', 'iam', 'medium'],
		['TEST_CERTIFICATE', 'iam', 'medium'],
		['SIGNING_CERTIFICATE_UPLOADED', 'iam', 'medium'],
		['SIGNIN_REMEMBERED', 'authentication', 'low'],
		['SIGNOUT_FORCED', 'authentication', 'low'],
	])('of the unknown key "%s" goes by its words: %s, %s', (activityKey, category, severity) => {
		expect(classifySecurId({ activityKey })).toMatchObject({ category, severity });
	});

	it.each([
		['VIEW_WIDGET', 'low'],
		['ADD_WIDGET', 'medium'],
		['DELETE_WIDGET', 'high'],
	])('of the unknown key %s is one step higher when it failed', (activityKey, severity) => {
		expect(classifySecurId({ activityKey, result: 'FAIL' }).severity).toBe(severity);
	});

	it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
		'of the key %s is that of any unknown one',
		(activityKey) => {
			expect(classifySecurId({ activityKey })).toEqual({
				category: 'configuration',
				severity: 'low',
				outcome: 'unknown',
			});
		},
	);
});

describe('the address', () => {
	it.each([
		['198.51.100.7', '198.51.100.7'],
		['2001:db8::1', '2001:db8::1'],
		['198.51.100.777', null],
		['198.51.100.07', null],
		['unknown', null],
		['198.51.100.7, 203.0.113.9', null],
		['<script>', null],
		['', null],
		[null, null],
		[7, null],
	])('%j comes out as %j', (sourceIPAddress, sourceIp) => {
		expect(simplifySecurId({ sourceIPAddress }).sourceIp).toBe(sourceIp);
	});
});

describe('the target', () => {
	it.each<[string, Event, string | null]>([
		[
			'the named object',
			{ targetObject1Name: 'policy-7', message: 'Admin a unlocked admin user b' },
			'policy-7',
		],
		['an object named by a number', { targetObject1Name: 7 }, '7'],
		[
			'the account in the message',
			{ activityKey: 'UNLOCK_ADMIN_USER', message: 'Admin a unlocked admin user b@example.com' },
			'b@example.com',
		],
		[
			'the locked administrator itself',
			{ activityKey: 'LOCKED_ADMIN_ACCOUNT', adminUserName: 'b@example.com' },
			'b@example.com',
		],
		[
			'nobody',
			{ activityKey: 'SIGNOUT', adminUserName: 'a@example.com', message: 'Admin a signed out' },
			null,
		],
		['nobody for empty members', { targetObject1Name: '', message: '' }, null],
	])('is %s', (_label, event, target) => {
		expect(simplifySecurId(event).target).toBe(target);
	});
});

describe('the time', () => {
	it.each<[string, unknown, string | null]>([
		['the documented form', '2018-05-13T16:29:59.000 UTC', '2018-05-13T16:29:59.000Z'],
		['the captured form', '2025-10-15T15:14:46.325Z', '2025-10-15T15:14:46.325Z'],
		['an offset', '2025-10-15T17:14:46.325+0200', '2025-10-15T15:14:46.325Z'],
		['a text that is no time, kept as it is', 'yesterday', 'yesterday'],
		['none', undefined, null],
	])('is read in %s', (_label, eventLogDate, eventTime) => {
		expect(simplifySecurId({ eventLogDate }).eventTime).toBe(eventTime);
	});

	it('in ms is undefined when it cannot be read', () => {
		expect(securIdTimeMs({ eventLogDate: '2025-10-15T15:14:46.325Z' })).toBe(1_760_541_286_325);
		expect(securIdTimeMs({ eventLogDate: 'yesterday' })).toBeUndefined();
		expect(securIdTimeMs({})).toBeUndefined();
	});
});

describe('the Events parameter', () => {
	const names = (keep: (event: Event) => boolean) =>
		captureVendor.filter(keep).map(({ activityKey }) => activityKey);
	const count = (preset: string, keys?: string[]) => names(eventFilter(preset, keys)).length;

	it('lets everything through as "all"', () => {
		expect(count('all')).toBe(20);
		expect(eventFilter('all')({})).toBe(true);
	});

	it('lets sign-ins, second factors and sign-outs through as "signIns"', () => {
		expect(new Set(names(eventFilter('signIns')))).toEqual(
			new Set(['SIGNIN_SUCCESS', 'SIGNOUT', 'SIGNIN_FAILURE']),
		);
		expect(eventFilter('signIns')({ activityKey: 'SIGNIN_ADDITIONAL_AUTHENTICATION_REQUESTED' })).toBe(true);
	});

	it('lets sign-ins that failed through as "failedSignIns"', () => {
		expect(new Set(names(eventFilter('failedSignIns')))).toEqual(new Set(['SIGNIN_FAILURE']));
		expect(count('failedSignIns')).toBe(6);
		expect(eventFilter('failedSignIns')({ activityKey: 'SIGNIN_FAILURE' })).toBe(true);
		expect(eventFilter('failedSignIns')({ activityKey: 'SIGNIN_WITH_FIDO', result: 'FAILURE' })).toBe(true);
		expect(eventFilter('failedSignIns')({ activityKey: 'EDIT_POLICY', result: 'FAIL' })).toBe(false);
	});

	it('lets locked and unlocked accounts through as "lockouts"', () => {
		expect(names(eventFilter('lockouts'))).toEqual([
			'UNLOCK_ADMIN_USER',
			'LOCKED_ADMIN_ACCOUNT',
			'UNLOCK_ADMIN_USER',
			'LOCKED_ADMIN_ACCOUNT',
		]);
		expect(eventFilter('lockouts')({ activityKey: 'UNLOCKED_ADMIN_ACCOUNT' })).toBe(true);
		expect(eventFilter('lockouts')({ activityKey: 'LOCKED_ADMIN_ACCOUNT_2' })).toBe(false);
	});

	it.each(['signIns', 'failedSignIns'])('does not take a signing key for a sign-in (%s)', (preset) => {
		expect(eventFilter(preset)({ activityKey: 'SIGNING_KEY_ROTATED', result: 'FAIL' })).toBe(false);
	});

	it('lets the named keys through as "custom", in any letters', () => {
		expect(count('custom', ['signout', 'UNLOCK_ADMIN_USER'])).toBe(7);
		expect(count('custom', [])).toBe(0);
	});
});

/** Whatever JSON may hold, and worse: texts of any size, long numbers, nested things, names of object members. */
const nasty: Arbitrary<unknown> = fc.oneof(
	fc.jsonValue(),
	fc.anything({ withBigInt: true, withDate: true, withNullPrototype: true, withMap: true }),
	fc.constantFrom<unknown>(
		null,
		undefined,
		'',
		' ',
		Number.NaN,
		Number.POSITIVE_INFINITY,
		-0,
		10n ** 30n,
		Symbol('x'),
		() => 'x',
		'x'.repeat(100_000),
		'\u0000\u202E\uD800',
		{ toString: 1, valueOf: 2 },
		{ toString: null },
		{ toJSON: 'x' },
		{ nested: { id: 1n } },
		Object.create(null),
		'FAIL',
		'LOCKED_ADMIN_ACCOUNT',
		'9999-99-99T99:99:99.999Z',
		'+275760-09-13T00:00:00.001Z',
		8.64e15,
	),
);
const members = [
	'eventId',
	'eventLogDate',
	'activityKey',
	'result',
	'adminUserName',
	'sourceIPAddress',
	'targetObject1Name',
	'message',
	'__proto__',
	'toString',
];

function expectTenFields(event: Event): void {
	const simple = simplifySecurId(event);
	expect(Object.keys(simple)).toEqual(FIELDS);
	const { category, outcome, severity, ...texts } = simple;
	expect(['authentication', 'iam', 'configuration']).toContain(category);
	expect(['success', 'failure', 'unknown']).toContain(outcome);
	expect(SEVERITIES).toContain(severity);
	for (const value of Object.values(texts))
		expect(value === null || (typeof value === 'string' && value !== '')).toBe(true);
	expect(() => JSON.stringify(simple)).not.toThrow();
	for (const preset of ['all', 'signIns', 'failedSignIns', 'lockouts', 'custom', 'nonsense'])
		expect(() => eventFilter(preset, ['A'])(event)).not.toThrow();
	expect(() => securIdTimeMs(event)).not.toThrow();
}

describe('any event', () => {
	it(`comes out with exactly the ten fields and never throws (${generated(RUNS)})`, async () => {
		const event = fc.dictionary(fc.oneof(fc.constantFrom(...members), fc.string()), nasty, {
			noNullPrototype: true,
		});
		await forAll(RUNS, event, expectTenFields);
	});

	it.each(members)('comes out so, too, when %s is nested beyond all measure', (member) => {
		const deep: unknown = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
		expectTenFields({ ...captureVendor[0], [member]: deep });
	});

	it('comes out so from hostile JSON', () => {
		const source =
			'{"activityKey":{"toString":1,"valueOf":2},"result":{"toString":{}},"eventLogDate":{"toString":"x"},"__proto__":{"message":"x"}}';
		expectTenFields(parseLosslessJson(source) as Event);
	});

	it('shows a member that is a list or an object as JSON', () => {
		expect(simplifySecurId({ message: { a: [1] } }).message).toBe('{"a":[1]}');
	});
});
