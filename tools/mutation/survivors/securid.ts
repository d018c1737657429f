import type { Reason } from '../reasons';

const CLIENT = 'securid/client.ts';
const KEY_FILE = 'securid/keyFile.ts';
const LOGS = 'securid/logs.ts';
const OAUTH_CLIENT = 'oauth/client.ts';
const HOSTS = 'oauth/hosts.ts';
const SESSION = 'oauth/session.ts';
const SIGN_IN = 'oauth/signIn.ts';
const PASTED = 'securid/pasted.ts';
const TYPES = 'securid/types.ts';

const OAUTH: readonly Reason[] = [
	{ file: OAUTH_CLIENT, line: 'split(/[\\s,;]+/)', why: 'Equivalent: empty parts are left out on the same line.' },
	{ file: OAUTH_CLIENT, line: 'well-known', why: 'Equivalent: `.*` takes all that follows, since the path of a parsed URL has no line breaks.' },
	{
		file: OAUTH_CLIENT,
		line: '/^\\/oauth(\\/|$)/',
		why: 'Not noticed: an API behind a gateway with `/oauth` further inside its path, e.g. https://gateway.example.com/rsa/oauth, would be refused as the address of the issuer.',
	},
	{ file: OAUTH_CLIENT, line: "String(jwk[name]).replace(/\\s+/g, '')", why: 'Equivalent: blanks go one by one instead of in runs.' },
	{ file: OAUTH_CLIENT, line: "Buffer.from('probe')", why: 'Equivalent: a signature over no bytes shows as well whether the numbers of the key belong together.' },
	{ file: HOSTS, line: 'const [, tenant', to: '["Stryker was here"]', why: 'Equivalent: the first place of the list is skipped.' },
	{
		file: HOSTS,
		line: 'const [, tenant',
		to: '"Stryker was here!"',
		why: 'Equivalent: the text behind the host stands for "no region" on both sides; it is compared, never shown, and no region is named so.',
	},
	{
		file: HOSTS,
		line: 'const [, tenant',
		why: 'Not noticed: after a refusal, a host with more labels before or behind (a.b.t.access.securid.com, t.access.securid.com.example.com) could be blamed for another tenant or region.',
	},
	...['true', 'token.length >= 0'].map((to) => ({
		file: SESSION,
		line: 'parseInt(renewAt, 36) > nowMs',
		to,
		why: 'Equivalent: a kept text with our mark was written by `oauthSession`, with a dot behind its time; without the mark there is no time either.',
	})),
	{
		file: SESSION,
		line: 'function fieldsOf',
		why: 'Equivalent here: the same text stands in when the mark is written and when it is read, and a credential that lacks one of these never signs in.',
	},
	{
		file: SESSION,
		line: "scopesOf(scope).join(' ')",
		why: 'Not noticed: after a change of Scope that only moves a blank ("a b" to "ab"), the old token would be used until it expires.',
	},
	{
		file: SIGN_IN,
		line: 'SECURID-TOKEN-BODY-JSON',
		why: 'Not noticed: the error of a sign-in that was answered with broken JSON would have no HTTP code; test/nodes/credentials/securIdOAuthApi.test.ts looks at its code and words alone.',
	},
	{
		file: SIGN_IN,
		line: 'if (answer.status !== 200)',
		why: 'Noticed by test/nodes/credentials/securIdOAuthApi.test.ts: each refused sign-in there has its own code; without this line all would be answers of another shape.',
	},
	{
		file: SIGN_IN,
		line: 'status >= 300 && status < 400',
		why: 'Not noticed: a sign-in answered with 201 or 204 would be called a redirect instead of "refused (HTTP 204)".',
	},
	{ file: SIGN_IN, line: "typeof error === 'string'", why: 'Equivalent: the value is only compared with texts.' },
];

