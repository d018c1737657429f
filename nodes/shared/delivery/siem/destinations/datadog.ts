import { isSuccess, judgeRefusal, type Speech, strangeSuccess, tokenFailure } from '../answers';
import { withId } from '../facts';
import type { Destination } from '../types';

export interface DatadogSettings {
	ddsource?: string;
	ddtags?: string;
	service?: string;
	hostname?: string;
}

const SPEECH: Speech = {
	product: 'Datadog',
	hostField: 'Site',
	secretField: 'Datadog API Key',
	rights: 'Check "Datadog API Key" and "Site" in the credential.',
	path: 'Check "Site" or "Intake URL" in the credential; the node adds /api/v2/logs itself.',
};

const HOUR_MS = 3_600_000;

/** Longer entries are cut and still answered with success, so that they are refused here. */
const EVENT_BYTES = 1_000_000;

const OLD = 'Older than 18 hours, which Datadog drops or gives another date';

/**
 * Datadog's log intake: a JSON array, at most 5 MB and 1,000 entries, 202 when it was taken.
 * Each entry is the event with source, tags, service and host of the node, and `timestamp` where it has none.
 */
export function datadog(settings: DatadogSettings): Destination {
	const { ddsource, ddtags, service, hostname } = settings;
	const attributes = JSON.parse(JSON.stringify({ ddsource, ddtags, service, hostname })) as Record<string, string>;
	return {
		...SPEECH,
		limits: { events: 1_000, mostEvents: 1_000, bytes: 5_000_000, mostBytes: 5_000_000, eventBytes: EVENT_BYTES },
		compress: true,
		deduplicates: false,
		frame: { open: '[', separator: ',', close: ']' },
		path: '/api/v2/logs',
		headers: { 'content-type': 'application/json' },
		write(event) {
			const timestamp = event.timeMs === undefined || 'timestamp' in event.json ? {} : { timestamp: event.timeMs };
			return JSON.stringify({ ...timestamp, ...withId(event), ...attributes });
		},
		judge(answer, _count, nowMs) {
			// 403 is the answer to a key that Datadog does not know, 401 to none.
			if (answer.status === 401 || answer.status === 403) return { kind: 'stop', failure: tokenFailure(SPEECH, answer) };
			if (!isSuccess(answer)) return judgeRefusal(SPEECH, answer, nowMs);
			return /^\s*(\{\s*\})?\s*$/.test(answer.text) ? { kind: 'accepted' } : strangeSuccess(SPEECH, answer);
		},
		remark: ({ timeMs = Infinity }, _text, nowMs) => (timeMs < nowMs - 18 * HOUR_MS ? OLD : undefined),
	};
}
