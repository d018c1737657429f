import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';
import { toNodeError } from '../shared/n8n/errors';
import { openSafe } from '../shared/n8n/safeClient';
import { USER_PAGE_LENGTH } from '../shared/safe/users';

/** The pages of the "From List" drop-down, filtered by SAFE's own search. The token is the number of the next page. */
export async function searchUsers(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: string,
): Promise<INodeListSearchResult> {
	try {
		const page = Number(paginationToken ?? 1);
		const { users, namesNext } = await (await openSafe(this)).userPage(page, USER_PAGE_LENGTH, filter);
		const results = users.map(({ uuid, emailId, firstName, lastName }) => ({
			name: `${emailId ?? ''} (${[firstName, lastName].filter(Boolean).join(' ') || 'no name'})`,
			value: uuid ?? '',
		}));
		return { results, paginationToken: namesNext && users.length > 0 ? String(page + 1) : undefined };
	} catch (error) {
		throw toNodeError(this.getNode(), error);
	}
}
