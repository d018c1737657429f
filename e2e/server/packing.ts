import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './paths';

/** Packs this package as npm publishes it, from `dist` as it lies there. Out: the tarball's path. */
export function packTree(folder: string): string {
	mkdirSync(folder, { recursive: true });
	const printed = execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], { cwd: ROOT, encoding: 'utf8' });
	return path.join(folder, printed.trim().split('\n').at(-1) ?? '');
}
