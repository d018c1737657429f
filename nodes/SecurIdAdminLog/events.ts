import type { IExecuteFunctions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { ACTIVITY_LISTS } from './activityLists';
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
		keys(name, 'admin', 'Activity Keys'),
		keys(name, 'system', 'Event Codes'),
		keys(name, 'user', 'Event Codes'),
		otherKeys(name, ['admin'], 'Other Activity Keys', 'e.g. ADD_FIDO_POLICY', 'activityKey'),
		otherKeys(name, ['system', 'user'], 'Other Event Codes', 'e.g. 20407', 'eventCode'),
	];
}

/** The list that Custom is chosen from. */
function keys(preset: string, log: SecurIdLogName, displayName: string): INodeProperties {
	return {
		displayName,
		name: 'activityKeys',
		type: 'multiOptions',
		options: ACTIVITY_LISTS[log],
		default: [],
		description: 'Type part of a name or meaning to search. An expression may give an array or comma-separated text.',
		displayOptions: { show: { log: [log], [preset]: ['custom'] } },
	};
}

/** For what SecurID adds and the list does not know. */
function otherKeys(preset: string, logs: SecurIdLogName[], displayName: string, placeholder: string, member: string): INodeProperties {
	return {
		displayName,
		name: 'otherActivityKeys',
		type: 'string',
		default: '',
		placeholder,
		description: `Comma-separated list of what is not in the list above, as it stands in "${member}" of a vendor record`,
		displayOptions: { show: { log: logs, [preset]: ['custom'] } },
	};
}

/** What was entered for Custom, in both fields. In: how a parameter is read. */
export function enteredKeys(read: (name: string) => unknown): string[] {
	return [...readList(read('activityKeys')), ...readList(read('otherActivityKeys'))];
}

/** Reads the parameter "Events" of the node. Out: whether an event is wanted. Throws `Failure`. */
export function readEventFilter(context: IExecuteFunctions, itemIndex: number, log: SecurIdLogName): (event: SecurIdEvent) => boolean {
	const preset = context.getNodeParameter('events', itemIndex, 'all') as string;
	const entered = enteredKeys((name) => context.getNodeParameter(name, itemIndex, ''));
	return eventFilterOf(log, preset, entered, 'Events');
}

/** In: the log, the choice, what was entered for Custom, the label of the choice. Throws `Failure` when Custom names nothing, or the choice is another log's. */
export function eventFilterOf(log: SecurIdLogName, preset: string, keys: string[], field: string): (event: SecurIdEvent) => boolean {
	if (preset === 'custom') {
		const [wanted, example] = log === 'admin' ? ['Activity Keys', 'EDIT_POLICY'] : ['Event Codes', '703'];
		if (keys.length === 0) throw securIdFailure('SECURID-EVENTS', { values: { field: wanted, example } });
		return securIdFilter(log, preset, keys);
	}
	// A choice that stayed from another log must not pass for "all", nor for "none".
	if (!isPreset(log, preset)) throw securIdFailure('SECURID-PRESET', { values: { log: SECURID_LOGS[log].title, preset: preset.slice(0, 60), field } });
	return securIdFilter(log, preset);
}
