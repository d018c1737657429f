import { type IDataObject, type IExecuteFunctions, type INodeExecutionData, type INodeProperties, updateDisplayOptions } from 'n8n-workflow';
import { storedArchiveItem } from '../../shared/n8n/archiveItems';
import { archivePrefix, prefixFrom } from '../../shared/n8n/collected';
import { output, returnAllAndLimit } from '../../shared/n8n/descriptions';
import { readLimit, readOptions } from '../../shared/n8n/parameters';
import { type EndpointOptions, openSafe } from '../../shared/n8n/safeClient';
import type { AuditRow } from '../../shared/safe/auditCsv';
import { enrichUsers, hintRows, readRows, rowForm, rowOptions, type RowOptions, usersWanted } from '../auditRows';
import { days, endpointOptions, forItems, itemsOutput, waitOptions } from '../descriptions';
import { requestExport, waitForExport, type WaitOptions } from '../exportRun';
import { streamRows } from '../streamedRows';

const properties: INodeProperties[] = [
	days,
	itemsOutput,
	...forItems([...returnAllAndLimit, output, enrichUsers]),
	{ ...archivePrefix, displayOptions: { show: { itemsOutput: [false] } } },
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [...endpointOptions, ...waitOptions, ...rowOptions],
	},
];

/** What stands in for a time that cannot be read. */
const THIS_RUN = 'the time of this run';

export const description = updateDisplayOptions({ show: { operation: ['getMany'] } }, properties);

/** Requests an export, waits, and gives one item per row in file order, or one archive file of all rows. Throws `Failure`. */
export async function execute(context: IExecuteFunctions, itemIndex: number): Promise<INodeExecutionData[]> {
	const nowMs = Date.now();
	const options = readOptions<WaitOptions & RowOptions & EndpointOptions>(context, itemIndex);
	const client = await openSafe(context, options);
	const { uuid } = await requestExport(context, client, itemIndex);
	const report = { uuid, file: await waitForExport(context, client, uuid, options) };
	const say = (message: string, type: 'info' | 'warning') =>
		context.addExecutionHints({ message, type, location: 'outputPane' });
	if (!context.getNodeParameter('itemsOutput', itemIndex, true)) {
		const prefix = prefixFrom(context.getNodeParameter('archivePrefix', itemIndex, 'audit'));
		const everyRow = () => (_eventId: string, timeMs: number | undefined) => ({ is: 'new' as const, atMs: timeMs ?? nowMs });
		const seen = await streamRows(context, client, report, options, { archive: { prefix, source: 'safe-audit', slot: '1h' }, newSift: everyRow });
		say(`SAFE: ${seen.rowsRead} rows read = ${seen.files.reduce((sum, { count }) => sum + count, 0)} archived`, 'info');
		hintRows(context, seen, seen.columns, THIS_RUN);
		return seen.files.map((file) => storedArchiveItem(file, itemIndex));
	}
	// The vendor record has no place for an ID, and its times stay as they are.
	const isVendor = context.getNodeParameter('output', itemIndex) === 'vendor';
	const lookup = await usersWanted(context, client, itemIndex);
	const pairedItem = { item: itemIndex };
	const formOf = (names: string[]) => rowForm(context, names, lookup, options, itemIndex, !isVendor);
	let form = formOf([]);
	// Rows become items one by one, so that they are not in memory twice.
	const keep = (names: string[]) => {
		const { note, toJson } = (form = formOf(names));
		return (record: AuditRow['record'], eventId: string): INodeExecutionData => {
			note(record);
			return { json: toJson({ eventId, record }, {}, nowMs) as IDataObject, pairedItem };
		};
	};
	const { rows, rowsRead, columns: names } = await readRows(context, client, report, options, { limit: readLimit(context, itemIndex), ids: !isVendor, keep });
	say(`SAFE: ${rowsRead} rows read = ${rows.length} returned + ${rowsRead - rows.length} beyond "Limit"`, 'info');
	if (rowsRead > rows.length) say('The export holds more rows than "Limit"; switch on "Return All" to get them', 'warning');
	hintRows(context, { names, rowsRead, ...form.seen }, form.columns, THIS_RUN);
	return rows;
}
