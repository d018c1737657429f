/** Two executions at once, in every order of their steps, and n8n's Retry of an old one. Get New's own code, sinks in memory. */
jest.mock('n8n-workflow', () => ({ ...jest.requireActual<object>('n8n-workflow'), sleep: async () => {} }));

import { floorToSlot } from '../../../nodes/shared/checkpoint/slots';
import { DAY_MS, MINUTE_MS } from '../../unit/checkpoint/collector';
import { arrive, CLOCK_STEPS, HISTORIES, type History } from './histories';
import { type Execution, Refused, Stage } from './stage';

/** Read, archive, SIEM, save. */
const STEPS = 4;

/** Every way to interleave the steps of A and B. */
function interleavings(a: number, b: number): string[] {
	if (a === 0) return ['B'.repeat(b)];
	if (b === 0) return ['A'.repeat(a)];
	return [...interleavings(a - 1, b).map((rest) => `A${rest}`), ...interleavings(a, b - 1).map((rest) => `B${rest}`)];
}

/** Takes one execution one step on. Out: whether it is still alive; only the save may stop it. */
async function stepOn(stage: Stage, running: { execution?: Execution; step: number }, nowMs: number): Promise<boolean> {
	running.step++;
	if (running.execution === undefined) {
		running.execution = await stage.read(nowMs);
		return true;
	}
	const { execution } = running;
	const files = execution.outcome.files.length;
	const last = Stage.sinkRequests(execution) - 1;
	try {
		stage.deliver(execution, { upTo: [files, last, Infinity][running.step - 2] });
		return true;
	} catch (error) {
		if (!(error instanceof Refused)) throw error;
		expect(running.step).toBe(STEPS);
		return false;
	}
}

const edgesOf = (...times: number[]) => times.map((ms) => floorToSlot(ms - 90 * DAY_MS, '15min'));

describe.each(Object.keys(HISTORIES))('two executions at once: %s', (name) => {
	test.each(Object.entries(CLOCK_STEPS))('the second one reads %s; in every order of read, upload and save nothing is lost', async (_, stepMs) => {
		const history = await HISTORIES[name]();
		const orders = interleavings(STEPS, STEPS);
		expect(orders).toHaveLength(70);
		let races = 0;
		for (const order of orders) {
			const stage = history.stage.copy();
			const [nowMs, thenMs] = [history.nowMs, history.nowMs + stepMs];
			const running = { A: { step: 0 }, B: { step: 0 } };
			const before = stage.committed.length;
			let [changed, saves] = [new Set<number>(), 0];
			for (const who of order as Iterable<'A' | 'B'>) {
				// Late events come to light between the two readings, whichever is the first.
				const second = running[who].step === 0 && running[who === 'A' ? 'B' : 'A'].step > 0;
				if (second) changed = arrive({ ...history, stage }, thenMs);
				const lives = await stepOn(stage, running[who], running.A.step + running.B.step === 0 || !second ? nowMs : thenMs);
				if (running[who].step === STEPS && lives) saves++;
			}
			expect(stage.committed).toHaveLength(before + saves);
			expect(saves).toBeGreaterThanOrEqual(1);
			if (saves === 1) races++;
			await stage.catchUp(thenMs + MINUTE_MS);
			await stage.catchUp(thenMs + DAY_MS);
			for (const edge of edgesOf(nowMs, thenMs, thenMs + MINUTE_MS)) changed.add(edge);
			stage.check(changed);
		}
		// All orders but the two in which one is over before the other reads.
		expect(races).toBe(68);
	}, 480_000);
});

/** Lets an execution fail at a request to a sink. */
async function failAt(history: History, at: number): Promise<Execution> {
	const execution = await history.stage.read(history.nowMs);
	expect(() => history.stage.deliver(execution, { refusal: { at, after: false } })).toThrow(Refused);
	return execution;
}

describe.each(Object.keys(HISTORIES))("n8n's Retry: %s", (name) => {
	test.each(Object.entries(CLOCK_STEPS))(
		'of an execution that failed at any sink, %s and after a later one succeeded, replaces nothing, moves nothing and stops at the save',
		async (_, stepMs) => {
			const first = await HISTORIES[name]();
			const sinks = Stage.sinkRequests(await first.stage.copy().read(first.nowMs));
			for (let at = 0; at < sinks; at++) {
				const history = { ...first, stage: first.stage.copy() };
				const { stage, nowMs } = history;
				const failed = await failAt(history, at);
				const changed = arrive(history, nowMs + stepMs);
				await stage.runThrough(nowMs + stepMs);
				const { row } = stage;
				expect(() => stage.deliver(failed)).toThrow('the position changed meanwhile');
				expect(stage.row).toBe(row);
				await stage.catchUp(nowMs + stepMs);
				await stage.catchUp(nowMs + stepMs + DAY_MS);
				for (const edge of edgesOf(nowMs, nowMs + stepMs)) changed.add(edge);
				stage.check(changed);
			}
		},
		120_000,
	);

	test('of the only execution, without another one between, finishes it as if nothing had happened', async () => {
		const first = await HISTORIES[name]();
		const clean = first.stage.copy();
		await clean.runThrough(first.nowMs);
		const sinks = Stage.sinkRequests(await first.stage.copy().read(first.nowMs));
		for (let at = 0; at < sinks; at++) {
			const history = { ...first, stage: first.stage.copy() };
			history.stage.deliver(await failAt(history, at));
			expect(history.stage.fingerprint()).toBe(clean.fingerprint());
		}
	});
});
