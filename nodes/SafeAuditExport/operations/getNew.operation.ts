import { type IExecuteFunctions, type INodeExecutionData, type INodeProperties, updateDisplayOptions } from 'n8n-workflow';
import { collect } from '../../shared/checkpoint/collect';
import type { SlotName } from '../../shared/checkpoint/slots';
import { planWindow } from '../../shared/checkpoint/window';
import { Failure, isFailure } from '../../shared/core/failure';
import { formatUtc, MINUTE_MS } from '../../shared/core/time';
import { positionProperties, readPosition, refuseFuture, type SavedPosition, slotProperty } from '../../shared/n8n/checkpointItem';
import { archiveProperties, type CollectedRun, handOut } from '../../shared/n8n/collected';
import { output } from '../../shared/n8n/descriptions';
import { bounded, readOptions } from '../../shared/n8n/parameters';
import { openSafe } from '../../shared/n8n/safeClient';
import type { AuditRow } from '../../shared/safe/auditCsv';
import { enrichUsers, rowOptions } from '../auditRows';
import { endpointOptions, forItems, itemsOutput, waitOptions } from '../descriptions';
import { waitForExport } from '../exportRun';
import { type NewOptions, type NewRun, type Planned, readArchive, readItems } from '../newRows';
import { chooseExport, SAFE_RETENTION_MS } from '../position';

const properties: INodeProperties[] = [
	...positionProperties,
	{
		displayName: 'Position Name',
		name: 'checkpointName',
		type: 'string',
		default: 'safe-audit',
		required: true,
		description: 'Name of the saved position; each workflow that reads this log wants its own',
	},
	slotProperty('1h'),
	itemsOutput,
	...forItems([output, enrichUsers]),
	...archiveProperties,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			{
				displayName: 'Allow Frequent Requests',
				name: 'allowFrequent',
				type: 'boolean',
				default: false,
				description: 'Whether to request exports less than 20 hours apart, which SAFE asks not to do',
			},
			...endpointOptions,
			...waitOptions,
			...rowOptions,
			{
				displayName: 'Re-Read (Hours)',
				name: 'overlap',
				type: 'number',
				typeOptions: { minValue: 0 },
				default: 24,
				description: 'How far each run reaches back behind the position to find rows that arrived late',
			},
			{
				displayName: 'Wait for Late Events (Minutes)',
				name: 'settlingLag',
				type: 'number',
				typeOptions: { minValue: 0 },
				default: 10,
				description: 'How long after its end a slot counts as closed',
			},
		],
	},
];

export const description = updateDisplayOptions({ show: { operation: ['getNew'] } }, properties);

/**
 * Reads what is new since the saved position from an export that reaches back far enough. Keeps nothing itself.
 * Out: events, archive files, checkpoint. An export that is not ready in time gives a Checkpoint item alone, which carries its uuid.
 * Throws `Failure`; then nothing has changed anywhere.
 */
