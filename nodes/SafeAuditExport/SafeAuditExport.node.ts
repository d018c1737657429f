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
import * as download from './operations/download.operation';
import * as getExport from './operations/getExport.operation';
import * as getMany from './operations/getMany.operation';
import * as getNew from './operations/getNew.operation';
import * as requestExport from './operations/requestExport.operation';

const operations = { download, getExport, getMany, requestExport };

export class SafeAuditExport implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'SAFE Audit Export',
		name: 'safeAuditExport',
		icon: { light: 'file:../shared/icons/safe.svg', dark: 'file:../shared/icons/safe.dark.svg' },
		group: [],
		version: 1,
		subtitle: '={{ $parameter["operation"] }}',
		description: 'Export the audit log of SAFE (safe.security): who signed in, and who changed what',
		defaults: { name: 'SAFE Audit Export' },
		inputs: [NodeConnectionTypes.Main],
		outputs: positionOutputs,
		usableAsTool: true,
		credentials: [{ name: 'safeApi', required: true }],
		properties: [
			{
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				options: [
					{
						name: 'Download',
						value: 'download',
						action: 'Download export',
						description: 'Request an export, wait for it, and give the CSV as a file, byte for byte as SAFE sent it',
					},
					{
						name: 'Get Export',
						value: 'getExport',
						action: 'Get export',
						description: 'Look whether a requested export is ready and fetch its file, without waiting',
					},
					{
						name: 'Get Many',
						value: 'getMany',
						action: 'Get many events',
						description: 'Request an export, wait for it, and give many events, one item per row',
					},
					{
						name: 'Get New',
						value: 'getNew',
						action: 'Get new events',
						description: 'Get what is new since the saved position, with archive files and the next position',
					},
					{
						name: 'Request Export',
						value: 'requestExport',
						action: 'Request export',
						description: 'Queue an export and give its UUID, for workflows that do their own waiting',
					},
				],
				default: 'getMany',
			},
			{
				displayName:
					'SAFE asks not to be polled more than daily, and each request queues a report of its own: schedule this once a day and leave "Retry On Fail" off.',
				name: 'courtesyNotice',
				type: 'notice',
				default: '',
				displayOptions: { show: { operation: ['download', 'getMany', 'getNew', 'requestExport'] } },
			},
			...download.description,
			...getExport.description,
			...getMany.description,
			...getNew.description,
			...requestExport.description,
		],
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		if (this.getNodeParameter('operation', 0) === 'getNew') return await runOnPosition(this, getNew.execute);
		const returned: INodeExecutionData[] = [];
		for (let itemIndex = 0; itemIndex < this.getInputData().length; itemIndex++) {
			try {
				const operation = this.getNodeParameter('operation', itemIndex) as keyof typeof operations;
				for (const item of await operations[operation].execute(this, itemIndex)) returned.push(item);
			} catch (error) {
				const nodeError = toNodeError(this.getNode(), error, itemIndex);
				if (!this.continueOnFail()) throw nodeError;
				returned.push(errorItem(nodeError, itemIndex));
			}
		}
		return [returned];
	}
}
