import {
	type HttpRequest,
	type HttpStream,
	TransportError,
	type TransportProblem,
} from '../../../nodes/shared/core/http';
import type { SafeClient } from '../../../nodes/shared/safe/client';
import type { ReportState } from '../../../nodes/shared/safe/exportFamilies';
import { safeFailure } from '../../../nodes/shared/safe/failures';
import { downloadReport } from '../../../nodes/shared/safe/report';
import { collect, utf8 } from '../bytes';
import { fakeClock } from '../clock';
import { failureOf, shownText, thrownBy } from '../failures';

const UUID = '1eebc0b2-b019-42b3-8132-c15c5926b21e';
const FIRST = 'https://storage.example.com/audit%2Fa.csv?X-Amz-Signature=0123456789abcdef&x=%2F%2B%3D%22%20';
const SECOND = 'https://storage.example.com/audit.csv?X-Amz-Signature=fedcba9876543210';
const CSV = 'time,user\n1,2\n';

type Opened = HttpStream | TransportError;

function stored(
	status: number,
	body: string | Array<string | Error> = '',
	headers: Record<string, string> = {},
): HttpStream {
	const parts = typeof body === 'string' ? [body] : body;
	const bytes = async function* () {
		for (const part of parts) {
			if (part instanceof Error) throw part;
			yield utf8(part);
		}
	};
	return { status, headers, body: bytes() };
}

const xml = (code: string, message: string) =>
	`<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message><Expires>2026-01-31T08:00:00Z</Expires></Error>`;
const expired = () => stored(403, xml('AccessDenied', 'Request has expired'));

/** A storage and a SAFE that give these answers one after another. */
function world(opened: Opened[], states: Array<ReportState | Error> = []) {
	const requests: HttpRequest[] = [];
	const asked: string[] = [];
	const clock = fakeClock();
	const open = async (request: HttpRequest): Promise<HttpStream> => {
		const next = opened[requests.length];
		requests.push(request);
		if (next === undefined) throw new Error('a download was not expected');
		if (next instanceof TransportError) throw next;
		return next;
	};
	const client = {
		reportState: async (uuid: string) => {
			const next = states[asked.length];
			asked.push(uuid);
			if (next === undefined) throw new Error('a question was not expected');
			if (next instanceof Error) throw next;
			return next;
		},
	} as SafeClient;
	const retries: string[] = [];
	const settings = { open, waiting: clock, onRetry: ({ code }: { code: string }) => retries.push(code) };
	const download = async (link = FIRST, consume: Consume = asText) =>
		await downloadReport(client, UUID, { link }, consume, settings);
	return { download, requests, asked, retries, pauses: clock.pauses };
}

type Consume = (body: AsyncIterable<Uint8Array>, headers: Record<string, string>) => Promise<string>;
const asText: Consume = async (body) => (await collect(body)).toString();

describe('a link', () => {
	it('is opened byte for byte, without any header', async () => {
		const { download, requests, asked } = world([stored(200, CSV)]);
		await expect(download()).resolves.toBe(CSV);
		expect(requests).toEqual([{ method: 'GET', url: FIRST, timeoutMs: 60_000, wholeMs: 1_800_000 }]);
		expect(asked).toEqual([]);
	});

	it('may lead to this machine, for tests', async () => {
		await expect(world([stored(200, CSV)]).download('http://127.0.0.1:9000/audit.csv')).resolves.toBe(CSV);
	});

	it.each([
		'http://storage.example.com/audit.csv?X-Amz-Signature=0123456789abcdef',
		'ftp://storage.example.com/a',
		'file:///etc/passwd',
		'//storage.example.com/a',
		'audit.csv',
		'',
	])('is not opened when it is not https: %j', async (link) => {
		const { download, requests } = world([stored(200, CSV)]);
		const failure = await failureOf(async () => await download(link));
		expect(failure.code).toBe('SAFE-LINK-FORM');
		expect(shownText(failure)).not.toContain('0123456789abcdef');
		expect(requests).toEqual([]);
	});

	it('hands the headers of storage to the reader', async () => {
		const seen: unknown[] = [];
		const { download } = world([stored(200, CSV, { etag: '"1"' })]);
		await download(FIRST, async (body, headers) => {
			seen.push(headers);
			return await asText(body, headers);
		});
		expect(seen).toEqual([{ etag: '"1"' }]);
	});
});

