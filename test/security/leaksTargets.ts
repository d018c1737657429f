/** Every destination of SIEM Webhook, each with a receiver of its own and secrets that stand nowhere else. */
import { startDatadog, startElasticBulk, startSentinel, startSiem, startSplunkHec, startStandardWebhooks, startSumo, type LoggedRequest, type RunningServer } from '../simulators';
import type { OwnedSecret } from './leaksHunt';
import type { Stage } from './leaksStage';

const clock = { now: () => Date.now() };

/** Signs, as far as the field lets them, for which escapes are made. */
const SECRETS = {
	hecToken: '7d41c0de-5eed-4bad-8a9b-c0ffee5afe42',
	elasticApiKey: Buffer.from('canary-key-id:7f83b1657ff1fc53b92dc181').toString('base64'),
	elasticPassword: 'elastic/pass"word\\+=&<e3b0c44298fc1c14',
	clientSecret: 'entra~Canary.8Q~9af15b336e6a9619928537df30b2e6a2',
	datadogKey: '4e07408562bedb8b60ce05c1decfe3ad',
	sumoCode: 'ZaVnC4dhaV3canaryJOq2wXUpYvl0aTf8EbQ5mN7kGhZ1sD6rPq',
	headerSecret: 'header "value" / with + signs = 2cf24dba5fb0a30e',
	bearerToken: 'bearer-canary-486ea46224d1bb4fb680f34f7c9ad96a',
	signingSecret: 'whsec_Y2FuYXJ5LXNpZ25pbmctc2VjcmV0LTAxMjM0NTY3ODk=',
	slackPath: '/services/T00CANARY/B11CANARY/8ykbb1QYzT5vcanaryX2uGq7',
};

export const DESTINATIONS = ['Splunk HEC', 'Elasticsearch by API key', 'Elasticsearch by password', 'Microsoft Sentinel', 'Datadog', 'Sumo Logic', 'a webhook with a header', 'a webhook with a bearer token', 'a signed webhook', 'a Slack webhook'] as const;

export interface Target {
	server: RunningServer;
	/** Where deliveries arrive. */
	path: RegExp;
	credential: Record<string, unknown>;
	parameters: Record<string, unknown>;
	secrets: OwnedSecret[];
}


const owned = (name: string, value: string, server: string, path = /./): OwnedSecret => ({ name, value, mayReach: (reached, at) => reached === server && path.test(at) });

