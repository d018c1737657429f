jest.mock('n8n-workflow', () => jest.requireActual('../time').withFreePauses(jest.requireActual('n8n-workflow')));

import type { AdminEvent, World } from '../../simulators';
import { SEED, useBench, type BenchRun } from '../bench';
import { DAY_MS, HOUR_MS, MINUTE_MS, NOW } from '../time';

const bench = useBench();

const iso = (ms: number) => new Date(ms).toISOString();

const read = async (world: World, parameters: object = {}, settings?: BenchRun) =>
	await bench.run('securIdAdminLog', { returnAll: true, ...parameters }, { securIdApi: world.credentials.securIdApi }, settings);

/** The window that each request asked for, once each. */
const windowsAsked = ({ securId }: World) => [
	...new Set(securId.requests.map(({ query }) => `${query.get('startTimeAfter')} – ${query.get('endTimeOnOrBefore')}`)),
];

describe(`"Events" lets through (tenant seed ${SEED})`, () => {
	const failed = ({ result }: AdminEvent) => result.startsWith('FAIL');
	const keys =
		(...wanted: string[]) =>
		({ activityKey }: AdminEvent) =>
			wanted.includes(activityKey);
	const signIn = keys('SIGNIN_SUCCESS', 'SIGNIN_FAILURE', 'SIGNIN_ADDITIONAL_AUTHENTICATION_REQUESTED');

	test.each<[string, object, (event: AdminEvent) => boolean]>([
		['everything', { events: 'all' }, () => true],
		['everything, when nothing was chosen', {}, () => true],
		[
			'sign-ins of every outcome, second factors and sign-outs',
			{ events: 'signIns' },
			(event) => signIn(event) || event.activityKey === 'SIGNOUT',
		],
		['failed sign-ins, whether SecurID says FAIL or FAILURE', { events: 'failedSignIns' }, (event) => signIn(event) && failed(event)],
		['accounts locked and unlocked', { events: 'lockouts' }, keys('LOCKED_ADMIN_ACCOUNT', 'UNLOCKED_ADMIN_ACCOUNT', 'UNLOCK_ADMIN_USER')],
		[
			'the keys that were named, in any case and spacing',
			{ events: 'custom', activityKeys: ' edit_policy,\nADD_ADMIN_API_KEY ,, ' },
			keys('EDIT_POLICY', 'ADD_ADMIN_API_KEY'),
		],
		['the keys that were chosen from the list', { events: 'custom', activityKeys: ['EDIT_POLICY', 'PUBLISH'] }, keys('EDIT_POLICY', 'PUBLISH')],
		[
			'the keys that were chosen from the list and those that it does not know',
			{ events: 'custom', activityKeys: ['PUBLISH'], otherActivityKeys: 'edit_policy, NO_SUCH_KEY' },
			keys('EDIT_POLICY', 'PUBLISH'),
		],
		['nothing, for a key that does not occur', { events: 'custom', activityKeys: 'NO_SUCH_KEY' }, () => false],
	])('%s', async (_case, parameters, wanted) => {
		const world = await bench.world();
		const expected = world.securId.events.filter(wanted);
		const report = await read(world, { startTime: iso(NOW - 90 * DAY_MS), output: 'vendor', ...parameters });
		const items = report.items('Node').map(({ json }) => json);
		expect(items.map(({ eventId }) => eventId)).toEqual(expected.map(({ eventId }) => eventId));
		const [fetched, others] = [world.securId.events.length, world.securId.events.length - expected.length];
		expect(report.hints('Node')[0].message).toBe(`SecurID: ${fetched} events read = ${items.length} returned + ${others} of other kinds`);
	});

	test('both words for a failure, in the tenant as in the captures', async () => {
		const world = await bench.world();
		const report = await read(world, { startTime: iso(NOW - 90 * DAY_MS), output: 'vendor', events: 'failedSignIns' });
		expect(new Set(report.items('Node').map(({ json }) => json.result))).toEqual(new Set(['FAIL', 'FAILURE']));
	});

	test.each([
		['no key', ''],
		['commas alone', ' , ,'],
	])('nothing and asks for nothing, when Custom is given %s', async (_case, activityKeys) => {
		const world = await bench.world();
		const report = await read(world, { events: 'custom', activityKeys });
		expect(report.error?.message).toBe('"Activity Keys" is empty although "Events" is set to Custom (SECURID-EVENTS)');
		expect(report.items('Node')).toEqual([]);
		expect(world.securId.requests).toEqual([]);
	});
});

