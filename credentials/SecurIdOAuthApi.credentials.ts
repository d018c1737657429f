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
import { securIdFailure } from '../nodes/shared/securid/failures';
import { oauthApiBaseUrl, readOAuthClient, scopesOf, type SecurIdOAuthCredential } from '../nodes/shared/securid/oauth/client';
import { oauthSession, tokenOfOauthSession } from '../nodes/shared/securid/oauth/session';
import { signInOAuth } from '../nodes/shared/securid/oauth/signIn';
import { SECURID_LOGS } from '../nodes/shared/securid/systems';

/** Stands for the path of a log that the chosen permissions allow to read. */
const ANY_LOG = '/any-log';

/**
 * An API client of type Admin API: signs an assertion with its private key, gets a bearer token for it, which n8n keeps, and renews it
 * when it expires or SecurID refuses it.
 */
export class SecurIdOAuthApi implements ICredentialType {
	name = 'securIdOAuthApi';

	displayName = 'SecurID OAuth Client API';

	icon: Icon = {
		light: 'file:../nodes/shared/icons/securid.svg',
		dark: 'file:../nodes/shared/icons/securid.dark.svg',
	};

	documentationUrl = 'https://github.com/n8n-nodes-safe-securid/n8n-nodes-safe-securid#securid-oauth-client-api';

	restrictToSupportedNodes = true as const;

	// Assertion and token go to the credential's own two hosts alone, so n8n's list of allowed domains could only shut it out.
	hideDomainRestrictionFields = true;

	properties: INodeProperties[] = [
		{
			displayName: 'Issuer URL',
			name: 'issuerUrl',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. https://example.auth.securid.com/oauth',
			description: 'In the console under Platform > API Access Management > OAuth Clients, on the Authentication tab of the client',
		},
		{
			displayName: 'Client ID',
			name: 'clientId',
			type: 'string',
			default: '',
			required: true,
			description: 'On the same tab',
		},
		{
			displayName: 'Private Key (JWK)',
			name: 'privateKey',
			type: 'string',
			typeOptions: { password: true, rows: 5 },
			default: '',
			required: true,
			placeholder: 'e.g. { "kty": "RSA", "kid": "…", "n": "…", "d": "…", … }',
			description: 'Everything in the .jwk file, from { to }. The console gives it out once, when the key is generated; RSA and EC (P-256) are both read.',
		},
		{
			displayName: 'Administration API URL',
			name: 'apiUrl',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. https://example.access.securid.com/AdminInterface/restapi',
			description: 'The Administration API REST URL that the console shows in the OAuth Clients section; its host is another than that of the issuer',
		},
		{
			displayName: 'Scope',
			name: 'scope',
			type: 'multiOptions',
			options: [
				{ name: 'Admin Log (rsa.audit.admin)', value: 'rsa.audit.admin' },
				{ name: 'System Log (rsa.audit.system)', value: 'rsa.audit.system' },
				{ name: 'User Log (rsa.audit.user)', value: 'rsa.audit.user' },
			],
			default: ['rsa.audit.admin'],
			description: 'The logs that this credential is for. The client needs each of these permissions in the console; none asks for all that it has.',
		},
		{
			displayName: 'Session Token',
			name: 'sessionToken',
			type: 'hidden',
			typeOptions: { expirable: true, password: true },
			default: '',
		},
	];

	/** Called by n8n when there is no token yet and after SecurID refused one. */
	async preAuthentication(this: IHttpRequestHelper, credentials: ICredentialDataDecryptedObject): Promise<IDataObject> {
		const fields = credentials as SecurIdOAuthCredential;
		try {
			return { sessionToken: oauthSession(fields, await signInOAuth(readOAuthClient(fields), helperSend(this), Date.now())) };
		} catch (error) {
			throw credentialError(error);
		}
	}

	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		requestOptions: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> {
		const fields = credentials as SecurIdOAuthCredential;
		const request = ownRequest(requestOptions, fields);
		const token = tokenOfOauthSession(fields, Date.now());
		if (token === undefined) throw signedOut();
		return withBearer(request, token);
	}

	test: ICredentialTestRequest = {
		request: { baseURL: OWN_HOST, url: ANY_LOG, qs: { pageNumber: 0, pageSize: 1 } },
		rules: testRules(
			{
				401: securIdFailure('SECURID-OAUTH-TEST'),
				403: securIdFailure('SECURID-OAUTH-TEST'),
				404: securIdFailure('SECURID-404-URL'),
			},
			// The list has another name in each log; the count is the same in all.
			{ member: 'totalElements', otherwise: securIdFailure('SECURID-BODY-HTML') },
			securIdFailure('SECURID-REDIRECT'),
		),
	};
}

/** Points a request at the credential's own API. Throws what n8n shows. */
function ownRequest(request: IHttpRequestOptions, fields: SecurIdOAuthCredential): IHttpRequestOptions {
	try {
		return onOwnHost(readableLog(request, fields), oauthApiBaseUrl(fields.apiUrl ?? ''));
	} catch (error) {
		throw credentialError(error);
	}
}

/**
 * Thrown instead of sending a token that has expired or was given for other fields: n8n takes it for SecurID's 401, asks `preAuthentication` for another
 * token and goes on. (In a credential test n8n asks by itself only while no token is kept at all.)
 */
function signedOut(): Error {
	return Object.assign(new Error('The kept token has expired'), { response: { status: 401 } });
}

/** n8n's test has one URL for all credentials of a type, but a client may be allowed to read any one of the logs. */
function readableLog(request: IHttpRequestOptions, { scope }: SecurIdOAuthCredential): IHttpRequestOptions {
	if (!`${request.baseURL ?? ''}${request.url}`.startsWith(`${OWN_HOST}${ANY_LOG}`)) return request;
	const scopes = scopesOf(scope);
	const { path } = Object.values(SECURID_LOGS).find((log) => scopes.includes(log.scope)) ?? SECURID_LOGS.admin;
	return { ...request, baseURL: OWN_HOST, url: path };
}
