import type { SafeClient } from '../../../nodes/shared/safe/client';
import type { ReportState } from '../../../nodes/shared/safe/exportFamilies';
import { safeFailure } from '../../../nodes/shared/safe/failures';
import { waitForReport } from '../../../nodes/shared/safe/report';
import { fakeClock } from '../clock';
import { failureOf, thrownBy } from '../failures';

const UUID = '1eebc0b2-b019-42b3-8132-c15c5926b21e';
const LINK = 'https://storage.example.com/audit.csv?X-Amz-Signature=0123456789abcdef';
const READY: ReportState = { ready: true, link: LINK };
const NOT_YET: ReportState = { ready: false, said: 'HTTP 400' };

const busy = (retryAfterMs?: number) =>
	safeFailure('SAFE-429-RATE', { status: 429, retryAfterMs, values: { wait: '' } });
const broken = safeFailure('SAFE-NET-RESET');

/** A SAFE that gives these answers, the last one again and again, and the uuids it was asked for. */
function reports(...answers: Array<ReportState | Error>) {
	const asked: string[] = [];
	const client = {
		reportState: async (uuid: string) => {
			const next = answers[Math.min(asked.length, answers.length - 1)];
			asked.push(uuid);
			if (next instanceof Error) throw next;
			return next;
		},
	} as SafeClient;
	return { client, asked };
}

async function wait(client: SafeClient, clock = fakeClock(), settings = {}) {
	return await waitForReport(client, UUID, clock, { pollIntervalMs: 5_000, timeoutMs: 600_000, ...settings });
}

describe('a report that gets ready', () => {
	it('is found at the first look without any pause', async () => {
		const { client, asked } = reports(READY);
		const clock = fakeClock();
		await expect(wait(client, clock)).resolves.toMatchObject({ link: LINK });
		expect({ asked, pauses: clock.pauses }).toEqual({ asked: [UUID], pauses: [] });
	});

	it('is asked about after pauses that grow to half a minute', async () => {
		const { client, asked } = reports(NOT_YET, NOT_YET, NOT_YET, NOT_YET, NOT_YET, NOT_YET, READY);
		const clock = fakeClock();
		await expect(wait(client, clock)).resolves.toMatchObject({ link: LINK });
		expect(clock.pauses).toEqual([5_000, 10_000, 20_000, 30_000, 30_000, 30_000]);
		expect(new Set(asked)).toEqual(new Set([UUID]));
	});

	it.each([
		[1_000, [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]],
		[45_000, [45_000, 45_000, 45_000, 45_000, 45_000, 45_000, 45_000]],
	])('is asked about from a first pause of %s ms on', async (pollIntervalMs, pauses) => {
		const clock = fakeClock();
		await wait(reports(...pauses.map(() => NOT_YET), READY).client, clock, { pollIntervalMs });
		expect(clock.pauses).toEqual(pauses);
	});

	it('is announced before each pause, without its link', async () => {
		const told: unknown[] = [];
		await wait(reports(NOT_YET, broken, READY).client, fakeClock(), {
			onWait: (progress: unknown) => told.push(progress),
		});
		expect(told).toEqual([
			{ waitedMs: 0, said: 'HTTP 400' },
			{ waitedMs: 5_000, said: 'SAFE-NET-RESET' },
		]);
	});
});

describe('answers that can pass', () => {
	it.each<[string, Error]>([
		['a lost connection', broken],
		['a server in trouble', safeFailure('SAFE-5XX-SERVER', { values: { status: 503 } })],
		['too many requests', busy()],
	])('are waited out: %s', async (_label, failure) => {
		const clock = fakeClock();
		await expect(wait(reports(failure, failure, READY).client, clock)).resolves.toMatchObject({ link: LINK });
		expect(clock.pauses).toEqual([5_000, 10_000]);
	});

	it.each([
		[60_000, 60_000],
		[7_000, 7_000],
		[1_000, 5_000],
		[0, 5_000],
	])('lengthen the pause when SAFE asks for %s ms: %s ms', async (asked, pauseMs) => {
		const clock = fakeClock();
		await wait(reports(busy(asked), READY).client, clock);
		expect(clock.pauses).toEqual([pauseMs]);
	});

	it('end the waiting at once when SAFE asks for more time than is left', async () => {
		const clock = fakeClock();
		const failure = busy(3_600_000);
		const thrown = await failureOf(async () => await wait(reports(failure).client, clock));
		expect(thrown.message).toContain(`report ${UUID} after 0 seconds`);
		expect(thrown.advice).toContain(`Last seen: ${failure.message}.`);
		expect(thrown.details.retryAfterMs).toBe(3_600_000);
		expect(clock.pauses).toEqual([]);
	});
});

