import { gunzipSync } from 'node:zlib';

import { fixedClock } from './clock';
import { FaultPlan, type FaultRule } from './faults';
import { startStorage, type StorageOptions, type StorageSimulator } from './storage/server';
import { ask } from './testClient';

const START = Date.parse('2026-01-15T10:07:31.250Z');
const CONTENT = Buffer.from('\ufeffTimestamp,Äction\r\n2026,"a ""b"""\r\n');
const clock = fixedClock(START);

let storage: StorageSimulator;
afterEach(async () => {
	clock.set(START);
	await storage.close();
});

async function start(options: StorageOptions = {}, rules: FaultRule[] = []): Promise<string> {
	storage = await startStorage({ clock, faults: new FaultPlan(rules), ...options });
	storage.put('reports/one.csv', CONTENT, 'text/csv');
	return storage.sign('reports/one.csv', 300);
}

/** Code and message of an XML refusal. */
function refusal(text: string): [string, string] {
	const [, code, message] = /<Error><Code>(.*?)<\/Code><Message>(.*?)<\/Message>/.exec(text) ?? [];
	return [code, message];
}

describe('a pre-signed link', () => {
	it('gives the object byte for byte with its length, more than once', async () => {
		const link = await start();
		for (let time = 0; time < 2; time++) {
			const reply = await ask(link);
			expect(reply.status).toBe(200);
			expect(reply.bytes.equals(CONTENT)).toBe(true);
			expect(reply.headers).toMatchObject({
				'content-length': String(CONTENT.length),
				'content-type': 'text/csv',
			});
		}
	});

	it('looks like one of AWS and holds characters that must not be re-encoded', async () => {
		const link = await start();
		const names = [...new URL(link).searchParams.keys()];
		expect(names).toEqual(expect.arrayContaining(['X-Amz-Algorithm', 'X-Amz-Expires', 'X-Amz-Signature']));
		for (const escape of ['%2F', '%2B', '%3D', '%22', '%20']) expect(link).toContain(escape);
	});

	it('differs each time it is made', async () => {
		const link = await start();
		expect(storage.sign('reports/one.csv', 300)).not.toBe(link);
	});

	it('is refused beside an Authorization header, whose value S3 repeats', async () => {
		const link = await start();
		const reply = await ask(link, { headers: { authorization: 'Bearer secret' } });
		expect(reply).toMatchObject({ status: 400, headers: { 'content-type': 'application/xml' } });
		expect(refusal(reply.text)[0]).toBe('InvalidArgument');
		expect(reply.text).toContain('Only one auth mechanism allowed');
		expect(reply.text).toContain('<ArgumentValue>Bearer secret</ArgumentValue>');
		expect(reply.text).toMatch(/^<\?xml version="1\.0" encoding="UTF-8"\?>/);
	});

	it('works to the last second of its life and not beyond', async () => {
		const link = await start();
		clock.set(Math.floor(START / 1000) * 1000 + 300_000);
		expect((await ask(link)).status).toBe(200);
		clock.advance(1);
		const reply = await ask(link);
		expect([reply.status, ...refusal(reply.text)]).toEqual([403, 'AccessDenied', 'Request has expired']);
		expect(reply.text).toContain('<Expires>2026-01-15T10:12:31.000Z</Expires>');
	});

	it('may expire as a token of temporary credentials does', async () => {
		const link = await start({ behaviour: { expiredAnswer: 'ExpiredToken' } });
		clock.advance(301_000);
		const reply = await ask(link);
		expect([reply.status, refusal(reply.text)[0]]).toEqual([400, 'ExpiredToken']);
	});

	it.each<[string, (link: string) => string]>([
		['a longer life', (link) => link.replace('X-Amz-Expires=300', 'X-Amz-Expires=301')],
		['another object', (link) => link.replace('one.csv', 'two.csv')],
		['another signature', (link) => link.replace(/.$/, (last) => (last === '0' ? '1' : '0'))],
		['a cut signature', (link) => link.slice(0, -1)],
		['decoded and encoded parameters', (link) => link.replace('%20', '+')],
		['something added', (link) => `${link}&x=1`],
	])('is refused with %s', async (_, change) => {
		const link = await start();
		storage.put('reports/two.csv', CONTENT, 'text/csv');
		const reply = await ask(change(link));
		expect([reply.status, refusal(reply.text)[0]]).toEqual([403, 'SignatureDoesNotMatch']);
	});

	it.each(['HEAD', 'PUT', 'POST'])('is refused for %s', async (method) => {
		expect((await ask(await start(), { method })).status).toBe(403);
	});

	it('is needed: without a signature access is denied', async () => {
		const link = await start();
		const reply = await ask(link.slice(0, link.indexOf('?')));
		expect([reply.status, ...refusal(reply.text)]).toEqual([403, 'AccessDenied', 'Access Denied']);
	});

	it('to an object that is gone gives 404', async () => {
		await start();
		const reply = await ask(storage.sign('reports/gone.csv', 300));
		expect([reply.status, refusal(reply.text)[0]]).toEqual([404, 'NoSuchKey']);
	});
});

