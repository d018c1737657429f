/*
 * npm run verify:reproducible: builds and packs what is committed twice, in two clones at different paths, with other times, time zone and language,
 * and compares the two archives byte by byte. Prints the hash in the form of npm's registry (npm view n8n-nodes-safe-securid dist.integrity).
 *   --worktree   takes the files as they lie here instead of the last commit
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const { values } = parseArgs({ options: { worktree: { type: 'boolean', default: false } } });

// Archives keep who may read a file; a release is made with the usual mask.
process.umask(0o022);

const PLACES = [
	{ folder: 'a', env: { TZ: 'UTC', LANG: 'C' } },
	{ folder: path.join('another place', 'with a longer path'), touched: new Date('2001-09-09T01:46:40Z'), env: { TZ: 'Asia/Kathmandu', LANG: 'tr_TR.UTF-8' } },
];

const git = (...args) => execFileSync('git', args, { cwd: root, encoding: 'utf8' });

/** Puts the sources into a folder: a clone of the last commit, or a copy of the files here that git has or would take. */
function sources(folder) {
	if (!values.worktree) {
		git('clone', '--quiet', '--no-hardlinks', root, folder);
		return execFileSync('git', ['checkout', '--quiet', git('rev-parse', 'HEAD').trim()], { cwd: folder });
	}
	const files = git('ls-files', '-z', '--cached', '--others', '--exclude-standard').split('\0').filter((file) => file && existsSync(path.join(root, file)));
	for (const file of files) cpSync(path.join(root, file), path.join(folder, file));
}

/** Builds and packs. Out: the archive. */
function pack(folder, { env, touched }) {
	mkdirSync(folder, { recursive: true });
	sources(folder);
	symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
	if (touched) for (const file of ['package.json', 'README.md', 'LICENSE.md', 'nodes', 'workflows']) utimesSync(path.join(folder, file), touched, touched);
	const run = (command, ...args) => execFileSync(command, args, { cwd: folder, env: { ...process.env, ...env }, encoding: 'utf8' });
	run(process.execPath, path.join(root, 'node_modules', 'gulp', 'bin', 'gulp.js'), 'bundle', '--silent');
	const name = run('npm', 'pack', '--silent').trim().split('\n').at(-1);
	return readFileSync(path.join(folder, name));
}

const temporary = mkdtempSync(path.join(tmpdir(), 'reproducible-'));
try {
	const archives = PLACES.map((place) => pack(path.join(temporary, place.folder), place));
	const hashes = archives.map((archive) => `sha512-${createHash('sha512').update(archive).digest('base64')}`);
	const what = values.worktree ? 'the files here' : `commit ${git('rev-parse', 'HEAD').trim()}`;
	console.log(`${what}, Node ${process.versions.node}, npm ${execFileSync('npm', ['--version'], { encoding: 'utf8' }).trim()}`);
	archives.forEach((archive, index) => console.log(`${archive.length} bytes  ${hashes[index]}`));
	const same = archives[0].equals(archives[1]);
	console.log(same ? 'identical' : 'not identical');
	process.exitCode = same ? 0 : 1;
} finally {
	rmSync(temporary, { recursive: true, force: true });
}
