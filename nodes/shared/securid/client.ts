import type { Failure } from '../core/failure';
import { buildUrl, retryAfterMs, TransportError, type HttpResponse, type HttpSend } from '../core/http';
import { parseLosslessJson } from '../core/losslessJson';
import { Pace } from '../core/pace';
import { retryRead, type RetryPolicy, type Waiting } from '../core/retry';
import { formatUtc } from '../core/time';
import { transportFailure, waitSentence } from '../core/transportFailures';
import { cleanVendorText, isWebPage, vendorSentence } from '../core/vendorText';
import { clockDifference, clockFailure } from './clock';
import { SECURID_FAILURES, securIdFailure } from './failures';
import { SECURID_LOGS, type SecurIdLogName } from './systems';
import { readPage, type SecurIdPage } from './types';

const REQUEST_TIMEOUT_MS = 60_000;

/** Pages in flight where nobody says another number. */
export const PAGES_IN_FLIGHT = 4;

/** Statuses after which fewer pages are asked for at once. */
const ASKS_TO_SLOW_DOWN = [429, 503];

export interface SecurIdClientSettings {
	/** As `apiBaseUrl` makes it. */
	baseUrl: string;
	/** Default: the admin log. */
	log?: SecurIdLogName;
	/** Sends with the credential's token. */
	send: HttpSend;
	waiting: Waiting;
	/** What a 401 or 403 means; default: what it means for a token that a key file signed. */
	tokenRefusal?: (answer: HttpResponse, nowMs: number) => Failure;
	/** Told, in words, of a clock that differs from SecurID's by minutes, e.g. "10 minutes behind". */
	onClock?: (off: string) => void;
	/** How fast pages are asked for; default: up to four at once, on a pace of its own. */
	pace?: Pace;
	/** Told of each repeated read. */
	onRetry?: (failure: Failure, pauseMs: number) => void;
	/** Tries and pauses; for callers with a time limit of their own. */
	policy?: RetryPolicy;
}

export interface PageRequest {
	/** Exclusive, epoch ms. */
	afterMs: number;
	/** Inclusive, epoch ms. */
	untilMs: number;
	/** From 0. */
	pageIndex: number;
	/** 1–100. */
	pageSize: number;
}

export interface SecurIdClient {
	/** `isWanted` is asked before each try: false when a run ended over another page meanwhile. */
	logPage(request: PageRequest, isWanted?: () => boolean): Promise<SecurIdPage>;
}

/**
 * The SecurID Administration API, as far as this package needs it. Reads are repeated when that can help; every refusal is a `Failure`.
 * Source: paths, see `SECURID_LOGS`; parameters and status codes are documented ("Cloud Administration Event Log API"); which bound is exclusive follows from the parameter names (assumed).
 */
export function createSecurIdClient(settings: SecurIdClientSettings): SecurIdClient {
	const { baseUrl, log = 'admin', send, waiting, pace = new Pace(PAGES_IN_FLIGHT, waiting.sleep), tokenRefusal, onClock, onRetry, policy } = settings;
	const readOnce = async (request: PageRequest, isWanted: () => boolean): Promise<SecurIdPage> => {
		// A run that is over asks SecurID for nothing.
		if (!isWanted()) throw new TransportError('cancelled', 'another page ended the run');
		const sent = {
			startTimeAfter: formatUtc(request.afterMs),
			endTimeOnOrBefore: formatUtc(request.untilMs),
			pageNumber: request.pageIndex,
			pageSize: request.pageSize,
		};
		const url = buildUrl(baseUrl, SECURID_LOGS[log].path, sent);
		const answer = await sendSafely(send, url);
		if (answer.status !== 200) throw refusal(answer, waiting.now(), JSON.stringify(sent), tokenRefusal);
		const off = clockDifference(answer.headers, waiting.now());
		if (off !== undefined) onClock?.(off);
		return pageIn(answer.text, log);
	};
	return {
		logPage: async (request, isWanted = () => true) =>
			await pace.run(request.pageIndex, async ({ pause, slowDown }) => {
				const whenRefused = (failure: Failure, pauseMs: number) => {
					if (ASKS_TO_SLOW_DOWN.includes(failure.details.status ?? 0)) slowDown();
					onRetry?.(failure, pauseMs);
				};
				return await retryRead(async () => await readOnce(request, isWanted), { ...waiting, sleep: pause }, policy, whenRefused);
			}),
	};
}

