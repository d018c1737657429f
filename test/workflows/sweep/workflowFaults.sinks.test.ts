/** The whole shipped workflow in n8n's engine, over HTTP: each request to S3, SIEM and Slack goes wrong once in every way; then clean runs (see `Sequels`), or n8n's Retry after these. */
jest.mock('n8n-workflow', () => jest.requireActual('../../nodes/time').withFreePauses(jest.requireActual('n8n-workflow')));

import type { RunReport } from '../../harness';
import { DAY_MS, MINUTE_MS } from '../../nodes/time';
import type { Fault } from '../../simulators';
import { endWaits } from './endWaits';
import { S3_WRONGS } from './faultyS3';
import { Sequels, startWorkflowBench, type Case, type WorkflowBench } from './workflowBench';

let bench: WorkflowBench;
let sequels: Sequels;
let requests: { s3: number; siem: number; slack: number };

beforeAll(async () => {
	bench = await startWorkflowBench(48);
	sequels = new Sequels(bench);
	const first = bench.fresh();
	bench.s3.arm();
	const report = await first.run();
	expect(report.error).toBeUndefined();
	first.check(new Map());
	const { siem, slack } = bench.local.world;
	requests = { s3: bench.s3.count(), siem: siem.requests.length, slack: slack.requests.length };
});

afterAll(async () => await bench.stop());

/** After an attempt that something happened to: the row moved only if it ended well, and clean runs mend the rest. */
async function settle(one: Case, row: unknown, report: RunReport, failsAt: string[]): Promise<boolean> {
	const wentWell = report.status === 'success';
	if (!wentWell) {
		expect(report.status).toBe('error');
		expect(failsAt).toContain(report.lastNode);
		expect(one.row()).toEqual(row);
	}
	await sequels.play(one);
	return wentWell;
}

const soFar = () => `so far ${sequels.played.size} different states and ${sequels.runs} runs that go on from them`;

test.each(Object.entries(S3_WRONGS))('%s, once, at any request to S3: the position moves only if all is stored; after clean runs all is there once', async (name, wrong) => {
	let [completed, failed] = [0, 0];
	for (let at = 0; at < requests.s3; at++) {
		const one = bench.fresh();
		const row = one.row();
		bench.s3.arm(at, wrong);
		const limits = wrong.answer === 'stall' ? endWaits(bench.s3.stalls) : undefined;
		const report = await one.run({ withoutLimit: limits !== undefined });
		limits?.restore();
		expect(bench.s3.count()).toBeGreaterThan(at);
		bench.s3.arm();
		if (await settle(one, row, report, ['Archive in S3', 'Stop: not confirmed by S3'])) completed++;
		else failed++;
	}
	console.log(`S3, ${name}: ${requests.s3} faults; ${completed} ended well, ${failed} failed; ${soFar()}`);
	expect(completed + failed).toBe(requests.s3);
}, 1_500_000);

const WRONGS: Record<string, Fault> = {
	'400': { status: 400 },
	'401': { status: 401 },
	'403': { status: 403 },
	'429 with Retry-After': { retryAfter: 7 },
	'500': { status: 500 },
	'503': { status: 503 },
	'connection refused': { refuseConnection: true },
	'reset before it was stored': { reset: 'before' },
	'reset after it was stored': { reset: 'inBody' },
	'answer truncated after it was stored': { truncateBody: true },
	'malformed answer after it was stored': { malformedJson: true },
	'a stall': { stall: true },
	'a web page with 200': { html: true },
	'HTML with 500': { status: 500, body: '<!DOCTYPE html><html></html>', headers: { 'content-type': 'text/html' } },
};

/** One attempt with a fault at the n-th request to the SIEM or to Slack. */
async function struck(one: Case, name: 'siem' | 'slack', nth: number, fault: Fault): Promise<RunReport> {
	const server = bench.local.world[name];
	server.faults.add({ on: { nth }, do: fault });
	const limits = 'stall' in fault ? endWaits(() => server.requests.some(({ faults }) => faults.includes('stall'))) : undefined;
	const report = await one.run({ withoutLimit: limits !== undefined });
	limits?.restore();
	expect(server.requests.some(({ faults }) => faults.length > 0)).toBe(true);
	server.faults.clear();
	await server.comeBack();
	return report;
}

