/*
 * npm start: a real n8n server with this package, its workflows published and running against simulated vendors and sinks, on this machine alone.
 *   --fresh        forgets everything and begins anew
 *   --watch        builds again and restarts the server when a node or credential changes (npm run dev)
 *   --s3=rgw       Ceph RGW instead of the embedded S3; its objects are gone when it ends
 *   --port=15678   the editor's port; the nine after it are used too
 *   --folder=…     where everything is kept, default .n8n-local
 */
import { existsSync, mkdirSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createRsaKeyPair, type RsaKeyPair } from '../test/simulators/securid/keyFile';
import { BUCKET } from '../tools/demo/world';
import { showArrivals } from './server/arrivals';
import { startLocalServers, type LocalServers } from './server/localServers';
import { N8nApi, OWNER, type SavedWorkflow } from './server/n8nApi';
import { startN8n, type N8nOptions, type N8nServer } from './server/n8nServer';
import { packTree } from './server/packing';
import { ROOT } from './server/paths';
import { errorWorkflowOf, importWorkflows, saveCredentials, setUp, startsByItself } from './server/provision';
import { RGW_FOLDER, startRgw } from './server/rgw';

const SEED = 20261121;
const DAY_MS = 86_400_000;
/** The invented customer goes on living for as long after the first start; its log reaches 90 days back from any moment until then. */
const FUTURE_DAYS = 60;
const TENANT = { days: 90 + FUTURE_DAYS, adminEvents: 30_000, safeRows: 6000 };
/** Of the log group of SAFE in an AWS account of one's own. */
const LOG_EVERY_MS = 600_000;
const ACCESS_ID = '5a5a5a5a-0000-4000-8000-000000000001';

/** What has to be the same at the next start. */
interface Kept {
	firstStartMs: number;
	key: RsaKeyPair;
	/** Of the package that the server has. */
	integrity?: string;
	provisioned?: boolean;
}

const { values: args } = parseArgs({
	options: { fresh: { type: 'boolean' }, watch: { type: 'boolean' }, s3: { type: 'string' }, port: { type: 'string', default: '15678' }, folder: { type: 'string' } },
});
const FOLDER = path.resolve(args.folder ?? path.join(ROOT, '.n8n-local'));
const PORT = Number(args.port);
const at = (name: string) => path.join(FOLDER, name);
/** What has to be ended, last started first. */
const endings: Array<() => Promise<void>> = [];
let ending: Promise<void> | undefined;

async function main(): Promise<void> {
	if (args.fresh) rmSync(FOLDER, { recursive: true, force: true });
	mkdirSync(at('s3'), { recursive: true });
	const kept = readKept();
	const first = !kept.provisioned;
	step('Starting the simulated SAFE, SecurID, Slack and SIEM, and a local S3');
	const local = await startServers(kept);
	const n8n: N8nOptions = { folder: at('n8n'), gateway: local.gateway, ports: { editor: PORT, broker: PORT + 1 } };
	if (first) {
		// What a first start that was cut short has left is not gone on with.
		rmSync(at('n8n'), { recursive: true, force: true });
		step('Importing the workflows');
		await importWorkflows(n8n);
	}
	step('Starting n8n');
	let server = await run(n8n);
	let api = await N8nApi.signIn(server.url);
	await installPackage(api, local, kept);
	const credentials = await saveCredentials(api, local);
	if (first) await provision(api, local, credentials, server.url);
	kept.provisioned = true;
	keep(kept);
	welcome(server.url, await api.workflows());
	showArrivals(local.world);
	if (args.watch) {
		watchSources(async () => {
			await installPackage(api, local, kept);
			keep(kept);
			endings.splice(endings.indexOf(server.stop), 1);
			await server.stop();
			server = await run(n8n);
			api = await N8nApi.signIn(server.url);
			console.log(`Built and restarted: ${server.url}`);
		});
	}
}

async function startServers(kept: Kept): Promise<LocalServers> {
	if (args.s3 !== undefined && args.s3 !== 'rgw') throw new Error(`--s3=${args.s3} is not known; there is --s3=rgw`);
	const s3 = args.s3 === 'rgw' ? await startRgw(RGW_FOLDER, [BUCKET]) : undefined;
	const [securId, safe, storage, slack, siem, s3Port] = [2, 3, 4, 5, 6, 7].map((more) => PORT + more);
	const local = await startLocalServers({
		...{ seed: SEED, endsAt: kept.firstStartMs + FUTURE_DAYS * DAY_MS, ...TENANT, ports: { securId, safe, storage, slack, siem } },
		safe: { options: { readyAfterPolls: 1 } },
		securId: { key: { accessId: ACCESS_ID, publicKeyPem: kept.key.publicKeyPem } },
		...{ s3Folder: at('s3'), s3Port, s3 },
	});
	endings.push(local.stop);
	const every = (index: number) => ({ atMs: kept.firstStartMs - DAY_MS + index * LOG_EVERY_MS, message: JSON.stringify({ action: 'report.viewed', number: index }) });
	// Each comes to light when its time has come.
	local.aws?.logs.addEvents(...Array.from({ length: ((1 + FUTURE_DAYS) * DAY_MS) / LOG_EVERY_MS }, (_, index) => every(index)));
	// The server's key file is new at each start; the workflows keep one that is not.
	const { keyFile } = local.world.securId;
	local.credentials.securIdApi.privateKeyFile = JSON.stringify({ ...keyFile, accessID: ACCESS_ID, accessKey: kept.key.privateKeyPem });
	return local;
}

