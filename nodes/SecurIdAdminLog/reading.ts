import { createHash } from 'node:crypto';
import type { IExecuteFunctions, INodeProperties, IPollFunctions } from 'n8n-workflow';
import type { Source } from '../shared/checkpoint/collect';
import type { RetryPolicy } from '../shared/core/retry';
import { stableJson } from '../shared/delivery/archive';
import { securIdOutput } from '../shared/mapping/output';
import { securIdTimeMs } from '../shared/mapping/securid';
import type { Marks } from '../shared/mapping/types';
import { credentialSend, readCredential } from '../shared/n8n/http';
import { bounded } from '../shared/n8n/parameters';
import { executionWaiting } from '../shared/n8n/waiting';
import { createSecurIdClient, type SecurIdClient } from '../shared/securid/client';
import { readKey, type SecurIdCredential } from '../shared/securid/keyFile';
import { LARGEST_PAGE, readWindow } from '../shared/securid/logs';
import type { SecurIdEvent } from '../shared/securid/types';

export interface PagingOptions {
	concurrency: number;
	pageSize: number;
}

/** How pages are asked for, for the Options collection. */
export const pagingOptions: INodeProperties[] = [
	{
		displayName: 'Page Size',
		name: 'pageSize',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 100 },
		default: 100,
		description: 'Events per request; SecurID gives 100 at most',
	},
	{
		displayName: 'Pages in Flight',
		name: 'concurrency',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 10 },
		default: 4,
		description: 'How many pages are asked for at once; falls to one by itself when SecurID asks to slow down',
	},
];

/** Reads Page Size, within the vendor's bounds. */
export function readPageSize({ pageSize }: Partial<PagingOptions>): number {
	return Math.floor(bounded(pageSize, LARGEST_PAGE, 1, LARGEST_PAGE));
}

/** SecurID's client for the credential of this node, and how many pages may be in flight: falls to one after a 429 or 503. */
export async function openSecurId(
	context: IExecuteFunctions | IPollFunctions,
	options: Partial<PagingOptions>,
	policy?: RetryPolicy,
): Promise<{ client: SecurIdClient; concurrency: () => number }> {
	const { baseUrl } = readKey(await readCredential<SecurIdCredential>(context, 'securIdApi'));
	let pagesInFlight = Math.floor(bounded(options.concurrency, 4, 1, 10));
	const client = createSecurIdClient({
		baseUrl,
		// Each request is signed anew, so a refused token is never an old one: there is nothing to renew.
		send: credentialSend(context, 'securIdApi', []),
		waiting: executionWaiting('getExecutionCancelSignal' in context ? context : {}),
		policy,
		onRetry: (failure, pauseMs) => {
			if (failure.details.status === 429 || failure.details.status === 503) pagesInFlight = 1;
			context.logger.info(`SecurID: ${failure.message}; asking again in ${Math.round(pauseMs / 1000)} s`);
		},
	});
	return { client, concurrency: () => pagesInFlight };
}

/** Makes an event's JSON in the form that Output asks for. In: the event, what the collection says of it, the time that stands in for an unreadable one. */
export function jsonBuilder(form: string, includeOriginal: boolean): (event: SecurIdEvent, marks: Marks, fallbackMs: number) => object {
	return (event, marks, fallbackMs) => securIdOutput('admin', event, { form, includeOriginal, fallbackMs }, marks);
}

/** SecurID as a source for `collect`: windows of [from, until), read whole or not at all. */
export async function securIdSource(
	context: IExecuteFunctions | IPollFunctions,
	options: Partial<PagingOptions>,
	policy?: RetryPolicy,
): Promise<Source<SecurIdEvent>> {
	const { client, concurrency } = await openSecurId(context, options, policy);
	return async (fromMs, untilMs, most) => {
		// The vendor's start is exclusive and its end inclusive (from the parameter names, assumed); in whole ms that is [from, until).
		const result = await readWindow(client, {
			afterMs: fromMs - 1,
			untilMs: untilMs - 1,
			pageSize: readPageSize(options),
			concurrency,
			wanted: () => true,
			most,
		});
		if (result.tooMany !== undefined) return { tooMany: result.tooMany };
		return {
			events: result.events.map((record) => ({ id: idOf(record), timeMs: securIdTimeMs(record), record })),
		};
	};
}

/** SecurID's own id. An event without one (never seen, but not ruled out) is known by its content. */
function idOf(event: SecurIdEvent): string {
	return event.eventId || createHash('sha256').update(stableJson(event)).digest('base64url').slice(0, 22);
}
