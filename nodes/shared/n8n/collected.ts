import { type IDataObject, type IExecuteFunctions, type INodeExecutionData, type INodeProperties, NodeConnectionTypes } from 'n8n-workflow';
import { advance } from '../checkpoint/advance';
import type { Checkpoint } from '../checkpoint/checkpoint';
import type { CollectResult } from '../checkpoint/collect';
import type { SlotName } from '../checkpoint/slots';
import type { WindowPlan } from '../checkpoint/window';
import { type ArchiveFile, archiveFiles, manifestFile } from '../delivery/archive';
import { archiveItems } from './archiveItems';
import { checkArchived, checkCounts, checkpointItem, hintPosition, type RunCounts, type SavedPosition } from './checkpointItem';
import { toNodeError } from './errors';
import { errorItem, itemFrom } from './items';

export const archivePrefix: INodeProperties = {
	displayName: 'Archive Prefix',
	name: 'archivePrefix',
	type: 'string',
	default: 'audit',
	description: 'First part of the keys of archive files',
};

/** The Archive controls of the operations that go on from a position. */
export const archiveProperties: INodeProperties[] = [
	{
		displayName: 'Make Archive Files',
		name: 'archiveFile',
		type: 'boolean',
		default: true,
		description:
			'Whether to give out a compressed file per slot with every new vendor record, whatever is chosen for events and output, and a manifest',
	},
	{ ...archivePrefix, displayOptions: { show: { archiveFile: [true] } } },
];

/** A finished reading, ready to be handed out. */
export interface CollectedRun<Record extends object> {
	product: string;
	position: SavedPosition;
	plan: WindowPlan;
	result: CollectResult<Record>;
	slot: SlotName;
	overlapMs: number;
	nowMs: number;
	/** Whether an event goes to the Events output; the archive holds all. */
	passes: (record: Record) => boolean;
	/** An item's JSON. In: the record, what the run says of it, and its time, or the end of the window where it has none. */
	toJson: (record: Record, marks: { backfill?: boolean; late?: boolean }, atMs: number) => object;
	/** What the archive keeps of a record; the record itself by default. */
	archived?: (record: Record) => object;
	/** What else the next position carries. */
	carry?: Pick<Checkpoint, 'pending' | 'lastRequestAtMs' | 'fresh'>;
	/** What else the Checkpoint item says; nothing that the next run needs. */
	says?: IDataObject;
}

/**
 * Hands out a reading: events, archive files, and the next position as the one item of the third output.
 * Throws `Failure` when the counts do not agree; nothing has changed anywhere then.
 */
export async function handOut<Record extends object>(
	context: IExecuteFunctions,
	run: CollectedRun<Record>,
): Promise<{ outputs: INodeExecutionData[][]; shrunkToMs?: number }> {
	const { result } = run;
	const wanted = result.events.filter(({ record }) => run.passes(record));
	const counts: RunCounts = {
		fetched: result.fetched,
		emitted: wanted.length,
		duplicates: result.duplicates,
		filtered: result.events.length - wanted.length + result.outside,
		late: result.late,
	};
	checkCounts(counts);
	const prefix = wantedPrefix(context);
	const files = prefix === undefined || isIdle(run) ? [] : await archiveFiles(prefix, run.position.name, run.slot, archivedEvents(run));
	if (prefix !== undefined) checkArchived(result.events.length, files);
	const { manifests, item, shrunkToMs } = positionAfter(context, run, counts, files);
	const historyEndMs = historyEnd(run);
	const events = wanted.map(({ record, atMs, late }) => {
		const backfill = !late && atMs < historyEndMs;
		return itemFrom(run.toJson(record, { ...(backfill ? { backfill } : {}), ...(late ? { late } : {}) }, atMs), 0);
	});
	return { outputs: [events, await archiveItems(context, [...files, ...manifests]), [item]], shrunkToMs };
}

/** What of a run the next position and the manifest are made of. */
export type RunFacts = Pick<CollectedRun<never>, 'product' | 'position' | 'plan' | 'overlapMs' | 'nowMs' | 'carry' | 'says'> & {
	result: Pick<CollectResult<unknown>, 'endMs' | 'more' | 'seen'>;
};