/** Starts n8n; when it ends by itself, everything ends. */
async function run(options: N8nOptions): Promise<N8nServer> {
	const server = await startN8n(options);
	endings.push(server.stop);
	void server.ended.then(() => {
		if (ending === undefined && endings.includes(server.stop)) void finish(1, `n8n ended by itself; its log: ${server.logFile}`);
	});
	return server;
}

/** Packs what lies in dist and has n8n install it as it installs any community package, unless it has the very same. */
async function installPackage(api: N8nApi, { registry }: LocalServers, kept: Kept): Promise<void> {
	const { name, version, integrity } = registry.publish(packTree(at('packed')));
	if (integrity === kept.integrity) return;
	step(`Installing ${name} ${version} through n8n's community packages`);
	await api.installPackage(name, version);
	kept.integrity = integrity;
}

/** The set-up steps of the workflows' notes, for each: settings, credentials, error workflow, run once by hand, publish. */
async function provision(api: N8nApi, local: LocalServers, credentials: Awaited<ReturnType<typeof saveCredentials>>, url: string): Promise<void> {
	step('Filling in settings and credentials, publishing');
	const workflows = await api.workflows();
	const errorWorkflow = errorWorkflowOf(workflows);
	for (const workflow of workflows) {
		if (errorWorkflow !== undefined && errorWorkflow.id !== workflow.id) workflow.settings = { ...workflow.settings, errorWorkflow: errorWorkflow.id };
		const { missing } = await setUp(api, workflow, local, credentials, { n8nUrl: url });
		if (missing.length > 0) console.log(`  ${workflow.name} is not published: no local credential of type ${missing.join(', ')}`);
		else if (startsByItself(workflow)) await publishAfterOneRun(api, workflow);
	}
}

async function publishAfterOneRun(api: N8nApi, workflow: SavedWorkflow): Promise<void> {
	const button = workflow.nodes.find(({ type }) => type.endsWith('.manualTrigger'));
	// Those that collect; the others have nothing to look at yet.
	const collects = workflow.nodes.some(({ parameters }) => parameters.operation === 'getNew');
	if (button !== undefined && collects) await api.execute(workflow.id, button.name);
	await api.publish(workflow.id);
}

function watchSources(onChange: () => Promise<void>): void {
	let timer: NodeJS.Timeout | undefined;
	let work = Promise.resolve();
	const changed = () => {
		clearTimeout(timer);
		timer = setTimeout(() => {
			work = work.then(async () => {
				try {
					execFileSync(process.execPath, [path.join(ROOT, 'node_modules/gulp/bin/gulp.js'), 'bundle', '--silent'], { cwd: ROOT, stdio: 'inherit' });
					await onChange();
				} catch (error) {
					console.error(`Not reloaded: ${(error as Error).message}`);
				}
			});
		}, 300);
	};
	for (const folder of ['nodes', 'credentials']) watch(path.join(ROOT, folder), { recursive: true }, changed);
	console.log('Watching nodes/ and credentials/; workflow files are imported by --fresh only.');
}

function welcome(url: string, workflows: SavedWorkflow[]): void {
	const published = workflows.filter(({ active }) => active).map(({ name }) => `    ${name}`);
	console.log(`
n8n is ready:  ${url}
  Sign in:     ${OWNER.email} · ${OWNER.password}
  Archive:     ${path.relative(process.cwd(), path.join(at('s3'), BUCKET))}/
  Log:         ${path.relative(process.cwd(), path.join(at('n8n'), 'n8n.log'))}
  Published and running on their schedules, against simulated vendors and sinks:
${published.join('\n')}
What arrives at Slack and at the SIEM is shown here. Ctrl-C ends everything; npm start goes on, npm start -- --fresh begins anew.
`);
}

function readKept(): Kept {
	if (existsSync(at('kept.json'))) return JSON.parse(readFileSync(at('kept.json'), 'utf8')) as Kept;
	const made = { firstStartMs: Date.now(), key: createRsaKeyPair() };
	keep(made);
	return made;
}

function keep(kept: Kept): void {
	writeFileSync(at('kept.json'), JSON.stringify(kept));
}

function step(text: string): void {
	console.log(`${text} …`);
}

/** Ends what was started, once, and then this process. */
async function finish(code: number, reason?: string): Promise<void> {
	ending ??= (async () => {
		if (reason) console.error(reason);
		for (const end of endings.reverse()) await end().catch((error: Error) => console.error(error.message));
		console.log('Everything has ended.');
		process.exit(code);
	})();
	await ending;
}

process.on('SIGINT', () => void finish(0));
process.on('SIGTERM', () => void finish(0));
const parent = process.ppid;
setInterval(() => {
	if (process.ppid !== parent) void finish(0);
}, 1000).unref();

main().catch(async (error: NodeJS.ErrnoException) => {
	const taken = error.code === 'EADDRINUSE' ? 'Is another npm start running? Otherwise choose other ports: npm start -- --port=25678' : '';
	await finish(1, `${error.message}\n${taken}`);
});
