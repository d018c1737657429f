import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { clockAheadMs, retryAfterMs } from '../../../nodes/shared/core/http';
import { formatUtc, parseTime } from '../../../nodes/shared/core/time';
import { anyText, anyValue, damage, damaged, moment } from '../arbitraries';
import { type Property, property } from '../property';

const area = 'times';
const ZONES = ['utc', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'America/St_Johns', 'Pacific/Kiritimati', 'UTC+5'];

/** Ways to write a moment with its zone, each precise to the millisecond or the second. */
const WITH_ZONE: Array<[name: string, unitMs: number, write: (ms: number, offsetMinutes: number) => string]> = [
	['ISO', 1, (ms) => formatUtc(ms)],
	['ISO without milliseconds', 1000, (ms) => formatUtc(ms).replace(/\.\d+Z$/, 'Z')],
	['ISO with an offset', 1, (ms, offset) => `${local(ms, offset)}${offsetText(offset, ':')}`],
	['ISO with an offset without a colon', 1, (ms, offset) => `${local(ms, offset)}${offsetText(offset, '')}`],
	['blanks instead of T and before the offset', 1, (ms, offset) => `${local(ms, offset).replace('T', ' ')} ${offsetText(offset, ':')}`],
	['as SecurID documents it', 1, (ms) => formatUtc(ms).replace('Z', ' UTC')],
	['with GMT', 1, (ms) => `${formatUtc(ms).replace('T', '  ').replace('Z', '')} GMT`],
	['RFC 2822', 1000, (ms) => DateTime.fromMillis(ms, { zone: 'utc' }).toRFC2822() ?? ''],
	['an HTTP date', 1000, (ms) => DateTime.fromMillis(ms).toHTTP() ?? ''],
	['compact ISO', 1000, (ms) => DateTime.fromMillis(ms, { zone: 'utc' }).toFormat("yyyyMMdd'T'HHmmss'Z'")],
];

function local(ms: number, offsetMinutes: number): string {
	return formatUtc(ms + offsetMinutes * 60_000).replace('Z', '');
}

function offsetText(minutes: number, colon: string): string {
	const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60].map((part) => String(part).padStart(2, '0'));
	return `${minutes < 0 ? '-' : '+'}${hours}${colon}${rest}`;
}

const offset = fc.integer({ min: -14 * 4, max: 14 * 4 }).map((quarters) => quarters * 15);

/** From 1971 on and past what offsets can turn into another century of digits. */
const safeMoment = moment.map((ms) => Math.max(ms, 86_400_000 * 2));

