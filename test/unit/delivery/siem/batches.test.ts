import fc from 'fast-check';
import { bodyOf, cutIntoBatches } from '../../../../nodes/shared/delivery/siem/batches';
import type { Written } from '../../../../nodes/shared/delivery/siem/types';
import { forAll, generated } from '../../generated';

const RUNS = 2_000;

const FRAMES = [
	{ open: '[', separator: ',', close: ']' },
	{ open: '', separator: '\n', close: '\n' },
	{ open: '', separator: '', close: '' },
];

const written = (text: string, item: number): Written => ({ item, id: String(item), text, bytes: Buffer.byteLength(text), attempts: 0 });

it(`cuts so that no body is over its bytes or count, none could take the next event, and order and events stay, ${generated(RUNS)}`, async () => {
	await forAll(
		RUNS,
		fc.record({
			texts: fc.array(fc.string({ unit: 'grapheme', maxLength: 30 }), { maxLength: 60 }),
			frame: fc.constantFrom(...FRAMES),
			most: fc.integer({ min: 1, max: 10 }),
			bytes: fc.integer({ min: 1, max: 200 }),
		}),
		({ texts, frame, most, bytes }) => {
			const events = texts.map(written);
			const batches = [...cutIntoBatches(events, frame, most, bytes)];
			expect(batches.flatMap((batch) => batch.events)).toEqual(events);
			expect(batches.map(({ number }) => number)).toEqual(batches.map((_batch, at) => at));
			const sizeOf = (some: Written[]) => Buffer.byteLength(bodyOf(some, frame));
			batches.forEach((batch, at) => {
				expect(batch.events.length).toBeLessThanOrEqual(most);
				if (batch.events.length > 1) expect(sizeOf(batch.events)).toBeLessThanOrEqual(bytes);
				const next = batches[at + 1]?.events[0];
				if (next && batch.events.length < most) expect(sizeOf([...batch.events, next])).toBeGreaterThan(bytes);
			});
		},
	);
});

it(`makes bodies of the texts and what stands around them, byte for byte in UTF-8, ${generated(RUNS)}`, async () => {
	// Halves of pairs too, which a CEF line may hold: they become the replacement character.
	const texts = fc.array(fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), fc.constant('\ud800 alone')), { minLength: 1, maxLength: 20 });
	await forAll(RUNS, fc.record({ texts, frame: fc.constantFrom(...FRAMES) }), ({ texts: some, frame }) => {
		const { open, separator, close } = frame;
		expect(Buffer.from(bodyOf(some.map(written), frame)).equals(Buffer.concat(some.flatMap((text, at) => [at ? separator : open, text]).concat(close).map((text) => Buffer.from(text))))).toBe(true);
	});
});

it('makes no batch of no events', () => {
	expect([...cutIntoBatches([], FRAMES[0], 10, 100)]).toEqual([]);
});
