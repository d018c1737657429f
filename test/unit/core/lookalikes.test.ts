import { Failure, failureIn, isFailure } from '../../../nodes/shared/core/failure';
import { asTransportError, retryAfterMs, TransportError } from '../../../nodes/shared/core/http';
import { isIP, splitAddress } from '../../../nodes/shared/core/ip';
import { parseTime } from '../../../nodes/shared/core/time';

const FAILURE = new Failure('X-1', { message: 'm', advice: 'a', cause: 'node-defect' });

it('an error is a failure only where name, code and text are those of one', () => {
	const like = (changes: object) => Object.assign(new Error('m'), { name: 'Failure', code: 'X-1', text: {} }, changes);
	expect([like({}), like({ name: 'Error' }), like({ code: 7 }), like({ text: 'm' }), { name: 'Failure', code: 'X', text: {} }].map(isFailure)).toEqual([true, false, false, false, false]);
});

it('a failure is found under four errors that wrap it, and a transport problem under five', () => {
	const under = (cause: unknown, depth: number): unknown => (depth === 0 ? cause : new Error('outer', { cause: under(cause, depth - 1) }));
	expect([failureIn(under(FAILURE, 4)), failureIn(under(FAILURE, 5))]).toEqual([FAILURE, undefined]);
	const reset = new TransportError('reset', 'ECONNRESET');
	expect([asTransportError(under(reset, 5)).problem, asTransportError(under(reset, 6)).problem]).toEqual(['reset', 'other']);
	expect([reset.name, reset.message]).toEqual(['TransportError', 'reset: ECONNRESET']);
});

it.each<[unknown, string, string]>([
	[new Error('the upload was aborted'), 'other', 'Error'],
	[new Error('aborted by nobody'), 'other', 'Error'],
	[new Error('Domain "a.example.com" is not allowed'), 'blocked', 'host not allowed'],
	[Object.assign(new Error('x'), { code: 7 }), 'other', 'Error'],
])('%s is told as %s', (error, problem, detail) => {
	expect(asTransportError(error)).toMatchObject({ problem, detail });
});

it.each([['1.25', 1_250], ['1.', undefined], ['', undefined]])('Retry-After of "%s" is %s ms', (value, ms) => {
	expect(retryAfterMs({ 'retry-after': value }, 0)).toBe(ms);
});

it.each<[string, object | undefined]>([
	['198.51.100.7:65535', { ip: '198.51.100.7', port: 65_535 }],
	['x198.51.100.7:443', undefined],
	['198.51.100.7:4434343', undefined],
	['198.51.100.7:443x', undefined],
	['198.51.100.7 / 80', { ip: '198.51.100.7', port: 80 }],
	['x[2001:db8::1]', undefined],
	['[2001:db8::1]x', undefined],
	['[words]', undefined],
	['x [2001:db8::1]:443', undefined],
])('address and port in "%s" are %j', (text, parts) => {
	expect(splitAddress(text)).toEqual(parts);
});

it.each(['1.2.3', '123', 'abc', '::1]/x[::1', '[::1]', ' ::1', '::1 ', '::1%eth0', '1:2'])('"%s" is no IP address', (text) => {
	expect(isIP(text)).toBe(false);
});

it.each<[unknown, number | undefined]>([
	['2026-01-31   08:00:00   +01:00', Date.parse('2026-01-31T07:00:00Z')],
	['2026-01-31 08:00:00   UTC', Date.parse('2026-01-31T08:00:00Z')],
	['on 2026-01-31 08:00:00', undefined],
	['x\n2026-01-31T08:00:00 UTC', undefined],
	['2026-00-10T08:00:00Z', undefined],
	['2026-01-00T08:00:00Z', undefined],
	['2026-01-31T08:00:60Z', undefined],
	[{ toString: () => { throw new Error('x'); } }, undefined],
])('the time of %j is %s', (value, ms) => {
	expect(parseTime(value)).toBe(ms);
});
