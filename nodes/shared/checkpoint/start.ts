import { DAY_MS } from '../core/time';

/** Where a first run starts. In: the choice, the chosen date (epoch ms), how long the vendor keeps events, now. Out: epoch ms. */
export function firstStart(choice: string, dateMs: number | undefined, retentionMs: number, nowMs: number): number {
	if (choice === 'now') return nowMs;
	if (choice === 'oldest') return nowMs - retentionMs;
	if (choice === 'dateTime') return dateMs ?? nowMs - DAY_MS;
	return nowMs - DAY_MS;
}
