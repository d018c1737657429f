/** Draws small workflows for the harness's own tests: nodes left to right, wires by name. */
import type { IConnections, INode, INodeParameters } from 'n8n-workflow';
import type { WorkflowFile } from './workflowFile';

/** A node on the canvas; nodes drawn later lie further right. */
export function drawNode(
	name: string,
	type: string,
	typeVersion: number,
	parameters: object = {},
	settings: Partial<INode> = {},
): INode {
	return {
		id: `id-${name}`,
		name,
		type: `n8n-nodes-base.${type}`,
		typeVersion,
		position: [0, 0],
		parameters: parameters as INodeParameters,
		...settings,
	};
}

/**
 * A workflow of these nodes. A wire is `[from, to]` or `[from, output, to, input]`. Its name is also its identity, so
 * two workflows of one name share static data in one engine.
 */
export function drawWorkflow(
	name: string,
	nodes: INode[],
	wires: Array<[string, string] | [string, number, string, number]>,
): WorkflowFile {
	const connections: IConnections = {};
	for (const wire of wires) {
		const [from, output, to, input] = wire.length === 2 ? [wire[0], 0, wire[1], 0] : wire;
		const outputs = ((connections[from] ??= {}).main ??= []);
		while (outputs.length <= output) outputs.push([]);
		outputs[output]?.push({ node: to, type: 'main', index: input });
	}
	return { name, nodes: nodes.map((node, index) => ({ ...node, position: [index * 220, 0] })), connections };
}

/** Parameters of an Edit Fields node (type version 3.4) that sets these fields, each given as a value or an expression. */
export function fields(values: Record<string, string | number | boolean>): object {
	const assignments = Object.entries(values).map(([name, value]) => ({
		id: name,
		name,
		value,
		type: typeof value,
	}));
	return { assignments: { assignments }, options: {} };
}

/** Parameters of a Filter or If node (type version 2.2) that keeps items for which the expression is this text. */
export function textEquals(leftValue: string, rightValue: string): object {
	return {
		conditions: {
			options: { caseSensitive: true, leftValue: '', typeValidation: 'strict', version: 2 },
			combinator: 'and',
			conditions: [{ id: 'c', leftValue, rightValue, operator: { type: 'string', operation: 'equals' } }],
		},
		options: {},
	};
}
