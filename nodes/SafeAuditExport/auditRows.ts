import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { parseTime } from '../shared/core/time';
import { cleanVendorText } from '../shared/core/vendorText';
import { safeOutput } from '../shared/mapping/output';
import type { Marks } from '../shared/mapping/types';
import { includeOriginal } from '../shared/n8n/descriptions';
import { plainOpen } from '../shared/n8n/http';
import { executionWaiting } from '../shared/n8n/waiting';
import { type AuditColumns, type AuditRow, type AuditTable, findColumns, readAuditCsv, type Wanted } from '../shared/safe/auditCsv';
import { readAuditFile } from '../shared/safe/auditFile';
import type { SafeClient } from '../shared/safe/client';
import type { ReportFile } from '../shared/safe/exportFamilies';
import { unpacked } from '../shared/safe/gunzip';
import { downloadReport } from '../shared/safe/report';
import { shortUser, type UserLookup, userDirectory } from '../shared/safe/users';

/** Members of the Options collection that rule how rows are read. */
export interface RowOptions {
	actionColumn?: string;
	includeOriginal?: boolean;
	sourceColumn?: string;
	timestampColumn?: string;
	timezone?: string;
	unevenRows?: 'stop' | 'keep';
	userIdColumn?: string;
}

export const enrichUsers: INodeProperties = {
	displayName: 'Enrich with SAFE Users',
	name: 'enrichUsers',
	type: 'boolean',
	default: false,
	description:
		'Whether to look up the user of each row and add e-mail, name and role as "safeUser"; the ID in the row stays as it is',
};

/** The row controls, for the Options collection. */
export const rowOptions: INodeProperties[] = [
	{
		displayName: 'Action Column',
		name: 'actionColumn',
		type: 'string',
		default: '',
		placeholder: 'e.g. Action',
		description: 'Column that holds what was done, if it is not found by itself',
	},
	includeOriginal,
	{
		displayName: 'Source Column',
		name: 'sourceColumn',
		type: 'string',
		default: '',
		placeholder: 'e.g. Source IP and Port',
		description: 'Column that holds the address it was done from, if it is not found by itself',
	},
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
];

/** Fetches the content of a finished export and parses it. In: its uuid and where its content is, what of it to keep. Throws `Failure`. */
export async function readRows(
	context: IExecuteFunctions,
	client: SafeClient,
	report: { uuid: string; file: ReportFile },
	options: RowOptions,
	wanted: Wanted = {},
): Promise<AuditTable> {
	const settings = { unevenRows: options.unevenRows ?? 'stop' };
	// The documented reports are CSV; the other endpoints may give JSON.
	const readTable = client.exports.family === 'reports' ? readAuditCsv : readAuditFile;
	const consume = async (body: AsyncIterable<Uint8Array>) => await readTable(unpacked(body), settings, wanted);
	return await downloadReport(client, report.uuid, report.file, consume, {
		open: plainOpen(context),
		waiting: executionWaiting(context),
		onRetry: ({ message }) => context.logger.info(`SAFE: ${message}; downloading again`),
	});
}

/** How rows become items: the columns found, and the user directory if it was asked for. */
export interface RowForm {
	columns: AuditColumns;
	lookup?: UserLookup;
	toJson: (row: AuditRow, marks: Marks, fallbackMs: number) => object;
}

/** Reads Output and Enrich, and the users if they are wanted. Throws `Failure`. */
export async function rowForm(
	context: IExecuteFunctions,
	client: SafeClient,
	table: AuditTable,
	options: RowOptions,
	itemIndex: number,
): Promise<RowForm> {
	const columns = columnsOf(table.columns, options);
	const lookup = context.getNodeParameter('enrichUsers', itemIndex, false) ? await userDirectory(client) : undefined;
	const form = context.getNodeParameter('output', itemIndex) as string;
	const timezone = options.timezone || 'utc';
	const toJson: RowForm['toJson'] = (row, marks, fallbackMs) => {
		const safeUser = lookup ? shortUser(lookup(userOf(row, columns))) : undefined;
		return safeOutput({ ...row, columns, timezone, safeUser }, { form, includeOriginal: options.includeOriginal, fallbackMs }, marks);
	};
	return { columns, lookup, toJson };
}

/** The columns that matter, by the Options or by their names. */
export function columnsOf(names: string[], { actionColumn: action, sourceColumn: address, timestampColumn: time, userIdColumn: user }: RowOptions): AuditColumns {
	return findColumns(names, { action, address, time, user });
}

function userOf({ record }: AuditRow, { user }: AuditColumns): string {
	return user === undefined ? '' : record[user];
}

/** What reading an export showed that the user should know. */
export interface RowsSeen {
	/** Names of the file's columns. */
	names: string[];
	rowsRead: number;
	/** Cells of the time column that are no time: how many of how many, and the first. */
	unreadTimes: { count: number; of: number; example: string };
}

/** What the rows of a table that is held whole show. In: the column of times, where these are used. */
export function rowsSeen({ columns: names, rows, rowsRead }: AuditTable, time: string | undefined, { timezone }: RowOptions): RowsSeen {
	const unreadTimes = { count: 0, of: rows.length, example: '' };
	if (time !== undefined) {
		for (const { record } of rows) noteTime(unreadTimes, record[time], parseTime(record[time], timezone || 'utc'));
	}
	return { names, rowsRead, unreadTimes };
}

/** Counts a cell of the time column that was not read. */
export function noteTime(unread: RowsSeen['unreadTimes'], text: string | undefined, timeMs: number | undefined): void {
	if (timeMs === undefined && unread.count++ === 0) unread.example = text ?? '';
}

/** Says which columns were not found, and how many times could not be read. */
export function hintRows(context: IExecuteFunctions, { names, rowsRead, unreadTimes }: RowsSeen, columns: AuditColumns): void {
	const warn = (message: string) => context.addExecutionHints({ message, type: 'warning', location: 'outputPane' });
	if (names.length === 0) warn('The export was empty, without even a header. If SAFE shows events for these days, run again with an earlier position.');
	if (rowsRead === 0) return;
	const missing = [columns.time ? '' : 'time', columns.user ? '' : 'user', columns.action ? '' : 'action', columns.address ? '' : 'source'].filter(Boolean);
	if (missing.length > 0) {
		const seen = names.slice(0, 30).map((name) => cleanVendorText(name).slice(0, 40)).join(', ');
		warn(`No column was found for: ${missing.join(', ')}. Columns of the file: ${seen}. Name the right one under Options.`);
	}
	const { count, of, example } = unreadTimes;
	if (count > 0) {
		const shown = cleanVendorText(example).slice(0, 40);
		warn(
			`${count} of ${of} times in column "${cleanVendorText(columns.time ?? '').slice(0, 40)}" could not be read, e.g. "${shown}": these rows keep their text, and count as of the end of the window. ISO 8601, RFC 2822 and epoch times are read.`,
		);
	}
}

/** Says how many users of the rows are not listed. */
export function hintUsers(context: IExecuteFunctions, { rows }: AuditTable, { columns, lookup }: RowForm): void {
	if (!lookup) return;
	const unknown = new Set(rows.map((row) => userOf(row, columns)).filter((user) => user && !lookup(user)));
	if (unknown.size > 0) {
		const message = `${unknown.size} users of the log are not in SAFE's user list (deleted, or the system); their rows keep the ID`;
		context.addExecutionHints({ message, type: 'warning', location: 'outputPane' });
	}
}
