import type { Failure, FailureDetails } from '../core/failure';
import { clockAheadMs } from '../core/http';
import { MINUTE_MS } from '../core/time';
import { securIdFailure } from './failures';

/** SecurID forgives 60 seconds (documented); less than two minutes may also be the time that an answer was on its way. */
const NOTICEABLE_MS = 2 * MINUTE_MS;

/** The failure for a refusal that a wrong clock explains: the answer's own date differs from this machine's. Undefined when it does not. */
export function clockFailure(headers: Record<string, string>, nowMs: number, details: FailureDetails): Failure | undefined {
	const off = clockDifference(headers, nowMs);
	return off === undefined ? undefined : securIdFailure('SECURID-CLOCK', { ...details, values: { off } });
}

/** In words, e.g. "10 minutes behind"; undefined when it is less than two minutes or not told. */
export function clockDifference(headers: Record<string, string>, nowMs: number): string | undefined {
	const aheadMs = clockAheadMs(headers, nowMs) ?? 0;
	if (Math.abs(aheadMs) < NOTICEABLE_MS) return undefined;
	return `${Math.round(Math.abs(aheadMs) / MINUTE_MS)} minutes ${aheadMs > 0 ? 'ahead' : 'behind'}`;
}
