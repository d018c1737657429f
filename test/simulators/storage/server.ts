import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';

import type { Answer, StreamedBody } from '../answers';
import { systemClock } from '../clock';
import type { Fault } from '../faults';
import { startServer, type ListenOptions, type LoggedRequest, type RunningServer } from '../http';
import { expiresAtMs, judgeLink, signLink } from './signature';

/**
 * How the storage behaves; a test may change it between requests.
 * - `compression`: `contentEncoding` sends gzip with that header; `gzipFile` stores a .gz object without it.
 * - `redirectTo`: sends every good request on (307) to that origin; `mirror` is a second origin of this simulator,
 *   which serves the same links and keeps its own log.
 * - `expiredAnswer`: 403 AccessDenied, or 400 ExpiredToken as links signed with temporary credentials give.
 */
export interface StorageBehaviour {
	compression: 'none' | 'contentEncoding' | 'gzipFile';
	redirectTo: string | null;
	expiredAnswer: 'AccessDenied' | 'ExpiredToken';
}

/** What can be chosen about the fake storage. */
export interface StorageOptions extends ListenOptions {
	/** What links are signed with. */
	secret?: string;
	behaviour?: Partial<StorageBehaviour>;
}

/** A running fake of pre-signed downloads. */
export interface StorageSimulator extends RunningServer {
	behaviour: StorageBehaviour;
	/** Stores an object; a second one under the same key replaces the first. */
	put(key: string, bytes: Buffer, contentType: string): void;
	/** Stores an object that is made anew for each download and never held; it goes out as it is, without an ETag. */
	putStreamed(key: string, stream: StreamedBody, contentType: string): void;
	/** A new link to an object, different each time. It is good for GET alone. */
	sign(key: string, expiresInSec: number): string;
	/** The other origin that `redirectTo: 'mirror'` sends to. */
	mirror: RunningServer;
}

type StoredObject = { contentType: string } & ({ bytes: Buffer } | { stream: StreamedBody });

/**
 * Starts a fake of the object storage behind pre-signed links.
 * GET on a link answers with the object and an exact content-length. Refusals are S3's XML: 400 InvalidArgument when an
 * Authorization header comes along (with its value in the text, as S3 does), 403 AccessDenied without a signature or
 * after expiry, 403 SignatureDoesNotMatch when method, path or query differ from what was signed, 404 NoSuchKey.
 * Fails when the port is taken.
 * Source: reference/safe.md section 7 and delivery.md section 5 (the Authorization refusal was seen on a real S3; the
 * rest is general knowledge of S3).
 */
export async function startStorage(options: StorageOptions = {}): Promise<StorageSimulator> {
	const { clock = systemClock, secret = 'fake storage secret' } = options;
	const behaviour: StorageBehaviour = {
		compression: 'none',
		redirectTo: null,
		expiredAnswer: 'AccessDenied',
		...options.behaviour,
	};
	const objects = new Map<string, StoredObject>();
	let links = 0;

	function respond(request: LoggedRequest, shape: Fault | null, isMirror: boolean): Answer {
		const { authorization } = request.headers;
		if (authorization !== undefined) {
			return xmlRefusal(
				400,
				'InvalidArgument',
				'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified',
				{ ArgumentName: 'Authorization', ArgumentValue: authorization },
			);
		}
		const query = request.target.slice(request.path.length + 1);
		const verdict = judgeLink({ method: request.method, path: request.path, query }, clock.now(), secret);
		if (verdict === 'unsigned') return xmlRefusal(403, 'AccessDenied', 'Access Denied');
		if (verdict === 'tampered') {
			return xmlRefusal(
				403,
				'SignatureDoesNotMatch',
				'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
			);
		}
		if (verdict === 'expired' || (shape !== null && 'expireLink' in shape)) return expired(query);
		if (behaviour.redirectTo !== null && !isMirror) {
			const origin = behaviour.redirectTo === 'mirror' ? mirror.url : behaviour.redirectTo;
			return { status: 307, headers: { location: `${origin}${request.target}` }, body: '' };
		}
		const object = objects.get(request.path.slice(1));
		if (object === undefined) return xmlRefusal(404, 'NoSuchKey', 'The specified key does not exist.');
		return download(object, query);
	}

	function download(object: StoredObject, query: string): Answer {
		const disposition = new URLSearchParams(query).get('response-content-disposition') ?? 'attachment';
		if ('stream' in object) {
			const { stream, contentType } = object;
			return { status: 200, headers: { 'content-type': contentType, 'content-disposition': disposition }, stream };
		}
		const zipped = behaviour.compression !== 'none';
		const body = zipped ? gzipSync(object.bytes) : object.bytes;
		const headers: Record<string, string> = {
			'content-type': behaviour.compression === 'gzipFile' ? 'application/gzip' : object.contentType,
			'content-disposition': disposition,
			etag: `"${createHash('md5').update(body).digest('hex')}"`,
		};
		if (behaviour.compression === 'contentEncoding') headers['content-encoding'] = 'gzip';
		return { status: 200, headers, body };
	}

	function expired(query: string): Answer {
		if (behaviour.expiredAnswer === 'ExpiredToken') {
			return xmlRefusal(400, 'ExpiredToken', 'The provided token has expired.');
		}
		return xmlRefusal(403, 'AccessDenied', 'Request has expired', {
			Expires: new Date(expiresAtMs(query)).toISOString(),
			ServerTime: new Date(clock.now()).toISOString(),
		});
	}

	const refusal = (status: number) =>
		xmlRefusal(status, status === 503 ? 'SlowDown' : 'InternalError', 'Told to fail.');
	const server = await startServer({
		...options,
		name: 'storage',
		shapes: ['expireLink'],
		respond: (request, shape) => respond(request, shape, false),
		refusal,
	});
	const mirror = await startServer({
		clock,
		name: 'storage mirror',
		respond: (request, shape) => respond(request, shape, true),
		refusal,
	}).catch(async (error: unknown) => {
		await server.close();
		throw error;
	});

	return {
		...server,
		behaviour,
		mirror,
		put: (key, bytes, contentType) => {
			objects.set(key, { bytes, contentType });
		},
		putStreamed: (key, stream, contentType) => {
			objects.set(key, { stream, contentType });
		},
		sign: (key, expiresInSec) => {
			links += 1;
			const terms = {
				method: 'GET',
				path: `/${key}`,
				signedAtMs: clock.now(),
				expiresInSec,
				nonce: String(links),
			};
			return `${server.url}/${key}?${signLink(terms, secret)}`;
		},
		close: async () => {
			await Promise.all([server.close(), mirror.close()]);
		},
	};
}

// n8n's S3 node reads XML only when it starts with exactly this declaration; S3 sends it.
function xmlRefusal(
	status: number,
	code: string,
	message: string,
	more: Record<string, string> = {},
): Answer {
	const members = Object.entries({
		Code: code,
		Message: message,
		...more,
		RequestId: 'FAKEREQUEST',
		HostId: 'fake',
	});
	const inner = members.map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`).join('');
	const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${inner}</Error>`;
	return { status, headers: { 'content-type': 'application/xml' }, body };
}

function escapeXml(text: string): string {
	return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