describe('a simplified event', () => {
	test.each([
		['SUCCESS', 'success'],
		['FAIL', 'failure'],
		['FAILURE', 'failure'],
		['failed', 'failure'],
		['PARTIAL', 'unknown'],
	])('has for result %s the outcome %s', async (result, outcome) => {
		const world = await bench.world({ adminEvents: 0 });
		world.securId.addEvents({ atMs: NOW - 1_000, activityKey: 'EDIT_POLICY', result });
		const report = await read(world);
		expect(report.items('Node').map(({ json }) => json.outcome)).toEqual([outcome]);
	});

	test('of a lockout is severe although its result is SUCCESS, and names the account and the attacker', async () => {
		const world = await bench.world({ adminEvents: 0 });
		world.securId.addEvents({
			atMs: NOW - 1_000,
			activityKey: 'LOCKED_ADMIN_ACCOUNT',
			adminUserName: 'admin-01@example.com',
			sourceIPAddress: '203.0.113.9',
		});
		const [item] = (await read(world, { events: 'lockouts' })).items('Node');
		expect(item.json).toMatchObject({ severity: 'high', outcome: 'success', target: 'admin-01@example.com', sourceIp: '203.0.113.9' });
	});

	test.each(['live', 'documented'] as const)('has its time in UTC, from the %s form of date', async (dateForm) => {
		const world = await bench.world({ dateForm, adminEvents: 200 });
		const report = await read(world, { startTime: iso(NOW - 90 * DAY_MS) });
		expect(report.items('Node').map(({ json }) => json.eventTime)).toEqual(world.securId.events.map(({ atMs }) => iso(atMs)));
	});

	test('holds the whole vendor record as "original" when that is asked for, and not otherwise', async () => {
		const world = await bench.world({ adminEvents: 60 });
		const parameters = { startTime: iso(NOW - 90 * DAY_MS) };
		const plain = (await read(world, parameters)).items('Node').map(({ json }) => json);
		const vendor = (await read(world, { ...parameters, output: 'vendor' })).items('Node').map(({ json }) => json);
		const both = (await read(world, { ...parameters, options: { includeOriginal: true } })).items('Node').map(({ json }) => json);
		expect(both).toEqual(plain.map((event, index) => ({ ...event, original: vendor[index] })));
		expect(Object.keys(plain[0])).toEqual([
			...['eventId', 'eventTime', 'action', 'category', 'outcome', 'severity', 'actor', 'sourceIp', 'target', 'message'],
		]);
	});

	test('of a name typed by an attacker holds it as it was typed', async () => {
		const world = await bench.world({ adminEvents: 0 });
		const names = ['<!channel>', '=HYPERLINK("http://x.example.com")', 'line one\nline two', '{{ $json.secret }}', '__proto__', 'null'];
		world.securId.addEvents(
			...names.map((adminUserName, at) => ({ atMs: NOW - 1_000 + at, activityKey: 'SIGNIN_FAILURE', adminUserName })),
		);
		expect((await read(world)).items('Node').map(({ json }) => json.actor)).toEqual(names);
	});
});

