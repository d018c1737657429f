import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startEngine } from '../harness';
import { startTestWorld, shipped } from '../workflows/world';
import { packAndUnpack } from './commands';

interface PackageJson {
	dependencies?: object;
	n8n: { nodes: string[]; credentials: string[] };
	scripts: Record<string, string>;
}

/** Import targets that n8n provides to community nodes. */
const PROVIDED = ['n8n-workflow', 'luxon', 'node:crypto', 'crypto'];

let pack: ReturnType<typeof packAndUnpack>;
let manifest: PackageJson;

beforeAll(() => {
	pack = packAndUnpack();
	manifest = JSON.parse(readFileSync(path.join(pack.unpacked, 'package.json'), 'utf8')) as PackageJson;
}, 480_000);

afterAll(() => pack.remove());

const inPackage = (file: string) => path.join(pack.unpacked, file);

it('has no runtime dependencies and no install scripts', () => {
	expect(manifest.dependencies ?? {}).toEqual({});
	for (const name of ['preinstall', 'install', 'postinstall', 'prepare', 'prepublish']) expect(manifest.scripts).not.toHaveProperty(name);
});

it('ships dist, workflows, README and licence, and nothing of the tests or tools', () => {
	const names = readdirSync(pack.unpacked).sort();
	expect(names).toEqual(['LICENSE.md', 'README.md', 'dist', 'package.json', 'workflows']);
});

it('exports each node and credential under the name that n8n loads, with the icons that it shows', () => {
	for (const file of [...manifest.n8n.nodes, ...manifest.n8n.credentials]) {
		const source = readFileSync(inPackage(file), 'utf8');
		const className = path.basename(file).split('.')[0];
		expect(source).toMatch(new RegExp(`\\b${className}: \\(\\) => ${className}\\b`));
		for (const [, icon] of source.matchAll(/"file:([^"]+\.svg)"/g)) {
			expect(existsSync(path.join(path.dirname(inPackage(file)), icon))).toBe(true);
		}
	}
	for (const file of manifest.n8n.nodes) expect(existsSync(inPackage(file.replace(/\.js$/, '.json')))).toBe(true);
});

it('requires nothing at run time but what n8n provides', () => {
	const files = readdirSync(inPackage('dist'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'));
	expect(files.length).toBeGreaterThan(4);
	for (const file of files) {
		const source = readFileSync(inPackage(path.join('dist', file)), 'utf8');
		const required = [...source.matchAll(/\brequire\(\s*["'`]([^"'`]+)["'`]/g)].map(([, target]) => target);
		expect(required.filter((target) => !PROVIDED.includes(target))).toEqual([]);
		expect(source).not.toMatch(/\bimport\s*\(/);
	}
});

it('carries the licence of what is bundled', () => {
	expect(readFileSync(inPackage('dist/THIRD-PARTY-NOTICES.txt'), 'utf8')).toMatch(/csv-parse[\s\S]+MIT/);
});

it('installs into an empty folder, brings nothing with it, and runs a shipped workflow from there', async () => {
	const folder = mkdtempSync(path.join(tmpdir(), 'install-'));
	mkdirSync(path.join(folder, 'nodes'));
	const npm = ['install', pack.tarball, '--prefix', path.join(folder, 'nodes'), '--ignore-scripts', '--omit=peer', '--no-audit', '--no-fund'];
	execFileSync('npm', npm, { cwd: folder, stdio: 'pipe' });
	const modules = path.join(folder, 'nodes', 'node_modules');
	expect(readdirSync(modules).filter((name) => !name.startsWith('.'))).toEqual(['n8n-nodes-safe-securid']);

	const local = await startTestWorld(43);
	const engine = await startEngine({ packageDirectory: path.join(modules, 'n8n-nodes-safe-securid') });
	const workflow = shipped(local, 'safe-daily-audit-fan-out');
	const report = await engine.run(workflow, { credentials: local.credentials });
	expect(report.error).toBeUndefined();
	expect(local.world.siem.events.length).toBe(report.items('Get new events').length);
	expect(local.world.siem.events.length).toBeGreaterThan(0);
	await engine.stop();
	await local.stop();
	rmSync(folder, { recursive: true, force: true });
}, 480_000);
