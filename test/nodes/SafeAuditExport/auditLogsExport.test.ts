jest.mock('n8n-workflow', () => jest.requireActual('../time').withFreePauses(jest.requireActual('n8n-workflow')));

import type { World } from '../../simulators';
import { auditRecords } from '../../simulators/safe/auditCsv';
import type { AuditLogsForm } from '../../simulators/safe/auditLogs';
import { SEED, useBench } from '../bench';
import { leaks, secretsOf } from '../leaks';
import { DAY_MS, HOUR_MS, NOW } from '../time';
import { auditRow, detailsOf, Stage } from './sweepStage';

const bench = useBench();
const start = async (auditLogs: Partial<AuditLogsForm> = {}, more: object = {}) =>
	await bench.world({ safe: { options: { readyAfterPolls: 0, auditLogs, ...more } } });

const run = async (world: World, parameters: object = {}, options: object = {}) =>
	await bench.run(
		'safeAuditExport',
		{ returnAll: true, days: 2, output: 'vendor', ...parameters, options: { apiFamily: 'auditLogsExport', ...options } },
		{ safeApi: world.credentials.safeApi },
	);

const records = ({ safe }: World) =>
	auditRecords(
		safe.rows.filter(({ atMs }) => atMs > NOW - 2 * DAY_MS && atMs <= NOW),
		safe.options.csv,
	);

/** What the fake answers to the question for an export, whatever was asked. */
const answering = async (body: unknown) => {
	const world = await start();
	world.safe.faults.add({ on: { method: 'GET', path: /audit-logs/ }, do: { status: 200, body } });
	return world;
};

describe(`Get Many from "Audit Logs Export" (tenant seed ${SEED})`, () => {
	const RESULTS: Array<AuditLogsForm['result']> = [
		...(['data.preSignedUrl', 'url', 'linkText', 'csv', 'csvInData', 'list', 'data', 'logs', 'data.logs', 'values', 'ndjson'] as const),
	];
	test.each(RESULTS)('gives every event once when SAFE answers in the form "%s"', async (result) => {
		const world = await start({ result });
		const report = await run(world);
		expect(report.items('Node').map(({ json }) => json)).toEqual(records(world));
		expect(report.items('Node').length).toBeGreaterThan(50);
	});

	test('gives every event once when JSON stands behind the link', async () => {
		const world = await start({ linked: 'json' });
		expect((await run(world)).items('Node').map(({ json }) => json)).toEqual(records(world));
	});

	test.each<AuditLogsForm['uuid']>(['data.uuid', 'uuid', 'data.id', 'id', 'data', 'text'])('finds the uuid in the form "%s"', async (uuid) => {
		const world = await start({ uuid });
		const report = await run(world, { operation: 'requestExport' });
		expect(report.items('Node')[0].json).toMatchObject({ uuid: world.safe.reportsRequested[0].uuid, days: 2 });
	});

	test.each(['days', 'reportMeta', 'number'] as const)('sends the days in the form that the user chose: %s', async (body) => {
		const world = await start({ body });
		const wrong = await run(world, {}, { daysForm: body === 'days' ? 'number' : 'days' });
		expect(wrong.error?.message).toMatch(/\(SAFE-400-REQUEST\)$/);
		expect((await run(world, {}, { daysForm: body })).items('Node')).toHaveLength(records(world).length);
		expect(world.safe.reportsRequested.map(({ family, days }) => [family, days])).toEqual([['auditLogsExport', 2]]);
	});

	test('gives the same ids as a report of the same rows, so that a change of the endpoints repeats nothing', async () => {
		const world = await start({ result: 'list' });
		const idsOf = async (apiFamily: string) =>
			(await run(world, { output: 'simplified' }, { apiFamily })).items('Node').map(({ json }) => json.eventId);
		expect(await idsOf('auditLogsExport')).toEqual(await idsOf('reports'));
	});

	test('keeps nested members as JSON and long numbers digit for digit, and finds the usual columns', async () => {
		const world = await answering([
			{ timestamp: '2026-01-15T10:00:00Z', userId: 12345678901234567890n.toString(), action: 'Integration updated', details: { name: 'a', tags: [1, null] } },
			{ timestamp: '2026-01-15T10:00:01Z', action: 'Signed in', extra: null, ok: true },
		]);
		const [first, second] = (await run(world)).items('Node').map(({ json }) => json);
		expect(first).toEqual({ timestamp: '2026-01-15T10:00:00Z', userId: '12345678901234567890', action: 'Integration updated', details: '{"name":"a","tags":[1,null]}' });
		expect(second).toEqual({ timestamp: '2026-01-15T10:00:01Z', action: 'Signed in', extra: '', ok: 'true' });
		const [simple] = (await run(world, { output: 'simplified' })).items('Node').map(({ json }) => json);
		expect(simple).toMatchObject({ eventTime: '2026-01-15T10:00:00.000Z', action: 'Integration updated', message: '{"name":"a","tags":[1,null]}' });
	});

	test.each([[[]], [{ data: [] }], [{ logs: [], total: 0 }]])('takes %j for an export without events', async (body) => {
		const report = await run(await answering(body));
		expect([report.status, report.items('Node')]).toEqual(['success', []]);
	});
});

