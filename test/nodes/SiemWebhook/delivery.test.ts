jest.mock('n8n-workflow', () => jest.requireActual('../time').withFreePauses(jest.requireActual('n8n-workflow')));

import type { NodeApiError } from 'n8n-workflow';
import { useBench } from '../bench';
import { sleptMs } from '../time';
import { countOf, deliveredOf, deliverTo, eventsOf, failedOf, startTarget, TARGETS } from './receivers';

const bench = useBench();

const NAMES = Object.keys(TARGETS);
const idsOf = (events: Array<Record<string, unknown>>) => events.map(({ eventId }) => eventId);
const hintsOf = (report: { hints: (node: string) => Array<{ message: string }> }) => report.hints('Node').map(({ message }) => message);

describe.each(NAMES)('%s', (name) => {
	test('gets every event once, in order, and each batch is told as one item with its first and last event', async () => {
		const target = await startTarget(bench, name);
		const events = eventsOf(25);
		const report = await deliverTo(bench, target, events, { options: { batchSize: 10, concurrency: 1 } });
		expect(report.error).toBeUndefined();
		expect(target.receiver.events.map(({ id }) => id)).toEqual(idsOf(events));
		expect(deliveredOf(report)).toMatchObject([
			{ batch: 1, count: 10, firstEventId: events[0].eventId, lastEventId: events[9].eventId, requests: 1, attempts: 1, maybeDuplicated: false },
			{ batch: 2, count: 10 },
			{ batch: 3, count: 5, lastEventId: events[24].eventId },
		]);
		expect(report.items('Node')[2].pairedItem).toEqual([20, 21, 22, 23, 24].map((item) => ({ item })));
		expect(failedOf(report)).toEqual([]);
		expect(hintsOf(report)).toEqual(['25 items = 25 delivered in 3 batches + 0 refused']);
	});

	test('is left alone when there is nothing but an empty item', async () => {
		const target = await startTarget(bench, name);
		const report = await deliverTo(bench, target, [{}]);
		expect(report.error).toBeUndefined();
		expect(target.receiver.requests).toEqual([]);
		expect(hintsOf(report)).toEqual(['1 item = 0 delivered in 0 batches + 0 refused + 1 left out as empty']);
	});

	test('gets a batch again that it was too busy for, after as long as it asked', async () => {
		const faults = [
			{ on: { nth: 1 }, do: { retryAfter: 7 } },
			{ on: { nth: 2 }, do: { retryAfter: 11, status: 503 } },
		];
		const target = await startTarget(bench, name, { faults });
		const events = eventsOf(5);
		const report = await deliverTo(bench, target, events);
		expect(report.error).toBeUndefined();
		expect(target.receiver.events.map(({ id }) => id)).toEqual(idsOf(events));
		expect(deliveredOf(report)).toMatchObject([{ count: 5, requests: 3, attempts: 3, maybeDuplicated: false }]);
		expect(sleptMs()).toBe(18_000);
	});

	test('that stays busy stops the workflow with a cause that n8n knows for temporary, and says how much was delivered', async () => {
		const target = await startTarget(bench, name, { faults: [2, 3, 4].map((nth) => ({ on: { nth }, do: { status: 503 } })) });
		const report = await deliverTo(bench, target, eventsOf(20), { onRejected: 'sendToFailed', options: { batchSize: 10, attempts: 3, concurrency: 1 } });
		const { message, description, failure } = report.error as NodeApiError;
		expect(message).toMatch(/\(SIEM-5XX-SERVER\)$/);
		expect(description).toMatch(/Of 20 events 10 were delivered before\./);
		expect(failure).toEqual({ cause: 'temporarily-unavailable', retryAfterMs: undefined });
		expect(report.items('Node')).toEqual([]);
		expect(target.receiver.events).toHaveLength(10);
	});

	test('gets a batch in halves that it finds too large, and an event that is too large by itself goes to Failed', async () => {
		const target = await startTarget(bench, name, { maxBytes: 4_000 });
		const events = [...eventsOf(30)];
		events[7] = { ...events[7], message: 'x'.repeat(5_000) };
		// Packed bodies are checked after unpacking, too.
		const report = await deliverTo(bench, target, events, { onRejected: 'sendToFailed' });
		expect(report.error).toBeUndefined();
		expect(target.receiver.events.map(({ id }) => id)).toEqual(idsOf(events).filter((_id, at) => at !== 7));
		expect(failedOf(report)).toMatchObject([{ eventId: events[7].eventId, status: 413, event: events[7] }]);
		expect(countOf(report)).toBe(29);
	});

	test('refuses two poison events: they alone go to Failed, whole, with reason, status and tries', async () => {
		const events = eventsOf(100);
		const target = await startTarget(bench, name, { poison: [events[13], events[77]].map(({ eventId }) => String(eventId)) });
		const report = await deliverTo(bench, target, events, { onRejected: 'sendToFailed' });
		expect(report.error).toBeUndefined();
		expect(failedOf(report).map(({ event }) => event)).toEqual([events[13], events[77]]);
		expect(report.items('Node', 1).map(({ pairedItem }) => pairedItem)).toEqual([{ item: 13 }, { item: 77 }]);
		for (const item of failedOf(report)) {
			expect(item).toMatchObject({ status: 400, reason: expect.stringMatching(/\w/), attempts: expect.any(Number) });
		}
		expect([...target.receiver.ids()].sort()).toEqual(idsOf(events).filter((_id, at) => at !== 13 && at !== 77));
		expect(target.receiver.events).toHaveLength(98);
		expect(countOf(report)).toBe(98);
	});

	test('that refuses one event stops the workflow unless told otherwise, and the message names event and reason', async () => {
		const events = eventsOf(10);
		const target = await startTarget(bench, name, { poison: [String(events[3].eventId)] });
		const report = await deliverTo(bench, target, events);
		const { message, failure } = report.error as NodeApiError;
		expect(message).toMatch(new RegExp(`^Event ${String(events[3].eventId)} \\(item 3\\) was refused: .*\\(SIEM-EVENT-REFUSED\\)$`));
		expect(failure).toEqual({ cause: 'configuration-invalid' });
	});
});
