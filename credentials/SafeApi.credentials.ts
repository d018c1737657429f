import type {
	ICredentialDataDecryptedObject,
	ICredentialTestRequest,
	ICredentialType,
	IDataObject,
	IHttpRequestHelper,
	IHttpRequestOptions,
	Icon,
	INodeProperties,
} from 'n8n-workflow';
import { credentialError, onOwnHost, OWN_HOST, testRules, withBearer } from '../nodes/shared/n8n/credentials';
import { helperSend } from '../nodes/shared/n8n/http';
import { safeFailure } from '../nodes/shared/safe/failures';
import { type SafeCredential, safeOrigin } from '../nodes/shared/safe/host';
import { sessionFor, tokenOfSession } from '../nodes/shared/safe/session';
import { signIn } from '../nodes/shared/safe/signIn';

/**
 * SAFE's API credential. User name and password are exchanged for a bearer token, which n8n keeps and renews when SAFE refuses it.
 */
export class SafeApi implements ICredentialType {
	name = 'safeApi';

	displayName = 'SAFE API';

	icon: Icon = { light: 'file:../nodes/shared/icons/safe.svg', dark: 'file:../nodes/shared/icons/safe.dark.svg' };

	documentationUrl = 'https://github.com/n8n-nodes-safe-securid/n8n-nodes-safe-securid#safe-api';

	restrictToSupportedNodes = true as const;

	// The credential signs for its own host alone, so n8n's list of allowed domains could only shut it out.
	hideDomainRestrictionFields = true;

	properties: INodeProperties[] = [
		{
			displayName: 'Region',
			name: 'region',
			type: 'options',
			options: [
				{ name: 'Asia Pacific (ap.safeone.ai)', value: 'ap' },
				{ name: 'Australia (au.safeone.ai)', value: 'au' },
				{ name: 'Custom Host', value: 'custom' },
				{ name: 'Europe (eu.safeone.ai)', value: 'eu' },
				{ name: 'United States (us.safeone.ai)', value: 'us' },
			],
			default: 'us',
			description: 'The host in the address bar after you signed in to SAFE',
		},
		{
			displayName: 'Custom Host',
			name: 'baseUrl',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. https://example.safeone.ai',
			description: 'Host of your tenant when it is not in the list, e.g. for other data residencies or BYOA',
			displayOptions: { show: { region: ['custom'] } },
		},
		{
			displayName: 'Authentication',
			name: 'authentication',
			type: 'options',
			options: [
				{
					name: 'API Username and Password',
					value: 'apiCredentials',
					description: 'For schedules: tokens are fetched and renewed by themselves',
				},
				{
					name: 'Access Token',
					value: 'accessToken',
					description: 'For a quick try: a bearer token pasted by hand lives about an hour',
				},
			],
			default: 'apiCredentials',
		},
		{
			displayName: 'API Username',
			name: 'username',
			type: 'string',
			default: '',
			required: true,
			description: 'Shown once in SAFE under Settings > API Credentials > Add API Credential',
			displayOptions: { show: { authentication: ['apiCredentials'] } },
		},
		{
			displayName: 'API Password',
			name: 'password',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: 'Shown together with the API Username; it expires after the days chosen there (30 to 365)',
			displayOptions: { show: { authentication: ['apiCredentials'] } },
		},
		{
			displayName: 'Access Token',
			name: 'accessToken',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: 'The bearer token alone, without the word Bearer',
			displayOptions: { show: { authentication: ['accessToken'] } },
		},
		{
			displayName: 'Session Token',
			name: 'sessionToken',
			type: 'hidden',
			typeOptions: { expirable: true, password: true },
			default: '',
		},
	];

	/** Called by n8n when there is no token yet and after SAFE refused one. */
	async preAuthentication(this: IHttpRequestHelper, credentials: ICredentialDataDecryptedObject): Promise<IDataObject> {
		const fields = credentials as SafeCredential;
		if (fields.authentication === 'accessToken') return {};
		try {
			return { sessionToken: sessionFor(fields, await signIn(fields, helperSend(this), Date.now())) };
		} catch (error) {
			throw credentialError(error);
		}
	}

	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		requestOptions: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> {
		try {
			const fields = credentials as SafeCredential;
			return withBearer(onOwnHost(requestOptions, safeOrigin(fields)), tokenOf(fields));
		} catch (error) {
			throw credentialError(error);
		}
	}

	test: ICredentialTestRequest = {
		request: { baseURL: OWN_HOST, url: '/api/v3/users', qs: { page: 1, pagelen: 1 } },
		rules: testRules(
			{ 401: safeFailure('SAFE-401-TOKEN'), 403: safeFailure('SAFE-403-ROLE'), 404: safeFailure('SAFE-404-URL') },
			{ member: 'values', otherwise: safeFailure('SAFE-BODY-HTML') },
			safeFailure('SAFE-REDIRECT'),
		),
	};
}

function tokenOf(fields: SafeCredential): string {
	if (fields.authentication !== 'accessToken') return tokenOfSession(fields);
	const token = (fields.accessToken ?? '').trim().replace(/^bearer\s+/i, '');
	if (!token) throw safeFailure('SAFE-FIELD-EMPTY', { values: { field: 'Access Token' } });
	return token;
}
