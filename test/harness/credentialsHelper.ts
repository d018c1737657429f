/**
 * What the engine asks about credentials while a node runs: their data, how they sign a request, how a token is renewed.
 * Follows n8n 2.41.1's server, `dist/credentials-helper.js`; sharing, external secrets, end-user credentials and
 * environment overwrites, which need its database or a licence, are left out.
 */
import './environment';
import * as n8nWorkflow from 'n8n-workflow';
import {
	ICredentialsHelper,
	isExpression,
	UnexpectedError,
	UserError,
} from 'n8n-workflow';
import type {
	ICredentialDataDecryptedObject,
	ICredentials,
	ICredentialsExpressionResolveValues,
	IExecuteData,
	IHttpRequestHelper,
	IHttpRequestOptions,
	INode,
	INodeCredentialsDetails,
	INodeProperties,
	IRequestOptionsSimplified,
	IWorkflowExecuteAdditionalData,
	Workflow,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import { fieldsOf, resolveFields } from './credentialFields';
import type { CredentialStore } from './credentialStore';
import type { CredentialTypes } from './credentialTypes';

type Data = ICredentialDataDecryptedObject;

/** n8n's credentials service over an engine's own store and credential types. */
export class HarnessCredentialsHelper extends ICredentialsHelper {
	constructor(
		private readonly types: CredentialTypes,
		private readonly store: CredentialStore,
	) {
		super();
	}

	getParentTypes(name: string): string[] {
		return this.types.getParentTypes(name);
	}

	isCredentialUsableByNode(type: string, nodeType: string): boolean {
		if (!this.types.recognizes(type)) return true;
		if (!this.types.getByName(type).restrictToSupportedNodes) return true;
		return this.types.getSupportedNodes(type).includes(nodeType);
	}

	getCredentialsProperties(name: string): INodeProperties[] {
		return fieldsOf(this.types, name);
	}

	async getCredentials(details: INodeCredentialsDetails, type: string): Promise<ICredentials> {
		return this.store.get(details, type);
	}

	async getDecrypted(
		additionalData: IWorkflowExecuteAdditionalData,
		details: INodeCredentialsDetails,
		type: string,
		mode: WorkflowExecuteMode,
		executeData?: IExecuteData,
		raw?: boolean,
		running?: ICredentialsExpressionResolveValues,
	): Promise<Data> {
		const saved = await this.store.get(details, type).getData();
		if (raw === true) return saved;
		return await resolveFields(fieldsOf(this.types, type), saved, {
			additionalData,
			mode,
			executeData,
			running,
		});
	}

	async authenticate(
		credentials: Data,
		typeName: string,
		incoming: IHttpRequestOptions | IRequestOptionsSimplified,
		workflow?: Workflow,
		node?: INode,
	): Promise<IHttpRequestOptions> {
		const options = incoming as IHttpRequestOptions;
		const { authenticate } = this.types.getByName(typeName);
		if (typeof authenticate === 'function') return await authenticate(credentials, options);
		if (authenticate === undefined) return options;
		if (!workflow || !node) {
			throw new UnexpectedError('Workflow and node are required for declarative credential authentication');
		}
		const resolve = (text: string) => {
			if (!isExpression(text)) return text;
			const value = workflow.expression.getSimpleParameterValue(
				node,
				text,
				'internal',
				{ $credentials: credentials },
				undefined,
				'',
			);
			return value ? value.toString() : '';
		};
		options.headers ??= {};
		if (authenticate.type !== 'generic') return options;
		// SAFETY: a generic rule names parts of a request that are plain objects: headers, qs, body, auth.
		const parts = options as unknown as Record<string, Record<string, unknown>>;
		for (const [part, fields] of Object.entries(authenticate.properties)) {
			for (const [key, value] of Object.entries(fields as Record<string, string>)) {
				parts[part] ??= {};
				parts[part][resolve(key)] = resolve(value);
			}
		}
		return options;
	}

	async preAuthentication(
		helpers: IHttpRequestHelper,
		credentials: Data,
		typeName: string,
		node: INode,
		credentialsExpired: boolean,
	): Promise<Data | undefined> {
		const type = this.types.getByName(typeName);
		const expirable = type.properties.find(
			(field) => field.type === 'hidden' && field.typeOptions?.expirable === true,
		);
		if (expirable === undefined || typeof type.preAuthentication !== 'function') return undefined;
		// The server names its test node by the short name in a description, "noOp", so this holds for no test in 2.41.1.
		const isTest = node?.parameters?.temp === '' && node?.type === 'n8n-nodes-base.noOp';
		if (credentials[expirable.name] !== '' && !credentialsExpired && !isTest) return undefined;

		const output = await type.preAuthentication.call(withinOwnDomains(helpers, credentials), credentials);
		// SAFETY: IDataObject and the credential's data are the same JSON under two names.
		const renewed = output as Data;
		if (renewed[expirable.name] === undefined || !node.credentials) return undefined;
		const details = node.credentials[type.name];
		const saved = await this.store.get(details, type.name).getData();
		const toSave = { ...saved };
		for (const [key, value] of Object.entries(renewed)) {
			if (key === expirable.name || !isExpression(saved[key])) toSave[key] = value;
		}
		await this.updateCredentials(details, type.name, toSave);
		return Object.assign(credentials, renewed);
	}

	async runPreAuthentication(
		helpers: IHttpRequestHelper,
		credentials: Data,
		typeName: string,
	): Promise<Data | undefined> {
		const type = this.types.getByName(typeName);
		if (typeof type.preAuthentication !== 'function') return undefined;
		const output = await type.preAuthentication.call(withinOwnDomains(helpers, credentials), credentials);
		return (output as Data | null) ?? undefined;
	}

	async updateCredentials(details: INodeCredentialsDetails, type: string, data: Data): Promise<void> {
		await this.store.get(details, type).setData(data);
	}

	async updateCredentialsOauthTokenData(
		details: INodeCredentialsDetails,
		type: string,
		data: Data,
	): Promise<void> {
		await this.store.get(details, type).updateData({ oauthTokenData: data.oauthTokenData });
	}
}

/** All that `preAuthentication` gets: plain requests, kept within the domains the credential allows. */
function withinOwnDomains({ helpers }: IHttpRequestHelper, credentials: Data): IHttpRequestHelper {
	return {
		helpers: {
			httpRequest: async (options: IHttpRequestOptions) => {
				// Older n8n knows no domains of a credential's own.
				const ownDomains: typeof n8nWorkflow.getCredentialOwnRequestAllowedDomains | undefined = n8nWorkflow.getCredentialOwnRequestAllowedDomains;
				const allowedDomains = ownDomains?.(credentials);
				if (allowedDomains === undefined) return await helpers.httpRequest(options);
				if (options.allowedDomains !== undefined) {
					throw new UserError(
						'This credential restricts requests to specific domains, which cannot be combined with the domains its authentication step asks for.',
					);
				}
				return await helpers.httpRequest({ ...options, allowedDomains });
			},
		},
	};
}
