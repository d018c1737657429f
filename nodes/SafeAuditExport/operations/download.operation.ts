import { type IExecuteFunctions, type INodeExecutionData, type INodeProperties, updateDisplayOptions } from 'n8n-workflow';
import { itemFrom } from '../../shared/n8n/items';
import { openSafe } from '../../shared/n8n/safeClient';
import { readOptions } from '../../shared/n8n/parameters';
import { days, outputField, waitOptions } from '../descriptions';
import { storeExport } from '../exportFile';
import { requestExport, waitForExport, type WaitOptions } from '../exportRun';

const properties: INodeProperties[] = [
	days,
	outputField,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: waitOptions,
	},
];

export const description = updateDisplayOptions({ show: { operation: ['download'] } }, properties);

/** Requests an export, waits, and streams its CSV into a file. Out: one item with the file, its size and SHA-256. Throws `Failure`. */
export async function execute(context: IExecuteFunctions, itemIndex: number): Promise<INodeExecutionData[]> {
	const client = await openSafe(context);
	const ticket = await requestExport(context, client, itemIndex);
	const link = await waitForExport(context, client, ticket.uuid, readOptions<WaitOptions>(context, itemIndex));
	const { binary, ...file } = await storeExport(context, client, ticket.uuid, link, ticket.requestedAt);
	const field = context.getNodeParameter('binaryField', itemIndex, 'data') as string;
	return [{ ...itemFrom({ ...ticket, ...file }, itemIndex), binary: { [field]: binary } }];
}
