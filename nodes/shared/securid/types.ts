import { SECURID_LOGS, type SecurIdLog, type SecurIdLogName } from './systems';

/** A SecurID event as the vendor sent it, ids as strings, members in the vendor's order, nothing dropped. */
export type SecurIdEvent = Record<string, unknown> & { eventId?: string };

/** One page of an export, with the envelope's counts where it has them. */
export interface SecurIdPage {
	events: SecurIdEvent[];
	totalPages?: number;
	totalElements?: number;
	pageSize?: number;
	/** Of the answer. */
	characters?: number;
}

const ID_MEMBERS = ['eventId', 'targetObject1Id', 'targetObject2Id'] as const;

/**
 * Reads a parsed answer of a log.
 * In: JSON whose long integers are strings already (`parseLosslessJson`). Out: the page, or undefined when it holds no list of events.
 * Counts may be strings or missing (one client declares them as text; the public capture has `elements` alone). Ids become strings, small ones too.
 */
export function readPage(body: unknown, log: SecurIdLogName = 'admin'): SecurIdPage | undefined {
	if (typeof body !== 'object' || body === null) return undefined;
	const envelope = body as Record<string, unknown>;
	const list = listIn(envelope, SECURID_LOGS[log]);
	if (!list) return undefined;
	return {
		events: list.filter(isRecord).map(withTextIds),
		totalPages: count(envelope.totalPages),
		totalElements: count(envelope.totalElements),
		// A page of no size cannot be counted with; it is as good as none told.
		pageSize: count(envelope.pageSize) || undefined,
	};
}

/** Lists that answers of web services have beside, or in place of, what was asked for. */
const NO_EVENTS = /^_?(errors?|warnings?|messages|links)$/i;

/** A list of another name counts only when it holds records, or is empty beside a total that it is checked against: neither `errors: []` nor `errors: [{ … }]` may pass for a log. */
function listIn(envelope: Record<string, unknown>, { listMember, anyList }: SecurIdLog): unknown[] | undefined {
	const named = listMember === undefined ? undefined : envelope[listMember];
	if (Array.isArray(named)) return named;
	if (!anyList) return undefined;
	const lists = Object.entries(envelope).flatMap(([name, value]) => (Array.isArray(value) && !NO_EVENTS.test(name) ? [value as unknown[]] : []));
	const counted = count(envelope.totalElements) !== undefined;
	return lists.find((list) => list.length > 0 && list.every(isRecord)) ?? (counted ? lists.find((list) => list.length === 0) : undefined);
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function withTextIds(record: Record<string, unknown>): SecurIdEvent {
	const event: SecurIdEvent = { ...record } as SecurIdEvent;
	for (const member of ID_MEMBERS) {
		const value = event[member];
		if (typeof value === 'number' || typeof value === 'bigint') event[member] = String(value);
	}
	return event;
}

function count(value: unknown): number | undefined {
	const number = typeof value === 'string' && value.trim() ? Number(value) : value;
	return typeof number === 'number' && Number.isInteger(number) && number >= 0 ? number : undefined;
}
