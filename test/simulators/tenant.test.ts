import fc from 'fast-check';

import {
	ACTIVITIES,
	BIG_TIE,
	createTenant,
	HOSTILE_NAMES,
	tenantDigest,
	type AdminEvent,
	type Tenant,
} from './tenant';

const SEED = 20_260_115;
const ENDS_AT = Date.parse('2026-01-15T10:07:31.250Z');
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

const tenant = createTenant({ seed: SEED, endsAt: ENDS_AT });

/** The lock-outs that follow three failures of the same account from the same address. */
function findBursts({ adminEvents }: Tenant): AdminEvent[][] {
	return adminEvents
		.filter(({ activityKey }) => activityKey === 'LOCKED_ADMIN_ACCOUNT')
		.map((lock) => {
			const failures = adminEvents.filter(
				(event) =>
					event.activityKey === 'SIGNIN_FAILURE' &&
					event.adminUserName === lock.adminUserName &&
					event.sourceIPAddress === lock.sourceIPAddress &&
					event.atMs < lock.atMs &&
					event.atMs > lock.atMs - MINUTE_MS,
			);
			return [...failures.slice(-3), lock];
		})
		.filter((burst) => burst.length === 4);
}

describe(`a tenant (seed ${SEED})`, () => {
	it('is the same for the same seed, without looking at the clock or at chance', () => {
		const clock = jest.spyOn(Date, 'now').mockImplementation(() => {
			throw new Error('the machine clock was read');
		});
		const chance = jest.spyOn(Math, 'random').mockImplementation(() => {
			throw new Error('chance was used');
		});
		try {
			expect(tenantDigest(createTenant({ seed: SEED, endsAt: ENDS_AT }))).toBe(tenantDigest(tenant));
		} finally {
			clock.mockRestore();
			chance.mockRestore();
		}
	});

	it('is another one for another seed or another end', () => {
		const others = [
			createTenant({ seed: SEED + 1, endsAt: ENDS_AT }),
			createTenant({ seed: SEED, endsAt: ENDS_AT + 1 }),
		];
		expect(new Set([tenant, ...others].map(tenantDigest)).size).toBe(3);
	});

	it('keeps its users and rows when more admin events are asked for', () => {
		const larger = createTenant({ seed: SEED, endsAt: ENDS_AT, adminEvents: 3100 });
		expect(larger.users).toEqual(tenant.users);
		expect(larger.safeRows).toEqual(tenant.safeRows);
	});

	it('has exactly as many records as asked, in order, inside its days, with ids that occur once', () => {
		const counts = fc.record({
			seed: fc.integer(),
			endsAt: fc.integer({ min: 1_600_000_000_000, max: 1_900_000_000_000 }),
			days: fc.integer({ min: 1, max: 120 }),
			adminEvents: fc.integer({ min: 0, max: 700 }),
			safeRows: fc.integer({ min: 0, max: 200 }),
			users: fc.integer({ min: 0, max: 40 }),
		});
		fc.assert(
			fc.property(counts, (options) => {
				const { adminEvents, safeRows, users } = createTenant(options);
				expect([adminEvents, safeRows, users].map(({ length }) => length)).toEqual([
					options.adminEvents,
					options.safeRows,
					options.users,
				]);
				const startMs = options.endsAt - options.days * DAY_MS;
				for (const list of [adminEvents, safeRows]) {
					const times = list.map(({ atMs }) => atMs);
					expect(times).toEqual([...times].sort((one, other) => one - other));
					expect(times.every((atMs) => atMs > startMs && atMs < options.endsAt)).toBe(true);
				}
				expect(new Set(adminEvents.map(({ eventId }) => eventId)).size).toBe(adminEvents.length);
				expect(new Set(users.map(({ uuid }) => uuid)).size).toBe(users.length);
			}),
			{ seed: SEED, numRuns: 60 },
		);
	});

	it.each([{ days: 0 }, { adminEvents: 1.5 }, { users: -1 }, { endsAt: 0.5 }])('refuses %j', (wrong) => {
		expect(() => createTenant({ seed: SEED, endsAt: ENDS_AT, ...wrong })).toThrow(RangeError);
	});
});

