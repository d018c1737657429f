import { formatUtc, parseTime } from '../core/time';
import { SeenIds } from './seen';

/** Text of at most this many characters (all ASCII) is handed out; n8n keeps it in one cell of a Data Table. */
export const LONGEST_CHECKPOINT = 256 * 1024;
const VERSION = 1;

/** An export that was requested but not ready (SAFE). */
export interface PendingExport {
	uuid: string;
	requestedAtMs: number;
	days: number;
	/** Runs that have looked for it since. */
	resumes: number;
	/** Which of SAFE's endpoints it was requested from. */
	family: 'reports' | 'auditLogsExport';
}

/** Where a collector stands. Times are epoch ms here and ISO 8601 UTC in the text. */
export interface Checkpoint {
	/** Which log it belongs to, e.g. securid-admin. */
	name: string;
	/** Counts the saves; a save that finds another number lost a race. */
	revision: number;
	/** Events before this boundary were handed out. */
	throughMs: number;
	/** Nothing before this was ever wanted: the re-read does not reach behind it. */
	originMs: number;
	/** Events of the overlap that were handed out, whole since `seenSinceMs`. */
	seen: SeenIds;
	seenSinceMs: number;
	/** The "First Run Starts From" of the first run, to say that changing it has no effect any more. */
	startFrom: string;
	/** SHA-256 of the last run's manifest; the next manifest names it. */
	manifestSha256?: string;
	pending?: PendingExport;
	/** When the last export was requested (SAFE's courtesy). */
	lastRequestAtMs?: number;
	/** While a first run or rewind takes several runs: events before this are history. */
	backfillUntilMs?: number;
	/** A first run or rewind that has handed out nothing yet, because its export was not ready: what comes is still history. */
	fresh?: boolean;
}

/** What a saved text is. `none`: there is no position yet. */
export type SavedCheckpoint =
	| { state: 'none' }
	| { state: 'read'; checkpoint: Checkpoint }
	| { state: 'unreadable'; reason: string };

/**
 * Reads a saved position.
 * In: the text (also an object, or empty in any of the ways that a table cell can be), and the name it must have. Never throws and never guesses.
 */
export function parseCheckpoint(saved: unknown, name: string): SavedCheckpoint {
	if (saved === undefined || saved === null || (typeof saved === 'string' && !saved.trim())) return { state: 'none' };
	const value = typeof saved === 'string' ? parsed(saved) : saved;
	if (typeof value !== 'object' || value === null || Array.isArray(value)) {
		return { state: 'unreadable', reason: 'it is not JSON' };
	}
	const fields = value as Record<string, unknown>;
	if (fields.v !== VERSION) return { state: 'unreadable', reason: `its version is ${String(fields.v).slice(0, 20)}` };
	if (fields.name !== name) return { state: 'unreadable', reason: `it belongs to "${String(fields.name).slice(0, 60)}"` };
	const throughMs = parseTime(fields.through);
	if (throughMs === undefined) return { state: 'unreadable', reason: 'its time "through" is not a date' };
	return {
		state: 'read',
		checkpoint: {
			name,
			revision: wholeNumber(fields.revision) ?? 0,
			throughMs,
			originMs: parseTime(fields.origin) ?? throughMs,
			seen: SeenIds.parse(fields.seen),
			seenSinceMs: parseTime(fields.seenSince) ?? throughMs,
			startFrom: String(fields.startFrom ?? ''),
			manifestSha256: typeof fields.manifest === 'string' ? fields.manifest : undefined,
			pending: pendingIn(fields.pending),
			lastRequestAtMs: parseTime(fields.lastRequestAt),
			backfillUntilMs: parseTime(fields.backfillUntil),
			fresh: fields.fresh === true,
		},
	};
}

/**
 * The text to save. When the remembered ids would not fit, the oldest are forgotten.
 * Out: text of at most `LONGEST_CHECKPOINT` characters, and from when the memory is whole if it had to shrink.
 */
export function writeCheckpoint(checkpoint: Checkpoint): { text: string; shrunkToMs?: number } {
	const seen = SeenIds.parse(checkpoint.seen.toJSON());
	let { seenSinceMs } = checkpoint;
	let shrunkToMs: number | undefined;
	for (;;) {
		const text = JSON.stringify({
			v: VERSION,
			name: checkpoint.name,
			revision: checkpoint.revision,
			through: formatUtc(checkpoint.throughMs),
			origin: formatUtc(checkpoint.originMs),
			startFrom: checkpoint.startFrom,
			seenSince: formatUtc(seenSinceMs),
			seen,
			manifest: checkpoint.manifestSha256,
			pending: checkpoint.pending && {
				uuid: checkpoint.pending.uuid,
				requestedAt: formatUtc(checkpoint.pending.requestedAtMs),
				days: checkpoint.pending.days,
				resumes: checkpoint.pending.resumes,
				// Left out for the usual one, as texts written before there was another.
				family: checkpoint.pending.family === 'reports' ? undefined : checkpoint.pending.family,
			},
			lastRequestAt: checkpoint.lastRequestAtMs === undefined ? undefined : formatUtc(checkpoint.lastRequestAtMs),
			backfillUntil: checkpoint.backfillUntilMs === undefined ? undefined : formatUtc(checkpoint.backfillUntilMs),
			fresh: checkpoint.fresh || undefined,
		});
		if (text.length <= LONGEST_CHECKPOINT) return { text, shrunkToMs };
		const wholeSinceMs = seen.forgetOldest();
		if (wholeSinceMs === undefined) return { text, shrunkToMs };
		seenSinceMs = Math.max(seenSinceMs, wholeSinceMs);
		shrunkToMs = seenSinceMs;
	}
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

function wholeNumber(value: unknown): number | undefined {
	return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : undefined;
}

function pendingIn(value: unknown): PendingExport | undefined {
	if (typeof value !== 'object' || value === null) return undefined;
	const { uuid, requestedAt, days, resumes, family } = value as Record<string, unknown>;
	const requestedAtMs = parseTime(requestedAt);
	const wholeDays = wholeNumber(days);
	if (typeof uuid !== 'string' || !uuid || requestedAtMs === undefined || wholeDays === undefined) return undefined;
	return { uuid, requestedAtMs, days: wholeDays, resumes: wholeNumber(resumes) ?? 0, family: family === 'auditLogsExport' ? family : 'reports' };
}
