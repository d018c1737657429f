import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { eventFilter } from '../shared/mapping/securid';
import { readList } from '../shared/n8n/parameters';
import { securIdFailure } from '../shared/securid/failures';
import type { SecurIdEvent } from '../shared/securid/types';

/** Which events are wanted: a preset, or activity keys by name. */
export const eventProperties: INodeProperties[] = [
	{
		displayName: 'Events',
		name: 'events',
		type: 'options',
		options: [
			{ name: 'All', value: 'all', description: 'Everything administrators and the system did' },
			{ name: 'Custom', value: 'custom', description: 'The activity keys you name' },
			{ name: 'Failed Sign-Ins', value: 'failedSignIns', description: 'SIGNIN events that did not succeed' },
			{ name: 'Lockouts', value: 'lockouts', description: 'Administrator accounts locked and unlocked' },
			{ name: 'Sign-Ins', value: 'signIns', description: 'Sign-ins, failed sign-ins, second factors and sign-outs' },
		],
		default: 'all',
	},
	{
		displayName: 'Activity Keys',
		name: 'activityKeys',
		type: 'string',
		default: '',
		placeholder: 'e.g. EDIT_POLICY, ADD_ADMIN_API_KEY',
		description: 'Comma-separated list of activity keys, as they stand in "activityKey" of a vendor record',
		displayOptions: { show: { events: ['custom'] } },
	},
];

/** Reads the two. Out: whether an event is wanted. Throws `Failure` when Custom names no key. */
export function readEventFilter(context: IExecuteFunctions, itemIndex: number): (event: SecurIdEvent) => boolean {
	const events = context.getNodeParameter('events', itemIndex, 'all') as string;
	const keys = events === 'custom' ? readList(context.getNodeParameter('activityKeys', itemIndex, '')) : [];
	if (events === 'custom' && keys.length === 0) throw securIdFailure('SECURID-EVENTS');
	return eventFilter(events, keys);
}
