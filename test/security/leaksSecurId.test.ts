/** The leak hunt through SecurID: both operations and the trigger, both ways to sign in, every fault of the log and of the token endpoint. */
jest.mock('n8n-workflow', () => jest.requireActual('../nodes/time').withFreePauses(jest.requireActual('n8n-workflow')));

import { singleNodeWorkflow } from '../harness';
import { DAY_MS, NOW } from '../nodes/time';
import type { NamedFault } from './leaksFaults';
import { useStage } from './leaksStage';

const stage = useStage('SecurID');

const OPERATIONS = ['getMany', 'getNew', 'trigger'] as const;
const AUTHENTICATIONS = ['apiKey', 'oAuth', 'oAuth with an EC key'] as const;
const LOGS = ['admin', 'user', 'system'];

type Operation = (typeof OPERATIONS)[number];
type Authentication = (typeof AUTHENTICATIONS)[number];

function credentialOf(authentication: Authentication, scope?: string[]): Record<string, Record<string, unknown>> {
	const { credentials, securIdAuth } = stage.world;
	if (authentication === 'apiKey') return { securIdApi: credentials.securIdApi };
	const { clientId, privateJwk } = securIdAuth.clients.ec;
	const own = authentication === 'oAuth' ? {} : { clientId, privateKey: JSON.stringify(privateJwk) };
	return { securIdOAuthApi: { ...credentials.securIdOAuthApi, ...own, ...(scope ? { scope } : {}) } };
}

/** In: with another `scope` for each run, n8n has no token for the credential yet. */
async function run(operation: Operation, authentication: Authentication, log: string, scope?: string[]): Promise<unknown> {
	const credentials = credentialOf(authentication, scope);
	const parameters = { log, authentication: authentication === 'apiKey' ? 'apiKey' : 'oAuth' };
	if (operation === 'trigger') {
		const workflow = singleNodeWorkflow('n8n-nodes-safe-securid.securIdAdminLogTrigger', { ...parameters, triggerOn: 'all', startFrom: 'last24Hours' });
		const poller = await stage.bench.engine.poller(workflow, { mode: 'durable', credentials });
		const tick = await poller.tick();
		return { ...tick, state: poller.state() };
	}
	const own = operation === 'getMany' ? { returnAll: true, startTime: new Date(NOW - DAY_MS).toISOString() } : { operation, startFrom: 'last24Hours' };
	return await stage.bench.run('securIdAdminLog', { ...parameters, ...own }, credentials);
}

const ROWS = OPERATIONS.flatMap((operation) => AUTHENTICATIONS.map((authentication): [Operation, Authentication] => [operation, authentication]));

async function huntUnder(faults: NamedFault[], place: 'log' | 'token', operation: Operation, authentication: Authentication): Promise<string[]> {
	const found: string[] = [];
	const { securId, securIdAuth } = stage.world;
	for (const [turn, fault] of faults.entries()) {
		const at = place === 'log' ? { server: securId, on: { path: /exportlogs/ } } : { server: securIdAuth, on: { path: /token/ } };
		// A blank more is the same scope to SecurID, and another credential to n8n.
		const scope = place === 'token' ? [`rsa.audit.admin${' '.repeat(turn + 1)}`] : undefined;
		found.push(...(await stage.under(fault, { ...at, label: `${operation} ${authentication}, ${place}` }, async () => await run(operation, authentication, place === 'token' ? 'admin' : LOGS[turn % 3], scope))));
	}
	return found;
}

/** Get Many meets every fault by a key file and by OAuth; the others share them out, since they read pages by the same client. */
function takesTurn(at: number, operation: Operation, authentication: Authentication): boolean {
	if (authentication === 'oAuth with an EC key') return at % 4 === OPERATIONS.indexOf(operation);
	return operation === 'getMany' || (at + AUTHENTICATIONS.indexOf(authentication)) % 2 === 0;
}

describe('nothing secret is shown, kept or sent astray', () => {
	test.each(ROWS)('by %s with %s, when all is well', async (operation, authentication) => {
		for (const log of LOGS) expect(await stage.search(`${operation} ${authentication}`, [await run(operation, authentication, log)])).toEqual([]);
	});

	test.each(ROWS)('by %s with %s, when the log meets the faults', async (operation, authentication) => {
		const faults = stage.faults.filter((_fault, at) => takesTurn(at, operation, authentication));
		expect(await huntUnder(faults, 'log', operation, authentication)).toEqual([]);
	});

	test.each(AUTHENTICATIONS.slice(1))('by %s, when the sign-in meets any fault', async (authentication) => {
		expect(await huntUnder(stage.faults, 'token', 'getMany', authentication)).toEqual([]);
	});
});

test('every fault of the table has struck, but those of storage', () => {
	expect(stage.faults.map(({ name }) => name).filter((name) => !stage.struck.has(name))).toEqual(['expireLink']);
});
