import { cleanVendorText, isWebPage, vendorSentence } from '../../../nodes/shared/core/vendorText';
import { PKCS1 } from '../keys';

const JWT =
	'eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMzlmNjQ5NSIsImlhdCI6MX0.c2lnbmF0dXJlLW9mLXRoaXMtdG9rZW4';

describe("the vendor's sentence", () => {
	it.each<[string, string, string]>([
		['a message', '{"message":"Unauthorized"}', 'Unauthorized'],
		['a message with a capital letter', '{"Message":"User is not authorized"}', 'User is not authorized'],
		[
			'a status and a message',
			'{"status":"error","message":"invalid authorization header!"}',
			'invalid authorization header!',
		],
		[
			'success and a message',
			'{"success":false,"message":"Report not found for report id:1"}',
			'Report not found for report id:1',
		],
		['a description', '{"code":"400 BAD_REQUEST","description":"bad time"}', 'bad time'],
		['an OAuth refusal', '{"error":"invalid_client","error_description":"unknown client"}', 'unknown client'],
		['an error alone', '{"error":"invalid_scope"}', 'invalid_scope'],
		['an error with a message', '{"error":{"message":"deep"}}', 'deep'],
		[
			"SecurID's own refusal",
			'{"timestamp":1749938869908,"status":403,"error":"Forbidden","message":"Server failed to process provided access token","path":"/x"}',
			'Server failed to process provided access token',
		],
		['an empty message and an error', '{"message":"","error":"Forbidden"}', 'Forbidden'],
		['a message that is no text', '{"message":{"a":1},"error":"Forbidden"}', 'Forbidden'],
		['a reason of Elasticsearch', '{"error":{"type":"a","reason":"no such index"},"status":404}', 'no such index'],
		['the first detail of Datadog', '{"errors":[{"status":"400","detail":"bad payload"}]}', 'bad payload'],
		['a text of Splunk', '{"text":"Incorrect index","code":7}', 'Incorrect index'],
		['a JSON text', '"just text"', 'just text'],
		['plain text', 'upstream connect error', 'upstream connect error'],
		[
			"storage's XML",
			'<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Request has expired</Message><RequestId>1</RequestId></Error>',
			'AccessDenied: Request has expired',
		],
		['XML without a code', '<Error><Message>Denied</Message></Error>', 'Denied'],
		['JSON without a known member', '{"a":1}', '{"a":1}'],
		['JSON that is cut off', '{"message":"Unauth', '{"message":"Unauth'],
		['a web page', '<!DOCTYPE html><html><body>Sign in</body></html>', ''],
		['nothing', '', ''],
		['blanks', ' \r\n ', ''],
		['null', 'null', 'null'],
	])('is found in %s', (_label, body, sentence) => {
		expect(vendorSentence(body)).toBe(sentence);
	});

	it('is cut to the beginning of a long text', () => {
		expect(vendorSentence('x'.repeat(5_000))).toBe('x'.repeat(200));
		expect(vendorSentence(JSON.stringify({ message: 'y'.repeat(5_000) }))).toBe(`${'y'.repeat(299)}…`);
	});
});

