/** Everything that the server meets, on this machine alone: simulated vendors and sinks, an S3, a package registry, and the gateway as the only way out. */
import { startWorld, type World, type WorldOptions } from '../../test/simulators';
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
	registry: Registry;
	gateway: Gateway;
	/** What a user enters into n8n's credentials, by credential type. */
	credentials: Record<string, Record<string, unknown>>;
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
		const s3 = given ?? (await startS3(s3Folder, [BUCKET], s3Port));
		const registry = await startRegistry();
		const gateway = await startGateway({ 'slack.com': world.slack.url, [REGISTRY_HOST]: registry.url });
		return {
			...{ world, s3, registry, gateway },
			credentials: { ...world.credentials, aws: s3.credential },
			async stop() {
				await gateway.close();
				await Promise.all([world.close(), s3.close(), registry.close()]);
			},
		};
	} catch (error) {
		await world.close();
		throw error;
	}
}
