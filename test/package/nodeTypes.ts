import path from 'node:path';
import { ROOT, read } from './commands';

/** Versions by full node type, of n8n's built-in nodes (from their catalogue) and of ours (from the built classes). */
export async function loadedTypes(): Promise<Map<string, number[]>> {
	const catalogue = path.join('node_modules', 'n8n-nodes-base', 'dist', 'types', 'nodes.json');
	const types = new Map<string, number[]>();
	const add = (type: string, version: number | number[]) => types.set(type, [...(types.get(type) ?? []), version].flat());
	for (const { name, version } of JSON.parse(read(catalogue)) as Array<{ name: string; version: number | number[] }>) {
		add(`n8n-nodes-base.${name}`, version);
	}
	const { nodes } = (JSON.parse(read('package.json')) as { n8n: { nodes: string[] } }).n8n;
	for (const file of nodes) {
		const classes = Object.values((await import(path.join(ROOT, file))) as Record<string, new () => { description: { name: string; version: number } }>);
		const [{ description }] = classes.filter((value) => typeof value === 'function').map((Node) => new Node());
		add(`n8n-nodes-safe-securid.${description.name}`, description.version);
	}
	return types;
}
