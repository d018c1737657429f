import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drawNode, drawWorkflow } from './canvas';
import type { Engine } from './index';
import { singleNodeWorkflow, startEngine } from './index';
import { nodeSource, writePackage } from './packageOnDisk';

const TABLE = 'positions';
let engine: Engine;
let folder: string;

beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), 'data-tables-'));
});

beforeEach(async () => {
	engine = await startEngine();
});

afterEach(async () => await engine.stop());

afterAll(() => rmSync(folder, { recursive: true }));

const create = (tableName = TABLE, options: object = { createIfNotExists: true }) => ({
	resource: 'table',
	operation: 'create',
	tableName,
	columns: {
		column: [
			{ name: 'name', type: 'string' },
			{ name: 'revision', type: 'number' },
			{ name: 'rewindTo', type: 'date' },
		],
	},
	options,
});

type Condition = [column: string, condition: string, value?: unknown];

const onRows = (operation: string, conditions: Condition[], value: object = {}, more: object = {}) => ({
	resource: 'row',
	operation,
	dataTableId: { __rl: true, mode: 'name', value: TABLE },
	matchType: 'allConditions',
	filters: {
		conditions: conditions.map(([keyName, condition, keyValue]) => ({ keyName, condition, keyValue })),
	},
	columns: {
		mappingMode: 'defineBelow',
		value,
		matchingColumns: [],
		schema: Object.keys(value).map((id) => ({
			id,
			displayName: id,
			type: 'string',
			display: true,
			removed: false,
		})),
	},
	options: {},
	...more,
});

/** Runs the Data Table node once, and gives its items or fails with its message. */
async function dataTable(parameters: object, using: Engine = engine) {
	const report = await using.run(
		singleNodeWorkflow('n8n-nodes-base.dataTable', parameters, { typeVersion: 1.1 }),
	);
	if (report.error) throw new Error(report.error.message);
	return report.items('Node').map(({ json }) => json);
}

describe('a table', () => {
	test('is made once and then reused', async () => {
		const [made] = await dataTable(create());
		const [reused] = await dataTable(create());
		expect([reused.id, reused.name]).toEqual([made.id, TABLE]);
		await expect(dataTable(create(TABLE, {}))).rejects.toThrow(
			"Data table with name 'positions' already exists",
		);
	});

	test('is looked up by a part of its name, the one changed last first', async () => {
		const [wanted] = await dataTable(create());
		const [other] = await dataTable(create('positions_old'));
		const read = (id: string) =>
			dataTable(
				onRows(
					'upsert',
					[['name', 'eq', 'a']],
					{ name: 'a' },
					{ dataTableId: { __rl: true, mode: 'id', value: id } },
				),
			);
		await read(String(other.id));
		await dataTable(onRows('upsert', [['name', 'eq', 'by name']], { name: 'by name' }));
		expect(engine.dataTables.rows('positions_old').map(({ name }) => name)).toEqual(['a', 'by name']);
		await read(String(wanted.id));
		expect(engine.dataTables.rows(TABLE).map(({ name }) => name)).toEqual(['a']);
	});

	test('that is gone is named', async () => {
		await expect(dataTable(onRows('get', []))).rejects.toThrow('Data table with name "positions" not found');
	});

	test('is refused to other nodes than those n8n allows', async () => {
		const body =
			'return [[{ json: { id: (await this.helpers.getDataTableAggregateProxy()).getProjectId() } }]];';
		const probe = writePackage('n8n-nodes-probe', { nodes: { Probe: nodeSource('Probe', 'probe', body) } });
		const other = await startEngine({ packageDirectory: probe });
		const report = await other.run(singleNodeWorkflow('n8n-nodes-probe.probe', {}));
		await other.stop();
		rmSync(probe, { recursive: true });
		expect(report.error?.message).toContain('only available for Data table nodes');
	});
});

