/** What the servers of the leak hunt do wrong: every kind of fault, every redirect, every way to repeat a request. */
import type { Echo, Fault } from '../simulators';

/** Where redirects lead: they are watched, and nothing secret may arrive. */
export interface Traps {
	/** Another port of the same host. */
	port: string;
	/** Another host name. */
	host: string;
}

export interface NamedFault {
	name: string;
	do: Fault;
}

const REDIRECTS = [301, 302, 303, 307, 308];

const FORMS: Array<Echo['as']> = ['json', 'nested', 'members', 'xml', 'html', 'text', 'location'];
const WRITTEN: Array<NonNullable<Echo['encoded']>> = ['plain', 'base64', 'base64url', 'hex', 'url', 'escapes', 'slashes'];
const STATUSES = [200, 400, 401, 403, 404, 418, 500, 202, 422, 413];
const PARTS: Array<NonNullable<Echo['what']>> = ['headers', 'all', 'target', 'body'];

/** Each form in each encoding; statuses and parts of the request take turns, so that each meets each form somewhere. */
export const ECHOES: NamedFault[] = FORMS.flatMap((as, one) =>
	WRITTEN.map((encoded, other) => {
		const status = as === 'location' ? REDIRECTS[other % 5] : STATUSES[(one * 3 + other) % STATUSES.length];
		const what = PARTS[(one + other) % 2 === 0 ? 0 : (one + 2 * other) % PARTS.length];
		return { name: `echo of ${what}, ${status} ${as} ${encoded}`, do: { echo: { status, as, encoded, what } } };
	}),
);

/** Each kind of the fault plan but echoes; `refuseConnection` needs a test that lets the server come back. */
export const KINDS: NamedFault[] = [
	{ name: 'delayMs', do: { delayMs: 1 } },
	...[202, 204, 400, 401, 403, 404, 409, 418, 422, 500, 503].map((status) => ({ name: `status ${status}`, do: { status } })),
	{ name: 'status 200 without a body', do: { status: 200, body: '' } },
	{ name: 'retryAfter', do: { retryAfter: 2 } },
	{ name: 'retryAfter beyond a run', do: { retryAfter: 86_400, status: 503 } },
	...(['before', 'inBody', 'afterServing'] as const).map((reset) => ({ name: `reset ${reset}`, do: { reset } })),
	{ name: 'truncateBody', do: { truncateBody: true } },
	{ name: 'truncateBody quietly', do: { truncateBody: 'quietly' } },
	{ name: 'malformedJson', do: { malformedJson: true } },
	{ name: 'html', do: { html: true } },
	{ name: 'emptyPage', do: { emptyPage: true } },
	{ name: 'changedTotal', do: { changedTotal: 9_000_001 } },
	{ name: 'stall', do: { stall: true } },
	{ name: 'expireLink', do: { expireLink: true } },
	{ name: 'refuseConnection', do: { refuseConnection: true } },
];

/** Each status of a redirect to each trap. */
export function redirects({ port, host }: Traps): NamedFault[] {
	const targets = { 'another port': port, 'another host': host };
	return REDIRECTS.flatMap((status) =>
		Object.entries(targets).map(([where, origin]) => ({ name: `redirect ${status} to ${where}`, do: { status, headers: { location: `${origin}/api` } } })),
	);
}
