import { type IExecuteFunctions, type INodeExecutionData, type INodeProperties, updateDisplayOptions } from 'n8n-workflow';
import { output, returnAllAndLimit } from '../../shared/n8n/descriptions';
import { itemFrom } from '../../shared/n8n/items';
import { readLimit, readOptions } from '../../shared/n8n/parameters';
import { type EndpointOptions, openSafe } from '../../shared/n8n/safeClient';
import { enrichUsers, hintRows, readRows, rowForm, rowOptions, type RowOptions } from '../auditRows';
import { days, endpointOptions, waitOptions } from '../descriptions';
import { requestExport, waitForExport, type WaitOptions } from '../exportRun';

const properties: INodeProperties[] = [
	days,
	...returnAllAndLimit,
	output,
	enrichUsers,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [...endpointOptions, ...waitOptions, ...rowOptions],
	},
];

export const description = updateDisplayOptions({ show: { operation: ['getMany'] } }, properties);

/** Requests an export, waits, and gives one item per row in file order. Throws `Failure`. */
export async function execute(context: IExecuteFunctions, itemIndex: number): Promise<INodeExecutionData[]> {
	const nowMs = Date.now();
	const options = readOptions<WaitOptions & RowOptions & EndpointOptions>(context, itemIndex);
	const client = await openSafe(context, options);
	const { uuid } = await requestExport(context, client, itemIndex);
	const file = await waitForExport(context, client, uuid, options);
	const table = await readRows(context, client, { uuid, file }, options, readLimit(context, itemIndex));
	const form = await rowForm(context, client, table, options, itemIndex);
	const { rows, rowsRead } = table;
	const say = (message: string, type: 'info' | 'warning') =>
		context.addExecutionHints({ message, type, location: 'outputPane' });
	say(`SAFE: ${rowsRead} rows read = ${rows.length} returned + ${rowsRead - rows.length} beyond "Limit"`, 'info');
	if (rowsRead > rows.length) say('The export holds more rows than "Limit"; switch on "Return All" to get them', 'warning');
	hintRows(context, table, form, options);
	return rows.map((row) => itemFrom(form.toJson(row, {}, nowMs), itemIndex));
}