describe('the window', () => {
	const kolkata = { settings: { timezone: 'Asia/Kolkata' } };

	test.each<[string, object, BenchRun, string, string]>([
		['is the last day by itself', {}, {}, iso(NOW - DAY_MS), iso(NOW)],
		['ends now when only its start is given', { startTime: iso(NOW - HOUR_MS) }, {}, iso(NOW - HOUR_MS), iso(NOW)],
		[
			'is the day before its end when only that is given',
			{ endTime: iso(NOW - HOUR_MS) },
			{},
			iso(NOW - HOUR_MS - DAY_MS),
			iso(NOW - HOUR_MS),
		],
		[
			'takes the zone of the workflow for times that name none',
			{ startTime: '2026-01-15T08:00:00', endTime: '2026-01-15 09:30' },
			kolkata,
			'2026-01-15T02:30:00.000Z',
			'2026-01-15T04:00:00.000Z',
		],
		[
			'takes the zone of a time that names one',
			{ startTime: '2026-01-15T08:00:00+01:00', endTime: '2026-01-15T08:30:00.000 UTC' },
			kolkata,
			'2026-01-15T07:00:00.000Z',
			'2026-01-15T08:30:00.000Z',
		],
		[
			'takes times that an expression makes',
			// Not the DateTime itself: n8n brings it out of its isolate as an object of another realm than jest's.
			{
				startTime: '={{ DateTime.fromISO("2026-01-15T00:30:00+01:30").toISO() }}',
				endTime: '={{ DateTime.fromISO("2026-01-15T00:00:00Z").toISO() }}',
			},
			{},
			'2026-01-14T23:00:00.000Z',
			'2026-01-15T00:00:00.000Z',
		],
		[
			'takes epoch milliseconds',
			{ startTime: `={{ ${NOW - 2_000} }}`, endTime: `={{ ${NOW - 1_000} }}` },
			{},
			iso(NOW - 2_000),
			iso(NOW - 1_000),
		],
	])('%s', async (_case, parameters, settings, after, until) => {
		const world = await bench.world();
		const report = await read(world, parameters, settings);
		expect(report.error).toBeUndefined();
		expect(windowsAsked(world)).toEqual([`${after} – ${until}`]);
	});

	test('of more than 90 days is read, with a warning that SecurID has purged the rest', async () => {
		const world = await bench.world({ adminEvents: 50 });
		const report = await read(world, { startTime: iso(NOW - 91 * DAY_MS) });
		expect(report.items('Node')).toHaveLength(50);
		expect(
			report
				.hints('Node')
				.filter(({ type }) => type === 'warning')
				.map(({ message }) => message),
		).toEqual(['"Start Time" is more than 90 days ago; SecurID has purged what is older']);
	});

	test.each<[string, object, string, RegExp]>([
		['a start that is no time', { startTime: 'yesterday' }, 'SECURID-TIME', /^"Start Time" is not a date and time: "yesterday"/],
		['an end that is no time', { endTime: '={{ "31.01.2026" }}' }, 'SECURID-TIME', /^"End Time" is not a date and time: "31.01.2026"/],
		[
			'a start after the end',
			{ startTime: iso(NOW), endTime: iso(NOW - MINUTE_MS) },
			'SECURID-TIME-ORDER',
			/^"Start Time" is not before "End Time"/,
		],
		['a start at the end', { startTime: iso(NOW), endTime: iso(NOW) }, 'SECURID-TIME-ORDER', /^"Start Time" is not before "End Time"/],
		['a start in the future', { startTime: iso(NOW + HOUR_MS) }, 'SECURID-TIME-ORDER', /^"Start Time" is not before "End Time"/],
	])('refuses %s before any request', async (_case, parameters, code, says) => {
		const world = await bench.world();
		const report = await read(world, parameters);
		expect(report).toMatchObject({ status: 'error', error: { failure: { cause: 'configuration-invalid' } } });
		expect(report.error?.message).toMatch(says);
		expect(report.error?.message.endsWith(`(${code})`)).toBe(true);
		expect(report.error?.description).toMatch(/\w/);
		expect(report.items('Node')).toEqual([]);
		expect(world.securId.requests).toEqual([]);
	});
});

