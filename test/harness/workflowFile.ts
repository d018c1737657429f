/** Workflow files as a person imports and then edits them. Reads and changes JSON only; knows no engine. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type {
	IConnections,
	IDataObject,
	INode,
	INodeParameters,
	IWorkflowSettings,
	OnError,
} from 'n8n-workflow';

/** A workflow as n8n exports it. What the harness does not read (tags, meta) is kept by every function here. */
export interface WorkflowFile {
	/** Names the workflow's static data and binary files; a workflow without one is known by its name. */
	id?: string;
	name: string;
	nodes: INode[];
	connections: IConnections;
	settings?: IWorkflowSettings;
	/** What the workflow remembers before its first run in an engine. */
	staticData?: IDataObject;
	/** Pinned items by node name; used in manual runs only, as n8n does. */
	pinData?: Record<string, IDataObject[]>;
	[other: string]: unknown;
}

/** Options of the node under test, as on its Settings tab. */
export interface SingleNodeOptions {
	/** Default 1. */
	typeVersion?: number;
	onError?: OnError;
	/** Name of the workflow; default: the node type. */
	name?: string;
	retryOnFail?: boolean;
	/** Tries in all when `retryOnFail` is set; n8n allows 2 to 5. */
	maxTries?: number;
	waitBetweenTries?: number;
	alwaysOutputData?: boolean;
	executeOnce?: boolean;
	settings?: IWorkflowSettings;
}

/** Reads one exported workflow. Throws, naming the file, when it is not JSON or has no nodes or connections. */
export function readWorkflow(path: string): WorkflowFile {
	const text = readFileSync(path, 'utf8');
	let content: unknown;
	try {
		content = JSON.parse(text);
	} catch (error) {
		throw new Error(`"${path}" is not JSON: ${(error as Error).message}`);
	}
	const file = content as Partial<WorkflowFile> | null;
	if (!Array.isArray(file?.nodes) || typeof file?.connections !== 'object') {
		throw new Error(`"${path}" is not a workflow: it needs "nodes" and "connections"`);
	}
	return { name: path, ...file } as WorkflowFile;
}

/**
 * A copy in which assignments of the Edit Fields node "Settings" have new values, as a user edits them.
 * In: value by assignment name. Throws when a name is unknown, listing the known ones, or when there is no such node.
 */
export function withSettings(workflow: WorkflowFile, values: Record<string, unknown>): WorkflowFile {
	return withNode(workflow, 'Settings', (parameters) => {
		const list = (
			parameters.assignments as { assignments?: Array<{ name: string; value: unknown }> } | undefined
		)?.assignments;
		if (!Array.isArray(list))
			throw new Error(
				'Node "Settings" has no assignments; it must be an Edit Fields node that maps fields by hand',
			);
		const unknown = Object.keys(values).filter(
			(name) => !list.some((assignment) => assignment.name === name),
		);
		if (unknown.length > 0) {
			const known = list.map(({ name }) => `"${name}"`).join(', ');
			throw new Error(`Node "Settings" has no "${unknown.join('", "')}"; it has ${known}`);
		}
		for (const assignment of list) {
			if (Object.hasOwn(values, assignment.name)) assignment.value = values[assignment.name];
		}
		return parameters;
	});
}

/**
 * A copy in which one node has other parameters. `patch` may change what it is given and return it, or return others.
 * Throws when there is no node of that name, listing those there are.
 */
export function withNode(
	workflow: WorkflowFile,
	nodeName: string,
	patch: (parameters: INodeParameters) => INodeParameters,
): WorkflowFile {
	const copy = copyOf(workflow);
	const node = copy.nodes.find(({ name }) => name === nodeName);
	if (node === undefined) {
		const known = copy.nodes.map(({ name }) => `"${name}"`).join(', ');
		throw new Error(`There is no node "${nodeName}"; there is ${known}`);
	}
	node.parameters = patch(node.parameters);
	return copy;
}

/**
 * A workflow around one node, which is called "Node". Before it stands "Start", which passes on the items of the run's
 * `input`; a trigger (its type ends in "Trigger") stands alone. Each one is a workflow of its own: what a node
 * remembers in one is not there in another.
 */
export function singleNodeWorkflow(
	type: string,
	parameters: object,
	options: SingleNodeOptions = {},
): WorkflowFile {
	const { name = type, typeVersion = 1, settings, ...nodeSettings } = options;
	const node: INode = {
		id: randomUUID(),
		name: 'Node',
		type,
		typeVersion,
		position: [220, 0],
		// SAFETY: what a test writes down as parameters is JSON.
		parameters: copyOf(parameters) as INodeParameters,
		...nodeSettings,
	};
	const file = { id: randomUUID(), name, ...(settings && { settings }) };
	if (type.endsWith('Trigger')) return { ...file, nodes: [node], connections: {} };
	const start: INode = {
		id: randomUUID(),
		name: 'Start',
		type: 'n8n-nodes-base.noOp',
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
	};
	return {
		...file,
		nodes: [start, node],
		connections: { Start: { main: [[{ node: 'Node', type: 'main', index: 0 }]] } },
	};
}

/** Workflows are JSON, so this loses nothing. */
function copyOf<T>(json: T): T {
	return JSON.parse(JSON.stringify(json)) as T;
}
