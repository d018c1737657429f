import type {
	IAllExecuteFunctions,
	ICredentialDataDecryptedObject,
	IHttpRequestHelper,
	IHttpRequestOptions,
	IN8nHttpFullResponse,
} from 'n8n-workflow';
import { failureIn } from '../core/failure';
import { jsonExcess } from '../core/jsonSize';
import { asTransportError, type HttpOpen, type HttpRequest, type HttpSend, type HttpStream, TransportError } from '../core/http';

/** An answer read whole may have this many bytes, unpacked: two orders of magnitude above the largest page of either vendor. */
const MOST_BYTES = 64 * 1024 * 1024;

type Requesting = Pick<IAllExecuteFunctions, 'helpers'> & { getExecutionCancelSignal?: () => AbortSignal | undefined };

/**
 * Sends with a credential of this package: n8n asks the credential to sign each request and renews its token once on the given statuses.
 * Redirects are never followed, and the host is pinned, so that the token cannot leave the credential's own origin.
 */
export function credentialSend(context: Requesting, credentialType: string, renewOn: number[]): HttpSend {
	return readWhole(
		async (request) =>
			await asHttpStream({ request, renewOn }, async (options) => {
				const helpers = context.helpers;
				return (await helpers.httpRequestWithAuthentication.call(
					// SAFETY: n8n types `this` as the full execute context; the helper itself reads nothing that load-options contexts lack.
					context as IAllExecuteFunctions,
					credentialType,
					{ ...options, disableFollowRedirect: true, allowedDomains: new URL(request.url).hostname },
					{ preAuthenticationRetryStatusCode: renewOn },
				)) as IN8nHttpFullResponse;
			}),
	);
}

/**
 * Opens a URL without any credential, as a signed download link wants it. Follows no redirect: where one leads is the caller's to judge, since the link is a secret.
 * `onBody` is shown each raw body, for `readableLike`.
 */
export function plainOpen(context: Requesting, onBody: (raw: unknown) => void = () => {}): HttpOpen {
	return async (request) =>
		await asHttpStream({ request }, async (options) => {
			const abortSignal = context.getExecutionCancelSignal?.();
			const answer = await context.helpers.httpRequest({ ...options, abortSignal, disableFollowRedirect: true });
			onBody((answer as IN8nHttpFullResponse).body);
			return answer as IN8nHttpFullResponse;
		});
}

/** Sends what a credential signs itself (the sign-in of SAFE); n8n gives credentials its plain request function alone. */
export function helperSend(helper: IHttpRequestHelper): HttpSend {
	return readWhole(
		async (request) =>
			await asHttpStream(
				{ request },
				async (options) =>
					(await helper.helpers.httpRequest({ ...options, disableFollowRedirect: true })) as IN8nHttpFullResponse,
			),
	);
}

/** Reads the fields of a credential. Apart from the senders, because n8n's lint wants signing and requesting in separate functions. */
export async function readCredential<Fields = ICredentialDataDecryptedObject>(
	context: Pick<IAllExecuteFunctions, 'getCredentials'>,
	credentialType: string,
): Promise<Fields> {
	// SAFETY: the fields are those that the credential type of this package declares.
	return (await context.getCredentials(credentialType)) as Fields;
}

/** n8n throws for the statuses of `renewOn` alone, which it needs to renew a token; it hands over every other answer whole. */
async function asHttpStream(
	{ request, renewOn = [] }: { request: HttpRequest; renewOn?: number[] },
	send: (options: IHttpRequestOptions) => Promise<IN8nHttpFullResponse>,
): Promise<HttpStream> {
	try {
		const ignoreHttpStatusErrors = renewOn.length === 0 ? true : { ignore: true as const, except: renewOn };
		return streamOf(await send({ ...optionsOf(request), ignoreHttpStatusErrors }), request);
	} catch (error) {
		const refused = refusedAnswer(error);
		if (!refused) throw failureIn(error) ?? asTransportError(error);
		return streamOf(refused, request);
	}
}

function optionsOf({ method, url, headers, timeoutMs, ...content }: HttpRequest): IHttpRequestOptions {
	const { body, type } = bodyOf(content);
	return {
		method,
		url,
		headers: { ...headers, ...(type ? { 'content-type': type } : {}) },
		...(body === undefined ? {} : { body }),
		timeout: timeoutMs,
		// Parsing by n8n would damage 64-bit ids, so answers are taken as bytes; a stream also has a limit that can be kept.
		encoding: 'stream',
		returnFullResponse: true,
		sendCredentialsOnCrossOriginRedirect: false,
	};
}

