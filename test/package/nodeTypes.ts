import path from 'node:path';
import { nodeVersions } from '../../tools/compat/nodeVersions';
import { ROOT, read } from './commands';

/** An n8n that README names as supported, with the versions of each node type that it has. */
export interface SupportedN8n {
	n8n: string;
	/** Its packages and their versions. */
	packages: Record<string, string>;
	types: Map<string, number[]>;
}

/** The oldest, as `npm run compat` has recorded it: of n8n's nodes only those that the workflows use. */
export function oldestN8n(): SupportedN8n {
	const { n8n, packages, types } = JSON.parse(read('test/fixtures/oldestN8n.json')) as Omit<SupportedN8n, 'types'> & { types: Record<string, number[]> };
	return { n8n, packages, types: new Map(Object.entries(types)) };
}

/** The newest: the one that is installed here. */
export function newestN8n(): SupportedN8n {
	const { devDependencies } = JSON.parse(read('package.json')) as { devDependencies: Record<string, string> };
	const packages = Object.fromEntries(['n8n-core', 'n8n-workflow', 'n8n-nodes-base'].map((name) => [name, devDependencies[name]]));
	return { n8n: packages['n8n-nodes-base'], packages, types: nodeVersions(path.join(ROOT, 'node_modules', 'n8n-nodes-base')) };
}

/** Versions by full type of our own nodes, from the built classes. */
export async function ownTypes(): Promise<Map<string, number[]>> {
	const { nodes } = (JSON.parse(read('package.json')) as { n8n: { nodes: string[] } }).n8n;
	const types = new Map<string, number[]>();
	for (const file of nodes) {
		const classes = Object.values((await import(path.join(ROOT, file))) as Record<string, new () => { description: { name: string; version: number | number[] } }>);
		const [{ description }] = classes.filter((value) => typeof value === 'function').map((Node) => new Node());
		types.set(`n8n-nodes-safe-securid.${description.name}`, [description.version].flat());
	}
	return types;
}