describe('a link that has expired', () => {
	it.each<[string, HttpStream]>([
		['403 "Request has expired"', expired()],
		['400 ExpiredToken', stored(400, xml('ExpiredToken', 'The provided token has expired.'))],
		['403 with a token that has expired', stored(403, xml('AccessDenied', 'The security token has expired'))],
	])('is asked for anew, once, with the same uuid: %s', async (_label, refusal) => {
		const { download, requests, asked, pauses } = world(
			[refusal, stored(200, CSV)],
			[{ ready: true, link: SECOND }],
		);
		await expect(download()).resolves.toBe(CSV);
		expect(requests.map(({ url }) => url)).toEqual([FIRST, SECOND]);
		expect(asked).toEqual([UUID]);
		expect(pauses).toEqual([]);
	});

	it('ends the download when the second link had expired as well', async () => {
		const { download, requests, asked } = world([expired(), expired()], [{ ready: true, link: SECOND }]);
		const failure = await failureOf(async () => await download());
		expect(failure).toMatchObject({ code: 'SAFE-LINK-EXPIRED', retryable: false });
		expect(failure.message).toContain(UUID);
		expect({ requests: requests.length, asked }).toEqual({ requests: 2, asked: [UUID] });
	});

	it('ends the download when SAFE has no other link', async () => {
		const { download, requests } = world([expired()], [{ ready: false, said: 'HTTP 404' }]);
		expect(await failureOf(async () => await download())).toMatchObject({ code: 'SAFE-LINK-EXPIRED' });
		expect(requests).toHaveLength(1);
	});

	it('is asked for again when the asking was cut off', async () => {
		const lost = safeFailure('SAFE-NET-RESET');
		const { download, requests, asked } = world(
			[expired(), expired(), stored(200, CSV)],
			[lost, { ready: true, link: SECOND }],
		);
		await expect(download()).resolves.toBe(CSV);
		expect(requests.map(({ url }) => url)).toEqual([FIRST, FIRST, SECOND]);
		expect(asked).toEqual([UUID, UUID]);
	});

	it('ends the download with what SAFE says when it refuses to give another', async () => {
		const refused = safeFailure('SAFE-403-ROLE');
		expect(await thrownBy(async () => await world([expired()], [refused]).download())).toBe(refused);
	});

	it('is not followed when the new one is not https', async () => {
		const { download, requests } = world(
			[expired()],
			[{ ready: true, link: 'http://storage.example.com/a' }],
		);
		expect(await failureOf(async () => await download())).toMatchObject({ code: 'SAFE-LINK-FORM' });
		expect(requests).toHaveLength(1);
	});
});

describe('a link whose own dates say that its time is over', () => {
	const signed = (date: string, seconds: number) => `https://storage.example.com/a.csv?X-Amz-Date=${date}&X-Amz-Expires=${seconds}&X-Amz-Signature=01`;
	// Ceph says no more than this of an expired link.
	const denied = () => stored(403, xml('AccessDenied', ''));

	it.each(['20260131T075459Z', '20260131T075500Z'])('is replaced by another, although the storage says AccessDenied alone (five minutes from %s)', async (date) => {
		const { download, asked } = world([denied(), stored(200, CSV)], [{ ready: true, link: SECOND }]);
		await expect(download(signed(date, 300))).resolves.toBe(CSV);
		expect(asked).toEqual([UUID]);
	});

	it.each([
		['its time is not over', signed('20260131T075501Z', 300)],
		['its dates cannot be read', signed('yesterday', 300)],
		['it has none', FIRST],
	])('is refused for good when %s', async (_label, link) => {
		const { download, asked } = world([denied()]);
		expect(await failureOf(async () => await download(link))).toMatchObject({ code: 'SAFE-LINK-REFUSED' });
		expect(asked).toEqual([]);
	});
});

