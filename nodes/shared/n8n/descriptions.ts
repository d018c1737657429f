import type { INodeProperties } from 'n8n-workflow';

/** The Return All switch and the Limit beside it, as n8n words them. */
export const returnAllAndLimit: INodeProperties[] = [
	{
		displayName: 'Return All',
		name: 'returnAll',
		type: 'boolean',
		default: false,
		description: 'Whether to return all results or only up to a given limit',
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 50,
		description: 'Max number of results to return',
		displayOptions: { show: { returnAll: [false] } },
	},
];

/** The form that events come out in. */
export const output: INodeProperties = {
	displayName: 'Output',
	name: 'output',
	type: 'options',
	options: [
		{
			name: 'ECS',
			value: 'ecs',
			description: 'Elastic Common Schema document; the vendor record as text in "event.original"',
		},
		{
			name: 'OCSF',
			value: 'ocsf',
			description: 'Event of the Open Cybersecurity Schema Framework; the vendor record as text in "raw_data"',
		},
		{
			name: 'Simplified',
			value: 'simplified',
			description: 'Ten flat fields, the same for SAFE and SecurID: ID, time, action, outcome, severity, actor, …',
		},
		{
			name: 'Vendor Record',
			value: 'vendor',
			description: 'The record as the vendor sent it: nothing renamed, nothing dropped, IDs as text',
		},
	],
	default: 'simplified',
};

/** For the Options collection of nodes with an Output parameter. */
export const includeOriginal: INodeProperties = {
	displayName: 'Include Vendor Record',
	name: 'includeOriginal',
	type: 'boolean',
	default: false,
	description: 'Whether to add the whole vendor record as "original" to each simplified event, e.g. for an archive; ECS and OCSF always hold it',
};
