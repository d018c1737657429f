import { type IExecuteFunctions, type INodeExecutionData, type INodeProperties, updateDisplayOptions } from 'n8n-workflow';
import { LONGEST_CHECKPOINT, type PendingExport } from '../../shared/checkpoint/checkpoint';
import { collect } from '../../shared/checkpoint/collect';
import type { SlotName } from '../../shared/checkpoint/slots';
import { planWindow, type WindowPlan } from '../../shared/checkpoint/window';
import { Failure, isFailure } from '../../shared/core/failure';
import { DAY_MS, formatUtc, MINUTE_MS, parseTime } from '../../shared/core/time';
import { positionProperties, readPosition, refuseFuture, type SavedPosition, slotProperty } from '../../shared/n8n/checkpointItem';
import { archiveProperties, type CollectedRun, handOut } from '../../shared/n8n/collected';
import { output } from '../../shared/n8n/descriptions';
import { bounded, readOptions } from '../../shared/n8n/parameters';
import { type EndpointOptions, openSafe } from '../../shared/n8n/safeClient';
import type { AuditRow, AuditTable } from '../../shared/safe/auditCsv';
import type { SafeClient } from '../../shared/safe/client';
import { safeFailure } from '../../shared/safe/failures';
import { enrichUsers, hintRows, readRows, rowForm, rowOptions, type RowOptions } from '../auditRows';
import { endpointOptions, waitOptions } from '../descriptions';
import { waitForExport, type WaitOptions } from '../exportRun';
import { chooseExport, SAFE_RETENTION_MS } from '../position';

interface Options extends WaitOptions, RowOptions, EndpointOptions {
	allowFrequent?: boolean;
	overlap?: number;
	settlingLag?: number;
}

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
	output,
	enrichUsers,
	...archiveProperties,
	{
		displayName: 'Give Out Events',
		name: 'itemsOutput',
		type: 'boolean',
		default: true,
		description: 'Whether to give out an item per event; switch off when the archive files are all you need',
	},
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

/** The window and the settings that it was planned with; an export that was requested earlier is planned for its own moment. */
interface Planned {
	plan: WindowPlan;
	slot: SlotName;
	overlapMs: number;
}

/**
 * Reads what is new since the saved position from an export that reaches back far enough. Keeps nothing itself.
 * Out: events, archive files, checkpoint. An export that is not ready in time gives a Checkpoint item alone, which carries its uuid.
 * Throws `Failure`; then nothing has changed anywhere.
 */
export async function execute(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const nowMs = Date.now();
	const options = readOptions<Options>(context, 0);
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
	const table = await fetchTable(context, owner, pending, options);
	if (table instanceof Failure) {
		warn(context, `${table.message}. The next run goes on with export ${pending.uuid}`);
		const waiting = { pending, lastRequestAtMs: pending.requestedAtMs, fresh: planned.plan.firstRun };
		return await standStill(context, position, planned, nowMs, waiting, exportsSaid({ unfinished: pending.uuid, dropped }));
	}
	return await readExport(context, client, { pending, table, dropped }, { position, planned, options, nowMs });
}

function planFor(context: IExecuteFunctions, position: SavedPosition, options: Options, atMs: number): Planned {
	const slot = context.getNodeParameter('slot', 0) as SlotName;
	const overlapMs = bounded(options.overlap, 24, 0, 10_000) * 60 * MINUTE_MS;
	const settlingLagMs = bounded(options.settlingLag, 10, 0, 100_000) * MINUTE_MS;
	const settings = { ...position, oldest: position.startFrom === 'oldest', slot, settlingLagMs, overlapMs, retentionMs: SAFE_RETENTION_MS };
	return { plan: planWindow(position.checkpoint, settings, atMs), slot, overlapMs };
}

/** The rows of a finished export; the failure where waiting for it can help, so that its uuid is not lost to a second request. */
async function fetchTable(
	context: IExecuteFunctions,
	client: SafeClient,
	{ uuid }: PendingExport,
	options: Options,
): Promise<AuditTable | Failure> {
	try {
		const file = await waitForExport(context, client, uuid, options);
		return await readRows(context, client, { uuid, file }, options);
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

async function readExport(
	context: IExecuteFunctions,
	client: SafeClient,
	{ pending, table, dropped }: { pending: PendingExport; table: AuditTable; dropped?: string },
	{ position, planned, options, nowMs }: { position: SavedPosition; planned: Planned; options: Options; nowMs: number },
): Promise<INodeExecutionData[][]> {
	const { plan, slot, overlapMs } = planned;
	const form = await rowForm(context, client, table, options, 0);
	const { time } = form.columns;
	const timeOf = ({ record }: AuditRow) => (time === undefined ? undefined : parseTime(record[time], options.timezone || 'utc'));
	const rows = table.rows.map((row) => ({ id: shortId(row.eventId), timeMs: timeOf(row), record: row }));
	const result = await collect(async () => ({ events: rows }), plan, position.checkpoint, { slot, overlapMs, most: Infinity });
	hintRows(context, table, form, options);
	hintReach(context, plan, pending);
	const wanted = context.getNodeParameter('itemsOutput', 0, true) as boolean;
	const run: CollectedRun<AuditRow> = {
		...{ product: 'SAFE', position, plan, result, slot, overlapMs, nowMs },
		passes: () => wanted,
		toJson: form.toJson,
		archived: ({ record, eventId }) => ({ ...record, eventId }),
		carry: { lastRequestAtMs: pending.requestedAtMs },
		says: exportsSaid({ dropped }),
	};
	const { outputs, shrunkToMs } = await handOut(context, run);
	// Rows without a time are known by the memory alone: it lies at the end of the window, or everywhere where no row has one.
	const timeless = rows.some(({ timeMs }) => timeMs === undefined);
	if (timeless && shrunkToMs !== undefined && (time === undefined || shrunkToMs >= result.endMs)) {
		throw safeFailure('SAFE-TIME-COLUMN', { values: { detail: `${LONGEST_CHECKPOINT / 1024} KB` } });
	}
	return outputs;
}

/** 22 characters of the row's hash, with the number of an identical row, are enough to know it again. */
function shortId(eventId: string): string {
	const [digest, ordinal] = eventId.split('#');
	const short = Buffer.from(digest, 'hex').toString('base64url').slice(0, 22);
	return ordinal ? `${short}#${ordinal}` : short;
}

function hintReach(context: IExecuteFunctions, plan: WindowPlan, pending: PendingExport): void {
	const reachMs = pending.requestedAtMs - pending.days * DAY_MS;
	if (reachMs <= plan.startMs) return;
	warn(context, `The export reaches back to ${formatUtc(reachMs)} only; rows from ${formatUtc(plan.startMs)} on were wanted`);
}

function warn(context: IExecuteFunctions, message: string): void {
	context.addExecutionHints({ message, type: 'warning', location: 'outputPane' });
}
