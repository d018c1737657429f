import { type INodeProperties, updateDisplayOptions } from 'n8n-workflow';

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

/** Which endpoints give the export, for the Options collection. */
export const endpointOptions: INodeProperties[] = [
	{
		displayName: 'Days Are Sent As',
		name: 'daysForm',
		type: 'options',
		options: [
			{ name: 'Number', value: 'number', description: 'The bare number, e.g. 2' },
			{ name: 'Object with Days', value: 'days', description: 'For example {"days": 2}' },
			{ name: 'Object with Report Meta', value: 'reportMeta', description: 'For example {"reportMeta": {"days": 2}}, as for reports' },
		],
		default: 'days',
		description: 'Body of the request to "Audit Logs Export", of which SAFE publishes no sample',
	},
	{
		displayName: 'SAFE Endpoints',
		name: 'apiFamily',
		type: 'options',
		options: [
			{
				name: 'Audit Logs Export',
				value: 'auditLogsExport',
				description: '/api/v3/audit-logs/export, whose answers SAFE does not document: a link, CSV and JSON events are taken, anything else is shown by its shape',
			},
			{ name: 'Reports', value: 'reports', description: '/api/v3/reports, which gives a CSV file' },
		],
		default: 'reports',
		description: 'Which of SAFE\'s two ways to export the audit log is used',
	},
];

/** Whether there are items at all. */
export const itemsOutput: INodeProperties = {
	displayName: 'Give Out Events',
	name: 'itemsOutput',
	type: 'boolean',
	default: true,
	description:
		'Whether to give out an item per event. Off, the rows go into one archive file while they are downloaded, in the order of the export and in little memory, however large it is.',
};

/** For parameters that matter to items alone. */
export function forItems(properties: INodeProperties[]): INodeProperties[] {
	return updateDisplayOptions({ show: { itemsOutput: [true] } }, properties);
}
