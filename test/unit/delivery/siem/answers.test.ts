import type { HttpResponse } from '../../../../nodes/shared/core/http';
import type { Verdict } from '../../../../nodes/shared/delivery/siem/types';
import { DESTINATIONS, destinations } from './destinations';

const NOW = Date.parse('2026-01-15T10:00:00Z');
const PAGE = '<!doctype html><html><body>Sign in</body></html>';
const STYLED_PAGE = '<!doctype html><html><style>body { color: red }</style></html>';

type Name = keyof typeof DESTINATIONS;

const answerOf = (status: number, text = '', headers: Record<string, string> = {}): HttpResponse => ({ status, headers, text });

/** A verdict in one line: its kind, the code or reason, and what else it says. */
function shown(verdict: Verdict): string {
	switch (verdict.kind) {
		case 'accepted':
			return 'accepted';
		case 'stop':
			return `stop ${verdict.failure.code}`;
		case 'again':
			return `again ${verdict.failure.code}${verdict.uncertain ? ', may have arrived' : ''}`;
		case 'mixed':
			return `${verdict.outcomes.map((one) => (typeof one === 'string' ? one : `${one.status} ${one.reason}`)).join('; ')} (${verdict.failure.code})`;
		default:
			return `${verdict.kind}: ${verdict.refusal.status} ${verdict.refusal.reason}${'at' in verdict && verdict.at !== undefined ? ` at ${verdict.at}` : ''}`;
	}
}

const judged = (name: Name, answer: HttpResponse, count = 2) => destinations()[name].judge(answer, count, NOW);

const failureIn = (name: Name, answer: HttpResponse) => {
	const verdict = judged(name, answer);
	if (!('failure' in verdict)) throw new Error(`no failure: ${shown(verdict)}`);
	return verdict.failure;
};

describe('an answer that every receiver may give', () => {
	const names = Object.keys(DESTINATIONS) as Name[];
	it.each<[number, string, string]>([
		[199, '', 'stop SIEM-REDIRECT'],
		[300, '', 'stop SIEM-REDIRECT'],
		[399, '', 'stop SIEM-REDIRECT'],
		[400, '', 'refused: 400 the receiver gave no reason'],
		[400, '{"message":"bad date"}', 'refused: 400 bad date'],
		[400, PAGE, 'stop SIEM-BODY-HTML'],
		[402, '', 'stop SIEM-4XX-REQUEST'],
		[408, '', 'again SIEM-5XX-SERVER, may have arrived'],
		[410, '', 'stop SIEM-410-GONE'],
		[413, '', 'tooLarge: 413 it is larger than the receiver takes'],
		[413, '{"message":"at most 1 MB"}', 'tooLarge: 413 at most 1 MB'],
		[413, PAGE, 'tooLarge: 413 it is larger than the receiver takes'],
		[422, '', 'refused: 422 the receiver gave no reason'],
		[425, '', 'again SIEM-5XX-SERVER'],
		[429, '', 'again SIEM-429-RATE'],
		[500, '', 'again SIEM-5XX-SERVER, may have arrived'],
		[501, PAGE, 'again SIEM-5XX-SERVER'],
		[502, '', 'again SIEM-5XX-SERVER, may have arrived'],
		[503, '', 'again SIEM-5XX-SERVER'],
		[504, '', 'again SIEM-5XX-SERVER, may have arrived'],
	])('%i %s means "%s"', (status, text, meaning) => {
		expect(names.map((name) => [name, shown(judged(name, answerOf(status, text)))])).toEqual(names.map((name) => [name, meaning]));
	});

	it('that says when to come back is heard, and its words stand in the advice', () => {
		const failure = failureIn('ndjson', answerOf(429, '{"message":"slow down"}', { 'retry-after': '7' }));
		expect([failure.details.retryAfterMs, failure.details.status]).toEqual([7_000, 429]);
		expect(failure.advice).toMatch(/It asked to wait 7 seconds\..* The answer was: "slow down"$/);
		expect(failureIn('ndjson', answerOf(503)).message).toBe('The webhook could not process the request (HTTP 503) (SIEM-5XX-SERVER)');
		expect(failureIn('ndjson', answerOf(410)).advice).toBe('Put the new address into "Webhook URL" of the credential. Nothing further was sent.');
	});
});

