jest.mock('n8n-workflow', () => jest.requireActual('../time').withFreePauses(jest.requireActual('n8n-workflow')));

import { type ICredentialType } from 'n8n-workflow';
import type { Answer, ReceivedRequest } from '../../harness/localServer';
import { startSplunkHec, startStandardWebhooks, startSumo } from '../../simulators';
import { useBench } from '../bench';
import { leaks } from '../leaks';
import { originOfNobody, startLocalServer } from '../servers';
import { startTarget, TARGETS } from '../SiemWebhook/receivers';

const bench = useBench();

const HTML = { body: '<!DOCTYPE html><html><body>Sign in</body></html>', headers: { 'content-type': 'text/html' } };

async function serve(answer: (request: ReceivedRequest) => Answer) {
	const server = await startLocalServer(answer);
	bench.endWithTest(server.close);
	return server;
}

const tested = async (credential: Record<string, unknown>) => await bench.engine.testCredential('siemWebhookApi', credential);

/** Elasticsearch and Datadog answer questions that the fakes of their intakes do not play. */
const WHO_AM_I = ({ path, headers }: ReceivedRequest): Answer =>
	path === '/_security/_authenticate' && headers.authorization === 'ApiKey ZmFrZTprZXk='
		? { body: { username: 'fake', roles: [] } }
		: { status: 401, body: { error: { type: 'security_exception' }, status: 401 } };
const VALIDATE = ({ path, headers }: ReceivedRequest): Answer =>
	path === '/api/v1/validate' && headers['dd-api-key'] === 'fake-datadog-key' ? { body: { valid: true } } : { status: 403, body: { errors: ['Forbidden'] } };

