import { client as datadog, v2 } from '@datadog/datadog-api-client';

import { fixedClock } from '../clock';
import { startDatadog, type DatadogOptions, type DatadogSimulator } from '../datadog/server';

const clock = fixedClock(Date.parse('2026-01-15T10:07:31Z'));
let intake: DatadogSimulator;
afterEach(async () => {
	await intake.close();
});

/** Datadog's client with its server replaced by the fake. */
async function start(options: DatadogOptions = {}, apiKey?: string): Promise<v2.LogsApi> {
	intake = await startDatadog({ clock, ...options });
	const configuration = datadog.createConfiguration({
		authMethods: { apiKeyAuth: apiKey ?? intake.apiKey },
		baseServer: new datadog.BaseServerConfiguration(intake.url, {}),
		enableRetry: false,
	});
	return new v2.LogsApi(configuration);
}

const logs = (...ids: string[]): v2.HTTPLogItem[] =>
	ids.map((id) => ({
		message: JSON.stringify({ id }),
		ddsource: 'securid',
		service: 'n8n',
		additionalProperties: { timestamp: '2026-01-15T10:00:00Z' },
	}));

async function refusalOf(sending: Promise<unknown>): Promise<[status: number, body: unknown]> {
	const error = (await sending.catch((thrown: unknown) => thrown)) as {
		code: number;
		body: v2.HTTPLogErrors;
	};
	return [error.code, error.body.errors?.[0].status];
}

it.each([undefined, 'gzip', 'deflate'] as const)(
	"takes what Datadog's client sends with compression %s",
	async (contentEncoding) => {
		const api = await start();
		await expect(api.submitLog({ body: logs('a', 'b'), contentEncoding })).resolves.toEqual({});
		expect(intake.ids()).toEqual(['a', 'b']);
		expect(intake.events[0].event).toMatchObject({
			log: { ddsource: 'securid' },
			truncated: false,
			tooOld: false,
		});
		expect(intake.requests[0].headers['content-encoding']).toBe(contentEncoding);
	},
);

it.each<[string, number, DatadogOptions, string | undefined]>([
	['a wrong key', 403, {}, 'wrong'],
	['a body over the limit', 413, { maxBytes: 100 }, undefined],
	['more logs than a request may hold', 413, { maxEvents: 1 }, undefined],
	['a poison event', 400, { poison: ['b'] }, undefined],
	['throttling', 429, { faults: [{ on: {}, do: { retryAfter: 1 } }] }, undefined],
	['an outage', 503, { faults: [{ on: {}, do: { status: 503 } }] }, undefined],
])("tells Datadog's client of %s by %i", async (_, status, options, apiKey) => {
	const api = await start(options, apiKey);
	expect(await refusalOf(api.submitLog({ body: logs('a', 'b') }))).toEqual([status, String(status)]);
	expect(intake.events).toEqual([]);
});

it('refuses 1,001 logs and takes 1,000', async () => {
	const api = await start();
	const many = logs(...Array.from({ length: 1001 }, (_, at) => String(at)));
	expect(await refusalOf(api.submitLog({ body: many }))).toEqual([413, '413']);
	await api.submitLog({ body: many.slice(1) });
	expect(intake.ids()).toHaveLength(1000);
});

it("lets Datadog's client believe that a log over 1 MB or 18 h was taken, and shows it to the test", async () => {
	const api = await start();
	const [long, old] = logs('long', 'old');
	long.hostname = 'x'.repeat(1_000_000);
	old.additionalProperties = { timestamp: '2026-01-14T16:00:00Z' };
	await expect(api.submitLog({ body: [long, old] })).resolves.toEqual({});
	expect(intake.truncatedIds()).toEqual(['long']);
	expect(intake.events.map(({ event }) => event.tooOld)).toEqual([false, true]);
});
