/** The leak hunt through the Test button of every credential: each fault, and each way to fill in a secret wrongly. */
jest.mock('n8n-workflow', () => jest.requireActual('../nodes/time').withFreePauses(jest.requireActual('n8n-workflow')));

import type { RunningServer } from '../simulators';
import { CANARY, useStage } from './leaksStage';
import { aim, DESTINATIONS, startTargets, type Target } from './leaksTargets';

const stage = useStage('credential tests');

let targets: Map<string, Target>;
beforeAll(async () => {
	targets = await startTargets();
});
afterAll(async () => {
	for (const { server } of targets.values()) await server.close();
});

interface Button {
	type: string;
	/** With a number that makes it another credential than those before, so that no token is kept for it. */
	data: (turn: number) => Record<string, unknown>;
	server: () => RunningServer;
}

const world = () => stage.world;
const BUTTONS: Record<string, Button> = {
	'SAFE API, sign-in and users': { type: 'safeApi', data: (turn) => ({ ...world().credentials.safeApi, ...CANARY, baseUrl: `${world().safe.url}${' '.repeat(turn)}` }), server: () => world().safe },
	'SAFE API with an access token': { type: 'safeApi', data: () => ({ ...world().credentials.safeApi, authentication: 'accessToken', accessToken: stage.pasted[0] }), server: () => world().safe },
	'SecurID Key File API': { type: 'securIdApi', data: () => world().credentials.securIdApi, server: () => world().securId },
	'SecurID OAuth Client API, at the log': { type: 'securIdOAuthApi', data: () => ({ ...world().credentials.securIdOAuthApi }), server: () => world().securId },
	'SecurID OAuth Client API, at the issuer': { type: 'securIdOAuthApi', data: (turn) => ({ ...world().credentials.securIdOAuthApi, scope: [`rsa.audit.admin${' '.repeat(turn)}`] }), server: () => world().securIdAuth },
	...Object.fromEntries(DESTINATIONS.map((name): [string, Button] => [name, { type: 'siemWebhookApi', data: (turn) => ({ ...targets.get(name)!.credential, scope: `https://monitor.azure.com//.default${' '.repeat(turn)}` }), server: () => targets.get(name)!.server }])),
};

const press = async (type: string, data: Record<string, unknown>) => await stage.bench.engine.testCredential(type, data);

beforeAll(() => stage.pasted.push(stage.world.safe.issueToken()));

/** Sign-ins, whose failures a test quotes, meet every fault; the others, of which n8n passes on the status alone, each fifth. */
function takesTurn(name: string, turn: number): boolean {
	return /sign-in|issuer|Sentinel/.test(name) || turn % 5 === Object.keys(BUTTONS).indexOf(name) % 5;
}

test.each(Object.entries(BUTTONS))('the test of %s shows and sends no secret, under the faults', async (name, { type, data, server }) => {
	if (type === 'siemWebhookApi') aim(stage, targets, name);
	const found = await stage.search(`${name}, all well`, [await press(type, data(0))]);
	for (const [turn, fault] of stage.faults.entries()) {
		if (!takesTurn(name, turn)) continue;
		found.push(...(await stage.under(fault, { server: server(), on: {}, label: name }, async () => await press(type, data(turn + 1)))));
	}
	expect(found).toEqual([]);
});

/** Slips of the hand, in every field that holds a secret. */
const SLIPS: Array<[string, (secret: string) => unknown]> = [
	['cut in the middle', (secret) => secret.slice(0, Math.ceil(secret.length / 2))],
	['with a line break inside', (secret) => `${secret.slice(0, 20)}\n${secret.slice(20)}`],
	['with a character that no header carries', (secret) => `${secret}\u200b…`],
	['twice', (secret) => `${secret}${secret}`],
	['in quotes', (secret) => JSON.stringify(secret)],
	['in brackets', (secret) => `{${secret}}`],
	['as a URL', (secret) => `https://user:${secret}@`],
	['as a number', () => 42],
];
const FIELDS: Array<[string, string, (secret: string) => string]> = [
	['safeApi', 'password', () => CANARY.password],
	['safeApi', 'username', () => CANARY.username],
	['safeApi', 'baseUrl', () => CANARY.password],
	['securIdApi', 'privateKeyFile', () => world().credentials.securIdApi.privateKeyFile],
	['securIdOAuthApi', 'privateKey', () => world().credentials.securIdOAuthApi.privateKey],
	['securIdOAuthApi', 'issuerUrl', () => world().credentials.securIdOAuthApi.privateKey],
];

test.each(FIELDS)('a secret of %s that was put wrongly into "%s" is not shown by its test', async (type, field, secret) => {
	const { credentials } = world();
	const found: string[] = [];
	for (const [slip, write] of SLIPS) {
		const data = { ...(credentials as unknown as Record<string, object>)[type], [field]: write(secret('')) };
		found.push(...(await stage.search(`${type} ${field} ${slip}`, [await press(type, data)])));
	}
	expect(found.filter((line) => line.includes('shows'))).toEqual([]);
});

const PASTED: Array<[string, string, string]> = DESTINATIONS.flatMap((name) =>
	({ 'Splunk HEC': ['hecToken', 'splunkUrl'], 'Elasticsearch by API key': ['elasticApiKey', 'elasticUrl'], 'Elasticsearch by password': ['password'], 'Microsoft Sentinel': ['clientSecret', 'dceUrl', 'authority'], Datadog: ['datadogApiKey', 'datadogUrl'], 'Sumo Logic': ['secretUrl'], 'a webhook with a header': ['headerSecret', 'headerName'], 'a webhook with a bearer token': ['bearerToken'], 'a signed webhook': ['signingSecret'], 'a Slack webhook': ['webhookUrl'] })[name].map(
		(field): [string, string, string] => [name, field, name],
	),
);

test.each(PASTED)('the secret of %s that was put wrongly into "%s" is not shown by its test', async (name, field) => {
	const { credential, secrets } = aim(stage, targets, name);
	const found: string[] = [];
	for (const [slip, write] of SLIPS) {
		found.push(...(await stage.search(`${name} ${field} ${slip}`, [await press('siemWebhookApi', { ...credential, [field]: write(String(secrets[0].value)) })])));
	}
	expect(found.filter((line) => line.includes('shows'))).toEqual([]);
});
