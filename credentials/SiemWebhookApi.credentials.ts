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
import { baseUrlOf, redactor, type SiemCredential, signedHeaders } from '../nodes/shared/delivery/siem/credential';
import { DEFAULT_AUTHORITY, DEFAULT_SCOPE, sessionFor, signInToEntra, tokenOfSession } from '../nodes/shared/delivery/siem/entra';
import { siemFailure } from '../nodes/shared/delivery/siem/failures';
import { type LiveTest, liveTestOf } from '../nodes/shared/delivery/siem/liveTest';
import { credentialError, onOwnHost, OWN_HOST, testRules } from '../nodes/shared/n8n/credentials';
import { helperSend } from '../nodes/shared/n8n/http';

/** Address and secret of one SIEM or webhook. What is written where (index, stream, tags) belongs to the node. */
export class SiemWebhookApi implements ICredentialType {
	name = 'siemWebhookApi';

	displayName = 'SIEM Webhook API';

	icon: Icon = { light: 'file:../nodes/shared/icons/siem.svg', dark: 'file:../nodes/shared/icons/siem.dark.svg' };

	documentationUrl = 'https://github.com/n8n-nodes-safe-securid/n8n-nodes-safe-securid#siem-webhook-api';

	restrictToSupportedNodes = true as const;

	// The credential signs for its own host alone, so n8n's list of allowed domains could only shut it out.
	hideDomainRestrictionFields = true;

