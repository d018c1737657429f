jest.mock('n8n-workflow', () => jest.requireActual('../time').withFreePauses(jest.requireActual('n8n-workflow')));

import { useBench } from '../bench';
import { originOfNobody, startLocalServer, startUntrustedServer } from '../servers';

const bench = useBench();

const HTML = '<!DOCTYPE html><html><body>Sign in</body></html>';
test('p', async () => {
		const world = await bench.world();
		const { keyFile } = world.securId;
		const html = await startLocalServer(() => ({ body: HTML, headers: { 'content-type': 'text/html' } }));
		const elsewhere = await startLocalServer(() => ({ body: { values: [], accessToken: 'x' } }));
		const redirecting = await startLocalServer(() => ({ status: 302, headers: { location: elsewhere.origin } }));
		const s404 = await startLocalServer(() => ({ status: 404, body: {} }));
		const s429 = await startLocalServer(() => ({ status: 429, body: {} }));
		const untrusted = await startUntrustedServer();
		for (const s of [html, elsewhere, redirecting, s404, s429, untrusted]) bench.endWithTest(s.close);
		const file = (more: object) => ({ keySource: 'file', privateKeyFile: JSON.stringify({ ...keyFile, ...more }) });
		const at = (origin: string) => file({ adminRestApiUrl: `${origin}/AdminInterface/restapi/` });
		const fields = (more: object = {}) => ({ keySource: 'fields', accessId: keyFile.accessID, privateKey: keyFile.accessKey, apiUrl: keyFile.adminRestApiUrl, ...more });
		const out: string[] = [];
		for (const [label, data] of Object.entries({
			ok: file({}),
			fields: fields(),
			accessid: file({ accessID: 'other' }),
			aud: file({ adminRestApiUrl: keyFile.adminRestApiUrl.replace(/\/$/, '') }),
			truncated: file({ accessKey: keyFile.accessKey.slice(0, 400) }),
			nokey: file({ accessKey: '' }),
			notJson: { keySource: 'file', privateKeyFile: 'hello' },
			pem: { keySource: 'file', privateKeyFile: keyFile.accessKey },
			empty: { keySource: 'file', privateKeyFile: '' },
			http: file({ adminRestApiUrl: 'http://example.access.securid.com/AdminInterface/restapi/' }),
			bare: file({ adminRestApiUrl: 'example.access.securid.com/AdminInterface/restapi/' }),
			nobody: at(await originOfNobody()),
			dns: at('https://tenant.invalid'),
			tls: at(untrusted.origin),
			html: at(html.origin), redirecting: at(redirecting.origin), s404: at(s404.origin), s429: at(s429.origin),
			fNoId: fields({ accessId: '' }), fNoKey: fields({ privateKey: '' }), fNoUrl: fields({ apiUrl: '' }),
			fTrunc: fields({ privateKey: keyFile.accessKey.slice(0, 300) }),
		})) {
			const r = await bench.engine.testCredential('securIdApi', data);
			out.push(`${label}: ${r.status} ${r.message}`);
		}
		console.log(out.join('\n'), elsewhere.requests.length);
});
