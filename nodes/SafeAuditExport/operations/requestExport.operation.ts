import { type IExecuteFunctions, type INodeExecutionData, updateDisplayOptions } from 'n8n-workflow';
import { itemFrom } from '../../shared/n8n/items';
import { openSafe } from '../../shared/n8n/safeClient';
import { days } from '../descriptions';
import { requestExport } from '../exportRun';

export const description = updateDisplayOptions({ show: { operation: ['requestExport'] } }, [days]);

/** Queues an export. Out: one item with `uuid`, `days` and `requestedAt`. Throws `Failure`. */
export async function execute(context: IExecuteFunctions, itemIndex: number): Promise<INodeExecutionData[]> {
	return [itemFrom(await requestExport(context, await openSafe(context), itemIndex), itemIndex)];
}
