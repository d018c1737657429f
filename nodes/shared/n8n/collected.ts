import { type IDataObject, type IExecuteFunctions, type INodeExecutionData, type INodeProperties, NodeConnectionTypes } from 'n8n-workflow';
import { advance } from '../checkpoint/advance';
import type { Checkpoint } from '../checkpoint/checkpoint';
import type { CollectResult } from '../checkpoint/collect';
import type { SlotName } from '../checkpoint/slots';
import type { WindowPlan } from '../checkpoint/window';
import { type ArchiveFile, archiveFiles, manifestFile } from '../delivery/archive';
import { archiveItems } from './archiveItems';
import { checkCounts, checkpointItem, hintPosition, type RunCounts, type SavedPosition } from './checkpointItem';
import { toNodeError } from './errors';
import { errorItem, itemFrom } from './items';

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
	{
		displayName: 'Archive Prefix',
		name: 'archivePrefix',
		type: 'string',
		default: 'audit',
		description: 'First part of the keys of archive files',
		displayOptions: { show: { archiveFile: [true] } },
	},
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
	const { position, plan, result, nowMs, product } = run;
	const historyEndMs = (plan.firstRun ? plan.endMs : position.checkpoint?.backfillUntilMs) ?? -Infinity;
	const wanted = result.events.filter(({ record }) => run.passes(record));
	const counts: RunCounts = {
		fetched: result.fetched,
		emitted: wanted.length,
		duplicates: result.duplicates,
		filtered: result.events.length - wanted.length + result.outside,
		late: result.late,
	};
	checkCounts(counts);
	const revision = (position.previousRevision ?? 0) + 1;
	const { files, manifestSha256 } = await archiveOf(context, run, revision, counts);
	const archiveKeys = files.map(({ key }) => key);
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
	const events = wanted.map(({ record, atMs, late }) => {
		const backfill = !late && atMs < historyEndMs;
		return itemFrom(run.toJson(record, { ...(backfill ? { backfill } : {}), ...(late ? { late } : {}) }, atMs), 0);
	});
	return { outputs: [events, await archiveItems(context, files), [item]], shrunkToMs };
}

async function archiveOf<Record extends object>(
	context: IExecuteFunctions,
	{ position, plan, result, slot, archived = asItIs }: CollectedRun<Record>,
	revision: number,
	counts: RunCounts,
): Promise<{ files: ArchiveFile[]; manifestSha256?: string }> {
	const previousManifestSha256 = position.checkpoint?.manifestSha256;
	if (!context.getNodeParameter('archiveFile', 0, true) || result.endMs <= plan.startMs) {
		return { files: [], manifestSha256: previousManifestSha256 };
	}
	const prefix = String(context.getNodeParameter('archivePrefix', 0, 'audit')).replace(/^\/+|\/+$/g, '');
	const events = result.events.map((event) => ({ ...event, record: archived(event.record) }));
	const files = await archiveFiles(prefix, position.name, slot, events);
	const { startMs, gap } = plan;
	const facts = { name: position.name, revision, startMs, endMs: result.endMs, counts: { ...counts }, gap, previousManifestSha256 };
	const manifest = manifestFile(prefix, position.name, facts, files);
	return { files: [...files, manifest], manifestSha256: manifest.sha256 };
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
