/** Get New of SecurID Admin Log, any of its logs, on a SecurID, a row of positions and an archive that live in memory: quick enough for thousands of runs. */
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import type { IExecuteFunctions, IHttpRequestOptions, INodeExecutionData, NodeExecutionHint } from 'n8n-workflow';
import { execute } from '../../../nodes/SecurIdAdminLog/operations/getNew.operation';
import { sharedRsaKeyPair } from '../../simulators/securid/keyFile';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

export type LogName = 'admin' | 'user' | 'system';

/** How long SecurID keeps each log (documented). */
export const RETENTION_MS: Record<LogName, number> = { admin: 90 * DAY_MS, user: 40 * DAY_MS, system: 90 * DAY_MS };

const LISTS = { adminlog: ['admin', 'elements'], usereventlog: ['user', 'userEventLogExportEntries'], systemlog: ['system', 'systemEvents'] } as const;

/** An event of the log; `visibleMs` is when SecurID shows it first. */
export interface Happening {
	id: string;
	atMs: number;
	visibleMs: number;
	failed?: boolean;
}

/** The cells of a row of positions that matter. */
export interface Row {
	checkpoint: string | null;
	revision: number | null;
	rewindTo: string | null;
}

export interface Outcome {
	events: Array<Record<string, unknown>>;
	ids: string[];
	files: Array<{ key: string; bytes: Buffer; sha256: string; count: number; late: boolean }>;
	checkpoint: Record<string, unknown>;
	state: Record<string, unknown>;
	hints: string[];
	requests: URLSearchParams[];
	/** What SecurID showed at the time of the run. */
	visible: Happening[];
}

export const FIRST_ROW: Row = { checkpoint: null, revision: null, rewindTo: null };

/** What SecurID's server gives n8n's request helper. */
export interface Answer {
	statusCode: number;
	headers: Record<string, string>;
	body: string | AsyncIterable<Uint8Array>;
}

/** Stands between the node and SecurID: given the number of the request (from 0) and the honest answer, gives another one or throws. */
export type Strike = (index: number, honest: Answer & { body: string }) => Answer;

/** One run from a row at a time. Checks what holds in every run: the counts, the order, the hashes. Throws what the node throws. */
export async function runGetNew(
	log: Happening[],
	row: Row,
	nowMs: number,
	parameters: object = {},
	strike: Strike = (_, honest) => honest,
): Promise<Outcome> {
	const hints: string[] = [];
	const requests: URLSearchParams[] = [];
	const clock = jest.spyOn(Date, 'now').mockReturnValue(nowMs);
	try {
		const context = contextOf({ log, row, nowMs, parameters, hints, requests, strike });
		const [events, archive, checkpoints] = await execute(context);
		return checked({ events, archive, checkpoints, hints, requests, visible: visibleAt(log, nowMs, logOf(parameters)) });
	} finally {
		clock.mockRestore();
	}
}

/** The row after a run that was saved. */
export function saved({ checkpoint }: Outcome): Row {
	return { checkpoint: String(checkpoint.checkpoint), revision: Number(checkpoint.revision), rewindTo: null };
}

/** Lines of an archive file, parsed. */
export function linesOf(bytes: Buffer): Array<Record<string, unknown>> {
	return gunzipSync(bytes).toString().split('\n').filter(Boolean).map((line) => JSON.parse(line) as Record<string, unknown>);
}

export const isManifest = ({ key }: { key: string }) => key.includes('/_manifest/');

interface Setting {
	log: Happening[];
	row: Row;
	nowMs: number;
	parameters: object;
	hints: string[];
	requests: URLSearchParams[];
	strike: Strike;
}