describe('a storage that refuses', () => {
	it.each<[string, HttpStream, string]>([
		[
			'a changed signature',
			stored(403, xml('SignatureDoesNotMatch', 'The request signature we calculated does not match')),
			'SignatureDoesNotMatch: The request signature we calculated does not match',
		],
		[
			'a file that is gone',
			stored(404, xml('NoSuchKey', 'The specified key does not exist.')),
			'NoSuchKey: The specified key does not exist.',
		],
		[
			'two ways to sign in',
			stored(400, xml('InvalidArgument', 'Only one auth mechanism allowed')),
			'InvalidArgument: Only one auth mechanism allowed',
		],
		['part of a file', stored(206, 'time,us'), 'time,us'],
		[
			'a body that breaks off',
			stored(403, ['<Error>', new TransportError('reset', 'ECONNRESET')]),
			'‹Error›',
		],
	])('is told with its own words and not asked again: %s', async (_label, refusal, said) => {
		const { download, requests, asked } = world([refusal]);
		const failure = await failureOf(async () => await download());
		expect(failure).toMatchObject({ code: 'SAFE-LINK-REFUSED', details: { vendorMessage: said } });
		expect({ requests: requests.length, asked }).toEqual({ requests: 1, asked: [] });
	});

	it.each([
		[429, 'SAFE-429-RATE'],
		[500, 'SAFE-5XX-SERVER'],
		[503, 'SAFE-5XX-SERVER'],
	])('with %s is asked again with the same link', async (status, code) => {
		const { download, requests, retries, pauses } = world([
			stored(status, '', { 'retry-after': '3' }),
			stored(200, CSV),
		]);
		await expect(download()).resolves.toBe(CSV);
		expect(requests.map(({ url }) => url)).toEqual([FIRST, FIRST]);
		expect({ retries, pauses }).toEqual({ retries: [code], pauses: [3_000] });
	});

	it('is given up after four tries', async () => {
		const { download, requests } = world(Array.from({ length: 5 }, () => stored(503)));
		expect(await failureOf(async () => await download())).toMatchObject({ code: 'SAFE-5XX-SERVER' });
		expect(requests).toHaveLength(4);
	});
});

describe('a body that is not whole', () => {
	const short = () => stored(200, CSV.slice(0, 5), { 'content-length': String(CSV.length) });

	it.each<[string, () => HttpStream]>([
		['fewer bytes than announced', short],
		['no bytes at all', () => stored(200, '', { 'content-length': '14' })],
		['a connection that breaks', () => stored(200, ['time,', new TransportError('reset', 'ECONNRESET')])],
		['a pause without end', () => stored(200, ['time,', new TransportError('timeout', 'the body stalled')])],
	])('is read again from its start: %s', async (_label, opened) => {
		const bodies: string[] = [];
		const { download, requests } = world([
			opened(),
			stored(200, CSV, { 'content-length': String(CSV.length) }),
		]);
		await download(FIRST, async (body) => {
			let text = '';
			for await (const chunk of body) {
				text += new TextDecoder().decode(chunk);
				bodies.push(text);
			}
			return text;
		});
		expect(requests).toHaveLength(2);
		expect(bodies.at(-1)).toBe(CSV);
	});

	it('is never taken for a whole one', async () => {
		const { download, requests } = world([short(), short(), short(), short()]);
		expect(await failureOf(async () => await download())).toMatchObject({ code: 'SAFE-NET-RESET' });
		expect(requests).toHaveLength(4);
	});

	it('is not seen where storage counts the packed bytes', async () => {
		const { download } = world([stored(200, CSV, { 'content-length': '99', 'content-encoding': 'gzip' })]);
		await expect(download()).resolves.toBe(CSV);
	});

	it('is read once when the reader itself gives up', async () => {
		const own = safeFailure('SAFE-CSV-ROW', { values: { line: 2, detail: 'x' } });
		const { download, requests } = world([stored(200, CSV)]);
		expect(await thrownBy(async () => await download(FIRST, async () => await Promise.reject(own)))).toBe(
			own,
		);
		expect(requests).toHaveLength(1);
	});
});

describe('a storage that cannot be reached', () => {
	it.each<[TransportProblem, string, number]>([
		['refused', 'SAFE-LINK-HOST', 4],
		['dns', 'SAFE-LINK-HOST', 4],
		['timeout', 'SAFE-LINK-HOST', 4],
		['tls', 'SAFE-LINK-HOST', 4],
		['blocked', 'SAFE-LINK-HOST', 4],
		['reset', 'SAFE-NET-RESET', 4],
		['cancelled', 'SAFE-CANCELLED', 1],
	])('("%s") is told as %s, without the secret part of the link', async (problem, code, tries) => {
		const { download, requests } = world(
			Array.from({ length: 4 }, () => new TransportError(problem, 'EDETAIL')),
		);
		const failure = await failureOf(async () => await download());
		expect(failure.code).toBe(code);
		expect(shownText(failure)).not.toMatch(/0123456789abcdef|Signature/);
		if (code === 'SAFE-LINK-HOST') expect(failure.message).toContain('storage.example.com');
		expect(requests).toHaveLength(tries);
	});
});
