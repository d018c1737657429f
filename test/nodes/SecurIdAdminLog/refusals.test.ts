jest.mock('n8n-workflow', () => jest.requireActual('../time').withFreePauses(jest.requireActual('n8n-workflow')));

import type { World } from '../../simulators';
import { useBench, type Credentials } from '../bench';
import { SECURID_ROWS } from '../failureTable';
import { expectRefusal, trouble } from '../troubled';

const bench = useBench();

/** The world's own key file, for another host. */
function keyFileFor({ securId }: World, origin: string): Credentials {
	const privateKeyFile = JSON.stringify({ ...securId.keyFile, adminRestApiUrl: `${origin}/AdminInterface/restapi/` });
	return { securIdApi: { keySource: 'file', privateKeyFile } };
}

describe('a refusal names its cause and its code, shows no secret, and hands on nothing', () => {
	test.each(SECURID_ROWS)('$label: $code', async (row) => {
		const troubled = await trouble(bench, row.trouble, { system: 'securId', pointAt: keyFileFor });
		expectRefusal(bench, await bench.run('securIdAdminLog', { returnAll: true }, troubled.credentials), row, troubled);
	});
});
