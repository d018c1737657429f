import type { IDataObject, IExecuteFunctions, INodeExecutionData, NodeApiError, NodeOperationError } from 'n8n-workflow';
import { Failure } from '../shared/core/failure';
import { cutIntoBatches } from '../shared/delivery/siem/batches';
import { baseUrlOf, isSigned, redactor, type SiemCredential } from '../shared/delivery/siem/credential';
import { type Delivery, deliver, refusedFailure } from '../shared/delivery/siem/deliver';
import { siemFailure } from '../shared/delivery/siem/failures';
import { firstRejected, prepare, type Prepared } from '../shared/delivery/siem/prepare';
import type { Destination, Rejected } from '../shared/delivery/siem/types';
import { credentialSend, readCredential } from '../shared/n8n/http';
import { errorItem, itemFrom } from '../shared/n8n/items';
import { bounded, readOptions } from '../shared/n8n/parameters';
import { executionWaiting } from '../shared/n8n/waiting';
import { destinationOf, type SiemOptions } from './destination';

/** A delivery that ended early, with everything that is known about each event; the failure says why. */
class Undelivered extends Error {
	constructor(
		readonly run: FinishedRun,
		failure: Failure,
	) {
		super(failure.message, { cause: failure });
	}
}

interface FinishedRun {
	destination: Destination;
	prepared: Prepared;
	delivery: Delivery;
	options: SiemOptions;
}

/**
 * Delivers the input items. Out: one item per accepted batch, and on the second output the events that were refused for good.
 * Throws when anything is left that may be delivered later, when an event is refused and the workflow is to stop at that, and when the counts do not agree.
 */
export async function deliverItems(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const options = readOptions<SiemOptions>(context, 0);
	const credential = await readCredential<SiemCredential>(context, 'siemWebhookApi');
	const destination = destinationOf(context, credential, options);
	const baseUrl = baseUrlOf(credential);
	const stopAtRefusal = context.getNodeParameter('onRejected', 0, 'stop') !== 'sendToFailed';
	const waiting = executionWaiting(context);
	const items = context.getInputData().map(({ json }) => json);
	const prepared = prepare(items, destination, options, waiting.now());
	const { limits, frame } = destination;
	const mostBytes = bounded(options.maxBatchBytes, limits.bytes, 1, limits.mostBytes);
	const mostEvents = Math.floor(bounded(options.batchSize, limits.events, 1, limits.mostEvents));
	const send = credentialSend(context, 'siemWebhookApi', credential.destination === 'sentinel' ? [401] : []);
	const refused = stopAtRefusal ? firstRejected(items, destination, options) : undefined;
	const delivery: Delivery = refused
		? { delivered: [], rejected: [], left: [...prepared.written], failure: refusedFailure(refused) }
		: await deliver({
				destination,
				batches: cutIntoBatches(prepared.written, frame, mostEvents, mostBytes),
				baseUrl,
				send,
				waiting,
				redact: redactor(credential),
				concurrency: Math.floor(bounded(options.concurrency, 2, 1, 4)),
				attempts: Math.floor(bounded(options.attempts, 5, 1, 20)),
				deadlineMs: waiting.now() + bounded(options.deadline, 300, 1, 86_400) * 1000,
				timeoutMs: bounded(options.timeout, 60, 1, 3_600) * 1000,
				compress: (options.compress ?? destination.compress) && !isSigned(credential),
				stopAtRefusal,
				onRetry: (failure, pauseMs) =>
					context.logger.info(`SIEM: ${failure.message}; sending again in ${Math.round(pauseMs / 1000)} s`),
			});
	// What only came out when the event was written, after others were sent.
	if (stopAtRefusal && prepared.rejected.length > 0) delivery.failure ??= refusedFailure(prepared.rejected[0]);
	const run = { destination, prepared, delivery, options };
	checkCounts(items.length, run);
	giveHints(context, items.length, run);
	if (delivery.failure) throw new Undelivered(run, withProgress(delivery.failure, run));
	return [deliveredItems(run), failedItems(items, run, allRejected(run))];
}

/**
 * What "Continue on Fail" hands on: what was delivered and the failure as an error item on the first output; every event that was not delivered, with the failure
 * as its reason, on the second, so that none is lost to those who keep that output.
 */
