import { type IExecuteFunctions, type INodeExecutionData, type INodeProperties, updateDisplayOptions } from 'n8n-workflow';
import { DAY_MS, formatUtc, parseTime } from '../../shared/core/time';
import { eventFilter, simplifySecurId } from '../../shared/mapping/securid';
import { includeOriginal, output, returnAllAndLimit } from '../../shared/n8n/descriptions';
import { credentialSend, readCredential } from '../../shared/n8n/http';
import { itemFrom } from '../../shared/n8n/items';
import { bounded, readLimit, readList, readOptions } from '../../shared/n8n/parameters';
import { executionWaiting } from '../../shared/n8n/waiting';
import { createSecurIdClient } from '../../shared/securid/client';
import { securIdFailure } from '../../shared/securid/failures';
import { readKey, type SecurIdCredential } from '../../shared/securid/keyFile';
import { ADMIN_RETENTION_MS, LARGEST_PAGE, readWindow, type WindowResult } from '../../shared/securid/logs';
import type { SecurIdEvent } from '../../shared/securid/types';

interface Options {
	concurrency: number;
	includeOriginal: boolean;
	pageSize: number;
}

const properties: INodeProperties[] = [
	{
		displayName: 'Start Time',
		name: 'startTime',
		type: 'dateTime',
		default: '',
		placeholder: 'e.g. {{ $now.minus({ hours: 1 }) }}',
		description: 'Events after this time are read; empty means one day before the end. SecurID keeps 90 days.',
	},
	{
		displayName: 'End Time',
		name: 'endTime',
		type: 'dateTime',
		default: '',
		placeholder: 'e.g. {{ $now }}',
		description: 'Events up to and including this time are read; empty means now',
	},
	{
		displayName: 'Events',
		name: 'events',
		type: 'options',
		options: [
			{ name: 'All', value: 'all', description: 'Everything administrators and the system did' },
			{ name: 'Custom', value: 'custom', description: 'The activity keys you name' },
			{ name: 'Failed Sign-Ins', value: 'failedSignIns', description: 'SIGNIN events that did not succeed' },
			{ name: 'Lockouts', value: 'lockouts', description: 'Administrator accounts locked and unlocked' },
			{ name: 'Sign-Ins', value: 'signIns', description: 'Sign-ins, failed sign-ins, second factors and sign-outs' },
		],
		default: 'all',
	},
	{
		displayName: 'Activity Keys',
		name: 'activityKeys',
		type: 'string',
		default: '',
		placeholder: 'e.g. EDIT_POLICY, ADD_ADMIN_API_KEY',
		description: 'Comma-separated list of activity keys, as they stand in "activityKey" of a vendor record',
		displayOptions: { show: { events: ['custom'] } },
	},
	...returnAllAndLimit,
	output,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			includeOriginal,
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
		],
	},
];

export const description = updateDisplayOptions({ show: { operation: ['getMany'] } }, properties);

/** Reads a closed time range of the admin log and gives one item per event. Throws `Failure`. */
export async function execute(context: IExecuteFunctions, itemIndex: number): Promise<INodeExecutionData[]> {
	const options = readOptions<Options>(context, itemIndex);
	const { afterMs, untilMs } = readTimeRange(context, itemIndex, Date.now());
	const wanted = readEventFilter(context, itemIndex);
	const { baseUrl } = readKey(await readCredential<SecurIdCredential>(context, 'securIdApi'));
	let pagesInFlight = bounded(options.concurrency, 4, 1, 10);
	const client = createSecurIdClient({
		baseUrl,
		// Each request is signed anew, so a refused token is never an old one: there is nothing to renew.
		send: credentialSend(context, 'securIdApi', []),
		waiting: executionWaiting(context),
		onRetry: (failure, pauseMs) => {
			if (failure.details.status === 429 || failure.details.status === 503) pagesInFlight = 1;
			context.logger.info(`SecurID: ${failure.message}; asking again in ${Math.round(pauseMs / 1000)} s`);
		},
	});
	const result = await readWindow(client, {
		afterMs,
		untilMs,
		pageSize: bounded(options.pageSize, LARGEST_PAGE, 1, LARGEST_PAGE),
		concurrency: () => pagesInFlight,
		wanted,
		limit: readLimit(context, itemIndex),
		onPage: ({ pages, pageCount, fetched }) =>
			context.logger.debug(`SecurID: page ${pages} of ${pageCount ?? '?'}, ${fetched} events`),
	});
	giveHints(context, result, afterMs);
	const toJson = jsonBuilder(context.getNodeParameter('output', itemIndex) as string, options.includeOriginal === true);
	return result.events.map((event) => itemFrom(toJson(event), itemIndex));
}

function readTimeRange(context: IExecuteFunctions, itemIndex: number, nowMs: number) {
	const untilMs = readTime(context, 'endTime', 'End Time', itemIndex) ?? nowMs;
	const afterMs = readTime(context, 'startTime', 'Start Time', itemIndex) ?? untilMs - DAY_MS;
	if (afterMs < untilMs) return { afterMs, untilMs };
	throw securIdFailure('SECURID-TIME-ORDER', { values: { detail: `${formatUtc(afterMs)} and ${formatUtc(untilMs)}` } });
}

function readTime(context: IExecuteFunctions, name: string, field: string, itemIndex: number): number | undefined {
	const value = context.getNodeParameter(name, itemIndex, '') as unknown;
	if (value === '' || value === null || value === undefined) return undefined;
	const ms = parseTime(value, context.getTimezone());
	if (ms === undefined) throw securIdFailure('SECURID-TIME', { values: { field, detail: `"${String(value).slice(0, 60)}"` } });
	return ms;
}

function readEventFilter(context: IExecuteFunctions, itemIndex: number): (event: SecurIdEvent) => boolean {
	const events = context.getNodeParameter('events', itemIndex, 'all') as string;
	const keys = events === 'custom' ? readList(context.getNodeParameter('activityKeys', itemIndex, '')) : [];
	if (events === 'custom' && keys.length === 0) throw securIdFailure('SECURID-EVENTS');
	return eventFilter(events, keys);
}

function jsonBuilder(form: string, withOriginal: boolean): (event: SecurIdEvent) => object {
	if (form === 'vendor') return (event) => event;
	return (event) => ({ ...simplifySecurId(event), ...(withOriginal ? { original: event } : {}) });
}

function giveHints(context: IExecuteFunctions, result: WindowResult, afterMs: number): void {
	const { events, fetched, filtered, restarts, cut } = result;
	const say = (message: string, type: 'info' | 'warning' = 'info') =>
		context.addExecutionHints({ message, type, location: 'outputPane' });
	say(`SecurID: ${fetched} events read = ${events.length} returned + ${filtered} of other kinds`);
	if (cut) say('Reading stopped at "Limit", later events were not looked at; switch on "Return All" to get them', 'warning');
	if (restarts > 0) say(`The log changed while it was read, so it was read ${restarts + 1} times`);
	if (afterMs < Date.now() - ADMIN_RETENTION_MS) {
		say('"Start Time" is more than 90 days ago; SecurID has purged what is older', 'warning');
	}
}
