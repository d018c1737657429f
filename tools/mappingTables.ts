import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { ECS_SEVERITIES } from '../nodes/shared/mapping/ecs';
import { type Kind, KINDS, OCSF_CLASSES } from '../nodes/shared/mapping/kinds.table';
import { type SafeRow, safeOutput, type SecurIdLog, securIdOutput } from '../nodes/shared/mapping/output';
import { SECURID_ACTIVITIES, SECURID_PREFIXES, SECURID_VERBS } from '../nodes/shared/mapping/securid.table';
import { SECURID_SYSTEM_EVENTS } from '../nodes/shared/mapping/securidSystem.table';
import { SECURID_USER_EVENTS } from '../nodes/shared/mapping/securidUser.table';
import { SEVERITIES } from '../nodes/shared/mapping/types';

/*
 * Writes docs/mapping.md from the mapping itself (`npm run mapping`): each row is what an event of that key or code comes out as.
 */

const HEAD = ['Outcome', 'Severity', '`event.category`', '`event.type`', '`event.action`', 'OCSF class', 'Activity', '`type_uid`'];

interface Ecs {
	event: { category: string[]; type: string[]; action?: string; outcome: string };
	labels: { severity: string };
}
interface Ocsf {
	class_name: string;
	activity_id: number;
	type_uid: number;
	class_uid: keyof typeof OCSF_CLASSES;
}

function cells(ecs: object, ocsf: object): string[] {
	// SAFETY: both were made by the mapping a line before.
	const { event, labels } = ecs as Ecs;
	const { class_uid, class_name, activity_id, type_uid } = ocsf as Ocsf;
	const activity = OCSF_CLASSES[class_uid].activities[activity_id];
	return [event.outcome, labels.severity, event.category.join(', '), event.type.join(', '), `\`${event.action}\``, `${class_name} ${class_uid}`, `${activity} ${activity_id}`, String(type_uid)];
}

function securIdRow(log: SecurIdLog, first: string[], event: Record<string, unknown>): string[] {
	const [ecs, ocsf] = ['ecs', 'ocsf'].map((form) => securIdOutput(log, event, { form, fallbackMs: 0 }));
	return [...first, ...cells(ecs, ocsf)];
}

function safeRow(action: string): string[] {
	const row: SafeRow = { eventId: '1', record: { Action: action }, columns: { action: 'Action' }, timezone: 'utc' };
	const [ecs, ocsf] = ['ecs', 'ocsf'].map((form) => safeOutput(row, { form, fallbackMs: 0 }));
	return [action, ...cells(ecs, ocsf)];
}

