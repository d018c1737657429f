import { isWebPage } from '../../../core/vendorText';
import { isSuccess, judgeRefusal, type Speech, strangeSuccess, tokenFailure } from '../answers';
import { withId } from '../facts';
import type { Destination } from '../types';

export interface SumoSettings {
	category?: string;
	name?: string;
	host?: string;
}

const SPEECH: Speech = {
	product: 'Sumo Logic',
	hostField: 'HTTP Source URL',
	secretField: 'HTTP Source URL',
	rights: 'Copy the address of the HTTP source again (Show URL in the collector\'s list) into "HTTP Source URL".',
	path: 'Copy the address of the HTTP source again (Show URL in the collector\'s list).',
};

/** Sumo Logic's HTTP source: one JSON object per line to an address that is the secret itself; category, name and host travel in headers. */
export function sumo({ category, name, host }: SumoSettings): Destination {
	const wanted = { 'x-sumo-category': category, 'x-sumo-name': name, 'x-sumo-host': host };
	const headers = JSON.parse(JSON.stringify(wanted)) as Record<string, string>;
	return {
		...SPEECH,
		// Sumo advises 100 KB to 1 MB before compression.
		limits: { events: 1_000, mostEvents: 10_000, bytes: 1_000_000, mostBytes: 1_000_000, eventBytes: 1_000_000 },
		compress: true,
		deduplicates: false,
		frame: { open: '', separator: '\n', close: '\n' },
		path: '',
		headers: { 'content-type': 'application/x-ndjson', ...headers },
		write: (event) => JSON.stringify(withId(event)),
		judge(answer, _count, nowMs) {
			if (isSuccess(answer)) return isWebPage(answer.text) ? strangeSuccess(SPEECH, answer) : { kind: 'accepted' };
			// The address is the secret: 401, 403 and 404 all say that it is not one of Sumo's.
			if ([401, 403, 404].includes(answer.status)) return { kind: 'stop', failure: tokenFailure(SPEECH, answer) };
			return judgeRefusal(SPEECH, answer, nowMs);
		},
	};
}
