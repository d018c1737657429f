import type { Random } from '../random';
import { formatEventDate, newEventId, type DateForm } from './adminEvent';
import { SYSTEM_CODES, USER_CODES, type EventCode } from './eventCodes';
import { FOREIGN_ADDRESSES, HOSTILE_NAMES, OFFICE_ADDRESSES } from './names';

/** The logs whose events have codes. */
export type CodedLog = 'user' | 'system';

/**
 * One event of the user log: 23 members and `atMs`, which never leaves the simulator. Ids are decimal digits.
 * Source: reference/securid.md 6.3 (members seen in two clients; no real answer was ever published). That system events have the same members is assumed.
 */
export interface CodedEvent {
	atMs: number;
	eventId: string;
	eventLogDate: string;
	eventType: string;
	eventLevel: string;
	eventCategory: string;
	serverIPAddress: string;
	tenantId: string;
	customerName: string;
	userId: string | null;
	sourceIPAddress: string | null;
	eventCode: string;
	eventDescription: string;
	application: string | null;
	method: string;
	deviceName: string | null;
	deviceId: string | null;
	policyId: string | null;
	policyName: string | null;
	authenticationDetails: string | null;
	assuranceLevel: string | null;
	verboseFlag: boolean;
	userActivityId: string | null;
	transactionId: string | null;
}

/** The least one has to say of an event; what is left out is filled in plausibly. */
export type CodedEventDraft = Partial<CodedEvent> & Pick<CodedEvent, 'atMs' | 'eventCode'>;

const CODES: Readonly<Record<CodedLog, readonly EventCode[]>> = { user: USER_CODES, system: SYSTEM_CODES };

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const DAY_MS = 86_400_000;
/** More than a page holds, so that a page border splits it. */
export const CODED_TIE = 110;

/** Completes a draft. Unknown codes get a plain sentence and the level `notice`. Never fails. */
export function completeCodedEvent(log: CodedLog, draft: CodedEventDraft, random: Random, dateForm: DateForm): CodedEvent {
	const row = CODES[log].find(({ code }) => code === draft.eventCode);
	const mixed = random.chance(0.2) ? 'documented' : 'live';
	const byUser = log === 'user';
	const withDevice = byUser && random.chance(0.6);
	const withPolicy = byUser && random.chance(0.7);
	const complete: CodedEvent = {
		atMs: draft.atMs,
		eventId: newEventId(random),
		eventLogDate: formatEventDate(draft.atMs, dateForm === 'mixed' ? mixed : dateForm),
		eventType: log,
		eventLevel: row?.level ?? 'notice',
		eventCategory: row?.category ?? 'Authentication',
		serverIPAddress: '192.0.2.10',
		tenantId: '6d2e3f7c-0000-4000-8000-0000000000aa',
		customerName: 'Example Corp',
		userId: byUser ? userName(random) : null,
		sourceIPAddress: byUser && random.chance(0.9) ? random.pick(OFFICE_ADDRESSES) : null,
		eventCode: draft.eventCode,
		eventDescription: row?.description ?? `Event ${draft.eventCode}`,
		application: byUser && random.chance(0.6) ? random.pick(['VPN', 'Wiki & Docs', 'Payroll']) : null,
		method: row?.method ?? '',
		deviceName: withDevice ? random.pick(['Phone', 'Téléphone', 'iPad "Lab"']) : null,
		deviceId: withDevice ? random.uuid() : null,
		policyId: withPolicy ? String(random.integer(1, 400)) : null,
		policyName: withPolicy ? random.pick(['All Users Low Assurance', 'VPN "strict"']) : null,
		authenticationDetails: null,
		assuranceLevel: withPolicy ? random.pick(['Low', 'Medium', 'High']) : null,
		verboseFlag: false,
		userActivityId: byUser ? random.uuid() : null,
		transactionId: byUser ? random.uuid() : null,
	};
	return { ...complete, ...Object.fromEntries(Object.entries(draft).filter(([, value]) => value !== undefined)) };
}

function userName(random: Random): string {
	return `user-${String(random.integer(1, 60)).padStart(2, '0')}@example.com`;
}

/** The user or system log of a tenant, in time order. The remarkable events come first and ordinary ones fill up the rest. Never fails. */
export function buildCodedEvents(
	log: CodedLog,
	count: number,
	period: { startMs: number; endMs: number },
	dateForm: DateForm,
	random: Random,
): CodedEvent[] {
	const drafts: CodedEventDraft[] = [];
	for (const group of remarkable(log, period, random)) {
		const inside = group.every(({ atMs }) => atMs > period.startMs && atMs < period.endMs);
		if (inside && drafts.length + group.length <= count) drafts.push(...group);
	}
	while (drafts.length < count) {
		const atMs = random.integer(period.startMs + 1, period.endMs - 10 * SECOND_MS);
		drafts.push({ atMs, eventCode: random.weighted(CODES[log], ({ weight }) => weight).code });
	}
	const taken = new Set<string>();
	return drafts
		.map((draft) => {
			const event = completeCodedEvent(log, draft, random, dateForm);
			while (taken.has(event.eventId)) event.eventId = newEventId(random);
			taken.add(event.eventId);
			return event;
		})
		.sort((one, other) => one.atMs - other.atMs);
}

/** The groups that tests look for, most needed first. */
function* remarkable(log: CodedLog, { endMs }: { endMs: number }, random: Random): Generator<CodedEventDraft[]> {
	const recently = (days: number) => random.integer(endMs - days * DAY_MS, endMs - 2 * MINUTE_MS);
	for (const { code } of CODES[log]) yield [{ atMs: recently(1), eventCode: code }];
	if (log === 'user') {
		yield pushBombing(endMs - 20 * MINUTE_MS, random);
		for (const userId of HOSTILE_NAMES) {
			yield [{ atMs: recently(2), eventCode: '31', userId, sourceIPAddress: random.pick(FOREIGN_ADDRESSES) }];
		}
	}
	const midnightMs = Math.floor((endMs - DAY_MS / 24) / DAY_MS) * DAY_MS;
	yield [midnightMs - 1, midnightMs, midnightMs, midnightMs + 1].map((atMs) => ({ atMs, eventCode: CODES[log][0].code }));
	yield Array.from({ length: CODED_TIE }, () => ({ atMs: endMs - 4 * 3_600_000 + 7, eventCode: CODES[log][1].code }));
}

// Somebody who has a password asks again and again until the user presses Approve: denials, then a success, in one MFA session each.
function pushBombing(atMs: number, random: Random): CodedEventDraft[] {
	const userId = userName(random);
	const sourceIPAddress = random.pick(FOREIGN_ADDRESSES);
	return ['703', '703', '703', '703', '701'].map((eventCode, at) => ({ atMs: atMs + at * 40 * SECOND_MS, eventCode, userId, sourceIPAddress }));
}
