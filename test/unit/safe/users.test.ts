import fc from 'fast-check';
import { createSafeClient, type SafeClient } from '../../../nodes/shared/safe/client';
import {
	findUser,
	listUsers,
	readUserPage,
	shortUser,
	type SafeUser,
	userDirectory,
} from '../../../nodes/shared/safe/users';
import { answer } from '../answers';
import { fakeClock } from '../clock';
import { failureOf } from '../failures';
import { rawFixture } from '../fixtures';
import { forAll, generated } from '../generated';

const ORIGIN = 'https://us.safeone.ai';
const RUNS = 300;

function makeUsers(count: number): SafeUser[] {
	return Array.from({ length: count }, (_, index) => ({
		peopleId: index,
		uuid: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
		emailId: `user${index}@example.com`,
		firstName: 'Example',
		lastName: String(index),
		role: 'Viewer',
		authenticationType: 'SSO',
	}));
}

type Body = Record<string, unknown> & { values: unknown[] };

/** SAFE in front of a list of users; `odd` changes what a page says. */
function tenant(users: SafeUser[], odd: (body: Body, page: number) => unknown = (body) => body) {
	const urls: string[] = [];
	const client = createSafeClient({
		origin: ORIGIN,
		waiting: fakeClock(),
		send: async ({ url }) => {
			urls.push(url);
			const query = new URL(url).searchParams;
			const page = Number(query.get('page'));
			const pagelen = Number(query.get('pagelen'));
			const wanted = query.get('searchKey') ?? '';
			const found = users.filter((user) => JSON.stringify(user).includes(wanted));
			const values = found.slice((page - 1) * pagelen, page * pagelen);
			const next =
				page * pagelen < found.length
					? `https://evil.example.net/api/v3/users?page=${page + 1}&pagelen=${pagelen}`
					: null;
			return answer(200, odd({ size: found.length, page, pagelen, previous: null, next, values }, page));
		},
	});
	return { client, urls, pages: () => urls.map((url) => Number(new URL(url).searchParams.get('page'))) };
}

describe('a page of users', () => {
	it("is read from the vendor's example", () => {
		const { values } = JSON.parse(rawFixture('safe/users.raw.json')) as Body;
		expect(readUserPage(JSON.parse(rawFixture('safe/users.raw.json')) as Body)).toEqual({
			users: values,
			size: 1,
			namesNext: true,
		});
	});

	it.each<[string, unknown, number | undefined]>([
		['a number', 7, 7],
		['zero', 0, 0],
		['text', '7', 7],
		['nothing', undefined, undefined],
		['null', null, undefined],
		['words', 'many', undefined],
		['empty text', '', undefined],
		['a fraction', 1.5, undefined],
		['true', true, undefined],
	])('tells its size as %s', (_label, size, expected) => {
		expect(readUserPage({ values: [], size }).size).toBe(expected);
	});

	it.each<[string, Record<string, unknown>]>([
		['no list', { size: 1, page: 1 }],
		['a list under another name', { users: [] }],
		['a list that is none', { values: {} }],
	])('is refused with %s, and its members are named', async (_label, body) => {
		const failure = await failureOf(() => readUserPage(body));
		expect(failure.code).toBe('SAFE-BODY-SHAPE');
		expect(failure.advice).toContain(Object.keys(body).join(', '));
	});

	it('leaves out what is no user', () => {
		expect(readUserPage({ values: [null, 'x', 7, { uuid: 'a' }] }).users).toEqual([{ uuid: 'a' }]);
	});
});