describe('the test of a SIEM credential', () => {
	test.each(['splunkHec', 'sentinel', 'sumo', 'generic'])('is green for a right credential of %s, and stores nothing there', async (name) => {
		const { receiver, credential } = await startTarget(bench, name);
		expect(await tested(credential)).toEqual({ status: 'OK', message: 'Connection successful!' });
		expect(receiver.requests.length).toBeGreaterThan(0);
		expect(receiver.events).toEqual([]);
	});

	test('is green for Elasticsearch when the cluster knows the key, given as ID and key, too', async () => {
		const { origin } = await serve(WHO_AM_I);
		for (const elasticApiKey of ['ZmFrZTprZXk=', 'fake:key', ' ApiKey ZmFrZTprZXk= ']) {
			expect(await tested({ destination: 'elasticBulk', elasticUrl: `${origin}/_bulk`, elasticApiKey })).toMatchObject({ status: 'OK' });
		}
	});

	test("is green for Datadog when its key check says so", async () => {
		const { origin } = await serve(VALIDATE);
		expect(await tested({ destination: 'datadog', site: 'custom', datadogUrl: origin, datadogApiKey: 'fake-datadog-key' })).toMatchObject({ status: 'OK' });
	});

	test.each<[string, () => Promise<Record<string, unknown>>, RegExp]>([
		['a wrong HEC token', async () => ({ ...(await startTarget(bench, 'splunkHec')).credential, hecToken: 'wrong-token' }), /Splunk did not accept "HEC Token".*SIEM-401-TOKEN/],
		[
			'a HEC token that is disabled',
			async () => {
				const receiver = await startSplunkHec({ disabledTokens: ['off-token'] });
				bench.endWithTest(() => receiver.close());
				return { destination: 'splunkHec', splunkUrl: receiver.url, hecToken: 'off-token' };
			},
			/SIEM-TOKEN-DISABLED/,
		],
		['no HEC token', async () => ({ ...(await startTarget(bench, 'splunkHec')).credential, hecToken: ' ' }), /^"HEC Token" is empty/],
		['no HEC URL', async () => ({ destination: 'splunkHec', hecToken: 'a-token' }), /^"HEC URL" is empty/],
		[
			'a web page in place of HEC',
			async () => ({ destination: 'splunkHec', splunkUrl: (await serve(() => HTML)).origin, hecToken: 'a-token' }),
			/web page.*SIEM-BODY-HTML/,
		],
		[
			'an address that sends requests on',
			async () => ({ destination: 'splunkHec', splunkUrl: (await serve(() => ({ status: 303, headers: { location: '/en-US' } }))).origin, hecToken: 'a-token' }),
			/SIEM-REDIRECT/,
		],
		['a wrong key of Elasticsearch', async () => ({ destination: 'elasticBulk', elasticUrl: (await serve(WHO_AM_I)).origin, elasticApiKey: 'wrong' }), /Elasticsearch did not accept "API Key"/],
		['a wrong key of Datadog', async () => ({ destination: 'datadog', site: 'custom', datadogUrl: (await serve(VALIDATE)).origin, datadogApiKey: 'wrong' }), /"Datadog API Key"/],
		[
			'a wrong address of Sumo Logic',
			async () => {
				const receiver = await startSumo();
				bench.endWithTest(() => receiver.close());
				return { destination: 'sumo', secretUrl: `${receiver.url}/receiver/v1/http/d3Jvbmctc2VjcmV0` };
			},
			/"HTTP Source URL".*SIEM-401-TOKEN/,
		],
		['a wrong client secret', async () => ({ ...(await startTarget(bench, 'sentinel')).credential, clientSecret: 'wrong' }), /"Client Secret".*SIEM-SIGN-IN/],
		['a tenant that is missing', async () => ({ ...(await startTarget(bench, 'sentinel')).credential, tenantId: '' }), /^"Tenant ID" is empty/],
		['an authority where nobody listens', async () => ({ ...(await startTarget(bench, 'sentinel')).credential, authority: await originOfNobody() }), /"Authority".*SIEM-NET-REFUSED/],
		['a webhook that wants another secret', async () => ({ destination: 'generic', webhookUrl: (await serve(() => ({ status: 401 }))).origin }), /SIEM-401-TOKEN/],
		['a plain address', async () => ({ destination: 'generic', webhookUrl: 'http://siem.example.com/in' }), /"Webhook URL".*https.*SIEM-URL/],
	])('is red for %s, names the field and shows no secret', async (_case, data, says) => {
		const credential = await data();
		const result = await tested(credential);
		expect(result.status).toBe('Error');
		expect(result.message).toMatch(says);
		const secrets = ['hecToken', 'elasticApiKey', 'datadogApiKey', 'clientSecret', 'secretUrl'].map((name) => String(credential[name] ?? ''));
		expect(leaks([result, ...bench.logged], secrets.filter((secret) => secret.length > 6))).toEqual([]);
	});

	test.each(Object.keys(TARGETS))('of %s asks one host alone', async (name) => {
		const { credential } = await startTarget(bench, name);
		const elsewhere = await serve(() => ({}));
		const { SiemWebhookApi } = require('../../../dist/credentials/SiemWebhookApi.credentials.js') as Record<string, new () => ICredentialType>;
		const { authenticate } = new SiemWebhookApi();
		const asked = (authenticate as (data: object, request: object) => Promise<unknown>)(credential, { url: `${elsewhere.origin}/in`, method: 'POST' });
		await expect(asked).rejects.toThrow(/its own host alone/);
	});
});

test('two signing secrets give two signatures, so that a receiver may change its secret', async () => {
	const [before, after] = ['whsec_b2xkLWZha2Utc2VjcmV0LTEyMw==', 'whsec_bmV3LWZha2Utc2VjcmV0LTEyMw=='];
	for (const secrets of [[before], [after]]) {
		const receiver = await startStandardWebhooks({ secrets, clock: { now: () => Date.now() } });
		bench.endWithTest(() => receiver.close());
		const credential = { destination: 'generic', webhookUrl: receiver.endpoint, signingSecret: `${before} ${after}` };
		const report = await bench.run('siemWebhook', { destination: 'generic' }, { siemWebhookApi: credential }, { input: [{ eventId: '1' }] });
		expect(report.error).toBeUndefined();
		expect(receiver.ids()).toEqual(['1']);
	}
});