/** The Archive Prefix without slashes around it; undefined where no archive files are wanted. */
export function wantedPrefix(context: IExecuteFunctions): string | undefined {
	return context.getNodeParameter('archiveFile', 0, true) ? prefixFrom(context.getNodeParameter('archivePrefix', 0, 'audit')) : undefined;
}

/** A prefix as keys begin with it. */
export function prefixFrom(value: unknown): string {
	return String(value).replace(/^\/+|\/+$/g, '');
}

/** The manifest of a run, where one is wanted and a window was read, and the item of the Checkpoint output; says the run's hints. In: the run, its counts, the archive files it made. */
export function positionAfter(
	context: IExecuteFunctions,
	run: RunFacts,
	counts: RunCounts,
	files: Array<Omit<ArchiveFile, 'bytes'>>,
): { manifests: ArchiveFile[]; item: INodeExecutionData; shrunkToMs?: number } {
	const { position, plan, result, nowMs, product } = run;
	const revision = (position.previousRevision ?? 0) + 1;
	const manifests = manifestsOf(context, run, { revision, counts, files });
	const archiveKeys = [...files, ...manifests].map(({ key }) => key);
	const manifestSha256 = manifests[0]?.sha256 ?? position.checkpoint?.manifestSha256;
	const historyEndMs = historyEnd(run);
	const { item, shrunkToMs } = checkpointItem(
		advance({
			...{ name: position.name, revision, startFrom: position.startFrom, previous: position.checkpoint, plan, result },
			overlapMs: run.overlapMs,
			carry: { manifestSha256, backfillUntilMs: result.endMs < historyEndMs ? historyEndMs : undefined, ...run.carry },
		}),
		{ previousRevision: position.previousRevision, startMs: plan.startMs, more: result.more, gap: plan.gap, archiveKeys, nowMs },
		counts,
	);
	Object.assign(item.json, run.says);
	hintPosition(context, position, plan, { counts, product, more: result.more, shrunkToMs, endMs: result.endMs });
	return { manifests, item, shrunkToMs };
}

/** Events before it are history: a first run or a rewind brought them. */
function historyEnd({ plan, position }: Pick<RunFacts, 'plan' | 'position'>): number {
	return (plan.firstRun ? plan.endMs : position.checkpoint?.backfillUntilMs) ?? -Infinity;
}

function isIdle({ plan, result }: Pick<RunFacts, 'plan' | 'result'>): boolean {
	return result.endMs <= plan.startMs;
}

function archivedEvents<Record extends object>({ result, archived = asItIs }: CollectedRun<Record>) {
	return result.events.map((event) => ({ ...event, record: archived(event.record) }));
}

function manifestsOf(
	context: IExecuteFunctions,
	run: RunFacts,
	{ revision, counts, files }: { revision: number; counts: RunCounts; files: Array<Omit<ArchiveFile, 'bytes'>> },
): ArchiveFile[] {
	const prefix = wantedPrefix(context);
	if (prefix === undefined || isIdle(run)) return [];
	const { position, plan, result } = run;
	const previousManifestSha256 = position.checkpoint?.manifestSha256;
	const facts = { name: position.name, revision, startMs: plan.startMs, endMs: result.endMs, counts: { ...counts }, gap: plan.gap, previousManifestSha256 };
	return [manifestFile(prefix, position.name, facts, files)];
}

function asItIs<Value>(value: Value): Value {
	return value;
}

const main = NodeConnectionTypes.Main;
const named = ['Events', 'Archive', 'Checkpoint'].map((displayName) => `{ type: "${main}", displayName: "${displayName}" }`);

/** Get New has three outputs, the other operations one. */
export const positionOutputs: `={{${string}}}` = `={{ $parameter["operation"] === "getNew" ? [${named.join(', ')}] : ["${main}"] }}`;

/**
 * Runs Get New, which works on one position and so uses the first input item alone.
 * With "Continue on Fail" the error comes out on Events and nothing on Checkpoint, so that the position stays where it was.
 */
export async function runOnPosition(
	context: IExecuteFunctions,
	execute: (context: IExecuteFunctions) => Promise<INodeExecutionData[][]>,
): Promise<INodeExecutionData[][]> {
	try {
		return await execute(context);
	} catch (error) {
		const nodeError = toNodeError(context.getNode(), error, 0);
		if (!context.continueOnFail()) throw nodeError;
		return [[errorItem(nodeError, 0)], [], []];
	}
}
