import type { Failure } from '../../core/failure';
import { gzip } from '../../core/gzip';
import { asTransportError, type HttpResponse, type HttpSend } from '../../core/http';
import { fullJitterMs, settle, type Waiting } from '../../core/retry';
import { transportFailure } from '../../core/transportFailures';
import { cleanVendorText } from '../../core/vendorText';
import { type Batch, bodyOf } from './batches';
import { batchId } from './facts';
import { SIEM_FAILURES, siemFailure } from './failures';
import type { Destination, EventOutcome, Refusal, Rejected, Verdict, Written } from './types';

export interface DeliverySettings {
	destination: Destination;
	/** Asked for one by one, a batch ahead of what is on its way. */
	batches: Iterable<Batch>;
	/** The credential's base address; the destination's path is put behind it. */
	baseUrl: string;
	/** Signs and sends. */
	send: HttpSend;
	waiting: Waiting;
	/** Takes known secrets out of an answer, before anything of it can be shown. */
	redact: (text: string) => string;
	/** Batches in flight, 1–4. */
	concurrency: number;
	/** Tries of a batch that end in something temporary, in a row. */
	attempts: number;
	/** Epoch ms after which nothing is sent any more. */
	deadlineMs: number;
	timeoutMs: number;
	compress: boolean;
	/** Whether one refused event ends the delivery. */
	stopAtRefusal: boolean;
	onRetry?: (failure: Failure, pauseMs: number) => void;
}

/** What became of one batch: everything about the events of it that were accepted. */
export interface DeliveredBatch {
	number: number;
	events: Written[];
	/** Requests that were made for it, all parts together. */
	requests: number;
	/** Of its events, how many the receiver had already. */
	alreadyThere: number;
	/** Whether an earlier try may have been taken, too, by a receiver that does not drop repeats. */
	maybeDuplicated: boolean;
}

/** Where each event is in the end: events = delivered + rejected + left. */
export interface Delivery {
	delivered: DeliveredBatch[];
	rejected: Rejected[];
	/** Not delivered, for want of time or because somebody has to change something; `failure` says why. */
	left: Written[];
	failure?: Failure;
}

/** Requests that may be spent on finding refused events, in one delivery. */
export const MOST_SEARCHES = 1_000;

const PAUSES = { baseMs: 1_000, maxMs: 60_000 };

/** A batch with its body as it is sent. */
interface Ready extends Batch {
	/** Absent once nothing more is sent. */
	body?: Promise<Uint8Array>;
}

/** Some events of a batch that are sent together. */
interface Group {
	batch: DeliveredBatch;
	events: Written[];
	/** An earlier request that held them may have been taken. */
	uncertain: boolean;
	/** Theirs, where it was made before. */
	body?: Promise<Uint8Array>;
}

/**
 * Delivers batches: repeats what is refused for a time, halves what is too large, sends again what was refused in part, and looks for the events that
 * a receiver refuses. The first batch goes alone, so that a wrong secret costs one request. Never throws: what went wrong is in the outcome.
 */
export async function deliver(settings: DeliverySettings): Promise<Delivery> {
	const run = new Run(settings);
	const first = run.next();
	if (first) await run.deliver(first);
	const lane = async () => {
		for (let ready = run.next(); ready; ) {
			const delivering = run.deliver(ready);
			// Written and compressed while the one before it is on its way: the request has to be out first, since writing holds up everything else.
			await settings.waiting.turn?.();
			ready = run.next();
			await delivering;
		}
	};
	await Promise.all(Array.from({ length: Math.min(Math.max(settings.concurrency, 1), 4) }, lane));
	return run.outcome();
}

class Run {
	private readonly delivered: DeliveredBatch[] = [];
	private readonly rejected: Rejected[] = [];
	private readonly left: Written[] = [];
	private failure?: Failure;
	/** Before it is over no lane sends: the receiver asked for it. Tells whether the execution was cancelled meanwhile. */
	private quiet: Promise<Failure | undefined> = Promise.resolve(undefined);
	private searches = 0;
	/** One for all lanes: each takes the next batch that nobody has taken. */
	private readonly queue: Iterator<Batch>;

