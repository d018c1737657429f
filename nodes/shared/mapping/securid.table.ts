import type { Severity } from './types';

/** What an activity of the SecurID admin log means. */
export interface ActivityRow {
	code: number;
	meaning: string;
	category: 'authentication' | 'iam' | 'configuration';
	severity: Severity;
}

type Row = [key: string, code: number, category: ActivityRow['category'], severity: Severity, meaning: string];

/*
 * One row per activity key. Keys and codes: vendor pages "Administration Log Messages" (documented), 80400 from the vendor's sample answer.
 * Categories are Elastic Common Schema's. Severities are this project's; the vendor's own alert rule calls a lockout medium, here it is high
 * (docs/decisions/0003-lockout-severity.md). Ranges 80323–80399, 80401–81402 and 82511–82562 are not public: such keys meet PREFIX_ROWS.
 */
const ROWS: Row[] = [
	['SIGNIN_SUCCESS', 80001, 'authentication', 'info', 'Administrator signed in'],
	['SIGNIN_FAILURE', 80002, 'authentication', 'low', 'Administrator failed to sign in'],
	['LOCKED_ADMIN_ACCOUNT', 80003, 'iam', 'high', 'System locked an administrator account'],
	['UNLOCKED_ADMIN_ACCOUNT', 80004, 'iam', 'low', 'System unlocked an administrator account'],
	['REQUESTED_PASSWORD_RESET', 80005, 'iam', 'medium', 'Administrator asked for a password reset'],
	['RESET_PASSWORD', 80006, 'iam', 'medium', 'Administrator reset the password'],
	['SIGNOUT', 80007, 'authentication', 'info', 'Administrator signed out'],
	['SIGNIN_ADDITIONAL_AUTHENTICATION_REQUESTED', 80008, 'authentication', 'info', 'Second factor was requested'],
	['PUBLISH', 80100, 'configuration', 'low', 'Changes were published'],
	['ADD_POLICY', 80200, 'configuration', 'medium', 'Access policy added'],
	['EDIT_POLICY', 80201, 'configuration', 'high', 'Access policy changed'],
	['DELETE_POLICY', 80202, 'configuration', 'high', 'Access policy deleted'],
	['LICENSE_EDIT_POLICY', 80203, 'configuration', 'medium', 'Policies changed after a licence change'],
	['ADD_IDR', 80300, 'configuration', 'medium', 'Identity router added'],
	['EDIT_IDR', 80301, 'configuration', 'medium', 'Identity router changed'],
	['DELETE_IDR', 80302, 'configuration', 'high', 'Identity router deleted'],
	['TEST_IDR', 80303, 'configuration', 'info', 'Identity router tested'],
	['REBOOT_IDR', 80304, 'configuration', 'low', 'Identity router rebooted'],
	['RESTART_IDR', 80305, 'configuration', 'low', 'Identity router restarted'],
	['APPLY_IDR_LOG_LEVEL', 80306, 'configuration', 'medium', 'Log level of an identity router changed'],
	['VIEW_IDR_LOG', 80307, 'configuration', 'info', 'Log of an identity router viewed'],
	['RESET_IDR_PASSWORD', 80308, 'configuration', 'high', 'Password of an identity router reset'],
	['UPDATE_IDR', 80309, 'configuration', 'low', 'Software of an identity router updated'],
	['DOWNLOAD_IDR_LOG', 80310, 'configuration', 'low', 'Log of an identity router downloaded'],
	['DOWNLOAD_IDR_IMAGE', 80311, 'configuration', 'low', 'Identity router image downloaded'],
	['ADD_CLUSTER', 80320, 'configuration', 'medium', 'Cluster added'],
	['EDIT_CLUSTER', 80321, 'configuration', 'medium', 'Cluster changed'],
	['DELETE_CLUSTER', 80322, 'configuration', 'high', 'Cluster deleted'],
	['ADD_ADMIN_API_KEY', 80400, 'iam', 'high', 'Administration API key added'],
	['ADD_ADMIN_USER', 82000, 'iam', 'high', 'Administrator added'],
	['EDIT_ADMIN_USER', 82001, 'iam', 'high', 'Administrator changed'],
	['DELETE_ADMIN_USER', 82002, 'iam', 'high', 'Administrator deleted'],
	['EDIT_ADMIN_USER_PROFILE', 82003, 'iam', 'low', 'Profile of an administrator changed'],
	['ENABLE_ADMIN_IDR_REST_API_ACCESS', 82004, 'iam', 'high', 'Router REST access granted'],
	['DISABLE_ADMIN_IDR_REST_API_ACCESS', 82005, 'iam', 'low', 'Router REST access removed'],
	['EDIT_ADMIN_IDR_REST_API_ACCESS', 82006, 'iam', 'medium', 'Router REST access changed'],
	['UNLOCK_ADMIN_USER', 82007, 'iam', 'medium', 'Administrator unlocked another administrator'],
	['ENABLE_SUPPORT_ADMIN', 82100, 'iam', 'high', 'Vendor support access opened'],
	['DISABLE_SUPPORT_ADMIN', 82101, 'iam', 'info', 'Vendor support access closed'],
	['EDIT_COMPANY_SETTINGS', 82200, 'configuration', 'medium', 'Company settings changed'],
	['DELETE_CERTIFICATE_CHAIN', 82201, 'configuration', 'high', 'Certificate chain deleted'],
	['ADD_APPLICATION', 82300, 'configuration', 'medium', 'Application added'],
	['EDIT_APPLICATION', 82301, 'configuration', 'medium', 'Application changed'],
	['DELETE_APPLICATION', 82302, 'configuration', 'medium', 'Application deleted'],
	['ADD_RADIUS_CLIENT', 82400, 'configuration', 'medium', 'RADIUS client added'],
	['EDIT_RADIUS_CLIENT', 82401, 'configuration', 'medium', 'RADIUS client changed'],
	['DELETE_RADIUS_CLIENT', 82402, 'configuration', 'medium', 'RADIUS client deleted'],
	['ADD_RELYING_PARTY', 82500, 'configuration', 'high', 'Relying party added'],
	['EDIT_RELYING_PARTY', 82501, 'configuration', 'high', 'Relying party changed'],
	['DELETE_RELYING_PARTY', 82502, 'configuration', 'medium', 'Relying party deleted'],
	['ADD_EPIC_RELYING_PARTY', 82510, 'configuration', 'medium', 'Relying party for Epic added'],
];

