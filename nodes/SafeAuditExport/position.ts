import type { IExecuteFunctions } from 'n8n-workflow';
import type { PendingExport } from '../shared/checkpoint/checkpoint';
import { DAY_MS, formatUtc } from '../shared/core/time';
import type { SavedPosition } from '../shared/n8n/checkpointItem';
import type { SafeClient } from '../shared/safe/client';

/** SAFE's user interface exports twelve months at most; the same is taken for the API (assumed). */
export const SAFE_RETENTION_MS = 365 * DAY_MS;
const MOST_DAYS = 365;
/** At least this between two requests: SAFE asks not to be polled more than daily, and a daily schedule with jitter or a 23-hour day must pass. */
const COURTESY_MS = 20 * 3_600_000;
/** How far SAFE's clock may be ahead of n8n's, with the time that a request takes. */
const CLOCKS_DIFFER_MS = 3_600_000;
const PENDING_LIVES_MS = 48 * 3_600_000;
const MOST_RESUMES = 3;

/** What a run works on: an export of its own (instead of one that is given up), the one that an earlier run left, or none because SAFE was asked too recently. */
export type ExportChoice = { pending: PendingExport; dropped?: string } | { tooSoonUntilMs: number };

/**
 * Chooses the export of this run. An unfinished one is resumed, always; after 48 h or three resumes it is dropped for a new one.
 * A rewind wants a new one. Between two requests lie at least 20 h, unless the user lifts that.
 * Throws what the request throws; it is sent once.
 */
export async function chooseExport(
	context: IExecuteFunctions,
	client: SafeClient,
	position: SavedPosition,
	wanted: { readFromMs: number; allowFrequent: boolean },
	nowMs: number,
): Promise<ExportChoice> {
	const { checkpoint, rewindToMs } = position;
	const unfinished = checkpoint?.pending;
	let dropped: string | undefined;
	if (unfinished && rewindToMs === undefined) {
		if (unfinished.resumes < MOST_RESUMES && nowMs - unfinished.requestedAtMs < PENDING_LIVES_MS) {
			return { pending: { ...unfinished, resumes: unfinished.resumes + 1 } };
		}
		const message = `SAFE never finished export ${unfinished.uuid} of ${formatUtc(unfinished.requestedAtMs)}; a new one is requested`;
		context.addExecutionHints({ message, type: 'warning', location: 'outputPane' });
		dropped = unfinished.uuid;
	}
	const nextAllowedMs = (checkpoint?.lastRequestAtMs ?? -Infinity) + COURTESY_MS;
	if (nowMs < nextAllowedMs && !wanted.allowFrequent && rewindToMs === undefined && !unfinished) {
		return { tooSoonUntilMs: nextAllowedMs };
	}
	// SAFE counts whole days back from the moment of the request, by its own clock.
	const days = Math.min(MOST_DAYS, Math.max(1, Math.floor((nowMs + CLOCKS_DIFFER_MS - wanted.readFromMs) / DAY_MS) + 1));
	const uuid = await client.requestReport(days);
	context.logger.info(`SAFE: export ${uuid} over ${days} day(s) is queued`);
	return { pending: { uuid, requestedAtMs: nowMs, days, resumes: 0, family: client.exports.family }, dropped };
}
