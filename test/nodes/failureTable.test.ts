import type { ICredentialType, INodeProperties, INodePropertyOptions, INodeType } from 'n8n-workflow';
import { SIEM_FAILURES } from '../../nodes/shared/delivery/siem/failures';
import { SAFE_FAILURES } from '../../nodes/shared/safe/failures';
import { SECURID_FAILURES } from '../../nodes/shared/securid/failures';
import { SAFE_ROWS, SECURID_ROWS } from './failureTable';
import { ROWS as SIEM_ROWS } from './SiemWebhook/refusalRows';

/** Refusals that need something else than a fault of a vendor; each has a test in the file named. */
const ELSEWHERE: Record<string, string[]> = {
	'credentials/securIdApi.test.ts': ['SECURID-KEY-FILE', 'SECURID-KEY-PRIVATE', 'SECURID-KEY-ACCESS-ID', 'SECURID-URL', 'SECURID-403-TEST'],
	'SecurIdAdminLog/paging.test.ts': ['SECURID-PAGES-CHANGED'],
	'SecurIdAdminLog/getMany.test.ts': ['SECURID-TIME', 'SECURID-TIME-ORDER', 'SECURID-EVENTS'],
	'SecurIdAdminLog/logs.test.ts': ['SECURID-PRESET'],
	'SecurIdAdminLog/clock.test.ts': ['SECURID-CLOCK'],
	'credentials/keyForms.test.ts': ['SECURID-OAUTH-KEY'],
	'credentials/securIdOAuthApi.test.ts': [
		...['SECURID-OAUTH-CLIENT-ID', 'SECURID-OAUTH-ISSUER', 'SECURID-OAUTH-TENANT', 'SECURID-OAUTH-REGION', 'SECURID-OAUTH-TEST'],
		...['SECURID-TOKEN-CLIENT', 'SECURID-TOKEN-SCOPE', 'SECURID-TOKEN-403', 'SECURID-TOKEN-URL', 'SECURID-TOKEN-REFUSED', 'SECURID-TOKEN-SHAPE'],
		...['SECURID-TOKEN-REDIRECT', 'SECURID-TOKEN-BODY-HTML', 'SECURID-TOKEN-BODY-JSON', 'SECURID-TOKEN-429-RATE', 'SECURID-TOKEN-5XX-SERVER'],
		...['SECURID-TOKEN-NET-RESET', 'SECURID-TOKEN-NET-REFUSED', 'SECURID-TOKEN-NET-HOST'],
		...['SECURID-401-OAUTH', 'SECURID-401-EXPIRED', 'SECURID-401-AUDIENCE', 'SECURID-403-SCOPE'],
	],
	'../unit/securid/oauth.test.ts': ['SECURID-TOKEN-NET-TIMEOUT', 'SECURID-TOKEN-NET-TLS', 'SECURID-TOKEN-NET-OTHER', 'SECURID-TOKEN-BODY-SIZE'],
	'credentials/safeApi.test.ts': ['SAFE-HOST', 'SAFE-FIELD-EMPTY', 'SAFE-NET-BLOCKED'],
	'SafeAuditExport/waiting.test.ts': ['SAFE-REPORT-NOT-READY', 'SAFE-UUID', 'SAFE-DAYS'],
	'SafeAuditExport/getMany.test.ts': ['SAFE-CSV-FORM', 'SAFE-CSV-ROW'],
	'SafeUsers/users.test.ts': ['SAFE-USER-UNKNOWN', 'SAFE-USER-EMPTY'],
	'the tests of Get New': ['SAFE-TIME-COLUMN'],
	'auditLogsExport.test.ts': ['SAFE-EXPORT-SHAPE'],
	// Two thousand requests, made without an engine.
	'../unit/safe/users.test.ts': ['SAFE-USER-PAGES'],
	'../security/hostileResponses.test.ts': ['SECURID-NET-SLOW', 'SECURID-TOKEN-NET-SLOW', 'SAFE-NET-SLOW', 'SIEM-NET-SLOW'],
	// Without the gigabyte that it takes in a run.
	'../unit/safe/auditCsv.test.ts': ['SAFE-CSV-SIZE'],
	'SiemWebhook/forms.test.ts': ['SIEM-DEADLINE'],
	// Thousands of requests, made without an engine.
	'../unit/delivery/siem/deliver.test.ts': ['SIEM-REFUSED-MANY'],
	// A stopped execution ends before its error is shown; SecurID's credential sends nothing that a domain list could forbid.
	'nowhere, since no run can show it': ['SECURID-CANCELLED', 'SAFE-CANCELLED', 'SECURID-NET-BLOCKED', 'SIEM-CANCELLED', 'SIEM-NET-BLOCKED', 'SECURID-TOKEN-CANCELLED', 'SECURID-TOKEN-NET-BLOCKED'],
	// Counts that do not agree would be a fault of the node.
	'nowhere, since the node has no such fault that is known': ['SIEM-COUNTS'],
};

const CODES = { SECURID: Object.keys(SECURID_FAILURES), SAFE: Object.keys(SAFE_FAILURES), SIEM: Object.keys(SIEM_FAILURES) };
const ROWS = { SECURID: SECURID_ROWS, SAFE: SAFE_ROWS, SIEM: SIEM_ROWS };

test.each(['SECURID', 'SAFE', 'SIEM'] as const)('every code of %s meets a node or a credential in these tests', (vendor) => {
	const met = new Set([...ROWS[vendor].map(({ code }) => code), ...Object.values(ELSEWHERE).flat()]);
	expect(CODES[vendor].filter((code) => !met.has(code))).toEqual([]);
});

describe('what a message puts in quotes is on the screen', () => {
	const load = (file: string) => Object.values(require(`../../dist/${file}`) as Record<string, new () => object>).map((Type) => new Type());
	const nodes = [...['SecurIdAdminLog', 'SafeAuditExport', 'SafeUsers', 'SiemWebhook'].flatMap((name) => load(`nodes/${name}/${name}.node`)), ...load('nodes/SecurIdAdminLog/SecurIdAdminLogTrigger.node')] as INodeType[];
	const credentials = ['SecurIdApi', 'SecurIdOAuthApi', 'SafeApi', 'SiemWebhookApi'].flatMap((name) => load(`credentials/${name}.credentials`)) as ICredentialType[];
	const onScreen = new Set([
		...nodes.flatMap(({ description }) => namesOf(description.properties)),
		...credentials.flatMap(({ properties }) => namesOf(properties)),
	]);

	test.each(Object.entries({ ...SECURID_FAILURES, ...SAFE_FAILURES, ...SIEM_FAILURES }))('%s', (_code, { message, advice }) => {
		// A field that is filled in, and the \n of a key.
		const text = `${message} ${advice}`.replace(/"(\{\w+\}|\\n)"/g, '');
		const quoted = [...text.matchAll(/"([^"]+)"/g)].map(([, name]) => name);
		expect(quoted.filter((name) => !onScreen.has(name))).toEqual([]);
	});
});

/** Display names of fields and of what can be chosen in them. */
function namesOf(properties: INodeProperties[]): string[] {
	return properties.flatMap(({ displayName, options = [] }) => [
		displayName,
		...options.flatMap((option) =>
			'type' in option ? namesOf([option]) : 'displayName' in option ? [option.displayName ?? ''] : [(option as INodePropertyOptions).name],
		),
	]);
}
