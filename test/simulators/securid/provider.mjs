/*
 * The authorization server of the fake SecurID: the library oidc-provider, in a thread of its own, because the library is made of ES modules,
 * which jest does not load everywhere, and because its clock has to be that of the simulator.
 * Each message is one HTTP request with the simulator's time; each answer goes back under the request's number.
 */
import { createServer, request } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';

let nowMs = Date.now();
const MachineDate = Date;
globalThis.Date = class extends MachineDate {
	constructor(...parts) {
		super(...(parts.length === 0 ? [nowMs] : parts));
	}

	static now() {
		return nowMs;
	}
};

const { issuer, clients, scopes, audience, signingKey, tokenLifetimeSec, refuseFutureIat } = workerData;
// Loaded after the clock is in place.
const { default: Provider, errors } = await import('oidc-provider');

const path = new URL(issuer).pathname;
const provider = new Provider(issuer, {
	clients: clients.map(({ clientId, publicJwk, alg, scope }) => ({
		client_id: clientId,
		token_endpoint_auth_method: 'private_key_jwt',
		token_endpoint_auth_signing_alg: alg,
		jwks: { keys: [publicJwk] },
		grant_types: ['client_credentials'],
		redirect_uris: [],
		response_types: [],
		scope,
	})),
	scopes,
	clientAuthMethods: ['private_key_jwt'],
	// The vendor forgives 60 seconds to tokens (documented for key files; assumed for assertions).
	clockTolerance: 60,
	assertJwtClientAuthClaimsAndHeader: (_ctx, { iat }) => {
		if (refuseFutureIat && iat > nowMs / 1000 + 60) throw new errors.InvalidClientAuth('issued in the future');
	},
	jwks: { keys: [signingKey] },
	routes: { token: `${path}/token`, jwks: `${path}/jwks` },
	features: {
		clientCredentials: { enabled: true },
		devInteractions: { enabled: false },
		resourceIndicators: {
			enabled: true,
			defaultResource: () => audience,
			getResourceServerInfo: () => ({
				scope: scopes.join(' '),
				audience,
				accessTokenTTL: tokenLifetimeSec,
				accessTokenFormat: 'jwt',
				jwt: { sign: { alg: signingKey.alg } },
			}),
		},
	},
});
provider.proxy = true;

const server = createServer(provider.callback());
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address();

parentPort.on('message', ({ id, nowMs: time, method, target, headers, body }) => {
	nowMs = time;
	const outgoing = request({ host: '127.0.0.1', port, method, path: target, headers }, async (answer) => {
		const parts = [];
		for await (const part of answer) parts.push(part);
		parentPort.postMessage({ id, status: answer.statusCode, headers: answer.headers, body: Buffer.concat(parts).toString() });
	});
	outgoing.on('error', (error) => parentPort.postMessage({ id, error: String(error) }));
	outgoing.end(body);
});
parentPort.postMessage({ ready: true });
