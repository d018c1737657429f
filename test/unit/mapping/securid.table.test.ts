import { SECURID_ACTIVITIES } from '../../../nodes/shared/mapping/securid.table';
import { SEVERITIES } from '../../../nodes/shared/mapping/types';

/**
 * Keys and codes of the vendor's pages "Administration Log Messages" (80400: of its sample answer), with the severities this project suggests.
 * LOCKED_ADMIN_ACCOUNT is high on purpose, where the vendor's own alert rule says medium (docs/decisions/0003-lockout-severity.md).
 */
const DOCUMENTED: Array<[key: string, code: number, severity: string]> = [
	['SIGNIN_SUCCESS', 80001, 'info'],
	['SIGNIN_FAILURE', 80002, 'low'],
	['LOCKED_ADMIN_ACCOUNT', 80003, 'high'],
	['UNLOCKED_ADMIN_ACCOUNT', 80004, 'low'],
	['REQUESTED_PASSWORD_RESET', 80005, 'medium'],
	['RESET_PASSWORD', 80006, 'medium'],
	['SIGNOUT', 80007, 'info'],
	['SIGNIN_ADDITIONAL_AUTHENTICATION_REQUESTED', 80008, 'info'],
	['PUBLISH', 80100, 'low'],
	['ADD_POLICY', 80200, 'medium'],
	['EDIT_POLICY', 80201, 'high'],
	['DELETE_POLICY', 80202, 'high'],
	['LICENSE_EDIT_POLICY', 80203, 'medium'],
	['ADD_IDR', 80300, 'medium'],
	['EDIT_IDR', 80301, 'medium'],
	['DELETE_IDR', 80302, 'high'],
	['TEST_IDR', 80303, 'info'],
	['REBOOT_IDR', 80304, 'low'],
	['RESTART_IDR', 80305, 'low'],
	['APPLY_IDR_LOG_LEVEL', 80306, 'medium'],
	['VIEW_IDR_LOG', 80307, 'info'],
	['RESET_IDR_PASSWORD', 80308, 'high'],
	['UPDATE_IDR', 80309, 'low'],
	['DOWNLOAD_IDR_LOG', 80310, 'low'],
	['DOWNLOAD_IDR_IMAGE', 80311, 'low'],
	['ADD_CLUSTER', 80320, 'medium'],
	['EDIT_CLUSTER', 80321, 'medium'],
	['DELETE_CLUSTER', 80322, 'high'],
	['ADD_ADMIN_API_KEY', 80400, 'high'],
	['ADD_ADMIN_USER', 82000, 'high'],
	['EDIT_ADMIN_USER', 82001, 'high'],
	['DELETE_ADMIN_USER', 82002, 'high'],
	['EDIT_ADMIN_USER_PROFILE', 82003, 'low'],
	['ENABLE_ADMIN_IDR_REST_API_ACCESS', 82004, 'high'],
	['DISABLE_ADMIN_IDR_REST_API_ACCESS', 82005, 'low'],
	['EDIT_ADMIN_IDR_REST_API_ACCESS', 82006, 'medium'],
	['UNLOCK_ADMIN_USER', 82007, 'medium'],
	['ENABLE_SUPPORT_ADMIN', 82100, 'high'],
	['DISABLE_SUPPORT_ADMIN', 82101, 'info'],
	['EDIT_COMPANY_SETTINGS', 82200, 'medium'],
	['DELETE_CERTIFICATE_CHAIN', 82201, 'high'],
	['ADD_APPLICATION', 82300, 'medium'],
	['EDIT_APPLICATION', 82301, 'medium'],
	['DELETE_APPLICATION', 82302, 'medium'],
	['ADD_RADIUS_CLIENT', 82400, 'medium'],
	['EDIT_RADIUS_CLIENT', 82401, 'medium'],
	['DELETE_RADIUS_CLIENT', 82402, 'medium'],
	['ADD_RELYING_PARTY', 82500, 'high'],
	['EDIT_RELYING_PARTY', 82501, 'high'],
	['DELETE_RELYING_PARTY', 82502, 'medium'],
	['ADD_EPIC_RELYING_PARTY', 82510, 'medium'],
];

/** Codes of sign-ins and sign-outs; all other events of 800xx change an account. */
const AUTHENTICATION = [80001, 80002, 80007, 80008];

function categoryOf(code: number): string {
	if (AUTHENTICATION.includes(code)) return 'authentication';
	const range = Math.floor(code / 100);
	return [800, 804, 820, 821].includes(range) ? 'iam' : 'configuration';
}

it('has a row for every documented activity and for no other', () => {
	expect([...SECURID_ACTIVITIES.keys()].sort()).toEqual(DOCUMENTED.map(([key]) => key).sort());
});

it.each(DOCUMENTED)('%s has code %s and is %s', (key, code, severity) => {
	expect(SECURID_ACTIVITIES.get(key)).toMatchObject({ code, severity, category: categoryOf(code) });
});

it('has no code twice, and a meaning and a known severity in each row', () => {
	const rows = [...SECURID_ACTIVITIES.values()];
	expect(new Set(rows.map(({ code }) => code)).size).toBe(rows.length);
	for (const { meaning, severity } of rows) {
		expect(meaning).toMatch(/^[A-Z].*[a-z]$/);
		expect(SEVERITIES).toContain(severity);
	}
});
