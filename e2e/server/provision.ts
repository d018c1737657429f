/** What a person does after importing the workflows: values into Settings, credentials into the drop-downs, an error workflow, publish. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pickCredentials } from '../../test/harness/pickedCredentials';
import { Workflow, type INode, type INodeCredentialsDetails, type INodeTypes } from 'n8n-workflow';
import { withSettings, type WorkflowFile } from '../../test/harness/workflowFile';
import { localSettings } from '../../tools/demo/world';
import type { LocalServers } from './localServers';
import { runN8nCommand, type N8nOptions } from './n8nServer';
import type { N8nApi, SavedCredential, SavedWorkflow } from './n8nApi';
import { ownTypes } from './ownTypes';
import { SERVER, WORKFLOWS } from './paths';

/** Names of the workflow files that are shipped, without `.json`, with the workflow's name on screen. */
export function shippedWorkflows(): Map<string, string> {
	const files = readdirSync(WORKFLOWS).filter((name) => name.endsWith('.json')).sort();
	return new Map(files.map((name) => [path.basename(name, '.json'), (JSON.parse(readFileSync(path.join(WORKFLOWS, name), 'utf8')) as WorkflowFile).name]));
}

/** Imports every shipped workflow by n8n's command line. Out: what n8n said. */
export async function importWorkflows(options: N8nOptions): Promise<string> {
	return await runN8nCommand(options, ['import:workflow', '--separate', `--input=${WORKFLOWS}`]);
}

/** Makes or renews a credential of each type that the local world has; named as on screen. */
export async function saveCredentials(api: N8nApi, { credentials }: Pick<LocalServers, 'credentials'>): Promise<SavedCredential[]> {
	const names = displayNames();
	const saved: SavedCredential[] = [];
	for (const [type, data] of Object.entries(credentials)) saved.push(await api.saveCredential({ name: `${names.get(type) ?? type} (local)`, type, data }));
	return saved;
}

/** Points an imported workflow at the local world and saves it; values of `settings` that it does not have are left out. Out: the workflow as saved, and the credential types of drop-downs that stayed empty. */
export async function setUp(api: N8nApi, workflow: SavedWorkflow, local: LocalServers, credentials: SavedCredential[], settings: Record<string, unknown> = {}): Promise<{ saved: SavedWorkflow; missing: string[] }> {
	const file = workflow as unknown as WorkflowFile;
	const has = JSON.stringify(workflow.nodes.find(({ name }) => name === 'Settings')?.parameters ?? {});
	const own = Object.fromEntries(Object.entries({ ...local.settings, ...settings }).filter(([name]) => has.includes(`"name":"${name}"`)));
	const { nodes } = withSettings(file, { ...localSettings(local, file), ...own });
	const missing = await chooseCredentials(api, nodes, credentials);
	return { saved: await api.save(workflow.id, { nodes, connections: workflow.connections, settings: workflow.settings }), missing };
}

/** Whether a workflow starts by itself once it is published. */
export function startsByItself({ nodes }: Pick<SavedWorkflow, 'nodes'>): boolean {
	return nodes.some(({ type, disabled }) => /trigger/i.test(type) && !type.endsWith('.manualTrigger') && !disabled);
}

/** The workflow that the others name as their error workflow: it begins with an Error Trigger. */
export function errorWorkflowOf(workflows: SavedWorkflow[]): SavedWorkflow | undefined {
	return workflows.find(({ nodes }) => nodes.some(({ type }) => type.endsWith('.errorTrigger')));
}

/** Fills every credential drop-down that a node shows. Out: those for which there is no credential. */
async function chooseCredentials(api: N8nApi, nodes: INode[], credentials: SavedCredential[]): Promise<string[]> {
	const descriptions = await api.nodeTypes(nodes);
	const known = new Map(nodes.map(({ type, typeVersion }, index) => [`${type} ${typeVersion}`, { description: descriptions[index] }]));
	const getByNameAndVersion = (type: string, version: number) => known.get(`${type} ${version}`);
	// SAFETY: descriptions of node types are all that n8n's workflow class asks for here. It works on a copy, since it fills in defaults.
	const nodeTypes = { getByNameAndVersion } as unknown as INodeTypes;
	const workflow = new Workflow({ nodes: structuredClone(nodes), connections: {}, active: false, nodeTypes });
	const asked = new Set<string>();
	const byType = new Map(credentials.map(({ type, id, name }) => [type, { id, name }]));
	const listening = new Proxy<Record<string, INodeCredentialsDetails>>({}, { get: (_, type: string) => byType.get(type) ?? void asked.add(type) });
	pickCredentials(workflow, listening);
	for (const node of nodes) node.credentials = workflow.nodes[node.name].credentials;
	return [...asked];
}

/** Display names by credential type: n8n's from its catalogue, ours from the classes. */
function displayNames(): Map<string, string> {
	const catalogue = path.join(SERVER, 'node_modules', 'n8n-nodes-base', 'dist', 'types', 'credentials.json');
	const named = JSON.parse(readFileSync(catalogue, 'utf8')) as Array<{ name: string; displayName: string }>;
	const own = ownTypes<{ name: string; displayName: string }>('credentials');
	return new Map([...named, ...own].map(({ name, displayName }) => [name, displayName]));
}