it.each<[Name, Array<[number, string, string]>]>([
	['splunkHec', [[401, 'Splunk did not accept "HEC Token" of this credential (SIEM-401-TOKEN)', 'copied whole'], [403, 'Splunk knows this credential but does not let it write (SIEM-403-RIGHTS)', 'which indexes the token may write to.'], [404, 'Splunk was not found at the address in "HEC URL" (SIEM-404-URL)', 'the port is 8088 where nobody changed it.']]],
	['elasticBulk', [[401, 'Elasticsearch did not accept "API Key" of this credential (SIEM-401-TOKEN)', 'copied whole'], [403, 'Elasticsearch knows this credential but does not let it write (SIEM-403-RIGHTS)', 'privilege create_doc (and auto_configure or create_index'], [404, 'Elasticsearch was not found at the address in "Elasticsearch URL" (SIEM-404-URL)', 'The node adds /_bulk itself.']]],
	['sentinel', [[401, 'Microsoft Sentinel did not accept "Tenant ID", "Client ID" and "Client Secret" of this credential (SIEM-401-TOKEN)', 'copied whole'], [403, 'Microsoft Sentinel knows this credential but does not let it write (SIEM-403-RIGHTS)', 'Monitoring Metrics Publisher'], [404, 'Microsoft Sentinel was not found at the address in "Logs Ingestion URL" (SIEM-404-URL)', '"DCR Immutable ID" and "Stream Name" of the node.']]],
	['datadog', [[401, 'Datadog did not accept "Datadog API Key" of this credential (SIEM-401-TOKEN)', 'copied whole'], [403, 'Datadog did not accept "Datadog API Key" of this credential (SIEM-401-TOKEN)', 'copied whole'], [404, 'Datadog was not found at the address in "Site" (SIEM-404-URL)', 'the node adds /api/v2/logs itself.']]],
	['sumo', [401, 403, 404].map((status) => [status, 'Sumo Logic did not accept "HTTP Source URL" of this credential (SIEM-401-TOKEN)', 'copied whole'])],
	['ndjson', [[401, 'The webhook did not accept "" of this credential (SIEM-401-TOKEN)', 'copied whole'], [403, 'The webhook knows this credential but does not let it write (SIEM-403-RIGHTS)', '("Bearer Token", "Header Value", "Signing Secret") and what they may do at the receiver.'], [404, 'The webhook was not found at the address in "Webhook URL" (SIEM-404-URL)', 'Check its path, too: the address is used as it stands.']]],
])('%s names the fields to look at when it does not let us in', (name, cases) => {
	for (const [status, message, advice] of cases) {
		const failure = failureIn(name, answerOf(status));
		expect(failure.message).toBe(message);
		expect(failure.advice).toContain(advice);
	}
});

const bulk = (...items: unknown[]) => JSON.stringify({ items: items.map((create) => ({ create })) });

