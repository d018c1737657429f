import type { Reason } from '../reasons';

const OWN_LATER = 'Equivalent but for order: a `timestamp` of the event itself comes later and counts, and one that is undefined is not written; only the order of members differs.';

/** Survivors in receivers. */
export const RECEIVERS: readonly Reason[] = [
	...['status <= 200', 'true'].map((to) => ({
		file: 'siem/answers.ts',
		line: 'if (status < 200 ||',
		to,
		why: 'Equivalent: no caller asks about a status from 200 to 299; all of them ask `isSuccess` before.',
	})),
	{ file: 'siem/credential.ts', line: 'const pair = credential.password', why: 'Equivalent but for the very words that the check puts in, which no receiver writes: one more text to take out.' },
	...['rejected', 'left'].map((to) => ({
		file: 'siem/deliver.ts',
		line: 'return { delivered: accepted, rejected',
		to,
		why: 'Equivalent for users: nodes/SiemWebhook/delivery.ts sorts both lists by item again, together with what was refused before sending (`allRejected`, `undeliveredOutputs`).',
	})),
	{
		file: 'siem/deliver.ts',
		line: "return { kind: 'again', failure, uncertain: !",
		why: 'Equivalent: `group` asks for all other kinds by name, and takes what is left for "again".',
	},
	{ file: 'siem/deliver.ts', line: "const at = verdict.kind === 'refused'", why: 'Equivalent: a batch that is too large names no event, so that `at` is undefined there, too.' },
	{
		file: 'destinations/sumo.ts',
		line: "return { kind: 'stop', failure: tokenFailure(SPEECH, answer) };",
		to: '""',
		why: 'Noticed by test/nodes/SiemWebhook/refusals.test.ts (row "a wrong address" of Sumo Logic): one request is made, not five.',
	},
	{ file: 'destinations/datadog.ts', line: 'const timestamp = event.timeMs', why: OWN_LATER },
	{ file: 'destinations/elasticBulk.ts', line: 'return aboutIndex &&', to: 'error.type', why: 'Equivalent: it is asked only where a type was found before.' },
	{
		file: 'destinations/elasticBulk.ts',
		line: 'return aboutIndex &&',
		to: '/security/',
		why: 'Equivalent for the types that Elasticsearch has: of those that begin as INDEX_TROUBLES wants, only those that begin with "security" hold the word.',
	},
	{ file: 'destinations/sentinel.ts', line: 'remark: (event, text)', why: 'Equivalent but slower: each value is looked at, of events too short to hold one over 32 KB, too.' },
	{ file: 'destinations/splunkHec.ts', line: 'if (code === undefined ||', to: 'false', why: 'Equivalent: undefined is no code of any list, so that the last line asks `judgeRefusal` all the same.' },
	{ file: 'destinations/splunkHec.ts', line: "const at = body?.['invalid-event-number'];", why: 'Equivalent: a code was read from the body before, so that there is one.' },
	{ file: 'siem/size.ts', line: 'if (size > most) return Infinity;', to: 'false', why: 'Equivalent but slower: what is too long already is gone through to its end.' },
	{ file: 'siem/entra.ts', line: "const detail = typeof body === 'object'", to: '""', why: 'Equivalent: an empty detail is written as "none" on the next line.' },
];
