import { request as httpRequest } from 'node:http';

import { jsonAnswer, type Answer } from './answers';
import { fixedClock } from './clock';
import { FaultPlan, type Fault, type FaultRule } from './faults';
import { startServer, type Respond, type RunningServer } from './http';
import { ask } from './testClient';

const RECORDS = { first: 'one, two', list: Array.from({ length: 50 }, (_, index) => `record ${index}`) };
const WHOLE = JSON.stringify(RECORDS);

let server: RunningServer;
afterEach(async () => {
	await server.close();
});

async function start(
	rules: FaultRule[],
	respond: Respond = () => jsonAnswer(200, RECORDS),
	maxBodyBytes?: number,
) {
	server = await startServer({
		name: 'test',
		clock: fixedClock(1_000),
		faults: new FaultPlan(rules),
		maxBodyBytes,
		respond,
		refusal: (status): Answer => jsonAnswer(status, { vendorForm: status }),
	});
	return server;
}

const startWith = async (fault: Fault) => await start([{ on: {}, do: fault }]);

/** Reads an answer bit by bit, so that what arrived before an interruption can be seen. */
async function readBits(url: string): Promise<{ announced: number; received: number; end: string }> {
	return await new Promise((resolve) => {
		const request = httpRequest(url, { agent: false }, (response) => {
			let received = 0;
			const announced = Number(response.headers['content-length']);
			const finish = (end: string) => resolve({ announced, received, end });
			response.on('data', (bytes: Buffer) => {
				received += bytes.length;
			});
			response.on('end', () => finish('whole'));
			response.on('error', (error: NodeJS.ErrnoException) => finish(error.code ?? error.message));
		});
		request.on('error', (error: NodeJS.ErrnoException) =>
			resolve({ announced: 0, received: 0, end: error.code ?? error.message }),
		);
		request.end();
	});
}

describe('each kind of fault', () => {
	it('delays and then answers truly', async () => {
		const { url, requests } = await startWith({ delayMs: 3 });
		expect((await ask(url)).text).toBe(WHOLE);
		expect(requests[0].faults).toEqual(['delayMs']);
	});

	it('answers a status in the form of the vendor', async () => {
		const { url } = await startWith({ status: 503, headers: { 'x-fault': 'yes' } });
		expect(await ask(url)).toMatchObject({
			status: 503,
			text: '{"vendorForm":503}',
			headers: { 'x-fault': 'yes' },
		});
	});

	it.each([
		['JSON', { error: 'own' }, '{"error":"own"}', 'application/json'],
		['text', 'upstream gone', 'upstream gone', 'text/plain'],
	])('answers a status with a body of its own as %s', async (_, body, text, type) => {
		const { url } = await startWith({ status: 502, body });
		expect(await ask(url)).toMatchObject({ status: 502, text, headers: { 'content-type': type } });
	});

	it.each([
		[{ retryAfter: 7 }, 429, '7'],
		[{ retryAfter: 'Thu, 15 Jan 2026 10:07:31 GMT' }, 429, 'Thu, 15 Jan 2026 10:07:31 GMT'],
		[{ retryAfter: 0, status: 503 }, 503, '0'],
	])('asks to come back later: %j', async (fault, status, retryAfter) => {
		const { url } = await startWith(fault);
		expect(await ask(url)).toMatchObject({ status, headers: { 'retry-after': retryAfter } });
	});

	it('resets the connection before any byte', async () => {
		const { url, requests } = await startWith({ reset: 'before' });
		expect(await readBits(url)).toEqual({ announced: 0, received: 0, end: 'ECONNRESET' });
		expect(requests[0].status).toBeNull();
	});

	it('resets the connection inside the body', async () => {
		const { url } = await startWith({ reset: 'inBody' });
		const { received, end } = await readBits(url);
		expect(end).toBe('ECONNRESET');
		expect(received).toBeLessThan(WHOLE.length);
	});

	it('announces a whole body and ends the connection after half of it', async () => {
		const { url } = await startWith({ truncateBody: true });
		expect(await readBits(url)).toEqual({
			announced: WHOLE.length,
			received: Math.floor(WHOLE.length / 2),
			end: 'ECONNRESET',
		});
	});

	it('quietly sends half a body as if it were whole', async () => {
		const { url } = await startWith({ truncateBody: 'quietly' });
		const reply = await ask(url);
		expect(reply).toMatchObject({
			status: 200,
			failure: null,
			text: WHOLE.slice(0, Math.floor(WHOLE.length / 2)),
		});
	});

	it.each([RECORDS, {}, { onlyText: 'a, b' }, [1]])(
		'makes JSON that no parser takes of %j',
		async (value) => {
			const { url } = await start([{ on: {}, do: { malformedJson: true } }], () => jsonAnswer(200, value));
			const reply = await ask(url);
			expect(reply).toMatchObject({ status: 200, headers: { 'content-type': 'application/json' } });
			expect(() => JSON.parse(reply.text)).toThrow(SyntaxError);
		},
	);

	it('answers with a web page and status 200', async () => {
		const { url } = await startWith({ html: true });
		const reply = await ask(url);
		expect(reply).toMatchObject({ status: 200, headers: { 'content-type': 'text/html;charset=UTF-8' } });
		expect(reply.text).toMatch(/^<!DOCTYPE html>/);
	});

	it('never answers, until the client gives up', async () => {
		const { url } = await startWith({ stall: true });
		expect((await ask(url, { timeoutMs: 15 })).failure).toBe('ECONNABORTED');
	});

	it('never answers, until the simulator is closed', async () => {
		const { url, requests, close } = await startWith({ stall: true });
		const waiting = ask(url);
		while (requests.length === 0) await new Promise(setImmediate);
		await close();
		expect((await waiting).failure).toBe('ECONNRESET');
	});

	it('refuses further connections until it comes back on the same address', async () => {
		const { url, comeBack } = await start([{ on: { nth: 1 }, do: { refuseConnection: true } }]);
		expect((await ask(url)).failure).toBe('ECONNRESET');
		expect((await ask(url)).failure).toBe('ECONNREFUSED');
		await comeBack();
		expect((await ask(url)).text).toBe(WHOLE);
	});

	it('refuses connections for a while and comes back by itself', async () => {
		const { url } = await start([{ on: { nth: 1 }, do: { refuseConnection: { forMs: 5 } } }]);
		let reply = await ask(url);
		expect(reply.failure).toBe('ECONNRESET');
		// Whether a refusal is seen in those 5 ms depends on the machine; that one comes at all is the test above.
		while (reply.failure !== null) reply = await ask(url);
		expect(reply.text).toBe(WHOLE);
	});
});

