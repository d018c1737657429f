/**
 * One thing goes wrong, everywhere it can, while Get New reads the user or the system log: other paths, another list, another retention.
 * The rest as in singleFaults.test.ts, which sweeps the admin log over more histories.
 */
jest.mock('n8n-workflow', () => ({ ...jest.requireActual<object>('n8n-workflow'), sleep: async () => {} }));

import { floorToSlot } from '../../../nodes/shared/checkpoint/slots';
import { isFailure } from '../../../nodes/shared/core/failure';
import { DAY_MS, FIRST_ROW, type Happening, type LogName, MINUTE_MS, RETENTION_MS } from '../../unit/checkpoint/collector';
import { arrive, CLOCK_STEPS, type History } from './histories';
import { Refused, type Refusal, Stage } from './stage';
import { strikeAt, WRONGS as ADMIN_WRONGS } from './strikes';

const NOW = Date.parse('2026-01-15T20:07:31.250Z');
const PAGE_SIZE = 10;

let made = 0;
const happen = (atMs: number, count: number): Happening[] =>
	Array.from({ length: count }, () => ({ id: String(7_000_000_000_000_000_000n + BigInt(made++)), atMs, visibleMs: atMs }));

/** As for the admin log, but for the list of another name, which is emptied whatever it is called. */
const WRONGS: typeof ADMIN_WRONGS = {
	...ADMIN_WRONGS,
	'an empty page': (honest) => {
		const members = Object.entries(JSON.parse(honest.body) as object).map(([name, value]) => [name, Array.isArray(value) ? [] : (value as unknown)]);
		return { ...honest, headers: {}, body: JSON.stringify(Object.fromEntries(members)) };
	},
};

/** A position saved at a boundary, known events before it, ties, midnights and the retention's edge behind it. */
async function behind(log: LogName, fromMs: number): Promise<History> {
	const midnightMs = Math.floor(NOW / DAY_MS) * DAY_MS;
	const inside = [fromMs, fromMs + MINUTE_MS, midnightMs - 1, midnightMs, NOW - 40 * MINUTE_MS].filter((atMs) => atMs >= fromMs);
	const events = [...happen(fromMs - 9 * MINUTE_MS, 5), ...happen(fromMs - 1, 3), ...inside.flatMap((atMs) => happen(atMs, 14)), ...happen(NOW - 2_000, 4)];
	const startFromDate = new Date(fromMs - 3_600_000).toISOString();
	const parameters = { log, startFrom: 'dateTime', startFromDate, options: { pageSize: PAGE_SIZE } };
	const stage = new Stage(events, FIRST_ROW, parameters);
	await stage.catchUp(fromMs + 2 * MINUTE_MS);
	return { nowMs: NOW, fromMs, stage };
}

const HISTORIES: Record<string, (log: LogName) => Promise<History>> = {
	'three days behind': async (log) => await behind(log, Date.parse('2026-01-13T12:00:00Z')),
	'at the edge of the retention': async (log) => await behind(log, floorToSlot(NOW - RETENTION_MS[log] + 45 * MINUTE_MS, '15min')),
};

interface Fault {
	name: string;
	strike?: Parameters<Stage['read']>[1];
	refusal?: Refusal;
}

async function faultsOf({ stage, nowMs }: History): Promise<Fault[]> {
	const clean = await stage.copy().read(nowMs);
	const reads = Array.from({ length: clean.outcome.requests.length }, (_, at) => at);
	const sinks = Array.from({ length: Stage.sinkRequests(clean) }, (_, at) => at);
	return [
		...reads.flatMap((at) => Object.entries(WRONGS).flatMap(([name, wrong]) => [false, true].map((lasting) => ({ name: `${name} at ${at}`, strike: strikeAt(at, wrong, lasting) })))),
		...sinks.flatMap((at) => [false, true].map((after) => ({ name: `sink request ${at} refused`, refusal: { at, after } }))),
	];
}

/** Out: whether the struck attempt ended well; if not, nothing has moved. */
async function attempt(stage: Stage, nowMs: number, { strike, refusal }: Fault): Promise<boolean> {
	const { row } = stage;
	try {
		await stage.runThrough(nowMs, strike, refusal);
		return true;
	} catch (error) {
		if (!(error instanceof Refused) && !isFailure(error)) throw error;
		if (refusal?.after !== true) expect(stage.row).toBe(row);
		return false;
	}
}

describe.each<[LogName]>([['user'], ['system']])('Get New of the %s log', (log) => {
	test.each(Object.keys(HISTORIES).flatMap((name) => Object.entries(CLOCK_STEPS).map(([step, ms]) => [name, step, ms] as const)))(
		'%s: any single fault, and the next attempt %s: nothing is missing, nothing twice, nothing replaced',
		async (name, _step, stepMs) => {
			const history = await HISTORIES[name](log);
			const faults = await faultsOf(history);
			let [wentWell, failed] = [0, 0];
			const done = new Set<string>();
			for (const fault of faults) {
				const stage = history.stage.copy();
				if (await attempt(stage, NOW, fault)) wentWell++;
				else failed++;
				// What follows depends on the row, the objects and the SIEM alone, so equal ones are played once.
				if (done.has(stage.fingerprint())) continue;
				done.add(stage.fingerprint());
				const changed = arrive({ ...history, stage }, NOW + stepMs);
				for (const ms of [NOW, NOW + stepMs]) changed.add(floorToSlot(ms - RETENTION_MS[log], '15min'));
				await stage.catchUp(NOW + stepMs);
				await stage.catchUp(NOW + stepMs + DAY_MS);
				stage.check(changed);
			}
			console.log(`${log}, ${name}: ${faults.length} faults, ${wentWell} attempts ended well, ${failed} failed`);
			expect(wentWell).toBeGreaterThan(10);
			expect(failed).toBeGreaterThan(50);
		},
		480_000,
	);
});
