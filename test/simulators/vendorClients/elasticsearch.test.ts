import { Client, errors } from '@elastic/elasticsearch';

import { fixedClock } from '../clock';
import { startElasticBulk, type ElasticBulkOptions, type ElasticBulkSimulator } from '../elastic/server';

const clock = fixedClock(Date.parse('2026-01-15T10:07:31Z'));
const STREAM = 'logs-securid.admin-default';
let elastic: ElasticBulkSimulator;
let client: Client;
afterEach(async () => {
	await client.close();
	await elastic.close();
});

async function start(options: ElasticBulkOptions = {}, auth?: { apiKey: string }): Promise<void> {
	elastic = await startElasticBulk({ clock, ...options });
	client = new Client({
		node: elastic.url,
		auth: auth ?? { apiKey: elastic.apiKey },
		maxRetries: 0,
		compression: true,
	});
}

interface Audit {
	'@timestamp'?: string;
	event: { id: string };
}
const audits = (...ids: string[]): Audit[] =>
	ids.map((id) => ({ '@timestamp': '2026-01-15T10:00:00Z', event: { id } }));

/** Runs the vendor's bulk helper; out: its counts, and what it dropped with which status. */
async function sendWithHelper(
	datasource: Audit[],
	{ index = STREAM, action = 'create' as 'create' | 'index' } = {},
) {
	const dropped: Array<[id: string, status: number]> = [];
	const stats = await client.helpers.bulk<Audit>({
		datasource,
		wait: 1,
		retries: 2,
		onDocument: ({ event }) => {
			const target = { _index: index, _id: event.id };
			return action === 'create' ? { create: target } : { index: target };
		},
		onDrop: ({ document, status }) => dropped.push([document.event.id, status]),
	});
	return { stats, dropped };
}

it("takes what the vendor's bulk helper sends, compressed", async () => {
	await start();
	const { stats, dropped } = await sendWithHelper(audits('a', 'b', 'c'));
	expect([stats.successful, stats.failed, dropped]).toEqual([3, 0, []]);
	expect(elastic.ids()).toEqual(['a', 'b', 'c']);
	expect(elastic.events[0].event).toEqual({ index: STREAM, document: audits('a')[0] });
	expect(elastic.batches[0].headers['content-encoding']).toBe('gzip');
});

it('has the helper send only the refused items of a request again, and stores each once', async () => {
	await start({ decide: ({ id, attempt }) => (id === 'b' && attempt < 3 ? 429 : undefined) });
	const { stats, dropped } = await sendWithHelper(audits('a', 'b', 'c'));
	expect([stats.successful, stats.retry, dropped]).toEqual([3, 4, []]);
	expect(elastic.batches.map(({ ids }) => ids)).toEqual([['a', 'c'], ['b']]);
});

it.each<[string, number, ElasticBulkOptions, Parameters<typeof sendWithHelper>]>([
	['an item that stays refused', 429, { decide: () => 429 }, [audits('a')]],
	['a poison event', 400, { poison: ['a'] }, [audits('a')]],
	['an event without @timestamp in a data stream', 400, {}, [[{ event: { id: 'a' } }]]],
	['"index" on a data stream', 400, {}, [audits('a'), { action: 'index' }]],
	['a closed index', 400, { closed: ['audit-events'] }, [audits('a'), { index: 'audit-events' }]],
	['a read-only index', 403, { readOnly: [STREAM] }, [audits('a')]],
	['an index that does not exist', 404, {}, [audits('a'), { index: 'other' }]],
	['an item that no shard could take', 503, { decide: () => 503 }, [audits('a')]],
])('has the helper drop %s with status %i', async (_, status, options, call) => {
	await start(options);
	const { stats, dropped } = await sendWithHelper(...call);
	expect([stats.successful, dropped]).toEqual([0, [['a', status]]]);
	expect(elastic.events).toEqual([]);
});

it('answers 409 for an _id that is there, which the helper drops and a plain request shows', async () => {
	await start();
	await sendWithHelper(audits('a'));
	expect((await sendWithHelper(audits('a', 'b'))).dropped).toEqual([['a', 409]]);
	const { errors: partial, items } = await client.bulk({
		index: STREAM,
		operations: [{ create: { _id: 'b' } }, ...audits('b')],
	});
	expect([partial, items[0].create?.status, items[0].create?.error?.type]).toEqual([
		true,
		409,
		'version_conflict_engine_exception',
	]);
	expect(elastic.ids()).toEqual(['a', 'b']);
	expect(elastic.conflicts).toEqual(['a', 'b']);
});

it('overwrites in a plain index on "index"', async () => {
	await start();
	await sendWithHelper(audits('a'), { index: 'audit-events' });
	const { stats } = await sendWithHelper(audits('a'), { index: 'audit-events', action: 'index' });
	expect([stats.successful, elastic.conflicts]).toEqual([1, []]);
});

it.each<[string, number, ElasticBulkOptions, { apiKey: string } | undefined]>([
	['a wrong API key', 401, {}, { apiKey: 'wrong' }],
	['too many events in a request', 413, { maxEvents: 1 }, undefined],
	['a node that is overloaded', 429, { faults: [{ on: {}, do: { retryAfter: 1 } }] }, undefined],
])("makes the vendor's client report %s by status %i", async (_, status, options, auth) => {
	await start(options, auth);
	const failure = await sendWithHelper(audits('a', 'b')).catch((error: unknown) => error);
	expect(failure).toBeInstanceOf(errors.ResponseError);
	expect((failure as errors.ResponseError).statusCode).toBe(status);
	expect(elastic.events).toEqual([]);
});

it('stores what it took before it cut the connection', async () => {
	await start({ faults: [{ on: { nth: 1 }, do: { reset: 'afterServing' } }] });
	const failure = await sendWithHelper(audits('a')).catch((error: unknown) => error);
	expect(failure).toBeInstanceOf(errors.ConnectionError);
	expect(elastic.ids()).toEqual(['a']);
	expect((await sendWithHelper(audits('a'))).dropped).toEqual([['a', 409]]);
});
