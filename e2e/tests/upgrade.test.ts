/** From an earlier version of the package to this one, with n8n's own Update and the position that the earlier one saved. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { WorkflowFile } from '../../test/harness/workflowFile';
import type { SavedWorkflow } from '../server/n8nApi';
import { PACKAGE_NAME, SERVER, WORKFLOWS } from '../server/paths';
import { failure, HOUR_MS, Rig, through } from './rig';

/** The package as it was when it first saved positions (commit f00899e), packed under a version of its own. The text of a position has the same form now (`v` 1); members have been added since. */
const EARLIER = path.join(SERVER, 'fixtures', `${PACKAGE_NAME}-0.0.1.tgz`);
const EARLIER_VERSION = '0.0.1';
const FILE = 'securid-admin-log-fan-out.json';

let rig: Rig;

beforeAll(async () => {
	rig = await Rig.start({ template: null, adminEvents: 0 });
	rig.happenEvenly(80, HOUR_MS / 3);
});

afterAll(async () => await rig?.stop());

const saved = async () => {
	const position = await rig.position();
	if (position === undefined) throw new Error('no position was saved');
	return position;
};
/** An event that arrives in the log late, behind the saved position: the re-read of the next run finds it, knowing the others by the memory in the position. */
const late = async () => {
	const [{ eventId }] = rig.local.world.securId.addEvents({ atMs: Date.parse(through((await saved()).checkpoint)) - 240_000, activityKey: 'SIGNOUT', result: 'SUCCESS' });
	return String(eventId);
};
async function imported(text: string): Promise<SavedWorkflow> {
	const { name, nodes, connections, settings } = JSON.parse(text) as WorkflowFile;
	return await rig.prepare(await rig.api.call<SavedWorkflow>('POST', '/workflows', { name, nodes, connections, settings }));
}

test('goes on from the position that the earlier version saved, without a loss or a repeat', async () => {
	const { registry } = rig.local;
	registry.publish(EARLIER);
	expect(await rig.api.installPackage(PACKAGE_NAME, EARLIER_VERSION)).toMatchObject({ installedVersion: EARLIER_VERSION });
	await rig.makeCredentials(['securIdApi', 'slackApi', 'httpHeaderAuth', 'aws']);
	const before = await imported(execFileSync('tar', ['-xzOf', path.basename(EARLIER), `package/workflows/${FILE}`], { cwd: path.dirname(EARLIER), encoding: 'utf8' }));
	// A few events per run, so that each version has some left to read.
	const reading = before.nodes.find(({ name }) => name === 'Get new events');
	reading!.parameters.options = { ...(reading!.parameters.options as object), maxEvents: 12 };
	await rig.api.save(before.id, { nodes: before.nodes });
	expect(failure(await rig.execute(before))).toMatch(/^success/);
	const old = await saved();
	const { origin } = JSON.parse(String(old.checkpoint)) as { origin?: string };
	const originMs = Date.parse(origin ?? '') || Date.parse(through(old.checkpoint)) - 24 * HOUR_MS;
	expect(rig.posted()).toEqual(rig.golden(originMs, old));
	expect(rig.posted().length).toBeGreaterThan(5);

	const { version } = registry.publish(String(process.env.E2E_TARBALL));
	expect(version).not.toBe(EARLIER_VERSION);
	expect(await rig.api.installPackage(PACKAGE_NAME, version)).toMatchObject({ installedVersion: version });

	// The workflow that was imported with the earlier version goes on as it is …
	const first = await late();
	expect(failure(await rig.execute(before))).toMatch(/^success/);
	expect(Date.parse(through((await saved()).checkpoint))).toBeGreaterThan(Date.parse(through(old.checkpoint)));
	expect(rig.posted()).toContain(first);
	expect(rig.posted()).toEqual(rig.golden(originMs, await saved()));
	expect(await rig.archived()).toEqual(rig.golden(originMs, await saved()));

	// … and so does the one of this version, imported beside it.
	await rig.api.save(before.id, { name: 'Replaced' });
	await rig.makeCredentials();
	const after = await imported(readFileSync(path.join(WORKFLOWS, FILE), 'utf8'));
	const second = await late();
	expect(failure(await rig.execute(after))).toMatch(/^success/);
	expect(rig.posted()).toContain(second);
	const now = await saved();
	expect(now.revision).toBe(Number(old.revision) + 2);
	expect(rig.posted()).toEqual(rig.golden(originMs, now));
	expect(await rig.archived()).toEqual(rig.golden(originMs, now));
});
