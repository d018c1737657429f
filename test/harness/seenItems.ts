/** Memory of items a workflow has processed before, for n8n's duplicate-removing helpers and nodes. */
import { createHash } from 'node:crypto';
import { tryToParseDateTime, UserError } from 'n8n-workflow';
import type {
	DeduplicationItemTypes,
	DeduplicationScope,
	ICheckProcessedContextData,
	ICheckProcessedOptions,
	IDataDeduplicator,
	IDeduplicationOutput,
} from 'n8n-workflow';

interface Memory {
	mode: ICheckProcessedOptions['mode'];
	/** Hashes of all items (mode `entries`), or the one highest item. */
	data: string[] | DeduplicationItemTypes;
}

/**
 * Keeps the memory in the process; `clear` forgets it. Follows n8n 2.41.1's server,
 * `dist/deduplication/deduplication-helper.js`, whose rows are keyed by workflow id and node id as here.
 */
export class SeenItems implements IDataDeduplicator {
	private readonly memories = new Map<string, Memory>();

	/** Forgets everything, of all workflows. */
	clear(): void {
		this.memories.clear();
	}

	async checkProcessedAndRecord(
		items: DeduplicationItemTypes[],
		scope: DeduplicationScope,
		context: ICheckProcessedContextData,
		options: ICheckProcessedOptions,
	): Promise<IDeduplicationOutput> {
		const key = memoryKey(scope, context);
		const memory = this.memories.get(key);
		if (memory !== undefined && memory.mode !== options.mode) {
			throw new UserError(
				'Deduplication data was originally saved with an incompatible setting of the ‘Keep Items Where’ parameter. Try ’Clean Database’ operation to reset.',
			);
		}
		const { answer, data } =
			options.mode === 'entries'
				? compareWithEntries(items, memory?.data as string[] | undefined, options.maxEntries)
				: compareWithHighest(items, memory?.data as DeduplicationItemTypes | undefined, options.mode);
		this.memories.set(key, { mode: options.mode, data });
		return answer;
	}

	async removeProcessed(
		items: DeduplicationItemTypes[],
		scope: DeduplicationScope,
		context: ICheckProcessedContextData,
		options: ICheckProcessedOptions,
	): Promise<void> {
		if (options.mode !== 'entries')
			throw new UserError('Removing processed data is not possible in mode "latest"');
		const memory = this.memories.get(memoryKey(scope, context));
		if (memory === undefined || !Array.isArray(memory.data)) return;
		const removed = new Set(items.map(hash));
		memory.data = memory.data.filter((entry) => !removed.has(entry));
	}

	async clearAllProcessedItems(
		scope: DeduplicationScope,
		context: ICheckProcessedContextData,
	): Promise<void> {
		this.memories.delete(memoryKey(scope, context));
	}

	async getProcessedDataCount(
		scope: DeduplicationScope,
		context: ICheckProcessedContextData,
		options: ICheckProcessedOptions,
	): Promise<number> {
		const data = this.memories.get(memoryKey(scope, context))?.data;
		return options.mode === 'entries' && Array.isArray(data) ? data.length : 0;
	}
}

function memoryKey(scope: DeduplicationScope, { workflow, node }: ICheckProcessedContextData): string {
	if (scope === 'node' && node === undefined) {
		throw new UserError("No node information has been provided and so cannot use scope 'node'");
	}
	return `${workflow.id}:${scope === 'node' ? node?.id : ''}`;
}

/** As on the server, an item that comes twice in one first call is new twice. */
function compareWithEntries(
	items: DeduplicationItemTypes[],
	seen: string[] | undefined,
	maxEntries: number | undefined,
) {
	const known = new Set(seen);
	const answer: IDeduplicationOutput = { new: [], processed: [] };
	for (const item of items) answer[known.has(hash(item)) ? 'processed' : 'new'].push(item);
	const data = [...(seen ?? []), ...answer.new.map(hash)];
	return { answer, data: maxEntries ? data.slice(-maxEntries) : data };
}

function compareWithHighest(
	items: DeduplicationItemTypes[],
	highest: DeduplicationItemTypes | undefined,
	mode: 'latestIncrementalKey' | 'latestDate',
) {
	const rank = (item: DeduplicationItemTypes) => {
		if (mode === 'latestDate') return tryToParseDateTime(String(item)).toMillis();
		if (Number.isNaN(Number(item))) {
			throw new UserError('Invalid value. Only numbers are supported in mode "latestIncrementalKey"');
		}
		return Number(item);
	};
	const answer: IDeduplicationOutput = { new: [], processed: [] };
	let data = highest;
	for (const item of items) {
		const isNew = highest === undefined || rank(item) > rank(highest);
		answer[isNew ? 'new' : 'processed'].push(item);
		if (data === undefined || rank(item) > rank(data)) data = item;
	}
	// SAFETY: a call without items and without memory leaves nothing to compare with, which the next call treats as first.
	return { answer, data: data as DeduplicationItemTypes };
}

function hash(item: DeduplicationItemTypes): string {
	return createHash('md5').update(String(item)).digest('base64');
}
