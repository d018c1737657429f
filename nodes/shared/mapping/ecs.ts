import { formatUtc } from '../core/time';
import { emailOf, type EventFacts, unplaced } from './facts';
import { KINDS } from './kinds.table';
import { cleanText, recordJson, snakeName } from './text';
import type { Fact, Marks, Severity } from './types';

/** Version of the Elastic Common Schema that documents are written for. */
export const ECS_VERSION = '9.4.0';

/** Where a fact stands in ECS as it is. A fact without a place here or in `toEcs` stays under the source's own name. */
const PLACES: Readonly<Partial<Record<Fact, string>>> = {
	id: 'event.id',
	code: 'event.code',
	provider: 'event.provider',
	reason: 'event.reason',
	level: 'log.level',
	message: 'message',
	userName: 'user.name',
	userId: 'user.id',
	userFullName: 'user.full_name',
	sourceIp: 'source.ip',
	serverIp: 'server.ip',
	serverUrl: 'url.full',
	organizationId: 'organization.id',
	organizationName: 'organization.name',
	deviceId: 'device.id',
	policyId: 'rule.id',
	policyName: 'rule.name',
	transactionId: 'transaction.id',
};

/** Of accounts alone: other targets have no place in ECS. */
const TARGET_PLACES: Readonly<Partial<Record<Fact, string>>> = { targetId: 'user.target.id', targetName: 'user.target.name' };

/** event.severity: the risk scores that Elastic Security gives to its own severities, so that rules can use it as it is. */
export const ECS_SEVERITIES: Readonly<Record<Severity, number>> = { info: 0, low: 21, medium: 47, high: 73, critical: 99 };

/** Members of a record beyond this many stay in event.original alone; an index has a limit of fields. */
const MOST_OWN_MEMBERS = 100;

export type Document = Record<string, unknown>;

/**
 * An event as an Elastic Common Schema document. In: its facts, the marks of the collection, and the time for events that have no readable one.
 * Out: ECS fields; what ECS has no place for as texts under `<module>.<log>.`; the whole vendor record as JSON text in `event.original`. Marks are tags,
 * the severity's word is a label. Total: never throws.
 */
export function toEcs(facts: EventFacts, marks: Marks, fallbackMs: number): Document {
	const { source, simple, values, timeMs } = facts;
	const kind = KINDS[facts.kind];
	const refused = simple.outcome === 'failure' ? kind.unlessFailed : undefined;
	const document: Document = { '@timestamp': formatUtc(timeMs ?? fallbackMs) };
	const placed = new Set<Fact>();
	const put = (path: string, value: unknown, fact?: Fact) => {
		if (value === undefined || value === null) return;
		setPath(document, path, value);
		if (fact) placed.add(fact);
	};
	put('ecs.version', ECS_VERSION);
	put('event.kind', 'event');
	put('event.module', source.module);
	put('event.dataset', `${source.module}.${source.log}`);
	put('event.category', kind.category.filter((category) => category !== refused));
	put('event.type', [...kind.type]);
	put('event.action', facts.action, values.action?.toLowerCase() === facts.action ? 'action' : undefined);
	put('event.outcome', simple.outcome);
	put('event.severity', ECS_SEVERITIES[simple.severity]);
	put('event.original', recordJson(facts.record));
	put('observer.vendor', source.vendor);
	put('observer.product', source.product);
	const places = kind.ocsf === 3001 ? { ...PLACES, ...TARGET_PLACES } : PLACES;
	for (const [fact, path] of Object.entries(places) as Array<[Fact, string]>) put(path, values[fact], fact);
	if (values.sourcePort) put('source.port', Number(values.sourcePort), 'sourcePort');
	if (values.userRole) put('user.roles', [values.userRole], 'userRole');
	put('user.email', emailOf(values.userEmail) ?? emailOf(values.userName));
	if (kind.ocsf === 3001) put('user.target.email', emailOf(values.targetName));
	if (timeMs !== undefined) placed.add('time');
	putRelated(facts, put);
	put('labels.severity', simple.severity);
	const tags = [marks.backfill && 'backfill', marks.late && 'late', timeMs === undefined && 'time-unreadable'].filter(Boolean);
	if (tags.length > 0) put('tags', tags);
	const own = ownMembers(facts, placed);
	if (Object.keys(own).length > 0) put(`${source.module}.${source.log}`, own);
	return document;
}

function putRelated({ values }: EventFacts, put: (path: string, value: unknown) => void): void {
	const users = [values.userName, values.userId, values.userEmail].filter((user) => user !== undefined);
	if (values.targetName && emailOf(values.targetName)) users.push(values.targetName);
	const addresses = [values.sourceIp, values.serverIp].filter((address) => address !== undefined);
	if (users.length > 0) put('related.user', [...new Set(users)]);
	if (addresses.length > 0) put('related.ip', [...new Set(addresses)]);
}

/** All as text, so that no member changes its type from one event to the next, which an index would refuse. */
function ownMembers(facts: EventFacts, placed: ReadonlySet<Fact>): Document {
	const own: Document = {};
	for (const [member, value] of unplaced(facts, placed)) {
		const said = cleanText(value);
		if (said === null) continue;
		if (Object.keys(own).length >= MOST_OWN_MEMBERS) break;
		own[freeName(own, snakeName(member))] = said;
	}
	const known = Object.values(facts.values).join('\n');
	for (const [member, value] of Object.entries(facts.enrichment ?? {})) {
		const said = cleanText(value);
		if (said !== null && !known.includes(said)) own[freeName(own, `user_${snakeName(member)}`)] = said;
	}
	return own;
}

function freeName(taken: Document, name: string): string {
	for (let number = 1; ; number++) {
		const candidate = number === 1 ? name : `${name}_${number}`;
		if (!Object.hasOwn(taken, candidate)) return candidate;
	}
}

function setPath(document: Document, path: string, value: unknown): void {
	let place = document;
	let from = 0;
	for (let dot = path.indexOf('.'); dot !== -1; dot = path.indexOf('.', from)) {
		const name = path.slice(from, dot);
		// SAFETY: paths are this module's own, and none is both a value and an object, nor the name of something inherited.
		place = (place[name] ??= {}) as Document;
		from = dot + 1;
	}
	place[path.slice(from)] = value;
}
