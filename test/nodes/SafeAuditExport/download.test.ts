jest.mock('n8n-workflow', () => jest.requireActual('../time').withFreePauses(jest.requireActual('n8n-workflow')));

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gunzipSync } from 'node:zlib';
import type { FaultRule, World, WorldOptions } from '../../simulators';
import { useBench } from '../bench';
import { leaks, secretsOf } from '../leaks';
import { startLocalServer } from '../servers';
import { NOW } from '../time';

const bench = useBench();

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const start = async (options: Partial<WorldOptions> = {}) => await bench.world({ ...options, safe: { options: { readyAfterPolls: 0 } } });
const run = async (world: World, parameters: object = { operation: 'download' }) =>
	await bench.run('safeAuditExport', parameters, { safeApi: world.credentials.safeApi });

const looks = ({ safe }: World) => safe.requests.filter(({ path }) => path.startsWith('/api/v3/reports/'));
const posts = ({ safe }: World) => safe.requests.filter(({ method, path }) => method === 'POST' && path === '/api/v3/reports');

describe('the file', () => {
	test('is what SAFE stored, byte for byte, with its size, its SHA-256 and a name that says when it was asked for', async () => {
		const world = await start();
		const report = await run(world, { operation: 'download', days: 3 });
		const [{ uuid, csv }] = world.safe.reportsRequested;
		const [item, ...others] = report.items('Node');
		expect(others).toEqual([]);
		expect(item.json).toEqual({
			uuid,
			days: 3,
			requestedAt: new Date(NOW).toISOString(),
			fileName: `safe-audit_20260115T100731Z_${uuid.slice(0, 8)}.csv`,
			fileSize: csv.length,
			sha256: sha256(csv),
		});
		expect(item.binary?.data).toMatchObject({ mimeType: 'text/csv', fileName: item.json.fileName });
		expect(await report.binary(item)).toEqual(csv);
		expect(item.pairedItem).toEqual({ item: 0 });
	});

	test('goes into the field that was named', async () => {
		const world = await start();
		const report = await run(world, { operation: 'download', binaryField: 'audit' });
		expect(Object.keys(report.items('Node')[0].binary ?? {})).toEqual(['audit']);
	});

	test('keeps its byte order mark, CRLF and semicolons', async () => {
		const world = await start();
		Object.assign(world.safe.options.csv, { bom: true, newline: '\r\n', delimiter: ';' });
		const report = await run(world);
		expect(await report.binary(report.items('Node')[0])).toEqual(world.safe.reportsRequested[0].csv);
	});

	test('that is stored compressed comes as it is stored', async () => {
		const world = await start({ storage: { compression: 'gzipFile' } });
		const report = await run(world);
		const [item] = report.items('Node');
		const file = await report.binary(item);
		expect(gunzipSync(file)).toEqual(world.safe.reportsRequested[0].csv);
		expect(item.json).toMatchObject({ fileSize: file.length, sha256: sha256(file) });
	});

	test('that is compressed for the transfer alone comes unpacked, and is measured so', async () => {
		const world = await start({ storage: { compression: 'contentEncoding' } });
		const report = await run(world);
		const { csv } = world.safe.reportsRequested[0];
		expect(await report.binary(report.items('Node')[0])).toEqual(csv);
		expect(report.items('Node')[0].json).toMatchObject({ fileSize: csv.length, sha256: sha256(csv) });
	});

	test('whose transfer broke off is fetched anew from its beginning, with one report queued', async () => {
		const rules: FaultRule[] = [
			{ on: { nth: 1 }, do: { reset: 'inBody' } },
			{ on: { nth: 2 }, do: { truncateBody: true } },
			{ on: { nth: 3 }, do: { status: 503 } },
		];
		const world = await start({ faults: { storage: rules } });
		const report = await run(world);
		const { csv } = world.safe.reportsRequested[0];
		expect(await report.binary(report.items('Node')[0])).toEqual(csv);
		expect(report.items('Node')[0].json).toMatchObject({ fileSize: csv.length, sha256: sha256(csv) });
		expect([world.storage.requests.length, posts(world).length]).toEqual([4, 1]);
	});
});

