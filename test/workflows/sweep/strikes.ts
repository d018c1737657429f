/** What can go wrong with one request to SecurID, as n8n's request helper shows it to a node. */
import type { Answer, Strike } from '../../unit/checkpoint/collector';

type Wrong = (honest: Answer & { body: string }) => Answer;

const status = (statusCode: number, headers: Record<string, string> = {}): Wrong => () => ({
	statusCode,
	headers,
	body: JSON.stringify({ code: `${statusCode} REFUSED`, description: 'told to fail' }),
});

const thrown = (code: string, message: string): Wrong => () => {
	throw Object.assign(new Error(message), { code });
};

async function* halfAndThen(body: string, error: Error): AsyncGenerator<Uint8Array> {
	yield Buffer.from(body.slice(0, body.length / 2));
	throw error;
}

const withTotal = (change: (total: number) => number): Wrong => (honest) => {
	const page = JSON.parse(honest.body) as { totalElements: number; totalPages: number; pageSize: number };
	const totalElements = change(page.totalElements);
	return { ...honest, headers: {}, body: JSON.stringify({ ...page, totalElements, totalPages: Math.ceil(totalElements / page.pageSize) }) };
};

/** Each kind of failure, by name. A request that stalls is shown as the time-out that n8n's helper makes of it. */
export const WRONGS: Record<string, Wrong> = {
	'400': status(400),
	'401': status(401),
	'403': status(403),
	'429 with Retry-After': status(429, { 'retry-after': '7' }),
	'429 with a long Retry-After': status(429, { 'retry-after': '3600' }),
	'500': status(500),
	'503': status(503),
	'connection refused': thrown('ECONNREFUSED', 'connect ECONNREFUSED'),
	'reset before the answer': thrown('ECONNRESET', 'socket hang up'),
	'reset in the body': (honest) => ({ ...honest, body: halfAndThen(honest.body, Object.assign(new Error('aborted'), { code: 'ECONNRESET' })) }),
	'truncated body': (honest) => ({ ...honest, body: honest.body.slice(0, honest.body.length / 2) }),
	'body truncated quietly': (honest) => ({ ...honest, headers: {}, body: honest.body.slice(0, honest.body.length / 2) }),
	'malformed JSON': (honest) => ({ ...honest, headers: {}, body: honest.body.replace(',', ',,') }),
	'HTML with 200': (honest) => ({ ...honest, headers: {}, body: '<!DOCTYPE html><html><body>Sign in</body></html>' }),
	'a larger total': withTotal((total) => total + 7),
	'a smaller total': withTotal((total) => Math.max(0, total - 3)),
	'an empty page': (honest) => ({ ...honest, headers: {}, body: JSON.stringify({ ...(JSON.parse(honest.body) as object), elements: [] }) }),
	'a time-out': thrown('ECONNABORTED', 'timeout of 60000ms exceeded'),
};

/** Strikes one request, or that one and all after it. */
export function strikeAt(at: number, wrong: Wrong, lasting: boolean): Strike {
	return (index, honest) => (index === at || (lasting && index > at) ? wrong(honest) : honest);
}
