import { fixedClock } from '../clock';
import { startSplunkHec, type SplunkHecOptions, type SplunkHecSimulator } from '../splunk/server';

/** The part of Splunk's library (which brings no types) that is used here. */
interface SplunkLogger {
	eventFormatter: (message: unknown, severity: string) => unknown;
	error: (error: Error & { code?: number }) => void;
	send(context: { message: unknown; severity?: string; metadata?: Record<string, unknown> }): void;
	flush(done: (error: Error | null, response: unknown, body: unknown) => void): void;
}
// eslint-disable-next-line @typescript-eslint/no-require-imports
const { Logger } = require('splunk-logging') as {
	Logger: new (config: Record<string, unknown>) => SplunkLogger;
};

const clock = fixedClock(Date.parse('2026-01-15T10:07:31Z'));
let hec: SplunkHecSimulator;
afterEach(async () => {
	await hec.close();
});

interface Sent {
	body: unknown;
	refusals: Array<{ message: string; code?: number }>;
}

/** Sends events in one request with Splunk's own library, as it comes but for the form of the event. */
async function sendWithLibrary(
	options: SplunkHecOptions,
	events: Array<{ message: unknown; metadata?: Record<string, unknown> }>,
	token?: string,
): Promise<Sent> {
	hec = await startSplunkHec({ clock, ...options });
	const logger = new Logger({ url: hec.url, token: token ?? hec.token, maxBatchCount: 0 });
	const refusals: Sent['refusals'] = [];
	logger.eventFormatter = (message) => message;
	logger.error = ({ message, code }) => refusals.push({ message, code });
	for (const event of events) logger.send(event);
	return await new Promise((resolve) =>
		logger.flush((_error, _response, body) => resolve({ body, refusals })),
	);
}

const EVENTS = [
	{
		message: { id: 'e1', text: 'braces } and "quotes" {' },
		metadata: {
			time: 1_768_471_651.25,
			host: 'n8n',
			source: 'securid',
			sourcetype: '_json',
			index: 'security',
		},
	},
	{ message: { id: 'e2' }, metadata: { time: 1_768_471_652 } },
];

it("takes what Splunk's own library sends, and the library takes the answer for a success", async () => {
	const { body, refusals } = await sendWithLibrary({}, EVENTS);
	expect(body).toEqual({ text: 'Success', code: 0 });
	expect(refusals).toEqual([]);
	expect(hec.requests).toHaveLength(1);
	expect(hec.ids()).toEqual(['e1', 'e2']);
	expect(hec.events[0].event).toMatchObject({ event: EVENTS[0].message, ...EVENTS[0].metadata });
});

it.each<[string, SplunkHecOptions, unknown, Record<string, unknown>, { message: string; code: number }]>([
	[
		'an index that the token may not write to',
		{},
		{},
		{ index: 'other' },
		{ message: 'Incorrect index', code: 7 },
	],
	['a blank event', {}, '', {}, { message: 'Event field cannot be blank', code: 13 }],
	['a poison event', { poison: ['p'] }, { id: 'p' }, {}, { message: 'Invalid data format', code: 6 }],
	[
		'a request that is too large',
		{ maxBytes: 50 },
		{ id: 'x'.repeat(99) },
		{},
		{ message: 'Request entity too large', code: 27 },
	],
	[
		'a busy server',
		{ faults: [{ on: {}, do: { status: 503 } }] },
		{},
		{},
		{ message: 'Server is busy', code: 9 },
	],
])("tells Splunk's library of %s", async (_, options, message, metadata, refusal) => {
	const { refusals } = await sendWithLibrary(options, [{ message, metadata }]);
	expect(refusals).toEqual([refusal]);
	expect(hec.events).toEqual([]);
});

it.each<[string, number, string, string]>([
	['unknown', 4, 'Invalid token', 'another-token'],
	['disabled', 1, 'Token disabled', 'old-token'],
	['broken', 3, 'Invalid authorization', 'two words'],
])("tells Splunk's library of an %s token by code %i", async (_, code, message, token) => {
	const { refusals } = await sendWithLibrary({ disabledTokens: ['old-token'] }, EVENTS, token);
	expect(refusals).toEqual([{ message, code }]);
	expect(hec.events).toEqual([]);
});
