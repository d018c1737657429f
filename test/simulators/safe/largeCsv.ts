/** Audit exports of any size that nobody holds: made while they are downloaded. */
import type { StreamedBody } from '../answers';
import { createRandom } from '../random';
import { buildSafeRows } from '../tenant/safeRows';
import { buildSafeUsers } from '../tenant/safeUsers';
import { DEFAULT_AUDIT_CSV, writeAuditCsv } from './auditCsv';

/** A file that SAFE's simulator hands out in place of its rows (`largeCsv` of its options). */
export interface LargeCsv extends StreamedBody {
	/** How many records it holds, without the header. */
	rows: number;
}

/** What a large export holds. Times are epoch ms. */
export interface LargeCsvOptions {
	/** The file is at least so long, and at most one block longer. */
	bytes: number;
	/** The rows lie evenly from here on … */
	startsAt: number;
	/** … up to and including here. */
	endsAt: number;
	seed?: number;
}

/** How many different rows there are; then they come again with later times. */
const ROWS_PER_BLOCK = 8_000;
const TIMESTAMP_BYTES = '2026-01-15T10:07:31.000Z'.length;
const MINUTE_MS = 60_000;

/**
 * An export in the default form, oldest row first: the rows of a tenant again and again, each time with the times that come next, so that no two
 * rows are the same as long as the period has a millisecond for each. The same options give the same bytes. Throws RangeError when it has not.
 */
export function createLargeCsv({ bytes, startsAt, endsAt, seed = 1 }: LargeCsvOptions): LargeCsv {
	const { header, block, timesAt } = writeBlock(seed, endsAt);
	const blocks = Math.max(1, Math.ceil((bytes - header.length) / block.length));
	const rows = blocks * timesAt.length;
	if (endsAt - startsAt < rows) throw new RangeError(`The period has ${endsAt - startsAt} ms for ${rows} rows`);
	const stepMs = (endsAt - startsAt) / (rows - 1);
	return {
		rows,
		bytes: header.length + blocks * block.length,
		*parts() {
			yield header;
			const write = timestampWriter();
			for (let row = 0; row < rows; ) {
				// A new one each time: who sends it may hold it for a while.
				const part = Buffer.from(block);
				for (const at of timesAt) write(part, at, startsAt + Math.floor(row++ * stepMs));
				yield part;
			}
		},
	};
}

/** The bytes of one block of rows, and where in them the time of each row stands: at its beginning, in a fixed width. */
function writeBlock(seed: number, endMs: number): { header: Buffer; block: Buffer; timesAt: number[] } {
	const users = buildSafeUsers(140, endMs, createRandom(seed, 'users'));
	const rows = buildSafeRows(ROWS_PER_BLOCK, { startMs: endMs - 90 * 1440 * MINUTE_MS, endMs }, users, createRandom(seed, 'safeRows'));
	const header = writeAuditCsv([], DEFAULT_AUDIT_CSV);
	const lines = rows.map((row) => writeAuditCsv([row], DEFAULT_AUDIT_CSV).subarray(header.length));
	let at = 0;
	const timesAt = lines.map(({ length }) => (at += length) - length);
	return { header, block: Buffer.concat(lines), timesAt };
}

/** Writes times as the default form has them; only what changes within a minute is written digit by digit, which is many times faster. */
function timestampWriter(): (target: Buffer, at: number, atMs: number) => void {
	let minute = -1;
	let text = Buffer.alloc(TIMESTAMP_BYTES);
	return (target, at, atMs) => {
		const minuteOf = Math.floor(atMs / MINUTE_MS);
		if (minuteOf !== minute) {
			minute = minuteOf;
			text = Buffer.from(new Date(minute * MINUTE_MS).toISOString());
		}
		text.copy(target, at);
		const rest = atMs - minute * MINUTE_MS;
		const digits = [Math.floor(rest / 10_000), Math.floor(rest / 1000) % 10, -1, Math.floor(rest / 100) % 10, Math.floor(rest / 10) % 10, rest % 10];
		digits.forEach((digit, place) => {
			if (digit >= 0) target[at + 17 + place] = 48 + digit;
		});
	};
}
