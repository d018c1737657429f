jest.mock('n8n-workflow', () => jest.requireActual('../time').withFreePauses(jest.requireActual('n8n-workflow')));

import tls from 'node:tls';
import type { NodeApiError } from 'n8n-workflow';
import { useBench } from '../bench';
import { leaks } from '../leaks';
import { startLocalServer, startUntrustedServer } from '../servers';
import { hostWith } from '../troubled';
import { eventsOf, failedOf } from './receivers';
import { BASE, type RefusalRow, ROWS } from './refusalRows';

const bench = useBench();

const EVENT = eventsOf(1);

/** The host of a row, with all that it was asked. */
async function hostOf({ trouble, answer = () => ({}) }: RefusalRow) {
	const elsewhere = await startLocalServer(() => ({}));
	bench.endWithTest(elsewhere.close);
	if (trouble) return { ...(await hostWith(bench, trouble, elsewhere.origin)), strayed: elsewhere.requests };
	const server = await startLocalServer(answer);
	bench.endWithTest(server.close);
	return { origin: server.origin, requests: () => server.requests.length, strayed: elsewhere.requests };
}

function credentialOf(destination: string, origin: string, more: Record<string, unknown> = {}) {
	const { url, credential } = BASE[destination];
	return { destination, [url]: `${origin}${destination === 'sumo' ? '/receiver/v1/http/ZmFrZS1zdW1v' : ''}`, authority: origin, ...credential, ...more };
}

test.each(ROWS)('$destination: $label is told as $code with the field to look at, and nothing is lost or shown', async (row) => {
	const { origin, requests, strayed } = await hostOf(row);
	const credential = credentialOf(row.destination, origin, row.credential);
	const parameters = { destination: row.destination, ...BASE[row.destination].parameters, ...row.parameters };
	const report = await bench.run('siemWebhook', parameters, { siemWebhookApi: credential }, { input: EVENT });
	const { message = '', description, failure } = (report.error ?? {}) as Partial<NodeApiError>;
	expect(message).toMatch(row.says);
	expect(message.endsWith(`(${row.code})`)).toBe(true);
	expect(description).toMatch(row.advises ?? /\w/);
	expect(`${message} ${description}`).not.toMatch(/\{\w+\}/);
	expect(failure?.cause).toBe(row.cause);
	expect(report.items('Node')).toEqual([]);
	expect(requests()).toBe(row.requests);
	expect(strayed).toEqual([]);
	const secrets = ['hecToken', 'elasticApiKey', 'clientSecret', 'datadogApiKey', 'secretUrl', 'bearerToken', 'headerSecret', 'signingSecret'];
	expect(leaks([report, ...bench.logged], secrets.map((name) => String((credential as Record<string, unknown>)[name] ?? '')).filter((text) => text.length > 3))).toEqual([]);
});

test('a certificate that has expired is told as such, with the field that holds the host', async () => {
	const server = await startUntrustedServer('210101000000Z');
	bench.endWithTest(server.close);
	const usual = tls.getCACertificates('default');
	tls.setDefaultCACertificates([...usual, server.cert]);
	bench.endWithTest(() => tls.setDefaultCACertificates(usual));
	const report = await bench.run('siemWebhook', { destination: 'splunkHec' }, { siemWebhookApi: credentialOf('splunkHec', server.origin) }, { input: EVENT });
	const { message, description } = report.error as NodeApiError;
	expect(message).toMatch(/"HEC URL".*\(SIEM-NET-TLS\)$/);
	expect(description).toMatch(/CERT_HAS_EXPIRED/);
	expect(server.requests()).toBe(0);
});

test('plain http to another machine is possible where the credential allows it', async () => {
	const credential = { ...credentialOf('generic', 'http://tenant.invalid'), allowHttp: true };
	const report = await bench.run('siemWebhook', { destination: 'generic', options: { attempts: 1 } }, { siemWebhookApi: credential }, { input: EVENT });
	expect(report.error?.message).toMatch(/\(SIEM-NET-HOST\)$/);
});

test.each(Object.keys(BASE))('a receiver of %s that repeats what it was sent gives no secret away', async (destination) => {
	const secrets: string[] = [];
	const server = await startLocalServer(({ headers, path }) => {
		if (path.endsWith('/token')) {
			secrets.push('opaque-fake-token');
			return { body: { access_token: 'opaque-fake-token' } };
		}
		const { authorization = '' } = headers;
		secrets.push(authorization.split(' ')[1] ?? '', String(headers['dd-api-key'] ?? ''), String(headers['x-own-key'] ?? ''));
		const said = [authorization, headers['dd-api-key'], headers['x-own-key'], path].filter(Boolean).join(' ');
		return { status: 400, body: { message: said } };
	});
	bench.endWithTest(server.close);
	const own = { webhookAuthentication: 'header', headerName: 'X-Own-Key', headerSecret: 'a "quoted" fake value' };
	const credential = credentialOf(destination, server.origin, destination === 'generic' ? own : {});
	const { parameters } = BASE[destination];
	const report = await bench.run('siemWebhook', { destination, ...parameters, onRejected: 'sendToFailed' }, { siemWebhookApi: credential }, { input: EVENT });
	expect(failedOf(report)).toHaveLength(1);
	const sent = [...secrets, 'ZmFrZS1zdW1v', own.headerSecret].filter((text) => text.length > 3);
	expect(leaks([report, ...bench.logged], sent)).toEqual([]);
});

test('with "Continue" on error every event that was not delivered is on Failed with the failure as its reason', async () => {
	const events = eventsOf(30);
	let asked = 0;
	const server = await startLocalServer(() => ({ status: ++asked === 2 ? 401 : 200 }));
	bench.endWithTest(server.close);
	const parameters = { destination: 'generic', options: { batchSize: 10, concurrency: 1 } };
	const report = await bench.run('siemWebhook', parameters, { siemWebhookApi: credentialOf('generic', server.origin) }, { input: events, onError: 'continueRegularOutput' });
	expect(report.error).toBeUndefined();
	const [delivered, failure, ...more] = report.items('Node').map(({ json }) => json);
	expect(delivered).toMatchObject({ count: 10, firstEventId: events[0].eventId });
	expect(failure).toMatchObject({ error: expect.stringMatching(/\(SIEM-401-TOKEN\)$/) });
	expect(more).toEqual([]);
	expect(failedOf(report).map(({ event }) => event)).toEqual(events.slice(10));
	expect(failedOf(report)[0]).toMatchObject({ reason: expect.stringMatching(/\(SIEM-401-TOKEN\)$/) });
	expect(asked).toBe(2);
});
