import { apiBaseUrl } from '../../../nodes/shared/securid/keyFile';
import { failureOf, shownText } from '../failures';

const FIELD = 'Administration API URL';
const BASE_URL = 'https://example.access.securid.com/AdminInterface/restapi';

it.each([
	BASE_URL,
	`${BASE_URL}/`,
	`${BASE_URL}//`,
	`${BASE_URL}/v1`,
	`${BASE_URL}/v1/`,
	`  ${BASE_URL}/\n`,
	`\uFEFF${BASE_URL}\uFFFC`,
	`${BASE_URL}?x=1#top`,
	'https://example.access.securid.com',
	'https://example.access.securid.com/',
	'https://example.access.securid.com/AdminInterface',
	'https://EXAMPLE.access.securid.com:443/AdminInterface/restapi',
])('requests start at the same place for %j', (pasted) => {
	expect(apiBaseUrl(pasted, FIELD)).toBe(BASE_URL);
});

it.each([
	[
		'https://na3.access.securid.com/AdminInterface/restapi',
		'https://na3.access.securid.com/AdminInterface/restapi',
	],
	[
		'https://gateway.example.com/rsa/AdminInterface/restapi/v1',
		'https://gateway.example.com/rsa/AdminInterface/restapi',
	],
	['https://gateway.example.com:8443/rsa', 'https://gateway.example.com:8443/rsa/AdminInterface/restapi'],
	['http://127.0.0.1:8080/AdminInterface/restapi', 'http://127.0.0.1:8080/AdminInterface/restapi'],
	['https://gateway.example.com/v1/rsa', 'https://gateway.example.com/v1/rsa/AdminInterface/restapi'],
	['http://localhost:8080', 'http://localhost:8080/AdminInterface/restapi'],
	['http://[::1]:8080/', 'http://[::1]:8080/AdminInterface/restapi'],
])('requests for %s start at %s', (pasted, base) => {
	expect(apiBaseUrl(pasted, FIELD)).toBe(base);
});

it.each<[string, string, string]>([
	['nothing', '', 'it is empty'],
	['invisible characters', '\uFEFF \u200B', 'it is empty'],
	['http', 'http://example.access.securid.com/AdminInterface/restapi', 'it does not start with https://'],
	[
		'a host that only begins like this machine',
		'http://127.0.0.1.example.com/',
		'it does not start with https://',
	],
	['another scheme', 'ftp://example.access.securid.com', 'it does not start with https://'],
	['a host without a scheme', 'example.access.securid.com', 'it does not start with https://'],
	['words', 'my tenant', 'it does not start with https://'],
	['a password', 'https://admin:s3cr3t-pass@example.access.securid.com/', 'it holds a user name or password'],
	['a user name', 'https://s3cr3t-pass@example.access.securid.com/', 'it holds a user name or password'],
])('%s is refused, and the field is named without its content', async (_label, pasted, detail) => {
	const failure = await failureOf(() => apiBaseUrl(pasted, FIELD));
	expect(failure.message).toBe(`"${FIELD}" is not a usable address: ${detail} (SECURID-URL)`);
	expect(shownText(failure)).not.toContain('s3cr3t-pass');
});
