import { isIP } from '../core/ip';
import { formatUtc, parseTime } from '../core/time';
import { type EventFacts, readableTime, readValues, reasonIn } from './facts';
import type { Kind } from './kinds.table';
import { SECURID_ACTIVITIES, SECURID_ADMIN_MEMBERS, SECURID_PREFIXES, SECURID_PRESETS, SECURID_VERBS } from './securid.table';
import { cleanText, text } from './text';
import { SEVERITIES, type Outcome, type Severity, type SimplifiedEvent } from './types';

type Vendor = Record<string, unknown>;

/** What the table says of an event, with the outcome read from its own members. Total: never throws, whatever the members hold. */
export function classifySecurId(event: Vendor): { category: string; outcome: Outcome; severity: Severity } {
	const key = keyOf(event);
	const outcome = outcomeOf(event, key);
	const row = SECURID_ACTIVITIES.get(key);
	// Publishing says in its message alone whether it succeeded on the identity routers and in the cloud (documented).
	if (key === 'PUBLISH' && /fail/i.test(text(event.message) ?? '')) return { category: 'configuration', outcome: 'failure', severity: 'medium' };
	// A row's severity stands whatever the result says: a lockout reports SUCCESS, because the locking succeeded (captured).
	if (row) return { category: row.category, outcome, severity: row.severity };
	const { category, severity } = SECURID_PREFIXES.find(({ pattern }) => pattern.test(key)) ?? {
		category: 'configuration',
		severity: 'low' as const,
	};
	return { category, outcome, severity: outcome === 'failure' ? oneStepUp(severity) : severity };
}

/**
 * `result` says `FAIL` in captures and `FAILURE` in the documentation; anything that begins so is a failure, anything unknown is unknown.
 * Two keys carry their outcome in the name, for answers without a result.
 */
function outcomeOf({ result }: Vendor, key: string): Outcome {
	if (cleanText(result)) return resultOutcome(result);
	if (key === 'SIGNIN_FAILURE') return 'failure';
	return key === 'SIGNIN_SUCCESS' ? 'success' : 'unknown';
}

/** What `result` says; unknown when it is empty or another word. */
export function resultOutcome(result: unknown): Outcome {
	const said = (cleanText(result) ?? '').toUpperCase();
	if (said.startsWith('FAIL')) return 'failure';
	return said.startsWith('SUCCESS') ? 'success' : 'unknown';
}

function oneStepUp(severity: Severity): Severity {
	return SEVERITIES[Math.min(SEVERITIES.indexOf(severity) + 1, SEVERITIES.length - 1)];
}

/** The ten flat fields of a SecurID event. Total: never throws. */
export function simplifySecurId(event: Vendor): SimplifiedEvent {
	return {
		eventId: text(event.eventId),
		eventTime: timeOf(event.eventLogDate),
		action: text(event.activityKey),
		...classifySecurId(event),
		actor: text(event.adminUserName),
		sourceIp: ipOf(event.sourceIPAddress),
		target: targetOf(event),
		message: text(event.message),
	};
}

/** SecurID's product in the words of the schemas; the part of the dataset that names the log is added by the reader of that log. */
export const SECURID_SOURCE = { module: 'rsa_idplus', vendor: 'RSA', product: 'ID Plus Cloud Access Service' } as const;

const ADMIN_MEMBERS = new Map(Object.entries(SECURID_ADMIN_MEMBERS));

/** What is known of an admin event, for ECS and OCSF. Total: never throws. */
export function securIdAdminFacts(event: Vendor): EventFacts {
	const simple = simplifySecurId(event);
	const values = readValues(event, ADMIN_MEMBERS);
	values.reason ??= reasonIn(values.message, /Reason:\s*(.+)/);
	// The locked and the unlocked account may stand in the message alone.
	if (simple.target) values.targetName ??= cleanText(simple.target) ?? undefined;
	const key = keyOf(event);
	return {
		source: { ...SECURID_SOURCE, log: 'admin' },
		simple,
		kind: kindOf(key, simple.category),
		action: values.action?.toLowerCase() ?? null,
		timeMs: readableTime(event.eventLogDate),
		values: { ...values, targetType: values.targetType ?? objectOf(key) },
		members: ADMIN_MEMBERS,
		record: event,
		byAdmin: true,
	};
}

function kindOf(key: string, category: string): Kind {
	const row = SECURID_ACTIVITIES.get(key);
	if (row) return row.kind;
	if (category === 'authentication') return 'authenticationOther';
	const verb = SECURID_VERBS.find(({ pattern }) => pattern.test(key)) ?? SECURID_VERBS[SECURID_VERBS.length - 1];
	return category === 'iam' ? verb.accessKind : verb.kind;
}

/** The kind of object that a key is about, where the event names none: EDIT_POLICY → POLICY. */
function objectOf(key: string): string | undefined {
	return /^(?:ADD|EDIT|UPDATE|RESET|APPLY|DELETE|ENABLE|DISABLE|VIEW|DOWNLOAD|TEST|REBOOT|RESTART|LICENSE_EDIT)_(.{1,100})/.exec(key)?.[1];
}

/** Epoch ms of an event, or undefined when its date cannot be read. */
export function securIdTimeMs(event: Vendor): number | undefined {
	return parseTime(event.eventLogDate);
}

function timeOf(value: unknown): string | null {
	const ms = parseTime(value);
	return ms === undefined ? text(value) : formatUtc(ms);
}

function ipOf(value: unknown): string | null {
	const address = text(value);
	return address && isIP(address) ? address : null;
}

/** The vendor names a target only sometimes: an unlocked account stands in the message alone, a locked one is the administrator itself (captured). */
function targetOf(event: Vendor): string | null {
	const named = text(event.targetObject1Name);
	if (named) return named;
	if (keyOf(event) === 'LOCKED_ADMIN_ACCOUNT') return text(event.adminUserName);
	return /unlocked admin user (\S+)/.exec(text(event.message) ?? '')?.[1] ?? null;
}

/**
 * The filter behind the Events parameter.
 * In: a preset's name, or `custom` with activity keys (any case). Out: whether an event passes.
 */
export function eventFilter(preset: string, customKeys: string[] = []): (event: Vendor) => boolean {
	if (preset === 'custom') {
		const wanted = new Set(customKeys.map((key) => key.toUpperCase()));
		return (event) => wanted.has(keyOf(event));
	}
	const { keys, failuresOnly }: { keys?: RegExp; failuresOnly?: boolean } =
		SECURID_PRESETS[preset as keyof typeof SECURID_PRESETS] ?? {};
	return (event) => {
		const key = keyOf(event);
		return (!keys || keys.test(key)) && (!failuresOnly || outcomeOf(event, key) === 'failure');
	};
}

function keyOf({ activityKey }: Vendor): string {
	return (text(activityKey) ?? '').trim().toUpperCase();
}
