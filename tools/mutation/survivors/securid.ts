import type { Reason } from '../reasons';

const CLIENT = 'securid/client.ts';
const KEY_FILE = 'securid/keyFile.ts';
const LOGS = 'securid/logs.ts';
const OAUTH_CLIENT = 'oauth/client.ts';
const HOSTS = 'oauth/hosts.ts';
const SESSION = 'oauth/session.ts';
const SIGN_IN = 'oauth/signIn.ts';
const TYPES = 'securid/types.ts';

const OAUTH: readonly Reason[] = [
	{ file: OAUTH_CLIENT, line: 'split(/[\\s,;]+/)', why: 'Equivalent: empty parts are left out on the same line.' },
	{ file: OAUTH_CLIENT, line: 'well-known', why: 'Equivalent: `.*` takes all that follows, since the path of a parsed URL has no line breaks.' },
	{ file: OAUTH_CLIENT, line: "String(jwk[name]).replace(/\\s+/g, '')", why: 'Equivalent: blanks go one by one instead of in runs.' },
	{ file: OAUTH_CLIENT, line: "Buffer.from('probe')", why: 'Equivalent: a signature over no bytes shows as well whether the numbers of the key belong together.' },
	{ file: HOSTS, line: 'const [, tenant', to: '["Stryker was here"]', why: 'Equivalent: the first place of the list is skipped.' },
	{
		file: HOSTS,
		line: 'const [, tenant',
		to: '"Stryker was here!"',
		why: 'Equivalent: the text behind the host stands for "no region" on both sides; it is compared, never shown, and no region is named so.',
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
		file: SIGN_IN,
		line: 'if (answer.status !== 200)',
		why: 'Noticed by test/nodes/credentials/securIdOAuthApi.test.ts: each refused sign-in there has its own code; without this line all would be answers of another shape.',
	},
	{ file: SIGN_IN, line: "typeof error === 'string'", why: 'Equivalent: the value is only compared with texts.' },
];

const ASKING: readonly Reason[] = [
	{ file: CLIENT, line: 'if (!isWanted()) throw', why: 'Equivalent here: `readPages` says "not wanted" only once it has ended, and then nobody looks at the error any more.' },
	{
		file: CLIENT,
		line: "securIdFailure('SECURID-BODY-HTML', { status: 200",
		to: '{}',
		why: 'Noticed by test/nodes/SecurIdAdminLog/refusals.test.ts: its table (test/nodes/failureTable.ts) wants the HTTP code 200 of such an answer.',
	},
	{
		file: CLIENT,
		line: 'slice(0, 10)',
		to: '""',
		why: 'Noticed by test/nodes/SecurIdAdminLog/refusals.test.ts: the row "200 with []" wants the word "none".',
	},
	{ file: CLIENT, line: 'export function refusal', why: 'Equivalent here: the client always says what it sent; only tests leave it out.' },
	{
		file: CLIENT,
		line: 'const vendorMessage = vendorSentence(text)',
		why: 'Noticed by test/nodes/SecurIdAdminLog/refusals.test.ts: the rows of 400 and 500 with a description want the vendor\'s sentence at the end.',
	},
	{ file: 'securid/clock.ts', line: "'ahead' : 'behind'", why: 'Equivalent: a difference of nothing does not get here, it is two minutes at least.' },
];

const KEYS: readonly Reason[] = [
	{
		file: KEY_FILE,
		line: 'adminRestApiUrl" in "Key File',
		why: 'Noticed by test/nodes/credentials/securIdApi.test.ts: "an address without TLS" in a key file is told with the name of the member.',
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
	{ file: LOGS, line: 'const counted', to: 'true', why: 'Equivalent for `first.totalPages !== undefined`: no page is before the last of none.' },
	{ file: LOGS, line: 'const announced = first?.', why: 'Equivalent: there always is a first page, or its error was thrown.' },
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
	{ file: TYPES, line: 'const named = listMember', why: 'Equivalent: no answer has a list of the name "undefined".' },
	{ file: TYPES, line: "typeof value === 'bigint'", why: 'Equivalent: parsed JSON holds no bigint; long numbers are texts by then.' },
	{ file: TYPES, line: "typeof number === 'number'", why: 'Equivalent: `Number.isInteger` answers false for everything that is no number.' },
];

/** Survivors in securid. */
export const SECURID: readonly Reason[] = [...OAUTH, ...ASKING, ...KEYS, ...WINDOWS];
