import { rmSync } from 'node:fs';
import type { Engine, Poller, PollMode, Tick, WorkflowFile } from './index';
import { singleNodeWorkflow, startEngine } from './index';
import { writePackage } from './packageOnDisk';

/** A polling node that counts its polls in its state, first of all, and then does what the test says. */
const COUNTER = `
exports.CounterTrigger = class CounterTrigger {
	description = {
		displayName: 'Counter', name: 'counterTrigger', group: ['trigger'], version: 1, description: '', defaults: { name: 'Counter' },
		polling: true, inputs: [], outputs: ['main'], properties: [],
	};
	async poll() {
		const state = this.getWorkflowStaticData('node');
		state.polls = (state.polls ?? 0) + 1;
		const answer = await globalThis.counterAnswers.shift();
		if (answer === 'throw') throw new Error('refused');
		const json = { polls: state.polls, mode: this.getMode(), activation: this.getActivationMode(), budgetMs: this.getPollBudgetMs() };
		return answer === 'items' ? [[{ json }]] : null;
	}
};`;

type Answer = 'items' | 'null' | 'throw';
const answers: Array<Answer | Promise<Answer>> = [];
Object.assign(globalThis, { counterAnswers: answers });

let engine: Engine;
let folder: string;

beforeAll(async () => {
	folder = writePackage('n8n-nodes-counter', { nodes: { CounterTrigger: COUNTER } });
	engine = await startEngine({ packageDirectory: folder });
});

afterAll(async () => {
	await engine.stop();
	rmSync(folder, { recursive: true });
});

const counter = (): WorkflowFile => singleNodeWorkflow('n8n-nodes-counter.counterTrigger', {});

async function start(mode: PollMode): Promise<Poller> {
	return await engine.poller(counter(), { mode });
}

/** Polls once per answer and tells how many polls the node counted, where it handed that out. */
async function tickEach(poller: Poller, ...next: Answer[]): Promise<unknown[]> {
	answers.push(...next);
	const ticks: Tick[] = [];
	for (let tick = 0; tick < next.length; tick++) ticks.push(await poller.tick());
	return ticks.map(({ items, error }) => error?.message ?? items?.[0].json.polls ?? null);
}

describe('legacy mode', () => {
	test('keeps a change of state in memory although the poll throws, and saves it with the next items', async () => {
		const poller = await start('legacy');
		expect(await tickEach(poller, 'throw', 'throw')).toEqual(['refused', 'refused']);
		expect(poller.state()).toEqual({});
		expect(await tickEach(poller, 'items')).toEqual([3]);
		expect(poller.state()).toEqual({ polls: 3 });
	});

	test('saves nothing for a poll without items, so that a restart forgets it', async () => {
		const poller = await start('legacy');
		expect(await tickEach(poller, 'items', 'null')).toEqual([1, null]);
		expect(poller.state()).toEqual({ polls: 1 });
		poller.restart();
		expect(await tickEach(poller, 'items')).toEqual([2]);
	});

	test('saves after publishing, also without items; a publishing that fails starts from what is saved', async () => {
		const poller = await start('legacy');
		answers.push('throw', 'null');
		expect(await poller.publish()).toMatchObject({ items: null, error: { message: 'refused' } });
		expect(await poller.publish()).toEqual({ items: null });
		expect(poller.state()).toEqual({ polls: 1 });
	});
});

describe('durable mode', () => {
	test('discards a change of state when the poll throws', async () => {
		const poller = await start('durable');
		expect(await tickEach(poller, 'items', 'throw', 'throw', 'items')).toEqual([1, 'refused', 'refused', 2]);
		expect(poller.state()).toEqual({ polls: 2 });
	});

	test('saves after each poll, also without items, and a restart forgets nothing', async () => {
		const poller = await start('durable');
		expect(await tickEach(poller, 'null', 'null')).toEqual([null, null]);
		poller.restart();
		expect(poller.state()).toEqual({ polls: 2 });
		expect(await tickEach(poller, 'items')).toEqual([3]);
	});

	test('saves nothing after publishing without items', async () => {
		const poller = await start('durable');
		answers.push('null', 'items');
		await poller.publish();
		expect(poller.state()).toEqual({});
		await poller.publish();
		expect(poller.state()).toEqual({ polls: 1 });
	});
});

describe.each<[PollMode, number]>([
	['legacy', 300_000],
	['durable', 36_000],
])('%s mode', (mode, usualMs) => {
	test('tells the node its mode and its time', async () => {
		answers.push('items', 'items', 'items');
		const poller = await start(mode);
		expect((await poller.publish()).items?.[0].json).toMatchObject({ mode: 'trigger', activation: 'activate', budgetMs: usualMs });
		const hurried = await engine.poller(counter(), { mode, budgetMs: 5_000 });
		expect((await hurried.tick()).items?.[0].json).toMatchObject({ mode: 'trigger', activation: 'update', budgetMs: 5_000 });
		expect((await hurried.byHand())?.[0].json).toMatchObject({ mode: 'manual', activation: 'manual' });
	});

	test('by hand saves nothing and rejects with what the node throws', async () => {
		const poller = await start(mode);
		answers.push('items', 'throw', 'null');
		expect((await poller.byHand())?.[0].json).toMatchObject({ polls: 1 });
		await expect(poller.byHand()).rejects.toThrow('refused');
		expect(await poller.byHand()).toBeNull();
		expect(poller.state()).toEqual({});
	});

	test('forgets a poll that n8n was stopped in', async () => {
		const poller = await start(mode);
		let go = (_answer: Answer) => {};
		answers.push(new Promise<Answer>((resolve) => (go = resolve)), 'items');
		const lost = poller.tick();
		poller.restart();
		go('items');
		expect(await lost).toEqual({ items: null });
		expect(poller.state()).toEqual({});
		expect((await poller.tick()).items?.[0].json).toMatchObject({ polls: 1 });
	});

	test('another poller of the workflow finds what was saved', async () => {
		const file = counter();
		const first = await engine.poller({ ...file, staticData: { 'node:Node': { polls: 5 } } }, { mode });
		expect(await tickEach(first, 'items')).toEqual([6]);
		expect((await engine.poller(file, { mode })).state()).toEqual({ polls: 6 });
	});
});

test('a workflow without a polling trigger is refused', async () => {
	const file = singleNodeWorkflow('n8n-nodes-base.noOp', {}, { name: 'No trigger' });
	await expect(engine.poller(file, { mode: 'legacy' })).rejects.toThrow('A poller needs a workflow with one polling trigger; "No trigger" has none');
});
