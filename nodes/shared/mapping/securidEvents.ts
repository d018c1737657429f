import { isIP } from '../core/ip';
import { formatUtc, parseTime } from '../core/time';
import { type EventFacts, readableTime, readValues, reasonIn } from './facts';
import { KINDS, type Kind } from './kinds.table';
import { resultOutcome, SECURID_SOURCE } from './securid';
import { SECURID_SYSTEM_EVENTS, SECURID_SYSTEM_MEMBERS, SECURID_SYSTEM_WORDS, type SystemEventRow } from './securidSystem.table';
import { SECURID_USER_EVENTS, SECURID_USER_MEMBERS, SECURID_USER_WORDS, type UserEventRow } from './securidUser.table';
import { cleanText, slug, text } from './text';
import type { Outcome, Severity, SimplifiedEvent } from './types';

type Vendor = Record<string, unknown>;

/** The logs that are told apart by event codes. */
export type CodedLog = 'user' | 'system';

const TABLES = {
	user: { rows: SECURID_USER_EVENTS as ReadonlyMap<string, UserEventRow>, members: new Map(Object.entries(SECURID_USER_MEMBERS)) },
	system: { rows: SECURID_SYSTEM_EVENTS as ReadonlyMap<string, SystemEventRow>, members: new Map(Object.entries(SECURID_SYSTEM_MEMBERS)) },
} as const;

interface Classified {
	kind: Kind;
	category: string;
	outcome: Outcome;
	severity: Severity;
	action: string | null;
	row?: UserEventRow | SystemEventRow;
}

/** What the tables say of a user or system event. Total: never throws, whatever the members hold. */
export function classifyCoded(log: CodedLog, event: Vendor): Classified {
	const code = codeOf(event);
	const row = TABLES[log].rows.get(code);
	const kind = row?.kind ?? wordedKind(log, event);
	const outcome = outcomeOf(event, row);
	const severity = row?.severity ?? (outcome === 'failure' || levelOf(event) === 'error' ? 'low' : 'info');
	const action = row ? slug(`${row.group} ${row.meaning}`) : code ? `${log}-event-${slug(code)}` : null;
	return { kind, category: KINDS[kind].category[0], outcome, severity, action, row };
}

/** The code without leading zeros: the vendor's page writes 02, clients show 2. */
function codeOf({ eventCode }: Vendor): string {
	return (cleanText(eventCode) ?? '').replace(/^0+(?=\d)/, '').slice(0, 50);
}

function levelOf({ eventLevel }: Vendor): string | undefined {
	return cleanText(eventLevel)?.toLowerCase();
}

function wordedKind(log: CodedLog, event: Vendor): Kind {
	const { words, member, otherwise } = {
		user: { words: SECURID_USER_WORDS, member: event.eventDescription, otherwise: 'authenticationOther' as const },
		system: { words: SECURID_SYSTEM_WORDS, member: event.eventCategory, otherwise: 'other' as const },
	}[log];
	const said = (text(member) ?? '').slice(0, 1_000);
	return words.find(({ pattern }) => pattern.test(said))?.kind ?? otherwise;
}

/**
 * Of a known code: the table's word, else the level that the event has, or has in the table. Of an unknown code: the description where it says so, failure
 * words first, since some texts hold both; then level; then a `result`, should a log have one. Levels mean success and failure (documented).
 */
function outcomeOf(event: Vendor, row?: UserEventRow | SystemEventRow): Outcome {
	const fixed = row && 'outcome' in row ? row.outcome : undefined;
	if (fixed) return fixed;
	const said = row ? '' : (text(event.eventDescription) ?? '').slice(0, 1_000);
	if (/failed|unsuccessful|denied/i.test(said)) return 'failure';
	if (/succeeded/i.test(said)) return 'success';
	const level = levelOf(event);
	if (level === 'error') return 'failure';
	if (level === 'notice') return 'success';
	if (cleanText(event.result)) return resultOutcome(event.result);
	if (row && level === undefined) return row.level === 'error' ? 'failure' : 'success';
	return 'unknown';
}

/** The ten flat fields of a user or system event. Total: never throws. */
export function simplifyCoded(log: CodedLog, event: Vendor): SimplifiedEvent {
	const { kind, category, outcome, severity, action } = classifyCoded(log, event);
	const ms = parseTime(event.eventLogDate);
	const address = text(event.sourceIPAddress);
	const actor = text(event.userId);
	return {
		eventId: text(event.eventId),
		eventTime: ms === undefined ? text(event.eventLogDate) : formatUtc(ms),
		action,
		category,
		outcome,
		severity,
		actor,
		sourceIp: address && isIP(address) ? address : null,
		// What is changed is the user's own account.
		target: text(event.targetObject1Name) ?? (KINDS[kind].ocsf === 3001 ? actor : null),
		message: text(event.eventDescription) ?? text(event.message),
	};
}

/** What is known of a user or system event, for ECS and OCSF. Total: never throws. */
export function securIdCodedFacts(log: CodedLog, event: Vendor): EventFacts {
	const { kind, action, row } = classifyCoded(log, event);
	const { members } = TABLES[log];
	const simple = simplifyCoded(log, event);
	const values = readValues(event, members);
	values.reason ??= reasonIn(values.message, /(?:failed|unsuccessful|denied) [-–] (.+?)\.?$/i);
	if (simple.target) values.targetName ??= cleanText(simple.target) ?? undefined;
	const { factor, protocol } = row && 'outcome' in row ? row : {};
	return {
		source: { ...SECURID_SOURCE, log },
		simple,
		kind,
		action,
		timeMs: readableTime(event.eventLogDate),
		values: { ...values, targetType: values.targetType ?? row?.group },
		members,
		record: event,
		...{ factor, protocol, method: factor === undefined ? undefined : row?.group },
	};
}
