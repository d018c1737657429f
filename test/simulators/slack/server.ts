import { jsonAnswer, type Answer } from '../answers';
import { systemClock } from '../clock';
import { startServer, type ListenOptions, type LoggedRequest, type RunningServer } from '../http';
import { blockTexts, readContent, SLACK_LIMITS, type SlackLimits } from './message';
import { findSlackMentions, renderSlackText, type SlackMention } from './renderText';

/** A channel of the fake workspace. */
export interface SlackChannel {
	id: string;
	name: string;
	isArchived?: boolean;
	/** False where the app was not invited; default true. */
	isMember?: boolean;
}

/** A message that was accepted. `shown` is what a reader sees of text, blocks and attachments; `rings` whom it notifies. */
export interface SlackMessage {
	channel: string;
	channelName: string;
	ts: string;
	atMs: number;
	text: string;
	blocks: unknown[];
	attachments: unknown[];
	shown: string;
	rings: SlackMention[];
	/** All arguments as sent. */
	sent: Record<string, unknown>;
}

/** What can be chosen about the fake Slack. */
export interface SlackOptions extends ListenOptions {
	token?: string;
	channels?: SlackChannel[];
	limits?: Partial<SlackLimits>;
	/** So many messages per channel at once, one more each second by the clock; then 429. Default 20. */
	burst?: number;
}

/** A running fake of Slack's Web API. */
export interface SlackSimulator extends RunningServer {
	token: string;
	channels: SlackChannel[];
	messages: SlackMessage[];
}

const DEFAULT_CHANNELS: SlackChannel[] = [
	{ id: 'C0SECALERTS', name: 'security-alerts' },
	{ id: 'C0SECOPS001', name: 'sec-ops' },
	{ id: 'C0OLDALERTS', name: 'old-alerts', isArchived: true },
	{ id: 'C0PRIVATE01', name: 'board', isMember: false },
];

/**
 * Starts a fake of Slack's Web API below `/api`: `chat.postMessage`, `auth.test`, and what n8n's Slack node asks besides
 * (`users.profile.get` for its credential test, `conversations.list` and `users.list` for its pickers).
 * Refusals come as Slack's do: HTTP 200 with `ok: false` and a code; only the rate limit is a 429, with Retry-After.
 * Fails when the port is taken.
 * Source: reference/delivery.md 3.3, Slack's method pages (general knowledge), and the calls read in n8n-nodes-base
 * 2.41.1 `SlackApi.credentials.js` and `Slack/V2` (code).
 */
