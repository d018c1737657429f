import { SECURID_USER_EVENTS } from '../../../nodes/shared/mapping/securidUser.table';
import { isPreset, securIdFilter } from '../../../nodes/shared/mapping/securidPresets';
import { SYSTEM_CODES, USER_CODES } from '../../simulators/tenant/eventCodes';

const event = (code: string, level = 'notice', description = '') => ({ eventCode: code, eventLevel: level, eventDescription: description });

/** Codes of the fake tenant's user log that a preset lets through. */
const through = (preset: string) =>
	USER_CODES.filter(({ code, level, description }) => securIdFilter('user', preset)(event(code, level, description))).map(({ code }) => code);

describe('the presets of the user log let through', () => {
	it.each([
		['deniedApprovals', ['703', '1503']],
		['lockedMethods', ['2', '3', '4', '35', '224', '21903']],
		['enrolments', ['101', '300', '707', '1507', '1512', '3000', '3002']],
	])('%s: %j', (preset, codes) => {
		expect(through(preset)).toEqual(codes);
	});

	it('failed authentications: what did not succeed, of every method, denied approvals among them', () => {
		const codes = through('failedAuthentications');
		expect(codes).toEqual(expect.arrayContaining(['31', '35', '38', '104', '105', '215', '224', '605', '702', '703', '935', '940', '1503', '20303', '20902']));
		for (const code of ['103', '201', '701', '901', '907', '20301', '20302', '101', '707', '3002', '1512', '2', '3']) expect(codes).not.toContain(code);
	});

	it('everything with all', () => {
		expect(through('all')).toHaveLength(USER_CODES.length);
	});

	it('every code of the vendor\'s pages by "all", and each denied one by its name', () => {
		for (const code of SECURID_USER_EVENTS.keys()) expect(securIdFilter('user', 'all')(event(code))).toBe(true);
		expect(['703', '1503', '1523'].every((code) => SECURID_USER_EVENTS.has(code))).toBe(true);
	});
});

it('the preset of the system log lets through what did not succeed', () => {
	const failures = SYSTEM_CODES.filter(({ code, level, description }) => securIdFilter('system', 'failures')(event(code, level, description)));
	expect(failures.map(({ code }) => code)).toEqual(['684', '2507']);
});

it.each<[string, string[], unknown, boolean]>([
	['the code as it is', ['703'], '703', true],
	['a code that is a number', ['703'], 703, true],
	['a code with the zero of the vendor\'s page', ['2'], '02', true],
	['a zero in what was entered', ['002'], '2', true],
	['blanks around it', [' 703 '], '703', true],
	['another code', ['703'], '7030', false],
	['no code', ['703'], undefined, false],
	['an event without a code, when zero is wanted', ['0'], null, false],
])('codes that were named: %s', (_label, wanted, eventCode, passes) => {
	expect(securIdFilter('user', 'custom', wanted)({ eventCode })).toBe(passes);
});

it('each log has its own presets', () => {
	expect(['all', 'signIns', 'failedSignIns', 'lockouts'].map((preset) => isPreset('admin', preset))).toEqual([true, true, true, true]);
	expect(isPreset('user', 'failedSignIns')).toBe(false);
	expect(isPreset('admin', 'failedAuthentications')).toBe(false);
	expect(isPreset('system', 'deniedApprovals')).toBe(false);
	for (const log of ['admin', 'user', 'system'] as const) {
		expect(isPreset(log, 'custom')).toBe(false);
		expect(isPreset(log, 'toString')).toBe(false);
	}
});
