/**
 * One run of Get New in a process of its own, on another clock: reads what to do from its first argument (JSON), writes keys and hashes
 * of the archive files to standard output. Only `getNewProcesses.test.ts` starts it.
 */
interface Task {
	nowMs: number;
	parameters: object;
	credential: Record<string, unknown>;
}

const { nowMs, parameters, credential } = JSON.parse(process.argv[2]) as Task;
const shiftMs = nowMs - Date.now();
const machineNow = Date.now.bind(Date);
Date.now = () => machineNow() + shiftMs;

async function main(): Promise<void> {
	const { startEngine, singleNodeWorkflow } = await import('../../harness');
	const { createHash } = await import('node:crypto');
	const engine = await startEngine();
	const report = await engine.run(singleNodeWorkflow('n8n-nodes-safe-securid.securIdAdminLog', parameters), { credentials: { securIdApi: credential } });
	const files = await Promise.all(
		report.items('Node', 1).map(async (item) => {
			const bytes = await report.binary(item);
			return { key: item.json.key, sha256: createHash('sha256').update(bytes).digest('hex'), size: bytes.length };
		}),
	);
	process.stdout.write(`\nRESULT ${JSON.stringify({ error: report.error?.message, files })}\n`);
	await engine.stop();
}

void main();
