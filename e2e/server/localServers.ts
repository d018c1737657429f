/** Everything that the server meets, on this machine alone: simulated vendors and sinks, an S3, a package registry, and the gateway as the only way out. */
import { startWorld, type World, type WorldOptions } from '../../test/simulators';
import { startAwsAccount, type AwsAccount } from '../../test/simulators/aws/account';
import { startS3 } from '../../test/simulators/s3/server';
import { BUCKET } from '../../tools/demo/world';
import { startGateway, type Gateway } from './gateway';
import { REGISTRY_HOST, startRegistry, type Registry } from './registry';

/** An S3 that holds the archive: the embedded one, or Ceph RGW. */
export interface Storage {
	url: string;
	/** For n8n's credential type `aws`. */
	credential: Record<string, unknown>;
	/** Objects of a bucket, key → bytes. */
	objects(bucket: string): Promise<Map<string, Buffer>>;
	close(): Promise<void>;
}

export interface LocalServers {
	world: World;
	s3: Storage;
	/** Around the embedded S3; there is none around another one. */
	aws?: AwsAccount;
	registry: Registry;
	gateway: Gateway;
	/** What a user enters into n8n's credentials, by credential type. */
	credentials: Record<string, Record<string, unknown>>;
	/** What a user enters into Settings, by name, besides what the demo knows. */
	settings: Record<string, unknown>;
	stop(): Promise<void>;
}

export interface LocalServersOptions extends WorldOptions {
	/** Folder of the embedded S3; kept by the caller. */
	s3Folder: string;
	s3Port?: number;
	/** Instead of the embedded S3. */
	s3?: Storage;
}

/** Starts them; what was started is stopped again when one of them fails (a taken port). */
export async function startLocalServers({ s3Folder, s3Port, s3: given, ...options }: LocalServersOptions): Promise<LocalServers> {
	const world = await startWorld(options);
	try {
		const { s3, aws } = given === undefined ? await startAws(s3Folder, s3Port) : { s3: given };
		const registry = await startRegistry();
		const ofAws = Object.fromEntries(Object.entries(aws?.routes ?? {}).map(([origin, url]) => [new URL(origin).host, url]));
		const gateway = await startGateway({ 'slack.com': world.slack.url, [REGISTRY_HOST]: registry.url, ...ofAws });
		return {
			...{ world, s3, aws, registry, gateway },
			credentials: { ...world.credentials, aws: s3.credential, ...(aws && { awsAssumeRole: aws.credential }) },
			settings: aws ? { logGroup: aws.logs.logGroup, trailBucket: BUCKET } : {},
			async stop() {
				await gateway.close();
				await Promise.all([world.close(), s3.close(), aws?.close(), registry.close()]);
			},
		};
	} catch (error) {
		await world.close();
		throw error;
	}
}

async function startAws(s3Folder: string, s3Port?: number): Promise<{ s3: Storage; aws?: AwsAccount }> {
	const s3 = await startS3(s3Folder, [BUCKET], s3Port);
	return { s3, aws: await startAwsAccount(s3) };
}
