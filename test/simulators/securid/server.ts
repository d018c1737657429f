import { adminConsolePage, jsonAnswer, type Answer } from '../answers';
import { systemClock } from '../clock';
import type { Fault } from '../faults';
import { startServer, type ListenOptions, type LoggedRequest, type RunningServer } from '../http';
import { createRandom } from '../random';
import type { AdminEvent, AdminEventDraft, CodedEvent, CodedEventDraft, CodedLog, Tenant } from '../tenant';
import { completeAdminEvent } from '../tenant/adminEvent';
import { completeCodedEvent } from '../tenant/codedEvents';
import type { TrustedIssuer } from './authorization';
import { bearerRefusal, isIssuedToken, refuseBearer } from './bearer';
import { sharedRsaKeyPair, type AcceptedKey, type KeyFile } from './keyFile';
import { readPageRequest } from './query';
import { refuseToken, TOKEN_REFUSALS, type TokenRefusal } from './token';
import { writePage, type EnvelopeForm } from './wire';

/** What can be chosen about the fake SecurID. */
export interface SecurIdOptions extends ListenOptions {
	tenant: Tenant;
	/** A key of the test's own, accepted beside the generated one. Its audience defaults to this server's API URL. */
	key?: { accessId: string; publicKeyPem: string; adminRestApiUrl?: string };
	/** The `adminRestApiUrl` in the generated key file, and so its audience; default `<origin>/AdminInterface/restapi/`. */
	adminRestApiUrl?: (origin: string) => string;
	/** Default `full`. */
	envelope?: EnvelopeForm;
	/** Whose tokens are good here beside those that API keys sign; a function, because the issuer has to know this server's address. */
	issuer?: () => TrustedIssuer | undefined;
	/** Name of the list in an answer of the system log; default `systemEventLogExportEntries` (not public: assumed). */
	systemListMember?: string;
	/** Default false: the vendor is not known to look at a future `iat`. */
	refuseFutureIat?: boolean;
}

/** A running fake of SecurID's event logs. */
export interface SecurIdSimulator extends RunningServer {
	/** The address that the key file names. */
	adminRestApiUrl: string;
	/** A whole key file whose key this server accepts. */
	keyFile: KeyFile;
	/** Every admin event the server holds, in time order; purged ones too. */
	events: AdminEvent[];
	/** Adds events at any time, late ones included; missing members are filled in. Out: the events as added. */
	addEvents(...drafts: AdminEventDraft[]): AdminEvent[];
	/** The user and system events, likewise. */
	coded: Record<CodedLog, CodedEvent[]>;
	addCodedEvents(log: CodedLog, ...drafts: CodedEventDraft[]): CodedEvent[];
}

const API_ROOT = '/AdminInterface/restapi';
const DAY_MS = 86_400_000;

interface Log {
	retentionMs: number;
	scope: string;
	listMember: string;
	events: ReadonlyArray<AdminEvent | CodedEvent>;
}

const STATUS_NAMES: Readonly<Record<number, string>> = {
	400: 'BAD_REQUEST',
	401: 'UNAUTHORIZED',
	403: 'FORBIDDEN',
	404: 'NOT_FOUND',
	405: 'METHOD_NOT_ALLOWED',
	413: 'PAYLOAD_TOO_LARGE',
	429: 'TOO_MANY_REQUESTS',
	500: 'INTERNAL_SERVER_ERROR',
	502: 'BAD_GATEWAY',
	503: 'SERVICE_UNAVAILABLE',
	504: 'GATEWAY_TIMEOUT',
};

/**
 * Starts a fake of `GET /AdminInterface/restapi/v1/{adminlog,usereventlog,systemlog}/exportlogs`.
 * Answers as the vendor's page says: pages from 0, newest last, both bounds (start exclusive, end inclusive), 90 days of
 * retention (user events: 40), an empty page beyond the last. Events later than the clock do not exist yet. Every request below the API
 * root needs a good token; every other path answers with the console's web page.
 * Fails when the port is taken.
 * Source: vendor page "Cloud Administration Event Log API" (documented), reference/securid.md 3, 5, 6 and 7. Assumed:
 * which bound is exclusive (from the names), the empty page beyond the last, 400 bodies of this endpoint, 405, and
 * that the token is looked at before path and parameters.
 */
