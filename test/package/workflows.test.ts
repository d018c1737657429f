import path from 'node:path';
import { startEngine, readWorkflow, type WorkflowFile } from '../harness';
import { newestN8n, oldestN8n, ownTypes } from './nodeTypes';
import { filesBelow, read, ROOT } from './commands';

const FILES = filesBelow('workflows', '.json');
const workflowOf = (file: string): WorkflowFile => readWorkflow(path.join(ROOT, file));
const realNodes = (workflow: WorkflowFile) => workflow.nodes.filter(({ type }) => !type.endsWith('.stickyNote'));

it('finds shipped workflows', () => {
	expect(FILES.length).toBeGreaterThanOrEqual(2);
});

it('names in README the oldest n8n that was tried and the newest, and how to try another', () => {
	const [, compatibility] = /^## Compatibility\n([^]*?)^## /m.exec(read('README.md')) ?? [];
	const [oldest, newest] = [oldestN8n(), newestN8n()];
	for (const text of [`n8n ${oldest.n8n}`, `npm run compat -- ${oldest.n8n}`, `n8n ${newest.n8n}`]) expect(compatibility).toContain(text);
});

describe.each(FILES)('%s', (file) => {
	const workflow = workflowOf(file);

	it('is imported inactive, without credentials, pinned data, or ids of somebody\'s server', () => {
		expect(workflow.active).toBe(false);
		for (const name of ['id', 'versionId', 'meta', 'pinData', 'staticData', 'shared']) expect(workflow).not.toHaveProperty(name);
		for (const node of workflow.nodes) expect(node).not.toHaveProperty('credentials');
	});

	it('holds no code: Code, Function and command nodes are not used', () => {
		for (const { type } of workflow.nodes) expect(type).not.toMatch(/\.(code|function|functionItem|executeCommand|ssh)$/);
	});

	it.each([
		['oldest', oldestN8n],
		['newest', newestN8n],
	])('uses node types and versions that the %s n8n of README has', async (_, supported) => {
		const { n8n, types } = supported();
		const known = new Map([...types, ...(await ownTypes())]);
		const unknown = realNodes(workflow).filter(({ type, typeVersion }) => !known.get(type)?.includes(typeVersion));
		expect(unknown.map(({ name, type, typeVersion }) => `${name}: ${type} ${typeVersion} is not in n8n ${n8n}`)).toEqual([]);
	});

	it('begins with a yellow note that says what it does, how to set it up and what it needs', () => {
		const overview = workflow.nodes.find(({ name }) => name === 'Overview');
		expect(overview?.parameters.color ?? 1).toBe(1);
		for (const words of ['What it does', 'Set up', 'Needs', 'Error workflow', 'Disabling a sink', 'unpublish']) {
			expect(String(overview?.parameters.content)).toContain(words);
		}
		expect(workflow.nodes.filter(({ type }) => type.endsWith('.stickyNote')).length).toBeGreaterThan(2);
	});

	it('can be started by hand, has one Settings node, named nodes, no loose end in its connections', () => {
		const names = workflow.nodes.map(({ name }) => name);
		expect(new Set(names).size).toBe(names.length);
		expect(names.filter((name) => name === 'Settings')).toHaveLength(1);
		// A polling trigger has a button of its own.
		expect(workflow.nodes.some(({ type }) => /\.(manualTrigger|securIdAdminLogTrigger)$/.test(type))).toBe(true);
		const targets = Object.values(workflow.connections).flatMap(({ main }) => main.flatMap((list) => list ?? []));
		for (const { node } of targets) expect(names).toContain(node);
		for (const name of Object.keys(workflow.connections)) expect(names).toContain(name);
		const reached = new Set([...targets.map(({ node }) => node)]);
		for (const { name, type } of realNodes(workflow)) expect([name, reached.has(name) || /trigger/i.test(type)]).toEqual([name, true]);
	});

	it('is laid out so that nothing covers anything: nodes apart, notes apart, and each node whole inside its note or outside', () => {
		const box = ({ type, position: [x, y], parameters }: WorkflowFile['nodes'][number]) =>
			type.endsWith('.stickyNote') ? [x, y, x + Number(parameters.width), y + Number(parameters.height)] : [x, y, x + 100, y + 100];
		const notes = workflow.nodes.filter(({ type }) => type.endsWith('.stickyNote'));
		const covers = (one: number[], other: number[]) => one[0] < other[2] && other[0] < one[2] && one[1] < other[3] && other[1] < one[3];
		const holds = (outer: number[], inner: number[]) => outer[0] <= inner[0] && outer[1] <= inner[1] && outer[2] >= inner[2] && outer[3] >= inner[3];
		const wrong: string[] = [];
		for (const kind of [realNodes(workflow), notes]) {
			kind.forEach((one, index) => kind.slice(index + 1).forEach((other) => covers(box(one), box(other)) && wrong.push(`${one.name} covers ${other.name}`)));
		}
		for (const node of realNodes(workflow)) {
			for (const note of notes) if (covers(box(node), box(note)) && !holds(box(note), box(node))) wrong.push(`${node.name} is half inside ${note.name}`);
		}
		expect(wrong).toEqual([]);
	});

	it('lets no upload or copy to S3 pass that S3 did not confirm', () => {
		const typeOf = (name: string) => workflow.nodes.find((other) => other.name === name)?.type;
		for (const { name, parameters, type } of workflow.nodes) {
			if (!type.endsWith('.awsS3') || !['upload', 'copy'].includes(String(parameters.operation))) continue;
			const after = workflow.connections[name].main.flatMap((list) => (list ?? []).map(({ node }) => node));
			expect([name, after]).toEqual([name, [expect.stringMatching(/[Nn]ot confirmed by S3\?$/)]]);
			const question = workflow.nodes.find((other) => other.name === after[0]);
			expect([question?.type, JSON.stringify(question?.parameters.conditions)]).toEqual(['n8n-nodes-base.if', expect.stringMatching(/"leftValue":"={{ \$json\.ETag[^"]*".{0,100}"operation":"empty"/)]);
			const [unconfirmed] = workflow.connections[after[0]].main;
			expect(unconfirmed?.map(({ node }) => typeOf(node))).toEqual(['n8n-nodes-base.stopAndError']);
		}
	});

	it('keeps what the SIEM refuses for good: the Failed output is wired, and what it holds goes to S3 before anything is saved', () => {
		for (const { name, parameters, type } of workflow.nodes.filter((node) => node.type.endsWith('.siemWebhook'))) {
			expect([name, parameters.onRejected, workflow.connections[name].main[1]?.length]).toEqual([name, 'sendToFailed', 1]);
			const reached = new Set<string>();
			const walk = (node: string) => {
				if (reached.has(node)) return;
				reached.add(node);
				for (const list of workflow.connections[node]?.main ?? []) list?.forEach(({ node: next }) => walk(next));
			};
			walk(String(workflow.connections[name].main[1]?.[0].node));
			expect([type, workflow.nodes.some((node) => reached.has(node.name) && node.type.endsWith('.awsS3') && node.parameters.operation === 'upload')]).toEqual([type, true]);
		}
	});

	it('sets execution order, time zone and time limit, and keeps failed executions', () => {
		expect(workflow.settings).toMatchObject({ executionOrder: 'v1', saveDataErrorExecution: 'all' });
		expect(workflow.settings?.timezone).toBeTruthy();
		expect(workflow.settings?.executionTimeout).toBeGreaterThan(60);
	});

	it('lets a failing Slack pass into the Merge in front of the save, and no other sink', () => {
		const tolerant = workflow.nodes.filter((node) => 'onError' in node || 'continueOnFail' in node);
		for (const { type, onError } of tolerant) expect([type, onError]).toEqual(['n8n-nodes-base.slack', 'continueRegularOutput']);
		const merge = workflow.nodes.find(({ type }) => type.endsWith('.merge'));
		if (tolerant.length > 0) expect(merge?.parameters.mode).toBe('append');
	});

	it('saves a position only where name, revision, checkpoint and rewind are still what was read, and finds tables by their id', () => {
		for (const { name, parameters } of workflow.nodes.filter(({ type }) => type.endsWith('.dataTable'))) {
			if (parameters.resource === 'row') expect([name, (parameters.dataTableId as { mode: string }).mode]).toEqual([name, 'id']);
			if (name !== 'Save new position') continue;
			expect(parameters.operation).toBe('update');
			expect(parameters.matchType).toBe('allConditions');
			const { conditions } = parameters.filters as { conditions: Array<{ keyName: string; condition: string }> };
			expect(conditions.map(({ keyName }) => keyName)).toEqual(['name', 'revision', 'checkpoint', 'rewindTo']);
		}
	});

	it('never repeats a request for a SAFE export by itself', () => {
		for (const node of workflow.nodes.filter(({ type }) => type.endsWith('.safeAuditExport'))) expect(node.retryOnFail ?? false).toBe(false);
	});

	it('is described in workflows/README.md', () => {
		expect(read('workflows/README.md')).toContain(path.basename(file));
	});
});

it('refuses to run a workflow with a Code node in the harness, so that none slips in', async () => {
	const engine = await startEngine();
	const start = { id: '1', name: 'By hand', type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, position: [0, 0] as [number, number], parameters: {} };
	const code = { ...start, id: '2', name: 'Code', type: 'n8n-nodes-base.code', typeVersion: 2, parameters: { jsCode: 'return [];' } };
	const connections = { 'By hand': { main: [[{ node: 'Code', type: 'main' as const, index: 0 }]] } };
	const report = await engine.run({ name: 'with code', nodes: [start, code], connections }, { mode: 'manual' });
	expect(report.status).toBe('error');
	await engine.stop();
});
