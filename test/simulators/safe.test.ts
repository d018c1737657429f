import { fixedClock } from './clock';
import { FaultPlan, type FaultRule } from './faults';
import { startSafe, type SafeOptions, type SafeSimulator } from './safe/server';
import { startStorage, type StorageSimulator } from './storage/server';
import { createTenant, type SafeUser } from './tenant';
import { ask, type Reply } from './testClient';

const ENDS_AT = Date.parse('2026-01-15T10:07:31.250Z');
const tenant = createTenant({ seed: 11, endsAt: ENDS_AT, adminEvents: 0 });
const clock = fixedClock(ENDS_AT);
const credentials = { username: 'api-user', password: 'p:ä"ss+/=' };
const BASIC = `Basic ${Buffer.from('api-user:p:ä"ss+/=').toString('base64')}`;

let safe: SafeSimulator;
let storage: StorageSimulator;
afterEach(async () => {
	clock.set(ENDS_AT);
	await Promise.all([safe.close(), storage.close()]);
});

async function start(options: SafeOptions['options'] = {}, rules: FaultRule[] = []): Promise<SafeSimulator> {
	storage = await startStorage({ clock });
	safe = await startSafe({ tenant, clock, credentials, storage, options, faults: new FaultPlan(rules) });
	return safe;
}

const json = (reply: Reply) => JSON.parse(reply.text) as Record<string, unknown>;
const exchange = async (authorization = BASIC, body?: string) =>
	await ask(`${safe.url}/api/v3/auth`, { method: 'POST', headers: { authorization }, body });
const get = async (path: string, token = safe.issueToken()) =>
	await ask(`${safe.url}/api/v3${path}`, { headers: { authorization: `Bearer ${token}` } });
const post = async (token = safe.issueToken()) =>
	await ask(`${safe.url}/api/v3/reports`, { method: 'POST', headers: { authorization: `Bearer ${token}` } });

interface UserPage {
	size: number;
	page: number;
	pagelen: number;
	previous: string | null;
	next: string | null;
	values: SafeUser[];
}
const users = async (query = '') => JSON.parse((await get(`/users${query}`)).text) as UserPage;

describe('the token exchange', () => {
	it('gives a bearer token for an hour, with its life in text', async () => {
		await start();
		const reply = await exchange();
		expect(reply.status).toBe(200);
		expect(json(reply)).toEqual({
			accessToken: expect.any(String) as string,
			status: 'success',
			expiresIn: '3600',
		});
		const token = String(json(reply).accessToken);
		expect((await get('/users', token)).status).toBe(200);
		clock.advance(3_599_999);
		expect((await get('/users', token)).status).toBe(200);
		clock.advance(1);
		expect((await get('/users', token)).status).toBe(401);
	});

	it.each([
		['a wrong password', `Basic ${Buffer.from('api-user:wrong').toString('base64')}`, undefined],
		[
			'a password in another encoding',
			`Basic ${Buffer.from('api-user:p:ä"ss+/=', 'latin1').toString('base64')}`,
			undefined,
		],
		['a bearer token', 'Bearer x', undefined],
		['no encoding at all', 'Basic api-user:p:ä'.normalize('NFD').replace(/[^ -~]/g, ''), undefined],
		['a body', BASIC, '{}'],
	])('refuses %s', async (_, authorization, body) => {
		await start();
		const reply = await exchange(authorization, body);
		expect([reply.status, reply.text]).toEqual([401, '{"message":"Unauthorized"}']);
	});
});

describe('authorization', () => {
	it('refuses Basic, nothing and unknown tokens, in the words of each endpoint', async () => {
		await start();
		for (const authorization of [BASIC, '', 'Bearer unknown', 'bearer x']) {
			const headers = { authorization };
			const asked = await ask(`${safe.url}/api/v3/users`, { headers });
			expect([asked.status, asked.text]).toEqual([
				401,
				'{"status":"error","message":"invalid authorization header!"}',
			]);
			const report = await ask(`${safe.url}/api/v3/reports/x`, { headers });
			expect([report.status, report.text]).toEqual([401, '{"message":"Unauthorized"}']);
		}
	});

	it.each([401, 403] as const)(
		'answers %i to a token that expired or was revoked',
		async (expiredTokenStatus) => {
			await start({ expiredTokenStatus });
			const [old, revoked] = [safe.issueToken({ lifetimeMs: 10 }), safe.issueToken()];
			clock.advance(10);
			expect((await get('/users', old)).status).toBe(expiredTokenStatus);
			expect((await get('/users', revoked)).status).toBe(200);
			safe.revokeTokens();
			expect((await get('/users', revoked)).status).toBe(expiredTokenStatus);
			expect((await exchange()).status).toBe(200);
		},
	);

	it('denies a caller without the right role with the capital Message', async () => {
		await start();
		const token = safe.issueToken({ denied: true });
		for (const path of ['/users', '/reports/x']) {
			const reply = await get(path, token);
			expect(reply.status).toBe(403);
			expect(json(reply)).toEqual({
				Message: 'User is not authorized to access this resource with an explicit deny',
			});
		}
	});

	it('answers 404 to a path it does not have', async () => {
		await start();
		expect((await get('/audit')).status).toBe(404);
	});

	it('allows 1,200 requests a minute', async () => {
		await start({ requestsPerMinute: 3 });
		expect(safe.options).toMatchObject({ requestsPerMinute: 3 });
		const statuses = [];
		for (let time = 0; time < 4; time++) statuses.push((await get('/users')).status);
		clock.advance(60_000);
		statuses.push((await get('/users')).status);
		expect(statuses).toEqual([200, 200, 200, 429, 200]);
	});
});

