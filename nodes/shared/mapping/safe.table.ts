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
