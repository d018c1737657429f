import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { fixedClock, startWorld } from '../../simulators';
import { DAY_MS, HOUR_MS } from '../time';

const script = path.resolve(__dirname, '..', '..', 'workflows', 'sweep', 'processRun.ts');

/** A run in a process of its own, at that time by its clock. */
async function runAt(nowMs: number, parameters: object, credential: object) {
	const task = JSON.stringify({ nowMs, parameters, credential });
	const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script, task], { maxBuffer: 1e8 });
	const result = JSON.parse(/^RESULT (.*)$/m.exec(stdout)?.[1] ?? '{}') as { error?: string; files: Array<{ key: string; sha256: string }> };
	expect(result.error).toBeUndefined();
	return result.files;
}

test('a run that is repeated from one position writes the same keys and bytes, in two processes, an hour apart', async () => {
	const dayMs = Math.floor(Date.now() / DAY_MS) * DAY_MS;
	const clock = fixedClock(dayMs + 2 * HOUR_MS);
	const world = await startWorld({ seed: 5, endsAt: dayMs, adminEvents: 700, days: 5, clock });
	const run = async (hours: number, parameters: object) => {
		clock.set(dayMs + hours * HOUR_MS);
		return await runAt(clock.now(), parameters, world.credentials.securIdApi);
	};
	try {
		const parameters = {
			operation: 'getNew',
			checkpoint: JSON.stringify({ v: 1, name: 'securid-admin', revision: 3, through: new Date(dayMs - 3 * DAY_MS).toISOString(), seen: {} }),
			rewindTo: '',
			checkpointName: 'securid-admin',
			slot: '1d',
			events: 'all',
			output: 'simplified',
			options: {},
		};
		const [first, second] = [await run(2, parameters), await run(3, parameters)];
		expect(first).toHaveLength(4);
		expect(second).toEqual(first);
		const quarters = { ...parameters, slot: '15min' };
		const [early, later] = [await run(2, quarters), await run(3, quarters)];
		const objects = early.filter(({ key }) => !key.includes('/_manifest/'));
		expect(objects.length).toBeGreaterThan(10);
		for (const file of objects) expect(later).toContainEqual(file);
	} finally {
		await world.close();
	}
}, 480_000);
