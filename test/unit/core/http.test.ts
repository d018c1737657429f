import {
	asTransportError,
	buildUrl,
	isAllowedOrigin,
	retryAfterMs,
	TransportError,
} from '../../../nodes/shared/core/http';
import { START_MS } from '../clock';

function coded(code: unknown, message = 'request failed', cause?: unknown): Error {
	return Object.assign(new Error(message, { cause }), { code });
}

describe('a thrown transport problem', () => {
	it.each<[string, string[]]>([
		['refused', ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL']],
		['dns', ['ENOTFOUND', 'EAI_AGAIN']],
		['reset', ['ECONNRESET', 'EPIPE']],
		['timeout', ['ECONNABORTED', 'ETIMEDOUT', 'ESOCKETTIMEDOUT']],
		['cancelled', ['ERR_CANCELED', 'ABORT_ERR']],
		['truncated', ['ERR_BAD_RESPONSE', 'ERR_STREAM_PREMATURE_CLOSE']],
		[
			'tls',
			[
				'CERT_HAS_EXPIRED',
				'DEPTH_ZERO_SELF_SIGNED_CERT',
				'SELF_SIGNED_CERT_IN_CHAIN',
				'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
				'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
				'ERR_TLS_CERT_ALTNAME_INVALID',
				'ERR_SSL_WRONG_VERSION_NUMBER',
			],
		],
		['other', ['ERR_FR_TOO_MANY_REDIRECTS', 'HPE_INVALID_CONSTANT', 'ERR_INVALID_URL']],
	])('is %s for its code, also deep in causes', (problem, codes) => {
		for (const code of codes) {
			expect(asTransportError(coded(code))).toMatchObject({ problem, detail: code });
		}
		for (const code of problem === 'other' ? [] : codes) {
			expect(
				asTransportError(new Error('outer', { cause: coded('ERR_BAD_REQUEST', 'x', coded(code)) })),
			).toMatchObject({ problem });
		}
	});

	it.each<[string, unknown, string, string]>([
		['a socket that hung up', new Error('socket hang up'), 'reset', 'socket hang up'],
		['a body that broke off', new Error('aborted'), 'reset', 'aborted'],
		[
			"a host outside the credential's allowed domains",
			new Error('Domain not allowed: this credential…'),
			'blocked',
			'host not allowed',
		],
		[
			"a host that n8n's SSRF protection stops",
			new Error('Request blocked by SSRF protection'),
			'blocked',
			'host not allowed',
		],
		['an error without a code', new TypeError('x is not a function'), 'other', 'TypeError'],
		['a thrown text', 'broken', 'other', 'string'],
		['nothing', undefined, 'other', 'undefined'],
	])('is told from the words of %s', (_label, error, problem, detail) => {
		expect(asTransportError(error)).toMatchObject({ problem, detail });
	});

	it('is handed on when it is one already', () => {
		const problem = new TransportError('too-large', '64 MiB');
		expect(asTransportError(problem)).toBe(problem);
		expect(asTransportError(new Error('outer', { cause: problem }))).toBe(problem);
	});

	it('comes to an end in causes that go round in a circle', () => {
		const error = coded('E_ODD');
		error.cause = error;
		expect(asTransportError(error)).toMatchObject({ problem: 'other', detail: 'E_ODD' });
	});

	it('shows no URL, though the message of the client holds one', () => {
		const message = 'connect ECONNREFUSED https://bucket.example.com/file?X-Amz-Signature=5f3c';
		for (const error of [
			coded('ECONNREFUSED', message),
			new Error(message),
			new Error('x', { cause: new Error(message) }),
		]) {
			const { message: shown, detail } = asTransportError(error);
			expect(`${shown} ${detail}`).not.toMatch(/bucket|Signature/);
		}
	});
});

describe('Retry-After', () => {
	it.each<[string, string | undefined, number | undefined]>([
		['seconds', '120', 120_000],
		['zero', '0', 0],
		['a fraction of seconds', '1.5', 1_500],
		['blanks around it', ' 7 ', 7_000],
		['a date to come', 'Sat, 31 Jan 2026 08:00:30 GMT', 30_000],
		['a date gone by', 'Sat, 31 Jan 2026 07:59:00 GMT', 0],
		['the old date form of RFC 850', 'Saturday, 31-Jan-26 08:00:30 GMT', 30_000],
		['the old date form of C', 'Sat Jan 31 08:00:30 2026', 30_000],
		['no header', undefined, undefined],
		['an empty header', '', undefined],
		['words', 'soon', undefined],
		['words with a number', 'wait 5', undefined],
		['a number with a unit', '10 s', undefined],
		['a negative number', '-5', undefined],
		['a number with a comma', '1,5', undefined],
		['a number beyond all measure', '9'.repeat(400), Number.MAX_SAFE_INTEGER],
	])('is read as %s', (_label, value, ms) => {
		expect(retryAfterMs(value === undefined ? {} : { 'retry-after': value }, START_MS)).toBe(ms);
	});
});

describe('a URL', () => {
	it('encodes what a query could damage', () => {
		const url = buildUrl('https://example.com/base', '/path', {
			start: '2018-05-01T11:22:12.828+05:30',
			name: 'Zoë & Co=?#%',
			page: 0,
		});
		expect(url).toBe(
			'https://example.com/base/path?start=2018-05-01T11%3A22%3A12.828%2B05%3A30&name=Zo%C3%AB%20%26%20Co%3D%3F%23%25&page=0',
		);
		expect(new URL(url).searchParams.get('start')).toBe('2018-05-01T11:22:12.828+05:30');
		expect(new URL(url).searchParams.get('name')).toBe('Zoë & Co=?#%');
	});

	it('leaves out what is empty', () => {
		expect(buildUrl('https://example.com', '/path', { searchKey: undefined, other: '' })).toBe(
			'https://example.com/path',
		);
		expect(buildUrl('https://example.com', '/path')).toBe('https://example.com/path');
	});
});

describe('requests go', () => {
	it.each([
		['https://us.safeone.ai', true],
		['https://us.safeone.ai:8443', true],
		['http://localhost:5678', true],
		['http://127.0.0.1:1234', true],
		['http://127.1.2.3', true],
		['http://[::1]:1234', true],
		['http://us.safeone.ai', false],
		['http://127.0.0.1.example.com', false],
		['http://localhost.example.com', false],
		['http://[::2]', false],
		['http://0.0.0.0', false],
		['http://169.254.169.254', false],
		['ftp://localhost', false],
		['file:///etc/passwd', false],
		['javascript:alert(1)', false],
	])('to %s: %s', (url, allowed) => {
		expect(isAllowedOrigin(new URL(url))).toBe(allowed);
	});
});
