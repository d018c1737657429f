import { startElasticBulk, type ElasticBulkSimulator } from './elastic/server';
import { ask } from './testClient';

let elastic: ElasticBulkSimulator;
beforeEach(async () => {
	elastic = await startElasticBulk({ maxBytes: 2000, closed: ['logs-old-default'] });
});
afterEach(async () => {
	await elastic.close();
});

interface BulkAnswer {
	errors?: boolean;
	items?: Array<Record<string, { _id: string; status: number; error?: { type: string } }>>;
	error?: { type: string; reason: string };
}

async function bulk(
	body: string,
	{ path = '/_bulk', headers = {} }: { path?: string; headers?: Record<string, string> } = {},
) {
	const sent = {
		authorization: `ApiKey ${elastic.apiKey}`,
		'content-type': 'application/x-ndjson',
		...headers,
	};
	const { status, text } = await ask(`${elastic.url}${path}`, { method: 'POST', headers: sent, body });
	return { status, answer: (text === '' ? {} : JSON.parse(text)) as BulkAnswer };
}

const line = (value: unknown) => `${JSON.stringify(value)}\n`;
const create = (_index: string, _id: string, document: unknown = { '@timestamp': '2026-01-15T10:00:00Z' }) =>
	line({ create: { _index, _id } }) + line(document);

it('answers each item by itself: stored, there already, closed, unknown, without time, broken', async () => {
	const stream = 'logs-safe.audit-default';
	const { status, answer } = await bulk(
		create(stream, 'a') +
			create(stream, 'a') +
			create('logs-old-default', 'b') +
			create('nowhere', 'c') +
			create(stream, 'd', {}) +
			`${line({ create: { _index: stream, _id: 'e' } })}{"broken"\n` +
			create('audit-events', 'f', {}) +
			line({ delete: { _index: stream, _id: 'a' } }),
	);
	expect(status).toBe(200);
	expect(answer.errors).toBe(true);
	const flat = answer.items?.flatMap((item) =>
		Object.values(item).map(({ _id, status: own, error }) => [_id, own, error?.type]),
	);
	expect(flat).toEqual([
		['a', 201, undefined],
		['a', 409, 'version_conflict_engine_exception'],
		['b', 400, 'index_closed_exception'],
		['c', 404, 'index_not_found_exception'],
		['d', 400, 'document_parsing_exception'],
		['e', 400, 'document_parsing_exception'],
		['f', 201, undefined],
		['a', 400, 'illegal_argument_exception'],
	]);
	expect(elastic.ids()).toEqual(['a', 'f']);
});

it('takes the index from the path, an id of its own where none is sent, and says so without errors', async () => {
	const { answer } = await bulk(line({ create: {} }) + line({ n: 1 }), { path: '/audit-events/_bulk' });
	expect(answer.errors).toBe(false);
	expect(answer.items?.[0].create._id).toBe(elastic.events[0].id);
	expect(elastic.events[0].event).toEqual({ index: 'audit-events', document: { n: 1 } });
});

it('takes Basic in place of an API key', async () => {
	const authorization = `Basic ${Buffer.from(`${elastic.username}:${elastic.password}`).toString('base64')}`;
	expect((await bulk(create('audit-events', 'a'), { headers: { authorization } })).answer.errors).toBe(false);
});

it.each<[string, number, string, string, Record<string, string>]>([
	[
		'a body without newline at its end',
		400,
		'illegal_argument_exception',
		create('audit-events', 'a').trimEnd(),
		{},
	],
	['an empty body', 400, 'parse_exception', '', {}],
	['an unknown action', 400, 'illegal_argument_exception', line({ insert: {} }), {}],
	['an unknown parameter', 400, 'illegal_argument_exception', line({ create: { id: 'a' } }) + line({}), {}],
	['an array', 400, 'illegal_argument_exception', line([{}]), {}],
	['no index', 400, 'action_request_validation_exception', line({ create: { _id: 'a' } }) + line({}), {}],
	[
		'another content type',
		406,
		'media_type_header_exception',
		create('audit-events', 'a'),
		{ 'content-type': 'text/plain' },
	],
	['a wrong key', 401, 'security_exception', create('audit-events', 'a'), { authorization: 'ApiKey wrong' }],
])('refuses a request with %s by %i', async (_, status, type, body, headers) => {
	const reply = await bulk(body, { headers });
	expect([reply.status, reply.answer.error?.type]).toEqual([status, type]);
	expect(elastic.events).toEqual([]);
});

it('refuses a body over its limit with 413, and other paths and methods', async () => {
	expect((await bulk(create('audit-events', 'a', { text: 'x'.repeat(2000) }))).status).toBe(413);
	expect((await bulk('', { path: '/_search' })).status).toBe(404);
	expect(
		(await ask(elastic.endpoint, { headers: { authorization: `ApiKey ${elastic.apiKey}` } })).status,
	).toBe(405);
});
