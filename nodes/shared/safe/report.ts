import { isFailure, type Failure } from '../core/failure';
import { asTransportError, type HttpOpen, type HttpResponse, type HttpStream, isAllowedOrigin, TransportError } from '../core/http';
import { redactorOf } from '../core/redact';
import { retryRead, type Waiting } from '../core/retry';
import { parseTime } from '../core/time';
import { vendorSentence } from '../core/vendorText';
import { safeRefusal, safeTransportFailure } from './answers';
import type { SafeClient } from './client';
import type { ReportFile } from './exportFamilies';
import { safeFailure } from './failures';

const DOWNLOAD_TIMEOUT_MS = 60_000;
/** A report of 500 MB at 300 KB a second; one that drips holds a run no longer. */
const WHOLE_DOWNLOAD_MS = 30 * 60_000;
const LONGEST_PAUSE_MS = 30_000;
const REDIRECTS = [301, 302, 303, 307, 308];
const MOST_REDIRECTS = 3;

export interface WaitSettings {
	/** First pause between two looks; each later one is twice as long, up to 30 s or this one if longer. */
	pollIntervalMs: number;
	timeoutMs: number;
	/** Told before each pause. */
	onWait?: (progress: { waitedMs: number; said: string }) => void;
}

/**
 * Waits until a report is ready.
 * Out: its download link (a secret) or its content. Throws SAFE-REPORT-NOT-READY with the uuid at the deadline, and what `sleep` throws on cancellation.
 * Answers that can pass (429, 5xx, network) are waited out inside the same deadline; `Retry-After` is honoured.
 */
export async function waitForReport(
	client: SafeClient,
	uuid: string,
	waiting: Waiting,
	{ pollIntervalMs, timeoutMs, onWait }: WaitSettings,
): Promise<ReportFile> {
	const startedMs = waiting.now();
	const longestMs = Math.max(pollIntervalMs, LONGEST_PAUSE_MS);
	for (let pauseMs = pollIntervalMs; ; pauseMs = Math.min(pauseMs * 2, longestMs)) {
		const look = await lookAt(client, uuid);
		if ('file' in look) return look.file;
		const waitedMs = waiting.now() - startedMs;
		const nextMs = Math.max(pauseMs, look.pauseMs ?? 0);
		if (waitedMs + nextMs > timeoutMs) throw notReady(uuid, look.failure ? waitedMs : timeoutMs, look);
		onWait?.({ waitedMs, said: look.said });
		await waiting.sleep(nextMs);
	}
}

type Look = { file: ReportFile } | { said: string; pauseMs?: number; failure?: Failure };

async function lookAt(client: SafeClient, uuid: string): Promise<Look> {
	try {
		const state = await client.reportState(uuid);
		return state.ready ? { file: state } : { said: state.said };
	} catch (error) {
		if (!isFailure(error) || !error.retryable) throw asIs(error);
		return { said: error.code, pauseMs: error.details.retryAfterMs, failure: error };
	}
}

function asIs(error: unknown): unknown {
	return error;
}

/** Names the uuid also when the last look failed in a way that can pass: without it a later run could not take the report up. */
function notReady(uuid: string, waitedMs: number, { failure, said }: { said: string; failure?: Failure }): Failure {
	const { status, retryAfterMs, vendorMessage } = failure?.details ?? {};
	const seconds = Math.round(waitedMs / 1000);
	const seen = failure ? `Last seen: ${failure.message}.` : `Last answer: ${said}.`;
	return safeFailure('SAFE-REPORT-NOT-READY', { status, retryAfterMs, vendorMessage, values: { uuid, seconds, seen } });
}

export interface DownloadSettings {
	/** Sends without any credential: storage refuses a signed link that comes with an Authorization header. */
	open: HttpOpen;
	waiting: Waiting;
	onRetry?: (failure: Failure) => void;
}

/**
 * Downloads a finished report and gives its body to `consume`, which may be called again from the start after a broken transfer.
 * In: the uuid and where its content is. When storage says that a link has expired, another is asked for with the same uuid, once.
 * Out: what `consume` answers for the whole body. Throws a `Failure`; no link is ever part of it.
 */
export async function downloadReport<Result>(
	client: SafeClient,
	uuid: string,
	file: ReportFile,
	consume: (body: AsyncIterable<Uint8Array>, headers: Record<string, string>) => Promise<Result>,
	{ open, waiting, onRetry }: DownloadSettings,
): Promise<Result> {
	if ('content' in file) return await consume(oneChunk(file.content), {});
	let { link } = file;
	let renewed = false;
	const attempt = async (): Promise<Result> => {
		const answer = await openLink(open, link, uuid);
		if (answer.status === 200) return await consumeWhole(answer, consume);
		const text = await readStart(answer);
		if (!isExpired(answer.status, text) && !(answer.status === 403 && hasLapsed(link, waiting.now()))) throw linkRefused({ ...answer, text: redactorOf(secretsOf(link))(text) }, uuid, waiting.now());
		if (renewed) throw safeFailure('SAFE-LINK-EXPIRED', { status: answer.status, values: { uuid } });
		const state = await client.reportState(uuid);
		renewed = true;
		if (!state.ready || !('link' in state)) throw safeFailure('SAFE-LINK-EXPIRED', { status: answer.status, values: { uuid } });
		link = state.link;
		return await attempt();
	};
	return await retryRead(attempt, waiting, undefined, onRetry);
}

