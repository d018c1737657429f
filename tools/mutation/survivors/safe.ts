import type { Reason } from '../reasons';

/** Survivors in safe. */
export const SAFE: readonly Reason[] = [
	{ file: 'safe/answers.ts', line: "safeFailure('SAFE-BODY-HTML', { status })", why: 'Noticed by test/nodes/SafeAuditExport/refusals.test.ts: the rows of failureTable.ts hold the HTTP code 200.' },

	{ file: 'safe/auditCsv.ts', line: 'if (name !== undefined) found[field]', why: 'Equivalent: no column has the name undefined, and a member that is undefined is read as one that is missing.' },
	{ file: 'safe/auditCsv.ts', line: 'return name.toLowerCase().replace(', why: 'Equivalent: all of them are replaced, one by one instead of run by run.' },
	{ file: 'safe/auditCsv.ts', line: "if (settings.unevenRows === 'keep') rows.forEach", to: 'true', why: 'Equivalent but slower: rows that are as long as the header, which was looked at, have no more columns.' },
	{ file: 'safe/auditCsv.ts', line: 'if (heldBytes > mostHeldBytes)', why: 'A limit of a gigabyte, roughly reckoned: only a report of exactly so many bytes would be refused.' },

	{ file: 'safe/auditFile.ts', line: "let start = '';", why: 'Equivalent: it is written with the first piece; without any, neither text begins as JSON.' },
	{ file: 'safe/auditFile.ts', line: 'if (value === null || value === undefined)', why: 'Equivalent: JSON knows no undefined.' },

	{ file: 'safe/auditLogsAnswers.ts', line: "const [header = ''] =", to: '"Stryker was here!"', why: 'Equivalent: a text that is split has at least one part.' },
	{
		file: 'safe/auditLogsAnswers.ts',
		line: 'return candidates.find((candidate)',
		why: 'Noticed by test/nodes/SafeAuditExport/auditLogsExport.test.ts (forms "url" and "data.preSignedUrl"): the storage there has http links to this machine.',
	},

	...['safe/client.ts', 'safe/signIn.ts'].map((file) => ({
		file,
		line: 'if (answer.status < 200 || answer.status > 299)',
		to: 'false',
		why: 'Equivalent: Node hands over no answer with a status below 200.',
	})),
	...['/BODY-(HTML|JSON)$/', '/NET-(REFUSED|HOST|TLS|BLOCKED)$/'].map((line) => ({ file: 'safe/client.ts', line, why: 'Equivalent: no code goes on behind these words.' })),

	{ file: 'safe/gunzip.ts', line: "'damaged gzip file'", why: 'Wording: SAFE-NET-RESET, which it becomes, does not show this detail.' },
	{ file: 'safe/gunzip.ts', line: 'while (first.length < 2)', why: 'Equivalent: one piece more is awaited before the first two bytes are looked at; all are passed on.' },
	{ file: 'safe/gunzip.ts', line: 'if (first.length > 0) yield first;', why: 'Equivalent: an empty piece holds no bytes.' },

	{ file: 'safe/host.ts', line: "baseUrl = ''", why: 'Wording: both texts are refused with SAFE-HOST, "it is empty" or "it has blanks"; n8n hands the field over also when it is empty.' },

	{ file: 'safe/report.ts', line: 'const seen = failure ?', why: 'Noticed by test/nodes/SafeAuditExport/auditLogsExport.test.ts ("counts as not ready yet, and the message says what was seen").' },
	...["if ('content' in file)", 'async function* oneChunk('].map((line) => ({
		file: 'safe/report.ts',
		line,
		why: 'Noticed by test/nodes/SafeAuditExport/auditLogsExport.test.ts (forms "csv", "list" and others, whose rows stand in the answer itself).',
	})),
	{
		file: 'safe/report.ts',
		line: "if (!state.ready || !('link' in state))",
		why: 'Noticed by test/nodes/SafeAuditExport/download.test.ts ("that SAFE does not renew ends the run with the UUID"): the UUID stands in the message.',
	},
	{ file: 'safe/report.ts', line: '; redirects++)', why: 'Noticed by test/nodes/SafeAuditExport/download.test.ts ("redirects without an end, which ends the run").' },
	{
		file: 'safe/report.ts',
		line: 'if (!REDIRECTS.includes(answer.status)',
		why: 'Noticed by test/nodes/SafeAuditExport/download.test.ts: a file behind a redirect comes whole, and redirects without an end end the run.',
	},
	{ file: 'safe/report.ts', line: 'url = URL.canParse(location, url)', why: 'Equivalent: neither text is a URL, so both end with SAFE-LINK-FORM.' },

	{ file: 'safe/rowIds.ts', line: "override readonly name = 'OutOfOrder';", why: 'Equivalent: it is told by its class and always caught in streamedRows.ts, which shows no name.' },
	{ file: 'safe/digestTable.ts', line: 'let place = key[words', why: 'Equivalent but slower: every search begins at one place.' },
	{ file: 'safe/digestTable.ts', line: 'place = (place + 1)', why: 'Equivalent: the places are gone through the other way round, by the same rule when one is set and when it is looked for.' },
	{ file: 'safe/digestTable.ts', line: 'key[word] = hexWord', why: 'Equivalent: what is written behind the end of a typed array is dropped.' },
	{ file: 'safe/digestTable.ts', line: 'at < before.length', why: 'Equivalent: behind the end of the table there is nothing to move.' },
	{ file: 'safe/digestTable.ts', line: 'used + 1 > places', why: 'Equivalent: the table grows one digest earlier.' },
	{ file: 'safe/digestTable.ts', line: 'code < 58', why: 'Equivalent: a colon is no digit of any digest.' },
	{ file: 'safe/rowIds.ts', line: 'digestTable(4, 2 * rows)', why: 'Equivalent but slower: the table begins smaller, and grows.' },
	{ file: 'safe/rowIds.ts', line: 'young.seen.size', why: 'A cache: one row more is remembered before the oldest are forgotten; the IDs are the same.' },
	{ file: 'safe/rowIds.ts', line: 'else if (timeMs < young.firstMs', why: 'Equivalent: a time that lies between the two changes neither of them.' },

	{ file: 'safe/users.ts', line: "throw safeFailure('SAFE-BODY-SHAPE'", why: 'Noticed by test/nodes/SafeAuditExport/refusals.test.ts: failureTable.ts wants "values" in the message.' },
	{ file: 'safe/users.ts', line: 'const listing: UserListing', why: 'Equivalent: the users are set before it is returned.' },
	{ file: 'safe/users.ts', line: 'tooMany: () => tooMany(', why: 'Wording: "Limit: 2000 pages" in the advice of SAFE-USER-PAGES; tests hold the code alone.' },
	{
		file: 'safe/users.ts',
		line: "const content = uuid.startsWith('#')",
		to: '""',
		why: 'Equivalent but slower: users with an ID are written as JSON, too, and none of them twice, since an ID that is known is passed over before.',
	},
	{ file: 'safe/users.ts', line: 'if (content === undefined || !nameless', to: 'false', why: 'Equivalent: undefined is never in the set.' },
	{ file: 'safe/users.ts', line: 'if (content !== undefined) nameless.add', to: 'true', why: 'Equivalent: whether undefined is in the set is never asked.' },
];
