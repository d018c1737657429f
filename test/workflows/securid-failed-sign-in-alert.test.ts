import { simplifySecurId } from '../../nodes/shared/mapping/securid';
import { shipped, startTestWorld, type LocalWorld } from './world';

const SEED = 41;
const NAME = 'securid-failed-sign-in-alert';
const ALERTS = 'securid_safe_alerts';

let local: LocalWorld;

beforeEach(async () => {
	local = await startTestWorld(SEED);
	local.world.securId.events.length = 0;
});

afterEach(async () => {
	await local.stop();
});

const failure = (adminUserName: string, sourceIPAddress = '203.0.113.5') => ({
	atMs: Date.now() - 600_000,
	activityKey: 'SIGNIN_FAILURE',
	result: 'FAIL',
	adminUserName,
	sourceIPAddress,
});

/** Runs the workflow by hand: its trigger really asks SecurID. */
const runByHand = async (settings: Record<string, unknown> = {}) =>
	await local.engine.run(shipped(local, NAME, settings), {
		mode: 'manual',
		startAt: 'When something happens',
		credentials: local.credentials,
	});

/** Runs the workflow with events as its trigger gives them. */
const runWith = async (events: Array<Record<string, unknown>>, settings: Record<string, unknown> = {}) =>
	await local.engine.run(shipped(local, NAME, settings), {
		startAt: 'When something happens',
		input: events.map((event) => ({ json: { ...simplifySecurId(event) } })),
		credentials: local.credentials,
	});

const vendorEvent = (adminUserName: string, index: number) => ({
	eventId: String(9_000_000_000_000_000_000n + BigInt(index)),
	eventLogDate: '2026-11-20T10:00:00.000Z',
	...failure(adminUserName),
	message: `Admin ${adminUserName} sign-in failed. Reason: Bad Credentials`,
});

describe('alert', () => {
	it('tells Slack once per run, grouped by administrator and source', async () => {
		local.world.securId.addEvents(failure('a@example.com'), failure('a@example.com'), failure('b@example.com'));
		const report = await runByHand();
		expect(report.error).toBeUndefined();
		expect(local.world.slack.messages).toHaveLength(1);
		const { shown } = local.world.slack.messages[0];
		expect(shown).toContain('3 failed sign-ins, 0 administrators locked out');
		expect(shown).toContain('• 2 failed: a@example.com from 203.0.113.5');
		expect(shown).toContain('• 1 failed: b@example.com from 203.0.113.5');
	});

	it('counts both FAIL and FAILURE, and names a lockout although SecurID calls it a SUCCESS', async () => {
		local.world.securId.addEvents(failure('a@example.com'), { ...failure('a@example.com'), result: 'FAILURE' });
		local.world.securId.addEvents({ ...failure('a@example.com'), activityKey: 'LOCKED_ADMIN_ACCOUNT', result: 'SUCCESS' });
		await runByHand();
		expect(local.world.slack.messages[0].shown).toContain('• 2 failed, account locked: a@example.com');
		expect(local.world.slack.messages[0].shown).toContain('1 administrators locked out');
	});

	it('says nothing about sign-ins that succeeded', async () => {
		local.world.securId.addEvents({ ...failure('a@example.com'), activityKey: 'SIGNIN_SUCCESS', result: 'SUCCESS' });
		await runByHand();
		expect(local.world.slack.requests).toHaveLength(0);
	});

	it('leaves out the sources of the allow-list, and no others', async () => {
		local.world.securId.addEvents(failure('a@example.com', '198.51.100.9'), failure('b@example.com', '198.51.100.90'));
		await runByHand({ ignoredSources: ' 198.51.100.9 , 192.0.2.1' });
		const { shown } = local.world.slack.messages[0];
		expect(shown).not.toContain('a@example.com');
		expect(shown).toContain('b@example.com');
	});

	it('shows ten groups and the number of the others', async () => {
		await runWith(Array.from({ length: 14 }, (_, index) => vendorEvent(`user-${index}@example.com`, index)));
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
		await runByHand();
		const [message] = local.world.slack.messages;
		expect(message.rings).toEqual([]);
		expect(message.shown.match(/^•/gm)).toHaveLength(1);
		expect(message.text.match(/<https?:/g)).toEqual(['<https:']);
		expect(message.shown).toContain(name.replace(/\s+/g, ' ').replaceAll('://', '[:]//'));
	});

	it('carries time with offset, event id, runbook line and a link to the execution', async () => {
		const [event] = local.world.securId.addEvents(failure('a@example.com'));
		await runByHand({ timeZone: 'Asia/Kolkata', runbook: 'Call the desk.' });
		const [{ text }] = local.world.slack.messages;
		expect(text).toMatch(/last \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+05:30/);
		expect(text).toContain(String(event.eventId));
		expect(text).toContain('Call the desk.');
		expect(text).toMatch(/<https:\/\/n8n\.example\.com\/workflow\/.+\/executions\/\d+\|Open this run in n8n>/);
	});

	it('says that events of a back-fill are history', async () => {
		const [event] = [vendorEvent('a@example.com', 1)];
		await local.engine.run(shipped(local, NAME), {
			startAt: 'When something happens',
			input: [{ json: { ...simplifySecurId(event), backfill: true } }],
			credentials: local.credentials,
		});
		expect(local.world.slack.messages[0].shown).toContain('(this is history)');
	});
});

