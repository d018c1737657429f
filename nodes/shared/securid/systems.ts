import { DAY_MS } from '../core/time';

/** What differs between SecurID's logs. */
export interface SecurIdLog {
	/** Below the API's base. */
	path: string;
	/** The member of an answer that holds the events; undefined: not public, the first list of records is taken. */
	listMember?: string;
	/** Whether a list of another name is taken when `listMember` is missing, because no answer of this log was ever published. */
	anyList: boolean;
	/** How long the vendor keeps events. */
	retentionDays: number;
	/** The permission that an OAuth client needs. */
	scope: string;
	/** As in messages: "the … log". */
	title: string;
}

/**
 * The three logs. Source: paths, parameters and retention of the admin and user log and the retention of the system log are documented,
 * `elements` is captured, `userEventLogExportEntries` and the permission of the system log are seen in vendor-staff code;
 * the end of the system log's path is inferred from the other two.
 */
export const SECURID_LOGS = {
	admin: {
		path: '/v1/adminlog/exportlogs',
		listMember: 'elements',
		anyList: false,
		retentionDays: 90,
		scope: 'rsa.audit.admin',
		title: 'admin',
	},
	user: {
		path: '/v1/usereventlog/exportlogs',
		listMember: 'userEventLogExportEntries',
		anyList: true,
		retentionDays: 40,
		scope: 'rsa.audit.user',
		title: 'user event',
	},
	system: {
		path: '/v1/systemlog/exportlogs',
		anyList: true,
		retentionDays: 90,
		scope: 'rsa.audit.system',
		title: 'system event',
	},
} as const satisfies Record<string, SecurIdLog>;

export type SecurIdLogName = keyof typeof SECURID_LOGS;

/** How long SecurID keeps the events of a log, in ms. */
export function retentionMs(log: SecurIdLogName): number {
	return SECURID_LOGS[log].retentionDays * DAY_MS;
}

/** Reads the value of the Log parameter; workflows saved before there was a choice mean the admin log. */
export function logNamed(value: unknown): SecurIdLogName {
	return typeof value === 'string' && Object.hasOwn(SECURID_LOGS, value) ? (value as SecurIdLogName) : 'admin';
}
