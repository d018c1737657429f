/** A page that was asked for: bounds in epoch ms (`afterMs` exclusive, `untilMs` inclusive), page index from 0. */
export interface PageRequest {
	afterMs: number;
	untilMs: number;
	pageIndex: number;
	pageSize: number;
}

const DAY_MS = 86_400_000;
const MAX_PAGE_SIZE = 100;
const DATE_TIME =
	/^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?([Zz]|[+-]\d{2}:\d{2})$/;

/**
 * Reads the four parameters of an export.
 * In: the decoded query and the time now. Out: the page, or the sentence of a 400.
 * Defaults: the last day up to now, page 0, 100 records; a page size outside 1-100, or no number, counts as 100.
 * Source: vendor page "Cloud Administration Event Log API" (documented); that a page number which is no whole number
 * from 0 gives 400 is assumed.
 */
export function readPageRequest(query: URLSearchParams, nowMs: number): PageRequest | { refusal: string } {
	const afterMs = readTime(query.get('startTimeAfter'), nowMs - DAY_MS);
	if (afterMs === null) return { refusal: notATime('startTimeAfter', query) };
	const untilMs = readTime(query.get('endTimeOnOrBefore'), nowMs);
	if (untilMs === null) return { refusal: notATime('endTimeOnOrBefore', query) };
	const page = query.get('pageNumber') ?? '0';
	if (!/^\d{1,9}$/.test(page)) return { refusal: `Invalid value for parameter pageNumber: ${page}` };
	const size = query.get('pageSize') ?? '';
	const inside = /^\d{1,3}$/.test(size) && Number(size) >= 1 && Number(size) <= MAX_PAGE_SIZE;
	return { afterMs, untilMs, pageIndex: Number(page), pageSize: inside ? Number(size) : MAX_PAGE_SIZE };
}

/**
 * An ISO 8601 date-time with an offset, as epoch ms; digits beyond the millisecond are cut. Null when it is not one:
 * no offset, a date that does not exist, or a `+` that was not percent-encoded and arrived as a space.
 */
export function parseDateTime(text: string): number | null {
	const parts = DATE_TIME.exec(text);
	if (parts === null) return null;
	const [year, month, day, hour, minute, second] = parts.slice(1, 7).map((part) => Number(part ?? 0));
	const ms = Number((parts[7] ?? '').slice(0, 3).padEnd(3, '0'));
	const localMs = Date.UTC(year, month - 1, day, hour, minute, second, ms);
	const real = new Date(localMs);
	if (real.getUTCMonth() !== month - 1 || real.getUTCDate() !== day) return null;
	if (hour > 23 || minute > 59 || second > 59) return null;
	const offset = parts[8];
	if (offset.toUpperCase() === 'Z') return localMs;
	const [hours, minutes] = offset.slice(1).split(':').map(Number);
	if (hours > 18 || minutes > 59) return null;
	const offsetMs = (hours * 60 + minutes) * 60_000;
	return offset.startsWith('-') ? localMs + offsetMs : localMs - offsetMs;
}

function readTime(text: string | null, fallbackMs: number): number | null {
	return text === null ? fallbackMs : parseDateTime(text);
}

function notATime(name: string, query: URLSearchParams): string {
	return `Invalid value for parameter ${name}: ${query.get(name)}. Expected an ISO 8601 date and time.`;
}
