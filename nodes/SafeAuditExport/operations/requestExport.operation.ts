import { type IExecuteFunctions, type INodeExecutionData, updateDisplayOptions } from 'n8n-workflow';
import { itemFrom } from '../../shared/n8n/items';
import { readOptions } from '../../shared/n8n/parameters';
import { type EndpointOptions, openSafe } from '../../shared/n8n/safeClient';
import { days, endpointOptions } from '../descriptions';
import { requestExport } from '../exportRun';

export const description = updateDisplayOptions({ show: { operation: ['requestExport'] } }, [
	days,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: endpointOptions,
	},
]);

/** Queues an export. Out: one item with `uuid`, `days` and `requestedAt`. Throws `Failure`. */
export async function execute(context: IExecuteFunctions, itemIndex: number): Promise<INodeExecutionData[]> {
	const client = await openSafe(context, readOptions<EndpointOptions>(context, itemIndex));
	return [itemFrom(await requestExport(context, client, itemIndex), itemIndex)];
}
