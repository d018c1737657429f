import { type HttpRequest, TransportError } from '../../../../nodes/shared/core/http';
import type { SiemCredential } from '../../../../nodes/shared/delivery/siem/credential';
import { signInToEntra } from '../../../../nodes/shared/delivery/siem/entra';
import { failureOf } from '../../failures';

const CREDENTIAL: SiemCredential = { destination: 'sentinel', tenantId: ' t ', clientId: ' c ', clientSecret: ' s ', authority: ' ', scope: ' ' };
const refused = async (status: number, text = '', credential = CREDENTIAL) => await failureOf(async () => await signInToEntra(credential, async () => ({ status, headers: {}, text }), 0));

it('is signed in without the blanks around its fields, as a form that says its character set', async () => {
	const requests: HttpRequest[] = [];
	await signInToEntra(CREDENTIAL, async (request) => (requests.push(request), { status: 200, headers: {}, text: '{"access_token":"t"}' }), 0);
	expect(requests).toMatchObject([{ url: 'https://login.microsoftonline.com/t/oauth2/v2.0/token', headers: { 'content-type': 'application/x-www-form-urlencoded;charset=utf-8', accept: 'application/json' }, timeoutMs: 30_000 }]);
	expect(new TextDecoder().decode(requests[0].body)).toBe('grant_type=client_credentials&client_id=c&client_secret=s&scope=https%3A%2F%2Fmonitor.azure.com%2F%2F.default');
});

it.each([
	['tenantId', 'Tenant ID'],
	['clientId', 'Client ID'],
	['clientSecret', 'Client Secret'],
])('asks for %s by its name on screen where it is empty', async (field, name) => {
	expect((await refused(200, '', { ...CREDENTIAL, [field]: '' })).message).toBe(`"${name}" is empty (SIEM-FIELD-EMPTY)`);
});

it('names the fields, and repeats the words of the answer, whatever status refuses them', async () => {
	for (const status of [400, 401, 403]) {
		const { message, advice, details } = await refused(status, '{"error_description":"AADSTS7000222: too old"}');
		expect([message, details.status]).toEqual(['Microsoft Entra did not accept "Tenant ID", "Client ID" and "Client Secret" of this credential (SIEM-SIGN-IN)', status]);
		expect(advice).toContain('AADSTS7000222: too old');
	}
	expect((await refused(404)).message).toBe('Microsoft Entra was not found at the address in "Authority" (SIEM-404-URL)');
	expect((await refused(413)).message).toBe('Microsoft Entra refused the request (HTTP 413) (SIEM-4XX-REQUEST)');
});

it.each([
	['{"token":"x","b":1}', 'token, b'],
	['{"access_token":7}', 'access_token'],
	['{"access_token":""}', 'access_token'],
	[JSON.stringify(Object.fromEntries(Array.from({ length: 13 }, (_none, at) => [`m${at}`, at]))), 'm0, m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11'],
	['{}', 'none'],
	['null', 'none'],
	['"text"', 'none'],
	['hello', 'none'],
])('shows of the answer %s its members alone', async (text, seen) => {
	expect((await refused(200, text)).advice).toContain(`Members seen: ${seen}.`);
});

it('names its own host where that cannot be reached', async () => {
	const failure = await failureOf(async () => await signInToEntra(CREDENTIAL, async () => await Promise.reject(new TransportError('dns', 'ENOTFOUND')), 0));
	expect(failure.message).toBe('The host in "Authority" is not known to DNS (SIEM-NET-HOST)');
});
