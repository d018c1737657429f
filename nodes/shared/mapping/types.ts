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