describe('repeats', () => {
	it('holds back a pair that was told lately, and tells others', async () => {
		await runWith([vendorEvent('a@example.com', 1)]);
		await runWith([vendorEvent('a@example.com', 2), vendorEvent('b@example.com', 3)]);
		expect(local.world.slack.messages).toHaveLength(2);
		expect(local.world.slack.messages[1].shown).not.toContain('a@example.com');
		expect(local.world.slack.messages[1].shown).toContain('b@example.com');
	});

	it('tells a lockout although the failed sign-ins before it were told a moment ago', async () => {
		await runWith([vendorEvent('a@example.com', 1)]);
		await runWith([{ ...vendorEvent('a@example.com', 2), activityKey: 'LOCKED_ADMIN_ACCOUNT', result: 'SUCCESS' }]);
		expect(local.world.slack.messages[1].shown).toContain('account locked: a@example.com');
	});

	it('tells a pair again after the quiet time', async () => {
		await runWith([vendorEvent('a@example.com', 1)]);
		const [row] = local.engine.dataTables.rows(ALERTS);
		local.engine.dataTables.editRow(ALERTS, row.id as number, { toldAt: new Date(Date.now() - 31 * 60_000) });
		await runWith([vendorEvent('a@example.com', 2)]);
		expect(local.world.slack.messages).toHaveLength(2);
	});

	it('fails and remembers nothing when Slack refuses the message, so that a retry tells it', async () => {
		const refused = await runWith([vendorEvent('a@example.com', 1)], { slackChannel: '#no-such-channel' });
		expect(refused.status).toBe('error');
		expect(refused.lastNode).toBe('Tell Slack');
		await runWith([vendorEvent('a@example.com', 1)]);
		expect(local.world.slack.messages).toHaveLength(1);
	});
});

it('stops with the advice of the node when SecurID refuses the key', async () => {
	const credentials = {
		...local.credentials,
		securIdApi: {
			keySource: 'file',
			privateKeyFile: JSON.stringify({ ...local.world.securId.keyFile, accessID: 'not-this-one' }),
		},
	};
	const report = await local.engine.run(shipped(local, NAME), { mode: 'manual', startAt: 'When something happens', credentials });
	expect(report.status).toBe('error');
	expect(report.error?.message).toMatch(/Access ID.*\(SECURID-403-ACCESS-ID\)$/);
});
