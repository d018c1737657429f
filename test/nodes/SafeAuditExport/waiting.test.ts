jest.mock('n8n-workflow', () => jest.requireActual('../time').withFreePauses(jest.requireActual('n8n-workflow')));

import type { LoggedRequest, World } from '../../simulators';
import { useBench, type BenchRun } from '../bench';
import { UUID } from '../failureTable';
import { leaks, secretsOf } from '../leaks';
import { MINUTE_MS, NOW, sleptMs, whilePausing } from '../time';

const bench = useBench();

const run = async (world: World, parameters: object, settings?: BenchRun) =>
	await bench.run('safeAuditExport', parameters, { safeApi: world.credentials.safeApi }, settings);

const isLook = ({ path }: LoggedRequest) => path.startsWith('/api/v3/reports/');
const isPost = ({ method, path }: LoggedRequest) => method === 'POST' && path === '/api/v3/reports';
const isSignIn = ({ path }: LoggedRequest) => path === '/api/v3/auth';
const count = ({ safe }: World, kind: (request: LoggedRequest) => boolean) => safe.requests.filter(kind).length;

/** Seconds after the first look at which each look at the report was taken. */
function looksAt({ safe }: World): number[] {
	const looks = safe.requests.filter(isLook);
	return looks.map(({ atMs }) => (atMs - looks[0].atMs) / 1_000);
}

const readyAfter = async (polls: number, options: object = {}) =>
	await bench.world({ safe: { options: { readyAfterPolls: polls, ...options } } });

