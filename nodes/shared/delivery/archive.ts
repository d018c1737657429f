import { createHash } from 'node:crypto';
import { floorToSlot, SLOTS, type SlotName } from '../checkpoint/slots';
import { gzip } from '../core/gzip';
import { formatUtc } from '../core/time';

const SLOTS_AT_ONCE = 4;

const PIECE_CHARACTERS = 16 * 1024 * 1024;

/** An event as the archive keeps it. */
export interface ArchivedEvent {
	id: string;
	atMs: number;
	/** Its slot was archived in an earlier run: it goes into an object of its own. */
	late: boolean;
	record: object;
}

/** A file to store under its key. Equal events give equal bytes and an equal key, in any run on any machine. */
export interface ArchiveFile {
	key: string;
	bytes: Uint8Array;
	contentType: string;
	/** Of the bytes, hex. */
	sha256: string;
	/** Of the text before compression, hex; zlib versions may compress in different ways. */
	sha256Raw: string;
	count: number;
	firstEventTime: string;
	lastEventTime: string;
	late: boolean;
}

/**
 * Cuts events into one NDJSON.gz per slot, late ones apart.
 * In: prefix (e.g. audit), source (e.g. securid-admin), the grid, the events in any order. Out: files by slot.
 * A line is the vendor's record plus `eventId`, keys sorted; lines are sorted by time and id; the key's digest is of the text, so
 * the same content has the same key and other content another: no object is ever replaced by something else.
 */
export async function archiveFiles(
	prefix: string,
	source: string,
	slot: SlotName,
	events: ArchivedEvent[],
): Promise<ArchiveFile[]> {
	const groups = new Map<string, ArchivedEvent[]>();
	for (const event of events) {
		const name = `${floorToSlot(event.atMs, slot)} ${event.late ? 'late' : ''}`;
		const group = groups.get(name);
		if (group) group.push(event);
		else groups.set(name, [event]);
	}
	const sorted = [...groups.values()].sort((left, right) => left[0].atMs - right[0].atMs);
	const files: ArchiveFile[] = [];
	// Few at a time, so that the text of all slots is never in memory at once.
	for (let at = 0; at < sorted.length; at += SLOTS_AT_ONCE) {
		const some = sorted.slice(at, at + SLOTS_AT_ONCE).map(async (group) => await archiveFile(prefix, source, slot, group));
		files.push(...(await Promise.all(some)));
	}
	return files;
}

async function archiveFile(prefix: string, source: string, slot: SlotName, group: ArchivedEvent[]): Promise<ArchiveFile> {
	const events = [...group].sort((left, right) => left.atMs - right.atMs || (left.id < right.id ? -1 : 1));
	const text = [...textIn(events)];
	const sha256Raw = sha256(...text);
	const startMs = floorToSlot(events[0].atMs, slot);
	const { late } = events[0];
	const bytes = await gzip(...text);
	return {
		key: archiveKey(prefix, source, { startMs, endMs: startMs + SLOTS[slot], late, sha256Raw }),
		bytes,
		contentType: 'application/gzip',
		sha256: sha256(bytes),
		sha256Raw,
		count: events.length,
		firstEventTime: formatUtc(events[0].atMs),
		lastEventTime: formatUtc(events[events.length - 1].atMs),
		late,
	};
}

/** The lines of some events in UTF-8, in pieces: a string ends at half a gigabyte. Where a piece ends depends on the lines alone, as the compressed bytes must. */
function* textIn(events: ArchivedEvent[]): Generator<Uint8Array> {
	let lines: string[] = [];
	let characters = 0;
	for (const event of events) {
		const line = archiveLine(event);
		lines.push(line);
		characters += line.length;
		if (characters < PIECE_CHARACTERS) continue;
		yield Buffer.from(lines.join(''));
		[lines, characters] = [[], 0];
	}
	if (lines.length > 0) yield Buffer.from(lines.join(''));
}

