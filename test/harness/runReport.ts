/** What one execution came to, in the terms a test asks about: nodes, items, files, hints. */
import './environment';
import 'reflect-metadata';
import { Container } from '@n8n/di';
import { BinaryDataService } from 'n8n-core';
import type {
	ExecutionError,
	ExecutionStatus,
	IDataObject,
	INodeExecutionData,
	IRunData,
	IRunExecutionData,
	NodeExecutionHint,
} from 'n8n-workflow';

/** The outcome of `Engine.run`. */
export interface RunReport {
	/** `success`, `error`, `canceled`, or `waiting` when a Wait node put the execution aside. */
	status: ExecutionStatus;
	error?: ExecutionError;
	/** The node that ran last; when `status` is `error`, the one that failed. */
	lastNode?: string;
	/** n8n's own record, by node name and run. */
	runData: IRunData;
	/** The whole record that a server writes into its database, as it was left; absent when no node ran. */
	data?: IRunExecutionData;
	/**
	 * Items a node gave on one output (default: the first) in one of its runs (default: the last; several under a
	 * loop). Empty when the node did not run or gave none there.
	 */
	items(nodeName: string, output?: number, run?: number): INodeExecutionData[];
	/** Whether the node was executed at all; a disabled node that passed items on counts. */
	ran(nodeName: string): boolean;
	/** Hints the node showed, over all its runs. */
	hints(nodeName: string): NodeExecutionHint[];
	/** Content of a binary field (default `data`), read back from disk. Throws when the item has no such field. */
	binary(item: INodeExecutionData, field?: string): Promise<Buffer>;
	/** The workflow's static data as this execution left it, saved or not. */
	staticData: IDataObject;
	/** Goes on with an execution that waits, at once, as when its time has come. Only there when `status` is `waiting`. */
	resume?(): Promise<RunReport>;
	/** n8n's Retry with the workflow as it was: a new execution that goes on at the node that failed. Only there when `status` is `error`; may be called again. */
	retry?(): Promise<RunReport>;
	/**
	 * Resolves when the engine has let go of the last node. A cancelled run is reported at once, as the editor shows it,
	 * while a node that does not watch its cancel signal goes on; every other report is made at the very end.
	 */
	ended: Promise<void>;
}

/** Makes a report of what is known at the end of an execution. */
export function createReport(
	end: Pick<RunReport, 'status' | 'error' | 'lastNode' | 'runData' | 'data' | 'staticData' | 'resume' | 'retry'> & {
		ended?: Promise<void>;
	},
): RunReport {
	const runsOf = (nodeName: string) => end.runData[nodeName] ?? [];
	return {
		...end,
		ended: end.ended ?? Promise.resolve(),
		items: (nodeName, output = 0, run = -1) => runsOf(nodeName).at(run)?.data?.main?.[output] ?? [],
		ran: (nodeName) => runsOf(nodeName).length > 0,
		hints: (nodeName) => runsOf(nodeName).flatMap(({ hints }) => hints ?? []),
		async binary(item, field = 'data') {
			const file = item.binary?.[field];
			if (file === undefined) {
				const fields = Object.keys(item.binary ?? {}).join(', ') || 'none';
				throw new Error(`The item has no binary field "${field}"; it has ${fields}`);
			}
			return await Container.get(BinaryDataService).getAsBuffer(file);
		},
	};
}
