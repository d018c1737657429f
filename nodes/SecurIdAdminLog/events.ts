import type { IExecuteFunctions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { isPreset, securIdFilter } from '../shared/mapping/securidPresets';
import { readList } from '../shared/n8n/parameters';
import { securIdFailure } from '../shared/securid/failures';
import { SECURID_LOGS, type SecurIdLogName } from '../shared/securid/systems';
import type { SecurIdEvent } from '../shared/securid/types';

const custom = (description: string): INodePropertyOptions => ({ name: 'Custom', value: 'custom', description });

/** What can be chosen of each log; the meaning of each value stands in mapping/securidPresets. */
const CHOICES: Record<SecurIdLogName, INodePropertyOptions[]> = {
	admin: [
		{ name: 'All', value: 'all', description: 'Everything administrators and the system did' },
		custom('The activity keys you name'),
		{ name: 'Failed Sign-Ins', value: 'failedSignIns', description: 'SIGNIN events that did not succeed' },
		{ name: 'Lockouts', value: 'lockouts', description: 'Administrator accounts locked and unlocked' },
		{ name: 'Sign-Ins', value: 'signIns', description: 'Sign-ins, failed sign-ins, second factors and sign-outs' },
	],
	user: [
		{ name: 'All', value: 'all', description: 'Everything that users did and met' },
		custom('The event codes you name'),
		{ name: 'Denied Approvals', value: 'deniedApprovals', description: 'A user pressed Deny: push, QR code; many in a row are push bombing' },
		{ name: 'Enrollments', value: 'enrolments', description: 'Devices and methods enrolled, removed, or failed to be' },
		{ name: 'Failed Authentications', value: 'failedAuthentications', description: 'Sign-ins and methods that did not succeed, denied approvals among them' },
		{ name: 'Locked Methods', value: 'lockedMethods', description: 'Methods and accounts locked or unlocked, and attempts with locked ones' },
	],
	system: [
		{ name: 'All', value: 'all', description: 'Everything that the service did' },
		custom('The event codes you name'),
		{ name: 'Failures', value: 'failures', description: 'What did not succeed, e.g. a directory synchronization' },
	],
};

/**
 * Which events are wanted: a preset of the log, or activity keys (admin log) or event codes by name.
 * In: name and label of the parameter, and what each log starts with.
 */
export function eventProperties(name: string, displayName: string, presets: Record<SecurIdLogName, string>): INodeProperties[] {
	const choices = (log: SecurIdLogName, preset: string): INodeProperties => ({
		displayName,
		name,
		type: 'options',
		options: CHOICES[log],
		default: preset,
		displayOptions: { show: { log: [log] } },
	});
	return [
		choices('admin', presets.admin),
		choices('system', presets.system),
		choices('user', presets.user),
		{
			displayName: 'Activity Keys',
			name: 'activityKeys',
			type: 'string',
			default: '',
			placeholder: 'e.g. EDIT_POLICY, ADD_ADMIN_API_KEY',
			description: 'Comma-separated list of activity keys, as they stand in "activityKey" of a vendor record',
			displayOptions: { show: { log: ['admin'], [name]: ['custom'] } },
		},
		{
			displayName: 'Event Codes',
			name: 'activityKeys',
			type: 'string',
			default: '',
			placeholder: 'e.g. 703, 1503',
			description: 'Comma-separated list of codes, as they stand in "eventCode" of a vendor record',
			displayOptions: { show: { log: ['system', 'user'], [name]: ['custom'] } },
		},
	];
}

/** Reads the parameter "Events" of the node. Out: whether an event is wanted. Throws `Failure`. */
export function readEventFilter(context: IExecuteFunctions, itemIndex: number, log: SecurIdLogName): (event: SecurIdEvent) => boolean {
	const preset = context.getNodeParameter('events', itemIndex, 'all') as string;
	return eventFilterOf(log, preset, context.getNodeParameter('activityKeys', itemIndex, ''), 'Events');
}

/** In: the log, the choice, what was entered for Custom, the label of the choice. Throws `Failure` when Custom names nothing, or the choice is another log's. */
export function eventFilterOf(log: SecurIdLogName, preset: string, entered: unknown, field: string): (event: SecurIdEvent) => boolean {
	if (preset === 'custom') {
		const keys = readList(entered);
		const [wanted, example] = log === 'admin' ? ['Activity Keys', 'EDIT_POLICY'] : ['Event Codes', '703'];
		if (keys.length === 0) throw securIdFailure('SECURID-EVENTS', { values: { field: wanted, example } });
		return securIdFilter(log, preset, keys);
	}
	// A choice that stayed from another log must not pass for "all", nor for "none".
	if (!isPreset(log, preset)) throw securIdFailure('SECURID-PRESET', { values: { log: SECURID_LOGS[log].title, preset: preset.slice(0, 60), field } });
	return securIdFilter(log, preset);
}