describe('a fault plan', () => {
	it('picks the nth matching request, each k-th, or all of them', async () => {
		const { url } = await start([
			{ on: { path: /^\/a$/, nth: 2 }, do: { status: 500 } },
			{ on: { path: /^\/b$/g, every: 2 }, do: { status: 502 } },
			{ on: { path: /^\/c$/, times: 2 }, do: { status: 504 } },
			{ on: { method: 'post' }, do: { status: 503 } },
			{ on: { query: /pageNumber=3(&|$)/ }, do: { status: 429 } },
		]);
		const statuses = async (target: string, method: string) => {
			const seen: number[] = [];
			for (let time = 0; time < 4; time++) seen.push((await ask(url + target, { method })).status);
			return seen;
		};
		expect(await statuses('/a', 'GET')).toEqual([200, 500, 200, 200]);
		expect(await statuses('/b', 'GET')).toEqual([200, 502, 200, 502]);
		expect(await statuses('/c', 'GET')).toEqual([504, 504, 200, 200]);
		expect(await statuses('/d', 'POST')).toEqual([503, 503, 503, 503]);
		expect(await statuses('/d?pageNumber=3&pageSize=1', 'GET')).toEqual([429, 429, 429, 429]);
		expect(await statuses('/d?pageNumber=33', 'GET')).toEqual([200, 200, 200, 200]);
	});

	it('counts for each rule alone, adds up delays and lets the first other rule decide', async () => {
		const { url, faults, requests } = await start([
			{ on: { nth: 1 }, do: { delayMs: 1 } },
			{ on: { nth: 1 }, do: { delayMs: 1 } },
			{ on: { nth: 1 }, do: { status: 500 } },
			{ on: { nth: 1 }, do: { status: 502 } },
			{ on: { nth: 2 }, do: { status: 503 } },
		]);
		expect([(await ask(url)).status, (await ask(url)).status, (await ask(url)).status]).toEqual([
			500, 503, 200,
		]);
		expect(requests.map((request) => request.faults)).toEqual([
			['delayMs', 'delayMs', 'status'],
			['status'],
			[],
		]);
		expect(faults.uses.map(({ ruleIndex, requestIndex }) => [ruleIndex, requestIndex])).toEqual([
			[0, 0],
			[1, 0],
			[2, 0],
			[4, 1],
		]);
		expect(faults.unused()).toEqual([{ on: { nth: 1 }, do: { status: 502 } }]);
	});

	it('lists a rule that the asked system cannot do as unused', async () => {
		const { url, faults } = await start([{ on: {}, do: { expireLink: true } }]);
		expect((await ask(url)).text).toBe(WHOLE);
		expect(faults.unused()).toHaveLength(1);
	});

	it('takes further rules later and can be emptied', async () => {
		const { url, faults } = await start([]);
		faults.add({ on: {}, do: { status: 500 } });
		expect((await ask(url)).status).toBe(500);
		faults.clear();
		expect((await ask(url)).status).toBe(200);
		expect(faults.uses).toHaveLength(1);
	});

	it.each<[string, FaultRule]>([
		['a count of zero', { on: { nth: 0 }, do: { stall: true } }],
		['half a count', { on: { every: 1.5 }, do: { stall: true } }],
		['two ways of counting', { on: { nth: 1, every: 1 }, do: { stall: true } }],
		['two faults in one rule', { on: {}, do: { stall: true, html: true } as Fault }],
		['an unknown fault', { on: {}, do: { explode: true } as unknown as Fault }],
	])('refuses %s', async (_, rule) => {
		await start([]);
		expect(() => server.faults.add(rule)).toThrow(TypeError);
	});
});

