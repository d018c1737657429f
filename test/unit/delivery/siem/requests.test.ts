import { createHmac } from 'node:crypto';
import type { Failure } from '../../../../nodes/shared/core/failure';
import { baseUrlOf, destinationName, headerText, isSigned, redactor, secretFieldOf, type SiemCredential, signedHeaders } from '../../../../nodes/shared/delivery/siem/credential';
import { datadog } from '../../../../nodes/shared/delivery/siem/destinations/datadog';
import { elasticBulk } from '../../../../nodes/shared/delivery/siem/destinations/elasticBulk';
import { generic } from '../../../../nodes/shared/delivery/siem/destinations/generic';
import { sentinel } from '../../../../nodes/shared/delivery/siem/destinations/sentinel';
import { splunkHec } from '../../../../nodes/shared/delivery/siem/destinations/splunkHec';
import { sumo } from '../../../../nodes/shared/delivery/siem/destinations/sumo';
import { liveTestOf } from '../../../../nodes/shared/delivery/siem/liveTest';
import type { Destination, Outgoing } from '../../../../nodes/shared/delivery/siem/types';
import { failureOf } from '../../failures';

const T0 = Date.parse('2026-01-15T08:00:00.123Z');
const EVENT: Outgoing = { id: 'i', ownId: false, timeMs: T0, json: { a: 1 } };
const TIMELESS: Outgoing = { id: 'i', ownId: true, json: { eventId: 'i' } };
const webhook = (format: 'json' | 'ndjson' | 'cef', signed: boolean) => generic({ format, secretField: 'x', signed, cefLine: ({ id }) => `CEF of ${id}` });

const JSON_ARRAY = { open: '[', separator: ',', close: ']' };
const LINES = { open: '', separator: '\n', close: '\n' };

