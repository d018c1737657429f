import { advance, type Advance } from '../../../nodes/shared/checkpoint/advance';
import type { Checkpoint } from '../../../nodes/shared/checkpoint/checkpoint';
import { SeenIds } from '../../../nodes/shared/checkpoint/seen';
import { firstStart } from '../../../nodes/shared/checkpoint/start';

const T0 = Date.parse('2026-01-15T10:00:00Z');
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const previous: Checkpoint = { name: 'n', revision: 4, throughMs: T0, originMs: T0 - DAY_MS, seen: new SeenIds(), seenSinceMs: T0 - HOUR_MS, startFrom: 'oldest' };

function after(changes: Partial<Omit<Advance, 'plan'>> & { firstRun?: boolean } = {}): Checkpoint {
	const { firstRun = false, ...rest } = changes;
	const plan = { startMs: T0, endMs: T0 + HOUR_MS, readFromMs: T0, firstRun, future: false };
	return advance({ name: 'n', revision: 5, startFrom: 'now', previous, plan, result: { endMs: T0 + HOUR_MS, seen: new SeenIds() }, overlapMs: 600_000, ...rest });
}

describe('the position after a run', () => {
	it('is the end of what was read, with the new revision', () => {
		expect(after()).toMatchObject({ name: 'n', revision: 5, throughMs: T0 + HOUR_MS });
	});

	it('keeps where everything began, unless the run began anew', () => {
		expect(after().originMs).toBe(T0 - DAY_MS);
		expect(after({ firstRun: true }).originMs).toBe(T0);
		expect(after({ previous: undefined }).originMs).toBe(T0);
	});

	it('remembers whole the re-read behind it, and no more than was ever known', () => {
		expect(after().seenSinceMs).toBe(T0 + HOUR_MS - 600_000);
		expect(after({ overlapMs: DAY_MS }).seenSinceMs).toBe(T0 - HOUR_MS);
		expect(after({ overlapMs: DAY_MS, firstRun: true }).seenSinceMs).toBe(T0);
		expect(after({ overlapMs: DAY_MS, previous: undefined }).seenSinceMs).toBe(T0);
	});

	it('keeps the "First Run Starts From" of the first run, and takes this one where there was none', () => {
		expect(after().startFrom).toBe('oldest');
		expect(after({ previous: { ...previous, startFrom: '' } }).startFrom).toBe('now');
		expect(after({ previous: undefined }).startFrom).toBe('now');
	});

	it('carries what it is given to carry', () => {
		expect(after({ carry: { manifestSha256: 'ab', fresh: true } })).toMatchObject({ manifestSha256: 'ab', fresh: true });
	});
});

describe('a first run', () => {
	it.each<[string, number | undefined, number]>([
		['now', T0 - 5, T0],
		['oldest', T0 - 5, T0 - 90 * DAY_MS],
		['dateTime', T0 - 5, T0 - 5],
		['dateTime', undefined, T0 - DAY_MS],
		['last24Hours', T0 - 5, T0 - DAY_MS],
		['', T0 - 5, T0 - DAY_MS],
	])('from "%s" with the date %p starts at %p', (choice, date, start) => {
		expect(firstStart(choice, date, 90 * DAY_MS, T0)).toBe(start);
	});
});