export const SECURID_ACTIVITIES: ReadonlyMap<string, ActivityRow> = new Map(
	ROWS.map(([key, code, category, severity, meaning]) => [key, { code, meaning, category, severity }]),
);

/** For keys that have no row, first match wins. Assumed from the vendor's naming; a key that matches nothing is low. */
export const SECURID_PREFIXES: ReadonlyArray<{ pattern: RegExp; category: ActivityRow['category']; severity: Severity }> = [
	{ pattern: /^SIGN(IN|OUT)(_|$)/, category: 'authentication', severity: 'low' },
	{ pattern: /KEY|TOKEN|ADMIN|CERTIFICATE/, category: 'iam', severity: 'medium' },
	{ pattern: /^(DELETE|DISABLE|RESET)_/, category: 'configuration', severity: 'medium' },
	{ pattern: /^(VIEW|TEST|DOWNLOAD)_/, category: 'configuration', severity: 'info' },
];

/** The presets of the Events parameter: which activity keys each lets through, and which of them only as failures. */
export const SECURID_PRESETS = {
	all: {},
	signIns: { keys: /^SIGN(IN|OUT)(_|$)/ },
	failedSignIns: { keys: /^SIGNIN(_|$)/, failuresOnly: true },
	lockouts: { keys: /^(LOCKED_ADMIN_ACCOUNT|UNLOCKED_ADMIN_ACCOUNT|UNLOCK_ADMIN_USER)$/ },
} as const satisfies Record<string, { keys?: RegExp; failuresOnly?: boolean }>;
