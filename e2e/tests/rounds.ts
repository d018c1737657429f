/** The same stretch of SecurID's log read again and again by securid-admin-log-fan-out, with empty sinks each time: what tests that kill processes do. */
import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { BUCKET } from '../../tools/demo/world';
import type { SavedWorkflow } from '../server/n8nApi';
import { failure, HOUR_MS, idsOf, through, type Position, type Rig } from './rig';

const MINUTE_MS = 60_000;
/** The embedded S3 puts the parts of an upload together after its answer to the last one. */
const S3_SETTLES_MS = 300;

/** Events of one kind that happen at once. */
export interface Happening {
	count: number;
	/** After the beginning of the stretch. */
	minutes: number;
	/** Default: a sign-out, of which nobody is told. */
	activityKey?: string;
}

export class Rounds {
	private constructor(
		private readonly rig: Rig,
		/** Beginning of the stretch: three hours before the position of the run that was made first. */
		readonly fromMs: number,
		private readonly events: number,
	) {}

	/** Runs the workflow once for a position and fills the three hours before it, in which nothing may have happened yet. */
	static async prepare(rig: Rig, workflow: SavedWorkflow, happenings: Happening[]): Promise<Rounds> {
		expect(failure(await rig.execute(workflow))).toMatch(/^success/);
		const fromMs = Date.parse(through(String((await rig.position())?.checkpoint))) - 3 * HOUR_MS;
		for (const { count, minutes, activityKey = 'SIGNOUT' } of happenings) {
			const event = { atMs: fromMs + minutes * MINUTE_MS, activityKey, result: 'SUCCESS' } as const;
			rig.local.world.securId.addEvents(...Array.from({ length: count }, () => event));
		}
		return new Rounds(rig, fromMs, happenings.reduce((sum, { count }) => sum + count, 0));
	}

	/** Empties the sinks and has the next run read the stretch again. */
	async begin(): Promise<void> {
		this.rig.local.world.siem.events.length = 0;
		const bucket = path.join(this.rig.folder, 's3', BUCKET);
		for (const name of readdirSync(bucket)) rmSync(path.join(bucket, name), { recursive: true, force: true });
		await this.rig.rewind(this.fromMs);
	}

	/** Throws when an event before a saved position is not at both sinks, or one is in two archive objects. */
	async expectDelivered({ checkpoint }: Position): Promise<void> {
		const owed = idsOf(this.rig.local.world.securId.events.filter(({ atMs }) => atMs >= this.fromMs && atMs < Date.parse(through(checkpoint))));
		expect(owed).toHaveLength(this.events);
		await s3Settled();
		expect(await this.rig.archived()).toEqual(owed);
		expect([...new Set(this.rig.posted())]).toEqual(owed);
	}
}

/** Waits until the embedded S3 has put together what was uploaded to it last. */
export async function s3Settled(): Promise<void> {
	await wait(S3_SETTLES_MS);
}
