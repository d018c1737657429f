/** n8n's engine in this process: start it once, run any number of workflow files in it, stop it. */
import './environment';
import { resolve } from 'node:path';
import type { IDataObject } from 'n8n-workflow';
import { createAdditionalData } from './additionalData';
import { CredentialStore } from './credentialStore';
import { HarnessCredentialsHelper } from './credentialsHelper';
import type { CredentialTestResult } from './credentialTest';
import { testCredential } from './credentialTest';
import type { DataTablesTab } from './dataTables';
import { DataTables } from './dataTables';
import type { RunOptions } from './execution';
import { execute } from './execution';
import { loadNodePackages } from './nodePackages';
import { createPoller } from './polling';
import type { Poller, PollerOptions } from './polling';
import { holdProcessServices } from './processServices';
import type { RunReport } from './runReport';
import type { WorkflowFile } from './workflowFile';

/** How to start an engine. */
export interface EngineOptions {
	/** Folder of the package whose built nodes are loaded: this repository (default) or an unpacked tarball. */
	packageDirectory?: string;
	/** n8n's user folder, kept after `stop`; default: a temporary one, removed by it. One per process. */
	userFolder?: string;
	/** File that keeps the data tables between processes; made when it is missing. Default: they end with the engine. */
	dataTablesFile?: string;
	/** n8n's log level, `silent` by default; counts for the first engine of a process. */
	logLevel?: string;
}

/** A running engine. Credentials with their tokens, and static data, live as long as it does. */
export interface Engine {
	/** Runs a workflow; a run that fails is a report, not an exception. Runs may overlap, as on a server. */
	run(workflow: WorkflowFile, options?: RunOptions): Promise<RunReport>;
	/** Polls the one polling trigger of a workflow, when the test says so. */
	poller(workflow: WorkflowFile, options: PollerOptions): Promise<Poller>;
	/** Saves and tests a credential as the editor's Test button does. */
	testCredential(type: string, data: Record<string, unknown>): Promise<CredentialTestResult>;
	/** The data tables of this engine, as n8n's Data tables tab shows them. */
	dataTables: DataTablesTab;
	/** Ends the engine: the last one of a process ends expressions and removes the temporary folder with all binary files. */
	stop(): Promise<void>;
}

/**
 * Starts n8n's engine with its built-in nodes and the built nodes of one package.
 * A package that is not built is left out; running a workflow that uses it then says to build it.
 */
export async function startEngine(options: EngineOptions = {}): Promise<Engine> {
	const { packageDirectory = resolve(__dirname, '..', '..') } = options;
	const services = await holdProcessServices(options);
	try {
		const packages = await loadNodePackages(resolve(packageDirectory), services.userFolder);
		const credentials = new CredentialStore();
		const credentialsHelper = new HarnessCredentialsHelper(packages.credentialTypes, credentials);
		const dataTables = new DataTables(options.dataTablesFile);
		const staticData = new Map<string, IDataObject>();
		let executions = 0;
		const host = {
			packages,
			credentials,
			staticData,
			createAdditionalData: () =>
				createAdditionalData({
					credentialsHelper,
					modules: { 'data-table': dataTables.moduleContext },
				}),
			saveCredential: async (type: string, data: Record<string, unknown>) =>
				await credentials.save(type, data),
			nextExecutionId: () => `${++executions}`,
		};
		return {
			run: async (workflow, runOptions = {}) => await execute(host, workflow, runOptions),
			poller: async (workflow, pollerOptions) => await createPoller(host, workflow, pollerOptions),
			testCredential: async (type, data) => await testCredential(host, type, data),
			dataTables,
			stop: services.release,
		};
	} catch (error) {
		await services.release();
		throw error;
	}
}