async function sendSafely(send: HttpSend, url: string): Promise<HttpResponse> {
	try {
		return await send({ method: 'GET', url, headers: { accept: 'application/json' }, timeoutMs: REQUEST_TIMEOUT_MS });
	} catch (error) {
		throw transportFailure('SECURID', SECURID_FAILURES, error, REQUEST_TIMEOUT_MS);
	}
}

function pageIn(text: string, log: SecurIdLogName): SecurIdPage {
	if (isWebPage(text)) throw securIdFailure('SECURID-BODY-HTML', { status: 200 });
	const body = parsed(text);
	const page = readPage(body, log);
	if (page) return { ...page, characters: text.length };
	const detail = cleanVendorText(Object.keys(body ?? {}).slice(0, 10).join(', ')) || 'none';
	throw securIdFailure('SECURID-BODY-SHAPE', { status: 200, values: { detail } });
}

function parsed(text: string): object | null {
	try {
		return Object(parseLosslessJson(text)) as object;
	} catch {
		throw bodyFailure(text);
	}
}

function bodyFailure(text: string): Failure {
	return securIdFailure('SECURID-BODY-JSON', { status: 200, vendorMessage: vendorSentence(text) || undefined });
}

/**
 * What a refusal means. The texts of the 403 answers tell which field is wrong (seen in a client that turns them into hints);
 * anything not recognised points at the key as a whole.
 */
export function refusal(answer: HttpResponse, nowMs: number, sent = '', tokenRefusal = keyRefusal): Failure {
	const { status, headers, text } = answer;
	const vendorMessage = vendorSentence(text) || undefined;
	const details = { status, vendorMessage };
	if (status >= 300 && status < 400) return securIdFailure('SECURID-REDIRECT', details);
	if (status === 429) {
		const wait = retryAfterMs(headers, nowMs);
		return securIdFailure('SECURID-429-RATE', { ...details, retryAfterMs: wait, values: { wait: waitSentence(wait) } });
	}
	if (status >= 500) {
		return securIdFailure('SECURID-5XX-SERVER', {
			...details,
			retryAfterMs: retryAfterMs(headers, nowMs),
			values: { status },
		});
	}
	if (isWebPage(text)) return securIdFailure('SECURID-BODY-HTML', details);
	if (status === 400) return securIdFailure('SECURID-400-REQUEST', { ...details, values: { sent } });
	if (status === 401 || status === 403) return tokenRefusal(answer, nowMs);
	if (status === 404) return securIdFailure('SECURID-404-URL', details);
	return securIdFailure('SECURID-4XX-REQUEST', { ...details, values: { status } });
}

/** What a 401 or 403 means for a token that a key file signed. */
function keyRefusal({ status, headers, text }: HttpResponse, nowMs: number): Failure {
	const sentence = vendorSentence(text);
	const details = { status, vendorMessage: sentence || undefined };
	if (/expired access token/i.test(sentence)) return securIdFailure('SECURID-403-CLOCK', details);
	if (/access id/i.test(sentence)) return securIdFailure('SECURID-403-ACCESS-ID', details);
	if (/invalid audience/i.test(sentence)) return securIdFailure('SECURID-403-AUDIENCE', details);
	return clockFailure(headers, nowMs, details) ?? securIdFailure(status === 401 ? 'SECURID-401-TOKEN' : 'SECURID-403-KEY', details);
}
