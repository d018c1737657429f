import { archived, BUCKET, idsOf, shipped, startTestWorld, type LocalWorld } from './world';

const SEED = 41;
const NAME = 'securid-failed-sign-in-alert';
const DAY_MS = 86_400_000;

let local: LocalWorld;

beforeEach(async () => {
	local = await startTestWorld(SEED);
});

afterEach(async () => {
	await local.stop();
});

const run = async (settings: Record<string, unknown> = { windowMinutes: 1440 }) =>
	await local.engine.run(shipped(local, NAME, settings), { credentials: local.credentials });

/** End of the last whole UTC day that is settled, as the workflow computes it. */
const dayEndMs = () => Math.floor((Date.now() - 120_000) / DAY_MS) * DAY_MS;

/** The ids that SecurID holds for yesterday (UTC), straight from the simulated tenant. */
function idsOfYesterday(): string[] {
	const endMs = dayEndMs();
	return local.world.securId.events
		.filter(({ atMs }) => atMs > endMs - DAY_MS && atMs <= endMs)
		.map(({ eventId }) => String(eventId));
}

describe(`delivery (tenant seed ${SEED})`, () => {
	it('brings every admin event of the window to S3 and to the SIEM, ids digit for digit', async () => {
		const expected = idsOfYesterday();
		const report = await run();
		expect(report.error).toBeUndefined();
		expect(expected.length).toBeGreaterThan(20);
		expect(idsOf(report, 'Get admin events')).toEqual(expected);
		expect(local.world.siem.events.map(({ id }) => id)).toEqual(expected);
		const files = [...(await archived(local, 'securid-admin')).values()];
		expect(files).toHaveLength(1);
		expect(files[0].map(({ eventId }) => eventId)).toEqual(expected);
	});

	it("keeps the vendor's whole record inside each archived event", async () => {
		await run();
		const [events] = [...(await archived(local, 'securid-admin')).values()];
		for (const { eventId, original } of events) {
			expect(Object.keys(original as object)).toHaveLength(23);
			expect(original).toMatchObject({ eventId, eventType: 'Administration' });
		}
	});

	it('posts to the SIEM in batches of 500', async () => {
		const yesterday = dayEndMs() - DAY_MS / 2;
		local.world.securId.addEvents(...Array.from({ length: 1_200 }, () => ({ atMs: yesterday, activityKey: 'SIGNOUT' })));
		const report = await run();
		const sizes = local.world.siem.batches.map(({ ids }) => ids.length);
		expect(sizes.slice(0, -1)).toEqual([500, 500]);
		expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(idsOf(report, 'Get admin events').length);
		expect(new Set(local.world.siem.ids()).size).toBe(idsOfYesterday().length);
	});

	it('writes the same object again when a window is read again', async () => {
		await run();
		const first = await local.s3.objects(BUCKET);
		await run();
		expect(await local.s3.objects(BUCKET)).toEqual(first);
	});

	it('writes another object, and leaves the first one alone, when a late event changes the window', async () => {
		await run();
		const [[firstKey, firstBytes]] = [...(await local.s3.objects(BUCKET))];
		local.world.securId.addEvents({ atMs: dayEndMs() - 5_000, activityKey: 'SIGNOUT' });
		await run();
		const objects = await local.s3.objects(BUCKET);
		expect(objects.size).toBe(2);
		expect(objects.get(firstKey)).toEqual(firstBytes);
	});

	it('does nothing and succeeds when no event happened', async () => {
		local.world.securId.events.length = 0;
		const report = await run();
		expect(report.status).toBe('success');
		expect(local.world.siem.requests).toHaveLength(0);
		expect(local.world.slack.requests).toHaveLength(0);
		expect((await local.s3.objects(BUCKET)).size).toBe(0);
	});
});

