import fc from 'fast-check';
import { batchId, factsOf, withId } from '../../../../nodes/shared/delivery/siem/facts';
import { firstRejected, prepare } from '../../../../nodes/shared/delivery/siem/prepare';
import { forAll, generated } from '../../generated';
import { DESTINATIONS } from './destinations';

const RUNS = 1_500;
const NOW = Date.parse('2026-01-15T10:00:00Z');
const hostile = fc.dictionary(
	fc.oneof(fc.constantFrom('eventId', 'eventTime', 'event', 'metadata', 'time', '@timestamp', 'message', 'severity', '__proto__', 'timestamp'), fc.string()),
	fc.oneof(fc.jsonValue(), fc.string({ unit: 'binary' }), fc.double(), fc.constantFrom('2026-01-15T08:00:00Z', 1768467600123, -1, NaN)),
	{ minKeys: 1, maxKeys: 8 },
);

it.each(Object.entries(DESTINATIONS))(`%s: every event is written or refused with a reason, whatever it holds, ${generated(RUNS)}`, async (name, destination) => {
	await forAll(RUNS, hostile, (event) => {
		const prepared = prepare([event], destination, {}, NOW);
		const written = [...prepared.written];
		const { rejected, empty, remarks } = prepared;
		expect(written.length + rejected.length + empty).toBe(1);
		expect([...remarks.values()].every((count) => count === 1)).toBe(true);
		for (const { text, bytes, id } of written) {
			expect(bytes).toBe(Buffer.byteLength(text));
			expect(id).not.toBe('');
			const lines = text.split('\n').filter(Boolean);
			expect(lines).toHaveLength(name === 'elasticBulk' ? 2 : 1);
			if (name === 'cef') expect(text).toMatch(/^CEF:0\|/);
			else lines.forEach((line) => JSON.parse(line) as unknown);
		}
	});
});

it('refuses what is nested beyond all measure, and goes on with the next event', () => {
	let deep: Record<string, unknown> = {};
	for (let depth = 0; depth < 100_000; depth++) deep = { deep };
	const { written, rejected } = prepare([deep, { eventId: '2' }], DESTINATIONS.sumo, {}, NOW);
	expect([...written].map(({ id }) => id)).toEqual(['2']);
	expect(rejected).toMatchObject([{ item: 0, reason: 'the event cannot be written as JSON' }]);
});

it.each(Object.entries(DESTINATIONS))(`%s: what cannot arrive whole is found before anything is sent, and is what is refused when it is written, ${generated(RUNS)}`, async (_name, destination) => {
	const limits = fc.oneof(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 1_000, max: 40_000 }));
	const grown = fc.tuple(hostile, fc.constantFrom('', '\u0001', '\u2028', '"\\', 'é', '=|'), fc.integer({ max: 80, min: 0 })).map(([event, text, times]) => ({ ...event, grown: text.repeat(times) }));
	await forAll(RUNS, fc.record({ items: fc.array(fc.oneof(hostile, grown, fc.constant({})), { maxLength: 5 }), eventBytes: limits }), ({ items, eventBytes }) => {
		const small = { ...destination, limits: { ...destination.limits, eventBytes } };
		const prepared = prepare(items, small, {}, NOW);
		expect([...prepared.written].length + prepared.rejected.length + prepared.empty).toBe(items.length);
		expect(firstRejected(items, small, {})).toEqual(prepared.rejected[0]);
	});
});

it('finds before anything is sent what is no plain JSON and cannot be written', () => {
	const circular: Record<string, unknown> = { eventId: '2' };
	circular.self = circular;
	const refused = (event: Record<string, unknown>) => firstRejected([{ eventId: '1' }, event], DESTINATIONS.splunkHec, {});
	expect(refused(circular)).toMatchObject({ item: 1, id: '2', reason: 'the event cannot be written as JSON' });
	expect(refused({ eventId: '3', big: 3n })).toMatchObject({ item: 1, id: '3' });
	expect(refused({ eventId: '4', text: { toJSON: () => 'x'.repeat(6_000_000) } })).toMatchObject({ item: 1, id: '4', reason: expect.stringContaining('the receiver takes') });
	expect(refused({ eventId: '5', at: new Date(NOW) })).toBeUndefined();
});

it('writes no event before it is asked for', () => {
	let asked = 0;
	const counting = { ...DESTINATIONS.splunkHec, write: () => `${++asked}` };
	const events = prepare([{ a: 1 }, { a: 2 }, { a: 3 }], counting, {}, NOW).written[Symbol.iterator]();
	events.next();
	expect(asked).toBe(1);
});

describe('the facts of an event', () => {
	it.each<[string, Record<string, unknown>, string, number | undefined]>([
		['simplified', { eventId: '1', eventTime: '2026-01-15T08:00:00.5Z' }, '1', Date.parse('2026-01-15T08:00:00.5Z')],
		['ECS, nested', { event: { id: '2' }, '@timestamp': '2026-01-15T08:00:00Z' }, '2', Date.parse('2026-01-15T08:00:00Z')],
		['ECS, flat', { 'event.id': '3' }, '3', undefined],
		['OCSF', { metadata: { uid: '4' }, time: 1768464000000 }, '4', 1768464000000],
		['a SecurID record', { eventId: '5', eventLogDate: '2018-05-13T16:29:59.000 UTC' }, '5', Date.parse('2018-05-13T16:29:59Z')],
		['a numeric ID', { eventId: 6 }, '6', undefined],
		['a time before 1970', { eventId: '7', eventTime: '1969-01-01T00:00:00Z' }, '7', undefined],
	])('are found in %s', (_form, event, id, timeMs) => {
		expect(factsOf(event)).toMatchObject({ id, ownId: true, timeMs });
	});

	it('take the named fields instead, and a hash of the content where these are empty', () => {
		expect(factsOf({ eventId: '1', uid: '2' }, { idField: 'uid' }).id).toBe('2');
		const { id, ownId } = factsOf({ eventId: '1', b: 2 }, { idField: 'none' });
		expect([id.length, ownId]).toEqual([64, false]);
		expect(factsOf({ b: 2, eventId: '1' }, { idField: 'none' }).id).toBe(id);
	});

	it('give an event its ID as a member only where it has none', () => {
		expect(withId(factsOf({ a: 1 }))).toMatchObject({ a: 1, eventId: expect.stringMatching(/^[0-9a-f]{64}$/) });
		expect(withId(factsOf({ 'event.id': '3' }))).toEqual({ 'event.id': '3' });
	});

	it('give a batch an id of its ordered events, which no other splitting of them has', () => {
		expect(batchId(['a', 'b'])).toBe(batchId(['a', 'b']));
		expect(new Set([batchId(['a', 'b']), batchId(['b', 'a']), batchId(['ab']), batchId(['a,b'])]).size).toBe(4);
		expect(batchId(['a'])).toMatch(/^msg_[0-9a-f]{32}$/);
	});
});

it('shortens IDs that Elasticsearch would refuse, and keeps all others as they are', () => {
	const actionOf = (id: string) => JSON.parse(DESTINATIONS.elasticBulk.write({ id, ownId: true, json: { a: 1 } }).split('\n')[0]) as { create: { _id: string } };
	expect(actionOf('x'.repeat(512)).create._id).toBe('x'.repeat(512));
	expect(actionOf('é'.repeat(300)).create._id).toMatch(/^[0-9a-f]{64}$/);
});
