/** Where a run stands when something goes wrong: what had happened before, what it has to read, and what comes to light until the next attempt. */
import { floorToSlot } from '../../../nodes/shared/checkpoint/slots';
import { DAY_MS, FIRST_ROW, type Happening, HOUR_MS, MINUTE_MS } from '../../unit/checkpoint/collector';
import { Stage } from './stage';

/** How far the clock moves between the attempts. */
export const CLOCK_STEPS = { 'at once': 0, 'after a minute': MINUTE_MS, 'after 61 minutes': 61 * MINUTE_MS, 'after 25 hours': 25 * HOUR_MS };

export interface History {
	/** When the attempt runs that something happens to. */
	nowMs: number;
	/** Where it reads on from. */
	fromMs: number;
	stage: Stage;
}

const PAGE_SIZE = 10;

let made = 0;
const happen = (atMs: number, count: number): Happening[] =>
	Array.from({ length: count }, () => ({ id: String(9_000_000_000_000_000_000n + BigInt(made++)), atMs, visibleMs: atMs }));

/** 128 events in nine slots of the time from `fromMs` to `nowMs`: ties over a page, both sides of each midnight and quarter, the first and the last moment. */
function eventsBetween(fromMs: number, nowMs: number): Happening[] {
	const spanMs = nowMs - fromMs;
	const midnightMs = Math.floor(nowMs / DAY_MS) * DAY_MS;
	const inside = [fromMs, fromMs + MINUTE_MS, fromMs + spanMs * 0.2, midnightMs - DAY_MS - 1, midnightMs - DAY_MS, midnightMs - 1, midnightMs, nowMs - 40 * MINUTE_MS];
	const groups = inside.filter((atMs) => atMs >= fromMs && atMs < nowMs).map((atMs) => happen(Math.floor(atMs), 14));
	return [...groups.flat(), ...happen(nowMs - 23 * MINUTE_MS, 12), ...happen(nowMs - 2_000, 4)];
}

/** A position that was saved at `fromMs`, on a boundary, with events just before it that are known. */
async function savedAt(fromMs: number, nowMs: number, parameters: Stage['parameters'] = {}): Promise<History> {
	const known = [...happen(fromMs - 9 * MINUTE_MS, 5), ...happen(fromMs - 1, 3)];
	const startFromDate = new Date(fromMs - HOUR_MS).toISOString();
	const all = { startFrom: 'dateTime', startFromDate, ...parameters, options: { pageSize: PAGE_SIZE, ...parameters.options } };
	const stage = new Stage([...known, ...eventsBetween(fromMs, nowMs)], FIRST_ROW, all);
	await stage.catchUp(fromMs + 2 * MINUTE_MS);
	expect(stage.committed[stage.committed.length - 1].state.through).toBe(new Date(fromMs).toISOString());
	return { nowMs, fromMs, stage };
}

const T0 = Date.parse('2026-01-15T20:07:31.250Z');
const DAYS_AGO = Date.parse('2026-01-13T12:00:00.000Z');

export const HISTORIES: Record<string, () => Promise<History>> = {
	'three days behind': async () => await savedAt(DAYS_AGO, T0),
	'three days behind, with Max Events': async () => await savedAt(DAYS_AGO, T0, { options: { maxEvents: 45 } }),
	'first run': async () => {
		const parameters = { startFrom: 'dateTime', startFromDate: new Date(DAYS_AGO).toISOString(), options: { pageSize: PAGE_SIZE } };
		return { nowMs: T0, fromMs: DAYS_AGO, stage: new Stage(eventsBetween(DAYS_AGO, T0), FIRST_ROW, parameters) };
	},
	'at the edge of the retention': async () => await savedAt(floorToSlot(T0 - 90 * DAY_MS + 45 * MINUTE_MS, '15min'), T0),
	'just before midnight': async () => await savedAt(Date.parse('2026-01-15T21:00:00Z'), Date.parse('2026-01-15T23:52:00Z')),
};

/** What comes to light after an attempt: late events in the re-read, in the midst and at the end of the window, and new ones. Out: the slots that are not what they were. */
export function arrive({ nowMs, fromMs, stage }: History, thenMs: number): Set<number> {
	const lateMs = [fromMs - 5 * MINUTE_MS, fromMs + MINUTE_MS, floorToSlot(nowMs - 2 * MINUTE_MS, '15min') - 5 * MINUTE_MS];
	const late = lateMs.flatMap((atMs) => happen(atMs, 2));
	const fresh = thenMs > nowMs ? happen(nowMs + (thenMs - nowMs) / 2, 6) : [];
	stage.log.push(...late.map((event) => ({ ...event, visibleMs: thenMs })), ...fresh);
	return new Set(lateMs.map((atMs) => floorToSlot(atMs, '15min')));
}
