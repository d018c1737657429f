/** The whole shipped workflow in n8n's engine, over HTTP: each request to S3, SIEM and Slack goes wrong once in every way; then a clean run, at the same time. */
jest.mock('n8n-workflow', () => jest.requireActual('../../nodes/time').withFreePauses(jest.requireActual('n8n-workflow')));

import type { RunReport } from '../../harness';
import type { Fault } from '../../simulators';
import { S3_WRONGS } from './faultyS3';
import { startWorkflowBench, type Case, type WorkflowBench } from './workflowBench';

let bench: WorkflowBench;
let requests: { s3: number; siem: number; slack: number };

beforeAll(async () => {
	bench = await startWorkflowBench(48);
	const first = bench.fresh();
	bench.s3.arm();
	const report = await first.run();
	expect(report.error).toBeUndefined();
	first.check(new Map());
	const { siem, slack } = bench.local.world;
	requests = { s3: bench.s3.count(), siem: siem.requests.length, slack: slack.requests.length };
});

afterAll(async () => await bench.stop());

/** After an attempt that something happened to: the row moved only if it ended well, and a clean run mends the rest. */
async function settle(one: Case, row: unknown, report: RunReport, failsAt: string): Promise<boolean> {
	const wentWell = report.status === 'success';
	if (!wentWell) {
		expect([report.status, report.lastNode]).toEqual(['error', failsAt]);
		expect(one.row()).toEqual(row);
	}
	const before = one.objects();
	const next = await one.run();
	expect(next.error).toBeUndefined();
	one.check(before);
	return wentWell;
}

test.each(Object.entries(S3_WRONGS))('%s, once, at any request to S3: the position moves only if all is stored; after a clean run all is there once', async (name, wrong) => {
	let [completed, failed] = [0, 0];
	for (let at = 0; at < requests.s3; at++) {
		const one = bench.fresh();
		const row = one.row();
		bench.s3.arm(at, wrong);
		const report = await one.run();
		expect(bench.s3.count()).toBeGreaterThan(at);
		bench.s3.arm();
		if (await settle(one, row, report, 'Archive in S3')) completed++;
		else failed++;
	}
	console.log(`S3, ${name}: ${requests.s3} faults, ${2 * requests.s3} runs; ${completed} ended well, ${failed} failed`);
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
	'HTML with 500': { status: 500, body: '<!DOCTYPE html><html></html>', headers: { 'content-type': 'text/html' } },
};

test.each(Object.keys(WRONGS))('%s, once, at any post to the SIEM: the position moves only if all was taken; after a clean run all is there', async (name) => {
	const { siem } = bench.local.world;
	let [completed, failed] = [0, 0];
	for (let at = 1; at <= requests.siem; at++) {
		const one = bench.fresh();
		const row = one.row();
		siem.faults.add({ on: { nth: at }, do: WRONGS[name] });
		const report = await one.run();
		expect(siem.requests.some(({ faults }) => faults.length > 0)).toBe(true);
		siem.faults.clear();
		await siem.comeBack();
		if (await settle(one, row, report, 'Post to SIEM')) completed++;
		else failed++;
	}
	console.log(`SIEM, ${name}: ${requests.siem} faults, ${2 * requests.siem} runs; ${completed} ended well, ${failed} failed`);
	expect(completed + failed).toBe(requests.siem);
}, 480_000);

test.each(Object.keys(WRONGS))('%s at the post to Slack never holds up the position', async (name) => {
	const { slack } = bench.local.world;
	for (let at = 1; at <= requests.slack; at++) {
		const one = bench.fresh();
		slack.faults.add({ on: { nth: at }, do: WRONGS[name] });
		const report = await one.run();
		expect(slack.requests.some(({ faults }) => faults.length > 0)).toBe(true);
		slack.faults.clear();
		await slack.comeBack();
		expect(await settle(one, one.row(), report, '')).toBe(true);
	}
}, 480_000);

test('with the further tries that the workflow allows, one refusal of a sink does not even fail the run', async () => {
	const { siem } = bench.local.world;
	for (const wrong of Object.values(S3_WRONGS)) {
		const one = bench.fresh();
		bench.s3.arm(2, wrong);
		siem.faults.add({ on: { nth: 1 }, do: { status: 503 } });
		const report = await one.run({ withTries: true });
		bench.s3.arm();
		expect(report.error).toBeUndefined();
		one.check(new Map());
	}
});
