import type {
	ICredentialDataDecryptedObject,
	ICredentialTestRequest,
	ICredentialType,
	IHttpRequestOptions,
	Icon,
	INodeProperties,
} from 'n8n-workflow';
import { credentialError, onOwnHost, OWN_HOST, testRules, withBearer } from '../nodes/shared/n8n/credentials';
import { signToken } from '../nodes/shared/securid/assertion';
import { securIdFailure } from '../nodes/shared/securid/failures';
import { readKey } from '../nodes/shared/securid/keyFile';

/**
 * The API key that a SecurID Super Admin downloads once. Every request is signed anew (RS256, 15 minutes), so nothing is kept and nothing expires mid-run.
 */
export class SecurIdApi implements ICredentialType {
	name = 'securIdApi';

	displayName = 'SecurID Key File API';

	icon: Icon = {
		light: 'file:../nodes/shared/icons/securid.svg',
		dark: 'file:../nodes/shared/icons/securid.dark.svg',
	};

	documentationUrl = 'https://github.com/n8n-nodes-safe-securid/n8n-nodes-safe-securid#securid-key-file-api';

	restrictToSupportedNodes = true as const;

	// The credential signs for its own host alone, so n8n's list of allowed domains could only shut it out.
	hideDomainRestrictionFields = true;

	properties: INodeProperties[] = [
		{
			displayName: 'Key Source',
			name: 'keySource',
			type: 'options',
			options: [
				{ name: 'Key File', value: 'file', description: 'Paste the whole downloaded .key file' },
				{ name: 'Fields', value: 'fields', description: 'Enter access ID, private key and API URL one by one' },
			],
			default: 'file',
		},
		{
			displayName: 'Key File',
			name: 'privateKeyFile',
			type: 'string',
			typeOptions: { password: true, rows: 5 },
			default: '',
			required: true,
			placeholder: 'e.g. { "customerName": "…", "accessID": "…", "accessKey": "…", "adminRestApiUrl": "…" }',
			description:
				'Everything in the .key file, from { to }. A Super Admin gets it once, under Platform > API Access Management, when the key is created.',
			displayOptions: { show: { keySource: ['file'] } },
		},
		{
			displayName: 'Access ID',
			name: 'accessId',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. 139f6495-e447-4a26-a765-5c01b6b152d5',
			description: 'The accessID of the key file',
			displayOptions: { show: { keySource: ['fields'] } },
		},
		{
			displayName: 'Private Key',
			name: 'privateKey',
			type: 'string',
			typeOptions: { password: true, rows: 5 },
			default: '',
			required: true,
			placeholder: 'e.g. -----BEGIN RSA PRIVATE KEY-----',
			description: 'The accessKey of the key file, with real line breaks, with \\n or on one line',
			displayOptions: { show: { keySource: ['fields'] } },
		},
		{
			displayName: 'Administration API URL',
			name: 'apiUrl',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. https://example.access.securid.com/AdminInterface/restapi/',
			description: 'The adminRestApiUrl of the key file, unchanged: the token names it character for character',
			displayOptions: { show: { keySource: ['fields'] } },
		},
	];

	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		requestOptions: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> {
		try {
			const key = readKey(credentials);
			return withBearer(onOwnHost(requestOptions, key.baseUrl), signToken(key, Date.now()));
		} catch (error) {
			throw credentialError(error);
		}
	}

	/** n8n tells a test the status alone, not the sentence that says which field SecurID means; the node's own messages name it. */
	test: ICredentialTestRequest = {
		request: { baseURL: OWN_HOST, url: '/v1/adminlog/exportlogs', qs: { pageNumber: 0, pageSize: 1 } },
		rules: testRules(
			{
				401: securIdFailure('SECURID-401-TOKEN'),
				403: securIdFailure('SECURID-403-TEST'),
				404: securIdFailure('SECURID-404-URL'),
			},
			{ member: 'elements', otherwise: securIdFailure('SECURID-BODY-HTML') },
			securIdFailure('SECURID-REDIRECT'),
		),
	};
}
