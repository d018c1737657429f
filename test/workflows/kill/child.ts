/*
 * One execution in a process of its own, which is there to be killed: node child.cjs job.json (arena.ts bundles it)
 * Says "ready" when n8n's engine has started, runs on the first input, then says how it ended.
 */
import { readFileSync } from 'node:fs';
import { readWorkflow, routeHosts, startEngine } from '../../harness';

/** What the parent hands over. Nothing else is shared but the servers and the file of the data tables. */
export interface Job {
	workflowFile: string;
	dataTablesFile: string;
	userFolder: string;
	slackUrl: string;
	packageDirectory: string;
	credentials: Record<string, Record<string, unknown>>;
}

async function main(): Promise<void> {
	const job = JSON.parse(readFileSync(process.argv[2], 'utf8')) as Job;
	routeHosts({ 'https://slack.com': job.slackUrl });
	const { dataTablesFile, userFolder, packageDirectory, credentials } = job;
	const engine = await startEngine({ dataTablesFile, userFolder, packageDirectory });
	const go = new Promise((resolve) => process.stdin.once('data', resolve));
	console.log('ready');
	await go;
	const { status, error } = await engine.run(readWorkflow(job.workflowFile), { credentials });
	console.log(`ended ${status} ${error?.message ?? ''}`);
	await engine.stop();
	process.exit(0);
}

void main();