function table(head: string[], rows: string[][]): string {
	return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** What SAFE's documentation names in prose, and usual neighbours. */
const SAFE_EXAMPLES = [
	...['User logged in', 'User login failed', 'User logged out', 'User created', 'User updated', 'User deleted', 'Role updated', 'API credential created', 'API credential deleted'],
	...['Integration set up', 'Integration updated', 'Integration tested', 'Integration sync started', 'Integration sync stopped', 'Integration deleted'],
	...['Group created', 'Group updated', 'Group deleted', 'Risk scenario created', 'Risk scenario updated', 'Risk scenario deleted', 'Questionnaire updated', 'Something else'],
];

function kindCells(kind: Kind): string[] {
	const { category, type, ocsf, activity } = KINDS[kind];
	return [category.join(', '), type.join(', '), `${OCSF_CLASSES[ocsf].name} ${ocsf}`, `${OCSF_CLASSES[ocsf].activities[activity]} ${activity}`];
}

/** The page as text. */
export function mappingPage(): string {
	const admin = [...SECURID_ACTIVITIES].map(([activityKey, { code, meaning }]) =>
		securIdRow('admin', [String(code), `\`${activityKey}\``, meaning], { activityKey, result: activityKey === 'SIGNIN_FAILURE' ? 'FAIL' : 'SUCCESS' }),
	);
	const coded = (log: 'user' | 'system', rows: ReadonlyMap<string, { group: string; meaning: string; level: string }>) =>
		[...rows]
			.sort(([left], [right]) => Number(left) - Number(right))
			.map(([eventCode, { group, meaning, level }]) => securIdRow(log, [eventCode, level, `${group}: ${meaning}`], { eventCode, eventLevel: level }));
	const severities = SEVERITIES.map((severity, index) => [severity, String(ECS_SEVERITIES[severity]), String(index + 1)]);
	const fallbacks = SECURID_VERBS.map(({ pattern, kind, accessKind }) => {
		const begins = pattern.source === '^' ? 'anything else' : `\`${pattern.source.replace(/\|/g, '\\|')}\``;
		return [begins, ...kindCells(kind), ...kindCells(accessKind)];
	});
	return `# What events become

Written by \`npm run mapping\` from the tables in \`nodes/shared/mapping\`, and checked by the tests: do not edit by hand.
ECS is version 9.4.0, OCSF version 1.8.0. The outcome of an event is its own; shown is that of an event without contradiction (admin log: \`SUCCESS\`, for
\`SIGNIN_FAILURE\`: \`FAIL\`; user and system log: the level of the table). A sign-in that failed has no category \`session\`.

Confidence: admin keys and codes, user codes and system codes are documented by the vendor, as far as its pages are public; user events are known
from client code, no capture is public; of the system log the first codes alone. Meanings, kinds and severities are this project's judgement. SAFE publishes no list of actions: rows are matched by words.

## Where things stand

| | Simplified | ECS | OCSF |
| --- | --- | --- | --- |
| ID of the event | \`eventId\` | \`event.id\` | \`metadata.uid\` |
| Time | \`eventTime\` | \`@timestamp\` | \`time\` (epoch ms), \`metadata.original_time\` |
| Key or code | \`action\` | \`event.action\`, \`event.code\` | \`metadata.event_code\` |
| Who | \`actor\` | \`user.*\`, \`related.user\` | \`actor.user\`; \`user\` for authentications and for accounts that nobody else changed |
| Whom or what | \`target\` | \`user.target.*\`; other objects under \`rsa_idplus.*\`, \`safe_one.*\` | \`user\`, \`entity\` |
| From where | \`sourceIp\` | \`source.ip\`, \`source.port\`, \`related.ip\` | \`src_endpoint\`, \`observables\` |
| Reason of a failure | – | \`event.reason\` | \`status_detail\` |
| One MFA session | – | \`transaction.id\` | \`metadata.correlation_uid\` |
| Tenant | – | \`organization.*\` | \`metadata.tenant_uid\` |
| Vendor record, whole | \`original\`, on request | \`event.original\` (JSON text) | \`raw_data\` (JSON text) |
| Members without a place | – | \`rsa_idplus.<log>.*\`, \`safe_one.audit.*\`, as text | \`unmapped\`, as they came |
| Late, back-filled | \`late\`, \`backfill\` | \`tags\` | \`metadata.labels\` |
| Time that cannot be read | the vendor's text | tag \`time-unreadable\`, \`@timestamp\` is the end of the window (in Get Many of SAFE, which has none, the time of the run) | label \`time-unreadable\`, \`time\` likewise |
| SAFE user, looked up | \`safeUser\` | \`user.*\` | \`user\` or \`actor.user\`, \`enrichments\` |

${table(['Severity', '\`event.severity\`', '\`severity_id\`'], severities)}

The word stands in \`labels.severity\`, too. The numbers of \`event.severity\` are Elastic Security's own risk scores.

## SecurID admin log

${table(['Code', 'Activity key', 'Meaning', ...HEAD], admin)}

Keys that are not listed are read by their first word. What names a key, token, administrator or certificate (\`${SECURID_PREFIXES[1].pattern.source.replace(/\|/g, '\\|')}\`) is of category \`iam\`, the rest
\`configuration\`; keys that begin with \`SIGNIN\` or \`SIGNOUT\` are \`authentication\`. A failure is one step more severe. Three 80002 and one 80003 for one user make a lockout.

${table(['Key', 'Category', 'Type', 'Class', 'Activity', 'Category of access objects', 'Type', 'Class', 'Activity'], fallbacks)}

## SecurID user event log

${table(['Code', 'Level', 'Meaning', ...HEAD], coded('user', SECURID_USER_EVENTS))}

Codes that are not listed: outcome by the description where it says "failed", "unsuccessful", "denied" or "succeeded", else by level; an authentication only where the description says so,
otherwise \`authentication\` · \`info\` and OCSF Authentication, Other (300299), so that a code nobody knows is never counted as a sign-in.

One sign-in of a user gives several events, one per step: count sessions by \`transaction.id\` (\`metadata.correlation_uid\`), or look at one code, e.g. 901 or 20302.
Push bombing: three or more of 703, 1503 and 1523 for one \`user.name\` within ten minutes.

## SecurID system event log

${table(['Code', 'Level', 'Meaning', ...HEAD], coded('system', SECURID_SYSTEM_EVENTS))}

Codes that are not listed: outcome by level, category \`iam\` where \`eventCategory\` speaks of users, identity sources or authenticators, else \`configuration\`; OCSF Entity Management, Other (300499).

## SAFE audit log

Actions are matched by words; these are examples.

${table(['Action', ...HEAD], SAFE_EXAMPLES.map(safeRow))}
`;
}

if (require.main === module) writeFileSync(path.join(__dirname, '..', 'docs', 'mapping.md'), mappingPage());
