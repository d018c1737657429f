import { isIP } from '../core/ip';
import { parseTime } from '../core/time';
import type { Kind } from './kinds.table';
import { cleanText } from './text';
import type { Fact, LogSource, SimplifiedEvent } from './types';

/** An event between the vendor's form and the schemas': what is known of it, and which member said so. */
export interface EventFacts {
	source: LogSource;
	simple: SimplifiedEvent;
	kind: Kind;
	/** What was done, in few words and lower case. */
	action: string | null;
	timeMs: number | undefined;
	/** Clean texts; addresses and ports only when they are ones. */
	values: Partial<Record<Fact, string>>;
	/** Vendor member → what it tells. */
	members: ReadonlyMap<string, Fact>;
	record: Record<string, unknown>;
	/** Whether the one who acts is an administrator by the log's nature. */
	byAdmin?: boolean;
	/** OCSF factor_type_id and auth_protocol_id, and the method's name. */
	factor?: number;
	protocol?: number;
	method?: string;
	/** What was looked up elsewhere: SAFE's user of the row. */
	enrichment?: Record<string, unknown>;
}

/** Reads the members that a table names. Total: what is missing, blank or cannot become text is left out. */
export function readValues(record: Record<string, unknown>, members: ReadonlyMap<string, Fact>): Partial<Record<Fact, string>> {
	const values: Partial<Record<Fact, string>> = {};
	for (const [member, fact] of members) {
		const value = Object.hasOwn(record, member) ? cleanText(record[member]) : null;
		if (value === null || values[fact] !== undefined || !FITS[fact]?.(value)) continue;
		values[fact] = value;
	}
	return values;
}

/** Year 10,000: later times have more digits than sinks read. */
const END_OF_TIME_MS = 253_402_300_800_000;

/** Epoch ms of a time that sinks take, from 1970 on; undefined for texts that are no such time. */
export function readableTime(value: unknown, zone?: string): number | undefined {
	const ms = parseTime(value, zone);
	return ms !== undefined && ms >= 0 && ms < END_OF_TIME_MS ? ms : undefined;
}

const anyText = () => true;

/** Which texts a fact takes; what does not fit stays under the vendor's own name. */
const FITS: Readonly<Record<Fact, (value: string) => boolean>> = {
	...{ id: anyText, action: anyText, code: anyText, message: anyText, result: anyText, reason: anyText, level: anyText, provider: anyText },
	...{ application: anyText, userName: anyText, userId: anyText, userEmail: anyText, userFullName: anyText, userRole: anyText },
	...{ organizationId: anyText, organizationName: anyText, targetId: anyText, targetName: anyText, targetType: anyText },
	...{ deviceId: anyText, deviceName: anyText, policyId: anyText, policyName: anyText, transactionId: anyText },
	time: anyText,
	sourceIp: isIP,
	sourcePort: (value) => /^\d{1,5}$/.test(value) && Number(value) <= 65_535,
	serverIp: isIP,
	serverUrl: (value) => /^https?:\/\//i.test(value) && URL.canParse(value),
};

/** What a pattern's first group finds in the beginning of a message; texts without end would take time without end. */
export function reasonIn(message: string | undefined, pattern: RegExp): string | undefined {
	return pattern.exec((message ?? '').slice(0, 2_000))?.[1];
}

/** Members that found no place: those that no fact is read from, and those whose value did not fit. Empty ones are left out. */
export function* unplaced({ record, members, values }: EventFacts, placed: ReadonlySet<Fact>): Generator<[member: string, value: unknown]> {
	for (const [member, value] of Object.entries(record)) {
		const fact = members.get(member);
		const isPlaced = fact !== undefined && placed.has(fact) && values[fact] !== undefined;
		if (!isPlaced && value !== null && value !== undefined && value !== '') yield [member, value];
	}
}

/** The text if it is an e-mail address, of any script. */
export function emailOf(value: string | null | undefined): string | undefined {
	return value && value.length <= 320 && /^[^\s@]+@[^\s@]+$/.test(value) ? value : undefined;
}
