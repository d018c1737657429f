import type { Random } from '../random';

/**
 * One SAFE user, member for member as `GET /users` answers (documented, reference/safe.md 4.1); times are ISO 8601 UTC.
 * `lastLoginTime` is null for somebody who never signed in: the vendor's page does not say how it shows that (assumed).
 */
export interface SafeUser {
	peopleId: number;
	emailId: string;
	firstName: string;
	lastName: string;
	uuid: string;
	updatedAt: string;
	lastLoginTime: string | null;
	role: string;
	authenticationType: 'Native' | 'SSO';
}

const TEAMS: ReadonlyArray<readonly [string, string]> = [
	['risk', 'Risk'],
	['audit', 'Audit'],
	['soc', 'SOC'],
	['grc', 'GRC'],
	['ops-münchen', 'Ops München'],
	['équipe-risque', 'Équipe Risque'],
	['リスク管理', 'リスク管理'],
	['vendor', 'Vendor, "External"'],
];

/**
 * The users of a tenant, by ascending `peopleId`.
 * About one in six is an administrator, one in three signs in natively, one in seven never did; one in seven last did
 * long ago. The first user is an administrator with native sign-in who never signed in, the case an access review looks
 * for. `lastLoginTime` of the others is set by whoever writes the audit rows (see `lastLogins`). Never fails.
 */
export function buildSafeUsers(count: number, endMs: number, random: Random): SafeUser[] {
	return Array.from({ length: count }, (_, index) => {
		const [mailbox, team] = TEAMS[index % TEAMS.length];
		const number = String(Math.floor(index / TEAMS.length) + 1).padStart(2, '0');
		const admin = index === 0 || random.chance(1 / 6);
		const native = index === 0 || random.chance(1 / 3);
		return {
			peopleId: 101 + index,
			emailId: `${mailbox}-${number}@example.com`,
			firstName: team,
			lastName: number,
			uuid: random.uuid(),
			updatedAt: new Date(endMs - random.integer(1, 400) * 86_400_000).toISOString(),
			lastLoginTime:
				index % 7 === 1 ? new Date(endMs - random.integer(100, 500) * 86_400_000).toISOString() : null,
			role: admin ? 'Admin' : 'Viewer',
			authenticationType: native ? 'Native' : 'SSO',
		};
	});
}

/** The users that take part in the audit log: neither those who never signed in nor those who did long ago. */
export function activeUsers(users: readonly SafeUser[]): SafeUser[] {
	return users.filter((user, index) => index % 7 !== 0 && user.lastLoginTime === null);
}
