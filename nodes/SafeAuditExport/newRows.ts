import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { LONGEST_CHECKPOINT, type PendingExport } from '../shared/checkpoint/checkpoint';
import { collect } from '../shared/checkpoint/collect';
import { type Sifter, sifter } from '../shared/checkpoint/sift';
import type { SlotName } from '../shared/checkpoint/slots';
import type { WindowPlan } from '../shared/checkpoint/window';
import { DAY_MS, formatUtc } from '../shared/core/time';
import { archiveItems, storedArchiveItem } from '../shared/n8n/archiveItems';
import { checkArchived, checkCounts, type SavedPosition } from '../shared/n8n/checkpointItem';
import { type CollectedRun, handOut, positionAfter, wantedPrefix } from '../shared/n8n/collected';
import type { EndpointOptions } from '../shared/n8n/safeClient';
import type { AuditRow } from '../shared/safe/auditCsv';
import type { SafeClient } from '../shared/safe/client';
import type { ReportFile } from '../shared/safe/exportFamilies';
import { safeFailure } from '../shared/safe/failures';
import { hintRows, readRows, rowForm, type RowOptions, usersWanted } from './auditRows';
import type { WaitOptions } from './exportRun';
import { streamRows } from './streamedRows';

export interface NewOptions extends WaitOptions, RowOptions, EndpointOptions {
	allowFrequent?: boolean;
	overlap?: number;
	settlingLag?: number;
}

/** The window and the settings that it was planned with; an export that was requested earlier is planned for its own moment. */
export interface Planned {
	plan: WindowPlan;
	slot: SlotName;
	overlapMs: number;
}

/** A run of Get New whose export is there. */
export interface NewRun {
	/** For the users, with the endpoints that are chosen now. */
	client: SafeClient;
	pending: PendingExport;
	position: SavedPosition;
	planned: Planned;
	options: NewOptions;
	nowMs: number;
	says: IDataObject;
}

/** What stands in for a time that cannot be read. */
const WINDOW_END = 'the end of the window';

interface Report {
	uuid: string;
	file: ReportFile;
}

/** Hands out what was read: events, archive files, checkpoint. */
export type HandOut = () => Promise<INodeExecutionData[][]>;

/** Reads an export whole. Throws `Failure`. Out: what hands out its new rows, an item each, and an archive file per slot. */
export async function readItems(context: IExecuteFunctions, owner: SafeClient, report: Report, { client, pending, position, planned, options, nowMs, says }: NewRun): Promise<HandOut> {
	const table = await readRows(context, owner, report, options);
	return async () => {
		const { plan, slot, overlapMs } = planned;
		const form = rowForm(context, table.columns, await usersWanted(context, client, 0), options, 0);
		const rows = table.rows.map((row) => ({ id: shortId(row.eventId), timeMs: form.timeOf(row.record), record: row }));
		const result = await collect(async () => ({ events: rows }), plan, position.checkpoint, { slot, overlapMs, most: Infinity });
		for (const { record } of table.rows) form.note(record);
		hintRows(context, { names: table.columns, rowsRead: table.rowsRead, ...form.seen }, form.columns, WINDOW_END);
		hintReach(context, plan, pending);
		const run: CollectedRun<AuditRow> = {
			...{ product: 'SAFE', position, plan, result, slot, overlapMs, nowMs, says },
			passes: () => true,
			toJson: form.toJson,
			archived: ({ record, eventId }) => ({ ...record, eventId }),
			carry: { lastRequestAtMs: pending.requestedAtMs },
		};
		const { outputs, shrunkToMs } = await handOut(context, run);
		refuseForgetting(rows.some(({ timeMs }) => timeMs === undefined), form.columns.time, shrunkToMs, result.endMs);
		return outputs;
	};
}

/** Reads an export into one archive file while it is downloaded. Throws `Failure`. Out: what hands out that file and no events. */
export async function readArchive(context: IExecuteFunctions, owner: SafeClient, report: Report, { pending, position, planned, options, nowMs, says }: NewRun): Promise<HandOut> {
	const { plan, slot, overlapMs } = planned;
	const prefix = wantedPrefix(context);
	const newSifter = () => sifter(plan, position.checkpoint, { overlapMs, shortestId: SHORT_ID });
	let sift: Sifter | undefined;
	const found = await streamRows(context, owner, report, options, {
		archive: prefix === undefined ? undefined : { prefix, source: position.name, slot },
		newSift: () => {
			const fresh = newSifter();
			sift = fresh;
			return (eventId, timeMs) => fresh.take(shortId(eventId), timeMs);
		},
	});
	return async () => {
		const result = (sift ?? newSifter()).result();
		const { fetched, duplicates, outside, late } = result;
		const counts = { fetched, emitted: 0, duplicates, filtered: result.new + outside, late };
		checkCounts(counts);
		if (prefix !== undefined) checkArchived(result.new, found.files);
		hintRows(context, found, found.columns, WINDOW_END);
		hintReach(context, plan, pending);
		const run = { product: 'SAFE', position, plan, result, overlapMs, nowMs, says, carry: { lastRequestAtMs: pending.requestedAtMs } };
		const { manifests, item, shrunkToMs } = positionAfter(context, run, counts, found.files);
		refuseForgetting(found.timeless, found.columns.time, shrunkToMs, result.endMs);
		const files = found.files.map((file) => storedArchiveItem(file, 0));
		return [[], [...files, ...(await archiveItems(context, manifests))], [item]];
	};
}

/** Rows without a time are known by the memory alone: it lies at the end of the window, or everywhere where no row has one. Throws `Failure` when it had to shrink there. */
function refuseForgetting(timeless: boolean, timeColumn: string | undefined, shrunkToMs: number | undefined, endMs: number): void {
	if (!timeless || shrunkToMs === undefined || (timeColumn !== undefined && shrunkToMs < endMs)) return;
	throw safeFailure('SAFE-TIME-COLUMN', { values: { detail: `${LONGEST_CHECKPOINT / 1024} KB` } });
}

const SHORT_ID = 22;

/** 22 characters of the row's hash, with the number of an identical row, are enough to know it again. */
function shortId(eventId: string): string {
	const [digest, ordinal] = eventId.split('#');
	const short = Buffer.from(digest, 'hex').toString('base64url').slice(0, SHORT_ID);
	return ordinal ? `${short}#${ordinal}` : short;
}

function hintReach(context: IExecuteFunctions, plan: WindowPlan, pending: PendingExport): void {
	const reachMs = pending.requestedAtMs - pending.days * DAY_MS;
	if (reachMs <= plan.startMs) return;
	const message = `The export reaches back to ${formatUtc(reachMs)} only; rows from ${formatUtc(plan.startMs)} on were wanted`;
	context.addExecutionHints({ message, type: 'warning', location: 'outputPane' });
}
