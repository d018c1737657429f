/**
 * Answers "does this credential work?" as the Test button of n8n's editor does.
 * Follows n8n 2.41.1's server, `dist/services/credentials-tester.service.js`.
 */
import './environment';
import 'reflect-metadata';
import { CredentialTestContext, ExecuteContext, RoutingNode } from 'n8n-core';
import { createEmptyRunExecutionData, deepCopy, Workflow } from 'n8n-workflow';
import type {
	ICredentialsDecrypted,
	ICredentialTestFunction,
	ICredentialTestRequest,
	INode,
	INodeType,
	IVersionedNodeType,
	IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';
import { fieldsOf, resolveFields } from './credentialFields';
import type { CredentialStore } from './credentialStore';
import type { NodePackages } from './nodePackages';
import { standInNodeTypes } from './standInNodes';
import { inIsolate } from './isolate';

/** What the editor shows after a test: green or red, and the sentence beside it. */
export interface CredentialTestResult {
	status: 'OK' | 'Error';
	message: string;
}

/** What a credential test needs of the engine it runs in. */
export interface CredentialTestHost {
	packages: NodePackages;
	credentials: CredentialStore;
	createAdditionalData(): IWorkflowExecuteAdditionalData;
}

/**
 * Saves the credential and tests it.
 * `data` is what the user typed; fields left out have their defaults. A token that the test fetched is saved with the
 * credential, so later runs with the same data use it. Never throws for a credential that does not work.
 */
export async function testCredential(
	host: CredentialTestHost,
	type: string,
	data: Record<string, unknown>,
): Promise<CredentialTestResult> {
	const test = findTest(host.packages, type);
	if (test === undefined) return failed('No testing function found for this credential.');
	const { id, name } = await host.credentials.save(type, data);
	const additionalData = host.createAdditionalData();
	const decrypted: ICredentialsDecrypted = { id: id ?? '', name, type };
	try {
		// SAFETY: a copy of what was just saved; the test may write a token into it.
		const typed = deepCopy(data) as NonNullable<ICredentialsDecrypted['data']>;
		const fields = fieldsOf(host.packages.credentialTypes, type);
		decrypted.data = await resolveFields(fields, typed, { additionalData, mode: 'internal' });
	} catch (error) {
		return failed((error as Error).message);
	}
	if (typeof test === 'function') {
		// SAFETY: the context n8n itself calls these functions with; its class does not name the interface.
		const context = new CredentialTestContext(
			additionalData,
		) as unknown as ThisParameterType<ICredentialTestFunction>;
		return (await test.call(context, decrypted)) as CredentialTestResult;
	}
	return await sendTestRequest(additionalData, decrypted, test);
}

interface RequestTest {
	/** The node that declared the test, when it was not the credential itself. */
	nodeType: INodeType;
	request: ICredentialTestRequest;
}

function findTest(
	{ credentialTypes, nodeTypes }: NodePackages,
	name: string,
): ICredentialTestFunction | RequestTest | undefined {
	const type = credentialTypes.getByName(name);
	if (type.test)
		return { nodeType: nodeTypes.getByNameAndVersion('n8n-nodes-base.noOp'), request: type.test };
	for (const nodeName of credentialTypes.getSupportedNodes(name)) {
		const node = nodeTypes.getByName(nodeName);
		for (const nodeType of versionsOf(node)) {
			for (const declared of nodeType.description.credentials ?? []) {
				if (declared.name !== name) continue;
				if (name === 'oAuth2Api' || credentialTypes.getParentTypes(name).includes('oAuth2Api'))
					return testOauthToken;
				if (typeof declared.testedBy === 'string') return namedTest(node, declared.testedBy);
				if (declared.testedBy !== undefined) return { nodeType, request: declared.testedBy };
			}
		}
	}
	return undefined;
}

function versionsOf(node: INodeType | IVersionedNodeType): INodeType[] {
	return 'nodeVersions' in node ? Object.values(node.nodeVersions) : [node];
}

/** The newest version of the node that has the test function. */
function namedTest(
	node: INodeType | IVersionedNodeType,
	testedBy: string,
): ICredentialTestFunction | undefined {
	const withTest = versionsOf(node)
		.reverse()
		.find((version) => version.methods?.credentialTest?.[testedBy] !== undefined);
	return withTest?.methods?.credentialTest?.[testedBy];
}

async function testOauthToken({ data }: ICredentialsDecrypted): Promise<CredentialTestResult> {
	const token = data?.oauthTokenData;
	const connected = typeof token === 'object' && token !== null && 'access_token' in token;
	return connected
		? { status: 'OK', message: 'Connection Successful!' }
		: failed('This OAuth2 credential was not connected to an account.');
}

/** Sends the declared request through n8n's routing node, on a node made for this one request. */
async function sendTestRequest(
	additionalData: IWorkflowExecuteAdditionalData,
	decrypted: ICredentialsDecrypted,
	{ nodeType, request }: RequestTest,
): Promise<CredentialTestResult> {
	const { description } = nodeType;
	const node: INode = {
		id: 'temp',
		name: 'Temp-Node',
		type: description.name,
		typeVersion: [description.version].flat().at(-1) ?? 1,
		parameters: {},
		position: [0, 0],
		credentials: { [decrypted.type]: { id: decrypted.id, name: decrypted.name } },
	};
	const testing: INodeType = {
		description: {
			...description,
			credentials: [{ name: decrypted.type, required: true }],
			properties: [
				{
					displayName: 'Temp',
					name: 'temp',
					type: 'string',
					default: '',
					routing: { request: request.request },
				},
			],
		},
	};
	const workflow = new Workflow({
		nodes: [node],
		connections: {},
		active: false,
		nodeTypes: standInNodeTypes(testing),
	});
	const executeData = { node, data: {}, source: null };
	const context = new ExecuteContext(
		workflow,
		node,
		additionalData,
		'internal',
		createEmptyRunExecutionData(),
		0,
		[],
		{ main: [[{ json: {} }]] },
		executeData,
		[],
	);
	try {
		const answer = await inIsolate(
			workflow.expression,
			async () => await new RoutingNode(context, testing, decrypted).runNode(),
		);
		return judgeAnswer(request, answer?.[0]?.[0]?.json);
	} catch (error) {
		return judgeFailure(request, error as RequestFailure);
	}
}

interface RequestFailure extends Error {
	cause?: { code?: string; response?: { status: number; statusText?: string } };
}

function judgeAnswer({ rules }: ICredentialTestRequest, body: unknown): CredentialTestResult {
	for (const rule of rules ?? []) {
		if (rule.type !== 'responseSuccessBody') continue;
		const value = rule.properties.key
			.split('.')
			.reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], body);
		if (value === rule.properties.value) return failed(rule.properties.message);
	}
	return { status: 'OK', message: 'Connection successful!' };
}

function judgeFailure(
	{ rules }: ICredentialTestRequest,
	{ cause, message }: RequestFailure,
): CredentialTestResult {
	if (cause?.response === undefined) return failed(cause?.code ?? message);
	const { status, statusText } = cause.response;
	for (const rule of rules ?? []) {
		if (rule.type === 'responseCode' && rule.properties.value === status)
			return failed(rule.properties.message);
	}
	return status < 199 || status > 299
		? failed(statusText || `Received HTTP status code: ${status}`)
		: failed(message);
}

function failed(message: string): CredentialTestResult {
	return { status: 'Error', message };
}
