import {
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IPollFunctions,
	NodeConnectionTypes,
} from 'n8n-workflow';
import { toNodeError } from '../shared/n8n/errors';
import { poll, pollByHand } from './poll';
import { triggerProperties } from './triggerProperties';

/** Polls under way, by workflow and node: n8n's older engine starts a poll although the one before has not ended. */
const underWay = new Set<string>();

export class SecurIdAdminLogTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'SecurID Admin Log Trigger',
		name: 'securIdAdminLogTrigger',
		icon: { light: 'file:../shared/icons/securid.svg', dark: 'file:../shared/icons/securid.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{ ($parameter["log"] || "admin") + ": " + $parameter["triggerOn"] }}',
		description: 'Starts the workflow when something happens in a log of RSA SecurID, e.g. a failed sign-in',
		defaults: { name: 'SecurID Admin Log Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{ name: 'securIdApi', required: true, displayOptions: { show: { authentication: ['apiKey'] } } },
			{ name: 'securIdOAuthApi', required: true, displayOptions: { show: { authentication: ['oAuth'] } } },
		],
		properties: triggerProperties,
	};

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		const key = `${this.getWorkflow().id} ${this.getNode().name}`;
		if (this.getMode() === 'manual') return await runByHand(this);
		if (underWay.has(key)) return null;
		underWay.add(key);
		try {
			const state = this.getWorkflowStaticData('node');
			const { items, next } = await poll(this, state);
			// The only change of state, last: whatever throws above leaves the old position, so its events come again.
			Object.assign(state, next);
			return handOver(items);
		} catch (error) {
			throw toNodeError(this.getNode(), error);
		} finally {
			underWay.delete(key);
		}
	}
}

async function runByHand(context: IPollFunctions): Promise<INodeExecutionData[][] | null> {
	try {
		return handOver(await pollByHand(context));
	} catch (error) {
		throw toNodeError(context.getNode(), error);
	}
}

function handOver(items: INodeExecutionData[]): INodeExecutionData[][] | null {
	return items.length > 0 ? [items] : null;
}
