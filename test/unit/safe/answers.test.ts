import { membersOf, objectIn, safeRefusal, sendToSafe } from '../../../nodes/shared/safe/answers';
import { answer, broken } from '../answers';
import { START_MS } from '../clock';
import { failureOf } from '../failures';
import { rawFixture } from '../fixtures';

const PAGE = '<html>Sign in</html>';

it.each<[number, string, string, boolean]>([
	[300, '', 'SAFE-REDIRECT', false],
	[301, '', 'SAFE-REDIRECT', false],
	[400, '', 'SAFE-400-REQUEST', false],
	[401, '', 'SAFE-401-TOKEN', false],
	[403, '', 'SAFE-403-ROLE', false],
	[404, '', 'SAFE-404-URL', false],
	[404, PAGE, 'SAFE-BODY-HTML', false],
	[418, '', 'SAFE-4XX-REQUEST', false],
	[429, '', 'SAFE-429-RATE', true],
	[500, '', 'SAFE-5XX-SERVER', true],
	[502, PAGE, 'SAFE-5XX-SERVER', true],
	[503, '', 'SAFE-5XX-SERVER', true],
])('HTTP %s with the body "%s" is told as %s', (status, body, code, retryable) => {
	const failure = safeRefusal(answer(status, body), START_MS);
	expect(failure).toMatchObject({ code, retryable, details: { status } });
	expect(`${failure.message} ${failure.advice}`).not.toMatch(/\{\w+\}/);
});

it.each<[string, number, string]>([
	['users-refused-401', 401, 'invalid authorization header!'],
	['users-refused-403', 403, 'User is not authorized to access this resource with an explicit deny'],
	['report-refused-401', 401, 'Unauthorized'],
	['report-not-found-400', 400, 'Report not found for report id:1eebc0b2-b019-42b3-8132-c15c5926b21e'],
])('the sentence of the published refusal %s is kept', (name, status, sentence) => {
	expect(
		safeRefusal(answer(status, rawFixture(`safe/${name}.raw.json`)), START_MS).details.vendorMessage,
	).toBe(sentence);
});

it('a wish to wait is kept in ms and told in seconds', () => {
	const failure = safeRefusal(answer(429, '', { 'retry-after': '90' }), START_MS);
	expect(failure.details.retryAfterMs).toBe(90_000);
	expect(failure.advice).toContain('It asked to wait 90 seconds.');
	expect(safeRefusal(answer(503, '', { 'retry-after': '90' }), START_MS).details.retryAfterMs).toBe(90_000);
});

it.each<[string, string, string]>([
	['a web page', PAGE, 'SAFE-BODY-HTML'],
	['nothing', '', 'SAFE-BODY-JSON'],
	['half of the JSON', '{"a":', 'SAFE-BODY-JSON'],
	['null', 'null', 'SAFE-BODY-JSON'],
	['a number', '7', 'SAFE-BODY-JSON'],
	['a text', '"x"', 'SAFE-BODY-JSON'],
])('a good status with %s is no good answer', async (_label, body, code) => {
	expect(await failureOf(() => objectIn(answer(200, body)))).toMatchObject({ code });
});

it.each<[string, string | undefined]>([
	['Service is starting', 'Service is starting'],
	['{"success":tr', '{"success":tr'],
	['', undefined],
])('under "not complete JSON" a user reads how the answer %j began: %s', async (body, vendorMessage) => {
	expect((await failureOf(() => objectIn(answer(200, body)))).details.vendorMessage).toBe(vendorMessage);
});

it('a good answer is its JSON object', () => {
	expect(objectIn(answer(200, '{"a":1}'))).toEqual({ a: 1 });
});

it('a request without an answer is told in the words of SAFE', async () => {
	const send = async () => await Promise.reject(broken('timeout', 'ETIMEDOUT'));
	const failure = await failureOf(
		async () => await sendToSafe(send, { method: 'GET', url: 'https://us.safeone.ai', timeoutMs: 60_000 }),
	);
	expect(failure.message).toBe('SAFE did not answer within 60 seconds (SAFE-NET-TIMEOUT)');
});

it('the members of a body are named, a dozen at most', () => {
	expect(membersOf({ a: 'secret', b: 1 })).toBe('a, b');
	expect(membersOf({})).toBe('none');
	expect(
		membersOf(Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`m${index}`, 1]))).split(', '),
	).toHaveLength(12);
});
