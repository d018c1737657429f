import { startDatadog, type DatadogSimulator } from './datadog/server';
import { ask } from './testClient';

let intake: DatadogSimulator;
beforeEach(async () => {
	intake = await startDatadog();
});
afterEach(async () => {
	await intake.close();
});

async function post(body: string, headers: Record<string, string> = {}, path = '/api/v2/logs') {
	const given = { 'dd-api-key': intake.apiKey, 'content-type': 'application/json', ...headers };
	const sent = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ''));
	const { status, text } = await ask(`${intake.url}${path}`, { method: 'POST', headers: sent, body });
	return { status, answer: JSON.parse(text) as unknown };
}

it('takes one object as well as an array, and finds ids in the log or in its message', async () => {
	expect(await post('{"event":{"id":"a"},"message":"{\\"id\\":\\"b\\"}"}')).toEqual({
		status: 202,
		answer: {},
	});
	await post('[{"message":"{\\"id\\":\\"b\\"}"},{"message":{"eventId":"c"}},{"message":"text"}]');
	expect(intake.events.map(({ id }) => id)).toEqual(['a', 'b', 'c', null]);
});

it.each<[string, number, string, Record<string, string>, string | undefined]>([
	['no key', 401, '[]', { 'dd-api-key': '' }, undefined],
	['a wrong key', 403, '[]', { 'dd-api-key': 'wrong' }, undefined],
	['another path', 404, '[]', {}, '/v1/input'],
	['broken JSON', 400, '[{', {}, undefined],
	['a log that is no object', 400, '[{},"text"]', {}, undefined],
	['NDJSON', 400, '{}\n{}\n', {}, undefined],
	['another content type', 415, '[{}]', { 'content-type': 'text/csv' }, undefined],
	['over 5 MB', 413, JSON.stringify([{ message: 'x'.repeat(5_000_000) }]), {}, undefined],
])('refuses %s with %i, in a list of errors', async (_, status, body, headers, path) => {
	const reply = await post(body, headers, path);
	expect(reply).toMatchObject({ status, answer: { errors: [{ status: String(status) }] } });
	expect(intake.events).toEqual([]);
});
