jest.mock('n8n-workflow', () => jest.requireActual('../nodes/time').withFreePauses(jest.requireActual('n8n-workflow')));

import path from 'node:path';
import { useBench } from '../nodes/bench';
import { deliverTo, eventsOf, startTarget } from '../nodes/SiemWebhook/receivers';
import { filesBelow, read, ROOT } from './commands';
import { FILES, type SchemaFile } from './schemas/outputs';
import type { Schema } from './schemas/schemaOf';
import { jsonOf } from './schemas/outputs';

/*
 * What n8n reads beside a node's panel: the codex file, and which output fields are never to be shown.
 */

const bench = useBench();

/** n8n's own categories; others put a node where nobody looks. */
const CATEGORIES = ['Analytics', 'Communication', 'Data & Storage', 'Development', 'Finance & Accounting', 'Marketing & Content', 'Miscellaneous', 'Productivity', 'Sales', 'Utility'];

interface Codex {
	node: string;
	nodeVersion: string;
	codexVersion: string;
	categories: string[];
	alias: string[];
	resources: Record<'primaryDocumentation' | 'credentialDocumentation', Array<{ url: string }>>;
}
interface Manifest {
	name: string;
	homepage: string;
	n8n: { nodes: string[] };
}

const manifest = JSON.parse(read('package.json')) as Manifest;
const codexOf = (file: string) => JSON.parse(read(file.replace(/^dist\//, '').replace(/\.js$/, '.json'))) as Codex;

async function descriptionOf(file: string): Promise<{ displayName: string; name: string; version: number; credentials: Array<{ name: string }>; sensitiveOutputFields?: string[] }> {
	const [Node] = Object.values((await import(path.join(ROOT, file))) as Record<string, new () => { description: never }>);
	return new Node().description;
}

describe.each(manifest.n8n.nodes)('%s', (file) => {
	it('has a codex file with the members that n8n reads, and no others', () => {
		const codex = codexOf(file);
		expect(Object.keys(codex).sort()).toEqual(['alias', 'categories', 'codexVersion', 'node', 'nodeVersion', 'resources']);
		expect(codex).toMatchObject({ node: manifest.name, codexVersion: '1.0' });
		expect(codex.categories.length).toBeGreaterThan(0);
		for (const category of codex.categories) expect(CATEGORIES).toContain(category);
		expect(Object.keys(codex.resources).sort()).toEqual(['credentialDocumentation', 'primaryDocumentation']);
	});

	it('is of the version that its codex file says', async () => {
		expect(codexOf(file).nodeVersion).toBe(`${(await descriptionOf(file)).version}.0`);
	});

	it('is found under other names than its own, each once', async () => {
		const { alias } = codexOf(file);
		const { displayName } = await descriptionOf(file);
		expect(alias.length).toBeGreaterThan(3);
		expect(new Set(alias.map((name) => name.toLowerCase())).size).toBe(alias.length);
		expect(alias).not.toContain(displayName);
		for (const name of alias) expect(name).toBe(name.trim());
	});

	it('leads to headings of README that exist: its own, and one for each credential', async () => {
		const { displayName, credentials } = await descriptionOf(file);
		const { primaryDocumentation, credentialDocumentation } = codexOf(file).resources;
		const anchors = [...read('README.md').matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading.toLowerCase().replace(/[^\w\s-]/g, '').replace(/\s/g, '-'));
		const base = manifest.homepage.replace(/#.*/, '');
		for (const { url } of [...primaryDocumentation, ...credentialDocumentation]) {
			expect(url.split('#')[0]).toBe(base);
			expect(anchors).toContain(url.split('#')[1]);
		}
		expect(primaryDocumentation[0].url.split('#')[1]).toBe(displayName.toLowerCase().replace(/\s/g, '-'));
		expect(credentialDocumentation).toHaveLength(credentials.length);
	});

	it('is shipped with its codex file', () => {
		expect(JSON.parse(read(file.replace(/\.js$/, '.json')))).toEqual(codexOf(file));
	});
});

it('belongs to a node: no other codex files', () => {
	expect(filesBelow('nodes', '.node.json')).toEqual(manifest.n8n.nodes.map((file) => file.replace(/^dist\//, '').replace(/\.js$/, '.json')).sort());
});

describe('fields that n8n never shows', () => {
	const HEADERS = { authorization: 'Bearer somebody-else', cookie: 'session=1', 'x-auth-token': 'abc' };
	const at = (json: unknown, place: string) => place.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], json);
	const marked = async (node: string) => (await descriptionOf(manifest.n8n.nodes.find((file) => file.endsWith(`/${node}.node.js`)) ?? '')).sensitiveOutputFields ?? [];

	it('are the headers of requests in what SAFE Users hands on', async () => {
		const world = await bench.world({ adminEvents: 0, userEvents: 0, systemEvents: 0, safeRows: 0, users: 5 });
		const [{ uuid }] = world.safe.users;
		const report = await bench.run('safeUsers', { operation: 'enrich', userIdField: 'actor', outputField: 'safeUser' }, { safeApi: world.credentials.safeApi }, { input: [{ actor: uuid, headers: HEADERS }] });
		const fields = await marked('SafeUsers');
		expect(fields.map((field) => at(jsonOf(report)[0], field))).toEqual(Object.values(HEADERS));
	});

	it('are the headers of requests in what SIEM Webhook hands on as refused', async () => {
		const [event] = eventsOf(1);
		const target = await startTarget(bench, 'generic', { poison: [String(event.eventId)] });
		const report = await deliverTo(bench, target, [{ ...event, headers: HEADERS }], { onRejected: 'sendToFailed' });
		const fields = await marked('SiemWebhook');
		expect(fields.map((field) => at(jsonOf(report, 1)[0], field))).toEqual(Object.values(HEADERS));
	});

	it('are not needed elsewhere: no output of a node has a field that is named like a secret', async () => {
		for (const node of ['SafeAuditExport', 'SecurIdAdminLog', 'SecurIdAdminLogTrigger']) expect([node, await marked(node)]).toEqual([node, []]);
		const names = (schema: Schema): string[] => [
			...Object.keys(schema.properties ?? {}),
			...Object.values({ ...schema.properties, ...schema.definitions }).flatMap(names),
			...(schema.items ? names(schema.items) : []),
		];
		const all = (Object.keys(FILES) as SchemaFile[]).flatMap((file) => names(JSON.parse(read(`nodes/${file.replace('/', '/__schema__/')}`)) as Schema));
		expect(all.length).toBeGreaterThan(300);
		expect(all.filter((name) => /token|password|secret|assertion|authorization|cookie|signature|credential|private|api_?key|presigned|link/i.test(name))).toEqual([]);
	});
});
