import { jsonAnswer, type Answer } from '../answers';
import type { Fault } from '../faults';
import type { SafeUser } from '../tenant';

/** How the list pages: the size when none is asked for, and the origin that `next` and `previous` point to. */
export interface UserListing {
	defaultPagelen: number;
	linkOrigin: string;
	/** The vendor's sample names another page size in its link than the page has; with a number, ours does too. */
	linkPagelen: number | null;
}

/** The largest page served; above it the answer says so in `pagelen`. What SAFE does there is not known (assumed). */
const MAX_PAGELEN = 100;

/**
 * Answers `GET /users`.
 * Pages from 1; `searchKey` looks into e-mail, names and uuid without regard to case (assumed: the page says "by
 * passing different criteria"). A page or page size that is no whole number from 1 is refused with 400 (assumed).
 * Source: vendor page "How to use SAFE's Audit APIs" (documented).
 */
export function listUsers(
	users: readonly SafeUser[],
	query: URLSearchParams,
	listing: UserListing,
	claimedSize: number | null,
	shape: Fault | null,
): Answer {
	const page = whole(query.get('page') ?? '1');
	const asked = whole(query.get('pagelen') ?? String(listing.defaultPagelen));
	if (page === null || asked === null) {
		return jsonAnswer(400, { status: 'error', message: 'page and pagelen must be positive integers' });
	}
	const pagelen = Math.min(asked, MAX_PAGELEN);
	const searchKey = query.get('searchKey') ?? '';
	const found = users.filter((user) => matches(user, searchKey.toLowerCase()));
	const from = (page - 1) * pagelen;
	const link = (target: number) => {
		const values = new URLSearchParams({
			page: String(target),
			pagelen: String(listing.linkPagelen ?? pagelen),
		});
		if (searchKey !== '') values.set('searchKey', searchKey);
		return `${listing.linkOrigin}/api/v3/users?${values.toString()}`;
	};
	return jsonAnswer(200, {
		size: claimedSize ?? found.length,
		page,
		pagelen,
		previous: page > 1 ? link(page - 1) : null,
		next: from + pagelen < found.length ? link(page + 1) : null,
		values: shape !== null && 'emptyPage' in shape ? [] : found.slice(from, from + pagelen),
	});
}

function matches(user: SafeUser, lowerKey: string): boolean {
	return [user.emailId, user.firstName, user.lastName, user.uuid].some((text) =>
		text.toLowerCase().includes(lowerKey),
	);
}

function whole(text: string): number | null {
	return /^[1-9]\d{0,6}$/.test(text) ? Number(text) : null;
}
