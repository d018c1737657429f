/** Every operation of SecurID Admin Log on every log, through both ways to sign in, in every form of output: one row each. */
jest.mock('n8n-workflow', () => jest.requireActual('../time').withFreePauses(jest.requireActual('n8n-workflow')));

import { gunzipSync } from 'node:zlib';
import { startWorld, type AdminEvent, type CodedEvent, type LoggedRequest, type World } from '../../simulators';
import { SEED, useBench } from '../bench';
import { leaks, secretsOf } from '../leaks';
import { DAY_MS, NOW } from '../time';
import { singleNodeWorkflow, type RunReport } from '../../harness';

const bench = useBench();

const OPERATIONS = ['getMany', 'getNew', 'trigger'] as const;
const LOGS = ['admin', 'user', 'system'] as const;
const AUTHENTICATIONS = ['apiKey', 'oAuth'] as const;
const OUTPUTS = ['simplified', 'vendor', 'ecs', 'ocsf'] as const;

type Row = [operation: (typeof OPERATIONS)[number], log: (typeof LOGS)[number], authentication: (typeof AUTHENTICATIONS)[number], output: string];

const ROWS: Row[] = OPERATIONS.flatMap((operation) =>
	LOGS.flatMap((log) => AUTHENTICATIONS.flatMap((authentication) => OUTPUTS.map((output): Row => [operation, log, authentication, output]))),
);

const CREDENTIAL = { apiKey: 'securIdApi', oAuth: 'securIdOAuthApi' } as const;
const PATHS = { admin: 'adminlog', user: 'usereventlog', system: 'systemlog' };

let world: World;
const done: string[] = [];

beforeAll(async () => {
	jest.useFakeTimers({ now: NOW, doNotFake: ['setImmediate', 'setTimeout', 'clearTimeout', 'nextTick', 'queueMicrotask', 'setInterval', 'clearInterval', 'hrtime', 'performance', 'clearImmediate'] });
	world = await startWorld({ seed: SEED, endsAt: NOW, adminEvents: 300, userEvents: 300, systemEvents: 150, safeRows: 0, users: 0 });
});

afterAll(async () => {
	await world.close();
	console.log(`${done.length} combinations:\n${done.join('\n')}`);
});

const eventsOf = ({ securId }: World, log: Row[1]): Array<AdminEvent | CodedEvent> => (log === 'admin' ? securId.events : securId.coded[log]);

/** Ids as they come out of each form. */
function idOf(json: Record<string, unknown>): unknown {
	const { event, metadata } = json as { event?: { id?: unknown }; metadata?: { uid?: unknown } };
	return json.eventId ?? event?.id ?? metadata?.uid;
}

/** What shows that an event was read as one of its own log. */
function ofLog(log: Row[1], output: string, event: AdminEvent | CodedEvent | undefined): object {
	if (output === 'ecs') return { event: { dataset: `rsa_idplus.${log}` } };
	if (output === 'ocsf') return { metadata: { log_name: `rsa_idplus.${log}` } };
	const said = event && ('eventCode' in event ? event.eventDescription : event.message);
	return { [output === 'simplified' ? 'message' : log === 'admin' ? 'message' : 'eventDescription']: said };
}

/** Who gave out the token of a request; undefined for those that a key file signed. */
function issuerOf({ headers }: LoggedRequest): unknown {
	return (JSON.parse(Buffer.from(String(headers.authorization).split('.')[1], 'base64url').toString()) as { iss?: unknown }).iss;
}

async function runRow([operation, log, authentication, output]: Row): Promise<{ items: Array<Record<string, unknown>>; report?: RunReport }> {
	const type = CREDENTIAL[authentication];
	const credentials = { [type]: world.credentials[type] };
	const parameters = { log, authentication, output };
	if (operation === 'trigger') {
		const whole = { ...parameters, triggerOn: 'all', startFrom: 'last24Hours', options: { maxEvents: 1_000 } };
		const poller = await bench.engine.poller(singleNodeWorkflow('n8n-nodes-safe-securid.securIdAdminLogTrigger', whole), { mode: 'durable', credentials });
		const { items, error } = await poller.tick();
		expect(error).toBeUndefined();
		return { items: (items ?? []).map(({ json }) => json) };
	}
	const own = operation === 'getMany' ? { returnAll: true, startTime: new Date(NOW - DAY_MS).toISOString() } : { operation, startFrom: 'last24Hours' };
	const report = await bench.run('securIdAdminLog', { ...parameters, ...own }, credentials);
	expect(report.error).toBeUndefined();
	return { items: report.items('Node').map(({ json }) => json), report };
}

test.each(ROWS)('%s of the %s log with %s as %s gives the events of the last day, each once', async (...row) => {
	const [operation, log, authentication, output] = row;
	const before = world.securId.requests.length;
	const { items, report } = await runRow(row);
	// Get New and the trigger read whole slots, up to those that are closed.
	const [fromMs, untilMs] = {
		getMany: [NOW - DAY_MS + 1, NOW],
		getNew: [Date.parse('2026-01-14T10:00:00Z'), Date.parse('2026-01-15T10:00:00Z') - 1],
		trigger: [Date.parse('2026-01-14T10:07:00Z'), Date.parse('2026-01-15T10:05:00Z') - 1],
	}[operation];
	const expected = eventsOf(world, log).filter(({ atMs }) => atMs >= fromMs && atMs <= untilMs);
	expect(expected.length).toBeGreaterThan(20);
	expect(items.map(idOf).sort()).toEqual(expected.map(({ eventId }) => eventId).sort());
	if (output === 'vendor') {
		const { backfill: _mark, ...first } = items[0];
		expect(Object.keys(first).sort()).toEqual(Object.keys(expected[0]).filter((name) => name !== 'atMs').sort());
	}
	const last = expected.find(({ eventId }) => eventId === idOf(items[items.length - 1]));
	expect(items[items.length - 1]).toMatchObject(ofLog(log, output, last));
	const asked = world.securId.requests.slice(before);
	expect(new Set(asked.map(issuerOf))).toEqual(new Set([authentication === 'oAuth' ? world.securIdAuth.issuer : undefined]));
	expect(new Set(asked.map(({ path }) => path))).toEqual(new Set([`/AdminInterface/restapi/v1/${PATHS[log]}/exportlogs`]));
	if (operation === 'getNew' && report) {
		const files = report.items('Node', 1).map(({ json }) => json);
		expect(files.length).toBeGreaterThan(3);
		expect(String(files[0].key)).toMatch(new RegExp(`^audit/source=securid-${log}/`));
		const [position] = report.items('Node', 2);
		expect(position.json).toMatchObject({ name: `securid-${log}`, windowEnd: '2026-01-15T10:00:00.000Z', emitted: expected.length });
		const lines = gunzipSync(await report.binary(report.items('Node', 1)[0])).toString().split('\n').filter(Boolean);
		expect(expected.map(({ eventId }) => eventId)).toContain((JSON.parse(lines[0]) as { eventId: string }).eventId);
	}
	expect(leaks([...(report ? [report] : []), ...bench.logged], secretsOf(world))).toEqual([]);
	done.push([operation, log, authentication, output].join(' · '));
});

test('the table holds every combination, and no other', () => {
	expect(ROWS).toHaveLength(OPERATIONS.length * LOGS.length * AUTHENTICATIONS.length * OUTPUTS.length);
	expect(done).toHaveLength(ROWS.length);
	// One sign-in for all thirty-six: n8n keeps the token.
	expect(world.securIdAuth.requests).toHaveLength(1);
});
