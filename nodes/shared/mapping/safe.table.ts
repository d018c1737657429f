import type { Kind } from './kinds.table';
import type { Severity } from './types';

/** What an action text of SAFE's audit log means. First matching row wins. */
export interface ActionRow {
	pattern: RegExp;
	category: 'authentication' | 'iam' | 'configuration';
	severity: Severity;
}

/*
 * SAFE publishes no list of actions; its documentation names activities in prose (log in and out; integrations set up, updated, tested,
 * started, stopped; groups and risk scenarios created, updated, deleted; questionnaires updated). Matching is by keyword (assumed).
 */
export const SAFE_ACTIONS: readonly ActionRow[] = [
	{ pattern: /log\s?-?_?(in|out|off)\b|logged\s?(in|out)|sign\s?-?_?(in|out)|signed\s?(in|out)|authenticat/i, category: 'authentication', severity: 'info' },
	{ pattern: /\b(api\s?credential|api\s?key|token)/i, category: 'iam', severity: 'high' },
	{ pattern: /\b(user|role|permission|member)/i, category: 'iam', severity: 'medium' },
	{ pattern: /integration/i, category: 'configuration', severity: 'medium' },
	{ pattern: /delet|remov/i, category: 'configuration', severity: 'medium' },
	{ pattern: /group|risk\s?scenario|scenario|questionnaire/i, category: 'configuration', severity: 'low' },
];

/** For texts that match no row. */
export const SAFE_OTHER = { category: 'configuration', severity: 'info' } as const;

export const SAFE_FAILED = /fail|denied|unsuccessful|refused|invalid|rejected|incorrect|blocked/i;
export const SAFE_SUCCEEDED = /success|succeeded/i;

/** What kind of sign-in or sign-out an action of the category authentication is; first match wins. */
export const SAFE_SIGN_INS: ReadonlyArray<{ pattern: RegExp; kind: Kind }> = [
	{ pattern: /(log|logged|sign|signed)\s?(out|off)/i, kind: 'signOut' },
	{ pattern: /(log|logged|sign|signed)\s?in/i, kind: 'signIn' },
	{ pattern: /^/, kind: 'authenticationOther' },
];

/** Which of the three columns of SAFE_VERBS an action belongs to: accounts, what gives access, or other things; first match wins. */
export const SAFE_OBJECTS: ReadonlyArray<{ pattern: RegExp; column: 'account' | 'access' | 'thing'; name: string }> = [
	{ pattern: /api\s?credential|api\s?key|token/i, column: 'access', name: 'API credential' },
	{ pattern: /role|permission/i, column: 'access', name: 'Role' },
	{ pattern: /user|member/i, column: 'account', name: 'User' },
	{ pattern: /integration/i, column: 'thing', name: 'Integration' },
	{ pattern: /risk\s?scenario|scenario/i, column: 'thing', name: 'Risk scenario' },
	{ pattern: /questionnaire/i, column: 'thing', name: 'Questionnaire' },
	{ pattern: /group/i, column: 'thing', name: 'Group' },
];

/** What was done; first match wins. The verbs are those that SAFE's documentation uses in prose, and usual ones (assumed). */
export const SAFE_VERBS: ReadonlyArray<{ pattern: RegExp } & Record<'account' | 'access' | 'thing', Kind>> = [
	{ pattern: /delet|remov/i, account: 'accountDeleted', access: 'accessObjectDeleted', thing: 'deleted' },
	{ pattern: /stop|disabl|deactivat/i, account: 'accountDisabled', access: 'accessObjectChanged', thing: 'disabled' },
	{ pattern: /\bstart|enabl|activat/i, account: 'accountEnabled', access: 'accessObjectChanged', thing: 'enabled' },
	{ pattern: /updat|chang|edit|modif|renam|assign|revok|reset/i, account: 'accountChanged', access: 'accessObjectChanged', thing: 'changed' },
	{ pattern: /creat|\badd|set\s?up|generat|invit/i, account: 'accountCreated', access: 'accessObjectCreated', thing: 'created' },
	{ pattern: /test/i, account: 'usersOther', access: 'accessObjectOther', thing: 'operated' },
	{ pattern: /view|download|export/i, account: 'usersOther', access: 'accessObjectOther', thing: 'read' },
	{ pattern: /^/, account: 'usersOther', access: 'accessObjectOther', thing: 'other' },
];
