import { jsonAnswer, type Answer } from '../answers';
import { systemClock } from '../clock';
import type { Fault } from '../faults';
import { startServer, type ListenOptions, type LoggedRequest, type RunningServer } from '../http';
import { createRandom } from '../random';
import type { StorageSimulator } from '../storage/server';
import type { SafeRow, SafeUser, Tenant } from '../tenant';
import { auditRecords, DEFAULT_AUDIT_CSV, writeAuditCsv, type AuditCsvForm } from './auditCsv';
import type { LargeCsv } from './largeCsv';
import { auditLogsQueued, auditLogsReady, type AuditLogsForm, DEFAULT_AUDIT_LOGS, readAuditLogsRequest } from './auditLogs';
import {
	notFoundAnswer,
	pendingAnswer,
	queuedAnswer,
	readReportRequest,
	readyAnswer,
	type PendingAnswer,
	type RequestedReport,
} from './reports';
import { createTokenStore, isBasic } from './tokens';
import { listUsers } from './users';

/**
 * How the fake SAFE behaves where the vendor's page leaves it open; a test may change it between requests.
 * - `readyAfterPolls`: so many questions for a report are answered as pending; `Infinity` means never ready.
 * - `linkLifetimeSec`: life of a download link; 300 is documented.
 * - `requestsPerMinute`: beyond it 429 (the number is documented, the answer assumed).
 * - `largeCsv`: reports (not those of the other endpoints) hold this file instead of the tenant's rows, whatever days they name.
 * - `crossHostNextLink`: paging links point to the trap, as the vendor's sample points to another host.
 */
export interface SafeBehaviour {
	readyAfterPolls: number;
	pendingAnswer: PendingAnswer;
	tokenLifetimeMs: number;
	expiredTokenStatus: 401 | 403;
	userDefaultPagelen: number;
	crossHostNextLink: boolean;
	linkLifetimeSec: number;
	requestsPerMinute: number;
	csv: AuditCsvForm;
	auditLogs: AuditLogsForm;
	largeCsv: LargeCsv | null;
}

/** What can be chosen about the fake SAFE. */
export interface SafeOptions extends ListenOptions {
	tenant: Tenant;
	credentials: { username: string; password: string };
	/** Where finished reports are stored and links are signed. */
	storage: StorageSimulator;
	options?: Partial<Omit<SafeBehaviour, 'csv' | 'auditLogs'>> & { csv?: Partial<AuditCsvForm>; auditLogs?: Partial<AuditLogsForm> };
}

/** A running fake of SAFE's users and reports API. */
export interface SafeSimulator extends RunningServer {
	options: SafeBehaviour;
	/** Every accepted report request, in order: one per POST, wanted or not. */
	reportsRequested: RequestedReport[];
	rows: SafeRow[];
	users: SafeUser[];
	/** Adds audit rows; they are in reports requested from now on. */
	addRows(...rows: SafeRow[]): void;
	/** Makes every token so far count as expired. */
	revokeTokens(): void;
	/** A bearer token as an administrator may paste it; `denied` is one whose owner may not call the API (403). */
	issueToken(token?: { lifetimeMs?: number; denied?: boolean }): string;
	/** Another host, to which paging links point. Whatever arrives here followed them; `leaks` came with a token. */
	trap: { url: string; requests: LoggedRequest[]; leaks(): LoggedRequest[] };
}

const DAY_MS = 86_400_000;

/**
 * Starts a fake of SAFE's API v3: `POST /auth`, `GET /users`, `POST /reports`, `GET /reports/{uuid}`,
 * `POST /audit-logs/export`, `GET /audit-logs/export/{uuid}` below `/api/v3`.
 * A report holds the rows of the `days` × 24 h before its request, frozen at that moment; each POST queues another one.
 * Error bodies come in the vendor's four forms, each where its page has it.
 * Fails when a port is taken.
 * Source: vendor page "How to use SAFE's Audit APIs" (documented), reference/safe.md 3, 4 and 17. Assumed: the answer
 * while a report is pending, the 400 for a body that is not the documented one, 404 and 429 bodies.
 */
