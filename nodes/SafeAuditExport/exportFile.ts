import { createHash } from 'node:crypto';
import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';
import { readableLike } from '../shared/n8n/binary';
import { plainOpen } from '../shared/n8n/http';
import { executionWaiting } from '../shared/n8n/waiting';
import type { SafeClient } from '../shared/safe/client';
import type { ReportFile } from '../shared/safe/exportFamilies';
import { limited } from '../shared/safe/gunzip';
import { downloadReport } from '../shared/safe/report';

/** A stored report file and what identifies its content. */
export interface ExportFile {
	binary: IBinaryData;
	fileName: string;
	/** Bytes. */
	fileSize: number;
	/** Hex, over the stored bytes. */
	sha256: string;
}

/**
 * Streams a finished report into n8n's binary store, byte for byte.
 * In: the uuid, where its content is, a time for the file name. Out: the stored file, its size and SHA-256. Throws `Failure`.
 * (Bytes that storage sends with `Content-Encoding: gzip` arrive unpacked: n8n undoes that encoding before any node sees it.)
 */
export async function storeExport(
	context: IExecuteFunctions,
	client: SafeClient,
	uuid: string,
	file: ReportFile,
	requestedAt: string,
): Promise<ExportFile> {
	const fileName = `safe-audit_${requestedAt.replace(/[-:]|\.\d+/g, '')}_${uuid.slice(0, 8)}.csv`;
	let raw: unknown;
	const open = plainOpen(context, (body) => {
		raw = body;
	});
	const store = async (body: AsyncIterable<Uint8Array>): Promise<ExportFile> => {
		const measure = { hash: createHash('sha256'), fileSize: 0 };
		const stream = await readableLike(raw, measured(limited(body), measure));
		const binary = await context.helpers.prepareBinaryData(stream, fileName, 'text/csv');
		return { binary, fileName, fileSize: measure.fileSize, sha256: measure.hash.digest('hex') };
	};
	const settings = {
		open,
		waiting: executionWaiting(context),
		onRetry: ({ message }: Error) => context.logger.info(`SAFE: ${message}; downloading again`),
	};
	return await downloadReport(client, uuid, file, store, settings);
}

async function* measured(
	body: AsyncIterable<Uint8Array>,
	measure: { hash: ReturnType<typeof createHash>; fileSize: number },
): AsyncGenerator<Uint8Array> {
	for await (const part of body) {
		measure.hash.update(part);
		measure.fileSize += part.length;
		yield part;
	}
}
