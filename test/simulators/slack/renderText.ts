/** Somebody whom a message rings for: a whole channel, or one member or group by id. */
export interface SlackMention {
	kind: 'channel' | 'here' | 'everyone' | 'user' | 'group';
	id: string;
}

const TOKEN = /<([^<>\n]*)>/g;
const CODE = /```[\s\S]*?```|`[^`\n]+`/g;

/**
 * What a reader sees of Slack's mrkdwn, as plain text.
 * Code keeps its characters but for the backticks; elsewhere `<url|label>` shows the label, `<@U1>` and `<!here>` show as
 * mentions, `*bold*`, `_italic_` and `~strike~` lose their marks, and at last `&lt;`, `&gt;`, `&amp;` become characters.
 * An approximation for tests: emoji codes, quotes and lists stay as written. Never fails.
 * Source: Slack's formatting rules (general knowledge; three characters are escaped, and only those three).
 */
export function renderSlackText(mrkdwn: string): string {
	let shown = '';
	let from = 0;
	for (const match of mrkdwn.matchAll(CODE)) {
		shown += renderProse(mrkdwn.slice(from, match.index));
		const fence = match[0].startsWith('```') ? 3 : 1;
		shown += unescapeText(match[0].slice(fence, -fence).replace(TOKEN, showToken));
		from = match.index + match[0].length;
	}
	return shown + renderProse(mrkdwn.slice(from));
}

/** Everybody whom a mrkdwn text would notify: what an unescaped user name can do. */
export function findSlackMentions(mrkdwn: string): SlackMention[] {
	const mentions: SlackMention[] = [];
	for (const [, inner] of mrkdwn.matchAll(TOKEN)) {
		const [target] = inner.split('|');
		if (target === '!channel' || target === '!here' || target === '!everyone') {
			mentions.push({ kind: target.slice(1) as 'channel' | 'here' | 'everyone', id: '' });
		} else if (/^@[UW]\w+$/.test(target)) {
			mentions.push({ kind: 'user', id: target.slice(1) });
		} else if (target.startsWith('!subteam^')) {
			mentions.push({ kind: 'group', id: target.slice('!subteam^'.length) });
		}
	}
	return mentions;
}

function renderProse(text: string): string {
	let shown = text.replace(TOKEN, showToken);
	for (const mark of ['\\*', '_', '~']) {
		// A mark counts only around a word's outside, so that snake_case and 2*3*4 stay as they are.
		const span = new RegExp(
			`(^|[\\s([{"'.,:;!?*_~-])${mark}(\\S|\\S[^\\n]*?\\S)${mark}(?=$|[\\s)\\]}"'.,:;!?*_~-])`,
			'g',
		);
		shown = shown.replace(span, '$1$2');
	}
	return unescapeText(shown);
}

function showToken(whole: string, inner: string): string {
	const bar = inner.indexOf('|');
	const target = bar === -1 ? inner : inner.slice(0, bar);
	const label = bar === -1 ? '' : inner.slice(bar + 1);
	if (target.startsWith('!date^')) return label;
	if (target.startsWith('!subteam^')) return label || `@${target.slice('!subteam^'.length)}`;
	if (target.startsWith('!')) return label || `@${target.slice(1)}`;
	if (target.startsWith('@')) return label ? `@${label}` : target;
	if (target.startsWith('#')) return label ? `#${label}` : target;
	if (/^(https?:|mailto:|tel:)/i.test(target)) return label || target.replace(/^(mailto|tel):/i, '');
	return whole;
}

function unescapeText(text: string): string {
	return text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');
}
