import { KINDS, type Kind } from './kinds.table';
import type { Fact, Severity } from './types';

/** What an activity of the SecurID admin log means. */
export interface ActivityRow {
	code: number;
	meaning: string;
	/** What it is in ECS and OCSF. */
	kind: Kind;
	/** ECS category of the kind. */
	category: 'authentication' | 'iam' | 'configuration';
	severity: Severity;
}

type Row = [key: string, code: number, kind: Kind, severity: Severity, meaning: string];

/*
 * One row per activity key. Keys and codes: vendor pages "Administration Log Messages" (documented), 80400 from the vendor's sample answer.
 * Kinds are explained in kinds.table.ts. Severities are this project's; the vendor's own alert rule calls a lockout medium, here it is high
 * (docs/decisions/0003-lockout-severity.md). Ranges 80323–80399, 80401–81402 and 82511–82562 are not public: such keys meet PREFIX_ROWS.
 */
const ROWS: Row[] = [
	['SIGNIN_SUCCESS', 80001, 'signIn', 'info', 'Administrator signed in'],
	['SIGNIN_FAILURE', 80002, 'signIn', 'low', 'Administrator failed to sign in'],
	['LOCKED_ADMIN_ACCOUNT', 80003, 'accountLocked', 'high', 'System locked an administrator account'],
	['UNLOCKED_ADMIN_ACCOUNT', 80004, 'accountUnlocked', 'low', 'System unlocked an administrator account'],
	['REQUESTED_PASSWORD_RESET', 80005, 'passwordResetAsked', 'medium', 'Administrator asked for a password reset'],
	['RESET_PASSWORD', 80006, 'passwordChanged', 'medium', 'Administrator reset the password'],
	['SIGNOUT', 80007, 'signOut', 'info', 'Administrator signed out'],
	['SIGNIN_ADDITIONAL_AUTHENTICATION_REQUESTED', 80008, 'challenge', 'info', 'Second factor was requested'],
	['PUBLISH', 80100, 'changed', 'low', 'Changes were published'],
	['ADD_POLICY', 80200, 'created', 'medium', 'Access policy added'],
	['EDIT_POLICY', 80201, 'changed', 'high', 'Access policy changed'],
	['DELETE_POLICY', 80202, 'deleted', 'high', 'Access policy deleted'],
	['LICENSE_EDIT_POLICY', 80203, 'changed', 'medium', 'Policies changed after a licence change'],
	['ADD_IDR', 80300, 'created', 'medium', 'Identity router added'],
	['EDIT_IDR', 80301, 'changed', 'medium', 'Identity router changed'],
	['DELETE_IDR', 80302, 'deleted', 'high', 'Identity router deleted'],
	['TEST_IDR', 80303, 'operated', 'info', 'Identity router tested'],
	['REBOOT_IDR', 80304, 'operated', 'low', 'Identity router rebooted'],
	['RESTART_IDR', 80305, 'operated', 'low', 'Identity router restarted'],
	['APPLY_IDR_LOG_LEVEL', 80306, 'changed', 'medium', 'Log level of an identity router changed'],
	['VIEW_IDR_LOG', 80307, 'read', 'info', 'Log of an identity router viewed'],
	['RESET_IDR_PASSWORD', 80308, 'changed', 'high', 'Password of an identity router reset'],
	['UPDATE_IDR', 80309, 'changed', 'low', 'Software of an identity router updated'],
	['DOWNLOAD_IDR_LOG', 80310, 'read', 'low', 'Log of an identity router downloaded'],
	['DOWNLOAD_IDR_IMAGE', 80311, 'read', 'low', 'Identity router image downloaded'],
	['ADD_CLUSTER', 80320, 'created', 'medium', 'Cluster added'],
	['EDIT_CLUSTER', 80321, 'changed', 'medium', 'Cluster changed'],
	['DELETE_CLUSTER', 80322, 'deleted', 'high', 'Cluster deleted'],
	['ADD_ADMIN_API_KEY', 80400, 'accessObjectCreated', 'high', 'Administration API key added'],
	['ADD_ADMIN_USER', 82000, 'adminCreated', 'high', 'Administrator added'],
	['EDIT_ADMIN_USER', 82001, 'adminChanged', 'high', 'Administrator changed'],
	['DELETE_ADMIN_USER', 82002, 'adminDeleted', 'high', 'Administrator deleted'],
	['EDIT_ADMIN_USER_PROFILE', 82003, 'adminChanged', 'low', 'Profile of an administrator changed'],
	['ENABLE_ADMIN_IDR_REST_API_ACCESS', 82004, 'adminChanged', 'high', 'Router REST access granted'],
	['DISABLE_ADMIN_IDR_REST_API_ACCESS', 82005, 'adminChanged', 'low', 'Router REST access removed'],
	['EDIT_ADMIN_IDR_REST_API_ACCESS', 82006, 'adminChanged', 'medium', 'Router REST access changed'],
	['UNLOCK_ADMIN_USER', 82007, 'accountUnlocked', 'medium', 'Administrator unlocked another administrator'],
	['ENABLE_SUPPORT_ADMIN', 82100, 'supportOpened', 'high', 'Vendor support access opened'],
	['DISABLE_SUPPORT_ADMIN', 82101, 'supportClosed', 'info', 'Vendor support access closed'],
	['EDIT_COMPANY_SETTINGS', 82200, 'changed', 'medium', 'Company settings changed'],
	['DELETE_CERTIFICATE_CHAIN', 82201, 'deleted', 'high', 'Certificate chain deleted'],
	['ADD_APPLICATION', 82300, 'created', 'medium', 'Application added'],
	['EDIT_APPLICATION', 82301, 'changed', 'medium', 'Application changed'],
	['DELETE_APPLICATION', 82302, 'deleted', 'medium', 'Application deleted'],
	['ADD_RADIUS_CLIENT', 82400, 'created', 'medium', 'RADIUS client added'],
	['EDIT_RADIUS_CLIENT', 82401, 'changed', 'medium', 'RADIUS client changed'],
	['DELETE_RADIUS_CLIENT', 82402, 'deleted', 'medium', 'RADIUS client deleted'],
	['ADD_RELYING_PARTY', 82500, 'created', 'high', 'Relying party added'],
	['EDIT_RELYING_PARTY', 82501, 'changed', 'high', 'Relying party changed'],
	['DELETE_RELYING_PARTY', 82502, 'deleted', 'medium', 'Relying party deleted'],
	['ADD_EPIC_RELYING_PARTY', 82510, 'created', 'medium', 'Relying party for Epic added'],
];

