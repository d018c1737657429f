import type { INodeProperties } from 'n8n-workflow';

/** The days parameter of the operations that queue an export. */
export const days: INodeProperties = {
	displayName: 'Days',
	name: 'days',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: 365 },
	default: 1,
	description:
		'How many days back from now the export reaches. Daily schedules want 2: the window counts from the moment of the request, so a late run with 1 leaves a gap.',
};

/** The waiting controls, for the Options collection. */
export const waitOptions: INodeProperties[] = [
	{
		displayName: 'First Look After (Seconds)',
		name: 'pollInterval',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 5,
		description: 'Pause before the second look whether the export is ready; pauses double up to 30 seconds',
	},
	{
		displayName: 'Timeout (Seconds)',
		name: 'timeout',
		type: 'number',
		typeOptions: { minValue: 1, maxValue: 3600 },
		default: 600,
		description: 'How long to wait for the export; its UUID is in the message when it takes longer',
	},
];

/** Where a file goes. */
export const outputField: INodeProperties = {
	displayName: 'Output Data Field Name',
	name: 'binaryField',
	type: 'string',
	default: 'data',
	required: true,
	description: 'Name of the output field that gets the file',
};
