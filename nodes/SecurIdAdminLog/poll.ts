import type { IDataObject, INodeExecutionData, IPollFunctions } from 'n8n-workflow';
import { advance } from '../shared/checkpoint/advance';
import { type Checkpoint, parseCheckpoint, writeCheckpoint } from '../shared/checkpoint/checkpoint';
import { collect, type Source } from '../shared/checkpoint/collect';
import { firstStart } from '../shared/checkpoint/start';
import { planWindow, type WindowSettings } from '../shared/checkpoint/window';
import type { RetryPolicy } from '../shared/core/retry';
import { DAY_MS, formatUtc, MINUTE_MS, parseTime } from '../shared/core/time';
import type { Marks } from '../shared/mapping/types';
import { itemFrom } from '../shared/n8n/items';
import { bounded } from '../shared/n8n/parameters';
import { securIdFailure } from '../shared/securid/failures';
import { retentionMs, SECURID_LOGS, type SecurIdLogName } from '../shared/securid/systems';
import type { SecurIdEvent } from '../shared/securid/types';
import { doorOf } from './door';
import { enteredKeys, eventFilterOf } from './events';
import { clockHint, jsonBuilder, openSecurId, type PagingOptions, securIdSource } from './reading';

/** Windows of the trigger end on the minute, so that an alert is not kept waiting for a longer slot. */
const SLOT = '1min';
/** Events of one step; after each step the time left is looked at, so that every poll makes progress. */
const STEP_EVENTS = 1_000;
const MANUAL_ITEMS = 10;
/** For an n8n that does not say how long a poll may take. */
const USUAL_BUDGET_MS = 30_000;

interface Options extends PagingOptions {
	includeOriginal?: boolean;
	maxEvents?: number;
	overlap?: number;
	settlingLag?: number;
}

interface PollSettings extends WindowSettings {
	name: string;
	startFrom: string;
	maxEvents: number;
}

/** What n8n keeps of the trigger: the position as text, and up to when events are history while a first poll's are still coming. */
interface TriggerState extends IDataObject {
	position: string;
	backfillUntil?: string;
}

/** What one poll found, and the state behind it. */
interface Found {
	items: INodeExecutionData[];
	next: TriggerState;
}

/**
 * One poll: oldest events first, as many as time and Max Events allow; the rest comes with the next poll.
 * In: the state after the last poll, empty before the first. Out: items and the next state. Throws `Failure`; nothing has changed then.
 */
export async function poll(context: IPollFunctions, saved: IDataObject): Promise<Found> {
	const nowMs = Date.now();
	const budgetMs = context.getPollBudgetMs?.() ?? USUAL_BUDGET_MS;
	const options = context.getNodeParameter('options', {}) as Partial<Options>;
	const door = readDoor(context);
	const settings = readSettings(context, door.log, options, nowMs);
	const toItem = readItemForm(context, door.log, options);
	const opened = await openSecurId(context, door, options, policyFor(budgetMs));
	const source = securIdSource(opened, options);
	// Another log was chosen since: its position says nothing of this one, so this is a first poll.
	const before = isOfAnotherLog(saved.position, door.log) ? parseCheckpoint('', '') : parseCheckpoint(saved.position, settings.name);
	// Nobody can mend a trigger's position by hand, so a damaged one must not stop it, nor be taken for "start now": a day is read again.
	// So is one in the future, which a wrong clock leaves behind: to wait for it would skip what happens until then.
	const usable = before.state === 'read' && !isAstray(before.checkpoint, nowMs) ? before.checkpoint : undefined;
	const warn = (message: string) => context.logger.warn(`SecurID trigger: ${message}`);
	if (before.state !== 'none' && !usable) {
		settings.firstStartMs = Math.min(settings.firstStartMs, nowMs - DAY_MS);
		const reason = before.state === 'unreadable' ? `cannot be read (${before.reason})` : 'lies in the future';
		warn(`the saved position ${reason}; read again from ${formatUtc(settings.firstStartMs)}, marked backfill`);
	}
	const found = await stepByStep({
		source,
		settings,
		start: usable,
		historyEndMs: parseTime(saved.backfillUntil),
		untilMs: nowMs + budgetMs / 2,
		nowMs,
		toItem,
		warn,
	});
	const off = opened.clockOff();
	if (off !== undefined) context.logger.warn(`SecurID trigger: ${clockHint(off)}`);
	return found;
}

const readDoor = (context: IPollFunctions) => doorOf((name) => context.getNodeParameter(name, ''));

const positionName = (log: string) => `securid-${log}-trigger`;

function isOfAnotherLog(position: unknown, log: SecurIdLogName): boolean {
	const others = Object.keys(SECURID_LOGS).filter((name) => name !== log);
	return others.some((name) => parseCheckpoint(position, positionName(name)).state === 'read');
}

/** Whether a position lies in the future without being that of a start date still to come. */
function isAstray({ throughMs, originMs, startFrom }: Checkpoint, nowMs: number): boolean {
	return throughMs > nowMs && !(startFrom === 'dateTime' && throughMs === originMs);
}