/** Starts all of them. */
export async function startTargets(): Promise<Map<string, Target>> {
	const splunk = await startSplunkHec({ clock, token: SECRETS.hecToken });
	const elastic = await startElasticBulk({ clock, apiKey: SECRETS.elasticApiKey, username: 'canary-writer', password: SECRETS.elasticPassword });
	const sentinel = await startSentinel({ clock, app: { clientSecret: SECRETS.clientSecret } });
	const datadog = await startDatadog({ clock, apiKey: SECRETS.datadogKey });
	const sumo = await startSumo({ clock, code: SECRETS.sumoCode });
	const siem = await startSiem({ clock, headerName: 'X-Collector-Token', token: SECRETS.headerSecret });
	const bearer = await startSiem({ clock, headerName: 'Authorization', token: `Bearer ${SECRETS.bearerToken}` });
	const signed = await startStandardWebhooks({ clock, secrets: [SECRETS.signingSecret] });
	// Whatever is posted there is taken.
	const slack = await startSiem({ clock, headerName: 'Host', token: '' });
	const { tenantId, clientId } = sentinel.app;
	const basic = Buffer.from(`canary-writer:${SECRETS.elasticPassword}`).toString('base64');
	const generic = { destination: 'generic' };
	const all: Array<[(typeof DESTINATIONS)[number], RunningServer, Record<string, unknown>, Record<string, unknown>, OwnedSecret[]]> = [
		['Splunk HEC', splunk, { splunkUrl: splunk.url, hecToken: SECRETS.hecToken }, { destination: 'splunkHec' }, [owned('Splunk HEC token', SECRETS.hecToken, 'Splunk HEC')]],
		['Elasticsearch by API key', elastic, { elasticUrl: elastic.url, elasticApiKey: SECRETS.elasticApiKey }, { destination: 'elasticBulk', index: 'logs-a-b' }, [owned('Elasticsearch API key', SECRETS.elasticApiKey, 'Elasticsearch by API key')]],
		['Elasticsearch by password', elastic, { elasticUrl: elastic.url, elasticAuthentication: 'basic', username: 'canary-writer', password: SECRETS.elasticPassword }, { destination: 'elasticBulk', index: 'logs-a-b' }, [
			owned('Elasticsearch password', SECRETS.elasticPassword, 'Elasticsearch by password'),
			owned('Elasticsearch password', basic, 'Elasticsearch by password'),
		]],
		['Microsoft Sentinel', sentinel, { dceUrl: sentinel.endpoint, authority: sentinel.url, tenantId, clientId, clientSecret: SECRETS.clientSecret }, { destination: 'sentinel', dcrImmutableId: sentinel.ruleId, stream: sentinel.streams[0] }, [
			owned('Sentinel client secret', SECRETS.clientSecret, 'Microsoft Sentinel', /\/token$/),
		]],
		['Datadog', datadog, { site: 'custom', datadogUrl: datadog.url, datadogApiKey: SECRETS.datadogKey }, { destination: 'datadog' }, [owned('Datadog API key', SECRETS.datadogKey, 'Datadog')]],
		['Sumo Logic', sumo, { secretUrl: sumo.endpoint }, { destination: 'sumo' }, [owned('Sumo Logic URL', SECRETS.sumoCode, 'Sumo Logic')]],
		['a webhook with a header', siem, { webhookUrl: siem.endpoint, webhookAuthentication: 'header', headerName: 'X-Collector-Token', headerSecret: SECRETS.headerSecret }, generic, [owned('webhook header value', SECRETS.headerSecret, 'a webhook with a header')]],
		['a webhook with a bearer token', bearer, { webhookUrl: bearer.endpoint, webhookAuthentication: 'bearer', bearerToken: SECRETS.bearerToken }, generic, [owned('webhook bearer token', SECRETS.bearerToken, 'a webhook with a bearer token')]],
		['a signed webhook', signed, { webhookUrl: signed.endpoint, signingSecret: SECRETS.signingSecret }, generic, [{ ...owned('webhook signing secret', SECRETS.signingSecret.slice(6), 'nobody') }, { ...owned('webhook signing secret', Buffer.from(SECRETS.signingSecret.slice(6), 'base64').toString('latin1'), 'nobody') }]],
		['a Slack webhook', slack, { webhookUrl: `${slack.url}${SECRETS.slackPath}` }, generic, [owned('Slack webhook URL', SECRETS.slackPath, 'a Slack webhook')]],
	];
	return new Map(all.map(([name, server, credential, parameters, secrets]) => {
		const path = name === 'Microsoft Sentinel' ? /^\/dataCollectionRules/ : /./;
		return [name, { server, path, credential: { destination: parameters.destination, ...credential }, parameters, secrets }];
	}));
}

/** Only the target of a run is asked, so that all others are strangers to its secrets. */
export function aim(stage: Stage, targets: Map<string, Target>, name: string): Target {
	const target = targets.get(name)!;
	stage.strangers.splice(2, Infinity, ...[...targets].filter(([other, { server }]) => other === name || server !== target.server).map(([other, { server }]) => ({ name: other, requests: server.requests })));
	const bearers = () => target.server.requests.flatMap(({ headers, path }: LoggedRequest) => (/^\/dataColl/.test(path) ? [String(headers.authorization).replace('Bearer ', '')] : []));
	stage.more = () => [...[...targets.values()].flatMap(({ secrets }) => secrets), ...bearers().filter((token) => token.includes('.')).map((token) => owned('Sentinel access token', token.split('.').slice(1).join('.'), 'Microsoft Sentinel', /^\/dataCollectionRules/))];
	return target;
}
