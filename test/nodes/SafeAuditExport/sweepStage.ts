/**
 * Get New of SAFE Audit Export in n8n's engine against the fake SAFE, then sinks in memory in the workflow's order: archive, SIEM, save.
 * Every run is checked for what must always hold: the counts, the order, the hashes, no object replaced by other content.
 */
import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import type { RunReport } from '../../harness';
import type { SafeRow, World } from '../../simulators';
import type { Bench } from '../bench';

/** The cells of the row of positions that matter. */
export interface Row {
	checkpoint: string | null;
	revision: number | null;
	rewindTo: string | null;
}

export interface Run {
	report: RunReport;
	events: Array<Record<string, unknown>>;
	files: Array<{ key: string; bytes: Buffer; count: number; late: boolean }>;
	/** The one item of the Checkpoint output, and the position in it, parsed. */
	checkpoint: Record<string, unknown>;
	state: { through: string; pending?: { uuid: string; resumes: number }; seen: Record<string, string>; lastRequestAt?: string };
	hints: string;
}

export class Refused extends Error {}

export const isManifest = ({ key }: { key: string }) => key.includes('/_manifest/');
export const linesOf = (bytes: Buffer) =>
	gunzipSync(bytes).toString().split('\n').filter(Boolean).map((line) => JSON.parse(line) as Record<string, string>);

/** A row of the log that the test knows again by its details; equal arguments give rows that are equal letter for letter. */
export function auditRow(atMs: number, details: string, more: Partial<SafeRow> = {}): SafeRow {
	return { atMs, sourceIp: '198.51.100.7', sourcePort: 50443, userId: 'nobody', userName: '', action: 'User logged in', details, ...more };
}

export class Stage {
	row: Row = { checkpoint: null, revision: null, rewindTo: null };
	readonly s3 = new Map<string, Buffer>();
	readonly siem: string[] = [];
	readonly committed: Run[] = [];

	constructor(
		readonly bench: Bench,
		readonly world: World,
		readonly parameters: { options?: object } & Record<string, unknown> = {},
	) {}

	/** One run of the node, nothing delivered. A run that fails is a report with an error. */
	async read(parameters: { options?: object } & Record<string, unknown> = {}): Promise<RunReport> {
		const options = { ...this.parameters.options, ...parameters.options };
		const all = { operation: 'getNew', ...this.parameters, ...parameters, options };
		const input = [{ name: 'safe-audit', id: 1, ...this.row }];
		return await this.bench.run('safeAuditExport', all, { safeApi: this.world.credentials.safeApi }, { input });
	}

	/** A run at a time that must end well, delivered and saved. */
	async run(atMs: number, parameters = {}): Promise<Run> {
		jest.setSystemTime(atMs);
		const run = await this.checked(await this.read(parameters));
		this.deliver(run);
		return run;
	}

	/** Steps of a delivery; `refusal`: the n-th step (from 0) is refused, before or after it was done. */
	deliver(run: Run, refusal?: { at: number; after: boolean }): void {
		const batches = Array.from({ length: Math.ceil(run.events.length / 50) }, (_, index) => run.events.slice(index * 50, index * 50 + 50));
		const steps = [
			...run.files.map(({ key, bytes }) => () => this.put(key, bytes)),
			...batches.map((batch) => () => this.siem.push(...batch.map(({ eventId }) => String(eventId)))),
			() => {
				this.row = { checkpoint: String(run.checkpoint.checkpoint), revision: Number(run.checkpoint.revision), rewindTo: null };
				this.committed.push(run);
			},
		];
		steps.forEach((step, index) => {
			const struck = refusal?.at === index;
			if (struck && !refusal.after) throw new Refused('before');
			step();
			if (struck) throw new Refused('after');
		});
	}

	private put(key: string, bytes: Buffer): void {
		const there = this.s3.get(key);
		if (there && !there.equals(bytes)) throw new Error(`${key} would be replaced by other content`);
		this.s3.set(key, bytes);
	}

	/** The outcome of a run that ended well; throws what it ended with otherwise. */
	async checked(report: RunReport): Promise<Run> {
		if (report.error) throw report.error;
		const [item, ...others] = report.items('Node', 2);
		expect(others).toEqual([]);
		const checkpoint = item.json as Record<string, unknown>;
		const { fetched, emitted, duplicates, filtered } = checkpoint as Record<string, number>;
		expect(fetched).toBe(emitted + duplicates + filtered);
		const events = report.items('Node').map(({ json }) => json as Record<string, unknown>);
		expect(events).toHaveLength(emitted);
		const files = await Promise.all(
			report.items('Node', 1).map(async (file) => {
				const bytes = await report.binary(file);
				const { key, sha256, count, late } = file.json as { key: string; sha256: string; count: number; late: boolean };
				expect(sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
				return { key, bytes, count, late };
			}),
		);
		expect(checkpoint.archiveKeys).toEqual(files.map(({ key }) => key));
		expect(String(checkpoint.checkpoint).length).toBeLessThanOrEqual(256 * 1024);
		const hints = report.hints('Node').map(({ message }) => message).join('\n');
		return { report, events, files, checkpoint, state: JSON.parse(String(checkpoint.checkpoint)) as Run['state'], hints };
	}

	/** Events in all objects but the manifests: the details by which the test knows them, sorted. */
	archived(fits = /./): string[] {
		const keys = [...this.s3.keys()].filter((key) => !isManifest({ key }) && fits.test(key));
		return keys.flatMap((key) => linesOf(this.s3.get(key) as Buffer).map(({ Details }) => Details)).sort();
	}

	archivedIds(): string[] {
		return [...this.s3].filter(([key]) => !isManifest({ key })).flatMap(([, bytes]) => linesOf(bytes).map(({ eventId }) => eventId));
	}
}

export const detailsOf = ({ events }: Run): string[] => events.map(({ message }) => String(message));