describe('several input items', () => {
	const hours = [3, 2, 1].map((ago) => ({ from: iso(NOW - ago * HOUR_MS), to: iso(NOW - (ago - 1) * HOUR_MS) }));
	const ofInput = { startTime: '={{ $json.from }}', endTime: '={{ $json.to }}' };
	const withBadSecond = [hours[0], { from: 'not a time', to: hours[1].to }, hours[2]];

	/** Three events in each hour of the input. */
	async function threeHours(): Promise<{ world: World; idsOfHour: string[][] }> {
		const world = await bench.world({ adminEvents: 0 });
		const idsOfHour = hours.map(({ from }) =>
			world.securId
				.addEvents(...[1, 2, 3].map((at) => ({ atMs: Date.parse(from) + at * MINUTE_MS, activityKey: 'SIGNOUT' })))
				.map(({ eventId }) => eventId),
		);
		return { world, idsOfHour };
	}

	test('are read one after another, each event paired with its item', async () => {
		const { world, idsOfHour } = await threeHours();
		const items = (await read(world, ofInput, { input: hours })).items('Node');
		expect(items.map(({ json, pairedItem }) => [json.eventId, pairedItem])).toEqual(
			idsOfHour.flatMap((ids, item) => ids.map((id) => [id, { item }])),
		);
	});

	test('stop at the first that fails, naming it', async () => {
		const { world } = await threeHours();
		const report = await read(world, ofInput, { input: withBadSecond });
		expect(report).toMatchObject({ status: 'error', error: { context: { itemIndex: 1 } } });
		expect(report.items('Node')).toEqual([]);
	});

	test('go on past one that fails when told to continue, and say in its place what was wrong', async () => {
		const { world, idsOfHour } = await threeHours();
		const report = await read(world, ofInput, { input: withBadSecond, onError: 'continueRegularOutput' });
		const items = report.items('Node');
		expect(report.status).toBe('success');
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([0, 0, 0, 1, 2, 2, 2].map((item) => ({ item })));
		expect(items.map(({ json }) => json.eventId)).toEqual([...idsOfHour[0], undefined, ...idsOfHour[2]]);
		expect(items[3].json).toEqual({
			error: '"Start Time" is not a date and time: "not a time" (SECURID-TIME)',
			message: expect.stringContaining('ISO 8601'),
		});
	});

	test('send one that fails to the error output when told to, and the others on', async () => {
		const { world, idsOfHour } = await threeHours();
		const report = await read(world, ofInput, { input: withBadSecond, onError: 'continueErrorOutput' });
		expect(report.status).toBe('success');
		expect(report.items('Node').map(({ json }) => json.eventId)).toEqual([...idsOfHour[0], ...idsOfHour[2]]);
		expect(report.items('Node').map(({ pairedItem }) => pairedItem)).toEqual([0, 0, 0, 2, 2, 2].map((item) => ({ item })));
		const [failed, ...others] = report.items('Node', 1);
		expect(others).toEqual([]);
		expect(failed.pairedItem).toEqual({ item: 1 });
		expect(failed.json).toMatchObject({
			from: 'not a time',
			error: expect.stringMatching(/\(SECURID-TIME\)$/),
			message: expect.stringContaining('ISO 8601'),
		});
	});

	test('of a run in which SecurID refuses each have their own message', async () => {
		const { world } = await threeHours();
		world.securId.faults.add({ on: {}, do: { status: 401 } });
		const report = await read(world, ofInput, { input: hours, onError: 'continueRegularOutput' });
		expect(report.items('Node').map(({ json, pairedItem }) => [json.error, pairedItem])).toEqual(
			[0, 1, 2].map((item) => [expect.stringMatching(/\(SECURID-401-TOKEN\)$/), { item }]),
		);
	});
});

describe('stopping the execution', () => {
	test('between two tries ends the waiting at once, and nothing more is asked', async () => {
		const stop = new AbortController();
		const world = await bench.world({ faults: { securId: [{ on: {}, do: { retryAfter: 50 } }] } });
		jest.requireActual<typeof import('../time')>('../time').whilePausing(() => stop.abort());
		const report = await read(world, {}, { cancelAfter: stop.signal });
		await report.ended;
		expect(report.status).toBe('canceled');
		expect(world.securId.requests).toHaveLength(1);
	});
});
