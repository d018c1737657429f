import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

// s3rver ships no type declarations; this is what is used of it.
interface KoaContext {
	method: string;
	path: string;
	query: Record<string, string | undefined>;
	headers: Record<string, string | undefined>;
	state: Record<string, unknown>;
	params: Record<string, string>;
	status: number;
	type: string;
	body: unknown;
}
type Middleware = (context: KoaContext, next: () => Promise<void>) => Promise<void>;
interface S3rverApp {
	middleware: Middleware[];
	run(): Promise<AddressInfo>;
	close(): Promise<void>;
	httpServer: Server;
}
// eslint-disable-next-line @typescript-eslint/no-require-imports
const S3rver = require('@20minutes/s3rver') as new (options: object) => S3rverApp;
// eslint-disable-next-line @typescript-eslint/no-require-imports
const authentication = require('@20minutes/s3rver/lib/middleware/authentication') as () => Middleware;

/** The one account of the embedded S3. */
const ACCOUNT = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };

export interface LocalS3 {
	/** e.g. http://127.0.0.1:4568 */
	url: string;
	directory: string;
	/** What a user would enter into n8n's "AWS (IAM)" credential. */
	credential: Record<string, unknown>;
	/** Objects of a bucket, key → bytes, sorted by key. */
	objects(bucket: string): Promise<Map<string, Buffer>>;
	close(): Promise<void>;
}

/**
 * An embedded S3 for the demo and the workflow tests: the npm package s3rver (an emulation, not AWS), plus what n8n's AWS S3 node needs and s3rver lacks:
 * the listing of uploaded parts. Requests without a signature are refused; signatures are checked by s3rver.
 * `port` 0 means any free one.
 * Bucket names must hold a dot, because n8n's node honours a custom endpoint for such names only (measured, reference/n8n-platform §12).
 */
export async function startS3(directory: string, buckets: string[], port = 0): Promise<LocalS3> {
	const app = new S3rver({
		address: '127.0.0.1',
		port,
		silent: true,
		directory,
		vhostBuckets: false,
		configureBuckets: buckets.map((name) => ({ name })),
	});
	app.middleware.unshift(refuseAnonymous, listParts(directory), nameParts(directory));
	const address = await app.run();
	const url = `http://127.0.0.1:${address.port}`;
	return {
		url,
		directory,
		credential: {
			region: 'us-east-1',
			...ACCOUNT,
			temporaryCredentials: false,
			customEndpoints: true,
			s3Endpoint: url,
		},
		objects: async (bucket) => await readObjects(path.join(directory, bucket)),
		close: async () => {
			app.httpServer.closeAllConnections();
			await app.close();
		},
	};
}

const refuseAnonymous: Middleware = async (context, next) => {
	if (context.headers.authorization ?? context.query['X-Amz-Signature']) return await next();
	answerXml(context, 403, '<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>');
};

/** `GET /bucket/key?uploadId=…`: the parts that an unfinished upload has so far. */
function listParts(directory: string): Middleware {
	return async (context, next) => {
		const { uploadId } = context.query;
		if (context.method !== 'GET' || uploadId === undefined) return await next();
		const [, bucket = '', ...rest] = decodeURIComponent(context.path).split('/');
		context.params = { bucket, key: rest.join('/') };
		await authentication()(context, async () => {
			const folder = path.join(directory, bucket, '._S3rver_uploads', path.basename(uploadId));
			const numbers = (await readdir(folder)).filter((name) => /^\d+$/.test(name)).map(Number);
			const parts = await Promise.all(
				numbers
					.sort((left, right) => left - right)
					.map(async (number) => {
						const digest = createHash('md5')
							.update(await readFile(path.join(folder, String(number))))
							.digest('hex');
						return `<Part><PartNumber>${number}</PartNumber><ETag>"${digest}"</ETag></Part>`;
					}),
			);
			answerXml(
				context,
				200,
				`<ListPartsResult><UploadId>${uploadId}</UploadId>${parts.join('')}</ListPartsResult>`,
			);
		});
	};
}

/** The end of an upload in parts: as at AWS, the ETag says how many parts the object is made of; s3rver leaves that out. */
function nameParts(directory: string): Middleware {
	return async (context, next) => {
		const { uploadId } = context.query;
		if (context.method !== 'POST' || uploadId === undefined) return await next();
		const bucket = decodeURIComponent(context.path).split('/')[1] ?? '';
		const folder = path.join(directory, bucket, '._S3rver_uploads', path.basename(uploadId));
		const parts = (await readdir(folder).catch(() => [])).filter((name) => /^\d+$/.test(name)).length;
		await next();
		if (typeof context.body === 'string') context.body = context.body.replace(/<ETag>((?:&quot;|")?[0-9a-f]{32})/, `<ETag>$1-${parts}`);
	};
}

function answerXml(context: KoaContext, status: number, xml: string): void {
	context.status = status;
	context.type = 'application/xml';
	context.body = `<?xml version="1.0" encoding="UTF-8"?>\n${xml}`;
}

/** s3rver keeps an object as `<key>._S3rver_object` beside its metadata. */
async function readObjects(folder: string): Promise<Map<string, Buffer>> {
	const suffix = '._S3rver_object';
	const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(suffix)).sort();
	const entries = await Promise.all(
		names.map(
			async (name): Promise<[string, Buffer]> => [
				name.slice(0, -suffix.length).split(path.sep).join('/'),
				await readFile(path.join(folder, name)),
			],
		),
	);
	return new Map(entries);
}
