/** Job e: how time and memory grow with the events. */
import { expectEqual, type Bed, type Contender } from '../bed';
import { atMost, type JobResult } from '../results';
import { count, digits, megabytes, seconds, times } from '../statistics';

const DAY_MS = 86_400_000;
const WARM_UP_EVENTS = 2_000;
/** One run's worth per day (Max Events is 50,000), so that each run is cut by events, not by slots. */
const EVENTS_PER_DAY = 50_000;

export async function scalingJob(bed: Bed): Promise<JobResult> {
	const sizes = bed.quick ? [1_000, 10_000] : [10_000, 100_000, 1_000_000];
	const most = sizes[sizes.length - 1] + WARM_UP_EVENTS;
	const days = Math.ceil(most / EVENTS_PER_DAY);
	// Old enough that all slots have closed.
	const endsAt = Date.now() - DAY_MS / 24;
	const plan = { securId: { events: most, days, endsAt, latencyMs: 0 }, splunk: { latencyMs: 0 } };
	return await bed.inWorld(plan, async ({ info, api }) => {
		const { securId, splunk } = info;
		if (securId === undefined || splunk === undefined) throw new Error('The simulators were not started');
		const startOf = async (events: number) => new Date((await api.newest(events)).afterMs).toISOString();
		const warmUpStartsAt = await startOf(WARM_UP_EVENTS);
		const startsAt = await Promise.all(sizes.map(startOf));
		const side = (index: number): Contender<'collectAndDeliver'> => ({
			label: `${count(sizes[index])} events`,
			variant: 'collectAndDeliver',
			settings: { securId, splunk, startsAt: startsAt[index], warmUpStartsAt },
			rounds: sizes[index] >= 1_000_000 ? 1 : undefined,
			before: api.takeArrived,
			check: async ({ facts }) => {
				const arrived = await api.takeArrived();
				if (facts.events < sizes[index]) throw new Error(`Only ${facts.events} of ${sizes[index]} events were collected`);
				expectEqual('events archived', facts.archived, facts.events);
				expectEqual('events that arrived', arrived.events, facts.events);
				expectEqual('different events that arrived', arrived.distinctIds, facts.events);
			},
		});
		const sides = sizes.map((_, index) => side(index));
		const found = await bed.alternate('Scaling', Object.fromEntries(sides.map((one) => [one.label, one])));
		const measured = sides.map(({ label }, index) => {
			const { seconds: taken, aboveIdleBytes, runs } = found[label];
			const { events, runs: executions, files } = runs[0].facts;
			return { label, taken, executions, files, events, aboveIdleBytes, micros: (taken / events) * 1e6, bytesEach: aboveIdleBytes / events, rounds: runs.length, index };
		});
		const rows = measured.map(({ label, rounds, executions, files, taken, micros, aboveIdleBytes, bytesEach, index }) => {
			const before = measured[index - 1];
			const growth = before ? [times(micros / before.micros), times(bytesEach / before.bytesEach)] : ['', ''];
			return [label, `${rounds}`, count(executions), count(files), seconds(taken), `${digits(micros)} µs`, growth[0], megabytes(aboveIdleBytes), `${count(bytesEach)} B`, growth[1]];
		});
		const worst = (each: 'micros' | 'bytesEach') => Math.max(...measured.slice(1).map((step, index) => step[each] / measured[index][each]));
		return {
			title: `Scaling: ${sizes.map((size) => count(size)).join(', ')} events through archive and SIEM`,
			text: [
				'SecurID Admin Log (Get New, 15-minute slots, at most 50,000 events a run: the defaults) writes its archive files and gives its events to SIEM Webhook, which sends them to Splunk HEC; run after run from the saved position until all is collected, as a schedule does it. The servers answer without delay.',
				'Time and peak memory above idle, whole and per event; "growth" is that per event ÷ that of the row before. Memory stays where a run of 50,000 events brings it.',
			],
			tables: [{ head: ['', 'rounds', 'executions', 'archive files', 'time', 'per event', 'growth', 'peak memory above idle', 'per event', 'growth'], rows }],
			targets: [
				atMost('10 × the events: time (worst step)', 11, worst('micros') * 10, times),
				atMost('… peak memory per event (worst step)', 1, worst('bytesEach'), times),
			],
			charts: [
				{
					name: 'bench-scaling-time',
					title: 'Time per event, SecurID → archive + SIEM',
					unit: 'microseconds per event, level is good',
					bars: measured.map(({ label, micros }) => ({ label, value: micros, text: `${digits(micros)} µs`, ours: true })),
				},
				{
					name: 'bench-scaling-memory',
					title: 'Peak memory above idle, SecurID → archive + SIEM',
					unit: 'megabytes, level is good',
					bars: measured.map(({ label, aboveIdleBytes }) => ({ label, value: aboveIdleBytes / 1e6, text: megabytes(aboveIdleBytes), ours: true })),
				},
			],
			profile: { subject: sides[1].label, functions: await bed.profile('Scaling', sides[1]) },
		};
	});
}
