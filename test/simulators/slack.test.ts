import { fixedClock } from './clock';
import { FaultPlan, type FaultRule } from './faults';
import { findSlackMentions, renderSlackText } from './slack/renderText';
import { startSlack, type SlackOptions, type SlackSimulator } from './slack/server';
import { HOSTILE_NAMES } from './tenant';
import { ask } from './testClient';

const clock = fixedClock(Date.parse('2026-01-15T10:07:31.250Z'));
let slack: SlackSimulator;
afterEach(async () => {
	await slack.close();
});

async function start(options: SlackOptions = {}, rules: FaultRule[] = []): Promise<SlackSimulator> {
	slack = await startSlack({ clock, faults: new FaultPlan(rules), ...options });
	return slack;
}

const JSON_TYPE = 'application/json; charset=utf-8';
async function call(method: string, values?: unknown, headers: Record<string, string> = {}) {
	const reply = await ask(`${slack.url}/api/${method}`, {
		method: values === undefined ? 'GET' : 'POST',
		headers: { authorization: `Bearer ${slack.token}`, 'content-type': JSON_TYPE, ...headers },
		body: typeof values === 'string' || values === undefined ? values : JSON.stringify(values),
	});
	return { ...reply, json: JSON.parse(reply.text) as Record<string, unknown> };
}
const postMessage = async (values: Record<string, unknown>) =>
	await call('chat.postMessage', { channel: 'sec-ops', ...values });
const section = (text: string) => ({ type: 'section', text: { type: 'mrkdwn', text } });

describe('chat.postMessage', () => {
	it('keeps a message and answers with channel and time stamp', async () => {
		await start();
		const { status, json } = await postMessage({ text: 'Three lock-outs' });
		expect(status).toBe(200);
		expect(json).toMatchObject({ ok: true, channel: 'C0SECOPS001', ts: '1768471651.000001' });
		expect(slack.messages).toHaveLength(1);
		expect(slack.messages[0]).toMatchObject({ channelName: 'sec-ops', text: 'Three lock-outs', ts: json.ts });
	});

	it.each(['C0SECALERTS', 'security-alerts', '#security-alerts'])('finds the channel %s', async (channel) => {
		await start();
		expect((await postMessage({ channel, text: 'x' })).json).toMatchObject({
			ok: true,
			channel: 'C0SECALERTS',
		});
	});

	it('takes a form with blocks as JSON and the token among the fields', async () => {
		await start();
		const form = new URLSearchParams({
			token: slack.token,
			channel: 'sec-ops',
			blocks: JSON.stringify([section('*Büro* & more')]),
		});
		const reply = await call('chat.postMessage', form.toString(), {
			authorization: '',
			'content-type': 'application/x-www-form-urlencoded',
		});
		expect(reply.json).toMatchObject({ ok: true });
		expect(slack.messages[0].shown).toBe('Büro & more');
	});

	it.each<[string, Record<string, unknown>]>([
		['no_text', {}],
		['no_text', { text: '' }],
		['channel_not_found', { channel: 'renamed', text: 'x' }],
		['channel_not_found', { channel: undefined, text: 'x' }],
		['is_archived', { channel: 'old-alerts', text: 'x' }],
		['not_in_channel', { channel: 'board', text: 'x' }],
		['msg_too_long', { text: 'x'.repeat(40_001) }],
		['msg_blocks_too_long', { blocks: Array.from({ length: 4 }, () => section('x'.repeat(2836))) }],
		['invalid_blocks', { blocks: Array.from({ length: 51 }, () => ({ type: 'divider' })) }],
		['invalid_blocks', { blocks: [section('x'.repeat(3001))] }],
		['invalid_blocks', { blocks: [section('')] }],
		['invalid_blocks', { blocks: [{ type: 'section' }] }],
		['invalid_blocks', { blocks: [{ text: 'no type' }] }],
		['invalid_blocks', { blocks: [{ type: 'header', text: { type: 'plain_text', text: 'x'.repeat(151) } }] }],
		[
			'invalid_blocks',
			{ blocks: [{ type: 'section', fields: [{ type: 'mrkdwn', text: 'x'.repeat(2001) }] }] },
		],
		['invalid_blocks_format', { blocks: '[' }],
		['invalid_attachments', { attachments: 'x' }],
	])('refuses with %s and status 200, and keeps nothing', async (error, values) => {
		await start();
		const { status, json } = await postMessage(values);
		expect([status, json.ok, json.error]).toEqual([200, false, error]);
		expect(slack.messages).toEqual([]);
	});

	it('takes the largest message that is allowed', async () => {
		await start();
		const blocks = [...Array.from({ length: 3 }, () => section('x'.repeat(3000))), section('x'.repeat(2340))];
		expect((await postMessage({ text: 'x'.repeat(40_000), blocks })).json.ok).toBe(true);
	});

	it.each([
		['not_authed', {}],
		['not_authed', { authorization: 'Basic x' }],
		['invalid_auth', { authorization: 'Bearer xoxb-wrong' }],
	])('refuses with %s', async (error, headers) => {
		await start();
		const reply = await ask(`${slack.url}/api/chat.postMessage`, {
			method: 'POST',
			headers: { 'content-type': JSON_TYPE, ...headers } as Record<string, string>,
			body: JSON.stringify({ token: slack.token, channel: 'sec-ops', text: 'x' }),
		});
		expect(reply.status).toBe(200);
		expect(JSON.parse(reply.text)).toEqual({ ok: false, error });
	});

	it.each([
		['invalid_json', '{', JSON_TYPE],
		['json_not_object', '[]', JSON_TYPE],
		['invalid_post_type', '{}', 'application/xml'],
	])('refuses a body with %s', async (error, body, type) => {
		await start();
		expect((await call('chat.postMessage', body, { 'content-type': type })).json).toEqual({
			ok: false,
			error,
		});
	});

	it('warns of a missing charset', async () => {
		await start();
		const reply = await call(
			'chat.postMessage',
			{ channel: 'sec-ops', text: 'x' },
			{ 'content-type': 'application/json' },
		);
		expect(reply.json).toMatchObject({ ok: true, warning: 'missing_charset' });
	});

	it('limits each channel to a burst and one message a second, with Retry-After', async () => {
		await start({ burst: 2 });
		const send = async (channel: string) => (await postMessage({ channel, text: 'x' })).status;
		expect([await send('sec-ops'), await send('sec-ops'), await send('sec-ops')]).toEqual([200, 200, 429]);
		expect(await send('security-alerts')).toBe(200);
		clock.advance(1000);
		expect([await send('sec-ops'), await send('sec-ops')]).toEqual([200, 429]);
		const limited = await postMessage({ text: 'x' });
		expect([limited.headers['retry-after'], limited.json]).toEqual([
			'1',
			{ ok: false, error: 'ratelimited' },
		]);
		expect(slack.messages).toHaveLength(4);
	});

	it('is limited by a fault in the same words', async () => {
		await start({}, [{ on: { nth: 1 }, do: { retryAfter: 30 } }]);
		const limited = await postMessage({ text: 'x' });
		expect(limited).toMatchObject({
			status: 429,
			headers: { 'retry-after': '30' },
			json: { error: 'ratelimited' },
		});
		expect((await postMessage({ text: 'x' })).json.ok).toBe(true);
	});
});

