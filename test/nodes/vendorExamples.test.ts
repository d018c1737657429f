jest.mock('n8n-workflow', () => jest.requireActual('./time').withFreePauses(jest.requireActual('n8n-workflow')));

import { routeHosts } from '../harness';
import { rawFixture } from '../unit/fixtures';
import { useBench } from './bench';
import { startLocalServer, type LocalServer } from './servers';

const bench = useBench();

const raw = (name: string) => rawFixture(`${name}.raw.json`);
const parsed = (name: string) => JSON.parse(rawFixture(`${name}.json`)) as unknown[];
const json = { 'content-type': 'application/json' };

/** Answers for a vendor's real host until the test ends. */
async function answerFor(host: string, answer: Parameters<typeof startLocalServer>[0]): Promise<LocalServer> {
	const server = await startLocalServer(answer);
	const routes = routeHosts({ [host]: server.origin });
	bench.endWithTest(async () => {
		routes.restore();
		await server.close();
	});
	return server;
}

describe("the vendors' own example answers, in n8n's engine", () => {
	const securIdAnswers = [
		['the example of the vendor page', 'seed-example'],
		['the one public recording', 'capture-shape'],
	];

	/** Reads one page of SecurID's log from the host that the vendor's page names. */
	async function readLog(name: string, parameters: object) {
		const server = await answerFor('https://access.securid.com', () => ({ headers: json, body: raw(`securid/${name}`) }));
		const { securId } = await bench.world({ adminEvents: 0 });
		const adminRestApiUrl = 'https://access.securid.com/AdminInterface/restapi';
		const privateKeyFile = JSON.stringify({ ...securId.keyFile, adminRestApiUrl });
		const report = await bench.run(
			'securIdAdminLog',
			{ returnAll: true, ...parameters },
			{ securIdApi: { keySource: 'file', privateKeyFile } },
		);
		return { server, items: report.items('Node').map((item) => item.json), error: report.error };
	}

	test.each(securIdAnswers)('of SecurID, %s: comes out simplified, field for field', async (_case, name) => {
		const { items, error } = await readLog(name, { output: 'simplified' });
		expect(error).toBeUndefined();
		expect(items).toEqual(parsed(`securid/${name}.simplified`));
	});

	test.each(securIdAnswers)('of SecurID, %s: comes out as it was sent, members in its order', async (_case, name) => {
		const { items } = await readLog(name, { output: 'vendor' });
		// As text, because the order of members counts here.
		expect(JSON.stringify(items, null, 1)).toBe(JSON.stringify(parsed(`securid/${name}.vendor`), null, 1));
	});

	test.each(securIdAnswers)('of SecurID, %s: keeps each event ID digit for digit', async (_case, name) => {
		const digits = [...raw(`securid/${name}`).matchAll(/"eventId": (\d+)/g)].map(([, id]) => id);
		const { items } = await readLog(name, { output: 'simplified' });
		expect(items.map(({ eventId }) => eventId)).toEqual(digits);
		expect(digits.length).toBeGreaterThan(1);
	});

	test('of SecurID is asked for as the vendor page says', async () => {
		const { server } = await readLog('seed-example', {
			startTime: '2018-05-01T11:22:12.828-05:30',
			endTime: '2018-05-09T21:06:33.125-05:30',
		});
		const [{ method, path, headers }, ...others] = server.requests;
		expect(others).toEqual([]);
		expect([method, path.replace(/\?.*/, '')]).toEqual(['GET', '/AdminInterface/restapi/v1/adminlog/exportlogs']);
		expect(Object.fromEntries(new URL(path, 'https://x').searchParams)).toEqual({
			startTimeAfter: '2018-05-01T16:52:12.828Z',
			endTimeOnOrBefore: '2018-05-10T02:36:33.125Z',
			pageNumber: '0',
			pageSize: '100',
		});
		expect(path).not.toContain('+');
		const [head, claims] = String(headers.authorization)
			.replace('Bearer ', '')
			.split('.')
			.map((part) => Buffer.from(part, 'base64url').toString());
		expect(head).toBe('{"typ":"JWT","alg":"RS256"}');
		expect(JSON.parse(claims)).toMatchObject({ aud: 'https://access.securid.com/AdminInterface/restapi' });
		expect(headers).toMatchObject({ host: 'access.securid.com', accept: 'application/json' });
	});

	const pastedToken = { region: 'us', authentication: 'accessToken', accessToken: 'fake' };

	test('of SAFE, the users: come out member for member', async () => {
		const server = await answerFor('https://us.safeone.ai', () => ({ headers: json, body: raw('safe/users') }));
		const report = await bench.run('safeUsers', { returnAll: true }, { safeApi: pastedToken });
		const { values } = JSON.parse(raw('safe/users')) as { values: unknown[] };
		expect(report.items('Node').map((item) => item.json)).toEqual(values);
		// The example names a next page on another host although it is the last one.
		expect(server.requests.map(({ path }) => path)).toEqual(['/api/v3/users?page=1&pagelen=100']);
	});

	test('of SAFE, a report: is queued, waited for and downloaded', async () => {
		const answers = ['report-queued', 'report-not-found-400', 'report-ready'];
		const api = await answerFor('https://us.safeone.ai', () => {
			const name = answers.shift() ?? '';
			return { status: name === 'report-queued' ? 202 : name.endsWith('400') ? 400 : 200, headers: json, body: raw(`safe/${name}`) };
		});
		const csv =
			'Timestamp,Source IP and Port,User ID,Action\r\n2025-04-11T06:25:17Z,198.51.100.7:51234,12345678-1234-1234-1234-123456789012,Login\r\n';
		const storage = await answerFor('https://storage.example.com', () => ({ headers: { 'content-type': 'text/csv' }, body: csv }));
		const report = await bench.run('safeAuditExport', { returnAll: true, days: 1 }, { safeApi: pastedToken });
		expect(report.items('Node').map((item) => item.json)).toEqual([
			{
				eventId: expect.stringMatching(/^[0-9a-f]{64}$/),
				eventTime: '2025-04-11T06:25:17.000Z',
				action: 'Login',
				category: 'authentication',
				outcome: 'unknown',
				severity: 'info',
				actor: '12345678-1234-1234-1234-123456789012',
				sourceIp: '198.51.100.7',
				target: null,
				message: 'Login',
			},
		]);
		const [post, ...looks] = api.requests;
		expect([post.method, post.path, JSON.parse(post.body.toString())]).toEqual([
			...['POST', '/api/v3/reports', { type: 'AUDIT_LOGS', format: 'csv', reportMeta: { days: 1 } }],
		]);
		expect(post.headers).toMatchObject({ accept: 'application/json', 'content-type': 'application/json', authorization: 'Bearer fake' });
		expect(looks.map(({ method, path }) => `${method} ${path}`)).toEqual(
			Array(2).fill('GET /api/v3/reports/1eebc0b2-b019-42b3-8132-c15c5926b21e'),
		);
		expect(storage.requests.map(({ path, headers }) => [path, headers.authorization])).toEqual([
			['/audit.csv?X-Amz-Signature=0123456789abcdef', undefined],
		]);
	});

	test.each([
		['users-refused-401', 401, 'safeUsers', {}, /\(SAFE-401-TOKEN\)$/, /"invalid authorization header!"$/],
		[
			'users-refused-403',
			403,
			'safeUsers',
			{},
			/\(SAFE-403-ROLE\)$/,
			/"User is not authorized to access this resource with an explicit deny"$/,
		],
		['report-refused-401', 401, 'safeAuditExport', { operation: 'requestExport' }, /\(SAFE-401-TOKEN\)$/, /"Unauthorized"$/],
	] as const)('of SAFE, %s: ends the run with what the vendor said', async (name, status, node, parameters, says, advises) => {
		await answerFor('https://us.safeone.ai', () => ({ status, headers: json, body: raw(`safe/${name}`) }));
		const report = await bench.run(node, parameters, { safeApi: pastedToken });
		expect(report.error?.message).toMatch(says);
		expect(report.error?.description).toMatch(advises);
		expect(report.items('Node')).toEqual([]);
	});

	test.each(['us', 'eu', 'ap', 'au'])('of SAFE come from the host of region %s', async (region) => {
		const server = await answerFor(`https://${region}.safeone.ai`, () => ({ headers: json, body: raw('safe/users') }));
		const report = await bench.run('safeUsers', { returnAll: true }, { safeApi: { ...pastedToken, region } });
		expect(report.items('Node')).toHaveLength(1);
		expect(server.requests.map(({ headers }) => headers.host)).toEqual([`${region}.safeone.ai`]);
	});
});
