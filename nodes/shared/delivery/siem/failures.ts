import { failuresFrom, type FailureText } from '../../core/failure';
import { commonFailureTexts, prefixed } from '../../core/transportFailures';

const OWN = {
	'SIEM-FIELD-EMPTY': {
		message: '"{field}" is empty',
		advice: 'Fill it in: {where}.',
		cause: 'credential-invalid',
	},
	'SIEM-URL': {
		message: '"{field}" is not a usable address: {detail}',
		advice: 'It has to start with https://; for a receiver in your own network that has no TLS, switch on "Allow Plain HTTP" in the credential.',
		cause: 'credential-invalid',
	},
	'SIEM-DESTINATION': {
		message: '"Destination" of the node is {node}, that of its credential is {credential}',
		advice: 'Choose another credential in the node, or the same "Destination" in both.',
		cause: 'configuration-invalid',
	},
	'SIEM-SECRET': {
		message: '"Signing Secret" is not usable: {detail}',
		advice: 'Paste the secret as the receiver shows it, e.g. whsec_ and Base64 characters.',
		cause: 'credential-invalid',
	},
	'SIEM-PARAMETER': {
		message: '"{field}" is not usable: {detail}',
		advice: 'Correct it, e.g. by pasting it anew. Nothing was sent.',
		cause: 'configuration-invalid',
	},
	'SIEM-401-TOKEN': {
		message: '{product} did not accept "{field}" of this credential',
		advice: 'Check that it was copied whole, belongs to this host and has not been deleted or run out.',
		cause: 'credential-invalid',
	},
	'SIEM-403-RIGHTS': {
		message: '{product} knows this credential but does not let it write',
		advice: 'Check what this credential may do there. {rights}',
		cause: 'credential-invalid',
	},
	'SIEM-TOKEN-DISABLED': {
		message: 'Splunk has disabled "HEC Token" of this credential, or the HTTP Event Collector as a whole',
		advice: 'In Splunk open Settings > Data inputs > HTTP Event Collector, enable the token, and under Global Settings all tokens.',
		cause: 'credential-invalid',
	},
	'SIEM-SIGN-IN': {
		message: 'Microsoft Entra did not accept "{field}" of this credential',
		advice: 'Check them against the app registration in the Azure portal. A client secret runs out on a date that is set there.',
		cause: 'credential-invalid',
	},
	'SIEM-SIGN-IN-SHAPE': {
		message: 'The host in "Authority" answered the sign-in without an access token',
		advice: 'Check "Authority" and "Tenant ID" in the credential. Members seen: {detail}.',
		cause: 'configuration-invalid',
	},
	'SIEM-INDEX': {
		message: '{product} does not write to what "{field}" of the node names',
		advice: 'Check that it exists, is open, and that the credential may write to it. Nothing of this batch was taken as delivered.',
		cause: 'configuration-invalid',
	},
	'SIEM-400-REQUEST': {
		message: '{product} does not accept requests of this form',
		advice: 'Check the settings of the receiver and "{field}" in the credential.',
		cause: 'configuration-invalid',
	},
	'SIEM-404-URL': {
		message: '{product} was not found at the address in "{field}"',
		advice: 'Check the address for slips. {path}',
		cause: 'configuration-invalid',
	},
	'SIEM-410-GONE': {
		message: '{product} says that this address is not in use any more (HTTP 410)',
		advice: 'Put the new address into "{field}" of the credential. Nothing further was sent.',
		cause: 'configuration-invalid',
	},
	'SIEM-4XX-REQUEST': {
		message: '{product} refused the request (HTTP {status})',
		advice: 'Check "{field}" in the credential, and the parameters of the node.',
		cause: 'configuration-invalid',
	},
	'SIEM-BODY-SHAPE': {
		message: '{product} answered with success, but not in its own form',
		advice: 'Nothing of this batch was taken as delivered. Check "{field}": something else may be answering at this address. Seen: {detail}.',
		cause: 'configuration-invalid',
	},
	'SIEM-BODY-JSON': {
		message: '{product} sent an answer that is not complete JSON',
		advice: 'Its events were sent again, and come again with the next run. If it stays like this, a proxy in between may be cutting answers.',
		cause: 'temporarily-unavailable',
		retryable: true,
	},
	'SIEM-EVENT-REFUSED': {
		message: 'Event {id} (item {item}) was refused: {reason}',
		advice: 'Set "When Events Are Refused" to "Send to Failed Output" to let the others pass and keep this one, or correct the event before this node.',
		cause: 'configuration-invalid',
	},
	'SIEM-REFUSED-MANY': {
		message: '{product} refuses so many events that the search for them was ended after {limit} requests',
		advice: 'Most likely no event fits: check the parameters of the node, and the form of the events that the receiver expects.',
		cause: 'configuration-invalid',
	},
	'SIEM-DEADLINE': {
		message: 'The time under "Deadline (Seconds)" was over before everything was delivered',
		advice: 'The rest comes again with the next run. Raise it under Options, or hand fewer events to the node.',
		cause: 'temporarily-unavailable',
	},
	'SIEM-COUNTS': {
		message: 'The counts of this run do not agree: {detail}',
		advice: 'This is a fault of the node; please report it with this message.',
		cause: 'node-defect',
	},
	'SIEM-NET-TIMEOUT': {
		message: '{product} did not answer within {seconds} seconds',
		advice: 'What was sent last may have arrived all the same; it comes again with the next run. If it stays like this, check that n8n may reach the host in "{field}" (firewall, proxy).',
		cause: 'temporarily-unavailable',
		retryable: true,
	},
	'SIEM-NET-SLOW': {
		message: '{product} sent its answer too slowly: it was not complete after {detail}',
		advice: 'What was sent last may have arrived all the same; it comes again with the next run. If it stays like this, look at the line between n8n and the host in "{field}" (proxy, bandwidth).',
		cause: 'temporarily-unavailable',
		retryable: true,
	},
	'SIEM-NET-RESET': {
		message: '{product} closed the connection before the answer was complete',
		advice: 'What was sent last may have arrived all the same; it comes again with the next run.',
		cause: 'temporarily-unavailable',
		retryable: true,
	},
	'SIEM-CANCELLED': {
		message: 'The execution was stopped while events were on their way',
		advice: 'Run the workflow again when you are ready. What was sent last may have arrived.',
		cause: 'temporarily-unavailable',
	},
} as const satisfies Record<string, FailureText>;

/** Every way in which a delivery can end without success: code → message, next step, what n8n may conclude. `{product}` and `{field}` are the destination's. */
export const SIEM_FAILURES = {
	...prefixed('SIEM', commonFailureTexts('{product}', '{field}')),
	...OWN,
};

export const siemFailure = failuresFrom(SIEM_FAILURES);
