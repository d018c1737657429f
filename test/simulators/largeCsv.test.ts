import { parse } from 'csv-parse/sync';

import { createTenant, startSafe, startStorage } from '.';
import { createLargeCsv, type LargeCsvOptions } from './safe/largeCsv';
import { ask } from './testClient';

const ENDS_AT = Date.parse('2026-01-15T10:00:00Z');
const OPTIONS: LargeCsvOptions = { bytes: 2_000_000, startsAt: ENDS_AT - 3_600_000, endsAt: ENDS_AT };

const whole = (options = OPTIONS) => Buffer.concat([...createLargeCsv(options).parts()]);

test('a large export is as long as it says, holds as many records as it says, and is the same each time', () => {
	const { bytes, rows } = createLargeCsv(OPTIONS);
	const file = whole();
	expect(file.length).toBe(bytes);
	expect(bytes).toBeGreaterThanOrEqual(OPTIONS.bytes);
	expect(parse(file, { columns: true })).toHaveLength(rows);
	expect(whole().equals(file)).toBe(true);
	expect(whole({ ...OPTIONS, seed: 2 }).equals(file)).toBe(false);
});

test('its rows are in time order over the whole period, and no two are the same', () => {
	const rows = parse(whole()) as string[][];
	const stamps = rows.slice(1).map(([stamp]) => stamp);
	expect([stamps[0], stamps.at(-1)]).toEqual([new Date(OPTIONS.startsAt).toISOString(), new Date(OPTIONS.endsAt).toISOString()]);
	expect(stamps).toEqual([...stamps].sort());
	expect(stamps.every((stamp) => new Date(stamp).toISOString() === stamp)).toBe(true);
	expect(new Set(rows.map((row) => row.join('\u0000'))).size).toBe(rows.length);
});

test('a period that has no millisecond for each row is refused', () => {
	expect(() => createLargeCsv({ ...OPTIONS, startsAt: ENDS_AT - 1000 })).toThrow('The period has 1000 ms for');
});

test('SAFE hands it out by a link like any report, byte for byte, as often as asked', async () => {
	const tenant = createTenant({ seed: 1, endsAt: ENDS_AT, adminEvents: 0, userEvents: 0, systemEvents: 0, safeRows: 5, users: 3 });
	const storage = await startStorage();
	const options = { readyAfterPolls: 0, largeCsv: createLargeCsv(OPTIONS) };
	const safe = await startSafe({ tenant, storage, credentials: { username: 'user', password: 'word' }, options });
	try {
		const headers = { authorization: `Bearer ${safe.issueToken()}`, 'content-type': 'application/json' };
		const body = JSON.stringify({ type: 'AUDIT_LOGS', format: 'csv', reportMeta: { days: 1 } });
		const queued = JSON.parse((await ask(`${safe.url}/api/v3/reports`, { method: 'POST', headers, body })).text) as { data: { uuid: string } };
		const ready = JSON.parse((await ask(`${safe.url}/api/v3/reports/${queued.data.uuid}`, { headers })).text) as { data: { preSignedUrl: string } };
		for (const _ of [1, 2]) {
			const { status, headers: given, bytes } = await ask(ready.data.preSignedUrl);
			expect([status, given['content-length']]).toEqual([200, String(options.largeCsv.bytes)]);
			expect(bytes.equals(whole())).toBe(true);
		}
	} finally {
		await Promise.all([safe.close(), storage.close()]);
	}
});
