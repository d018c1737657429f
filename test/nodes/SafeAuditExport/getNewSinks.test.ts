/** safe-daily-audit-fan-out whole, over HTTP: one thing goes wrong at each request to S3, to the SIEM and to Slack. */
jest.mock('n8n-workflow', () => jest.requireActual('../time').withFreePauses(jest.requireActual('n8n-workflow')));

import { cpSync, rmSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Fault, LoggedRequest } from '../../simulators';
import { BUCKET, shipped, startTestWorld, type LocalWorld } from '../../workflows/world';
import { DAY_MS, HOUR_MS, MINUTE_MS, restartTime } from '../time';
import { auditRow } from './sweepStage';
import { startDoor, type Door, type S3Wrong } from './sweepDoor';

const SEED = 44;
const T0 = Date.parse('2026-01-15T20:15:02.250Z');
const TABLE = 'securid_safe_positions';

/** Requests of n8n's AWS S3 node for one object: location, start, part, list of parts, end. */
const STEPS = 5;
const S3_WRONGS: S3Wrong[] = (['before', 'after'] as const).flatMap((when) => ([403, 500, 503, 'reset', 'half', 'html'] as const).map((answer) => ({ when, answer })));
const WRONGS: Record<string, Fault> = {
	'400': { status: 400 },
	'401': { status: 401 },
	'429': { retryAfter: 1 },
	'500': { status: 500 },
	'reset before it was stored': { reset: 'before' },
	'reset after it was stored': { reset: 'inBody' },
	'cut answer after it was stored': { truncateBody: true },
};

let local: LocalWorld;
let door: Door;
let runs = 0;

beforeAll(async () => {
	restartTime();
	jest.setSystemTime(T0);
	local = await startTestWorld(SEED);
	local.world.safe.rows.length = 0;
	local.world.safe.options.readyAfterPolls = 0;
	door = await startDoor(local.s3.url);
});

afterAll(async () => {
	await door.close();
	await local.stop();
});

async function run(atMs: number) {
	jest.setSystemTime(atMs);
	runs++;
	local.world.safe.requests.length = 0;
	const credentials = { ...local.credentials, aws: { ...local.credentials.aws, s3Endpoint: door.url } };
	const workflow = shipped(local, 'safe-daily-audit-fan-out');
	// n8n takes a pause of 0 for its default of a second.
	const nodes = workflow.nodes.map((node) => ('waitBetweenTries' in node ? { ...node, waitBetweenTries: 1 } : node));
	return await local.engine.run({ ...workflow, nodes }, { credentials });
}

