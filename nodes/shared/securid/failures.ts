import { failuresFrom, type FailureText } from '../core/failure';
import { commonFailureTexts, prefixed } from '../core/transportFailures';
import { SECURID_OAUTH_FAILURES } from './oauth/failures';

const OWN = {
	'SECURID-KEY-FILE': {
		message: '"Key File" does not hold the whole key file: {detail}',
		advice:
			'Open the downloaded .key file in a text editor, copy everything from { to }, and paste it into "Key File". With the private key alone, choose "Fields" under "Key Source". The .jwk file of an OAuth client belongs into a credential of the type SecurID OAuth Client API.',
		cause: 'credential-invalid',
	},
	'SECURID-KEY-PRIVATE': {
		message: '"{field}" does not hold a readable RSA private key',
		advice:
			'Wanted is accessKey of the .key file, whole, from -----BEGIN to the end of the END line; PKCS#1 and PKCS#8 are both read, line breaks may be real, "\\n" or missing. A key with a passphrase cannot be used. {seen}',
		cause: 'credential-invalid',
	},
	'SECURID-KEY-ACCESS-ID': {
		message: '"Access ID" is empty',
		advice: 'Copy accessID from the key file, or paste the whole file under Key Source "Key File".',
		cause: 'credential-invalid',
	},
	'SECURID-URL': {
		message: '"{field}" is not a usable address: {detail}',
		advice:
			'Use adminRestApiUrl of the key file unchanged, e.g. https://example.access.securid.com/AdminInterface/restapi/; for an OAuth client, the Administration API REST URL that the console shows. It has to start with https://.',
		cause: 'credential-invalid',
	},
	'SECURID-400-REQUEST': {
		message: 'SecurID did not accept the request',
		advice: 'Check "Start Time" and "End Time" of the node, where it has them; the other operations work them out. Sent: {sent}.',
		cause: 'configuration-invalid',
	},
	'SECURID-401-TOKEN': {
		message: 'SecurID did not accept the sign-in of this credential',
		advice: 'Check that the key still exists in the console (Platform > API Access Management) and that the whole key file was pasted.',
		cause: 'credential-invalid',
	},
	'SECURID-403-CLOCK': {
		message: 'SecurID says that the token had expired on arrival',
		advice:
			'The clock of the machine that runs n8n is off by more than a few minutes. Correct it (NTP) and try again; nothing in the credential needs changing.',
		cause: 'configuration-invalid',
	},
	'SECURID-403-ACCESS-ID': {
		message: 'SecurID does not know the "Access ID" of this credential',
		advice: 'Paste the whole key file again, or ask a Super Admin whether the key was deleted and for a new one.',
		cause: 'credential-invalid',
	},
	'SECURID-403-AUDIENCE': {
		message: 'SecurID does not accept the "Administration API URL" of this credential',
		advice: 'It has to be adminRestApiUrl of the key file, character for character, a slash at its end included.',
		cause: 'credential-invalid',
	},
	'SECURID-403-KEY': {
		message: 'SecurID refused the token that the "Private Key" of this credential signed',
		advice:
			'Access ID, private key and Administration API URL must come from the same key file, and its role must be Super Administrator or Help Desk Administrator.',
		cause: 'credential-invalid',
	},
	'SECURID-403-TEST': {
		message: 'SecurID refused the token that this credential signed',
		advice:
			'Access ID, Private Key and Administration API URL must come from the same key file: paste it whole under "Key File". If it is, ask a Super Admin whether the key was deleted, and check the clock of the machine that runs n8n. A SecurID node that runs with this credential says which of them it is.',
		cause: 'credential-invalid',
	},
	'SECURID-404-URL': {
		message: 'The host in "Administration API URL" does not know the path of the log',
		advice: 'Use adminRestApiUrl of the key file; the node adds the path of the log itself, e.g. /v1/adminlog/exportlogs.',
		cause: 'configuration-invalid',
	},
	'SECURID-4XX-REQUEST': {
		message: 'SecurID refused the request (HTTP {status})',
		advice: 'Check "Administration API URL" in the credential and the parameters of the node.',
		cause: 'configuration-invalid',
	},
	'SECURID-BODY-SHAPE': {
		message: 'SecurID sent JSON without a list of events',
		advice: 'Nothing was taken from it. Check "Administration API URL"; if it is right, report the members seen: {detail}.',
		cause: 'configuration-invalid',
	},
	'SECURID-PAGES-CHANGED': {
		message: 'SecurID announced {announced} events but delivered {delivered}, {attempts} times in a row',
		advice:
			'Nothing was handed on, so that no event is missed unnoticed. Read a shorter time range, or one that ended a few minutes ago.',
		cause: 'temporarily-unavailable',
	},
	'SECURID-PAGES-LIMIT': {
		message: 'SecurID announced more pages than are read in one go',
		advice: 'Read a shorter time range. Limit: {detail}.',
		cause: 'configuration-invalid',
	},
	'SECURID-TIME': {
		message: '"{field}" is not a date and time: {detail}',
		advice: 'Use ISO 8601, e.g. 2026-01-31T08:00:00Z, or an expression such as {{ $now.minus({ hours: 1 }) }}.',
		cause: 'configuration-invalid',
	},
	'SECURID-TIME-ORDER': {
		message: '"Start Time" is not before "End Time"',
		advice: 'Events after the start, up to and including the end are read. Got: {detail}.',
		cause: 'configuration-invalid',
	},
	'SECURID-PRESET': {
		message: 'The {log} log has no choice "{preset}" under "{field}"',
		advice: 'Open the node and choose again under "{field}": each log has choices of its own.',
		cause: 'configuration-invalid',
	},
	'SECURID-EVENTS': {
		message: '"{field}" is empty although "Events" is set to Custom',
		advice: 'Enter at least one, e.g. {example}, or choose another preset under "Events".',
		cause: 'configuration-invalid',
	},
} as const satisfies Record<string, FailureText>;

/** Every way in which reading from SecurID can end without events: code → message, next step, what n8n may conclude. */
export const SECURID_FAILURES = {
	...OWN,
	...SECURID_OAUTH_FAILURES,
	...prefixed('SECURID', commonFailureTexts('SecurID', 'Administration API URL')),
};

export const securIdFailure = failuresFrom(SECURID_FAILURES);
