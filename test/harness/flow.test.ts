import { rmSync } from 'node:fs';
import { drawNode, drawWorkflow, fields } from './canvas';
import type { Engine } from './index';
import { singleNodeWorkflow, startEngine } from './index';
import { nodeSource, writePackage } from './packageOnDisk';

let engine: Engine;
let folder: string;

/** Counts its runs in the workflow's static data; throws after counting when its input says so. */
const counter = nodeSource(
	'Counter',
	'counter',
	`const memory = this.getWorkflowStaticData('global');
	memory.runs = (memory.runs ?? 0) + 1;
	if (this.getInputData()[0].json.fail) throw new Error('after counting');
	return [[{ json: { runs: memory.runs } }]];`,
);

beforeAll(async () => {
	folder = writePackage('n8n-nodes-probe', { nodes: { Counter: counter } });
	engine = await startEngine({ packageDirectory: folder });
});

afterAll(async () => {
	await engine.stop();
	rmSync(folder, { recursive: true });
});

describe('static data', () => {
	const count = async (workflow: ReturnType<typeof singleNodeWorkflow>, options = {}) => {
		const report = await engine.run(workflow, options);
		return report.staticData.global;
	};

	test('of one run is there in the next, also after a failure', async () => {
		const workflow = singleNodeWorkflow('n8n-nodes-probe.counter', {});
		expect(await count(workflow)).toEqual({ runs: 1 });
		expect(await count(workflow, { input: [{ json: { fail: true } }] })).toEqual({ runs: 2 });
		expect(await count(workflow)).toEqual({ runs: 3 });
	});

	test('begins with what the file holds, and is not kept by a manual run', async () => {
		const workflow = {
			...singleNodeWorkflow('n8n-nodes-probe.counter', {}),
			staticData: { global: { runs: 10 } },
		};
		expect(await count(workflow, { mode: 'manual' })).toEqual({ runs: 11 });
		expect(await count(workflow)).toEqual({ runs: 11 });
	});

	test('of overlapping runs is what the last one to finish wrote', async () => {
		const workflow = singleNodeWorkflow('n8n-nodes-probe.counter', {});
		await Promise.all([count(workflow), count(workflow)]);
		expect(await count(workflow)).toEqual({ runs: 2 });
	});
});

describe('a run starts', () => {
	const twoTriggers = drawWorkflow(
		'Two triggers',
		[
			drawNode('By hand', 'manualTrigger', 1),
			drawNode('Hourly', 'scheduleTrigger', 1.2, { rule: { interval: [{ field: 'hours' }] } }),
			drawNode('Next', 'noOp', 1),
		],
		[
			['By hand', 'Next'],
			['Hourly', 'Next'],
		],
	);

	test('at the schedule, with the item of a tick in the time zone of the workflow', async () => {
		const report = await engine.run({ ...twoTriggers, settings: { timezone: 'Asia/Kolkata' } });
		expect([report.ran('Hourly'), report.ran('By hand')]).toEqual([true, false]);
		expect(report.items('Next')[0].json).toMatchObject({
			timestamp: expect.stringMatching(/\+05:30$/),
			Timezone: 'Asia/Kolkata (UTC+05:30)',
		});
	});

	test('at the Manual Trigger when it is manual', async () => {
		const report = await engine.run(twoTriggers, { mode: 'manual', input: [{ json: { given: true } }] });
		expect([report.ran('Hourly'), report.ran('By hand')]).toEqual([false, true]);
		expect(report.items('Next')[0].json).toEqual({ given: true });
	});

	test('where it is told to, or says which nodes there are', async () => {
		const report = await engine.run(twoTriggers, { startAt: 'Next', input: [{ json: { a: 1 } }] });
		expect(Object.keys(report.runData)).toEqual(['Next']);
		await expect(engine.run(twoTriggers, { startAt: 'Nowhere' })).rejects.toThrow(
			'there is "By hand", "Hourly", "Next"',
		);
	});

	test('with pinned items only when it is manual', async () => {
		const pinned = { ...twoTriggers, pinData: { Next: [{ pinned: true }] } };
		const manual = await engine.run(pinned, { mode: 'manual' });
		const production = await engine.run(pinned, { input: [{ json: { pinned: false } }] });
		expect([manual, production].map((report) => report.items('Next')[0].json.pinned)).toEqual([true, false]);
	});

	test('a trigger that stands alone', async () => {
		const report = await engine.run(singleNodeWorkflow('n8n-nodes-base.errorTrigger', {}), {
			input: [{ json: { e: 1 } }],
		});
		expect(report.items('Node')).toMatchObject([{ json: { e: 1 } }]);
	});
});

