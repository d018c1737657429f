import { firstRejected } from '../../../../nodes/shared/delivery/siem/prepare';
import { addedBytes, isSurelyWithin } from '../../../../nodes/shared/delivery/siem/size';
import { DESTINATIONS } from './destinations';

const nested = (objects: number): object => (objects === 1 ? {} : { a: nested(objects - 1) });

it.each<[unknown, number]>([
	['', 8],
	['four', 12],
	[1234, 8],
	[false, 8],
	[null, 8],
	[{}, 8],
	[{ name: 'text' }, 8 + 12 + 12],
	[{ a: { b: true } }, 8 + 9 + 8 + 9 + 8],
	[['text'], 8 + 9 + 12],
])('takes %j for as long as its names and texts, and eight characters for what stands around each', (value, size) => {
	expect([isSurelyWithin(value, size), isSurelyWithin(value, size - 1)]).toEqual([true, false]);
});

it.each<[string, unknown]>([
	['nothing', undefined],
	['a function', { a: () => 1 }],
	['a BigInt', { a: 1n }],
	['a symbol', { a: Symbol('a') }],
	['what writes itself', { a: { toJSON: () => 'text' } }],
	['what cannot be read', Object.defineProperty({}, 'a', { enumerable: true, get: () => { throw new Error('no'); } })],
])('is not sure of the size of %s', (_case, value) => {
	expect(isSurelyWithin(value, 1_000)).toBe(false);
});

it('is sure of the size of an event of 21 levels, and leaves deeper ones to be written', () => {
	expect([nested(21), nested(22)].map((event) => isSurelyWithin(event, 1_000))).toEqual([true, false]);
});

it.each(Object.entries(DESTINATIONS))('%s: knows what is added to an event that holds nothing', (_name, destination) => {
	expect(addedBytes(destination)).toBe(Buffer.byteLength(destination.write({ id: '', ownId: false, json: {} })));
});

it('takes what is added by a receiver that can write no empty event for endless, and finds all the same what cannot arrive whole', () => {
	const picky = {
		...DESTINATIONS.sumo,
		write: ({ id, json }: { id: string; json: object }) => {
			if (id === '' || id === 'b') throw new Error('refused');
			return JSON.stringify(json);
		},
	};
	expect(addedBytes(picky)).toBe(Infinity);
	expect(firstRejected([{ eventId: 'a' }, { eventId: 'b' }], picky, {})).toMatchObject({ item: 1, id: 'b' });
});

it('looks for what cannot arrive whole without writing events that are far below the limit', () => {
	const written: string[] = [];
	const watched = { ...DESTINATIONS.sumo, write: ({ id }: { id: string }) => `${written.push(id)}` };
	const events = [{ eventId: '1', list: ['a', 2, true, null] }, { eventId: '2', at: new Date(0) }, { eventId: '3' }];
	expect(firstRejected(events, watched, {})).toBeUndefined();
	// The empty one tells what the receiver adds.
	expect(written).toEqual(['', '2']);
});

it('finds before anything is sent a short event that what the receiver adds makes too long', () => {
	const tagged = { ...DESTINATIONS.sumo, write: ({ json }: { json: object }) => `${JSON.stringify(json)}${'t'.repeat(990)}`, limits: { ...DESTINATIONS.sumo.limits, eventBytes: 1_000 } };
	expect(firstRejected([{ a: 1 }, { a: 'text' }], tagged, {})).toMatchObject({ item: 1, reason: 'the event has 1002 bytes, the receiver takes 1000 at most' });
});
