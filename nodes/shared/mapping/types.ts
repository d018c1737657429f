export type Outcome = 'success' | 'failure' | 'unknown';

/** From least to most urgent; the order is used to raise a severity by one step. */
export const SEVERITIES = ['info', 'low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** The flat form of an event, the same ten fields for every source. Empty members are null, so that columns stay. */
export interface SimplifiedEvent {
	eventId: string | null;
	/** ISO 8601 UTC with milliseconds; the vendor's own text when it cannot be read as a time. */
	eventTime: string | null;
	action: string | null;
	/** Elastic Common Schema event category, e.g. authentication, iam, configuration. */
	category: string;
	outcome: Outcome;
	severity: Severity;
	actor: string | null;
	sourceIp: string | null;
	target: string | null;
	message: string | null;
}

/** What collecting says of an event: read by a first run or a rewind, or found after its slot was closed. */
export interface Marks {
	backfill?: boolean;
	late?: boolean;
}

/** What a vendor's member tells; the schemas have one place for each of these. */
export type Fact =
	| 'id'
	| 'time'
	| 'action'
	| 'code'
	| 'message'
	| 'result'
	| 'reason'
	| 'level'
	| 'provider'
	| 'application'
	| 'userName'
	| 'userId'
	| 'userEmail'
	| 'userFullName'
	| 'userRole'
	| 'sourceIp'
	| 'sourcePort'
	| 'serverIp'
	| 'serverUrl'
	| 'organizationId'
	| 'organizationName'
	| 'targetId'
	| 'targetName'
	| 'targetType'
	| 'deviceId'
	| 'deviceName'
	| 'policyId'
	| 'policyName'
	| 'transactionId';

/** Where events come from, in the words of the schemas. */
export interface LogSource {
	/** ECS event.module, and the namespace of members that ECS has no place for. */
	module: string;
	/** Last part of ECS event.dataset; OCSF metadata.log_name. */
	log: string;
	vendor: string;
	product: string;
}
