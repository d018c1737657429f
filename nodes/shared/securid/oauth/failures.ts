import type { FailureText } from '../../core/failure';
import { commonFailureTexts, prefixed } from '../../core/transportFailures';

/** What can be wrong with an OAuth client and its token: code → message, next step, what n8n may conclude. */
export const SECURID_OAUTH_FAILURES = {
	'SECURID-OAUTH-KEY': {
		message: '"Private Key (JWK)" does not hold the private key of the OAuth client: {detail}',
		advice:
			'Open the .jwk file that the console gave out with the client in a text editor, copy everything from { to }, and paste it. A .key file belongs into a credential of the type SecurID Key File API.',
		cause: 'credential-invalid',
	},
	'SECURID-OAUTH-CLIENT-ID': {
		message: '"Client ID" is empty',
		advice: 'Copy it from the Authentication tab of the client in the console (Platform > API Access Management > OAuth Clients).',
		cause: 'credential-invalid',
	},
	'SECURID-OAUTH-ISSUER': {
		message: '"Issuer URL" is not a usable address: {detail}',
		advice: 'Copy it from the Authentication tab of the client in the console, e.g. https://example.auth.securid.com/oauth. It has to start with https://.',
		cause: 'credential-invalid',
	},
	'SECURID-OAUTH-TENANT': {
		message: '"Issuer URL" and "Administration API URL" are of different tenants',
		advice: 'SecurID refused the sign-in, and the first parts of the two hosts differ: {issuer} and {api}. Copy both from the console of one tenant.',
		cause: 'credential-invalid',
	},
	'SECURID-OAUTH-REGION': {
		message: '"Issuer URL" and "Administration API URL" are of different regions',
		advice: 'SecurID refused the sign-in, and the regions in the two hosts differ: {issuer} and {api}. Copy both from the console of the tenant.',
		cause: 'credential-invalid',
	},
	'SECURID-CLOCK': {
		message: 'SecurID refused the sign-in, and the clock of the machine that runs n8n is {off}',
		advice: 'Correct the clock (NTP) and try again; SecurID forgives one minute. The credential may be right as it is.',
		cause: 'configuration-invalid',
	},
	'SECURID-TOKEN-CLIENT': {
		message: 'SecurID does not know "Client ID", or "Private Key (JWK)" is not the key of this client',
		advice:
			'Copy the client ID from the console and paste the .jwk file of the same client. A new client or key works once the changes were published. Check that "Issuer URL" is of the same tenant.',
		cause: 'credential-invalid',
	},
	'SECURID-TOKEN-SCOPE': {
		message: 'The OAuth client may not have what "Scope" asks for',
		advice: 'Asked for: {scope}. Choose under "Scope" only the logs whose permission the client has in the console, or add the permission there and publish the changes.',
		cause: 'credential-invalid',
	},
	'SECURID-TOKEN-403': {
		message: 'SecurID gives this client no token: the host in "Issuer URL" or the choice under "Scope" is not right',
		advice: 'Compare "Issuer URL" with the Authentication tab of the client, and its permissions with: {scope}. Changes in the console work once they were published.',
		cause: 'credential-invalid',
	},
	'SECURID-TOKEN-URL': {
		message: 'The host in "Issuer URL" has no token endpoint',
		advice: 'Copy the Issuer URL from the Authentication tab of the client, e.g. https://example.auth.securid.com/oauth; /token is added by itself.',
		cause: 'configuration-invalid',
	},
	'SECURID-TOKEN-REFUSED': {
		message: 'SecurID refused to give a token (HTTP {status})',
		advice: 'Check "Client ID", "Private Key (JWK)", "Issuer URL" and "Scope". The client has to be of the type Admin API.',
		cause: 'credential-invalid',
	},
	'SECURID-TOKEN-SHAPE': {
		message: 'The host in "Issuer URL" answered without an access token',
		advice: 'Check "Issuer URL". Members seen: {detail}.',
		cause: 'configuration-invalid',
	},
	'SECURID-401-OAUTH': {
		message: 'SecurID does not accept the token that the host in "Issuer URL" gave',
		advice: 'It was renewed once. "Issuer URL" and "Administration API URL" have to be of one tenant, and the client of the type Admin API.',
		cause: 'credential-invalid',
	},
	'SECURID-401-EXPIRED': {
		message: 'SecurID says that a token which was given a moment ago has expired',
		advice: 'It was renewed once. Look at the token lifetime of the client in the console and at the clock of the machine that runs n8n.',
		cause: 'configuration-invalid',
	},
	'SECURID-401-AUDIENCE': {
		message: 'The token of this "Issuer URL" is not meant for the host in "Administration API URL"',
		advice: 'Copy both from the console of one tenant: Issuer URL from the client\'s Authentication tab, Administration API REST URL from the OAuth Clients section.',
		cause: 'credential-invalid',
	},
	'SECURID-403-SCOPE': {
		message: 'The token of this credential does not allow to read the {log} log',
		advice: 'Choose {scope} under "Scope", give the client this permission in the console, and publish the changes.',
		cause: 'credential-invalid',
	},
	'SECURID-OAUTH-TEST': {
		message: 'SecurID gave a token, but did not let it read the log',
		advice:
			'Look at "Administration API URL" (same tenant and region as "Issuer URL") and at the permissions of the client, which "Scope" has to match. A SecurID node that runs with this credential says which of them it is.',
		cause: 'credential-invalid',
	},
	...prefixed('SECURID-TOKEN', commonFailureTexts('SecurID', 'Issuer URL')),
} as const satisfies Record<string, FailureText>;
