import { plainOpen } from '../../../nodes/shared/n8n/http';
import { thrownBy } from '../failures';

/** How long a body may pause, and be on its way: each timer rings when the test says so. */
const TIMEOUT_MS = 60_000;
const QUARTER = TIMEOUT_MS / 4;

let timers: Array<{ ms: number; ring: () => void }>;

beforeEach(() => {
	timers = [];
	jest.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
		const controller = new AbortController();
		timers.push({ ms, ring: () => controller.abort() });
		return controller.signal;
	});
});
afterEach(() => jest.restoreAllMocks());

const turns = async () => await new Promise<void>((resolve) => setImmediate(resolve));

/** Lets so many quarters of the time-out pass. */
async function pass(quarters: number): Promise<void> {
	for (let count = 0; count < quarters; count++) {
		const at = timers.findIndex(({ ms }) => ms === QUARTER);
		if (at >= 0) timers.splice(at, 1)[0].ring();
		await turns();
	}
}

/** A body whose pieces come when the test says so, and what became of reading it. */
async function reading(taking: Promise<void> = Promise.resolve()) {
	let give: (piece: Uint8Array) => void = () => {};
	let end: () => void = () => {};
	async function* pieces(): AsyncGenerator<Uint8Array> {
		for (;;) {
			const next = await new Promise<Uint8Array | undefined>((resolve) => {
				give = resolve;
				end = () => resolve(undefined);
			});
			if (!next) return;
			yield next;
		}
	}
	const context = { helpers: { httpRequest: async () => ({ statusCode: 200, headers: {}, body: pieces() }) } };
	const { body } = await plainOpen(context as never)({ method: 'GET', url: 'https://files.example.com/a', headers: {}, timeoutMs: TIMEOUT_MS });
	let bytes = 0;
	const outcome = thrownBy(async () => {
		for await (const piece of body) {
			await taking;
			bytes += piece.length;
		}
	}).then(
		(error) => String(error),
		() => 'read whole',
	);
	await turns();
	return { give: async () => (give(new Uint8Array(10)), await turns()), end: () => end(), bytes: () => bytes, outcome };
}

it('a body that always goes on before the time-out is read whole, however long it takes', async () => {
	const { give, end, bytes, outcome } = await reading();
	for (let piece = 0; piece < 20; piece++) {
		await pass(3);
		await give();
	}
	end();
	expect(await outcome).toBe('read whole');
	expect(bytes()).toBe(200);
});

it('a body that pauses for the time-out and a quarter is given up', async () => {
	const { give, outcome } = await reading();
	await give();
	await pass(5);
	expect(await outcome).toContain('timeout: the body stalled');
});

it('a body is not given up for the time that its reader takes', async () => {
	let goOn = () => {};
	const { give, end, outcome } = await reading(new Promise<void>((resolve) => (goOn = resolve)));
	await give();
	await pass(20);
	goOn();
	await turns();
	await give();
	end();
	expect(await outcome).toBe('read whole');
});

it('no more than two timers run for a body, whatever the number of its pieces', async () => {
	const { give, end, outcome } = await reading();
	for (let piece = 0; piece < 1_000; piece++) await give();
	expect(timers.map(({ ms }) => ms)).toEqual([5 * TIMEOUT_MS, QUARTER]);
	end();
	expect(await outcome).toBe('read whole');
});
