import { toEcs } from './ecs';
import type { EventFacts } from './facts';
import { toOcsf } from './ocsf';
import { safeFacts, type SafeColumns, simplifySafe } from './safe';
import { securIdAdminFacts, simplifySecurId } from './securid';
import { securIdCodedFacts, simplifyCoded } from './securidEvents';
import type { Marks, SimplifiedEvent } from './types';

/** The forms that events come out in: values of the parameter `output`. */
export const OUTPUTS = ['ecs', 'ocsf', 'simplified', 'vendor'] as const;
export type OutputForm = (typeof OUTPUTS)[number];

export const SECURID_LOGS = ['admin', 'user', 'system'] as const;
export type SecurIdLog = (typeof SECURID_LOGS)[number];

/** What the form of an event depends on besides the event. */
export interface FormSettings {
	/** One of OUTPUTS; any other text is taken for `simplified`. */
	form: string;
	/** Whether simplified events carry the vendor record as `original`; ECS and OCSF always do, in `event.original` and `raw_data`. */
	includeOriginal?: boolean;
	/** Time (epoch ms) of events without a readable one, in ECS and OCSF, where a time is required: these are labelled `time-unreadable`. */
	fallbackMs: number;
}

type Vendor = Record<string, unknown>;

interface LogMapping {
	simplify: (event: Vendor) => SimplifiedEvent;
	facts: (event: Vendor) => EventFacts;
}

const SECURID: Readonly<Record<SecurIdLog, LogMapping>> = {
	admin: { simplify: simplifySecurId, facts: securIdAdminFacts },
	user: { simplify: (event) => simplifyCoded('user', event), facts: (event) => securIdCodedFacts('user', event) },
	system: { simplify: (event) => simplifyCoded('system', event), facts: (event) => securIdCodedFacts('system', event) },
};

/**
 * A SecurID event in the form that is asked for.
 * In: the log it is of, its record, the settings, what collecting says of it. Out: JSON of an item; marks stand beside the fields, in ECS in `tags`, in OCSF in
 * `metadata.labels`. Total: never throws, and the vendor record is never lost on the way.
 */
export function securIdOutput(log: SecurIdLog, event: Vendor, settings: FormSettings, marks: Marks = {}): object {
	const { simplify, facts } = SECURID[log];
	return inForm({ record: event, simplify: () => simplify(event), facts: () => facts(event) }, settings, marks);
}

/** A SAFE audit row, and what is needed to read it. */
export interface SafeRow {
	eventId: string;
	record: Record<string, string>;
	columns: SafeColumns;
	/** Zone of times that name none. */
	timezone: string;
	/** The SAFE user of the row; null when it is not listed, undefined when nobody was looked up. */
	safeUser?: Record<string, unknown> | null;
}

/** A SAFE audit row in the form that is asked for, as `securIdOutput`. A user that was looked up stands in `safeUser`, in ECS in `user`, in OCSF in `enrichments`. */
export function safeOutput({ eventId, record, columns, timezone, safeUser }: SafeRow, settings: FormSettings, marks: Marks = {}): object {
	const simplify = () => simplifySafe(eventId, record, columns, timezone);
	const facts = () => safeFacts(eventId, record, columns, timezone, safeUser);
	return inForm({ record, simplify, facts, added: safeUser === undefined ? undefined : { safeUser } }, settings, marks);
}

interface Mapped {
	record: Vendor;
	simplify: () => SimplifiedEvent;
	facts: () => EventFacts;
	/** Members beside those of the simplified and vendor forms. */
	added?: object;
}

function inForm({ record, simplify, facts, added }: Mapped, { form, includeOriginal, fallbackMs }: FormSettings, marks: Marks): object {
	if (form === 'ecs') return toEcs(facts(), marks, fallbackMs);
	if (form === 'ocsf') return toOcsf(facts(), marks, fallbackMs);
	if (form === 'vendor') return withMembers(record, added, marks);
	return withMembers(simplify(), includeOriginal ? { original: record } : undefined, added, marks);
}

/** An object with the members of others; itself where they have none, since copies are most of the cost of an item. */
function withMembers(value: object, ...others: Array<object | undefined>): object {
	const hasMembers = others.some((other) => other !== undefined && Object.keys(other).length > 0);
	return hasMembers ? others.reduce<object>((whole, other) => ({ ...whole, ...other }), value) : value;
}