describe('the SecurID log of a tenant', () => {
	const { adminEvents } = tenant;

	it('ends within seconds before its end', () => {
		expect(ENDS_AT - adminEvents[adminEvents.length - 1].atMs).toBeLessThan(5000);
	});

	it('holds every activity with a published code, and mostly sign-ins', () => {
		const keys = adminEvents.map(({ activityKey }) => activityKey);
		expect(new Set(keys)).toEqual(new Set(ACTIVITIES.map(({ key }) => key)));
		expect(keys.filter((key) => key.startsWith('SIGN')).length).toBeGreaterThan(adminEvents.length / 2);
	});

	it('has ids that are mostly beyond what a JavaScript number holds, of events and of targets', () => {
		const isBeyond = (digits: string | null) => digits !== null && BigInt(digits) > 2n ** 53n;
		const beyond = adminEvents.filter(({ eventId }) => isBeyond(eventId)).length / adminEvents.length;
		expect(beyond).toBeGreaterThan(0.9);
		expect(beyond).toBeLessThan(1);
		expect(adminEvents.every(({ eventId }) => BigInt(eventId) < 2n ** 63n)).toBe(true);
		expect(adminEvents.some(({ targetObject1Id }) => isBeyond(targetObject1Id))).toBe(true);
		expect(adminEvents.some(({ targetObject1Id }) => Number(targetObject1Id ?? Infinity) < 5001)).toBe(true);
	});

	it('locks an account 170 to 172 ms after its third failure and calls that a success', () => {
		const bursts = findBursts(tenant);
		for (const [, , third, lock] of bursts) {
			expect(lock.atMs - third.atMs).toBeGreaterThanOrEqual(170);
			expect(lock.atMs - third.atMs).toBeLessThanOrEqual(172);
			expect([third.result.startsWith('FAIL'), lock.result]).toEqual([true, 'SUCCESS']);
		}
		expect(bursts.some(([first]) => first.atMs > ENDS_AT - 20 * MINUTE_MS)).toBe(true);
		for (let day = 0; day < 7; day++) {
			const ofDay = bursts.filter(([, , , { atMs }]) => Math.floor((ENDS_AT - atMs) / DAY_MS) === day);
			expect(ofDay.length).toBeGreaterThanOrEqual(3);
		}
	});

	it('has more events in one millisecond than a page holds, and ties on the bounds of day and quarter', () => {
		const perMs = new Map<number, number>();
		for (const { atMs } of adminEvents) perMs.set(atMs, (perMs.get(atMs) ?? 0) + 1);
		const ties = [...perMs].filter(([, count]) => count > 1);
		expect(Math.max(...ties.map(([, count]) => count))).toBeGreaterThanOrEqual(BIG_TIE);
		expect(ties.length).toBeGreaterThan(20);
		expect(ties.some(([atMs]) => atMs % DAY_MS === 0)).toBe(true);
		expect(ties.some(([atMs]) => atMs % (15 * MINUTE_MS) === 0 && atMs % DAY_MS !== 0)).toBe(true);
	});

	it('says both FAIL and FAILURE', () => {
		expect(new Set(adminEvents.map(({ result }) => result))).toEqual(new Set(['SUCCESS', 'FAIL', 'FAILURE']));
	});

	it('writes both date forms when mixed, and only the one asked for otherwise', () => {
		const forms = (dateForm?: 'live' | 'documented') => {
			const { adminEvents: events } = createTenant({
				seed: SEED,
				endsAt: ENDS_AT,
				adminEvents: 300,
				dateForm,
			});
			return new Set(events.map(({ eventLogDate }) => eventLogDate.replace(/\d/g, '0')));
		};
		expect(forms('live')).toEqual(new Set(['0000-00-00T00:00:00.000Z']));
		expect(forms('documented')).toEqual(new Set(['0000-00-00T00:00:00.000 UTC']));
		expect(forms()).toEqual(new Set(['0000-00-00T00:00:00.000Z', '0000-00-00T00:00:00.000 UTC']));
		for (const { atMs, eventLogDate } of adminEvents)
			expect(Date.parse(eventLogDate.replace(' UTC', 'Z'))).toBe(atMs);
	});

	it('holds every hostile user name exactly as it would be typed', () => {
		const names = new Set(adminEvents.map(({ adminUserName }) => adminUserName));
		expect(HOSTILE_NAMES.filter((name) => !names.has(name))).toEqual([]);
		expect([...names].some((name) => name.length > 1000)).toBe(true);
		expect(names).toContain('ops-münchen@example.com');
	});
});