	properties: INodeProperties[] = [
		{
			displayName: 'Destination',
			name: 'destination',
			type: 'options',
			options: [
				{ name: 'Datadog', value: 'datadog' },
				{ name: 'Elasticsearch', value: 'elasticBulk' },
				{ name: 'Generic Webhook', value: 'generic' },
				{ name: 'Microsoft Sentinel', value: 'sentinel' },
				{ name: 'Splunk HEC', value: 'splunkHec' },
				{ name: 'Sumo Logic', value: 'sumo' },
			],
			default: 'splunkHec',
			description: 'Has to be the same as in the node',
		},
		{
			displayName: 'HEC URL',
			name: 'splunkUrl',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. https://splunk.example.com:8088',
			description: 'Address of the HTTP Event Collector, with its port; the path is added',
			displayOptions: { show: { destination: ['splunkHec'] } },
		},
		{
			displayName: 'HEC Token',
			name: 'hecToken',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: 'Token value in Splunk under Settings > Data inputs > HTTP Event Collector, without the word Splunk',
			displayOptions: { show: { destination: ['splunkHec'] } },
		},
		{
			displayName: 'Elasticsearch URL',
			name: 'elasticUrl',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. https://example.es.europe-west1.gcp.cloud.es.io',
			description: 'Address of the cluster, not of Kibana',
			displayOptions: { show: { destination: ['elasticBulk'] } },
		},
		{
			displayName: 'Authentication',
			name: 'elasticAuthentication',
			type: 'options',
			options: [
				{ name: 'API Key', value: 'apiKey' },
				{ name: 'None', value: 'none', description: 'For a cluster with security switched off' },
				{ name: 'Username and Password', value: 'basic' },
			],
			default: 'apiKey',
			displayOptions: { show: { destination: ['elasticBulk'] } },
		},
		{
			displayName: 'API Key',
			name: 'elasticApiKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: 'The "encoded" form, or ID and key with a colon between them; it needs create_doc on the index',
			displayOptions: { show: { destination: ['elasticBulk'], elasticAuthentication: ['apiKey'] } },
		},
		{
			displayName: 'Username',
			name: 'username',
			type: 'string',
			default: '',
			required: true,
			displayOptions: { show: { destination: ['elasticBulk'], elasticAuthentication: ['basic'] } },
		},
		{
			displayName: 'Password',
			name: 'password',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			displayOptions: { show: { destination: ['elasticBulk'], elasticAuthentication: ['basic'] } },
		},
		{
			displayName: 'Logs Ingestion URL',
			name: 'dceUrl',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. https://example-a1b2.westeurope-1.ingest.monitor.azure.com',
			description: 'Logs ingestion endpoint of the data collection endpoint or rule, as the Azure portal shows it',
			displayOptions: { show: { destination: ['sentinel'] } },
		},
		{
			displayName: 'Tenant ID',
			name: 'tenantId',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. 11111111-2222-3333-4444-555555555555',
			description: 'Directory (tenant) ID of the app registration',
			displayOptions: { show: { destination: ['sentinel'] } },
		},
		{
			displayName: 'Client ID',
			name: 'clientId',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. 66666666-7777-8888-9999-000000000000',
			description: 'Application (client) ID; the app needs the role Monitoring Metrics Publisher on the rule',
			displayOptions: { show: { destination: ['sentinel'] } },
		},
		{
			displayName: 'Client Secret',
			name: 'clientSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: 'Value of the secret, not its ID; it is shown once and runs out on a date that is set there',
			displayOptions: { show: { destination: ['sentinel'] } },
		},
		{
			displayName: 'Authority',
			name: 'authority',
			type: 'string',
			default: DEFAULT_AUTHORITY,
			description: 'Where to sign in; another one in national clouds, e.g. https://login.microsoftonline.us',
			displayOptions: { show: { destination: ['sentinel'] } },
		},
		{
			displayName: 'Scope',
			name: 'scope',
			type: 'string',
			default: DEFAULT_SCOPE,
			description: 'Another one in national clouds, e.g. https://monitor.azure.us//.default',
			displayOptions: { show: { destination: ['sentinel'] } },
		},
		{
			displayName: 'Site',
			name: 'site',
			type: 'options',
			options: [
				{ name: 'AP1 (ap1.datadoghq.com)', value: 'ap1.datadoghq.com' },
				{ name: 'AP2 (ap2.datadoghq.com)', value: 'ap2.datadoghq.com' },
				{ name: 'Custom Intake', value: 'custom' },
				{ name: 'EU1 (datadoghq.eu)', value: 'datadoghq.eu' },
				{ name: 'US1 (datadoghq.com)', value: 'datadoghq.com' },
				{ name: 'US1-FED (ddog-gov.com)', value: 'ddog-gov.com' },
				{ name: 'US3 (us3.datadoghq.com)', value: 'us3.datadoghq.com' },
				{ name: 'US5 (us5.datadoghq.com)', value: 'us5.datadoghq.com' },
			],
			default: 'datadoghq.com',
			description: 'The host in the address bar of Datadog',
			displayOptions: { show: { destination: ['datadog'] } },
		},
		{
			displayName: 'Intake URL',
			name: 'datadogUrl',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. https://logs-proxy.example.com',
			description: 'Address of a proxy in front of the log intake; the path is added',
			displayOptions: { show: { destination: ['datadog'], site: ['custom'] } },
		},
		{
			displayName: 'Datadog API Key',
			name: 'datadogApiKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: 'Under Organization Settings > API Keys; an application key does not work',
			displayOptions: { show: { destination: ['datadog'] } },
		},
		{
			displayName: 'HTTP Source URL',
			name: 'secretUrl',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			placeholder: 'e.g. https://endpoint1.collection.sumologic.com/receiver/v1/http/…',
			description: 'Address of the HTTP source ("Show URL"); it is the secret itself, so it is never shown again',
			displayOptions: { show: { destination: ['sumo'] } },
		},
		{
			displayName: 'Webhook URL',
			name: 'webhookUrl',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. https://siem.example.com/ingest',
			description: 'The whole address; it is used as it stands',
			displayOptions: { show: { destination: ['generic'] } },
		},
		{
			displayName: 'Authentication',
			name: 'webhookAuthentication',
			type: 'options',
			options: [
				{ name: 'Bearer Token', value: 'bearer' },
				{ name: 'Header', value: 'header', description: 'A header of your own, e.g. x-api-key' },
				{ name: 'None', value: 'none' },
			],
			default: 'none',
			displayOptions: { show: { destination: ['generic'] } },
		},
		{
			displayName: 'Header Name',
			name: 'headerName',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. x-api-key',
			displayOptions: { show: { destination: ['generic'], webhookAuthentication: ['header'] } },
		},
		{
			displayName: 'Header Value',
			name: 'headerSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			displayOptions: { show: { destination: ['generic'], webhookAuthentication: ['header'] } },
		},
		{
			displayName: 'Bearer Token',
			name: 'bearerToken',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: 'The token alone, without the word Bearer',
			displayOptions: { show: { destination: ['generic'], webhookAuthentication: ['bearer'] } },
		},
		{
			displayName: 'Signing Secret',
			name: 'signingSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			placeholder: 'e.g. whsec_…',
			description: 'Signs each batch as Standard Webhooks describe; empty means unsigned, two with a blank between them serve a change of secrets',
			displayOptions: { show: { destination: ['generic'] } },
		},
		{
			displayName: 'Allow Plain HTTP',
			name: 'allowHttp',
			type: 'boolean',
			default: false,
			description: 'Whether addresses may begin with http://; everybody on the way can then read the secret and the events',
		},
		{
			displayName: 'Session Token',
			name: 'sessionToken',
			type: 'hidden',
			typeOptions: { expirable: true, password: true },
			default: '',
		},
	];

