/** From SecurID through the archive to a SIEM, run after run until everything is collected, as a schedule does it. */
import type { RunReport, WorkflowFile } from '../../../test/harness';
import type { WorldInfo } from '../simulators';
import { inARow, openEngine, OWN, type Facts, type Variant } from './workflow';

export interface ScalingSettings {
	securId: NonNullable<WorldInfo['securId']>;
	splunk: NonNullable<WorldInfo['splunk']>;
	/** ISO 8601: where the first run starts, when measured and for warming up. */
	startsAt: string;
	warmUpStartsAt: string;
}

/** Enough for a million events by runs of 50,000 (the default of Max Events), and an end for a position that stands still. */
const MOST_RUNS = 100;

export async function collectAndDeliver({ securId, splunk, startsAt, warmUpStartsAt }: ScalingSettings): Promise<Variant> {
	const engine = await openEngine();
	const credentials = { securIdApi: securId.credential, siemWebhookApi: splunk.credential };
	const collect = async (startFromDate: string): Promise<Facts> => {
		const sums = { events: 0, archived: 0, delivered: 0, files: 0, runs: 0 };
		let checkpoint = '';
		for (let caughtUp = false; !caughtUp; ) {
			if (sums.runs++ === MOST_RUNS) throw new Error('The position did not catch up');
			const report = await engine.run(fanOut(startFromDate, checkpoint), { credentials });
			const saved = report.items('Get new events', 2)[0].json;
			checkpoint = String(saved.checkpoint);
			caughtUp = saved.more !== true;
			add(sums, report);
		}
		return sums;
	};
	return {
		warmUp: async () => await collect(warmUpStartsAt),
		run: async () => {
			const sums = await collect(startsAt);
			return () => sums;
		},
		stop: engine.stop,
	};
}

function fanOut(startFromDate: string, checkpoint: string): WorkflowFile {
	const source = {
		...{ operation: 'getNew', log: 'admin', events: 'all', checkpoint, rewindTo: '', checkpointName: 'bench', slot: '15min' },
		...{ startFrom: 'dateTime', startFromDate, output: 'simplified', archiveFile: true, options: {} },
	};
	return inARow(
		['Get new events', `${OWN}.securIdAdminLog`, 1, source],
		['Deliver', `${OWN}.siemWebhook`, 1, { destination: 'splunkHec', onRejected: 'stop', options: {} }],
	);
}

function add(sums: Facts, report: RunReport): void {
	const files = report.items('Get new events', 1).map(({ json }) => json);
	const archived = files.filter(({ key }) => !String(key).includes('/_manifest/'));
	sums.events += report.items('Get new events').length;
	sums.archived += archived.reduce((sum, { count }) => sum + Number(count), 0);
	sums.delivered += report.items('Deliver').reduce((sum, { json }) => sum + Number(json.count), 0);
	sums.files += archived.length;
}
