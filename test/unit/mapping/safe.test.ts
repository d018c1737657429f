import fc from 'fast-check';
import { classifySafe, type SafeColumns, simplifySafe } from '../../../nodes/shared/mapping/safe';
import { SEVERITIES } from '../../../nodes/shared/mapping/types';
import { forAll, generated } from '../generated';

const RUNS = 2_000;
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

describe('an action that the documentation names', () => {
	it.each([
		['User login', 'authentication', 'info'],
		['Logged in', 'authentication', 'info'],
		['Application logout', 'authentication', 'info'],
		['LOGGED_OUT', 'authentication', 'info'],
		['ADD_USER', 'iam', 'medium'],
		['API_KEY_DELETED', 'iam', 'high'],
		['API__KEY_DELETED', 'iam', 'high'],
		['Sign-in via SSO', 'authentication', 'info'],
		['Signed out', 'authentication', 'info'],
		['Integration created', 'configuration', 'medium'],
		['Updated integration AWS', 'configuration', 'medium'],
		['Integration tested', 'configuration', 'medium'],
		['Started synchronization of integration', 'configuration', 'medium'],
		['Group created', 'configuration', 'low'],
		['Group updated', 'configuration', 'low'],
		['Group deleted', 'configuration', 'medium'],
		['Risk scenario updated', 'configuration', 'low'],
		['Risk scenario deleted', 'configuration', 'medium'],
		['Questionnaire updated', 'configuration', 'low'],
		['User created', 'iam', 'medium'],
		['Role changed', 'iam', 'medium'],
		['API credential created', 'iam', 'high'],
		['API key deleted', 'iam', 'high'],
		['Something else', 'configuration', 'info'],
		['Catalog updated', 'configuration', 'info'],
		['', 'configuration', 'info'],
	])('"%s" is %s, %s', (text, category, severity) => {
		expect(classifySafe(text)).toMatchObject({ category, severity });
	});
});

describe('the outcome', () => {
	it.each([
		['Login failed', 'failure'],
		['Login failure', 'failure'],
		['Access denied', 'failure'],
		['Unsuccessful login', 'failure'],
		['Invalid password', 'failure'],
		['Login successful', 'success'],
		['Successfully deleted', 'success'],
		['Login succeeded', 'success'],
		['Login', 'unknown'],
		['', 'unknown'],
	])('of "%s" is %s', (text, outcome) => {
		expect(classifySafe(text).outcome).toBe(outcome);
	});

	it('makes a failure at least low and leaves what is higher', () => {
		expect(classifySafe('Login failed').severity).toBe('low');
		expect(classifySafe('API key creation failed').severity).toBe('high');
	});
});

const COLUMNS: SafeColumns = {
	time: 'Timestamp',
	user: 'User ID',
	action: 'Action',
	address: 'Source IP and Port',
	message: 'Details',
	target: 'Entity',
};

const ROW = {
	Timestamp: '2026-01-31 08:00:00',
	'User ID': '12345678-1234-1234-1234-123456789012',
	Action: 'Login failed',
	'Source IP and Port': '198.51.100.7:443',
	Details: ' Wrong password ',
	Entity: '',
};

describe('a row', () => {
	it('comes out with the ten fields', () => {
		expect(simplifySafe('id-1', ROW, COLUMNS, 'utc')).toEqual({
			eventId: 'id-1',
			eventTime: '2026-01-31T08:00:00.000Z',
			action: 'Login failed',
			category: 'authentication',
			outcome: 'failure',
			severity: 'low',
			actor: '12345678-1234-1234-1234-123456789012',
			sourceIp: '198.51.100.7',
			target: null,
			message: 'Wrong password',
		});
	});

	it('is timed in the zone that was chosen', () => {
		expect(simplifySafe('id', ROW, COLUMNS, 'Europe/Berlin').eventTime).toBe('2026-01-31T07:00:00.000Z');
	});

	it.each([
		['[2001:db8::1]:443', '2001:db8::1'],
		['198.51.100.7', '198.51.100.7'],
		['internal', null],
		['', null],
	])('has the address of "%s" without its port: %s', (address, sourceIp) => {
		expect(simplifySafe('id', { ...ROW, 'Source IP and Port': address }, COLUMNS, 'utc').sourceIp).toBe(
			sourceIp,
		);
	});

	it('keeps a time that cannot be read as it is', () => {
		expect(simplifySafe('id', { ...ROW, Timestamp: '31/01/2026 08:00' }, COLUMNS, 'utc').eventTime).toBe(
			'31/01/2026 08:00',
		);
		expect(simplifySafe('id', ROW, COLUMNS, 'Europe/Nowhere').eventTime).toBe('2026-01-31 08:00:00');
	});

	it('takes the action for the message where there is no other', () => {
		expect(simplifySafe('id', ROW, { action: 'Action' }, 'utc')).toMatchObject({
			action: 'Login failed',
			message: 'Login failed',
		});
	});

	it('is classified by its message, too', () => {
		expect(
			simplifySafe('id', { Action: 'Session', Details: 'User logged in, denied' }, COLUMNS, 'utc'),
		).toMatchObject({ category: 'authentication', outcome: 'failure' });
	});

	it('has empty fields for columns that were not found', () => {
		expect(simplifySafe('id', ROW, {}, 'utc')).toMatchObject({
			eventTime: null,
			action: null,
			actor: null,
			sourceIp: null,
			target: null,
			message: null,
		});
	});

	it(`comes out with exactly the ten fields, whatever its cells hold (${generated(RUNS)})`, async () => {
		const name = fc.constantFrom('Timestamp', 'Action', '__proto__', 'constructor', 'toString', 'missing');
		const cell = fc.oneof(
			fc.string({ unit: 'binary' }),
			fc.constantFrom('', ' ', '9999-99-99', '1526228999', 'x'.repeat(50_000), '[', '[:]:1', '101112.5'),
		);
		const columns = fc.record(
			{ time: name, user: name, action: name, address: name, message: name, target: name },
			{ requiredKeys: [] },
		);
		const row = fc.array(fc.tuple(name, cell)).map((cells) => Object.fromEntries(cells));
		await forAll(RUNS, fc.tuple(row, columns), ([record, found]) => {
			const simple = simplifySafe('id', record, found, 'utc');
			expect(Object.keys(simple)).toEqual(FIELDS);
			expect(SEVERITIES).toContain(simple.severity);
			for (const value of Object.values(simple))
				expect(value === null || typeof value === 'string').toBe(true);
		});
	});
});
