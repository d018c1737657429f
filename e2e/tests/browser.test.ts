/** The editor in a browser, as a person meets it: README's path from the installation to the first alert, every panel, every credential window. */
import path from 'node:path';
import type { ICredentialType, INodeParameters, INodeTypeDescription } from 'n8n-workflow';
import { startSplunkHec, type SplunkHecSimulator } from '../../test/simulators';
import { openWindow, type Window } from '../browser/chromium';
import { Editor, type CredentialWindow } from '../browser/editor';
import { choices, deciders } from '../browser/expected';
import { walk } from '../browser/walk';
import { ownTypes } from '../server/ownTypes';
import { PACKAGE_NAME, WORKFLOWS } from '../server/paths';
import { POSITIONS, Rig, until } from './rig';

/** n8n's own slip in 2.41 when the editor is opened from the list of workflows; no word of a node in it. */
const OF_N8N = /injectNDVStore\(\) was accessed without an active workflow document store/;

const NODES = ownTypes<{ description: INodeTypeDescription }>('nodes').map(({ description }) => description);
const CREDENTIALS = ownTypes<ICredentialType>('credentials');

let rig: Rig;
let window: Window;
let editor: Editor;
let splunk: SplunkHecSimulator;

async function start(): Promise<void> {
	// First, so that a machine without a browser fails here and says why.
	window = await openWindow();
	rig = await Rig.start({ template: null });
	splunk = await startSplunkHec();
	rig.local.registry.publish(String(process.env.E2E_TARBALL));
	editor = new Editor(window.page, rig.server.url);
	await editor.signIn();
}

async function stop(): Promise<void> {
	await window?.close();
	await splunk?.close();
	await rig?.stop();
}

/** What is typed into each credential's window, by field, and the same with something wrong in it; the drop-downs first. */
const credentials: Record<string, () => { choose?: Record<string, string>; type: Record<string, string>; wrong: Record<string, string>; says: RegExp }> = {
	'SecurID Key File API': () => {
		const { privateKeyFile } = rig.local.credentials.securIdApi as { privateKeyFile: string };
		const wrong = JSON.stringify({ ...(JSON.parse(privateKeyFile) as object), accessID: '00000000-0000-4000-8000-000000000000' });
		return { type: { privateKeyFile }, wrong: { privateKeyFile: wrong }, says: /SecurID refused the token that this credential signed/ };
	},
	'SecurID OAuth Client API': () => {
		const { issuerUrl, clientId, privateKey, apiUrl } = rig.local.credentials.securIdOAuthApi as Record<string, string>;
		return { type: { issuerUrl, clientId, privateKey, apiUrl }, wrong: { clientId: 'nobody' }, says: /"Client ID"/ };
	},
	'SAFE API': () => {
		const { baseUrl, username, password } = rig.local.credentials.safeApi as Record<string, string>;
		return { choose: { region: 'Custom Host' }, type: { baseUrl, username, password }, wrong: { password: 'wrong' }, says: /SAFE did not accept "API Username" and "API Password"/ };
	},
	'SIEM Webhook API': () => ({ type: { splunkUrl: splunk.url, hecToken: splunk.token }, wrong: { hecToken: 'wrong' }, says: /Splunk did not accept "HEC Token"/ }),
	'Slack API': () => {
		const { accessToken } = rig.local.credentials.slackApi as Record<string, string>;
		return { type: { accessToken }, wrong: { accessToken: 'xoxb-wrong' }, says: /Invalid access token|invalid_auth/i };
	},
};

async function fill(fields: CredentialWindow, texts: Record<string, string>): Promise<void> {
	for (const [name, text] of Object.entries(texts)) await fields.type(name, text);
}

