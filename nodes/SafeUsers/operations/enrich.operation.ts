import { type IExecuteFunctions, type INodeExecutionData, type INodeProperties, updateDisplayOptions } from 'n8n-workflow';
import { memberAt } from '../../shared/core/members';
import { openSafe } from '../../shared/n8n/safeClient';
import { shortUser, userDirectory, type UserLookup } from '../../shared/safe/users';

const properties: INodeProperties[] = [
	{
		displayName: 'User ID Field',
		name: 'userIdField',
		type: 'string',
		default: 'actor',
		required: true,
		placeholder: 'e.g. actor or original.User ID',
		description: 'Field of each item that holds the UUID or e-mail address; a dot leads into nested fields',
	},
	{
		displayName: 'Output Field',
		name: 'outputField',
		type: 'string',
		default: 'safeUser',
		required: true,
		description: 'Field that gets e-mail, name and role of the user, or null when SAFE does not list the ID',
	},
];

export const description = updateDisplayOptions({ show: { operation: ['enrich'] } }, properties);

/** What the items of one execution share: the user list, read once, and the IDs that it does not hold. */
export interface EnrichRun {
	lookup: () => Promise<UserLookup>;
	unknownIds: Set<string>;
	giveHints: () => void;
}

/** Starts an execution; the user list is read when the first item needs it. */
export function forOneRun(context: IExecuteFunctions): EnrichRun {
	const unknownIds = new Set<string>();
	let lookup: Promise<UserLookup> | undefined;
	return {
		unknownIds,
		lookup: async () => await (lookup ??= openSafe(context).then(userDirectory)),
		giveHints() {
			if (unknownIds.size === 0) return;
			const message = `${unknownIds.size} IDs are not in SAFE's user list (deleted users, or the system); their items are handed on without a user`;
			context.addExecutionHints({ message, type: 'warning', location: 'outputPane' });
		},
	};
}

/** Gives out the item with the user added; nothing else of it changes. Throws `Failure` when the list cannot be read. */
export async function execute(context: IExecuteFunctions, itemIndex: number, run: EnrichRun): Promise<INodeExecutionData[]> {
	const item = context.getInputData()[itemIndex];
	const field = context.getNodeParameter('userIdField', itemIndex) as string;
	const outputField = context.getNodeParameter('outputField', itemIndex) as string;
	const id = memberAt(item.json, field);
	const user = (await run.lookup())(id);
	if (!user && id !== undefined && id !== null && id !== '') run.unknownIds.add(String(id));
	const json = { ...item.json, [outputField]: shortUser(user) } as INodeExecutionData['json'];
	return [{ ...item, json, pairedItem: { item: itemIndex } }];
}
