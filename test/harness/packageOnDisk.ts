/** Writes small node packages to disk for the harness's own tests, as an unpacked tarball lies there. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** CommonJS source by class name; each is a file of its own that must export that class. */
export interface PackageSources {
	nodes?: Record<string, string>;
	credentials?: Record<string, string>;
}

/** Writes a package of this name into a new temporary folder, which the caller removes, and answers the folder. */
export function writePackage(name: string, { nodes = {}, credentials = {} }: PackageSources): string {
	const directory = mkdtempSync(join(tmpdir(), 'package-on-disk-'));
	const write = (file: string, content: string) => {
		mkdirSync(dirname(join(directory, file)), { recursive: true });
		writeFileSync(join(directory, file), content);
		return file;
	};
	const manifest = {
		name,
		version: '1.0.0',
		n8n: {
			nodes: Object.entries(nodes).map(([className, source]) =>
				write(`dist/nodes/${className}.node.js`, source),
			),
			credentials: Object.entries(credentials).map(([className, source]) =>
				write(`dist/credentials/${className}.credentials.js`, source),
			),
		},
	};
	write('package.json', JSON.stringify(manifest));
	return directory;
}

/**
 * Source of a node class with one input and one output. In: class name, the node's `name`, the body of its `execute`
 * (in which `this` is n8n's context), and more of its description as source text, such as `credentials: [...]`.
 */
export function nodeSource(className: string, name: string, executeBody: string, description = ''): string {
	return `
exports.${className} = class ${className} {
	description = {
		displayName: '${className}', name: '${name}', group: [], version: 1, description: '', defaults: { name: '${className}' },
		inputs: ['main'], outputs: ['main'], properties: [], ${description}
	};
	async execute() { ${executeBody} }
};`;
}
