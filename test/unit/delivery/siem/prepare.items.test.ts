import { prepare } from '../../../../nodes/shared/delivery/siem/prepare';
import { factsOf } from '../../../../nodes/shared/delivery/siem/facts';
import { DESTINATIONS } from './destinations';

const NOW = Date.parse('2026-01-15T10:00:00Z');
const { sumo, datadog } = DESTINATIONS;

const NO_EVENT = 'the item has no event in "Event Field"';
const NO_JSON = 'the event cannot be written as JSON';

it('takes the event from its field, tells items without one from items without anything, and refuses what JSON cannot hold', () => {
	const items: Array<[Record<string, unknown>, string]> = [
		[{ event: { eventId: 'a' } }, 'a'],
		[{}, 'empty'],
		[{ event: [{ eventId: 'b' }] }, NO_EVENT],
		[{ event: 'text' }, NO_EVENT],
		[{ event: null }, NO_EVENT],
		[{ event: {} }, NO_EVENT],
		[{ other: { eventId: 'c' } }, NO_EVENT],
		[{ event: { eventId: 'd', count: 1n } }, NO_JSON],
		[{ event: { count: 1n } }, NO_JSON],
	];
	const prepared = prepare(items.map(([item]) => item), sumo, { eventField: ' event ' }, NOW);
	expect([...prepared.written]).toEqual([{ item: 0, id: 'a', text: '{"eventId":"a"}', bytes: 15, attempts: 0 }]);
	const { rejected, empty, eventOf } = prepared;
	expect(empty).toBe(1);
	expect(rejected).toEqual(items.flatMap(([, reason], item) => (item < 2 ? [] : [{ item, id: item === 7 ? 'd' : '', reason, attempts: 0 }])));
	expect([eventOf(0), eventOf(3)]).toEqual([{ eventId: 'a' }, undefined]);
});

it('takes the whole item where no field is named', () => {
	const { written, eventOf } = prepare([{ event: { eventId: 'a' }, eventId: 'b' }], sumo, {}, NOW);
	expect([...written].map(({ id }) => id)).toEqual(['b']);
	expect(eventOf(0)).toEqual({ event: { eventId: 'a' }, eventId: 'b' });
});

it('sends an event of as many bytes as the receiver takes, and refuses one of one more, saying both numbers', () => {
	const limited = { ...sumo, limits: { ...sumo.limits, eventBytes: 16 } };
	const { written, rejected } = prepare([{ eventId: 'ü' }, { eventId: 'üb' }], limited, {}, NOW);
	expect([...written].map(({ id, bytes }) => [id, bytes])).toEqual([['ü', 16]]);
	expect(rejected).toEqual([{ item: 1, id: 'üb', reason: 'the event has 17 bytes, the receiver takes 16 at most', attempts: 0 }]);
});

it('counts by sentence what users should know, and takes ID and time from the fields that are named', () => {
	const old = { uid: '1', when: '2026-01-14T15:59:59Z' };
	const recent = { uid: '2', when: '2026-01-14T16:00:00Z' };
	const { written, remarks } = prepare([old, recent, { uid: '3' }, { uid: '4', eventTime: '2026-01-15T09:00:00Z' }], datadog, { idField: ' uid ', timeField: ' when ' }, NOW);
	expect([...written].map(({ id }) => id)).toEqual(['1', '2', '3', '4']);
	expect([...remarks]).toEqual([
		['Older than 18 hours, which Datadog drops or gives another date', 1],
		['No time that can be read, so that the receiver gives its own', 2],
	]);
});

it('keeps an event on one line for readers that take NEL, LS and PS for line ends', () => {
	const event = { eventId: 'a', text: 'one\u0085two\u2028three\u2029four' };
	const [{ text }] = prepare([event], sumo, {}, NOW).written;
	expect(text).toBe('{"eventId":"a","text":"one\\u0085two\\u2028three\\u2029four"}');
	expect(JSON.parse(text)).toEqual(event);
});

it.each<[string, Record<string, unknown>, string | undefined, number | undefined]>([
	['a number without end', { eventId: Infinity, time: 1768464000000 }, undefined, 1768464000000],
	['blanks', { eventId: '  ', eventTime: '1970-01-01T00:00:00Z' }, undefined, 0],
	['a truth value', { eventId: true, time: true }, undefined, undefined],
	['a list', { eventId: ['7'], time: ['2026-01-15T08:00:00Z'] }, undefined, undefined],
	['blanks before a number that stands elsewhere', { eventId: ' ', event: { id: 7 }, eventTime: 'never', time: -1 }, '7', undefined],
])('takes %s for no ID, and only a moment from 1970 on for a time', (_case, event, id, timeMs) => {
	const facts = factsOf(event);
	expect([facts.ownId, facts.ownId ? facts.id : undefined, facts.timeMs]).toEqual([id !== undefined, id, timeMs]);
	if (id === undefined) expect(facts.id).toMatch(/^[0-9a-f]{64}$/);
});