describe('the list of users', () => {
	it('has ten to a page when no size is asked for, and the members of the vendor', async () => {
		await start();
		const first = await users();
		expect(first).toMatchObject({ size: 140, page: 1, pagelen: 10, previous: null });
		expect(first.values).toEqual(tenant.users.slice(0, 10));
		expect(Object.keys(first)).toEqual(['size', 'page', 'pagelen', 'previous', 'next', 'values']);
		expect(Object.keys(first.values[0])).toEqual([
			'peopleId',
			'emailId',
			'firstName',
			'lastName',
			'uuid',
			'updatedAt',
			'lastLoginTime',
			'role',
			'authenticationType',
		]);
	});

	it('gives every user once over pages counted from 1, and no next link on the last', async () => {
		await start();
		const pages = [await users('?page=1&pagelen=100'), await users('?page=2&pagelen=100')];
		expect(pages.flatMap(({ values }) => values)).toEqual(tenant.users);
		expect(pages[1].next).toBeNull();
		expect((await users('?page=2&pagelen=70')).next).toBeNull();
		expect(await users('?page=3&pagelen=100')).toMatchObject({ size: 140, values: [], next: null });
	});

	it('caps the page size at 100 and refuses what is no page', async () => {
		await start();
		expect(await users('?pagelen=1000')).toMatchObject({ pagelen: 100 });
		for (const query of ['?page=0', '?page=x', '?pagelen=-1'])
			expect((await get(`/users${query}`)).status).toBe(400);
	});

	it('searches e-mail, names and uuid', async () => {
		await start();
		const [user] = tenant.users;
		expect((await users(`?searchKey=${user.emailId.toUpperCase()}`)).values).toEqual([user]);
		expect((await users(`?searchKey=${user.uuid}`)).values).toEqual([user]);
		expect(await users('?searchKey=nobody')).toMatchObject({ size: 0, values: [], next: null });
	});

	it('points its links to another host with another page size, where a leaked token is seen', async () => {
		await start();
		const { next } = await users('?page=2&pagelen=20');
		expect(next).toBe(`${safe.trap.url}/api/v3/users?page=3&pagelen=100`);
		expect(new URL(safe.trap.url).origin).not.toBe(new URL(safe.url).origin);
		const reply = await ask(String(next), { headers: { authorization: 'Bearer leaked' } });
		expect((JSON.parse(reply.text) as UserPage).values[0].emailId).toBe('trap@example.net');
		await ask(String(next));
		expect(safe.trap.requests).toHaveLength(2);
		expect(safe.trap.leaks().map(({ headers }) => headers.authorization)).toEqual(['Bearer leaked']);
	});

	it('points its links to itself when told so', async () => {
		await start({ crossHostNextLink: false, userDefaultPagelen: 50 });
		expect(await users('?page=2&searchKey=e')).toMatchObject({
			previous: `${safe.url}/api/v3/users?page=1&pagelen=50&searchKey=e`,
		});
		expect(await users()).toMatchObject({ next: `${safe.url}/api/v3/users?page=2&pagelen=50` });
	});

	it('sends an empty page or another total by a fault', async () => {
		await start({}, [
			{ on: { path: /users/, nth: 1 }, do: { emptyPage: true } },
			{ on: { path: /users/, nth: 2 }, do: { changedTotal: 7 } },
		]);
		expect(await users()).toMatchObject({ size: 140, values: [] });
		expect(await users()).toMatchObject({ size: 7 });
		expect((await users()).size).toBe(7);
	});
});

it('fails on command in the words of each endpoint', async () => {
	await start({}, [
		{ on: { path: /users/, nth: 1 }, do: { status: 401 } },
		{ on: { path: /reports/, nth: 1 }, do: { status: 401 } },
		{ on: { path: /users/, nth: 2 }, do: { status: 403 } },
		{ on: { path: /users/, nth: 3 }, do: { retryAfter: 2 } },
	]);
	expect(json(await get('/users'))).toEqual({ status: 'error', message: 'invalid authorization header!' });
	expect(json(await post())).toEqual({ message: 'Unauthorized' });
	expect(Object.keys(json(await get('/users')))).toEqual(['Message']);
	expect(await get('/users')).toMatchObject({ status: 429, headers: { 'retry-after': '2' } });
	expect(safe.reportsRequested).toEqual([]);
	expect(safe.faults.unused()).toEqual([]);
});