async function* oneChunk(content: string): AsyncGenerator<Uint8Array> {
	yield new TextEncoder().encode(content);
}

/** Opens a link, and what it leads on to: storage may send to another region. A link that is protected by TLS never goes on without. */
async function openLink(open: HttpOpen, link: string, uuid: string): Promise<HttpStream> {
	for (let [url, redirects] = [link, 0]; ; redirects++) {
		if (!isFit(url, link)) throw safeFailure('SAFE-LINK-FORM');
		const answer = await openOnce(open, url, uuid);
		const { location } = answer.headers;
		if (!REDIRECTS.includes(answer.status) || !location || redirects === MOST_REDIRECTS) return answer;
		await readStart(answer);
		url = URL.canParse(location, url) ? new URL(location, url).href : '';
	}
}

function isFit(url: string, link: string): boolean {
	if (!URL.canParse(url) || !isAllowedOrigin(new URL(url))) return false;
	return new URL(url).protocol === 'https:' || new URL(link).protocol === 'http:';
}

async function openOnce(open: HttpOpen, url: string, uuid: string): Promise<HttpStream> {
	try {
		return await open({ method: 'GET', url, timeoutMs: DOWNLOAD_TIMEOUT_MS, wholeMs: WHOLE_DOWNLOAD_MS });
	} catch (error) {
		const { problem, detail } = asTransportError(error);
		// A firewall that knows SAFE may not know its storage, and no field of the credential names that host.
		const isHost = ['timeout', 'refused', 'dns', 'tls', 'blocked'].includes(problem);
		throw isHost
			? safeFailure('SAFE-LINK-HOST', { values: { host: new URL(url).host, uuid, detail } })
			: safeTransportFailure(error, DOWNLOAD_TIMEOUT_MS);
	}
}

async function consumeWhole<Result>(
	{ body, headers }: HttpStream,
	consume: (body: AsyncIterable<Uint8Array>, headers: Record<string, string>) => Promise<Result>,
): Promise<Result> {
	try {
		return await consume(countBytes(body, headers), headers);
	} catch (error) {
		throw error instanceof TransportError ? safeTransportFailure(error, DOWNLOAD_TIMEOUT_MS) : asIs(error);
	}
}

/** Passes the bytes on and compares their number with `content-length`, which counts the compressed form where the storage compressed it. */
async function* countBytes(body: AsyncIterable<Uint8Array>, headers: Record<string, string>): AsyncGenerator<Uint8Array> {
	const announced = headers['content-encoding'] ? NaN : Number(headers['content-length'] ?? NaN);
	let received = 0;
	try {
		for await (const chunk of body) {
			received += chunk.length;
			yield chunk;
		}
	} catch (error) {
		throw safeTransportFailure(error, DOWNLOAD_TIMEOUT_MS);
	}
	if (announced > received) throw safeFailure('SAFE-NET-RESET');
}

async function readStart({ body }: HttpStream): Promise<string> {
	const decoder = new TextDecoder();
	let text = '';
	try {
		for await (const chunk of body) {
			text += decoder.decode(chunk, { stream: true });
			if (text.length > 4_000) break;
		}
	} catch {
		return text;
	}
	return text;
}

/** What of a link opens the file: its query, and each value of it that is long enough to be one. */
function secretsOf(link: string): string[] {
	const { search, searchParams } = new URL(link);
	return [link, search.slice(1), ...searchParams.values()].filter((value) => value.length >= 16);
}

/** Storage's ways to say "too late": 403 `Request has expired`, or 400 `ExpiredToken` for links signed with temporary credentials (general AWS behaviour). */
function isExpired(status: number, text: string): boolean {
	return (status === 403 || status === 400) && /request has expired|ExpiredToken|token.{0,20}expired/i.test(text);
}

/** Whether a link says itself that its time is over: Ceph refuses an old one with `AccessDenied` alone (seen on RGW 16). */
function hasLapsed(link: string, nowMs: number): boolean {
	const { searchParams } = new URL(link);
	const signedMs = parseTime(searchParams.get('X-Amz-Date'));
	const lifeSeconds = Number(searchParams.get('X-Amz-Expires') ?? NaN);
	return signedMs !== undefined && nowMs >= signedMs + lifeSeconds * 1000;
}

function linkRefused(answer: HttpResponse, uuid: string, nowMs: number): Failure {
	const { status, text } = answer;
	if (status === 429 || status >= 500) return safeRefusal(answer, nowMs);
	const details = { status, vendorMessage: vendorSentence(text) || undefined };
	return safeFailure('SAFE-LINK-REFUSED', { ...details, values: { uuid, status } });
}
