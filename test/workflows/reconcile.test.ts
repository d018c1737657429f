import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { BUCKET, shipped, startTestWorld, type LocalWorld } from './world';

const NAME = 'reconcile';
const DAY_MS = 86_400_000;

let local: LocalWorld;
let day: string;
let count: number;

beforeEach(async () => {
	local = await startTestWorld(48, { midHour: true });
	const startMs = Math.floor(Date.now() / DAY_MS) * DAY_MS - 2 * DAY_MS;
	day = new Date(startMs).toISOString().slice(0, 10);
	const ofDay = local.world.securId.events.filter(({ atMs }) => atMs >= startMs && atMs < startMs + DAY_MS);
	count = new Set(ofDay.map(({ eventId }) => eventId)).size;
	// The archive of the day, made by the collector itself.
	const collector = shipped(local, 'securid-admin-log-fan-out');
	const getNew = collector.nodes.find(({ name }) => name === 'Get new events');
	Object.assign(getNew?.parameters ?? {}, { startFrom: 'dateTime', startFromDate: new Date(startMs).toISOString() });
	expect((await local.engine.run(collector, { credentials: local.credentials })).status).toBe('success');
	local.world.slack.messages.length = 0;
});

afterEach(async () => {
	await local.stop();
});

const run = async () => await local.engine.run(shipped(local, NAME, { day }), { credentials: local.credentials });

/** Changes the lines of the day's first archive object on the disk of the embedded S3, as a hand would. */
function editArchive(edit: (lines: string[]) => string[]): void {
	const [year, month, date] = day.split('-');
	const folder = path.join(local.s3.directory, BUCKET, `audit/source=securid-admin/year=${year}/month=${month}/day=${date}`);
	const [name] = readdirSync(folder).filter((file) => file.endsWith('._S3rver_object')).sort();
	const file = path.join(folder, name);
	const lines = gunzipSync(readFileSync(file)).toString().split('\n').filter(Boolean);
	writeFileSync(file, gzipSync(`${edit(lines).join('\n')}\n`));
}

it('says that SecurID and S3 agree, with both counts', async () => {
	const report = await run();
	expect(report.error).toBeUndefined();
	expect(count).toBeGreaterThan(20);
	expect(local.world.slack.messages.map(({ shown }) => shown.split('\n'))).toEqual([[`:white_check_mark: ${day} UTC: SecurID ${count} = S3 ${count}`, expect.stringContaining('Open this run in n8n')]]);
});

it('finds one event that was removed from the archive by hand', async () => {
	let removed = '';
	editArchive(([first, ...rest]) => {
		removed = String((JSON.parse(first) as { eventId: string }).eventId);
		return [...rest, ...(rest.length === 0 ? [first.replace(removed, '1')] : [])];
	});
	await run();
	const [{ shown }] = local.world.slack.messages;
	expect(shown).toContain(`Missing from S3: ${removed}`);
	expect(shown).toContain('≠');
	expect(shown).toContain('write a time before them into rewindTo');
	expect(shown).toContain('Open this run in n8n');
});

it('finds one event that was added to the archive by hand', async () => {
	editArchive((lines) => [...lines, '{"eventId":"9223372036854775807"}']);
	await run();
	const [{ shown }] = local.world.slack.messages;
	expect(shown).toContain(`SecurID ${count} ≠ S3 ${count + 1}`);
	expect(shown).toContain('In S3, unknown to SecurID: 9223372036854775807');
	expect(shown).not.toContain('Missing');
});

it('says what is missing when the archive of the day is gone', async () => {
	rmSync(path.join(local.s3.directory, BUCKET), { recursive: true });
	const [year] = day.split('-');
	expect(year).toHaveLength(4);
	const report = await run();
	expect(report.status).toBe('error');
	expect(report.lastNode).toBe('List the day in S3');
});

it('agrees about a day without events', async () => {
	local.world.securId.events.length = 0;
	day = '2026-01-01';
	await run();
	const shown = local.world.slack.messages.map((message) => message.shown.split('\n')[0]);
	expect(shown).toEqual([`:white_check_mark: 2026-01-01 UTC: SecurID 0 = S3 0`]);
});
