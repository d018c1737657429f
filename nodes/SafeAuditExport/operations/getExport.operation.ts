import { type IExecuteFunctions, type INodeExecutionData, type INodeProperties, updateDisplayOptions } from 'n8n-workflow';
import { retryRead } from '../../shared/core/retry';
import { itemFrom } from '../../shared/n8n/items';
import { readOptions } from '../../shared/n8n/parameters';
import { type EndpointOptions, openSafe } from '../../shared/n8n/safeClient';
import { executionWaiting } from '../../shared/n8n/waiting';
import { safeFailure } from '../../shared/safe/failures';
import { endpointOptions, outputField } from '../descriptions';
import { storeExport } from '../exportFile';

const properties: INodeProperties[] = [
	{
		displayName: 'Report UUID',
		name: 'uuid',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. {{ $json.uuid }}',
		description: 'The uuid that "Request Export" gave out. While "ready" is false, wait and look again.',
	},
	outputField,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: endpointOptions.filter(({ name }) => name === 'apiFamily'),
	},
];

export const description = updateDisplayOptions({ show: { operation: ['getExport'] } }, properties);

/** Looks once. Out: one item with `ready`; when ready also the file and its size and SHA-256. The link itself is never put out. Throws `Failure`. */
export async function execute(context: IExecuteFunctions, itemIndex: number): Promise<INodeExecutionData[]> {
	const uuid = String(context.getNodeParameter('uuid', itemIndex, '')).trim();
	if (!uuid) throw safeFailure('SAFE-UUID');
	const client = await openSafe(context, readOptions<EndpointOptions>(context, itemIndex));
	const state = await retryRead(async () => await client.reportState(uuid), executionWaiting(context));
	if (!state.ready) return [itemFrom({ uuid, ready: false }, itemIndex)];
	const { binary, ...file } = await storeExport(context, client, uuid, state, new Date().toISOString());
	const field = context.getNodeParameter('binaryField', itemIndex, 'data') as string;
	return [{ ...itemFrom({ uuid, ready: true, ...file }, itemIndex), binary: { [field]: binary } }];
}
