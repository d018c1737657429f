import { failuresFrom, type FailureText } from '../core/failure';
import { commonFailureTexts, prefixed } from '../core/transportFailures';

const OWN = {
	'SAFE-HOST': {
		message: '"{field}" is not a usable address: {detail}',
		advice: 'Choose your region, or "Custom Host" with the host you sign in at, e.g. https://us.safeone.ai. It has to start with https://.',
		cause: 'credential-invalid',
	},
	'SAFE-FIELD-EMPTY': {
		message: '"{field}" is empty',
		advice: 'Create an API credential in SAFE (Settings > API Credentials) and copy its API Username and API Password, which are shown once.',
		cause: 'credential-invalid',
	},
	'SAFE-401-PASSWORD': {
		message: 'SAFE did not accept "API Username" and "API Password" of this credential',
		advice:
			'They expire after 30 to 365 days and cannot be seen again in SAFE: create a new API credential (Settings > API Credentials) and check "Region".',
		cause: 'credential-invalid',
	},
	'SAFE-401-TOKEN': {
		message: 'SAFE did not accept the bearer token of this credential',
		advice:
			'A pasted "Access Token" lives about an hour; use "API Username and Password" for schedules. Otherwise check that the API credential still exists and that "Region" is its tenant\'s.',
		cause: 'credential-invalid',
	},
	'SAFE-403-ROLE': {
		message: 'SAFE does not let this credential in here',
		advice:
			'Check "Region" (the tenant\'s own host) first, then that the API credential was made by an Admin; a token from another tenant is refused the same way.',
		cause: 'credential-invalid',
	},
	'SAFE-AUTH-SHAPE': {
		message: 'SAFE answered the sign-in without an access token',
		advice: 'Check "Region" or "Custom Host" in the credential. Members seen: {detail}.',
		cause: 'configuration-invalid',
	},
	'SAFE-400-REQUEST': {
		message: 'SAFE did not accept the request',
		advice: 'Check the parameters of the node ("Days" between 1 and 365, "Report UUID").',
		cause: 'configuration-invalid',
	},
	'SAFE-404-URL': {
		message: 'The host of this credential does not know SAFE\'s API',
		advice: 'Check "Region" or "Custom Host"; the node adds /api/v3 itself.',
		cause: 'configuration-invalid',
	},
	'SAFE-4XX-REQUEST': {
		message: 'SAFE refused the request (HTTP {status})',
		advice: 'Check "Region" or "Custom Host" in the credential, and the parameters of the node.',
		cause: 'configuration-invalid',
	},
	'SAFE-BODY-SHAPE': {
		message: 'SAFE sent JSON in a form that is not known: {expected} is missing',
		advice: 'Check "Region" or "Custom Host"; if it is right, report the members seen: {detail}.',
		cause: 'configuration-invalid',
	},
	'SAFE-EXPORT-SHAPE': {
		message: 'SAFE answered in a form that is not known: {expected} was looked for',
		advice:
			'The vendor publishes no sample of the "Audit Logs Export" endpoints. Choose "Reports" in the option "SAFE Endpoints", or report the shape seen: {detail}.',
		cause: 'configuration-invalid',
	},
	'SAFE-REPORT-UNCERTAIN': {
		message: 'It is not known whether SAFE took the request for a report',
		advice:
			'It was not repeated, because each request queues another report. Run the node again; at worst SAFE lists one report more. {why}',
		cause: 'temporarily-unavailable',
	},
	'SAFE-REPORT-NOT-READY': {
		message: 'SAFE has not finished report {uuid} after {seconds} seconds, or does not know it',
		advice:
			'Fetch it later with the operation "Get Export" and this UUID, or raise "Timeout (Seconds)" under Options. Running this node again would queue a second report. {seen}',
		cause: 'temporarily-unavailable',
	},
	'SAFE-UUID': {
		message: '"Report UUID" is empty',
		advice: 'Use the uuid that "Request Export" gave out, e.g. {{ $json.uuid }}.',
		cause: 'configuration-invalid',
	},
	'SAFE-DAYS': {
		message: '"Days" is not a whole number from 1 to 365: {detail}',
		advice: 'SAFE counts whole days back from now.',
		cause: 'configuration-invalid',
	},
	'SAFE-LINK-FORM': {
		message: 'SAFE gave a download link that is not https',
		advice: 'It was not opened. Check "Region" or "Custom Host" in the credential.',
		cause: 'configuration-invalid',
	},
	'SAFE-LINK-HOST': {
		message: "The host of SAFE's download link, {host}, could not be reached",
		advice: 'Allow n8n to open https connections to it (firewall, proxy, SSRF protection), then fetch the report with "Get Export" and UUID {uuid}. Seen: {detail}.',
		cause: 'temporarily-unavailable',
		retryable: true,
	},
	'SAFE-LINK-EXPIRED': {
		message: 'The download link of report {uuid} had expired, also a second one',
		advice: 'Links live five minutes. Check the clock of the machine that runs n8n, then fetch the report with "Get Export".',
		cause: 'temporarily-unavailable',
	},
	'SAFE-LINK-REFUSED': {
		message: 'The storage behind SAFE\'s download link refused it (HTTP {status})',
		advice: 'Fetch the report again with "Get Export" and UUID {uuid}; a proxy that adds headers or changes the link can cause this.',
		cause: 'temporarily-unavailable',
	},
	'SAFE-CSV-FORM': {
		message: 'The report is not a CSV file: {detail}',
		advice: 'Look at it with the operation "Download". Nothing was taken from it.',
		cause: 'configuration-invalid',
	},
	'SAFE-CSV-SIZE': {
		message: 'The report holds more than fits into memory; reading stopped after {detail} rows',
		advice: 'Nothing was handed on. Ask for fewer "Days", switch off "Give Out Events", or store the file with the operation "Download", which is not limited by memory.',
		cause: 'configuration-invalid',
	},
	'SAFE-CSV-ROW': {
		message: 'Line {line} of the report is not a proper CSV row: {detail}',
		advice:
			'Nothing was handed on. Look at the file with the operation "Download"; rows with missing or extra cells alone can be let through under Options ("Uneven Rows").',
		cause: 'configuration-invalid',
	},
	'SAFE-TIME-COLUMN': {
		message: 'Without a time column there are too many rows to remember which were handed out already (limit {detail})',
		advice: 'Nothing was saved. Name the column that holds the time under Options ("Time Column"), or write its times in a form that is read (ISO 8601); hints on the node list the columns and an unread time.',
		cause: 'configuration-invalid',
	},
	'SAFE-USER-UNKNOWN': {
		message: 'SAFE has no user {wanted}',
		advice: 'Choose one from the list, or check the UUID or e-mail address under "User".',
		cause: 'configuration-invalid',
	},
	'SAFE-USER-EMPTY': {
		message: '"User" is empty',
		advice: 'Choose one from the list, or enter a UUID or an e-mail address.',
		cause: 'configuration-invalid',
	},
	'SAFE-USER-PAGES': {
		message: 'SAFE announced more pages of users than are read in one go',
		advice: 'Narrow the list with "Search Key". Limit: {detail}.',
		cause: 'configuration-invalid',
	},
} as const satisfies Record<string, FailureText>;

/** Every way in which work with SAFE can end without a result: code → message, next step, what n8n may conclude. */
export const SAFE_FAILURES = {
	...OWN,
	// The host stands in either of two fields.
	...prefixed('SAFE', commonFailureTexts('SAFE', 'Region" or "Custom Host')),
};

export const safeFailure = failuresFrom(SAFE_FAILURES);
