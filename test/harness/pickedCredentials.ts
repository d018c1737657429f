/** Which credential each node of a workflow gets: what a user picks from the drop-downs after importing it. */
import './environment';
import { NodeHelpers } from 'n8n-workflow';
import type { INode, INodeCredentialsDetails, INodeTypeDescription, Workflow } from 'n8n-workflow';

/**
 * Writes `credentials` into every node of the workflow that shows a drop-down for one of the types given.
 * In: the credential by type. A node shows a drop-down for each type its description declares, if the display rules
 * agree with its parameters (its `authentication` chooses that type), and for the type chosen in a parameter of kind
 * `credentialsSelect`, as in HTTP Request. A credential the file names itself is replaced only by one of the same type.
 */
export function pickCredentials(
	workflow: Workflow,
	credentials: Record<string, INodeCredentialsDetails>,
): void {
	for (const node of Object.values(workflow.nodes)) {
		const { description } = workflow.nodeTypes.getByNameAndVersion(node.type, node.typeVersion);
		for (const type of [...declaredTypes(node, description), ...selectedTypes(node, description)]) {
			if (credentials[type] !== undefined)
				node.credentials = { ...node.credentials, [type]: credentials[type] };
		}
	}
}

function declaredTypes(node: INode, description: INodeTypeDescription): string[] {
	return (description.credentials ?? [])
		.filter((declared) => NodeHelpers.displayParameter(node.parameters, declared, node, description))
		.map(({ name }) => name);
}

function selectedTypes(node: INode, description: INodeTypeDescription): string[] {
	return description.properties
		.filter(({ type }) => type === 'credentialsSelect')
		.filter((property) => NodeHelpers.displayParameter(node.parameters, property, node, description))
		.map(({ name }) => node.parameters[name])
		.filter((value): value is string => typeof value === 'string' && value !== '');
}