	/** Called by n8n when there is no token yet and after Sentinel refused one; the other destinations have none. */
	async preAuthentication(this: IHttpRequestHelper, credentials: ICredentialDataDecryptedObject): Promise<IDataObject> {
		const fields = credentials as SiemCredential;
		if (fields.destination !== 'sentinel') return {};
		const redact = redactor(fields);
		try {
			const send = helperSend(this);
			const token = await signInToEntra(fields, async (request) => {
				const answer = await send(request);
				return answer.status < 300 ? answer : { ...answer, text: redact(answer.text) };
			}, Date.now());
			return { sessionToken: sessionFor(fields, token) };
		} catch (error) {
			throw credentialError(error);
		}
	}

	async authenticate(
		credentials: ICredentialDataDecryptedObject,
		requestOptions: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> {
		try {
			const fields = credentials as SiemCredential;
			const testing = requestOptions.baseURL === OWN_HOST;
			const request = testing ? asTest(requestOptions, liveTestOf(fields)) : onOwnHost(requestOptions, baseUrlOf(fields));
			const { headers = {}, body = '' } = request;
			const bytes = Buffer.from(body as string | Buffer);
			const signed = signedHeaders(fields, bytes, headers, Date.now(), () => tokenOfSession(fields));
			return { ...request, headers: { ...headers, ...signed } };
		} catch (error) {
			throw credentialError(error);
		}
	}

	test: ICredentialTestRequest = {
		request: { baseURL: OWN_HOST, url: '/' },
		rules: testRules(
			{
				401: named('SIEM-401-TOKEN', 'The receiver', 'Datadog API Key", "HTTP Source URL", "Bearer Token" or "Header Value'),
				403: named('SIEM-401-TOKEN', 'The receiver', 'Datadog API Key", "HTTP Source URL", "Bearer Token" or "Header Value'),
				404: siemFailure('SIEM-404-URL', {
					values: { product: 'The receiver', field: 'HEC URL", "Elasticsearch URL", "Intake URL" or "HTTP Source URL', path: 'The node adds the path itself.' },
				}),
			},
			[
				{ member: '0', value: '<', otherwise: siemFailure('SIEM-BODY-HTML', { values: { field: 'HEC URL", "Elasticsearch URL" or "Webhook URL' } }) },
				{ member: 'code', value: 1, otherwise: siemFailure('SIEM-TOKEN-DISABLED') },
				...[2, 3, 4].map((value) => ({ member: 'code', value, otherwise: named('SIEM-401-TOKEN', 'Splunk', 'HEC Token') })),
				{ member: 'status', value: 401, otherwise: named('SIEM-401-TOKEN', 'Elasticsearch', 'API Key", or "Username" and "Password') },
				{ member: 'valid', value: false, otherwise: named('SIEM-401-TOKEN', 'Datadog', 'Datadog API Key') },
			],
			siemFailure('SIEM-REDIRECT', { values: { field: 'HEC URL", "Elasticsearch URL" or "Webhook URL' } }),
		),
	};
}

function named(code: 'SIEM-401-TOKEN', product: string, field: string) {
	return siemFailure(code, { values: { product, field } });
}

/** The test request of a destination, in place of the one that stands for all. */
function asTest(request: IHttpRequestOptions, { method, url, body, fine }: LiveTest): IHttpRequestOptions {
	const every = Array.from({ length: 200 }, (_none, index) => 400 + index);
	return {
		...request,
		baseURL: undefined,
		method,
		url,
		headers: { ...request.headers, 'webhook-id': 'msg_credential_test', ...(method === 'POST' && { 'content-type': 'application/json' }) },
		...(body && { body }),
		disableFollowRedirect: true,
		sendCredentialsOnCrossOriginRedirect: false,
		ignoreHttpStatusErrors: { ignore: true, except: [301, 302, 303, 307, 308, ...every.filter((status) => !fine.includes(status))] },
	};
}
