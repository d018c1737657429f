jest.mock('n8n-workflow', () => jest.requireActual('../time').withFreePauses(jest.requireActual('n8n-workflow')));

import type { INodeExecutionData } from 'n8n-workflow';
import type { SafeUser, World } from '../../simulators';
import { SEED, useBench, type BenchRun } from '../bench';

const bench = useBench();

const ask = async (world: World, parameters: object, settings?: BenchRun) =>
	await bench.run('safeUsers', parameters, { safeApi: world.credentials.safeApi }, settings);

const userRequests = ({ safe }: World) => safe.requests.filter(({ path }) => path === '/api/v3/users');
const pagesAsked = (world: World) => userRequests(world).map(({ query }) => Object.fromEntries(query));
const messagesOf = (hints: Array<{ message: string }>) => hints.map(({ message }) => message);

/** What enrichment adds, by the vendor's page. */
const short = ({ uuid, emailId, firstName, lastName, role, authenticationType }: SafeUser) => ({
	...{ uuid, emailId, firstName, lastName, role, authenticationType },
});

describe(`Get Many (tenant seed ${SEED})`, () => {
	test('gives every user once, member for member as SAFE sends them', async () => {
		const world = await bench.world({ users: 345 });
		const report = await ask(world, { operation: 'getMany', returnAll: true });
		expect(report.items('Node').map(({ json }) => json)).toEqual(world.safe.users);
		expect(report.hints('Node')).toEqual([]);
	});

	test('counts the pages itself, a hundred users each, and never follows the link that SAFE names', async () => {
		const world = await bench.world({ users: 345 });
		await ask(world, { operation: 'getMany', returnAll: true });
		expect(pagesAsked(world)).toEqual(['1', '2', '3', '4'].map((page) => ({ page, pagelen: '100' })));
		expect(world.safe.trap.requests).toEqual([]);
		expect(world.safe.trap.leaks()).toEqual([]);
	});

	test.each([
		['a limit below one page', 30, 30, 1],
		['a limit over a page border', 101, 101, 2],
		['a limit of a whole page', 100, 100, 1],
		['a limit beyond the last user', 1_000, 140, 2],
	])('with %s gives as many users as that and asks for no more pages than it takes', async (_case, limit, given, pages) => {
		const world = await bench.world();
		const report = await ask(world, { operation: 'getMany', returnAll: false, limit });
		expect(report.items('Node').map(({ json }) => json)).toEqual(world.safe.users.slice(0, given));
		expect(userRequests(world)).toHaveLength(pages);
	});

	test('hands "Search Key" on to SAFE, whatever is in it', async () => {
		const world = await bench.world();
		const searchKey = 'ops-münchen & co=1+1';
		world.safe.users[3].lastName = searchKey;
		const report = await ask(world, { operation: 'getMany', returnAll: true, searchKey: ` ${searchKey} ` });
		expect(report.items('Node').map(({ json }) => json)).toEqual([world.safe.users[3]]);
		expect(pagesAsked(world)).toEqual([{ page: '1', pagelen: '100', searchKey }]);
	});

	test('without a match gives no user, and that is no error', async () => {
		const world = await bench.world();
		const report = await ask(world, { operation: 'getMany', returnAll: true, searchKey: 'nobody' });
		expect(report).toMatchObject({ status: 'success', error: undefined });
		expect(report.items('Node')).toEqual([]);
	});

	test('says so when SAFE announced another number of users than it listed', async () => {
		const world = await bench.world({ faults: { safe: [{ on: { path: /users/ }, do: { changedTotal: 150 } }] } });
		const report = await ask(world, { operation: 'getMany', returnAll: true });
		expect(report.items('Node')).toHaveLength(140);
		expect(messagesOf(report.hints('Node'))).toEqual(['SAFE announced 150 users and listed 140; users were added or removed meanwhile']);
	});

	test('lists a user once who moved to the next page meanwhile', async () => {
		const world = await bench.world();
		world.safe.users.splice(100, 0, world.safe.users[99]);
		const uuids = (await ask(world, { operation: 'getMany', returnAll: true })).items('Node').map(({ json }) => json.uuid);
		expect(new Set(uuids).size).toBe(uuids.length);
		expect(uuids).toHaveLength(140);
	});
});

