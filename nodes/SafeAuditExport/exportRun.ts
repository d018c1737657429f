import type { IExecuteFunctions } from 'n8n-workflow';
import { bounded } from '../shared/n8n/parameters';
import { executionWaiting } from '../shared/n8n/waiting';
import type { SafeClient } from '../shared/safe/client';
import type { ReportFile } from '../shared/safe/exportFamilies';
import { safeFailure } from '../shared/safe/failures';
import { waitForReport } from '../shared/safe/report';

/** Members of the Options collection that rule the waiting. */
export interface WaitOptions {
	pollInterval?: number;
	timeout?: number;
}

/** What the operations that queue an export know of it. */
export interface ExportTicket {
	uuid: string;
	days: number;
	/** ISO 8601 UTC, taken before the request: the report's window ends a moment after it. */
	requestedAt: string;
}

/** Queues an export over the Days parameter. Throws `Failure`. */
export async function requestExport(
	context: IExecuteFunctions,
	client: SafeClient,
	itemIndex: number,
): Promise<ExportTicket> {
	const value = Number(context.getNodeParameter('days', itemIndex, 1));
	if (!Number.isInteger(value) || value < 1 || value > 365) {
		throw safeFailure('SAFE-DAYS', { values: { detail: value } });
	}
	const requestedAt = new Date().toISOString();
	const uuid = await client.requestReport(value);
	context.logger.info(`SAFE: export ${uuid} over ${value} day(s) is queued`);
	return { uuid, days: value, requestedAt };
}

/** Waits for an export. Out: its link, which is a secret, or its content. Throws `Failure`. */
export async function waitForExport(
	context: IExecuteFunctions,
	client: SafeClient,
	uuid: string,
	options: WaitOptions,
): Promise<ReportFile> {
	return await waitForReport(client, uuid, executionWaiting(context), {
		pollIntervalMs: bounded(options.pollInterval, 5, 0.001, 600) * 1000,
		timeoutMs: bounded(options.timeout, 600, 0.001, 3600) * 1000,
		onWait: ({ waitedMs, said }) =>
			context.logger.info(`SAFE: export ${uuid} is not ready after ${Math.round(waitedMs / 1000)} s (${said})`),
	});
}
