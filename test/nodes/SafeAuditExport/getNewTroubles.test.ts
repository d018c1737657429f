jest.mock('n8n-workflow', () => jest.requireActual('../time').withFreePauses(jest.requireActual('n8n-workflow')));

import type { FaultRule, SafeRow, World } from '../../simulators';
import { useBench } from '../bench';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../time';
import { auditRow, detailsOf, isManifest, Stage } from './sweepStage';

const bench = useBench();
/** A daily run at the workflow's own time. */
const T0 = Date.parse('2026-01-15T20:15:02.250Z');
const iso = (ms: number) => new Date(ms).toISOString();
const startStage = async (parameters = {}, safe = {}) =>
	new Stage(bench, await bench.world({ safeRows: 0, safe: { options: { readyAfterPolls: 0, ...safe } } }), parameters);
const add = ({ world }: Stage, ...rows: SafeRow[]) => world.safe.addRows(...rows);
const uuids = ({ world }: Stage) => world.safe.reportsRequested.map(({ uuid }) => uuid);
/** Column "Timestamp" shows the text in `userName`, so that a test can write times that cannot be read. */
const ownTimes = {
	columns: [
		{ name: 'Timestamp', field: 'userName' },
		{ name: 'Action', field: 'action' },
		{ name: 'Details', field: 'details' },
	],
} as const;
const noTimes = { columns: ownTimes.columns.slice(1) };

describe('an export that is not ready in time', () => {
	test('gives a Checkpoint item alone that holds its uuid; the next run takes it up and requests none', async () => {
		const stage = await startStage({}, { readyAfterPolls: Infinity });
		add(stage, auditRow(T0 - HOUR_MS, 'a row'));
		const waiting = await stage.run(T0);
		expect([waiting.events, waiting.files]).toEqual([[], []]);
		expect(waiting.checkpoint).toMatchObject({ fetched: 0, emitted: 0, windowStart: waiting.checkpoint.windowEnd });
		expect(waiting.state.pending).toMatchObject({ uuid: uuids(stage)[0], resumes: 0 });
		expect(waiting.hints).toContain(uuids(stage)[0]);
		stage.world.safe.options.readyAfterPolls = 0;
		const run = await stage.run(T0 + 30 * MINUTE_MS);
		expect(detailsOf(run)).toEqual(['a row']);
		expect(run.events[0].backfill).toBe(true);
		expect(run.state.pending).toBeUndefined();
		expect(uuids(stage)).toHaveLength(1);
	});

	test('stands for the time before its own request, whenever it is taken up; the rest comes with the next one', async () => {
		const stage = await startStage();
		await stage.run(T0);
		stage.world.safe.options.readyAfterPolls = Infinity;
		add(stage, auditRow(T0 + HOUR_MS, 'first day'));
		await stage.run(T0 + DAY_MS);
		stage.world.safe.options.readyAfterPolls = 0;
		add(stage, auditRow(T0 + 2 * DAY_MS - 2 * HOUR_MS, 'second day'));
		const resumed = await stage.run(T0 + 2 * DAY_MS - HOUR_MS);
		expect(resumed.state.through).toBe('2026-01-16T20:00:00.000Z');
		expect(detailsOf(resumed)).toEqual(['first day']);
		expect(detailsOf(await stage.run(T0 + 3 * DAY_MS))).toEqual(['second day']);
		expect(stage.archived()).toEqual(['first day', 'second day']);
	});

	test.each([
		['after three resumes', 6 * HOUR_MS, 4],
		['after 48 hours', DAY_MS + MINUTE_MS, 2],
	])('is dropped %s with a hint, and another is requested', async (_, everyMs, runs) => {
		const stage = await startStage({}, { readyAfterPolls: Infinity });
		for (let time = 0; time < runs; time++) {
			const run = await stage.run(T0 + time * everyMs);
			expect(run.state.pending).toMatchObject({ uuid: uuids(stage)[0], resumes: time });
		}
		expect(uuids(stage)).toHaveLength(1);
		add(stage, auditRow(T0 - HOUR_MS, 'a row'));
		stage.world.safe.options.readyAfterPolls = 0;
		const run = await stage.run(T0 + runs * everyMs);
		expect(run.hints).toContain(`SAFE never finished export ${uuids(stage)[0]}`);
		expect(uuids(stage)).toHaveLength(2);
		expect(detailsOf(run)).toEqual(['a row']);
	});
});