describe('Get', () => {
	const wanted = 120;

	test.each<[string, string, (user: SafeUser) => string]>([
		['picked from the list', 'list', ({ uuid }) => uuid],
		['named by UUID', 'id', ({ uuid }) => uuid],
		['named by UUID in capitals, with blanks around it', 'id', ({ uuid }) => ` ${uuid.toUpperCase()} `],
		['named by e-mail', 'email', ({ emailId }) => emailId],
		['named by e-mail in another case', 'email', ({ emailId }) => emailId.toUpperCase()],
	])('gives the user %s', async (_case, mode, value) => {
		const world = await bench.world();
		const user = world.safe.users[wanted];
		const report = await ask(world, { operation: 'get', user: { __rl: true, mode, value: value(user) } });
		expect(report.items('Node').map(({ json, pairedItem }) => [json, pairedItem])).toEqual([[user, { item: 0 }]]);
		expect(world.safe.trap.requests).toEqual([]);
	});

	test("finds a user whom SAFE's own search does not find", async () => {
		const world = await bench.world({ faults: { safe: [{ on: { query: /searchKey/ }, do: { emptyPage: true } }] } });
		const user = world.safe.users[wanted];
		const report = await ask(world, { operation: 'get', user: { __rl: true, mode: 'email', value: user.emailId } });
		expect(report.items('Node').map(({ json }) => json)).toEqual([user]);
	});

	test('gives nobody whose address only begins alike', async () => {
		const world = await bench.world();
		const value = world.safe.users[wanted].emailId.slice(0, -4);
		const report = await ask(world, { operation: 'get', user: { __rl: true, mode: 'email', value } });
		expect(report.error?.message).toBe(`SAFE has no user "${value}" (SAFE-USER-UNKNOWN)`);
		expect(report.error?.description).toMatch(/UUID or e-mail address under "User"/);
		expect(report.items('Node')).toEqual([]);
	});

	test('says so when no user was named, and asks SAFE for nothing', async () => {
		const world = await bench.world();
		const report = await ask(world, { operation: 'get', user: { __rl: true, mode: 'id', value: '={{ "" }}' } });
		expect(report.error?.message).toBe('"User" is empty (SAFE-USER-EMPTY)');
		expect(world.safe.requests).toEqual([]);
	});

	test('goes on past a user that is not there when told to continue', async () => {
		const world = await bench.world();
		const [first, , third] = world.safe.users;
		const input = [first.uuid, 'nobody@example.com', third.emailId].map((who) => ({ who }));
		const user = { __rl: true, mode: 'id', value: '={{ $json.who }}' };
		const report = await ask(world, { operation: 'get', user }, { input, onError: 'continueRegularOutput' });
		expect(report.items('Node').map(({ json, pairedItem }) => [json.uuid ?? json.error, pairedItem])).toEqual([
			[first.uuid, { item: 0 }],
			['SAFE has no user "nobody@example.com" (SAFE-USER-UNKNOWN)', { item: 1 }],
			[third.uuid, { item: 2 }],
		]);
		const apart = await ask(world, { operation: 'get', user }, { input, onError: 'continueErrorOutput' });
		expect(apart.items('Node').map(({ json }) => json.uuid)).toEqual([first.uuid, third.uuid]);
		expect(apart.items('Node', 1).map(({ json, pairedItem }) => [json.who, pairedItem])).toEqual([['nobody@example.com', { item: 1 }]]);
	});
});

