import { checkArchived, checkCounts } from '../../../nodes/shared/n8n/checkpointItem';
import { failureOf } from '../failures';

describe('a run is stopped before it hands anything out when', () => {
	it('an event that was fetched is neither emitted, nor known, nor filtered', async () => {
		const counts = { fetched: 10, emitted: 6, duplicates: 2, filtered: 1, late: 1 };
		const failure = await failureOf(() => checkCounts(counts));
		expect(failure.message).toBe('The counts of this run do not agree: 10 fetched, 6 emitted, 2 duplicates, 1 filtered (POSITION-COUNTS)');
		expect(() => checkCounts({ ...counts, filtered: 2 })).not.toThrow();
	});

	it.each([1, 3])('its archive files hold %s of its 2 events', async (count) => {
		const failure = await failureOf(() => checkArchived(2, [{ count: 1 }, { count: count - 1 }]));
		expect(failure.message).toBe(`The counts of this run do not agree: 2 new events, ${count} archived (POSITION-COUNTS)`);
		expect(() => checkArchived(2, [{ count: 1 }, { count: 1 }])).not.toThrow();
		expect(() => checkArchived(0, [])).not.toThrow();
	});
});
