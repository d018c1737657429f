import type { INodeProperties } from 'n8n-workflow';
import { includeOriginal, output } from '../shared/n8n/descriptions';
import { doorProperties } from './door';
import { eventProperties } from './events';
import { pagingOptions } from './reading';

/** The trigger's panel. */
export const triggerProperties: INodeProperties[] = [
	{
		displayName:
			'The position moves on when an execution starts, not when it ends well: if a later node fails, retry that execution. For delivery that must survive a failing sink, use the workflow securid-admin-log-fan-out.',
		name: 'promiseNotice',
		type: 'notice',
		default: '',
	},
	...doorProperties,
	...eventProperties('triggerOn', 'Trigger On', { admin: 'failedSignIns', user: 'failedAuthentications', system: 'failures' }),
	{
		displayName: 'First Poll Starts From',
		name: 'startFrom',
		type: 'options',
		options: [
			{ name: 'Date', value: 'dateTime', description: 'The date and time you choose' },
			{ name: 'Last 24 Hours', value: 'last24Hours', description: 'One day before the first poll' },
			{ name: 'Now', value: 'now', description: 'Nothing of the past' },
			{ name: 'Oldest', value: 'oldest', description: 'All that SecurID keeps: 90 days, of the user log 40' },
		],
		default: 'now',
		description: 'Matters once, when the workflow is published for the first time or the node was renamed',
	},
	{
		displayName: 'Start Date',
		name: 'startFromDate',
		type: 'dateTime',
		default: '',
		displayOptions: { show: { startFrom: ['dateTime'] } },
	},
	output,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			includeOriginal,
			{
				displayName: 'Max Events',
				name: 'maxEvents',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: 5000,
				description: 'A poll that has found this many hands them out; the next one goes on there',
			},
			...pagingOptions,
			{
				displayName: 'Re-Read (Minutes)',
				name: 'overlap',
				type: 'number',
				typeOptions: { minValue: 0 },
				default: 10,
				description: 'How far each poll reaches back to find events that arrived late',
			},
			{
				displayName: 'Wait for Late Events (Minutes)',
				name: 'settlingLag',
				type: 'number',
				typeOptions: { minValue: 0 },
				default: 2,
				description: 'How old an event has to be before it is handed out',
			},
		],
	},
];
