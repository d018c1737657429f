import { gzipSync, deflateSync } from 'node:zlib';

import { fixedClock } from './clock';
import type { FaultRule } from './faults';
import { startDatadog } from './datadog/server';
import { startElasticBulk } from './elastic/server';
import type { RunningServer } from './http';
import { startSentinel } from './sentinel/server';
import { startSiem } from './siem/server';
import type { SinkStore, SinkTroubles } from './sink';
import { startSplunkHec } from './splunk/server';
import { startSumo } from './sumo/server';
import { ask, type Reply } from './testClient';

const clock = fixedClock(Date.parse('2026-01-15T10:07:31.250Z'));

/** A sink, and how a careful client writes events with these ids for it. */
interface Bench {
	sink: RunningServer & SinkStore;
	send(
		ids: readonly string[],
		change?: { headers?: Record<string, string>; pack?: (body: string) => Buffer },
	): Promise<Reply>;
}
type Trouble = SinkTroubles & { faults?: FaultRule[] };

const lines = (ids: readonly string[]) => ids.map((id) => JSON.stringify({ id })).join('\n');

const BENCHES: Record<string, (trouble: Trouble) => Promise<Bench>> = {
	'Splunk HEC': async (trouble) => {
		const sink = await startSplunkHec({ clock, ...trouble });
		const write = (ids: readonly string[]) => ids.map((id) => JSON.stringify({ event: { id } })).join('');
		return bench(sink, sink.endpoint, { authorization: `Splunk ${sink.token}` }, write);
	},
	Elasticsearch: async (trouble) => {
		const sink = await startElasticBulk({ clock, ...trouble });
		const write = (ids: readonly string[]) =>
			ids.map((_id) => `${JSON.stringify({ create: { _index: 'audit-events', _id } })}\n{}\n`).join('');
		const headers = { authorization: `ApiKey ${sink.apiKey}`, 'content-type': 'application/x-ndjson' };
		return bench(sink, sink.endpoint, headers, write);
	},
	Sentinel: async (trouble) => {
		const sink = await startSentinel({ clock, ...trouble });
		const url = `${sink.endpoint}/dataCollectionRules/${sink.ruleId}/streams/${sink.streams[0]}?api-version=2023-01-01`;
		const headers = { authorization: `Bearer ${sink.tokens.issue()}`, 'content-type': 'application/json' };
		return bench(sink, url, headers, (ids) => JSON.stringify(ids.map((EventId) => ({ EventId }))));
	},
	Datadog: async (trouble) => {
		const sink = await startDatadog({ clock, ...trouble });
		const headers = { 'dd-api-key': sink.apiKey, 'content-type': 'application/json' };
		return bench(sink, sink.endpoint, headers, (ids) =>
			JSON.stringify(ids.map((id) => ({ message: { id } }))),
		);
	},
	'Sumo Logic': async (trouble) => {
		const sink = await startSumo({ clock, ...trouble });
		return bench(sink, sink.endpoint, {}, lines);
	},
	'the generic collector': async (trouble) => {
		const sink = await startSiem({ clock, ...trouble });
		return bench(
			sink,
			sink.endpoint,
			{ [sink.headerName]: sink.token, 'content-type': 'application/x-ndjson' },
			lines,
		);
	},
};

function bench(
	sink: Bench['sink'],
	url: string,
	headers: Record<string, string>,
	write: (ids: readonly string[]) => string,
): Bench {
	const send: Bench['send'] = async (ids, { headers: more, pack = Buffer.from } = {}) =>
		await ask(url, { method: 'POST', headers: { ...headers, ...more }, body: pack(write(ids)) });
	return { sink, send };
}

describe.each(Object.keys(BENCHES))('%s', (name) => {
	let sink: Bench['sink'];
	let send: Bench['send'];
	async function start(trouble: Trouble = {}): Promise<void> {
		({ sink, send } = await BENCHES[name](trouble));
	}
	afterEach(async () => {
		await sink.close();
	});
	// Elasticsearch answers per item and Datadog's 202 says nothing, so only 2xx is common to all.
	const isTaken = ({ status }: Reply) => status >= 200 && status < 300;

	it('keeps events with id, batch and time, and lists each id once', async () => {
		await start();
		expect([await send(['a', 'b']), await send(['c'])].every(isTaken)).toBe(true);
		expect(sink.events.map(({ id, batchIndex, atMs }) => [id, batchIndex, atMs])).toEqual([
			['a', 0, clock.now()],
			['b', 0, clock.now()],
			['c', 1, clock.now()],
		]);
		expect(sink.batches.map(({ ids, requestIndex }) => [ids, requestIndex])).toEqual([
			[['a', 'b'], 0],
			[['c'], 1],
		]);
		expect(sink.ids()).toEqual(['a', 'b', 'c']);
	});

	it('takes gzip, counts bytes before and after, and refuses what is not gzip or another encoding', async () => {
		await start();
		const ids = Array.from({ length: 50 }, (_, at) => `event-${at}`);
		const gzip = { 'content-encoding': 'gzip' };
		expect(isTaken(await send(ids, { headers: gzip, pack: gzipSync }))).toBe(true);
		expect(sink.ids()).toEqual(ids);
		expect(sink.batches[0].wireBytes).toBeLessThan(sink.batches[0].plainBytes);
		expect(isTaken(await send(['x'], { headers: gzip }))).toBe(false);
		expect(isTaken(await send(['x'], { headers: { 'content-encoding': 'br' } }))).toBe(false);
		expect(sink.ids()).toEqual(ids);
	});

	it('stores what it took when the connection is reset before the answer', async () => {
		await start({ faults: [{ on: { nth: 1 }, do: { reset: 'afterServing' } }] });
		expect((await send(['a'])).failure).toBe('ECONNRESET');
		expect(sink.ids()).toEqual(['a']);
		expect(sink.requests[0].status).toBeNull();
		expect(isTaken(await send(['b']))).toBe(true);
	});

	it('refuses more events than it may take with 413, and takes as many', async () => {
		await start({ maxEvents: 2 });
		expect((await send(['a', 'b', 'c'])).status).toBe(413);
		expect(sink.events).toEqual([]);
		expect(isTaken(await send(['a', 'b']))).toBe(true);
		expect(sink.ids()).toEqual(['a', 'b']);
	});

	it('never stores a poison event, and takes the others without it', async () => {
		await start({ poison: ['p'] });
		await send(['a', 'p', 'b']);
		expect(sink.ids()).not.toContain('p');
		expect(isTaken(await send(['a', 'b']))).toBe(true);
		expect(sink.ids()).toEqual(['a', 'b']);
	});

	it.each([429, 503, 500])('answers %i in its own form when told to, and stores nothing', async (status) => {
		await start({ faults: [{ on: { nth: 1 }, do: { retryAfter: 7, status } }] });
		const reply = await send(['a']);
		expect([reply.status, reply.headers['retry-after']]).toEqual([status, '7']);
		expect(reply.headers.server).toMatch(/^fake /);
		expect(sink.events).toEqual([]);
	});
});

it.each(['Datadog', 'Sumo Logic'])('%s takes deflate', async (name) => {
	const { sink, send } = await BENCHES[name]({});
	await send(['a'], { headers: { 'content-encoding': 'deflate' }, pack: deflateSync });
	expect(sink.ids()).toEqual(['a']);
	await sink.close();
});