const ASKING: readonly Reason[] = [
	{ file: CLIENT, line: 'if (!isWanted()) throw', why: 'Equivalent here: `readPages` says "not wanted" only once it has ended, and then nobody looks at the error any more.' },
	{
		file: CLIENT,
		line: 'if (off !== undefined) onClock',
		to: 'true',
		why: 'Not noticed: the last answer alone would count: one without a Date, or a right one, would take back the warning of a wrong clock that an earlier answer gave cause for.',
	},
	{
		file: CLIENT,
		line: 'if (off !== undefined) onClock',
		to: 'onClock(off)',
		why: 'Not noticed: no user could see it, only a caller without `onClock` would fail, and the one caller (SecurIdAdminLog/reading.ts) has it.',
	},
	{
		file: CLIENT,
		line: 'if (off !== undefined) onClock',
		why: 'Noticed by test/nodes/SecurIdAdminLog/clock.test.ts: a clock ten minutes off is told in a warning.',
	},
	{
		file: CLIENT,
		line: 'ASKS_TO_SLOW_DOWN.includes',
		to: 'true',
		why: 'Not noticed: a 500 or a lost connection would halve the pages in flight too, so that the log is read slower; the events are the same.',
	},
	{
		file: CLIENT,
		line: 'ASKS_TO_SLOW_DOWN.includes',
		why: 'Noticed by test/nodes/SecurIdAdminLog/paging.test.ts: half as many pages are in flight after a 429.',
	},
	...['SECURID-BODY-HTML', 'SECURID-BODY-JSON'].map((code) => ({
		file: CLIENT,
		line: `securIdFailure('${code}', { status: 200`,
		to: '{}',
		why: 'Noticed by test/nodes/SecurIdAdminLog/refusals.test.ts: its table (test/nodes/failureTable.ts) wants the HTTP code 200 of such an answer.',
	})),
	{
		file: CLIENT,
		line: 'slice(0, 10)',
		to: '""',
		why: 'Noticed by test/nodes/SecurIdAdminLog/refusals.test.ts: the row "200 with []" wants the word "none".',
	},
	{
		file: CLIENT,
		line: 'slice(0, 10)',
		why: 'Not noticed: the message about an answer of unknown shape would name more than ten of its members, up to the 300 characters of `cleanVendorText`.',
	},
	{
		file: CLIENT,
		line: 'SECURID-BODY-JSON',
		why: 'Not noticed: for an answer that is not JSON the beginning of that answer would be missing behind the advice, or `The answer was: "true"` would stand there.',
	},
	{ file: CLIENT, line: 'export function refusal', why: 'Equivalent here: the client always says what it sent; only tests leave it out.' },
	{
		file: CLIENT,
		line: 'const vendorMessage = vendorSentence(text)',
		why: 'Noticed by test/nodes/SecurIdAdminLog/refusals.test.ts: the rows of 400 and 500 with a description want the vendor\'s sentence at the end.',
	},
	{
		file: CLIENT,
		line: 'status >= 300 && status < 400',
		why: 'Not noticed: an answer 201 or 204 would be called a redirect, or an answer 300 no redirect ("refused the request (HTTP 300)").',
	},
	{ file: 'securid/clock.ts', line: "'ahead' : 'behind'", why: 'Equivalent: a difference of nothing does not get here, it is two minutes at least.' },
];

