/** What n8n's server hands every execution beside the workflow: addresses, services, and the doors to its other parts. */
import './environment';
import 'reflect-metadata';
import { Container } from '@n8n/di';
import { ExternalSecretsProxy } from 'n8n-core';
import { UserError } from 'n8n-workflow';
import type { ICredentialsHelper, IWorkflowExecuteAdditionalData } from 'n8n-workflow';

const ADDRESS = 'http://localhost:5678';

/** The services that differ from engine to engine. */
export interface ExecutionServices {
	credentialsHelper: ICredentialsHelper;
	/**
	 * Contexts of n8n's modules by module name; the server adds each module's own to the additional data, and nodes
	 * reach them through their helpers (the Data Table node through `data-table`).
	 */
	modules?: Record<string, unknown>;
}

/**
 * New additional data for one execution; n8n writes to it, so it is not shared.
 * What needs a task runner, other workflows or a database throws and so fails the node that asked for it.
 */
export function createAdditionalData({
	credentialsHelper,
	modules,
}: ExecutionServices): IWorkflowExecuteAdditionalData {
	return {
		...modules,
		credentialsHelper,
		currentNodeExecutionIndex: 0,
		restApiUrl: `${ADDRESS}/rest`,
		instanceBaseUrl: `${ADDRESS}/`,
		formBaseUrl: `${ADDRESS}/form`,
		formTestBaseUrl: `${ADDRESS}/form-test`,
		formWaitingBaseUrl: `${ADDRESS}/form-waiting`,
		webhookBaseUrl: `${ADDRESS}/webhook`,
		webhookTestBaseUrl: `${ADDRESS}/webhook-test`,
		webhookWaitingBaseUrl: `${ADDRESS}/webhook-waiting`,
		mcpBaseUrl: `${ADDRESS}/mcp`,
		mcpTestBaseUrl: `${ADDRESS}/mcp-test`,
		variables: {},
		externalSecretsProxy: Container.get(ExternalSecretsProxy),
		setExecutionStatus: () => {},
		sendDataToUI: () => {},
		logAiEvent: () => {},
		getRuntimeCredential: async () => undefined,
		getRunExecutionData: async () => undefined,
		// Available, so that the Code node goes on to ask for a run and gets the sentence below.
		getRunnerStatus: () => ({ available: true }),
		startRunnerTask: async (_data, _jobType, _settings, _functions, _input, node) => {
			throw new UserError(
				`Node "${node.name}" runs code of its own; the harness has no task runner, and shipped workflows have no Code nodes`,
			);
		},
		executeWorkflow: async () => {
			throw new UserError('The harness runs one workflow; it cannot call another');
		},
	};
}
