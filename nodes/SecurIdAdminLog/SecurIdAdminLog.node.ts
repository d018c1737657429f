import {
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	NodeConnectionTypes,
} from 'n8n-workflow';
import { positionOutputs, runOnPosition } from '../shared/n8n/collected';
import { toNodeError } from '../shared/n8n/errors';
import { errorItem } from '../shared/n8n/items';
import { doorProperties } from './door';
import * as getMany from './operations/getMany.operation';
import * as getNew from './operations/getNew.operation';

export class SecurIdAdminLog implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'SecurID Admin Log',
		name: 'securIdAdminLog',
		icon: { light: 'file:../shared/icons/securid.svg', dark: 'file:../shared/icons/securid.dark.svg' },
		group: [],
		version: 1,
		subtitle: '={{ $parameter["operation"] + ": " + ($parameter["log"] || "admin") + ", " + $parameter["events"] }}',
		description:
			'Read the admin, user and system event logs of RSA SecurID (ID Plus, Cloud Access Service): sign-ins, failed sign-ins, lockouts, changes',
		defaults: { name: 'SecurID Admin Log' },
		inputs: [NodeConnectionTypes.Main],
		outputs: positionOutputs,
		usableAsTool: true,
		credentials: [
			{ name: 'securIdApi', required: true, displayOptions: { show: { authentication: ['apiKey'] } } },
			{ name: 'securIdOAuthApi', required: true, displayOptions: { show: { authentication: ['oAuth'] } } },
		],
		properties: [
			...doorProperties,
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				options: [
					{
						name: 'Get Many',
						value: 'getMany',
						action: 'Get many events',
						description: 'Get many events of a time range, oldest first',
					},
					{
						name: 'Get New',
						value: 'getNew',
						action: 'Get new events',
						description: 'Get what happened since the saved position, with archive files and the next position',
					},
				],
				default: 'getMany',
			},
			...getMany.description,
			...getNew.description,
		],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		if (this.getNodeParameter('operation', 0) === 'getNew') return await runOnPosition(this, getNew.execute);
		const returned: INodeExecutionData[] = [];
		for (let itemIndex = 0; itemIndex < this.getInputData().length; itemIndex++) {
			try {
				// One by one: a call takes no more than about 120,000 arguments.
				for (const item of await getMany.execute(this, itemIndex)) returned.push(item);
			} catch (error) {
				const nodeError = toNodeError(this.getNode(), error, itemIndex);
				if (!this.continueOnFail()) throw nodeError;
				returned.push(errorItem(nodeError, itemIndex));
			}
		}
		return [returned];
	}
}
