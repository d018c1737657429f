import { readPages } from '../core/pagination';
import { membersOf } from './answers';
import type { SafeClient } from './client';
import { safeFailure } from './failures';

/** A SAFE user as the vendor sends it (documented): peopleId, uuid, emailId, firstName, lastName, role, updatedAt, lastLoginTime, authenticationType. */
export type SafeUser = Record<string, unknown> & { uuid?: string; emailId?: string };

export interface SafeUserPage {
	users: SafeUser[];
	/** Users over all pages, where SAFE says so. */
	size?: number;
	/** Whether SAFE names a next page. Its link is never followed: the vendor's own sample points to another host (documented). */
	namesNext: boolean;
	/** Of the answer. */
	characters?: number;
}

/** The page length that the vendor's own script uses; the default of 10 would cost ten times the requests. */
export const USER_PAGE_LENGTH = 100;
const MAX_PAGES = 2_000;
/** Users are held in memory; a page of a hundred has some 30,000 characters. */
const MOST_CHARACTERS = 256 * 1024 * 1024;

/** Reads the body of one page. Throws a `Failure` that shows the members when there is no list of users. */
export function readUserPage(body: Record<string, unknown>): SafeUserPage {
	if (!Array.isArray(body.values)) {
		throw safeFailure('SAFE-BODY-SHAPE', { status: 200, values: { expected: '"values"', detail: membersOf(body) } });
	}
	const size = typeof body.size === 'string' && body.size.trim() ? Number(body.size) : body.size;
	return {
		users: body.values.filter((user): user is SafeUser => typeof user === 'object' && user !== null && !Array.isArray(user)),
		size: typeof size === 'number' && Number.isInteger(size) ? size : undefined,
		namesNext: typeof body.next === 'string' && body.next !== '',
	};
}

/** What a listing of users found. `announced` is SAFE's own count; users added or removed meanwhile can make the two differ. */
export interface UserListing {
	users: SafeUser[];
	announced?: number;
}

/**
 * Lists users page by page, by number, each uuid once.
 * Ends when SAFE names no next page, sends an empty page, a page without anyone new, or when `limit` or the announced size is reached.
 */
export async function listUsers(client: SafeClient, searchKey?: string, limit = Infinity): Promise<UserListing> {
	const byUuid = new Map<string, SafeUser>();
	const listing: UserListing = { users: [] };
	// A user without an id is kept each time, but makes no page a new one the second time.
	const nameless = new Set<string>();
	let newcomers = 0;
	let characters = 0;
	const tooMany = (detail: string | number) => safeFailure('SAFE-USER-PAGES', { values: { detail } });
	const pages = readPages<SafeUserPage>({
		fetchPage: async (index) => await client.userPage(index + 1, USER_PAGE_LENGTH, searchKey),
		hasMore: (page) => page.namesNext && newcomers > 0 && byUuid.size < Math.min(limit, page.size ?? Infinity),
		maxPages: MAX_PAGES,
		tooMany: () => tooMany(`${MAX_PAGES} pages`),
	});
	for await (const page of pages) {
		listing.announced = page.size ?? listing.announced;
		newcomers = 0;
		characters += page.characters ?? 0;
		if (characters > MOST_CHARACTERS) throw tooMany(`${MOST_CHARACTERS / 1024 / 1024} MB of users`);
		for (const user of page.users) {
			const uuid = uuidOf(user) || `#${byUuid.size}`;
			if (byUuid.has(uuid)) continue;
			byUuid.set(uuid, user);
			const content = uuid.startsWith('#') ? JSON.stringify(user) : undefined;
			if (content === undefined || !nameless.has(content)) newcomers++;
			if (content !== undefined) nameless.add(content);
		}
	}
	listing.users = [...byUuid.values()].slice(0, limit);
	return listing;
}

/** Finds one user by uuid or e-mail address. Throws a `Failure` when there is none. */
export async function findUser(client: SafeClient, wanted: string): Promise<SafeUser> {
	const key = wanted.trim().toLowerCase();
	if (!key) throw safeFailure('SAFE-USER-EMPTY');
	const matches = (user: SafeUser) => uuidOf(user) === key || String(user.emailId ?? '').toLowerCase() === key;
	// What searchKey looks at is not documented, so a miss falls back to the whole list.
	const searched = (await listUsers(client, wanted.trim(), USER_PAGE_LENGTH)).users.find(matches);
	const user = searched ?? (await listUsers(client)).users.find(matches);
	if (user) return user;
	throw safeFailure('SAFE-USER-UNKNOWN', { values: { wanted: `"${wanted.trim().slice(0, 80)}"` } });
}

/** Finds a user by uuid or e-mail address in a list that was read once. */
export type UserLookup = (id: unknown) => SafeUser | undefined;

/**
 * All users, found by uuid, or by e-mail address for logs that name users so (SAFE's documentation says both). Case does not matter.
 */
export async function userDirectory(client: SafeClient): Promise<UserLookup> {
	const { users } = await listUsers(client);
	const byKey = new Map<string, SafeUser>();
	for (const user of users) byKey.set(String(user.emailId ?? '').toLowerCase(), user);
	for (const user of users) byKey.set(uuidOf(user), user);
	byKey.delete('');
	return (id) => byKey.get(String(id ?? '').trim().toLowerCase());
}

const SHORT_MEMBERS = ['uuid', 'emailId', 'firstName', 'lastName', 'role', 'authenticationType'] as const;

/** The members of a user that enrichment adds, under the vendor's names; null for an unknown user. */
export function shortUser(user: SafeUser | undefined): Record<string, unknown> | null {
	return user ? Object.fromEntries(SHORT_MEMBERS.map((member) => [member, user[member] ?? null])) : null;
}

function uuidOf({ uuid }: SafeUser): string {
	return String(uuid ?? '').trim().toLowerCase();
}
