import { gunzipSync, gzipSync } from 'node:zlib';
import axios from 'axios';
import nock from 'nock';
import { routeHosts } from './hosts';
import type { LocalServer } from './localServer';
import { startLocalServer } from './localServer';

type Handler = Parameters<typeof startLocalServer>[0];

let server: LocalServer;
let handler: Handler;
let routes: ReturnType<typeof routeHosts>;

beforeAll(async () => {
	server = await startLocalServer((request, response) => handler(request, response));
});

beforeEach(() => {
	server.requests.length = 0;
	handler = () => ({ body: { fine: true } });
	routes = routeHosts({
		'https://vendor.example.com': server.origin,
		'http://plain.example.com:8080': server.origin,
	});
});

afterEach(() => routes.restore());

afterAll(async () => await server.close());

/** Sends as n8n does, through axios; answers any status, with the body's bytes as they came. */
const send = async (method: string, url: string, data?: unknown, headers: Record<string, string> = {}) =>
	await axios.request({
		method,
		url,
		data,
		headers,
		responseType: 'arraybuffer',
		decompress: false,
		validateStatus: () => true,
		maxRedirects: 0,
		transformRequest: (body) => body,
	});

describe('a request to a routed host', () => {
	test('arrives with its method, path, query, headers and host', async () => {
		await send('PUT', 'https://vendor.example.com/a%20b/c?x=1%2B2&y', 'text', { 'x-key': 'k' });
		expect(server.requests).toMatchObject([
			{
				method: 'PUT',
				path: '/a%20b/c?x=1%2B2&y',
				headers: { host: 'vendor.example.com', 'x-key': 'k' },
				body: Buffer.from('text'),
			},
		]);
	});

	test('keeps the port in its host', async () => {
		await send('GET', 'http://plain.example.com:8080/');
		expect(server.requests[0].headers.host).toBe('plain.example.com:8080');
	});

	const allBytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
	test.each<[string, Buffer, string]>([
		['bytes that are no text', allBytes, 'application/octet-stream'],
		['JSON with a large integer', Buffer.from('{"id":7292599294452927927 }'), 'application/json'],
		['lines that only say they are JSON', Buffer.from('{"a":1}\n{"a":2}\n'), 'application/json'],
		['JSON that is zipped', gzipSync('{"a":1}'), 'application/json'],
	])('arrives with %s unchanged', async (_case, body, type) => {
		const zipped: Record<string, string> = body[0] === 0x1f ? { 'content-encoding': 'gzip' } : {};
		await send('POST', 'https://vendor.example.com/', body, { 'content-type': type, ...zipped });
		expect(server.requests[0].body).toEqual(body);
		expect(server.requests[0].headers).toMatchObject({
			'content-type': type,
			'content-length': String(body.length),
			...zipped,
		});
	});

	test.each(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('may use %s', async (method) => {
		const { status } = await send(method, 'https://vendor.example.com/');
		expect([status, server.requests[0].method]).toEqual([200, method]);
	});
});

describe('the answer', () => {
	test('comes back with its status, headers and bytes', async () => {
		const zipped = gzipSync('zipped');
		handler = () => ({
			status: 429,
			headers: { 'retry-after': '7', 'content-encoding': 'gzip' },
			body: zipped,
		});
		const { status, headers, data } = await send('GET', 'https://vendor.example.com/');
		expect([status, headers['retry-after'], gunzipSync(data as Buffer).toString()]).toEqual([
			429,
			'7',
			'zipped',
		]);
	});

	test('may have no body, or lead elsewhere', async () => {
		handler = ({ path }) =>
			path === '/empty' ? { status: 204 } : { status: 307, headers: { location: 'https://other/' } };
		expect((await send('GET', 'https://vendor.example.com/empty')).status).toBe(204);
		const redirect = await send('GET', 'https://vendor.example.com/');
		expect([redirect.status, redirect.headers.location]).toEqual([307, 'https://other/']);
	});

	test('reaches fetch, too', async () => {
		const response = await fetch('https://vendor.example.com/f', { method: 'POST', body: 'x' });
		expect([response.status, await response.json()]).toEqual([200, { fine: true }]);
	});

	test.each<[string, Handler]>([
		['before the answer', (_request, response) => void response.socket?.destroy()],
		[
			'within the body',
			(_request, response) => {
				response.writeHead(200, { 'content-length': '100' });
				response.write('part', () => response.socket?.destroy());
				return undefined;
			},
		],
	])('is ECONNRESET when the server breaks off %s', async (_case, breakOff) => {
		handler = breakOff;
		await expect(send('GET', 'https://vendor.example.com/')).rejects.toMatchObject({ code: 'ECONNRESET' });
	});
});

describe('any other host', () => {
	test('is refused by name, while loopback stays open', async () => {
		await expect(send('GET', 'https://elsewhere.example.com/x')).rejects.toMatchObject({
			code: 'ENETUNREACH',
			message: expect.stringContaining('elsewhere.example.com'),
		});
		expect((await send('GET', server.origin)).status).toBe(200);
	});

	test('is refused until the last routes are gone, and the mocks of others stay', async () => {
		const more = routeHosts({ 'https://more.example.com': server.origin });
		routes.restore();
		routes.restore();
		await expect(send('GET', 'https://vendor.example.com/')).rejects.toThrow('vendor.example.com');
		expect((await send('GET', 'https://more.example.com/')).status).toBe(200);
		nock('https://mock.example.com').get('/').reply(201);
		more.restore();
		expect([nock.isActive(), (await send('GET', 'https://mock.example.com/')).status]).toEqual([true, 201]);
		nock.cleanAll();
	});

	test('is no longer refused afterwards, since nock is off', () => {
		routes.restore();
		expect(nock.isActive()).toBe(false);
	});
});