describe('secrets', () => {
	const hidden = [
		JWT.slice(0, 40),
		JWT.split('.')[1],
		JWT.split('.')[2],
		's3cr3t-value',
		...PKCS1.split('\n').slice(1, -2),
	];

	it.each<[string, string, string]>([
		['a token', `Token ${JWT} is not accepted`, 'Token [token removed] is not accepted'],
		[
			'a token without its signature',
			`Token ${JWT.slice(0, JWT.lastIndexOf('.'))} is cut`,
			'Token [token removed] is cut',
		],
		['a token in quotes', `{"t":"${JWT}"}`, '{"t":"[token removed]"}'],
		['a bearer header', 'Authorization: Bearer s3cr3t-value/+=', 'Authorization: Bearer [removed]'],
		['a basic header', 'authorization: basic s3cr3t-value==', 'authorization: basic [removed]'],
		['a private key', `Key ${PKCS1} refused`, 'Key [key removed] refused'],
		['a private key that is cut off', `Key ${PKCS1.slice(0, 700)}`, 'Key [key removed]'],
		['a private key on one line', `Key ${PKCS1.replaceAll('\n', ' ')}refused`, 'Key [key removed] refused'],
		[
			'the query of a signed link',
			'GET https://bucket.example.com/file.csv?X-Amz-Signature=s3cr3t-value&X-Amz-Date=1 failed',
			'GET https://bucket.example.com/file.csv?[query removed] failed',
		],
		[
			'the query of a signed link in quotes',
			'{"url":"https://b.example.com/f?sig=s3cr3t-value"}',
			'{"url":"https://b.example.com/f?[query removed]"}',
		],
		[
			'the password of a URL',
			'proxy http://user:s3cr3t-value@proxy.example.com:3128/ refused',
			'proxy http://proxy.example.com:3128/ refused',
		],
		[
			'an access token in JSON',
			'{"accessToken":"s3cr3t-value","status":"ok"}',
			'{"accessToken":"[removed]","status":"ok"}',
		],
		[
			'an access token in JSON that is cut off',
			'{"status":"ok","access_token" : "s3cr3t-value',
			'{"status":"ok","access_token" : "[removed]',
		],
		['a password in JSON', '{"password":"s3cr3t-value \\" more s3cr3t-value"}', '{"password":"[removed]"}'],
		[
			'the query of a signed link whose slashes are escaped',
			'{"link":"https:\\/\\/b.example.com\\/f?sig=s3cr3t-value"}',
			'{"link":"https://b.example.com/f?[query removed]"}',
		],
		[
			'a password in JSON inside JSON',
			'{"request":"{\\"password\\" : \\"s3cr3t-value\\"}"}',
			// Escapes of quotes are read before secrets are looked for.
			'{"request":"{"password" : "[removed]"}',
		],
		[
			'a token whose equals sign is escaped',
			'{"form":"client_secret\\u003ds3cr3t-value\\u0026x"}',
			'{"form":"client_secret=[removed]&x"}',
		],
		['a bearer header with a control character in it', 'Bearer\u0000s3cr3t-value', 'Bearer [removed]'],
		[
			'a client secret in a form',
			'grant_type=x&client_secret=s3cr3t-value&scope=y',
			'grant_type=x&client_secret=[removed]&scope=y',
		],
	])('are taken out: %s', (_label, text, shown) => {
		expect(cleanVendorText(text)).toBe(shown);
		for (const secret of hidden) expect(vendorSentence(text)).not.toContain(secret);
	});

	it('are taken out once: a link that was cleaned before is not garbled', () => {
		const shown = 'GET https://b.example.com/f?[query removed] failed';
		expect(vendorSentence('GET https://b.example.com/f?sig=s3cr3t-value failed')).toBe(shown);
		expect(cleanVendorText('https://b.example.com/f?[query removed]&sig=s3cr3t-value')).toBe('https://b.example.com/f?[query removed]');
	});

	it('are taken out wherever the text is cut', () => {
		for (let before = 0; before < 320; before++) {
			const shown = vendorSentence(
				`${'x '.repeat(before / 2)}${JWT} https://b.example.com/f?sig=s3cr3t-value`,
			);
			expect(shown).not.toMatch(/eyJ[\w-]{8}|c2lnbm|s3cr3t-value/);
		}
	});

	it.each([
		'Invalid token: expired',
		'The access token has expired',
		'Expired Access Token is not allowed',
		'Invalid audience in JWT',
		'password must be changed',
	])('are not seen where there is none: %s', (text) => {
		expect(cleanVendorText(text)).toBe(text);
	});
});

describe('characters that could mislead', () => {
	it.each<[string, string, string]>([
		['line ends', 'one\r\ntwo\nthree', 'one two three'],
		['tabs and blanks', 'one \t  two', 'one two'],
		['control characters', 'one\u0000\u0007\u001B[31mtwo', 'one [31mtwo'],
		['text that turns direction', 'user\u202Egnp.exe\u2066x\u2069', 'user gnp.exe x'],
		['invisible characters', 'a\u200Bb\u2060c\uFEFFd', 'a b c d'],
		['line separators', 'a\u2028b\u2029c\u0085d', 'a b c d'],
	])('become blanks: %s', (_label, text, shown) => {
		expect(cleanVendorText(text)).toBe(shown);
	});

	it('never make a text longer than 300 characters or more than one line', () => {
		const shown = cleanVendorText('line\n'.repeat(10_000));
		expect(shown).toHaveLength(300);
		expect(shown).not.toMatch(/\n/);
		expect(cleanVendorText('x'.repeat(300))).toBe('x'.repeat(300));
		expect(cleanVendorText(`x${'😀'.repeat(200)}`)).toBe(`x${'😀'.repeat(149)}…`);
		expect(cleanVendorText('😀'.repeat(200))).toBe(`${'😀'.repeat(149)}…`);
	});
});

