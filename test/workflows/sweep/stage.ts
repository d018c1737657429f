/**
 * The plain driver of the sweep: Get New's own code, then sinks in memory in the workflow's order, archive, SIEM, save. Keeps what
 * S3 and the SIEM hold, refuses to replace an object by other content, and knows which events the saved runs owe.
 */
import { floorToSlot } from '../../../nodes/shared/checkpoint/slots';
import { type Happening, isManifest, linesOf, MINUTE_MS, type Outcome, type Row, runGetNew, saved, type Strike } from '../../unit/checkpoint/collector';

export const SIEM_BATCH = 50;

/** The only thing that a sink refuses: its n-th request (from 0), before or after it stored what came. */
export interface Refusal {
	at: number;
	after: boolean;
}

export class Refused extends Error {}

/** One execution between its steps, as n8n holds it. */
export interface Execution {
	/** The row as it was read. */
	row: Row;
	outcome: Outcome;
	/** Requests to sinks that are done: files, batches, and the save as the last. */
	done: number;
}

export class Stage {
	readonly s3 = new Map<string, Buffer>();
	readonly siem = new Set<string>();
	readonly owed = new Set<string>();
	committed: Outcome[] = [];
	runs = 0;

	constructor(
		public log: Happening[],
		public row: Row,
		readonly parameters: { options?: { overlap?: number; pageSize?: number; maxEvents?: number }; slot?: string; startFrom?: string; startFromDate?: string },
	) {}

	copy(): Stage {
		const copy = new Stage([...this.log], this.row, this.parameters);
		for (const [key, bytes] of this.s3) copy.s3.set(key, bytes);
		for (const id of this.siem) copy.siem.add(id);
		for (const id of this.owed) copy.owed.add(id);
		copy.committed = [...this.committed];
		return copy;
	}

	async read(nowMs: number, strike?: Strike): Promise<Execution> {
		this.runs++;
		const { row } = this;
		const outcome = await runGetNew(this.log, row, nowMs, this.parameters, strike);
		return { row, outcome, done: 0 };
	}

	/** How many requests to sinks an execution makes. */
	static sinkRequests({ outcome }: Execution): number {
		return outcome.files.length + batchesOf(outcome).length + 1;
	}

	/** Delivers up to a request to a sink (default: all), from where the execution stands. Throws `Refused`. */
	deliver(execution: Execution, { upTo = Infinity, refusal }: { upTo?: number; refusal?: Refusal } = {}): void {
		const { outcome } = execution;
		const steps = [
			...outcome.files.map((file) => () => this.put(file.key, file.bytes)),
			...batchesOf(outcome).map((batch) => () => batch.forEach((id) => this.siem.add(id))),
			() => this.save(execution),
		];
		for (; execution.done < Math.min(upTo, steps.length); execution.done++) {
			const struck = refusal?.at === execution.done;
			if (struck && !refusal.after) throw new Refused('before');
			steps[execution.done]();
			if (struck) throw new Refused('after');
		}
	}

	async runThrough(nowMs: number, strike?: Strike, refusal?: Refusal): Promise<Outcome> {
		const execution = await this.read(nowMs, strike);
		this.deliver(execution, { refusal });
		return execution.outcome;
	}

	/** Clean runs until nothing is left that has closed. */
	async catchUp(nowMs: number): Promise<void> {
		for (let more = true; more; ) more = (await this.runThrough(nowMs)).checkpoint.more === true;
	}

	private put(key: string, bytes: Buffer): void {
		const there = this.s3.get(key);
		if (there && !there.equals(bytes)) throw new Error(`${key} would be replaced by other content`);
		this.s3.set(key, bytes);
	}

	/** The compare-and-set of the workflow. */
	private save({ row, outcome }: Execution): void {
		if (JSON.stringify(row) !== JSON.stringify(this.row)) throw new Refused('the position changed meanwhile');
		this.owe(outcome);
		const before = this.committed[this.committed.length - 1];
		// No stretch of time is left out between two saved runs, unless it is named.
		if (before && !outcome.checkpoint.gap) expect(outcome.checkpoint.windowStart).toBe(before.checkpoint.windowEnd);
		this.row = saved(outcome);
		this.committed.push(outcome);
	}

	/** What a saved run promises: all that was visible to it in its window, and in the re-read before it. */
	private owe({ state, checkpoint, requests, visible }: Outcome): void {
		if (requests.length === 0) return;
		const endMs = Date.parse(String(state.through));
		const fromMs = Date.parse(String(requests[requests.length - 1].get('startTimeAfter'))) + 1;
		const startMs = Date.parse(String(checkpoint.windowStart));
		expect(fromMs).toBeLessThanOrEqual(startMs);
		expect(fromMs).toBeGreaterThanOrEqual(startMs - (this.parameters.options?.overlap ?? 10) * MINUTE_MS);
		for (const { id, atMs } of visible) if (atMs >= fromMs && atMs < endMs) this.owed.add(id);
	}

	/** Ids in all objects but the manifests, with the object and the slot that each lies in. */
	archived(keys: Iterable<string> = this.s3.keys()): Array<{ id: string; key: string; slotMs: number }> {
		return [...keys]
			.filter((key) => !isManifest({ key }))
			.flatMap((key) =>
				linesOf(this.s3.get(key) as Buffer).map(({ eventId, eventLogDate }) => {
					return { id: String(eventId), key, slotMs: floorToSlot(Date.parse(String(eventLogDate)), '15min') };
				}),
			);
	}

	/** Checks all that must hold once a clean run has followed. In: slots whose content at SecurID changed between attempts. */
	check(changedSlots: Set<number>): void {
		const everywhere = this.archived();
		const inS3 = new Set(everywhere.map(({ id }) => id));
		const missing = [...this.owed].filter((id) => !inS3.has(id) || !this.siem.has(id));
		if (missing.length > 0) throw new Error(`missing: ${missing.join(', ')}`);
		const seen = new Set<string>();
		for (const { id, slotMs, key } of everywhere) {
			if (seen.has(id) && !changedSlots.has(slotMs)) throw new Error(`${id} is in S3 twice, again in ${key}`);
			seen.add(id);
		}
		const named = this.committed.flatMap(({ files }) =>
			files.filter(isManifest).flatMap(({ bytes }) => (JSON.parse(bytes.toString()) as { objects: Array<{ key: string }> }).objects),
		);
		const committed = this.archived(named.map(({ key }) => key)).map(({ id }) => id);
		expect(committed.length).toBe(new Set(committed).size);
		expect(new Set(committed)).toEqual(this.owed);
	}

	/** Equal fingerprints: the same row, objects and events at the sinks. */
	fingerprint(): string {
		return JSON.stringify([this.row, [...this.s3.keys()].sort(), [...this.siem].sort(), this.committed.length]);
	}
}

function batchesOf({ ids }: Outcome): string[][] {
	return Array.from({ length: Math.ceil(ids.length / SIEM_BATCH) }, (_, index) => ids.slice(index * SIEM_BATCH, (index + 1) * SIEM_BATCH));
}
