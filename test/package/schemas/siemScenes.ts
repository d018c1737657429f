import { deliverTo, eventsOf, startTarget, TARGETS } from '../../nodes/SiemWebhook/receivers';
import { originOfNobody } from '../../nodes/servers';
import { jsonOf, type Stage } from './outputs';

/** Each destination takes what it can, refuses one event for good, and is lost once. */
export async function siemWebhook({ bench, outputs }: Stage): Promise<void> {
	for (const name of Object.keys(TARGETS)) {
		const events = [...eventsOf(25), { noId: true }];
		const target = await startTarget(bench, name, { poison: [String(events[13].eventId)] });
		const report = await deliverTo(bench, target, events, { onRejected: 'sendToFailed', options: { batchSize: 10 } });
		outputs.add('SiemWebhook', 'simplified', jsonOf(report));
		outputs.add('SiemWebhook', 'failed', jsonOf(report, 1));
	}
	const target = await startTarget(bench, 'generic');
	const lost = { ...target, credential: { ...target.credential, webhookUrl: await originOfNobody() } };
	const report = await deliverTo(bench, lost, eventsOf(3), { options: { attempts: 1 } }, { onError: 'continueRegularOutput' });
	outputs.add('SiemWebhook', 'error', jsonOf(report));
	outputs.add('SiemWebhook', 'failed', jsonOf(report, 1));
	const early = await deliverTo(bench, { ...target, parameters: { ...target.parameters, destination: 'sumo' } }, eventsOf(1), {}, { onError: 'continueRegularOutput' });
	outputs.add('SiemWebhook', 'failed', jsonOf(early, 1));
}
