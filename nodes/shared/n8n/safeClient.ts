import type { IExecuteFunctions, ILoadOptionsFunctions } from 'n8n-workflow';
import { credentialSend, readCredential } from './http';
import { executionWaiting } from './waiting';
import { createSafeClient, type SafeClient } from '../safe/client';
import type { ExportChoice } from '../safe/exportFamilies';
import { type SafeCredential, safeOrigin } from '../safe/host';

/** Members of the Options collection that choose SAFE's endpoints. */
export interface EndpointOptions {
	apiFamily?: ExportChoice['family'];
	daysForm?: ExportChoice['daysForm'];
}

/** SAFE's client for the credential of a node, in executions and in the editor's lists. */
export async function openSafe(
	context: IExecuteFunctions | ILoadOptionsFunctions,
	{ apiFamily = 'reports', daysForm = 'days' }: EndpointOptions = {},
): Promise<SafeClient> {
	return createSafeClient({
		origin: safeOrigin(await readCredential<SafeCredential>(context, 'safeApi')),
		send: credentialSend(context, 'safeApi', [401, 403]),
		exports: { family: apiFamily, daysForm },
		waiting: executionWaiting('getExecutionCancelSignal' in context ? context : {}),
		onRetry: (failure, pauseMs) =>
			context.logger.info(`SAFE: ${failure.message}; asking again in ${Math.round(pauseMs / 1000)} s`),
	});
}
