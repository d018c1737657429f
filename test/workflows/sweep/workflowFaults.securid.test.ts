/** The whole shipped workflow in n8n's engine, over HTTP: each request to SecurID goes wrong once in every way; then clean runs (see `Sequels`). */
jest.mock('n8n-workflow', () => jest.requireActual('../../nodes/time').withFreePauses(jest.requireActual('n8n-workflow')));

import { shortTimeouts } from '../../nodes/servers';
import type { Fault } from '../../simulators';
import { Sequels, startWorkflowBench, type WorkflowBench } from './workflowBench';

let bench: WorkflowBench;
let sequels: Sequels;
/** Requests of a clean run. */
let requests: { securId: number; s3: number; siem: number; slack: number };

beforeAll(async () => {
	bench = await startWorkflowBench(47);
	sequels = new Sequels(bench);
	const first = bench.fresh();
	bench.s3.arm();
	const report = await first.run();
	expect(report.error).toBeUndefined();
	first.check(new Map());
	const { securId, siem, slack } = bench.local.world;
	requests = { securId: securId.requests.length, s3: bench.s3.count(), siem: siem.requests.length, slack: slack.requests.length };
});

afterAll(async () => await bench.stop());

const total = () => bench.total;
const WRONGS: Record<string, () => Fault> = {
	'400': () => ({ status: 400 }),
	'401': () => ({ status: 401 }),
	'403': () => ({ status: 403 }),
	'429 with Retry-After': () => ({ retryAfter: 7 }),
	'500': () => ({ status: 500 }),
	'503': () => ({ status: 503 }),
	'connection refused': () => ({ refuseConnection: true }),
	'reset before the answer': () => ({ reset: 'before' }),
	'reset in the body': () => ({ reset: 'inBody' }),
	'truncated body': () => ({ truncateBody: true }),
	'body truncated quietly': () => ({ truncateBody: 'quietly' }),
	'malformed JSON': () => ({ malformedJson: true }),
	'HTML with 200': () => ({ html: true }),
	'a changed total': () => ({ changedTotal: total() + 7 }),
	'an empty page': () => ({ emptyPage: true }),
	'a stall past the time-out': () => ({ stall: true }),
};

/** The fake SecurID goes on claiming a changed total until it is told to stop, at a request. */
async function endClaim(): Promise<void> {
	const one = bench.fresh();
	bench.local.world.securId.faults.add({ on: { nth: 1 }, do: { changedTotal: null } });
	expect((await one.run()).error).toBeUndefined();
}

test('a clean run makes at least 25 requests, 12 of them pages', () => {
	const sum = Object.values(requests).reduce((left, right) => left + right, 0);
	console.log(`R = ${sum}: ${JSON.stringify(requests)}`);
	expect(sum).toBeGreaterThanOrEqual(25);
	expect(requests.securId).toBeGreaterThanOrEqual(12);
});

test.each(Object.keys(WRONGS))('%s, once, at any request to SecurID: the run ends well or leaves the position; after clean runs all is there once', async (name) => {
	const { securId } = bench.local.world;
	let [completed, failed] = [0, 0];
	const stalls = name.startsWith('a stall');
	for (let at = 1; at <= requests.securId; at++) {
		const one = bench.fresh();
		const row = one.row();
		securId.faults.add({ on: { nth: at }, do: WRONGS[name]() });
		if (name === 'a changed total') securId.faults.add({ on: { nth: at + 1 }, do: { changedTotal: null } });
		const timeouts = stalls ? shortTimeouts({ path: /exportlogs/ }) : undefined;
		const report = await one.run({ withoutLimit: stalls });
		timeouts?.restore();
		await securId.comeBack();
		expect(securId.requests.some(({ faults }) => faults.length > 0)).toBe(true);
		securId.faults.clear();
		if (report.status === 'success') completed++;
		else {
			failed++;
			expect([report.status, report.lastNode]).toEqual(['error', 'Get new events']);
			expect(one.row()).toEqual(row);
			expect(one.objects().size).toBe(0);
		}
		await sequels.play(one);
		if (name === 'a changed total') await endClaim();
	}
	console.log(`${name}: ${requests.securId} faults; ${completed} ended well, ${failed} failed; so far ${sequels.played.size} different states and ${sequels.runs} runs that go on from them`);
	expect(completed + failed).toBe(requests.securId);
}, 1_500_000);