/** An event's line in an archive file: the vendor's record plus `eventId`, members sorted. */
export function archiveLine({ id, record }: Pick<ArchivedEvent, 'id' | 'record'>): string {
	return `${stableJson({ eventId: id, ...record })}\n`;
}

/** Where an archive file is stored: by the slots that it spans (epoch ms, on the grid), and the digest of its text. */
export function archiveKey(
	prefix: string,
	source: string,
	{ startMs, endMs, late, sha256Raw }: { startMs: number; endMs: number } & Pick<ArchiveFile, 'late' | 'sha256Raw'>,
): string {
	const window = `${compact(startMs)}_${compact(endMs)}`;
	return `${prefix}/source=${source}/${dayFolder(startMs)}/${window}${late ? '_late' : ''}_${sha256Raw.slice(0, 16)}.ndjson.gz`;
}

export interface ManifestFacts {
	/** Name of the position, e.g. securid-admin. */
	name: string;
	revision: number;
	startMs: number;
	endMs: number;
	counts: Record<string, number>;
	gap?: { fromMs: number; toMs: number };
	/** SHA-256 of the manifest before; the committed manifests form a chain. */
	previousManifestSha256?: string;
}

/** The run's manifest: window, counts, objects and hashes. Holds nothing of the run's clock, so a repeated run writes the same. */
export function manifestFile(prefix: string, source: string, facts: ManifestFacts, files: Array<Omit<ArchiveFile, 'bytes'>>): ArchiveFile {
	const { name, revision, startMs, endMs, counts, gap, previousManifestSha256 } = facts;
	const objects = files.map(({ key, count, late, sha256: gz, sha256Raw, firstEventTime, lastEventTime }) => {
		return { key, count, late, sha256: gz, sha256Raw, firstEventTime, lastEventTime };
	});
	const text = `${stableJson({
		v: 1,
		name,
		source,
		revision,
		windowStart: formatUtc(startMs),
		windowEnd: formatUtc(endMs),
		...counts,
		gap: gap ? { from: formatUtc(gap.fromMs), to: formatUtc(gap.toMs) } : null,
		objects,
		previousManifestSha256: previousManifestSha256 ?? null,
	})}\n`;
	const digest = sha256(text);
	const window = `${compact(startMs)}_${compact(endMs)}`;
	return {
		key: `${prefix}/_manifest/source=${source}/${dayFolder(startMs)}/${window}_r${revision}_${digest.slice(0, 16)}.json`,
		bytes: new TextEncoder().encode(text),
		contentType: 'application/json',
		sha256: digest,
		sha256Raw: digest,
		count: objects.reduce((sum, { count }) => sum + count, 0),
		firstEventTime: formatUtc(startMs),
		lastEventTime: formatUtc(endMs),
		late: false,
	};
}

/** JSON with members sorted by name, at every depth. */
export function stableJson(value: unknown): string {
	return JSON.stringify(sorted(value));
}

/** A sorted copy: four times as fast as a replacer, which JSON.stringify calls for every member. */
function sorted(value: unknown): unknown {
	if (typeof value !== 'object' || value === null) return value;
	const shown: unknown = 'toJSON' in value && typeof value.toJSON === 'function' ? value.toJSON() : value;
	if (Array.isArray(shown)) return shown.map(sorted);
	if (typeof shown !== 'object' || shown === null) return shown;
	const members = shown as Record<string, unknown>;
	// By entries, since a member named __proto__ cannot be assigned.
	return Object.fromEntries(Object.keys(members).sort().map((name) => [name, sorted(members[name])]));
}

function dayFolder(ms: number): string {
	const [year, month, day] = formatUtc(ms).slice(0, 10).split('-');
	return `year=${year}/month=${month}/day=${day}`;
}

/** 20261121T001500Z: keys hold no colons. */
function compact(ms: number): string {
	return formatUtc(ms).replace(/[-:]|\.\d+/g, '');
}

function sha256(...content: Array<string | Uint8Array>): string {
	return content.reduce((hash, part) => hash.update(part), createHash('sha256')).digest('hex');
}