export function undeliveredOutputs(
	context: IExecuteFunctions,
	nodeError: NodeApiError | NodeOperationError,
	error: unknown,
): INodeExecutionData[][] {
	const items = context.getInputData().map(({ json }) => json);
	const reason = nodeError.message;
	if (!(error instanceof Undelivered)) {
		const all = items.map((event, item) => itemFrom({ eventId: null, reason, status: null, attempts: 0, event }, item));
		return [[errorItem(nodeError, 0)], all];
	}
	const { run } = error;
	const left = run.delivery.left.map(({ item, id, attempts }) => ({ item, id, reason, attempts }));
	const notDelivered = [...allRejected(run), ...left].sort((one, other) => one.item - other.item);
	return [[...deliveredItems(run), errorItem(nodeError, 0)], failedItems(items, run, notDelivered)];
}

function deliveredItems({ destination, delivery }: FinishedRun): INodeExecutionData[] {
	return delivery.delivered.map(({ number, events, requests, alreadyThere, maybeDuplicated }) => {
		const json: IDataObject = {
			destination: destination.product,
			batch: number + 1,
			count: events.length,
			firstEventId: events[0].id,
			lastEventId: events[events.length - 1].id,
			requests,
			attempts: Math.max(...events.map(({ attempts }) => attempts)),
			alreadyThere,
			maybeDuplicated,
		};
		return { json, pairedItem: events.map(({ item }) => ({ item })) };
	});
}

/** The event itself stays untouched under `event`, which "Event Field" reads when the items are delivered once more. */
function failedItems(items: IDataObject[], { destination, prepared }: FinishedRun, rejected: Rejected[]): INodeExecutionData[] {
	return rejected.map(({ item, id, reason, status = null, attempts }) => {
		const event = prepared.eventOf(item) ?? items[item];
		return itemFrom({ eventId: id, destination: destination.product, reason, status, attempts, event }, item);
	});
}

function allRejected({ prepared, delivery }: FinishedRun): Rejected[] {
	return [...prepared.rejected, ...delivery.rejected].sort((one, other) => one.item - other.item);
}

function countsOf({ prepared, delivery }: FinishedRun) {
	const delivered = delivery.delivered.reduce((sum, { events }) => sum + events.length, 0);
	return { delivered, failed: prepared.rejected.length + delivery.rejected.length, left: delivery.left.length, empty: prepared.empty };
}

function checkCounts(given: number, run: FinishedRun): void {
	const { delivered, failed, left, empty } = countsOf(run);
	if (given === delivered + failed + left + empty) return;
	const detail = `${given} in, ${delivered} delivered, ${failed} failed, ${left} left, ${empty} empty`;
	throw siemFailure('SIEM-COUNTS', { values: { detail } });
}

function withProgress(failure: Failure, run: FinishedRun): Failure {
	const { delivered, failed, left } = countsOf(run);
	const advice = `${failure.text.advice} Of ${delivered + failed + left} events ${delivered} were delivered before.`;
	return new Failure(failure.code, { ...failure.text, advice }, failure.details);
}

function giveHints(context: IExecuteFunctions, given: number, run: FinishedRun): void {
	const { delivered, failed, left, empty } = countsOf(run);
	const say = (type: 'info' | 'warning', message: string) => context.addExecutionHints({ message, type, location: 'outputPane' });
	const parts = [
		`${delivered} delivered in ${many(run.delivery.delivered.length, 'batch', 'batches')}`,
		`${failed} refused`,
		...(left ? [`${left} not delivered`] : []),
		...(empty ? [`${empty} left out as empty`] : []),
	];
	say(failed || left ? 'warning' : 'info', `${many(given, 'item', 'items')} = ${parts.join(' + ')}`);
	for (const [remark, count] of run.prepared.remarks) say('warning', `${remark}: ${many(count, 'event', 'events')}`);
	const repeated = run.delivery.delivered.filter(({ maybeDuplicated }) => maybeDuplicated);
	if (repeated.length > 0) {
		const events = repeated.reduce((sum, batch) => sum + batch.events.length, 0);
		say('warning', `${many(events, 'event', 'events')} in ${many(repeated.length, 'batch', 'batches')} may have arrived twice: an answer was lost, and the batch was sent again. Event IDs tell.`);
	}
}

function many(count: number, one: string, several: string): string {
	return `${count} ${count === 1 ? one : several}`;
}