function bodyOf({ json, form, body: bytes }: Pick<HttpRequest, 'json' | 'form' | 'body'>): { body?: string | Buffer; type?: string } {
	if (form) return { body: new URLSearchParams(form).toString(), type: 'application/x-www-form-urlencoded' };
	// Without a copy, and as a Buffer, which n8n can send a second time after it has renewed a token.
	if (bytes) return { body: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
	return json === undefined ? {} : { body: JSON.stringify(json), type: 'application/json' };
}

/**
 * The answer inside an error that n8n or axios threw for its status. Absent when there was no answer.
 * n8n before 2.31 or so keeps the status alone (seen in 2.30).
 */
function refusedAnswer(error: unknown): IN8nHttpFullResponse | undefined {
	for (let current = error, depth = 0; current instanceof Error && depth < 5; depth++) {
		const { response } = current as { response?: { status?: number; headers?: unknown; data?: unknown } };
		if (typeof response?.status === 'number') {
			// SAFETY: axios' answer; headers and data are read defensively below.
			return { statusCode: response.status, headers: response.headers, body: response.data } as IN8nHttpFullResponse;
		}
		const { httpCode } = current as { httpCode?: unknown };
		if (current.cause === undefined && /^[1-5]\d\d$/.test(String(httpCode))) return { statusCode: Number(httpCode), headers: {}, body: '' };
		current = current.cause;
	}
	return undefined;
}

function streamOf({ statusCode, headers, body }: IN8nHttpFullResponse, { timeoutMs, wholeMs = 5 * timeoutMs }: HttpRequest): HttpStream {
	const entries = Object.entries({ ...headers }).map(([name, value]): [string, string] => [name.toLowerCase(), String(value)]);
	// n8n unpacks bodies and takes away the header that says so: this length may be the packed one. Node itself breaks off a body that ends before it.
	const known = Object.fromEntries(entries.filter(([name]) => name !== 'content-length'));
	return { status: statusCode, headers: known, body: withStallGuard(bytesOf(body), timeoutMs, wholeMs) };
}

async function* bytesOf(body: unknown): AsyncGenerator<Uint8Array> {
	if (body === undefined || body === null || body === '') return;
	if (typeof body === 'string' || body instanceof Uint8Array) yield Buffer.from(body as string);
	else if (Symbol.asyncIterator in Object(body)) yield* body as AsyncIterable<Uint8Array>;
	else yield Buffer.from(JSON.stringify(body));
}

/** n8n's time-out ends with the head of an answer; this one bounds every pause inside the body, and the body as a whole, which could come byte by byte for ever. */
async function* withStallGuard(body: AsyncIterable<Uint8Array>, timeoutMs: number, wholeMs: number): AsyncGenerator<Uint8Array> {
	const iterator = body[Symbol.asyncIterator]();
	const whole = AbortSignal.timeout(wholeMs);
	const inTime = stallGuard(timeoutMs);
	try {
		for (;;) {
			if (whole.aborted) throw new TransportError('slow', `${Math.round(wholeMs / 1000)} seconds`);
			const next = await inTime(iterator.next());
			if (next.done) return;
			yield next.value;
		}
	} catch (error) {
		throw asTransportError(error);
	} finally {
		// Not awaited: a body that stalls never answers this either.
		void iterator.return?.();
	}
}

/** A stall is noticed after the time-out, and up to a quarter of it later. */
const LAPS = 4;

/** Makes steps fail that take longer than a time. One timer at a time counts it, in laps: one for each step would stay in memory for all of it. */
function stallGuard(timeoutMs: number): <Value>(step: Promise<Value>) => Promise<Value> {
	let lap: AbortSignal | undefined;
	let quietLaps = 0;
	let fail: ((error: TransportError) => void) | undefined;
	const run = () => {
		lap = AbortSignal.timeout(Math.ceil(timeoutMs / LAPS));
		lap.onabort = () => {
			lap = undefined;
			if (!fail) return;
			// The first lap had begun before the step.
			if (++quietLaps > LAPS) fail(new TransportError('timeout', 'the body stalled'));
			else run();
		};
	};
	return async (step) => {
		quietLaps = 0;
		if (!lap) run();
		try {
			return await new Promise((resolve, reject) => {
				fail = reject;
				step.then(resolve, reject);
			});
		} finally {
			fail = undefined;
		}
	};
}

function readWhole(open: HttpOpen): HttpSend {
	return async (request) => {
		const { body, ...head } = await open(request);
		return { ...head, text: await textOf(body) };
	};
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
	const parts: Uint8Array[] = [];
	let bytes = 0;
	for await (const part of body) {
		bytes += part.length;
		if (bytes > MOST_BYTES) throw new TransportError('too-large', `${MOST_BYTES / 1024 / 1024} MiB`);
		parts.push(part);
	}
	const text = new TextDecoder().decode(Buffer.concat(parts));
	const excess = jsonExcess(text);
	if (excess) throw new TransportError('too-large', excess);
	return text;
}
