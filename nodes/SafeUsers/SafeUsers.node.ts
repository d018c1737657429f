import {
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	NodeConnectionTypes,
} from 'n8n-workflow';
import { toNodeError } from '../shared/n8n/errors';
import { errorItem } from '../shared/n8n/items';
import { searchUsers } from './listSearch';
import * as enrich from './operations/enrich.operation';
import * as get from './operations/get.operation';
import * as getMany from './operations/getMany.operation';

const operations = { enrich, get, getMany };

export class SafeUsers implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'SAFE Users',
		name: 'safeUsers',
		icon: { light: 'file:../shared/icons/safe.svg', dark: 'file:../shared/icons/safe.dark.svg' },
		group: [],
		version: 1,
		subtitle: '={{ $parameter["operation"] + ": user" }}',
		description: 'Read the users of SAFE (safe.security), or put names to the user IDs of audit events',
		defaults: { name: 'SAFE Users' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		usableAsTool: true,
		// Enrich hands on the input: what n8n's Webhook node redacts of a request stays redacted.
		sensitiveOutputFields: ['headers.authorization', 'headers.cookie', 'headers.x-auth-token'],
		credentials: [{ name: 'safeApi', required: true }],
		properties: [
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				options: [
					{
						name: 'Enrich',
						value: 'enrich',
						action: 'Enrich items with user',
						description: 'Give out the input items with the SAFE user of an ID in each of them',
					},
					{
						name: 'Get',
						value: 'get',
						action: 'Get user',
						description: 'Get one user by UUID or e-mail address',
					},
					{
						name: 'Get Many',
						value: 'getMany',
						action: 'Get many users',
						description: 'Get many users with role, sign-in type and last sign-in',
					},
				],
				default: 'getMany',
			},
			...enrich.description,
			...get.description,
			...getMany.description,
		],
	};

	methods = { listSearch: { searchUsers } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const returned: INodeExecutionData[] = [];
		const run = enrich.forOneRun(this);
		for (let itemIndex = 0; itemIndex < this.getInputData().length; itemIndex++) {
			try {
				const operation = this.getNodeParameter('operation', itemIndex) as keyof typeof operations;
				for (const item of await operations[operation].execute(this, itemIndex, run)) returned.push(item);
			} catch (error) {
				const nodeError = toNodeError(this.getNode(), error, itemIndex);
				if (!this.continueOnFail()) throw nodeError;
				returned.push(errorItem(nodeError, itemIndex));
			}
		}
		run.giveHints();
		return [returned];
	}
}
