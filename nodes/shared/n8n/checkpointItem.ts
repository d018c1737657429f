import type { IExecuteFunctions, INodeExecutionData, INodeProperties } from 'n8n-workflow';
import { type Checkpoint, parseCheckpoint, writeCheckpoint } from '../checkpoint/checkpoint';
import { positionFailure } from '../checkpoint/failures';
import { firstStart } from '../checkpoint/start';
import type { Gap, WindowPlan } from '../checkpoint/window';
import { formatUtc, parseTime } from '../core/time';
import { itemFrom } from './items';

/** How a position comes in: as parameters that read the row of a Data Table by default. */
export const positionProperties: INodeProperties[] = [
	{
		displayName:
			'This node remembers nothing itself: a workflow has to save what the Checkpoint output gives and hand it in again. The shipped fan-out workflows do so with a Data table; without that, each run reads the first window again.',
		name: 'positionNotice',
		type: 'notice',
		default: '',
	},
	{
		displayName: 'Saved Position',
		name: 'checkpoint',
		type: 'string',
		default: '={{ $json.checkpoint }}',
		description: 'What the Checkpoint output gave out last time, from where the workflow keeps it; empty on the first run',
	},
	{
		displayName: 'Rewind To',
		name: 'rewindTo',
		type: 'string',
		default: '={{ $json.rewindTo }}',
		placeholder: 'e.g. 2026-01-31T08:00:00Z',
		description: 'Time to read again from; wins over the saved position. Events from there on are handed out once more.',
	},
	{
		displayName: 'First Run Starts From',
		name: 'startFrom',
		type: 'options',
		options: [
			{ name: 'Date', value: 'dateTime', description: 'The date and time you choose' },
			{ name: 'Last 24 Hours', value: 'last24Hours', description: 'One day before the first run' },
			{ name: 'Now', value: 'now', description: 'Nothing of the past' },
			{ name: 'Oldest', value: 'oldest', description: 'Everything that the vendor still keeps' },
		],
		default: 'last24Hours',
		description: 'Matters on the first run only; later runs go on from the saved position',
	},
	{
		displayName: 'Start Date',
		name: 'startFromDate',
		type: 'dateTime',
		default: '',
		displayOptions: { show: { startFrom: ['dateTime'] } },
	},
];

/** The slot parameter; the products have different defaults. */
export function slotProperty(preset: string): INodeProperties {
	return {
		displayName: 'Slot',
		name: 'slot',
		type: 'options',
		options: [
			{ name: '1 Day', value: '1d' },
			{ name: '1 Hour', value: '1h' },
			{ name: '15 Minutes', value: '15min' },
			{ name: '5 Minutes', value: '5min' },
		],
		default: preset,
		description:
			'The grid of UTC time that windows and archive files are cut on. A slot is read when it has closed, so a shorter one brings events sooner and makes more files.',
	};
}

export interface SavedPosition {
	name: string;
	checkpoint: Checkpoint | undefined;
	/** Revision of the row that was read; undefined on the first run. */
	previousRevision: number | undefined;
	rewindToMs: number | undefined;
	startFrom: string;
	firstStartMs: number;
}

/** Reads the position that the workflow hands in with its first item. Throws `Failure`; a text that cannot be read is never taken for none. */
export function readPosition(context: IExecuteFunctions, retentionMs: number, nowMs: number): SavedPosition {
	const name = String(context.getNodeParameter('checkpointName', 0, '')).trim();
	if (!name) throw positionFailure('POSITION-NAME');
	refuseSeveralRows(context, name);
	const rewindToMs = readRewind(context);
	const saved = parseCheckpoint(context.getNodeParameter('checkpoint', 0, '') as unknown, name);
	if (saved.state === 'unreadable' && rewindToMs === undefined) {
		throw positionFailure('POSITION-UNREADABLE', { values: { name, reason: saved.reason } });
	}
	const checkpoint = saved.state === 'read' ? saved.checkpoint : undefined;
	const { revision } = context.getInputData()[0]?.json ?? {};
	const startFrom = context.getNodeParameter('startFrom', 0, 'last24Hours') as string;
	return {
		name,
		checkpoint,
		previousRevision: typeof revision === 'number' ? revision : checkpoint?.revision,
		rewindToMs,
		startFrom,
		firstStartMs: firstStart(startFrom, readStartDate(context, startFrom), retentionMs, nowMs),
	};
}

function refuseSeveralRows(context: IExecuteFunctions, name: string): void {
	const rows = context.getInputData().filter(({ json }) => json.name === name && json.id !== undefined);
	if (rows.length < 2) return;
	const ids = rows.map(({ json }) => String(json.id)).join(', ');
	throw positionFailure('POSITION-ROWS', { values: { name, count: rows.length, ids } });
}