describe('time window', () => {
	it.each([1, 5, 15, 60, 1440])('lies on the %i-minute grid and ends before the settling time', async (windowMinutes) => {
		const before = Date.now();
		const report = await run({ windowMinutes, settlingMinutes: 3 });
		const { windowStart, windowEnd } = report.items('Time window')[0].json as Record<string, string>;
		const endMs = Date.parse(windowEnd);
		expect(endMs % (windowMinutes * 60_000)).toBe(0);
		expect(endMs - Date.parse(windowStart)).toBe(windowMinutes * 60_000);
		expect(endMs).toBeLessThanOrEqual(Date.now() - 180_000);
		expect(endMs).toBeGreaterThan(before - 180_000 - windowMinutes * 60_000);
		const [request] = local.world.securId.requests;
		expect(request.query.get('startTimeAfter')).toBe(windowStart);
		expect(request.query.get('endTimeOnOrBefore')).toBe(windowEnd);
	});
});

describe('alert', () => {
	const atMs = () => dayEndMs() - 3_600_000;
	const failure = (adminUserName: string, sourceIPAddress = '203.0.113.5') => ({
		atMs: atMs(),
		activityKey: 'SIGNIN_FAILURE',
		result: 'FAIL',
		adminUserName,
		sourceIPAddress,
	});

	beforeEach(() => {
		local.world.securId.events.length = 0;
	});

	it('tells Slack once per run, grouped by administrator and source', async () => {
		local.world.securId.addEvents(failure('a@example.com'), failure('a@example.com'), failure('b@example.com'));
		await run();
		expect(local.world.slack.messages).toHaveLength(1);
		const { shown } = local.world.slack.messages[0];
		expect(shown).toContain('3 failed sign-ins, 0 administrators locked out');
		expect(shown).toContain('• 2 failed: a@example.com from 203.0.113.5');
		expect(shown).toContain('• 1 failed: b@example.com from 203.0.113.5');
	});

	it('counts both FAIL and FAILURE, and names a lockout although SecurID calls it a SUCCESS', async () => {
		local.world.securId.addEvents(failure('a@example.com'), { ...failure('a@example.com'), result: 'FAILURE' });
		local.world.securId.addEvents({ ...failure('a@example.com'), activityKey: 'LOCKED_ADMIN_ACCOUNT', result: 'SUCCESS' });
		await run();
		expect(local.world.slack.messages[0].shown).toContain('• 2 failed, account locked: a@example.com');
		expect(local.world.slack.messages[0].shown).toContain('1 administrators locked out');
	});

	it('says nothing about sign-ins that succeeded', async () => {
		local.world.securId.addEvents({ ...failure('a@example.com'), activityKey: 'SIGNIN_SUCCESS', result: 'SUCCESS' });
		const report = await run();
		expect(local.world.slack.requests).toHaveLength(0);
		expect(report.items('Run summary')[0].json).toMatchObject({ events: 1, siemBatches: 1, slack: 'nothing to tell' });
	});

	it('leaves out the sources of the allow-list, and no others', async () => {
		local.world.securId.addEvents(failure('a@example.com', '198.51.100.9'), failure('b@example.com', '198.51.100.90'));
		await run({ windowMinutes: 1440, ignoredSources: ' 198.51.100.9 , 192.0.2.1' });
		const { shown } = local.world.slack.messages[0];
		expect(shown).not.toContain('a@example.com');
		expect(shown).toContain('b@example.com');
		expect(local.world.siem.events).toHaveLength(2);
	});

	it('shows ten groups and the number of the others', async () => {
		local.world.securId.addEvents(...Array.from({ length: 14 }, (_, index) => failure(`user-${index}@example.com`)));
		await run();
		const { shown } = local.world.slack.messages[0];
		expect(shown.match(/^•/gm)).toHaveLength(10);
		expect(shown).toContain('and 4 more');
	});

	it.each([
		['a channel mention', '<!channel>'],
		['a user mention', '<@U012AB3CD>'],
		['a link with another text', '<https://evil.example.com|Reset your password>'],
		['an entity', '&lt;!here&gt;'],
		['a line break', 'a\n• 0 failed: nobody'],
		['an expression', '{{ $json.secret }}'],
	])('shows %s in a user name as text, which rings nobody and opens nothing', async (_, name) => {
		local.world.securId.addEvents(failure(name));
		await run();
		const [message] = local.world.slack.messages;
		expect(message.rings).toEqual([]);
		expect(message.shown.match(/^•/gm)).toHaveLength(1);
		expect(message.text.match(/<https?:/g)).toEqual(['<https:']);
		expect(message.shown).toContain(name.replace(/\s+/g, ' ').replaceAll('://', '[:]//'));
	});

	it('carries time with offset, event id, archive, runbook line and a link to the execution', async () => {
		const [event] = local.world.securId.addEvents(failure('a@example.com'));
		await run({ windowMinutes: 1440, timeZone: 'Asia/Kolkata', runbook: 'Call the desk.' });
		const [{ text }] = local.world.slack.messages;
		expect(text).toMatch(/last \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+05:30/);
		expect(text).toContain(String(event.eventId));
		expect(text).toContain(`s3://${BUCKET}/audit/source=securid-admin/`);
		expect(text).toContain('Call the desk.');
		expect(text).toMatch(/<https:\/\/n8n\.example\.com\/workflow\/.+\/executions\/\d+\|Open this run in n8n>/);
	});
});