describe('a row', () => {
	beforeEach(async () => await dataTable(create()));

	test('is made with empty cells by an upsert of its name alone, and found by the next one', async () => {
		const upsert = onRows('upsert', [['name', 'eq', 'a']], { name: 'a' });
		const [made] = await dataTable(upsert);
		expect(made).toMatchObject({ id: 1, name: 'a', revision: null, rewindTo: null });
		expect(await dataTable(upsert)).toMatchObject([{ id: 1 }]);
		expect(engine.dataTables.rows(TABLE)).toHaveLength(1);
	});

	test('is updated only where all conditions hold, of which equality with null means empty', async () => {
		engine.dataTables.addRow(TABLE, { name: 'a' });
		const save = (seen: unknown, revision: number) =>
			dataTable(
				onRows(
					'update',
					[
						['name', 'eq', 'a'],
						['revision', 'eq', seen],
					],
					{ revision },
				),
			);
		expect(await save(7, 8)).toEqual([]);
		expect(await save('={{ null }}', 1)).toMatchObject([{ revision: 1 }]);
		expect(await save('={{ null }}', 2)).toEqual([]);
		expect(await save(1, 2)).toMatchObject([{ revision: 2 }]);
	});

	test('is hit by any one condition unless all are asked for', async () => {
		for (const name of ['a', 'b', 'c']) engine.dataTables.addRow(TABLE, { name, revision: 1 });
		const conditions: Condition[] = [
			['name', 'eq', 'a'],
			['name', 'eq', 'b'],
		];
		expect(
			await dataTable(onRows('update', conditions, { revision: 2 }, { matchType: 'anyCondition' })),
		).toHaveLength(2);
		expect(engine.dataTables.rows(TABLE).map(({ revision }) => revision)).toEqual([2, 2, 1]);
	});

	test('shows dates as text when read, and takes them as text', async () => {
		await dataTable(onRows('insert', [], { name: 'a', rewindTo: '2026-11-01T10:00:00+01:00' }));
		expect(engine.dataTables.rows(TABLE)[0].rewindTo).toEqual(new Date('2026-11-01T09:00:00Z'));
		const [read] = await dataTable(onRows('get', [['rewindTo', 'lt', '2026-11-02']]));
		expect(read).toMatchObject({
			rewindTo: '2026-11-01T09:00:00.000Z',
			createdAt: expect.stringMatching(/Z$/),
		});
	});

	test('edited by a person is what the next run reads', async () => {
		const { id } = engine.dataTables.addRow(TABLE, { name: 'a', revision: 1 });
		engine.dataTables.editRow(TABLE, id, { revision: 5 });
		expect(await dataTable(onRows('get', [['revision', 'gte', 5]]))).toMatchObject([{ id, revision: 5 }]);
		expect(() => engine.dataTables.editRow(TABLE, 99, { revision: 1 })).toThrow('has no row 99');
		expect(() => engine.dataTables.editRow('nowhere', id, {})).toThrow(
			'There is no data table "nowhere"; there is "positions"',
		);
	});

	test.each<[string, Condition, string[]]>([
		['eq', ['name', 'eq', 'b'], ['b']],
		['neq, which an empty cell is', ['revision', 'neq', 2], ['a', 'c_%', '']],
		['gt, which an empty cell never is', ['revision', 'gt', 0], ['a', 'b']],
		['lte', ['revision', 'lte', 1], ['a']],
		['like, by letter case', ['name', 'like', 'B'], []],
		['ilike', ['name', 'ilike', 'B'], ['b']],
		['like, with wildcards', ['name', 'like', 'c%'], ['c_%']],
		['isEmpty, of text', ['name', 'isEmpty'], ['']],
		['isNotEmpty, of a number', ['revision', 'isNotEmpty'], ['a', 'b']],
	])('is found by %s', async (_case, condition, names) => {
		for (const [name, revision] of [
			['a', 1],
			['b', 2],
			['c_%', null],
			['', null],
		] as const) {
			engine.dataTables.addRow(TABLE, { name, revision });
		}
		const found = await dataTable(onRows('get', [condition], {}, { returnAll: true }));
		expect(found.map(({ name }) => name)).toEqual(names);
	});

	test('is deleted, and its id not used again', async () => {
		engine.dataTables.addRow(TABLE, { name: 'a' });
		expect(await dataTable(onRows('deleteRows', [['name', 'eq', 'a']]))).toMatchObject([{ id: 1 }]);
		expect(engine.dataTables.addRow(TABLE, { name: 'b' }).id).toBe(2);
	});

	test.each<[string, object, string]>([
		['an unknown column', onRows('insert', [], { other: 1 }), "unknown column name 'other'"],
		[
			'a value of another type',
			onRows('insert', [], { revision: 'many' }),
			"value 'many' does not match column type 'number'",
		],
		['an update without a condition', onRows('update', [], { revision: 1 }), 'At least 1 field is required'],
		[
			'a condition on an unknown column',
			onRows('get', [['other', 'eq', 1]]),
			'Column(s) "other" do not exist',
		],
	])('is refused with %s', async (_case, parameters, message) => {
		await expect(dataTable(parameters)).rejects.toThrow(message);
		expect(engine.dataTables.rows(TABLE)).toEqual([]);
	});
});

