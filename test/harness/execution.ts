/** One execution of one workflow in n8n's engine, from the file to the report. */
import './environment';
import 'reflect-metadata';
import { ExecutionLifecycleHooks, WorkflowExecute } from 'n8n-core';
import { createRunExecutionData, deepCopy, Workflow } from 'n8n-workflow';
import type {
	ExecutionError,
	IDataObject,
	INodeCredentialsDetails,
	INodeExecutionData,
	IRun,
	IRunExecutionData,
	ITaskData,
	IWorkflowBase,
	IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';
import type { NodePackages } from './nodePackages';
import { pickCredentials } from './pickedCredentials';
import type { RunReport } from './runReport';
import { createReport } from './runReport';
import { findStartNode, firstItems } from './startNode';
import type { WorkflowFile } from './workflowFile';

/** How to run a workflow. */
export interface RunOptions {
	/** Node to start at; default: the Manual Trigger in a manual run, else the Schedule Trigger or another trigger. */
	startAt?: string;
	/**
	 * `trigger` (default): a production run, in which a trigger passes on the items it is handed, and which saves static
	 * data. `manual`: as with the editor's button, in which a trigger runs itself, pinned data counts, and nothing is saved.
	 */
	mode?: 'trigger' | 'manual';
	/** Credential data by credential type, for every node that offers that type. */
	credentials?: Record<string, Record<string, unknown>>;
	/** Items handed to the start node; in a manual run, what it gives out. */
	input?: INodeExecutionData[];
	onNodeFinished?: (nodeName: string, run: ITaskData) => void;
	onNodeStarted?: (nodeName: string) => void;
	/** Cancels the execution when it aborts, as Stop in the editor does; nodes see it on `getExecutionCancelSignal()`. */
	cancelAfter?: AbortSignal;
}

/** What an execution needs of the engine it runs in. */
export interface ExecutionHost {
	packages: NodePackages;
	saveCredential(type: string, data: Record<string, unknown>): Promise<INodeCredentialsDetails>;
	createAdditionalData(): IWorkflowExecuteAdditionalData;
	nextExecutionId(): string;
	/** Static data by workflow id, as saved by the last execution that changed it. */
	staticData: Map<string, IDataObject>;
}

/**
 * Runs a workflow to its end, its cancellation or its first long wait.
 * A workflow that fails gives a report; what throws are mistakes in the call (a node that is not installed, a start
 * node that does not exist).
 */
export async function execute(
	host: ExecutionHost,
	file: WorkflowFile,
	options: RunOptions,
): Promise<RunReport> {
	const { mode = 'trigger', input } = options;
	const workflow = await openWorkflow(host, file, options);
	const start = findStartNode(workflow, mode, options.startAt);
	// In a manual run the trigger makes its own items.
	const given =
		mode === 'manual' ? [{ json: {} }] : await firstItems(workflow, start, host.createAdditionalData());
	const items = input ?? given;
	const pinData =
		mode === 'manual' ? { ...pinnedItems(file), ...(input && { [start.name]: input }) } : undefined;
	const data = createRunExecutionData({
		startData: {},
		resultData: { pinData },
		executionData: { nodeExecutionStack: [{ node: start, data: { main: [items] }, source: null }] },
	});
	return await runToEnd(host, { file, workflow, data, options, executionId: host.nextExecutionId() });
}

async function openWorkflow(
	host: ExecutionHost,
	file: WorkflowFile,
	{ credentials = {} }: RunOptions,
): Promise<Workflow> {
	host.packages.assertInstalled(file.nodes);
	const id = workflowId(file);
	const workflow = new Workflow({
		id,
		name: file.name,
		nodes: deepCopy(file.nodes),
		connections: deepCopy(file.connections),
		active: false,
		nodeTypes: host.packages.nodeTypes,
		staticData: deepCopy(host.staticData.get(id) ?? file.staticData ?? {}),
		settings: { executionOrder: 'v1', ...file.settings },
	});
	const saved: Record<string, INodeCredentialsDetails> = {};
	for (const [type, data] of Object.entries(credentials)) saved[type] = await host.saveCredential(type, data);
	pickCredentials(workflow, saved);
	return workflow;
}

type RunningExecution = ReturnType<WorkflowExecute['processRunExecutionData']>;

interface Execution {
	file: WorkflowFile;
	workflow: Workflow;
	data: IRunExecutionData;
	options: RunOptions;
	executionId: string;
	/** A second attempt of an execution that failed. */
	isRetry?: boolean;
}

async function runToEnd(host: ExecutionHost, given: Execution): Promise<RunReport> {
	const { file, workflow, data, options, executionId } = given;
	const { mode = 'trigger' } = options;
	const additionalData = host.createAdditionalData();
	const timeoutMs = (file.settings?.executionTimeout ?? 0) * 1000;
	Object.assign(additionalData, {
		executionId,
		workflowId: workflow.id,
		workflowSettings: workflow.settings,
		executionTimeoutTimestamp: timeoutMs > 0 ? Date.now() + timeoutMs : undefined,
		hooks: createHooks(host, given),
	});
	const staticDataNow = () => deepCopy(workflow.staticData);
	let execution: RunningExecution;
	try {
		const engine = new WorkflowExecute(additionalData, given.isRetry ? 'retry' : mode, data);
		execution = engine.processRunExecutionData(workflow);
	} catch (error) {
		// Parameters that the engine refuses before it runs any node; the server saves a failed execution.
		return createReport({
			status: 'error',
			error: error as ExecutionError,
			runData: {},
			staticData: staticDataNow(),
		});
	}
	const ending = execution.then(() => undefined);
	const run = await endOrCancellation(execution, options.cancelAfter, timeoutMs);
	if (run === undefined) {
		// What the server saves at the moment of cancellation; a node that comes to an end later changes nothing in it.
		const { lastNodeExecuted: lastNode, runData } = deepCopy(data.resultData);
		return createReport({
			status: 'canceled',
			lastNode,
			runData,
			staticData: staticDataNow(),
			ended: ending,
		});
	}
	const { error, lastNodeExecuted, runData } = run.data.resultData;
	return createReport({
		status: run.status,
		error,
		lastNode: lastNodeExecuted,
		runData,
		data: run.data,
		staticData: staticDataNow(),
		...(run.status === 'waiting' && {
			resume: async () => {
				const reopened = await openWorkflow(host, file, options);
				return await runToEnd(host, { ...given, workflow: reopened, data: deepCopy(run.data) });
			},
		}),
		...(run.status === 'error' && { retry: async () => await retry(host, given, deepCopy(run.data)) }),
	});
}

/** n8n's Retry, as its server does it (execution.service.js, `retry`): what had run keeps its data, and the failed node is the first to run again. */
async function retry(host: ExecutionHost, given: Execution, data: IRunExecutionData): Promise<RunReport> {
	const { resultData } = data;
	delete resultData.error;
	const runs = resultData.runData[resultData.lastNodeExecuted ?? ''] ?? [];
	if (runs.at(-1)?.error !== undefined) runs.pop();
	const workflow = await openWorkflow(host, given.file, given.options);
	return await runToEnd(host, { ...given, workflow, data, executionId: host.nextExecutionId(), isRetry: true });
}

/**
 * Waits for the end, and cancels when the signal aborts or the workflow's own time (0: unlimited) is over. Answers
 * undefined as soon as it is cancelled, since a node that does not watch its cancel signal keeps the engine busy.
 */
async function endOrCancellation(
	execution: RunningExecution,
	signal: AbortSignal | undefined,
	timeoutMs: number,
): Promise<IRun | undefined> {
	let cancel = () => {};
	const cancellation = new Promise<undefined>((resolve) => {
		cancel = () => {
			execution.cancel();
			resolve(undefined);
		};
	});
	const timer = timeoutMs > 0 ? setTimeout(cancel, timeoutMs) : undefined;
	if (signal?.aborted) cancel();
	signal?.addEventListener('abort', cancel, { once: true });
	try {
		return await Promise.race([cancellation, execution]);
	} finally {
		clearTimeout(timer);
		signal?.removeEventListener('abort', cancel);
	}
}

function createHooks(
	{ staticData }: ExecutionHost,
	{ file, workflow, executionId, options }: Execution,
): ExecutionLifecycleHooks {
	const { mode = 'trigger', onNodeStarted, onNodeFinished } = options;
	// SAFETY: n8n's hooks get the stored workflow; the ones added here read nothing of it.
	const hooks = new ExecutionLifecycleHooks(mode, executionId, file as unknown as IWorkflowBase);
	if (onNodeStarted) hooks.addHandler('nodeExecuteBefore', async (nodeName) => onNodeStarted(nodeName));
	if (onNodeFinished)
		hooks.addHandler('nodeExecuteAfter', async (nodeName, run) => onNodeFinished(nodeName, run));
	hooks.addHandler('workflowExecuteAfter', async (_run, changed) => {
		// As the server: saved whole and also after a failure, never by a manual run.
		if (changed !== undefined && mode !== 'manual') staticData.set(workflow.id, deepCopy(changed));
	});
	return hooks;
}

function pinnedItems({ pinData = {} }: WorkflowFile): Record<string, INodeExecutionData[]> {
	return Object.fromEntries(
		Object.entries(pinData).map(([nodeName, items]) => [
			nodeName,
			// Exported files hold either bare JSON or whole items.
			items.map((item) => ('json' in item ? (item as unknown as INodeExecutionData) : { json: item })),
		]),
	);
}

/** Ids are part of folder names on disk, so a workflow known by its name only gets one that is safe there. */
function workflowId({ id, name }: WorkflowFile): string {
	return id ?? `name-${Buffer.from(name).toString('hex').slice(0, 120)}`;
}
