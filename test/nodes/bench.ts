/** The bench that the tests of the nodes share: n8n's engine with dist, one world of simulators, and what a run gave away. */
import { inspect, types } from 'node:util';
import { singleNodeWorkflow, startEngine, type Engine, type RunOptions, type RunReport, type SingleNodeOptions } from '../harness';
import { ExecuteContext } from 'n8n-core';
import type { INodeExecutionData } from 'n8n-workflow';
import { startWorld, type World, type WorldOptions } from '../simulators';
import { NOW, restartTime } from './time';

export type Credentials = Record<string, Record<string, unknown>>;

export interface Bench {
	engine: Engine;
	/** Runs one node of this package on the given credentials; without items, on one empty item. */
	run(type: NodeType, parameters: object, credentials: Credentials, options?: BenchRun): Promise<RunReport>;
	/** Starts a world that ends with the test. */
	world(options?: Partial<WorldOptions>): Promise<World>;
	/** What n8n logged in this test. */
	logged: string[];
	/** Ends with the test; for servers of the test's own. */
	endWithTest(end: () => unknown): void;
}

export type NodeType = 'safeAuditExport' | 'safeUsers' | 'securIdAdminLog' | 'siemWebhook';

export interface BenchRun extends SingleNodeOptions, Pick<RunOptions, 'cancelAfter'> {
	input?: Array<object | INodeExecutionData>;
}

export const SEED = 20_260_115;

/** Small enough that a world starts at once. */
const SMALL = { seed: SEED, endsAt: NOW, adminEvents: 700, userEvents: 300, systemEvents: 150, safeRows: 400, users: 140 };

/**
 * Under jest, errors that Node itself makes (a reset connection) come from another realm, so that `instanceof Error`, which is true
 * for them in n8n, is false for them here. This makes it true again.
 */
function takeNodesErrorsForErrors(): void {
	const usual = Function.prototype[Symbol.hasInstance];
	Object.defineProperty(Error, Symbol.hasInstance, {
		value(this: unknown, thing: unknown) {
			return usual.call(this as typeof Error, thing) || (this === Error && types.isNativeError(thing));
		},
	});
}

/** Registers the bench for the tests of one file; call it at the top of the file. */
export function useBench(): Bench {
	const ends: Array<() => unknown> = [];
	const bench: Bench = {
		// SAFETY: set before the first test.
		engine: undefined as unknown as Engine,
		logged: [],
		async run(type, parameters, credentials, { input, cancelAfter, ...settings } = {}) {
			const workflow = singleNodeWorkflow(`n8n-nodes-safe-securid.${type}`, parameters, settings);
			const items = input?.map((item) => ('json' in item ? (item as INodeExecutionData) : { json: { ...item } }));
			return await bench.engine.run(workflow, { credentials, input: items as INodeExecutionData[], cancelAfter });
		},
		async world(options = {}) {
			const world = await startWorld({ ...SMALL, ...options });
			ends.push(world.close);
			return world;
		},
		endWithTest: (end) => ends.push(end),
	};
	beforeAll(async () => {
		takeNodesErrorsForErrors();
		bench.engine = await startEngine();
		// The logger that nodes get; the getter needs no execution.
		const { logger } = ExecuteContext.prototype;
		for (const level of ['error', 'warn', 'info', 'debug'] as const) {
			jest.spyOn(logger, level).mockImplementation((message: string, data?: object) => {
				bench.logged.push(`${level} ${message} ${inspect(data, { depth: 8 })}`);
			});
		}
	});
	beforeEach(() => {
		restartTime();
		bench.logged.length = 0;
	});
	afterEach(async () => {
		for (const end of ends.splice(0).reverse()) await end();
	});
	afterAll(async () => await bench.engine.stop());
	return bench;
}
