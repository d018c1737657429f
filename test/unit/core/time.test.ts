import fc from 'fast-check';
import { DateTime, Settings } from 'luxon';
import { formatUtc, parseTime } from '../../../nodes/shared/core/time';
import { forAll, generated } from '../generated';

const RUNS = 5_000;
const INSTANT = Date.parse('2018-05-13T16:29:59.000Z');

/** The instant as ISO text, so that a wrong one can be read. */
function read(value: unknown, zone?: string): string | undefined {
	const ms = parseTime(value, zone);
	return ms === undefined ? undefined : formatUtc(ms);
}

describe("SecurID's dates", () => {
	it.each([
		['the documented form', '2018-05-13T16:29:59.000 UTC', '2018-05-13T16:29:59.000Z'],
		['the captured form', '2025-10-15T15:14:46.325Z', '2025-10-15T15:14:46.325Z'],
		['an offset with a colon', '2018-05-01T11:22:12.828-05:30', '2018-05-01T16:52:12.828Z'],
		['an offset without a colon', '2018-05-13T18:29:59.000+0200', '2018-05-13T16:29:59.000Z'],
	])('are read in %s', (_label, text, expected) => {
		expect(read(text)).toBe(expected);
	});
});

describe('a date and time', () => {
	it.each([
		['no milliseconds', '2018-05-13T16:29:59Z'],
		['no seconds', '2018-05-13T16:29:59.000Z'],
		['a blank instead of T', '2018-05-13 16:29:59'],
		['a blank instead of T, and UTC', '2018-05-13 16:29:59.000 UTC'],
		['a blank instead of T, and an offset', '2018-05-13 18:29:59+02:00'],
		['a blank before the offset', '2018-05-13T18:29:59 +02:00'],
		['a blank before an offset without colon', '2018-05-13 18:29:59 +0200'],
		['a blank before an offset and a zone', '2018-05-13 18:29:59 +02:00[Europe/Berlin]'],
		['GMT', '2018-05-13T16:29:59 GMT'],
		['a small z', '2018-05-13T16:29:59.000z'],
		['no zone', '2018-05-13T16:29:59'],
		['blanks around it', '  2018-05-13T16:29:59Z\n'],
		['the basic form', '20180513T162959Z'],
		['a comma before the fraction', '2018-05-13T16:29:59,000Z'],
		['RFC 2822', 'Sun, 13 May 2018 16:29:59 +0000'],
		['RFC 2822 in another zone', 'Sun, 13 May 2018 18:29:59 +0200'],
		['an HTTP date', 'Sun, 13 May 2018 16:29:59 GMT'],
		['epoch seconds', '1526228999'],
		['epoch seconds as a number', 1526228999],
		['epoch milliseconds', '1526228999000'],
		['epoch milliseconds as a number', 1526228999000],
		['a date object', new Date(INSTANT)],
		['a luxon date, as an n8n expression gives it', DateTime.fromMillis(INSTANT, { zone: 'Asia/Tokyo' })],
	])('is read with %s', (_label, value) => {
		expect(read(value)).toBe('2018-05-13T16:29:59.000Z');
	});

	it.each([
		['microseconds are cut, not rounded up', '2018-05-13T16:29:59.999999Z', '2018-05-13T16:29:59.999Z'],
		['one digit is tenths', '2018-05-13T16:29:59.5Z', '2018-05-13T16:29:59.500Z'],
		['epoch seconds may have a fraction', '1526228999.25', '2018-05-13T16:29:59.250Z'],
		['a date alone is its midnight', '2018-05-13', '2018-05-13T00:00:00.000Z'],
		['a minute alone is its start', '2018-05-13T16:29Z', '2018-05-13T16:29:00.000Z'],
	])('%s', (_label, text, expected) => {
		expect(read(text)).toBe(expected);
	});

	it(`comes back from the form that is sent (${generated(RUNS)})`, async () => {
		await forAll(RUNS, fc.integer({ min: 0, max: Date.parse('9999-12-31T23:59:59.999Z') }), (ms) => {
			expect(formatUtc(ms)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
			expect(parseTime(formatUtc(ms))).toBe(ms);
			expect(parseTime(formatUtc(ms).replace('T', ' ').replace('Z', ' UTC'))).toBe(ms);
		});
	});
});

describe('the zone of times that name none', () => {
	it.each([
		['winter', '2026-01-31 08:00:00', '2026-01-31T07:00:00.000Z'],
		['summer', '2026-07-31 08:00:00', '2026-07-31T06:00:00.000Z'],
		['the last second before summer time', '2026-03-29 01:59:59', '2026-03-29T00:59:59.000Z'],
		['the first second of summer time', '2026-03-29 03:00:00', '2026-03-29T01:00:00.000Z'],
		['a date alone', '2026-07-31', '2026-07-30T22:00:00.000Z'],
	])('is respected in %s', (_label, text, expected) => {
		expect(read(text, 'Europe/Berlin')).toBe(expected);
	});

	it.each([
		'2018-05-13T16:29:59Z',
		'2018-05-13T16:29:59.000 UTC',
		'2018-05-13 18:29:59 +0200',
		'Sun, 13 May 2018 16:29:59 GMT',
		'1526228999',
	])('does not move %j, which names one', (text) => {
		expect(parseTime(text, 'America/New_York')).toBe(INSTANT);
	});

	it('gives no time at all when it does not exist', () => {
		expect(read('2026-01-31 08:00:00', 'Europe/Nowhere')).toBeUndefined();
	});
});

describe('what is not a point in time', () => {
	it.each<[string, unknown]>([
		['nothing', ''],
		['blanks', '   '],
		['null', null],
		['no value', undefined],
		['words', 'yesterday'],
		['a dash', '-'],
		['a time of day', '16:29:59'],
		['a time of day with a zone', '16:29:59Z'],
		['six digits, which may be a date or a time', '101112'],
		['six digits with a fraction', '101112.5'],
		['six digits with an offset', '101112+02:00'],
		['six digits and a Z', '101112Z'],
		['four digits with an offset', '1629-05:30'],
		['a year', '2018'],
		['day and month in either order', '05/06/2018'],
		['day and month in either order, with a time', '05/06/2018 16:29:59'],
		['day and month with dots', '5.6.2018'],
		['day and month with dashes', '05-06-2018'],
		['day, month and a short year', '05/06/18'],
		['the 13th month', '2018-13-05T00:00:00Z'],
		['the 30th of February', '2018-02-30'],
		['the 30th of February in the form that vendors send', '2018-02-30T16:29:59.000Z'],
		['the 29th of February of a year without one, as SecurID documents times', '2018-02-29T16:29:59.000 UTC'],
		['minute 60', '2018-05-13T16:60:59.000Z'],
		['the 25th hour', '2018-05-13T25:00:00Z'],
		['eleven digits', '15262289990'],
		['a negative number', '-1526228999'],
		['a 64-bit id', '7292599294452927927'],
		['a date with text after it', '2018-05-13T16:29:59Z and more'],
		['a date with text before it', 'on 2018-05-13'],
		['true', true],
		['NaN', Number.NaN],
		['an invalid date object', new Date(Number.NaN)],
		['a list', ['2018-05-13T16:29:59Z', 'x']],
		['an object', { time: '2018-05-13' }],
		['an object that cannot become text', { toString: 1, valueOf: 2 }],
		['an object without any members of its own kind', Object.create(null)],
	])('has none: %s', (_label, value) => {
		expect(read(value)).toBeUndefined();
	});

	it(`never depends on the day it is read (${generated(RUNS)})`, async () => {
		const text = fc.string({
			unit: fc.constantFrom(
				...'0123456789',
				'10',
				'11',
				'2018',
				'05',
				'-',
				':',
				'.',
				',',
				'/',
				'T',
				'Z',
				'W',
				'+',
				' ',
				'UTC',
				'Mon',
				'May',
			),
			maxLength: 12,
		});
		const at = (now: string, value: string) => {
			Settings.now = () => Date.parse(now);
			return parseTime(value, 'Europe/Berlin');
		};
		try {
			await forAll(RUNS * 4, text, (value) => {
				expect({ value, ms: at('2026-01-31T08:00:00Z', value) }).toEqual({
					value,
					ms: at('2031-07-13T17:00:00Z', value),
				});
			});
		} finally {
			Settings.now = () => Date.now();
		}
	});
});
