/** Ids are remembered by five-minute buckets of their event's time, which is exact enough to forget them and costs few bytes. */
export const BUCKET_MS = 300_000;

/** The bucket of a time (epoch ms). */
export const bucketOf = (timeMs: number): number => Math.floor(timeMs / BUCKET_MS);

/**
 * Which events of the recent past were handed out already: ids by time, so that old ones can be forgotten.
 * The text form is one member per bucket: `{ "5982911": "id id id" }`. Ids hold no blanks (digits, hex and base64url).
 */
export class SeenIds {
	private readonly buckets = new Map<number, Set<string>>();

	/** Reads the text form; members that are not of it are left out. */
	static parse(value: unknown): SeenIds {
		const seen = new SeenIds();
		if (typeof value !== 'object' || value === null) return seen;
		for (const [bucket, ids] of Object.entries(value)) {
			if (!/^\d{1,9}$/.test(bucket) || typeof ids !== 'string') continue;
			for (const id of ids.split(' ').filter(Boolean)) seen.add(id, Number(bucket) * BUCKET_MS);
		}
		return seen;
	}

	toJSON(): Record<string, string> {
		const entries = [...this.buckets].sort(([left], [right]) => left - right);
		return Object.fromEntries(entries.map(([bucket, ids]) => [String(bucket), [...ids].sort().join(' ')]));
	}

	add(id: string, timeMs: number): void {
		const bucket = bucketOf(timeMs);
		const ids = this.buckets.get(bucket);
		if (ids) ids.add(id);
		else this.buckets.set(bucket, new Set([id]));
	}

	/** All ids, whatever their time. */
	ids(): Set<string> {
		return new Set([...this.buckets.values()].flatMap((ids) => [...ids]));
	}

	/** A copy without the buckets that end at or before a time. */
	since(timeMs: number): SeenIds {
		const kept = new SeenIds();
		for (const [bucket, ids] of this.buckets) {
			if ((bucket + 1) * BUCKET_MS > timeMs) kept.buckets.set(bucket, new Set(ids));
		}
		return kept;
	}

	/** Forgets the oldest bucket. Out: the time from which the memory is whole again; undefined when nothing is left to forget. */
	forgetOldest(): number | undefined {
		const [oldest] = [...this.buckets.keys()].sort((left, right) => left - right);
		if (oldest === undefined) return undefined;
		this.buckets.delete(oldest);
		return (oldest + 1) * BUCKET_MS;
	}
}
