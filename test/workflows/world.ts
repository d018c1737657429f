import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { types } from 'node:util';
import type { INode } from 'n8n-workflow';
import { readWorkflow, withSettings, type RunReport, type WorkflowFile } from '../harness';
import { localSettings, readArchive, startLocalWorld, BUCKET, type LocalWorld } from '../../tools/demo/world';

export { BUCKET, type LocalWorld };

const WORKFLOWS = path.resolve(__dirname, '..', '..', 'workflows');

/**
 * A local world with its S3 in a temporary folder, which goes with it. With `midHour` its clock (Date.now of this process) starts at
 * half past, so that no slot closes between two runs of a test; n8n's expressions keep the real time.
 */
export async function startTestWorld(seed: number, { midHour = false } = {}): Promise<LocalWorld> {
	takeNodesErrorsForErrors();
	const clock = midHour ? startClockAtHalfPast() : undefined;
	const folder = mkdtempSync(path.join(tmpdir(), 'workflow-s3-'));
	const local = await startLocalWorld(seed, folder);
	return {
		...local,
		async stop() {
			await local.stop();
			clock?.mockRestore();
			rmSync(folder, { recursive: true, force: true });
		},
	};
}

let taken = false;

/** Under jest, errors that Node itself makes come from another realm; in n8n they are instances of Error. As in test/nodes/bench.ts. */
function takeNodesErrorsForErrors(): void {
	if (taken) return;
	taken = true;
	const usual = Function.prototype[Symbol.hasInstance];
	Object.defineProperty(Error, Symbol.hasInstance, {
		value(this: unknown, thing: unknown) {
			return usual.call(this as typeof Error, thing) || (this === Error && types.isNativeError(thing));
		},
	});
}

function startClockAtHalfPast(): jest.SpyInstance {
	const hourMs = 3_600_000;
	const offsetMs = Math.floor(Date.now() / hourMs) * hourMs + hourMs / 2 - Date.now();
	const realNow = Date.now.bind(Date);
	return jest.spyOn(Date, 'now').mockImplementation(() => realNow() + offsetMs);
}

/** A shipped workflow as an operator sets it up for the local world; pauses between tries are one millisecond (n8n takes none for its default second). */
export function shipped(local: LocalWorld, name: string, settings: Record<string, unknown> = {}): WorkflowFile {
	const file = readWorkflow(path.join(WORKFLOWS, `${name}.json`));
	const workflow = withSettings(file, { ...localSettings(local, file), ...settings });
	return { ...workflow, nodes: workflow.nodes.map(withoutPauses) };
}

function withoutPauses(node: INode): INode {
	const parameters = structuredClone(node.parameters);
	if (node.type.endsWith('.safeAuditExport')) Object.assign(parameters.options as object, { pollInterval: 0.01 });
	return { ...node, parameters, ...('waitBetweenTries' in node ? { waitBetweenTries: 1 } : {}) };
}

/** Events in the archive objects of a source, parsed, by key. Both forms: one JSON list, and compressed NDJSON. */
export async function archived(
	local: LocalWorld,
	source: string,
	prefix = 'audit',
): Promise<Map<string, Array<Record<string, unknown>>>> {
	const objects = [...(await local.s3.objects(BUCKET))].filter(([key]) => key.startsWith(`${prefix}/source=${source}/`));
	return new Map(objects.map(([key, bytes]) => [key, readArchive(key, bytes)]));
}

/** Ids that a node gave out, in order. */
export function idsOf(report: RunReport, node: string): string[] {
	return report.items(node).map(({ json }) => String(json.eventId));
}
