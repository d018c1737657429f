/** The leak hunt on a real server: good and failed runs of every node, then every file that the server keeps and its log at debug level are searched. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { INode } from 'n8n-workflow';
import { ENCODINGS, Finder } from '../../test/security/leaksFinder';
import { secretsOfWorld, type OwnedSecret } from '../../test/security/leaksHunt';
import type { Fault } from '../../test/simulators';
import type { SavedWorkflow } from '../server/n8nApi';
import { Rig } from './rig';

const PASSWORD = 'canary/pass"word\\+=&<9f86d081884c7d659a2feaa0c55ad015>';
const PLANTED = 'planted-canary-2cf24dba5fb0a30e26e83b2ac5b9e29e';

interface Row {
	node: string;
	parameters: Record<string, unknown>;
	credential: string;
}

const START = new Date(Date.now() - 86_400_000).toISOString();
const ROWS: Row[] = [
	{ node: 'safeUsers', parameters: { operation: 'getMany', returnAll: true }, credential: 'safeApi' },
	{ node: 'safeAuditExport', parameters: { operation: 'getMany', days: 2, returnAll: true }, credential: 'safeApi' },
	{ node: 'safeAuditExport', parameters: { operation: 'download', days: 2 }, credential: 'safeApi' },
	{ node: 'securIdAdminLog', parameters: { operation: 'getMany', startTime: START }, credential: 'securIdApi' },
	{ node: 'securIdAdminLog', parameters: { operation: 'getMany', authentication: 'oAuth', startTime: START }, credential: 'securIdOAuthApi' },
	{ node: 'siemWebhook', parameters: { destination: 'generic' }, credential: 'siemWebhookApi' },
];

/** What strikes every server in turn; undefined for a run in which all is well. */
const FAULTS: Array<Fault | undefined> = [
	undefined,
	{ echo: { status: 401, as: 'json' } },
	{ echo: { status: 500, as: 'text', encoded: 'base64' } },
	{ echo: { status: 400, as: 'members', encoded: 'escapes' } },
	{ echo: { status: 403, as: 'html' } },
	{ echo: { status: 302, as: 'location', encoded: 'url' } },
	{ reset: 'inBody' },
];

let rig: Rig;
const secrets: OwnedSecret[] = [];
const statuses: string[] = [];

beforeAll(async () => {
	rig = await Rig.start({ env: { N8N_LOG_LEVEL: 'debug' }, adminEvents: 50, safeRows: 30, safe: { credentials: { username: 'canary-user-5d41402abc4b2a76', password: PASSWORD }, options: { readyAfterPolls: 0 } } });
});
afterAll(async () => await rig.stop());

function workflowOf({ node, parameters, credential }: Row): { name: string; nodes: INode[]; connections: object; settings: object } {
	const saved = rig.credentials.find(({ type }) => type === credential)!;
	const trigger = { id: 'a', name: 'Start', type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, position: [0, 0], parameters: {} };
	const tested = { id: 'b', name: 'Node', type: `n8n-nodes-safe-securid.${node}`, typeVersion: 1, position: [200, 0], parameters, credentials: { [credential]: { id: saved.id, name: saved.name } } };
	return { name: `${node} ${credential}`, nodes: [trigger, tested] as INode[], connections: { Start: { main: [[{ node: 'Node', type: 'main', index: 0 }]] } }, settings: { executionOrder: 'v1' } };
}

/** Packages, and the editor's pages as n8n writes them at its start. */
const NOT_ITS_OWN = ['node_modules', 'npm-cache', '.cache'];

/** Every file of the server's own, and its log. */
function* filesBelow(folder: string): Generator<string> {
	for (const entry of readdirSync(folder, { withFileTypes: true })) {
		const file = path.join(folder, entry.name);
		if (entry.isDirectory() && !NOT_ITS_OWN.includes(entry.name)) yield* filesBelow(file);
		if (entry.isFile()) yield file;
	}
}

it.each(ROWS.map((row): [string, string, Row] => [row.node, row.credential, row]))('%s with %s runs well and fails on a real server', async (_node, _credential, row) => {
	const workflow = await rig.api.call<SavedWorkflow>('POST', '/workflows', workflowOf(row));
	const { world } = rig.local;
	for (const fault of FAULTS) {
		for (const { faults } of [world.safe, world.securId, world.securIdAuth, world.storage, world.siem]) {
			faults.clear();
			// The sign-in of SAFE stays well, so that the calls with its token are met, too.
			if (fault !== undefined) faults.add({ on: { path: /users|exportlogs|report|events/ }, do: fault });
		}
		const { status } = await rig.execute(workflow);
		statuses.push(status);
		if (fault === undefined) expect(status).toBe('success');
	}
	secrets.push(...secretsOfWorld(world).filter(({ name }) => !name.startsWith('claims')));
}, 200_000);

it('nothing secret is in its database, its files and its log afterwards, and what was planted is found there', async () => {
	const { siem } = rig.local.world;
	secrets.push({ name: 'SIEM header value', value: siem.token, mayReach: () => true });
	// A run that shows a secret on purpose: the search has to see it.
	const planted: Row = { node: 'siemWebhook', parameters: { destination: 'generic', options: { eventField: PLANTED } }, credential: 'siemWebhookApi' };
	await rig.execute(await rig.api.call<SavedWorkflow>('POST', '/workflows', workflowOf(planted)));
	await rig.server.stop();
	expect(statuses.filter((status) => status === 'error').length).toBeGreaterThan(ROWS.length * 4);

	const unique = [...new Map(secrets.map((secret) => [`${secret.name}${secret.value.toString('hex' as never)}`, secret])).values()];
	const finder = new Finder(unique);
	const plant = new Finder([{ name: 'planted', value: PLANTED }]);
	const files = [...filesBelow(rig.options().folder)].map((file): [string, Buffer] => [path.relative(rig.folder, file), readFileSync(file)]);
	const found = files.flatMap(([file, bytes]) => finder.find(bytes).map((name) => `${file}: ${name}`));
	expect(found).toEqual([]);
	expect(files.filter(([, bytes]) => plant.find(bytes).length > 0).map(([file]) => path.basename(file)).join()).toMatch(/database\.sqlite/);
	expect(files.find(([file]) => file.endsWith('n8n.log'))?.[1].toString()).toMatch(/debug|Running node|executing/i);
	const bytes = files.reduce((sum, [, content]) => sum + content.length, 0);
	console.log(`leak hunt, real server: ${unique.length} secrets × ${ENCODINGS.length} encodings × ${statuses.length} runs, ${files.length} files of ${Math.round(bytes / 1e6)} MB searched`);
}, 200_000);