	constructor(private readonly settings: DeliverySettings) {
		this.queue = settings.batches[Symbol.iterator]();
	}

	outcome(): Delivery {
		const { delivered, rejected, left, failure } = this;
		const byItem = (one: { item: number }, other: { item: number }) => one.item - other.item;
		const accepted = delivered.filter(({ events }) => events.length > 0).sort((one, other) => one.number - other.number);
		accepted.forEach(({ events }) => events.sort(byItem));
		return { delivered: accepted, rejected: rejected.sort(byItem), left: left.sort(byItem), failure };
	}

	/** The next batch, its body in the making; undefined after the last. */
	next(): Ready | undefined {
		const { done, value: batch } = this.queue.next();
		return done ? undefined : { ...batch, body: this.failure ? undefined : this.bodyOf(batch.events) };
	}

	async deliver({ number, events, body }: Ready): Promise<void> {
		const batch = { number, events: [], requests: 0, alreadyThere: 0, maybeDuplicated: false };
		this.delivered.push(batch);
		const pending: Group[] = [{ batch, events, uncertain: false, body }];
		for (let group = pending.pop(); group; group = pending.pop()) pending.push(...(await this.group(group)).reverse());
	}

	/** Sends a group until it is accepted, refused or given up. Out: the parts to go on with, in order. */
	private async group(group: Group): Promise<Group[]> {
		for (let tries = 1; ; tries++) {
			const late = await this.beforeSending();
			if (late || this.failure) return this.giveUp(group, late);
			const verdict = await this.send(group);
			if (verdict.kind === 'accepted') return this.accept(group, group.events, 0);
			if (verdict.kind === 'stop') return this.giveUp(group, verdict.failure);
			if (verdict.kind === 'tooLarge' || verdict.kind === 'refused') return this.divide(group, verdict);
			if (verdict.kind === 'mixed') {
				const before = group.events.length;
				Object.assign(group, { events: this.sort(group, verdict.outcomes), body: undefined });
				if (group.events.length === 0) return [];
				if (group.events.length < before) tries = 1;
			} else if (verdict.uncertain) group.uncertain = true;
			const failure = await this.pause(tries, verdict.failure);
			if (failure) return this.giveUp(group, failure);
		}
	}

	private async bodyOf(events: Written[]): Promise<Uint8Array> {
		const plain = bodyOf(events, this.settings.destination.frame);
		return this.settings.compress ? await gzip(plain) : plain;
	}

	private async send(group: Group): Promise<Verdict> {
		const { destination, baseUrl, send, waiting, timeoutMs, compress, redact, deadlineMs } = this.settings;
		const { batch, events } = group;
		const { product, hostField: field } = destination;
		const { batchIdHeader } = destination;
		const headers = {
			...destination.headers,
			...(batchIdHeader && { [batchIdHeader]: batchId(events.map(({ id }) => id)) }),
			...(compress && { 'content-encoding': 'gzip' }),
		};
		const body = await (group.body ??= this.bodyOf(events));
		const withinMs = Math.max(1_000, Math.min(timeoutMs, deadlineMs - waiting.now()));
		events.forEach((event) => event.attempts++);
		batch.requests++;
		const request = { method: 'POST' as const, url: `${baseUrl}${destination.path}`, headers, body, timeoutMs: withinMs };
		const answer = await settle(async () => await send(request));
		if ('value' in answer) return destination.judge(redacted(answer.value, redact), events.length, waiting.now());
		const failure = transportFailure('SIEM', SIEM_FAILURES, answer.error, withinMs, { product, field });
		if (!failure.retryable) return { kind: 'stop', failure };
		// A host that could not be reached has taken nothing.
		return { kind: 'again', failure, uncertain: !['refused', 'dns'].includes(asTransportError(answer.error).problem) };
	}

	private accept({ batch, uncertain }: Group, events: Written[], alreadyThere: number): Group[] {
		batch.events.push(...events);
		// What has arrived is needed no more, so that a long delivery does not hold all of it to the end.
		for (const event of events) event.text = '';
		batch.alreadyThere += alreadyThere;
		if (uncertain && events.length > 0 && !this.settings.destination.deduplicates) batch.maybeDuplicated = true;
		return [];
	}

