import { rmSync } from 'node:fs';
import type { Engine } from './index';
import { routeHosts, singleNodeWorkflow, startEngine } from './index';
import type { Answer, LocalServer, ReceivedRequest } from './localServer';
import { startLocalServer } from './localServer';
import { nodeSource, writePackage } from './packageOnDisk';

let engine: Engine;
let folder: string;
let server: LocalServer;
let answer: (request: ReceivedRequest) => Answer;

/** A credential with a token that it fetches itself, and which only the node "Asker" may use. */
const tokenCredential = `
exports.TokenApi = class TokenApi {
	name = 'tokenApi'; displayName = 'Token API'; restrictToSupportedNodes = true;
	properties = [
		{ displayName: 'Server', name: 'server', type: 'string', default: 'https://token.example.com' },
		{ displayName: 'User', name: 'user', type: 'string', default: '' },
		{ displayName: 'Token', name: 'token', type: 'hidden', default: '', typeOptions: { expirable: true } },
	];
	async preAuthentication(credentials) {
		const body = { user: credentials.user };
		return await this.helpers.httpRequest({ method: 'POST', url: credentials.server + '/token', body, json: true });
	}
	authenticate = { type: 'generic', properties: { headers: { '=X-{{$credentials.user}}': '={{$credentials.token}}' } } };
	test = {
		request: { baseURL: '={{$credentials.server}}', url: '/me' },
		rules: [
			{ type: 'responseCode', properties: { value: 418, message: 'The server is a teapot' } },
			{ type: 'responseSuccessBody', properties: { key: 'user.state', value: 'locked', message: 'This user is locked' } },
		],
	};
};`;

const asker = nodeSource(
	'Asker',
	'asker',
	`const url = this.getNodeParameter('url', 0);
	return [[{ json: await this.helpers.httpRequestWithAuthentication.call(this, 'tokenApi', { url, json: true }) }]];`,
	`credentials: [{ name: 'tokenApi', required: true, displayOptions: { show: { mode: ['token'] } } }],
	properties: [
		{ displayName: 'URL', name: 'url', type: 'string', default: '' },
		{ displayName: 'Mode', name: 'mode', type: 'options', options: [{ name: 'Token', value: 'token' }, { name: 'None', value: 'none' }], default: 'token' },
	],`,
);

beforeAll(async () => {
	folder = writePackage('n8n-nodes-probe', {
		nodes: { Asker: asker },
		credentials: { TokenApi: tokenCredential },
	});
	engine = await startEngine({ packageDirectory: folder });
	server = await startLocalServer((request) => answer(request));
});

beforeEach(() => {
	server.requests.length = 0;
	let tokens = 0;
	answer = ({ path }) => ({
		body: path === '/token' ? { token: `t${++tokens}` } : { user: { state: 'active' } },
	});
});

afterAll(async () => {
	await engine.stop();
	await server.close();
	rmSync(folder, { recursive: true });
});

const asked = () =>
	server.requests.map(({ method, path, headers }) => `${method} ${path} ${headers['x-ann'] ?? '-'}`);
const workflow = (parameters: object = {}) =>
	singleNodeWorkflow('n8n-nodes-probe.asker', { url: `${server.origin}/data`, ...parameters });

