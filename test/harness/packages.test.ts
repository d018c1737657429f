import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine } from './index';
import { singleNodeWorkflow, startEngine } from './index';
import { nodeSource, writePackage } from './packageOnDisk';

const engines: Engine[] = [];
const folders: string[] = [];

async function startWith(packageDirectory: string): Promise<Engine> {
	folders.push(packageDirectory);
	const engine = await startEngine({ packageDirectory });
	engines.push(engine);
	return engine;
}

function folderWith(manifest: object): string {
	const folder = mkdtempSync(join(tmpdir(), 'package-on-disk-'));
	writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
	return folder;
}

afterAll(async () => {
	for (const engine of engines) await engine.stop();
	for (const folder of folders) rmSync(folder, { recursive: true });
});

test("a package outside any repository runs on the harness's own n8n-workflow", async () => {
	const body = `
		const { NodeOperationError, Workflow } = require('n8n-workflow');
		return [[{ json: { isEngineClass: this.workflow.constructor === Workflow, error: typeof NodeOperationError } }]];`;
	const engine = await startWith(
		writePackage('n8n-nodes-probe', { nodes: { Probe: nodeSource('Probe', 'probe', body) } }),
	);
	const report = await engine.run(singleNodeWorkflow('n8n-nodes-probe.probe', {}));
	expect(report.items('Node')[0].json).toEqual({ isEngineClass: true, error: 'function' });
});

test('a package that requires what a server need not have fails to load', async () => {
	const source = `require('axios');${nodeSource('Stray', 'stray', 'return [[]];')}`;
	const folder = writePackage('n8n-nodes-stray', { nodes: { Stray: source } });
	await expect(startWith(folder)).rejects.toThrow("Cannot find module 'axios'");
});

describe('a node that is not installed', () => {
	test('of a package that is not built asks for the build', async () => {
		const engine = await startWith(
			folderWith({ name: 'n8n-nodes-ours', n8n: { nodes: ['dist/nodes/Ours.node.js'] } }),
		);
		await expect(engine.run(singleNodeWorkflow('n8n-nodes-ours.ours', {}))).rejects.toThrow(
			'Node "Node": type "n8n-nodes-ours.ours" is not there: n8n-nodes-ours lacks dist/nodes/Ours.node.js; run npm run build first',
		);
		const builtIn = await engine.run(singleNodeWorkflow('n8n-nodes-base.noOp', {}));
		expect(builtIn.status).toBe('success');
	});

	test('of a package that lists no nodes asks for the build', async () => {
		const engine = await startWith(folderWith({ name: 'n8n-nodes-ours' }));
		await expect(engine.run(singleNodeWorkflow('n8n-nodes-ours.ours', {}))).rejects.toThrow(
			'package.json of n8n-nodes-ours lists no nodes; run npm run build first',
		);
	});

	test('of a built package is said not to be listed', async () => {
		const sources = { nodes: { Probe: nodeSource('Probe', 'probe', 'return [[]];') } };
		const engine = await startWith(writePackage('n8n-nodes-ours', sources));
		await expect(engine.run(singleNodeWorkflow('n8n-nodes-ours.other', {}))).rejects.toThrow(
			'type "n8n-nodes-ours.other" is not among the nodes that n8n-nodes-ours lists',
		);
	});

	test('of another package, or in a version there is not, is named', async () => {
		const engine = await startWith(folderWith({ name: 'n8n-nodes-ours' }));
		await expect(engine.run(singleNodeWorkflow('n8n-nodes-elsewhere.x', {}))).rejects.toThrow(
			'type "n8n-nodes-elsewhere.x" is not installed here',
		);
		await expect(
			engine.run(singleNodeWorkflow('n8n-nodes-base.filter', {}, { typeVersion: 9 })),
		).rejects.toThrow(/version 9 of "n8n-nodes-base.filter" does not exist \(there is 1, 2, /);
	});
});

test('a user folder of another name is refused once n8n has read its own', async () => {
	await startWith(folderWith({ name: 'n8n-nodes-ours' }));
	await expect(startEngine({ userFolder: '/somewhere/else' })).rejects.toThrow(
		'cannot become "/somewhere/else"',
	);
});
