import { BUCKET_MS, bucketOf, type SeenIds } from './seen';

/** Ids of one bucket, a blank behind each. */
interface Block {
	bytes: Buffer;
	used: number;
	count: number;
}

const FIRST_BYTES = 4_096;
/** UTF-8 takes no more per UTF-16 unit. */
const MOST_BYTES_PER_CHARACTER = 3;

/**
 * The ids of a reading that a position has to remember, for any number of them: holds little more than it takes to see that a text of `most` ids is too long.
 * They are kept as bytes in blocks that are used again: as text, those dropped after a while would lie in V8's old space until a large collection.
 * Each id comes once, and holds no blank.
 */
export class RecentIds {
	private readonly blocks = new Map<number, Block>();
	private readonly free: Block[] = [];
	/** Ids taken since it was last looked which bucket can go, and the newest bucket that went. */
	private added = 0;
	private droppedTo = -Infinity;

	constructor(private readonly most: number) {}

	/** In: an id and its time (epoch ms). */
	add(id: string, timeMs: number): void {
		const bucket = bucketOf(timeMs);
		const block = this.blocks.get(bucket) ?? this.begin(bucket);
		if (block === undefined || block.count > this.most) return;
		const room = block.used + id.length * MOST_BYTES_PER_CHARACTER + 1;
		if (room > block.bytes.length) block.bytes = Buffer.concat([block.bytes], Math.max(room, 2 * block.bytes.length));
		block.used += block.bytes.write(id, block.used);
		block.bytes[block.used++] = 32;
		block.count++;
		if (++this.added > this.most) this.dropOld();
	}

	/** Adds them to the memory of a position. What that keeps in the end, after `forgetOldest`, is the same as if it had been given all. */
	addTo(seen: SeenIds): void {
		for (const [bucket, { bytes, used }] of this.blocks) {
			for (const id of bytes.toString('utf8', 0, used).split(' ')) if (id) seen.add(id, bucket * BUCKET_MS);
		}
	}

	private begin(bucket: number): Block | undefined {
		if (bucket <= this.droppedTo) return undefined;
		const block = Object.assign(this.free.pop() ?? { bytes: Buffer.alloc(FIRST_BYTES) }, { used: 0, count: 0 });
		this.blocks.set(bucket, block);
		return block;
	}

	private dropOld(): void {
		this.added = 0;
		let newer = 0;
		for (const [bucket, block] of [...this.blocks].sort(([left], [right]) => right - left)) {
			// The text is too long without this bucket already.
			if (newer > this.most) {
				this.blocks.delete(bucket);
				this.free.push(block);
				this.droppedTo = Math.max(this.droppedTo, bucket);
			}
			newer += block.count;
		}
	}
}
