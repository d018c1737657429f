import { gunzipSync } from 'node:zlib';
import { startEngine, routeHosts, type Engine, type WorkflowFile } from '../../test/harness';
import { startWorld, type World } from '../../test/simulators';
import { startS3, type LocalS3 } from '../../test/simulators/s3/server';

/** The one bucket; its name holds a dot because n8n's AWS S3 node honours a custom endpoint for such names only. */
export const BUCKET = 'demo.audit';

/** Everything that a workflow meets, on this machine alone: n8n's engine, simulated vendors and sinks, an embedded S3. */
export interface LocalWorld {
	engine: Engine;
	world: World;
	s3: LocalS3;
	/** What a user would pick from the credential drop-downs, by credential type. */
	credentials: Record<string, Record<string, unknown>>;
	/** Ids of events that the SIEM refuses for good, from now on. */
	poison: string[];
	stop(): Promise<void>;
}

/** Starts it. In: the tenant's seed, the folder of the embedded S3. */
export async function startLocalWorld(seed: number, s3Directory: string): Promise<LocalWorld> {
	const poison: string[] = [];
	const world = await startWorld({ seed, endsAt: Date.now(), safe: { options: { readyAfterPolls: 1 } }, siem: { poison } });
	const s3 = await startS3(s3Directory, [BUCKET]);
	const hosts = routeHosts({ 'https://slack.com': world.slack.url });
	const engine = await startEngine();
	return {
		engine,
		world,
		s3,
		credentials: { ...world.credentials, aws: s3.credential },
		poison,
		async stop() {
			hosts.restore();
			await engine.stop();
			await Promise.all([world.close(), s3.close()]);
		},
	};
}

/** The values of a workflow's Settings node that point it at the local world; names that it does not have are left out. */
export function localSettings({ world }: Pick<LocalWorld, 'world'>, workflow: WorkflowFile): Record<string, unknown> {
	const settings = { s3Bucket: BUCKET, siemUrl: `${world.siem.url}/events`, slackChannel: '#security-alerts' };
	const node = JSON.stringify(workflow.nodes.find(({ name }) => name === 'Settings')?.parameters ?? {});
	return Object.fromEntries(Object.entries(settings).filter(([name]) => node.includes(`"name":"${name}"`)));
}

/** The events of an archive object: one JSON list (`.json`), or compressed lines (`.ndjson.gz`). */
export function readArchive(key: string, bytes: Buffer): Array<Record<string, unknown>> {
	if (!key.endsWith('.gz')) return JSON.parse(bytes.toString()) as Array<Record<string, unknown>>;
	const lines = gunzipSync(bytes).toString().split('\n').filter(Boolean);
	return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}