describe('Enrich', () => {
	test('puts the user of each item beside what the item holds, in its order, reading the list of users once', async () => {
		const world = await bench.world();
		const users = [120, 3, 120, 57].map((index) => world.safe.users[index]);
		const input = users.map(({ uuid }, at) => ({ actor: at === 1 ? uuid.toUpperCase() : uuid, eventId: `e${at}`, nested: { kept: [at] } }));
		const report = await ask(world, { operation: 'enrich' }, { input });
		expect(report.items('Node').map(({ json, pairedItem }) => [json, pairedItem])).toEqual(
			users.map((user, item) => [{ ...input[item], safeUser: short(user) }, { item }]),
		);
		expect(userRequests(world)).toHaveLength(2);
		expect(report.hints('Node')).toEqual([]);
		expect(world.safe.trap.requests).toEqual([]);
	});

	test('leaves the files of an item as they are', async () => {
		const world = await bench.world();
		const binary = { data: { data: Buffer.from('kept').toString('base64'), mimeType: 'text/plain', fileName: 'kept.txt' } };
		const input: INodeExecutionData[] = [{ json: { actor: world.safe.users[5].emailId }, binary }];
		const [item] = (await ask(world, { operation: 'enrich' }, { input })).items('Node');
		expect(item.binary).toEqual(binary);
		expect(item.json.safeUser).toEqual(short(world.safe.users[5]));
	});

	test.each<[string, string, (uuid: string) => object]>([
		['a nested field', 'original.User ID', (uuid) => ({ original: { 'User ID': uuid } })],
		['a field whose name holds a dot', 'user.id', (uuid) => ({ 'user.id': uuid })],
		['a deeper field', 'a.b.c', (uuid) => ({ a: { b: { c: uuid } } })],
	])('finds the ID in %s and writes where it is told to', async (_case, userIdField, json) => {
		const world = await bench.world();
		const item = json(world.safe.users[9].uuid);
		const report = await ask(world, { operation: 'enrich', userIdField, outputField: 'who' }, { input: [{ json: item }] });
		expect(report.items('Node').map(({ json: given }) => given)).toEqual([{ ...item, who: short(world.safe.users[9]) }]);
	});

	test('keeps items of unknown users, with null, and says once how many IDs were unknown', async () => {
		const world = await bench.world();
		const known = world.safe.users[1].uuid;
		const gone = ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002'];
		const input = [gone[0], known, gone[1], gone[0], '', null].map((actor) => ({ actor }));
		const report = await ask(world, { operation: 'enrich' }, { input: [...input, {}] });
		expect(report.items('Node').map(({ json }) => (json.safeUser as { uuid: string } | null)?.uuid ?? null)).toEqual([
			null,
			known,
			null,
			null,
			null,
			null,
			null,
		]);
		expect(report.items('Node').map(({ json }) => json.actor)).toEqual([gone[0], known, gone[1], gone[0], '', null, undefined]);
		expect(messagesOf(report.hints('Node'))).toEqual([
			"2 IDs are not in SAFE's user list (deleted users, or the system); their items are handed on without a user",
		]);
	});

	test('stops, and hands on nothing, when the list of users cannot be read', async () => {
		const world = await bench.world({ faults: { safe: [{ on: { query: /page=2/ }, do: { status: 500 } }] } });
		const report = await ask(world, { operation: 'enrich' }, { input: [{ actor: 'a' }, { actor: 'b' }] });
		expect(report.error?.message).toMatch(/\(SAFE-5XX-SERVER\)$/);
		expect(report.items('Node')).toEqual([]);
	});

	test('says it at every item when told to continue, and asks SAFE no more often than for one', async () => {
		const world = await bench.world({ faults: { safe: [{ on: { path: /users/ }, do: { status: 400 } }] } });
		const input = [{ actor: 'a' }, { actor: 'b' }, { actor: 'c' }];
		const report = await ask(world, { operation: 'enrich' }, { input, onError: 'continueErrorOutput' });
		expect(report.items('Node')).toEqual([]);
		expect(report.items('Node', 1).map(({ json, pairedItem }) => [json.actor, pairedItem])).toEqual(
			input.map(({ actor }, item) => [actor, { item }]),
		);
		expect(userRequests(world)).toHaveLength(1);
	});
});