test('tables kept in a file are there for the next engine', async () => {
	const dataTablesFile = join(folder, 'tables.json');
	const first = await startEngine({ dataTablesFile });
	await dataTable(create(), first);
	first.dataTables.addRow(TABLE, { name: 'a', rewindTo: new Date('2026-11-01T00:00:00Z') });
	const second = await startEngine({ dataTablesFile });
	expect(second.dataTables.rows(TABLE)).toEqual(first.dataTables.rows(TABLE));
	expect(second.dataTables.addRow(TABLE, { name: 'b' }).id).toBe(2);
	expect(await dataTable(onRows('get', [['rewindTo', 'eq', '2026-11-01T00:00:00Z']]), second)).toMatchObject([
		{ name: 'a' },
	]);
	await Promise.all([first.stop(), second.stop()]);
	expect(engine.dataTables.rows(TABLE)).toEqual([]);
});

test('a position that another run has moved meanwhile stops the run', async () => {
	const workflow = drawWorkflow(
		'Compare and set',
		[
			drawNode('Start', 'manualTrigger', 1),
			drawNode('Make table', 'dataTable', 1.1, create()),
			drawNode('Read', 'dataTable', 1.1, onRows('upsert', [['name', 'eq', 'a']], { name: 'a' })),
			drawNode('Deliver', 'noOp', 1),
			drawNode(
				'Save',
				'dataTable',
				1.1,
				onRows(
					'update',
					[
						['name', 'eq', 'a'],
						['revision', 'eq', '={{ $("Read").first().json.revision }}'],
					],
					{
						revision: '={{ ($("Read").first().json.revision ?? 0) + 1 }}',
					},
				),
				{ alwaysOutputData: true },
			),
			drawNode('Saved?', 'if', 2.2, {
				conditions: {
					options: { caseSensitive: true, leftValue: '', typeValidation: 'strict', version: 2 },
					combinator: 'and',
					conditions: [
						{
							id: 'c',
							leftValue: '={{ $json.id }}',
							rightValue: '',
							operator: { type: 'number', operation: 'exists', singleValue: true },
						},
					],
				},
				options: {},
			}),
			drawNode('Stop', 'stopAndError', 1, { errorMessage: 'Position not saved' }),
		],
		[
			['Start', 'Make table'],
			['Make table', 'Read'],
			['Read', 'Deliver'],
			['Deliver', 'Save'],
			['Save', 'Saved?'],
			['Saved?', 1, 'Stop', 0],
		],
	);
	const revision = () => engine.dataTables.rows(TABLE)[0].revision;
	expect((await engine.run(workflow)).status).toBe('success');
	expect((await engine.run(workflow)).status).toBe('success');
	expect(revision()).toBe(2);
	const raced = await engine.run(workflow, {
		onNodeFinished: (name) => {
			if (name === 'Deliver') engine.dataTables.editRow(TABLE, 1, { revision: 9 });
		},
	});
	expect(raced).toMatchObject({
		status: 'error',
		lastNode: 'Stop',
		error: { message: 'Position not saved' },
	});
	expect(revision()).toBe(9);
});