describe('listing users', () => {
	it.each([0, 1, 99, 100, 101, 250, 300])('brings all %s, page by page by number', async (count) => {
		const users = makeUsers(count);
		const { client, pages } = tenant(users);
		await expect(listUsers(client)).resolves.toEqual({ users, announced: count });
		expect(pages()).toEqual(
			Array.from({ length: Math.max(1, Math.ceil(count / 100)) }, (_, index) => index + 1),
		);
	});

	it('never leaves the host of the credential, whatever host "next" names', async () => {
		const { client, urls } = tenant(makeUsers(250));
		await listUsers(client, 'user');
		expect(urls).toHaveLength(3);
		for (const url of urls)
			expect(url).toMatch(/^https:\/\/us\.safeone\.ai\/api\/v3\/users\?page=\d&pagelen=100&searchKey=user$/);
	});

	it.each([1, 99, 100, 101, 200])('stops at a limit of %s', async (limit) => {
		const users = makeUsers(250);
		const { client, pages } = tenant(users);
		expect((await listUsers(client, undefined, limit)).users).toEqual(users.slice(0, limit));
		expect(pages()).toHaveLength(Math.ceil(limit / 100));
	});

	it('gives each user once when users were added in front meanwhile', async () => {
		const users = makeUsers(250);
		const shifted = [...makeUsers(3).map((user) => ({ ...user, uuid: `new-${user.uuid}` })), ...users];
		const { client } = tenant(users, (body, page) =>
			page === 1 ? body : { ...body, size: 253, values: shifted.slice((page - 1) * 100, page * 100) },
		);
		const listing = await listUsers(client);
		expect(listing).toEqual({ users, announced: 253 });
	});

	it('takes uuids in capital and small letters for the same', async () => {
		const [user] = makeUsers(1);
		const { client } = tenant([user, { ...user, uuid: user.uuid?.toUpperCase() }]);
		expect((await listUsers(client)).users).toEqual([user]);
	});

	it('keeps users that have no uuid', async () => {
		const users = makeUsers(3).map(({ uuid: _uuid, ...user }) => user);
		expect((await listUsers(tenant(users).client)).users).toEqual(users);
	});

	it.each<[string, (body: Body, page: number) => unknown, number, number]>([
		['ignores the page number', (body) => ({ ...body, values: makeUsers(100), size: 250 }), 100, 2],
		[
			'names a next page for ever, and sends empty ones',
			(body) => ({ ...body, next: 'https://us.safeone.ai/x', size: undefined }),
			250,
			4,
		],
		['tells its size as text', (body) => ({ ...body, size: String(body.size) }), 250, 3],
		['tells no size', ({ size: _size, ...body }) => body, 250, 3],
		['tells an empty size', (body) => ({ ...body, size: '' }), 250, 3],
		['names no next page on the first', (body) => ({ ...body, next: null }), 100, 1],
		['names an empty next page', (body) => ({ ...body, next: '' }), 100, 1],
		['names the next page of its own sample', (body) => ({ ...body, size: 100 }), 100, 1],
	])('comes to an end when SAFE %s', async (_label, odd, found, requests) => {
		const { client, pages } = tenant(makeUsers(250), odd);
		expect((await listUsers(client)).users).toHaveLength(found);
		expect(pages()).toHaveLength(requests);
	});

	it('is refused when the pages do not end', async () => {
		let serial = 0;
		const { client, urls } = tenant([], (body) => ({
			...body,
			size: undefined,
			next: 'https://us.safeone.ai/x',
			values: [{ uuid: `u${serial++}` }],
		}));
		expect(await failureOf(async () => await listUsers(client))).toMatchObject({ code: 'SAFE-USER-PAGES' });
		expect(urls).toHaveLength(2_000);
	});

	it('is refused when a few pages hold more than fits into memory', async () => {
		let serial = 0;
		const userPage = async () => ({ users: [{ uuid: `u${serial++}` }], namesNext: true, characters: 60 * 1024 * 1024 });
		const failure = await failureOf(async () => await listUsers({ userPage } as unknown as SafeClient));
		expect([failure.code, failure.advice]).toEqual(['SAFE-USER-PAGES', expect.stringContaining('Limit: 256 MB of users.')]);
		expect(serial).toBe(5);
	});

	it(`brings each user once from any tenant (${generated(RUNS)})`, async () => {
		const cases = fc.record({
			count: fc.nat(450),
			limit: fc.option(fc.integer({ min: 1, max: 500 }), { nil: undefined }),
			sized: fc.boolean(),
		});
		await forAll(RUNS, cases, async ({ count, limit, sized }) => {
			const users = makeUsers(count);
			const { client } = tenant(users, (body) => (sized ? body : { ...body, size: null }));
			expect((await listUsers(client, undefined, limit)).users).toEqual(users.slice(0, limit));
		});
	});
});

