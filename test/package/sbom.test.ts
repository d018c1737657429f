import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { packAndUnpack, read, ROOT, runTool } from './commands';

/*
 * What of others is shipped, and that two builds are the same bytes.
 */

interface Component {
	type: string;
	name: string;
	version?: string;
	scope?: string;
	licenses?: Array<{ license: { id: string } }>;
	hashes?: Array<{ alg: string; content: string }>;
	properties?: Array<{ name: string; value: string }>;
}
interface Bom {
	specVersion: string;
	metadata: { component: Component; timestamp?: string };
	serialNumber?: string;
	components: Component[];
}

let pack: ReturnType<typeof packAndUnpack>;
let text: string;
let bom: Bom;

beforeAll(() => {
	pack = packAndUnpack();
	text = readFileSync(path.join(pack.unpacked, 'dist', 'sbom.cdx.json'), 'utf8');
	bom = JSON.parse(text) as Bom;
}, 480_000);

afterAll(() => pack.remove());

const manifest = (folder: string) => JSON.parse(read(path.join(folder, 'package.json'))) as { name: string; version: string; license: string };
const libraries = () => bom.components.filter(({ type, scope }) => type === 'library' && scope === 'required');

it('is valid CycloneDX 1.6, by the schema of CycloneDX in its strict form', async () => {
	const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
	expect(await validator.validate(text)).toBeNull();
	expect(await validator.validate(text.replace('"type": "library"', '"type": "nothing"'))).not.toBeNull();
});

it('names every package that a bundle holds code of, with version, licence, and the hash of its archive in the lock file', () => {
	const files = readdirSync(path.join(pack.unpacked, 'dist'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'));
	// esbuild marks each file that it took in with a comment.
	const marked = new Set(files.flatMap((file) => [...readFileSync(path.join(pack.unpacked, 'dist', file), 'utf8').matchAll(/^\s*\/\/ (?:.*\/)?node_modules\/((?:@[^/\n]+\/)?[^/\n]+)\//gm)].map(([, name]) => name)));
	expect([...marked]).toEqual(['csv-parse']);
	expect(libraries().map(({ name }) => name)).toEqual([...marked]);
	const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, { integrity: string }> };
	for (const { name, version, licenses, hashes, properties } of libraries()) {
		const real = manifest(`node_modules/${name}`);
		expect([version, licenses]).toEqual([real.version, [{ license: { id: real.license } }]]);
		expect(hashes).toEqual([{ alg: 'SHA-512', content: Buffer.from(lock.packages[`node_modules/${name}`].integrity.replace('sha512-', ''), 'base64').toString('hex') }]);
		const into = properties?.map(({ value }) => value) ?? [];
		expect(into.length).toBeGreaterThan(0);
		for (const bundle of into) expect(readFileSync(path.join(pack.unpacked, bundle), 'utf8')).toContain(`node_modules/${name}/`);
	}
});

it('says what n8n provides, and names every icon with its hash', () => {
	expect(bom.components.filter(({ scope }) => scope === 'excluded').map(({ name }) => name)).toEqual(['luxon', 'n8n-workflow']);
	const icons = bom.components.filter(({ type }) => type === 'file');
	expect(icons.map(({ name }) => path.basename(name))).toEqual(readdirSync(path.join(pack.unpacked, 'dist/nodes/shared/icons')).sort());
	for (const { name, hashes } of icons) expect(hashes?.[0].content).toBe(createHash('sha256').update(readFileSync(path.join(pack.unpacked, name))).digest('hex'));
});

it('is of this version of this package, without a time or a number that would differ from build to build', () => {
	const { name, version } = manifest('.');
	expect(bom.metadata.component).toMatchObject({ name, version });
	expect([bom.serialNumber, bom.metadata.timestamp]).toEqual([undefined, undefined]);
});

it('comes with the licence text of everything bundled', () => {
	const texts = readFileSync(path.join(pack.unpacked, 'dist', 'THIRD-PARTY-NOTICES.txt'), 'utf8');
	for (const { name, version } of libraries()) {
		expect(texts).toContain(`${name} ${version} (MIT)`);
		expect(texts).toContain(readFileSync(path.join(ROOT, 'node_modules', name, 'LICENSE'), 'utf8').trim());
	}
});

it('ships nothing that names a place on the machine that built it', () => {
	const files = readdirSync(path.join(pack.unpacked, 'dist'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
	for (const { parentPath, name } of files) expect([name, readFileSync(path.join(parentPath, name), 'utf8').includes(ROOT)]).toEqual([name, false]);
});

it('is the same bytes when it is built at two places, with other times, time zone and language', () => {
	const { status, stdout, stderr } = runTool('tools/reproducible.mjs', ['--worktree']);
	expect([status, stderr]).toEqual([0, '']);
	const archives = [...stdout.matchAll(/^(\d+) bytes {2}(sha512-\S+)$/gm)].map(([, bytes, hash]) => [Number(bytes), hash]);
	expect(archives).toHaveLength(2);
	expect(archives[0]).toEqual(archives[1]);
	expect(stdout).toMatch(/^identical$/m);
	const packed = readFileSync(pack.tarball);
	expect(archives[0]).toEqual([packed.length, `sha512-${createHash('sha512').update(packed).digest('base64')}`]);
}, 480_000);