describe('refusing sinks', () => {
	it('stops before the SIEM and Slack when S3 refuses the archive', async () => {
		const credentials = { ...local.credentials, aws: { ...local.credentials.aws, secretAccessKey: 'wrong' } };
		const workflow = shipped(local, NAME, { windowMinutes: 1440 });
		const report = await local.engine.run(workflow, { credentials });
		expect(report.status).toBe('error');
		expect(report.lastNode).toBe('Archive in S3');
		expect(local.world.siem.requests).toHaveLength(0);
		expect(local.world.slack.requests).toHaveLength(0);
	});

	it('tries the SIEM four times and then stops with an error, so that the loss of events is not silent', async () => {
		local.world.siem.faults.add({ on: {}, do: { status: 503 } });
		const report = await run();
		expect(report.status).toBe('error');
		expect(report.lastNode).toBe('Post to SIEM');
		expect(local.world.siem.requests).toHaveLength(4);
	});

	it('goes on when a SIEM post goes through at the second try', async () => {
		local.world.siem.faults.add({ on: { nth: 1 }, do: { status: 503 } });
		const report = await run();
		expect(report.status).toBe('success');
		expect(local.world.siem.ids()).toEqual(idsOfYesterday());
	});

	it('never follows a redirect of the SIEM with its token', async () => {
		local.world.siem.faults.add({
			on: {},
			do: { status: 307, headers: { location: `${local.world.storage.url}/elsewhere` } },
		});
		await run();
		expect(local.world.storage.requests).toHaveLength(0);
	});

	it('delivers to S3 and SIEM and succeeds when Slack refuses the message, and says so in the summary', async () => {
		const report = await run({ windowMinutes: 1440, slackChannel: '#no-such-channel' });
		expect(report.status).toBe('success');
		expect(local.world.siem.ids()).toEqual(idsOfYesterday());
		expect(String(report.items('Run summary')[0].json.slack)).toMatch(/^not reached: /);
	});

	it('stops with the advice of the node when SecurID refuses the key', async () => {
		const credentials = {
			...local.credentials,
			securIdApi: {
				keySource: 'file',
				privateKeyFile: JSON.stringify({ ...local.world.securId.keyFile, accessID: 'not-this-one' }),
			},
		};
		const report = await local.engine.run(shipped(local, NAME), { credentials });
		expect(report.status).toBe('error');
		expect(report.error?.message).toMatch(/Access ID.*\(SECURID-403-ACCESS-ID\)$/);
		expect((await local.s3.objects(BUCKET)).size).toBe(0);
	});
});
