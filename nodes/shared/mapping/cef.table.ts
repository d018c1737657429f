/**
 * Where each part of a CEF line is found in our forms of an event: simplified · ECS · OCSF · vendor records of SecurID. The first member that holds something wins.
 * Keys of the extension are those of ArcSight's dictionary (Common Event Format, rev. 25).
 */
export const CEF_HEADER = {
	vendor: ['observer.vendor', 'metadata.product.vendor_name'],
	product: ['observer.product', 'metadata.product.name', 'event.provider'],
	version: ['observer.version', 'metadata.product.version'],
	/** The signature id: what kind of event it is. */
	signature: ['action', 'event.action', 'activityKey', 'metadata.event_code', 'type_uid', 'class_uid'],
	name: ['message', 'activity_name', 'action', 'event.action', 'activityKey'],
	severity: ['severity', 'labels.severity', 'event.severity', 'severity_id', 'level'],
} as const;

/** Keys whose value is a time, in epoch ms, and is read by the caller. */
export const CEF_TIME_KEY = 'rt';

export const CEF_EXTENSION: ReadonlyArray<{ key: string; label?: [key: string, text: string]; from: readonly string[]; only?: 'ipv4' | 'ipv6' }> = [
	{ key: 'act', from: ['action', 'event.action', 'activity_name', 'activityKey'] },
	{ key: 'cat', from: ['category', 'event.category', 'category_name'] },
	{ key: 'outcome', from: ['outcome', 'event.outcome', 'status', 'result'] },
	{ key: 'suser', from: ['actor', 'actor.user.name', 'actor.user.email_addr', 'user.name', 'user.email', 'adminUserName', 'userId'] },
	{ key: 'src', from: ['sourceIp', 'source.ip', 'src_endpoint.ip', 'sourceIPAddress'], only: 'ipv4' },
	{
		key: 'c6a2',
		label: ['c6a2Label', 'Source IPv6 Address'],
		from: ['sourceIp', 'source.ip', 'src_endpoint.ip', 'sourceIPAddress'],
		only: 'ipv6',
	},
	{ key: 'cs1', label: ['cs1Label', 'Target'], from: ['target', 'user.target.name', 'entity.name', 'targetObject1Name'] },
	{ key: 'msg', from: ['message'] },
];

/** CEF counts severity from 0 to 10. Words of the simplified form and of OCSF. */
export const CEF_SEVERITY: Readonly<Record<string, number>> = {
	info: 2,
	informational: 2,
	low: 4,
	medium: 6,
	high: 8,
	critical: 10,
	fatal: 10,
};

/** OCSF's `severity_id`; 0 and 99 mean that nobody knows. */
export const OCSF_SEVERITY: Readonly<Record<number, number>> = { 1: 2, 2: 4, 3: 6, 4: 8, 5: 10, 6: 10 };

/** Where nothing says how severe an event is. */
export const UNKNOWN_SEVERITY = 5;
