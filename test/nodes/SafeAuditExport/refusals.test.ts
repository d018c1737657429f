jest.mock('n8n-workflow', () => jest.requireActual('../time').withFreePauses(jest.requireActual('n8n-workflow')));

import type { FaultCondition, SystemName } from '../../simulators';
import { useBench, type NodeType } from '../bench';
import { SAFE_ROWS, UUID, type SafeCall } from '../failureTable';
import { leaks } from '../leaks';
import { startLocalServer } from '../servers';
import { expectRefusal, trouble } from '../troubled';

const bench = useBench();

interface Asked {
	node: NodeType;
	parameters: object;
	system: SystemName;
	on: FaultCondition;
}

/** For each of SAFE's calls: the operation that makes it, and its requests. */
const CALLS: Record<SafeCall, Asked> = {
	'sign-in': { node: 'safeUsers', parameters: { returnAll: true }, system: 'safe', on: { path: /\/auth$/ } },
	users: { node: 'safeUsers', parameters: { returnAll: true }, system: 'safe', on: { path: /\/users$/ } },
	request: {
		node: 'safeAuditExport',
		parameters: { operation: 'requestExport' },
		system: 'safe',
		on: { method: 'POST', path: /\/reports$/ },
	},
	look: { node: 'safeAuditExport', parameters: { operation: 'getExport', uuid: UUID }, system: 'safe', on: { path: /\/reports\// } },
	download: { node: 'safeAuditExport', parameters: { operation: 'download' }, system: 'storage', on: { path: /fake-safe-reports/ } },
};

/** A pasted token, so that the only request to a host is the one in question. */
const tokenFor = (_world: unknown, baseUrl: string) => ({
	safeApi: { region: 'custom', baseUrl, authentication: 'accessToken', accessToken: 'pasted-fake-token' },
});

describe('a refusal names its cause and its code, shows no secret, and hands on nothing', () => {
	test.each(SAFE_ROWS)('$call, $label: $code', async (row) => {
		const { node, parameters, system, on } = CALLS[row.call];
		const troubled = await trouble(bench, row.trouble, { system, on, pointAt: tokenFor });
		expectRefusal(bench, await bench.run(node, parameters, troubled.credentials), row, troubled);
		expect(troubled.world.safe.reportsRequested.length).toBeLessThanOrEqual(1);
	});
});

describe('a host that repeats the request in its answer gives no secret away', () => {
	const password = 'fake:pass"word+/=';
	const basic = Buffer.from(`fake-api-user:${password}`).toString('base64');

	test.each(['auth', 'users'])('at /%s', async (call) => {
		const server = await startLocalServer(({ path, headers }) => {
			if (!path.includes(call)) return { body: { accessToken: 'fake-session-0123456789+/==' } };
			return { status: 400, body: { message: `Bad header authorization: ${headers.authorization}` } };
		});
		bench.endWithTest(server.close);
		const safeApi = { region: 'custom', baseUrl: server.origin, authentication: 'apiCredentials', username: 'fake-api-user', password };
		const report = await bench.run('safeUsers', {}, { safeApi });
		const result = await bench.engine.testCredential('safeApi', safeApi);
		expect([report.status, result.status]).toEqual(['error', 'Error']);
		expect(leaks([report, result, ...bench.logged], [password, basic, 'fake-session-0123456789+/=='])).toEqual([]);
	});

	test('at the storage, which shows the link it was asked for', async () => {
		const world = await bench.world({ safe: { options: { readyAfterPolls: 0 } } });
		const storage = await startLocalServer(({ path }) => ({
			status: 403,
			body: `<Error><Code>AccessDenied</Code><Message>No access to http://127.0.0.1${path}</Message></Error>`,
		}));
		bench.endWithTest(storage.close);
		const preSignedUrl = `${storage.origin}/a.csv?X-Amz-Credential=FAKE&X-Amz-Signature=5ec4e7`;
		world.safe.faults.add({ on: { path: /reports\// }, do: { status: 200, body: { data: { preSignedUrl } } } });
		const report = await bench.run('safeAuditExport', {}, { safeApi: world.credentials.safeApi });
		expect(report.error?.message).toMatch(/\(SAFE-LINK-REFUSED\)$/);
		expect(leaks([report, ...bench.logged], [preSignedUrl, 'X-Amz-Credential', '5ec4e7'])).toEqual([]);
	});
});
