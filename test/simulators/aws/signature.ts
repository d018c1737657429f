import { createHash, timingSafeEqual } from 'node:crypto';

import type { LoggedRequest } from '../http';

// aws4 ships no type declarations; this is what is used of it.
interface Signer {
	/** The time to sign for, as in X-Amz-Date; without it aws4 takes its own. */
	datetime: string;
	prepareRequest(): void;
	/** The value of the Authorization header. */
	authHeader(): string;
}
// eslint-disable-next-line @typescript-eslint/no-require-imports
const { RequestSigner } = require('aws4') as {
	RequestSigner: new (request: object, credentials: { accessKeyId: string; secretAccessKey: string }) => Signer;
};

/** A key that the fake AWS knows. Temporary ones have a session token and an end (epoch ms); long-lived ones neither. */
export interface AwsKey {
	accessKeyId: string;
	secretAccessKey: string;
	sessionToken?: string;
	expiresAtMs?: number;
}

/** What is asked of a request: the service and region that its signature must be for, and the time by the fake's clock. */
export interface AwsTerms {
	service: string;
	region: string;
	nowMs: number;
	keyOf(accessKeyId: string): AwsKey | undefined;
}

/** Why a request is refused, without the words, which differ from service to service. */
export type AwsFault = 'unsigned' | 'incomplete' | 'unknownKey' | 'wrongToken' | 'expiredToken' | 'wrongScope' | 'skewed' | 'mismatch';

/** The verdict on a request: the key that signed it, or the fault with a sentence for people. */
export type AwsVerdict = { key: AwsKey } | { fault: AwsFault; detail: string };

/** AWS takes a request within 15 minutes of its own clock (general knowledge). */
const MAX_SKEW_MS = 15 * 60_000;
const FORM = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/;

/**
 * Verifies an AWS Signature Version 4 in the Authorization header, by signing the same request again with the npm package aws4.
 * n8n signs with another implementation (@smithy/signature-v4), so that an error common to signer and judge is unlikely.
 * `host` and every x-amz header sent must be signed, and the body is hashed as it arrived. Never fails.
 * Source: AWS "Signature Version 4 signing process" (general knowledge).
 */
export function judgeSignature(request: LoggedRequest, terms: AwsTerms): AwsVerdict {
	const { headers } = request;
	if (headers.authorization === undefined) return { fault: 'unsigned', detail: 'Missing Authentication Token' };
	const parts = FORM.exec(headers.authorization);
	const stamp = String(headers['x-amz-date'] ?? '');
	const atMs = Date.parse(stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
	if (parts === null || Number.isNaN(atMs)) return { fault: 'incomplete', detail: 'Authorization header or X-Amz-Date is not of the right form.' };
	const [, accessKeyId, day, region, service, signedHeaders] = parts;
	const key = terms.keyOf(accessKeyId);
	if (key === undefined) return { fault: 'unknownKey', detail: 'The security token included in the request is invalid.' };
	if ((key.sessionToken ?? '') !== String(headers['x-amz-security-token'] ?? '')) {
		return { fault: 'wrongToken', detail: 'The security token included in the request is invalid.' };
	}
	if (service !== terms.service || region !== terms.region || day !== stamp.slice(0, 8)) {
		return { fault: 'wrongScope', detail: `Credential should be scoped to a valid region and correct service: '${terms.region}/${terms.service}', not '${region}/${service}'.` };
	}
	if (Math.abs(terms.nowMs - atMs) > MAX_SKEW_MS) return { fault: 'skewed', detail: `Signature expired: ${stamp} is not within 15 minutes of now` };
	const names = signedHeaders.split(';');
	const mustBeSigned = Object.keys(headers).filter((name) => name === 'host' || name.startsWith('x-amz-'));
	if (!mustBeSigned.every((name) => names.includes(name)) || !sameSignature(request, names, key, terms)) {
		return { fault: 'mismatch', detail: 'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.' };
	}
	if (key.expiresAtMs !== undefined && terms.nowMs >= key.expiresAtMs) {
		return { fault: 'expiredToken', detail: 'The security token included in the request is expired' };
	}
	return { key };
}

function sameSignature(request: LoggedRequest, names: string[], key: AwsKey, terms: AwsTerms): boolean {
	const signed = Object.fromEntries(names.map((name) => [name, String(request.headers[name] ?? '')]));
	const signer = new RequestSigner(
		{
			method: request.method,
			host: signed.host,
			path: request.target,
			headers: signed,
			body: request.body,
			service: terms.service,
			region: terms.region,
			// Exactly the headers that were signed, none of aws4's own.
			doNotModifyHeaders: true,
			extraHeadersToInclude: signed,
		},
		{ accessKeyId: key.accessKeyId, secretAccessKey: key.secretAccessKey },
	);
	signer.datetime = String(request.headers['x-amz-date']);
	signer.prepareRequest();
	const digest = (authorization: string) => createHash('sha256').update(authorization.slice(authorization.lastIndexOf('=') + 1)).digest();
	return timingSafeEqual(digest(signer.authHeader()), digest(String(request.headers.authorization)));
}
