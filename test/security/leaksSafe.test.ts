/** The leak hunt through SAFE: every operation under every fault, and every call under every fault. */
jest.mock('n8n-workflow', () => jest.requireActual('../nodes/time').withFreePauses(jest.requireActual('n8n-workflow')));

import type { NodeType } from '../nodes/bench';
import type { FaultCondition } from '../simulators';
import { CANARY, useStage } from './leaksStage';

const stage = useStage('SAFE');

const CALLS: Record<string, FaultCondition> = {
	'sign-in': { path: /\/auth$/ },
	users: { path: /\/users$/ },
	request: { method: 'POST', path: /(reports|audit-logs\/export)$/ },
	look: { method: 'GET', path: /(reports|audit-logs\/export)\// },
	download: { path: /^\/fake-safe-reports/ },
};

interface Operation {
	node: NodeType;
	operation: string;
	calls: string[];
	parameters: () => object;
	input?: object[];
}

const user = () => ({ __rl: true, mode: 'id', value: stage.world.safe.users[0].uuid });
const OPERATIONS: Operation[] = [
	{ node: 'safeAuditExport', operation: 'getMany', calls: ['sign-in', 'request', 'look', 'download'], parameters: () => ({ days: 2, returnAll: true }) },
	{ node: 'safeAuditExport', operation: 'getNew', calls: ['request', 'look', 'download'], parameters: () => ({ startFrom: 'last24Hours' }), input: [{ name: 'safe-audit' }] },
	{ node: 'safeAuditExport', operation: 'download', calls: ['look', 'download', 'request'], parameters: () => ({ days: 2 }) },
	{ node: 'safeAuditExport', operation: 'requestExport', calls: ['request', 'sign-in'], parameters: () => ({ days: 3 }) },
	{ node: 'safeAuditExport', operation: 'getExport', calls: ['look', 'download'], parameters: () => ({ uuid: stage.world.safe.reportsRequested.at(-1)?.uuid }) },
	{ node: 'safeUsers', operation: 'getMany', calls: ['users', 'sign-in'], parameters: () => ({ returnAll: true }) },
	{ node: 'safeUsers', operation: 'get', calls: ['sign-in', 'users'], parameters: () => ({ user: user() }) },
	{ node: 'safeUsers', operation: 'enrich', calls: ['users', 'sign-in'], parameters: () => ({ userIdField: 'who', outputField: 'user' }), input: [{ who: 'nobody' }] },
];

interface Way {
	authentication?: string;
	apiFamily?: string;
}

/** The ways to sign in and the sets of endpoints, in turn. */
const WAYS: Way[] = [{}, { apiFamily: 'auditLogsExport' }, { authentication: 'accessToken' }];

async function run({ node, operation, parameters, input }: Operation, { authentication = 'apiCredentials', apiFamily }: Way = {}) {
	const { region, baseUrl } = stage.world.credentials.safeApi;
	const secret = authentication === 'apiCredentials' ? CANARY : { accessToken: stage.pasted[0] };
	const whole = { operation, ...parameters(), ...(apiFamily && node === 'safeAuditExport' ? { options: { apiFamily } } : {}) };
	return await stage.bench.run(node, whole, { safeApi: { region, baseUrl, authentication, ...secret } }, { input });
}

async function huntUnder(fault: (typeof stage.faults)[number], call: string, operation: Operation, way?: Way): Promise<string[]> {
	const { safe, storage } = stage.world;
	// The kept token is refused, so that the run signs in anew.
	if (call === 'sign-in') safe.revokeTokens();
	const label = [operation.node, operation.operation, call, ...Object.values(way ?? {})].join(' ');
	return await stage.under(fault, { server: call === 'download' ? storage : safe, on: CALLS[call], label }, async () => await run(operation, way));
}

beforeAll(() => stage.pasted.push(stage.world.safe.issueToken()));

describe('nothing secret is shown, kept or sent astray', () => {
	test.each(OPERATIONS.map((each): [string, string, Operation] => [each.node, each.operation, each]))('by %s, %s, when all is well', async (_node, _name, operation) => {
		for (const way of WAYS) {
			const report = await run(operation, way);
			if (operation.operation !== 'getExport' || !way.apiFamily) expect(report.error).toBeUndefined();
			expect(await stage.search(`${operation.node} ${operation.operation}`, [report])).toEqual([]);
		}
	});

	test.each(OPERATIONS.map((each, at): [string, string, Operation, number] => [each.node, each.operation, each, at]))('by %s, %s, when one of its calls meets any fault', async (_node, _name, operation, at) => {
		const found: string[] = [];
		for (const [turn, fault] of stage.faults.entries()) {
			const { calls } = operation;
			found.push(...(await huntUnder(fault, calls[(turn + at) % calls.length], operation, WAYS[turn % WAYS.length])));
		}
		expect(found).toEqual([]);
	});

	test.each(Object.keys(CALLS).map((call): [string, Operation] => [call, OPERATIONS.find(({ calls }) => calls[0] === call || calls.at(-1) === call)!]))('by the call "%s" under every fault', async (call, operation) => {
		const found: string[] = [];
		for (const fault of stage.faults) found.push(...(await huntUnder(fault, call, operation)));
		expect(found).toEqual([]);
	});
});

test('every fault of the table has struck', () => {
	expect(stage.faults.map(({ name }) => name).filter((name) => !stage.struck.has(name))).toEqual([]);
});
