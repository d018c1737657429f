import { existsSync } from 'node:fs';
import path from 'node:path';
import { read, ROOT } from './commands';

const TEXT = read('SECURITY.md');
const { scripts, version } = JSON.parse(read('package.json')) as { scripts: Record<string, string>; version: string };

it('has a threat model, a way to report, and a way to check a release', () => {
	const headings = [...TEXT.matchAll(/^##+ (.+)$/gm)].map(([, heading]) => heading);
	for (const heading of ['Reporting', 'What is at stake', 'Who is trusted', 'What happens when a party is hostile', 'What is promised', 'Checking a release']) expect(headings).toContain(heading);
	expect(TEXT).toContain('private advisory');
	expect(read('README.md')).toContain('](SECURITY.md)');
});

it('names only files and commands that exist', () => {
	const files = [...TEXT.matchAll(/`((?:test|docs|dist|\.github)\/[\w./-]+\.\w+)`/g)].map(([, file]) => file);
	expect(files.length).toBeGreaterThan(6);
	for (const file of files) expect([file, existsSync(path.join(ROOT, file))]).toEqual([file, true]);
	for (const [, name] of TEXT.matchAll(/npm run ([\w:-]+)/g)) expect(Object.keys(scripts)).toContain(name);
});

it('links to headings of its own that exist', () => {
	const anchors = [...TEXT.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading.toLowerCase().replace(/[^\w\s-]/g, '').replace(/\s/g, '-'));
	for (const [, anchor] of TEXT.matchAll(/\]\(#([\w-]+)\)/g)) expect(anchors).toContain(anchor);
});

it('gives no address or person, and no version that could be forgotten there', () => {
	expect(TEXT).not.toMatch(/\S+@\S+\.\w+|mailto:/);
	expect(TEXT).not.toContain(version);
});
