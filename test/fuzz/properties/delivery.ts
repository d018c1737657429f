import assert from 'node:assert/strict';
import { gunzipSync } from 'node:zlib';
import fc, { type Arbitrary } from 'fast-check';
import { SLOTS } from '../../../nodes/shared/checkpoint/slots';
import { type ArchivedEvent, archiveFiles, manifestFile, stableJson } from '../../../nodes/shared/delivery/archive';
import { bodyOf, cutIntoBatches } from '../../../nodes/shared/delivery/siem/batches';
import { batchId, factsOf } from '../../../nodes/shared/delivery/siem/facts';
import { prepare } from '../../../nodes/shared/delivery/siem/prepare';
import type { Written } from '../../../nodes/shared/delivery/siem/types';
import { DESTINATIONS } from '../../unit/delivery/siem/destinations';
import { anyName, anyObject, anyText, anyValue, moment, turnedAround } from '../arbitraries';
import { type Property, property } from '../property';
import { slotName } from './positions';

const area = 'delivery';
const NOW = Date.parse('2026-01-15T10:00:00Z');

const FRAMES = [
	{ open: '[', separator: ',', close: ']' },
	{ open: '', separator: '\n', close: '\n' },
	{ open: '', separator: '', close: '' },
	{ open: '«', separator: '…', close: '»' },
];

const written = (text: string, item: number): Written => ({ item, id: String(item), text, bytes: Buffer.byteLength(text), attempts: 0 });

const archived: Arbitrary<ArchivedEvent[]> = fc
	.tuple(moment, fc.uniqueArray(fc.record({ id: fc.bigInt({ min: 0n, max: 2n ** 64n }).map(String), offMs: fc.integer({ min: 0, max: 7_200_000 }), late: fc.boolean(), record: anyObject(anyName('eventId', 'message', 'b', 'a'), anyValue(), 4) }), { selector: ({ id }) => id, maxLength: 8 }))
	.map(([startMs, events]) => events.map(({ offMs, id, record, ...rest }) => ({ ...rest, id, atMs: startMs + offMs, record: { ...record, eventId: id } })));

