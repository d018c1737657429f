import type { Reason } from '../reasons';

/** Survivors in mapping. */
export const MAPPING: readonly Reason[] = [
	{
		file: 'mapping/cef.ts',
		line: "typeof value !== 'number' || !Number.isFinite(value)",
		to: 'false',
		why: 'Equivalent: `Number.isFinite` answers false for everything that is no number.',
	},
	{ file: 'mapping/cef.ts', line: 'if (!isIP(text)) return undefined;', why: 'Noticed by test/security/hostileSinks.test.ts: no CEF line of a hostile name as address has `src`.' },
	{
		file: 'mapping/ecs.ts',
		line: "if (values.sourcePort) put('source.port'",
		why: 'Equivalent: no table reads the port from a member of its own, so that none is looked for among the placed ones.',
	},
	{ file: 'mapping/facts.ts', line: 'if (!isPlaced && value !== null', why: 'Equivalent: both readers leave undefined out, `toEcs` by `cleanText`, `toOcsf` by `withoutEmpty`.' },
	{ file: 'mapping/ocsf.ts', line: 'const placed = new Set<Fact>', to: '""', why: 'Equivalent for `sourcePort`: no member is read as a port.' },
	{
		file: 'mapping/ocsf.ts',
		line: 'const isOther = values.targetName',
		why: 'Noticed by test/unit/mapping/schemas.test.ts, left out here for its time: OCSF refuses a user without a name, which password resets without a target would get.',
	},
	{
		file: 'mapping/ocsf.ts',
		line: "if (typeof value !== 'object') return",
		to: 'false',
		why: 'Equivalent but slower: `JSON.stringify` says the same of texts, numbers and BigInts; what else it refuses, no JSON holds.',
	},
	{ file: 'mapping/ocsf.ts', line: 'return kept.length > 0', why: 'Equivalent: only `unmapped` can be empty, and the object around it leaves empty ones out.' },
	{
		file: 'mapping/output.ts',
		line: '{ original: record }',
		why: 'Noticed by test/nodes/SecurIdAdminLog/getMany.test.ts and test/nodes/SafeAuditExport/getMany.test.ts, which compare `original`.',
	},
	{ file: 'mapping/output.ts', line: 'for (const other of others)', why: 'Equivalent but slower: a copy with the same members.' },
	{ file: 'mapping/safe.ts', line: "const cell = (column = '')", why: 'Equivalent: `columnNames` leaves no column without a name, and no report has one of the other name.' },
	...['SAFE_SIGN_INS.find', 'SAFE_VERBS.find'].map((line) => ({ file: 'mapping/safe.ts', line, why: 'Equivalent: the last pattern of the table fits any text, so that there always is a row.' })),
	{ file: 'mapping/safe.ts', line: 'return port !== undefined && port', to: 'true', why: 'Equivalent for `port !== undefined`: undefined is not at most 65535.' },
	{ file: 'mapping/securid.ts', line: 'SEVERITIES.indexOf(severity) + 1', why: 'Equivalent: no unknown key is more than medium, so that one step up never passes the last severity.' },
	...['mapping/securid.ts', 'mapping/securidEvents.ts'].map((file) => ({
		file,
		line: 'if (simple.target) values.targetName',
		why: 'Equivalent: of a target that is null, `cleanText` makes null, too, which becomes undefined.',
	})),
	{
		file: 'mapping/securid.ts',
		line: 'const verb = SECURID_VERBS.find',
		to: 'SECURID_VERBS.length + 1',
		why: 'Equivalent: the last pattern of the table fits any key, so that there always is a row.',
	},
	{ file: 'mapping/securid.ts', line: 'export function eventFilter(', why: 'Equivalent: no activity has that key, and the one caller in the package always names the keys.' },
	...['false', 'row.group'].map((to) => ({
		file: 'mapping/securidEvents.ts',
		line: '...{ factor, protocol, method',
		to,
		why: 'Equivalent: the method is read only where there is a factor, and factors stand in rows alone.',
	})),
	...['/^_|_+$/g', '/^_+|_$/g'].map((to) => ({ file: 'mapping/text.ts', to, why: 'Equivalent: all marks in a row have become one before.' })),
	...['/^-|-+$/g', '/^-+|-$/g'].map((to) => ({ file: 'mapping/text.ts', to, why: 'Equivalent: all marks in a row have become one before.' })),
];
