import { Pace, RISE_AFTER, type Turn } from '../../../nodes/shared/core/pace';
import { thrownBy } from '../failures';

beforeEach(() => jest.useFakeTimers({ now: 0 }));
afterEach(() => jest.useRealTimers());

const LATENCY_MS = 100;

const wait = async (ms: number) => await new Promise<void>((resolve) => setTimeout(resolve, ms));

interface Start {
	order: number;
	atMs: number;
	/** In flight, this one included. */
	inFlight: number;
}

/** A server that takes 100 ms for each request and, as long as `refuses` says so, tells it to wait and to slow down. */
function server(pace: Pace, refuses: (start: Start) => number | undefined = () => undefined) {
	const starts: Start[] = [];
	let inFlight = 0;
	const ask = async (order: number) =>
		await pace.run(order, async (turn) => {
			for (;;) {
				const start = { order, atMs: Date.now(), inFlight: ++inFlight };
				starts.push(start);
				await wait(LATENCY_MS);
				inFlight--;
				const pauseMs = refuses(start);
				if (pauseMs === undefined) return order;
				turn.slowDown();
				await turn.pause(pauseMs);
			}
		});
	return { ask, starts };
}

/** Asks for so many at once, and lets time pass until all are answered. */
async function askAll(ask: (order: number) => Promise<number>, count: number): Promise<number[]> {
	const answers = Promise.all(Array.from({ length: count }, async (_, order) => await ask(order)));
	await jest.runAllTimersAsync();
	return await answers;
}

const most = (starts: Start[]) => Math.max(...starts.map(({ inFlight }) => inFlight));

it.each([1, 4, 8])('%s requests are in flight all the time, and never one more', async (highest) => {
	const { ask, starts } = server(new Pace(highest, wait));
	await askAll(ask, 40);
	expect(most(starts)).toBe(highest);
	expect(Date.now()).toBe((40 / highest) * LATENCY_MS);
});

it('of the requests that wait, the earliest in the order goes first', async () => {
	const { ask, starts } = server(new Pace(1, wait));
	for (const order of [5, 9, 2, 7]) void ask(order);
	await jest.runAllTimersAsync();
	expect(starts.map(({ order }) => order)).toEqual([5, 2, 7, 9]);
});

describe('a request that has to pause', () => {
	it('holds up every other that has not started', async () => {
		// The third request is refused at 100 ms, for a second.
		const { ask, starts } = server(new Pace(4, wait), ({ order, atMs }) => (order === 2 && atMs === 0 ? 1_000 : undefined));
		expect(await askAll(ask, 20)).toHaveLength(20);
		const after = starts.filter(({ atMs }) => atMs > 0).map(({ atMs }) => atMs);
		// Those answered in the same moment before it may have let others start; nothing starts from the refusal on.
		expect(after.filter((atMs) => atMs > LATENCY_MS && atMs < LATENCY_MS + 1_000)).toEqual([]);
		expect(after.filter((atMs) => atMs >= LATENCY_MS + 1_000).length).toBeGreaterThan(10);
	});

	it('is the next to start afterwards, before those that wait for their first try', async () => {
		const { ask, starts } = server(new Pace(1, wait), ({ order, atMs }) => (order === 0 && atMs === 0 ? 1_000 : undefined));
		await askAll(ask, 3);
		expect(starts.map(({ order, atMs }) => [order, atMs])).toEqual([
			[0, 0],
			[0, 1_100],
			[1, 1_200],
			[2, 1_300],
		]);
	});

	it.each([[[1_000, 5_000]], [[5_000, 1_000]], [[1_000, 5_000, 2_000]]])('waits for the longest pause that anybody was told to make: of %j ms', async (pauses) => {
		const { ask, starts } = server(new Pace(pauses.length, wait), ({ order, atMs }) => (atMs === 0 ? pauses[order] : undefined));
		await askAll(ask, 6);
		expect(starts.filter(({ atMs }) => atMs > 0 && atMs < 5_100)).toEqual([]);
	});

	it('can be told to wait no time at all', async () => {
		const { ask } = server(new Pace(2, wait), ({ atMs }) => (atMs === 0 ? 0 : undefined));
		expect(await askAll(ask, 6)).toHaveLength(6);
	});

	it.each([
		['stands still', 0],
		['is set back by an hour', -3_600_000],
	])('is over after the sleep, also when the computer\'s clock %s meanwhile', async (_, stepMs) => {
		let slept = 0;
		const pace = new Pace(2, async (ms) => {
			slept += ms;
			jest.setSystemTime(Date.now() + stepMs);
		});
		const { ask } = server(pace, ({ order, atMs }) => (order === 0 && atMs === 0 ? 1_000 : undefined));
		expect(await askAll(ask, 6)).toHaveLength(6);
		expect(slept).toBe(1_000);
	});

	it('ends with all the others when the execution is cancelled meanwhile', async () => {
		const cancelled = new Error('cancelled');
		const pace = new Pace(2, async () => await Promise.reject(cancelled));
		const { ask, starts } = server(pace, () => 1_000);
		const thrown = Promise.all([0, 1, 2, 3].map(async (order) => await thrownBy(async () => await ask(order))));
		await jest.runAllTimersAsync();
		expect(await thrown).toEqual([cancelled, cancelled, cancelled, cancelled]);
		expect(starts).toHaveLength(2);
		expect(await thrownBy(async () => await ask(9))).toBe(cancelled);
	});
});