describe('a web page', () => {
	it.each([
		'<!DOCTYPE html>',
		'<!doctype HTML><html>',
		'<html lang="en">',
		'  \n<HTML>',
		'\uFEFF<html>',
		'<head></head>',
		'<body>',
	])('is recognised: %j', (text) => {
		expect(isWebPage(text)).toBe(true);
	});

	it.each(['', '<ht\uFEFFml>', '{}', '{"a":"<html>"}', '<?xml version="1.0"?><Error/>', 'html', 'time,user\n<html>,x'])(
		'is not seen in %j',
		(text) => {
			expect(isWebPage(text)).toBe(false);
		},
	);
});

describe('what a server repeats of a request is not shown', () => {
	const OPAQUE = 'fake-safe-0a1b2c3d4e5f60718293a4b5c6d7e8f9+/0011aabb==';
	const REPEATED: Array<[string, string]> = [
		['in Base64', Buffer.from(`Bearer ${OPAQUE}`).toString('base64')],
		['in hex', Buffer.from(`Bearer ${OPAQUE}`).toString('hex')],
		['percent-encoded', encodeURIComponent(`Bearer ${OPAQUE}`)],
		['in JSON escapes', [...`Bearer ${OPAQUE}`].map((sign) => `\\u00${sign.charCodeAt(0).toString(16)}`).join('')],
		['in JSON escapes inside JSON', [...`Bearer ${OPAQUE}`].map((sign) => `\\\\u00${sign.charCodeAt(0).toString(16)}`).join('')],
		['with escaped slashes', `Bearer ${OPAQUE}`.replaceAll('/', '\\/')],
		['without a word before it', OPAQUE],
		['as a path with the query of a signed link', '/reports/a.csv?X-Amz-Expires=300&X-Amz-Signature=0011aabb0011aabb'],
		['as such a query alone', 'X-Amz-Expires=300&X-Amz-Signature=0011aabb0011aabb'],
	];

	test.each(REPEATED)('%s', (_how, repeated) => {
		expect(cleanVendorText(`Unexpected request: ${repeated}`)).toMatch(/^Unexpected request: /);
		expect(cleanVendorText(`Unexpected request: ${repeated}`)).not.toMatch(/fake-safe|0a1b2c|0011aabb|RmFr|Zha2|Utc2|66616b652d/i);
	});

	test.each([
		['twelve letters and digits', '0a1b2c3d4e5f'],
		['sixteen letters, small and capital', 'abCdeFghIjklmnop'],
		['eighteen letters that change in every sixth', 'abCdeFghIjklmnopqr'],
	])('%s in a long run', (_form, secret) => {
		expect(cleanVendorText(`Unexpected request: gateway-token-${secret}`)).toBe('Unexpected request: [removed]');
	});

	test.each([
		'a run of eleven, gateway-token-0a1b2c3d4e5, is a name',
		'a run of fifteen letters, gateway-abCdeFghIjklmno, is a name',
		'rejected execution of coordinating operation [coordinating_and_primary_bytes=0, replica_bytes=0]',
		'Report 1eebc0b2-b019-42b3-8132-c15c5926b21e is not there',
		'no such index [.ds-logs-securid.admin-default-000001], document_parsing_exception',
		'BulkItemResponseFailureException in org.elasticsearch.action.bulk.TransportBulkAction',
		'No route /AdminInterface/restapi/v1/adminlog/exportlogs, is it right?',
		'The value 7292599294452900000112345678 is too large',
	])('while words, names and numbers stay: %s', (sentence) => {
		expect(cleanVendorText(sentence)).toBe(sentence);
	});
});