test('a loop runs its nodes once for each batch, and the report keeps the runs apart', async () => {
	const workflow = drawWorkflow(
		'Loop',
		[
			drawNode('Start', 'manualTrigger', 1),
			drawNode('Batches', 'splitInBatches', 3, { batchSize: 2, options: {} }),
			drawNode('Each', 'set', 3.4, fields({ doubled: '={{ $json.n * 2 }}' })),
			drawNode('Done', 'noOp', 1),
		],
		[
			['Start', 'Batches'],
			['Batches', 0, 'Done', 0],
			['Batches', 1, 'Each', 0],
			['Each', 'Batches'],
		],
	);
	const report = await engine.run(workflow, { input: [1, 2, 3].map((n) => ({ json: { n } })) });
	const doubled = (run?: number) => report.items('Each', 0, run).map(({ json }) => json.doubled);
	expect([doubled(0), doubled(1), doubled()]).toEqual([['2', '4'], ['6'], ['6']]);
	expect(report.items('Done')).toHaveLength(3);
});

describe('a Wait node', () => {
	const waiting = (parameters: object) =>
		drawWorkflow(
			'Waiting',
			[
				drawNode('Start', 'manualTrigger', 1),
				drawNode('Wait', 'wait', 1.1, parameters),
				drawNode('After', 'noOp', 1),
			],
			[
				['Start', 'Wait'],
				['Wait', 'After'],
			],
		);
	const input = [{ json: { kept: 1 } }];

	test('that waits shortly lets the run go on by itself', async () => {
		const report = await engine.run(waiting({ amount: 0 }), { input });
		expect(report.items('After')).toMatchObject(input);
	});

	test('that waits long puts the run aside until it is resumed', async () => {
		const report = await engine.run(waiting({ amount: 3, unit: 'hours' }), { input });
		expect([report.status, report.ran('After')]).toEqual(['waiting', false]);
		const resumed = await report.resume?.();
		expect(resumed?.status).toBe('success');
		expect(resumed?.items('After')).toMatchObject(input);
	});
});

test('Remove Duplicates remembers items of earlier runs, until the engine stops', async () => {
	const workflow = singleNodeWorkflow(
		'n8n-nodes-base.removeDuplicates',
		{ operation: 'removeItemsSeenInPreviousExecutions', dedupeValue: '={{ $json.id }}', options: {} },
		{ typeVersion: 2 },
	);
	const kept = async (...ids: number[]) => {
		const report = await engine.run(workflow, { input: ids.map((id) => ({ json: { id } })) });
		return report.items('Node').map(({ json }) => json.id);
	};
	expect([await kept(1, 2), await kept(2, 3)]).toEqual([[1, 2], [3]]);
});

test('a workflow that runs longer than its own limit is cancelled', async () => {
	const workflow = singleNodeWorkflow(
		'n8n-nodes-base.wait',
		{ amount: 60 },
		{ typeVersion: 1.1, settings: { executionTimeout: 0.05 } },
	);
	const report = await engine.run(workflow);
	expect(report.status).toBe('canceled');
	await report.ended;
});

test('a node that asks for another workflow fails', async () => {
	const workflow = singleNodeWorkflow(
		'n8n-nodes-base.executeWorkflow',
		{ workflowId: { __rl: true, mode: 'id', value: 'other' }, options: {} },
		{ typeVersion: 1.2 },
	);
	const report = await engine.run(workflow);
	expect(report).toMatchObject({ status: 'error', lastNode: 'Node' });
});
