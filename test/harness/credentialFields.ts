/** The fields of a credential as a node gets them: inherited ones included, defaults filled in, expressions resolved. */
import './environment';
import 'reflect-metadata';
import { getAdditionalKeys } from 'n8n-core';
import { NodeHelpers, Workflow } from 'n8n-workflow';
import type {
	ICredentialDataDecryptedObject,
	ICredentialsExpressionResolveValues,
	IExecuteData,
	INodeParameters,
	INodeProperties,
	IWorkflowExecuteAdditionalData,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import type { CredentialTypes } from './credentialTypes';
import { standInNode, standInNodeTypes } from './standInNodes';
import { inIsolate } from './isolate';

const oauthTokenField: INodeProperties = {
	displayName: 'oauthTokenData',
	name: 'oauthTokenData',
	type: 'json',
	required: false,
	default: {},
};

/** Fields that no form shows, so that filling in defaults does not carry them over. */
const FIELDS_OUTSIDE_THE_FORM = ['oauthTokenData', 'allowedHttpRequestDomains', 'allowedDomains'];

/** The fields of a credential type with those of the types it extends; a field of its own wins over an inherited one. */
export function fieldsOf(types: CredentialTypes, name: string): INodeProperties[] {
	const type = types.getByName(name);
	if (type.extends === undefined) {
		const isOauth = name === 'oAuth1Api' || name === 'oAuth2Api';
		return isOauth ? [...type.properties, oauthTokenField] : type.properties;
	}
	const combined: INodeProperties[] = [];
	for (const parent of type.extends) NodeHelpers.mergeNodeProperties(combined, fieldsOf(types, parent));
	NodeHelpers.mergeNodeProperties(combined, type.properties);
	return combined;
}

/** For whom expressions in a credential's fields are resolved. */
export interface FieldContext {
	additionalData: IWorkflowExecuteAdditionalData;
	mode: WorkflowExecuteMode;
	executeData?: IExecuteData;
	/** The running node and its item; without it expressions see the credential alone, as in a credential test. */
	running?: ICredentialsExpressionResolveValues;
}

/**
 * Saved data with the defaults of the fields that were not saved, and with expressions resolved.
 * Follows `applyDefaultsAndOverwrites` of n8n 2.41.1's server, without what single types ask for (expressions inside a
 * JSON text, expressions that may fail). Fails when an expression does.
 */
export async function resolveFields(
	fields: INodeProperties[],
	saved: ICredentialDataDecryptedObject,
	{ additionalData, mode, executeData, running }: FieldContext,
): Promise<ICredentialDataDecryptedObject> {
	const data = NodeHelpers.getNodeParameters(fields, asParameters(saved), true, false, null, null) ?? {};
	for (const extra of FIELDS_OUTSIDE_THE_FORM) {
		if (saved[extra] !== undefined) data[extra] ??= asParameters(saved)[extra];
	}
	const keys = getAdditionalKeys(additionalData, mode, null, { isCredential: true });
	if (running === undefined) {
		const workflow = new Workflow({
			nodes: [standInNode],
			connections: {},
			active: false,
			nodeTypes: standInNodeTypes(),
		});
		const { expression } = workflow;
		return await inIsolate(expression, async () =>
			asData(expression.getComplexParameterValue(standInNode, data, mode, keys, undefined, undefined, data)),
		);
	}
	const { workflow, runExecutionData, runIndex, itemIndex, node, connectionInputData } = running;
	try {
		return asData(
			workflow.expression.getParameterValue(
				data,
				runExecutionData,
				runIndex,
				itemIndex,
				node.name,
				connectionInputData,
				mode,
				keys,
				executeData,
				false,
				data,
			),
		);
	} catch (error) {
		if (error instanceof Error) error.message += ' [Error resolving credentials]';
		throw error;
	}
}

// SAFETY: n8n types the same JSON once as a node's parameters and once as a credential's data.
const asParameters = (data: ICredentialDataDecryptedObject) => data as unknown as INodeParameters;
const asData = (parameters: unknown) => parameters as ICredentialDataDecryptedObject;
