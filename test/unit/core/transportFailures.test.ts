import { TransportError, type TransportProblem } from '../../../nodes/shared/core/http';
import {
	commonFailureTexts,
	prefixed,
	transportFailure,
	waitSentence,
} from '../../../nodes/shared/core/transportFailures';

const TABLE = prefixed('X', commonFailureTexts('Example', 'Host Field'));

it.each<[TransportProblem, string, boolean]>([
	['timeout', 'X-NET-TIMEOUT', true],
	['refused', 'X-NET-REFUSED', true],
	['dns', 'X-NET-HOST', true],
	['tls', 'X-NET-TLS', false],
	['reset', 'X-NET-RESET', true],
	['truncated', 'X-NET-RESET', true],
	['too-large', 'X-BODY-SIZE', false],
	['cancelled', 'X-CANCELLED', false],
	['blocked', 'X-NET-BLOCKED', false],
	['other', 'X-NET-OTHER', true],
])('a request that ends with "%s" is told as %s', (problem, code, retryable) => {
	const failure = transportFailure('X', TABLE, new TransportError(problem, 'EDETAIL'), 60_000);
	expect(failure).toMatchObject({ code, retryable });
	expect(failure.message).toContain(`(${code})`);
	expect(`${failure.message} ${failure.advice}`).not.toMatch(/[{}]/);
});

it('says how long was waited', () => {
	expect(transportFailure('X', TABLE, new TransportError('timeout', 'ETIMEDOUT'), 30_000).message).toBe(
		'Example did not answer within 30 seconds (X-NET-TIMEOUT)',
	);
});

it('reads what is thrown by any client', () => {
	const error = new Error('x', { cause: Object.assign(new Error('y'), { code: 'ENOTFOUND' }) });
	expect(transportFailure('X', TABLE, error, 1_000)).toMatchObject({ code: 'X-NET-HOST' });
});

it('names the field that holds the host, wherever the host can be the reason', () => {
	for (const code of [
		'NET-REFUSED',
		'NET-HOST',
		'NET-TLS',
		'NET-BLOCKED',
		'REDIRECT',
		'BODY-HTML',
		'BODY-SIZE',
	] as const) {
		const { message, advice } = TABLE[`X-${code}`];
		expect(message + advice).toContain('"Host Field"');
	}
});

it.each([
	[undefined, ''],
	[0, 'It asked to wait 0 seconds.'],
	[1_200, 'It asked to wait 2 seconds.'],
	[120_000, 'It asked to wait 120 seconds.'],
])('a wish to wait %s ms reads "%s"', (ms, sentence) => {
	expect(waitSentence(ms)).toBe(sentence);
});