describe('a link that has expired', () => {
	const EXPIRED: FaultRule = { on: { nth: 1 }, do: { expireLink: true } };

	test.each(['AccessDenied', 'ExpiredToken'] as const)('(%s) is asked for anew, once, with the same UUID', async (expiredAnswer) => {
		const world = await start({ faults: { storage: [EXPIRED] }, storage: { expiredAnswer } });
		const report = await run(world);
		const [{ uuid, csv }] = world.safe.reportsRequested;
		expect(await report.binary(report.items('Node')[0])).toEqual(csv);
		expect(looks(world).map(({ path }) => path)).toEqual(Array(2).fill(`/api/v3/reports/${uuid}`));
		expect(posts(world)).toHaveLength(1);
		expect(new Set(world.storage.requests.map(({ target }) => target)).size).toBe(2);
	});

	test('is asked for anew by Get Many too, whose rows come once', async () => {
		const world = await start({ faults: { storage: [EXPIRED] } });
		const report = await run(world, { operation: 'getMany', returnAll: true });
		expect(report.items('Node')).toHaveLength(world.safe.reportsRequested[0].rows);
		expect(posts(world)).toHaveLength(1);
	});

	test('is still asked for anew after SAFE was unavailable for a moment', async () => {
		const world = await start({ faults: { storage: [{ on: { times: 2 }, do: { expireLink: true } }] } });
		world.safe.faults.add({ on: { path: /reports\//, nth: 2 }, do: { status: 503 } });
		const report = await run(world);
		expect(report.error).toBeUndefined();
		expect(await report.binary(report.items('Node')[0])).toEqual(world.safe.reportsRequested[0].csv);
		expect(posts(world)).toHaveLength(1);
	});

	test('and that SAFE does not renew ends the run with the UUID, not with a second report', async () => {
		const world = await start({ faults: { storage: [{ on: {}, do: { expireLink: true } }] } });
		world.safe.faults.add({ on: { path: /reports\//, nth: 2 }, do: { status: 404 } });
		const report = await run(world);
		const [{ uuid }] = world.safe.reportsRequested;
		expect(report.error?.message).toMatch(new RegExp(`report ${uuid} had expired.*\\(SAFE-LINK-EXPIRED\\)$`));
		expect(posts(world)).toHaveLength(1);
		expect(leaks([report, ...bench.logged], secretsOf(world))).toEqual([]);
	});
});

describe('the token', () => {
	const tokens = ({ requests }: World['storage'] | World['storage']['mirror']) => requests.map(({ headers }) => headers.authorization);

	test('does not go to the storage', async () => {
		const world = await start();
		const report = await run(world);
		expect(report.status).toBe('success');
		expect(tokens(world.storage)).toEqual([undefined]);
	});

	test('does not go where the storage redirects to', async () => {
		const world = await start({ storage: { redirectTo: 'mirror' } });
		const report = await run(world);
		expect(await report.binary(report.items('Node')[0])).toEqual(world.safe.reportsRequested[0].csv);
		expect(tokens(world.storage)).toEqual([undefined]);
		expect(tokens(world.storage.mirror)).toEqual([undefined]);
		expect(leaks([report, ...bench.logged], secretsOf(world))).toEqual([]);
	});

	test('stays at home when the storage redirects without an end, which ends the run', async () => {
		const world = await start();
		world.storage.behaviour.redirectTo = world.storage.url;
		const report = await run(world);
		expect(report.error?.message).toMatch(/\(SAFE-LINK-REFUSED\)$/);
		expect(new Set(tokens(world.storage))).toEqual(new Set([undefined]));
		expect(leaks([report, ...bench.logged], secretsOf(world))).toEqual([]);
	});
});

describe('a large file', () => {
	const MB = 1024 * 1024;
	const HEADER = 'Timestamp,Source IP and Port,User ID,Action,Details\n';
	const ROW = '2026-01-15T10:07:31.250Z,198.51.100.7:443,12345678-1234-1234-1234-123456789012,Group updated,"Name: ""Old, name"""\n';
	const BLOCK = Buffer.from(ROW.repeat(Math.ceil(MB / ROW.length)));

	/** Node gives the collector only when asked for at run time. */
	function collectGarbage(): void {
		setFlagsFromString('--expose-gc');
		(runInNewContext('gc') as () => void)();
	}

	/**
	 * Live memory in bytes: the heap, and the buffers outside it. The least of several looks, since buffers on their way through sockets
	 * (the server is in this process, too) and those that the collector has yet to sweep are not what the node keeps.
	 */
	async function liveBytes(): Promise<number> {
		const looks: number[] = [];
		for (let look = 0; look < 5; look++) {
			await pause(20);
			collectGarbage();
			const { heapUsed, external } = process.memoryUsage();
			looks.push(heapUsed + external);
		}
		return Math.min(...looks);
	}

	/** Serves so many MB of rows, made while they are sent, and measures live memory at every quarter of it. */
	async function largeReport(megabytes: number) {
		const world = await start({ safeRows: 0, adminEvents: 0 });
		const hash = createHash('sha256').update(HEADER);
		let bytes = HEADER.length;
		const live: number[] = [];
		const server = await startLocalServer((_request, response) => {
			response.writeHead(200, { 'content-type': 'text/csv' }).write(HEADER);
			let sent = 0;
			const send = async () => {
				while (sent < megabytes && !response.destroyed) {
					sent++;
					hash.update(BLOCK);
					bytes += BLOCK.length;
					if (!response.write(BLOCK)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
					if (sent % Math.ceil(megabytes / 4) === 0) live.push(await liveBytes());
				}
				response.end();
			};
			void send();
			return undefined;
		});
		bench.endWithTest(server.close);
		world.safe.faults.add({
			on: { path: /reports\// },
			do: { status: 200, body: { data: { preSignedUrl: `${server.origin}/large.csv?X-Amz-Signature=1` } } },
		});
		return { world, digest: () => hash.digest('hex'), bytes: () => bytes, growth: (before: number) => Math.max(...live) - before };
	}

	test('of 60 MB is stored byte for byte', async () => {
		const { world, digest, bytes } = await largeReport(60);
		const report = await run(world);
		const [item] = report.items('Node');
		const wanted = digest();
		expect(item.json).toMatchObject({ fileSize: bytes(), sha256: wanted });
		expect(bytes()).toBeGreaterThan(60 * MB);
		expect(sha256(await report.binary(item))).toBe(wanted);
	});

	test.each<[string, object]>([
		['Download', { operation: 'download' }],
		['Get Many with a limit', { operation: 'getMany', returnAll: false, limit: 10 }],
	])('takes %s no more memory at 60 MB than at 6 MB', async (_case, parameters) => {
		const measure = async (megabytes: number) => {
			const { world, growth } = await largeReport(megabytes);
			const before = await liveBytes();
			expect((await run(world, parameters)).status).toBe('success');
			return growth(before) / MB;
		};
		await measure(1);
		const [small, large] = [await measure(6), await measure(60)];
		// Ten times the file would be 54 MB more if it were kept, and a multiple of that as rows.
		expect(large).toBeLessThan(small + 10);
	});
});
