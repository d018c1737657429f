import { splitAddress } from '../core/ip';
import { formatUtc, parseTime } from '../core/time';
import { emailOf, type EventFacts, readableTime, readValues } from './facts';
import type { Kind } from './kinds.table';
import { SAFE_ACTIONS, SAFE_FAILED, SAFE_OBJECTS, SAFE_OTHER, SAFE_SIGN_INS, SAFE_SUCCEEDED, SAFE_VERBS } from './safe.table';
import { cleanText, slug } from './text';
import type { Fact, Outcome, Severity, SimplifiedEvent } from './types';

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

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * What is known of a SAFE audit row, for ECS and OCSF. Users stand in the row by UUID, e-mail or name (the documentation says the first two).
 * In: as `simplifySafe`, and the SAFE user of the row, null when it is not listed. Total: never throws.
 */
export function safeFacts(
	eventId: string,
	record: Record<string, string>,
	columns: SafeColumns,
	timezone: string,
	safeUser?: Record<string, unknown> | null,
): EventFacts {
	const simple = simplifySafe(eventId, record, columns, timezone);
	const { time, user, action, address, message, target } = columns;
	const userFact: Fact = UUID.test(simple.actor ?? '') ? 'userId' : 'userName';
	const members = new Map<string, Fact>();
	for (const [column, fact] of [[time, 'time'], [user, userFact], [action, 'action'], [message, 'message'], [target, 'targetName']] as const) {
		if (column !== undefined) members.set(column, fact);
	}
	const values = readValues(record, members);
	const at = splitAddress(cleanText(address === undefined ? null : record[address]) ?? '');
	if (address !== undefined && at) members.set(address, 'sourceIp');
	const words = `${simple.action ?? ''} ${simple.message ?? ''}`.replace(/[_-]+/g, ' ').slice(0, 1_000);
	const object = SAFE_OBJECTS.find(({ pattern }) => pattern.test(words));
	return {
		source: { module: 'safe_one', log: 'audit', vendor: 'SAFE', product: 'SAFE One' },
		simple,
		kind: kindOf(simple.category, words, object?.column ?? 'thing'),
		action: slug(simple.action ?? '') || null,
		timeMs: readableTime(values.time, timezone),
		values: {
			...values,
			...{ id: eventId, message: cleanText(simple.message) ?? undefined, targetType: object?.name },
			...(at ? { sourceIp: at.ip, sourcePort: portOf(at.port) } : {}),
			...userValues(safeUser, values),
		},
		members,
		record,
		enrichment: safeUser ?? undefined,
	};
}

function kindOf(category: string, words: string, column: 'account' | 'access' | 'thing'): Kind {
	if (category === 'authentication') return SAFE_SIGN_INS.find(({ pattern }) => pattern.test(words))?.kind ?? 'authenticationOther';
	return SAFE_VERBS.find(({ pattern }) => pattern.test(words))?.[column] ?? 'other';
}

function portOf(port: number | undefined): string | undefined {
	return port !== undefined && port <= 65_535 ? String(port) : undefined;
}

/** The user that was looked up, over what the row says of it. */
function userValues(user: Record<string, unknown> | null | undefined, { userName }: Partial<Record<Fact, string>>): Partial<Record<Fact, string>> {
	if (!user) return {};
	const email = emailOf(cleanText(user.emailId));
	const fullName = [cleanText(user.firstName), cleanText(user.lastName)].filter(Boolean).join(' ');
	const found = {
		userId: cleanText(user.uuid),
		userEmail: email,
		// People sign in to SAFE with their e-mail address; rules of SIEMs look for user.name.
		userName: userName ?? email,
		userFullName: fullName,
		userRole: cleanText(user.role),
	};
	return Object.fromEntries(Object.entries(found).filter(([, value]) => Boolean(value)));
}

function timeOf(text: string | null, timezone: string): string | null {
	const ms = parseTime(text, timezone);
	return ms === undefined ? text : formatUtc(ms);
}
