/** Node types that exist for one evaluation only: n8n resolves credentials and their tests on a node of its own making. */
import './environment';
import { UnexpectedError } from 'n8n-workflow';
import type { INode, INodeType, INodeTypes } from 'n8n-workflow';

/** The node on whose behalf a credential's fields are resolved when no real node asks. */
export const standInNode: INode = {
	id: '',
	name: '',
	typeVersion: 1,
	type: 'mock',
	position: [0, 0],
	parameters: {},
};

/** Node types that know the stand-in node and `extra`, by its description's name, and nothing else. */
export function standInNodeTypes(extra?: INodeType): INodeTypes {
	const types = new Map<string, INodeType>([
		['mock', { description: { properties: [] } } as unknown as INodeType],
	]);
	if (extra !== undefined) types.set(extra.description.name, extra);
	const get = (name: string) => {
		const type = types.get(name);
		if (type === undefined) throw new UnexpectedError('Node type not found', { extra: { nodeType: name } });
		return type;
	};
	return { getByName: get, getByNameAndVersion: get, getKnownTypes: () => ({}) };
}
