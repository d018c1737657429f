import type { Kind } from './kinds.table';
import { SECURID_USER_MEMBERS } from './securidUser.table';
import type { Fact, Severity } from './types';

/** What a code of the system event log means. */
export interface SystemEventRow {
	/** The vendor's category. */
	group: string;
	meaning: string;
	kind: Kind;
	level: 'notice' | 'error';
	severity: Severity;
}

type Row = [code: string, level: SystemEventRow['level'], group: string, kind: Kind, severity: Severity, meaning: string];

/*
 * Codes, levels and categories: the part of the vendor's page "System Event Monitor Messages" that is public (its beginning: documented).
 * https://community.rsa.com/t5/securid-cloud-authentication/system-event-monitor-messages-for-the-cloud-authentication/ta-p/623100
 * Other codes meet the rule for unknown codes in securidEvents.ts. Kinds and severities are this project's judgement.
 */
const ROWS: readonly Row[] = [
	['683', 'notice', 'My Authenticators', 'usersChanged', 'info', 'authenticator profile updated'],
	['684', 'error', 'My Authenticators', 'usersChanged', 'low', 'authenticator profile update failed'],
	['2501', 'notice', 'Identity Source Sync', 'usersChanged', 'info', 'email of a user changed'],
	['2502', 'notice', 'Identity Source Sync', 'usersEnabled', 'info', 'users enabled again'],
	['2503', 'notice', 'Identity Source Sync', 'usersDisabled', 'low', 'users disabled in the directory'],
	['2504', 'notice', 'Identity Source Sync', 'usersDisabled', 'low', 'users gone from the directory'],
	['2505', 'notice', 'Identity Source Sync', 'usersOther', 'info', 'synchronization completed'],
	['2506', 'notice', 'Identity Source Sync', 'usersOther', 'low', 'synchronization cancelled'],
	['2507', 'error', 'Identity Source Sync', 'usersOther', 'medium', 'synchronization failed'],
	['2508', 'notice', 'Identity Source Sync', 'usersOther', 'low', 'users without unique identifiers'],
	['2510', 'notice', 'User Management', 'usersDeleted', 'low', 'user removed'],
	['2512', 'notice', 'Hardware Authenticator', 'accessObjectCreated', 'low', 'hardware authenticators imported'],
	['2513', 'error', 'Hardware Authenticator', 'accessObjectCreated', 'low', 'import of hardware authenticators timed out'],
];

export const SECURID_SYSTEM_EVENTS: ReadonlyMap<string, SystemEventRow> = new Map(
	ROWS.map(([code, level, group, kind, severity, meaning]) => [code, { level, group, kind, severity, meaning }]),
);

/** Words of `eventCategory` that tell the kind of a code that has no row; first match wins, else it is `other`. Categories as in the rows (documented). */
export const SECURID_SYSTEM_WORDS: ReadonlyArray<{ pattern: RegExp; kind: Kind }> = [
	{ pattern: /identity source|user management|my authenticators/i, kind: 'usersOther' },
	{ pattern: /authenticator|token|key|certificate/i, kind: 'accessObjectOther' },
];

/** The members of a system event are not public; those of the user log, and the admin log's names for the same things, are looked for (assumed). */
export const SECURID_SYSTEM_MEMBERS: Readonly<Record<string, Fact>> = {
	...SECURID_USER_MEMBERS,
	serverURL: 'serverUrl',
	customerId: 'organizationId',
	message: 'message',
	result: 'result',
	targetObject1Id: 'targetId',
	targetObject1Name: 'targetName',
	targetObject1Type: 'targetType',
};