describe('a request', () => {
	it.each<[string, () => Destination, Partial<Destination>, string[]]>([
		[
			'Splunk',
			() => splunkHec({ index: 'main', sourcetype: '_json', source: 's', host: 'h', channel: 'c' }),
			{ path: '/services/collector/event', headers: { 'content-type': 'application/json', 'x-splunk-request-channel': 'c' }, frame: { open: '', separator: '\n', close: '' }, compress: true, deduplicates: false, limits: { events: 1_000, mostEvents: 10_000, bytes: 1_000_000, mostBytes: 100_000_000, eventBytes: 5_000_000 } },
			['{"time":1768464000.123,"host":"h","source":"s","sourcetype":"_json","index":"main","event":{"a":1},"fields":{"event_id":"i"}}', '{"host":"h","source":"s","sourcetype":"_json","index":"main","event":{"eventId":"i"},"fields":{"event_id":"i"}}'],
		],
		[
			'Elasticsearch',
			() => elasticBulk({ index: 'logs', secretField: 'x' }),
			{ path: '/_bulk', headers: { 'content-type': 'application/x-ndjson' }, frame: { open: '', separator: '', close: '' }, compress: true, deduplicates: true, limits: { events: 1_000, mostEvents: 10_000, bytes: 5_000_000, mostBytes: 50_000_000, eventBytes: 50_000_000 } },
			['{"create":{"_index":"logs","_id":"i"}}\n{"@timestamp":"2026-01-15T08:00:00.123Z","a":1}\n', '{"create":{"_index":"logs","_id":"i"}}\n{"eventId":"i"}\n'],
		],
		[
			'Sentinel',
			() => sentinel({ dcrImmutableId: 'dcr 1', stream: 'Custom/A' }),
			{ path: '/dataCollectionRules/dcr%201/streams/Custom%2FA?api-version=2023-01-01', headers: { 'content-type': 'application/json' }, frame: JSON_ARRAY, compress: true, deduplicates: false, limits: { events: 1_000, mostEvents: 10_000, bytes: 1_000_000, mostBytes: 1_000_000, eventBytes: 999_998 } },
			['{"TimeGenerated":"2026-01-15T08:00:00.123Z","EventId":"i","a":1}', '{"eventId":"i"}'],
		],
		[
			'Datadog',
			() => datadog({ ddsource: 's', ddtags: 't:1', service: 'v', hostname: 'h' }),
			{ path: '/api/v2/logs', headers: { 'content-type': 'application/json' }, frame: JSON_ARRAY, compress: true, deduplicates: false, limits: { events: 1_000, mostEvents: 1_000, bytes: 5_000_000, mostBytes: 5_000_000, eventBytes: 1_000_000 } },
			['{"timestamp":1768464000123,"a":1,"eventId":"i","ddsource":"s","ddtags":"t:1","service":"v","hostname":"h"}', '{"eventId":"i","ddsource":"s","ddtags":"t:1","service":"v","hostname":"h"}'],
		],
		[
			'Sumo Logic',
			() => sumo({ category: 'c', name: 'n', host: 'h' }),
			{ path: '', headers: { 'content-type': 'application/x-ndjson', 'x-sumo-category': 'c', 'x-sumo-name': 'n', 'x-sumo-host': 'h' }, frame: LINES, compress: true, deduplicates: false, limits: { events: 1_000, mostEvents: 10_000, bytes: 1_000_000, mostBytes: 1_000_000, eventBytes: 1_000_000 } },
			['{"a":1,"eventId":"i"}', '{"eventId":"i"}'],
		],
		['a webhook of JSON', () => webhook('json', false), { path: '', headers: { 'content-type': 'application/json' }, frame: JSON_ARRAY, compress: false, deduplicates: false, batchIdHeader: 'webhook-id', limits: { events: 500, mostEvents: 10_000, bytes: 1_000_000, mostBytes: 50_000_000, eventBytes: 50_000_000 } }, ['{"a":1,"eventId":"i"}', '{"eventId":"i"}']],
		['a signed webhook of NDJSON', () => webhook('ndjson', true), { headers: { 'content-type': 'application/x-ndjson' }, frame: LINES, limits: { events: 500, mostEvents: 10_000, bytes: 20_000, mostBytes: 50_000_000, eventBytes: 50_000_000 } }, ['{"a":1,"eventId":"i"}', '{"eventId":"i"}']],
		['a webhook of CEF', () => webhook('cef', false), { headers: { 'content-type': 'text/plain; charset=utf-8' }, frame: LINES }, ['CEF of i', 'CEF of i']],
	])('to %s has the documented path, headers, limits and form of events', (_name, make, wanted, texts) => {
		const destination = make();
		const kept = Object.fromEntries(Object.keys(wanted).map((name) => [name, destination[name as keyof Destination]]));
		expect(kept).toEqual(wanted);
		expect([EVENT, TIMELESS].map((event) => destination.write(event))).toEqual(texts);
	});

	it('leaves the time and ID of an event where the event has them itself, in whatever case Sentinel reads', () => {
		expect(elasticBulk({ index: 'l', secretField: '' }).write({ ...EVENT, json: { '@timestamp': 'x' } })).toContain('\n{"@timestamp":"x"}\n');
		expect(datadog({}).write({ ...EVENT, ownId: true, json: { timestamp: 'x' } })).toBe('{"timestamp":"x"}');
		expect(elasticBulk({ index: 'l', secretField: '' }).write({ ...EVENT, json: { '': 1 } })).toContain('\n{"@timestamp":"2026-01-15T08:00:00.123Z","":1}\n');
		expect(datadog({}).write({ ...EVENT, json: { '': 1 } })).toBe('{"timestamp":1768464000123,"":1,"eventId":"i"}');
		expect(sentinel({ dcrImmutableId: 'd', stream: 's' }).write({ ...EVENT, json: { TIMEGENERATED: 'x', eventid: 'y' } })).toBe('{"TIMEGENERATED":"x","eventid":"y"}');
	});

	it('to Sentinel tells values over 32 KB, as text or as JSON, and no others', () => {
		const { remark } = sentinel({ dcrImmutableId: 'd', stream: 's' });
		const told = (value: unknown) => remark?.({ ...EVENT, json: { value, other: 'x'.repeat(32_768) } }, 'x'.repeat(40_000), T0);
		const cut = 'Values over 32 KB, which Sentinel cuts';
		expect([told('x'.repeat(32_769)), told('x'.repeat(32_768)), told(['x'.repeat(32_765)]), told(['x'.repeat(32_764)]), told(undefined)]).toEqual([cut, undefined, cut, undefined, undefined]);
	});

	it('to Sentinel counts bytes, not characters, of a value', () => {
		const destination = sentinel({ dcrImmutableId: 'd', stream: 's' });
		const told = (value: string) => destination.remark?.({ ...EVENT, json: { value } }, destination.write({ ...EVENT, json: { value } }), T0);
		expect([told('é'.repeat(16_385)), told('é'.repeat(16_384)), told('€'.repeat(10_923))]).toEqual(['Values over 32 KB, which Sentinel cuts', undefined, 'Values over 32 KB, which Sentinel cuts']);
	});

	it('to Datadog tells events of more than 18 hours ago', () => {
		const { remark } = datadog({});
		expect([remark?.({ ...EVENT, timeMs: 0 }, '', 18 * 3_600_000), remark?.({ ...EVENT, timeMs: 0 }, '', 18 * 3_600_000 + 1), remark?.({ ...EVENT, timeMs: undefined }, '', T0)]).toEqual([
			undefined,
			'Older than 18 hours, which Datadog drops or gives another date',
			undefined,
		]);
	});
});

