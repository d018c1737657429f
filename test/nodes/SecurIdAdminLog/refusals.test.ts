jest.mock('n8n-workflow', () => jest.requireActual('../time').withFreePauses(jest.requireActual('n8n-workflow')));

import type { World } from '../../simulators';
import { useBench, type Credentials } from '../bench';
import { SECURID_ROWS } from '../failureTable';
import { leaks, secretsOf } from '../leaks';
import { startLocalServer } from '../servers';
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

test.each<[string, (authorization: string) => object]>([
	['in its sentence', (authorization) => ({ status: 400, body: { code: '400 BAD_REQUEST', description: `Bad header: ${authorization}` } })],
	['in a page of its own', (authorization) => ({ status: 500, body: `Request was: GET /\r\nauthorization: ${authorization}\r\n` })],
	['in JSON of another shape', (authorization) => ({ status: 200, body: { [authorization]: { headers: { authorization } } } })],
	['in half a body', (authorization) => ({ status: 200, body: `{"elements":[{"message":"${authorization}"` })],
])('a host that repeats the token %s gives it away nowhere', async (_case, answer) => {
	const world = await bench.world();
	const sent: string[] = [];
	const server = await startLocalServer(({ headers }) => {
		sent.push(String(headers.authorization));
		return answer(String(headers.authorization));
	});
	bench.endWithTest(server.close);
	const report = await bench.run('securIdAdminLog', {}, keyFileFor(world, server.origin));
	expect(report.status).toBe('error');
	const tokens = sent.flatMap((header) => [header, ...header.split(/[ .]/).slice(2)]);
	expect(tokens.length).toBeGreaterThan(2);
	expect(leaks([report, ...bench.logged], [...secretsOf(world), ...tokens])).toEqual([]);
});