describe('the other methods', () => {
	it.each([
		['auth.test', { ok: true, team_id: 'T0FAKE0001' }],
		['users.profile.get', { ok: true, profile: {} }],
		[
			'conversations.list?types=public_channel&limit=1000',
			{ ok: true, response_metadata: { next_cursor: '' } },
		],
		['users.list?limit=200', { ok: true }],
		['chat.unheardOf', { ok: false, error: 'unknown_method' }],
	])('answer %s', async (method, answer) => {
		await start();
		const { status, json } = await call(method);
		expect(status).toBe(200);
		expect(json).toMatchObject(answer);
	});

	it('tell the credential test of n8n that a token is wrong', async () => {
		await start();
		const reply = await call('users.profile.get', undefined, { authorization: 'Bearer wrong' });
		expect(reply.json).toEqual({ ok: false, error: 'invalid_auth' });
	});

	it('do not exist outside /api', async () => {
		await start();
		expect((await ask(slack.url)).status).toBe(404);
	});
});

describe('what a reader sees', () => {
	it.each([
		['*bold* and _italic_ and ~gone~', 'bold and italic and gone'],
		['snake_case_name 2*3*4 * not bold *', 'snake_case_name 2*3*4 * not bold *'],
		['*_both_*', 'both'],
		['&lt;!channel&gt; &amp;amp; A &amp; B', '<!channel> &amp; A & B'],
		['<!channel> <!here> <@U123> <#C1|ops> <!subteam^S1|@team>', '@channel @here @U123 #ops @team'],
		['<https://example.com/a?b=1&amp;c=2|the run>', 'the run'],
		['<https://example.com/a?b=1&amp;c=2>', 'https://example.com/a?b=1&c=2'],
		['<mailto:ops@example.com|ops@example.com> <mailto:a@example.com>', 'ops@example.com a@example.com'],
		['<!date^1768471651^{date_num}|2026-01-15>', '2026-01-15'],
		['`*raw* &lt;b&gt;` *x*', '*raw* <b> x'],
		['```a\n*b*```', 'a\n*b*'],
		['a < b > c', 'a < b > c'],
	])('in %j is %j', (mrkdwn, shown) => {
		expect(renderSlackText(mrkdwn)).toBe(shown);
	});

	it('is the name itself when the three characters are escaped, and rings for nobody', () => {
		for (const name of HOSTILE_NAMES.filter((candidate) => !/[*_~`]/.test(candidate))) {
			const escaped = name.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
			expect(renderSlackText(escaped)).toBe(name);
			expect(findSlackMentions(escaped)).toEqual([]);
		}
	});

	it('is kept with a message, along with whom it rings for', async () => {
		await start();
		await postMessage({
			text: '*Lock-out* of <!channel>',
			blocks: [
				{ type: 'header', text: { type: 'plain_text', text: '*not bold* <!here>' } },
				section('hello <@U123>'),
			],
			attachments: [{ text: 'more &amp; more', fields: [] }],
		});
		expect(slack.messages[0]).toMatchObject({
			shown: 'Lock-out of @channel\n*not bold* <!here>\nhello @U123\nmore & more',
			rings: [
				{ kind: 'channel', id: '' },
				{ kind: 'user', id: 'U123' },
			],
		});
	});
});
