import { safeOrigin } from '../../../nodes/shared/safe/host';
import { failureOf, shownText } from '../failures';

describe('a region', () => {
	it.each([
		['us', 'https://us.safeone.ai'],
		['eu', 'https://eu.safeone.ai'],
		['ap', 'https://ap.safeone.ai'],
		['au', 'https://au.safeone.ai'],
	])('%s has its published host', (region, origin) => {
		expect(safeOrigin({ region })).toBe(origin);
	});

	it('is the United States unless another is chosen', () => {
		expect(safeOrigin({})).toBe('https://us.safeone.ai');
	});

	it('wins over a host that stayed in the form', () => {
		expect(safeOrigin({ region: 'eu', baseUrl: 'https://other.example.com' })).toBe('https://eu.safeone.ai');
	});

	it.each(['', 'uk', 'us.safeone.ai', 'us@example.com', '__proto__', 'us/../x'])(
		'%j is refused when it is not in the list',
		async (region) => {
			expect(await failureOf(() => safeOrigin({ region }))).toMatchObject({
				code: 'SAFE-HOST',
				message: `"Region" is not a usable address: "${region}" is not in the list (SAFE-HOST)`,
			});
		},
	);
});

describe('a custom host', () => {
	it.each([
		['tenant.safeone.ai', 'https://tenant.safeone.ai'],
		['https://tenant.safeone.ai', 'https://tenant.safeone.ai'],
		['https://tenant.safeone.ai/', 'https://tenant.safeone.ai'],
		['tenant.safeone.ai/?from=https://portal.example.com', 'https://tenant.safeone.ai'],
		['https://tenant.safeone.ai/api/v3', 'https://tenant.safeone.ai'],
		['https://tenant.safeone.ai/api/v3/', 'https://tenant.safeone.ai'],
		['  HTTPS://TENANT.safeone.ai \n', 'https://tenant.safeone.ai'],
		['\uFEFFtenant.safeone.ai\u200B', 'https://tenant.safeone.ai'],
		['demo.safeone.io:8443', 'https://demo.safeone.io:8443'],
		['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
		['http://localhost:8080/api/v3', 'http://localhost:8080'],
		['http://[::1]:8080', 'http://[::1]:8080'],
	])('%j is taken as %s', (baseUrl, origin) => {
		expect(safeOrigin({ region: 'custom', baseUrl })).toBe(origin);
	});

	it.each<[string, string, string]>([
		['nothing', '', 'it is empty'],
		['invisible characters', ' \u200B\n', 'it is empty'],
		['http', 'http://tenant.safeone.ai', 'it does not start with https://'],
		[
			'a host that only begins like this machine',
			'http://localhost.example.com',
			'it does not start with https://',
		],
		['another scheme', 'ftp://tenant.safeone.ai', 'it does not start with https://'],
		[
			'a user name and password',
			'https://user:s3cr3t-pass@tenant.safeone.ai',
			'it holds a user name or password',
		],
		['a user name alone', 's3cr3t-pass@tenant.safeone.ai', 'it holds a user name or password'],
		['another path', 'https://tenant.safeone.ai/login', 'it has a path; the host alone is wanted'],
		['the right path behind another', 'https://tenant.safeone.ai/app/api/v3', 'it has a path; the host alone is wanted'],
		['a longer path', 'https://tenant.safeone.ai/api/v3/users', 'it has a path; the host alone is wanted'],
		['no host at all', 'https://', 'it is not a host name'],
		['two words', 'tenant one.safeone.ai', 'it has blanks or invisible characters inside'],
		['two hosts', 'https://a.example.com,b.example.com:x', 'it is not a host name'],
	])('is refused when it holds %s, and its content is not shown', async (_label, baseUrl, detail) => {
		const failure = await failureOf(() => safeOrigin({ region: 'custom', baseUrl }));
		expect(failure.message).toBe(`"Custom Host" is not a usable address: ${detail} (SAFE-HOST)`);
		expect(shownText(failure)).not.toContain('s3cr3t-pass');
	});
});