test.each(Object.keys(WRONGS))('%s, once, at any post to the SIEM: the position moves only if all was taken; after clean runs all is there', async (name) => {
	let [completed, failed] = [0, 0];
	for (let at = 1; at <= requests.siem; at++) {
		const one = bench.fresh();
		const row = one.row();
		const report = await struck(one, 'siem', at, WRONGS[name]);
		if (await settle(one, row, report, ['Post to SIEM'])) completed++;
		else failed++;
	}
	console.log(`SIEM, ${name}: ${requests.siem} faults; ${completed} ended well, ${failed} failed; ${soFar()}`);
	expect(completed + failed).toBe(requests.siem);
}, 1_500_000);

test.each(Object.keys(WRONGS))('%s at the post to Slack never holds up the position', async (name) => {
	for (let at = 1; at <= requests.slack; at++) {
		const one = bench.fresh();
		const report = await struck(one, 'slack', at, WRONGS[name]);
		expect(report.error).toBeUndefined();
		expect(await settle(one, one.row(), report, [])).toBe(true);
	}
}, 480_000);

test("n8n's Retry, for each request that failed and after a later run succeeded: nothing is replaced or moved, and it stops at the save; as the only one it finishes the run", async () => {
	const { siem } = bench.local.world;
	const ways: Array<[string, (at: number) => void, number]> = [
		['S3', (at) => bench.s3.arm(at, { answer: 403 }), requests.s3],
		['S3, after it was stored', (at) => bench.s3.arm(at, { answer: 403, after: true }), requests.s3],
		['SIEM', (at) => void siem.faults.add({ on: { nth: at + 1 }, do: { status: 401 } }), requests.siem],
		['SIEM, after it was stored', (at) => void siem.faults.add({ on: { nth: at + 1 }, do: { reset: 'inBody' } }), requests.siem],
	];
	const clean = bench.fresh();
	await clean.run();
	const whole = clean.fingerprint();
	let [alones, lates] = [0, 0];
	const played = new Set<string>();
	for (const [where, arm, count] of ways) {
		for (let at = 0; at < count; at++) {
			const one = bench.fresh();
			arm(at);
			const failed = await one.run();
			bench.s3.arm();
			siem.faults.clear();
			if (!failed.retry) throw new Error(`${where} ${at}: did not fail`);
			const back = one.keep();
			const state = `${failed.lastNode} ${one.fingerprint()}`;
			const alone = await failed.retry();
			expect([where, at, alone.error]).toEqual([where, at, undefined]);
			expect(one.fingerprint()).toBe(whole);
			alones++;
			if (played.has(state)) continue;
			played.add(state);
			for (const stepMs of [0, MINUTE_MS, 61 * MINUTE_MS, DAY_MS]) {
				back();
				const { nowMs } = bench.history;
				const arrivals = one.arrive(nowMs + stepMs);
				await one.catchUp(nowMs + stepMs);
				const [row, before] = [one.row(), one.objects()];
				const late = await failed.retry();
				expect([where, at, late.status, late.lastNode]).toEqual([where, at, 'error', 'Stop: position changed meanwhile']);
				expect(one.row()).toEqual(row);
				one.check(before, arrivals);
				const { events } = bench.local.world.securId;
				for (const event of arrivals.added) events.splice(events.indexOf(event), 1);
				lates++;
			}
		}
	}
	console.log(`${alones} retries of failed executions, and ${lates} from ${played.size} different states after a later run succeeded`);
}, 1_500_000);

test('with the further tries that the workflow allows, one refusal of a sink does not even fail the run', async () => {
	const { siem } = bench.local.world;
	for (const wrong of Object.values(S3_WRONGS)) {
		const one = bench.fresh();
		// A part of a file: what ends the upload cannot be tried again without beginning anew.
		bench.s3.arm(2, wrong);
		siem.faults.add({ on: { nth: 1 }, do: { status: 503 } });
		const limits = wrong.answer === 'stall' ? endWaits(bench.s3.stalls) : undefined;
		const report = await one.run({ withTries: true, withoutLimit: limits !== undefined });
		limits?.restore();
		bench.s3.arm();
		expect(report.error).toBeUndefined();
		one.check(new Map());
	}
});
