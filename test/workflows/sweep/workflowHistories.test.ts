/** The whole shipped workflow, from every kind of start: each request to a sink is refused once, before and after it was stored; then clean runs (see `Sequels`). */
jest.mock('n8n-workflow', () => jest.requireActual('../../nodes/time').withFreePauses(jest.requireActual('n8n-workflow')));

import { Sequels, startWorkflowBench, WORKFLOW_HISTORIES } from './workflowBench';

/** The remaining one is that of workflowFaults.*.test.ts. */
const others = Object.entries(WORKFLOW_HISTORIES).filter(([name]) => name !== 'three days behind');

test.each(others)('%s: any refusal by a sink leaves the position, and after clean runs nothing is missing, nothing twice, nothing replaced', async (name, history) => {
	const bench = await startWorkflowBench(49, history);
	const sequels = new Sequels(bench);
	const { siem, securId } = bench.local.world;
	const first = bench.fresh();
	bench.s3.arm();
	expect((await first.run()).error).toBeUndefined();
	first.check(new Map());
	const requests = { securId: securId.requests.length, s3: bench.s3.count(), siem: siem.requests.length };
	await sequels.play(first);
	let [completed, failed] = [0, 0];
	const settle = async (one: typeof first, row: unknown) => {
		if (JSON.stringify(one.row()) === JSON.stringify(row)) failed++;
		else completed++;
		await sequels.play(one);
	};
	for (const after of [false, true]) {
		for (let at = 0; at < requests.s3; at++) {
			const one = bench.fresh();
			const row = one.row();
			bench.s3.arm(at, { answer: 403, after });
			expect((await one.run()).status).toBe('error');
			bench.s3.arm();
			await settle(one, row);
		}
		for (let at = 1; at <= requests.siem; at++) {
			const one = bench.fresh();
			const row = one.row();
			siem.faults.add({ on: { nth: at }, do: after ? { reset: 'inBody' } : { status: 401 } });
			expect((await one.run()).status).toBe('error');
			siem.faults.clear();
			await settle(one, row);
		}
	}
	console.log(`${name}: R = ${JSON.stringify(requests)}, ${completed + failed} faults, ${sequels.played.size} different states and ${sequels.runs} runs that go on from them`);
	expect([completed, failed]).toEqual([0, 2 * (requests.s3 + requests.siem)]);
	await bench.stop();
}, 1_500_000);
