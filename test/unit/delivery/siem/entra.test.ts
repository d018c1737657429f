import type { HttpRequest, HttpResponse } from '../../../../nodes/shared/core/http';
import { TransportError } from '../../../../nodes/shared/core/http';
import { sessionFor, signInToEntra, tokenOfSession } from '../../../../nodes/shared/delivery/siem/entra';
import type { SiemCredential } from '../../../../nodes/shared/delivery/siem/credential';

const CREDENTIAL: SiemCredential = { destination: 'sentinel', dceUrl: 'https://d.example.com', tenantId: 'a tenant', clientId: 'client', clientSecret: 's&=+' };

async function signIn(credential: SiemCredential, answer: Partial<HttpResponse> | Error) {
	const requests: HttpRequest[] = [];
	const token = await signInToEntra(
		credential,
		async (request) => {
			requests.push(request);
			if (answer instanceof Error) throw answer;
			return { status: 200, headers: {}, text: '', ...answer };
		},
		0,
	);
	return { token, request: requests[0], form: Object.fromEntries(new URLSearchParams(new TextDecoder().decode(requests[0].body))) };
}

it("asks Entra's token endpoint of the tenant for Azure Monitor, with the client's id and secret", async () => {
	const { token, request, form } = await signIn(CREDENTIAL, { text: '{"access_token":"opaque"}' });
	expect(token).toBe('opaque');
	expect(request).toMatchObject({ method: 'POST', url: 'https://login.microsoftonline.com/a%20tenant/oauth2/v2.0/token' });
	expect(form).toEqual({ grant_type: 'client_credentials', client_id: 'client', client_secret: 's&=+', scope: 'https://monitor.azure.com//.default' });
});

it('asks another authority for another scope where the credential names them', async () => {
	const national = { ...CREDENTIAL, authority: 'https://login.microsoftonline.us/', scope: 'https://monitor.azure.us//.default' };
	const { request, form } = await signIn(national, { text: '{"access_token":"opaque"}' });
	expect([new URL(request.url).host, form.scope]).toEqual(['login.microsoftonline.us', 'https://monitor.azure.us//.default']);
});

it.each<[string, Partial<HttpResponse> | Error, string]>([
	['a secret that has run out', { status: 401, text: '{"error_description":"AADSTS7000222"}' }, 'SIEM-SIGN-IN'],
	['a tenant that does not exist', { status: 400, text: '{"error":"invalid_request"}' }, 'SIEM-SIGN-IN'],
	['an authority that is busy', { status: 503 }, 'SIEM-5XX-SERVER'],
	['an authority that sends on', { status: 302 }, 'SIEM-REDIRECT'],
	['an answer without a token', { text: '{"token":"x"}' }, 'SIEM-SIGN-IN-SHAPE'],
	['an answer that is no JSON', { text: 'hello' }, 'SIEM-SIGN-IN-SHAPE'],
	['a host without an answer', new TransportError('timeout', 'ETIMEDOUT'), 'SIEM-NET-TIMEOUT'],
])('tells %s by its code', async (_case, answer, code) => {
	await expect(signIn(CREDENTIAL, answer)).rejects.toMatchObject({ code });
});

it('keeps a token for the very fields that it was given for', () => {
	const sessionToken = sessionFor(CREDENTIAL, 'opaque');
	expect(tokenOfSession({ ...CREDENTIAL, sessionToken })).toBe('opaque');
	for (const change of [{ clientSecret: 'new' }, { clientId: 'new' }, { tenantId: 'new' }, { dceUrl: 'https://other.example.com' }, { authority: 'https://x.example.com' }, { scope: 'new' }]) {
		expect(tokenOfSession({ ...CREDENTIAL, sessionToken, ...change })).not.toContain('opaque');
	}
	expect(tokenOfSession(CREDENTIAL)).toBe('signed-out');
});
