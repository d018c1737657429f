import { type Failure, isFailure } from '../core/failure';
import { buildUrl, type HttpRequest, type HttpResponse, type HttpSend } from '../core/http';
import { retryRead, type Waiting } from '../core/retry';
import { objectIn, safeRefusal, safeTransportFailure, sendToSafe } from './answers';
import { type ExportChoice, type ExportFamily, exportFamily, exportRequest, type ReportState } from './exportFamilies';
import { safeFailure } from './failures';
import { readUserPage, type SafeUserPage } from './users';

const REQUEST_TIMEOUT_MS = 60_000;
const REPORTS: ExportChoice = { family: 'reports', daysForm: 'days' };

export interface SafeClientSettings {
	/** As `safeOrigin` makes it. */
	origin: string;
	/** Sends with the credential's token, which it renews once on 401 or 403. */
	send: HttpSend;
	waiting: Waiting;
	/** Default: the documented reports. */
	exports?: ExportChoice;
	onRetry?: (failure: Failure, pauseMs: number) => void;
}

export interface SafeClient {
	/** The endpoints from which this client gets its exports. */
	exports: ExportChoice;
	/** One page of users; `page` counts from 1 as SAFE does. */
	userPage(page: number, pageLength: number, searchKey?: string): Promise<SafeUserPage>;
	/** Queues an audit-log report over the last `days` days. Out: its uuid. Sent once, never repeated: each call queues another report. */
	requestReport(days: number): Promise<string>;
	/** Asks where a report stands. */
	reportState(uuid: string): Promise<ReportState>;
}

/**
 * SAFE's API v3, as far as this package needs it. Every refusal is a `Failure`.
 * Source: paths, bodies and answers are documented ("How to use SAFE's Audit APIs", 2025-04-11).
 */
export function createSafeClient({ origin, send, waiting, onRetry, exports = REPORTS }: SafeClientSettings): SafeClient {
	const family = exportFamily(exports);
	const get = async (path: string, query: Record<string, string | number | undefined> = {}) => {
		const request: HttpRequest = {
			method: 'GET',
			url: buildUrl(origin, path, query),
			headers: { accept: 'application/json' },
			timeoutMs: REQUEST_TIMEOUT_MS,
		};
		return await sendToSafe(send, request);
	};
	return {
		exports,
		userPage: async (page, pageLength, searchKey) =>
			await retryRead(
				async () => {
					const answer = await get('/api/v3/users', { page, pagelen: pageLength, searchKey });
					if (answer.status !== 200) throw safeRefusal(answer, waiting.now());
					return { ...readUserPage(objectIn(answer)), characters: answer.text.length };
				},
				waiting,
				undefined,
				onRetry,
			),
		requestReport: async (days) => await requestReport(origin, send, family, days, waiting.now),
		reportState: async (uuid) =>
			family.stateIn(await get(`${family.path}/${encodeURIComponent(uuid)}`), waiting.now()),
	};
}

async function requestReport(origin: string, send: HttpSend, family: ExportFamily, days: number, now: () => number): Promise<string> {
	const answer = await sendOnce(send, { ...exportRequest(origin, family, days), timeoutMs: REQUEST_TIMEOUT_MS });
	if (answer.status >= 500) throw uncertain(safeRefusal(answer, now()));
	if (answer.status < 200 || answer.status > 299) throw safeRefusal(answer, now());
	try {
		return family.uuidIn(answer);
	} catch (error) {
		// A shape that was read whole is a message of its own; a body that could not be read leaves in doubt what SAFE did.
		throw isFailure(error) && /BODY-(HTML|JSON)$/.test(error.code) ? uncertain(error) : asIs(error);
	}
}

async function sendOnce(send: HttpSend, request: HttpRequest): Promise<HttpResponse> {
	try {
		return await send(request);
	} catch (error) {
		const failure = safeTransportFailure(error, request.timeoutMs);
		// Only a sign-in that failed and a connection that was never made leave no doubt that nothing was queued.
		const isCertain = isFailure(error) || /NET-(REFUSED|HOST|TLS|BLOCKED)$/.test(failure.code);
		throw isCertain ? asIs(failure) : uncertain(failure);
	}
}

function asIs(error: unknown): unknown {
	return error;
}

function uncertain(cause: Failure): Failure {
	const { status, vendorMessage } = cause.details;
	return safeFailure('SAFE-REPORT-UNCERTAIN', { status, vendorMessage, values: { why: `Cause: ${cause.message}.` } });
}
