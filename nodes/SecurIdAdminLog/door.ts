import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';
import { logNamed, type SecurIdLogName } from '../shared/securid/systems';

export type Authentication = 'apiKey' | 'oAuth';

/** Which log is read, and how the node signs in. */
export interface Door {
	log: SecurIdLogName;
	authentication: Authentication;
}

/** The two choices at the head of node and trigger. Workflows saved before they existed mean the first of each. */
export const doorProperties: INodeProperties[] = [
	{
		displayName: 'Authentication',
		name: 'authentication',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'API Key', value: 'apiKey', description: 'The .key file of an administration API key' },
			{ name: 'OAuth Client', value: 'oAuth', description: 'The .jwk file of an API client of type Admin API, which RSA recommends' },
		],
		default: 'apiKey',
	},
	{
		displayName: 'Log',
		name: 'log',
		type: 'options',
		noDataExpression: true,
		options: [
			{ name: 'Admin', value: 'admin', description: 'What administrators do in the console; SecurID keeps 90 days' },
			{ name: 'System', value: 'system', description: 'What the service does by itself, e.g. directory synchronization; SecurID keeps 90 days' },
			{ name: 'User', value: 'user', description: 'How users sign in and enroll, e.g. failed and denied approvals; SecurID keeps 40 days' },
		],
		default: 'admin',
	},
];

/** Reads the two. */
export function readDoor(context: IExecuteFunctions, itemIndex: number): Door {
	return doorOf((name) => context.getNodeParameter(name, itemIndex, ''));
}

/** In: how a parameter is read. Out: the door; anything unknown is the first choice. */
export function doorOf(read: (name: string) => unknown): Door {
	return { log: logNamed(read('log')), authentication: read('authentication') === 'oAuth' ? 'oAuth' : 'apiKey' };
}
