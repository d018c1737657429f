import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const BUILT_IN = 'n8n-nodes-base.';
const json = <T>(...file: string[]) => JSON.parse(readFileSync(path.join(...file), 'utf8')) as T;

/** Versions by full node type of an installed n8n-nodes-base, from its own catalogue; ascending. */
export function nodeVersions(folder: string): Map<string, number[]> {
	const types = new Map<string, number[]>();
	for (const { name, version } of json<Array<{ name: string; version: number | number[] }>>(folder, 'dist', 'types', 'nodes.json')) {
		const type = `${BUILT_IN}${name}`;
		types.set(type, [...(types.get(type) ?? []), version].flat().sort((one, other) => one - other));
	}
	return types;
}

/** n8n's built-in node types in the workflow files of a folder, sorted, each once. */
export function usedTypes(workflows: string): string[] {
	const files = readdirSync(workflows).filter((name) => name.endsWith('.json'));
	const nodes = files.flatMap((name) => json<{ nodes: Array<{ type: string }> }>(workflows, name).nodes);
	return [...new Set(nodes.map(({ type }) => type))].filter((type) => type.startsWith(BUILT_IN)).sort();
}