function contextOf({ log, row, nowMs, parameters, hints, requests, strike }: Setting): IExecuteFunctions {
	const values: Record<string, unknown> = {
		checkpoint: row.checkpoint,
		rewindTo: row.rewindTo,
		checkpointName: `securid-${logOf(parameters)}`,
		startFrom: 'last24Hours',
		slot: '15min',
		events: 'all',
		output: 'simplified',
		archiveFile: true,
		archivePrefix: 'audit',
		options: {},
		...parameters,
	};
	const keyFile = { accessID: 'a', accessKey: sharedRsaKeyPair().privateKeyPem, adminRestApiUrl: 'https://t.example.com/AdminInterface/restapi/' };
	const context = {
		getNodeParameter: (name: string, _index: number, fallback: unknown) => values[name] ?? fallback,
		getInputData: () => [{ json: { name: values.checkpointName, id: 1, ...row } }],
		getTimezone: () => 'UTC',
		getNode: () => ({ name: 'Node' }),
		getCredentials: async () => ({ keySource: 'file', privateKeyFile: JSON.stringify(keyFile) }),
		addExecutionHints: (...given: NodeExecutionHint[]) => hints.push(...given.map(({ message }) => message)),
		logger: { info: () => {}, debug: () => {} },
		helpers: {
			prepareBinaryData: async (bytes: Buffer) => ({ bytes }),
			httpRequestWithAuthentication: async (_type: string, { url }: IHttpRequestOptions) => {
				const { searchParams: query, pathname } = new URL(url);
				const body = pageOf(log, pathname, query, nowMs);
				const length = String(Buffer.byteLength(body));
				return strike(requests.push(query) - 1, { statusCode: 200, headers: { 'content-length': length }, body });
			},
		},
	};
	// SAFETY: all that the operation uses of it.
	return context as unknown as IExecuteFunctions;
}

const logOf = ({ log = 'admin' }: { log?: LogName }): LogName => log;

const visibleAt = (log: Happening[], nowMs: number, name: LogName) =>
	log.filter(({ atMs, visibleMs }) => visibleMs <= nowMs && atMs >= nowMs - RETENTION_MS[name]);

/** The vendor's page (documented): start exclusive, end inclusive, from page 0; list and members as each log has them. */
function pageOf(log: Happening[], path: string, query: URLSearchParams, nowMs: number): string {
	const [, part] = /\/v1\/(\w+)\/exportlogs$/.exec(path) ?? [];
	const [name, list] = LISTS[part as keyof typeof LISTS];
	const [after, until] = ['startTimeAfter', 'endTimeOnOrBefore'].map((name) => Date.parse(String(query.get(name))));
	const [page, size] = ['pageNumber', 'pageSize'].map((name) => Number(query.get(name)));
	const found = visibleAt(log, nowMs, name)
		.filter(({ atMs }) => atMs > after && atMs <= until)
		.sort((left, right) => left.atMs - right.atMs);
	const elements = found.slice(page * size, (page + 1) * size).map(({ id, atMs, failed }) => ({
		eventId: id,
		eventLogDate: new Date(atMs).toISOString(),
		...(name === 'admin' ? { activityKey: failed ? 'SIGNIN_FAILURE' : 'SIGNOUT', result: failed ? 'FAIL' : 'SUCCESS' } : codedMembers(failed)),
	}));
	return JSON.stringify({ totalElements: found.length, totalPages: Math.ceil(found.length / size), pageSize: size, [list]: elements });
}

const codedMembers = (failed?: boolean) => ({ eventCode: failed ? '703' : '701', eventLevel: failed ? 'error' : 'notice' });

function checked(run: {
	events: INodeExecutionData[];
	archive: INodeExecutionData[];
	checkpoints: INodeExecutionData[];
	hints: string[];
	requests: URLSearchParams[];
	visible: Happening[];
}): Outcome {
	expect(run.checkpoints).toHaveLength(1);
	const checkpoint = run.checkpoints[0].json as Record<string, unknown>;
	const { fetched, emitted, duplicates, filtered } = checkpoint as Record<string, number>;
	expect(fetched).toBe(emitted + duplicates + filtered);
	expect(run.events).toHaveLength(emitted);
	const events = run.events.map(({ json }) => json as Record<string, unknown>);
	const times = events.map(({ eventTime }) => String(eventTime));
	expect(times).toEqual([...times].sort());
	const files = run.archive.map(({ json, binary }) => {
		// SAFETY: as `prepareBinaryData` above made it.
		const { bytes } = binary?.data as unknown as { bytes: Buffer };
		const { key, sha256, count, late } = json as { key: string; sha256: string; count: number; late: boolean };
		expect(sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
		return { key, bytes, sha256, count, late };
	});
	expect(checkpoint.archiveKeys).toEqual(files.map(({ key }) => key));
	const text = String(checkpoint.checkpoint);
	expect(text.length).toBeLessThanOrEqual(256 * 1024);
	const state = JSON.parse(text) as Record<string, unknown>;
	const { hints, requests, visible } = run;
	return { events, ids: events.map(({ eventId }) => String(eventId)), files, checkpoint, state, hints, requests, visible };
}
