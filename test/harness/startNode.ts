/** Where an execution begins, and with which items. */
import './environment';
import 'reflect-metadata';
import { TriggerContext } from 'n8n-core';
import { UserError } from 'n8n-workflow';
import type { INode, INodeExecutionData, IWorkflowExecuteAdditionalData, Workflow } from 'n8n-workflow';
import { inIsolate } from './isolate';

const MANUAL_TRIGGER = 'n8n-nodes-base.manualTrigger';
const SCHEDULE_TRIGGER = 'n8n-nodes-base.scheduleTrigger';

/**
 * The node an execution starts at: the one named; else in a manual run the Manual Trigger; else the Schedule Trigger;
 * else any other trigger; else a node nothing leads to. Disabled nodes do not count.
 * Throws a UserError when the named node does not exist or none can start.
 */
export function findStartNode(workflow: Workflow, mode: 'trigger' | 'manual', named?: string): INode {
	const nodes = Object.values(workflow.nodes);
	if (named !== undefined) {
		const node = workflow.nodes[named];
		if (node !== undefined) return node;
		throw new UserError(
			`There is no node "${named}" to start at; there is ${nodes.map(({ name }) => `"${name}"`).join(', ')}`,
		);
	}
	const enabled = nodes.filter(({ disabled }) => disabled !== true);
	const triggers = enabled.filter((node) => isTrigger(workflow, node));
	const preferred = mode === 'manual' ? [MANUAL_TRIGGER, SCHEDULE_TRIGGER] : [SCHEDULE_TRIGGER];
	const found =
		preferred.map((type) => triggers.find((node) => node.type === type)).find((node) => node !== undefined) ??
		triggers.find(({ type }) => type !== MANUAL_TRIGGER) ??
		triggers[0] ??
		enabled.find(
			({ name, type }) =>
				workflow.connectionsByDestinationNode[name] === undefined && type !== 'n8n-nodes-base.stickyNote',
		);
	if (found === undefined) throw new UserError('No node of this workflow can start it');
	return found;
}

/**
 * The items a start node is handed when the caller gives none: for a Schedule Trigger the one item of a tick, made by
 * the node itself; for any other one empty item.
 */
export async function firstItems(
	workflow: Workflow,
	node: INode,
	additionalData: IWorkflowExecuteAdditionalData,
): Promise<INodeExecutionData[]> {
	const empty = [{ json: {} }];
	if (node.type !== SCHEDULE_TRIGGER) return empty;
	let emitted: INodeExecutionData[] = empty;
	const context = new TriggerContext(workflow, node, additionalData, 'manual', 'manual', ([items]) => {
		emitted = items;
	});
	const { trigger } = workflow.nodeTypes.getByNameAndVersion(node.type, node.typeVersion);
	await inIsolate(workflow.expression, async () => {
		const response = await trigger?.call(context);
		await response?.manualTriggerFunction?.();
	});
	return emitted;
}

function isTrigger(workflow: Workflow, { type, typeVersion }: INode): boolean {
	return workflow.nodeTypes.getByNameAndVersion(type, typeVersion).description.group.includes('trigger');
}
