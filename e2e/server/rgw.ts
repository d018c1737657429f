import { spawn } from 'node:child_process';
import path from 'node:path';
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { Storage } from './localServers';
import { freePort } from './n8nServer';
import { ROOT } from './paths';

/** Where the packages stay between two calls. */
export const RGW_FOLDER = path.join(ROOT, '.rgw');

/** Ceph RGW, a real S3; and what tests ask of it. */
export interface Rgw extends Storage {
	client: S3Client;
	/** A link that is good for GET alone. */
	sign(bucket: string, key: string, expiresInSec: number): Promise<string>;
}

const SCRIPT = path.join(ROOT, 'tools', 's3', 'rgw-up.sh');

/**
 * Starts it from Debian's packages, which are fetched into the folder on the first call (70 MB), with an empty bucket of each name.
 * Throws with the reason where they cannot be had, or do not start.
 */
export async function startRgw(folder: string, buckets: string[]): Promise<Rgw> {
	const child = spawn('bash', [SCRIPT, folder, String(await freePort())], { detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
	let said = '';
	child.stderr.on('data', (chunk: Buffer) => (said = (said + String(chunk)).slice(-2000)));
	const ended = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
	const ready = new Promise<string>((resolve) => child.stdout.once('data', (chunk: Buffer) => resolve(String(chunk))));
	const line = await Promise.race([ready, ended]);
	const [, url, accessKeyId, secretAccessKey] = /endpoint=(\S+) access=(\S+) secret=(\S+)/.exec(String(line)) ?? [];
	if (url === undefined) throw new Error(`Ceph RGW did not start: ${said.trim() || `it ended with ${line}; see ${folder}/run/log`}`);

	const client = new S3Client({ endpoint: url, region: 'us-east-1', forcePathStyle: true, credentials: { accessKeyId, secretAccessKey } });
	for (const Bucket of buckets) await client.send(new CreateBucketCommand({ Bucket }));
	return {
		url,
		client,
		credential: { region: 'us-east-1', accessKeyId, secretAccessKey, temporaryCredentials: false, customEndpoints: true, s3Endpoint: url },
		sign: async (Bucket, Key, expiresIn) => await getSignedUrl(client, new GetObjectCommand({ Bucket, Key }), { expiresIn }),
		async objects(bucket) {
			const found = new Map<string, Buffer>();
			let next: string | undefined;
			do {
				const page = await client.send(new ListObjectsV2Command({ Bucket: bucket, ContinuationToken: next }));
				for (const { Key = '' } of page.Contents ?? []) {
					const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key }));
					found.set(Key, Buffer.from((await Body?.transformToByteArray()) ?? []));
				}
				next = page.NextContinuationToken;
			} while (next !== undefined);
			return found;
		},
		async close() {
			client.destroy();
			child.kill('SIGTERM');
			await ended;
		},
	};
}
