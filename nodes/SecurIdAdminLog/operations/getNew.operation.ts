import { createHash } from 'node:crypto';
import { type IExecuteFunctions, type INodeExecutionData, type INodeProperties, updateDisplayOptions } from 'n8n-workflow';
import { collect, type Source } from '../../shared/checkpoint/collect';
import type { SlotName } from '../../shared/checkpoint/slots';
import { planWindow } from '../../shared/checkpoint/window';
import { MINUTE_MS } from '../../shared/core/time';
import { stableJson } from '../../shared/delivery/archive';
import { securIdTimeMs } from '../../shared/mapping/securid';
import { positionProperties, readPosition, slotProperty } from '../../shared/n8n/checkpointItem';
import { archiveProperties, handOut } from '../../shared/n8n/collected';
import { includeOriginal, output } from '../../shared/n8n/descriptions';
import { bounded, readOptions } from '../../shared/n8n/parameters';
import { ADMIN_RETENTION_MS, readWindow } from '../../shared/securid/logs';
import type { SecurIdEvent } from '../../shared/securid/types';
import { eventProperties, readEventFilter } from '../events';
import { jsonBuilder, openSecurId, pagingOptions, type PagingOptions, readPageSize } from '../reading';

interface Options extends PagingOptions {
	includeOriginal: boolean;
	maxEvents: number;
	overlap: number;
	settlingLag: number;
}

const properties: INodeProperties[] = [
	...positionProperties,
	{
		displayName: 'Position Name',
		name: 'checkpointName',
		type: 'string',
		default: 'securid-admin',
		required: true,
		description: 'Name of the saved position; each log and each workflow that reads it wants its own',
	},
	slotProperty('15min'),
	...eventProperties,
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
				description: 'A run that would read more ends at an earlier slot; the next run goes on there, nothing is discarded',
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
	const position = readPosition(context, ADMIN_RETENTION_MS, nowMs);
	const slot = context.getNodeParameter('slot', 0) as SlotName;
	const overlapMs = bounded(options.overlap, 10, 0, 100_000) * MINUTE_MS;
	const settlingLagMs = bounded(options.settlingLag, 2, 0, 100_000) * MINUTE_MS;
	const plan = planWindow(
		position.checkpoint,
		{ ...position, slot, settlingLagMs, overlapMs, retentionMs: ADMIN_RETENTION_MS },
		nowMs,
	);
	const most = bounded(options.maxEvents, 50_000, 1, Infinity);
	const result = await collect(await sourceOf(context, options), plan, position.checkpoint, { slot, overlapMs, most });
	const form = context.getNodeParameter('output', 0) as string;
	const toJson = jsonBuilder(form, options.includeOriginal === true);
	const run = { product: 'SecurID', position, plan, result, slot, overlapMs, nowMs, passes: readEventFilter(context, 0), toJson };
	return (await handOut(context, run)).outputs;
}

async function sourceOf(context: IExecuteFunctions, options: Partial<Options>): Promise<Source<SecurIdEvent>> {
	const { client, concurrency } = await openSecurId(context, options);
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