describe('an export that never comes', () => {
	const about = (uuid: string): Record<string, Array<[keyof World & ('safe' | 'storage'), FaultRule]>> => {
		const path = new RegExp(uuid);
		return {
			'is not known any more (400)': [['safe', { on: { path }, do: { status: 400, body: { success: false, message: `Report not found for report id:${uuid}` } } }]],
			'is not known any more (404)': [['safe', { on: { path }, do: { status: 404 } }]],
			'is refused in another way (410)': [['safe', { on: { path }, do: { status: 410 } }]],
			'is answered with 500': [['safe', { on: { path }, do: { status: 500 } }]],
			'has a link that is always too old': [['storage', { on: { path }, do: { expireLink: true } }]],
			'has a link that leads nowhere (404)': [['storage', { on: { path }, do: { status: 404 } }]],
			'has a file that is a web page': [['storage', { on: { path }, do: { html: true } }]],
			'has a file that breaks off': [['storage', { on: { path }, do: { truncateBody: true } }]],
		};
	};

	test.each(Object.keys(about('')))('because it %s does not stall collection: all is there four days later', async (name) => {
		for (const notReadyFirst of [false, true]) {
			const stage = await startStage({}, { readyAfterPolls: notReadyFirst ? Infinity : 0 });
			const strike = (uuid: string) => {
				for (const [system] of about(uuid)[name]) stage.world[system].faults.clear();
				for (const [system, rule] of about(uuid)[name]) stage.world[system].faults.add(rule);
			};
			// The first export is struck from the first look on, or once it is late already.
			if (!notReadyFirst) strike('[0-9a-f]{8}-[0-9a-f-]{27}');
			jest.setSystemTime(T0);
			const first = await stage.read();
			if (!first.error) stage.deliver(await stage.checked(first));
			stage.world.safe.options.readyAfterPolls = 0;
			strike(uuids(stage)[0]);
			for (let day = 0; day < 5; day++) {
				add(stage, auditRow(T0 + day * DAY_MS - HOUR_MS, `day ${day}`));
				jest.setSystemTime(T0 + day * DAY_MS + MINUTE_MS);
				const { row } = stage;
				const report = await stage.read();
				if (report.error) expect(stage.row).toBe(row);
				else stage.deliver(await stage.checked(report));
			}
			expect(stage.archived()).toEqual(['day 0', 'day 1', 'day 2', 'day 3', 'day 4']);
			expect(uuids(stage).length).toBeLessThanOrEqual(6);
		}
	});
});

describe('rows whose time cannot be read', () => {
	test.each([24, 0])('come once, and not again on the days that SAFE still sends them (Re-Read %i hours)', async (overlap) => {
		const stage = await startStage({ options: { overlap } }, { csv: ownTimes });
		for (let day = 0; day < 6; day++) {
			const atMs = T0 + day * DAY_MS - 6 * HOUR_MS;
			add(stage, auditRow(atMs, `odd ${day}`, { userName: 'yesterday' }), auditRow(atMs, `good ${day}`, { userName: iso(atMs) }));
			const run = await stage.run(T0 + day * DAY_MS);
			expect(detailsOf(run).sort()).toEqual([`good ${day}`, `odd ${day}`]);
		}
		expect(stage.archived()).toHaveLength(12);
	});

	test('end the run, rather than be repeated, when they are too many to remember', async () => {
		const stage = await startStage({ archiveFile: false }, { csv: ownTimes });
		add(stage, ...Array.from({ length: 12_000 }, (_, index) => auditRow(T0 - 6 * HOUR_MS, `row ${index}`, { userName: '31.12.2025 um drei' })));
		jest.setSystemTime(T0);
		const report = await stage.read();
		expect(report.error?.message).toMatch(/\(SAFE-TIME-COLUMN\)$/);
	});

	test('do not end a run whose memory is full of rows with times', async () => {
		const stage = await startStage({ archiveFile: false });
		add(stage, ...Array.from({ length: 12_000 }, (_, index) => auditRow(T0 - 20 * HOUR_MS + index * 5_000, `row ${index}`)));
		const run = await stage.run(T0);
		expect(run.hints).toContain('shorten "Re-Read"');
		expect((await stage.run(T0 + DAY_MS)).checkpoint).toMatchObject({ emitted: 0 });
	});
});