describe('the SAFE side of a tenant', () => {
	const { safeRows, users } = tenant;
	const uuids = new Set(users.map(({ uuid }) => uuid));

	it('has identical rows, rows of deleted users, ids in capitals and rows of nobody', () => {
		const texts = safeRows.map((row) => JSON.stringify(row));
		expect(new Set(texts).size).toBeLessThan(texts.length);
		expect(safeRows.some(({ userId }) => userId !== '' && !uuids.has(userId.toLowerCase()))).toBe(true);
		expect(
			safeRows.some(({ userId }) => userId !== userId.toLowerCase() && uuids.has(userId.toLowerCase())),
		).toBe(true);
		expect(safeRows.some(({ userId }) => userId === '')).toBe(true);
	});

	it.each([
		'logged in',
		'logged out',
		'login failed',
		'Integration',
		'Group',
		'Risk scenario',
		'Questionnaire',
	])('has rows about %s', (words) => {
		expect(safeRows.some(({ action }) => action.includes(words))).toBe(true);
	});

	it('has cells with commas, quotes, both kinds of newline and formulas', () => {
		const details = safeRows.map((row) => row.details);
		for (const piece of [',', '"', '\n', '\r\n'])
			expect(details.some((text) => text.includes(piece))).toBe(true);
		expect(details.some((text) => text.startsWith('='))).toBe(true);
		expect(HOSTILE_NAMES.filter((name) => !details.includes(`Unknown user: ${name}`))).toEqual([]);
	});

	it('has administrators and viewers, native and SSO sign-in, and a native administrator who never signed in', () => {
		expect(new Set(users.map(({ role }) => role))).toEqual(new Set(['Admin', 'Viewer']));
		expect(new Set(users.map(({ authenticationType }) => authenticationType))).toEqual(
			new Set(['Native', 'SSO']),
		);
		expect(users[0]).toMatchObject({ role: 'Admin', authenticationType: 'Native', lastLoginTime: null });
		const stale = users.filter(
			({ lastLoginTime }) => lastLoginTime !== null && Date.parse(lastLoginTime) < ENDS_AT - 90 * DAY_MS,
		);
		expect(stale.length).toBeGreaterThan(5);
	});

	it('agrees with itself about last sign-ins', () => {
		const never = new Set(
			users.filter(({ lastLoginTime }) => lastLoginTime === null).map(({ emailId }) => emailId),
		);
		expect(safeRows.filter(({ userName }) => never.has(userName))).toEqual([]);
	});
});

it('names no address or domain that is not reserved for documentation', () => {
	const text = JSON.stringify(tenant);
	const addresses = text.match(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g) ?? [];
	expect(addresses.filter((ip) => !/^(192\.0\.2|198\.51\.100|203\.0\.113)\./.test(ip))).toEqual([]);
	const sixes = text.match(/\b[0-9a-f]{1,4}(?::[0-9a-f]{0,4}){3,}\b/gi) ?? [];
	expect(sixes.filter((ip) => !ip.toLowerCase().startsWith('2001:db8:'))).toEqual([]);
	const hosts = [...text.matchAll(/(?:@|:\/\/)([a-z0-9.-]+\.[a-z]{2,})/gi)].map(([, host]) => host);
	expect(hosts.length).toBeGreaterThan(1000);
	expect(hosts.filter((host) => !/(^|\.)example\.(com|net|org)$/.test(host))).toEqual([]);
});
