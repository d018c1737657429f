/** Every operation of the SAFE nodes, by both ways to sign in, from both sets of endpoints, in every form of output: one row each. */
jest.mock('n8n-workflow', () => jest.requireActual('../time').withFreePauses(jest.requireActual('n8n-workflow')));

import { auditRecords } from '../../simulators/safe/auditCsv';
import { startWorld, type World } from '../../simulators';
import { SEED, useBench, type BenchRun, type NodeType } from '../bench';
import { leaks, secretsOf } from '../leaks';
import { DAY_MS, HOUR_MS, NOW } from '../time';

const bench = useBench();

const AUTHENTICATIONS = ['apiCredentials', 'accessToken'] as const;
const FAMILIES = ['reports', 'auditLogsExport'] as const;
const OUTPUTS = ['simplified', 'vendor', 'ecs', 'ocsf'] as const;

interface Row {
	node: NodeType;
	operation: string;
	authentication: (typeof AUTHENTICATIONS)[number];
	family?: (typeof FAMILIES)[number];
	output?: (typeof OUTPUTS)[number];
}

const ROWS: Row[] = AUTHENTICATIONS.flatMap((authentication) => [
	...FAMILIES.flatMap((family) => [
		...['getMany', 'getNew'].flatMap((operation) => OUTPUTS.map((output): Row => ({ node: 'safeAuditExport', operation, authentication, family, output }))),
		...['download', 'requestExport', 'getExport'].map((operation): Row => ({ node: 'safeAuditExport', operation, authentication, family })),
	]),
	...['getMany', 'get', 'enrich'].map((operation): Row => ({ node: 'safeUsers', operation, authentication })),
]);

let world: World;
const done: string[] = [];
const said = ({ node, operation, authentication, family, output }: Row) => [node, operation, authentication, family, output].filter(Boolean).join(' ');

beforeAll(async () => {
	jest.setSystemTime(NOW);
	world = await startWorld({ seed: SEED, endsAt: NOW, adminEvents: 0, safeRows: 300, users: 120, safe: { options: { readyAfterPolls: 1, auditLogs: { result: 'data' } } } });
});

afterAll(async () => {
	await world.close();
	console.log(`${done.length} combinations:\n${done.join('\n')}`);
});

async function run({ node, authentication, family, output }: Row, parameters: object, settings?: BenchRun) {
	const { region, baseUrl, username, password } = world.credentials.safeApi;
	const secret = authentication === 'apiCredentials' ? { username, password } : { accessToken: world.safe.issueToken() };
	const whole = { ...parameters, ...(output ? { output } : {}), ...(family ? { options: { apiFamily: family } } : {}) };
	const report = await bench.run(node, whole, { safeApi: { region, baseUrl, authentication, ...secret } }, settings);
	expect(report.error).toBeUndefined();
	expect(leaks([report, ...bench.logged], secretsOf(world))).toEqual([]);
	return report;
}

const rowsSince = (ms: number, untilMs = NOW) => world.safe.rows.filter(({ atMs }) => atMs > ms && atMs <= untilMs);

/** What a row is known by in each form. */
function actionOf(json: Record<string, unknown>): unknown {
	const { event, raw_data: raw } = json as { event?: { original?: string }; raw_data?: string };
	const original = (event?.original ?? raw) as string | undefined;
	return original === undefined ? (json.action ?? json.Action) : (JSON.parse(original) as { Action: string }).Action;
}

/** What shows the form. */
const FORMS: Record<(typeof OUTPUTS)[number], object> = {
	simplified: { eventId: expect.stringMatching(/^[0-9a-f]{64}(#\d+)?$/), eventTime: expect.stringMatching(/Z$/), severity: expect.any(String) },
	vendor: { Timestamp: expect.any(String), 'User ID': expect.any(String) },
	ecs: { event: expect.objectContaining({ dataset: 'safe_one.audit', id: expect.any(String) }), '@timestamp': expect.any(String) },
	ocsf: { class_uid: expect.any(Number), metadata: expect.objectContaining({ uid: expect.any(String), log_name: 'safe_one.audit' }), time: expect.any(Number) },
};

const OPERATIONS: Record<string, (row: Row) => Promise<void>> = {
	async getMany(row) {
		const items = (await run(row, { operation: 'getMany', days: 2, returnAll: true })).items('Node').map(({ json }) => json);
		const wanted = rowsSince(NOW - 2 * DAY_MS);
		expect(items.map(actionOf)).toEqual(wanted.map(({ action }) => action));
		for (const item of items) expect(item).toMatchObject(FORMS[row.output!]);
	},
	async getNew(row) {
		const report = await run(row, { operation: 'getNew', startFrom: 'last24Hours' }, { input: [{ name: 'safe-audit' }] });
		const items = report.items('Node').map(({ json }) => json);
		const { windowStart, windowEnd, emitted } = report.items('Node', 2)[0].json;
		const wanted = rowsSince(Date.parse(String(windowStart)) - 1, Date.parse(String(windowEnd)) - 1);
		expect(wanted.length).toBeGreaterThan(10);
		expect([items.length, emitted]).toEqual([wanted.length, wanted.length]);
		expect(items.map(actionOf).sort()).toEqual(wanted.map(({ action }) => action).sort());
		for (const item of items) expect(item).toMatchObject(FORMS[row.output!]);
		expect(report.items('Node', 1).length).toBeGreaterThan(1);
		expect(Date.parse(String(windowEnd))).toBeGreaterThan(NOW - 2 * HOUR_MS);
	},
	async download(row) {
		const report = await run(row, { operation: 'download', days: 2 });
		const stored = await report.binary(report.items('Node')[0]);
		const { csv, records } = world.safe.reportsRequested.at(-1)!;
		if (row.family === 'reports') expect(stored).toEqual(csv);
		else expect(JSON.parse(String(stored))).toMatchObject({ data: records });
		expect(records).toEqual(auditRecords(rowsSince(NOW - 2 * DAY_MS), world.safe.options.csv));
	},
	async requestExport(row) {
		const { json } = (await run(row, { operation: 'requestExport', days: 3 })).items('Node')[0];
		expect(world.safe.reportsRequested.at(-1)).toMatchObject({ uuid: json.uuid, days: 3, family: row.family });
	},
	async getExport(row) {
		const { json } = (await run(row, { operation: 'requestExport', days: 3 })).items('Node')[0];
		const look = async () => (await run(row, { operation: 'getExport', uuid: json.uuid })).items('Node')[0].json;
		expect(await look()).toEqual({ uuid: json.uuid, ready: false });
		expect(await look()).toMatchObject({ uuid: json.uuid, ready: true, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
	},
	async users(row) {
		const [user] = world.safe.users;
		const settings = { input: [{ who: user.uuid }] };
		const parameters = { getMany: { returnAll: true }, get: { user: { __rl: true, mode: 'id', value: user.uuid } }, enrich: { userIdField: 'who', outputField: 'user' } };
		const items = (await run(row, { operation: row.operation, ...parameters[row.operation as keyof typeof parameters] }, settings)).items('Node').map(({ json }) => json);
		if (row.operation === 'getMany') expect(items).toEqual(world.safe.users);
		else expect(items).toEqual([row.operation === 'get' ? user : { who: user.uuid, user: expect.objectContaining({ emailId: user.emailId }) }]);
	},
};

test.each(ROWS.map((row): [string, Row] => [said(row), row]))('%s works', async (name, row) => {
	jest.setSystemTime(NOW);
	await OPERATIONS[row.node === 'safeUsers' ? 'users' : row.operation](row);
	done.push(name);
});
