/**
 * Who and what occurs in the fake tenant. All of it is invented: accounts are roles, not people; domains and addresses
 * are the ones reserved for documentation (RFC 2606, 5737, 3849).
 */

/** Roles of an administrator, as the vendor's page lists them (documented). */
export const ADMIN_ROLES = [
	'Super Administrator',
	'Help Desk Administrator',
	'Support Administrator',
] as const;

/** Administrators of the SecurID console. */
export const ADMIN_NAMES: readonly string[] = [
	...Array.from({ length: 14 }, (_, index) => `admin-${String(index + 1).padStart(2, '0')}@example.com`),
	'helpdesk-01@example.com',
	'helpdesk-02@example.com',
	'helpdesk-03',
	'ops-münchen@example.com',
	'soporte-españa@example.com',
	'運用-東京@example.com',
	'админ-дежурный@example.com',
	'ΔΙΑΧΕΙΡΙΣΗ@example.com',
	'nöc-ålesund@example.com',
	'vendor-support@example.net',
];

/**
 * User names that an attacker may type at a sign-in prompt; they end in the log as typed. Each is aimed at one reader of
 * the log: Slack, spreadsheets, CEF, HTML, n8n's expressions, terminals, object keys, right-to-left text, column widths.
 */
export const HOSTILE_NAMES: readonly string[] = [
	'<!channel>',
	'<!here> <@U0EXAMPLE1>',
	'<https://login.example.com|Reset your password>',
	'=HYPERLINK("http://x.example.com")',
	"+cmd|' /C calc'!A0",
	'@SUM(1+1)*cmd',
	'\t=1+1',
	'a|b',
	'k=v',
	'back\\slash\\',
	'line one\nline two',
	'split\r\nCEF:0|Example|Fake|1|1|forged|10|',
	'"double" and \'single\' quotes',
	'semi;colon,comma',
	'*bold* _italic_ ~strike~ `code`',
	'&lt;b&gt; &amp; <b>',
	'{{ $json.secret }}',
	'__proto__',
	'../../etc/passwd',
	'🔐🦊👩‍🚒-night-shift@example.com',
	'\u202emoc.elpmaxe@10-nimda\u200f',
	'zero\u200bwidth\ufeff@example.com',
	'null',
	`${'very-long-'.repeat(120)}name@example.com`,
];

/** Names of things that administrators change, by target type; a few are as hostile as the user names. */
export const TARGET_NAMES: Readonly<Record<string, readonly string[]>> = {
	POLICY: ['All Users Low Assurance', 'Contractors – High', 'VPN "strict"', '=2+5+cmd|calc', 'Zugriff Büro'],
	IDR: ['idr-east-1', 'idr-west-2', 'idr-møre', 'idr|lab'],
	CLUSTER: ['cluster-emea', 'cluster-apac', 'クラスタ-1'],
	ADMIN_USER: ['admin-03@example.com', 'helpdesk-02@example.com', 'new-admin@example.com', '<!everyone>'],
	APPLICATION: ['Payroll', 'Wiki & Docs', 'CRM <test>', 'Qualität'],
	RADIUS_CLIENT: ['vpn-gw-01', 'vpn-gw-02', 'wifi-controller', 'switch=core'],
	RELYING_PARTY: ['hr.example.com', 'crm.example.net', 'sso.example.org'],
	CERTIFICATE_CHAIN: ['chain-2025'],
	COMPANY: ['Example Corp'],
};

/** An address of an administrator at work. */
export const OFFICE_ADDRESSES: readonly string[] = [
	'198.51.100.7',
	'198.51.100.23',
	'198.51.100.64',
	'198.51.100.200',
	'2001:db8:12::7',
	'2001:db8:12::2a',
];

/** An address that attacks come from. */
export const FOREIGN_ADDRESSES: readonly string[] = [
	'203.0.113.9',
	'203.0.113.77',
	'203.0.113.254',
	'2001:db8:bad::1',
];
