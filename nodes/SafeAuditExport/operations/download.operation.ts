import { type IExecuteFunctions, type INodeExecutionData, type INodeProperties, updateDisplayOptions } from 'n8n-workflow';
import { itemFrom } from '../../shared/n8n/items';
import { type EndpointOptions, openSafe } from '../../shared/n8n/safeClient';
import { readOptions } from '../../shared/n8n/parameters';
import { days, endpointOptions, outputField, waitOptions } from '../descriptions';
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
		options: [...endpointOptions, ...waitOptions],
	},
];

export const description = updateDisplayOptions({ show: { operation: ['download'] } }, properties);

/** Requests an export, waits, and streams its CSV into a file. Out: one item with the file, its size and SHA-256. Throws `Failure`. */
export async function execute(context: IExecuteFunctions, itemIndex: number): Promise<INodeExecutionData[]> {
	const options = readOptions<WaitOptions & EndpointOptions>(context, itemIndex);
	const client = await openSafe(context, options);
	const ticket = await requestExport(context, client, itemIndex);
	const found = await waitForExport(context, client, ticket.uuid, options);
	const { binary, ...file } = await storeExport(context, client, ticket.uuid, found, ticket.requestedAt);
	const field = context.getNodeParameter('binaryField', itemIndex, 'data') as string;
	return [{ ...itemFrom({ ...ticket, ...file }, itemIndex), binary: { [field]: binary } }];
}
