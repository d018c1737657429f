import { startSumo, type SumoOptions, type SumoSimulator } from './sumo/server';
import { ask } from './testClient';

let sumo: SumoSimulator;
afterEach(async () => {
	await sumo.close();
});

async function post(
	body: string,
	{
		options = {},
		headers = {},
		path = '',
	}: { options?: SumoOptions; headers?: Record<string, string>; path?: string } = {},
) {
	sumo = await startSumo(options);
	return await ask(path === '' ? sumo.endpoint : `${sumo.url}${path}`, { method: 'POST', headers, body });
}

it('takes a message per line, JSON, CEF or text, with the metadata of its headers', async () => {
	const cef = 'CEF:0|RSA|SecurID|1|LOGIN|Login|5|externalId=c1 msg=x';
	const headers = {
		'x-sumo-name': 'n8n',
		'x-sumo-host': 'n8n.example',
		'x-sumo-category': 'audit/securid',
		'x-sumo-fields': 'tenant=acme, env=prod',
	};
	const { status, text } = await post(`{"eventId":"7292599294452927927"}\r\n${cef}\nplain text\n`, {
		headers,
	});
	expect([status, text]).toEqual([200, '']);
	expect(sumo.events.map(({ id }) => id)).toEqual(['7292599294452927927', 'c1', null]);
	expect(sumo.events[2].event).toBe('plain text');
	expect(sumo.metadata).toEqual([
		{ name: 'n8n', host: 'n8n.example', category: 'audit/securid', fields: { tenant: 'acme', env: 'prod' } },
	]);
});

it.each<[string, number, Parameters<typeof post>]>([
	['a wrong secret in the URL', 401, ['{}', { path: '/receiver/v1/http/wrong' }]],
	['no secret in the URL', 401, ['{}', { path: '/receiver/v1/http/' }]],
	['nothing', 400, ['\n']],
	['broken fields', 400, ['{}', { headers: { 'x-sumo-fields': 'tenant' } }]],
	['too many bytes', 413, ['x'.repeat(101), { options: { maxBytes: 100 } }]],
	['an unknown encoding', 415, ['{}', { headers: { 'content-encoding': 'br' } }]],
])('refuses %s with %i', async (_, status, call) => {
	expect((await post(...call)).status).toBe(status);
	expect([sumo.events, sumo.metadata]).toEqual([[], []]);
});
