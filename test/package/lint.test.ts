import { copyFileSync, cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { filesBelow, read, ROOT, runTool } from './commands';

const ESLINT = 'node_modules/eslint/bin/eslint.js';
const FORBIDDEN = "export const wait = () => setTimeout(() => {}, 1);\n";

interface FileResult {
	filePath: string;
	errorCount: number;
	warningCount: number;
	messages: Array<{ ruleId: string; message: string }>;
}

/** A copy of what lint and scanner read, to which a fault can be added. */
function copyOfSources(): { folder: string; remove: () => void } {
	const folder = mkdtempSync(path.join(tmpdir(), 'lint-'));
	for (const name of ['nodes', 'credentials']) cpSync(path.join(ROOT, name), path.join(folder, name), { recursive: true });
	for (const name of ['package.json', 'tsconfig.json', 'eslint.config.mjs']) copyFileSync(path.join(ROOT, name), path.join(folder, name));
	symlinkSync(path.join(ROOT, 'node_modules'), path.join(folder, 'node_modules'));
	return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

function lint(cwd: string): FileResult[] {
	const { stdout, stderr } = runTool(ESLINT, ['--format', 'json', 'nodes', 'credentials', 'package.json'], cwd);
	if (!stdout.startsWith('[')) throw new Error(stderr);
	return JSON.parse(stdout) as FileResult[];
}

it("passes n8n's lint for community nodes, in its strict form for n8n Cloud, without an error or a warning", () => {
	const results = lint(ROOT);
	expect(results.length).toBeGreaterThan(40);
	expect(results.filter(({ errorCount, warningCount }) => errorCount + warningCount > 0)).toEqual([]);
}, 480_000);

it('would refuse a node that uses what n8n Cloud does not allow', () => {
	const copy = copyOfSources();
	writeFileSync(path.join(copy.folder, 'nodes', 'shared', 'forbidden.ts'), FORBIDDEN);
	const rules = lint(copy.folder).flatMap(({ messages }) => messages.map(({ ruleId }) => ruleId));
	copy.remove();
	expect(rules).toContain('@n8n/community-nodes/no-restricted-globals');
}, 480_000);

it("keeps n8n's own lint configuration unchanged, as its strict mode demands", () => {
	expect(read('eslint.config.mjs').replace(/\s+/g, ' ').trim()).toBe(
		"import { config } from '@n8n/node-cli/eslint'; export default config;",
	);
	expect((JSON.parse(read('package.json')) as { n8n: { strict: unknown } }).n8n.strict).toBe(true);
});

it.each([...filesBelow('nodes', '.ts'), ...filesBelow('credentials', '.ts')])('switches off no rule in %s', (file) => {
	expect(read(file)).not.toMatch(/eslint-disable|@ts-ignore|@ts-nocheck|@ts-expect-error/);
});

it("passes the analysis of n8n's package scanner, source and tarball", () => {
	const { status, stdout } = runTool('tools/scan.mjs', []);
	expect(stdout).toMatch(/^source: passed/m);
	expect(stdout).toMatch(/^tarball: passed/m);
	expect(status).toBe(0);
}, 480_000);

it('type-checks sources, tests and tools', () => {
	expect(runTool('node_modules/typescript/bin/tsc', ['--noEmit', '-p', 'test'])).toMatchObject({ status: 0, stdout: '' });
}, 480_000);