describe('the shared server', () => {
	it('logs each request whole: method, target, headers, body, time, faults and status', async () => {
		const { url, requests } = await start([{ on: {}, do: { status: 418 } }]);
		const body = Buffer.from('{"näme":"ß"}');
		await ask(`${url}/some/path?a=%2B&b=+`, {
			method: 'POST',
			headers: { authorization: 'Bearer secret' },
			body,
		});
		expect(requests).toHaveLength(1);
		expect(requests[0]).toMatchObject({
			index: 0,
			method: 'POST',
			target: '/some/path?a=%2B&b=+',
			path: '/some/path',
			headers: { authorization: 'Bearer secret' },
			body: '{"näme":"ß"}',
			atMs: 1_000,
			faults: ['status'],
			status: 418,
		});
		expect(requests[0].bytes.equals(body)).toBe(true);
		expect([requests[0].query.get('a'), requests[0].query.get('b')]).toEqual(['+', ' ']);
	});

	it('refuses a body above its limit with 413 and keeps none of it', async () => {
		const { url, requests } = await start([], undefined, 10);
		expect((await ask(url, { method: 'POST', body: 'x'.repeat(10) })).status).toBe(200);
		expect(await ask(url, { method: 'POST', body: 'x'.repeat(200_000) })).toMatchObject({
			status: 413,
			text: '{"vendorForm":413}',
		});
		expect(requests[1].body).toBe('');
	});

	it('says in every answer that it is a fake', async () => {
		const { url } = await start([{ on: { nth: 2 }, do: { html: true } }]);
		expect([(await ask(url)).headers.server, (await ask(url)).headers.server]).toEqual([
			'fake test',
			'fake test',
		]);
	});

	it('says so when the simulator itself breaks', async () => {
		const { url } = await start([], () => {
			throw new Error('a bug');
		});
		const reply = await ask(url);
		expect(reply.status).toBe(500);
		expect(reply.text).toContain('simulator itself broke: Error: a bug');
	});

	it('is closed at once while an answer is delayed for an hour', async () => {
		const { url, requests, close } = await startWith({ delayMs: 3_600_000 });
		const waiting = ask(url);
		while (requests.length === 0) await new Promise(setImmediate);
		await close();
		expect((await waiting).failure).toBe('ECONNRESET');
	});

	it('says that its port is taken', async () => {
		const { url } = await start([]);
		const port = Number(new URL(url).port);
		const second = startServer({
			name: 'second',
			port,
			respond: () => ({ status: 200 }),
			refusal: () => ({ status: 500 }),
		});
		await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' });
	});
});