describe('a file without a time column', () => {
	test('is archived under the slot of the end of the window, each row once, and a hint asks for the column', async () => {
		const stage = await startStage({}, { csv: noTimes });
		for (let day = 0; day < 6; day++) {
			add(stage, ...[6, 20].map((hours) => auditRow(T0 + day * DAY_MS - hours * HOUR_MS, `${hours} on ${day}`)));
			const run = await stage.run(T0 + day * DAY_MS + day * MINUTE_MS);
			expect(detailsOf(run).sort()).toEqual([`20 on ${day}`, `6 on ${day}`]);
			expect(run.hints).toContain('No column was found for: time');
			const [file, manifest] = run.files;
			expect(file.key).toContain(`/day=${15 + day}/202601${15 + day}T190000Z_202601${15 + day}T200000Z_`);
			expect(isManifest(manifest)).toBe(true);
		}
		expect(stage.archived()).toHaveLength(12);
	});

	test('ends the run rather than let the memory shrink, and nothing is saved', async () => {
		const stage = await startStage({ archiveFile: false }, { csv: noTimes });
		add(stage, ...Array.from({ length: 12_000 }, (_, index) => auditRow(T0 - 6 * HOUR_MS, `row ${index}`)));
		jest.setSystemTime(T0);
		const report = await stage.read();
		expect(report.error?.message).toMatch(/\(SAFE-TIME-COLUMN\)$/);
		expect([0, 1, 2].flatMap((output) => report.items('Node', output))).toEqual([]);
	});

	test('is read by its times once the column is named, without loss', async () => {
		const columns = [{ name: 'When it was', field: 'timestamp' }, ...noTimes.columns] as const;
		const stage = await startStage({}, { csv: { columns } });
		add(stage, auditRow(T0 - 5 * HOUR_MS, 'one'));
		await stage.run(T0);
		add(stage, auditRow(T0 + 5 * HOUR_MS, 'two'));
		const run = await stage.run(T0 + DAY_MS, { options: { timestampColumn: 'when it was' } });
		expect(detailsOf(run)).toEqual(['two']);
	});
});

describe('a file without rows', () => {
	test.each([
		['a header alone', { columns: ownTimes.columns }],
		['nothing at all', { columns: [], newline: '' }],
	])('(%s) moves the position on, and later rows come', async (_, csv) => {
		const stage = await startStage({}, { csv });
		const usual = (await startStage()).world.safe.options.csv;
		const run = await stage.run(T0);
		expect(run.checkpoint).toMatchObject({ fetched: 0, emitted: 0, windowEnd: '2026-01-15T20:00:00.000Z' });
		expect(run.files.filter((file) => !isManifest(file))).toEqual([]);
		stage.world.safe.options.csv = usual;
		add(stage, auditRow(T0 + HOUR_MS, 'a row'), auditRow(T0 - HOUR_MS, 'late'));
		expect(detailsOf(await stage.run(T0 + DAY_MS)).sort()).toEqual(['a row', 'late']);
	});
});

describe('Enrich with SAFE Users', () => {
	test.each([403, 500])('fails the run when the user list is refused with %i, and the next one brings every row', async (status) => {
		const stage = await startStage({ enrichUsers: true });
		add(stage, auditRow(T0 - HOUR_MS, 'a row', { userId: String(stage.world.safe.users[3].uuid) }));
		stage.world.safe.faults.add({ on: { path: /users$/, times: 4 }, do: { status } });
		jest.setSystemTime(T0);
		const report = await stage.read();
		expect(report.status).toBe('error');
		expect([0, 1, 2].flatMap((output) => report.items('Node', output))).toEqual([]);
		stage.world.safe.faults.clear();
		const run = await stage.run(T0 + HOUR_MS);
		expect(run.events).toMatchObject([{ message: 'a row', safeUser: { uuid: stage.world.safe.users[3].uuid } }]);
	});
});

describe('Courtesy', () => {
	test.each([
		['refuses another request after 19 hours, with the time from which on it is allowed', 19 * HOUR_MS + 50 * MINUTE_MS, {}, 1],
		['allows one after 20 hours', 20 * HOUR_MS, {}, 2],
		['allows one at any time when the option says so', 2 * HOUR_MS, { allowFrequent: true }, 2],
	])('%s', async (_, laterMs, options, requests) => {
		const stage = await startStage();
		await stage.run(T0);
		add(stage, auditRow(T0 + HOUR_MS / 3, 'a row'));
		const run = await stage.run(T0 + laterMs, { options });
		expect(uuids(stage)).toHaveLength(requests);
		expect(detailsOf(run)).toEqual(requests === 2 ? ['a row'] : []);
		expect(run.hints.includes(`due after ${iso(T0 + 20 * HOUR_MS)}`)).toBe(requests === 1);
		expect(detailsOf(await stage.run(T0 + 2 * DAY_MS))).toEqual(requests === 2 ? [] : ['a row']);
	});
});