describe('a run', () => {
	test('fetches a token once, and later runs with the same data use it again', async () => {
		const credentials = { tokenApi: { user: 'ann', server: server.origin } };
		await engine.run(workflow(), { credentials });
		await engine.run(workflow(), { credentials: { tokenApi: { server: server.origin, user: 'ann' } } });
		expect(asked()).toEqual(['POST /token -', 'GET /data t1', 'GET /data t1']);
	});

	test('fetches a new token when the server refuses the old one, and keeps the new one', async () => {
		const credentials = { tokenApi: { user: 'ann', server: server.origin, note: 'another credential' } };
		await engine.run(workflow(), { credentials });
		const usual = answer;
		answer = (request) => (request.headers['x-ann'] === 't1' ? { status: 401 } : usual(request));
		const report = await engine.run(workflow(), { credentials });
		await engine.run(workflow(), { credentials });
		expect(report.status).toBe('success');
		expect(asked()).toEqual([
			...['POST /token -', 'GET /data t1'],
			...['GET /data t1', 'POST /token -', 'GET /data t2'],
			'GET /data t2',
		]);
	});

	test('gives a credential only to a node whose parameters show its drop-down', async () => {
		const report = await engine.run(workflow({ mode: 'none' }), {
			credentials: { tokenApi: { user: 'ann' } },
		});
		expect(report).toMatchObject({
			status: 'error',
			lastNode: 'Node',
			error: { message: 'Credentials not found' },
		});
		expect(asked()).toEqual([]);
	});

	test('keeps a credential restricted to its own nodes from HTTP Request', async () => {
		const request = singleNodeWorkflow(
			'n8n-nodes-base.httpRequest',
			{
				url: server.origin,
				authentication: 'predefinedCredentialType',
				nodeCredentialType: 'tokenApi',
				options: {},
			},
			{ typeVersion: 4.2 },
		);
		const report = await engine.run(request, { credentials: { tokenApi: { user: 'ann' } } });
		expect(report.error?.message).toBe('Credential type "tokenApi" is restricted to specific nodes');
		expect(asked()).toEqual([]);
	});

	test('reaches HTTP Request with a credential of a predefined type', async () => {
		const request = singleNodeWorkflow(
			'n8n-nodes-base.httpRequest',
			{
				url: server.origin,
				authentication: 'predefinedCredentialType',
				nodeCredentialType: 'githubApi',
				options: {},
			},
			{ typeVersion: 4.2 },
		);
		await engine.run(request, { credentials: { githubApi: { accessToken: 'gh-1' } } });
		expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(['token gh-1']);
	});
});

describe('a credential test', () => {
	const tryOut = async (data: object = {}) =>
		await engine.testCredential('tokenApi', { user: 'ann', server: server.origin, ...data });

	test('fetches a token and says that the connection works', async () => {
		expect(await tryOut({ note: 1 })).toEqual({ status: 'OK', message: 'Connection successful!' });
		expect(asked()).toEqual(['POST /token -', 'GET /me t1']);
		await engine.run(workflow(), {
			credentials: { tokenApi: { user: 'ann', server: server.origin, note: 1 } },
		});
		expect(asked().at(-1)).toBe('GET /data t1');
	});

	test.each<[string, Answer, string]>([
		['a status with a rule', { status: 418 }, 'The server is a teapot'],
		['a status without one', { status: 403 }, 'Forbidden'],
		['an answer a rule speaks of', { body: { user: { state: 'locked' } } }, 'This user is locked'],
	])('says why it failed after %s', async (_case, given, message) => {
		const usual = answer;
		answer = (request) => (request.path === '/me' ? given : usual(request));
		expect(await tryOut()).toEqual({ status: 'Error', message });
	});

	test('gives the error code when the server cannot be reached', async () => {
		const gone = await startLocalServer(() => ({}));
		await gone.close();
		expect(await tryOut({ server: gone.origin })).toEqual({ status: 'Error', message: 'ECONNREFUSED' });
	});

	test('of a built-in type goes to the real host, which is routed here', async () => {
		const routes = routeHosts({ 'https://api.github.com': server.origin });
		answer = ({ headers }) => ({ status: headers.authorization === 'token right' ? 200 : 401, body: {} });
		const results = [
			await engine.testCredential('githubApi', { accessToken: 'right' }),
			await engine.testCredential('githubApi', { accessToken: 'wrong' }),
		];
		routes.restore();
		expect(results).toEqual([
			{ status: 'OK', message: 'Connection successful!' },
			{ status: 'Error', message: 'Unauthorized' },
		]);
		// n8n repeats a request that was refused with 401 once, whether or not the credential has a token to renew.
		expect(
			server.requests.map(({ path, headers }) => `${headers.host}${path} ${headers.authorization}`),
		).toEqual([
			'api.github.com/user token right',
			'api.github.com/user token wrong',
			'api.github.com/user token wrong',
		]);
	});

	test('runs the function of a node that tests the credential', async () => {
		answer = () => ({ body: { ok: false, error: 'invalid_auth' } });
		const routes = routeHosts({ 'https://slack.com': server.origin });
		const tested = await engine.testCredential('slackApi', { accessToken: 'x' });
		const untested = await engine.testCredential('httpHeaderAuth', { name: 'a', value: 'b' });
		routes.restore();
		expect(tested).toEqual({ status: 'Error', message: expect.any(String) });
		expect(untested).toEqual({ status: 'Error', message: 'No testing function found for this credential.' });
	});
});
