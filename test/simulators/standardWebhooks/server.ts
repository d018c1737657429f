import { createHash, timingSafeEqual } from 'node:crypto';

import { Webhook } from 'standardwebhooks';

import { jsonAnswer, type Answer } from '../answers';
import { systemClock } from '../clock';
import { startServer, type ListenOptions, type LoggedRequest, type RunningServer } from '../http';
import { readCefLine } from '../cef';
import {
	createStore,
	eventIdOf,
	parseJson,
	unpack,
	type SinkBatch,
	type SinkStore,
	type SinkTroubles,
} from '../sink';

/** What can be chosen about the fake receiver. */
export interface StandardWebhooksOptions extends ListenOptions, SinkTroubles {
	/** Secrets in the form `whsec_<base64>`; a message signed with any of them is taken (a rotation has two). */
	secrets?: readonly string[];
	/** How far `webhook-timestamp` may be from the clock, either way. Default 300, the library's own. */
	toleranceSec?: number;
	/** Bytes per request, packed and unpacked. Default 1,000,000; the specification advises less than 20 KB. */
	maxBytes?: number;
}

/** A message that came once more. `sameBody` false means that the sender used one id for two messages, and lost the second. */
export interface RepeatedMessage {
	webhookId: string;
	requestIndex: number;
	sameBody: boolean;
}

/** A running fake of somebody's receiver of Standard Webhooks. */
export interface StandardWebhooksSimulator
	extends RunningServer,
		SinkStore<unknown, SinkBatch & { webhookId: string }> {
	/** Where to post. */
	endpoint: string;
	/** The first of `secrets`. */
	secret: string;
	repeats: RepeatedMessage[];
	/** From now on every request is answered 410: the receiver wants no more. */
	unsubscribe(): void;
}

/**
 * Starts a fake receiver of Standard Webhooks: `POST /webhook` with `webhook-id`, `webhook-timestamp` and
 * `webhook-signature`. Signatures are computed by the specification's own library (npm standardwebhooks), timestamps are
 * compared with the injected clock. Events come as a JSON array, `{"events":[…]}`, one object, NDJSON or CEF lines.
 * A message whose id was taken before is answered 204 and not stored again: that is what the id is for.
 * The signature is over the body before compression, since that is what a receiver behind an inflating web framework sees
 * (assumed; the specification does not speak of Content-Encoding).
 * Refusals: 400 header missing or shape or poison event, 401 signature or timestamp (which status is assumed), 404, 405,
 * 410 after `unsubscribe()`, 413, 415. Fails when the port is taken.
 * Source: reference/delivery.md 3.1 (the specification, read).
 */
export async function startStandardWebhooks(
	options: StandardWebhooksOptions = {},
): Promise<StandardWebhooksSimulator> {
	const {
		clock = systemClock,
		secrets = ['whsec_ZmFrZS1zdGFuZGFyZC13ZWJob29rcy1zZWNyZXQ='],
		toleranceSec = 300,
	} = options;
	const { maxBytes = 1_000_000, maxEvents = Infinity, poison = [] } = options;
	const signers = secrets.map((secret) => new Webhook(secret));
	const { keep, ...store } = createStore<unknown, { webhookId: string }>();
	const bodies = new Map<string, string>();
	const repeats: RepeatedMessage[] = [];
	let gone = false;

	function respond(request: LoggedRequest): Answer {
		if (request.path !== '/webhook') return refuse(404, 'no such webhook');
		if (request.method !== 'POST') return refuse(405, 'only POST is taken');
		if (gone) return refuse(410, 'this endpoint is gone');
		const plain = unpack(request, maxBytes);
		if (plain.trouble === 'tooLarge') return refuse(413, `more than ${maxBytes} bytes`);
		if (plain.trouble !== undefined)
			return refuse(415, 'content encoding is not taken, or the body is not of it');
		const webhookId = String(request.headers['webhook-id'] ?? '');
		const untrusted = refuseSender(request, webhookId, plain.bytes);
		if (untrusted !== null) return untrusted;

		const digest = createHash('sha256').update(plain.bytes).digest('hex');
		const before = bodies.get(webhookId);
		if (before !== undefined) {
			repeats.push({ webhookId, requestIndex: request.index, sameBody: before === digest });
			return { status: 204 };
		}
		const events = readMessage(plain.bytes.toString('utf8'), request.headers['content-type'] ?? '');
		if (events === null) return refuse(400, 'the body cannot be read');
		if (events.length > maxEvents) return refuse(413, `more than ${maxEvents} events`);
		const arrivals = events.map((event) => ({ id: idOf(event), event }));
		if (arrivals.some(({ id }) => id !== null && poison.includes(id)))
			return refuse(400, 'an event cannot be stored');
		bodies.set(webhookId, digest);
		keep(request, plain.bytes.length, arrivals, { webhookId });
		return { status: 204 };
	}

	function refuseSender(request: LoggedRequest, webhookId: string, body: Buffer): Answer | null {
		const timestamp = String(request.headers['webhook-timestamp'] ?? '');
		const given = String(request.headers['webhook-signature'] ?? '');
		if (webhookId === '' || timestamp === '' || given === '') return refuse(400, 'Missing required headers');
		// The id is part of what is signed, parted by dots: one with a dot would be ambiguous (specification).
		if (webhookId.includes('.')) return refuse(400, 'webhook-id holds a dot');
		if (!/^\d+$/.test(timestamp)) return refuse(400, 'webhook-timestamp is not in seconds');
		const sentAtMs = Number(timestamp) * 1000;
		if (Math.abs(clock.now() - sentAtMs) > toleranceSec * 1000)
			return refuse(401, 'Message timestamp too old or too new');
		const expected = signers.map((signer) => signer.sign(webhookId, new Date(sentAtMs), body));
		const matches = given.split(' ').some((signature) => expected.some((own) => equal(signature, own)));
		return matches ? null : refuse(401, 'No matching signature found');
	}

	const server = await startServer({
		...options,
		name: 'standard-webhooks',
		maxBodyBytes: maxBytes,
		respond,
		refusal: (status) => refuse(status, 'told to fail'),
	});
	return {
		...server,
		...store,
		endpoint: `${server.url}/webhook`,
		secret: secrets[0],
		repeats,
		unsubscribe: () => {
			gone = true;
		},
	};
}

function readMessage(text: string, contentType: string): unknown[] | null {
	const lines = text.split('\n').filter((line) => line.trim() !== '');
	if (/^text\/plain\b/i.test(contentType)) {
		const read = lines.map(readCefLine);
		return read.every((line) => typeof line !== 'string') ? read : null;
	}
	if (/^application\/(x-)?ndjson\b/i.test(contentType)) {
		const values = lines.map(parseJson);
		return values.includes(undefined) ? null : values;
	}
	const value = parseJson(text);
	if (Array.isArray(value)) return value;
	if (typeof value !== 'object' || value === null) return null;
	return 'events' in value && Array.isArray(value.events) ? value.events : [value];
}

function idOf(event: unknown): string | null {
	return eventIdOf(event) ?? eventIdOf((event as { extension?: unknown } | null)?.extension);
}

function equal(one: string, other: string): boolean {
	const [a, b] = [Buffer.from(one), Buffer.from(other)];
	return a.length === b.length && timingSafeEqual(a, b);
}

function refuse(status: number, error: string): Answer {
	return jsonAnswer(status, { error });
}
