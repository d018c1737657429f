import type { Checkpoint } from './checkpoint';
import { SeenIds } from './seen';
import { floorToSlot, SLOTS, type SlotName } from './slots';
import type { WindowPlan } from './window';

/** An event on its way: its id, its time (undefined when it cannot be read), and the vendor's record. */
export interface Collectable<Record> {
	id: string;
	timeMs: number | undefined;
	record: Record;
}

/** A new event. `late`: its slot was closed in an earlier run. `atMs`: its time, or the end of the window where it has none. */
export interface Collected<Record> {
	id: string;
	atMs: number;
	late: boolean;
	record: Record;
}

/** What a source answers for a window: its events, or how many there would be when that is more than was asked for. */
export type SourceAnswer<Record> = { events: Array<Collectable<Record>> } | { tooMany: number };

/** Reads events of [fromMs, untilMs), whole or not at all. */
export type Source<Record> = (fromMs: number, untilMs: number, most: number) => Promise<SourceAnswer<Record>>;

export interface CollectResult<Record> {
	/** New events by time and id. */
	events: Array<Collected<Record>>;
	/** All events that the source gave. `fetched` = `events.length` + `duplicates` + `outside`. */
	fetched: number;
	/** Handed out before. */
	duplicates: number;
	/** Of another window: the vendor read our bounds in another way. They come with that window. */
	outside: number;
	late: number;
	/** End of what was read; before the plan's end when `most` cut it. */
	endMs: number;
	/** Slots remain that are closed already. */
	more: boolean;
	/** Ids of the overlap behind the new position. */
	seen: SeenIds;
}

/**
 * Reads a planned window and tells new events from known ones.
 * In: the source, the plan, the position it came from, grid and overlap, the most events of one run. Out: the new events and the memory for the next position.
 * At most `mostSlots` slots are read in one run, since each may become an archive file. A window with more events than `most` is halved, on the grid, until it fits or is a single slot, which is read whole: nothing is discarded.
 * Throws what the source throws; nothing has changed then.
 */
export async function collect<Record>(
	source: Source<Record>,
	plan: WindowPlan,
	previous: Checkpoint | undefined,
	settings: { slot: SlotName; overlapMs: number; most: number; mostSlots?: number },
): Promise<CollectResult<Record>> {
	const known = plan.firstRun ? new SeenIds() : (previous?.seen ?? new SeenIds());
	if (plan.endMs <= plan.startMs) {
		return { events: [], fetched: 0, duplicates: 0, outside: 0, late: 0, endMs: plan.startMs, more: false, seen: known };
	}
	const { found, endMs } = await readFitting(source, plan, settings);
	const result = sortOut(found, { ...plan, endMs }, known.ids());
	const { met, ...counted } = result;
	const seen = known.since(endMs - settings.overlapMs);
	// Events without a time lie in the last moment of the window and are remembered without any overlap too: they come as long as the vendor sends them.
	const rememberFromMs = endMs - Math.max(settings.overlapMs, 1);
	for (const { id, atMs } of met) if (atMs >= rememberFromMs) seen.add(id, atMs);
	return { ...counted, endMs, more: endMs < plan.endMs, seen };
}

async function readFitting<Record>(
	source: Source<Record>,
	plan: WindowPlan,
	{ slot, most, mostSlots = Infinity }: { slot: SlotName; most: number; mostSlots?: number },
): Promise<{ found: Array<Collectable<Record>>; endMs: number }> {
	const gridMs = floorToSlot(plan.startMs, slot);
	for (let slots = Math.min((plan.endMs - gridMs) / SLOTS[slot], mostSlots); ; slots = Math.ceil(slots / 2)) {
		const endMs = gridMs + slots * SLOTS[slot];
		const answer = await source(plan.readFromMs, endMs, slots > 1 ? most : Infinity);
		if ('events' in answer) return { found: answer.events, endMs };
	}
}

function sortOut<Record>(found: Array<Collectable<Record>>, plan: WindowPlan, known: Set<string>) {
	const events: Array<Collected<Record>> = [];
	// Known ones count as met anew: an event whose time cannot be read is remembered for as long as the vendor sends it.
	const met: Array<{ id: string; atMs: number }> = [];
	const taken = new Set<string>();
	let duplicates = 0;
	let outside = 0;
	for (const { id, timeMs, record } of found) {
		const atMs = timeMs ?? plan.endMs - 1;
		if (atMs < plan.readFromMs || atMs >= plan.endMs) {
			outside++;
			continue;
		}
		met.push({ id, atMs });
		if (known.has(id) || taken.has(id)) duplicates++;
		else events.push({ id, atMs, late: atMs < plan.startMs, record });
		taken.add(id);
	}
	events.sort((left, right) => left.atMs - right.atMs || compareText(left.id, right.id));
	return { events, met, fetched: found.length, duplicates, outside, late: events.filter(({ late }) => late).length };
}

function compareText(left: string, right: string): number {
	return left < right ? -1 : left > right ? 1 : 0;
}