/** Each test goes on where the one before it ended, as README's path does. */
describe('in the browser', () => {
	beforeAll(start, 180_000);
	afterAll(stop);

	test('Settings → Community nodes → Install brings the package and names its five nodes', async () => {
		await editor.installPackage(PACKAGE_NAME);
		const card = await window.page.locator('[data-test-id="community-package-card"]').innerText();
		for (const { displayName } of NODES) expect(card).toContain(displayName);
	});

	test.each(Object.keys(credentials))('the window of %s says when its secrets are wrong and which field to look at, and when they are right', async (displayName) => {
		const { choose = {}, type, wrong, says } = credentials[displayName]();
		const fields = await editor.newCredential(displayName);
		for (const [name, label] of Object.entries(choose)) await fields.choose(name, label);
		await fill(fields, { ...type, ...wrong });
		expect(await fields.save()).toMatch(says);
		await fill(fields, Object.fromEntries(Object.keys(wrong).map((name) => [name, type[name]])));
		expect(await fields.save()).toBe('Connection tested successfully');
		await fields.close();
	});

	test.each(CREDENTIALS)('the window of $displayName shows in each state the fields that its description says', async ({ displayName, properties }) => {
		const fields = await editor.newCredential(displayName);
		window.complaints.length = 0;
		const { states, differences } = await walk(fields, { properties });
		expect(differences).toEqual([]);
		const deciding = properties.filter(({ name }) => deciders({ properties }).has(name));
		expect(states).toBeGreaterThanOrEqual(deciding.reduce((sum, property) => sum + choices(property).length - 1, 1));
		expect(window.complaints.filter((text) => !OF_N8N.test(text))).toEqual([]);
		await fields.close();
	});

	test('the alert is imported from its file, gets its credentials in the drop-downs, tells Slack when it is run by hand, and is published', async () => {
		rig.local.world.securId.addEvents({ atMs: Date.now() - 600_000, activityKey: 'SIGNIN_FAILURE', result: 'FAIL', adminUserName: 'admin-of-this-test@example.com' });
		await editor.importFile(path.join(WORKFLOWS, 'securid-failed-sign-in-alert.json'));
		for (const [node, credential] of [['When something happens', 'SecurID Key File'], ['Tell Slack', 'Slack']]) {
			const panel = await editor.openNode(node);
			await panel.chooseCredential(credential);
			await panel.close();
		}
		await editor.executeWorkflow();
		const { messages } = rig.local.world.slack;
		const message = await until('the alert', async () => messages.find(({ shown }) => shown.includes('admin-of-this-test@example.com')), { withinMs: 60_000 });
		expect(message.channelName).toBe('security-alerts');
		await editor.publish();
		const id = editor.workflowId();
		await until('the alert to be published', async () => (await rig.api.workflow(id)).active || undefined, { withinMs: 30_000 });
		await rig.api.unpublish(id);
	});

	test('the fan-out runs by its button; Get new events shows its items and counts them in a hint, and the Data tables tab shows the position', async () => {
		await rig.makeCredentials();
		await editor.importFile(path.join(WORKFLOWS, 'securid-admin-log-fan-out.json'));
		await until('the imported workflow to be saved', async () => (await rig.api.workflow(editor.workflowId()).catch(() => undefined))?.nodes.length || undefined);
		await rig.prepare(await rig.api.workflow(editor.workflowId()));
		await editor.openWorkflow(editor.workflowId());
		await editor.executeWorkflow();
		await until('the position', async () => await rig.position(), { withinMs: 60_000 });
		const panel = await editor.openNode('Get new events');
		await panel.output.getByText(/SecurID: \d+ events read = \d+/).first().waitFor();
		await panel.output.getByText('eventId').first().waitFor();
		await panel.close();
		expect(await editor.dataTable(POSITIONS, /^\s*\{"v":1,"name":"securid-admin"/)).toContain('securid-admin');
	});

	test('the list of SAFE Users is searched in the panel', async () => {
		const id = await workflowWith('safeUsers', { operation: 'get' });
		await editor.openWorkflow(id);
		const panel = await editor.openNode('Node under test');
		const { emailId, firstName } = rig.local.world.tenant.users.at(-1) as { emailId: string; firstName: string };
		const found = await panel.search('user', emailId);
		await until('the user alone', async () => ((await found.count()) === 1 ? true : undefined), { withinMs: 10_000 });
		expect(await found.innerText()).toContain(firstName);
	});

	test.each(NODES)('the panel of $displayName opens without a warning and shows in each state what its description says', async (description) => {
		const id = await workflowWith(description.name, {});
		await editor.openWorkflow(id);
		window.complaints.length = 0;
		const panel = await editor.openNode('Node under test');
		expect(await panel.warnings()).toBe(0);
		const { states, differences } = await walk(panel, description, description.polling ? ['Poll Times', 'Mode'] : []);
		expect(differences).toEqual([]);
		expect(states).toBeGreaterThan(3);
		expect(window.complaints.filter((text) => !OF_N8N.test(text))).toEqual([]);
	});
});

/** A workflow of one node of ours, with its credential. */
async function workflowWith(type: string, parameters: INodeParameters): Promise<string> {
	const credential = rig.credentials.find((each) => each.type === (type.startsWith('safe') ? 'safeApi' : 'securIdApi'));
	const own = credential && type !== 'siemWebhook' ? { [credential.type]: { id: credential.id, name: credential.name } } : undefined;
	const node = { id: 'under-test', name: 'Node under test', type: `${PACKAGE_NAME}.${type}`, typeVersion: 1, position: [0, 0], parameters, credentials: own };
	return (await rig.api.call<{ id: string }>('POST', '/workflows', { name: `Panel of ${type}`, nodes: [node], connections: {}, settings: {} })).id;
}
