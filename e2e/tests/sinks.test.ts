/** What becomes of the position when a sink of securid-admin-log-fan-out is disabled, deleted, or set to continue on error. */
import type { SavedWorkflow } from '../server/n8nApi';
import { failure, HOUR_MS, Rig, through } from './rig';

let rig: Rig;
let shipped: SavedWorkflow;

beforeAll(async () => {
	rig = await Rig.start();
	rig.happenEvenly(200, HOUR_MS / 2);
	shipped = await rig.setUp('securid-admin-log-fan-out');
	expect(failure(await rig.execute(shipped))).toMatch(/^success/);
});

afterAll(async () => await rig.stop());

type Change = (workflow: SavedWorkflow, sink: string) => void;

const disable: Change = ({ nodes }, sink) => {
	nodes.filter(({ name }) => name === sink).forEach((node) => (node.disabled = true));
};
/** As the editor deletes a node: its connections go with it. */
const remove: Change = (workflow, sink) => {
	workflow.nodes = workflow.nodes.filter(({ name }) => name !== sink);
	delete workflow.connections[sink];
	for (const { main } of Object.values(workflow.connections)) main.forEach((list, index) => (main[index] = list?.filter(({ node }) => node !== sink) ?? null));
};
const goOn: Change = ({ nodes }, sink) => {
	nodes.filter(({ name }) => name === sink).forEach((node) => (node.onError = 'continueRegularOutput'));
};

/** Runs the changed workflow over the last three hours with empty sinks. Out: how it ended, whether the position was saved, and what arrived. */
async function runWith(change: Change, sink: string, refuse: () => void = () => {}) {
	const { siem } = rig.local.world;
	siem.events.length = 0;
	const before = await rig.position();
	const kept = new Set((await rig.archive()).keys());
	await rig.rewind(Date.parse(through(String(before?.checkpoint))) - (reach += 3) * HOUR_MS);
	const workflow = structuredClone(shipped);
	change(workflow, sink);
	await rig.api.save(workflow.id, { nodes: workflow.nodes, connections: workflow.connections });
	refuse();
	const execution = await rig.execute(workflow);
	const after = await rig.position();
	return {
		ended: failure(execution),
		saved: after?.revision === Number(before?.revision) + 1,
		archived: [...(await rig.archive()).keys()].filter((key) => !kept.has(key)).length,
		posted: siem.events.length,
	};
}

/** Each run reaches further back, so that there is something new to archive. */
let reach = 24;

const ARCHIVE = 'Archive in S3';
const SIEM = 'Post to SIEM';

describe('as the note says, n8n goes on without it and the position moves on', () => {
	it.each([
		['disabled', disable],
		['deleted', remove],
	])('when the archive is %s: nothing is archived, the SIEM has everything', async (_, change) => {
		const run = await runWith(change, ARCHIVE);
		expect(run).toMatchObject({ ended: expect.stringMatching(/^success/) as string, saved: true, archived: 0 });
		expect(run.posted).toBeGreaterThan(0);
	});

	it.each([
		['disabled', disable],
		['deleted', remove],
	])('when the SIEM is %s: it gets nothing, the archive has everything', async (_, change) => {
		const run = await runWith(change, SIEM);
		expect(run).toMatchObject({ ended: expect.stringMatching(/^success/) as string, saved: true, posted: 0 });
		expect(run.archived).toBeGreaterThan(0);
	});

	it('when the SIEM is set to continue on error and does not answer: the events become dead letters in S3', async () => {
		const refuse = () => void rig.local.world.siem.faults.add({ on: { method: 'POST', times: 5 }, do: { status: 503 } });
		const run = await runWith(goOn, SIEM, refuse);
		expect(run).toMatchObject({ ended: expect.stringMatching(/^success/) as string, saved: true, posted: 0 });
	});
});

it('when the SIEM is as shipped and refuses: the run stops and the position stays', async () => {
	const refuse = () => void rig.local.world.siem.faults.add({ on: { method: 'POST', times: 5 }, do: { status: 503 } });
	const run = await runWith(() => {}, SIEM, refuse);
	expect(run).toMatchObject({ ended: expect.stringMatching(/^error at "Post to SIEM"/) as string, saved: false, posted: 0 });
});

it('the note says so', () => {
	const note = String(shipped.nodes.find(({ name }) => name === 'Overview')?.parameters.content);
	expect(note).toContain('Disabling a sink (or deleting it, or letting **Post to SIEM** continue on error) tells n8n to go on without it, so the position moves on. To pause, unpublish the workflow.');
});
