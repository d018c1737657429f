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

interface LogMapping<Event> {
	simplify: (event: Event) => SimplifiedEvent;
	facts: (event: Event) => EventFacts;
}

const SECURID: Readonly<Record<SecurIdLog, LogMapping<Vendor>>> = {
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
	return inForm(SECURID[log], event, event, settings, marks);
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

const SAFE: LogMapping<SafeRow> = {
	simplify: ({ eventId, record, columns, timezone }) => simplifySafe(eventId, record, columns, timezone),
	facts: ({ eventId, record, columns, timezone, safeUser }) => safeFacts(eventId, record, columns, timezone, safeUser),
};

/** A SAFE audit row in the form that is asked for, as `securIdOutput`. A user that was looked up stands in `safeUser`, in ECS in `user`, in OCSF in `enrichments`. */
export function safeOutput(row: SafeRow, settings: FormSettings, marks: Marks = {}): object {
	const { record, safeUser } = row;
	return inForm(SAFE, row, record, settings, marks, safeUser === undefined ? undefined : { safeUser });
}

/** `added`: members beside those of the simplified and vendor forms. */
function inForm<Event>(log: LogMapping<Event>, event: Event, record: Vendor, { form, includeOriginal, fallbackMs }: FormSettings, marks: Marks, added?: object): object {
	if (form === 'ecs') return toEcs(log.facts(event), marks, fallbackMs);
	if (form === 'ocsf') return toOcsf(log.facts(event), marks, fallbackMs);
	if (form === 'vendor') return withMembers(record, added, marks);
	return withMembers(log.simplify(event), includeOriginal ? { original: record } : undefined, added, marks);
}

/** An object with the members of others; itself where they have none, since copies are most of the cost of an item. */
function withMembers(value: object, ...others: Array<object | undefined>): object {
	let whole = value;
	for (const other of others) if (other !== undefined && Object.keys(other).length > 0) whole = { ...whole, ...other };
	return whole;
}
