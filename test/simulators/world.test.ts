import { startWorld, type World, type WorldOptions } from './index';
import { fixedClock } from './clock';
import type { KeyFile } from './securid/keyFile';
import { ask, signToken } from './testClient';

const ENDS_AT = Date.parse('2026-01-15T10:07:31.250Z');
const SMALL = { seed: 3, endsAt: ENDS_AT, adminEvents: 50, safeRows: 40, users: 12 };

let world: World | undefined;
afterEach(async () => {
	await world?.close();
	world = undefined;
});

async function start(options: Partial<WorldOptions> = {}): Promise<World> {
	world = await startWorld({ ...SMALL, clock: fixedClock(ENDS_AT), ...options });
	return world;
}

async function visit({ credentials, siem, slack }: World): Promise<number[]> {
	const { safeApi, securIdApi, slackApi, httpHeaderAuth } = credentials;
	const key = JSON.parse(securIdApi.privateKeyFile) as KeyFile;
	const iat = Math.floor(ENDS_AT / 1000);
	const token = signToken(
		{ sub: key.accessID, iat, exp: iat + 300, aud: key.adminRestApiUrl },
		key.accessKey,
	);
	const basic = Buffer.from(`${safeApi.username}:${safeApi.password}`).toString('base64');
	const replies = [
		await ask(`${safeApi.baseUrl}/api/v3/auth`, {
			method: 'POST',
			headers: { authorization: `Basic ${basic}` },
		}),
		await ask(`${key.adminRestApiUrl}v1/adminlog/exportlogs`, {
			headers: { authorization: `Bearer ${token}` },
		}),
		await ask(`${slack.url}/api/auth.test`, { headers: { authorization: `Bearer ${slackApi.accessToken}` } }),
		await ask(siem.endpoint, {
			method: 'POST',
			headers: { [httpHeaderAuth.name]: httpHeaderAuth.value, 'content-type': 'application/json' },
			body: '[]',
		}),
	];
	return replies.map(({ status }) => status);
}

const listening = () => process.getActiveResourcesInfo().filter((kind) => /Server|Timeout/.test(kind)).length;

describe('a world', () => {
	it('lets its own credentials into every system', async () => {
		expect(await visit(await start())).toEqual([200, 200, 200, 200]);
	});

	it('has one tenant, one clock and separate addresses', async () => {
		const { safe, securId, storage, slack, siem, tenant, clock } = await start();
		expect(new Set([safe, securId, storage, slack, siem].map(({ url }) => url)).size).toBe(5);
		expect(securId.events).toHaveLength(50);
		expect(safe.users).toEqual(tenant.users);
		await ask(safe.url);
		expect(safe.requests[0].atMs).toBe(clock.now());
	});

	it('gives each system its faults and lists those that never acted', async () => {
		const { unusedFaults, slack } = await start({
			faults: { slack: [{ on: {}, do: { status: 500 } }], siem: [{ on: {}, do: { html: true } }] },
		});
		expect((await ask(`${slack.url}/api/auth.test`)).status).toBe(500);
		expect(unusedFaults()).toEqual([{ on: {}, do: { html: true } }]);
	});

	it('passes options on to its systems', async () => {
		const { safe, siem, storage, credentials } = await start({
			safe: { credentials: { username: 'u', password: 'p' }, options: { readyAfterPolls: 0 } },
			siem: { headerName: 'X-Key', token: 'k' },
			storage: { expiredAnswer: 'ExpiredToken' },
		});
		expect(safe.options.readyAfterPolls).toBe(0);
		expect(storage.behaviour.expiredAnswer).toBe('ExpiredToken');
		expect([credentials.safeApi.username, siem.headerName]).toEqual(['u', 'X-Key']);
		expect(credentials.httpHeaderAuth).toEqual({ name: 'X-Key', value: 'k' });
	});

	it('leaves no server and no timer behind when closed, even with requests hanging', async () => {
		const before = listening();
		const { close, securId, slack, siem } = await start({
			faults: {
				securId: [{ on: {}, do: { stall: true } }],
				slack: [{ on: {}, do: { delayMs: 3_600_000 } }],
				siem: [{ on: {}, do: { refuseConnection: { forMs: 3_600_000 } } }],
			},
		});
		const hanging = [securId, slack, siem].map(async ({ url }) => await ask(url));
		while (![securId, slack, siem].every(({ requests }) => requests.length > 0))
			await new Promise(setImmediate);
		await close();
		const replies = await Promise.all(hanging);
		expect(replies.map(({ failure }) => failure)).toEqual(Array(3).fill('ECONNRESET'));
		await close();
		expect(listening()).toBeLessThanOrEqual(before);
	});

	it('closes what it had started when a port is taken', async () => {
		const first = await start();
		const before = listening();
		const taken = Number(new URL(first.slack.url).port);
		const second = startWorld({ ...SMALL, ports: { siem: taken } });
		await expect(second).rejects.toMatchObject({ code: 'EADDRINUSE' });
		expect(listening()).toBeLessThanOrEqual(before);
	});

	it('listens where it is told to', async () => {
		const first = await start();
		const port = Number(new URL(first.siem.url).port);
		await first.close();
		const { siem } = await start({ ports: { siem: port } });
		expect(siem.url).toBe(`http://127.0.0.1:${port}`);
	});
});
