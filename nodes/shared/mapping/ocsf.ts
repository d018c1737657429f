import { type Document } from './ecs';
import { emailOf, type EventFacts, unplaced } from './facts';
import { KINDS, OCSF_CLASSES } from './kinds.table';
import { recordJson } from './text';
import type { Fact, Marks, Outcome, Severity } from './types';

/** Version of the Open Cybersecurity Schema Framework that events are written for: the newest release, 1.9 is a draft. */
export const OCSF_VERSION = '1.8.0';

const SEVERITIES: Readonly<Record<Severity, [id: number, caption: string]>> = {
	info: [1, 'Informational'],
	low: [2, 'Low'],
	medium: [3, 'Medium'],
	high: [4, 'High'],
	critical: [5, 'Critical'],
};

const STATUSES: Readonly<Record<Outcome, [id: number, caption: string]>> = { unknown: [0, 'Unknown'], success: [1, 'Success'], failure: [2, 'Failure'] };

const FACTORS: Readonly<Record<number, string>> = { 1: 'SMS', 3: 'Phone Call', 4: 'Biometric', 5: 'Push Notification', 7: 'OTP', 11: 'Password' };

const PROTOCOLS: Readonly<Record<number, string>> = { 4: 'OpenID', 5: 'SAML', 10: 'RADIUS', 12: 'LDAP' };

const USER_TYPES = { user: { type_id: 1, type: 'User' }, admin: { type_id: 2, type: 'Admin' }, unknown: { type_id: 0, type: 'Unknown' } } as const;

/** Observable types of the schema. */
const ADDRESS = { type_id: 2, type: 'IP Address' };
const USER_NAME = { type_id: 4, type: 'User Name' };

/**
 * An event as OCSF event of class Account Change, Authentication or Entity Management. In: as `toEcs`.
 * Out: the attributes of the class; what it has no place for under `unmapped` in the vendor's names; the whole vendor record as JSON text in `raw_data`.
 * Marks are `metadata.labels`, a user that was looked up is an enrichment. Total: never throws.
 */
export function toOcsf(facts: EventFacts, marks: Marks, fallbackMs: number): Document {
	const { simple, values, timeMs } = facts;
	const { ocsf, activity } = KINDS[facts.kind];
	const { name, activities } = OCSF_CLASSES[ocsf];
	const placed = new Set<Fact>(['id', values.action === undefined ? 'code' : 'action', 'level', 'message', 'result', 'reason', 'serverUrl', 'organizationId', 'transactionId', 'sourceIp', 'sourcePort']);
	// OCSF has the source's own word in place of "Other".
	const caption = activity === 99 ? (facts.action ?? activities[99]) : activities[activity];
	const [severity_id, severity] = SEVERITIES[simple.severity];
	const [status_id, status] = STATUSES[simple.outcome];
	const body = ocsf === 3002 ? authentication(facts, placed) : ocsf === 3001 ? accountChange(facts, placed) : entityManagement(facts, placed);
	// An unreadable time stands in metadata.original_time.
	placed.add('time');
	return withoutEmpty({
		...{ category_uid: 3, category_name: 'Identity & Access Management', class_uid: ocsf, class_name: name },
		...{ activity_id: activity, activity_name: caption, type_uid: ocsf * 100 + activity, type_name: `${name}: ${activities[activity]}` },
		...{ severity_id, severity, status_id, status, status_code: values.result, status_detail: values.reason },
		time: timeMs ?? fallbackMs,
		message: values.message,
		metadata: metadataOf(facts, marks),
		...body,
		src_endpoint: values.sourceIp ? withoutEmpty({ ip: values.sourceIp, port: values.sourcePort ? Number(values.sourcePort) : undefined }) : undefined,
		observables: observablesOf(body, values.sourceIp),
		enrichments: enrichmentsOf(facts),
		raw_data: recordJson(facts.record),
		unmapped: withoutEmpty(Object.fromEntries([...unplaced(facts, placed)].filter(([, value]) => isPlain(value)))),
	}) as Document;
}

function metadataOf({ source, values, timeMs }: EventFacts, marks: Marks): Document {
	const labels = [marks.backfill && 'backfill', marks.late && 'late', timeMs === undefined && 'time-unreadable'].filter(Boolean);
	return withoutEmpty({
		version: OCSF_VERSION,
		uid: values.id,
		product: withoutEmpty({ name: source.product, vendor_name: source.vendor, url_string: values.serverUrl }),
		log_name: `${source.module}.${source.log}`,
		log_level: values.level,
		event_code: values.action ?? values.code,
		original_time: values.time,
		tenant_uid: values.organizationId,
		correlation_uid: values.transactionId,
		labels,
	}) as Document;
}

