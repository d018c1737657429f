import cliProgress from 'cli-progress';
import type { WorkflowFile } from '../../test/harness';

/** Shows how far a workflow is: a bar on a terminal, a line per node elsewhere (CI logs). */
export function startProgress(workflow: WorkflowFile): { nodeFinished: (name: string) => void; stop: () => void } {
	const names = workflow.nodes.filter(({ type }) => !/stickyNote|manualTrigger/.test(type)).map(({ name }) => name);
	const finished = new Set<string>();
	if (!process.stdout.isTTY) {
		return { nodeFinished: (name) => console.log(`  ✓ ${name}`), stop: () => {} };
	}
	const bar = new cliProgress.SingleBar(
		{ format: '  {bar} {value}/{total} {node}', hideCursor: true, clearOnComplete: true },
		cliProgress.Presets.shades_classic,
	);
	bar.start(names.length, 0, { node: 'starting' });
	return {
		nodeFinished(name) {
			finished.add(name);
			bar.update(Math.min(finished.size, names.length), { node: name });
		},
		stop: () => bar.stop(),
	};
}
