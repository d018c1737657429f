import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export const ROOT = path.resolve(__dirname, '..', '..');

/** A file of the repository, as text. */
export function read(file: string): string {
	return readFileSync(path.join(ROOT, file), 'utf8');
}

/** Files below folders of the repository, as paths from its root, sorted. */
export function filesBelow(folder: string, ending = ''): string[] {
	return readdirSync(path.join(ROOT, folder), { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && entry.name.endsWith(ending))
		.map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
		.sort();
}

/** What git has, or would take: everything but ignored files. */
export function trackedFiles(): string[] {
	const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: ROOT, encoding: 'utf8' });
	return listed.split('\n').filter(Boolean);
}

/** Runs one of the installed tools with this Node. Out: exit code and what it printed. */
export function runTool(script: string, args: string[], cwd = ROOT): { status: number | null; stdout: string; stderr: string } {
	// n8n's lint plugin judges files in another way where jest's NODE_ENV is set.
	const env = { ...process.env, NODE_ENV: undefined };
	const command = [path.join(ROOT, script), ...args];
	const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd, env, encoding: 'utf8', maxBuffer: 1e8 });
	return { status, stdout, stderr };
}

/** Packs the repository as npm publishes it and unpacks it into a temporary folder. */
export function packAndUnpack(): { tarball: string; unpacked: string; remove: () => void } {
	const folder = mkdtempSync(path.join(tmpdir(), 'package-'));
	const name = execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: ROOT, encoding: 'utf8' }).trim();
	const tarball = path.join(folder, name.split('\n').at(-1) ?? '');
	const unpacked = path.join(folder, 'package');
	mkdirSync(unpacked);
	execFileSync('tar', ['-xzf', tarball, '-C', folder]);
	return { tarball, unpacked, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
