/** Hostile counts and pages: totals that are no numbers or beyond all numbers, pages without an end, the same page again and again. */
jest.mock('n8n-workflow', () => jest.requireActual('../nodes/time').withFreePauses(jest.requireActual('n8n-workflow')));

import { readWindow } from '../../nodes/shared/securid/logs';
import { listUsers } from '../../nodes/shared/safe/users';
import type { SafeClient } from '../../nodes/shared/safe/client';
import { useBench } from '../nodes/bench';
import { failureOf } from '../unit/failures';

const bench = useBench();

/** As they stand in JSON. */
const TOTALS = [
	...['9007199254740992', '9007199254740993', '18446744073709551616', '"9007199254740993"', '1e300', '1e999', '-1', '-9007199254740993', '"-1"', '"NaN"', '"Infinity"', '1.5', '0.1'],
	...['0', '2', '99', '2000001', '"2000001"', '"0x10"', '"1e9"', '" 7 "', '""', '"many"', 'null', 'true', '[]', '[5]', '{}', '{"valueOf":5}', '"\\u0661"'],
];

const MOST_REQUESTS = 40;

describe(`${TOTALS.length} totals`, () => {
	it.each(TOTALS.flatMap((total) => ['totalElements', 'totalPages', 'pageSize'].map((member) => [member, total])))('SecurID, %s %s: the window is read, or refused with a code', async (member, total) => {
		const world = await bench.world();
		const event = '{"eventId":"9001","eventLogDate":"2026-01-15T09:59:00.000Z","activityKey":"SIGNIN_FAILURE"}';
		world.securId.faults.add({ on: {}, do: { status: 200, body: `{"${member}":${total},"elements":[${event}]}`, headers: { 'content-type': 'application/json' } } });
		const report = await bench.run('securIdAdminLog', { returnAll: true }, { securIdApi: world.credentials.securIdApi });
		if (report.error) expect(report.error.message).toMatch(/\(SECURID-PAGES-(LIMIT|CHANGED)\)$/);
		else expect(report.items('Node')).toHaveLength(1);
		expect(world.securId.requests.length).toBeLessThan(MOST_REQUESTS);
	});

	it.each(TOTALS.flatMap((total) => ['size', 'next'].map((member) => [member, total])))('SAFE users, %s %s: the list ends', async (member, total) => {
		const world = await bench.world();
		world.safe.faults.add({ on: { path: /users/ }, do: { status: 200, body: `{"next":"https://zq.example/next","size":3,"${member}":${total},"values":[{"uuid":"u-1"},{"uuid":"u-1"},null,7,[],{}]}`, headers: { 'content-type': 'application/json' } } });
		const report = await bench.run('safeUsers', { returnAll: true }, { safeApi: world.credentials.safeApi });
		expect(report.error).toBeUndefined();
		expect(report.items('Node').length).toBeGreaterThan(0);
		expect(world.safe.requests.length).toBeLessThan(MOST_REQUESTS);
	});
});

describe('pages without an end', () => {
	const REQUEST = { afterMs: 0, untilMs: 1, pageSize: 1, concurrency: () => 4, wanted: () => true };

	it.each<[string, object]>([
		['without a total', {}],
		['of a total that grows', { grows: true }],
	])('of SecurID %s are refused with a code', async (_label, { grows }: { grows?: boolean }) => {
		let asked = 0;
		const logPage = async () => ({ events: [{ eventId: `${++asked}` }], pageSize: 1, ...(grows && { totalElements: asked + 1 }) });
		const failure = await failureOf(async () => await readWindow({ logPage }, REQUEST));
		expect(failure.code).toMatch(/^SECURID-PAGES-(LIMIT|CHANGED)$/);
		expect(asked).toBeLessThanOrEqual(20_000);
	});

	it('of SecurID that are always the same end after the second, or are refused where a total says that there are more', async () => {
		let asked = 0;
		const same = async () => ({ events: [{ eventId: '1' }], pageSize: 1, characters: ++asked });
		expect(await readWindow({ logPage: same }, REQUEST)).toMatchObject({ fetched: 1 });
		expect(asked).toBe(2);
		const failure = await failureOf(async () => await readWindow({ logPage: async () => ({ ...(await same()), totalElements: 5 }) }, REQUEST));
		expect(failure.code).toBe('SECURID-PAGES-CHANGED');
		expect(asked).toBeLessThan(20);
	});

	it('of SecurID whose events have no ids are refused with a code', async () => {
		let asked = 0;
		const failure = await failureOf(async () => await readWindow({ logPage: async () => ({ events: [{}], pageSize: 1, characters: ++asked }) }, REQUEST));
		expect(failure.code).toBe('SECURID-PAGES-LIMIT');
	});

	it.each<[string, (page: number) => object[]]>([
		['of new users', (page) => [{ uuid: `u${page}` }]],
		['of users without an id', (page) => [{ page }]],
	])('of SAFE, %s, are refused with a code', async (_label, users) => {
		const userPage = async (page: number) => ({ users: users(page), namesNext: true });
		const failure = await failureOf(async () => await listUsers({ userPage } as unknown as SafeClient));
		expect(failure.code).toBe('SAFE-USER-PAGES');
	});

	it('of SAFE, of the same users without an id, end after the second', async () => {
		let asked = 0;
		const userPage = async () => ({ users: [{}, { firstName: `${asked++ > 99}` }], namesNext: true });
		expect((await listUsers({ userPage } as unknown as SafeClient)).users).toHaveLength(4);
		expect(asked).toBe(2);
	});
});
