import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './paths';

const { n8n } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { n8n: { nodes: string[]; credentials: string[] } };

/** Nodes or credentials of this package as package.json lists them, from the sources: `dist` may be built anew at any moment (npm start, npm run dev). */
export function ownTypes<T>(kind: 'nodes' | 'credentials'): T[] {
	return n8n[kind].map((file) => {
		// eslint-disable-next-line @typescript-eslint/no-require-imports
		const [Type] = Object.values(require(path.join(ROOT, file.replace(/^dist\//, '').replace(/\.js$/, '.ts'))) as Record<string, new () => T>);
		return new Type();
	});
}