const KEYS: readonly Reason[] = [
	{
		file: KEY_FILE,
		line: 'function keyFromFile(',
		why: 'Not noticed: a credential without the field (not: with an empty one) would be told "it is not JSON" instead of "it is empty".',
	},
	{
		file: KEY_FILE,
		line: 'adminRestApiUrl" in "Key File',
		why: 'Noticed by test/nodes/credentials/securIdApi.test.ts: "an address without TLS" in a key file is told with the name of the member.',
	},
	{
		file: KEY_FILE,
		line: 'function keyFromFields(',
		why: 'Not noticed: a credential without the field (not: with an empty one) is refused with the same code, but would not be told that it is empty.',
	},
	{
		file: KEY_FILE,
		line: 'members.kty !== undefined',
		to: '""',
		why: 'Equivalent: what has `kty` or a list `keys` is always recognised by `kindOfPasted`; the text stands there for the type checker.',
	},
	{
		file: KEY_FILE,
		line: 'members.kty !== undefined',
		why: 'Noticed by test/nodes/credentials/keyForms.test.ts: a JWK and a JWK set in the key file\'s field are named as what they are.',
	},
	{ file: KEY_FILE, line: 'pem === undefined ? undefined', why: 'Equivalent: Node makes no key of undefined, and `loadPrivateKey` answers undefined for what it makes no key of.' },
	{
		file: KEY_FILE,
		line: 'const seen = key',
		to: '""',
		why: 'Wording: only for a private key of a type that Node itself has no name for; no test has one.',
	},
	{
		file: KEY_FILE,
		line: 'const seen = key',
		why: 'Noticed by test/nodes/credentials/keyForms.test.ts: a .key file with an EC key is told "Seen: it is a key of type ec".',
	},
	{
		file: KEY_FILE,
		line: 'SECURID-KEY-PRIVATE',
		to: '``',
		why: 'Noticed by test/nodes/credentials/keyForms.test.ts: keys of another kind are told with "Seen: …".',
	},
	{
		file: KEY_FILE,
		line: 'SECURID-KEY-PRIVATE',
		why: 'Not noticed: where nothing was recognised, e.g. a key without its middle, stray words could end the advice; no test holds the whole text of that case.',
	},
	{
		file: KEY_FILE,
		line: 'const path = url.pathname',
		to: '/\\/v1/',
		why: 'Not noticed: an API behind a gateway with `/v1` inside its path (https://gateway.example.com/v1/rsa) would be asked at another address, which ends in a 404.',
	},
	{
		file: KEY_FILE,
		line: 'const path = url.pathname',
		why: 'Not noticed: an address pasted up to `/AdminInterface` alone would lead to a path that does not exist, which ends in a 404.',
	},
	{
		file: PASTED,
		line: "value.includes('{')",
		why: 'Not noticed: a list without any object, pasted as a quoted string, would be refused with "accessID is missing" instead of "it is not JSON from { to }".',
	},
	{
		file: PASTED,
		line: 'const inside',
		to: "/(?:```\\w*|['`])([\\s\\S]*?)(?:```|['`])$/",
		why: 'Not noticed: a file in a fence with words before it could be read instead of refused; nothing that is read now would be refused.',
	},
	{
		file: PASTED,
		line: 'const inside',
		why: 'Not noticed: a key file in quotes or a fence would be cut at the first apostrophe inside it (a customer named O\'Brien) and refused as "not JSON".',
	},
	{
		file: PASTED,
		line: 'return text.replace(/"(?:',
		to: '""',
		why: 'Not noticed: a line break inside a string would vanish instead of staying. Keys are the same, as they lose theirs anyway; the audience, byte for byte as in the file, would differ.',
	},
	{
		file: PASTED,
		line: 'return text.replace(/"(?:',
		why: 'Not noticed: a key file with a backslash before each line break inside its key (folded as in a shell) would be refused as "not JSON".',
	},
];