describe('waiting for an export', () => {
	test.each([
		['five seconds, doubled up to thirty', {}, [0, 5, 15, 35, 65, 95, 125]],
		['the first pause that was chosen, doubled up to thirty', { pollInterval: 1 }, [0, 1, 3, 7, 15, 31, 61]],
		['the first pause that was chosen, when it is longer than that', { pollInterval: 45 }, [0, 45, 90, 135, 180, 225, 270]],
	])('pauses for %s', async (_case, options, seconds) => {
		const world = await readyAfter(6);
		const report = await run(world, { returnAll: true, options });
		expect(report.status).toBe('success');
		expect(looksAt(world)).toEqual(seconds);
		expect(count(world, isPost)).toBe(1);
	});

	test.each(['400NotFound', '202', '200WithoutUrl', '404'] as const)('takes the answer %s for "not ready"', async (pendingAnswer) => {
		const world = await readyAfter(3, { pendingAnswer });
		const report = await run(world, { returnAll: true });
		expect(report.items('Node')).toHaveLength(world.safe.reportsRequested[0].rows);
		expect(count(world, isLook)).toBe(4);
		expect(count(world, isPost)).toBe(1);
	});

	test('ends at the timeout with the UUID, so that the report can be fetched later', async () => {
		const world = await readyAfter(Infinity);
		const report = await run(world, { returnAll: true, options: { timeout: 120 } });
		const [{ uuid }] = world.safe.reportsRequested;
		expect(report.error?.message).toBe(
			`SAFE has not finished report ${uuid} after 120 seconds, or does not know it (SAFE-REPORT-NOT-READY)`,
		);
		expect(report.error?.description).toMatch(/"Get Export" and this UUID.*"Timeout \(Seconds\)"/);
		expect(report).toMatchObject({ status: 'error', error: { failure: { cause: 'temporarily-unavailable' } } });
		expect(report.items('Node')).toEqual([]);
		expect(looksAt(world)).toEqual([0, 5, 15, 35, 65, 95]);
		expect(sleptMs()).toBeLessThanOrEqual(2 * MINUTE_MS);
		expect(count(world, isPost)).toBe(1);
	});

	test('lasts ten minutes unless said otherwise', async () => {
		const world = await readyAfter(Infinity);
		const report = await run(world, { operation: 'download' });
		expect(report.error?.message).toContain('after 600 seconds');
		expect(sleptMs()).toBeGreaterThan(9 * MINUTE_MS);
		expect(sleptMs()).toBeLessThanOrEqual(10 * MINUTE_MS);
	});

	test('waits out refusals that pass, as long as SAFE asks', async () => {
		const world = await readyAfter(0);
		world.safe.faults.add(
			{ on: { path: /reports\//, nth: 1 }, do: { status: 503 } },
			{ on: { path: /reports\//, nth: 2 }, do: { retryAfter: 40 } },
			{ on: { path: /reports\//, nth: 3 }, do: { reset: 'before' } },
		);
		const report = await run(world, { returnAll: true });
		expect(report.status).toBe('success');
		expect(looksAt(world)).toEqual([0, 5, 45, 65]);
		expect(count(world, isPost)).toBe(1);
	});

	test('names the refusal that did not pass', async () => {
		const world = await readyAfter(0);
		world.safe.faults.add({ on: { path: /reports\// }, do: { status: 502 } });
		const report = await run(world, { returnAll: true, options: { timeout: 60 } });
		expect(report.error?.message).toMatch(/has not finished report [0-9a-f-]{36} after 35 seconds.*\(SAFE-REPORT-NOT-READY\)$/);
		expect(report.error?.description).toContain('Last seen: SAFE could not process the request (HTTP 502) (SAFE-5XX-SERVER)');
		expect(looksAt(world)).toEqual([0, 5, 15, 35]);
	});

	test('ends at once when the execution is stopped, and nothing more is asked', async () => {
		const stop = new AbortController();
		const world = await readyAfter(Infinity);
		whilePausing(() => stop.abort());
		const report = await run(world, { returnAll: true }, { cancelAfter: stop.signal });
		await report.ended;
		expect(report.status).toBe('canceled');
		expect(report.ran('Node')).toBe(false);
		expect(world.safe.requests.map(({ path }) => path.replace(/reports\/.*/, 'reports/…'))).toEqual([
			...['/api/v3/auth', '/api/v3/reports', '/api/v3/reports/…'],
		]);
		expect(sleptMs()).toBeLessThanOrEqual(250);
	});
});

describe('the bearer token', () => {
	const options = [401, 403].map((expiredTokenStatus) => ({ expiredTokenStatus })) as Array<{ expiredTokenStatus: 401 | 403 }>;

	test('is fetched once for several runs', async () => {
		const world = await readyAfter(0);
		await run(world, { returnAll: true });
		await run(world, { returnAll: true });
		await bench.run('safeUsers', { returnAll: true }, { safeApi: world.credentials.safeApi });
		expect(count(world, isSignIn)).toBe(1);
	});

	test.each(options)(
		'is renewed once when SAFE refuses an old one with $expiredTokenStatus, and the export is queued once',
		async (status) => {
			const world = await readyAfter(0, status);
			await run(world, { operation: 'requestExport' });
			world.safe.revokeTokens();
			const report = await run(world, { operation: 'requestExport' });
			expect(report.status).toBe('success');
			expect(count(world, isSignIn)).toBe(2);
			expect(world.safe.reportsRequested).toHaveLength(2);
			expect(world.safe.requests.filter(isPost).map((request) => request.status)).toEqual([202, status.expiredTokenStatus, 202]);
		},
	);

	test.each(options)('is renewed while waiting, when it ends there with $expiredTokenStatus', async (status) => {
		const world = await readyAfter(5, { ...status, tokenLifetimeMs: MINUTE_MS });
		const report = await run(world, { returnAll: true });
		expect(report.items('Node')).toHaveLength(world.safe.reportsRequested[0].rows);
		expect(count(world, isPost)).toBe(1);
		expect(count(world, isSignIn)).toBe(2);
	});

	test.each([401, 403])('is not renewed a second time when the new one is refused with %i too', async (status) => {
		const world = await readyAfter(0);
		world.safe.faults.add({ on: { path: /reports/ }, do: { status } });
		const report = await run(world, { returnAll: true });
		expect(report.status).toBe('error');
		expect(count(world, isSignIn)).toBe(2);
		expect(count(world, isPost)).toBe(2);
		expect(world.safe.reportsRequested).toEqual([]);
	});

	test('that was pasted is used as it is, with or without the word Bearer, and never exchanged', async () => {
		const world = await readyAfter(0);
		const { baseUrl } = world.credentials.safeApi;
		for (const prefix of ['', 'Bearer ', ' bearer  ']) {
			const accessToken = `${prefix}${world.safe.issueToken()}\n`;
			const safeApi = { region: 'custom', baseUrl, authentication: 'accessToken', accessToken };
			expect((await bench.run('safeUsers', { returnAll: true }, { safeApi })).status).toBe('success');
		}
		expect(count(world, isSignIn)).toBe(0);
	});

	test('that was pasted and has expired ends the run with the field to look at', async () => {
		const world = await readyAfter(0);
		const { baseUrl } = world.credentials.safeApi;
		const accessToken = world.safe.issueToken({ lifetimeMs: -1 });
		const safeApi = { region: 'custom', baseUrl, authentication: 'accessToken', accessToken };
		const report = await bench.run('safeAuditExport', { operation: 'requestExport' }, { safeApi });
		expect(report.error?.message).toMatch(/bearer token of this credential \(SAFE-401-TOKEN\)$/);
		expect(report.error?.description).toContain('"Access Token" lives about an hour');
		expect(leaks([report, ...bench.logged], [accessToken])).toEqual([]);
		expect([count(world, isSignIn), world.safe.reportsRequested.length]).toEqual([0, 0]);
	});
});

describe('Request Export', () => {
	test('queues one report over the days and gives its UUID and the time of the request', async () => {
		const world = await readyAfter(0);
		const report = await run(world, { operation: 'requestExport', days: 7 });
		const [{ uuid, days }] = world.safe.reportsRequested;
		expect(days).toBe(7);
		expect(report.items('Node').map(({ json, pairedItem }) => [json, pairedItem])).toEqual([
			[{ uuid, days: 7, requestedAt: new Date(NOW).toISOString() }, { item: 0 }],
		]);
		const [post] = world.safe.requests.filter(isPost);
		expect(JSON.parse(post.body)).toEqual({ type: 'AUDIT_LOGS', format: 'csv', reportMeta: { days: 7 } });
	});

	test.each([
		['nought', 0],
		['a year and a day', 366],
		['half a day', 0.5],
		['a word', '={{ "many" }}'],
	])('refuses %s before any request', async (_case, days) => {
		const world = await readyAfter(0);
		const report = await run(world, { operation: 'requestExport', days });
		expect(report).toMatchObject({ status: 'error', error: { failure: { cause: 'configuration-invalid' } } });
		expect(report.error?.message).toMatch(/^"Days" is not a whole number from 1 to 365.*\(SAFE-DAYS\)$/);
		expect(report.items('Node')).toEqual([]);
		expect(world.safe.requests).toEqual([]);
	});

	test('queues one for each item, and goes on past a bad one when told to', async () => {
		const world = await readyAfter(0);
		const input = [1, 0, 3].map((days) => ({ days }));
		const report = await run(world, { operation: 'requestExport', days: '={{ $json.days }}' }, { input, onError: 'continueRegularOutput' });
		const [first, third] = world.safe.reportsRequested;
		expect(report.items('Node').map(({ json, pairedItem }) => [json.uuid ?? json.error, pairedItem])).toEqual([
			[first.uuid, { item: 0 }],
			[expect.stringMatching(/\(SAFE-DAYS\)$/), { item: 1 }],
			[third.uuid, { item: 2 }],
		]);
		expect(world.safe.reportsRequested.map(({ days }) => days)).toEqual([1, 3]);
	});
});

describe('Get Export', () => {
	test('says "not ready" without waiting, and gives the file when it is there', async () => {
		const world = await readyAfter(1);
		const uuid = (await run(world, { operation: 'requestExport' })).items('Node')[0].json.uuid;
		const early = await run(world, { operation: 'getExport', uuid });
		expect(early.items('Node').map(({ json, binary }) => [json, binary])).toEqual([[{ uuid, ready: false }, undefined]]);
		expect(sleptMs()).toBe(0);
		const late = await run(world, { operation: 'getExport', uuid, binaryField: 'csv' });
		const [item] = late.items('Node');
		expect(item.json).toMatchObject({ uuid, ready: true, fileSize: world.safe.reportsRequested[0].csv.length });
		expect(await late.binary(item, 'csv')).toEqual(world.safe.reportsRequested[0].csv);
		expect(count(world, isPost)).toBe(1);
		expect(leaks([early, late, ...bench.logged], secretsOf(world))).toEqual([]);
	});

	test('takes an unknown UUID for "not ready", since SAFE answers both alike', async () => {
		const world = await readyAfter(0);
		const report = await run(world, { operation: 'getExport', uuid: UUID });
		expect(report.items('Node').map(({ json }) => json)).toEqual([{ uuid: UUID, ready: false }]);
	});

	test('asks for nothing when the UUID is empty', async () => {
		const world = await readyAfter(0);
		const report = await run(world, { operation: 'getExport', uuid: '={{ " " }}' });
		expect(report.error?.message).toBe('"Report UUID" is empty (SAFE-UUID)');
		expect(world.safe.requests).toEqual([]);
	});

	test('sends a UUID that is a path as one name, so that it leads nowhere else', async () => {
		const world = await readyAfter(0);
		await run(world, { operation: 'getExport', uuid: '../users?page=1#' });
		expect(world.safe.requests.filter(isLook).map(({ target }) => target)).toEqual(['/api/v3/reports/..%2Fusers%3Fpage%3D1%23']);
	});
});
