/** Every way in which a receiver, a host or a wrong field ends a delivery, and what a user is told: for the tests of refusals. */
import type { ServerResponse } from 'node:http';
import type { Answer, ReceivedRequest } from '../../harness/localServer';
import type { Trouble } from '../failureTable';

/** Values of the credential and of the node's parameters, by destination, before a row changes them. */
export const BASE: Record<string, { url: string; credential: Record<string, unknown>; parameters: Record<string, unknown> }> = {
	splunkHec: { url: 'splunkUrl', credential: { hecToken: 'b0a1c2d3-fake-4e5f-8a9b-0c1d2e3f4a5b' }, parameters: {} },
	elasticBulk: { url: 'elasticUrl', credential: { elasticApiKey: 'ZmFrZS1rZXktaWQ6ZmFrZS1rZXk=' }, parameters: { index: 'audit-events' } },
	sentinel: {
		url: 'dceUrl',
		credential: { tenantId: 'tenant', clientId: 'client', clientSecret: 'fake~client.secret' },
		parameters: { dcrImmutableId: 'dcr-1', stream: 'Custom-A_CL' },
	},
	datadog: { url: 'datadogUrl', credential: { site: 'custom', datadogApiKey: 'fa4e0fa4e0fa4e0fa4e0fa4e0fa4e0fa' }, parameters: {} },
	sumo: { url: 'secretUrl', credential: {}, parameters: {} },
	generic: { url: 'webhookUrl', credential: {}, parameters: {} },
};

export interface RefusalRow {
	destination: string;
	label: string;
	code: string;
	/** In the message: the field to look at. */
	says: RegExp;
	cause: string;
	advises?: RegExp;
	requests: number;
	/** What answers; the sign-in of Sentinel is answered rightly unless the row says otherwise. */
	trouble?: Exclude<Trouble, object>;
	answer?: (request: ReceivedRequest, response: ServerResponse) => Answer | undefined;
	credential?: Record<string, unknown>;
	parameters?: Record<string, unknown>;
}

const TEMPORARY = 'temporarily-unavailable';
const CONFIGURATION = 'configuration-invalid';
const CREDENTIAL = 'credential-invalid';
const TRIES = 5;

type More = Partial<RefusalRow>;

const row = (destination: string, label: string, code: string, says: RegExp, cause: string, more: More): RefusalRow => ({
	...{ destination, label, code: `SIEM-${code}`, says, cause, requests: 1 },
	...more,
});

const said = (status: number, body?: unknown, headers: Record<string, string> = {}): More => ({ answer: () => ({ status, body, headers }) });
const isSignIn = ({ path }: ReceivedRequest) => path.endsWith('/oauth2/v2.0/token');
const hec = (status: number, code: number, text = 'told so') => said(status, { text, code });
const item = (status: number, type: string) =>
	said(200, { errors: true, items: [{ create: { status, error: { type, reason: 'told so' } } }] });
const HTML = '<!DOCTYPE html><html><body>Sign in</body></html>';

const network = (label: string, trouble: RefusalRow['trouble'], code: string, says: RegExp, cause: string, requests = TRIES): RefusalRow =>
	row('generic', label, code, says, cause, { trouble, requests });

const HOST = /"Webhook URL"/;