async function inS3(): Promise<{ details: string[]; refused: string[]; objects: Map<string, Buffer> }> {
	const objects = await local.s3.objects(BUCKET);
	const files = [...objects].filter(([key]) => !/\/_(manifest|dead-letters)\//.test(key));
	const details = files.flatMap(([, bytes]) => linesIn<{ Details: string }>(gunzipSync(bytes)).map(({ Details }) => Details));
	const letters = [...objects].filter(([key]) => key.includes('/_dead-letters/'));
	const refused = letters.flatMap(([, bytes]) => linesIn<{ event: { message: string; eventId: string } }>(bytes).map(({ event }) => nameOf(event)));
	return { details: details.sort(), refused, objects };
}

const linesIn = <Line>(bytes: Buffer) => bytes.toString().split('\n').filter(Boolean).map((line) => JSON.parse(line) as Line);
const nameOf = ({ message, eventId }: { message?: unknown; eventId?: unknown }) => `${String(message)} ${String(eventId)}`;

/** What the SIEM took, and what it refused for good and is kept for it: each event once. */
const settled = (refused: string[]) => [...new Set([...local.world.siem.events.map(({ event }) => nameOf(event)), ...refused])].map((text) => text.replace(/ [^ ]*$/, '')).sort();

test(`any single fault at a sink, and clean runs on the next days: nothing is missing, nothing twice, nothing replaced (seed ${SEED})`, async () => {
	const { safe, siem, slack } = local.world;
	const start = [20, 20, 3].map((hours) => auditRow(T0 - hours * HOUR_MS, `first ${hours}`));
	safe.addRows(...start);
	expect((await run(T0)).error).toBeUndefined();
	const rowAtStart = { ...local.engine.dataTables.rows(TABLE)[0] };
	const s3Folder = `${local.s3.directory}/${BUCKET}`;
	cpSync(s3Folder, `${local.s3.directory}-start`, { recursive: true });
	const siemAtStart = [...siem.events];
	const rows = [...start, ...[20, 20, 9, 4.2, 4.2, 4.2].map((hours) => auditRow(T0 + DAY_MS - hours * HOUR_MS, `second ${hours}`, { action: 'User login failed' }))];
	const restore = () => {
		safe.rows.splice(0, Infinity, ...rows);
		const { checkpoint, revision, rewindTo } = rowAtStart;
		local.engine.dataTables.editRow(TABLE, Number(rowAtStart.id), { checkpoint, revision, rewindTo });
		rmSync(s3Folder, { recursive: true });
		cpSync(`${local.s3.directory}-start`, s3Folder, { recursive: true });
		siem.events.splice(0, Infinity, ...siemAtStart);
	};
	restore();
	door.strike();
	const seenBefore = { siem: siem.requests.length, slack: slack.requests.length };
	expect((await run(T0 + DAY_MS)).error).toBeUndefined();
	const made = { s3: [...door.seen], siem: siem.requests.slice(seenBefore.siem), slack: slack.requests.slice(seenBefore.slack) };
	const requests = made.s3.length + made.siem.length + made.slack.length;

	const strikes: Array<{ name: string; strike: () => void }> = [];
	made.s3.forEach((what, at) => {
		// Every wrong at each step of the dialogue for the first object and for the last one, the manifest; one of each `when` elsewhere.
		const whole = at < STEPS || at >= made.s3.length - STEPS;
		const kinds = whole ? S3_WRONGS : S3_WRONGS.filter((_, index) => index % 6 === at % 6);
		for (const wrong of kinds) strikes.push({ name: `${wrong.answer} ${wrong.when} S3 request ${at} (${what})`, strike: () => door.strike(at, wrong) });
		const lasting = S3_WRONGS[(at * 5) % S3_WRONGS.length];
		strikes.push({ name: `${lasting.answer} ${lasting.when} S3 request ${at} and all after (${what})`, strike: () => door.strike(at, lasting, true) });
	});
	for (const [name, wrong] of Object.entries(WRONGS)) {
		const each = (system: 'siem' | 'slack', list: LoggedRequest[]) =>
			list.forEach((_, at) => {
				strikes.push({ name: `${name} at ${system} ${at}`, strike: () => void local.world[system].faults.add({ on: { nth: at + 1 }, do: wrong }) });
				strikes.push({ name: `${name} at ${system}, lasting`, strike: () => void local.world[system].faults.add({ on: {}, do: wrong }) });
			});
		each('siem', made.siem);
		each('slack', made.slack);
	}

	const wrong: string[] = [];
	let [wentWell, failed] = [0, 0];
	let lettersSeen = false;
	const played = new Set<string>();
	for (const { name, strike } of strikes) {
		restore();
		door.strike();
		strike();
		const report = await run(T0 + DAY_MS);
		door.strike();
		siem.faults.clear();
		slack.faults.clear();
		const row = local.engine.dataTables.rows(TABLE)[0];
		if (report.error) failed++;
		else wentWell++;
		if (report.error && row.checkpoint !== rowAtStart.checkpoint) wrong.push(`${name}: failed, and the position moved`);
		const before = (await inS3()).objects;
		const state = JSON.stringify([row.revision, [...before.keys()], siem.events.map(({ id }) => id)]);
		if (played.has(state)) continue;
		played.add(state);
		for (const atMs of [T0 + DAY_MS + 20 * MINUTE_MS, T0 + 2 * DAY_MS]) {
			const next = await run(atMs);
			if (next.error) wrong.push(`${name}: then ${next.error.message}`);
		}
		const { details, refused, objects } = await inS3();
		const owed = rows.map((each) => each.details).sort();
		for (const [key, bytes] of before) if (!objects.get(key)?.equals(bytes)) wrong.push(`${name}: ${key} was replaced`);
		if (details.join() !== owed.join()) wrong.push(`${name}: S3 holds ${details.join()}`);
		if (settled(refused).join() !== owed.join()) wrong.push(`${name}: the SIEM and the dead letters hold ${settled(refused).join()}`);
		lettersSeen ||= refused.length > 0;
	}
	console.log(`R = ${requests} requests to sinks, ${strikes.length} faults, ${runs} runs, ${played.size} different states; ${wentWell} ended well, ${failed} failed`);
	expect(wrong).toEqual([]);
	expect(lettersSeen).toBe(true);
	expect(requests).toBeGreaterThanOrEqual(20);
	expect(wentWell).toBeGreaterThan(20);
	expect(failed).toBeGreaterThan(10);
}, 1_500_000);
