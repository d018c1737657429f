/** Workflows of a bench, and their runs in n8n's engine. */
import { randomUUID } from 'node:crypto';
import { startEngine, type Engine, type RunOptions, type RunReport, type WorkflowFile } from '../../../test/harness';

/** Counts that a run makes of its own result, after the clock has stopped. */
export type Facts = Record<string, number>;

/** Work that can be measured. */
export interface Variant {
	/** The same work in small, so that all code is loaded. */
	warmUp(): Promise<unknown>;
	/** The work; what it returns counts the result. */
	run(): Promise<() => Facts | Promise<Facts>>;
	stop?(): Promise<void>;
}

export const OWN = 'n8n-nodes-safe-securid';

/** A node as a step: name, type, version, parameters. */
export type Step = [name: string, type: string, typeVersion: number, parameters: object];

/** A workflow in which each step follows the one before; the first is "Start". */
export function inARow(...steps: Step[]): WorkflowFile {
	const all: Step[] = [['Start', 'n8n-nodes-base.noOp', 1, {}], ...steps];
	const nodes = all.map(([name, type, typeVersion, parameters], index) => ({
		...{ id: randomUUID(), name, type, typeVersion },
		position: [index * 220, 0] as [number, number],
		// SAFETY: parameters written down here are JSON.
		parameters: parameters as WorkflowFile['nodes'][number]['parameters'],
	}));
	const links = all.slice(1).map(([name], index) => [all[index][0], { main: [[{ node: name, type: 'main', index: 0 }]] }]);
	// SAFETY: the connections in n8n's own form.
	return { id: randomUUID(), name: 'Bench', nodes, connections: Object.fromEntries(links) as WorkflowFile['connections'] };
}

/** n8n's engine, which throws when a workflow does not end well. */
export async function openEngine(): Promise<{ run: (workflow: WorkflowFile, options?: RunOptions) => Promise<RunReport>; stop: Engine['stop'] }> {
	const engine = await startEngine();
	return {
		stop: engine.stop,
		async run(workflow, options) {
			const report = await engine.run(workflow, options);
			if (report.status === 'success') return report;
			throw new Error(`"${report.lastNode}" ended with ${report.status}: ${report.error?.message} ${report.error?.description ?? ''}`);
		},
	};
}
