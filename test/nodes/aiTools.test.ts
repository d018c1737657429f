import { createNodeAsTool } from 'n8n-core/dist/execution-engine/node-execution-context/utils/create-node-as-tool';
import type { INode, INodeProperties, INodeType } from 'n8n-workflow';
import { NodeHelpers } from 'n8n-workflow';
import { parseTime } from '../../nodes/shared/core/time';
import { SEED, useBench } from './bench';
import { leaks, secretsOf } from './leaks';
import { DAY_MS, NOW } from './time';

const bench = useBench();
const load = (file: string) => new (Object.values(require(`../../dist/nodes/${file}.node`) as Record<string, new () => INodeType>)[0])();
const NODES = { securIdAdminLog: 'SecurIdAdminLog/SecurIdAdminLog', safeAuditExport: 'SafeAuditExport/SafeAuditExport', safeUsers: 'SafeUsers/SafeUsers' };

/** What n8n's editor writes when a user lets the model define a field. */
const byModel = ({ displayName, type }: INodeProperties) =>
	`={{ /*n8n-auto-generated-fromAI-override*/ $fromAI('${displayName.replace(/[^\w-]+/g, '_')}', \`\`, '${type === 'number' || type === 'boolean' ? type : 'string'}') }}`;

/** A node as an agent gets it, with every field of the operation that a model can fill in left to the model. */
function asTool(name: keyof typeof NODES, fixed: Record<string, string>) {
	const nodeType = load(NODES[name]);
	const { properties } = nodeType.description;
	const defaults = NodeHelpers.getNodeParameters(properties, fixed, true, false, null, nodeType.description) ?? {};
	const shown = properties.filter((property) => NodeHelpers.displayParameter(defaults, property, null, nodeType.description));
	const open = shown.filter(({ type, noDataExpression }) => ['string', 'number', 'boolean', 'dateTime'].includes(type) && !noDataExpression);
	const left = Object.fromEntries(open.filter((property) => !(property.name in fixed)).map((property) => [property.name, byModel(property)]));
	const node: INode = { id: '1', name: nodeType.description.displayName, type: name, typeVersion: 1, position: [0, 0], parameters: { ...defaults, ...left, ...fixed } };
	const { response: tool } = createNodeAsTool({ node, nodeType, handleToolInvocation: async () => '' });
	return { tool, fields: Object.keys((tool.schema as unknown as { shape: object }).shape) };
}

describe('what an agent is told of a node', () => {
	test.each([
		['securIdAdminLog', { operation: 'getMany' }, /SecurID.*sign-ins, failed sign-ins, lockouts, changes/, ['Start_Time', 'End_Time', 'Return_All', 'Limit']],
		['safeAuditExport', { operation: 'getMany' }, /audit log of SAFE .*who signed in, and who changed what/, ['Days', 'Return_All', 'Limit', 'Enrich_with_SAFE_Users']],
		['safeUsers', { operation: 'getMany' }, /users of SAFE/, ['Return_All', 'Limit', 'Search_Key']],
	] as const)('%s says what it reads, and its fields say what they are', (name, fixed, description, fields) => {
		const { tool, fields: offered } = asTool(name, fixed);
		expect(tool.description).toMatch(description);
		expect(offered).toEqual(expect.arrayContaining([...fields]));
	});

	test.each(Object.keys(NODES) as Array<keyof typeof NODES>)('%s says of each field that a model may fill in what belongs there', (name) => {
		const vague = load(NODES[name]).description.properties.filter(
			({ type, description, displayName }) => ['string', 'number', 'boolean', 'dateTime'].includes(type) && !description && !['Limit', 'Start Date'].includes(displayName),
		);
		expect(vague.map(({ displayName }) => displayName)).toEqual([]);
	});
});

describe(`what an agent gets (tenant seed ${SEED})`, () => {
	const last = (events: ReadonlyArray<{ eventLogDate: string; activityKey: string; result: string }>) =>
		events.filter(({ eventLogDate, activityKey, result }) => (parseTime(eventLogDate) ?? 0) > NOW - DAY_MS && activityKey.startsWith('SIGNIN') && result.startsWith('FAIL'));

	test.each([
		['the times left out', {}],
		['the times as a model writes them', { startTime: new Date(NOW - DAY_MS).toISOString().replace('.000', ''), endTime: new Date(NOW).toISOString() }],
	])('the failed sign-ins of the last day, and nothing else: %s', async (_case, times) => {
		const world = await bench.world();
		const report = await bench.run('securIdAdminLog', { events: 'failedSignIns', ...times }, { securIdApi: world.credentials.securIdApi });
		const wanted = last(world.securId.events as never);
		expect(wanted.length).toBeGreaterThan(0);
		expect(report.items('Node').map(({ json }) => json.eventId)).toEqual(wanted.slice(0, 50).map((event) => String((event as never as { eventId: bigint }).eventId)));
	});

	test('at most 50 items of ten flat fields by default, and no secret in them', async () => {
		const world = await bench.world();
		const credentials = { securIdApi: world.credentials.securIdApi, safeApi: world.credentials.safeApi };
		for (const [name, parameters] of [['securIdAdminLog', { startTime: new Date(NOW - 80 * DAY_MS).toISOString() }], ['safeAuditExport', { days: 30 }], ['safeUsers', {}]] as const) {
			const report = await bench.run(name, { operation: 'getMany', ...parameters }, { [name === 'securIdAdminLog' ? 'securIdApi' : 'safeApi']: name === 'securIdAdminLog' ? credentials.securIdApi : credentials.safeApi });
			const items = report.items('Node').map(({ json }) => json);
			expect(items.length).toBeGreaterThan(0);
			expect(items.length).toBeLessThanOrEqual(50);
			for (const item of items) {
				expect(Object.keys(item).length).toBeLessThanOrEqual(10);
				expect(Object.values(item).filter((value) => typeof value === 'object' && value !== null)).toEqual([]);
			}
			expect(leaks([report], secretsOf(world))).toEqual([]);
		}
	});
});
