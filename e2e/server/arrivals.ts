import { setInterval } from 'node:timers';
import type { World } from '../../test/simulators';

const LOOK_EVERY_MS = 1000;

/** Prints what arrives at Slack and the SIEM from now on, and what arrived before, as lines. */
export function showArrivals({ slack, siem }: World): void {
	const shown = { slack: 0, siem: 0 };
	const time = () => new Date().toISOString().slice(11, 19);
	const look = () => {
		for (const { channelName, shown: text } of slack.messages.slice(shown.slack)) {
			console.log(`${time()}  Slack #${channelName}\n${text.split('\n').map((line) => `            │ ${line}`).join('\n')}`);
		}
		const batches = siem.batches.slice(shown.siem);
		if (batches.length > 0) console.log(`${time()}  SIEM  ${batches.reduce((sum, { ids }) => sum + ids.length, 0)} events in ${batches.length} post(s)`);
		shown.slack = slack.messages.length;
		shown.siem = siem.batches.length;
	};
	setInterval(look, LOOK_EVERY_MS).unref();
}
