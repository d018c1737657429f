import { DateTime } from 'luxon';

/** A whole date at the start: a bare time of day is ISO 8601 as well, but would be read as today's, and six digits may be either. */
const ISO_DATE = /^\d{4}(-\d{2}(-\d{2})?|-\d{3}|\d{4}|-?W\d{2}(-?\d)?)(T|$)/i;

/**
 * Reads a point in time from any form that a vendor or user may write: ISO 8601 with or without zone, colon in the offset or milliseconds,
 * a blank instead of `T`, a trailing ` UTC` or ` GMT`, RFC 2822, HTTP dates, epoch seconds or milliseconds.
 * In: text or number, and the zone for forms that name none. Out: epoch ms, or undefined when it is none of these (never a guess between day and month).
 * Source: SecurID documents `2018-05-13T16:29:59.000 UTC` and sends `2025-10-15T15:14:46.325Z` (captured); SAFE's form is not public.
 */
export function parseTime(value: unknown, zone = 'utc'): number | undefined {
	if (value instanceof Date) return finite(value.getTime());
	const text = textOf(value);
	if (!text) return undefined;
	const usualMs = usualForm(text);
	if (usualMs !== undefined) return usualMs;
	if (/^\d{10}(\.\d+)?$/.test(text)) return Math.round(Number(text) * 1000);
	if (/^\d{13}$/.test(text)) return Number(text);
	const named = /^(.*\d)\s*(?:UTC|GMT|Z)$/i.exec(text);
	const [body, bodyZone] = named ? [named[1], 'utc'] : [text, zone];
	const iso = body.replace(/^(\d{4}-\d{2}-\d{2})\s+(?=\d)/, '$1T').replace(/\s+(?=[+-]\d{2}:?\d{2})/, '');
	const isoDate = ISO_DATE.test(iso) ? DateTime.fromISO(iso, { zone: bodyZone }) : DateTime.invalid('no date');
	for (const read of [isoDate, DateTime.fromRFC2822(text), DateTime.fromHTTP(text)]) {
		if (read.isValid) return read.toMillis();
	}
	return undefined;
}

const USUAL = /^[1-9]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3})?(?:Z| UTC)$/;

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * The forms that both vendors send, `2025-10-15T15:14:46.325Z` and with ` UTC`, in a fraction of luxon's time; luxon judges all others, and dates that do not exist.
 * Digits are read from where they stand: groups of the pattern would be seven texts per event, for the collector.
 */
function usualForm(text: string): number | undefined {
	if (!USUAL.test(text)) return undefined;
	const [month, day, hour] = [twoDigits(text, 5), twoDigits(text, 8), twoDigits(text, 11)];
	const [minute, second] = [twoDigits(text, 14), twoDigits(text, 17)];
	// Every 29th of February goes to luxon, which knows the leap years.
	if (day < 1 || !(day <= DAYS[month - 1]) || hour > 23 || minute > 59 || second > 59) return undefined;
	const year = 100 * twoDigits(text, 0) + twoDigits(text, 2);
	const ms = text[19] === '.' ? 10 * twoDigits(text, 20) + digit(text, 22) : 0;
	return Date.UTC(year, month - 1, day, hour, minute, second, ms);
}

function twoDigits(text: string, at: number): number {
	return 10 * digit(text, at) + digit(text, at + 1);
}

function digit(text: string, at: number): number {
	return text.charCodeAt(at) - 48;
}

/** Objects too, since an n8n expression such as `$now` gives one; empty for those that cannot become text. */
function textOf(value: unknown): string {
	try {
		return String(value ?? '').trim();
	} catch {
		return '';
	}
}

function finite(value: number): number | undefined {
	return Number.isFinite(value) ? value : undefined;
}

/** Epoch ms as `YYYY-MM-DDTHH:mm:ss.SSSZ`: always UTC, no `+` that a query could damage. */
export function formatUtc(ms: number): string {
	return new Date(ms).toISOString();
}

export const MINUTE_MS = 60_000;
export const DAY_MS = 86_400_000;