const BODY = new TextEncoder().encode('[{"a":1}]');
const proof = (credential: SiemCredential, headers: Record<string, unknown> = {}) => signedHeaders(credential, BODY, headers, T0, () => 'session');
const KEY = Buffer.from('0123456789abcdef');
const signed = (id: string, key = KEY) => `v1,${createHmac('sha256', key).update(`${id}.1768464000.`).update(BODY).digest('base64')}`;

describe('what proves who sends', () => {
	it.each<[string, SiemCredential, Record<string, string>]>([
		['of Splunk, which is the first choice', { hecToken: ' splunk  abc ' }, { authorization: 'Splunk abc' }],
		['of Elasticsearch with a key', { destination: 'elasticBulk', elasticApiKey: 'ApiKey abc=' }, { authorization: 'ApiKey abc=' }],
		['of Elasticsearch with id and key', { destination: 'elasticBulk', elasticAuthentication: 'apiKey', elasticApiKey: 'id:key' }, { authorization: `ApiKey ${btoa('id:key')}` }],
		['of Elasticsearch with id and key behind the word', { destination: 'elasticBulk', elasticApiKey: 'ApiKey  id:key' }, { authorization: `ApiKey ${btoa('id:key')}` }],
		['of Elasticsearch with a password', { destination: 'elasticBulk', elasticAuthentication: 'basic', username: ' ann ', password: ' p ' }, { authorization: `Basic ${btoa('ann: p ')}` }],
		['of Elasticsearch without any', { destination: 'elasticBulk', elasticAuthentication: 'none', elasticApiKey: 'left' }, {}],
		['of Sentinel', { destination: 'sentinel' }, { authorization: 'Bearer session' }],
		['of Datadog', { destination: 'datadog', datadogApiKey: ' abc ' }, { 'dd-api-key': 'abc' }],
		['of Sumo Logic', { destination: 'sumo', bearerToken: 'left' }, {}],
		['of a webhook without any', { destination: 'generic', bearerToken: 'left', headerName: 'x', headerSecret: 'left' }, {}],
		['of a webhook with a token', { destination: 'generic', webhookAuthentication: 'bearer', bearerToken: 'Bearer  abc' }, { authorization: 'Bearer abc' }],
		['of a webhook with a header', { destination: 'generic', webhookAuthentication: 'header', headerName: ' X-Key ', headerSecret: ' abc ' }, { 'x-key': 'abc' }],
		['of Splunk with the word further inside', { hecToken: 'my splunk token' }, { authorization: 'Splunk my splunk token' }],
		['of Elasticsearch with the word further inside', { destination: 'elasticBulk', elasticApiKey: 'my apikey token' }, { authorization: 'ApiKey my apikey token' }],
		['of a webhook with the word further inside', { destination: 'generic', webhookAuthentication: 'bearer', bearerToken: 'my bearer token' }, { authorization: 'Bearer my bearer token' }],
	])('%s is what its credential says', (_case, credential, headers) => {
		expect(proof(credential)).toEqual(headers);
	});

	it('of a signed webhook is one signature for each secret, over the ID, the second and the body', () => {
		const credential: SiemCredential = { destination: 'generic', signingSecret: ` whsec_${KEY.toString('base64')}  ${Buffer.from('another key!').toString('base64')} ` };
		expect(proof(credential, { 'webhook-id': 'msg_1' })).toEqual({ 'webhook-timestamp': '1768464000', 'webhook-signature': `${signed('msg_1')} ${signed('msg_1', Buffer.from('another key!'))}` });
		expect(proof(credential)['webhook-signature']).toContain(signed('msg_test'));
		expect(proof({ destination: 'generic', signingSecret: 'abcdwhsec_abcdef' })['webhook-signature']).toBe(signed('msg_test', Buffer.from('abcdwhsec_abcdef', 'base64url')));
	});

	it.each<[SiemCredential, string]>([
		[{}, '"HEC Token" is empty (SIEM-FIELD-EMPTY)'],
		[{ hecToken: ' ' }, '"HEC Token" is empty (SIEM-FIELD-EMPTY)'],
		[{ hecToken: 'a\nb' }, '"HEC Token" is not usable: it holds characters that a header cannot carry (SIEM-PARAMETER)'],
		[{ hecToken: 'ä' }, '"HEC Token" is not usable: it holds characters that a header cannot carry (SIEM-PARAMETER)'],
		[{ destination: 'elasticBulk' }, '"API Key" is empty (SIEM-FIELD-EMPTY)'],
		[{ destination: 'elasticBulk', elasticApiKey: 'ä' }, '"API Key" is not usable: it holds characters that a header cannot carry (SIEM-PARAMETER)'],
		[{ destination: 'elasticBulk', elasticAuthentication: 'basic', password: 'p' }, '"Username" is empty (SIEM-FIELD-EMPTY)'],
		[{ destination: 'elasticBulk', elasticAuthentication: 'basic', username: 'u' }, '"Password" is empty (SIEM-FIELD-EMPTY)'],
		[{ destination: 'datadog' }, '"Datadog API Key" is empty (SIEM-FIELD-EMPTY)'],
		[{ destination: 'generic', webhookAuthentication: 'bearer' }, '"Bearer Token" is empty (SIEM-FIELD-EMPTY)'],
		[{ destination: 'generic', webhookAuthentication: 'bearer', bearerToken: 'ä' }, '"Bearer Token" is not usable: it holds characters that a header cannot carry (SIEM-PARAMETER)'],
		[{ destination: 'generic', webhookAuthentication: 'header' }, '"Header Name" is empty (SIEM-FIELD-EMPTY)'],
		[{ destination: 'generic', webhookAuthentication: 'header', headerName: 'x y', headerSecret: 'a' }, '"Header Name" is not usable: it is not the name of an HTTP header (SIEM-PARAMETER)'],
		[{ destination: 'generic', webhookAuthentication: 'header', headerName: 'x:' }, '"Header Name" is not usable: it is not the name of an HTTP header (SIEM-PARAMETER)'],
		[{ destination: 'generic', webhookAuthentication: 'header', headerName: ':x' }, '"Header Name" is not usable: it is not the name of an HTTP header (SIEM-PARAMETER)'],
		[{ destination: 'generic', webhookAuthentication: 'header', headerName: 'x' }, '"Header Value" is empty (SIEM-FIELD-EMPTY)'],
		[{ destination: 'generic', webhookAuthentication: 'header', headerName: 'x', headerSecret: 'a\u007F' }, '"Header Value" is not usable: it holds characters that a header cannot carry (SIEM-PARAMETER)'],
		[{ destination: 'generic', signingSecret: 'not.base64' }, '"Signing Secret" is not usable: it is not Base64 (SIEM-SECRET)'],
		[{ destination: 'generic', signingSecret: 'x!YWJjZGVmZ2g=' }, '"Signing Secret" is not usable: it is not Base64 (SIEM-SECRET)'],
		[{ destination: 'generic', signingSecret: 'YWJjZGVmZ2g===' }, '"Signing Secret" is not usable: it is not Base64 (SIEM-SECRET)'],
		[{ destination: 'generic', signingSecret: 'YWJjZGVmZw==' }, '"Signing Secret" is not usable: it is too short (SIEM-SECRET)'],
	])('is not sent for %j: the field is named', async (credential, message) => {
		const failure: Failure = await failureOf(() => proof(credential));
		expect(failure.message).toBe(message);
		if (failure.code === 'SIEM-FIELD-EMPTY') expect(failure.advice).toBe('Fill it in: it is in the credential.');
	});

	it('may be eight bytes long as a signing secret, and may have any printable sign in a header', () => {
		expect(proof({ destination: 'generic', signingSecret: 'YWJjZGVmZ2g=' })['webhook-signature']).toMatch(/^v1,/);
		expect(headerText(' !~ ', 'x')).toBe('!~');
	});

	it('is told by its names on screen', () => {
		const names = (['datadog', 'elasticBulk', 'generic', 'sentinel', 'splunkHec', 'sumo', 'toString', 'other'] as const).map(destinationName);
		expect(names).toEqual(['Datadog', 'Elasticsearch', 'Generic Webhook', 'Microsoft Sentinel', 'Splunk HEC', 'Sumo Logic', 'toString', 'other']);
		const fields = [
			secretFieldOf({ destination: 'elasticBulk' }),
			secretFieldOf({ destination: 'elasticBulk', elasticAuthentication: 'basic' }),
			secretFieldOf({ destination: 'generic' }),
			secretFieldOf({ destination: 'generic', webhookAuthentication: 'header' }),
			secretFieldOf({ destination: 'generic', webhookAuthentication: 'bearer' }),
		];
		expect(fields).toEqual(['API Key', 'Username" and "Password', 'Signing Secret', 'Header Value', 'Bearer Token']);
	});

	it('is a signature only where a webhook has a secret of its own', () => {
		expect([isSigned({ destination: 'generic', signingSecret: 'a' }), isSigned({ destination: 'generic', signingSecret: ' ' }), isSigned({ destination: 'generic' }), isSigned({ destination: 'sumo', signingSecret: 'a' })]).toEqual([true, false, false, false]);
	});
});