it.each<[Name, number, string, string]>([
	['splunkHec', 200, '{"text":"Success","code":0}', 'accepted'],
	['splunkHec', 200, '{"code":"0"}', 'stop SIEM-BODY-SHAPE'],
	['splunkHec', 200, '{"code":8}', 'stop SIEM-BODY-SHAPE'],
	['splunkHec', 200, '', 'stop SIEM-BODY-SHAPE'],
	['splunkHec', 200, PAGE, 'stop SIEM-BODY-HTML'],
	['splunkHec', 200, STYLED_PAGE, 'stop SIEM-BODY-HTML'],
	['elasticBulk', 200, STYLED_PAGE, 'stop SIEM-BODY-HTML'],
	['splunkHec', 200, ' {"text":"Succ', 'again SIEM-BODY-JSON, may have arrived'],
	['splunkHec', 403, '{"code":1}', 'stop SIEM-TOKEN-DISABLED'],
	['splunkHec', 401, '{"code":2}', 'stop SIEM-401-TOKEN'],
	['splunkHec', 401, '{"code":3}', 'stop SIEM-401-TOKEN'],
	['splunkHec', 403, '{"code":4}', 'stop SIEM-401-TOKEN'],
	['splunkHec', 400, '{"text":"No data","code":5}', 'refused: 400 No data'],
	['splunkHec', 400, '{"text":"Invalid data format","code":6,"invalid-event-number":0}', 'refused: 400 Invalid data format at 0'],
	['splunkHec', 400, '{"text":"Invalid data format","code":6,"invalid-event-number":1}', 'refused: 400 Invalid data format at 1'],
	['splunkHec', 400, '{"text":"Invalid data format","code":6,"invalid-event-number":2}', 'refused: 400 Invalid data format'],
	['splunkHec', 400, '{"text":"Invalid data format","code":6,"invalid-event-number":-1}', 'refused: 400 Invalid data format'],
	['splunkHec', 400, '{"text":"Invalid data format","code":6,"invalid-event-number":0.5}', 'refused: 400 Invalid data format'],
	['splunkHec', 400, '{"text":"Invalid data format","code":6,"invalid-event-number":"1"}', 'refused: 400 Invalid data format'],
	['splunkHec', 400, '{"text":"Incorrect index","code":7}', 'stop SIEM-INDEX'],
	['splunkHec', 400, '{"code":8}', 'again SIEM-5XX-SERVER'],
	['splunkHec', 400, '{"code":9}', 'again SIEM-5XX-SERVER'],
	['splunkHec', 400, '{"code":10}', 'stop SIEM-400-REQUEST'],
	['splunkHec', 400, '{"code":16}', 'stop SIEM-400-REQUEST'],
	['splunkHec', 400, '{"text":"Event field is required","code":12}', 'refused: 400 Event field is required'],
	['splunkHec', 400, '{"text":"Unknown","code":17}', 'refused: 400 Unknown'],
	['splunkHec', 400, '{"code":18}', 'again SIEM-5XX-SERVER'],
	['splunkHec', 400, '{"code":20}', 'again SIEM-5XX-SERVER'],
	['splunkHec', 400, '{"text":"Unknown","code":21}', 'refused: 400 Unknown'],
	['splunkHec', 503, '{"text":"Server is busy","code":6}', 'again SIEM-5XX-SERVER'],
	['splunkHec', 500, '{"code":7}', 'again SIEM-5XX-SERVER, may have arrived'],
	['splunkHec', 429, '{"code":6}', 'again SIEM-429-RATE'],
	['elasticBulk', 200, bulk({ status: 201 }, { status: 409 }), 'accepted; known (SIEM-5XX-SERVER)'],
	['elasticBulk', 200, bulk({ status: 299 }, { status: 429 }), 'accepted; again (SIEM-429-RATE)'],
	['elasticBulk', 200, bulk({ status: 200 }, { status: 500 }), 'accepted; again (SIEM-5XX-SERVER)'],
	['elasticBulk', 200, bulk({ status: 199 }, { status: 300, error: { type: 'a', reason: 'b' } }), '199 the receiver gave no reason; 300 a: b (SIEM-5XX-SERVER)'],
	['elasticBulk', 200, bulk({ status: 400, error: { reason: 'b' } }, {}), '400 b; again (SIEM-5XX-SERVER)'],
	['elasticBulk', 200, '{"items":[null,{}]}', 'again; again (SIEM-5XX-SERVER)'],
	['elasticBulk', 200, bulk({ status: 403, error: { type: 'cluster_block_exception' } }, { status: 201 }), 'stop SIEM-INDEX'],
	['elasticBulk', 200, bulk({ status: 201 }), 'stop SIEM-BODY-SHAPE'],
	['elasticBulk', 200, '{"items":{"length":2}}', 'stop SIEM-BODY-SHAPE'],
	['elasticBulk', 200, 'null', 'stop SIEM-BODY-SHAPE'],
	['elasticBulk', 200, '{"items":[', 'again SIEM-BODY-JSON, may have arrived'],
	['elasticBulk', 400, '{"error":{"type":"invalid_index_name_exception"}}', 'stop SIEM-INDEX'],
	['elasticBulk', 403, '{"error":{"type":"index_closed_exception"}}', 'stop SIEM-INDEX'],
	['elasticBulk', 404, '{"error":{"type":"index_not_found_exception"}}', 'stop SIEM-INDEX'],
	['elasticBulk', 403, '{"error":{"type":"security_exception"}}', 'stop SIEM-403-RIGHTS'],
	['elasticBulk', 404, '{"error":{"type":"no_index_not_found"}}', 'stop SIEM-404-URL'],
	['elasticBulk', 429, '{"error":{"type":"cluster_block_exception"}}', 'again SIEM-429-RATE'],
	['elasticBulk', 404, 'null', 'stop SIEM-404-URL'],
	['elasticBulk', 404, '{"error":{}}', 'stop SIEM-404-URL'],
	['sentinel', 204, '', 'accepted'],
	['sentinel', 200, ' \n', 'accepted'],
	['sentinel', 200, '{"accepted":true}', 'stop SIEM-BODY-SHAPE'],
	['datadog', 401, PAGE, 'stop SIEM-401-TOKEN'],
	['datadog', 403, PAGE, 'stop SIEM-401-TOKEN'],
	['datadog', 202, '{}', 'accepted'],
	['datadog', 202, ' { } ', 'accepted'],
	['datadog', 202, '', 'accepted'],
	['datadog', 202, '{"a":1}', 'stop SIEM-BODY-SHAPE'],
	['datadog', 202, '{}{}', 'stop SIEM-BODY-SHAPE'],
	['datadog', 202, 'OK {}', 'stop SIEM-BODY-SHAPE'],
	['datadog', 202, '{} OK', 'stop SIEM-BODY-SHAPE'],
	['sumo', 200, 'anything', 'accepted'],
	['sumo', 299, '', 'accepted'],
	['sumo', 200, PAGE, 'stop SIEM-BODY-HTML'],
	['cef', 200, '{"ok":true}', 'accepted'],
	['cef', 200, PAGE, 'stop SIEM-BODY-HTML'],
])('%s: %i %s means "%s"', (name, status, text, meaning) => {
	expect(shown(judged(name, answerOf(status, text)))).toBe(meaning);
});

