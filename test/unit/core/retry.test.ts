import { Failure, type FailureDetails } from '../../../nodes/shared/core/failure';
import { READ_POLICY, retryRead, type RetryPolicy, settle } from '../../../nodes/shared/core/retry';
import { type FakeClock, fakeClock } from '../clock';
import { thrownBy } from '../failures';

function passing(details: FailureDetails = {}): Failure {
	return new Failure(
		'X-503',
		{ message: 'm', advice: 'a', cause: 'temporarily-unavailable', retryable: true },
		details,
	);
}

const lasting = new Failure('X-401', { message: 'm', advice: 'a', cause: 'credential-invalid' });

/** A read that throws these one after another, then answers. */
function failing(...errors: unknown[]) {
	const calls = { count: 0 };
	const read = async () => {
		const error = errors[calls.count++];
		if (error !== undefined) throw error;
		return 'answer';
	};
	return { read, calls };
}

const POLICY: RetryPolicy = { attempts: 4, baseMs: 1_000, maxMs: 60_000 };

describe('a read that fails in a way that can pass', () => {
	it.each([0, 1, 2, 3])('is answered after %s repeats', async (times) => {
		const clock = fakeClock();
		const { read, calls } = failing(...Array.from({ length: times }, () => passing()));
		await expect(retryRead(read, clock, POLICY)).resolves.toBe('answer');
		expect(calls.count).toBe(times + 1);
		expect(clock.pauses).toEqual([1_000, 2_000, 4_000].slice(0, times));
	});

	it('is given up after four tries in all, with the last failure', async () => {
		const clock = fakeClock();
		const last = passing();
		const { read, calls } = failing(passing(), passing(), passing(), last, passing());
		expect(await thrownBy(async () => await retryRead(read, clock))).toBe(last);
		expect(calls.count).toBe(READ_POLICY.attempts);
		expect(clock.pauses).toHaveLength(READ_POLICY.attempts - 1);
	});

	it.each([
		[0, [500, 1_000, 2_000]],
		[0.5, [750, 1_500, 3_000]],
		[0.999_999, [1_000, 2_000, 4_000]],
	])('is repeated after growing pauses, spread by chance (%s)', async (random, pauses) => {
		const clock: FakeClock = { ...fakeClock(), random: () => random };
		await retryRead(failing(passing(), passing(), passing()).read, clock, POLICY);
		expect(clock.pauses).toEqual(pauses);
	});

	it('never waits longer than the longest pause', async () => {
		const clock = fakeClock();
		await retryRead(failing(...Array.from({ length: 9 }, () => passing())).read, clock, {
			attempts: 10,
			baseMs: 1_000,
			maxMs: 5_000,
		});
		expect(Math.max(...clock.pauses)).toBe(5_000);
	});

	it.each([0, 1, 7_000, 60_000])('waits as long as the vendor asked: %s ms', async (retryAfterMs) => {
		const clock = fakeClock();
		await retryRead(failing(passing({ retryAfterMs })).read, clock, POLICY);
		expect(clock.pauses).toEqual([retryAfterMs]);
	});

	it('is not repeated when the vendor asks for a longer pause than is waited', async () => {
		const clock = fakeClock();
		const failure = passing({ retryAfterMs: 60_001 });
		const { read, calls } = failing(failure);
		expect(await thrownBy(async () => await retryRead(read, clock, POLICY))).toBe(failure);
		expect({ calls: calls.count, pauses: clock.pauses }).toEqual({ calls: 1, pauses: [] });
	});

	it('tells of each repeat before the pause', async () => {
		const told: unknown[] = [];
		const clock = fakeClock(() => told.push('slept'));
		const failures = [passing(), passing({ retryAfterMs: 3_000 })];
		await retryRead(failing(...failures).read, clock, POLICY, (failure, pauseMs) =>
			told.push(failure, pauseMs),
		);
		expect(told).toEqual([failures[0], 1_000, 'slept', failures[1], 3_000, 'slept']);
	});
});

it.each<[string, unknown]>([
	['a failure that stays', lasting],
	['a fault of our own', new TypeError('x')],
	['a cancelled execution', new Error('cancelled')],
])('%s is thrown at once, without a pause', async (_label, error) => {
	const clock = fakeClock();
	const { read, calls } = failing(error);
	expect(await thrownBy(async () => await retryRead(read, clock, POLICY))).toBe(error);
	expect({ calls: calls.count, pauses: clock.pauses }).toEqual({ calls: 1, pauses: [] });
});

it('a cancelled pause ends the tries with what cancelled it', async () => {
	const cancelled = new Error('cancelled');
	const { read, calls } = failing(passing());
	const clock = { ...fakeClock(), sleep: async () => await Promise.reject(cancelled) };
	expect(await thrownBy(async () => await retryRead(read, clock, POLICY))).toBe(cancelled);
	expect(calls.count).toBe(1);
});

describe('settling a step', () => {
	it('gives the outcome as data', async () => {
		await expect(settle(async () => 1)).resolves.toEqual({ value: 1 });
		await expect(settle(async () => await Promise.reject(lasting))).resolves.toEqual({ error: lasting });
	});

	it('catches what is thrown before the first await too', async () => {
		const throwing = (): Promise<never> => {
			throw lasting;
		};
		await expect(settle(throwing)).resolves.toEqual({ error: lasting });
	});

	it('tells an undefined value and a thrown undefined apart', async () => {
		await expect(settle(async () => undefined)).resolves.toEqual({ value: undefined });
		await expect(settle(async () => await Promise.reject(undefined))).resolves.toHaveProperty(
			'error',
			undefined,
		);
	});
});
