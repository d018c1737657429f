import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';
import type { Sifted } from '../shared/checkpoint/sift';
import type { SlotName } from '../shared/checkpoint/slots';
import { parseTime } from '../shared/core/time';
import { lineWriter, type StreamedArchive, streamedArchive, type StreamedFile } from '../shared/delivery/streamedArchive';
import { readableLike } from '../shared/n8n/binary';
import { plainOpen } from '../shared/n8n/http';
import { executionWaiting } from '../shared/n8n/waiting';
import type { AuditColumns } from '../shared/safe/auditCsv';
import { digestedSlices } from '../shared/safe/auditFile';
import type { SafeClient } from '../shared/safe/client';
import type { ReportFile } from '../shared/safe/exportFamilies';
import { unpacked } from '../shared/safe/gunzip';
import { downloadReport } from '../shared/safe/report';
import { type Identify, identifyCompactly, identifyInOrder, OutOfOrder } from '../shared/safe/rowIds';
import { columnsOf, noteTime, type RowOptions, type RowsSeen } from './auditRows';

/** Says what a row is to this run, and its time or what stands for it. In: the row's id, its time (epoch ms) where it has one. */
export type Sift = (eventId: string, timeMs: number | undefined) => { is: Sifted; atMs: number };

export interface StreamTarget {
	/** Where archive files go; undefined where none is wanted. */
	archive?: { prefix: string; source: string; slot: SlotName };
	/** Begins anew for each attempt at the download. */
	newSift: () => Sift;
}

/** An export that was read to its end. */
export interface StreamedRows extends RowsSeen {
	columns: AuditColumns;
	/** New rows in one file, late ones in another, in the order of the export; none where there are none. */
	files: Array<StreamedFile<IBinaryData>>;
	/** Whether a row had no time that could be read. */
	timeless: boolean;
}

/**
 * Turns a finished export into archive files while it is downloaded, row by row, in memory that does not grow with it.
 * In: the report, the row options, what to do with rows. Throws `Failure`; what was stored until then is in no item.
 * A file whose times do not run one way is read twice, because ids number identical rows: see `identifyInOrder`.
 */
export async function streamRows(
	context: IExecuteFunctions,
	client: SafeClient,
	report: { uuid: string; file: ReportFile },
	options: RowOptions,
	target: StreamTarget,
): Promise<StreamedRows> {
	let raw: unknown;
	const settings = {
		open: plainOpen(context, (body) => {
			raw = body;
		}),
		waiting: executionWaiting(context),
		onRetry: ({ message }: Error) => context.logger.info(`SAFE: ${message}; downloading again`),
	};
	const store = async (bytes: AsyncIterable<Uint8Array>) =>
		await context.helpers.prepareBinaryData(await readableLike(raw, bytes), 'safe-audit.ndjson.gz', 'application/gzip');
	const mayBeJson = client.exports.family !== 'reports';
	const read = async (newIdentify: () => Identify) =>
		await downloadReport(
			client,
			report.uuid,
			report.file,
			async (body) => {
				const slices = digestedSlices(unpacked(body), { unevenRows: options.unevenRows ?? 'stop' }, mayBeJson);
				return await writeRows(slices, options, newIdentify(), target, store);
			},
			settings,
		);
	try {
		return await read(identifyInOrder);
	} catch (error) {
		if (!(error instanceof OutOfOrder)) throw asIs(error);
		context.logger.info(`SAFE: export ${report.uuid} is not in the order of its times; downloading again`);
		return await read(identifyCompactly);
	}
}

function asIs(error: unknown): unknown {
	return error;
}

async function writeRows(
	slices: ReturnType<typeof digestedSlices>,
	options: RowOptions,
	identify: Identify,
	{ archive, newSift }: StreamTarget,
	store: (bytes: AsyncIterable<Uint8Array>) => Promise<IBinaryData>,
): Promise<StreamedRows> {
	const sift = newSift();
	const timezone = options.timezone || 'utc';
	const seen: StreamedRows = { names: [], columns: {}, rowsRead: 0, unreadTimes: { count: 0, of: 0, example: '' }, unlistedUsers: new Set(), files: [], timeless: false };
	const open: Partial<Record<Sifted, StreamedArchive<IBinaryData>>> = {};
	let lineOf = lineWriter([]);
	try {
		for await (const { columns: names, rows } of slices) {
			if (seen.names !== names) {
				seen.names = names;
				seen.columns = columnsOf(names, options);
				lineOf = lineWriter(names);
			}
			const { time } = seen.columns;
			for (const { record, digest } of rows) {
				const timeMs = time === undefined ? undefined : parseTime(record[time], timezone);
				if (time !== undefined) noteTime(seen.unreadTimes, record[time], timeMs);
				seen.rowsRead++;
				seen.timeless ||= timeMs === undefined;
				const eventId = identify(digest, timeMs);
				const { is, atMs } = sift(eventId, timeMs);
				if (!archive || (is !== 'new' && is !== 'late')) continue;
				const file = (open[is] ??= streamedArchive({ ...archive, late: is === 'late' }, store));
				const written = file.add(lineOf(record, eventId), atMs);
				if (written) await written;
			}
		}
		for (const file of [open.late, open.new]) if (file) seen.files.push(await file.finish());
	} catch (error) {
		await Promise.all(Object.values(open).map(async (file) => await file.abort(error)));
		throw asIs(error);
	}
	return seen;
}
