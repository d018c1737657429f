import { type IExecuteFunctions, type INodeExecutionData, type INodeProperties, updateDisplayOptions } from 'n8n-workflow';
import { DAY_MS, formatUtc, parseTime } from '../../shared/core/time';
import { includeOriginal, output, returnAllAndLimit } from '../../shared/n8n/descriptions';
import { itemFrom } from '../../shared/n8n/items';
import { readLimit, readOptions } from '../../shared/n8n/parameters';
import { securIdFailure } from '../../shared/securid/failures';
import { readWindow, type WindowResult } from '../../shared/securid/logs';
import { retentionMs, SECURID_LOGS, type SecurIdLogName } from '../../shared/securid/systems';
import { readDoor } from '../door';
import { eventProperties, readEventFilter } from '../events';
import { clockHint, jsonBuilder, openSecurId, pagingOptions, type PagingOptions, readPageSize } from '../reading';

interface Options extends PagingOptions {
	includeOriginal: boolean;
}

const properties: INodeProperties[] = [
	{
		displayName: 'Start Time',
		name: 'startTime',
		type: 'dateTime',
		default: '',
		placeholder: 'e.g. {{ $now.minus({ hours: 1 }) }}',
		description: 'Events after this time are read; empty means one day before the end. SecurID keeps 90 days, of the user log 40.',
	},
	{
		displayName: 'End Time',
		name: 'endTime',
		type: 'dateTime',
		default: '',
		placeholder: 'e.g. {{ $now }}',
		description: 'Events up to and including this time are read; empty means now',
	},
	...eventProperties('events', 'Events', { admin: 'all', user: 'all', system: 'all' }),
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
			...pagingOptions,
		],
	},
];

export const description = updateDisplayOptions({ show: { operation: ['getMany'] } }, properties);

/** Reads a closed time range of a log and gives one item per event. Throws `Failure`. */
export async function execute(context: IExecuteFunctions, itemIndex: number): Promise<INodeExecutionData[]> {
	const options = readOptions<Options>(context, itemIndex);
	const { afterMs, untilMs } = readTimeRange(context, itemIndex, Date.now());
	const door = readDoor(context, itemIndex);
	const wanted = readEventFilter(context, itemIndex, door.log);
	const { client, concurrency, clockOff } = await openSecurId(context, door, options);
	const result = await readWindow(client, {
		afterMs,
		untilMs,
		pageSize: readPageSize(options),
		concurrency,
		wanted,
		limit: readLimit(context, itemIndex),
		onPage: ({ pages, pageCount, fetched }) =>
			context.logger.debug(`SecurID: page ${pages} of ${pageCount ?? '?'}, ${fetched} events`),
	});
	giveHints(context, door.log, result, afterMs, clockOff());
	const toJson = jsonBuilder(door.log, context.getNodeParameter('output', itemIndex) as string, options.includeOriginal === true);
	return result.events.map((event) => itemFrom(toJson(event, {}, untilMs), itemIndex));
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

function giveHints(context: IExecuteFunctions, log: SecurIdLogName, result: WindowResult, afterMs: number, clockOff?: string): void {
	const { events, fetched, filtered, restarts, cut } = result;
	const say = (message: string, type: 'info' | 'warning' = 'info') =>
		context.addExecutionHints({ message, type, location: 'outputPane' });
	say(`SecurID: ${fetched} events read = ${events.length} returned + ${filtered} of other kinds`);
	if (cut) say('Reading stopped at "Limit", later events were not looked at; switch on "Return All" to get them', 'warning');
	if (restarts > 0) say(`The log changed while it was read, so it was read ${restarts + 1} times`);
	if (clockOff !== undefined) say(clockHint(clockOff), 'warning');
	if (afterMs < Date.now() - retentionMs(log)) {
		say(`"Start Time" is more than ${SECURID_LOGS[log].retentionDays} days ago; SecurID has purged what is older`, 'warning');
	}
}
