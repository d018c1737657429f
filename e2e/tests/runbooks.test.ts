/** Each runbook of docs/runbooks.md, tried on a server: the tests bear the runbooks' headings. */
import { cpSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createRsaKeyPair } from '../../test/simulators/securid/keyFile';
import type { SavedWorkflow } from '../server/n8nApi';
import { runN8nCommand } from '../server/n8nServer';
import { PACKAGE_NAME, ROOT } from '../server/paths';
import { failure, HOUR_MS, Rig, standing, through, type Position } from './rig';

const DAY_MS = 24 * HOUR_MS;
const SLOT_MS = HOUR_MS / 4;
/** So that a run reads a part of what there is, and the next one has something to go on with. */
const EVENTS_PER_RUN = 25;

let rig: Rig;
let workflow: SavedWorkflow;
/** From here on everything has been collected. */
let fromMs: number;

beforeAll(async () => {
	rig = await Rig.start({ adminEvents: 0 });
	rig.happenEvenly(80, 3 * HOUR_MS, 5);
	rig.local.registry.publish(String(process.env.E2E_TARBALL));
	workflow = await rig.setUp('securid-admin-log-fan-out');
	await readAtMost(EVENTS_PER_RUN);
	expect(failure(await rig.execute(workflow))).toMatch(/^success/);
	fromMs = Math.floor((Date.now() - 6 * DAY_MS) / SLOT_MS) * SLOT_MS;
	await rig.rewind(fromMs);
	rig.local.world.siem.events.length = 0;
	await run();
});

afterAll(async () => await rig.stop());

const saved = async (): Promise<Position> => (await rig.position()) ?? Promise.reject(new Error('no position'));
const at = ({ checkpoint }: Position) => Date.parse(through(checkpoint));
/** Ids without repeats, sorted. */
const once = (ids: string[]) => [...new Set(ids)].sort();

async function readAtMost(maxEvents: number): Promise<void> {
	const { nodes } = await rig.api.workflow(workflow.id);
	const reading = nodes.find(({ name }) => name === 'Get new events');
	reading!.parameters.options = { ...(reading!.parameters.options as object), maxEvents };
	await rig.api.save(workflow.id, { nodes });
}

/** A run to its good end that has moved the position. */
async function run(): Promise<Position> {
	const before = await saved();
	expect(failure(await rig.execute(workflow))).toMatch(/^success/);
	const after = await saved();
	expect(after.revision).toBe(Number(before.revision) + 1);
	return after;
}

/** A run that fails, says so, and leaves the position. Out: what it says. */
async function failingRun(): Promise<string> {
	const before = await saved();
	const said = failure(await rig.execute(workflow));
	expect(said).toMatch(/^error/);
	expect(standing(await saved())).toEqual(standing(before));
	return said;
}

/** Everything up to the position is in S3, in one object, and in the SIEM. */
async function expectWhole(): Promise<void> {
	// Objects of the first run, a day ago until now, lie behind the position until it has come there.
	const golden = rig.golden(fromMs, await saved());
	expect(golden.length).toBeGreaterThan(20);
	const archived = await rig.archived();
	expect(once(archived)).toEqual(archived);
	expect(archived).toEqual(expect.arrayContaining(golden));
	expect(once(rig.posted())).toEqual(golden);
}

/** Runs until the position has come to now. A run reads four days (384 slots) at most. */
async function catchUp(): Promise<void> {
	await readAtMost(50_000);
	while (at(await run()) < Date.now() - HOUR_MS);
	await expectWhole();
	expect(await rig.archived()).toEqual(rig.golden(fromMs, await saved()));
}

/** Every object that was there is there, byte for byte. */
async function expectKept(before: Map<string, Buffer>): Promise<void> {
	const after = await rig.archive();
	for (const [key, bytes] of before) expect([key, after.get(key)?.equals(bytes)]).toEqual([key, true]);
}