interface Steps {
	source: Source<SecurIdEvent>;
	settings: PollSettings;
	start: Checkpoint | undefined;
	/** Where the history that a first poll began to read ends; unknown once it was read. */
	historyEndMs: number | undefined;
	untilMs: number;
	nowMs: number;
	toItem: (event: SecurIdEvent, marks: Marks, atMs: number) => INodeExecutionData | undefined;
	/** Into n8n's log: a poll has no hints. */
	warn: (message: string) => void;
}

async function stepByStep({ source, settings, start, untilMs, nowMs, toItem, warn, ...before }: Steps): Promise<Found> {
	const { overlapMs, maxEvents, name, startFrom } = settings;
	const items: INodeExecutionData[] = [];
	let position = start;
	let { historyEndMs } = before;
	for (let more = true, steps = 0; more && items.length < maxEvents && (steps === 0 || Date.now() < untilMs); steps++) {
		const plan = planWindow(position, settings, nowMs);
		if (plan.firstRun) historyEndMs = plan.endMs;
		try {
			const result = await collect(source, plan, position, { slot: SLOT, overlapMs, most: STEP_EVENTS });
			for (const { record, atMs, late } of result.events) {
				const backfill = !late && atMs < (historyEndMs ?? -Infinity);
				const item = toItem(record, { ...(backfill ? { backfill } : {}), ...(late ? { late } : {}) }, atMs);
				if (item) items.push(item);
			}
			if (plan.gap) warn(`SecurID no longer keeps events from ${formatUtc(plan.gap.fromMs)} to ${formatUtc(plan.gap.toMs)}; they were not handed out`);
			const revision = (position?.revision ?? 0) + 1;
			position = advance({ name, revision, startFrom, previous: position, plan, result, overlapMs });
			more = result.more;
		} catch (error) {
			if (steps === 0 || position === undefined) throw asIs(error);
			warn(`handed out what was read so far; the rest is read by the next poll (${error instanceof Error ? error.message : String(error)})`);
			more = false;
		}
	}
	// SAFETY: the first step either sets the position or throws.
	return { items, next: stateBehind(position as Checkpoint, historyEndMs) };
}

function stateBehind(position: Checkpoint, historyEndMs: number | undefined): TriggerState {
	const ahead = historyEndMs !== undefined && position.throughMs < historyEndMs;
	return { position: writeCheckpoint(position).text, backfillUntil: ahead ? formatUtc(historyEndMs) : undefined };
}

function asIs(error: unknown): unknown {
	return error;
}

/** Tries shorter than the poll's own limit; a longer Retry-After is left to n8n, which waits between polls. */
function policyFor(budgetMs: number): RetryPolicy {
	return { attempts: 3, baseMs: 500, maxMs: Math.min(10_000, budgetMs / 6) };
}

function readSettings(context: IPollFunctions, log: SecurIdLogName, options: Partial<Options>, nowMs: number): PollSettings {
	const startFrom = context.getNodeParameter('startFrom', 'now') as string;
	const dateMs = startFrom === 'dateTime' ? readStartDate(context) : undefined;
	return {
		name: positionName(log),
		startFrom,
		oldest: startFrom === 'oldest',
		slot: SLOT,
		settlingLagMs: bounded(options.settlingLag, 2, 0, 100_000) * MINUTE_MS,
		overlapMs: bounded(options.overlap, 10, 0, 100_000) * MINUTE_MS,
		retentionMs: retentionMs(log),
		firstStartMs: firstStart(startFrom, dateMs, retentionMs(log), nowMs),
		maxEvents: bounded(options.maxEvents, 5_000, 1, 1_000_000),
	};
}

function readStartDate(context: IPollFunctions): number {
	const value = context.getNodeParameter('startFromDate', '') as unknown;
	const ms = parseTime(value, context.getTimezone());
	if (ms !== undefined) return ms;
	throw securIdFailure('SECURID-TIME', { values: { field: 'Start Date', detail: `"${String(value).slice(0, 60)}"` } });
}

function readItemForm(context: IPollFunctions, log: SecurIdLogName, options: Partial<Options>): Steps['toItem'] {
	const preset = context.getNodeParameter('triggerOn', 'failedSignIns') as string;
	const passes = eventFilterOf(log, preset, enteredKeys((name) => context.getNodeParameter(name, '')), 'Trigger On');
	const toJson = jsonBuilder(log, context.getNodeParameter('output', 'simplified') as string, options.includeOriginal === true);
	return (event, marks, atMs) => (passes(event) ? itemFrom(toJson(event, marks, atMs), 0) : undefined);
}

/** What a test by hand shows: the newest matching events of the last day. Reads and changes no position. */
export async function pollByHand(context: IPollFunctions): Promise<INodeExecutionData[]> {
	const options = context.getNodeParameter('options', {}) as Partial<Options>;
	const door = readDoor(context);
	const toItem = readItemForm(context, door.log, options);
	const source = securIdSource(await openSecurId(context, door, options), options);
	const nowMs = Date.now();
	const answer = await source(nowMs - DAY_MS, nowMs, Infinity);
	const events = 'events' in answer ? answer.events : [];
	// What a test shows is history: workflows can tell it from an alert.
	const items = events.map(({ record }) => toItem(record, { backfill: true }, nowMs)).filter((item) => item !== undefined);
	return items.slice(-MANUAL_ITEMS);
}
