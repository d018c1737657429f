/** Makes a world in which one trouble of the failure table strikes. */
import type { NodeApiError } from 'n8n-workflow';
import type { RunReport } from '../harness';
import type { FaultCondition, FaultRule, LoggedRequest, SystemName, World } from '../simulators';
import type { Bench, Credentials } from './bench';
import type { FailureRow, Trouble } from './failureTable';
import { leaks, secretsOf } from './leaks';
import { originOfNobody, shortTimeouts, startLocalServer, startUntrustedServer } from './servers';

export interface Troubled {
	world: World;
	credentials: Credentials;
	/** Requests that met the trouble. */
	requests: () => number;
	/** What reached the other host that a redirect points to. */
	strayed: () => unknown[];
}

/**
 * In: which requests the trouble is for, and how a credential is pointed at another origin.
 * Tries at a host where nobody answers are counted in the log, where each repeat is told.
 */
export async function trouble(
	bench: Bench,
	kind: Trouble,
	{ system, on = {}, pointAt }: { system: SystemName; on?: FaultCondition; pointAt: (world: World, origin: string) => Credentials },
): Promise<Troubled> {
	if (typeof kind === 'object') {
		const rule: FaultRule = { on, do: kind };
		const world = await bench.world({ faults: { [system]: [rule] } });
		const met = ({ faults }: LoggedRequest) => faults.length > 0;
		const server = world[system];
		if ('stall' in kind) bench.endWithTest(shortTimeouts({ path: on.path ?? /./ }).restore);
		return { world, credentials: { ...world.credentials }, requests: () => server.requests.filter(met).length, strayed: () => [] };
	}
	const world = await bench.world();
	const elsewhere = await startLocalServer(() => ({ body: { elements: [], values: [] } }));
	bench.endWithTest(elsewhere.close);
	const { origin, requests } = await hostWith(bench, kind, elsewhere.origin);
	return { world, credentials: pointAt(world, origin), requests, strayed: () => elsewhere.requests };
}

/** A host with one of the troubles below HTTP, and how many requests it saw. */
export async function hostWith(
	bench: Bench,
	kind: Exclude<Trouble, object>,
	elsewhere: string,
): Promise<{ origin: string; requests: () => number }> {
	const triesInLog = () => 1 + bench.logged.filter((line) => /(asking|sending) again/.test(line)).length;
	if (kind === 'nobody listens') return { origin: await originOfNobody(), requests: triesInLog };
	if (kind === 'unknown host') return { origin: 'https://tenant.invalid', requests: triesInLog };
	if (kind === 'untrusted certificate') {
		const server = await startUntrustedServer();
		bench.endWithTest(server.close);
		return { origin: server.origin, requests: () => (server.requests() === 0 ? server.handshakes() : NaN) };
	}
	const server = await startLocalServer((_request, response) => {
		if (kind === 'no HTTP') response.socket?.end('220 mail.example.com ESMTP\r\n');
		if (kind === 'redirect') return { status: 302, headers: { location: `${elsewhere}/api` } };
		if (kind === 'stalled body') response.writeHead(200, { 'content-type': 'application/json' }).write('{"totalPages":1,');
		if (kind === 'endless body') {
			response.writeHead(200, { 'content-type': 'application/json' });
			const more = () => {
				while (!response.destroyed && response.write(A_MEGABYTE));
			};
			response.on('drain', more);
			more();
		}
		return undefined;
	});
	bench.endWithTest(server.close);
	if (kind === 'no answer') bench.endWithTest(shortTimeouts({ path: /./ }).restore);
	if (kind === 'stalled body') bench.endWithTest(shortTimeouts({ bodies: true }).restore);
	if (kind === 'no TLS') return { origin: server.origin.replace('http:', 'https:'), requests: triesInLog };
	return { origin: server.origin, requests: () => server.requests.length };
}

/** Asserts that a run ended as the row says, and the silence after it: no item, no more requests, nothing at another host, no secret. */
export function expectRefusal(bench: Bench, report: RunReport, row: FailureRow, troubled: Troubled): void {
	const { message = '', description, httpCode, failure } = (report.error ?? {}) as Partial<NodeApiError>;
	expect(report).toMatchObject({ status: 'error', lastNode: 'Node' });
	expect(message).toMatch(row.says);
	expect(message.endsWith(`(${row.code})`)).toBe(true);
	expect(description).toMatch(row.advises ?? /\w/);
	expect({ httpCode: httpCode ?? undefined, failure }).toEqual({ httpCode: row.httpCode, failure: row.failure });
	expect(report.items('Node')).toEqual([]);
	expect(troubled.requests()).toBe(row.requests);
	expect(troubled.strayed()).toEqual([]);
	expect(leaks([report, ...bench.logged], secretsOf(troubled.world))).toEqual([]);
}

const A_MEGABYTE = Buffer.alloc(1024 * 1024, 32);
