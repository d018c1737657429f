/** The server as its users meet it: what the command line imported, what n8n says of the package, and what the Test button of a credential says. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { WorkflowFile } from '../../test/harness/workflowFile';
import type { InstalledPackage } from '../server/n8nApi';
import { PACKAGE_NAME, ROOT, WORKFLOWS } from '../server/paths';
import { shippedWorkflows, startsByItself } from '../server/provision';
import { runTool } from '../../test/package/commands';
import { failure, Rig, until } from './rig';

const FILES = [...shippedWorkflows().keys()];
const made = (file: string) => readFileSync(path.join(String(process.env.E2E_FOLDER), file), 'utf8');
const shipped = (file: string) => JSON.parse(readFileSync(path.join(WORKFLOWS, `${file}.json`), 'utf8')) as WorkflowFile;

const ALERT = 'securid-failed-sign-in-alert';
const VICTIM = 'admin-of-this-test@example.com';

let rig: Rig;

beforeAll(async () => {
	rig = await Rig.start();
});

afterAll(async () => await rig.stop());

describe('import by the command line', () => {
	it('takes every shipped workflow', () => {
		expect(FILES.length).toBeGreaterThanOrEqual(8);
		expect(made('import.txt')).toContain(`Successfully imported ${FILES.length} workflows.`);
	});

	it.each(FILES)('leaves %s as it is in the file: unpublished, every node, connection and setting', async (file) => {
		const { name, nodes, connections, settings } = shipped(file);
		const found = (await rig.api.workflows()).filter((workflow) => workflow.name === name);
		expect(found).toHaveLength(1);
		expect(found[0]).toMatchObject({ active: false, nodes, connections, settings });
	});
});

describe("installation as a community package, by n8n's own installer", () => {
	it('brings every node of package.json', () => {
		const { n8n, version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { n8n: { nodes: string[] }; version: string };
		const installed = JSON.parse(made('installed.json')) as InstalledPackage;
		expect(installed).toMatchObject({ packageName: PACKAGE_NAME, installedVersion: version });
		expect(installed.installedNodes).toHaveLength(n8n.nodes.length);
	});

	it('is loaded again by a server that is started later', async () => {
		expect(await rig.api.packages()).toMatchObject([{ packageName: PACKAGE_NAME, failedLoading: false }]);
	});
});

describe('published after the set-up that its note describes', () => {
	it.each(FILES.filter((file) => startsByItself(shipped(file))))('%s is taken by n8n', async (file) => {
		const workflow = await rig.setUp(file);
		await rig.api.publish(workflow.id);
		expect((await rig.api.workflow(workflow.id)).active).toBe(true);
		if (file === ALERT) happenAfter();
		else await rig.api.unpublish(workflow.id);
	});
});

/** A failed sign-in behind the position that the alert has just taken up. It waits some minutes for late events: the last test looks for it. */
function happenAfter(): void {
	rig.local.world.securId.addEvents({ atMs: Date.now() + 1000, activityKey: 'SIGNIN_FAILURE', result: 'FAIL', adminUserName: VICTIM });
}

/** Every workflow that has a button, run with nothing changed but the values of Settings and the credentials. */
describe('run by hand after the set-up that its note describes', () => {
	const withButton = FILES.filter((file) => shipped(file).nodes.some(({ type }) => type.endsWith('.manualTrigger')));

	it.each(withButton)('%s ends well', async (file) => {
		expect(failure(await rig.execute(await rig.setUp(file)))).toMatch(/^success/);
	});

	it.each([
		['safe-byoa-cloudwatch', () => rig.happenInCloudWatch()],
		['safe-byoa-cloudtrail', async () => await rig.happenInCloudTrail()],
	])('%s brings the SIEM what has happened since, by the assumed role', async (file, happen) => {
		const id = await happen();
		expect(rig.posted()).not.toContain(id);
		expect(failure(await rig.execute(await rig.setUp(file)))).toMatch(/^success/);
		expect(rig.posted().filter((posted) => posted === id)).toEqual([id]);
	});
});

describe('the Test button of a credential', () => {
	const press = async (type: string, change: Record<string, unknown> = {}) => {
		const saved = rig.credentials.find((credential) => credential.type === type);
		if (saved === undefined) throw new Error(`no credential ${type}`);
		return await rig.api.testCredential(saved, { ...rig.local.credentials[type], ...change });
	};
	const keyFile = () => JSON.parse(String(rig.local.credentials.securIdApi.privateKeyFile)) as Record<string, string>;

	it.each(['securIdApi', 'securIdOAuthApi', 'safeApi', 'siemWebhookApi', 'slackApi', 'aws', 'awsAssumeRole'])('is green for the right secrets of %s', async (type) => {
		expect(await press(type)).toEqual({ status: 'OK', message: expect.any(String) as string });
	});

	it.each<[what: string, type: string, change: () => Record<string, unknown>, says: RegExp]>([
		['an access ID that SecurID does not know', 'securIdApi', () => ({ privateKeyFile: JSON.stringify({ ...keyFile(), accessID: '00000000-0000-4000-8000-000000000000' }) }), /SecurID refused the token that this credential signed/],
		['a key file cut off in the middle', 'securIdApi', () => ({ privateKeyFile: JSON.stringify(keyFile()).slice(0, 200) }), /"Key File" does not hold the whole key file/],
		['a wrong API password', 'safeApi', () => ({ password: 'wrong' }), /SAFE did not accept "API Username" and "API Password"/],
		['a SIEM that does not accept the header', 'siemWebhookApi', () => ({ headerSecret: 'wrong' }), /did not accept/],
		['a wrong AWS secret', 'aws', () => ({ secretAccessKey: 'wrong' }), /SignatureDoesNotMatch|403|Forbidden/],
		['an external ID that the role does not know', 'awsAssumeRole', () => ({ externalId: 'wrong' }), /not authorized to perform: sts:AssumeRole/],
		['a wrong Slack token', 'slackApi', () => ({ accessToken: 'xoxb-wrong' }), /Invalid access token|invalid_auth/i],
	])('is red for %s, and says so', async (_, type, change, says) => {
		const { status, message } = await press(type, change());
		expect([status, message]).toEqual(['Error', expect.stringMatching(says)]);
		for (const secret of ['BEGIN RSA', 'fake:pass', 'xoxb-']) expect(message).not.toContain(secret);
	});
});

it('a failed sign-in reaches Slack by the published alert, which polls each minute', async () => {
	const { messages } = rig.local.world.slack;
	const message = await until('the alert', async () => messages.find(({ shown }) => shown.includes(VICTIM)), { withinMs: 420_000 });
	expect(message).toMatchObject({ channelName: 'security-alerts', shown: expect.stringContaining(`1 failed: ${VICTIM}`) as string });
}, 480_000);

it('the running server tried to reach no host outside this machine', () => {
	expect(rig.local.gateway.refused).toEqual([]);
});

it('type-checks', () => {
	expect(runTool('node_modules/typescript/bin/tsc', ['--noEmit', '-p', 'e2e'])).toMatchObject({ status: 0, stdout: '' });
});
