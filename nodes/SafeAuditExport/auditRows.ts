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
export async function readRows<Kept = AuditRow>(
	context: IExecuteFunctions,
	client: SafeClient,
	report: { uuid: string; file: ReportFile },
	options: RowOptions,
	wanted: Wanted<Kept> = {},
): Promise<AuditTable<Kept>> {
	const settings = { unevenRows: options.unevenRows ?? 'stop' };
	// The documented reports are CSV; the other endpoints may give JSON.
	const readTable = client.exports.family === 'reports' ? readAuditCsv<Kept> : readAuditFile<Kept>;
	const consume = async (body: AsyncIterable<Uint8Array>) => await readTable(unpacked(body), settings, wanted);
	return await downloadReport(client, report.uuid, report.file, consume, {
		open: plainOpen(context),
		waiting: executionWaiting(context),
		onRetry: ({ message }) => context.logger.info(`SAFE: ${message}; downloading again`),
	});
}

/** The user directory, where Enrich asks for it. Throws `Failure`. */
export async function usersWanted(context: IExecuteFunctions, client: SafeClient, itemIndex: number): Promise<UserLookup | undefined> {
	return context.getNodeParameter('enrichUsers', itemIndex, false) ? await userDirectory(client) : undefined;
}

/** How the rows of a file become items: the columns found, and the user directory if it was asked for. */
export interface RowForm {
	columns: AuditColumns;
	timeOf: (record: AuditRow['record']) => number | undefined;
	toJson: (row: AuditRow, marks: Marks, fallbackMs: number) => object;
	/** Counts what the user should know of the row. */
	note: (record: AuditRow['record']) => void;
	seen: Pick<RowsSeen, 'unreadTimes' | 'unlistedUsers'>;
}

/** Reads Output. In: the names of the file's columns, the users if they are wanted, whether times are read at all. */
export function rowForm(context: IExecuteFunctions, names: string[], lookup: UserLookup | undefined, options: RowOptions, itemIndex: number, readsTimes = true): RowForm {
	const columns = columnsOf(names, options);
	const { time, user } = columns;
	const form = context.getNodeParameter('output', itemIndex) as string;
	const timezone = options.timezone || 'utc';
	const { includeOriginal } = options;
	const userOf = (record: AuditRow['record']) => (user === undefined ? '' : record[user]);
	const timeOf: RowForm['timeOf'] = (record) => (time === undefined ? undefined : parseTime(record[time], timezone));
	const seen: RowForm['seen'] = { unreadTimes: { count: 0, of: 0, example: '' }, unlistedUsers: new Set() };
	return {
		columns,
		timeOf,
		toJson: ({ eventId, record }, marks, fallbackMs) => {
			const safeUser = lookup ? shortUser(lookup(userOf(record))) : undefined;
			return safeOutput({ eventId, record, columns, timezone, safeUser }, { form, includeOriginal, fallbackMs }, marks);
		},
		note: (record) => {
			if (readsTimes && time !== undefined) noteTime(seen.unreadTimes, record[time], timeOf(record));
			if (lookup && userOf(record) && !lookup(userOf(record))) seen.unlistedUsers.add(userOf(record));
		},
		seen,
	};
}

/** The columns that matter, by the Options or by their names. */
export function columnsOf(names: string[], { actionColumn: action, sourceColumn: address, timestampColumn: time, userIdColumn: user }: RowOptions): AuditColumns {
	return findColumns(names, { action, address, time, user });
}

/** What reading an export showed that the user should know. */
export interface RowsSeen {
	/** Names of the file's columns. */
	names: string[];
	rowsRead: number;
	/** Cells of the time column that are no time: how many of how many, and the first. */
	unreadTimes: { count: number; of: number; example: string };
	/** Users of rows that the user directory does not know. */
	unlistedUsers: Set<string>;
}

/** Counts a cell of the time column, and whether it was not read. */
export function noteTime(unread: RowsSeen['unreadTimes'], text: string | undefined, timeMs: number | undefined): void {
	unread.of++;
	if (timeMs === undefined && unread.count++ === 0) unread.example = text ?? '';
}

/** Says which columns were not found, how many times could not be read and what stands in for them, and how many users are not listed. */
export function hintRows(context: IExecuteFunctions, { names, rowsRead, unreadTimes, unlistedUsers }: RowsSeen, columns: AuditColumns, standIn: string): void {
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
			`${count} of ${of} times in column "${cleanVendorText(columns.time ?? '').slice(0, 40)}" could not be read, e.g. "${shown}": these rows keep their text, and count as of ${standIn}. ISO 8601, RFC 2822 and epoch times are read; if another column holds the time, name it under Options, "Time Column".`,
		);
	}	if (unlistedUsers.size > 0) warn(`${unlistedUsers.size} users of the log are not in SAFE's user list (deleted, or the system); their rows keep the ID`);
}
