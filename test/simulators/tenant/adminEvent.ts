import type { Random } from '../random';
import { findActivity } from './activities';
import { ADMIN_NAMES, ADMIN_ROLES, OFFICE_ADDRESSES, TARGET_NAMES } from './names';

/** Date and wording as a real tenant sends them, as the vendor's page prints them, or some of each. */
export type DateForm = 'live' | 'documented' | 'mixed';

/**
 * One admin event: the 23 members of the wire plus `atMs`, which never leaves the simulator. Ids are decimal digits; the
 * wire has them as bare JSON numbers. `atMs` is epoch ms UTC and agrees with `eventLogDate`.
 * Source: reference/securid.md 6.2 (documented and captured, marked there member by member).
 */
export interface AdminEvent {
	atMs: number;
	eventId: string;
	eventLogDate: string;
	eventType: string;
	serverURL: string;
	serverIPAddress: string;
	application: string;
	customerId: number;
	customerName: string;
	sourceIPAddress: string;
	adminUserName: string;
	adminUserRole: string;
	activityKey: string;
	activityCode: number;
	result: string;
	reasonKey: string;
	message: string;
	requiresPublish: boolean;
	targetObject1Id: string | null;
	targetObject1Name: string | null;
	targetObject1Type: string | null;
	targetObject2Id: string | null;
	targetObject2Name: string | null;
	targetObject2Type: string | null;
}

/** The least one has to say of an event; what is left out is filled in plausibly. */
export type AdminEventDraft = Partial<AdminEvent> & Pick<AdminEvent, 'atMs' | 'activityKey'>;

/**
 * An event time as SecurID writes it.
 * In: epoch ms. Out: `2025-10-15T15:14:46.325Z` (captured) or `2018-05-13T16:29:59.000 UTC` (documented).
 */
export function formatEventDate(atMs: number, form: 'live' | 'documented'): string {
	const iso = new Date(atMs).toISOString();
	return form === 'live' ? iso : iso.replace('Z', ' UTC');
}

/**
 * Completes a draft to a whole event. In a mixed tenant one event in five is in the documented form: its date, its
 * application name and a message without the leading "Admin". Failures say FAIL (captured) four times in five, else
 * FAILURE (documented), whatever the form. Never fails; unknown activity keys get code 89999.
 */
export function completeAdminEvent(draft: AdminEventDraft, random: Random, dateForm: DateForm): AdminEvent {
	const activity = findActivity(draft.activityKey);
	const mixed = random.chance(0.2) ? 'documented' : 'live';
	const form = dateForm === 'mixed' ? mixed : dateForm;
	const adminUserName = draft.adminUserName ?? random.pick(ADMIN_NAMES);
	const failed =
		draft.activityKey === 'SIGNIN_FAILURE' || (activity?.targetType !== undefined && random.chance(0.03));
	const failureWord = random.chance(0.8) ? 'FAIL' : 'FAILURE';
	const targets = pickTargets(draft.activityKey, activity?.targetType, random);
	const words = pickWords(draft, targets, random);
	const phrase = (activity?.phrase ?? `{0} performed ${draft.activityKey}`).replace(
		/\{([012])\}/g,
		(_, slot: string) => [adminUserName, ...words][Number(slot)],
	);
	const live = activity?.system ? phrase : `Admin ${phrase}`;
	return {
		eventId: newEventId(random),
		eventLogDate: formatEventDate(draft.atMs, form),
		eventType: 'Administration',
		serverURL: 'https://securid.example.com/AdminInterface/',
		serverIPAddress: '192.0.2.10',
		application: form === 'live' ? 'RSA SecurID Access' : 'SecurID',
		customerId: 5,
		customerName: 'Example Corp',
		sourceIPAddress: random.pick(OFFICE_ADDRESSES),
		adminUserName,
		adminUserRole: roleOf(adminUserName),
		activityCode: activity?.code ?? 89999,
		result: failed ? failureWord : 'SUCCESS',
		// Empty even on failures: the reason stands in the message (captured).
		reasonKey: '',
		message: form === 'live' ? live : phrase,
		requiresPublish: activity?.requiresPublish ?? false,
		...targets,
		...given(draft),
	};
}

// A member that a test leaves undefined is one it left out.
function given(draft: AdminEventDraft): AdminEventDraft {
	return Object.fromEntries(
		Object.entries(draft).filter(([, value]) => value !== undefined),
	) as AdminEventDraft;
}

/** A new event id: nearly always beyond 2^53, now and then short, as in the capture. */
export function newEventId(random: Random): string {
	const digits = random.digits64();
	return random.chance(0.05) ? String(BigInt(digits) >> BigInt(random.integer(11, 50))) : digits;
}

function roleOf(adminUserName: string): string {
	if (adminUserName.startsWith('helpdesk')) return ADMIN_ROLES[1];
	return adminUserName.startsWith('vendor-support') ? ADMIN_ROLES[2] : ADMIN_ROLES[0];
}

type Targets = Pick<
	AdminEvent,
	| 'targetObject1Id'
	| 'targetObject1Name'
	| 'targetObject1Type'
	| 'targetObject2Id'
	| 'targetObject2Name'
	| 'targetObject2Type'
>;

function pickTargets(key: string, type: string | undefined, random: Random): Targets {
	const second = key === 'ADD_APPLICATION' || key === 'EDIT_POLICY';
	const name = type === 'ADMIN_API_KEY' ? random.uuid() : random.pick(TARGET_NAMES[type ?? ''] ?? ['']);
	return {
		targetObject1Id: type === undefined ? null : targetId(random),
		targetObject1Name: type === undefined ? null : name,
		targetObject1Type: type ?? null,
		targetObject2Id: second ? targetId(random) : null,
		targetObject2Name: second ? random.pick(TARGET_NAMES.RELYING_PARTY) : null,
		targetObject2Type: second ? 'RELYING_PARTY' : null,
	};
}

// Small, like the 18 of the vendor's sample, or a 64-bit number, which reference/securid.md trap 16 warns of.
function targetId(random: Random): string {
	return random.chance(0.5) ? String(random.integer(1, 5000)) : random.digits64();
}

function pickWords(draft: AdminEventDraft, targets: Targets, random: Random): [string, string] {
	if (draft.activityKey === 'PUBLISH') {
		// The outcome of a publish stands in its sentence only; `result` stays SUCCESS (documented).
		const outcome = () => (random.chance(0.85) ? 'SUCCESS' : 'FAILURE');
		return [outcome(), outcome()];
	}
	if (draft.activityKey === 'ENABLE_SUPPORT_ADMIN') {
		return [formatEventDate(draft.atMs, 'live'), formatEventDate(draft.atMs + 86_400_000, 'live')];
	}
	if (draft.activityKey === 'ADD_APPLICATION')
		return [draft.targetObject1Name ?? targets.targetObject1Name ?? '', 'SAML'];
	return [draft.targetObject1Name ?? targets.targetObject1Name ?? random.pick(ADMIN_NAMES), ''];
}