export async function execute(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const nowMs = Date.now();
	const options = readOptions<NewOptions>(context, 0);
	const position = readPosition(context, SAFE_RETENTION_MS, nowMs);
	const client = await openSafe(context, options);
	const current = planFor(context, position, options, nowMs);
	refuseFuture(position, current.plan);
	const { readFromMs, startMs, endMs } = current.plan;
	const { pending: unfinished, lastRequestAtMs, fresh } = position.checkpoint ?? {};
	const carry = { pending: unfinished, lastRequestAtMs, fresh };
	const resumable = unfinished && position.rewindToMs === undefined;
	// No slot has closed since: an export would be queued for nothing.
	if (endMs <= startMs && !resumable) return await standStill(context, position, current, nowMs, carry);
	const wanted = { readFromMs, allowFrequent: options.allowFrequent === true };
	const choice = await chooseExport(context, client, position, wanted, nowMs);
	if ('tooSoonUntilMs' in choice) {
		warn(context, `SAFE was asked less than 20 hours ago; the next request is due after ${formatUtc(choice.tooSoonUntilMs)}`);
		return await standStill(context, position, current, nowMs, carry);
	}
	const { pending, dropped } = choice;
	const planned = planFor(context, position, options, pending.requestedAtMs);
	// An export is looked for where it was requested, also when the option was changed since.
	const owner = pending.family === client.exports.family ? client : await openSafe(context, { ...options, apiFamily: pending.family });
	const run: NewRun = { client, pending, position, planned, options, nowMs, says: exportsSaid({ dropped }) };
	const read = context.getNodeParameter('itemsOutput', 0, true) ? readItems : readArchive;
	const found = await unlessUnfinished(async () => {
		const report = { uuid: pending.uuid, file: await waitForExport(context, owner, pending.uuid, options) };
		return await read(context, owner, report, run);
	});
	if (found instanceof Failure) {
		warn(context, `${found.message}. The next run goes on with export ${pending.uuid}`);
		const waiting = { pending, lastRequestAtMs: pending.requestedAtMs, fresh: planned.plan.firstRun };
		return await standStill(context, position, planned, nowMs, waiting, exportsSaid({ unfinished: pending.uuid, dropped }));
	}
	return await found();
}

function planFor(context: IExecuteFunctions, position: SavedPosition, options: NewOptions, atMs: number): Planned {
	const slot = context.getNodeParameter('slot', 0) as SlotName;
	const overlapMs = bounded(options.overlap, 24, 0, 10_000) * 60 * MINUTE_MS;
	const settlingLagMs = bounded(options.settlingLag, 10, 0, 100_000) * MINUTE_MS;
	const settings = { ...position, oldest: position.startFrom === 'oldest', slot, settlingLagMs, overlapMs, retentionMs: SAFE_RETENTION_MS };
	return { plan: planWindow(position.checkpoint, settings, atMs), slot, overlapMs };
}

/** What reading an export gives; the failure where waiting for it can help, so that its uuid is not lost to a second request. */
async function unlessUnfinished<Result>(read: () => Promise<Result>): Promise<Result | Failure> {
	try {
		return await read();
	} catch (error) {
		if (isFailure(error) && (error.retryable || error.text.cause === 'temporarily-unavailable') && !/CANCELLED$/.test(error.code)) return error;
		throw asIs(error);
	}
}

/** For the Checkpoint item: the uuid of an export that was not ready in time, and of one that was given up, so that a workflow can tell people. */
function exportsSaid({ unfinished, dropped }: { unfinished?: string; dropped?: string }): { unfinishedExport: string | null; droppedExport: string | null } {
	return { unfinishedExport: unfinished ?? null, droppedExport: dropped ?? null };
}

function asIs(error: unknown): unknown {
	return error;
}

/** Hands out no events and a position that has not moved, with what it has to carry on. */
async function standStill(
	context: IExecuteFunctions,
	position: SavedPosition,
	{ plan, slot, overlapMs }: Planned,
	nowMs: number,
	carry: CollectedRun<AuditRow>['carry'],
	says = exportsSaid({}),
): Promise<INodeExecutionData[][]> {
	// A part that SAFE no longer keeps is named by the run that goes past it.
	const standsAtMs = plan.gap?.fromMs ?? plan.startMs;
	const still = { ...plan, startMs: standsAtMs, endMs: standsAtMs, gap: undefined };
	const result = await collect<AuditRow>(async () => ({ events: [] }), still, position.checkpoint, { slot, overlapMs, most: Infinity });
	const run = { product: 'SAFE', position, plan: still, result, slot, overlapMs, nowMs, passes: () => true, toJson: () => ({}), carry, says };
	return (await handOut(context, run)).outputs;
}

function warn(context: IExecuteFunctions, message: string): void {
	context.addExecutionHints({ message, type: 'warning', location: 'outputPane' });
}
