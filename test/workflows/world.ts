import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { INode } from 'n8n-workflow';
import { readWorkflow, withSettings, type RunReport, type WorkflowFile } from '../harness';
import { localSettings, startLocalWorld, BUCKET, type LocalWorld } from '../../tools/demo/world';

export { BUCKET, type LocalWorld };

const WORKFLOWS = path.resolve(__dirname, '..', '..', 'workflows');

/** A local world with its S3 in a temporary folder, which goes with it. */
export async function startTestWorld(seed: number): Promise<LocalWorld> {
	const folder = mkdtempSync(path.join(tmpdir(), 'workflow-s3-'));
	const local = await startLocalWorld(seed, folder);
	return {
		...local,
		async stop() {
			await local.stop();
			rmSync(folder, { recursive: true, force: true });
		},
	};
}

/** A shipped workflow as an operator sets it up for the local world; pauses between tries are taken out. */
export function shipped(local: LocalWorld, name: string, settings: Record<string, unknown> = {}): WorkflowFile {
	const workflow = withSettings(readWorkflow(path.join(WORKFLOWS, `${name}.json`)), {
		...localSettings(local),
		...settings,
	});
	return { ...workflow, nodes: workflow.nodes.map(withoutPauses) };
}

function withoutPauses(node: INode): INode {
	const parameters = structuredClone(node.parameters);
	if (node.type.endsWith('.safeAuditExport')) Object.assign(parameters.options as object, { pollInterval: 0.01 });
	return { ...node, parameters, ...('waitBetweenTries' in node ? { waitBetweenTries: 0 } : {}) };
}

/** Events in the archive objects of a source, parsed, by key. */
export async function archived(local: LocalWorld, source: string): Promise<Map<string, Array<Record<string, unknown>>>> {
	const objects = [...(await local.s3.objects(BUCKET))].filter(([key]) => key.includes(`/source=${source}/`));
	return new Map(objects.map(([key, bytes]) => [key, JSON.parse(bytes.toString()) as Array<Record<string, unknown>>]));
}

/** Ids that a node gave out, in order. */
export function idsOf(report: RunReport, node: string): string[] {
	return report.items(node).map(({ json }) => String(json.eventId));
}