	/** Takes each event where its outcome says. Out: those to be sent again. */
	private sort(group: Group, outcomes: EventOutcome[]): Written[] {
		const having = (...wanted: EventOutcome[]) => group.events.filter((_event, at) => wanted.includes(outcomes[at]));
		this.accept(group, having('accepted', 'known'), having('known').length);
		group.events.forEach((event, at) => {
			const outcome = outcomes[at];
			if (typeof outcome === 'object') this.reject(event, outcome);
		});
		return having('again');
	}

	/** A group that was refused as a whole: one event alone is the culprit, several are sent in smaller parts. */
	private divide(group: Group, verdict: Verdict & { kind: 'tooLarge' | 'refused' }): Group[] {
		const { events } = group;
		if (events.length === 1) {
			this.reject(events[0], verdict.refusal);
			return [];
		}
		if (verdict.kind === 'refused' && ++this.searches > MOST_SEARCHES) {
			const { product } = this.settings.destination;
			const values = { product, limit: MOST_SEARCHES };
			const { status, reason: vendorMessage } = verdict.refusal;
			return this.giveUp(group, siemFailure('SIEM-REFUSED-MANY', { status, vendorMessage, values }));
		}
		const part = (some: Written[]): Group => ({ ...group, events: some, body: undefined });
		const at = verdict.kind === 'refused' ? verdict.at : undefined;
		if (at !== undefined) {
			// The named event is tried alone: receivers do not say from where they count, and none is lost for it.
			return [part([events[at]]), part(events.filter((_event, index) => index !== at))];
		}
		const half = Math.ceil(events.length / 2);
		return [part(events.slice(0, half)), part(events.slice(half))];
	}

	private reject({ item, id, attempts }: Written, { reason, status }: Refusal): void {
		this.rejected.push({ item, id, reason, status, attempts });
		if (this.settings.stopAtRefusal) this.failure ??= refusedFailure({ item, id, reason, status, attempts });
	}

	private giveUp({ events }: Group, failure?: Failure): Group[] {
		for (const event of events) event.text = '';
		this.left.push(...events);
		this.failure ??= failure;
		return [];
	}

	/** Waits until the receiver may be asked again. Out: why nothing may be sent any more, if so. */
	private async beforeSending(): Promise<Failure | undefined> {
		const { waiting, deadlineMs } = this.settings;
		for (let over; over !== this.quiet; ) {
			over = this.quiet;
			const stopped = await over;
			if (stopped) return stopped;
		}
		return waiting.now() >= deadlineMs ? siemFailure('SIEM-DEADLINE') : undefined;
	}

	/** The pause after a temporary failure. Out: the failure itself when tries or time are used up, or the delivery has failed meanwhile. */
	private async pause(tries: number, failure: Failure): Promise<Failure | undefined> {
		const { waiting, attempts, deadlineMs, onRetry } = this.settings;
		const asked = failure.details.retryAfterMs;
		const pauseMs = asked ?? fullJitterMs(tries, PAUSES, waiting.random ?? Math.random);
		if (this.failure || tries >= attempts || waiting.now() + pauseMs >= deadlineMs) return failure;
		onRetry?.(failure, pauseMs);
		if (asked === undefined) return await this.sleep(pauseMs);
		const [before, slept] = [this.quiet, this.sleep(asked)];
		this.quiet = before.then(async (stopped) => stopped ?? (await slept));
		return undefined;
	}

	private async sleep(ms: number): Promise<Failure | undefined> {
		const slept = await settle(async () => await this.settings.waiting.sleep(ms));
		return 'error' in slept ? transportFailure('SIEM', SIEM_FAILURES, slept.error, ms) : undefined;
	}
}

/** What stops a delivery at a refused event. */
export function refusedFailure({ item, id, reason, status }: Rejected): Failure {
	return siemFailure('SIEM-EVENT-REFUSED', { status, values: { id: cleanVendorText(id), item, reason } });
}

function redacted({ status, headers, text }: HttpResponse, redact: (text: string) => string): HttpResponse {
	return { status, headers, text: redact(text) };
}
