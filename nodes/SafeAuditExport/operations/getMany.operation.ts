import { type IExecuteFunctions, type INodeExecutionData, type INodeProperties, updateDisplayOptions } from 'n8n-workflow';
import { simplifySafe } from '../../shared/mapping/safe';
import { includeOriginal, output, returnAllAndLimit } from '../../shared/n8n/descriptions';
import { plainOpen } from '../../shared/n8n/http';
import { itemFrom } from '../../shared/n8n/items';
import { readLimit, readOptions } from '../../shared/n8n/parameters';
import { openSafe } from '../../shared/n8n/safeClient';
import { executionWaiting } from '../../shared/n8n/waiting';
import { type AuditColumns, type AuditRow, type AuditTable, findColumns, readAuditCsv } from '../../shared/safe/auditCsv';
import type { SafeClient } from '../../shared/safe/client';
import { unpacked } from '../../shared/safe/gunzip';
import { downloadReport } from '../../shared/safe/report';
import { shortUser, type UserLookup, userDirectory } from '../../shared/safe/users';
import { days, waitOptions } from '../descriptions';
import { requestExport, waitForExport, type WaitOptions } from '../exportRun';

interface Options extends WaitOptions {
	includeOriginal?: boolean;
	timestampColumn?: string;
	timezone?: string;
	unevenRows?: 'stop' | 'keep';
	userIdColumn?: string;
}

const properties: INodeProperties[] = [
	days,
	...returnAllAndLimit,
	output,
	{
		displayName: 'Enrich with SAFE Users',
		name: 'enrichUsers',
		type: 'boolean',
		default: false,
		description:
			'Whether to look up the user of each row and add e-mail, name and role as "safeUser"; the ID in the row stays as it is',
	},
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			...waitOptions,
			includeOriginal,
			{
				displayName: 'Time Column',
				name: 'timestampColumn',
				type: 'string',
				default: '',
				placeholder: 'e.g. Timestamp',
				description: 'Column that holds the time, if it is not found by itself',
			},
			{
				displayName: 'Time Zone',
				name: 'timezone',
				type: 'string',
				default: '',
				placeholder: 'e.g. Europe/Berlin',
				description: 'Zone of times that name none; empty means UTC',
			},
			{
				displayName: 'Uneven Rows',
				name: 'unevenRows',
				type: 'options',
				options: [
					{ name: 'Let Through', value: 'keep', description: 'Missing cells come out empty, extra ones under their number' },
					{ name: 'Stop', value: 'stop', description: 'A row that is cut off is never taken for a whole one' },
				],
				default: 'stop',
				description: 'What to do with rows that have fewer or more cells than the header',
			},
			{
				displayName: 'User ID Column',
				name: 'userIdColumn',
				type: 'string',
				default: '',
				placeholder: 'e.g. User ID',
				description: 'Column that holds the user, if it is not found by itself',
			},
		],
	},
];

export const description = updateDisplayOptions({ show: { operation: ['getMany'] } }, properties);

/** Requests an export, waits, and gives one item per row in file order. Throws `Failure`. */
export async function execute(context: IExecuteFunctions, itemIndex: number): Promise<INodeExecutionData[]> {
	const options = readOptions<Options>(context, itemIndex);
	const client = await openSafe(context);
	const { uuid } = await requestExport(context, client, itemIndex);
	const link = await waitForExport(context, client, uuid, options);
	const table = await readTable(context, client, uuid, link, options, readLimit(context, itemIndex));
	const columns = findColumns(table.columns, { user: options.userIdColumn, time: options.timestampColumn });
	const lookup = context.getNodeParameter('enrichUsers', itemIndex, false) ? await userDirectory(client) : undefined;
	const toJson = jsonBuilder(context.getNodeParameter('output', itemIndex) as string, columns, options);
	giveHints(context, table, columns, lookup);
	return table.rows.map((row) => {
		const json = toJson(row);
		return itemFrom(lookup ? { ...json, safeUser: shortUser(lookup(userOf(row, columns))) } : json, itemIndex);
	});
}

async function readTable(
	context: IExecuteFunctions,
	client: SafeClient,
	uuid: string,
	link: string,
	options: Options,
	limit: number,
): Promise<AuditTable> {
	const settings = { unevenRows: options.unevenRows ?? 'stop' };
	const consume = async (body: AsyncIterable<Uint8Array>) => await readAuditCsv(unpacked(body), settings, limit);
	return await downloadReport(client, uuid, link, consume, {
		open: plainOpen(context),
		waiting: executionWaiting(context),
		onRetry: ({ message }) => context.logger.info(`SAFE: ${message}; downloading again`),
	});
}

function jsonBuilder(form: string, columns: AuditColumns, options: Options): (row: AuditRow) => object {
	if (form === 'vendor') return ({ record }) => record;
	return ({ eventId, record }) => ({
		...simplifySafe(eventId, record, columns, options.timezone || 'utc'),
		...(options.includeOriginal ? { original: record } : {}),
	});
}

function userOf({ record }: AuditRow, { user }: AuditColumns): string {
	return user === undefined ? '' : record[user];
}

function giveHints(context: IExecuteFunctions, table: AuditTable, columns: AuditColumns, lookup?: UserLookup): void {
	const say = (message: string, type: 'info' | 'warning' = 'info') =>
		context.addExecutionHints({ message, type, location: 'outputPane' });
	const { rows, rowsRead } = table;
	say(`SAFE: ${rowsRead} rows read = ${rows.length} returned + ${rowsRead - rows.length} beyond "Limit"`);
	if (rowsRead > rows.length) say('The export holds more rows than "Limit"; switch on "Return All" to get them', 'warning');
	if (rowsRead === 0) return;
	const missing = [columns.time ? '' : 'time', columns.user ? '' : 'user', columns.action ? '' : 'action'].filter(Boolean);
	if (missing.length > 0) {
		const seen = table.columns.slice(0, 30).join(', ');
		say(`No column was found for: ${missing.join(', ')}. Columns of the file: ${seen}. Name the right one under Options.`, 'warning');
	}
	if (!lookup) return;
	const unknown = new Set(rows.map((row) => userOf(row, columns)).filter((user) => user && !lookup(user)));
	if (unknown.size > 0) {
		say(`${unknown.size} users of the log are not in SAFE's user list (deleted, or the system); their rows keep the ID`, 'warning');
	}
}
