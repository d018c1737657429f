import path from 'node:path';
import { filesBelow, read, trackedFiles } from './commands';

const SOURCES = [...filesBelow('nodes', '.ts'), ...filesBelow('credentials', '.ts')];

/** What a file may import besides its own folder: the arrows of the project's house, each reads "from → to". */
const ARROWS: Array<[from: RegExp, to: RegExp[]]> = [
	[/^nodes\/shared\/core\//, [/^nodes\/shared\/core\//, /^(node:crypto|luxon|csv-parse\/sync)$/]],
	[/^nodes\/shared\/(securid|safe)\//, [/^nodes\/shared\/core\//, /^node:crypto$/]],
	[/^nodes\/shared\/mapping\//, [/^nodes\/shared\/core\//]],
	[/^nodes\/shared\/checkpoint\//, [/^nodes\/shared\/core\//]],
	[/^nodes\/shared\/delivery\//, [/^nodes\/shared\/(core|checkpoint)\//, /^node:crypto$/]],
	[/^nodes\/shared\/n8n\//, [/^nodes\/shared\/(core|safe|checkpoint|delivery)\//, /^n8n-workflow$/]],
	[/^nodes\/[^/]+\//, [/^nodes\/shared\//, /^(n8n-workflow|node:crypto)$/]],
	[/^credentials\//, [/^nodes\/shared\//, /^n8n-workflow$/]],
];

function importsOf(file: string): string[] {
	const targets = [...read(file).matchAll(/\bfrom '([^']+)'/g)].map(([, target]) => target);
	return targets.map((target) => (target.startsWith('.') ? path.posix.join(path.posix.dirname(file), target) : target));
}

it.each(SOURCES)('imports in %s point the allowed way', (file) => {
	const arrow = ARROWS.find(([from]) => from.test(file));
	const folder = /^nodes\/(shared\/)?[^/]+\/|^credentials\//.exec(file)?.[0] ?? '';
	const wrong = importsOf(file).filter((target) => !target.startsWith(folder) && !arrow?.[1].some((to) => to.test(target)));
	expect(wrong).toEqual([]);
});

it('keeps the vendors apart: neither client knows the other', () => {
	for (const file of filesBelow('nodes/shared/safe', '.ts')) expect(importsOf(file).join()).not.toContain('shared/securid');
	for (const file of filesBelow('nodes/shared/securid', '.ts')) expect(importsOf(file).join()).not.toContain('shared/safe');
});

it('writes the simulators from the vendors\' documents: they import nothing of the package', () => {
	for (const file of filesBelow('test/simulators', '.ts')) expect(importsOf(file).join()).not.toMatch(/(^|,)(nodes|credentials)\//);
});

const E2E = trackedFiles().filter((file) => /^e2e\/.*\.(ts|cjs)$/.test(file));

it.each([...SOURCES, ...filesBelow('test', '.ts'), ...filesBelow('tools'), ...E2E])('%s can be read at one sitting', (file) => {
	expect(read(file).split('\n').length).toBeLessThanOrEqual(420);
});

it('names no machine paths and no registry hosts in any tracked file', () => {
	const text = /\.(ts|js|cjs|mjs|json|md|sh|yml)$|\/run$/;
	for (const file of trackedFiles().filter((name) => text.test(name) && !name.startsWith('test/package/'))) {
		const content = read(file);
		expect([file, /(^|[\s"'`(=])\/(work|farm|root|home)\/[a-z]/m.exec(content)?.[0]]).toEqual([file, undefined]);
		expect([file, /"resolved": "https?:/.exec(content)?.[0]]).toEqual([file, undefined]);
	}
});
