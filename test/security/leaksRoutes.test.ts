/** The leak hunt on the way to a host: redirects from https to http, paging links to other hosts, proxies. */
jest.mock('n8n-workflow', () => jest.requireActual('../nodes/time').withFreePauses(jest.requireActual('n8n-workflow')));

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import tls from 'node:tls';
import { forward } from '../harness/hosts';
import { startLocalServer, startUntrustedServer } from '../nodes/servers';
import { DAY_MS, NOW } from '../nodes/time';
import { startSplunkHec } from '../simulators';
import { CANARY, useStage } from './leaksStage';

const stage = useStage('redirects to http, links and proxies');
const LINK_SECRET = 'c0ffee00c0ffee11c0ffee22c0ffee33c0ffee44c0ffee55c0ffee66c0ffee77';
const HEC_TOKEN = '7d41c0de-5eed-4bad-8a9b-c0ffee5afe42';

/** An https server of this machine that nodes trust while the test runs. */
async function trusted(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
	const server = await startUntrustedServer(undefined, answer);
	const usual = tls.getCACertificates('default');
	tls.setDefaultCACertificates([...usual, server.cert]);
	stage.bench.endWithTest(() => tls.setDefaultCACertificates(usual));
	stage.bench.endWithTest(server.close);
	return server.origin;
}

const passOn = (to: string) => async (request: IncomingMessage, response: ServerResponse) => {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	const [status, body, headers] = await forward(new URL(to), String(request.method), String(request.url), request.headers, Buffer.concat(chunks));
	response.writeHead(status, headers).end(body);
};

async function stranger() {
	const server = await startLocalServer(() => ({ body: {} }));
	stage.bench.endWithTest(server.close);
	stage.strangers.push({ name: `stranger ${stage.strangers.length + 1}`, requests: server.requests });
	return server;
}

/** A run of each node whose credential names the given origins. */
const RUNS: Record<string, (origin: string) => Promise<unknown>> = {
	'SAFE, signing in': async (origin) => await stage.bench.run('safeUsers', { operation: 'getMany' }, { safeApi: { ...stage.world.credentials.safeApi, ...CANARY, baseUrl: origin } }),
	'SAFE, with a pasted token': async (origin) => await stage.bench.run('safeAuditExport', { operation: 'requestExport' }, { safeApi: { ...stage.world.credentials.safeApi, baseUrl: origin, authentication: 'accessToken', accessToken: stage.pasted[0] } }),
	'SecurID, with a key file': async (origin) => {
		const privateKeyFile = JSON.stringify({ ...stage.world.securId.keyFile, adminRestApiUrl: `${origin}/AdminInterface/restapi/` });
		return await stage.bench.run('securIdAdminLog', { startTime: new Date(NOW - DAY_MS).toISOString() }, { securIdApi: { keySource: 'file', privateKeyFile } });
	},
	'SecurID, at the issuer': async (origin) => await stage.bench.run('securIdAdminLog', { authentication: 'oAuth' }, { securIdOAuthApi: { ...stage.world.credentials.securIdOAuthApi, issuerUrl: `${origin}/oauth` } }),
	'SecurID, with an OAuth token': async (origin) => await stage.bench.run('securIdAdminLog', { authentication: 'oAuth' }, { securIdOAuthApi: { ...stage.world.credentials.securIdOAuthApi, apiUrl: `${origin}/AdminInterface/restapi` } }),
	'a SIEM': async (origin) => await stage.bench.run('siemWebhook', { destination: 'splunkHec' }, { siemWebhookApi: { destination: 'splunkHec', splunkUrl: origin, hecToken: HEC_TOKEN } }, { input: [{ eventId: '1' }] }),
};

beforeAll(() => {
	stage.pasted.push(stage.world.safe.issueToken());
	stage.more = () => [
		{ name: 'signature of a pre-signed URL', value: LINK_SECRET, mayReach: (server) => server === 'storage' },
		{ name: 'Splunk HEC token', value: HEC_TOKEN, mayReach: (server) => server === 'splunk' },
	];
});

describe.each([301, 302, 303, 307, 308])('a redirect (%i) from https to http', (status) => {
	test.each(Object.entries(RUNS))('takes no secret of %s along', async (name, run) => {
		const trap = await stranger();
		const origin = await trusted((request, response) => void response.writeHead(status, { location: `${trap.origin}${request.url}` }).end());
		const shown = await run(origin);
		expect(trap.requests).toEqual([]);
		expect(await stage.search(`${name}, ${status} to http`, [shown])).toEqual([]);
	});

	test('takes no pre-signed link along', async () => {
		const trap = await stranger();
		let opened = 0;
		const storage = await trusted((request, response) => {
			opened++;
			response.writeHead(status, { location: `${trap.origin}${request.url}` }).end();
		});
		const safe = await startLocalServer(({ path }) => ({ body: path.includes('/reports/') ? { data: { preSignedUrl: `${storage}/a.csv?X-Amz-Signature=${LINK_SECRET}` } } : { data: { uuid: 'a-uuid-of-a-report' } } }));
		stage.bench.endWithTest(safe.close);
		const credential = { ...stage.world.credentials.safeApi, baseUrl: safe.origin, authentication: 'accessToken', accessToken: stage.pasted[0] };
		const report = await stage.bench.run('safeAuditExport', { operation: 'download' }, { safeApi: credential });
		expect(report.error?.message).toMatch(/\(SAFE-LINK-FORM\)$/);
		expect(opened).toBe(1);
		expect(trap.requests).toEqual([]);
		expect(await stage.search(`download, ${status} to http`, [report])).toEqual([]);
	});
});

