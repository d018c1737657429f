/**
 * One thing goes wrong, everywhere it can. Get New's own code with n8n's request helper replaced, and sinks in memory; the same on the whole
 * workflow, over HTTP, is in workflowFaults.test.ts.
 */
jest.mock('n8n-workflow', () => ({ ...jest.requireActual<object>('n8n-workflow'), sleep: async () => {} }));

import { floorToSlot } from '../../../nodes/shared/checkpoint/slots';
import { isFailure } from '../../../nodes/shared/core/failure';
import { DAY_MS } from '../../unit/checkpoint/collector';
import { arrive, CLOCK_STEPS, HISTORIES, type History } from './histories';
import { Refused, type Refusal, Stage } from './stage';
import { strikeAt, WRONGS } from './strikes';

/** What happens to the first attempt. */
interface Fault {
	name: string;
	strike?: Parameters<Stage['read']>[1];
	refusal?: Refusal;
}

/** Every fault at every request of a run. */
async function faultsOf({ stage, nowMs }: History): Promise<{ faults: Fault[]; requests: number }> {
	const clean = await stage.copy().read(nowMs);
	const reads = clean.outcome.requests.length;
	const sinks = Stage.sinkRequests(clean);
	const faults: Fault[] = [];
	for (let at = 0; at < reads; at++) {
		for (const [name, wrong] of Object.entries(WRONGS)) {
			for (const lasting of [false, true]) {
				faults.push({ name: `${name} at request ${at}${lasting ? ' and after' : ''}`, strike: strikeAt(at, wrong, lasting) });
			}
		}
	}
	for (let at = 0; at < sinks; at++) {
		for (const after of [false, true]) faults.push({ name: `sink request ${at} refused ${after ? 'after' : 'before'} it was stored`, refusal: { at, after } });
	}
	return { faults, requests: reads + sinks };
}

/** The attempt that the fault strikes: it ends well, or it fails and the row is as it was. Out: whether it ended well. */
async function attempt(stage: Stage, nowMs: number, { strike, refusal }: Fault): Promise<boolean> {
	const { row } = stage;
	const delivered = stage.s3.size;
	try {
		await stage.runThrough(nowMs, strike, refusal);
		return true;
	} catch (error) {
		if (!(error instanceof Refused) && !isFailure(error)) throw error;
		const savedFirst = refusal?.after === true && stage.row !== row;
		if (!savedFirst) expect(stage.row).toBe(row);
		if (isFailure(error)) expect(stage.s3.size).toBe(delivered);
		return false;
	}
}

describe.each(Object.keys(HISTORIES))('%s', (name) => {
	test.each(Object.entries(CLOCK_STEPS))('any single fault, and the next attempt %s: nothing is missing, nothing twice, nothing replaced', async (_, stepMs) => {
		const history = await HISTORIES[name]();
		const { faults, requests } = await faultsOf(history);
		const endings = new Map<string, string | undefined>();
		let [runs, wentWell, failed] = [0, 0, 0];
		for (const fault of faults) {
			const stage = history.stage.copy();
			const ended = await attempt(stage, history.nowMs, fault);
			if (ended) wentWell++;
			else failed++;
			for (const arrivals of [false, true]) {
				// What follows depends on the row, the objects and the SIEM alone, so equal ones are played once.
				const key = `${stage.fingerprint()} ${String(arrivals)}`;
				if (!endings.has(key)) endings.set(key, await goOn({ ...history, stage: stage.copy() }, stepMs, arrivals, (more) => (runs += more)));
				const wrong = endings.get(key);
				if (wrong !== undefined) throw new Error(`${fault.name}, ${arrivals ? 'with' : 'without'} late events: ${wrong}`);
			}
			runs += stage.runs;
		}
		console.log(`${name}: R = ${requests}, ${faults.length} faults × late events or none, ${runs} runs; ${wentWell} attempts ended well, ${failed} failed`);
		if (name === 'three days behind') expect(requests).toBeGreaterThanOrEqual(25);
		expect(wentWell).toBeGreaterThan(20);
		expect(failed).toBeGreaterThan(50);
	}, 1_500_000);
});

/** The clean runs after a fault. Out: what is wrong then, if anything. */
async function goOn(history: History, stepMs: number, arrivals: boolean, count: (runs: number) => void): Promise<string | undefined> {
	const { stage, nowMs } = history;
	const thenMs = nowMs + stepMs;
	const changed = arrivals ? arrive(history, thenMs) : new Set<number>();
	for (const ms of [nowMs, thenMs]) changed.add(floorToSlot(ms - 90 * DAY_MS, '15min'));
	try {
		await stage.catchUp(thenMs);
		await stage.catchUp(thenMs + DAY_MS);
		stage.check(changed);
		return undefined;
	} catch (error) {
		return String(error);
	} finally {
		count(stage.runs);
	}
}