describe('what "Audit Logs Export" cannot be understood in', () => {
	test.each([
		[{ data: { items: [{ a: 'secret-value' }] }, ok: true }, '{ data: { items: list of { a: string } }, ok: boolean }'],
		[{ result: { rows: 3, cells: { x: 'secret-value' } } }, '{ result: { rows: number, cells: { x: string } } }'],
		[[1, 2], 'list of number'],
		[[['secret-value']], 'list of list of string'],
		['secret-value', 'text without columns'],
	])('is shown by names and types alone: %j', async (body, shape) => {
		const world = await answering(body);
		const report = await run(world);
		expect(report.error?.message).toMatch(/^SAFE answered in a form that is not known: .* \(SAFE-EXPORT-SHAPE\)$/);
		expect(report.error?.description).toContain(`report the shape seen: ${shape}.`);
		expect(JSON.stringify([report.error?.message, report.error?.description])).not.toContain('secret-value');
		expect(leaks([report, ...bench.logged], secretsOf(world))).toEqual([]);
	});

	test('an answer to the request without a uuid is shown the same way, and no second export is queued', async () => {
		const world = await start();
		world.safe.faults.add({ on: { method: 'POST', path: /audit-logs/ }, do: { status: 200, body: { accepted: true, job: { number: 7 } } } });
		const report = await run(world);
		expect(report.error?.description).toContain('{ accepted: boolean, job: { number: number } }');
		expect(world.safe.requests.filter(({ path }) => path.includes('audit-logs'))).toHaveLength(1);
	});

	test.each([[{ status: 'IN_PROGRESS' }], [{ success: true, data: { progress: 40 } }], ['']])('%j counts as not ready yet, and the message says what was seen', async (body) => {
		const report = await run(await answering(body), {}, { timeout: 1, pollInterval: 1 });
		expect(report.error?.message).toMatch(/has not finished report .* \(SAFE-REPORT-NOT-READY\)$/);
		expect(report.error?.description).toMatch(/Last answer: (HTTP 200 with \{ .* \}|an empty answer)\.$/);
	});

	test('half of a JSON list is never taken for a whole one', async () => {
		const report = await run(await answering('[{"a":1},{"a":2}'));
		expect(report.error?.message).toMatch(/\(SAFE-REPORT-NOT-READY\)$/);
		expect(report.error?.description).toMatch(/Last seen: .*not complete JSON \(SAFE-BODY-JSON\)/);
	});

	test('a list nested beyond all measure is answered by a message, too', async () => {
		const report = await run(await answering(`[${'['.repeat(5_000)}${']'.repeat(5_000)}]`));
		expect(report.error?.message).toMatch(/\(SAFE-BODY-SIZE\)$/);
		expect(report.error?.description).toContain('Limit: 500 levels of nesting.');
	});
});

describe('the other operations on "Audit Logs Export"', () => {
	test('Download stores the file behind the link, and an answer with the events in it, byte for byte', async () => {
		for (const result of ['data.preSignedUrl', 'csv'] as const) {
			const world = await start({ result });
			const report = await run(world, { operation: 'download' });
			expect(await report.binary(report.items('Node')[0])).toEqual(world.safe.reportsRequested[0].csv);
		}
	});

	test('Get Export looks where the export was requested', async () => {
		const world = await start();
		const [{ json }] = (await run(world, { operation: 'requestExport' })).items('Node');
		const found = await run(world, { operation: 'getExport', uuid: json.uuid });
		expect(found.items('Node')[0].json).toMatchObject({ ready: true, fileSize: world.safe.reportsRequested[0].csv.length });
		const elsewhere = await run(world, { operation: 'getExport', uuid: json.uuid }, { apiFamily: 'reports' });
		expect(elsewhere.items('Node')[0].json).toMatchObject({ ready: false });
	});

	test('Get New resumes an unfinished export where it was requested, also after the option was changed', async () => {
		const options = { apiFamily: 'auditLogsExport' };
		const world = await bench.world({ safeRows: 0, safe: { options: { readyAfterPolls: Infinity, auditLogs: { result: 'logs' } } } });
		const stage = new Stage(bench, world, { options });
		const atMs = Date.parse('2026-01-15T20:15:02.250Z');
		world.safe.addRows(auditRow(atMs - HOUR_MS, 'a row'));
		const waiting = await stage.run(atMs);
		expect(waiting.state.pending).toMatchObject({ family: 'auditLogsExport' });
		world.safe.options.readyAfterPolls = 0;
		options.apiFamily = 'reports';
		expect(detailsOf(await stage.run(atMs + HOUR_MS))).toEqual(['a row']);
		expect(world.safe.reportsRequested).toHaveLength(1);
	});
});
