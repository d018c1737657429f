/**
 * Polls of a polling trigger, one by one, as n8n's server makes them between executions.
 * Follows n8n-core 2.41.1's PollTriggerExecutor and ActiveWorkflowTriggers; timers, leases and back-off are left out: a test says when to poll.
 */
import './environment';
import 'reflect-metadata';
import { Container } from '@n8n/di';
import { PollContext, PollTriggerExecutor, TriggersAndPollers } from 'n8n-core';
import { deepCopy, UserError, Workflow } from 'n8n-workflow';
import type { IDataObject, INode, INodeCredentialsDetails, INodeExecutionData } from 'n8n-workflow';
import type { ExecutionHost } from './execution';
import { pickCredentials } from './pickedCredentials';
import type { WorkflowFile } from './workflowFile';
import { inIsolate } from './isolate';

/**
 * Which of n8n's two ways to poll.
 * - `legacy` (n8n's default): the node changes the live static data in memory, which keeps the change although the poll throws, and is saved
 *   whole when items are emitted and when the workflow is published.
 * - `durable`: each poll has a copy of what is saved; it becomes the saved state with the emission, or alone when there are no items, and is
 *   discarded when the poll throws.
 */
export type PollMode = 'legacy' | 'durable';

export interface PollerOptions {
	mode: PollMode;
	/** Credential data by credential type, as for a run. */
	credentials?: Record<string, Record<string, unknown>>;
	/** What n8n tells the node about its time; default 300 s in legacy and 36 s in durable mode, as on a server. */
	budgetMs?: number;
}

/** What came of one poll: the items that start an execution, or null; and what it threw. */
export interface Tick {
	items: INodeExecutionData[] | null;
	error?: Error;
}

/** The one polling trigger of a workflow. Polls may overlap; n8n's legacy mode does not wait for the one before. */
export interface Poller {
	/** The poll at publishing, and in legacy mode at each start of n8n. Durable mode does not save the state of one without items. */
	publish(): Promise<Tick>;
	/** A poll of the timer. Never rejects. */
	tick(): Promise<Tick>;
	/** The poll of a test by hand; saves nothing. Rejects with what the node throws. */
	byHand(): Promise<INodeExecutionData[] | null>;
	/** The node's state as the database holds it. */
	state(): IDataObject;
	/** n8n stops and starts again: memory is gone, and so is whatever a poll that has not ended comes to. */
	restart(): void;
}

const BUDGET_MS = { legacy: 300_000, durable: 36_000 };

/**
 * Makes a poller of a workflow with one polling trigger.
 * Starts from what an earlier poller or execution of the workflow's id saved in this engine, else from the file's static data.
 * Throws a UserError when the workflow has no polling trigger or two.
 */
export async function createPoller(host: ExecutionHost, file: WorkflowFile, options: PollerOptions): Promise<Poller> {
	const { mode, credentials = {}, budgetMs = BUDGET_MS[options.mode] } = options;
	host.packages.assertInstalled(file.nodes);
	const picked: Record<string, INodeCredentialsDetails> = {};
	for (const [type, data] of Object.entries(credentials)) picked[type] = await host.saveCredential(type, data);
	const id = file.id ?? file.name;
	const saved = () => host.staticData.get(id) ?? file.staticData ?? {};
	const open = () => openWorkflow(host, file, { id, staticData: deepCopy(saved()), picked });
	let live = open();
	const key = `node:${live.node.name}`;
	const state = () => deepCopy((saved()[key] ?? {}) as IDataObject);
	const saveState = (changed: IDataObject) => host.staticData.set(id, { ...deepCopy(saved()), [key]: deepCopy(changed) });

	/** As n8n's WorkflowStaticDataService: whole, and only when something was changed. */
	function saveLive({ workflow }: Opened): void {
		if (!workflow.staticData.__dataChanged) return;
		host.staticData.set(id, deepCopy(workflow.staticData));
		workflow.staticData.__dataChanged = false;
	}

	async function poll(atPublishing: boolean): Promise<Tick> {
		const opened = live;
		const tick: Tick = { items: null };
		const copy = state();
		const keep = mode === 'legacy' ? () => saveLive(opened) : () => void saveState(copy);
		const context = new PollContext(
			opened.workflow,
			opened.node,
			{ ...host.createAdditionalData(), workflowId: id },
			'trigger',
			atPublishing ? 'activate' : 'update',
			([items]) => {
				keep();
				tick.items = items;
			},
			(error) => {
				tick.error = error;
			},
			mode === 'durable' ? async () => keep() : undefined,
			undefined,
			mode === 'durable' ? () => copy : undefined,
			() => budgetMs,
		);
		const run = Container.get(PollTriggerExecutor).create(opened.workflow, opened.node, context, () => opened === live);
		if (!atPublishing) {
			await run();
			return tick;
		}
		try {
			await inIsolate(opened.workflow.expression, async () => await run(true));
			if (mode === 'legacy' && opened === live) saveLive(opened);
		} catch (error) {
			tick.error = error as Error;
			// n8n tries to publish again with a workflow that it loads anew.
			if (opened === live) live = open();
		}
		return tick;
	}

	return {
		publish: async () => await poll(true),
		tick: async () => await poll(false),
		async byHand() {
			const { workflow, node } = open();
			const context = new PollContext(workflow, node, host.createAdditionalData(), 'manual', 'manual');
			const poller = Container.get(TriggersAndPollers);
			return (await inIsolate(workflow.expression, async () => await poller.runPollFunction(workflow, node, context)))?.[0] ?? null;
		},
		state,
		restart() {
			live = open();
		},
	};
}

interface Opened {
	workflow: Workflow;
	node: INode;
}

function openWorkflow(
	host: ExecutionHost,
	file: WorkflowFile,
	{ id, staticData, picked }: { id: string; staticData: IDataObject; picked: Record<string, INodeCredentialsDetails> },
): Opened {
	const workflow = new Workflow({
		id,
		name: file.name,
		nodes: deepCopy(file.nodes),
		connections: deepCopy(file.connections),
		active: true,
		nodeTypes: host.packages.nodeTypes,
		staticData,
		settings: { executionOrder: 'v1', ...file.settings },
	});
	pickCredentials(workflow, picked);
	const [node, ...others] = workflow.getPollNodes();
	if (node === undefined || others.length > 0) {
		throw new UserError(`A poller needs a workflow with one polling trigger; "${file.name}" has ${node ? others.length + 1 : 'none'}`);
	}
	return { workflow, node };
}
