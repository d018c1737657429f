jest.mock('n8n-workflow', () => jest.requireActual('../time').withFreePauses(jest.requireActual('n8n-workflow')));

import type { FaultCondition, SystemName } from '../../simulators';
import { useBench, type NodeType } from '../bench';
import { SAFE_ROWS, UUID, type SafeCall } from '../failureTable';
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
	request: { node: 'safeAuditExport', parameters: { operation: 'requestExport' }, system: 'safe', on: { method: 'POST', path: /\/reports$/ } },
	look: { node: 'safeAuditExport', parameters: { operation: 'getExport', uuid: UUID }, system: 'safe', on: { path: /\/reports\// } },
	download: { node: 'safeAuditExport', parameters: { operation: 'download' }, system: 'storage', on: {} },
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
		const posts = troubled.world.safe.reportsRequested.length;
		expect(posts).toBeLessThanOrEqual(1);
	});
});
