jest.mock('n8n-workflow', () => jest.requireActual('../time').withFreePauses(jest.requireActual('n8n-workflow')));

import { useBench } from '../bench';
import { leaks, secretsOf } from '../leaks';
import { originOfNobody, startLocalServer, startUntrustedServer } from '../servers';

const bench = useBench();

const HTML = '<!DOCTYPE html><html><body>Sign in</body></html>';

describe('the test of a SAFE credential', () => {
	test.each(['x'])('p', async () => {
		const world = await bench.world();
		const { safeApi } = world.credentials;
		const html = await startLocalServer(() => ({ body: HTML, headers: { 'content-type': 'text/html' } }));
		const elsewhere = await startLocalServer(() => ({ body: { values: [], accessToken: 'x' } }));
		const redirecting = await startLocalServer(() => ({ status: 302, headers: { location: elsewhere.origin } }));
		const usersRedirecting = await startLocalServer(({ path }) => (path.endsWith('auth') ? { body: { accessToken: 'tok' } } : { status: 302, headers: { location: elsewhere.origin } }));
		const usersHtml = await startLocalServer(({ path }) => (path.endsWith('auth') ? { body: { accessToken: 'tok' } } : { body: HTML }));
		const untrusted = await startUntrustedServer();
		for (const s of [html, elsewhere, redirecting, usersRedirecting, usersHtml, untrusted]) bench.endWithTest(s.close);
		const tok = (accessToken: string, baseUrl = safeApi.baseUrl) => ({ region: 'custom', baseUrl, authentication: 'accessToken', accessToken });
		const out: string[] = [];
		for (const [label, data] of Object.entries({
			ok: safeApi,
			okBareHost: { ...safeApi, baseUrl: safeApi.baseUrl.replace('http://', '') },
			okApi: { ...safeApi, baseUrl: safeApi.baseUrl + '/api/v3/' },
			wrong: { ...safeApi, password: 'wrong' },
			html: { ...safeApi, baseUrl: html.origin },
			usersHtml: { ...safeApi, baseUrl: usersHtml.origin },
			redirecting: { ...safeApi, baseUrl: redirecting.origin },
			usersRedirecting: { ...safeApi, baseUrl: usersRedirecting.origin },
			nobody: { ...safeApi, baseUrl: await originOfNobody() },
			nobodyTok: tok('aa', await originOfNobody()),
			dns: { ...safeApi, baseUrl: 'tenant.invalid' },
			untrusted: { ...safeApi, baseUrl: untrusted.origin },
			emptyUser: { ...safeApi, username: ' ' },
			emptyPass: { ...safeApi, password: '' },
			emptyTok: tok(''),
			emptyHost: { ...safeApi, baseUrl: '' },
			http: { ...safeApi, baseUrl: 'http://us.safeone.ai' },
			path: { ...safeApi, baseUrl: 'https://us.safeone.ai/login' },
			userinfo: { ...safeApi, baseUrl: 'https://a:b@us.safeone.ai' },
			region: { ...safeApi, region: 'mars' },
			okTok: tok(world.safe.issueToken()),
			bearer: tok('Bearer ' + world.safe.issueToken()),
			expired: tok(world.safe.issueToken({ lifetimeMs: -1 })),
			denied: tok(world.safe.issueToken({ denied: true })),
			none: tok('none'),
			blocked: { ...safeApi, allowedHttpRequestDomains: 'domains', allowedDomains: 'other.example' },
		})) {
			const r = await bench.engine.testCredential('safeApi', data);
			out.push(`${label}: ${r.status} ${r.message}`);
		}
		console.log(out.join('\n'), elsewhere.requests.length);
	});
});
