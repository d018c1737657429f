import { isRecord, parseJson } from '../sink';

/** The four things a line of `_bulk` can ask for. */
export type BulkAction = 'create' | 'index' | 'update' | 'delete';

/** One operation of a `_bulk` body. */
export interface BulkOperation {
	action: BulkAction;
	index: string;
	/** Null where Elasticsearch would choose one. */
	id: string | null;
	document: Record<string, unknown>;
}

/** A refusal of the whole request: Elasticsearch's type and sentence. */
export interface BulkRefusal {
	type: string;
	reason: string;
}

const ACTIONS: readonly string[] = ['create', 'index', 'update', 'delete'];

/**
 * Reads a `_bulk` body: action line, document line (none after `delete`), each ended by a newline, the last one too.
 * `defaultIndex` comes from the path. Out: the operations, or why none is done. Never fails.
 * Source: the Bulk API's page (documented); the sentences as quoted in public issues (elastic/elasticsearch 29309) or assumed.
 */
export function readBulk(text: string, defaultIndex: string | null): BulkOperation[] | BulkRefusal {
	if (text === '') return { type: 'parse_exception', reason: 'request body is required' };
	if (!text.endsWith('\n')) {
		return illegal('The bulk request must be terminated by a newline [\\n]');
	}
	const lines = text.slice(0, -1).split('\n');
	const operations: BulkOperation[] = [];
	for (let at = 0; at < lines.length; at += 1) {
		if (lines[at].trim() === '') continue;
		const action = readAction(lines[at], at + 1, defaultIndex);
		if ('reason' in action) return action;
		if (action.action === 'delete') {
			operations.push({ ...action, document: {} });
			continue;
		}
		at += 1;
		const document = parseJson(lines[at] ?? '');
		if (!isRecord(document)) {
			// Elasticsearch refuses the item, not the request, when the document is broken.
			operations.push({ ...action, document: { [BROKEN]: lines[at] ?? '' } });
			continue;
		}
		operations.push({ ...action, document });
	}
	if (operations.length === 0)
		return {
			type: 'action_request_validation_exception',
			reason: 'Validation Failed: 1: no requests added;',
		};
	return operations;
}

/** The key of a document that is no JSON object; refused as an item. */
export const BROKEN = '\u0000broken';

function readAction(
	line: string,
	number: number,
	defaultIndex: string | null,
): Omit<BulkOperation, 'document'> | BulkRefusal {
	const value = parseJson(line);
	const [name, ...others] = isRecord(value) ? Object.keys(value) : [];
	const meta = isRecord(value) ? value[name] : undefined;
	if (name === undefined || others.length > 0 || !ACTIONS.includes(name) || !isRecord(meta)) {
		return illegal(
			`Malformed action/metadata line [${number}], expected one of [create, delete, index, update]`,
		);
	}
	const unknown = Object.keys(meta).find((key) => !META.includes(key));
	if (unknown !== undefined) {
		return illegal(`Action/metadata line [${number}] contains an unknown parameter [${unknown}]`);
	}
	const index = meta._index ?? defaultIndex;
	if (typeof index !== 'string' || index === '') {
		return { type: 'action_request_validation_exception', reason: `Validation Failed: 1: index is missing;` };
	}
	const id = meta._id === undefined || meta._id === null ? null : String(meta._id);
	return { action: name as BulkAction, index, id };
}

const META = [
	'_index',
	'_id',
	'routing',
	'require_alias',
	'require_data_stream',
	'pipeline',
	'dynamic_templates',
	'list_executed_pipelines',
	'if_seq_no',
	'if_primary_term',
	'version',
	'version_type',
	'retry_on_conflict',
];

function illegal(reason: string): BulkRefusal {
	return { type: 'illegal_argument_exception', reason };
}
