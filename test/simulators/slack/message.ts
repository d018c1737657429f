/** The limits that the fake applies; characters as JavaScript counts them. */
export interface SlackLimits {
	/** Text of a message: Slack documents 40,000. */
	textChars: number;
	/** Blocks per message: 50 (documented). */
	blocks: number;
	/** All text in all blocks. Not documented; refusals were seen at 11,341 (reference/delivery.md 3.3). */
	blocksTextChars: number;
}

/** What Slack is known, or seen, to allow. */
export const SLACK_LIMITS: SlackLimits = { textChars: 40_000, blocks: 50, blocksTextChars: 11_340 };

/** What a message holds, as read from JSON or from a form. */
export interface MessageContent {
	text: string;
	blocks: unknown[];
	attachments: unknown[];
}

/** A refusal as Slack words it: a code, and sometimes sentences that point into the blocks. */
export interface SlackRefusal {
	error: string;
	messages?: string[];
}

/**
 * Reads text, blocks and attachments from the arguments of `chat.postMessage`; a form carries the latter two as JSON.
 * Out: the content or the refusal: `no_text`, `invalid_blocks_format`, `invalid_attachments`, `invalid_blocks`,
 * `msg_blocks_too_long`, `msg_too_long`. Never fails.
 */
export function readContent(
	values: Record<string, unknown>,
	limits: SlackLimits,
): MessageContent | SlackRefusal {
	const text = values.text === undefined || values.text === null ? '' : String(values.text);
	const blocks = readList(values.blocks);
	if (blocks === null) return { error: 'invalid_blocks_format' };
	const attachments = readList(values.attachments);
	if (attachments === null) return { error: 'invalid_attachments' };
	if (text === '' && blocks.length === 0 && attachments.length === 0) return { error: 'no_text' };
	if (text.length > limits.textChars) return { error: 'msg_too_long' };
	const messages = blocks.flatMap((block, index) => refuseBlock(block, `/blocks/${index}`));
	if (blocks.length > limits.blocks) {
		messages.push(`[ERROR] no more than ${limits.blocks} items allowed [json-pointer:/blocks]`);
	}
	if (messages.length > 0) return { error: 'invalid_blocks', messages };
	const total = blockTexts(blocks).reduce((sum, part) => sum + part.text.length, 0);
	return total > limits.blocksTextChars ? { error: 'msg_blocks_too_long' } : { text, blocks, attachments };
}

/** Every text in blocks or attachments, in reading order, with how it is formatted. */
export function blockTexts(value: unknown): Array<{ text: string; mrkdwn: boolean }> {
	if (Array.isArray(value)) return value.flatMap(blockTexts);
	if (typeof value !== 'object' || value === null) return [];
	const { type, text, ...rest } = value as { type?: unknown; text?: unknown };
	// An attachment has no type and is mrkdwn; rich text and plain text show their characters as they are.
	const own =
		typeof text === 'string' ? [{ text, mrkdwn: type === 'mrkdwn' || type === undefined }] : blockTexts(text);
	return [...own, ...Object.values(rest).flatMap(blockTexts)];
}

// Limits per block: reference/delivery.md 3.3 (documented by Slack).
function refuseBlock(block: unknown, pointer: string): string[] {
	const { type, text, fields } = (block ?? {}) as { type?: unknown; text?: unknown; fields?: unknown };
	if (typeof type !== 'string') return [`[ERROR] missing required field: type [json-pointer:${pointer}]`];
	if (type === 'header') return refuseText(text, 150, `${pointer}/text`);
	if (type !== 'section') return [];
	if (text === undefined && fields === undefined) {
		return [`[ERROR] missing required field: text [json-pointer:${pointer}]`];
	}
	const list = Array.isArray(fields) ? fields : [];
	return [
		...(text === undefined ? [] : refuseText(text, 3000, `${pointer}/text`)),
		...(list.length > 10 ? [`[ERROR] no more than 10 items allowed [json-pointer:${pointer}/fields]`] : []),
		...list.flatMap((field, index) => refuseText(field, 2000, `${pointer}/fields/${index}`)),
	];
}

function refuseText(value: unknown, limit: number, pointer: string): string[] {
	const { type, text } = (value ?? {}) as { type?: unknown; text?: unknown };
	if ((type !== 'mrkdwn' && type !== 'plain_text') || typeof text !== 'string') {
		return [`[ERROR] must provide an object with type and text [json-pointer:${pointer}]`];
	}
	if (text.length === 0) return [`[ERROR] must be more than 0 characters [json-pointer:${pointer}/text]`];
	return text.length > limit
		? [`[ERROR] must be less than ${limit + 1} characters [json-pointer:${pointer}/text]`]
		: [];
}

function readList(value: unknown): unknown[] | null {
	if (value === undefined || value === null || value === '') return [];
	if (typeof value !== 'string') return Array.isArray(value) ? value : null;
	try {
		const parsed: unknown = JSON.parse(value);
		return Array.isArray(parsed) ? parsed : null;
	} catch {
		return null;
	}
}
