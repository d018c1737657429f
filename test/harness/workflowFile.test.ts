import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drawNode, drawWorkflow, fields } from './canvas';
import { readWorkflow, singleNodeWorkflow, withNode, withSettings } from './workflowFile';

const workflow = drawWorkflow(
	'Has settings',
	[
		drawNode('Settings', 'set', 3.4, fields({ bucket: 'your-bucket', limit: 5 })),
		drawNode('Next', 'noOp', 1),
	],
	[['Settings', 'Next']],
);

describe('reading a file', () => {
	let folder: string;
	const written = (content: string) => {
		const path = join(folder, 'w.json');
		writeFileSync(path, content);
		return path;
	};

	beforeAll(() => {
		folder = mkdtempSync(join(tmpdir(), 'workflow-file-'));
	});

	afterAll(() => rmSync(folder, { recursive: true }));

	test('keeps all that n8n exported', () => {
		const exported = { ...workflow, meta: { templateId: 't' }, tags: [] };
		expect(readWorkflow(written(JSON.stringify(exported)))).toEqual(exported);
	});

	test.each([
		['text that is not JSON', '{', 'is not JSON'],
		['a list', '[]', 'is not a workflow'],
		['nodes without connections', '{"nodes":[]}', 'is not a workflow'],
		['null', 'null', 'is not a workflow'],
	])('refuses %s, naming the file', (_case, content, message) => {
		const path = written(content);
		expect(() => readWorkflow(path)).toThrow(`"${path}" ${message}`);
	});
});

describe('editing', () => {
	test('changes the settings that are named, in a copy', () => {
		const edited = withSettings(workflow, { bucket: 'audit' });
		const values = (edited.nodes[0].parameters.assignments as { assignments: object[] }).assignments;
		expect(values).toMatchObject([
			{ name: 'bucket', value: 'audit' },
			{ name: 'limit', value: 5 },
		]);
		expect(edited).not.toEqual(workflow);
		expect(withSettings(edited, { bucket: 'your-bucket' })).toEqual(workflow);
	});

	test('refuses settings there are not, listing those there are', () => {
		expect(() => withSettings(workflow, { buckets: 'x' })).toThrow(
			'Node "Settings" has no "buckets"; it has "bucket", "limit"',
		);
	});

	test('refuses nodes there are not, listing those there are', () => {
		expect(() => withNode(workflow, 'Settngs', (parameters) => parameters)).toThrow(
			'There is no node "Settngs"; there is "Settings", "Next"',
		);
	});

	test('replaces parameters with what the patch gives back', () => {
		const edited = withNode(workflow, 'Next', (parameters) => ({ ...parameters, more: true }));
		expect([edited.nodes[1].parameters, workflow.nodes[1].parameters]).toEqual([{ more: true }, {}]);
	});
});

describe('a workflow around one node', () => {
	test('has a start before it and the settings of the node', () => {
		const { nodes, connections } = singleNodeWorkflow(
			'p.n',
			{ a: 1 },
			{ typeVersion: 2, onError: 'continueRegularOutput' },
		);
		expect(nodes).toMatchObject([
			{ name: 'Start' },
			{ name: 'Node', type: 'p.n', typeVersion: 2, onError: 'continueRegularOutput', parameters: { a: 1 } },
		]);
		expect(connections).toEqual({ Start: { main: [[{ node: 'Node', type: 'main', index: 0 }]] } });
	});

	test('has nothing before a trigger', () => {
		expect(singleNodeWorkflow('p.myTrigger', {}).nodes.map(({ name }) => name)).toEqual(['Node']);
	});
});