const WINDOWS: readonly Reason[] = [
	{
		file: LOGS,
		line: 'concurrency: limit === Infinity',
		why: 'Noticed by test/nodes/SecurIdAdminLog/paging.test.ts: so many pages are in flight as the option says.',
	},
	{
		file: LOGS,
		line: '> most) return',
		to: '(page.totalElements ?? 0) >= most',
		why: 'Equivalent but slower: a window of exactly that many events is halved once more; a single slot has no limit, so the same events come.',
	},
	{
		file: LOGS,
		line: '> most) return',
		why: 'Noticed by test/nodes/SecurIdAdminLog/triggerBounds.test.ts: 2,600 events come in polls of "Max Events" and one step more at most, all of them.',
	},
	{
		file: LOGS,
		line: 'const uncounted',
		why: 'Not noticed: where the number of events alone is told, a page that only repeats events would end the reading instead of beginning it anew; the total is still checked.',
	},
	{
		file: LOGS,
		line: 'total ?? distinct.size()',
		why: 'Noticed by test/nodes/SecurIdAdminLog/paging.test.ts: "announced 9999 events" for another total on the second page.',
	},
	{
		file: LOGS,
		line: 'if (isShortMiddlePage(',
		why: 'Not noticed: where the number of pages alone is told and a page in the middle is short, SECURID-PAGES-CHANGED would name a wrong number (or NaN) of announced events.',
	},
	{ file: LOGS, line: 'const announced = first?.', why: 'Equivalent: there always is a first page, or its error was thrown.' },
	{
		file: LOGS,
		line: 'const counted',
		why:
			'Not noticed: a server that tells its total too and leaves a page in the middle short would be refused (SECURID-PAGES-CHANGED) although the total is reached. '
			+ 'Of these, the change of `first.totalPages !== undefined` alone is equivalent: no page is before the last of none.',
	},
	{
		file: LOGS,
		line: 'return counted && pages <',
		why:
			'Not noticed: where the number of pages alone is told, without a page size, a page in the middle that lacks events would pass, and they would be missing unseen; '
			+ 'a server with smaller pages than asked for would be refused.',
	},
	{
		file: LOGS,
		line: 'size: () => ids.size',
		why: 'Not noticed: with events without an ID (never seen), SECURID-PAGES-CHANGED would name a wrong number of delivered events.',
	},
	{
		file: LOGS,
		line: 'const before = ids.size',
		why: 'Not noticed: where events without an ID (never seen) came on an earlier page, an event that comes again on a later one would not be noticed as such.',
	},
	...['totalElements !== undefined) return fetched', 'return totalPages === undefined ? fetched'].map((line) => ({
		file: LOGS,
		line,
		why: 'Not noticed: where one count alone is told, a "Limit" that is just the last event of a full last page would bring the hint that later events were not looked at, though there are none.',
	})),
	{
		file: LOGS,
		line: 'size < 1 ? undefined',
		to: 'false',
		why: 'Equivalent: no size below 1 gets here: `readPage` gives none, and the node asks for 1 to 100.',
	},
	{
		file: LOGS,
		line: 'size < 1 ? undefined',
		to: 'size <= 1',
		why: 'Equivalent but slower: pages of one event come one after another until one is empty; the total is checked as before.',
	},
	...['function pagesFor', 'size < 1 ? undefined'].map((line) => ({
		file: LOGS,
		line,
		why:
			'Not noticed: where the number of events alone is told, pages would come one after another, and a short one in the middle would end the reading (SECURID-PAGES-CHANGED, nothing unseen), '
			+ 'even where the others make up for it.',
	})),
	{ file: TYPES, line: 'const named = listMember', why: 'Equivalent: no answer has a list of the name "undefined".' },
	{
		file: TYPES,
		line: 'if (!anyList) return undefined',
		why: 'Not noticed: in the admin log any list of records would pass for events: `{"errors":[{"message":"…"}]}` with status 200 would come out as an event instead of SECURID-BODY-SHAPE.',
	},
	{
		file: TYPES,
		line: 'list.every(isRecord)',
		to: 'list.some(isRecord)',
		why: 'Not noticed: in the user and system log, a list of another name with something else between its records would be taken, and what is no record dropped.',
	},
	{
		file: TYPES,
		line: 'list.every(isRecord)',
		why: 'Not noticed: in the user and system log, `{"totalElements":0,"errors":["…"]}` would pass for an empty log instead of SECURID-BODY-SHAPE.',
	},
	{ file: TYPES, line: "typeof value === 'bigint'", why: 'Equivalent: parsed JSON holds no bigint; long numbers are texts by then.' },
	{
		file: TYPES,
		line: 'value.trim() ? Number(value)',
		why: 'Not noticed: a count that is a text of blanks would be read as 0 instead of as not told, and a log with events be refused (SECURID-PAGES-CHANGED).',
	},
	{ file: TYPES, line: "typeof number === 'number'", why: 'Equivalent: `Number.isInteger` answers false for everything that is no number.' },
];

/** Survivors in securid. */
export const SECURID: readonly Reason[] = [...OAUTH, ...ASKING, ...KEYS, ...WINDOWS];
