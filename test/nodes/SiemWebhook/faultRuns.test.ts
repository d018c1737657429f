jest.mock('n8n-workflow', () => jest.requireActual('../time').withFreePauses(jest.requireActual('n8n-workflow')));

import type { Fault } from '../../simulators';
import { useBench } from '../bench';
import { countOf, deliveredOf, deliverTo, eventsOf, failedOf, startTarget, TARGETS, type Target, type Troubles } from './receivers';

const bench = useBench();

const COUNT = 10_000;
const EVENTS = eventsOf(COUNT);
const IDS = EVENTS.map(({ eventId }) => String(eventId));
/** Three that no receiver takes: at both ends of a batch and inside one. */
const POISON = [IDS[250], IDS[4_499], IDS[7_777]];

/** A refusal without a reason, of events that are all good. */
const REFUSAL: Record<string, Fault> = {
	splunkHec: { status: 400, body: { text: 'Invalid data format', code: 6, 'invalid-event-number': 3 } },
};

/** What goes wrong, in turn, at every seventh request. */
const faultsOf = (name: string): Fault[] => [
	{ retryAfter: 2 },
	{ reset: 'inBody' },
	{ status: 413 },
	{ status: 503 },
	REFUSAL[name] ?? { status: 400 },
	{ truncateBody: true },
	{ retryAfter: 3, status: 503 },
	{ reset: 'before' },
];

function troublesOf(name: string): Troubles {
	const kinds = faultsOf(name);
	const faults = Array.from({ length: 80 }, (_none, at) => ({ on: { nth: 7 * (at + 1) }, do: kinds[at % kinds.length] }));
	// A part of a batch is refused for a time, at every seventh request, too.
	const decide: Troubles['decide'] = ({ at, attempt, requestIndex }) => (requestIndex % 7 === 3 && at % 5 === 0 && attempt < 3 ? 429 : undefined);
	return name === 'elasticBulk' ? { faults, poison: POISON, decide } : { faults, poison: POISON };
}

/** Ids that were stored more than once. */
function repeatedOf({ receiver }: Target): string[] {
	const seen = new Set<string>();
	const repeated = receiver.events.flatMap(({ id }) => {
		const again = seen.has(String(id));
		seen.add(String(id));
		return again ? [String(id)] : [];
	});
	return [...new Set(repeated)];
}

describe.each(Object.keys(TARGETS))('10,000 events for %s, every seventh request at fault', (name) => {
	test.each([1, 4])('end delivered or on Failed with %i requests in flight, and the counts agree', async (concurrency) => {
		const target = await startTarget(bench, name, troublesOf(name));
		const options = { batchSize: 250, maxBatchBytes: 1_000_000, concurrency, attempts: 8, deadline: 3_600 };
		const report = await deliverTo(bench, target, EVENTS, { onRejected: 'sendToFailed', options });

		expect(report.error).toBeUndefined();
		const failed = failedOf(report).map(({ eventId }) => String(eventId));
		expect(countOf(report) + failed.length).toBe(COUNT);
		expect(deliveredOf(report).length).toBeGreaterThanOrEqual(20);
		// Every event is where the node says it is.
		expect(POISON.filter((id) => !failed.includes(id))).toEqual([]);
		const failedIds = new Set(failed);
		const stored = new Set(target.receiver.ids());
		expect(IDS.filter((id) => !stored.has(id) && !failedIds.has(id))).toEqual([]);
		// A receiver that answered 413 or 400 without a cause may have met an event alone; there are no others.
		expect(failed.length).toBeLessThan(POISON.length + 5);
		// The faults did strike.
		const struck = target.receiver.faults.uses.map(({ kind }) => kind);
		expect(new Set(struck).size).toBeGreaterThanOrEqual(4);

		const repeated = repeatedOf(target);
		if (name === 'elasticBulk' || (name === 'generic' && concurrency === 1)) expect(repeated).toEqual([]);
		// A repeat never comes without a warning: it is in a batch that says so.
		const doubtful = new Set<string>();
		for (const { firstEventId, lastEventId, maybeDuplicated } of deliveredOf(report)) {
			if (maybeDuplicated) IDS.slice(IDS.indexOf(String(firstEventId)), IDS.indexOf(String(lastEventId)) + 1).forEach((id) => doubtful.add(id));
		}
		expect(repeated.filter((id) => !doubtful.has(id))).toEqual([]);
	});
});

test('the faults of these runs do make receivers store events twice that do not drop repeats', async () => {
	const target = await startTarget(bench, 'splunkHec', troublesOf('splunkHec'));
	await deliverTo(bench, target, EVENTS, { onRejected: 'sendToFailed', options: { batchSize: 250, attempts: 8, deadline: 3_600 } });
	expect(repeatedOf(target).length).toBeGreaterThanOrEqual(250);
});