export async function startSecurId(options: SecurIdOptions): Promise<SecurIdSimulator> {
	const { tenant, clock = systemClock, envelope = 'full', refuseFutureIat = false } = options;
	const random = createRandom(tenant.seed, 'securid server');
	const events = [...tenant.adminEvents];
	const coded = { user: [...tenant.userEvents], system: [...tenant.systemEvents] };
	const systemListMember = options.systemListMember ?? 'systemEventLogExportEntries';
	const logs = new Map<string, Log>([
		['adminlog', { retentionMs: 90 * DAY_MS, scope: 'rsa.audit.admin', listMember: 'elements', events }],
		['usereventlog', { retentionMs: 40 * DAY_MS, scope: 'rsa.audit.user', listMember: 'userEventLogExportEntries', events: coded.user }],
		['systemlog', { retentionMs: 90 * DAY_MS, scope: 'rsa.audit.system', listMember: systemListMember, events: coded.system }],
	]);
	const keys: AcceptedKey[] = [];
	let claimedTotal: number | null = null;

	async function respond(request: LoggedRequest, shape: Fault | null): Promise<Answer> {
		if (!`${request.path}/`.startsWith(`${API_ROOT}/`)) return adminConsolePage();
		const nowMs = clock.now();
		const log = logs.get(/^\/v1\/([^/]+)\/exportlogs$/.exec(request.path.slice(API_ROOT.length))?.[1] ?? '');
		const refused = await refuseSignIn(request, log?.scope, nowMs);
		if (refused !== null) return refused;
		if (log === undefined) return refuse(404, `No resource found at ${request.path}`);
		if (request.method !== 'GET') return refuse(405, `Request method '${request.method}' is not supported`);
		return exportPage(request, log, nowMs, shape);
	}

	async function refuseSignIn({ headers: { authorization }, path }: LoggedRequest, scope: string | undefined, nowMs: number): Promise<Answer | null> {
		const trusted = options.issuer?.();
		if (trusted !== undefined && isIssuedToken(authorization)) {
			// Whether a slash ends the address is left to the administrator who pastes it.
			const audience = adminRestApiUrl.replace(/\/$/, '');
			const refusal = await refuseBearer(authorization, { trusted, audience, scope, nowMs });
			return refusal && bearerRefusal(refusal, path, nowMs);
		}
		const refusal = refuseToken(authorization, { keys, nowMs, refuseFutureIat });
		return refusal && forbid(refusal, path, nowMs);
	}

	function exportPage(request: LoggedRequest, log: Log, nowMs: number, shape: Fault | null): Answer {
		const page = readPageRequest(request.query, nowMs);
		if ('refusal' in page) return refuse(400, page.refusal);
		if (shape !== null && 'changedTotal' in shape) claimedTotal = shape.changedTotal;

		// In time order, so that a log of a million events costs no more per page than a short one.
		const first = Math.max(countUntil(log.events, page.afterMs), countUntil(log.events, nowMs - log.retentionMs - 1));
		const found = Math.max(0, countUntil(log.events, Math.min(page.untilMs, nowMs)) - first);
		const from = first + Math.min(found, page.pageIndex * page.pageSize);
		const elements = shape !== null && 'emptyPage' in shape ? [] : log.events.slice(from, Math.min(from + page.pageSize, first + found));
		const totalElements = claimedTotal ?? found;
		const totals = {
			totalPages: Math.ceil(totalElements / page.pageSize),
			totalElements,
			pageSize: page.pageSize,
			currentPage: page.pageIndex,
		};
		const headers = { 'content-type': 'application/json;charset=UTF-8' };
		return { status: 200, headers, body: writePage(elements, totals, envelope, log.listMember) };
	}

	const server = await startServer({
		...options,
		name: 'securid',
		shapes: ['emptyPage', 'changedTotal'],
		respond,
		refusal: (status, { path }) =>
			status === 403
				? forbid('other', path, clock.now())
				: refuse(status, `The fake SecurID was told to answer ${status}`),
	});

	const adminRestApiUrl = options.adminRestApiUrl?.(server.url) ?? `${server.url}${API_ROOT}/`;
	const pair = sharedRsaKeyPair();
	const keyFile: KeyFile = {
		customerName: 'Example Corp',
		accessID: random.uuid(),
		description: 'Key of the fake SecurID; good for nothing else',
		accessKey: pair.privateKeyPem,
		adminRestApiUrl,
	};
	keys.push({ accessId: keyFile.accessID, publicKeyPem: pair.publicKeyPem, audience: adminRestApiUrl });
	if (options.key !== undefined) {
		const { accessId, publicKeyPem } = options.key;
		keys.push({ accessId, publicKeyPem, audience: options.key.adminRestApiUrl ?? adminRestApiUrl });
	}

	return {
		...server,
		adminRestApiUrl,
		keyFile,
		events,
		addEvents: (...drafts) => {
			const added = drafts.map((draft) => completeAdminEvent(draft, random, tenant.dateForm));
			events.push(...added);
			// Stable: an event added to a millisecond that is taken comes after those already there.
			events.sort((one, other) => one.atMs - other.atMs);
			return added;
		},
		coded,
		addCodedEvents: (log, ...drafts) => {
			const added = drafts.map((draft) => completeCodedEvent(log, draft, random, tenant.dateForm));
			coded[log].push(...added);
			coded[log].sort((one, other) => one.atMs - other.atMs);
			return added;
		},
	};
}

/** How many of these events, in time order, lie at or before `atMs`. */
function countUntil(events: ReadonlyArray<{ atMs: number }>, atMs: number): number {
	let low = 0;
	let high = events.length;
	while (low < high) {
		const middle = (low + high) >>> 1;
		if (events[middle].atMs <= atMs) low = middle + 1;
		else high = middle;
	}
	return low;
}

// The body of a 403 is as recorded (reference/securid.md 3.3, code); it differs from all other errors.
function forbid(refusal: TokenRefusal, path: string, nowMs: number): Answer {
	const body = { timestamp: nowMs, status: 403, error: 'Forbidden', message: TOKEN_REFUSALS[refusal], path };
	return jsonAnswer(403, body);
}

function refuse(status: number, description: string): Answer {
	return jsonAnswer(status, { code: `${status} ${STATUS_NAMES[status] ?? 'ERROR'}`, description });
}
