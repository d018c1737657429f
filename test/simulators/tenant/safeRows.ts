import type { Random } from '../random';
import { FOREIGN_ADDRESSES, HOSTILE_NAMES, OFFICE_ADDRESSES } from './names';
import { activeUsers, type SafeUser } from './safeUsers';

/**
 * One row of the audit export before it is written as CSV. `atMs` is epoch ms UTC; `userId` a uuid, sometimes of a user
 * who is no longer listed, sometimes in capitals, empty where nobody was signed in.
 * The vendor publishes neither a header nor a vocabulary: the columns follow its prose (time, source IP and port, user,
 * action), the wording is assumed.
 */
export interface SafeRow {
	atMs: number;
	sourceIp: string;
	sourcePort: number;
	userId: string;
	userName: string;
	action: string;
	details: string;
}

const DAY_MS = 86_400_000;

/** Actions by weight: the activities that the vendor's page names (documented), in words of our own (assumed). */
const ACTIONS: ReadonlyArray<{ action: string; weight: number; details: readonly string[] }> = [
	{ action: 'User logged in', weight: 300, details: ['', 'Login via SSO', 'Login via SAFE MFA'] },
	{ action: 'User logged out', weight: 160, details: [''] },
	{
		action: 'User login failed',
		weight: 40,
		details: ['Invalid credentials', 'MFA code expired, try again'],
	},
	{ action: 'Integration created', weight: 8, details: ['Name: "Cloud Scanner"', 'Name: Ticketing & CMDB'] },
	{ action: 'Integration updated', weight: 20, details: ['Field "schedule", old: daily, new: hourly'] },
	{
		action: 'Integration tested',
		weight: 14,
		details: ['Result: success', 'Result: failed\nReason: time-out'],
	},
	{ action: 'Integration synchronization started', weight: 30, details: ['Cloud Scanner'] },
	{ action: 'Integration synchronization stopped', weight: 12, details: ['Cloud Scanner'] },
	{ action: 'Group created', weight: 10, details: ['Crown jewels', 'Büro München', 'グループ-1'] },
	{ action: 'Group updated', weight: 18, details: ['Members: 12 -> 14', 'Name: "Old, name" -> "New; name"'] },
	{ action: 'Group deleted', weight: 5, details: ['Test group'] },
	{ action: 'Risk scenario created', weight: 9, details: ['Ransomware\r\nwith data theft'] },
	{ action: 'Risk scenario updated', weight: 22, details: ['Likelihood: 12% -> 15%', '=SUM(A1:A9)'] },
	{ action: 'Risk scenario deleted', weight: 4, details: ['Obsolete scenario'] },
	{
		action: 'Questionnaire updated',
		weight: 25,
		details: ['Question 4:\n"Do you back up?"\nAnswer: yes', 'Question 7'],
	},
];

/**
 * The audit rows of a tenant, in time order, the newest within the last minute before `endMs`; and `lastLoginTime` of
 * the users, which is set here so that both agree.
 * About one row in a hundred stands twice, letter for letter; one in forty is by a user who was deleted; each hostile
 * name occurs once in the details of a failed sign-in, as far as `count` reaches. Never fails.
 */
export function buildSafeRows(
	count: number,
	period: { startMs: number; endMs: number },
	users: SafeUser[],
	random: Random,
): SafeRow[] {
	const active = activeUsers(users);
	const deleted = Array.from({ length: 6 }, (_, index) => ({
		uuid: random.uuid(),
		emailId: `left-${index + 1}@example.com`,
	}));
	const rows: SafeRow[] = [];
	while (rows.length < count) {
		const previous = rows[rows.length - 1];
		if (rows.length > HOSTILE_NAMES.length && random.chance(0.01)) rows.push({ ...previous });
		else rows.push(buildRow(rows.length, period, active.length === 0 ? deleted : active, deleted, random));
	}
	for (const user of active) {
		const logins = rows.filter((row) => row.userName === user.emailId && row.action === 'User logged in');
		const lastMs = Math.max(...logins.map((row) => row.atMs), period.startMs);
		user.lastLoginTime = new Date(lastMs).toISOString();
	}
	return rows.sort((one, other) => one.atMs - other.atMs);
}

type Actor = Pick<SafeUser, 'uuid' | 'emailId'>;

function buildRow(
	index: number,
	{ startMs, endMs }: { startMs: number; endMs: number },
	active: readonly Actor[],
	deleted: readonly Actor[],
	random: Random,
): SafeRow {
	const actor = random.chance(1 / 40) ? random.pick(deleted) : random.pick(active);
	const { action, details } = random.weighted(ACTIONS, ({ weight }) => weight);
	// A third of all rows in the last two days: the window that a daily run reads is never nearly empty.
	const fromMs = random.chance(1 / 3) ? Math.max(startMs, endMs - 2 * DAY_MS) : startMs;
	const failed = action === 'User login failed';
	const row: SafeRow = {
		atMs: index === 0 ? endMs - random.integer(1, 59_000) : random.integer(fromMs + 1, endMs - 60_000),
		sourceIp: random.pick(failed ? FOREIGN_ADDRESSES : OFFICE_ADDRESSES),
		sourcePort: random.integer(1024, 65_535),
		userId: random.chance(0.03) ? actor.uuid.toUpperCase() : actor.uuid,
		userName: actor.emailId,
		action,
		details: random.pick(details),
	};
	const hostile = HOSTILE_NAMES[index - 1];
	if (hostile === undefined) return failed && random.chance(0.3) ? { ...row, userId: '', userName: '' } : row;
	return {
		...row,
		sourceIp: random.pick(FOREIGN_ADDRESSES),
		action: 'User login failed',
		details: `Unknown user: ${hostile}`,
	};
}
