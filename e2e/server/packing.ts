import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './paths';

/** Packs this package as npm publishes it, from `dist` as it lies there. Out: the tarball's path. */
export function packTree(folder: string): string {
	return pack(ROOT, folder);
}

/**
 * Builds and packs the package as it was at a commit, under a version of its own, with the tools that are installed now.
 * In: the commit, the version, an empty folder. Throws when git does not have the commit (a shallow clone).
 */
export function packCommit(commit: string, version: string, folder: string): string {
	const tree = path.join(folder, 'tree');
	mkdirSync(tree, { recursive: true });
	const archive = execFileSync('git', ['archive', '--format=tar', commit], { cwd: ROOT, maxBuffer: 1e9 });
	execFileSync('tar', ['-xf', '-', '-C', tree], { input: archive });
	symlinkSync(path.join(ROOT, 'node_modules'), path.join(tree, 'node_modules'), 'dir');
	const manifestFile = path.join(tree, 'package.json');
	const manifest = JSON.parse(readFileSync(manifestFile, 'utf8')) as object;
	writeFileSync(manifestFile, JSON.stringify({ ...manifest, version }, null, 2));
	execFileSync(process.execPath, [path.join(ROOT, 'node_modules', 'gulp', 'bin', 'gulp.js'), 'bundle', '--silent'], { cwd: tree, stdio: 'pipe' });
	return pack(tree, folder);
}

/** Whether git has a commit here. */
export function hasCommit(commit: string): boolean {
	try {
		execFileSync('git', ['cat-file', '-e', `${commit}^{commit}`], { cwd: ROOT, stdio: 'ignore' });
		return true;
	} catch {
		return false;
	}
}

function pack(tree: string, folder: string): string {
	mkdirSync(folder, { recursive: true });
	const printed = execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder], { cwd: tree, encoding: 'utf8' });
	return path.join(folder, printed.trim().split('\n').at(-1) ?? '');
}
