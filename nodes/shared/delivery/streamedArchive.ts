import { createHash } from 'node:crypto';
import { floorToSlot, SLOTS, type SlotName } from '../checkpoint/slots';
import { gzipFeed } from '../core/gzip';
import { jsonText } from '../core/jsonText';
import { formatUtc } from '../core/time';
import { archiveKey, archiveLine, type ArchiveFile } from './archive';

/** Text is compressed in pieces of this many characters at least, cut at lines: the same lines make the same pieces and so the same bytes. */
const PIECE_CHARACTERS = 64 * 1024;

/** Takes the bytes of a file as they come, and answers when they are stored. */
export type Store<Stored> = (bytes: AsyncIterable<Uint8Array>) => Promise<Stored>;

export interface StreamedFile<Stored> extends Omit<ArchiveFile, 'bytes'> {
	stored: Stored;
}

/** One NDJSON.gz that is stored while it is written. */
export interface StreamedArchive<Stored> {
	/** Adds a line (with its line end) of an event at a time (epoch ms). Waits while the store is slower. */
	add(line: string, atMs: number): Promise<void> | void;
	/** Ends the file. Its key spans the slots of its earliest and latest event; nothing but content and grid is in it. */
	finish(): Promise<StreamedFile<Stored>>;
	/** Gives the file up; answers when the store has let go of it. */
	abort(error: unknown): Promise<void>;
}

/**
 * Begins an archive file of events in the order in which they come, in memory that does not grow with them.
 * In: prefix, source and grid as `archiveFiles`, whether the events are late ones, and where the bytes go. Throws what the store throws.
 */
export function streamedArchive<Stored>(
	{ prefix, source, slot, late }: { prefix: string; source: string; slot: SlotName; late: boolean },
	store: Store<Stored>,
): StreamedArchive<Stored> {
	const zip = gzipFeed();
	const [raw, packed] = [createHash('sha256'), createHash('sha256')];
	const encoder = new TextEncoder();
	const span = { count: 0, firstMs: Infinity, lastMs: -Infinity };
	let [lines, characters]: [string[], number] = [[], 0];
	const storing = store(hashed(zip.bytes, packed));
	// A store that fails ends the writing; who writes is told by `finish` or `write`.
	const stopped = storing.then(
		() => undefined,
		async (error: unknown) => {
			await zip.abort(error);
			return { error };
		},
	);

	const write = async () => {
		const bytes = encoder.encode(lines.join(''));
		[lines, characters] = [[], 0];
		raw.update(bytes);
		try {
			await zip.write(bytes);
		} catch (error) {
			throw (await stopped)?.error ?? error;
		}
	};

	return {
		add(line, atMs) {
			lines.push(line);
			characters += line.length;
			span.count++;
			span.firstMs = Math.min(span.firstMs, atMs);
			span.lastMs = Math.max(span.lastMs, atMs);
			return characters < PIECE_CHARACTERS ? undefined : write();
		},
		async finish() {
			await write();
			await zip.end().catch(() => {});
			const stored = await storing;
			const sha256Raw = raw.digest('hex');
			const [startMs, endMs] = [floorToSlot(span.firstMs, slot), floorToSlot(span.lastMs, slot) + SLOTS[slot]];
			return {
				key: archiveKey(prefix, source, { startMs, endMs, late, sha256Raw }),
				contentType: 'application/gzip',
				sha256: packed.digest('hex'),
				sha256Raw,
				count: span.count,
				firstEventTime: formatUtc(span.firstMs),
				lastEventTime: formatUtc(span.lastMs),
				late,
				stored,
			};
		},
		async abort(error) {
			await zip.abort(error);
			await stopped;
		},
	};
}

async function* hashed(bytes: AsyncIterable<Uint8Array>, hash: ReturnType<typeof createHash>): AsyncGenerator<Uint8Array> {
	for await (const part of bytes) {
		hash.update(part);
		yield part;
	}
}

/**
 * Writes the archive's lines of rows that mostly have the same columns: what `archiveLine` writes, in a fraction of its time.
 * In: the columns of the file. Out: the line of a row, which may have other columns.
 */
export function lineWriter(columns: string[]): (record: Record<string, string>, eventId: string) => string {
	const sample = archiveLine({ id: '', record: Object.fromEntries(columns.map((name) => [name, ''])) });
	const names = Object.keys(JSON.parse(sample) as object);
	const heads = names.map((name, index) => `${index === 0 ? '{' : ','}${JSON.stringify(name)}:`);
	return (record, eventId) => {
		let [line, members] = ['', 0];
		for (let index = 0; index < names.length; index++) {
			const name = names[index];
			const cell = name === 'eventId' ? eventId : record[name];
			if (Object.hasOwn(record, name)) members++;
			line += heads[index] + jsonText(cell);
		}
		if (members !== Object.keys(record).length || members < columns.length) return archiveLine({ id: eventId, record: { ...record, eventId } });
		return `${line}}\n`;
	};
}
