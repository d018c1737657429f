/*
 * npm run workflow -- path/to/workflow.json [--by-hand] [--credentials file.json]
 * Runs any workflow file in n8n's own engine. Without a credentials file it meets the simulators and the embedded S3; with one
 * ({ "safeApi": { … }, "aws": { … } }, by credential type) it meets the real systems named there, from this machine.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { readWorkflow, startEngine, withSettings, type RunReport, type WorkflowFile } from '../test/harness';
import { startProgress } from './demo/progress';
import { localSettings, startLocalWorld, type LocalWorld } from './demo/world';

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: { 'by-hand': { type: 'boolean', default: false }, credentials: { type: 'string' } },
});

async function main(): Promise<boolean> {
	const [file] = positionals;
	if (!file) {
		console.error('Say which workflow: npm run workflow -- path/to/workflow.json');
		return false;
	}
	const workflow = readWorkflow(path.resolve(file));
	const mode = values['by-hand'] ? 'manual' : 'trigger';
	if (values.credentials) {
		const credentials = JSON.parse(readFileSync(values.credentials, 'utf8')) as Record<string, Record<string, unknown>>;
		const engine = await startEngine();
		const progress = startProgress(workflow);
		const report = await engine.run(workflow, { mode, credentials, onNodeFinished: progress.nodeFinished });
		progress.stop();
		show(workflow, report);
		await engine.stop();
		return report.status === 'success';
	}
	const folder = mkdtempSync(path.join(tmpdir(), 'workflow-'));
	const local = await startLocalWorld(1, folder);
	const progress = startProgress(workflow);
	const report = await local.engine.run(pointedAt(local, workflow), {
		mode,
		credentials: local.credentials,
		onNodeFinished: progress.nodeFinished,
	});
	progress.stop();
	show(workflow, report);
	await local.stop();
	rmSync(folder, { recursive: true, force: true });
	return report.status === 'success';
}

function pointedAt(local: LocalWorld, workflow: WorkflowFile): WorkflowFile {
	const settings = localSettings(local, workflow);
	return Object.keys(settings).length > 0 ? withSettings(workflow, settings) : workflow;
}

function show(workflow: WorkflowFile, report: RunReport): void {
	for (const { name } of workflow.nodes.filter((node) => report.ran(node.name))) {
		const outputs = report.runData[name].at(-1)?.data?.main ?? [];
		console.log(`  ${name}: ${outputs.map((items) => items?.length ?? 0).join(' / ')} items`);
		for (const { message } of report.hints(name)) console.log(`      ${message}`);
	}
	if (report.error) console.log(`\n✗ "${report.lastNode}": ${report.error.message}\n  ${report.error.description ?? ''}`);
	else console.log(`\n${report.status}`);
}

main()
	.then((good) => process.exit(good ? 0 : 1))
	.catch((error) => {
		console.error(error instanceof Error ? error.message : error);
		process.exit(1);
	});
