import { existsSync } from 'node:fs';
import path from 'node:path';
import { SIEM_FAILURES } from '../../nodes/shared/delivery/siem/failures';
import { SAFE_FAILURES } from '../../nodes/shared/safe/failures';
import { SECURID_FAILURES } from '../../nodes/shared/securid/failures';
import { withTables } from '../../tools/readmeTables';
import { filesBelow, read, ROOT } from './commands';

const README = read('README.md');
const scripts = (JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts;

it("follows the headings of n8n's README template", () => {
	const headings = [...README.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
	for (const heading of ['Installation', 'Operations', 'Credentials', 'Compatibility', 'Usage', 'Resources', 'Version history']) {
		expect(headings).toContain(heading);
	}
});

it.each(Object.keys({ ...SECURID_FAILURES, ...SAFE_FAILURES, ...SIEM_FAILURES }))('has a troubleshooting row for %s', (code) => {
	expect(README).toContain(`| \`${code}\` |`);
});

it('has troubleshooting tables that are up to date with the failure tables', () => {
	expect(README).toBe(withTables(README));
});

it.each(['README.md', 'CONTRIBUTING.md', 'workflows/README.md'])('names in %s only commands that exist', (file) => {
	const named = [...read(file).matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name);
	for (const name of named) expect(Object.keys(scripts)).toContain(name);
});

it.each(['README.md', 'CONTRIBUTING.md', 'workflows/README.md'])('links in %s lead to files and headings that exist', (file) => {
	const links = [...read(file).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link).filter((link) => !link.startsWith('http'));
	for (const link of links) {
		const [target, anchor] = link.split('#');
		const linked = path.posix.join(path.posix.dirname(file), target || path.posix.basename(file));
		expect([link, existsSync(path.join(ROOT, linked))]).toEqual([link, true]);
		if (!anchor) continue;
		const anchors = [...read(linked).matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading.toLowerCase().replace(/[^\w\s-]/g, '').replace(/\s/g, '-'));
		expect(anchors).toContain(anchor);
	}
});

it('describes every display name of nodes, operations and credentials that it speaks of as they are on screen', () => {
	for (const file of [...filesBelow('nodes', '.node.ts'), ...filesBelow('credentials', '.ts')]) {
		const [, displayName] = /displayName[:=]? =? ?'([^']+)'/.exec(read(file)) ?? [];
		expect([file, README.includes(displayName)]).toEqual([file, true]);
	}
	for (const file of filesBelow('nodes', '.node.ts')) {
		for (const [, name] of read(file).matchAll(/name: '([A-Z][\w -]+)',\s+value:/g)) expect([name, README.includes(`**${name}**`)]).toEqual([name, true]);
	}
});

it('documents every workflow that is shipped', () => {
	for (const file of filesBelow('workflows', '.json')) expect(README).toContain(`\`${path.basename(file, '.json')}\``);
});