describe('a server that asks to slow down', () => {
	it('meets half as many requests, whatever the number of those refused together', async () => {
		const pace = new Pace(8, wait);
		const { ask, starts } = server(pace, ({ atMs }) => (atMs === 0 ? 1_000 : undefined));
		const answers = Promise.all(Array.from({ length: 12 }, async (_, order) => await ask(order)));
		await jest.advanceTimersByTimeAsync(LATENCY_MS);
		expect(pace.allowed()).toBe(4);
		await jest.runAllTimersAsync();
		await answers;
		expect(starts.filter(({ atMs }) => atMs === 0)).toHaveLength(8);
		expect(most(starts.filter(({ atMs }) => atMs > 0 && atMs < 1_300))).toBe(4);
	});

	it('again and again, meets one at a time, and still gets everything asked', async () => {
		const pace = new Pace(8, wait);
		const { ask, starts } = server(pace, ({ atMs }) => (atMs < 10_000 ? 1_000 : undefined));
		expect(await askAll(ask, 3)).toEqual([0, 1, 2]);
		expect(starts.at(-1)?.inFlight).toBe(1);
	});

	it('meets one more after every ten answers, up to what was allowed at first', async () => {
		const pace = new Pace(4, wait);
		const { ask } = server(pace, ({ order, atMs }) => (order === 0 && atMs === 0 ? 1_000 : undefined));
		await askAll(ask, 4);
		const allowed = [pace.allowed()];
		for (let order = 4; order < 60; order += RISE_AFTER) {
			await askAll(async (more) => await ask(order + more), RISE_AFTER);
			allowed.push(pace.allowed());
		}
		// The first four were in flight together: the answers of the other three say nothing of the new pace, that of the refused one does.
		expect(allowed).toEqual([2, 3, 4, 4, 4, 4, 4]);
	});

	it('is not met faster for answers to requests that were begun before, nor for failures', async () => {
		const pace = new Pace(16, wait);
		const { ask } = server(pace, ({ order, atMs }) => (order === 0 && atMs === 0 ? 1_000 : undefined));
		const before = Promise.all(Array.from({ length: 16 }, async (_, order) => await ask(order)));
		await jest.advanceTimersByTimeAsync(LATENCY_MS);
		expect(pace.allowed()).toBe(8);
		await jest.runAllTimersAsync();
		await before;
		for (let failures = 0; failures < RISE_AFTER; failures++) await thrownBy(async () => await pace.run(0, async () => await Promise.reject(new Error('broken'))));
		expect(pace.allowed()).toBe(8);
	});

	it('again on the way up meets half of what was reached', async () => {
		const pace = new Pace(8, wait);
		const turnOf = async () => await new Promise<Turn>((resolve) => void pace.run(0, async (turn) => resolve(turn)));
		(await turnOf()).slowDown();
		for (let answers = 0; answers < 2 * RISE_AFTER; answers++) await pace.run(0, async () => {});
		expect(pace.allowed()).toBe(6);
		await pace.run(0, async ({ slowDown }) => slowDown());
		expect(pace.allowed()).toBe(3);
	});
});

it('a request that fails for good gives its place to the next', async () => {
	const pace = new Pace(1, wait);
	const broken = new Error('broken');
	expect(await thrownBy(async () => await pace.run(0, async () => await Promise.reject(broken)))).toBe(broken);
	expect(await pace.run(1, async () => 'next')).toBe('next');
});