describe('an address in the credential', () => {
	it.each<[SiemCredential, string]>([
		[{ destination: 'splunkHec' }, '"HEC URL" is empty (SIEM-FIELD-EMPTY)'],
		[{ destination: 'elasticBulk', elasticUrl: 'https://a b' }, '"Elasticsearch URL" is not a usable address: it has blanks or invisible characters inside (SIEM-URL)'],
		[{ destination: 'sentinel', dceUrl: 'https://' }, '"Logs Ingestion URL" is not a usable address: it is not a URL (SIEM-URL)'],
		[{ destination: 'datadog', site: 'custom', datadogUrl: 'http://d' }, '"Intake URL" is not a usable address: it does not start with https:// (SIEM-URL)'],
		[{ destination: 'datadog', site: 'custom', datadogUrl: 'http://d', allowHttp: false }, '"Intake URL" is not a usable address: it does not start with https:// (SIEM-URL)'],
		[{ destination: 'datadog', site: 'xdatadoghq.com' }, '"Site" is not a usable address: it is not in the list (SIEM-URL)'],
		[{ destination: 'sumo', secretUrl: 'https://me@s.example.com' }, '"HTTP Source URL" is not a usable address: it holds a user name or password (SIEM-URL)'],
		[{ destination: 'generic', webhookUrl: 'https://:pw@s.example.com' }, '"Webhook URL" is not a usable address: it holds a user name or password (SIEM-URL)'],
		[{ destination: 'generic', webhookUrl: 'ftp://s.example.com', allowHttp: true }, '"Webhook URL" is not a usable address: it does not start with https:// (SIEM-URL)'],
	])('that cannot be used (%j) is refused by its name', async (credential, message) => {
		expect((await failureOf(() => baseUrlOf(credential))).message).toBe(message);
	});

	it.each<[SiemCredential, string]>([
		[{ splunkUrl: '\u200Bs.example.com\u200B ' }, 'https://s.example.com'],
		[{ splunkUrl: ' \u200B s.example.com' }, 'https://s.example.com'],
		[{ destination: 'generic', webhookUrl: 'w.example.com/in?next=https://x.example.com' }, 'https://w.example.com/in?next=https://x.example.com'],
		[{ splunkUrl: 'https://s.example.com/services/collector' }, 'https://s.example.com'],
		[{ splunkUrl: 'https://s.example.com/services/collector/event/1.0//' }, 'https://s.example.com'],
		[{ splunkUrl: 'https://s.example.com/services/collector/mine?a=1' }, 'https://s.example.com/services/collector/mine'],
		[{ destination: 'datadog', site: 'custom', datadogUrl: 'https://proxy.example.com/dd/api/v2/logs' }, 'https://proxy.example.com/dd'],
		[{ destination: 'datadog', site: 'datadoghq.eu' }, 'https://http-intake.logs.datadoghq.eu'],
		[{ destination: 'datadog', site: 'ddog-gov.com' }, 'https://http-intake.logs.ddog-gov.com'],
	])('%j leads to %s', (credential, base) => {
		expect(baseUrlOf(credential)).toBe(base);
	});
});

