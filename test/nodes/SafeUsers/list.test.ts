import type { INodeType } from 'n8n-workflow';
import type { SafeUser } from '../../simulators';
import { createTenant } from '../../simulators';
import { NOW } from '../time';

const { SafeUsers } = require('../../../dist/nodes/SafeUsers/SafeUsers.node') as { SafeUsers: new () => INodeType };
const { users } = createTenant({ seed: 7, endsAt: NOW, users: 140, adminEvents: 0, safeRows: 0 });

/** Opens the "From List" drop-down as the editor does; SAFE's page of users is what `pageOf` says. */
async function openList(pageOf: (query: URLSearchParams) => { status?: number; body: object }, filter?: string, token?: string) {
	const asked: Array<Record<string, string>> = [];
	const context = {
		getNode: () => ({ id: '1', name: 'SAFE Users', type: 'safeUsers', typeVersion: 1, position: [0, 0], parameters: {} }),
		getCredentials: async () => ({ region: 'us', authentication: 'accessToken', accessToken: 'fake' }),
		logger: { info: () => {} },
		helpers: {
			httpRequestWithAuthentication: async (_type: string, { url }: { url: string }) => {
				const query = new URL(url).searchParams;
				asked.push(Object.fromEntries(query));
				const { status = 200, body } = pageOf(query);
				return { statusCode: status, headers: {}, body: JSON.stringify(body) };
			},
		},
	};
	const search = new SafeUsers().methods?.listSearch?.searchUsers;
	return { list: search?.call(context as never, filter, token), asked };
}

const pages = (query: URLSearchParams) => {
	const page = Number(query.get('page'));
	const values = users.slice((page - 1) * 100, page * 100);
	return { body: { size: users.length, page, pagelen: 100, next: page === 1 ? 'https://elsewhere.example/?page=2' : null, values } };
};

const entry = ({ emailId, firstName, lastName, uuid }: SafeUser) => ({ name: `${emailId} (${firstName} ${lastName})`, value: uuid });

describe('the list of users to pick from', () => {
	test('shows a hundred users with e-mail and name, and goes on by page number', async () => {
		const first = await openList(pages);
		await expect(first.list).resolves.toEqual({ results: users.slice(0, 100).map(entry), paginationToken: '2' });
		const second = await openList(pages, undefined, '2');
		await expect(second.list).resolves.toEqual({ results: users.slice(100).map(entry), paginationToken: undefined });
		expect([...first.asked, ...second.asked].map(({ page }) => page)).toEqual(['1', '2']);
	});

	test("hands what is typed on to SAFE's own search", async () => {
		const { list, asked } = await openList(pages, 'risk & co');
		await list;
		expect(asked).toEqual([{ page: '1', pagelen: '100', searchKey: 'risk & co' }]);
	});

	test('shows users without a name or address all the same', async () => {
		const { list } = await openList(() => ({
			body: { size: 2, next: null, values: [{ uuid: 'u-1' }, { uuid: 'u-2', emailId: 'a@example.com', firstName: 'Ann' }] },
		}));
		await expect(list).resolves.toMatchObject({
			results: [
				{ name: ' (no name)', value: 'u-1' },
				{ name: 'a@example.com (Ann)', value: 'u-2' },
			],
		});
	});

	test('says why it cannot be shown', async () => {
		const { list } = await openList(() => ({ status: 403, body: { Message: 'explicit deny' } }));
		await expect(list).rejects.toMatchObject({
			message: expect.stringMatching(/\(SAFE-403-ROLE\)$/),
			description: expect.stringContaining('"Region"'),
		});
	});
});
