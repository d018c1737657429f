import type { SafeCredential } from '../../../nodes/shared/safe/host';
import { signIn } from '../../../nodes/shared/safe/signIn';
import { answer, broken, type Scripted, scriptedSend } from '../answers';
import { START_MS } from '../clock';
import { failureOf, shownText } from '../failures';
import { rawFixture } from '../fixtures';

const PASSWORD = 's3cr3t-pässword: with colon ';
const CREDENTIAL: SafeCredential = { region: 'eu', username: 'api-user', password: PASSWORD };
const TOKEN = 'opaque-bearer-token-0123456789';

async function signedIn(scripted: Scripted, credential: SafeCredential = CREDENTIAL) {
	const server = scriptedSend(scripted);
	const outcome = signIn(credential, server.send, START_MS);
	return { ...server, token: await outcome };
}

describe('signing in', () => {
	it('sends one POST with Basic authentication and no body to the host of the credential', async () => {
		const { token, requests } = await signedIn(
			answer(200, { accessToken: TOKEN, status: 'ok', expiresIn: '1h' }),
		);
		expect(token).toBe(TOKEN);
		const basic = Buffer.from(`api-user:${PASSWORD}`, 'utf8').toString('base64');
		expect(requests).toEqual([
			{
				method: 'POST',
				url: 'https://eu.safeone.ai/api/v3/auth',
				headers: { authorization: `Basic ${basic}`, accept: 'application/json' },
				timeoutMs: 30_000,
			},
		]);
	});

	it.each<[string, unknown]>([
		['accessToken', { accessToken: TOKEN }],
		['access_token', { access_token: TOKEN }],
		['data.accessToken', { data: { accessToken: TOKEN } }],
	])('finds the token as %s', async (_label, body) => {
		expect((await signedIn(answer(201, body))).token).toBe(TOKEN);
	});

	it('takes the blanks off a pasted user name and leaves the password alone', async () => {
		const { requests } = await signedIn(answer(200, { accessToken: TOKEN }), {
			...CREDENTIAL,
			username: ' api-user\n',
		});
		const sent = requests[0].headers?.authorization.replace('Basic ', '') ?? '';
		expect(Buffer.from(sent, 'base64').toString()).toBe(`api-user:${PASSWORD}`);
	});
});

describe('a sign-in that is not accepted', () => {
	it.each<[string, Scripted, string]>([
		['400', answer(400, { message: 'bad' }), 'SAFE-401-PASSWORD'],
		['401', answer(401, rawFixture('safe/users-refused-401.raw.json')), 'SAFE-401-PASSWORD'],
		['403', answer(403, rawFixture('safe/users-refused-403.raw.json')), 'SAFE-401-PASSWORD'],
		['404', answer(404), 'SAFE-404-URL'],
		['405', answer(405), 'SAFE-4XX-REQUEST'],
		['429', answer(429), 'SAFE-429-RATE'],
		['a redirect', answer(302, '', { location: 'https://other.example.com' }), 'SAFE-REDIRECT'],
		['503', answer(503), 'SAFE-5XX-SERVER'],
		['a web page', answer(200, '<html>Sign in</html>'), 'SAFE-BODY-HTML'],
		['plain text', answer(200, 'OK'), 'SAFE-BODY-JSON'],
		['no token', answer(200, { status: 'ok' }), 'SAFE-AUTH-SHAPE'],
		['299 without a token', answer(299, { status: 'ok' }), 'SAFE-AUTH-SHAPE'],
		['no data', answer(200, { data: null }), 'SAFE-AUTH-SHAPE'],
		['null', answer(200, 'null'), 'SAFE-BODY-JSON'],
		['an empty token', answer(200, { accessToken: '' }), 'SAFE-AUTH-SHAPE'],
		['a token that is no text', answer(200, { accessToken: { value: TOKEN } }), 'SAFE-AUTH-SHAPE'],
		['a lost connection', broken('reset'), 'SAFE-NET-RESET'],
		['an unknown host', broken('dns', 'ENOTFOUND'), 'SAFE-NET-HOST'],
	])('is told as such and not repeated: %s', async (_label, scripted, code) => {
		const server = scriptedSend(scripted);
		const failure = await failureOf(async () => await signIn(CREDENTIAL, server.send, START_MS));
		expect(failure.code).toBe(code);
		expect(server.requests).toHaveLength(1);
		expect(shownText(failure)).not.toMatch(/s3cr3t|Basic [A-Za-z0-9]/);
	});

	it.each<[string, SafeCredential, string]>([
		['user name', { ...CREDENTIAL, username: ' ' }, '"API Username" is empty (SAFE-FIELD-EMPTY)'],
		['password', { ...CREDENTIAL, password: '' }, '"API Password" is empty (SAFE-FIELD-EMPTY)'],
		['password member', { region: 'eu', username: 'api-user' }, '"API Password" is empty (SAFE-FIELD-EMPTY)'],
		['user name and password', {}, '"API Username" is empty (SAFE-FIELD-EMPTY)'],
	])('is not even tried without a %s', async (_label, credential, message) => {
		const server = scriptedSend();
		const failure = await failureOf(async () => await signIn(credential, server.send, START_MS));
		expect(failure.message).toBe(message);
		expect(server.requests).toHaveLength(0);
	});

	it.each<[string, string]>([
		['cut off inside the token', JSON.stringify({ status: 'ok', accessToken: TOKEN }).slice(0, 45)],
		['damaged after the token', `{"accessToken":"${TOKEN}",`],
		['of a token that is no JSON', `accessToken=${TOKEN}`],
		['of a bare bearer token', `Bearer ${TOKEN}`],
	])('shows no part of a token when the answer is %s', async (_label, text) => {
		const failure = await failureOf(async () => await signedIn(answer(200, text)));
		expect(failure.code).toBe('SAFE-BODY-JSON');
		expect(shownText(failure)).not.toContain('opaque-bearer');
	});
});
