import { createHmac, timingSafeEqual } from 'node:crypto';

/** What is signed: the link works for this method and path only, for `expiresInSec` from `signedAtMs` (epoch ms). */
export interface LinkTerms {
	method: string;
	path: string;
	signedAtMs: number;
	expiresInSec: number;
	/** Goes in as the session token and makes each link differ, as temporary AWS credentials do. */
	nonce: string;
}

/** What became of a link. */
export type LinkVerdict = 'good' | 'unsigned' | 'tampered' | 'expired';

const SIGNATURE_MARK = '&X-Amz-Signature=';

/**
 * The query string of a pre-signed link, with the parameters of an AWS one (general knowledge; which host SAFE's links
 * point to is not known). It holds percent-encoded `/ + = " ` and spaces on purpose, see `judgeLink`.
 */
export function signLink(terms: LinkTerms, secret: string): string {
	const stamp = new Date(terms.signedAtMs).toISOString().replace(/[-:]|\.\d{3}/g, '');
	const values = {
		'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
		'X-Amz-Credential': `FAKEKEY/${stamp.slice(0, 8)}/us-east-1/s3/aws4_request`,
		'X-Amz-Date': stamp,
		'X-Amz-Expires': String(terms.expiresInSec),
		'X-Amz-Security-Token': `${Buffer.from(`session ${terms.nonce}`).toString('base64')}+/==`,
		'X-Amz-SignedHeaders': 'host',
		'response-content-disposition': 'attachment; filename="audit logs.csv"',
	};
	const query = Object.entries(values)
		.map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
		.join('&');
	return `${query}${SIGNATURE_MARK}${hmac(terms.method, terms.path, query, secret)}`;
}

/**
 * Judges a request to a link.
 * In: method, path and the raw query string as received, time now (epoch ms). Never fails.
 * Stricter than S3 in one thing: the query is compared byte for byte, so a client that decodes and rebuilds the link is
 * found out. The clock has whole seconds in the link; a link is good up to and including its last millisecond.
 */
export function judgeLink(
	request: { method: string; path: string; query: string },
	nowMs: number,
	secret: string,
): LinkVerdict {
	const cut = request.query.lastIndexOf(SIGNATURE_MARK);
	if (cut === -1) return 'unsigned';
	const query = request.query.slice(0, cut);
	const given = Buffer.from(request.query.slice(cut + SIGNATURE_MARK.length));
	const wanted = Buffer.from(hmac(request.method, request.path, query, secret));
	if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return 'tampered';
	return nowMs > expiresAtMs(query) ? 'expired' : 'good';
}

/** Until when a query string says that its link is good: epoch ms. */
export function expiresAtMs(query: string): number {
	const values = new URLSearchParams(query);
	const stamp = values.get('X-Amz-Date') ?? '';
	const iso = stamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
	return Date.parse(iso) + Number(values.get('X-Amz-Expires')) * 1000;
}

function hmac(method: string, path: string, query: string, secret: string): string {
	return createHmac('sha256', secret).update(`${method}\n${path}\n${query}`).digest('hex');
}
