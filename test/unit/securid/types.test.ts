import { parseLosslessJson } from '../../../nodes/shared/core/losslessJson';
import { readPage } from '../../../nodes/shared/securid/types';
import captureVendor from '../../fixtures/securid/capture-shape.vendor.json';
import seedVendor from '../../fixtures/securid/seed-example.vendor.json';
import { rawFixture } from '../fixtures';

describe('recorded and published answers', () => {
	it("reads the vendor's example with its counts, ids as text and nothing dropped", () => {
		const page = readPage(parseLosslessJson(rawFixture('securid/seed-example.raw.json')));
		expect(page).toEqual({ events: seedVendor, totalPages: 1, totalElements: 2, pageSize: 100 });
	});

	it('reads the recorded shape, which has no counts, digit for digit', () => {
		const raw = rawFixture('securid/capture-shape.raw.json');
		const page = readPage(parseLosslessJson(raw));
		expect(page).toEqual({
			events: captureVendor,
			totalPages: undefined,
			totalElements: undefined,
			pageSize: undefined,
		});
		const digits = [...raw.matchAll(/"eventId": (\d+)/g)].map(([, id]) => id);
		expect(page?.events.map(({ eventId }) => eventId)).toEqual(digits);
	});

	it('keeps members in the order the vendor sent them', () => {
		const page = readPage(parseLosslessJson(rawFixture('securid/seed-example.raw.json')));
		expect(page?.events.map((event) => Object.keys(event))).toEqual(
			seedVendor.map((event) => Object.keys(event)),
		);
	});
});

describe('an event', () => {
	const read = (event: string) => readPage(parseLosslessJson(`{"elements":[${event}]}`))?.events[0];

	it.each([
		['a small id', '{"eventId":767}', { eventId: '767' }],
		['a long id', '{"eventId":7292599294452927927}', { eventId: '7292599294452927927' }],
		['an id that is text already', '{"eventId":"0767"}', { eventId: '0767' }],
		[
			'ids of targets',
			'{"targetObject1Id":18,"targetObject2Id":9172555910043043487}',
			{ targetObject1Id: '18', targetObject2Id: '9172555910043043487' },
		],
		['targets that are not there', '{"targetObject1Id":null}', { targetObject1Id: null }],
		['other numbers', '{"activityCode":80001,"customerId":5}', { activityCode: 80001, customerId: 5 }],
		[
			'members nobody knows yet',
			'{"new":{"deep":[1]},"__proto__":7}',
			JSON.parse('{"new":{"deep":[1]},"__proto__":7}') as unknown,
		],
	])('keeps %s', (_label, source, event) => {
		expect(read(source)).toEqual(event);
		expect(Object.keys(read(source) ?? {})).toEqual(Object.keys(event as object));
	});

	it('is left out when it is no record', () => {
		expect(readPage({ elements: [null, 1, 'x', [], { eventId: '1' }] })?.events).toEqual([{ eventId: '1' }]);
	});
});

describe('counts of a page', () => {
	it.each<[string, unknown, number | undefined]>([
		['a number', 684, 684],
		['zero', 0, 0],
		['text', '684', 684],
		['no number', 'many', undefined],
		['empty text', '', undefined],
		['text of blanks', '  ', undefined],
		['a negative number', -1, undefined],
		['a fraction', 6.5, undefined],
		['null', null, undefined],
		['an object', {}, undefined],
	])('are read from %s', (_label, value, count) => {
		expect(readPage({ elements: [], totalPages: value, totalElements: value })).toMatchObject({
			totalPages: count,
			totalElements: count,
		});
	});

	it.each([
		[50, 50],
		['50', 50],
		[0, undefined],
		[-1, undefined],
	])('give a page size of %j only where it can be one', (pageSize, size) => {
		expect(readPage({ elements: [], pageSize })?.pageSize).toBe(size);
	});
});

it.each<[string, unknown]>([
	['nothing', undefined],
	['null', null],
	['a text', 'elements'],
	['a list', [{ eventId: 1 }]],
	['no member elements', { userEventLogExportEntries: [] }],
	['records under another name', { records: [{ eventId: 1 }] }],
	['elements that are no list', { elements: {} }],
	['elements that are null', { elements: null }],
])('an answer that holds %s is no page', (_label, body) => {
	expect(readPage(body)).toBeUndefined();
});

describe.each(['user', 'system'] as const)('an answer of the %s log, whose list has no documented name', (log) => {
	const event = { eventId: '1' };

	it.each<[string, unknown, unknown[]]>([
		['records', { anything: [event] }, [event]],
		['records behind a list of errors', { errors: [{ code: 7 }], anything: [event] }, [event]],
		['no record, and says so', { anything: [], totalElements: 0 }, []],
	])('is a page when a list holds %s', (_label, body, events) => {
		expect(readPage(body, log)?.events).toEqual(events);
	});

	it.each<[string, unknown]>([
		['errors that are records', { errors: [{ code: 7, message: 'no such log' }] }],
		['links', { totalElements: 1, _links: [{ rel: 'next' }] }],
		['an empty list and no total', { anything: [] }],
		['texts, and announces none', { anything: ['x'], totalElements: 0 }],
		['records among other things', { anything: [event, 'x'] }],
	])('is none when it holds %s', (_label, body) => {
		expect(readPage(body, log)).toBeUndefined();
	});
});
