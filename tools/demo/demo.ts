/*
 * npm run demo: the shipped workflows in n8n's own engine, against simulated vendors and sinks and an embedded S3, on this machine alone.
 * Exits 0 only when all ran and every event arrived in S3 and at the SIEM.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readWorkflow, withSettings, type RunReport } from '../../test/harness';
import { startProgress } from './progress';
import { BUCKET, localSettings, readArchive, startLocalWorld, type LocalWorld } from './world';

const ROOT = path.resolve(__dirname, '..', '..');
const FOLDER = path.join(ROOT, '.demo');
const SEED = 20261121;
const SHOWN_OBJECTS = 3;

interface Stop {
	file: string;
	/** The node whose items are what was delivered. */
	delivered: string;
	/** Whether it delivers to S3 and SIEM, or only alerts. */
	fansOut: boolean;
}

const STOPS: Stop[] = [
	{ file: 'securid-admin-log-fan-out', delivered: 'Get new events', fansOut: true },
	{ file: 'safe-daily-audit-fan-out', delivered: 'Get new events', fansOut: true },
	{ file: 'securid-failed-sign-in-alert', delivered: 'When something happens', fansOut: false },
];

async function main(): Promise<boolean> {
	rmSync(FOLDER, { recursive: true, force: true });
	mkdirSync(FOLDER, { recursive: true });
	console.log(`Starting n8n's engine, the simulated SAFE, SecurID, Slack and SIEM, and an embedded S3 (tenant seed ${SEED}) …`);
	const local = await startLocalWorld(SEED, path.join(FOLDER, 's3'));
	try {
		let good = true;
		for (const stop of STOPS) good = (await runStop(local, stop)) && good;
		await saveForReading(local);
		return good;
	} finally {
		await local.stop();
		rmSync(path.join(FOLDER, 's3'), { recursive: true, force: true });
	}
}

async function runStop(local: LocalWorld, stop: Stop): Promise<boolean> {
	const shipped = readWorkflow(path.join(ROOT, 'workflows', `${stop.file}.json`));
	const workflow = withSettings(shipped, localSettings(local, shipped));
	const objects = await local.s3.objects(BUCKET);
	const already = { siem: local.world.siem.batches.length, slack: local.world.slack.messages.length, keys: new Set(objects.keys()) };
	console.log(`\n▶ ${workflow.name}`);
	const progress = startProgress(workflow);
	const report = await local.engine.run(workflow, {
		credentials: local.credentials,
		// An alert is shown as its button in the editor shows it: with the newest events of the last day.
		...(stop.fansOut ? {} : { mode: 'manual', startAt: stop.delivered }),
		onNodeFinished: (name) => progress.nodeFinished(name),
	});
	progress.stop();
	if (report.status !== 'success') {
		console.log(`  ✗ stopped at "${report.lastNode}": ${report.error?.message}\n    ${report.error?.description ?? ''}`);
		return false;
	}
	return await summarise(local, stop, report, already);
}

/** Prints what arrived where, counted at the sinks, not in the workflow. Out: whether it is everything. */
async function summarise(
	{ world, s3 }: LocalWorld,
	{ delivered, fansOut }: Stop,
	report: RunReport,
	already: { siem: number; slack: number; keys: Set<string> },
): Promise<boolean> {
	const events = report.items(delivered).map(({ json }) => json);
	const stored = [...(await s3.objects(BUCKET))].filter(([key]) => !already.keys.has(key));
	const objects = stored.filter(([key]) => !key.includes('/_manifest/'));
	const archived = objects.flatMap(([key, bytes]) => readArchive(key, bytes)).length;
	const batches = world.siem.batches.slice(already.siem);
	const posted = batches.reduce((sum, batch) => sum + batch.ids.length, 0);
	const enriched = events.filter((event) => event.safeUser).length;
	const line = (label: string, text: string) => console.log(`  ${label.padEnd(10)}${text}`);
	for (const hint of report.hints(delivered)) line('', hint.message);
	line('pulled', `${events.length} events`);
	if (enriched > 0) line('enriched', `${enriched} events with e-mail, name and role of their SAFE user`);
	if (fansOut) showSinks(line, { archived, objects, posted, batches: batches.length, endpoint: world.siem.endpoint });
	for (const message of world.slack.messages.slice(already.slack)) {
		console.log(`  Slack     #${message.channelName} shows:\n${boxed(message.shown)}`);
	}
	const told = world.slack.messages.length > already.slack;
	const complete = events.length > 0 && (fansOut ? archived === events.length && posted === events.length : told);
	if (!complete) console.log('  ✗ the numbers above do not agree');
	return complete;
}

interface Sinks {
	archived: number;
	objects: Array<[string, Buffer]>;
	posted: number;
	batches: number;
	endpoint: string;
}

function showSinks(line: (label: string, text: string) => void, { archived, objects, posted, batches, endpoint }: Sinks): void {
	line('archived', `${archived} events in ${objects.length} S3 object(s)`);
	for (const [key, bytes] of objects.slice(0, SHOWN_OBJECTS)) {
		line('', `s3://${BUCKET}/${key} (${bytes.length.toLocaleString('en')} bytes)`);
	}
	if (objects.length > SHOWN_OBJECTS) line('', `and ${objects.length - SHOWN_OBJECTS} more, and a manifest`);
	line('SIEM', `${posted} events in ${batches} post(s) to ${endpoint}`);
}

function boxed(text: string): string {
	return text
		.split('\n')
		.map((row) => `      │ ${row}`)
		.join('\n');
}

async function saveForReading({ world, s3 }: LocalWorld): Promise<void> {
	const save = (name: string, content: string | Buffer) => {
		const file = path.join(FOLDER, name);
		mkdirSync(path.dirname(file), { recursive: true });
		writeFileSync(file, content);
	};
	for (const [key, bytes] of await s3.objects(BUCKET)) save(path.join('archive', key), bytes);
	world.slack.messages.forEach(({ shown }, index) => save(`slack/${index + 1}.txt`, `${shown}\n`));
	save('siem/events.json', JSON.stringify(world.siem.events, null, 2));
	console.log(`\nOpen what arrived in ${path.relative(process.cwd(), FOLDER) || FOLDER}/: archive/ (as in S3), slack/, siem/`);
}

main()
	.then((good) => {
		console.log(good ? '\nAll workflows ran, and every event arrived.' : '\nThe demo did not go through.');
		process.exit(good ? 0 : 1);
	})
	.catch((error) => {
		console.error(error);
		process.exit(1);
	});
