/** On what a bench ran. */
import { readFileSync } from 'node:fs';
import { cpus, totalmem, type as system } from 'node:os';
import path from 'node:path';

export interface Machine {
	date: string;
	cpu: string;
	cores: number;
	memoryGiB: number;
	system: string;
	node: string;
	n8n: string;
}

/** In: the repository's folder, for the version of n8n's packages. */
export function describeMachine(root: string): Machine {
	const [first] = cpus();
	const { version } = JSON.parse(readFileSync(path.join(root, 'node_modules', 'n8n-core', 'package.json'), 'utf8')) as { version: string };
	return {
		date: new Date().toISOString().slice(0, 10),
		cpu: first?.model.trim() ?? 'unknown',
		cores: cpus().length,
		memoryGiB: Math.round(totalmem() / 2 ** 30),
		system: system(),
		node: process.version,
		n8n: version,
	};
}