const RUNBOOKS: Record<string, () => Promise<void>> = {
	'The SecurID key is rotated': async () => {
		const credential = rig.credentials.find(({ type }) => type === 'securIdApi')!;
		const { privateKeyFile } = rig.local.credentials.securIdApi as { privateKeyFile: string };
		const other = JSON.stringify({ ...(JSON.parse(privateKeyFile) as object), accessKey: createRsaKeyPair().privateKeyPem });
		await rig.api.saveCredential({ ...credential, data: { ...rig.local.credentials.securIdApi, privateKeyFile: other } });
		expect(await failingRun()).toMatch(/SECURID-403-KEY/);

		const renewed = rig.local.credentials.securIdApi;
		expect(await rig.api.testCredential(credential, renewed)).toMatchObject({ status: 'OK' });
		await rig.api.saveCredential({ ...credential, data: renewed });
		await run();
		await expectWhole();
	},

	'The SIEM is down for a day': async () => {
		const { siem } = rig.local.world;
		siem.faults.add({ on: { method: 'POST' }, do: { status: 503 } });
		const before = await rig.archive();
		await failingRun();
		const during = await rig.archive();
		expect(during.size).toBeGreaterThan(before.size);
		siem.faults.clear();
		await run();
		await expectWhole();
		await expectKept(during);
	},

	"n8n's database is restored from yesterday": async () => {
		const database = path.join(rig.folder, 'n8n', '.n8n');
		const backup = path.join(rig.folder, 'backup');
		const copy = (from: string, to: string) => readdirSync(from).filter((name) => name.startsWith('database.sqlite')).forEach((name) => cpSync(path.join(from, name), path.join(to, name)));
		await rig.server.stop();
		cpSync(database, backup, { recursive: true });
		await rig.startServer();
		const yesterday = await saved();
		await run();
		const today = await run();
		const [kept, posted] = [await rig.archive(), rig.posted()];

		await rig.server.stop();
		copy(backup, database);
		await rig.startServer();
		expect(at(await saved())).toBe(at(yesterday));
		await run();
		await run();
		expect(at(await saved())).toBe(at(today));
		await expectKept(kept);
		expect((await rig.archive()).size).toBeGreaterThanOrEqual(kept.size);
		await expectWhole();
		expect(rig.posted().length).toBeGreaterThan(posted.length);
		expect(once(rig.posted())).toEqual(once(posted));
	},

	'n8n moves to another machine': async () => {
		const before = await saved();
		const moved = path.join(rig.folder, 'moved');
		await rig.api.unpublish(workflow.id);
		await rig.server.stop();
		await runN8nCommand(rig.options(), ['export:entities', `--outputDir=${moved}`]);
		rig.home = 'elsewhere';
		rig.env = { N8N_REINSTALL_MISSING_PACKAGES: 'true' };
		expect(await runN8nCommand(rig.options(), ['import:entities', `--inputDir=${moved}`, '--truncateTables'])).toContain('Import completed successfully');
		await rig.startServer();
		expect(await rig.api.packages()).toMatchObject([{ packageName: PACKAGE_NAME, failedLoading: false }]);
		expect(await saved()).toEqual(before);
		await run();
		await expectWhole();
	},

	'A time has to be read again': async () => {
		await catchUp();
		const [kept, posted] = [await rig.archive(), rig.posted()];
		fromMs -= DAY_MS;
		await rig.rewind(fromMs);
		expect((await run()).rewindTo).toBeNull();
		await catchUp();
		await expectKept(kept);
		expect(rig.posted().length).toBeGreaterThan(posted.length + posted.length / 2);
	},

	'Prove that nothing is missing': async () => {
		await catchUp();
		const { messages } = rig.local.world.slack;
		messages.length = 0;
		expect(failure(await rig.execute(await rig.setUp('reconcile')))).toMatch(/^success/);
		expect(messages.map(({ shown }) => shown)).toEqual([expect.stringMatching(/UTC: SecurID (\d+) = S3 \1$/m)]);
	},
};

test.each(Object.keys(RUNBOOKS))('%s', async (name) => await RUNBOOKS[name]());

test('every runbook of the page has been tried here', () => {
	const page = readFileSync(path.join(ROOT, 'docs', 'runbooks.md'), 'utf8');
	expect([...page.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading).sort()).toEqual(Object.keys(RUNBOOKS).sort());
});