describe('finding one user', () => {
	const users = makeUsers(250);

	it.each<[string, string]>([
		['uuid', users[222].uuid ?? ''],
		['uuid in capital letters', (users[222].uuid ?? '').toUpperCase()],
		['e-mail address', 'user222@example.com'],
		['e-mail address in capital letters', 'USER222@EXAMPLE.COM'],
		['e-mail address with blanks', '  user222@example.com '],
	])('goes by %s', async (_label, wanted) => {
		await expect(findUser(tenant(users).client, wanted)).resolves.toEqual(users[222]);
	});

	it('asks SAFE to search first', async () => {
		const { client, urls } = tenant(users);
		await findUser(client, 'user222@example.com');
		expect(urls).toEqual([`${ORIGIN}/api/v3/users?page=1&pagelen=100&searchKey=user222%40example.com`]);
	});

	it('does not take a user whose name only holds the wanted text', async () => {
		await expect(findUser(tenant(users).client, 'user2@example.com')).resolves.toEqual(users[2]);
		expect(
			await failureOf(async () => await findUser(tenant(users).client, 'ser2@example.com')),
		).toMatchObject({
			message: 'SAFE has no user "ser2@example.com" (SAFE-USER-UNKNOWN)',
		});
	});

	it('looks through the whole list when the search finds nothing', async () => {
		const { client, urls } = tenant(users, (body, page) =>
			urls.length === 1 ? { ...body, values: [], size: 0, next: null } : { ...body, page },
		);
		await expect(findUser(client, 'user222@example.com')).resolves.toEqual(users[222]);
		expect(urls).toHaveLength(4);
	});

	it.each(['', '  '])('is refused before any request when nothing was entered: %j', async (wanted) => {
		const { client, urls } = tenant(users);
		expect(await failureOf(async () => await findUser(client, wanted))).toMatchObject({
			code: 'SAFE-USER-EMPTY',
		});
		expect(urls).toEqual([]);
	});
});

describe('the directory behind the enrichment', () => {
	const users = makeUsers(150);

	it('finds users by uuid and by e-mail address, in any letters', async () => {
		const lookup = await userDirectory(tenant(users).client);
		for (const id of [users[140].uuid, users[140].uuid?.toUpperCase(), ' USER140@example.com '])
			expect(lookup(id)).toEqual(users[140]);
	});

	it.each<[string, unknown]>([
		['an unknown id', 'user999@example.com'],
		['an empty cell', ''],
		['no cell', undefined],
		['null', null],
		['a number', 7],
	])('knows nobody for %s', async (_label, id) => {
		const lookup = await userDirectory(tenant([...users, { uuid: '', emailId: '' }, {}]).client);
		expect(lookup(id)).toBeUndefined();
	});
});

it('the short form of a user has always the same members', () => {
	const [user] = makeUsers(1);
	expect(shortUser(user)).toEqual({
		uuid: user.uuid,
		emailId: 'user0@example.com',
		firstName: 'Example',
		lastName: '0',
		role: 'Viewer',
		authenticationType: 'SSO',
	});
	expect(shortUser({})).toEqual({
		uuid: null,
		emailId: null,
		firstName: null,
		lastName: null,
		role: null,
		authenticationType: null,
	});
	expect(shortUser(undefined)).toBeNull();
});