export const TIME_PROPERTIES: Property[] = [
	property({
		area,
		rule: 'a moment written in any known form, in any offset, with blanks around it, reads as that moment',
		weight: 60,
		cases: () => fc.tuple(safeMoment, offset, fc.constantFrom(...WITH_ZONE), fc.constantFrom(...ZONES), fc.constantFrom('', ' ', '\t\n')),
		check: ([ms, minutes, [, unitMs, write], zone, blanks]) => {
			const text = write(ms, minutes);
			assert.equal(parseTime(`${blanks}${text}${blanks}`, zone), Math.floor(ms / unitMs) * unitMs, text);
		},
	}),
	property({
		area,
		rule: 'a time without a zone is of the zone that was named, summer time and all',
		weight: 50,
		cases: () => fc.tuple(safeMoment, fc.constantFrom(...ZONES), fc.constantFrom('T', ' ')),
		check: ([ms, zone, between]) => {
			const shown = (at: number) => DateTime.fromMillis(at, { zone }).toFormat(`yyyy-MM-dd'${between}'HH:mm:ss.SSS`);
			const read = parseTime(shown(ms), zone);
			assert.ok(read !== undefined);
			// The hour that comes twice in autumn may be either of the two: it is shown alike.
			assert.equal(shown(read), shown(ms));
			assert.ok(Math.abs(read - ms) <= 3_600_000);
		},
	}),
	property({
		area,
		rule: 'epoch seconds and milliseconds read as the moment that they are, as texts and as numbers',
		weight: 60,
		cases: () => fc.tuple(fc.integer({ min: 1_000_000_000_000, max: 9_999_999_999_999 }), fc.boolean()),
		check: ([ms, asText]) => {
			const seconds = Math.floor(ms / 1000);
			assert.equal(parseTime(asText ? String(ms) : ms), ms);
			assert.equal(parseTime(asText ? String(seconds) : seconds), seconds * 1000);
			assert.equal(parseTime(formatUtc(ms)), ms);
			assert.equal(parseTime(new Date(ms)), ms);
		},
	}),
	property({
		area,
		rule: 'anything at all is a moment that can be written, or none',
		weight: 70,
		cases: () =>
			fc.tuple(
				fc.oneof(
					anyValue(),
					anyText(),
					fc.tuple(moment, offset, fc.constantFrom(...WITH_ZONE), damage('9', '-', 'T', '+', 'Z', 'W', '24:00', ' ')).map(([ms, minutes, [, , write], harm]) => damaged(write(ms, minutes), harm)),
					fc.constantFrom<unknown>(new Date(NaN), new Date(8.64e15), Symbol.iterator, 10n ** 30n, { toString: 1 }, { toString: () => '2026-01-15' }, Object.create(null)),
					fc.string({ unit: fc.constantFrom('0', '1', '2', '9', '-', ':', 'T', 'Z', '.', 'W', '+', ' '), maxLength: 24 }),
				),
				fc.oneof(fc.constantFrom(...ZONES, 'Europe/Nowhere', ''), anyText(8)),
			),
		check: ([value, zone]) => {
			const ms = parseTime(value, zone);
			if (ms === undefined) return;
			assert.ok(Number.isInteger(ms), `${String(ms)} is not a whole number of ms`);
			assert.equal(Date.parse(formatUtc(ms)), ms);
		},
	}),
	property({
		area,
		rule: 'Retry-After is the time that it says, in seconds or as a date, and anything else is none',
		weight: 80,
		atLeast: 0.4,
		cases: () => fc.tuple(fc.oneof(fc.nat(100_000).map(String), safeMoment, anyText(), fc.integer({ min: 1, max: 500 }).map((digits) => '9'.repeat(digits)), fc.string({ unit: fc.constantFrom('0', '9', '.', '-', ':', 'e', ' ', 'M', 'o', 'n', ','), maxLength: 30 }), safeMoment.chain((ms) => damage('-', '5', 'Mon').map((harm) => damaged(new Date(ms).toUTCString(), harm)))), safeMoment),
		check: ([header, nowMs]) => {
			const value = typeof header === 'number' ? new Date(header).toUTCString() : header;
			const wait = retryAfterMs({ 'retry-after': value }, nowMs);
			if (wait !== undefined) assert.ok(wait >= 0 && Number.isFinite(wait), `${value}: ${wait}`);
			if (typeof header === 'number') assert.equal(wait, Math.max(0, Math.floor(header / 1000) * 1000 - nowMs));
			else if (/^\d{1,12}$/.test(header)) assert.equal(wait, Number(header) * 1000);
			return wait !== undefined;
		},
	}),
	property({
		area,
		rule: "the difference of two clocks is read from the answer's date, and from nothing else",
		weight: 40,
		atLeast: 0.3,
		cases: () => fc.tuple(fc.oneof(safeMoment, anyText()), safeMoment),
		check: ([header, nowMs]) => {
			const ahead = clockAheadMs({ date: typeof header === 'number' ? new Date(header).toUTCString() : header }, nowMs);
			if (typeof header === 'number') assert.equal(ahead, nowMs - Math.floor(header / 1000) * 1000);
			else assert.ok(ahead === undefined || Number.isFinite(ahead));
			return typeof header === 'number';
		},
	}),
];
