import { type IExecuteFunctions, type INodeExecutionData, type INodeProperties, updateDisplayOptions } from 'n8n-workflow';
import { collect } from '../../shared/checkpoint/collect';
import type { SlotName } from '../../shared/checkpoint/slots';
import { planWindow } from '../../shared/checkpoint/window';
import { MINUTE_MS } from '../../shared/core/time';
import { positionProperties, readPosition, refuseFuture, slotProperty } from '../../shared/n8n/checkpointItem';
import { archiveProperties, handOut } from '../../shared/n8n/collected';
import { includeOriginal, output } from '../../shared/n8n/descriptions';
import { bounded, readOptions } from '../../shared/n8n/parameters';
import { retentionMs as retentionOf } from '../../shared/securid/systems';
import { readDoor } from '../door';
import { eventProperties, readEventFilter } from '../events';
import { clockHint, jsonBuilder, openSecurId, pagingOptions, type PagingOptions, securIdSource } from '../reading';

/** Each slot may become an archive file, and n8n stores them one after another: after a long outage several runs catch up. */
const MOST_SLOTS = 384;

interface Options extends PagingOptions {
	includeOriginal: boolean;
	maxEvents: number;
	overlap: number;
	settlingLag: number;
}

const properties: INodeProperties[] = [
	...positionProperties,
	...['admin', 'system', 'user'].map(
		(log): INodeProperties => ({
			displayName: 'Position Name',
			name: 'checkpointName',
			type: 'string',
			default: `securid-${log}`,
			required: true,
			description: 'Name of the saved position; each log and each workflow that reads it wants its own',
			displayOptions: { show: { log: [log] } },
		}),
	),
	slotProperty('15min'),
	...eventProperties('events', 'Events', { admin: 'all', user: 'all', system: 'all' }),
	output,
	...archiveProperties,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			includeOriginal,
			{
				displayName: 'Max Events',
				name: 'maxEvents',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: 50000,
				description:
					'A run that would read more, or more than 384 slots, ends at an earlier slot; the next run goes on there, nothing is discarded',
			},
			...pagingOptions,
			{
				displayName: 'Re-Read (Minutes)',
				name: 'overlap',
				type: 'number',
				typeOptions: { minValue: 0 },
				default: 10,
				description: 'How far each run reaches back behind the position to find events that arrived late',
			},
			{
				displayName: 'Wait for Late Events (Minutes)',
				name: 'settlingLag',
				type: 'number',
				typeOptions: { minValue: 0 },
				default: 2,
				description: 'How long after its end a slot counts as closed',
			},
		],
	},
];

export const description = updateDisplayOptions({ show: { operation: ['getNew'] } }, properties);

/**
 * Reads the next window behind the saved position. Keeps nothing: the next position is the one item of the third output.
 * Out: events, archive files, checkpoint. Throws `Failure`; then nothing has changed anywhere.
 */
export async function execute(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const nowMs = Date.now();
	const options = readOptions<Options>(context, 0);
	const door = readDoor(context, 0);
	const retentionMs = retentionOf(door.log);
	const passes = readEventFilter(context, 0, door.log);
	const position = readPosition(context, retentionMs, nowMs);
	const slot = context.getNodeParameter('slot', 0) as SlotName;
	const overlapMs = bounded(options.overlap, 10, 0, 100_000) * MINUTE_MS;
	const settlingLagMs = bounded(options.settlingLag, 2, 0, 100_000) * MINUTE_MS;
	const plan = planWindow(
		position.checkpoint,
		{ ...position, oldest: position.startFrom === 'oldest', slot, settlingLagMs, overlapMs, retentionMs },
		nowMs,
	);
	refuseFuture(position, plan);
	const most = bounded(options.maxEvents, 50_000, 1, Infinity);
	const opened = await openSecurId(context, door, options);
	const result = await collect(securIdSource(opened, options), plan, position.checkpoint, { slot, overlapMs, most, mostSlots: MOST_SLOTS });
	const form = context.getNodeParameter('output', 0) as string;
	const toJson = jsonBuilder(door.log, form, options.includeOriginal === true);
	const run = { product: 'SecurID', position, plan, result, slot, overlapMs, nowMs, passes, toJson };
	const off = opened.clockOff();
	if (off !== undefined) context.addExecutionHints({ message: clockHint(off), type: 'warning', location: 'outputPane' });
	return (await handOut(context, run)).outputs;
}