it.each<[SiemCredential, object]>([
	[{ splunkUrl: 's.example.com' }, { method: 'POST', url: 'https://s.example.com/services/collector/event', fine: [400, 401, 403] }],
	[{ destination: 'elasticBulk', elasticUrl: 'e.example.com' }, { method: 'GET', url: 'https://e.example.com/_security/_authenticate', fine: [401, 403] }],
	[{ destination: 'elasticBulk', elasticUrl: 'e.example.com', elasticAuthentication: 'none' }, { method: 'GET', url: 'https://e.example.com/', fine: [401, 403] }],
	[{ destination: 'sentinel', dceUrl: 'd.example.com' }, { method: 'POST', url: 'https://d.example.com/dataCollectionRules/dcr-n8n-credential-test/streams/Custom-CredentialTest_CL?api-version=2023-01-01', body: '[]', fine: [400, 403, 404] }],
	[{ destination: 'datadog' }, { method: 'GET', url: 'https://api.datadoghq.com/api/v1/validate', fine: [] }],
	[{ destination: 'sumo', secretUrl: 'https://c.example.com/x' }, { method: 'POST', url: 'https://c.example.com/x', fine: [400] }],
	[{ destination: 'generic', webhookUrl: 'https://w.example.com/x' }, { method: 'HEAD', url: 'https://w.example.com/x', fine: [400, 404, 405, 406, 411, 415, 422, 501] }],
])('the test of %j stores nothing at the receiver', (credential, wanted) => {
	expect(liveTestOf(credential)).toEqual(wanted);
});

it('takes the secret part of a webhook address out of a text, with its query or alone, but no short path', () => {
	const redact = redactor({ webhookUrl: 'https://hooks.example.com/services/T0000/B0000?key=s3cr3tkey', username: 'ann', sessionToken: ' token-of-session ' });
	expect(redact('at /services/T0000/B0000?key=s3cr3tkey, /services/T0000/B0000, key=s3cr3tkey, token-of-session, ann:')).toBe('at [removed], [removed], [removed], [removed], ann:');
	expect(redactor({ webhookUrl: 'https://hooks.example.com/a1b2c3d' })('at /a1b2c3d')).toBe('at [removed]');
	expect(redactor({ webhookUrl: 'https://hooks.example.com/hooks1' })('at /hooks1 and /hooks12')).toBe('at /hooks1 and /hooks12');
});
