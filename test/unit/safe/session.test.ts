import type { SafeCredential } from '../../../nodes/shared/safe/host';
import { sessionFor, tokenOfSession } from '../../../nodes/shared/safe/session';

const CREDENTIAL: SafeCredential = { region: 'eu', username: 'api-user', password: 's3cr3t-pass' };
const TOKEN = 'header.payload.signature';

function kept(credential: SafeCredential): SafeCredential {
	return { ...CREDENTIAL, sessionToken: sessionFor(credential, TOKEN) };
}

it('a kept token is used with the fields it was given for, unchanged', () => {
	expect(tokenOfSession(kept(CREDENTIAL))).toBe(TOKEN);
});

it.each<[string, SafeCredential]>([
	['region', { ...CREDENTIAL, region: 'us' }],
	['host', { ...CREDENTIAL, region: 'custom', baseUrl: 'https://other.example.com' }],
	['user name', { ...CREDENTIAL, username: 'other' }],
	['password', { ...CREDENTIAL, password: 'other' }],
])('a kept token is not sent once the %s has changed', (_label, before) => {
	expect(tokenOfSession(kept(before))).not.toContain(TOKEN);
});

it.each([undefined, '', TOKEN, `0123456789abcdef.${TOKEN}`])(
	'a kept text without the mark is not sent: %s',
	(sessionToken) => {
		expect(tokenOfSession({ ...CREDENTIAL, sessionToken })).not.toContain('payload');
	},
);

it('the mark tells neither password nor user name', () => {
	expect(sessionFor(CREDENTIAL, TOKEN)).not.toMatch(/s3cr3t|api-user/);
});