describe('the deadline', () => {
	it('ends the waiting with the uuid and the seconds', async () => {
		const { client, asked } = reports(NOT_YET);
		const clock = fakeClock();
		const failure = await failureOf(async () => await wait(client, clock));
		expect(failure.message).toBe(
			`SAFE has not finished report ${UUID} after 600 seconds, or does not know it (SAFE-REPORT-NOT-READY)`,
		);
		const waitedMs = clock.pauses.reduce((sum, pause) => sum + pause, 0);
		expect(waitedMs).toBeLessThanOrEqual(600_000);
		expect(waitedMs).toBeGreaterThan(600_000 - 30_000);
		expect(asked).toHaveLength(clock.pauses.length + 1);
	});

	it('leaves room for a last look that falls exactly on it', async () => {
		const { client, asked } = reports(NOT_YET, NOT_YET, READY);
		await expect(wait(client, fakeClock(), { timeoutMs: 15_000 })).resolves.toMatchObject({ link: LINK });
		expect(asked).toHaveLength(3);
	});

	it('is never passed by a pause, whatever the settings', async () => {
		for (const pollIntervalMs of [1, 700, 5_000, 40_000, 600_000]) {
			for (const timeoutMs of [1, 1_000, 10_000, 123_456, 3_600_000]) {
				const clock = fakeClock();
				await failureOf(
					async () => await wait(reports(NOT_YET).client, clock, { pollIntervalMs, timeoutMs }),
				);
				expect(clock.pauses.reduce((sum, pause) => sum + pause, 0)).toBeLessThanOrEqual(timeoutMs);
			}
		}
	});

	it('counts the time that the answers took', async () => {
		const clock = fakeClock();
		let asked = 0;
		const slow = {
			reportState: async () => (await clock.sleep(250_000), asked++, NOT_YET),
		} as unknown as SafeClient;
		await failureOf(async () => await wait(slow, clock));
		expect(asked).toBe(3);
	});

	it('tells what stood in the way when SAFE could not be asked at last', async () => {
		const thrown = await failureOf(async () => await wait(reports(NOT_YET, broken).client));
		expect(thrown.code).toBe('SAFE-REPORT-NOT-READY');
		expect(thrown.message).toContain(UUID);
		expect(thrown.advice).toContain(`Last seen: ${broken.message}.`);
	});
});

it.each<[string, Error]>([
	['a token that is refused', safeFailure('SAFE-401-TOKEN')],
	['a role that is refused', safeFailure('SAFE-403-ROLE')],
	['a request that is refused', safeFailure('SAFE-400-REQUEST')],
	['a fault of our own', new TypeError('x')],
])('%s ends the waiting at once', async (_label, error) => {
	const { client, asked } = reports(NOT_YET, error);
	const clock = fakeClock();
	expect(await thrownBy(async () => await wait(client, clock))).toBe(error);
	expect({ asked: asked.length, pauses: clock.pauses }).toEqual({ asked: 2, pauses: [5_000] });
});

it('a cancelled execution ends the waiting inside the pause, and SAFE is not asked again', async () => {
	const cancelled = new Error('cancelled');
	const { client, asked } = reports(NOT_YET);
	const clock = fakeClock((pauses) => {
		if (pauses === 2) throw cancelled;
	});
	expect(await thrownBy(async () => await wait(client, clock))).toBe(cancelled);
	expect(asked).toHaveLength(2);
});