export const SECURID_ACTIVITIES: ReadonlyMap<string, ActivityRow> = new Map(
	ROWS.map(([key, code, kind, severity, meaning]) => [key, { code, meaning, kind, category: KINDS[kind].category[0], severity }]),
);

/** For keys that have no row, first match wins. Assumed from the vendor's naming; a key that matches nothing is low. */
export const SECURID_PREFIXES: ReadonlyArray<{ pattern: RegExp; category: ActivityRow['category']; severity: Severity }> = [
	{ pattern: /^SIGN(IN|OUT)(_|$)/, category: 'authentication', severity: 'low' },
	{ pattern: /KEY|TOKEN|ADMIN|CERTIFICATE/, category: 'iam', severity: 'medium' },
	{ pattern: /^(DELETE|DISABLE|RESET)_/, category: 'configuration', severity: 'medium' },
	{ pattern: /^(VIEW|TEST|DOWNLOAD)_/, category: 'configuration', severity: 'info' },
];

/** What the verb of a key that has no row says: of configuration, and of what gives access. First match wins; a key without a verb is `other`. */
export const SECURID_VERBS: ReadonlyArray<{ pattern: RegExp; kind: Kind; accessKind: Kind }> = [
	{ pattern: /^ADD_/, kind: 'created', accessKind: 'accessObjectCreated' },
	{ pattern: /^(EDIT|UPDATE|RESET|APPLY)_/, kind: 'changed', accessKind: 'accessObjectChanged' },
	{ pattern: /^DELETE_/, kind: 'deleted', accessKind: 'accessObjectDeleted' },
	{ pattern: /^ENABLE_/, kind: 'enabled', accessKind: 'accessObjectChanged' },
	{ pattern: /^DISABLE_/, kind: 'disabled', accessKind: 'accessObjectChanged' },
	{ pattern: /^(VIEW|DOWNLOAD)_/, kind: 'read', accessKind: 'accessObjectOther' },
	{ pattern: /^/, kind: 'other', accessKind: 'accessObjectOther' },
];

/** The members of an admin event (documented and captured) and what they tell; what is not named here is carried along under its own name. */
export const SECURID_ADMIN_MEMBERS: Readonly<Record<string, Fact>> = {
	eventId: 'id',
	eventLogDate: 'time',
	eventType: 'provider',
	serverURL: 'serverUrl',
	serverIPAddress: 'serverIp',
	application: 'application',
	customerId: 'organizationId',
	customerName: 'organizationName',
	sourceIPAddress: 'sourceIp',
	adminUserName: 'userName',
	adminUserRole: 'userRole',
	activityKey: 'action',
	activityCode: 'code',
	result: 'result',
	reasonKey: 'reason',
	message: 'message',
	targetObject1Id: 'targetId',
	targetObject1Name: 'targetName',
	targetObject1Type: 'targetType',
};

/** The presets of the Events parameter: which activity keys each lets through, and which of them only as failures. */
export const SECURID_PRESETS = {
	all: {},
	signIns: { keys: /^SIGN(IN|OUT)(_|$)/ },
	failedSignIns: { keys: /^SIGNIN(_|$)/, failuresOnly: true },
	lockouts: { keys: /^(LOCKED_ADMIN_ACCOUNT|UNLOCKED_ADMIN_ACCOUNT|UNLOCK_ADMIN_USER)$/ },
} as const satisfies Record<string, { keys?: RegExp; failuresOnly?: boolean }>;