const OCSF_EMAIL = /^[a-zA-Z0-9!#$%&'*+/=?^_`{|}~.-]+@[a-zA-Z0-9-]+\.[a-zA-Z0-9.-]+$/;

/** OCSF's type for e-mail addresses knows ASCII alone; others stand in the user's name. */
function asciiEmail(value: string | undefined): string | undefined {
	const email = emailOf(value);
	return email && OCSF_EMAIL.test(email) ? email : undefined;
}

/** Who acts; unnamed when the vendor names nobody. */
function ownUser({ values, byAdmin }: EventFacts): Document | undefined {
	const { userName, userId, userEmail, userFullName } = values;
	if (!userName && !userId) return undefined;
	const email = asciiEmail(userEmail) ?? asciiEmail(userName);
	return withoutEmpty({ name: userName, uid: userId, email_addr: email, full_name: userFullName, ...(byAdmin ? USER_TYPES.admin : USER_TYPES.user) }) as Document;
}

const OWN_USER = ['userName', 'userId', 'userEmail', 'userFullName'] as const;
const NOBODY: Document = { name: 'Unknown', ...USER_TYPES.unknown };

function authentication(facts: EventFacts, placed: Set<Fact>): Document {
	const { values, source, protocol } = facts;
	for (const fact of [...OWN_USER, 'application', 'serverIp'] as const) placed.add(fact);
	return {
		user: ownUser(facts) ?? NOBODY,
		service: { name: values.application ?? source.product },
		dst_endpoint: values.serverIp ? { ip: values.serverIp } : undefined,
		auth_protocol_id: protocol,
		auth_protocol: protocol === undefined ? undefined : PROTOCOLS[protocol],
		auth_factors: factorsOf(facts, placed),
	};
}

/** The method and its device; undefined where the code names no method. */
function factorsOf({ values, factor, method }: EventFacts, placed: Set<Fact>): Array<Document | undefined> | undefined {
	if (factor === undefined) return undefined;
	placed.add('deviceId').add('deviceName');
	const { deviceId, deviceName } = values;
	const device = deviceId || deviceName ? withoutEmpty({ uid: deviceId, name: deviceName, type_id: 0, type: 'Unknown' }) : undefined;
	return [withoutEmpty({ factor_type_id: factor, factor_type: FACTORS[factor] ?? method, device })];
}

/** The account is the target, or the one who acts where no target is named: passwords asked for, factors enrolled, oneself locked out. */
function accountChange(facts: EventFacts, placed: Set<Fact>): Document {
	const { values, byAdmin } = facts;
	for (const fact of [...OWN_USER, 'targetId', 'targetName', 'targetType'] as const) placed.add(fact);
	const own = ownUser(facts);
	const isOther = values.targetName !== undefined && values.targetName !== values.userName;
	const auth_factors = factorsOf(facts, placed);
	if (!isOther) return { user: own ?? NOBODY, auth_factors };
	const type = byAdmin ? USER_TYPES.admin : USER_TYPES.user;
	const target = withoutEmpty({ name: values.targetName, uid: values.targetId, email_addr: asciiEmail(values.targetName), ...type });
	return { user: target, actor: own && { user: own }, auth_factors };
}

function entityManagement(facts: EventFacts, placed: Set<Fact>): Document {
	const { values, source } = facts;
	for (const fact of [...OWN_USER, 'targetId', 'targetName', 'targetType'] as const) placed.add(fact);
	const own = ownUser(facts);
	const entity = {
		name: values.targetName ?? (values.targetId ? undefined : (values.targetType ?? source.product)),
		uid: values.targetId,
		type: values.targetType,
		type_id: values.targetType === undefined ? undefined : 99,
	};
	return { entity: withoutEmpty(entity), actor: own && { user: own } };
}

function observablesOf({ user, actor }: Document, address: string | undefined): Document[] {
	const found: Document[] = [];
	if (address) found.push({ name: 'src_endpoint.ip', ...ADDRESS, value: address });
	const name = (user as Document | undefined)?.name;
	if (name && user !== NOBODY) found.push({ name: 'user.name', ...USER_NAME, value: name });
	const actorName = ((actor as Document | undefined)?.user as Document | undefined)?.name;
	if (actorName) found.push({ name: 'actor.user.name', ...USER_NAME, value: actorName });
	return found;
}

function enrichmentsOf({ enrichment, values }: EventFacts): Document[] | undefined {
	if (!enrichment) return undefined;
	const value = values.userId ?? values.userEmail ?? values.userName;
	return value === undefined ? undefined : [{ name: 'user.uid', value, type: 'user', provider: 'SAFE', data: enrichment }];
}

/** Whether a value can become JSON: one that is nested beyond all measure is named in raw_data alone. */
function isPlain(value: unknown): boolean {
	if (typeof value !== 'object') return typeof value !== 'bigint';
	try {
		return JSON.stringify(value) !== undefined;
	} catch {
		return false;
	}
}

/** Without members that are undefined, and without empty lists and objects. */
function withoutEmpty(members: Document): Document | undefined {
	const kept = Object.entries(members).filter(([, value]) => {
		return value !== undefined && !(typeof value === 'object' && value !== null && Object.keys(value).length === 0);
	});
	return kept.length > 0 ? Object.fromEntries(kept) : undefined;
}
