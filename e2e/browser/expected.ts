/** What a panel has to show, from the description alone: n8n's own display rules over parameters and their defaults. */
import { NodeHelpers, type INode, type INodeParameters, type INodeProperties, type INodePropertyOptions, type INodeTypeDescription } from 'n8n-workflow';

/** A node description, or the fields of a credential. */
export type Described = Pick<INodeTypeDescription, 'properties'> & Partial<Pick<INodeTypeDescription, 'credentials' | 'name' | 'version'>>;

/** Parameters with the defaults of those that are shown and not set. */
export function complete(description: Described, chosen: INodeParameters): INodeParameters {
	return NodeHelpers.getNodeParameters(description.properties, chosen, true, false, nodeOf(description, chosen), description as INodeTypeDescription) ?? {};
}

/** Properties that are on screen, in order. */
export function shown(description: Described, chosen: INodeParameters): INodeProperties[] {
	const all = complete(description, chosen);
	return description.properties.filter((property) => isVisible(property, description) && NodeHelpers.displayParameter(all, property, nodeOf(description, all), description as INodeTypeDescription));
}

/** Names of what "Add option" offers, in order. */
export function offered(description: Described, chosen: INodeParameters, collection: INodeProperties): string[] {
	const all = complete(description, chosen);
	const inside = (collection.options ?? []) as INodeProperties[];
	return inside
		.filter((property) => NodeHelpers.displayParameter((all[collection.name] ?? {}) as INodeParameters, property, nodeOf(description, all), description as INodeTypeDescription, all))
		.map(({ displayName }) => displayName);
}

/** What can be chosen in a field that decides about others: each choice of a drop-down, on and off of a switch. */
export function choices({ type, options }: INodeProperties): Array<{ label?: string; value: string | boolean }> {
	if (type === 'boolean') return [{ value: true }, { value: false }];
	if (type !== 'options') return [];
	return (options as INodePropertyOptions[]).map(({ name, value }) => ({ label: name, value: String(value) }));
}

/** Names of parameters that others look at. */
export function deciders({ properties }: Described): Set<string> {
	const text = properties.flatMap((property) => [property, ...((property.type === 'collection' ? property.options : []) as INodeProperties[])]);
	return new Set(text.flatMap(({ displayOptions: { show = {}, hide = {} } = {} }) => [...Object.keys(show), ...Object.keys(hide)].map((name) => name.replace(/^\//, ''))));
}

/** n8n makes one drop-down of the credentials and the parameter that chooses among them. */
function isVisible({ type, name }: INodeProperties, { credentials = [] }: Described): boolean {
	return type !== 'hidden' && !credentials.some(({ displayOptions }) => displayOptions?.show !== undefined && name in displayOptions.show);
}

function nodeOf({ name = 'credential' }: Described, parameters: INodeParameters): INode {
	return { id: 'any', name: 'Any', type: name, typeVersion: 1, position: [0, 0], parameters };
}