test('a link to the next page on another host is not followed', async () => {
	const report = await stage.bench.run('safeUsers', { operation: 'getMany', returnAll: true }, { safeApi: stage.world.credentials.safeApi });
	expect(report.error).toBeUndefined();
	expect(stage.world.safe.trap.requests).toEqual([]);
	expect(await stage.search('next link', [report])).toEqual([]);
});

/** A proxy that keeps every byte of tunnels, and passes plain requests on. */
async function startProxy() {
	const seen: Buffer[] = [];
	const plain: Array<{ host: string; request: { method: string; path: string; headers: IncomingMessage['headers']; body: Buffer } }> = [];
	const tunnels: string[] = [];
	const server = createServer(async (request, response) => {
		const chunks: Buffer[] = [];
		for await (const chunk of request) chunks.push(chunk as Buffer);
		const url = new URL(String(request.url));
		const body = Buffer.concat(chunks);
		plain.push({ host: url.origin, request: { method: String(request.method), path: url.href, headers: request.headers, body } });
		const [status, answer, headers] = await forward(url, String(request.method), `${url.pathname}${url.search}`, request.headers, body);
		response.writeHead(status, headers).end(answer);
	});
	server.on('connect', (request: IncomingMessage, client: Socket) => {
		tunnels.push(String(request.url));
		seen.push(Buffer.from(`${request.method} ${request.url}\n${request.rawHeaders.join('\n')}`));
		const [host, port] = String(request.url).split(':');
		const upstream = connect(Number(port), host, () => client.write('HTTP/1.1 200 Connection Established\r\n\r\n'));
		client.on('data', (bytes: Buffer) => {
			seen.push(bytes);
			upstream.write(bytes);
		});
		upstream.on('data', (bytes: Buffer) => client.write(bytes)).on('close', () => client.destroy()).on('error', () => client.destroy());
		client.on('close', () => upstream.destroy()).on('error', () => upstream.destroy());
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	const before = { ...process.env };
	Object.assign(process.env, { HTTP_PROXY: url, HTTPS_PROXY: url, http_proxy: url, https_proxy: url });
	stage.bench.endWithTest(async () => {
		for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy']) {
			if (before[name] === undefined) delete process.env[name];
			else process.env[name] = before[name];
		}
		server.closeAllConnections();
		await new Promise((resolve) => server.close(resolve));
	});
	return { seen, plain, tunnels };
}

describe('a proxy', () => {
	test.each<[string, (origin: string) => Promise<unknown>, () => string]>([
		['SAFE, signing in', RUNS['SAFE, signing in'], () => stage.world.safe.url],
		['SAFE, with a pasted token', RUNS['SAFE, with a pasted token'], () => stage.world.safe.url],
		['SecurID, with a key file', RUNS['SecurID, with a key file'], () => stage.world.securId.url],
		['SecurID, with an OAuth token', RUNS['SecurID, with an OAuth token'], () => stage.world.securId.url],
	])('sees the host alone of https requests to %s', async (name, run, behind) => {
		const origin = await trusted((request, response) => void passOn(behind())(request, response));
		const { seen, tunnels, plain } = await startProxy();
		const shown = await run(origin);
		expect(new Set(tunnels)).toEqual(new Set([new URL(origin).host]));
		const owners = [...new Set(plain.map(({ host }) => host))];
		expect(owners.filter((host) => host !== stage.world.securIdAuth.url)).toEqual([]);
		expect(await stage.search(`proxy, ${name}`, [shown, seen])).toEqual([]);
	});

	test("sees nothing of plain requests on this machine but each owner's own secrets", async () => {
		const splunk = await startSplunkHec({ token: HEC_TOKEN });
		stage.bench.endWithTest(() => splunk.close());
		const { plain } = await startProxy();
		const { safe, securId, securIdAuth, storage } = stage.world;
		const shown = [
			await RUNS['SAFE, signing in'](safe.url),
			await stage.bench.run('safeAuditExport', { operation: 'download' }, { safeApi: { ...stage.world.credentials.safeApi, ...CANARY } }),
			await RUNS['SecurID, at the issuer'](securIdAuth.url),
			await RUNS['a SIEM'](splunk.url),
		];
		const owners: Record<string, string> = { [safe.url]: 'safe', [securId.url]: 'securId', [securIdAuth.url]: 'securIdAuth', [storage.url]: 'storage', [splunk.url]: 'splunk' };
		expect(new Set(plain.map(({ host }) => owners[host]))).toEqual(new Set(Object.values(owners)));
		stage.strangers.push(...Object.entries(owners).map(([url, name]) => ({ name, requests: plain.filter(({ host }) => host === url).map(({ request }) => request) })));
		expect(await stage.search('proxy, plain', shown)).toEqual([]);
	});
});