export const DELIVERY_PROPERTIES: Property[] = [
	property({
		area,
		rule: 'batches hold all events in their order, within their limits, none cut earlier than it must be, and cut again the same',
		weight: 50,
		cases: () => fc.record({ texts: fc.array(fc.string({ unit: 'grapheme', maxLength: 20 }), { maxLength: 40 }), frame: fc.constantFrom(...FRAMES), most: fc.integer({ min: 1, max: 10 }), bytes: fc.integer({ min: 1, max: 200 }) }),
		check: ({ texts, frame, most, bytes }) => {
			const events = texts.map(written);
			const batches = [...cutIntoBatches(events, frame, most, bytes)];
			assert.deepStrictEqual(batches.flatMap((batch) => batch.events), events);
			assert.deepStrictEqual(batches.map(({ number }) => number), batches.map((_batch, at) => at));
			const sizeOf = (some: Written[]) => Buffer.byteLength(bodyOf(some, frame));
			batches.forEach(({ events: held }, at) => {
				assert.ok(held.length >= 1 && held.length <= most);
				assert.ok(held.length === 1 || sizeOf(held) <= bytes);
				const next = batches[at + 1]?.events[0];
				if (next && held.length < most) assert.ok(sizeOf([...held, next]) > bytes, 'could have taken the next event');
			});
			assert.deepStrictEqual([...cutIntoBatches(events, frame, most, bytes)], batches);
		},
	}),
	property({
		area,
		rule: 'a batch has the ID of its events in their order, and no other list of IDs has it',
		weight: 30,
		atLeast: 0.5,
		cases: () => fc.tuple(fc.array(anyText(6), { maxLength: 5 }), fc.array(anyText(6), { maxLength: 5 })),
		check: ([one, other]) => {
			assert.equal(batchId([...one]), batchId(one));
			const differs = JSON.stringify(one) !== JSON.stringify(other);
			assert.equal(batchId(one) !== batchId(other), differs);
			if (one.length > 0) assert.notEqual(batchId([one.join(','), '']), batchId(one.length === 2 && one[1] === '' ? ['x'] : one));
			return differs;
		},
	}),
	property({
		area,
		rule: 'every event is written for every receiver, one line each, or refused with a reason, whatever it holds',
		weight: 25,
		cases: () =>
			fc.tuple(
				fc.constantFrom(...(Object.keys(DESTINATIONS) as Array<keyof typeof DESTINATIONS>)),
				fc.array(anyObject(anyName('eventId', 'eventTime', 'event', 'metadata', 'time', '@timestamp', 'message', 'severity', 'timestamp', 'source', 'actor'), anyValue('2026-01-15T08:00:00Z', 1768467600123, -1, 'high', { id: '7' })), { maxLength: 3 }),
			),
		check: ([name, items]) => {
			const prepared = prepare(items, DESTINATIONS[name], {}, NOW);
			const ready = [...prepared.written];
			const { rejected, empty } = prepared;
			assert.equal(ready.length + rejected.length + empty, items.length);
			assert.ok(rejected.every(({ reason }) => reason !== ''));
			for (const { text, bytes, id, item } of ready) {
				assert.equal(bytes, Buffer.byteLength(text));
				assert.notEqual(id, '');
				assert.equal(id, factsOf(items[item]).id);
				const lines = text.split('\n').filter(Boolean);
				assert.equal(lines.length, name === 'elasticBulk' ? 2 : 1);
				if (name === 'cef') assert.ok(text.startsWith('CEF:0|'));
				else lines.forEach((line) => JSON.parse(line) as unknown);
			}
		},
	}),
	property({
		area,
		rule: 'an event without an ID has the same one whatever the order of its members',
		weight: 30,
		cases: () => anyObject(anyName('a', 'b'), anyValue(), 6),
		check: (event) => {
			assert.equal(factsOf(turnedAround(event) as Record<string, unknown>, { idField: 'none' }).id, factsOf(event, { idField: 'none' }).id);
		},
	}),
	property({
		area,
		rule: 'JSON with sorted members loses nothing and is the same whatever the order of the members',
		weight: 60,
		cases: () => fc.oneof(anyValue(), anyObject(anyName('b', 'a', '10', '9'), anyValue())),
		check: (value) => {
			const text = stableJson(value);
			assert.deepStrictEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)));
			assert.equal(stableJson(turnedAround(value)), text);
		},
	}),
	property({
		area,
		rule: 'archive files have equal keys and bytes for equal events in any order, hold each event once, in its slot, late ones apart',
		weight: 8,
		atLeast: 0.4,
		cases: () => fc.tuple(archived, slotName, fc.array(fc.nat(), { minLength: 8, maxLength: 8 })),
		check: async ([events, slot, order]) => {
			const shuffled = events.map((event, at) => ({ event, rank: order[at] })).sort((left, right) => left.rank - right.rank).map(({ event }) => ({ ...event, record: turnedAround(event.record) as object }));
			const [files, again] = [await archiveFiles('audit', 'securid-admin', slot, events), await archiveFiles('audit', 'securid-admin', slot, shuffled)];
			const byKey = (some: typeof files) => some.map(({ key, sha256 }) => `${key} ${sha256}`).sort();
			assert.deepStrictEqual(byKey(again), byKey(files));
			assert.equal(new Set(files.map(({ key }) => key)).size, files.length);
			const held: string[] = [];
			for (const { bytes, late, firstEventTime, count } of files) {
				const lines = gunzipSync(bytes).toString().trimEnd().split('\n').map((line) => JSON.parse(line) as { eventId: string });
				assert.equal(lines.length, count);
				for (const { eventId } of lines) {
					const event = events.find(({ id }) => id === eventId);
					assert.equal(event?.late, late);
					assert.equal(Math.floor((event?.atMs ?? 0) / SLOTS[slot]), Math.floor(Date.parse(firstEventTime) / SLOTS[slot]));
					held.push(eventId);
				}
			}
			assert.deepStrictEqual(held.sort(), events.map(({ id }) => id).sort());
			const facts = { name: 'n', revision: 1, startMs: 0, endMs: 1, counts: { fetched: events.length } };
			const manifest = manifestFile('audit', 'securid-admin', facts, files);
			assert.equal(manifest.count, events.length);
			return events.length > 1;
		},
	}),
];