it('a code of Sentinel that speaks of rule or stream ends the delivery, on 400 alone', () => {
	const coded = (status: number, code: string) => shown(judged('sentinel', answerOf(status, '', { 'x-ms-error-code': code })));
	for (const code of ['InvalidStream', 'nonexistentstreamdeclaration', 'MissingDcrImmutableId']) expect(coded(400, code)).toBe('stop SIEM-INDEX');
	expect([coded(400, 'NotInvalidStream'), coded(400, 'InvalidRecord'), coded(404, 'InvalidStream')]).toEqual([
		'refused: 400 the receiver gave no reason',
		'refused: 400 the receiver gave no reason',
		'stop SIEM-404-URL',
	]);
	expect(failureIn('sentinel', answerOf(400, '', { 'x-ms-error-code': 'InvalidStream' })).message).toBe('Microsoft Sentinel does not write to what "Stream Name" of the node names (SIEM-INDEX)');
});

it('an index that is not written to is named with the field of the node and the words of the answer', () => {
	expect(failureIn('splunkHec', answerOf(400, '{"text":"Incorrect index","code":7}')).message).toBe('Splunk does not write to what "Index" of the node names (SIEM-INDEX)');
	const closed = failureIn('elasticBulk', answerOf(200, bulk({ status: 201 }, { error: { type: 'index_closed_exception', reason: 'closed' } })));
	expect([closed.message, closed.details.status]).toEqual(['Elasticsearch does not write to what "Index or Data Stream" of the node names (SIEM-INDEX)', 400]);
	expect(closed.advice).toContain('closed');
	const busy = failureIn('elasticBulk', answerOf(200, bulk({ status: 201 }, { status: 429, error: { reason: 'queue is full' } })));
	expect([busy.details.status, busy.advice]).toEqual([429, expect.stringContaining('queue is full')]);
	expect(failureIn('elasticBulk', answerOf(200, bulk({ status: 201 }, { status: 201 }))).details.status).toBe(503);
});

it('a success that is not of the receiver is shown by its beginning, or as an empty body', () => {
	const said = (text: string) => failureIn('splunkHec', answerOf(200, text)).advice;
	expect(said('')).toContain('Seen: an empty body.');
	expect(said(`hello ${'x'.repeat(100)}`)).toContain(`Seen: hello ${'x'.repeat(74)}.`);
	const half = failureIn('splunkHec', answerOf(200, '{"text":"half'));
	expect([half.message, half.details.vendorMessage]).toEqual(['Splunk sent an answer that is not complete JSON (SIEM-BODY-JSON)', undefined]);
});
