/** The shipped workflow on the local world, from one start again for each fault. */
import { cpSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { floorToSlot } from '../../../nodes/shared/checkpoint/slots';
import { withNode, type RunReport } from '../../harness';
import { DAY_MS, HOUR_MS, MINUTE_MS, NOW, restartTime } from '../../nodes/time';
import type { AdminEvent } from '../../simulators';
import { BUCKET, shipped, startTestWorld, type LocalWorld } from '../world';
import { startFaultyS3, type FaultyS3 } from './faultyS3';
import { CLOCK_STEPS } from './histories';

export const NAME = 'securid-admin-log-fan-out';
const TABLE = 'securid_safe_positions';
const POSITION = 'sweep';
const PAGE_SIZE = 10;
const SIEM_BATCH = 50;
const OVERLAP_MS = 10 * MINUTE_MS;
const MIDNIGHT = NOW - (NOW % DAY_MS);

/** What had happened before the run that something happens to. */
export interface WorkflowHistory {
	/** When it runs. */
	nowMs: number;
	/** The position that it reads on from, on the grid. */
	fromMs: number;
	maxEvents?: number;
	/** The grid. Default: the workflow's own, 15 minutes. */
	slot?: '15min' | '1h';
	/** Nothing was ever saved. */
	firstRun?: boolean;
}

export const WORKFLOW_HISTORIES = {
	// The window touches three UTC days and the midnights between.
	'three days behind': { nowMs: NOW, fromMs: MIDNIGHT - 2 * DAY_MS + 12 * HOUR_MS },
	'three days behind, with Max Events': { nowMs: NOW, fromMs: MIDNIGHT - 2 * DAY_MS + 12 * HOUR_MS, maxEvents: 45 },
	'first run': { nowMs: NOW, fromMs: MIDNIGHT - 2 * DAY_MS + 12 * HOUR_MS, firstRun: true },
	// By the hour: a run reads so many slots at most, and 90 days in quarters of an hour take twelve runs.
	'at the edge of the retention': { nowMs: NOW, fromMs: floorToSlot(NOW - 90 * DAY_MS + 75 * MINUTE_MS, '1h'), slot: '1h' },
	'just before midnight': { nowMs: MIDNIGHT - 8 * MINUTE_MS, fromMs: MIDNIGHT - 3 * HOUR_MS },
} satisfies Record<string, WorkflowHistory>;

/** What came to light between two attempts. */
export interface Arrivals {
	added: AdminEvent[];
	/** Slots whose content at SecurID is not what it was: their events may stand in two objects. */
	changed: Set<number>;
	/** Ids that the promise does not cover: later than the re-read reaches, or purged before they could be read. */
	excused: Set<string>;
}

/** The start of this history, made anew. */
export interface Case {
	/** Without further tries, n8n's and those of SIEM Webhook, which would mend nearly every single fault; the client's own stay. */
	run(changes?: { atMs?: number; withTries?: boolean; withoutLimit?: boolean }): Promise<RunReport>;
	/** Clean runs until all that has closed is read. Throws when one of them fails. */
	catchUp(atMs: number): Promise<number>;
	/** The saved cells. */
	row(): { checkpoint: unknown; revision: unknown; position: unknown };
	/** Objects of the archive, manifests too. */
	objects(): Map<string, Buffer>;
	/** Row and sinks as they are; the function brings them back. */
	keep(): () => void;
	/** Equal ones have the same row, objects and events in the SIEM. */
	fingerprint(): string;
	/** Late events, and new ones, until the time of the next attempt. */
	arrive(thenMs: number): Arrivals;
	/** What must hold after clean runs: every id that is owed in S3 exactly once and in the SIEM; nothing replaced since `before`. */
	check(before: Map<string, Buffer>, arrivals?: Arrivals): void;
}

export interface WorkflowBench {
	local: LocalWorld;
	s3: FaultyS3;
	history: WorkflowHistory;
	/** Events of the log at the start. */
	total: number;
	fresh(): Case;
	stop(): Promise<void>;
}

export async function startWorkflowBench(seed: number, history: WorkflowHistory = WORKFLOW_HISTORIES['three days behind']): Promise<WorkflowBench> {
	const { nowMs, fromMs, maxEvents, slot = '15min', firstRun = false } = history;
	restartTime();
	jest.setSystemTime(nowMs);
	const local = await startTestWorld(seed);
	const s3 = await startFaultyS3(local.s3.url);
	const { securId, siem, slack } = local.world;
	securId.events.length = 0;
	const midnightMs = Math.floor(nowMs / DAY_MS) * DAY_MS;
	const middleMs = midnightMs > fromMs ? midnightMs : fromMs + HOUR_MS;
	const happen = (count: number, atMs: number, activityKey = 'SIGNOUT') =>
		securId.addEvents(...Array.from({ length: count }, () => ({ atMs, activityKey, result: 'SUCCESS' })));
	for (const [at, atMs] of [fromMs, middleMs - 2, middleMs].entries()) {
		happen(39, atMs);
		happen(1, atMs + Math.min(at, 1), 'LOCKED_ADMIN_ACCOUNT');
	}
	const folder = path.join(local.s3.directory, BUCKET, 'audit');
	const kept = path.join(local.s3.directory, 'kept');
	const credentials = { ...local.credentials, aws: { ...local.credentials.aws, s3Endpoint: s3.url } };
	const rowNow = () => local.engine.dataTables.rows(TABLE)[0];
	const setRow = (cells: object) => void local.engine.dataTables.editRow(TABLE, Number(rowNow().id), { rewindTo: null, ...cells });
	const atStart = [...securId.events];

	const one: Case = {
		async run({ atMs = nowMs, withTries = false, withoutLimit = false } = {}) {
			jest.setSystemTime(atMs);
			let file = shipped(local, NAME, { positionName: POSITION });
			file = withNode(file, 'Get new events', (parameters) => {
				const options = { ...(parameters.options as object), pageSize: PAGE_SIZE, ...(maxEvents && { maxEvents }) };
				return { ...parameters, options, slot, startFrom: 'dateTime', startFromDate: iso(fromMs) };
			});
			file = withNode(file, 'Post to SIEM', (parameters) => {
				const options = { ...(parameters.options as object), batchSize: SIEM_BATCH, ...(!withTries && { attempts: 1 }) };
				return { ...parameters, options };
			});
			// n8n takes a pause of 0 for its own of a second.
			file.nodes = file.nodes.map((node) => ({ ...node, retryOnFail: withTries && node.retryOnFail, waitBetweenTries: 1 }));
			if (withoutLimit) file.settings = { ...file.settings, executionTimeout: undefined };
			return await local.engine.run(file, { credentials });
		},
		async catchUp(atMs) {
			for (let runs = 1; ; runs++) {
				const report = await one.run({ atMs });
				if (report.error) throw report.error;
				if (report.items('Get new events', 2)[0].json.more !== true) return runs;
			}
		},
		row: () => {
			const { checkpoint, revision, position } = rowNow();
			return { checkpoint, revision, position };
		},
		objects: () => objectsIn(folder),
		keep: () => {
			const [row, events] = [one.row(), [...siem.events]];
			rmSync(kept, { recursive: true, force: true });
			if (one.objects().size > 0) cpSync(folder, kept, { recursive: true });
			const full = one.objects().size > 0;
			return () => {
				setRow(row);
				siem.events.splice(0, Infinity, ...events);
				rmSync(folder, { recursive: true, force: true });
				if (full) cpSync(kept, folder, { recursive: true });
			};
		},
		fingerprint: () => JSON.stringify([one.row(), [...one.objects().keys()].sort(), siem.ids().sort()]),
		arrive(thenMs) {
			const through = rowNow().position ? new Date(rowNow().position as Date).getTime() : fromMs;
			const endMs = floorToSlot(nowMs - 2 * MINUTE_MS, slot);
			const late = [fromMs + MINUTE_MS, middleMs + MINUTE_MS, endMs - 5 * MINUTE_MS].flatMap((atMs) => happen(2, atMs));
			const fresh = thenMs > nowMs ? happen(3, nowMs + (thenMs - nowMs) / 2) : [];
			const edgeMs = thenMs - 90 * DAY_MS;
			const lost = [...securId.events].filter(({ atMs }) => atMs < edgeMs && atMs >= through);
			const tooLate = late.filter(({ atMs }) => atMs < through - OVERLAP_MS);
			return {
				added: [...late, ...fresh],
				changed: new Set(late.map(({ atMs }) => floorToSlot(atMs, slot))),
				excused: new Set([...lost, ...tooLate].map(({ eventId }) => String(eventId))),
			};
		},
		check(before, { changed, excused } = NOTHING) {
			const objects = one.objects();
			for (const [key, bytes] of before) if (!objects.get(key)?.equals(bytes)) throw new Error(`${key} was replaced or is gone`);
			const through = new Date(rowNow().position as Date).getTime();
			const owed = securId.events.filter(({ atMs, eventId }) => atMs >= fromMs && atMs < through && !excused.has(String(eventId))).map(({ eventId }) => String(eventId));
			const archived = [...objects].filter(([key]) => !key.includes('_manifest')).flatMap(([, bytes]) => idsIn(bytes));
			const [inS3, inSiem] = [new Set(archived), new Set(siem.ids())];
			const missing = owed.filter((id) => !inS3.has(id) || !inSiem.has(id));
			if (missing.length > 0) throw new Error(`missing: ${missing.join(', ')}`);
			const slotOf = new Map(securId.events.map(({ eventId, atMs }) => [String(eventId), floorToSlot(atMs, slot)]));
			const twice = archived.filter((id, index) => archived.indexOf(id) !== index && !changed.has(slotOf.get(id) ?? NaN));
			if (twice.length > 0) throw new Error(`in S3 twice: ${twice.join(', ')}`);
		},
	};
	const fresh = () => {
		for (const server of [securId, siem, slack]) {
			server.faults.clear();
			server.requests.length = 0;
		}
		securId.events.splice(0, Infinity, ...atStart);
		siem.events.length = 0;
		siem.batches.length = 0;
		rmSync(folder, { recursive: true, force: true });
		const text = { v: 1, name: POSITION, revision: 1, through: iso(fromMs), origin: iso(fromMs), seenSince: iso(fromMs), seen: {}, startFrom: 'now' };
		setRow(firstRun ? { checkpoint: null, revision: null, position: null } : { checkpoint: JSON.stringify(text), revision: 1, position: new Date(fromMs) });
		return one;
	};
	// Makes the table and the row.
	const { error } = await one.run();
	if (error) throw error;
	return {
		...{ local, s3, history, fresh, total: atStart.length },
		stop: async () => {
			await s3.close();
			await local.stop();
		},
	};
}

const NOTHING: Arrivals = { added: [], changed: new Set(), excused: new Set() };

/**
 * What follows attempts that something happened to: clean runs after each step of the clock, with late and new events and without, and clean
 * runs a day later. It depends on the row and the sinks alone, so equal ones are played once.
 */
export class Sequels {
	readonly played = new Set<string>();
	/** Runs of the workflow, those of the sequels. */
	runs = 0;

	constructor(readonly bench: WorkflowBench) {}

	async play(one: Case): Promise<void> {
		const key = one.fingerprint();
		if (this.played.has(key)) return;
		this.played.add(key);
		const { securId } = this.bench.local.world;
		const [back, before, log] = [one.keep(), one.objects(), [...securId.events]];
		const { nowMs, slot = '15min' } = this.bench.history;
		for (const [name, stepMs] of Object.entries(CLOCK_STEPS)) {
			for (const comes of [false, true]) {
				back();
				const thenMs = nowMs + stepMs;
				const arrivals = one.arrive(thenMs);
				if (!comes) {
					securId.events.splice(0, Infinity, ...log);
					arrivals.changed.clear();
				}
				for (const ms of [nowMs, thenMs, thenMs + DAY_MS]) arrivals.changed.add(floorToSlot(ms - 90 * DAY_MS, slot));
				securId.faults.clear();
				securId.faults.add({ on: { nth: 1 }, do: { changedTotal: null } });
				try {
					const { position } = one.row();
					this.runs += await one.catchUp(thenMs);
					// Where no slot has closed since, nothing was read: what is late comes with the next window.
					const waiting = String(one.row().position) === String(position) ? arrivals.added.map(({ eventId }) => String(eventId)) : [];
					one.check(before, { ...arrivals, excused: new Set([...arrivals.excused, ...waiting]) });
					this.runs += await one.catchUp(thenMs + DAY_MS);
					one.check(before, arrivals);
				} catch (error) {
					throw new Error(`then, ${name}${comes ? ', with late events' : ''}: ${String(error)}`);
				}
				securId.events.splice(0, Infinity, ...log);
			}
		}
		back();
	}
}

const iso = (ms: number) => new Date(ms).toISOString();

function idsIn(bytes: Buffer): string[] {
	const lines = gunzipSync(bytes).toString().split('\n').filter(Boolean);
	return lines.map((line) => String((JSON.parse(line) as { eventId: string }).eventId));
}

/** As s3rver keeps them; listing the whole bucket each time would take longer than the runs. */
function objectsIn(folder: string): Map<string, Buffer> {
	const suffix = '._S3rver_object';
	let names: string[];
	try {
		names = readdirSync(folder, { recursive: true }) as string[];
	} catch {
		return new Map();
	}
	return new Map(names.filter((name) => name.endsWith(suffix)).map((name) => [name.slice(0, -suffix.length), readFileSync(path.join(folder, name))]));
}