export const ROWS: RefusalRow[] = [
	network('a host where nobody listens', 'nobody listens', 'NET-REFUSED', HOST, TEMPORARY),
	network('a host that DNS does not know', 'unknown host', 'NET-HOST', HOST, CONFIGURATION),
	network('a certificate that nobody vouches for', 'untrusted certificate', 'NET-TLS', HOST, CONFIGURATION, 1),
	network('a host without TLS', 'no TLS', 'NET-TLS', HOST, CONFIGURATION, 1),
	network('a host that speaks no HTTP', 'no HTTP', 'NET-OTHER', /could not be carried out/, TEMPORARY),
	network('a redirect', 'redirect', 'REDIRECT', HOST, CONFIGURATION, 1),
	network('no answer', 'no answer', 'NET-TIMEOUT', /did not answer within 60 seconds/, TEMPORARY),
	network('an answer that stalls', 'stalled body', 'NET-TIMEOUT', /did not answer within 60 seconds/, TEMPORARY),
	network('an answer without an end', 'endless body', 'BODY-SIZE', /more data than/, CONFIGURATION, 1),
	row('generic', 'a connection that is cut', 'NET-RESET', /closed the connection/, TEMPORARY, {
		requests: TRIES,
		answer: (_request, response) => {
			response.socket?.resetAndDestroy();
			return undefined;
		},
	}),
	row('generic', '429', '429-RATE', /^The webhook asks for fewer/, 'rate-limited', { ...said(429), requests: TRIES }),
	row('generic', '503', '5XX-SERVER', /HTTP 503/, TEMPORARY, { ...said(503), requests: TRIES }),
	row('generic', '408', '5XX-SERVER', /HTTP 408/, TEMPORARY, { ...said(408), requests: TRIES }),
	row('generic', '418', '4XX-REQUEST', /HTTP 418/, CONFIGURATION, { ...said(418), advises: HOST }),
	row('generic', '410', '410-GONE', /HTTP 410/, CONFIGURATION, { ...said(410), advises: HOST }),
	row('generic', '404', '404-URL', HOST, CONFIGURATION, said(404)),
	row('generic', 'a web page with 200', 'BODY-HTML', HOST, CONFIGURATION, said(200, HTML)),
	row('generic', 'a web page with 403', 'BODY-HTML', HOST, CONFIGURATION, said(403, HTML)),
	row('generic', '401 to a signature', '401-TOKEN', /"Signing Secret"/, CREDENTIAL, {
		...said(401, { error: 'No matching signature' }),
		credential: { signingSecret: 'whsec_ZmFrZS1zZWNyZXQtMTIz' },
		advises: /"No matching signature"$/,
	}),
	row('generic', '401 to a bearer token', '401-TOKEN', /"Bearer Token"/, CREDENTIAL, {
		...said(401),
		credential: { webhookAuthentication: 'bearer', bearerToken: 'fake-bearer-token' },
	}),
	row('generic', '400 to one event', 'EVENT-REFUSED', /^Event 7292.* \(item 0\) was refused: no such field/, CONFIGURATION, said(400, { message: 'no such field' })),
	row('generic', 'a plain http address', 'URL', HOST, CREDENTIAL, { requests: 0, credential: { webhookUrl: 'http://siem.example.com/in' }, advises: /"Allow Plain HTTP"/ }),
	row('generic', 'an address that is none', 'URL', HOST, CREDENTIAL, { requests: 0, credential: { webhookUrl: 'https://' } }),
	row('generic', 'a user name in the address', 'URL', HOST, CREDENTIAL, { requests: 0, credential: { webhookUrl: 'https://me:secret1@siem.example.com' } }),
	row('generic', 'no address', 'FIELD-EMPTY', HOST, CREDENTIAL, { requests: 0, credential: { webhookUrl: ' ' } }),
	row('generic', 'a signing secret that is none', 'SECRET', /"Signing Secret"/, CREDENTIAL, { requests: 0, credential: { signingSecret: 'whsec_not base64!' } }),
	row('generic', 'a header name that is none', 'PARAMETER', /"Header Name"/, CONFIGURATION, {
		requests: 0,
		credential: { webhookAuthentication: 'header', headerName: 'x key:', headerSecret: 'fake-header-value' },
	}),
	row('splunkHec', 'a token that Splunk does not know', '401-TOKEN', /^Splunk .*"HEC Token"/, CREDENTIAL, { ...hec(403, 4, 'Invalid token'), advises: /"Invalid token"$/ }),
	row('splunkHec', 'a header that Splunk does not take', '401-TOKEN', /"HEC Token"/, CREDENTIAL, hec(401, 3)),
	row('splunkHec', 'a token that is disabled', 'TOKEN-DISABLED', /"HEC Token"/, CREDENTIAL, hec(403, 1)),
	row('splunkHec', 'an index that the token may not write', 'INDEX', /"Index"/, CONFIGURATION, hec(400, 7, 'Incorrect index')),
	row('splunkHec', 'a channel that Splunk does not take', '400-REQUEST', /^Splunk does not accept/, CONFIGURATION, hec(400, 11)),
	row('splunkHec', 'success without a code', 'BODY-SHAPE', /not in its own form/, CONFIGURATION, { ...said(200, { ok: true }), advises: /"HEC URL".*Seen:/ }),
	row('splunkHec', 'half a success', 'BODY-JSON', /not complete JSON/, TEMPORARY, { ...said(200, '{"text":"Succ'), requests: TRIES }),
	row('splunkHec', 'busy', '5XX-SERVER', /^Splunk .*HTTP 503/, TEMPORARY, { ...hec(503, 9), requests: TRIES }),
	row('splunkHec', 'a wrong path', '404-URL', /"HEC URL"/, CONFIGURATION, { ...said(404), advises: /8088/ }),
	row('splunkHec', 'no token', 'FIELD-EMPTY', /"HEC Token"/, CREDENTIAL, { requests: 0, credential: { hecToken: '' } }),
	row('splunkHec', 'a token with a line break inside', 'PARAMETER', /"HEC Token"/, CONFIGURATION, { requests: 0, credential: { hecToken: 'b0a1c2d3-\nfake' } }),
	row('splunkHec', 'the credential of another destination', 'DESTINATION', /Datadog.*Splunk HEC/, CONFIGURATION, { requests: 0, parameters: { destination: 'datadog' } }),
	row('elasticBulk', 'a closed index', 'INDEX', /"Index or Data Stream"/, CONFIGURATION, { ...item(400, 'index_closed_exception'), advises: /told so/ }),
	row('elasticBulk', 'an index that does not exist', 'INDEX', /"Index or Data Stream"/, CONFIGURATION, item(404, 'index_not_found_exception')),
	row('elasticBulk', 'a document that does not fit', 'EVENT-REFUSED', /document_parsing_exception: told so/, CONFIGURATION, item(400, 'document_parsing_exception')),
	row('elasticBulk', 'documents that stay refused for a time', '429-RATE', /^Elasticsearch asks for fewer/, 'rate-limited', { ...item(429, 'es_rejected_execution_exception'), requests: TRIES }),
	row('elasticBulk', 'a wrong key', '401-TOKEN', /"API Key"/, CREDENTIAL, said(401, { error: { type: 'security_exception', reason: 'told so' }, status: 401 })),
	row('elasticBulk', 'a key without the right', '403-RIGHTS', /does not let it write/, CREDENTIAL, { ...said(403, { error: { type: 'security_exception' } }), advises: /create_doc/ }),
	row('elasticBulk', 'fewer answers than events', 'BODY-SHAPE', /not in its own form/, CONFIGURATION, said(200, { errors: false, items: [] })),
	row('elasticBulk', 'no index', 'FIELD-EMPTY', /"Index or Data Stream"/, CREDENTIAL, { requests: 0, parameters: { index: ' ' } }),
	row('sentinel', 'a client secret that has run out', 'SIGN-IN', /"Client Secret"/, CREDENTIAL, {
		...said(401, { error: 'invalid_client', error_description: 'AADSTS7000222: expired' }),
		advises: /AADSTS7000222/,
	}),
	row('sentinel', 'a sign-in without a token', 'SIGN-IN-SHAPE', /"Authority"/, CONFIGURATION, { ...said(200, { hello: 1 }), advises: /hello/ }),
	row('sentinel', 'a stream that the rule does not declare', 'INDEX', /"Stream Name"/, CONFIGURATION, {
		requests: 2,
		answer: (request) => (isSignIn(request) ? { body: { access_token: 'fake' } } : { status: 400, headers: { 'x-ms-error-code': 'InvalidStream' } }),
	}),
	row('sentinel', 'an app without the role', '403-RIGHTS', /does not let it write/, CREDENTIAL, {
		requests: 2,
		answer: (request) => (isSignIn(request) ? { body: { access_token: 'fake' } } : { status: 403, body: {} }),
		advises: /Monitoring Metrics Publisher/,
	}),
	row('sentinel', 'a rule that does not exist', '404-URL', /"Logs Ingestion URL"/, CONFIGURATION, {
		requests: 2,
		answer: (request) => (isSignIn(request) ? { body: { access_token: 'fake' } } : { status: 404, body: {} }),
		advises: /"DCR Immutable ID"/,
	}),
	row('datadog', 'a wrong key', '401-TOKEN', /"Datadog API Key"/, CREDENTIAL, said(403, { errors: [{ status: '403', title: 'Forbidden', detail: 'API key is invalid' }] })),
	row('datadog', 'a site that is none', 'URL', /"Site"/, CREDENTIAL, { requests: 0, credential: { site: 'datadoghq.com.example.net' } }),
	row('sumo', 'a wrong address', '401-TOKEN', /"HTTP Source URL"/, CREDENTIAL, said(401, 'no')),
	row('sumo', 'a category that no header can carry', 'PARAMETER', /"Source Category"/, CONFIGURATION, { requests: 0, parameters: { options: { category: 'a\nb: c' } } }),
];
