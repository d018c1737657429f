import { splitAddress } from '../core/ip';
import { formatUtc, parseTime } from '../core/time';
import { SAFE_ACTIONS, SAFE_FAILED, SAFE_OTHER, SAFE_SUCCEEDED } from './safe.table';
import type { Outcome, Severity, SimplifiedEvent } from './types';

/** The columns that a row's fields were found in; a field without a column is left empty. */
export interface SafeColumns {
	time?: string;
	user?: string;
	action?: string;
	address?: string;
	message?: string;
	target?: string;
}

/**
 * The ten flat fields of a SAFE audit row.
 * In: id and cells of the row, the columns found, the zone for times that name none. Total: never throws.
 */
export function simplifySafe(
	eventId: string,
	record: Record<string, string>,
	columns: SafeColumns,
	timezone: string,
): SimplifiedEvent {
	const cell = (column = '') => (Object.hasOwn(record, column) ? record[column].trim() || null : null);
	const action = cell(columns.action);
	const message = cell(columns.message) ?? action;
	return {
		eventId,
		eventTime: timeOf(cell(columns.time), timezone),
		action,
		...classifySafe(`${action ?? ''} ${message ?? ''}`),
		actor: cell(columns.user),
		sourceIp: splitAddress(cell(columns.address) ?? '')?.ip ?? null,
		target: cell(columns.target),
		message,
	};
}

/** Category, severity and outcome of an action text; a failure is at least low. */
export function classifySafe(text: string): { category: string; outcome: Outcome; severity: Severity } {
	// Constants are words, too: API_KEY_DELETED.
	const words = text.replace(/[_-]+/g, ' ');
	const { category, severity } = SAFE_ACTIONS.find(({ pattern }) => pattern.test(words)) ?? SAFE_OTHER;
	const outcome = SAFE_FAILED.test(text) ? 'failure' : SAFE_SUCCEEDED.test(text) ? 'success' : 'unknown';
	return { category, outcome, severity: outcome === 'failure' && severity === 'info' ? 'low' : severity };
}

function timeOf(text: string | null, timezone: string): string | null {
	const ms = parseTime(text, timezone);
	return ms === undefined ? text : formatUtc(ms);
}