describe('its behaviour', () => {
	it('sends gzip with its header, the length being that of the wire', async () => {
		const link = await start({ behaviour: { compression: 'contentEncoding' } });
		const reply = await ask(link);
		expect(reply.headers).toMatchObject({
			'content-encoding': 'gzip',
			'content-length': String(reply.bytes.length),
		});
		expect(gunzipSync(reply.bytes).equals(CONTENT)).toBe(true);
		expect((await ask(link, { decompress: true })).bytes.equals(CONTENT)).toBe(true);
	});

	it('stores a gzip file without the header', async () => {
		const reply = await ask(await start({ behaviour: { compression: 'gzipFile' } }), { decompress: true });
		expect(reply.headers['content-encoding']).toBeUndefined();
		expect([...reply.bytes.subarray(0, 2)]).toEqual([0x1f, 0x8b]);
	});

	it('redirects to another origin that serves the link and logs what came along', async () => {
		const link = await start({ behaviour: { redirectTo: 'mirror' } });
		const reply = await ask(link);
		expect(reply.status).toBe(307);
		const target = reply.headers.location;
		expect(new URL(target).origin).toBe(storage.mirror.url);
		expect(target.slice(storage.mirror.url.length)).toBe(link.slice(storage.url.length));
		expect((await ask(target)).bytes.equals(CONTENT)).toBe(true);
		expect((await ask(target, { headers: { authorization: 'Bearer leaked' } })).status).toBe(400);
		expect(storage.mirror.requests.map(({ headers }) => headers.authorization)).toEqual([
			undefined,
			'Bearer leaked',
		]);
	});

	it('redirects to a named origin, and changes between requests', async () => {
		const link = await start();
		storage.behaviour.redirectTo = 'https://download.example.com';
		expect((await ask(link)).headers.location).toMatch(
			/^https:\/\/download\.example\.com\/reports\/one\.csv\?/,
		);
		storage.behaviour.redirectTo = null;
		expect((await ask(link)).status).toBe(200);
	});

	it('expires a link early by a fault, once', async () => {
		const link = await start({}, [{ on: { nth: 1 }, do: { expireLink: true } }]);
		const reply = await ask(link);
		expect([reply.status, ...refusal(reply.text)]).toEqual([403, 'AccessDenied', 'Request has expired']);
		expect((await ask(link)).status).toBe(200);
		expect(storage.faults.unused()).toEqual([]);
	});

	it('sends a wrong length only when a fault says so', async () => {
		const link = await start({}, [{ on: { nth: 2 }, do: { truncateBody: true } }]);
		expect((await ask(link)).failure).toBeNull();
		expect((await ask(link)).failure).not.toBeNull();
	});

	it('fails in XML', async () => {
		const link = await start({}, [{ on: {}, do: { status: 503 } }]);
		expect(refusal((await ask(link)).text)[0]).toBe('SlowDown');
	});
});