function readRewind(context: IExecuteFunctions): number | undefined {
	const value = context.getNodeParameter('rewindTo', 0, '') as unknown;
	if (value === undefined || value === null || String(value).trim() === '') return undefined;
	const ms = parseTime(isDate(value) ? new Date(Number(value)) : value, context.getTimezone());
	if (ms === undefined) throw positionFailure('POSITION-REWIND', { values: { detail: `"${String(value).slice(0, 60)}"` } });
	return ms;
}

/** Data Table cells are dates, and n8n's expressions may run in another realm, where `instanceof` does not know them. */
function isDate(value: unknown): value is Date {
	return Object.prototype.toString.call(value) === '[object Date]';
}

function readStartDate(context: IExecuteFunctions, startFrom: string): number | undefined {
	if (startFrom !== 'dateTime') return undefined;
	const value = context.getNodeParameter('startFromDate', 0, '') as unknown;
	const ms = parseTime(value, context.getTimezone());
	if (ms === undefined) throw positionFailure('POSITION-START', { values: { detail: `"${String(value).slice(0, 60)}"` } });
	return ms;
}

/** Throws `Failure` when a position lies in the future: to wait for it would skip what happens until then. */
export function refuseFuture({ name }: SavedPosition, plan: WindowPlan): void {
	if (plan.future) throw positionFailure('POSITION-FUTURE', { values: { name, detail: formatUtc(plan.startMs) } });
}

/** What a run counted. `fetched` = `emitted` + `duplicates` + `filtered`. */
export interface RunCounts {
	fetched: number;
	emitted: number;
	duplicates: number;
	filtered: number;
	late: number;
}

/** Throws `Failure` when the counts of a run do not agree, so that no event goes missing unnoticed. */
export function checkCounts({ fetched, emitted, duplicates, filtered }: RunCounts): void {
	if (fetched === emitted + duplicates + filtered) return;
	const detail = `${fetched} fetched, ${emitted} emitted, ${duplicates} duplicates, ${filtered} filtered`;
	throw positionFailure('POSITION-COUNTS', { values: { detail } });
}

/** Throws `Failure` when the archive files of a run do not hold each of its new events. */
export function checkArchived(events: number, files: Array<{ count: number }>): void {
	const archived = files.reduce((sum, { count }) => sum + count, 0);
	if (archived === events) return;
	throw positionFailure('POSITION-COUNTS', { values: { detail: `${events} new events, ${archived} archived` } });
}

/** The one item of the Checkpoint output. Its `checkpoint` is what the next run wants as Saved Position. */
export function checkpointItem(
	next: Checkpoint,
	run: { previousRevision: number | undefined; startMs: number; more: boolean; gap?: Gap; archiveKeys: string[]; nowMs: number },
	counts: RunCounts,
): { item: INodeExecutionData; shrunkToMs?: number } {
	const { text, shrunkToMs } = writeCheckpoint(next);
	const json = {
		name: next.name,
		checkpoint: text,
		revision: next.revision,
		previousRevision: run.previousRevision ?? null,
		windowStart: formatUtc(run.startMs),
		windowEnd: formatUtc(next.throughMs),
		more: run.more,
		caughtUp: !run.more,
		lagMinutes: Math.max(0, Math.round((run.nowMs - next.throughMs) / 60_000)),
		...counts,
		gap: run.gap ? { from: formatUtc(run.gap.fromMs), to: formatUtc(run.gap.toMs) } : null,
		archiveKeys: run.archiveKeys,
	};
	return { item: itemFrom(json, 0), shrunkToMs };
}

/** Says what a user should know of a run in hints on the node. */
export function hintPosition(
	context: IExecuteFunctions,
	position: SavedPosition,
	plan: WindowPlan,
	run: { counts: RunCounts; product: string; more: boolean; shrunkToMs?: number; endMs: number },
): void {
	const { counts, product, more, shrunkToMs, endMs } = run;
	const say = (message: string, type: 'info' | 'warning' = 'info') =>
		context.addExecutionHints({ message, type, location: 'outputPane' });
	say(
		`${product}: ${counts.fetched} events read = ${counts.emitted} handed out + ${counts.duplicates} known already + ${counts.filtered} of other kinds or outside the window; ` +
			`window ${formatUtc(plan.startMs)} to ${formatUtc(endMs)}${counts.late > 0 ? `, ${counts.late} arrived late` : ''}`,
	);
	if (plan.gap) {
		say(`${product} no longer keeps events from ${formatUtc(plan.gap.fromMs)} to ${formatUtc(plan.gap.toMs)}; they were not collected`, 'warning');
	}
	if (more) say('More slots have closed than one run reads ("Max Events"); the next run goes on from here', 'warning');
	if (plan.firstRun) say('This is a first run or a rewind: its events are marked "backfill"');
	if (shrunkToMs !== undefined) {
		say(`So many events are in the re-read time that only those since ${formatUtc(shrunkToMs)} are remembered; shorten "Re-Read"`, 'warning');
	}
	const { checkpoint } = position;
	if (checkpoint?.startFrom && checkpoint.startFrom !== position.startFrom) {
		say('"First Run Starts From" was changed, but a position is saved and wins; use "rewindTo" to read again');
	}
}