export async function startSafe(settings: SafeOptions): Promise<SafeSimulator> {
	const { tenant, clock = systemClock, credentials, storage } = settings;
	const options: SafeBehaviour = {
		readyAfterPolls: 2,
		pendingAnswer: '400NotFound',
		tokenLifetimeMs: 3_600_000,
		expiredTokenStatus: 401,
		userDefaultPagelen: 10,
		crossHostNextLink: true,
		linkLifetimeSec: 300,
		requestsPerMinute: 1200,
		largeCsv: null,
		...settings.options,
		csv: { ...DEFAULT_AUDIT_CSV, ...settings.options?.csv },
		auditLogs: { ...DEFAULT_AUDIT_LOGS, ...settings.options?.auditLogs },
	};
	const random = createRandom(tenant.seed, 'safe server');
	const tokens = createTokenStore(clock, random);
	const rows = [...tenant.safeRows];
	const users = [...tenant.users];
	const reportsRequested: RequestedReport[] = [];
	let claimedSize: number | null = null;

	function respond(request: LoggedRequest, shape: Fault | null): Answer {
		const { method, path } = request;
		if (isTooOften(request)) return jsonAnswer(429, { message: 'Too Many Requests' });
		if (method === 'POST' && path === '/api/v3/auth') return exchange(request);

		const isUsers = path === '/api/v3/users';
		const verdict = tokens.judge(request.headers.authorization);
		if (verdict === 'denied' || (verdict === 'expired' && options.expiredTokenStatus === 403))
			return denied();
		if (verdict !== 'good') return unauthorized(isUsers);

		if (method === 'GET' && isUsers) {
			if (shape !== null && 'changedTotal' in shape) claimedSize = shape.changedTotal;
			const listing = {
				defaultPagelen: options.userDefaultPagelen,
				linkOrigin: options.crossHostNextLink ? trap.url : server.url,
				linkPagelen: options.crossHostNextLink ? 100 : null,
			};
			return listUsers(users, request.query, listing, claimedSize, shape);
		}
		if (method === 'POST' && path === '/api/v3/reports') return queueExport(request, 'reports');
		if (method === 'POST' && path === '/api/v3/audit-logs/export') return queueExport(request, 'auditLogsExport');
		const [, family, uuid] = /^\/api\/v3\/(reports|audit-logs\/export)\/([^/]+)$/.exec(path) ?? [];
		if (method === 'GET' && uuid !== undefined) return findExport(uuid, family === 'reports' ? family : 'auditLogsExport');
		return jsonAnswer(404, { message: 'Not Found' });
	}

	// The page says nothing of a body, the vendor's own client sends none: a client that sends one is told.
	function exchange(request: LoggedRequest): Answer {
		const { username, password } = credentials;
		if (!isBasic(request.headers.authorization, username, password) || request.bytes.length > 0) {
			return jsonAnswer(401, { message: 'Unauthorized' });
		}
		const accessToken = tokens.issue({ lifetimeMs: options.tokenLifetimeMs });
		const expiresIn = String(Math.floor(options.tokenLifetimeMs / 1000));
		return jsonAnswer(200, { accessToken, status: 'success', expiresIn });
	}

	function queueExport(request: LoggedRequest, family: RequestedReport['family']): Answer {
		const isReport = family === 'reports';
		const wanted = isReport ? readReportRequest(request) : readAuditLogsRequest(request, options.auditLogs);
		if ('refusal' in wanted) return jsonAnswer(400, { success: false, message: wanted.refusal });
		const requestedAtMs = clock.now();
		const fromMs = requestedAtMs - wanted.days * DAY_MS;
		const window = rows.filter(({ atMs }) => atMs > fromMs && atMs <= requestedAtMs);
		const csv = writeAuditCsv(window, options.csv);
		const records = auditRecords(window, options.csv);
		const uuid = random.uuid();
		reportsRequested.push({ uuid, ...wanted, requestedAtMs, rows: window.length, csv, records, family, polls: 0, links: 0 });
		return isReport ? queuedAnswer(uuid) : auditLogsQueued(uuid, options.auditLogs);
	}

	function findExport(uuid: string, family: RequestedReport['family']): Answer {
		const report = reportsRequested.find((candidate) => candidate.uuid === uuid && candidate.family === family);
		if (report === undefined) return notFoundAnswer(uuid);
		report.polls += 1;
		if (report.polls <= options.readyAfterPolls) return pendingAnswer(options.pendingAnswer, uuid);
		if (family === 'reports') return readyAnswer(linkTo(report));
		return auditLogsReady(options.auditLogs, () => linkTo(report), report.csv.toString('utf8'), report.records);
	}

	function linkTo(report: RequestedReport): string {
		const asJson = report.family === 'auditLogsExport' && options.auditLogs.linked === 'json';
		const key = `fake-safe-reports/audit-logs/${report.uuid}.${asJson ? 'json' : 'csv'}`;
		const { largeCsv } = options;
		if (report.family === 'reports' && largeCsv !== null) storage.putStreamed(key, largeCsv, 'text/csv');
		else storage.put(key, asJson ? Buffer.from(JSON.stringify(report.records)) : report.csv, asJson ? 'application/json' : 'text/csv');
		report.links += 1;
		return storage.sign(key, options.linkLifetimeSec);
	}

	function isTooOften(request: LoggedRequest): boolean {
		const sinceMs = clock.now() - 60_000;
		let recent = 0;
		for (let index = request.index; index >= 0 && server.requests[index].atMs > sinceMs; index--) recent += 1;
		return recent > options.requestsPerMinute;
	}

	const server = await startServer({
		...settings,
		name: 'safe',
		shapes: ['emptyPage', 'changedTotal'],
		respond,
		refusal: (status, { path }) => {
			if (status === 401) return unauthorized(path === '/api/v3/users');
			if (status === 403) return denied();
			return jsonAnswer(status, { message: `The fake SAFE was told to answer ${status}` });
		},
	});
	// A believable page with a user who exists nowhere else: a client that follows the link shows it in its output.
	const bait = { ...tenant.users[0], peopleId: 666, emailId: 'trap@example.net', uuid: random.uuid() };
	const trap = await startServer({
		clock,
		name: 'safe trap',
		respond: () =>
			jsonAnswer(200, { size: 1, page: 1, pagelen: 100, previous: null, next: null, values: [bait] }),
		refusal: (status) => jsonAnswer(status, { message: 'The trap was told to fail' }),
	}).catch(async (error: unknown) => {
		await server.close();
		throw error;
	});

	return {
		...server,
		options,
		reportsRequested,
		rows,
		users,
		addRows: (...added) => {
			rows.push(...added);
			rows.sort((one, other) => one.atMs - other.atMs);
		},
		revokeTokens: tokens.revokeAll,
		issueToken: (token) => tokens.issue({ lifetimeMs: options.tokenLifetimeMs, ...token }),
		trap: {
			url: trap.url,
			requests: trap.requests,
			leaks: () => trap.requests.filter(({ headers }) => headers.authorization !== undefined),
		},
		close: async () => {
			await Promise.all([server.close(), trap.close()]);
		},
	};
}

// Documented: each of the two groups of endpoints has its own words for the same thing.
function unauthorized(isUsers: boolean): Answer {
	const usersBody = { status: 'error', message: 'invalid authorization header!' };
	return jsonAnswer(401, isUsers ? usersBody : { message: 'Unauthorized' });
}

// Documented for users; the capital M is that of the API gateway, which stands before all of them.
function denied(): Answer {
	return jsonAnswer(403, { Message: 'User is not authorized to access this resource with an explicit deny' });
}
