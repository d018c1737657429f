import { type Failure, isFailure } from '../core/failure';
import { buildUrl, type HttpRequest, type HttpResponse, type HttpSend } from '../core/http';
import { retryRead, type Waiting } from '../core/retry';
import { membersOf, objectIn, safeRefusal, safeTransportFailure, sendToSafe } from './answers';
import { safeFailure } from './failures';
import { readUserPage, type SafeUserPage } from './users';

const REQUEST_TIMEOUT_MS = 60_000;

export interface SafeClientSettings {
	/** As `safeOrigin` makes it. */
	origin: string;
	/** Sends with the credential's token, which it renews once on 401 or 403. */
	send: HttpSend;
	waiting: Waiting;
	onRetry?: (failure: Failure, pauseMs: number) => void;
}

/** Where a report stands. `link` is a secret: it opens the file for anyone, for five minutes (documented). */
export type ReportState = { ready: true; link: string } | { ready: false; said: string };

export interface SafeClient {
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
export function createSafeClient({ origin, send, waiting, onRetry }: SafeClientSettings): SafeClient {
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
		userPage: async (page, pageLength, searchKey) =>
			await retryRead(
				async () => {
					const answer = await get('/api/v3/users', { page, pagelen: pageLength, searchKey });
					if (answer.status !== 200) throw safeRefusal(answer, waiting.now());
					return readUserPage(objectIn(answer));
				},
				waiting,
				undefined,
				onRetry,
			),
		requestReport: async (days) => await requestReport(origin, send, days, waiting.now),
		reportState: async (uuid) =>
			reportStateIn(await get(`/api/v3/reports/${encodeURIComponent(uuid)}`), waiting.now()),
	};
}

async function requestReport(origin: string, send: HttpSend, days: number, now: () => number): Promise<string> {
	const answer = await sendOnce(send, {
		method: 'POST',
		url: buildUrl(origin, '/api/v3/reports'),
		headers: { accept: 'application/json' },
		json: { type: 'AUDIT_LOGS', format: 'csv', reportMeta: { days } },
		timeoutMs: REQUEST_TIMEOUT_MS,
	});
	if (answer.status >= 500) throw uncertain(safeRefusal(answer, now()));
	if (answer.status < 200 || answer.status > 299) throw safeRefusal(answer, now());
	const body = objectOrUncertain(answer);
	const uuid = dataOf(body).uuid ?? body.uuid;
	if (typeof uuid === 'string' && uuid) return uuid;
	throw safeFailure('SAFE-BODY-SHAPE', { status: answer.status, values: { expected: 'data.uuid', detail: membersOf(body) } });
}

async function sendOnce(send: HttpSend, request: HttpRequest): Promise<HttpResponse> {
	try {
		return await send(request);
	} catch (error) {
		const failure = safeTransportFailure(error, request.timeoutMs);
		// Only a sign-in that failed and a connection that was never made leave no doubt that nothing was queued.
		const isCertain = isFailure(error) || /NET-(REFUSED|HOST|TLS|BLOCKED)$/.test(failure.code);
		throw isCertain ? asItIs(failure) : uncertain(failure);
	}
}

function objectOrUncertain(answer: HttpResponse): Record<string, unknown> {
	try {
		return objectIn(answer);
	} catch (error) {
		throw uncertain(error as Failure);
	}
}

function asItIs(failure: Failure): Failure {
	return failure;
}

function uncertain(cause: Failure): Failure {
	const { status, vendorMessage } = cause.details;
	return safeFailure('SAFE-REPORT-UNCERTAIN', { status, vendorMessage, values: { why: `Cause: ${cause.message}.` } });
}

/**
 * What an answer about a report means. A report that is being made and an unknown uuid look alike ("Report not found…", 400; documented),
 * so that text, 404, 202 and a 200 without link all count as not ready; the caller's deadline tells them apart.
 */
function reportStateIn(answer: HttpResponse, nowMs: number): ReportState {
	const { status, text } = answer;
	if (status === 404 || status === 202 || (status === 400 && /report not found/i.test(text))) {
		return { ready: false, said: `HTTP ${status}` };
	}
	if (status !== 200) throw safeRefusal(answer, nowMs);
	const body = objectIn(answer);
	const link = dataOf(body).preSignedUrl ?? body.preSignedUrl;
	return typeof link === 'string' && link ? { ready: true, link } : { ready: false, said: 'no link yet' };
}

function dataOf(body: Record<string, unknown>): Record<string, unknown> {
	return typeof body.data === 'object' && body.data !== null ? (body.data as Record<string, unknown>) : {};
}