export async function startSlack(options: SlackOptions = {}): Promise<SlackSimulator> {
	const { clock = systemClock, token = 'xoxb-fake-slack-token', burst = 20 } = options;
	const channels = options.channels ?? DEFAULT_CHANNELS.map((channel) => ({ ...channel }));
	const limits = { ...SLACK_LIMITS, ...options.limits };
	const messages: SlackMessage[] = [];
	const allowance = new Map<string, { left: number; atMs: number }>();

	function respond(request: LoggedRequest): Answer {
		const name = /^\/api\/([\w.]+)$/.exec(request.path)?.[1];
		if (name === undefined)
			return { status: 404, headers: { 'content-type': 'text/html' }, body: '<h1>Not here</h1>' };
		const method = METHODS[name];
		if (method === undefined) return refuse({ error: 'unknown_method', req_method: name });
		const values = readArguments(request);
		if (typeof values === 'string') return refuse({ error: values });
		// A token in a JSON body does not count; in a form or query it does, as with Slack.
		const isJson = /^application\/json/i.test(request.headers['content-type'] ?? '');
		const given =
			/^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? (isJson ? undefined : values.token);
		if (given === undefined) return refuse({ error: 'not_authed' });
		if (given !== token) return refuse({ error: 'invalid_auth' });
		const warned =
			request.method === 'POST' && isJson && !/charset=/i.test(request.headers['content-type'] ?? '');
		return method(values, warned ? { warning: 'missing_charset' } : {});
	}

	type Method = (values: Record<string, unknown>, more: Record<string, unknown>) => Answer;
	const METHODS: Readonly<Record<string, Method | undefined>> = {
		'auth.test': () =>
			accept({
				url: `${server.url}/`,
				team: 'Fake Team',
				user: 'fake-bot',
				team_id: 'T0FAKE0001',
				user_id: 'U0FAKEBOT1',
			}),
		'users.profile.get': () =>
			accept({ profile: { real_name: 'fake-bot', display_name: 'fake-bot', fields: {} } }),
		'conversations.list': () =>
			accept({
				channels: channels.map(({ id, name, isArchived = false, isMember = true }) => ({
					id,
					name,
					is_channel: true,
					is_archived: isArchived,
					is_member: isMember,
				})),
				response_metadata: { next_cursor: '' },
			}),
		'users.list': () =>
			accept({
				members: [{ id: 'U0FAKEBOT1', name: 'fake-bot', is_bot: true }],
				response_metadata: { next_cursor: '' },
			}),
		'chat.postMessage': (values, more) => postMessage(values, more),
	};

	function postMessage(values: Record<string, unknown>, more: Record<string, unknown>): Answer {
		const wanted = String(values.channel ?? '').replace(/^#/, '');
		const channel = channels.find(({ id, name }) => wanted === id || wanted === name);
		if (channel === undefined) return refuse({ error: 'channel_not_found' });
		if (channel.isArchived === true) return refuse({ error: 'is_archived' });
		if (channel.isMember === false) return refuse({ error: 'not_in_channel' });
		const content = readContent(values, limits);
		if ('error' in content) {
			const details =
				content.messages === undefined ? {} : { response_metadata: { messages: content.messages } };
			return refuse({ error: content.error, ...details });
		}
		if (!spendAllowance(channel.id)) return rateLimited();

		const parts = [
			...(content.text === ''
				? []
				: [{ text: content.text, mrkdwn: values.mrkdwn !== false && values.mrkdwn !== 'false' }]),
			...blockTexts(content.blocks),
			...blockTexts(content.attachments),
		];
		const message: SlackMessage = {
			channel: channel.id,
			channelName: channel.name,
			ts: `${Math.floor(clock.now() / 1000)}.${String(messages.length + 1).padStart(6, '0')}`,
			atMs: clock.now(),
			...content,
			shown: parts.map(({ text, mrkdwn }) => (mrkdwn ? renderSlackText(text) : text)).join('\n'),
			rings: parts.flatMap(({ text, mrkdwn }) => (mrkdwn ? findSlackMentions(text) : [])),
			sent: values,
		};
		messages.push(message);
		const { ts, text } = message;
		const posted = {
			type: 'message',
			subtype: 'bot_message',
			text,
			ts,
			bot_id: 'B0FAKEBOT1',
			team: 'T0FAKE0001',
		};
		return accept({ channel: channel.id, ts, message: posted, ...more });
	}

	// Slack allows about one message per second and channel and tolerates short bursts (documented without numbers).
	function spendAllowance(channelId: string): boolean {
		const nowMs = clock.now();
		const before = allowance.get(channelId) ?? { left: burst, atMs: nowMs };
		const left = Math.min(burst, before.left + Math.max(0, nowMs - before.atMs) / 1000);
		allowance.set(channelId, { left: left >= 1 ? left - 1 : left, atMs: nowMs });
		return left >= 1;
	}

	const server = await startServer({
		...options,
		name: 'slack',
		respond,
		refusal: (status) =>
			status === 429 ? rateLimited() : jsonAnswer(status, { ok: false, error: 'fatal_error' }),
	});
	return { ...server, token, channels, messages };
}

function accept(members: Record<string, unknown>): Answer {
	return jsonAnswer(200, { ok: true, ...members });
}

function refuse(members: { error: string } & Record<string, unknown>): Answer {
	return jsonAnswer(200, { ok: false, ...members });
}

function rateLimited(): Answer {
	return jsonAnswer(429, { ok: false, error: 'ratelimited' }, { 'retry-after': '1' });
}

/** The arguments of a call from query and body, or the code of a refusal. */
function readArguments(request: LoggedRequest): Record<string, unknown> | string {
	const values: Record<string, unknown> = Object.fromEntries(request.query);
	if (request.method === 'GET' || request.bytes.length === 0) return values;
	const type = (request.headers['content-type'] ?? '').toLowerCase();
	if (type.startsWith('application/x-www-form-urlencoded')) {
		return { ...values, ...Object.fromEntries(new URLSearchParams(request.body)) };
	}
	if (!type.startsWith('application/json')) return 'invalid_post_type';
	try {
		const body: unknown = JSON.parse(request.body);
		return typeof body === 'object' && body !== null && !Array.isArray(body)
			? { ...values, ...body }
			: 'json_not_object';
	} catch {
		return 'invalid_json';
	}
}
