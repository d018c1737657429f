/** The leak hunt through SIEM Webhook: every destination and every way to sign in there, under every fault. */
jest.mock('n8n-workflow', () => jest.requireActual('../nodes/time').withFreePauses(jest.requireActual('n8n-workflow')));

import { eventsOf } from '../nodes/SiemWebhook/receivers';
import { useStage } from './leaksStage';
import { aim, DESTINATIONS, startTargets, type Target } from './leaksTargets';

const stage = useStage('SIEM Webhook');

let targets: Map<string, Target>;

beforeAll(async () => {
	targets = await startTargets();
});
afterAll(async () => {
	for (const { server } of targets.values()) await server.close();
});

const EVENTS = eventsOf(3);

/** In: by turns the output of refused events and none, one event and three. */
async function run({ credential, parameters }: Target, turn = 1): Promise<unknown> {
	const settings = turn % 3 === 0 ? { onError: 'continueRegularOutput' as const } : {};
	const more = { options: { attempts: 2 }, ...(turn % 2 ? { onRejected: 'sendToFailed' } : {}) };
	return await stage.bench.run('siemWebhook', { ...parameters, ...more }, { siemWebhookApi: credential }, { ...settings, input: EVENTS.slice(0, turn % 2 ? 3 : 1) });
}

/** The first of each kind of receiver meets every fault; those that differ from it by a header alone meet each third. */
function takesTurn(name: string, turn: number): boolean {
	const also = ['Elasticsearch by password', 'a webhook with a bearer token', 'a signed webhook', 'Datadog', 'Sumo Logic'].indexOf(name);
	return also < 0 || turn % 3 === also % 3;
}

describe('nothing secret is shown, kept or sent astray', () => {
	test.each(DESTINATIONS)('by deliveries to %s, when all is well', async (name) => {
		const target = aim(stage, targets, name);
		const report = await run(target);
		if (name !== 'a Slack webhook') expect(report).toMatchObject({ error: undefined });
		expect(target.server.requests.length).toBeGreaterThan(0);
		expect(await stage.search(name, [report])).toEqual([]);
	});

	test.each(DESTINATIONS)('by deliveries to %s under the faults', async (name) => {
		const target = aim(stage, targets, name);
		const found: string[] = [];
		for (const [turn, fault] of stage.faults.entries()) {
			if (!takesTurn(name, turn)) continue;
			found.push(...(await stage.under(fault, { server: target.server, on: { path: target.path }, label: name }, async () => await run(target, turn))));
		}
		expect(found).toEqual([]);
	});

	test('by the sign-in at Microsoft Entra under every fault', async () => {
		const target = aim(stage, targets, 'Microsoft Sentinel');
		const found: string[] = [];
		for (const [turn, fault] of stage.faults.entries()) {
			// Another scope is another credential, for which n8n has no token yet.
			const credential = { ...target.credential, scope: `https://monitor.azure.com//.default${' '.repeat(turn + 1)}` };
			found.push(...(await stage.under(fault, { server: target.server, on: { path: /\/token$/ }, label: 'Entra' }, async () => await run({ ...target, credential }, turn))));
		}
		expect(found).toEqual([]);
	});
});

test('every fault of the table has struck, but those of other systems', () => {
	expect(stage.faults.map(({ name }) => name).filter((name) => !stage.struck.has(name))).toEqual(['emptyPage', 'changedTotal', 'expireLink']);
});
